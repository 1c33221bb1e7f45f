"""What lies before a crew: by its way, by its heading, or on both sides of it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from geodata.lonlat import LonLat, distance_m
from geodata.road_ahead import RoadAhead, road_ahead
from geodata.snapping import Snapper
from tests.road_factories import Street, arc_of, make_roads

# Main Rd to the east in pieces of 150 m, Side St to the north from its second junction.
STEP = 0.002
SPOTS = [(8.0 + n * STEP, 48.0) for n in range(5)] + [(8.0 + 2 * STEP, 48.003)]
STREETS = [Street(n, n + 1, name="Main Rd") for n in range(4)]
STREETS += [Street(2, 5, name="Side St"), Street(5, 0, name="Back Rd")]
NETWORK = make_roads(SPOTS, STREETS)
SNAPPER = Snapper(NETWORK)
EASTWARD = [arc_of(NETWORK, n) for n in range(4)]
NORTHWARD = arc_of(NETWORK, 4)
HERE = LonLat(8.0 + 1.5 * STEP, 48.00005)


def ahead(at: LonLat = HERE, reach_m: float = 200.0, **known: object) -> RoadAhead:
    found = road_ahead(NETWORK, SNAPPER, at, reach_m=reach_m, **known)  # type: ignore[arg-type]
    assert found is not None
    return found


def metres(line: tuple[LonLat, ...]) -> float:
    return sum(distance_m(a, b) for a, b in pairwise(line))


def test_by_its_heading_it_goes_straight_on_as_far_as_it_is_asked() -> None:
    found = ahead(heading_deg=85.0)
    assert found.arcs == (EASTWARD[1], EASTWARD[2])
    assert metres(found.line) == pytest.approx(200.0, abs=2.0)
    assert found.line[0] == pytest.approx((HERE.lon, 48.0), abs=1e-6)
    assert found.directed
    (back,) = ahead(heading_deg=265.0, reach_m=60.0).arcs
    assert back == arc_of(NETWORK, 1, against=True)


def test_its_way_says_where_it_turns_off_whatever_its_heading() -> None:
    way = [LonLat(*SPOTS[1]), LonLat(*SPOTS[2]), LonLat(*SPOTS[5])]
    found = ahead(way=way, heading_deg=180.0)
    assert found.arcs == (EASTWARD[1], NORTHWARD)
    assert metres(found.line) == pytest.approx(200.0, abs=2.0)


def test_just_before_a_junction_the_block_lies_behind_the_junction() -> None:
    at = LonLat(8.0 + 1.95 * STEP, 48.0)
    assert ahead(at, heading_deg=90.0).arcs == (EASTWARD[2], EASTWARD[3])


def test_a_way_that_it_has_left_does_not_count() -> None:
    way = [LonLat(*SPOTS[5]), LonLat(8.0, 48.01)]
    assert ahead(way=way, heading_deg=90.0).arcs == (EASTWARD[1], EASTWARD[2])


def test_without_any_direction_both_sides_of_its_road_are_meant() -> None:
    found = ahead()
    assert set(found.arcs) == {EASTWARD[1], arc_of(NETWORK, 1, against=True)}
    assert not found.directed
    assert metres(found.line) == pytest.approx(distance_m(*map(LonLat._make, SPOTS[1:3])), abs=1.0)


def test_far_from_every_road_nothing_is_guessed() -> None:
    assert road_ahead(NETWORK, SNAPPER, LonLat(8.0, 48.1), reach_m=200.0) is None
