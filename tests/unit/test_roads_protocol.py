"""The frames between hub and roads, and the roads as a function of the event number."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from dispatch.domain import events as ev
from dispatch.domain.closure import Closure
from dispatch.domain.events import Event
from dispatch.roads.live_roads import LiveRoads, merged
from dispatch.roads.protocol import (
    HEADER_BYTES,
    MAX_FRAME_BYTES,
    OFF_ROADS_MOST_M,
    BadFrame,
    BadRequest,
    RankUnit,
    body_length,
    frame,
    line_from_wire,
    line_of_answer,
    line_to_wire,
    parse,
    point_from_wire,
    socket_address,
    units_from_wire,
    units_to_wire,
)
from geodata.closures import ArcClosures, Effect
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork
from tests.factories import NOON, make_closure
from tests.road_factories import Street, make_roads

WEST, MIDDLE, EAST, NORTH = (10.0, 50.0), (10.01, 50.0), (10.02, 50.0), (10.01, 50.01)
SHORT, LONG_WEST, LONG_EAST = 1, 2, 3


def a_network() -> RoadNetwork:
    """A straight street from west to east in two parts, and a way round by the north."""
    streets = [Street(0, 1), Street(1, 2), Street(0, 3), Street(3, 2)]
    return make_roads([WEST, MIDDLE, EAST, NORTH], streets)


def live_roads(network: RoadNetwork) -> LiveRoads:
    return LiveRoads(network, DijkstraRouter(network))


def event_of(seq: int, body: ev.EventBody) -> Event:
    return Event(seq=seq, at=NOON, actor="dana", command_id=f"c{seq}", audience=("*",), body=body)


def closing(network: RoadNetwork, closure_id: str = "c1", **over: object) -> Closure:
    """A closure of the straight street's eastern part, both ways."""
    edge = next(
        edge
        for edge in range(network.edge_count)
        if {tuple(p) for p in network.shape_of_edge(edge)} == {MIDDLE, EAST}
    )
    arcs = tuple(int(arc) for arc in network.edge_arcs[edge] if arc >= 0)
    given: dict[str, object] = {
        "line": (LonLat(*MIDDLE), LonLat(*EAST)),
        "state": "active",
        "network_id": network.network_id,
        "arcs": arcs,
    }
    return make_closure(closure_id, **(given | over))


def seconds(roads: LiveRoads, vehicle_class: object = "car") -> float:
    unit = RankUnit(LonLat(*WEST), vehicle_class)  # type: ignore[arg-type]  # a test's shorthand
    (answer,) = roads.rank(LonLat(*EAST), [unit]).seconds
    assert answer is not None
    return answer


def test_a_message_comes_back_from_its_frame() -> None:
    message = {"id": 3, "op": "rank", "target": [10.5, 50.25]}
    wire = frame(message)
    assert body_length(wire[:HEADER_BYTES]) == len(wire) - HEADER_BYTES
    assert parse(wire[HEADER_BYTES:]) == message


@pytest.mark.parametrize("length", [0, MAX_FRAME_BYTES + 1, 0xFFFFFFFF])
def test_a_frame_of_no_or_too_many_bytes_is_refused(length: int) -> None:
    with pytest.raises(BadFrame):
        body_length(length.to_bytes(HEADER_BYTES, "big"))


