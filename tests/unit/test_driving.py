"""``driving.csv``: the most specific row, applied to every second that the roads say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.roads.live_roads import LiveRoads
from dispatch.roads.protocol import BadRequest, RankUnit, units_from_wire, units_to_wire
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat
from jurisdictions.driving import DrivingBook, DrivingRow
from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_driving import read_driving
from tests.road_factories import Street, make_roads

WEST, EAST = LonLat(10.0, 50.0), LonLat(10.01, 50.0)


def test_the_most_specific_row_counts_and_none_is_as_usual() -> None:
    book = DrivingBook(
        [
            DrivingRow(factor=0.9),
            DrivingRow(factor=0.8, vehicle_class="heavy"),
            DrivingRow(factor=0.7, agency="fire-a"),
            DrivingRow(factor=0.5, agency="fire-a", hours=(7, 8)),
        ]
    )

    def factor(agency: str, vehicle_class: str, hour: int) -> float:
        return book.factor(agency=agency, vehicle_class=vehicle_class, hour=hour)

    assert factor("pd", "car", 7) == 0.9
    assert factor("pd", "heavy", 7) == 0.8
    assert factor("fire-a", "heavy", 12) == 0.7
    assert factor("fire-a", "heavy", 8) == 0.5
    assert DrivingBook().factor(agency="pd", vehicle_class="car", hour=0) == 1.0


def test_rows_are_read_and_mistakes_named_by_line(tmp_path: Path) -> None:
    findings = Findings()
    (tmp_path / "driving.csv").write_text(
        "agency,vehicle_class,hours,factor\n,,7-9,0.8\n,truck,,0.95\n,tank,,0.9\n,,8-10,0.7\n,,,9\n"
    )
    rows = read_driving(tmp_path, findings, Names("agencies.csv"))
    assert [(row.vehicle_class, row.hours, row.factor) for row in rows] == [
        ("", (7, 8), 0.8),
        ("truck", (), 0.95),
    ]
    assert len(findings.mistakes) == 3
    assert read_driving(tmp_path / "none", findings, Names("agencies.csv")) == []


def test_every_second_of_a_unit_is_by_its_factor_longer() -> None:
    network = make_roads([WEST, EAST], [Street(0, 1)])
    roads = LiveRoads(network, DijkstraRouter(network))
    usual, slow = RankUnit(WEST, "car"), RankUnit(WEST, "car", factor=0.5)
    first, second = roads.rank(EAST, [usual, slow]).seconds
    assert first is not None
    assert second == pytest.approx(2 * first, abs=0.002)
    ways = roads.paths(EAST, [usual, slow])
    assert [way.travel_s for way in ways if way] == [first, second]
    (row,) = roads.rank_many([EAST], [usual, slow])
    assert row is not None
    assert row[1] == pytest.approx(2 * row[0], abs=0.11)


def test_a_factor_goes_over_the_wire_and_one_that_is_none_is_refused() -> None:
    units = [RankUnit(WEST, "heavy", "", 0.8), RankUnit(EAST, "car", "E1"), RankUnit(EAST, "car")]
    assert units_from_wire(units_to_wire(units), 5) == units
    for wrong in (0, -1, "x", None):
        with pytest.raises(BadRequest):
            units_from_wire([[10.0, 50.0, 0, "", wrong]], 5)


def test_without_lights_crews_are_slower_by_their_own_row_or_by_an_assumption() -> None:
    book = DrivingBook(
        [
            DrivingRow(factor=1.2),
            DrivingRow(factor=0.7, vehicle_class="heavy", mode="normal"),
            DrivingRow(factor=0.9, agency="a", mode="normal", hours=(7, 8)),
        ]
    )

    def factor(agency: str, vehicle_class: str, hour: int, lights: bool) -> float:
        return book.factor(agency=agency, vehicle_class=vehicle_class, hour=hour, lights=lights)

    assert factor("a", "car", 12, lights=True) == 1.2
    assert factor("a", "car", 12, lights=False) == pytest.approx(1.2 * 0.8)
    assert factor("b", "heavy", 12, lights=False) == 0.7
    assert factor("a", "heavy", 8, lights=False) == 0.9
    assert factor("a", "heavy", 8, lights=True) == 1.2
    assert DrivingBook().factor(agency="a", vehicle_class="car", hour=1) == 1.0
    assert DrivingBook().factor(agency="a", vehicle_class="car", hour=1, lights=False) == 0.8
