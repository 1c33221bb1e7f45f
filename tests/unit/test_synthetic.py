"""The made-up county holds the hard cases it promises, and the same seed gives the same bytes."""

from __future__ import annotations

import atexit
import csv
import gzip
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from pathlib import Path

import osmium
import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dispatch.domain.substitution import SubstituteBook
from geodata.sources.osm import read_osm
from geodata.sources.osm_features import read_features
from geodata.synthetic import MIN_NODES, make_county
from jurisdictions.pack import read_pack
from jurisdictions.recorded_calls import RecordedCall, read_calls


@cache
def county(seed: int = 1) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="county-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_county(folder, seed=seed, nodes=MIN_NODES, calls=1500)
    return folder


def rows(name: str, folder: Path | None = None) -> list[dict[str, str]]:
    path = (folder or county()) / name
    raw = path.read_bytes()
    text = gzip.decompress(raw).decode() if path.suffix == ".gz" else raw.decode()
    return list(csv.DictReader(text.splitlines()))


def areas(name: str) -> list[tuple[dict[str, str], BaseGeometry]]:
    document = json.loads((county() / name).read_text())
    return [(f["properties"], shape(f["geometry"])) for f in document["features"]]


@cache
def ways() -> list[tuple[dict[str, str], list[int]]]:
    found = []
    for thing in osmium.FileProcessor(str(county() / "roads.osm.pbf")):
        if isinstance(thing, osmium.osm.Way):
            found.append((dict(thing.tags), [n.ref for n in thing.nodes]))
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    make_county(tmp_path, seed=1, nodes=MIN_NODES, calls=1500)
    assert files(tmp_path) == files(county())


def test_the_motorway_has_numbered_exits_and_a_post_each_mile() -> None:
    posts = [float(row["distance"]) for row in rows("mileposts.csv")]
    assert len(posts) >= 5
    assert posts == sorted(posts)
    found = read_features(county() / "roads.osm.pbf").places
    exits = {place.name.split(" heading")[0] for place in found if place.kind == "exit"}
    assert any(name.startswith("X 4 exit 1 (") for name in exits)
    assert {"bridge", "exit", "ramp", "rail_crossing"} <= {place.kind for place in found}


def test_a_county_too_small_for_the_hard_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nodes must be at least"):
        make_county(tmp_path, nodes=MIN_NODES - 1)


def test_municipalities_and_law_and_ems_areas_tile_the_county() -> None:
    towns = [area for _, area in areas("municipalities.geojson")]
    whole = shapely.unary_union(towns)
    assert len(towns) == 13
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0
    for layer in ("municipalities.geojson", "esb/law.geojson", "esb/ems.geojson"):
        parts = [area for _, area in areas(layer)]
        assert all(a.is_valid for a in parts)
        assert sum(a.area for a in parts) == pytest.approx(whole.area, rel=1e-12)
        assert whole.difference(shapely.unary_union(parts)).area == 0


def test_fire_areas_overlap_in_one_strip_only_and_leave_no_gap() -> None:
    whole = shapely.unary_union([a for _, a in areas("municipalities.geojson")])
    fire = [(p["Agency_ID"], a) for p, a in areas("esb/fire.geojson")]
    assert whole.difference(shapely.unary_union([a for _, a in fire])).area == 0
    overlapping = {
        tuple(sorted((one[0], other[0])))
        for k, one in enumerate(fire)
        for other in fire[k + 1 :]
        if one[1].intersection(other[1]).area > 0
    }
    assert len(overlapping) == 1
    assert all(len(set(pair)) == 2 for pair in overlapping)


def test_one_town_has_an_exclave() -> None:
    detached = [
        p["name"]
        for p, a in areas("municipalities.geojson")
        if a.geom_type == "MultiPolygon" and p["name"] != "Unincorporated"
    ]
    assert len(detached) >= 1


