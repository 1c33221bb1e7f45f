"""Low and weak roads against the size of a class's vehicles, on the map and in closures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from dispatch.domain.open_ways import OpenRoads, limits_of, open_way
from dispatch.domain.recommend_reasons import detour_reasons, slow_reasons
from dispatch.domain.vehicle_limits import Sizes, classes_bound, sizes_of
from dispatch.roads.live_roads import LiveRoads
from dispatch.roads.protocol import OpenWay, RankUnit
from geodata.cch import CchRouter
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork
from geodata.routing import Router
from geodata.vehicles import VehicleSize, arcs_too_small
from tests.factories import make_closure, make_unit
from tests.road_factories import Street, arc_of, make_roads

WEST, MIDDLE, EAST, NORTH = (10.0, 50.0), (10.01, 50.0), (10.02, 50.0), (10.01, 50.01)
LADDER = VehicleSize(height_m=3.8, weight_t=26.0)


def low_bridge(height_m: float = 3.2) -> RoadNetwork:
    """A straight street whose eastern part is low, and a way round by the north."""
    streets = [Street(0, 1), Street(1, 2), Street(0, 3), Street(3, 2)]
    network = make_roads([WEST, MIDDLE, EAST, NORTH], streets)
    limits = np.zeros(network.edge_count, np.float32)
    limits[int(network.arc_edge[arc_of(network, 1)])] = height_m
    return dataclasses.replace(network, edge_max_height_m=limits)


Make = Callable[[RoadNetwork], Router]
both = pytest.mark.parametrize("router_class", [CchRouter, DijkstraRouter])


def compared(roads: LiveRoads, units: list[RankUnit]) -> list[OpenWay | None]:
    return roads.without(LonLat(*EAST), units, roads.rank(LonLat(*EAST), units).seconds)


def test_a_class_has_the_size_of_its_tallest_and_its_heaviest_unit() -> None:
    units = [
        make_unit("L1", vehicle_class="heavy", height_m=3.8),
        make_unit("T1", vehicle_class="heavy", height_m=3.5, weight_t=30.0),
        make_unit("E1", vehicle_class="truck"),
    ]
    assert sizes_of(units) == {"heavy": VehicleSize(3.8, 30.0)}


def test_an_edge_with_a_limit_is_too_small_for_what_exceeds_it_alone() -> None:
    network = low_bridge()
    small = {arc_of(network, 1), arc_of(network, 1, against=True)}
    assert set(arcs_too_small(network, LADDER).tolist()) == small
    assert not len(arcs_too_small(network, VehicleSize(height_m=3.2)))
    assert not len(arcs_too_small(network, VehicleSize(weight_t=40.0)))


def test_roads_without_any_limit_keep_the_id_that_they_had() -> None:
    streets = [Street(0, 1), Street(1, 2), Street(0, 3), Street(3, 2)]
    bare = make_roads([WEST, MIDDLE, EAST, NORTH], streets)
    assert bare.network_id == "96379d9e8864cc70deb8"
    assert low_bridge().network_id != bare.network_id


@both
def test_a_ladder_goes_round_a_low_bridge_and_is_told_what_it_cost(router_class: Make) -> None:
    network = low_bridge()
    roads = LiveRoads(network, router_class(network))
    roads.stand(1, [], {"heavy": LADDER})
    units = [RankUnit(LonLat(*WEST), "heavy"), RankUnit(LonLat(*WEST), "car")]
    ladder, car = roads.paths(LonLat(*EAST), units)
    assert ladder is not None
    assert car is not None
    assert LonLat(*NORTH) in ladder.line
    assert LonLat(*NORTH) not in car.line
    without, nothing = roads.without(LonLat(*EAST), units, [ladder.travel_s, car.travel_s])
    assert nothing is None
    assert without is not None
    assert without.travel_s < ladder.travel_s
    assert (without.closures, without.max_height_m, without.max_weight_t) == ((), 3.2, None)
    assert roads.closures == 0
    roads.stand(2, [], {})
    assert compared(roads, units) == [None, None]
    assert not roads.bind_somewhere


@both
def test_what_closures_cost_is_told_by_the_way_without_them(router_class: Make) -> None:
    network = low_bridge(9.0)
    roads = LiveRoads(network, router_class(network))
    arcs = (arc_of(network, 1), arc_of(network, 1, against=True))
    shut = make_closure("c1", state="active", network_id=network.network_id, arcs=arcs)
    slow = shut.model_copy(update={"id": "c2", "speed_factor": 0.5})
    units = [RankUnit(LonLat(*WEST), "car")]
    roads.stand(1, [shut, slow])
    (without,) = compared(roads, units)
    assert without is not None
    assert without.closures == ("c1", "c2")
    assert LonLat(*NORTH) not in without.line
    roads.stand(2, [])
    assert compared(roads, units) == [None]


def test_a_closure_with_a_limit_binds_the_classes_above_it() -> None:
    network = low_bridge(9.0)
    roads = LiveRoads(network, DijkstraRouter(network))
    arcs = (arc_of(network, 1), arc_of(network, 1, against=True))
    low = make_closure(
        "c1", state="active", network_id=network.network_id, arcs=arcs, max_height_m=3.5
    )
    sizes: Sizes = {"heavy": LADDER, "truck": VehicleSize(height_m=3.3)}
    assert classes_bound(low, sizes) == ("heavy",)
    assert classes_bound(make_closure(), sizes) == ("car", "truck", "heavy")
    roads.stand(1, [low], sizes)
    units = [RankUnit(LonLat(*WEST), name) for name in ("heavy", "truck", "car")]
    north = [LonLat(*NORTH) in way.line for way in roads.paths(LonLat(*EAST), units) if way]
    assert north == [True, False, False]


def test_what_a_pick_avoids_is_said_in_words() -> None:
    line = (LonLat(*WEST), LonLat(*EAST))
    closures = (
        make_closure(description="Mill Rd"),
        make_closure("c2", description="Mill Rd", speed_factor=0.5),
        make_closure("c3", confirmed=False, penalty_s=120.0, reported_by=("E1",)),
        make_closure("c4", description="Dock St", max_weight_t=12.0),
    )
    way = OpenRoads(100.0, line, closures, max_height_m=3.2)
    assert open_way(way).avoids == (
        "limit 3.2 m",
        "Mill Rd: shut",
        "Mill Rd: slowed to 50%",
        "closure c3: blocked, says E1",
        "Dock St: limit 12 t",
    )
    assert limits_of(OpenRoads(1.0, line, max_weight_t=7.5)) == ("limit 7.5 t",)
    limit, shut = detour_reasons("L 1", way)
    assert (limit.code, limit.text) == ("limit_on_way", "L_1: limit 3.2 m on its way")
    assert (shut.code, shut.text) == ("closure_on_way", "L_1: Mill Rd shut and 3 more")
    assert all(len(reason.text.split()) <= 8 for reason in (limit, shut))


def test_what_a_closure_does_to_a_way_is_said_as_it_is() -> None:
    closures = {
        "E1: Mill Rd slowed": make_closure(description="Mill Rd", speed_factor=0.5),
        "E1: Dock St limited": make_closure(description="Dock St", max_weight_t=12.0),
        "E1: closure c3 unconfirmed": make_closure("c3", confirmed=False),
        "E1: closure 123456 shut": make_closure("abc-123456"),
    }
    for text, closure in closures.items():
        (reason,) = detour_reasons("E1", OpenRoads(1.0, (), (closure,)))
        assert (reason.code, reason.text) == ("closure_on_way", text)
    (by_hour,) = detour_reasons("E1", OpenRoads(1.0, (), by_hour="North Mill Street West"))
    assert by_hour.text == "E1: North Mill Street shut at this hour"
    assert open_way(OpenRoads(1.0, (), by_hour="Mill Rd")).avoids == ("Mill Rd: shut at this hour",)


def test_a_pick_says_what_its_own_way_leads_through_slowly_as_its_crew_feels_it() -> None:
    jam = make_closure("c1", description="Mill Rd", speed_factor=0.25, congestion=True)
    works = make_closure("c2", description="Bridge works", speed_factor=0.6)
    (full,) = slow_reasons([works, jam], 1.0)
    assert (full.code, full.text) == ("closure_on_way", "Mill Rd slowed to 25%")
    (part,) = slow_reasons([jam], 0.25)
    assert part.text == "Mill Rd slowed to 57% with lights"
    (worst,) = slow_reasons([jam, works], 0.1)
    assert worst.text == "Bridge works slowed to 60%"
    assert slow_reasons([make_closure("c3", confirmed=False)], 1.0) == ()
    way = OpenRoads(100.0, (), (jam, works), congestion=0.25)
    assert open_way(way).avoids == (
        "Mill Rd: slowed to 57% with lights",
        "Bridge works: slowed to 60%",
    )
