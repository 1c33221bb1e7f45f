"""A made-up county as a region pack: the hard cases of the field in one place, from a seed.

The only entry point; writes files and returns what it wrote. Same seed and size, same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry import LineString, Point

from geodata.synthetic import (
    agreements,
    history,
    motorway_marks,
    naming,
    pack_files,
    plans,
    substitutes,
    turnout,
    work_zones,
    works,
)
from geodata.synthetic.arteries import draw_arteries, lay_arteries, lay_railway
from geodata.synthetic.fleet import SIZES, Agency, Fleet, beat_name, make_fleet
from geodata.synthetic.graph import StreetGraph
from geodata.synthetic.land import UNINCORPORATED, Land, draw_land, point_lonlat
from geodata.synthetic.osm_file import PlaceNode, write_osm
from geodata.synthetic.streets import lay_streets, prune
from geodata.synthetic.ways import named_places, roads_of, water
from geodata.synthetic.zones import (
    Contested,
    Zone,
    contested_strip,
    ems_zones,
    fire_zones,
    law_zones,
    overlapped,
    parted,
)

MIN_NODES = 1500
BEAT_HOLD = "3:10;4:30"
"""Minutes for which an incident may wait for its busy beat, by priority."""
STATUS_CHECK_S = "120"
"""An officer on scene is asked for a word after so long."""
EFFECTIVE = "2024-01-01T00:00:00-05:00"
TIME_ZONE = "America/New_York"
BORDER_M = 100
SHIFTS = (
    ("day", "law", "07:00", "15:00"),
    ("evening", "law", "15:00", "23:00"),
    ("night", "law", "23:00", "07:00"),
    ("24h", "fire", "07:00", "07:00"),
    ("day", "fire", "07:00", "19:00"),
    ("on_call", "fire", "00:00", "00:00"),
    ("24h", "ems", "07:00", "07:00"),
    ("day", "ems", "07:00", "19:00"),
)
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class CountyCounts:
    """What stands in the pack that was written."""

    junctions: int
    ways: int
    municipalities: int
    agencies: int
    stations: int
    units: int
    calls: int
    closures: int


def make_county(
    folder: Path,
    seed: int = 1,
    nodes: int = 6000,
    progress: Progress | None = None,
    calls: int = history.CALLS,
) -> CountyCounts:
    """Write a complete region pack of an invented county into ``folder``.

    Args:
        folder: Made where it is absent; files of an earlier county in it are replaced.
        seed: Any integer; with the same ``nodes`` it gives the same bytes.
        nodes: About how many road junctions, at least ``MIN_NODES``; bends come on top.
        progress: Called with the step's name and the share done, 0 to 1.
        calls: Calls in the year of history, before those that report an event again.

    Returns:
        Counts of what was written.

    Raises:
        ValueError: ``nodes`` is below ``MIN_NODES``: the hard cases would find no room.
    """
    if nodes < MIN_NODES:
        raise ValueError(f"nodes must be at least {MIN_NODES}, got {nodes}")
    tell = progress or (lambda _step, _share: None)
    tell("land and towns", 0.0)
    land = draw_land(seed, nodes)
    tell("roads", 0.05)
    graph, motorway = _draw_roads(land, seed, nodes)
    tell("street names", 0.35)
    roads = roads_of(graph, land, seed)
    motorway_marks.mark_exits(roads)
    low = works.mark_low_bridge(roads, land)
    tell("agencies and areas", 0.55)
    fleet = make_fleet(land, graph, seed)
    contested = contested_strip(fire_zones(parted(land, fleet), fleet))
    ground = parted(land, fleet, contested)
    zones = {
        "law": law_zones(ground, fleet),
        "fire": overlapped(ground, fire_zones(ground, fleet), contested),
        "ems": ems_zones(ground, fleet),
    }
    tell("writing roads", 0.65)
    (folder / "esb").mkdir(parents=True, exist_ok=True)
    places = [PlaceNode(at, tags) for at, tags in named_places(land)]
    write_osm(folder / "roads.osm.pbf", roads, water(land), places + _buildings(land, fleet))
    tell("writing areas and agencies", 0.75)
    _write_areas(folder, land, fleet, zones)
    _write_tables(folder, fleet, zones)
    _write_stations(folder, fleet)
    posts = motorway_marks.milepost_rows(motorway, land)
    pack_files.write_rows(folder / "mileposts.csv", motorway_marks.COLUMNS, posts)
    pack_files.write_rows(folder / "hospitals.csv", plans.HOSPITAL_COLUMNS, _hospital_rows(land))
    closures = work_zones.work_zones(roads, land, seed)
    pack_files.write_json(folder / "closures.geojson", closures)
    pack_files.write_json(folder / "works.json", works.works(roads, land))
    tell("a year of calls", 0.8)
    rows = list(history.history_rows(history.places_of(roads, land, zones), seed, calls))
    pack_files.write_rows(folder / "calls.csv.gz", history.COLUMNS, rows)
    _write_words(folder, land, fleet, contested, seed, nodes, low)
    tell("done", 1.0)
    return CountyCounts(
        junctions=len(roads.at),
        ways=len(roads.ways),
        municipalities=len(land.towns),
        agencies=len(fleet.agencies),
        stations=len(fleet.stations),
        units=len(fleet.units),
        calls=len(rows),
        closures=len(closures["features"]),
    )


def _draw_roads(land: Land, seed: int, nodes: int) -> tuple[StreetGraph, LineString]:
    graph, marks = StreetGraph(), list[float]()
    lines = draw_arteries(land, seed)
    lay_arteries(graph, land, lines, marks)
    lay_streets(graph, land, lines, seed, nodes, marks)
    lay_railway(graph, lines, marks)
    return prune(graph), lines.motorway


def _buildings(land: Land, fleet: Fleet) -> list[PlaceNode]:
    """Stations and well-known places as points that a map and a place search can use."""
    amenity = {"fire": "fire_station", "police": "police", "ems": "ambulance_station"}
    name = {a.id: a.name for a in fleet.agencies}
    found = []
    for s in fleet.stations:
        key = "emergency" if s.kind == "ems" else "amenity"
        tags = {key: amenity[s.kind], "name": f"{name[s.agency]} {s.code}", "ref": s.code}
        found.append(PlaceNode(s.at, tags))
    for town in land.towns:
        if town.rank < 2:
            x, y = town.at
            for k, site in enumerate(naming.SITES[: 6 if town.rank == 0 else 4]):
                spot = (x + town.radius_m * (0.3 - 0.17 * k), y + town.radius_m * (0.12 * k - 0.3))
                key = "hospital" if site == "Hospital" else "public_building"
                found.append(PlaceNode(spot, {"amenity": key, "name": f"{town.name} {site}"}))
    return found


def _hospital_rows(land: Land) -> list[tuple[str, ...]]:
    """A hospital in each large town; the largest town's takes the worst injuries."""
    rows: list[tuple[str, ...]] = []
    for town in land.towns:
        if town.rank >= 2 or "Hospital" not in naming.SITES[: 6 if town.rank == 0 else 4]:
            continue
        k = naming.SITES.index("Hospital")
        x, y = town.at
        spot = (x + town.radius_m * (0.3 - 0.17 * k), y + town.radius_m * (0.12 * k - 0.3))
        lon, lat = point_lonlat(spot)
        able = "trauma;stroke;cardiac" if town.rank == 0 else "cardiac"
        name = f"{town.name} Hospital"
        rows.append((town.name.upper()[:6], name, f"{lon:.6f}", f"{lat:.6f}", able))
    return rows


