"""Roads that the map shuts by the hour: they bind in their hours, by the region's clock, alone."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.roads.live_roads import LiveRoads
from dispatch.roads.protocol import RankUnit
from geodata.cch import CchRouter
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat
from geodata.network import PathBan, RoadNetwork, RoadsReport, TimedArc, build_network
from geodata.road_hours import RoadHours
from geodata.vehicles import ALL_CLASSES
from tests.road_factories import Street, make_edges

WEST, MIDDLE, EAST, NORTH = (10.0, 50.0), (10.01, 50.0), (10.02, 50.0), (10.01, 50.01)
STREETS = [Street(0, 1), Street(1, 2), Street(0, 3), Street(3, 2)]
"""Straight east by the middle, and a longer way by the north."""
MORNING = "Mo-Fr 07:00-09:00"
ZONE = "America/New_York"
IN_IT = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)  # a Wednesday, eight o'clock there
AFTER = datetime(2026, 7, 1, 13, 0, tzinfo=UTC)


def roads_of(*, bans: tuple[PathBan, ...] = (), timed: tuple[TimedArc, ...] = ()) -> RoadNetwork:
    edges = make_edges([WEST, MIDDLE, EAST, NORTH], STREETS, path_bans=bans)
    return build_network(dataclasses.replace(edges, timed=timed), RoadsReport())


def seconds(roads: LiveRoads) -> float | None:
    return roads.rank(LonLat(*EAST), [RankUnit(LonLat(*WEST), "car")]).seconds[0]


STRAIGHT_ON = PathBan((0, 2), ALL_CLASSES, MORNING)


@pytest.mark.parametrize("router_class", [CchRouter, DijkstraRouter])
@pytest.mark.parametrize("kind", ["turn", "way", "opened"])
def test_the_way_round_is_driven_in_the_hours_alone(
    router_class: type[CchRouter | DijkstraRouter], kind: str
) -> None:
    network = {
        "turn": lambda: roads_of(bans=(STRAIGHT_ON,)),
        "way": lambda: roads_of(timed=(TimedArc(2, MORNING),)),
        "opened": lambda: roads_of(timed=(TimedArc(2, "09:00-07:00", True),)),
    }[kind]()
    roads = LiveRoads(network, router_class(network))
    roads.stand(1, [], time_zone=ZONE)
    roads.tell_time(AFTER + timedelta(hours=4))
    straight = seconds(roads)
    assert roads.tell_time(IN_IT)
    round_by_north = seconds(roads)
    assert straight is not None
    assert round_by_north is not None
    assert round_by_north > straight + 30
    assert not roads.tell_time(IN_IT + timedelta(minutes=59)), "nothing changes until nine"
    assert roads.tell_time(AFTER)
    assert seconds(roads) == straight
    assert roads.closures == 0, "what the map shuts is no closure"


@pytest.mark.parametrize("router_class", [CchRouter, DijkstraRouter])
def test_a_road_shut_by_the_hour_is_named_to_whom_it_costs(
    router_class: type[CchRouter | DijkstraRouter],
) -> None:
    network = roads_of(timed=(TimedArc(2, MORNING),))
    roads = LiveRoads(network, router_class(network))
    roads.stand(1, [], time_zone=ZONE)
    roads.tell_time(IN_IT)
    units = [RankUnit(LonLat(*WEST), "car"), RankUnit(LonLat(*NORTH), "car")]
    target = LonLat(*EAST)
    put_off, beside = roads.without(target, units, roads.rank(target, units).seconds)
    assert beside is None
    assert put_off is not None
    assert put_off.by_hour == (network.name_of(2) or "a road")
    assert put_off.closures == ()


def test_a_place_on_a_road_that_is_shut_by_the_hour_is_still_reached() -> None:
    network = roads_of(timed=(TimedArc(2, MORNING), TimedArc(3, MORNING)))
    roads = LiveRoads(network, CchRouter(network))
    roads.stand(1, [], time_zone=ZONE)
    roads.tell_time(IN_IT)
    units = [RankUnit(LonLat(*WEST), "car")]
    assert roads.rank(LonLat(10.015, 50.0), units).seconds[0] is not None
    (path,) = roads.paths(LonLat(10.015, 50.0), units)
    assert path is not None
    assert path.closures == ()


def test_another_standing_keeps_the_hours_and_another_zone_moves_them() -> None:
    network = roads_of(timed=(TimedArc(2, MORNING),))
    roads = LiveRoads(network, CchRouter(network))
    roads.stand(1, [], time_zone=ZONE)
    roads.tell_time(IN_IT)
    shut = seconds(roads)
    roads.stand(2, [], time_zone=ZONE)
    assert seconds(roads) == shut
    roads.stand(3, [], time_zone="Europe/Vaduz")
    assert roads.tell_time(IN_IT)
    assert seconds(roads) != shut


def test_time_costs_nothing_where_the_map_has_no_hours_or_none_changes() -> None:
    plain = RoadHours(roads_of())
    assert not plain.turn_to(IN_IT)
    network = roads_of(timed=(TimedArc(2, MORNING),))
    hours = RoadHours(network)
    hours.in_zone(ZoneInfo(ZONE))
    assert hours.turn_to(IN_IT)
    assert hours.holding == {MORNING}
    assert hours.shut_arcs == {network.timed[0].arc}
    assert not hours.turn_to(IN_IT + timedelta(minutes=30))
    assert hours.turn_to(AFTER)
    assert hours.shut_arcs == frozenset()
