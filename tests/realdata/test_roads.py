"""The road files and closures of real regions."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dispatch.bench.rank import run
from geodata.cch import CchRouter
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat, distance_m
from geodata.matching import match_line, towards
from geodata.network import RoadNetwork
from geodata.road_errors import OsmUnreadable
from geodata.snapping import Snapper
from geodata.sources.osm import read_osm
from geodata.vehicles import free_weights_ms


@pytest.mark.parametrize(
    ("file", "least_nodes", "bans"),
    [
        ("montco/roads.osm.pbf", 10_000, 0),
        ("roads/r5_porto.osm.pbf", 60_000, 350),
        ("roads/r5_boston_inner_core.osm.pbf", 7_000, 0),
        ("roads/valhalla_liechtenstein-latest.osm.pbf", 3_500, 2),
    ],
)
def test_every_region_becomes_a_connected_network(
    test_data: Path, file: str, least_nodes: int, bans: int
) -> None:
    network = read_osm(test_data / file)
    assert network.node_count >= least_nodes
    assert network.report.turn_bans >= bans
    assert network.report.dropped_nodes < 0.08 * network.node_count
    # Two of a map's nodes may share one spot, so a road can be 0 m long; it still takes time.
    assert (network.arc_length_m >= 0).all()
    assert (free_weights_ms(network, "car") >= 1).all()
    assert (network.edge_speed_kph >= 5).all()
    _ask_both(network)


def _ask_both(network: RoadNetwork) -> None:
    """A few questions whose answers the two routers must agree on."""
    rng = np.random.default_rng(4)
    snapper, fast, plain = Snapper(network), CchRouter(network), DijkstraRouter(network)
    chosen = rng.integers(0, len(network.point_lon), 43)
    points = [LonLat(float(network.point_lon[p]), float(network.point_lat[p])) for p in chosen]
    places = snapper.snap_all(points)
    assert None not in places
    for target in places[:3]:
        assert target is not None
        assert fast.seconds_to("truck", target, places[3:]) == plain.seconds_to(
            "truck", target, places[3:]
        )


def test_edge_cases_are_read_or_refused_in_words(test_data: Path) -> None:
    cases = test_data / "roads" / "edge_cases"
    assert read_osm(cases / "r5_missing-nodes.osm.pbf").report.missing_nodes == 1
    turns = read_osm(cases / "test_simple_turncosts.osm.xml")
    assert turns.report.turn_restrictions == 1
    for name in (
        "conditional-restrictions.osm.xml",
        "otp_brenner-invalid-relation-reference.osm.pbf",
    ):
        with pytest.raises(OsmUnreadable, match="no road that can be driven"):
            read_osm(cases / name)


def test_closures_on_the_roads_are_placed_by_name_and_those_off_them_are_not(
    test_data: Path,
) -> None:
    network = read_osm(test_data / "montco" / "roads.osm.pbf")
    snapper = Snapper(network)
    features = json.loads((test_data / "montco" / "closures.geojson").read_text())["features"]
    placed = refused = 0
    for feature in features:
        core = feature["properties"]["core_details"]
        line = [LonLat(*point[:2]) for point in feature["geometry"]["coordinates"]]
        turned, direction = towards(line, core["direction"])
        match = match_line(network, snapper, turned, direction)
        if "deliberately off" in core["description"]:
            assert not match.placed
            assert match.why_not
            refused += 1
            continue
        assert match.placed, match.why_not
        # A line may run on over another road where its own ends: the names meet, no more.
        assert {network.name_of(arc) for arc in match.arcs} & set(core["road_names"])
        drawn_m = sum(distance_m(a, b) for a, b in pairwise(line))
        times = 1 if direction == "along" else 2
        covered_m = float(network.arc_length_m[list(match.arcs)].sum())
        # More than was drawn where it ends between two junctions: an arc is shut whole.
        ends_m = float(max(network.arc_length_m[list(match.arcs)]))
        assert 0.99 * drawn_m <= covered_m / times <= drawn_m + 2 * ends_m
        placed += 1
    assert (placed, refused) == (60, 5)


def test_ranking_on_a_real_city_is_right_and_twenty_times_as_fast_as_plain_dijkstra(
    test_data: Path,
) -> None:
    figures = run(str(test_data / "roads" / "r5_porto.osm.pbf"), units=100, closures=40)
    assert figures["wrong"] == 0
    assert figures["compared"] == 2000
    assert figures["scipy_p50"] >= 20 * figures["rank_p50"]