def _write_areas(folder: Path, land: Land, fleet: Fleet, zones: dict[str, list[Zone]]) -> None:
    kinds = {
        t.name: "Borough" if t.borough else "City" if t.rank == 0 else "Town" for t in land.towns
    }
    kinds[UNINCORPORATED] = "Unincorporated land"
    towns = [
        pack_files.feature(pack_files.in_degrees(area), {"name": name, "class": kinds[name]})
        for name, area in ((z.municipality, z.area) for z in zones["law"])
    ]
    pack_files.write_json(folder / "municipalities.geojson", pack_files.collection(towns))
    name = {a.id: a.name for a in fleet.agencies}
    for discipline, areas in zones.items():
        features = [
            pack_files.feature(
                pack_files.in_degrees(z.area),
                pack_files.esb_properties(
                    discipline, z.agency, name[z.agency], z.station, z.municipality, k, EFFECTIVE
                )
                | _beat_of(fleet, discipline, z),
            )
            for k, z in enumerate(areas, start=1)
        ]
        path = folder / "esb" / f"{discipline}.geojson"
        pack_files.write_json(path, pack_files.collection(features))


def _beat_of(fleet: Fleet, discipline: str, zone: Zone) -> dict[str, str]:
    """The zone's name in place of its station, where patrols of its force have it as their beat."""
    if discipline != "law" or not fleet.beats_of(zone.agency):
        return {}
    return {"station": "", "zone": beat_name(zone.municipality)}


