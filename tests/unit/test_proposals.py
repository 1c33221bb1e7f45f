"""What a line that is refused would have been placed on, for a person to accept."""

from __future__ import annotations

from geodata.lonlat import LonLat
from geodata.matching import match_line
from geodata.snapping import Snapper
from tests.road_factories import Street, make_roads

WEST, MIDDLE, EAST = (10.0, 50.0), (10.01, 50.0), (10.02, 50.0)


def test_a_line_against_one_way_traffic_proposes_the_road_that_it_is_drawn_on() -> None:
    nodes = [WEST, MIDDLE, EAST, (10.01, 50.01)]
    streets = [
        Street(0, 1, backward=False, name="Mill Rd"),
        Street(1, 2, backward=False, name="Mill Rd"),
        Street(2, 3),
        Street(3, 0),
    ]
    network = make_roads(nodes, streets)
    line = [LonLat(10.019 - 0.0006 * step, 50.0) for step in range(31)]
    match = match_line(network, Snapper(network), line, "along")
    assert not match.placed
    assert match.arcs == ()
    assert {network.name_of(arc) for arc in match.proposal} == {"Mill Rd"}


def test_a_line_far_from_every_road_proposes_none() -> None:
    network = make_roads([WEST, MIDDLE], [Street(0, 1)])
    far = [LonLat(11.0, 51.0), LonLat(11.01, 51.0)]
    assert match_line(network, Snapper(network), far).proposal == ()
