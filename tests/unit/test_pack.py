"""A region pack with mistakes lists all of them with their place, and gives nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jurisdictions.mistakes import PackRefused
from jurisdictions.pack import read_pack
from tests.region_factories import boundary_properties, square, write_features, write_pack


def mistakes_of(folder: Path) -> list[str]:
    with pytest.raises(PackRefused) as refused:
        read_pack(folder)
    return [str(mistake) for mistake in refused.value.mistakes]


def test_a_good_pack_is_read_whole(tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path / "pack"))
    assert pack.region.name == "Two Towns"
    assert (len(pack.boundaries), len(pack.agencies), len(pack.units)) == (6, 6, 4)
    assert {unit.callsign: unit.vehicle_class for unit in pack.units} == {
        "E1": "truck",
        "L1": "heavy",
        "M1": "car",
        "P1": "car",
    }


def test_the_same_content_has_the_same_id_and_another_content_another(tmp_path: Path) -> None:
    one, two = write_pack(tmp_path / "one"), write_pack(tmp_path / "two")
    assert read_pack(one).pack_id == read_pack(two).pack_id
    (two / "units.csv").write_text((two / "units.csv").read_text().replace("E1", "E7"))
    assert read_pack(one).pack_id != read_pack(two).pack_id


def test_a_pack_may_name_places_mileposts_and_house_numbers(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    without = read_pack(folder)
    assert (without.known_places.places, len(without.known_places.addresses)) == ((), 0)
    (folder / "places.csv").write_text(
        "name,kind,lon,lat,also\nTown Hall,,9.505,47.104,Old Hall;The Hall\n"
    )
    (folder / "mileposts.csv").write_text(
        "road,distance,lon,lat,direction,unit\nA 1,12.5,9.505,47.104,N,km\nA 1,13,9.505,47.11,,\n"
    )
    (folder / "addresses.csv").write_text("number,street,lon,lat\n14,Long St,9.505,47.104\n")
    pack = read_pack(folder)
    assert pack.pack_id != without.pack_id
    (hall,) = pack.known_places.places
    assert (hall.name, hall.kind, hall.also) == ("Town Hall", "place", ("Old Hall", "The Hall"))
    first, second = pack.known_places.mileposts
    assert (first.direction, first.unit, second.unit) == ("N", "km", "mi")
    assert pack.known_places.addresses.number.tolist() == [14]


def test_a_pack_names_its_hospitals(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    assert read_pack(folder).hospitals == []
    (folder / "hospitals.csv").write_text(
        "hospital,name,lon,lat,capabilities\nMERCY,Mercy,9.505,47.104,trauma; stroke\n"
    )
    (mercy,) = read_pack(folder).hospitals
    assert (mercy.id, mercy.capabilities) == ("MERCY", ("trauma", "stroke"))
    (folder / "hospitals.csv").write_text(
        "hospital,name,lon,lat\nSt Luke,St Luke,9.5,47.1\nM,Mercy,9.5,147\n"
        "m,,9.5,47.1\n\u00c9TOILE,Etoile,9.5,47.1\n"
    )
    assert [line.split(":")[2].strip() for line in mistakes_of(folder)] == [
        "hospital", "lat", "hospital", "name", "hospital",
    ]  # fmt: skip


def test_a_pack_says_when_waiting_and_statuses_are_late(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    assert read_pack(folder).limits == []
    limits = folder / "limits.csv"
    limits.write_text("status,seconds,agency,priority\nwaiting,90,,1\nDP,60,,\n")
    first, second = read_pack(folder).limits
    assert (first.status, first.seconds, first.priority) == ("waiting", 90, 1)
    assert (second.status, second.agency, second.priority) == ("DP", "", 0)
    limits.write_text(
        "status,seconds,agency,priority\nDP,60,nobody,\nAV,60,,\nER,0,,\nTR,9,,\nTR,9,,\n"
    )
    said = mistakes_of(folder)
    assert len(said) == 4
    assert "stands on line 5 already" in said[-1]


def test_a_line_of_procedure_has_a_step_and_at_most_two_lines(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    assert read_pack(folder).sops == []
    sops = folder / "sops.csv"
    sops.write_text('step,line,agency\nscene,"Ask for a size-up, then a PAR.",\n')
    (line,) = read_pack(folder).sops
    assert (line.step, line.agency, line.incident_type) == ("scene", "", "")
    assert line.line == "Ask for a size-up, then a PAR."
    long = "x" * 141
    sops.write_text(
        "step,line,agency,incident_type\n"
        f"scene,{long},,\nlunch,eat,,\ncall,ask,nobody,\ncall,,,\ncall,ask,,NO_TYPE\n"
        "close,a,,\nclose,b,,\n"
    )
    said = mistakes_of(folder)
    assert len(said) == 6
    assert "at most 140" in said[0]
    assert "stands on line 7 already" in said[-1]


def test_mistakes_in_places_are_listed_with_their_line(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    (folder / "places.csv").write_text("name,kind,lon,lat\n,school,9.505,47.104\nFar,,47.1,9.5\n")
    (folder / "mileposts.csv").write_text(
        "road,distance,lon,lat,direction\nA 1,here,9.505,47.104,up\n"
    )
    (folder / "addresses.csv").write_text("number,road,lon,lat\n14,Long St,9.505,47.104\n")
    said = mistakes_of(folder)
    assert [line.split(":")[0] for line in said] == [
        "places.csv",
        "places.csv",
        "mileposts.csv",
        "mileposts.csv",
        "addresses.csv",
    ]


def test_an_extra_column_is_a_notice(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    text = (folder / "agreements.csv").read_text()
    lines = text.splitlines()
    (folder / "agreements.csv").write_text(f"{lines[0]},colour\n{lines[1]},blue\n")
    assert [str(notice) for notice in read_pack(folder).notices] == [
        "agreements.csv: line 1: columns ignored: colour"
    ]


def test_a_capability_that_no_unit_has_is_a_notice(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    with (folder / "response_plans.csv").open("a") as file:
        file.write("FIRE,Building fire,fire,1,fire,helicopter,1\n")
    notices = [str(notice) for notice in read_pack(folder).notices]
    assert notices == ["response_plans.csv: no unit has the capability helicopter"]


def test_every_mistake_is_listed_at_once_with_file_and_line_or_feature(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    (folder / "region.toml").write_text('name = ""\ntime_zone = "Mars/Base"\nborder_m = -4\n')
    (folder / "units.csv").write_text(
        "agency,unit,kind,station,capabilities,staffing\n"
        "ashby-fire,E1,engine,S1,engine,4\n"
        "ashby-fire,E1,engine,S1,engine,4\n"
        "nobody,E2,engine,S1,engine,4\n"
        "ashby-fire,E3,engine,S9,engine,4\n"
        "ashby-fire,E4,engine,S1,,4\n"
        "ashby-fire,E5,engine,S1,engine,four\n"
        "ashby-fire,E6,engine,S1\n"
    )
    (folder / "response_plans.csv").write_text(
        "incident_type,label,lead,priority,discipline,capability,count\n"
        "FIRE,Building fire,fire,1,navy,engine,2\n"
        "FIRE,Building fire,fire,12,fire,engine,2\n"
        "FIRE,Building fire,fire,1,fire,engine,2\n"
        "FIRE,House fire,fire,1,fire,engine,1\n"
    )
    (folder / "agreements.csv").write_text(
        "kind,lender,borrower,margin_s,expires\nverbal,ashby-fire,brill-fire,60,2030-12-31\n"
        "mutual,ashby-fire,elsewhere,60,2030-12-31\nmutual,ashby-fire,brill-fire,60,soon\n"
    )
    write_features(
        folder / "esb/fire.geojson",
        [
            (boundary_properties("ashby-law", "fire"), square(0, 0)),
            (boundary_properties("brill-fire", "law"), square(1, 0)),
            (boundary_properties("brill-fire", "fire", NGUID="", Effective="May"), square(1, 0)),
        ],
    )
    assert mistakes_of(folder) == [
        "region.toml: line 1: name: it is missing or empty",
        "region.toml: line 2: time_zone: 'Mars/Base' is no time zone",
        "region.toml: line 3: border_m: -4 is not metres from 0 to 5000",
        "esb/fire.geojson: feature 1 (ashby-law): Agency_ID: ashby-law is law",
        "esb/fire.geojson: feature 2 (brill-fire): ServiceURN: urn:service:sos.police is not for "
        "fire",
        "esb/fire.geojson: feature 3 (brill-fire): NGUID: it is empty",
        "esb/fire.geojson: feature 3 (brill-fire): Effective: 'May' is no time",
        "units.csv: line 3: unit: E1 stands on line 2 already",
        "units.csv: line 4: agency: nobody is not in agencies.csv",
        "units.csv: line 5: station: S9 is not in stations.geojson",
        "units.csv: line 6: capabilities: a unit that can do nothing is never sent",
        "units.csv: line 7: staffing: 'four' is no number",
        "units.csv: line 8: it has not as many fields as the header",
        "response_plans.csv: line 2: discipline: 'navy' is not one of law, fire, ems",
        "response_plans.csv: line 3: priority: 12 is not from 1 to 9",
        "response_plans.csv: line 5: label: it differs from line 4 of the same type",
        "agreements.csv: line 2: kind: 'verbal' is not one of automatic, mutual",
        "agreements.csv: line 3: borrower: elsewhere is not in agencies.csv",
        "agreements.csv: line 4: expires: 'soon' is no date",
    ]


def test_files_and_columns_that_are_missing_are_each_named(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    (folder / "roads.osm.pbf").unlink()
    (folder / "stations.geojson").unlink()
    (folder / "agencies.csv").write_text("agency,name\nx,y\n")
    found = mistakes_of(folder)
    assert "roads.osm.pbf: the file is missing" in found
    assert "stations.geojson: the file is missing" in found
    assert "agencies.csv: line 1: columns missing: discipline, municipality" in found


def test_geometry_that_cannot_bound_anything_is_refused_feature_by_feature(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    swapped = {"type": "Polygon", "coordinates": [[[47, 190], [48, 190], [48, 191], [47, 190]]]}
    features = [
        {"type": "Feature", "properties": {"name": "Bow"}, "geometry": bow},
        {"type": "Feature", "properties": {"name": "Far"}, "geometry": swapped},
        {"type": "Feature", "properties": {"name": "Dot"}, "geometry": None},
        {
            "type": "Feature",
            "properties": {"name": "Pin"},
            "geometry": {"type": "Point", "coordinates": [9, 47]},
        },
    ]
    document = {"type": "FeatureCollection", "features": features}
    (folder / "municipalities.geojson").write_text(json.dumps(document))
    found = [line for line in mistakes_of(folder) if line.startswith("municipalities")]
    assert "feature 1 (Bow): invalid geometry: Self-intersection" in found[0]
    assert "feature 2 (Far): its coordinates are not longitude and latitude" in found[1]
    assert "feature 3 (Dot): it has no geometry" in found[2]
    assert "feature 4 (Pin): Point is not Polygon or MultiPolygon" in found[3]


def test_another_reference_system_is_refused_with_what_to_use(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    path = folder / "municipalities.geojson"
    document = json.loads(path.read_text())
    document["crs"] = {"type": "name", "properties": {"name": "EPSG:2272"}}
    path.write_text(json.dumps(document))
    (mistake,) = [line for line in mistakes_of(folder) if "crs" in line]
    assert mistake.startswith("municipalities.geojson: crs: coordinates must be longitude and")
    assert "EPSG:2272" in mistake


def test_broken_files_say_so(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    (folder / "esb/law.geojson").write_text("{")
    (folder / "region.toml").write_text("name =")
    (folder / "units.csv").write_bytes(b"\xff\xfe\x00")
    found = mistakes_of(folder)
    assert any(line.startswith("esb/law.geojson: line 1: not JSON") for line in found)
    assert any(line.startswith("region.toml: not TOML") for line in found)
    assert any(line.startswith("units.csv: not a CSV file in UTF-8") for line in found)


def test_a_folder_that_is_not_there_is_one_mistake(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path / "nowhere") == ["nowhere: there is no such folder"]


def test_a_pool_of_talkgroups_is_read_in_its_order_and_each_bad_name_is_a_mistake(
    tmp_path: Path,
) -> None:
    folder = write_pack(tmp_path / "pack")
    lines = (folder / "agencies.csv").read_text().splitlines()
    pools = ["TAC 1; TAC 2", "TAC 3;TAC 3", "TAC 4;;TAC 5", *[""] * (len(lines) - 4)]
    with_pool = [f"{line},{pool}" for line, pool in zip(lines[1:], pools, strict=True)]
    (folder / "agencies.csv").write_text(
        "\n".join([f"{lines[0]},talkgroups", *with_pool[:1], *(f"{x}," for x in lines[2:])]) + "\n"
    )
    assert read_pack(folder).agencies[0].talkgroups == ("TAC 1", "TAC 2")
    (folder / "agencies.csv").write_text("\n".join([f"{lines[0]},talkgroups", *with_pool]) + "\n")
    assert mistakes_of(folder) == [
        "agencies.csv: line 3: talkgroups: TAC 3 stands in the cell twice",
        "agencies.csv: line 4: talkgroups: '' is not 1 to 24 letters long",
    ]


def test_the_size_of_a_vehicle_may_be_given_and_must_be_one(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    lines = (folder / "units.csv").read_text().splitlines()

    def write(*sizes: str) -> None:
        rows = [f"{line},{size}" for line, size in zip(lines[1:], sizes, strict=True)]
        (folder / "units.csv").write_text(
            "\n".join([f"{lines[0]},height_m,weight_t", *rows]) + "\n"
        )

    write("3.3,17.5", ",", "2.7,", ",")
    sizes = [(unit.height_m, unit.weight_t) for unit in read_pack(folder).units]
    assert sizes == [(3.3, 17.5), (None, None), (2.7, None), (None, None)]
    write("33,17.5", ",", ",tall", ",")
    assert [mistake.split(":")[1:3] for mistake in mistakes_of(folder)] == [
        [" line 2", " height_m"],
        [" line 4", " weight_t"],
    ]


def plans_of(folder: Path, *rows: str) -> None:
    head = "incident_type,label,lead,priority,discipline,capability,count"
    head += ",agency,hours,priorities,rank,area,premise,officers,mode"
    base = "FIRE,Building fire,fire,1,fire,engine,1"
    lines = [head, *(f"{base},{row}" for row in rows)]
    (folder / "response_plans.csv").write_text("\n".join(lines) + "\n")


def test_plans_hold_in_areas_in_zones_and_at_addresses(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    write_features(
        folder / "plan_areas.geojson",
        [({"area": "Old mill"}, square(0, 0, 0.3)), ({"area": "Yard"}, square(0.5, 0.5, 0.3))],
    )
    before = read_pack(folder).pack_id
    plans_of(
        folder,
        ",,,,,,,",
        ",,,,Old mill,,,normal",
        ",,,,Yard,,,",
        ',,,,,"12 Mill Rd, Ashby",2,lights',
    )
    pack = read_pack(folder)
    assert pack.pack_id != before
    assert set(pack.plan_areas) == {"Old mill", "Yard"}
    assert [row.area for row in pack.plan_rows] == ["", "Old mill", "Yard", ""]
    assert pack.plan_rows[3].premise == "12 Mill Rd, Ashby"
    assert [row.officers for row in pack.plan_rows] == [1, 1, 1, 2]
    assert [row.mode for row in pack.plan_rows] == ["", "normal", "", "lights"]


def test_two_plans_that_nothing_chooses_between_are_refused_with_both_lines(
    tmp_path: Path,
) -> None:
    folder = write_pack(tmp_path / "pack")
    write_features(
        folder / "plan_areas.geojson",
        [({"area": "West"}, square(0, 0, 0.5)), ({"area": "East"}, square(0.4, 0, 0.5))],
    )
    plans_of(
        folder,
        ",22-6,,,,,,",
        ",22-6,,,,,,",
        ",5-8,,,,,,",
        ",6-22,,1,,,,",
        ",,1;2,,,,,",
        ",,2;3,,,,,",
        ",,,,West,,,",
        ",,,,East,,,",
        ",,,1,East,,,",
        ",,,,,12 Mill Rd,,",
        ',,,,,"12 Mill Rd, Ashby",,',
        ',,,,,"12 Mill Rd, Brill",,',
        ",,,,Nowhere,,3,slow",
    )
    said = mistakes_of(folder)
    ties = [line for line in said if "nothing says whether" in line]
    assert [line.split(": ")[1] for line in ties] == [
        "line 4", "line 7", "line 9", "line 12", "line 13"
    ]  # fmt: skip
    assert "that of line 2 wins" in ties[0]
    assert "that of line 8 wins" in ties[2]
    assert any("line 14: area: Nowhere is neither" in line for line in said)
    assert any("line 14: officers" in line for line in said)
    assert any("line 14: mode" in line for line in said)


def test_beats_are_zones_and_holds_are_minutes_by_priority(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    zone = "B4"
    esb = json.loads((folder / "esb/fire.geojson").read_text())
    esb["features"][0]["properties"]["zone"] = zone
    (folder / "esb/fire.geojson").write_text(json.dumps(esb))
    units = (folder / "units.csv").read_text().splitlines()
    rows = [f"{units[0]},beats", f"{units[1]},{zone}", *(f"{row}," for row in units[2:])]
    (folder / "units.csv").write_text("\n".join(rows) + "\n")
    agencies = (folder / "agencies.csv").read_text().splitlines()
    rows = [f"{agencies[0]},beat_s,beat_hold", f"{agencies[1]},90,3:10;4:30"]
    rows += [f"{row},," for row in agencies[2:]]
    (folder / "agencies.csv").write_text("\n".join(rows) + "\n")
    pack = read_pack(folder)
    assert pack.units[0].beats == (zone,)
    assert (pack.agencies[0].beat_s, pack.agencies[0].beat_hold) == (90, {3: 600, 4: 1800})
    (folder / "agencies.csv").write_text("\n".join(rows).replace("3:10", "soon") + "\n")
    (folder / "units.csv").write_text(
        (folder / "units.csv").read_text().replace(f",{zone}\n", ",Mars\n", 1)
    )
    said = mistakes_of(folder)
    assert len(said) == 2
    assert "beat_hold: 'soon' is not like 3:10" in said[0]
    assert "beats: Mars is no zone" in said[1]


def test_a_shared_crew_is_of_one_station_and_no_vehicle_is_in_two(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    units = read_pack(folder).units
    pair = [u.callsign for u in units][:2]
    head = "crew,units,min_staff\n"
    text = (folder / "units.csv").read_text()
    first = next(line for line in text.splitlines() if f",{pair[0]}," in line)
    twin = first.replace(f",{pair[0]},", ",TWIN,")
    (folder / "units.csv").write_text(f"{text.rstrip()}\n{twin}\n")
    (folder / "crews.csv").write_text(f"{head}C1,{pair[0]};TWIN,3\n")
    (crew,) = read_pack(folder).crews
    assert (crew.id, crew.units, crew.min_staff) == ("C1", (pair[0], "TWIN"), 3)
    (folder / "crews.csv").write_text(
        f"{head}C1,{pair[0]};TWIN,3\nC1,TWIN;nobody,\nC3,{pair[1]},0\n"
    )
    said = mistakes_of(folder)
    assert [line.split(": ")[1] for line in said] == ["line 3"] * 3 + ["line 4"] * 2
    assert any("TWIN stands on line 2 already" in line for line in said)
    assert any("nobody is not in units.csv" in line for line in said)


def test_a_volunteer_crew_is_people_by_skill_within_a_limit(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    agencies = (folder / "agencies.csv").read_text().splitlines()

    def rules(*cells: str) -> None:
        rows = [f"{agencies[0]},volunteer_min,volunteer_s"]
        rows += [f"{row},{cell}" for row, cell in zip(agencies[1:], cells, strict=False)]
        rows += [f"{row},," for row in agencies[1 + len(cells) :]]
        (folder / "agencies.csv").write_text("\n".join(rows) + "\n")

    rules("any:4;driver:1,300")
    rule = read_pack(folder).agencies[0].volunteers
    assert rule is not None
    assert (rule.minimum, rule.within_s) == ({"any": 4, "driver": 1}, 300)
    rules("driver,300", ",300")
    said = mistakes_of(folder)
    assert "volunteer_min: 'driver' is not like driver:1" in said[0]
    assert "volunteer_min: volunteer_s needs it" in said[1]
