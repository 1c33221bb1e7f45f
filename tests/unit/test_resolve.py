"""Who answers for a spot: points, circles and polygons, on borders and outside everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from geodata.lonlat import LonLat, distance_m
from geodata.shapes import Circle, Point, Polygon
from jurisdictions.boundaries import Municipality
from jurisdictions.resolve import resolve
from tests.region_factories import (
    KM_LAT,
    KM_LON,
    SOUTH,
    WEST,
    make_boundaries,
    make_boundary,
    square,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TWO = make_boundaries(make_boundary("ashby", square(0, 0)), make_boundary("brill", square(1, 0)))


def at(x_km: float, y_km: float) -> LonLat:
    return LonLat(WEST + x_km * KM_LON, SOUTH + y_km * KM_LAT)


def test_a_point_well_inside_has_one_authority_and_its_metres_to_the_line() -> None:
    found = resolve(TWO, Point(at=at(0.5, 0.5)), NOW)
    fire = found.of("fire")
    assert fire is not None
    assert fire.authority is not None
    assert fire.authority.agency_id == "ashby"
    assert fire.line_m == pytest.approx(500, abs=5)
    assert not found.border
    assert found.municipality == "Ashby"
    assert found.boundary_version == "v1"
    assert found.of("law") is None


def test_a_point_within_the_border_distance_names_both_sides() -> None:
    found = resolve(TWO, Point(at=at(0.95, 0.5)), NOW).of("fire")
    assert found is not None
    assert found.border
    assert [claim.agency_id for claim in found.candidates] == ["ashby", "brill"]
    assert found.candidates[1].away_m == pytest.approx(50, abs=2)
    assert found.candidates[1].area_share == 0.0


def test_a_circle_over_the_line_gives_shares_and_the_greater_share_decides() -> None:
    found = resolve(TWO, Circle(centre=at(0.9, 0.5), radius_m=300), NOW).of("fire")
    assert found is not None
    assert found.border
    assert found.line_m == 0.0
    shares = {claim.agency_id: claim.area_share for claim in found.candidates}
    assert shares["ashby"] > shares["brill"] > 0.2
    assert sum(shares.values()) == pytest.approx(1.0, abs=0.001)
    assert found.authority is not None
    assert found.authority.agency_id == "ashby"


def test_a_polygon_mostly_in_the_other_town_is_the_other_towns() -> None:
    ring = (at(0.8, 0.4), at(1.8, 0.4), at(1.8, 0.6), at(0.8, 0.6))
    found = resolve(TWO, Polygon(ring=ring), NOW).of("fire")
    assert found is not None
    assert found.authority is not None
    assert found.authority.agency_id == "brill"
    assert found.authority.area_share == pytest.approx(0.8, abs=0.01)


def test_a_ring_that_crosses_itself_is_placed_all_the_same() -> None:
    bow = (at(0.2, 0.2), at(0.8, 0.8), at(0.8, 0.2), at(0.2, 0.8))
    found = resolve(TWO, Polygon(ring=bow), NOW).of("fire")
    assert found is not None
    assert found.authority is not None
    assert found.authority.agency_id == "ashby"


def test_outside_everything_is_a_result_that_proposes_the_nearest() -> None:
    found = resolve(TWO, Point(at=at(4.0, 0.5)), NOW)
    fire = found.of("fire")
    assert found.outside
    assert found.municipality is None
    assert fire is not None
    assert fire.authority is None
    assert fire.candidates[0].agency_id == "brill"
    assert fire.candidates[0].away_m == pytest.approx(2000, rel=0.01)


def test_where_two_areas_overlap_the_smaller_decides_and_it_is_a_border() -> None:
    contested = make_boundaries(
        make_boundary("large", square(0, 0, 3)), make_boundary("small", square(1, 1))
    )
    found = resolve(contested, Point(at=at(1.5, 1.5)), NOW).of("fire")
    assert found is not None
    assert found.border
    assert [claim.agency_id for claim in found.candidates] == ["small", "large"]


def test_an_exclave_and_the_hole_it_leaves_are_each_their_own_towns() -> None:
    hole = square(0, 0, 3).difference(square(1, 1))
    region = make_boundaries(make_boundary("outer", hole), make_boundary("inner", square(1, 1)))
    for point, owner in ((at(1.5, 1.5), "inner"), (at(0.5, 0.5), "outer")):
        found = resolve(region, Point(at=point), NOW).of("fire")
        assert found is not None
        assert found.authority is not None
        assert found.authority.agency_id == owner


def test_a_line_inside_one_agency_is_no_border() -> None:
    zones = make_boundaries(
        make_boundary("ashby", square(0, 0), zone="A"),
        make_boundary("ashby", square(1, 0), zone="B", nguid="urn:b"),
    )
    found = resolve(zones, Point(at=at(1.01, 0.5)), NOW).of("fire")
    assert found is not None
    assert not found.border
    assert found.authority is not None
    assert found.authority.zone == "B"


def test_boundaries_answer_as_of_the_instant_that_is_asked() -> None:
    change = NOW + timedelta(days=1)
    annexed = make_boundaries(
        make_boundary("old", square(0, 0), expires=change),
        make_boundary("new", square(0, 0), effective=change, nguid="urn:new"),
    )
    for instant, owner in (
        (NOW, "old"),
        (change - timedelta(microseconds=1), "old"),
        (change, "new"),
    ):
        found = resolve(annexed, Point(at=at(0.5, 0.5)), instant).of("fire")
        assert found is not None
        assert found.authority is not None
        assert found.authority.agency_id == owner


def test_metres_are_metres_on_the_ground() -> None:
    point = at(0.7, 0.5)
    found = resolve(TWO, Point(at=point), NOW).of("fire")
    assert found is not None
    assert found.line_m == pytest.approx(distance_m(point, at(1.0, 0.5)), rel=0.005)


def test_a_region_without_boundaries_answers_outside() -> None:
    found = resolve(make_boundaries(municipalities=[]), Point(at=at(0, 0)), NOW)
    assert found.outside
    assert found.disciplines == ()


def test_a_line_that_leaves_a_town_between_its_points_says_where() -> None:
    towns = [Municipality("Ashby", square(0, 0)), Municipality("Brill", square(0.4, 0, 0.2))]
    held = make_boundaries(municipalities=towns[::-1])
    y = SOUTH + 0.05 * KM_LAT
    inside = [LonLat(WEST + 0.1 * KM_LON, y), LonLat(WEST + 0.3 * KM_LON, y)]
    across = [inside[0], LonLat(WEST + 0.9 * KM_LON, y)]
    assert held.leaves(inside, "Ashby") is None
    outside = held.leaves(across, "Ashby")
    assert outside is not None
    assert held.municipality_at(outside) == "Brill"
    assert 0.39 <= (outside.lon - WEST) / KM_LON <= 0.46
    assert held.leaves(inside, "") == inside[0]
