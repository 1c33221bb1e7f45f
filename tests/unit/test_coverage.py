"""Coverage: squares of an agency's ground, who is there first, and what a move-up would win."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import shapely

from dispatch.domain.coverage import (
    CoverageCase,
    Covered,
    CoverStation,
    CoverUnit,
    Drives,
    agencies_of,
    first_due,
)
from dispatch.services.coverage import STARTS_WITHIN_S, is_silence
from geodata.lonlat import LonLat
from jurisdictions.boundaries import Boundary, BoundarySet
from jurisdictions.coverage_zones import Zone, zones_of
from tests.factories import make_unit

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
INF = np.inf


def boundary(agency_id: str, west: float, south: float, side: float) -> Boundary:
    return Boundary(
        agency_id=agency_id,
        name=agency_id,
        discipline="fire",
        nguid=agency_id,
        zone=None,
        municipality=None,
        geometry=shapely.box(west, south, west + side, south + side),
    )


def zone(number: int, agency_id: str = "fire-a") -> Zone:
    return Zone(f"z{number}", agency_id, "fire", LonLat(9.0, 47.0), (9.0, 47.0, 9.1, 47.1))


def unit(name: str, station: str = "S1", agency_id: str = "fire-a", **over: object) -> CoverUnit:
    fields: dict[str, object] = {
        "id": name,
        "agency_id": agency_id,
        "discipline": "fire",
        "station": station,
        "counts_for": frozenset({"fire-a"}),
        "free": True,
        "in_quarters": True,
        "turnout_s": 80.0,
    }
    return CoverUnit(**(fields | over))  # type: ignore[arg-type]  # over replaces by name


def case(
    to_zones: list[list[float]],
    units: list[CoverUnit],
    stations: list[str] | None = None,
    to_stations: list[list[float]] | None = None,
) -> CoverageCase:
    codes = stations or []
    return CoverageCase(
        zones=[zone(i) for i in range(len(to_zones))],
        units=units,
        stations=[CoverStation(code, "fire-a") for code in codes],
        drives=Drives(
            np.array(to_zones, float),
            np.array(to_stations or [], float).reshape(len(codes), len(units)),
        ),
        target_s={"fire-a": 400.0},
        quarters_turnout_s={"fire-a": 80.0},
    )


def test_the_first_unit_is_the_one_whose_turnout_and_drive_are_least() -> None:
    quick, slow = unit("E1", turnout_s=80.0), unit("E2", turnout_s=320.0)
    found = Covered(case([[200.0, 10.0]], [quick, slow])).zones()
    assert (found[0].unit_id, found[0].seconds, found[0].within) == ("E1", 280.0, True)


def test_a_square_that_nobody_gets_to_has_no_seconds_and_is_not_within() -> None:
    found = Covered(case([[INF]], [unit("E1")])).zones()[0]
    assert (found.seconds, found.unit_id, found.within) == (None, None, False)


def test_a_chief_covers_no_ground_where_there_are_engines() -> None:
    engine = make_unit("E1", capabilities=("engine",))
    chief = make_unit("C1", kind="chief", capabilities=("command",))
    assert first_due([engine, chief]) == {"E1"}
    assert first_due([chief]) == {"C1"}


def test_without_units_nothing_is_covered() -> None:
    covered = Covered(case([[]], []))
    assert covered.zones()[0].seconds is None
    assert covered.move_ups() == ()


def test_a_unit_of_another_discipline_or_without_agreement_does_not_count() -> None:
    medic = unit("M1", discipline="ems")
    stranger = unit("E9", agency_id="fire-z", counts_for=frozenset())
    found = Covered(case([[10.0, 10.0]], [medic, stranger])).zones()[0]
    assert found.unit_id is None


def test_after_a_dispatch_the_next_unit_covers_or_nobody() -> None:
    covered = Covered(case([[10.0, 100.0], [10.0, 900.0]], [unit("E1"), unit("E2")]))
    first, second = covered.zones(without=("E1",))
    assert (first.unit_after, first.within_after) == ("E2", True)
    assert (second.unit_after, second.within, second.within_after) == ("E2", True, False)


def test_a_move_up_goes_to_the_empty_station_that_wins_most() -> None:
    # Two engines at S1; S2, across the river, has lost its own.
    to_zones = [[10, 10, 900], [900, 900, 10], [900, 900, 20]]
    engines = [unit("E1"), unit("E2")]
    covered = Covered(case([[*row] for row in to_zones], engines, ["S2"], [[600.0, 500.0]]))
    (move,) = covered.move_ups()
    assert (move.unit_id, move.to_station, move.zones_won, move.drive_s) == ("E2", "S2", 2, 500.0)


def test_what_a_unit_leaves_uncovered_counts_against_its_move() -> None:
    covered = Covered(case([[10, 900], [20, 900], [900, 10]], [unit("E1")], ["S2"], [[60.0]]))
    assert covered.move_ups() == ()


def test_a_muted_square_is_neither_counted_nor_won() -> None:
    covered = Covered(
        case([[10, 10, 900], [900, 900, 10]], [unit("E1"), unit("E2")], ["S2"], [[60.0, 60.0]])
    )
    assert covered.move_ups()
    assert covered.move_ups(muted={"z1"}) == ()
    zones = covered.zones(muted={"z1"})
    (counted,) = agencies_of(zones, {"fire-a": 400.0})
    assert (counted.zones, counted.within) == (1, 1)


def test_a_station_with_a_free_unit_in_it_needs_no_move_up() -> None:
    units = [unit("E1"), unit("E2"), unit("E3", station="S2")]
    covered = Covered(case([[900, 900, 900, 10]], units, ["S2"], [[60.0, 60.0, 0.0]]))
    assert covered.move_ups() == ()


def test_squares_cover_the_ground_of_the_agencies_asked_for_and_no_other() -> None:
    held = BoundarySet(
        [boundary("fire-a", 9.0, 47.0, 0.1), boundary("fire-b", 9.1, 47.0, 0.1)], [], 50.0, "v1"
    )
    found = zones_of(held, {"fire-a"}, NOON, most=200)
    assert 50 <= len(found) <= 200
    assert {z.agency_id for z in found} == {"fire-a"}
    assert all(9.0 <= z.at.lon <= 9.1 and 47.0 <= z.at.lat <= 47.1 for z in found)
    assert len({z.id for z in found}) == len(found)


def test_a_piece_of_ground_smaller_than_a_square_still_has_one() -> None:
    held = BoundarySet(
        [boundary("fire-a", 9.0, 47.0, 0.2), boundary("fire-a", 9.5, 47.0, 0.0005)], [], 50.0, "v1"
    )
    found = zones_of(held, {"fire-a"}, NOON, most=60)
    assert any(z.at.lon > 9.4 for z in found)


def test_a_boundary_that_is_not_in_force_has_no_squares() -> None:
    over = Boundary(**{**vars(boundary("fire-a", 9.0, 47.0, 0.1)), "expires": NOON})
    assert zones_of(BoundarySet([over], [], 50.0, "v1"), {"fire-a"}, NOON) == []


def test_roads_that_are_coming_up_are_not_silent_and_those_that_answered_once_are() -> None:
    assert not is_silence(0.3, answered=False)
    assert is_silence(0.3, answered=True)
    assert is_silence(STARTS_WITHIN_S, answered=False)