def _coverage_s(agency: Agency) -> str:
    """The career department watches its ground: 80 s to turn out and 240 s to drive, NFPA 1710."""
    return "320" if agency.staffing == "career" and agency.discipline == "fire" else ""


def _talkgroups(agency: Agency) -> str:
    """Four for each fire and EMS agency; the law works on one channel, and is given none."""
    if agency.discipline == "law":
        return ""
    word = agency.id.partition(".")[0].replace("-", " ").upper()
    return ";".join(f"{word} {number}" for number in range(1, 5))


def _channels(agency: Agency) -> list[tuple[str, ...]]:
    """How its crews are told. Only what needs no receiver outside: tablets, and station printers.

    Volunteers, who come from home, have longer to answer; the career department's stations print a
    page, and hear of an incident before anybody is sent.
    """
    if agency.discipline == "law":
        return []
    if agency.discipline == "fire" and agency.staffing == "career":
        page = (agency.id, "printer", "printer", "{station}", "0", "yes")
        return [page, (agency.id, "tablet", "tablet", "", "15", "")]
    return [
        (agency.id, "tablet", "tablet", "", "30" if agency.staffing == "volunteer" else "20", "")
    ]


def _write_tables(folder: Path, fleet: Fleet, zones: dict[str, list[Zone]]) -> None:
    pack_files.write_rows(
        folder / "agencies.csv",
        (
            "agency",
            "name",
            "discipline",
            "municipality",
            "staffing",
            "coverage_s",
            "talkgroups",
            "beat_hold",
            "status_check_s",
        ),
        [
            (
                a.id,
                a.name,
                a.discipline,
                a.home,
                a.staffing,
                _coverage_s(a),
                _talkgroups(a),
                BEAT_HOLD if fleet.beats_of(a.id) else "",
                STATUS_CHECK_S if a.discipline == "law" else "",
            )
            for a in fleet.agencies
        ],
    )
    pack_files.write_rows(
        folder / "channels.csv",
        ("agency", "channel", "adapter", "target", "limit_s", "pre_alert"),
        [row for agency in fleet.agencies for row in _channels(agency)],
    )
    pack_files.write_rows(
        folder / "units.csv",
        (
            "agency",
            "unit",
            "kind",
            "station",
            "capabilities",
            "staffing",
            "phone_only",
            "shift",
            "height_m",
            "weight_t",
            "width_m",
            "beats",
        ),
        [
            (
                u.agency,
                u.callsign,
                u.kind,
                u.station,
                u.capabilities,
                str(u.crew),
                str(int(u.phone_only)),
                u.shift,
                *SIZES.get(u.kind, ("", "", "")),
                u.beat,
            )
            for u in fleet.units
        ],
    )
    pack_files.write_rows(
        folder / "crews.csv",
        ("crew", "units", "min_staff"),
        [
            (f"{first} or {second}", f"{first};{second}", "2")
            for first, second in fleet.shared_crews()
        ],
    )
    pack_files.write_rows(
        folder / "response_plans.csv",
        (
            "incident_type",
            "label",
            "lead",
            "priority",
            "discipline",
            "capability",
            "count",
            "alarm_level",
            "profile",
            "officers",
        ),
        [
            (
                p.type,
                p.label,
                p.lead,
                str(p.priority),
                discipline,
                capability,
                str(count),
                str(level),
                profile,
                "2" if p.officers == 2 and discipline == "law" else "",
            )
            for p in plans.PLANS
            for level, profile, slots in (
                *((level, "", slots) for level, slots in enumerate((p.slots, *p.more), start=1)),
                (1, "storm", p.storm),
            )
            for discipline, capability, count in slots
        ],
    )
    pack_files.write_rows(
        folder / "agreements.csv", agreements.COLUMNS, agreements.agreement_rows(fleet, zones)
    )
    pack_files.write_rows(folder / "limits.csv", plans.LIMIT_COLUMNS, plans.LIMITS)
    pack_files.write_rows(folder / "sops.csv", plans.SOP_COLUMNS, plans.SOPS)
    sheriff = [agency.id for agency in fleet.agencies if agency.discipline == "law"][-1]
    pack_files.write_rows(
        folder / "statuses.csv",
        plans.STATUS_COLUMNS,
        [(sheriff, *row) for row in plans.TEN_CODES],
    )
    pack_files.write_rows(folder / "centres.csv", plans.CENTRE_COLUMNS, plans.CENTRES)
    pack_files.write_rows(
        folder / "determinants.csv", plans.DETERMINANT_COLUMNS, plans.DETERMINANTS
    )
    pack_files.write_rows(folder / "targets.csv", plans.TARGET_COLUMNS, plans.TARGETS)
    city_fire = next(a.id for a in fleet.agencies if a.discipline == "fire")
    pack_files.write_rows(
        folder / "substitutes.csv",
        substitutes.COLUMNS,
        (*substitutes.rows_of_city(city_fire), *substitutes.ROWS),
    )
    pack_files.write_rows(folder / "turnout.csv", turnout.COLUMNS, turnout.ROWS)
    pack_files.write_rows(folder / "shifts.csv", ("shift", "discipline", "starts", "ends"), SHIFTS)