def test_departments_are_counted_as_promised() -> None:
    agencies = rows("agencies.csv")
    inside = [a for a in agencies if a["agency"].endswith("arrowmere.example")]
    assert Counter(a["staffing"] for a in inside if a["discipline"] == "fire") == {
        "career": 1,
        "combination": 3,
        "volunteer": 5,
    }
    assert sum(a["discipline"] == "ems" for a in inside) == 3
    assert sum("Police" in a["name"] for a in inside) == 11


def test_one_town_is_policed_by_its_neighbour() -> None:
    by_agency: dict[str, set[str]] = defaultdict(set)
    for properties, _ in areas("esb/law.geojson"):
        by_agency[properties["Agency_ID"]].add(properties["municipality"])
    assert sorted(len(towns) for towns in by_agency.values())[-1] == 2


def test_a_force_with_two_towns_has_a_beat_for_each_and_one_car_with_two_on_board() -> None:
    pack = read_pack(county())
    kestrow = [unit for unit in pack.units if unit.agency_id.startswith("kestrow-police")]
    assert Counter(unit.beats for unit in kestrow) == {("KESTROW",): 9, ("FENNICK",): 3}
    assert [unit.staffing for unit in kestrow].count(2) == 1
    assert not [unit for unit in pack.units if unit.beats and unit not in kestrow]
    zones = {b.zone for b in pack.boundaries if b.agency_id == kestrow[0].agency_id}
    assert zones == {"KESTROW", "FENNICK"}
    (agency,) = [a for a in pack.agencies if a.beat_hold]
    assert (agency.id, agency.beat_hold) == (kestrow[0].agency_id, {3: 600.0, 4: 1800.0})
    assert {r.incident_type for r in pack.plan_rows if r.officers == 2} == {"DOMESTIC"}


def test_two_volunteer_companies_have_one_crew_for_an_engine_and_the_tanker() -> None:
    crews = {crew.id: crew.units for crew in read_pack(county()).crews}
    assert crews == {"E80-2 or T80": ("E80-2", "T80"), "E90-2 or T90": ("E90-2", "T90")}


def test_every_unit_has_a_callsign_of_its_own_a_known_agency_and_station() -> None:
    units = rows("units.csv")
    agencies = {a["agency"] for a in rows("agencies.csv")}
    stations = {
        f["properties"]["code"]
        for f in json.loads((county() / "stations.geojson").read_text())["features"]
    }
    assert 120 <= len(units) <= 150
    assert len({u["unit"] for u in units}) == len(units)
    assert {u["agency"] for u in units} <= agencies
    assert {u["station"] for u in units} <= stations


def test_the_neighbour_who_answers_by_phone_is_the_only_one() -> None:
    assert {u["agency"] for u in rows("units.csv") if u["phone_only"] == "1"} == {
        "wexcombe-fire.example"
    }


def test_every_plan_asks_for_capabilities_that_some_unit_has() -> None:
    have = {(c) for u in rows("units.csv") for c in u["capabilities"].split(";")}
    asked = {p["capability"] for p in rows("response_plans.csv")}
    assert asked <= have


def test_no_ladder_goes_to_chest_pains_and_every_kind_of_call_has_a_plan() -> None:
    plans = rows("response_plans.csv")
    assert not [p for p in plans if p["lead"] == "ems" and p["capability"] == "ladder"]
    assert {c["incident_type"] for c in rows("calls.csv.gz")} <= {p["incident_type"] for p in plans}
    assert "TRAFFIC_STOP" in {p["incident_type"] for p in plans}


def test_agreements_are_unlike_and_one_has_lapsed() -> None:
    terms = {(a["kind"], a["margin_s"]) for a in rows("agreements.csv")}
    assert terms == {("automatic", "60"), ("mutual", "240")}
    assert [a for a in rows("agreements.csv") if a["expires"] < "2026-01-01"]


