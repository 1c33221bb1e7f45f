"""``driving.csv``: the most specific row, applied to every second that the roads say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.roads.live_roads import LiveRoads
from dispatch.roads.protocol import BadRequest, RankUnit, units_from_wire, units_to_wire
from geodata.cch import CchRouter
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork
from geodata.routing import EndsRouter
from jurisdictions.driving import Driven, DrivingBook, DrivingRow, RoadsKept
from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_driving import read_driving
from tests.factories import make_closure
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
        return book.driven(agency=agency, vehicle_class=vehicle_class, hour=hour).factor

    assert factor("pd", "car", 7) == 0.9
    assert factor("pd", "heavy", 7) == 0.8
    assert factor("fire-a", "heavy", 12) == 0.7
    assert factor("fire-a", "heavy", 8) == 0.5
    assert DrivingBook().driven(agency="pd", vehicle_class="car", hour=0) == Driven()


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
    units = [
        RankUnit(WEST, "heavy", "", 0.8),
        RankUnit(EAST, "car", "E1"),
        RankUnit(EAST, "car"),
        RankUnit(EAST, "truck", waives_turns=True),
        RankUnit(EAST, "truck", congestion=0.25),
    ]
    assert units_from_wire(units_to_wire(units), 5) == units
    for wrong in (0, -1, "x", None):
        with pytest.raises(BadRequest):
            units_from_wire({"lon": [10.0], "lat": [50.0], "class": [0], "factor": [wrong]}, 5)
    with pytest.raises(BadRequest):
        units_from_wire({"lon": [10.0], "lat": [50.0], "class": [0], "waives": ["yes"]}, 5)
    for share in (-0.1, 1.1, "x", None):
        with pytest.raises(BadRequest):
            units_from_wire({"lon": [10.0], "lat": [50.0], "class": [0], "feels": [share]}, 5)


def test_without_lights_crews_are_slower_by_their_own_row_or_by_an_assumption() -> None:
    book = DrivingBook(
        [
            DrivingRow(factor=1.2),
            DrivingRow(factor=0.7, vehicle_class="heavy", mode="normal"),
            DrivingRow(factor=0.9, agency="a", mode="normal", hours=(7, 8)),
        ]
    )

    def factor(agency: str, vehicle_class: str, hour: int, lights: bool) -> float:
        return book.driven(
            agency=agency, vehicle_class=vehicle_class, hour=hour, lights=lights
        ).factor

    assert factor("a", "car", 12, lights=True) == 1.2
    assert factor("a", "car", 12, lights=False) == pytest.approx(1.2 * 0.8)
    assert factor("b", "heavy", 12, lights=False) == 0.7
    assert factor("a", "heavy", 8, lights=False) == 0.9
    assert factor("a", "heavy", 8, lights=True) == 1.2
    no_row = DrivingBook().driven(agency="a", vehicle_class="car", hour=1, lights=False)
    assert no_row == Driven(0.8, assumed=True)
    own = book.driven(agency="b", vehicle_class="heavy", hour=12, lights=False)
    assert own == Driven(0.7)


def test_turn_bans_are_waived_only_with_lights_and_by_who_says_so() -> None:
    book = DrivingBook(
        [
            DrivingRow(factor=1.0, agency="fire-a", turns="waived"),
            DrivingRow(factor=0.9, agency="fire-a", hours=(7, 8)),
            DrivingRow(factor=1.0, agency="fire-a", vehicle_class="heavy", turns="honoured"),
            DrivingRow(factor=0.8, agency="fire-a", mode="normal"),
        ]
    )

    def waives(agency: str, vehicle_class: str, hour: int = 12, lights: bool = True) -> bool:
        return book.driven(
            agency=agency, vehicle_class=vehicle_class, hour=hour, lights=lights
        ).waives_turns

    assert waives("fire-a", "car")
    assert waives("fire-a", "truck", hour=7), "a row that only says how fast leaves it as it is"
    assert not waives("fire-a", "heavy")
    assert not waives("fire-b", "car"), "an agency that says nothing honours them"
    assert not waives("fire-a", "car", lights=False)
    assert book.roads_kept() == (RoadsKept("car", True), RoadsKept("truck", True))
    assert DrivingBook([DrivingRow(factor=1.0, turns="honoured")]).roads_kept() == ()


def test_turns_are_read_and_a_waiver_without_lights_is_named_by_its_line(tmp_path: Path) -> None:
    findings = Findings()
    (tmp_path / "driving.csv").write_text(
        "vehicle_class,mode,factor,turns\ncar,,1,waived\ntruck,lights,1,honoured\n"
        "car,normal,0.8,waived\nheavy,,1,ignored\n"
    )
    rows = read_driving(tmp_path, findings, Names("agencies.csv"))
    assert [(row.vehicle_class, row.turns) for row in rows] == [
        ("car", "waived"),
        ("truck", "honoured"),
    ]
    assert [(m.where, m.column) for m in findings.mistakes] == [
        ("line 4", "turns"),
        ("line 5", "turns"),
    ]


def edge_between(network: RoadNetwork, one: LonLat, other: LonLat) -> int:
    ends = {one, other}
    return next(
        edge
        for edge in range(network.edge_count)
        if {network.shape_of_edge(edge)[0], network.shape_of_edge(edge)[-1]} == ends
    )


@pytest.mark.parametrize("router", [CchRouter, DijkstraRouter])
def test_only_who_waives_a_turn_ban_drives_through_it(router: type[EndsRouter]) -> None:
    corner, north = LonLat(10.01, 50.0), LonLat(10.01, 50.01)
    far = LonLat(10.03, 50.01)
    network = make_roads(
        [WEST, corner, north, far],
        [Street(0, 1), Street(1, 2), Street(1, 3), Street(3, 2)],
        bans=[(0, 2)],
    )
    roads = LiveRoads(network, router(network))
    bound, free = RankUnit(WEST, "car"), RankUnit(WEST, "car", waives_turns=True)
    long_s, short_s = roads.rank(north, [bound, free]).seconds
    assert long_s is not None
    assert short_s is not None
    assert short_s < long_s
    (row,) = roads.rank_many([north], [bound, free])
    assert row == [round(long_s, 1), round(short_s, 1)]
    ways = roads.paths(north, [bound, free])
    assert [(way.travel_s, way.turns_waived) for way in ways if way] == [(long_s, 0), (short_s, 1)]
    arcs = [arc for arc in network.edge_arcs[edge_between(network, corner, north)] if arc >= 0]
    on = {"state": "active", "network_id": network.network_id}
    roads.stand(1, [make_closure("c1", **on, arcs=tuple(arcs))])
    after = roads.rank(north, [bound, free]).seconds
    assert after == [long_s, long_s], "a closure binds who waives turn bans, too"
    bound_way, free_way = roads.without(north, [bound, free], after)
    assert bound_way is None
    assert free_way is not None
    assert (free_way.travel_s, free_way.closures) == (round(short_s, 1), ("c1",))


def test_congestion_is_eased_only_with_lights_by_the_most_specific_row_that_says_so() -> None:
    book = DrivingBook(
        [
            DrivingRow(factor=1.0, congestion=0.6),
            DrivingRow(factor=0.9, agency="fire-a", hours=(7, 8)),
            DrivingRow(factor=1.0, agency="fire-a", vehicle_class="heavy", congestion=1.0),
            DrivingRow(factor=1.0, agency="ems-a", hours=(7,), congestion=0.2, turns="waived"),
        ]
    )

    def share(agency: str, vehicle_class: str, hour: int = 12, lights: bool = True) -> float:
        return book.driven(
            agency=agency, vehicle_class=vehicle_class, hour=hour, lights=lights
        ).congestion

    assert share("fire-a", "car") == 0.6
    assert share("fire-a", "car", hour=7) == 0.6, "a row that only says how fast leaves it"
    assert share("fire-a", "heavy") == 1.0
    assert [share("ems-a", "car", hour) for hour in (7, 9)] == [0.2, 0.6]
    assert share("ems-a", "car", 7, lights=False) == 1.0
    kept = set(book.roads_kept())
    assert {RoadsKept("heavy", True, 0.2), RoadsKept("car", False, 0.6)} <= kept
    assert len(kept) == 6
    with pytest.raises(ValueError, match="in full without lights"):
        DrivingRow(factor=1.0, mode="normal", congestion=0.5)


def test_congestion_is_read_and_what_cannot_be_is_named_by_its_line(tmp_path: Path) -> None:
    findings = Findings()
    (tmp_path / "driving.csv").write_text(
        "vehicle_class,mode,hours,factor,congestion\ncar,,,1,0.3\ntruck,lights,,1,\n"
        "car,normal,,0.8,0.3\nheavy,,,1,1.5\n"
        "heavy,,1-2,1,0.1\nheavy,,3-4,1,0.2\nheavy,,5-6,1,0.4\nheavy,,7-8,1,0.5\n"
    )
    rows = read_driving(tmp_path, findings, Names("agencies.csv"))
    assert [row.congestion for row in rows] == [0.3, None, 0.1, 0.2, 0.4]
    assert [(m.where, m.column) for m in findings.mistakes] == [
        ("line 4", "congestion"),
        ("line 5", "congestion"),
        ("line 9", "congestion"),
    ]


@pytest.mark.parametrize("router", [CchRouter, DijkstraRouter])
def test_who_gets_past_traffic_drives_through_it_and_a_missing_lane_binds_all(
    router: type[EndsRouter],
) -> None:
    corner, north, far = LonLat(10.01, 50.0), LonLat(10.01, 50.01), LonLat(10.03, 50.01)
    network = make_roads(
        [WEST, corner, north, far], [Street(0, 1), Street(1, 2), Street(1, 3), Street(3, 2)]
    )
    roads = LiveRoads(network, router(network))
    arcs = [arc for arc in network.edge_arcs[edge_between(network, corner, north)] if arc >= 0]
    on = {"state": "active", "network_id": network.network_id, "arcs": tuple(arcs)}
    all_of_it, part, none = (RankUnit(WEST, "car", congestion=share) for share in (1.0, 0.05, 0.0))
    units = [all_of_it, part, none]
    open_s = roads.rank(north, units).seconds[0]
    assert open_s is not None
    assert roads.rank(north, units).seconds == [open_s] * 3

    roads.stand(1, [make_closure("c1", **on, speed_factor=0.1, congestion=True)])
    seconds = roads.rank(north, units).seconds
    around_s, part_s, none_s = seconds
    assert around_s is not None
    assert part_s is not None
    assert none_s == open_s < part_s < around_s
    ways = roads.paths(north, units)
    assert [(way.travel_s, way.closures) for way in ways if way] == [
        (around_s, ()),
        (part_s, ("c1",)),
        (none_s, ()),
    ]
    (row,) = roads.rank_many([north], units)
    assert row == [round(s, 1) for s in seconds if s is not None]
    costs = roads.without(north, units, seconds)
    assert [way and (way.travel_s, way.closures) for way in costs] == [
        (round(open_s, 1), ("c1",)),
        (round(open_s, 1), ("c1",)),
        None,
    ]

    roads.stand(2, [make_closure("c1", **on, speed_factor=0.1)])
    assert roads.rank(north, units).seconds == [around_s] * 3, "lanes are missing to everybody"
    roads.stand(3, [make_closure("c1", **on)])
    assert roads.rank(north, units).seconds == [around_s] * 3
    roads.stand(4, [])
    assert roads.rank(north, units).seconds == [open_s] * 3