@pytest.mark.parametrize("body", [b"{", b"[]", b"3", b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadFrame):
        parse(body)


def test_a_message_too_large_for_a_frame_is_not_sent() -> None:
    with pytest.raises(BadFrame):
        frame({"line": "x" * MAX_FRAME_BYTES})


def test_units_keep_place_and_class_on_the_wire() -> None:
    units = [RankUnit(LonLat(10.0, 50.0), "heavy"), RankUnit(LonLat(-75.1, 40.2), "car", "E12")]
    assert units_from_wire(units_to_wire(units), 5) == units


@pytest.mark.parametrize(
    "columns",
    [
        None,
        [[1.0, 2.0, 0]],
        {"lon": [1.0], "lat": [2.0]},
        {"lon": [1.0], "lat": [2.0], "class": [9]},
        {"lon": [1.0], "lat": [2.0, 3.0], "class": [0]},
        {"lon": [1.0], "lat": [2.0], "class": [0, 0]},
        {"lon": ["a"], "lat": [2.0], "class": [0]},
        {"lon": "1", "lat": "2", "class": [0]},
        {"lon": [1.0], "lat": [2.0], "class": [0], "own": ["E1", "E2"]},
        {"lon": [1.0] * 6, "lat": [2.0] * 6, "class": [0] * 6},
    ],
)
def test_units_that_cannot_be_read_are_refused(columns: object) -> None:
    with pytest.raises(BadRequest):
        units_from_wire(columns, 5)


def test_a_line_comes_over_the_wire_as_it_was() -> None:
    line = (LonLat(10.0, 50.0), LonLat(10.5, 50.25))
    assert line_of_answer(line_to_wire(line)) == line
    assert line_of_answer(line_to_wire(())) == ()


@pytest.mark.parametrize("points", [[], None, [[1.0]], [["x", "y"]], [[0.0, 0.0]] * 2001])
def test_lines_that_cannot_be_read_are_refused(points: object) -> None:
    with pytest.raises(BadRequest):
        line_from_wire(points)


def test_a_point_is_longitude_and_latitude() -> None:
    assert point_from_wire([10, 50.5]) == LonLat(10.0, 50.5)


def test_a_socket_path_too_long_for_the_kernel_gets_the_same_short_name_at_both_ends() -> None:
    deep = Path("/srv") / ("a" * 60) / ("b" * 60) / "roads.sock"
    assert len(socket_address(deep)) < 100
    assert socket_address(deep) == socket_address(deep)
    assert socket_address(Path("/run/hub/roads.sock")) == "/run/hub/roads.sock"


def test_a_closure_bites_while_it_is_active_and_no_longer() -> None:
    network = a_network()
    roads = live_roads(network)
    free_s = seconds(roads)
    roads.take(1, [event_of(1, ev.ClosureOpened(closure=closing(network, state="planned")))])
    assert seconds(roads) == free_s
    roads.take(2, [event_of(2, ev.ClosureBegan(closure_id="c1"))])
    round_s = seconds(roads)
    assert round_s > free_s * 1.2
    roads.take(3, [event_of(3, ev.ClosureEnded(closure_id="c1", reason="expired"))])
    assert seconds(roads) == free_s
    assert roads.seq == 3


def test_a_closure_binds_the_vehicle_classes_that_it_names() -> None:
    network = a_network()
    roads = live_roads(network)
    free_s = {name: seconds(roads, name) for name in ("car", "truck", "heavy")}
    roads.stand(5, [closing(network, vehicle_classes=("heavy",))])
    assert seconds(roads, "car") == free_s["car"]
    assert seconds(roads, "truck") == free_s["truck"]
    assert seconds(roads, "heavy") > free_s["heavy"] * 1.2


def test_two_closures_on_one_street_are_lifted_one_by_one() -> None:
    network = a_network()
    roads = live_roads(network)
    free_s = seconds(roads)
    roads.stand(2, [closing(network, "c1"), closing(network, "c2", speed_factor=0.9)])
    roads.take(3, [event_of(3, ev.ClosureEnded(closure_id="c1", reason="lifted"))])
    slowed_s = seconds(roads)
    assert free_s < slowed_s < free_s * 1.1
    roads.take(4, [event_of(4, ev.ClosureEnded(closure_id="c2", reason="lifted"))])
    assert seconds(roads) == free_s


def test_a_closure_of_another_network_is_placed_again_by_its_line() -> None:
    network = a_network()
    roads = live_roads(network)
    free_s = seconds(roads)
    roads.stand(1, [closing(network, network_id="older", arcs=(77777,))])
    assert seconds(roads) > free_s
    assert roads.unplaced == set()


def test_a_closure_that_fits_no_road_is_named_and_changes_nothing() -> None:
    network = a_network()
    roads = live_roads(network)
    free_s = seconds(roads)
    far = (LonLat(11.0, 51.0), LonLat(11.01, 51.0))
    roads.stand(1, [closing(network, line=far, network_id="older", arcs=())])
    assert seconds(roads) == free_s
    assert roads.unplaced == {"c1"}


def test_following_the_log_gives_the_same_roads_as_standing_at_its_end() -> None:
    network = a_network()
    followed, stood = live_roads(network), live_roads(network)
    second = closing(network, "c2", speed_factor=0.5, vehicle_classes=("car",))
    bodies: list[ev.EventBody] = [
        ev.ClosureOpened(closure=closing(network, state="planned")),
        ev.ClosureOpened(closure=second),
        ev.ClosureBegan(closure_id="c1"),
        ev.ClosureEnded(closure_id="c1", reason="lifted"),
    ]
    for seq, body in enumerate(bodies, start=1):
        followed.take(seq, [event_of(seq, body)])
    stood.stand(4, [second])
    for name in ("car", "truck", "heavy"):
        assert seconds(followed, name) == seconds(stood, name)
    at_once = live_roads(network)
    at_once.take(4, [event_of(seq, body) for seq, body in enumerate(bodies, start=1)])
    assert seconds(at_once) == seconds(stood)


def test_a_target_off_the_roads_gives_no_seconds_and_says_so() -> None:
    roads = live_roads(a_network())
    ranked = roads.rank(LonLat(12.0, 52.0), [RankUnit(LonLat(*WEST), "car")])
    assert ranked.off_network
    assert ranked.seconds == [None]


def test_a_unit_off_the_roads_has_no_seconds_and_the_others_have_theirs() -> None:
    roads = live_roads(a_network())
    units = [RankUnit(LonLat(12.0, 52.0), "car"), RankUnit(LonLat(*WEST), "truck")]
    ranked = roads.rank(LonLat(*EAST), units)
    far, near = ranked.seconds
    assert far is None
    assert ranked.off_roads_m == {0: OFF_ROADS_MOST_M}, "and that far at the least"
    beside = RankUnit(LonLat(10.01, 49.985), "car")
    (metres,) = roads.rank(LonLat(*EAST), [beside]).off_roads_m.values()
    assert metres == pytest.approx(1668, abs=2)
    assert near is not None
    assert math.isfinite(near)


def test_units_that_moved_are_ranked_from_where_they_are_now() -> None:
    roads = live_roads(a_network())
    before_s = seconds(roads)
    (near_s,) = roads.rank(LonLat(*EAST), [RankUnit(LonLat(*MIDDLE), "car")]).seconds
    assert near_s is not None
    assert near_s < before_s
    assert seconds(roads) == before_s


def test_a_path_begins_at_the_unit_and_ends_at_the_target() -> None:
    roads = live_roads(a_network())
    (path,) = roads.paths(LonLat(*EAST), [RankUnit(LonLat(*WEST), "car")])
    assert path is not None
    assert path.line[0] == LonLat(*WEST)
    assert path.line[-1] == LonLat(*EAST)
    assert path.travel_s == pytest.approx(seconds(roads), abs=0.001)


def test_of_several_changes_of_an_arc_the_last_one_counts() -> None:
    network = a_network()
    arcs = ArcClosures(network)
    changes = [arcs.apply("a", [0, 1], Effect()), arcs.lift("a"), arcs.apply("b", [1], Effect(0.5))]
    once = merged(changes).by_class["car"]
    now = {int(arc): int(ms) for arc, ms in zip(once.arcs, once.weight_ms, strict=True)}
    assert now == {0: int(arcs.free_ms["car"][0]), 1: int(arcs.weight_ms["car"][1])}


def said_blocked(network: RoadNetwork, **over: object) -> Closure:
    """The eastern part of the straight street, as E1 has reported it; not confirmed."""
    fields = {"confirmed": False, "penalty_s": 20.0, "reported_by": ("E1",), "source": "responder"}
    return closing(network, "said", **(fields | over))


def test_what_a_crew_reports_shuts_its_own_way_and_costs_others_a_penalty() -> None:
    network = a_network()
    roads = live_roads(network)
    free_s = seconds(roads)
    units = [RankUnit(LonLat(*WEST), "car", own) for own in ("E1", "E2", "")]
    roads.take(1, [event_of(1, ev.ClosureOpened(closure=said_blocked(network)))])
    own_s, other_s, nobody_s = roads.rank(LonLat(*EAST), units).seconds
    assert other_s == nobody_s == pytest.approx(free_s + 20.0, abs=0.01)
    assert own_s is not None
    assert own_s > free_s + 20.0
    own, other, _ = roads.paths(LonLat(*EAST), units)
    assert own is not None
    assert other is not None
    assert LonLat(*NORTH) in own.line
    assert (own.travel_s, own.closures) == (own_s, ())
    assert LonLat(*NORTH) not in other.line
    assert other.closures == ("said",)
    assert roads.rank(LonLat(*EAST), units).seconds == [own_s, other_s, nobody_s]


def test_a_crew_before_its_own_block_is_not_led_through_it_even_once_it_is_confirmed() -> None:
    network = a_network()
    roads = live_roads(network)
    before_it = RankUnit(LonLat(10.012, 50.0), "car", "E1")
    said = (said_blocked(network), said_blocked(network, confirmed=True))
    for seq, closure in enumerate(said, start=1):
        one_way = closure.model_copy(update={"arcs": tuple(eastward(network))})
        roads.take(seq, [event_of(seq, ev.ClosureOpened(closure=one_way))])
        (way,) = roads.paths(LonLat(*EAST), [before_it])
        assert way is not None
        assert LonLat(*NORTH) in way.line


def eastward(network: RoadNetwork) -> list[int]:
    return [
        arc
        for arc in range(network.arc_count)
        if network.shape_of_arc(arc) == [LonLat(*MIDDLE), LonLat(*EAST)]
    ]


def test_once_it_is_confirmed_it_binds_all_and_once_it_is_lifted_nobody() -> None:
    network = a_network()
    roads = live_roads(network)
    free_s = seconds(roads)
    said = said_blocked(network)
    roads.take(1, [event_of(1, ev.ClosureOpened(closure=said))])
    confirmed = said.model_copy(update={"confirmed": True, "penalty_s": 0.0})
    roads.take(2, [event_of(2, ev.ClosureOpened(closure=confirmed))])
    assert seconds(roads) > free_s + 20.0
    roads.take(3, [event_of(3, ev.ClosureEnded(closure_id="said", reason="lifted"))])
    own = [RankUnit(LonLat(*WEST), "car", "E1")]
    assert roads.rank(LonLat(*EAST), own).seconds == [pytest.approx(free_s)]


def test_the_road_before_a_crew_is_found_on_the_live_roads() -> None:
    roads = live_roads(a_network())
    found = roads.ahead(LonLat(10.012, 50.0), reach_m=200.0, heading_deg=90.0)
    assert found is not None
    assert list(found.arcs) == eastward(roads.network)


def test_an_outline_placed_on_another_network_shuts_its_area_again() -> None:
    network = a_network()
    roads = live_roads(network)
    before = seconds(roads)
    west, east, south, north = 10.011, 10.019, 49.999, 50.001
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    outline = tuple(LonLat(*corner) for corner in corners)
    roads.stand(1, [closing(network, line=outline, network_id="older", arcs=())])
    assert not roads.unplaced
    assert seconds(roads) > before
