"""Bridges, exits, ramps, level crossings, trails and milestones, by the names that people say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapely import box

from geodata.geocoding import PlaceFinder
from geodata.known_places import AddressPoint, AddressPoints, CommonPlace, KnownPlaces, Milepost
from geodata.lonlat import LonLat
from geodata.road_errors import NetworkFileUnreadable, OsmUnreadable
from geodata.sources.kept import load_known_places, save_known_places
from geodata.sources.osm import read_osm
from geodata.sources.osm_features import OsmFeatures, read_features
from tests.unit.test_osm import Ways, xml_of

NODES = {
    1: (8.00, 48.00),
    2: (8.02, 48.00),
    3: (8.04, 48.00),
    4: (8.02, 48.01),
    5: (8.021, 48.02),
    6: (8.03, 47.99),
    7: (8.03, 48.03),
    8: (8.00, 48.02),
    9: (8.06, 48.02),
    10: (8.0295, 47.995),
    11: (8.0305, 48.005),
    12: (8.05, 48.00),
}
WAYS: Ways = {
    20: ([1, 2, 3, 12], {"highway": "motorway", "ref": "A 7;E 45", "oneway": "yes"}),
    21: ([2, 4], {"highway": "motorway_link", "oneway": "yes"}),
    22: ([4, 5], {"highway": "motorway_link", "oneway": "yes", "destination": "Harbour;Centre"}),
    23: ([8, 5, 9], {"highway": "secondary", "name": "Coast Road"}),
    24: ([6, 10], {"highway": "residential", "name": "Mill Road"}),
    25: ([10, 11], {"highway": "residential", "name": "Mill Road", "bridge": "yes"}),
    26: ([11, 7], {"highway": "residential", "name": "Mill Road"}),
    27: ([7, 9], {"highway": "path", "name": "Heron Trail"}),
    28: ([7, 8], {"railway": "rail", "name": "Valley Line"}),
}
NODE_TAGS = {
    2: {"highway": "motorway_junction", "ref": "12", "name": "Harbour"},
    3: {"highway": "milestone", "distance": "38.5"},
    7: {"railway": "level_crossing"},
}


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> OsmFeatures:
    path = tmp_path_factory.mktemp("osm") / "roads.osm.xml"
    path.write_text(xml_of(NODES, WAYS, node_tags=NODE_TAGS))
    return read_features(path)


def named(features: OsmFeatures, kind: str) -> dict[str, CommonPlace]:
    return {place.name: place for place in features.places if place.kind == kind}


def test_a_bridge_is_named_by_what_it_carries_and_what_it_crosses(features: OsmFeatures) -> None:
    (bridge,) = named(features, "bridge").values()
    assert bridge.name == "Mill Road bridge over A 7"
    assert "A 7 bridge" in bridge.also
    assert bridge.at == pytest.approx((8.03, 48.0), abs=1e-6)


def test_an_exit_has_its_road_number_name_and_heading(features: OsmFeatures) -> None:
    (found,) = named(features, "exit").values()
    assert found.name == "A 7 exit 12 (Harbour) heading E"
    assert found.also == ("exit 12 A 7", "Harbour exit")


def test_a_ramp_is_followed_over_its_pieces_to_the_road_it_leads_to(features: OsmFeatures) -> None:
    (ramp,) = named(features, "ramp").values()
    assert ramp.name == "A 7 ramp to Coast Road heading N"
    assert "ramp from A 7 to Coast Road" in ramp.also


def test_level_crossings_and_trails_have_the_names_of_their_ways(features: OsmFeatures) -> None:
    (crossing,) = named(features, "rail_crossing").values()
    assert crossing.name == "Mill Road rail crossing"
    assert "Valley Line crossing at Mill Road" in crossing.also
    assert list(named(features, "trail")) == ["Heron Trail"]


def test_a_milestone_counts_kilometres_of_the_road_it_stands_on(features: OsmFeatures) -> None:
    assert features.mileposts == (Milepost("A 7", 38.5, LonLat(8.04, 48.0), unit="km"),)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OsmUnreadable):
        read_features(tmp_path / "none.osm.pbf")


def test_known_places_come_back_as_they_were_kept(tmp_path: Path) -> None:
    known = KnownPlaces(
        places=(CommonPlace("Élan bridge", LonLat(8.0, 48.0), "bridge", ("the Arch", "Old One")),),
        mileposts=(Milepost("A 7", 38.5, LonLat(8.04, 48.0), "E", "km"),),
        addresses=AddressPoints.of([AddressPoint(14, "Mill Road", LonLat(8.03, 48.0))]),
    )
    path = tmp_path / "v1.places.npz"
    assert load_known_places(path).places == ()
    save_known_places(known, path)
    back = load_known_places(path)
    assert (back.places, back.mileposts) == (known.places, known.mileposts)
    assert back.addresses.streets == ("Mill Road",)
    assert np.array_equal(back.addresses.number, [14])
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(NetworkFileUnreadable):
        load_known_places(path)


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> PlaceFinder:
    path = tmp_path_factory.mktemp("osm") / "roads.osm.xml"
    path.write_text(xml_of(NODES, WAYS, node_tags=NODE_TAGS))
    known = read_features(path)
    town = {"Harbour Town": box(7.9, 47.9, 8.1, 48.1)}
    return PlaceFinder.build(read_osm(path), town, known.places, mileposts=known.mileposts)


@pytest.mark.parametrize(
    ("said", "kind", "label"),
    [
        ("mill road bridge", "bridge", "Mill Road bridge over A 7"),
        ("A 7 bridge", "bridge", "Mill Road bridge over A 7"),
        ("ramp to coast rd", "ramp", "A 7 ramp to Coast Road heading N"),
        ("A7 exit 12", "exit", "A 7 exit 12 (Harbour) heading E"),
        ("mill rd rail crossing", "rail_crossing", "Mill Road rail crossing"),
        ("heron trail", "trail", "Heron Trail"),
        ("A 7 km 38.5", "milepost", "A 7 km 38.5"),
    ],
)
def test_each_place_without_an_address_is_found_first_as_a_caller_says_it(
    finder: PlaceFinder, said: str, kind: str, label: str
) -> None:
    first = finder.find(said)[0]
    assert (first.kind, first.label) == (kind, label)
