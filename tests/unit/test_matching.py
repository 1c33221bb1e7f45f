"""Closures' lines and points on directed arcs, or the reason why not."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.lonlat import LonLat
from geodata.made_network import make_network
from geodata.matching import Direction, match_line, towards
from geodata.network import RoadNetwork
from geodata.snapping import Snapper
from tests.road_factories import Street, arc_of, make_roads

# A road from west to east with a bend, a side street, and a one-way pair in the north.
SPOTS = [
    (8.000, 48.000),
    (8.004, 48.000),
    (8.008, 48.002),
    (8.004, 47.996),
    (8.000, 48.0100),
    (8.008, 48.0100),
    (8.000, 48.0106),
    (8.008, 48.0106),
]
STREETS = [
    Street(0, 1, name="Long Rd"),
    Street(1, 2, name="Long Rd"),
    Street(1, 3, name="Side St"),
    Street(4, 5, name="Twin Rd", backward=False),
    Street(7, 6, name="Twin Rd", backward=False),
    Street(5, 7),
    Street(6, 4),
    Street(2, 5),
]
NETWORK = make_roads(SPOTS, STREETS)
SNAPPER = Snapper(NETWORK)


def at(lon: float, lat: float) -> LonLat:
    return LonLat(lon, lat)


def along(way: int) -> int:
    return arc_of(NETWORK, way)


def against(way: int) -> int:
    return arc_of(NETWORK, way, against=True)


def test_a_line_on_a_road_is_placed_on_both_directions() -> None:
    line = [at(8.0005, 48.0), at(8.004, 48.00003), at(8.0075, 48.00175)]
    match = match_line(NETWORK, SNAPPER, line)
    assert set(match.arcs) == {along(0), along(1), against(0), against(1)}
    assert match.confidence > 0.9
    assert match.placed


def test_a_line_with_a_direction_is_placed_on_the_arcs_that_drive_it() -> None:
    line = [at(8.0075, 48.00175), at(8.004, 48.0), at(8.0005, 48.0)]
    assert match_line(NETWORK, SNAPPER, line, "along").arcs == (against(1), against(0))
    assert match_line(NETWORK, SNAPPER, line[::-1], "along").arcs == (along(0), along(1))


def test_only_the_road_that_the_line_follows_is_taken_at_a_junction() -> None:
    line = [at(8.0005, 48.0), at(8.004, 48.0)]
    assert set(match_line(NETWORK, SNAPPER, line).arcs) == {along(0), against(0)}


def test_points_far_apart_are_joined_along_the_road() -> None:
    line = [at(8.0005, 48.0), at(8.0075, 48.00175)]
    match = match_line(NETWORK, SNAPPER, line, "along", follows_road=False)
    assert match.arcs == (along(0), along(1))
    assert match.confidence > 0.6


def divided(*, gap: bool) -> RoadNetwork:
    """A motorway of two carriageways 33 m apart; with a gap, part of one is missing."""
    spots = [
        (8.000, 48.0000),
        (8.004, 48.0000),
        (8.008, 48.0000),
        (8.008, 48.0003),
        (8.004, 48.0003),
        (8.000, 48.0003),
        (8.004, 48.0100),
    ]
    streets = [Street(0, 1, name="A 9", backward=False), Street(1, 2, name="A 9", backward=False)]
    streets += [Street(a, b) for a, b in ((2, 3), (5, 0), (3, 6), (6, 4), (6, 0))]
    streets.append(Street(4, 5, name="A 9", backward=False))
    if not gap:
        streets.append(Street(3, 4, name="A 9", backward=False))
    return make_roads(spots, streets)


DRAWN_ON_ONE_SIDE = [LonLat(8.0005, 48.0), LonLat(8.0075, 48.0)]


def test_both_directions_of_a_divided_road_are_shut_when_one_side_is_drawn() -> None:
    roads = divided(gap=False)
    match = match_line(roads, Snapper(roads), DRAWN_ON_ONE_SIDE, "both")
    assert match.placed
    assert len(match.arcs) == 4
    assert match_line(roads, Snapper(roads), DRAWN_ON_ONE_SIDE, "along").arcs == (
        arc_of(roads, 0),
        arc_of(roads, 1),
    )


def test_where_the_other_carriageway_cannot_be_followed_a_person_must_look() -> None:
    roads = divided(gap=True)
    directions: tuple[Direction, ...] = ("both", "unknown")
    for direction in directions:
        match = match_line(roads, Snapper(roads), DRAWN_ON_ONE_SIDE, direction)
        assert "other carriageway" in match.why_not
        assert match.arcs == ()


def test_a_lone_point_on_a_divided_road_shuts_both_sides_or_none() -> None:
    spot = [LonLat(8.002, 48.0)]
    roads = divided(gap=False)
    match = match_line(roads, Snapper(roads), spot, "both")
    shapes = [roads.shape_of_arc(arc) for arc in match.arcs]
    assert [(shape[0].lon, shape[-1].lon) for shape in shapes] == [(8.0, 8.004), (8.004, 8.0)]
    assert {shape[0].lat for shape in shapes} == {48.0, 48.0003}


def test_a_one_way_road_is_shut_in_its_own_direction_only() -> None:
    line = [at(8.001, 48.01), at(8.007, 48.01)]
    assert match_line(NETWORK, SNAPPER, line, "both").arcs == (along(3),)
    assert match_line(NETWORK, SNAPPER, line[::-1], "both").arcs == (along(3),)
    assert not match_line(NETWORK, SNAPPER, line[::-1], "along").placed


def test_a_line_off_the_roads_is_refused_with_the_reason() -> None:
    match = match_line(NETWORK, SNAPPER, [at(8.02, 48.02), at(8.03, 48.02)])
    assert not match.placed
    assert match.arcs == ()
    assert match.why_not == "no road within 40 m of point 1"


def test_a_line_that_only_crosses_roads_is_refused() -> None:
    match = match_line(NETWORK, SNAPPER, [at(8.002, 47.9999), at(8.002, 48.0101)])
    assert not match.placed
    assert match.why_not


def test_a_lone_point_on_a_road_shuts_that_stretch() -> None:
    match = match_line(NETWORK, SNAPPER, [at(8.002, 48.00002)], "unknown")
    assert set(match.arcs) == {along(0), against(0)}


def test_a_lone_point_at_a_junction_is_refused_unless_a_name_decides() -> None:
    corner = [at(8.004, 47.99998)]
    assert "equally near" in match_line(NETWORK, SNAPPER, corner).why_not
    match = match_line(NETWORK, SNAPPER, corner, road_names=["side st"])
    assert set(match.arcs) == {along(2), against(2)}


def test_a_lone_point_has_no_direction_and_no_far_road() -> None:
    assert match_line(NETWORK, SNAPPER, [at(8.002, 48.0)], "along").why_not
    assert match_line(NETWORK, SNAPPER, [at(8.002, 48.00032)]).why_not
    assert match_line(NETWORK, SNAPPER, []).why_not == "there is no point"


@pytest.mark.parametrize(
    ("compass", "ends_east", "direction"),
    [
        ("eastbound", True, "along"),
        ("westbound", False, "along"),
        ("northbound", True, "unknown"),
        ("unknown", True, "unknown"),
        ("inner-loop", True, "unknown"),
    ],
)
def test_a_compass_word_turns_the_line_to_face_its_traffic(
    compass: str, ends_east: bool, direction: str
) -> None:
    line = [at(8.0, 48.0), at(8.01, 48.001)]
    turned, found = towards(line, compass)
    assert (turned[-1] == line[-1]) is ends_east
    assert found == direction


def _drive(network: RoadNetwork, rng: np.random.Generator, most: int) -> list[int]:
    """Arcs of a random drive that never turns back and takes no arc twice."""
    drive = [int(rng.integers(0, network.arc_count))]
    while len(drive) < most:
        at = int(network.arc_head[drive[-1]])
        onward = range(int(network.first_out[at]), int(network.first_out[at + 1]))
        free = [arc for arc in onward if arc != network.twin_of(drive[-1]) and arc not in drive]
        if not free:
            break
        drive.append(int(rng.choice(free)))
    return drive


def test_lines_drawn_a_few_metres_beside_their_roads_are_placed_exactly() -> None:
    network = make_network(1500, 2)
    snapper, rng = Snapper(network), np.random.default_rng(1)
    deg_of_3_m = 3 / 111_195
    for _ in range(60):
        drive = _drive(network, rng, int(rng.integers(1, 7)))
        shape = [p for arc in drive for p in network.shape_of_arc(arc)]
        drawn = [
            LonLat(*(np.array(p) + rng.normal(0, deg_of_3_m, 2)).tolist())
            for i, p in enumerate(shape)
            if i == 0 or p != shape[i - 1]
        ]
        assert set(match_line(network, snapper, drawn, "along").arcs) == set(drive)
