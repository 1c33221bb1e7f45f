"""A pack made from real roads and real municipalities with exclaves loads and can be searched."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from shapely.geometry import Point, shape

from geodata.geocoding import PlaceFinder
from geodata.known_places import CommonPlace
from geodata.sources.osm import read_osm
from geodata.sources.osm_features import read_features
from geodata.sources.osm_pack import PackImpossible, pack_from_osm
from geodata.sources.osm_places import read_places
from jurisdictions.pack import read_pack

OSM = "roads/valhalla_liechtenstein-latest.osm.pbf"
MUNICIPALITIES = "boundaries/liechtenstein_municipalities_from_osm.geojson"


@pytest.fixture(scope="module")
def pack_folder(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs") / "liechtenstein"
    pack_from_osm(test_data / OSM, test_data / MUNICIPALITIES, folder, time_zone="Europe/Vaduz")
    return folder


def test_the_pack_loads_without_a_mistake(pack_folder: Path) -> None:
    pack = read_pack(pack_folder)
    assert pack.region.name == "Liechtenstein"
    assert len(pack.municipalities) == 15
    assert len([s for s in pack.stations if s.kind == "fire"]) == 6
    assert len({u.callsign for u in pack.units}) == len(pack.units)
    assert not pack.notices


def test_exclaves_stay_parts_of_their_municipality(pack_folder: Path, test_data: Path) -> None:
    real = json.loads((test_data / MUNICIPALITIES).read_text())
    kept = json.loads((pack_folder / "municipalities.geojson").read_text())
    parts = {f["properties"]["name"]: len(f["geometry"]["coordinates"]) for f in real["features"]}
    for feature in kept["features"]:
        name, area = feature["properties"]["name"], shape(feature["geometry"])
        if name in parts:
            assert len(getattr(area, "geoms", [area])) == parts[name]
        assert area.is_valid


def test_every_spot_has_one_fire_department_and_a_town_with_a_station_has_its_own(
    pack_folder: Path,
) -> None:
    areas = json.loads((pack_folder / "esb/fire.geojson").read_text())["features"]
    stations = json.loads((pack_folder / "stations.geojson").read_text())["features"]
    for station in stations:
        if station["properties"]["kind"] == "fire":
            spot = Point(station["geometry"]["coordinates"])
            holding = [a for a in areas if shape(a["geometry"]).contains(spot)]
            assert [a["properties"]["station"] for a in holding] == [station["properties"]["code"]]


def test_what_is_assumed_is_said_in_the_readme(pack_folder: Path) -> None:
    said = (pack_folder / "README.md").read_text()
    assert "Not how this place dispatches" in said
    assert "a fixed template for each station" in said


def test_landstrasse_is_found_in_each_municipality_that_has_one(pack_folder: Path) -> None:
    pack = read_pack(pack_folder)
    places = [CommonPlace(p.name, p.at, p.kind) for p in read_places(pack.roads).places if p.name]
    areas = {
        f["properties"]["name"]: shape(f["geometry"])
        for f in json.loads((pack_folder / "municipalities.geojson").read_text())["features"]
    }
    finder = PlaceFinder.build(read_osm(pack.roads), areas, places)
    towns = {c.municipality for c in finder.find("Landstrasse 14") if c.label == "14 Landstrasse"}
    assert towns >= {"Balzers", "Schaan", "Triesen", "Vaduz"}
    assert finder.find("Landesspital")[0].label == "Liechtensteinisches Landesspital"
    assert finder.find("47 08 24 N 9 31 12 E")[0].municipality == "Vaduz"
    assert finder.find("4GQ9+22 Vaduz")[0].municipality == "Vaduz"


def test_bridges_exits_ramps_and_crossings_of_real_maps_have_names(test_data: Path) -> None:
    boston = read_features(test_data / "roads" / "r5_boston_inner_core.osm.pbf").places
    kinds = Counter(place.kind for place in boston)
    assert kinds["bridge"] > 100
    assert kinds["ramp"] > 100
    assert {"I 93 exit 27 heading NW"} <= {place.name for place in boston if place.kind == "exit"}
    here = read_features(test_data / OSM).places
    assert "Holzbrücke bridge over Rhein" in {p.name for p in here if p.kind == "bridge"}
    assert any(p.name == "Rheinstrasse rail crossing" for p in here)


def test_a_file_that_is_no_geojson_is_refused(test_data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "towns.geojson"
    broken.write_text("{}")
    with pytest.raises(PackImpossible):
        pack_from_osm(test_data / OSM, broken, tmp_path / "pack")
    assert not (tmp_path / "pack").exists()
