"""Closures drawn badly, or on roads that lie close together: placed, or shown to a person.

Every case is a small network with one thing in it that goes wrong where matching is naive.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from geodata.lonlat import LonLat
from geodata.matching import Direction, Match, match_area, match_line
from geodata.network import RoadNetwork
from geodata.snapping import Snapper
from tests.road_factories import Street, arc_of, make_roads

M_LAT = 1 / 111_195
"""Degrees of a metre to the north."""
M_LON = M_LAT / 0.669
"""Degrees of a metre to the east at 48 degrees north."""


def spot(east_m: float, north_m: float) -> LonLat:
    return LonLat(8.0 + east_m * M_LON, 48.0 + north_m * M_LAT)


def spots(*metres: tuple[float, float]) -> list[LonLat]:
    return [spot(east, north) for east, north in metres]


def place(
    roads: RoadNetwork,
    line: Sequence[tuple[float, float]],
    direction: Direction = "both",
    *,
    follows_road: bool = True,
    road_names: Sequence[str] = (),
) -> Match:
    points = spots(*line)
    return match_line(
        roads,
        Snapper(roads),
        points,
        direction,
        follows_road=follows_road,
        road_names=road_names,
    )


def carriageways(name: str, kind: str, *, apart_m: float = 20.0) -> RoadNetwork:
    """Two one-way sides of 600 m, each of two arcs, joined at both ends by short cross roads.

    Streets 0 and 1 drive east in the south; 2 and 3 drive back west in the north.
    """
    ends = spots((0, 0), (300, 0), (600, 0), (600, apart_m), (300, apart_m), (0, apart_m))
    one_way = [(0, 1), (1, 2), (3, 4), (4, 5)]
    streets = [Street(a, b, name=name, kind=kind, backward=False) for a, b in one_way]
    return make_roads(ends, [*streets, Street(2, 3), Street(5, 0)])


@pytest.mark.parametrize("direction", ["both", "unknown"])
def test_a_nameless_divided_road_is_shut_on_both_sides(direction: Direction) -> None:
    roads = carriageways("", "motorway")
    match = place(roads, [(10, 0), (590, 0)], direction)
    assert set(match.arcs) == {arc_of(roads, way) for way in range(4)}


def test_a_nameless_one_way_street_beside_another_is_no_carriageway_of_it() -> None:
    roads = carriageways("", "residential", apart_m=35.0)
    match = place(roads, [(10, 0), (590, 0)], "both")
    assert set(match.arcs) == {arc_of(roads, 0), arc_of(roads, 1)}


def test_a_short_divided_stretch_is_shut_on_both_sides() -> None:
    # A road that parts around an island of 40 m and comes together again.
    ends = spots((0, 0), (200, 0), (240, 0), (440, 0))
    around = tuple(spots((210, 8), (230, 8)))
    streets = [
        Street(0, 1, name="Mill Rd"),
        Street(1, 2, name="Mill Rd", backward=False),
        Street(2, 1, name="Mill Rd", backward=False, via=tuple(reversed(around))),
        Street(2, 3, name="Mill Rd"),
    ]
    roads = make_roads(ends, streets)
    match = place(roads, [(5, 0), (435, 0)], "both")
    assert match.placed
    assert arc_of(roads, 2) in match.arcs
    assert len(match.arcs) == roads.arc_count


def test_a_line_against_the_traffic_of_a_divided_road_is_shown_to_a_person() -> None:
    roads = carriageways("A 9", "motorway", apart_m=25.0)
    line = [(590.0, 0.0), (450.0, 1.0), (300.0, 0.0), (150.0, -1.0), (10.0, 0.0)]
    match = place(roads, line, "along")
    assert match.arcs == ()
    assert match.why_not == "it is drawn against the traffic of a one-way road"
    assert set(place(roads, line[::-1], "along").arcs) == {arc_of(roads, 0), arc_of(roads, 1)}


def test_a_line_against_the_traffic_is_turned_where_both_directions_are_meant() -> None:
    roads = carriageways("A 9", "motorway")
    match = place(roads, [(590, 0), (10, 0)], "both")
    assert set(match.arcs) == {arc_of(roads, way) for way in range(4)}


def grid() -> RoadNetwork:
    """A street of four blocks from west to east, with cross streets to a street 150 m north."""
    south = spots(*[(150.0 * n, 0.0) for n in range(5)])
    north = spots(*[(150.0 * n, 150.0) for n in range(5)])
    streets = [Street(n, n + 1, name="Main St") for n in range(4)]
    streets += [Street(5 + n, 6 + n, name="North St") for n in range(4)]
    streets += [Street(n, 5 + n, name=f"{n} Ave") for n in range(5)]
    return make_roads([*south, *north], streets)


def blocks(roads: RoadNetwork, *ways: int) -> set[int]:
    return {arc_of(roads, way, against=against) for way in ways for against in (False, True)}


def test_noise_of_ten_metres_is_no_reason_to_refuse() -> None:
    roads = grid()
    line = [(3.0, 9.0), (60.0, -14.0), (110.0, 12.0), (170.0, -6.0), (240.0, 16.0), (297.0, -11.0)]
    assert set(place(roads, line).arcs) == blocks(roads, 0, 1)


def test_one_bad_vertex_does_not_refuse_the_others() -> None:
    roads = grid()
    line = [(0.0, 1.0), (70.0, 0.0), (150.0, 400.0), (200.0, 1.0), (260.0, 0.0), (300.0, 0.0)]
    match = place(roads, line, "along")
    assert match.arcs == (arc_of(roads, 0), arc_of(roads, 1))
    assert match.confidence < place(roads, [*line[:2], *line[3:]], "along").confidence + 1e-9


def test_a_line_of_its_ends_only_is_placed_along_the_road_between_them() -> None:
    # The road bends away from the straight line by 120 m.
    ends = spots((0, 0), (200, 110), (400, 120), (600, 0), (0, 300))
    streets = [Street(0, 1, name="Bend Rd"), Street(1, 2, name="Bend Rd")]
    streets += [Street(2, 3, name="Bend Rd"), Street(0, 4), Street(4, 3)]
    roads = make_roads(ends, streets)
    for follows_road in (True, False):
        match = place(roads, [(0, 0), (600, 0)], "along", follows_road=follows_road)
        assert match.arcs == tuple(arc_of(roads, way) for way in range(3))


def test_two_ways_as_good_between_two_points_are_shown_to_a_person() -> None:
    ends = spots((0, 0), (200, 150), (200, -150), (400, 0))
    streets = [Street(0, 1), Street(1, 3), Street(0, 2), Street(2, 3)]
    roads = make_roads(ends, streets)
    match = place(roads, [(0, 0), (400, 0)], "along", follows_road=False)
    assert match.arcs == ()
    assert match.confidence < 0.6
    assert "the roads fit it by" in match.why_not


def test_a_stated_name_decides_between_two_ways_as_good() -> None:
    ends = spots((0, 0), (200, 150), (200, -150), (400, 0))
    streets = [Street(0, 1, name="High St"), Street(1, 3, name="High St")]
    streets += [Street(0, 2, name="Low St"), Street(2, 3, name="Low St")]
    roads = make_roads(ends, streets)
    line = [(0.0, 0.0), (400.0, 0.0)]
    match = place(roads, line, "along", follows_road=False, road_names=["low st"])
    assert match.arcs == (arc_of(roads, 2), arc_of(roads, 3))


def test_a_service_road_beside_the_street_is_told_from_it() -> None:
    # 25 m apart, joined at both ends; the line is 8 m off the street, on the far side.
    ends = spots((0, 0), (500, 0), (0, -25), (500, -25))
    streets = [Street(0, 1, name="Main St"), Street(2, 3, kind="service")]
    roads = make_roads(ends, [*streets, Street(0, 2), Street(1, 3)])
    street = [(10.0, 4.0), (250.0, 5.0), (490.0, 4.0)]
    assert place(roads, street, "along").arcs == (arc_of(roads, 0),)
    service = [(10.0, -27.0), (250.0, -26.0), (490.0, -27.0)]
    assert place(roads, service, "along").arcs == (arc_of(roads, 1),)


def test_a_line_between_two_roads_is_shown_to_a_person() -> None:
    ends = spots((0, 0), (500, 0), (0, -24), (500, -24))
    streets = [Street(0, 1), Street(2, 3), Street(0, 2), Street(1, 3)]
    roads = make_roads(ends, streets)
    match = place(roads, [(10, -12), (250, -12), (490, -12)], "along")
    assert match.arcs == ()
    assert match.confidence < 0.6


def test_a_ramp_over_a_motorway_is_told_from_it() -> None:
    # The ramp leaves the side road, crosses the motorway at a right angle and does not meet it.
    ends = spots((0, 0), (600, 0), (300, -200), (300, 200), (0, -200), (600, 200))
    streets = [
        Street(0, 1, name="A 9", kind="motorway", backward=False),
        Street(2, 3, kind="motorway_link", backward=False, flags=8),
        Street(1, 5),
        Street(5, 3),
        Street(3, 0),
        Street(4, 2),
        Street(0, 4),
    ]
    roads = make_roads(ends, streets)
    ramp = [(300.0, -190.0), (302.0, 0.0), (300.0, 190.0)]
    assert place(roads, ramp, "both").arcs == (arc_of(roads, 1),)
    motorway = [(10.0, 0.0), (300.0, 3.0), (590.0, 0.0)]
    assert place(roads, motorway, "along").arcs == (arc_of(roads, 0),)


def test_a_gap_in_a_line_is_bridged_along_the_road() -> None:
    roads = grid()
    line = [(0.0, 0.0), (40.0, 1.0), (80.0, 0.0), (420.0, 0.0), (500.0, 1.0), (600.0, 0.0)]
    assert place(roads, line, "along").arcs == tuple(arc_of(roads, way) for way in range(4))


def test_a_road_drawn_twice_in_one_place_is_shut_whole() -> None:
    ends = spots((0, 0), (300, 0))
    roads = make_roads(ends, [Street(0, 1, name="Old Name"), Street(0, 1, name="New Name")])
    match = place(roads, [(5, 1), (295, 1)], "along")
    assert set(match.arcs) == {arc_of(roads, 0), arc_of(roads, 1)}


def ring(west: float, south: float, east: float, north: float) -> list[LonLat]:
    return spots((west, south), (east, south), (east, north), (west, north))


def test_an_area_shuts_the_roads_in_it_and_not_those_that_it_touches() -> None:
    roads = grid()
    match = match_area(roads, ring(-20, -20, 320, 60))
    # Main Street's first two blocks; three avenues reach 60 m of their 150 into it.
    assert set(match.arcs) == blocks(roads, 0, 1, 8, 9, 10) | blocks(roads, 2)
    assert match.confidence > 0.8
    narrow = match_area(roads, ring(-10, -10, 310, 10))
    assert set(narrow.arcs) == blocks(roads, 0, 1)


def test_an_area_that_is_none_is_refused_with_the_reason() -> None:
    roads = grid()
    assert match_area(roads, spots((0, 0), (10, 0))).why_not == "an area has three corners or more"
    crossed = spots((0, -10), (300, 10), (300, -10), (0, 10))
    assert match_area(roads, crossed).why_not == "the area's outline crosses itself"
    assert match_area(roads, ring(900, 900, 990, 990)).why_not == "no road lies in the area"
    assert "square kilometres" in match_area(roads, ring(-2000, -2000, 2000, 2000)).why_not
    assert match_area(roads, ring(0, -9, 300, 9), "along").why_not == "an area has no direction"


def test_an_area_whose_edge_runs_just_beside_a_road_is_shown_to_a_person() -> None:
    roads = grid()
    match = match_area(roads, ring(-20, 3, 620, 40))
    assert match.arcs == ()
    assert match.why_not == "a road runs along just outside the area"


def test_an_area_over_two_levels_shuts_the_level_that_is_named_or_none() -> None:
    ends = spots((0, 0), (600, 0), (300, -200), (300, 200))
    streets = [Street(0, 1, name="A 9", kind="motorway", flags=16), Street(2, 3, name="Fair St")]
    joined = [Street(0, 2), Street(3, 1)]
    roads = make_roads(ends, [*streets, *joined])
    over = ring(280, -150, 320, 150)
    assert match_area(roads, over).why_not == "roads cross on two levels in the area"
    match = match_area(roads, over, road_names=["Fair St"])
    assert set(match.arcs) == blocks(roads, 1)