def test_the_career_department_has_stricter_stand_ins_and_every_other_a_chain() -> None:
    agencies = [a for a in read_pack(county()).agencies if a.discipline == "fire"]
    book = SubstituteBook({agency.id: agency.substitutes for agency in agencies})
    career, other = (
        {e.capability: e for e in book.stand_ins("fire", "ladder", {"fire": agency.id})}["engine"]
        for agency in agencies[:2]
    )
    assert (career.cap_s, other.cap_s) == (600.0, 1800.0)
    through = book.stand_ins("fire", "rescue", {"fire": agencies[1].id})
    assert [(e.capability, e.penalty_s, e.through) for e in through] == [
        ("ladder", 300.0, ()),
        ("engine", 540.0, ("ladder",)),
    ]


def test_mill_road_runs_in_three_towns() -> None:
    assert len([1 for tags, _ in ways() if tags.get("name") == "Mill Rd"]) >= 3


def test_the_motorway_is_met_by_ramps_only() -> None:
    motorway, others = set(), set()
    for tags, nodes in ways():
        if tags.get("highway") == "motorway":
            assert tags["oneway"] == "yes"
            motorway.update(nodes)
        elif "highway" in tags and tags["highway"] != "motorway_link":
            others.update(nodes)
    ramps = {n for t, nodes in ways() if t.get("highway") == "motorway_link" for n in nodes}
    assert motorway & ramps
    assert not motorway & others


def test_the_river_is_crossed_by_bridges_only_and_one_of_them_is_closed() -> None:
    bridges = {t["name"] for t, _ in ways() if t.get("bridge") == "yes" and "name" in t}
    feed = json.loads((county() / "closures.geojson").read_text())
    closed = feed["features"][0]["properties"]
    assert closed["vehicle_impact"] == "all-lanes-closed"
    assert closed["core_details"]["road_names"][0] in bridges
    assert feed["feed_info"]["version"] == "4.2"


def test_roads_have_one_ways_turn_bans_and_level_crossings() -> None:
    found: Counter[str] = Counter()
    for thing in osmium.FileProcessor(str(county() / "roads.osm.pbf")):
        if isinstance(thing, osmium.osm.Node):
            found[thing.tags.get("railway") or ""] += 1
        elif isinstance(thing, osmium.osm.Relation):
            found[thing.tags["restriction"]] += 1
    one_way = [t for t, _ in ways() if t.get("oneway") == "yes" and "motorway" not in t["highway"]]
    assert found["level_crossing"] > 3
    assert found["no_left_turn"] > 3
    assert len(one_way) >= 2


def test_history_is_in_order_over_a_year_with_officers_quiet_at_shift_change() -> None:
    calls = rows("calls.csv.gz")
    times = [datetime.fromisoformat(c["received_at"]) for c in calls]
    assert times == sorted(times)
    assert (times[-1] - times[0]).days > 350
    assert {t.utcoffset() for t in times} == {
        times[0].utcoffset(),
        times[len(times) // 2].utcoffset(),
    }
    own = [t for t, c in zip(times, calls, strict=True) if c["flags"] == "officer_initiated"]
    minutes = [min(abs(t.hour * 60 + t.minute - h * 60) for h in (7, 15, 23)) for t in own]
    at_change = sum(m <= 20 for m in minutes) / (3 * 41)
    between = sum(m > 60 for m in minutes) / (24 * 60 - 3 * 121)
    assert at_change < 0.6 * between


def test_the_pack_loads_and_only_the_shift_column_is_passed_over() -> None:
    pack = read_pack(county())
    assert [(n.file, "shift" in str(n)) for n in pack.notices] == [("units.csv", True)]
    assert len(pack.units) == len(rows("units.csv"))
    assert all(isinstance(c, RecordedCall) for c in read_calls(county() / "calls.csv.gz"))


def test_every_road_can_be_driven_there_and_back_and_every_turn_ban_is_understood() -> None:
    report = read_osm(county() / "roads.osm.pbf").report
    assert report.dropped_arcs == 0
    assert report.components == 1
    assert report.turn_restrictions > 3
    assert report.turn_bans == report.turn_restrictions