def _write_stations(folder: Path, fleet: Fleet) -> None:
    stations = []
    for s in fleet.stations:
        lon, lat = point_lonlat(s.at)
        properties = {"code": s.code, "kind": s.kind, "agency": s.agency}
        properties |= {"municipality": s.municipality}
        whole = pack_files.feature(Point(lon, lat), {**properties, "mutual_aid": s.outside}, s.code)
        stations.append(whole)
    pack_files.write_json(folder / "stations.geojson", pack_files.collection(stations))


def _write_words(
    folder: Path,
    land: Land,
    fleet: Fleet,
    contested: Contested | None,
    seed: int,
    nodes: int,
    low: str,
) -> None:
    region = f'name = "{naming.COUNTY}"\ntime_zone = "{TIME_ZONE}"\nborder_m = {BORDER_M}\n'
    (folder / "region.toml").write_text(region, encoding="utf-8")
    contract = land.towns[11].name
    force = {a.id: a.name for a in fleet.agencies}[fleet.police_of[contract]]
    strip = "None was found room for."
    if contested is not None:
        lon, lat = point_lonlat(contested.middle)
        strip = (
            f"{contested.area.area / 1e6:.2f} km² about {lat:.5f}, {lon:.5f} stand in the fire "
            f"areas of both {contested.zones[0].agency} and {contested.zones[1].agency}."
        )
    text = README.format(
        county=naming.COUNTY,
        seed=seed,
        nodes=nodes,
        exclave=land.exclave_of,
        contract=contract,
        force=force,
        strip=strip,
        shared=naming.SHARED_STREET,
        low=low,
        low_height=works.LOW_BRIDGE,
        shared_towns=", ".join(land.towns[k].name for k in naming.SHARED_TOWNS),
        boroughs=", ".join(t.name for t in land.towns if t.borough),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


README = """# {county}

A made-up county: every name, place, department, unit, plan, closure and call in it is invented
(seed {seed}, about {nodes} road junctions). For software, training and demonstration.

The hard cases in it:
- Contested strip: {strip}
- Exclave: {exclave} has a detached part inside a neighbour. Boroughs inside other land: {boroughs}.
- {contract} has no police of its own and contracts with {force}. The sheriff answers for
  unincorporated land.
- "{shared}" runs in {shared_towns}; several more street names recur from town to town.
- The patrols of {force} have one of its two towns as their beat; the last of them has two on board,
  and a domestic dispute asks for two officers. It may wait for its beat at priorities 3 and 4.
- One crew stands for the second engine and the tanker of a volunteer company (`crews.csv`).
- Wexcombe Fire Company, over the line, has no console: `phone_only` is 1 for its units.
- Two unlike agreements: automatic aid (60 s margin, until 2031) and mutual aid (240 s, until
  mid-2030). One automatic pair lapsed on 2025-06-30.
- The river has few bridges, one of which `closures.geojson` closes; the railway is crossed on the
  level; some streets are one-way in pairs; the motorway is entered only at its ramps, has numbered
  exits and a post each mile (`mileposts.csv`); some left turns are banned; some drives are private.
- A bridge over {low} is {low_height} high: vehicles of the class heavy go round (`maxheight` on the
  way, sizes in `units.csv`). `works.json` lists works by day, by night and by the week.
- `units.csv` has the columns `phone_only` and `shift` more than the format asks for, `shifts.csv`
  says when shifts change, `agencies.csv` says how a department is staffed, and that an officer on
  scene must be heard of every two minutes.
- The career department's stations print a page for each crew, and before anybody is sent;
  volunteers have 30 s to answer, others 15 or 20 (`channels.csv`). How soon crews roll differs by
  staffing and hour (`turnout.csv`): volunteers come from work by day and from bed by night.
- An engine may go for a ladder and a ladder for a rescue, each for some seconds more and not from
  everywhere (`substitutes.csv`); the career department has stricter rows of its own.
- `calls.csv.gz` is the year 2025 in local time with its offset. Rows flagged `officer_initiated`
  began with a crew on scene; rows flagged `duplicate` report an event again.
"""
