"""Both routers on roads small enough to know the answer by hand: 36 km/h is 10 m a second."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import pytest
import routingkit_cch as rk

from geodata.cch import CchRouter
from geodata.closures import SHUT, ArcClosures, Effect
from geodata.dijkstra import DijkstraRouter
from geodata.network import RoadNetwork
from geodata.road_errors import RouterFailed
from geodata.routing import EndsRouter
from tests.road_factories import Street, arc_of, make_roads, place_at, place_on

SQUARE = [(8.0, 48.0), (8.01, 48.0), (8.01, 48.01), (8.0, 48.01)]
RING = [Street(0, 1), Street(1, 2), Street(2, 3), Street(3, 0)]
EAST_S, NORTH_S = 74.4, 111.2

both = pytest.mark.parametrize("router_class", [CchRouter, DijkstraRouter])
Make = Callable[[RoadNetwork], EndsRouter]


def edge_of(network: RoadNetwork, way: int) -> int:
    return int(network.arc_edge[arc_of(network, way)])


@both
def test_a_unit_behind_the_incident_on_its_road_drives_along_it(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    edge = edge_of(network, 0)
    near, far = place_on(network, edge, 0.25), place_on(network, edge, 0.75)
    assert router.seconds_to("car", far, [near]) == [pytest.approx(EAST_S / 2, abs=0.1)]
    assert router.seconds_to("car", near, [far]) == [pytest.approx(EAST_S / 2, abs=0.1)]
    route = router.path("car", far, near)
    assert route is not None
    assert route.arcs == (arc_of(network, 0, against=True),)
    assert route.line == (far.at, near.at)


@both
def test_a_unit_past_the_incident_on_a_one_way_road_drives_around(router_class: Make) -> None:
    network = make_roads(SQUARE, [Street(0, 1, backward=False), *RING[1:]])
    router = router_class(network)
    edge = edge_of(network, 0)
    before, past = place_on(network, edge, 0.25), place_on(network, edge, 0.75)
    ahead = router.seconds_to("car", past, [before])[0]
    assert ahead == pytest.approx(EAST_S / 2, abs=0.1)
    around = router.seconds_to("car", before, [past])[0]
    assert around == pytest.approx(1.5 * EAST_S + 2 * NORTH_S, abs=0.3)


@both
def test_the_drive_counts_only_the_parts_of_the_first_and_last_road(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    unit = place_on(network, edge_of(network, 0), 0.75)
    incident = place_on(network, edge_of(network, 1), 0.5)
    expected = pytest.approx(EAST_S / 4 + NORTH_S / 2, abs=0.1)
    assert router.seconds_to("car", incident, [unit]) == [expected]
    route = router.path("car", unit, incident)
    assert route is not None
    assert route.seconds == expected
    assert route.line == (unit.at, SQUARE[1], incident.at)


@both
def test_a_unit_at_the_incidents_junction_is_there(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    here = place_at(network, 2)
    assert router.seconds_to("car", here, [here, None]) == [0.0, math.inf]
    route = router.path("car", here, here)
    assert route is not None
    assert route.arcs == ()


@both
def test_where_no_road_leads_the_time_is_unknown_and_never_zero(router_class: Make) -> None:
    network = make_roads(SQUARE, RING[:3])
    router = router_class(network)
    closures = ArcClosures(network)
    bridge = [arc_of(network, 1), arc_of(network, 1, against=True)]
    unit, beyond = place_at(network, 0), place_at(network, 3)
    router.pin("car", [unit])
    router.change(closures.apply("flood", bridge, SHUT))
    assert router.pinned_seconds_to("car", beyond) == [math.inf]
    assert router.seconds_to("car", unit, [beyond]) == [math.inf]
    assert router.path("car", unit, beyond) is None
    router.change(closures.lift("flood"))
    assert router.pinned_seconds_to("car", beyond) == [pytest.approx(2 * EAST_S + NORTH_S, abs=0.3)]


@both
def test_an_incident_on_a_closed_road_is_reached_from_both_ends(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    closed = [arc_of(network, 0), arc_of(network, 0, against=True)]
    router.change(ArcClosures(network).apply("works", closed, SHUT))
    incident = place_on(network, edge_of(network, 0), 0.25)
    from_west, from_east = place_at(network, 0), place_at(network, 1)
    assert router.seconds_to("car", incident, [from_west, from_east]) == [
        pytest.approx(EAST_S / 4, abs=0.1),
        pytest.approx(EAST_S * 3 / 4, abs=0.1),
    ]
    assert router.seconds_to("car", from_east, [from_west]) == [
        pytest.approx(EAST_S + 2 * NORTH_S, abs=0.3)
    ]


@both
def test_deep_within_a_closed_stretch_the_closed_roads_lead_in_and_out(router_class: Make) -> None:
    spots = [(8.0 + i * 0.01, 48.0) for i in range(6)]
    network = make_roads(spots, [Street(i, i + 1) for i in range(5)])
    router = router_class(network)
    middle = [arc_of(network, way) for way in (1, 2, 3)]
    middle += [arc_of(network, way, against=True) for way in (1, 2, 3)]
    closures = ArcClosures(network)
    router.change(closures.apply("flood", middle, SHUT))
    incident = place_on(network, edge_of(network, 2), 0.5)
    outside = place_at(network, 0)
    assert router.seconds_to("car", incident, [outside]) == [pytest.approx(2.5 * EAST_S, abs=0.3)]
    assert router.seconds_to("car", outside, [incident]) == [pytest.approx(2.5 * EAST_S, abs=0.3)]
    assert router.seconds_to("car", place_at(network, 5), [outside]) == [math.inf]
    route = router.path("car", incident, outside)
    assert route is not None
    assert [network.edge_way[network.arc_edge[a]] for a in route.arcs] == [102, 101, 100]


@both
def test_of_parallel_roads_the_other_is_taken_when_one_is_closed(router_class: Make) -> None:
    slow = Street(0, 1, kph=18)
    network = make_roads(SQUARE, [*RING, slow])
    router = router_class(network)
    closures = ArcClosures(network)
    unit, incident = place_at(network, 0), place_at(network, 1)
    assert router.seconds_to("car", incident, [unit]) == [pytest.approx(EAST_S, abs=0.1)]
    router.change(closures.apply("works", [arc_of(network, 0)], SHUT))
    assert router.seconds_to("car", incident, [unit]) == [pytest.approx(2 * EAST_S, abs=0.1)]
    route = router.path("car", unit, incident)
    assert route is not None
    assert route.arcs == (arc_of(network, 4),)
    router.change(closures.lift("works"))
    assert router.seconds_to("car", incident, [unit]) == [pytest.approx(EAST_S, abs=0.1)]


@both
def test_a_closure_of_one_direction_leaves_the_other(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    router.change(ArcClosures(network).apply("lane", [arc_of(network, 0)], SHUT))
    west, east = place_at(network, 0), place_at(network, 1)
    assert router.seconds_to("car", west, [east]) == [pytest.approx(EAST_S, abs=0.1)]
    assert router.seconds_to("car", east, [west])[0] > 3 * EAST_S


@both
def test_a_closure_for_heavy_vehicles_stops_no_car(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    weak = Effect(0.0, frozenset({"heavy"}))
    arcs = [arc_of(network, 0), arc_of(network, 0, against=True)]
    router.change(ArcClosures(network).apply("bridge", arcs, weak))
    west, east = place_at(network, 0), place_at(network, 1)
    assert router.seconds_to("car", east, [west]) == [pytest.approx(EAST_S, abs=0.1)]
    assert router.seconds_to("heavy", east, [west])[0] > 3 * EAST_S


@both
def test_a_banned_turn_costs_the_way_around_it(router_class: Make) -> None:
    network = make_roads(SQUARE, RING, bans=[(0, 2), (0, 1)])
    router = router_class(network)
    unit = place_on(network, edge_of(network, 0), 0.5)
    incident = place_on(network, edge_of(network, 1), 0.5)
    around = EAST_S / 2 + NORTH_S + EAST_S + NORTH_S / 2
    assert router.seconds_to("car", incident, [unit]) == [pytest.approx(around, abs=0.3)]


@both
def test_pinned_units_are_answered_for_in_their_order(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    assert router.pinned_seconds_to("car", place_at(network, 0)) == []
    units = [place_at(network, 2), None, place_at(network, 0)]
    router.pin("car", units)
    answer = router.pinned_seconds_to("car", place_at(network, 1))
    assert answer == router.seconds_to("car", place_at(network, 1), units)
    assert answer[1] == math.inf
    router.pin("car", units[::-1])
    assert router.pinned_seconds_to("car", place_at(network, 1)) == answer[::-1]


def test_another_thread_is_refused_and_the_process_lives() -> None:
    network = make_roads(SQUARE, RING)
    router = CchRouter(network)
    caught: list[Exception] = []

    def ask() -> None:
        try:
            router.seconds_to("car", place_at(network, 0), [place_at(network, 1)])
        except RouterFailed as failed:
            caught.append(failed)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert len(caught) == 1
    assert router.seconds_to("car", place_at(network, 0), [place_at(network, 0)]) == [0.0]


def test_a_panic_of_the_library_is_an_error_that_ends_no_process() -> None:
    network = make_roads(SQUARE, RING)
    router = CchRouter(network)
    still_alive = rk.CCHQuery(router._metric_of("car"))
    router.change(ArcClosures(network).apply("works", [0], SHUT))
    with pytest.raises(RouterFailed):
        router.settle("car")
    assert still_alive is not None


def test_an_order_of_another_network_is_refused() -> None:
    order = CchRouter(make_roads(SQUARE, RING)).order
    smaller = make_roads(SQUARE[:3], [Street(0, 1), Street(1, 2)])
    with pytest.raises(RouterFailed, match="another network"):
        CchRouter(smaller, order)


def test_many_changes_at_once_are_customised_whole_and_answered_alike() -> None:
    network = make_roads(SQUARE, RING)
    closures = ArcClosures(network)
    whole, parts = CchRouter(network, partial_most=0), CchRouter(network)
    changes = closures.apply("works", range(network.arc_count), Effect(0.5))
    for router in (whole, parts):
        router.change(changes)
        seconds = router.seconds_to("car", place_at(network, 1), [place_at(network, 0)])
        assert seconds == [pytest.approx(2 * EAST_S, abs=0.2)]


@both
def test_before_a_road_that_is_shut_hard_a_vehicle_turns_round(router_class: Make) -> None:
    network = make_roads(SQUARE, RING)
    router = router_class(network)
    closures = ArcClosures(network)
    east = arc_of(network, 0)
    unit = place_on(network, edge_of(network, 0), 0.25)
    router.change(closures.apply("works", [east], SHUT))
    through = router.path("car", unit, place_at(network, 1))
    assert through is not None
    assert through.arcs == (east,)
    router.change(closures.apply("own", [east], Effect(hard=True)))
    around = router.path("car", unit, place_at(network, 1))
    assert around is not None
    assert around.seconds == pytest.approx(1.25 * EAST_S + 2 * NORTH_S, abs=0.3)
    beyond = router.path("car", unit, place_on(network, edge_of(network, 0), 0.75))
    assert beyond is not None
    assert beyond.arcs[-1] == arc_of(network, 0, against=True)
    router.change(closures.lift("own"))
    again = router.path("car", unit, place_at(network, 1))
    assert again is not None
    assert again.arcs == (east,)


@both
def test_on_a_one_way_road_it_backs_out_of_what_is_shut_hard(router_class: Make) -> None:
    network = make_roads(SQUARE, [Street(0, 1, backward=False), *RING[1:]])
    router = router_class(network)
    closures = ArcClosures(network)
    router.change(closures.apply("own", [arc_of(network, 0)], Effect(hard=True)))
    unit = place_on(network, edge_of(network, 0), 0.1)
    route = router.path("car", unit, place_at(network, 3))
    assert route is not None
    assert route.arcs == (arc_of(network, 3, against=True),)
    assert route.line[:2] == (unit.at, SQUARE[0])
    assert route.seconds == pytest.approx(74.4 / 2 + NORTH_S, abs=0.3)
