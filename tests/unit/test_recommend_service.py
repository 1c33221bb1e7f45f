"""From board, fixes, policy and roads to a recommendation, whatever the roads say or do not say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from dispatch.domain.board import Board
from dispatch.domain.errors import NotFound, RoadsUnavailable
from dispatch.domain.incident import Leg
from dispatch.domain.open_slots import open_slots, surplus_of_plan
from dispatch.domain.recommendation import Slot
from dispatch.domain.substitution import SubstituteBook
from dispatch.domain.unit import Fix, Unit
from dispatch.roads.protocol import OpenWay, PathFound, Paths, Ranking, RankUnit, RoadsStatus
from dispatch.services.recommendations import compute, recommend_at
from geodata.lonlat import LonLat, distance_m
from jurisdictions.agreements import Agreement
from jurisdictions.driving import DrivingBook, DrivingRow
from jurisdictions.substitutes import SubstituteRow
from tests.factories import make_closure
from tests.recommend_factories import (
    NOON,
    SCENE,
    Known,
    MadePolicy,
    make_assignment,
    make_incident,
    make_plan_row,
    make_unit,
    slots_of,
)


class StraightRoads:
    """Roads that run straight everywhere, at ten metres a second; silent or lost on demand."""

    def __init__(self, *, rank: bool = True, paths: bool = True, off_network: bool = False) -> None:
        self.rank_answers = rank
        self.paths_answer = paths
        self.off_network = off_network
        self.unreached: set[LonLat] = set()
        self.open_ways: dict[LonLat, OpenWay] = {}
        self.asked: list[int] = []
        self.units: Sequence[RankUnit] = ()
        self.turns_waived = 0
        self.off_roads_m: dict[int, float] = {}
        self.seq = 7

    async def rank(
        self, target: LonLat, units: Sequence[RankUnit], *, min_seq: int = 0, deadline_s: Any = None
    ) -> Ranking:
        self.asked.append(min_seq)
        self.units = units
        if not self.rank_answers:
            raise RoadsUnavailable()
        seconds = [
            None if u.at in self.unreached or self.off_network else distance_m(u.at, target) / 10
            for u in units
        ]
        return Ranking(tuple(seconds), self.seq, "net", self.off_network, self.off_roads_m)

    async def status(self) -> RoadsStatus:
        if not self.rank_answers:
            raise RoadsUnavailable()
        return RoadsStatus(self.seq, "net", 1, 1, 0, (), 1.0, 1.0)

    async def paths(
        self,
        target: LonLat,
        units: Sequence[RankUnit],
        *,
        deadline_s: Any = None,
        compared: Sequence[tuple[RankUnit, float | None]] = (),
    ) -> Paths:
        if not self.paths_answer:
            raise RoadsUnavailable()
        paths = tuple(PathFound(1.0, (u.at, target), (), self.turns_waived) for u in units)
        return Paths(paths, self.seq, tuple(self.open_ways.get(u.at) for u, _ in compared))


def east(km: float) -> LonLat:
    return LonLat(SCENE.lon + km / 71.5, SCENE.lat)


def known_of(*units: Unit, roads: Any = None, **over: Any) -> Known:
    board = Board(
        seq=7,
        units={unit.id: unit for unit in units},
        incidents={"i-1": make_incident()},
    )
    policy = over.pop("policy", MadePolicy([make_plan_row()]))
    fresh = {unit.id: Fix(unit_id=unit.id, at=unit.home, received_at=NOON) for unit in units}
    over.setdefault("held_fixes", fresh)
    return Known(board, policy, roads or StraightRoads(), **over)


def made(known: Known) -> Any:
    return asyncio.run(compute(known, "i-1"))


NEAR, FAR = make_unit("E1", home=east(1)), make_unit("E2", home=east(5))


def test_the_nearest_unit_is_ranked_by_the_roads_and_gets_its_path() -> None:
    known = known_of(FAR, NEAR)
    answer = made(known)
    (pick,) = answer.picks
    assert pick.unit_id == "E1"
    assert pick.travel_s == pytest.approx(100, rel=0.01)
    assert pick.route == (NEAR.home, SCENE)
    assert not pick.estimated
    assert (answer.board_seq, answer.roads_seq, answer.network_id) == (7, 7, "net")
    assert answer.degraded == ()
    assert known.roads.asked == [7]


def test_how_its_agency_has_a_pick_driven_stands_in_its_inputs_and_reasons() -> None:
    policy = MadePolicy([make_plan_row()])
    row = DrivingRow(factor=0.8, agency=NEAR.agency_id, turns="waived")
    policy.driving = DrivingBook([row])
    roads = StraightRoads()
    roads.turns_waived = 2
    (pick,) = made(known_of(FAR, NEAR, roads=roads, policy=policy)).picks
    assert (pick.speed_share, pick.waives_turns, pick.turns_waived) == (0.8, True, 2)
    assert [(reason.code, reason.text) for reason in pick.reasons[1:]] == [
        ("own_speed", "agency drives 80% of usual speed"),
        ("turns_waived", "no-turn waived at 2 places"),
    ]
    assert {unit.waives_turns for unit in roads.units} == {True}
    policy.driving = DrivingBook()
    (usual,) = made(known_of(FAR, NEAR, policy=policy)).picks
    assert (usual.speed_share, usual.waives_turns) == (1.0, False)
    assert len(usual.reasons) == 1


def test_what_closures_cost_a_pick_stands_beside_it_with_its_way() -> None:
    roads = StraightRoads()
    closure = make_closure(description="Mill Rd", state="active")
    roads.open_ways[NEAR.home] = OpenWay(40.0, (NEAR.home, SCENE), ("c1", "gone"))
    known = known_of(FAR, NEAR, roads=roads)
    known.board().closures["c1"] = closure
    (pick,) = made(known).picks
    assert pick.without is not None
    assert (pick.without.travel_s, pick.without.avoids) == (40.0, ("Mill Rd: shut",))
    assert pick.without.route == (NEAR.home, SCENE)


def test_without_roads_it_estimates_and_says_so() -> None:
    answer = made(known_of(FAR, NEAR, roads=StraightRoads(rank=False)))
    (pick,) = answer.picks
    assert pick.unit_id == "E1"
    assert pick.estimated
    assert pick.travel_s == pytest.approx(1000 * 1.3 / 12.5, rel=0.01)
    assert answer.degraded == ("roads did not answer",)
    assert answer.roads_seq is None
    assert "route_estimated" in {reason.code for reason in pick.reasons}


def test_an_unreachable_unit_stays_unknown_and_is_not_estimated() -> None:
    roads = StraightRoads()
    roads.unreached = {NEAR.home}
    answer = made(known_of(FAR, NEAR, roads=roads))
    assert [pick.unit_id for pick in answer.picks] == ["E2"]
    (passed,) = answer.passed_over
    assert (passed.unit_id, passed.travel_s) == ("E1", None)
    assert passed.reasons[0].code == "no_route"


def test_a_unit_off_the_roads_is_estimated_alone_and_says_so() -> None:
    roads = StraightRoads()
    roads.unreached, roads.off_roads_m = {NEAR.home}, {1: 1340.0}
    answer = made(known_of(FAR, NEAR, roads=roads))
    (pick,) = answer.picks
    assert (pick.unit_id, pick.estimated) == ("E1", True)
    assert pick.travel_s == pytest.approx(1000 * 1.3 / 12.5, rel=0.01)
    assert "position off the roads, nearest road 1340 m" in {r.text for r in pick.reasons}
    assert answer.degraded == ()


def test_a_closure_is_named_also_where_something_else_is_dearer_too() -> None:
    """E1 is nearer still, but gathers its crew; with every road open it would have been first."""
    roads = StraightRoads()
    near = NEAR.model_copy(update={"staffing": 0})
    roads.open_ways[near.home] = OpenWay(10.0, (near.home, SCENE), ("c1",))
    known = known_of(make_unit("E2", home=east(1.2)), near, roads=roads)
    known.board().closures["c1"] = make_closure(description="Mill Rd", state="active")
    (passed,) = made(known).passed_over
    assert passed.unit_id == "E1"
    assert ("closure_on_way", "E1: Mill Rd shut") in {(r.code, r.text) for r in passed.reasons}


def test_an_incident_off_the_roads_is_estimated() -> None:
    answer = made(known_of(NEAR, roads=StraightRoads(off_network=True)))
    assert answer.picks[0].estimated
    assert answer.degraded == ("incident lies off the roads",)


def test_paths_that_fail_leave_the_picks_as_they_are() -> None:
    answer = made(known_of(NEAR, roads=StraightRoads(paths=False)))
    assert answer.picks[0].route == ()
    assert answer.degraded == ("paths are unknown",)


def test_roads_that_lag_behind_the_board_are_named() -> None:
    roads = StraightRoads()
    roads.seq = 5
    assert made(known_of(NEAR, roads=roads)).degraded == ("roads at event 5, board at 7",)


def test_a_unit_is_ranked_from_its_fresh_fix_and_from_its_station_when_the_fix_is_old() -> None:
    def answer(age_s: float) -> Any:
        fix = Fix(unit_id="E2", at=east(0.2), received_at=NOON - timedelta(seconds=age_s))
        return made(known_of(FAR, NEAR, held_fixes={"E2": fix}))

    assert answer(10).picks[0].unit_id == "E2"
    stale = answer(3000)
    assert stale.picks[0].unit_id == "E1"
    assert stale.degraded == ("no fresh fix of E1",)


def test_a_unit_in_quarters_by_rule_is_named_on_its_pick_and_degrades_nothing() -> None:
    reporting = {"E2": Fix(unit_id="E2", at=FAR.home, received_at=NOON)}
    parked = made(known_of(FAR, NEAR, held_fixes=reporting))
    assert (parked.picks[0].unit_id, parked.picks[0].fix_source) == ("E1", "quarters")
    assert parked.degraded == ()
    assert "no fix, in quarters STA1" in {reason.text for reason in parked.picks[0].reasons}
    away = {**reporting, "E1": Fix(unit_id="E1", at=east(3), received_at=NOON - timedelta(hours=1))}
    assert made(known_of(FAR, NEAR, held_fixes=away)).degraded == ("no fresh fix of E1",)


def test_a_unit_released_just_now_and_not_seen_since_degrades() -> None:
    reporting = {"E2": Fix(unit_id="E2", at=FAR.home, received_at=NOON)}
    known = known_of(FAR, NEAR, held_fixes=reporting)
    released = NOON - timedelta(minutes=5)
    known.held.assignments["a"] = make_assignment(NEAR, status="cleared", released_at=released)
    assert made(known).degraded == ("no fresh fix of E1",)


def test_without_a_fix_of_any_unit_it_is_the_fixes_that_are_missing() -> None:
    assert made(known_of(FAR, NEAR, held_fixes={})).degraded == ("no fresh fix of E1",)


def test_a_missing_plan_is_a_result_that_says_so() -> None:
    answer = made(known_of(NEAR, policy=MadePolicy([make_plan_row(agency="boone-fire")])))
    assert answer.slots == ()
    assert answer.picks == ()
    assert answer.degraded == ("no plan for FIRE",)


def test_aid_is_weighed_by_its_agreement_with_the_authority() -> None:
    aid = make_unit("E9", agency_id="boone-fire", home=east(0.5))
    agreement = Agreement(
        id="A-1", kind="automatic", lender="boone-fire", borrower="ashby-fire", margin_s=60,
        expires=date(2026, 6, 1),
    )  # fmt: skip
    by_agreement = made(known_of(NEAR, aid, policy=MadePolicy([make_plan_row()], [agreement])))
    assert by_agreement.picks[0].unit_id == "E1"
    assert by_agreement.passed_over[0].reasons[0].text == "E9 nearer 50 s: aid margin 60 s"
    over = agreement.model_copy(update={"expires": date(2026, 5, 31)})
    lapsed = made(known_of(aid, policy=MadePolicy([make_plan_row()], [over])))
    assert lapsed.picks[0].aid
    assert "agreement lapsed 2026-05-31" in {r.text for r in lapsed.picks[0].reasons}
    none = made(known_of(aid))
    assert "no agreement with ashby-fire" in {r.text for r in none.picks[0].reasons}


def test_a_nearer_unit_on_another_incident_is_named_with_that_incident() -> None:
    known = known_of(NEAR, FAR)
    known.held.incidents["i-other"] = make_incident("i-other", number="2026-000077")
    known.held.assignments["a"] = make_assignment(NEAR)
    (passed,) = made(known).passed_over
    assert passed.reasons[0].text.endswith("on 2026-000077")


def test_a_closed_or_unknown_incident_has_no_recommendation() -> None:
    with pytest.raises(NotFound):
        asyncio.run(compute(known_of(NEAR), "i-9"))


def test_a_preview_needs_no_incident() -> None:
    answer = asyncio.run(recommend_at(known_of(NEAR, FAR), SCENE, "FIRE"))
    assert [pick.unit_id for pick in answer.picks] == ["E1"]
    assert answer.incident_id == "preview"


def test_slots_that_live_units_cover_are_not_asked_again() -> None:
    slots = slots_of("engine", "engine", "ladder")
    incident = make_incident(legs=(Leg(discipline="fire", agency_id="a", state="active"),))
    ladder = make_unit("L1", capabilities=("ladder", "ventilation"))
    assert [s.index for s in open_slots(incident, slots, [make_unit("E1"), ladder])] == [1]
    assert open_slots(incident, slots, []) == slots


def test_a_unit_with_two_on_board_covers_both_officers_and_a_single_one_covers_one() -> None:
    first = Slot(index=0, discipline="law", capability="patrol")
    slots = (first, first.model_copy(update={"index": 1, "second_of": 0}))
    law = {"discipline": "law", "capabilities": ("patrol",)}
    incident = make_incident(legs=(Leg(discipline="law", agency_id="a", state="active"),))
    two, one, another = (
        make_unit(f"P{number}", staffing=staffing, **law)
        for number, staffing in enumerate((2, 1, 1))
    )
    assert open_slots(incident, slots, [two]) == ()
    assert [slot.index for slot in open_slots(incident, slots, [one])] == [1]
    assert open_slots(incident, slots, [one, another]) == ()
    assert open_slots(incident, slots, [one, two]) == ()


def test_a_plan_of_an_area_is_found_by_where_the_incident_is() -> None:
    rows = [make_plan_row(), make_plan_row(area="Old mill", count=2)]
    policy = MadePolicy(rows)
    assert len(made(known_of(NEAR, FAR, policy=policy)).slots) == 1
    policy.areas = frozenset({"Old mill"})
    answer = made(known_of(NEAR, FAR, policy=policy))
    assert (len(answer.slots), answer.plan_id) == (2, "FIRE/* in Old mill")


def test_a_plan_without_lights_says_so_and_its_crews_are_slower() -> None:
    with_lights = made(known_of(NEAR, roads=StraightRoads(rank=False)))
    rows = [make_plan_row(mode="normal")]
    without = made(known_of(NEAR, roads=StraightRoads(rank=False), policy=MadePolicy(rows)))
    assert (with_lights.mode, without.mode) == ("lights", "normal")
    assert without.picks[0].travel_s == pytest.approx(with_lights.picks[0].travel_s / 0.8)


def test_a_closed_leg_asks_for_nothing() -> None:
    closed = make_incident(legs=(Leg(discipline="fire", agency_id="a", state="closed"),))
    assert open_slots(closed, slots_of("engine"), []) == ()


def test_a_unit_sent_by_override_that_fits_no_slot_is_there_in_addition() -> None:
    chief = make_unit("CH1", capabilities=("command",))
    incident, slots = make_incident(), slots_of("engine", "ladder")
    assert open_slots(incident, slots, [chief]) == slots
    assert surplus_of_plan(incident, slots, [chief]).units == (chief,)


def test_a_unit_that_may_stand_in_fills_a_slot_however_far_it_came_from() -> None:
    engine, other = make_unit("E1"), make_unit("E2")
    ladder = make_unit("L1", capabilities=("ladder",))
    slots = slots_of("engine", "ladder")
    assert open_slots(make_incident(), slots, [engine, other]) == ()
    assert [s.capability for s in open_slots(make_incident(), slots, [engine])] == ["ladder"]
    assert [s.capability for s in open_slots(make_incident(), slots, [ladder])] == ["engine"]
    assert surplus_of_plan(make_incident(), slots, [engine, other, ladder]).units == (other,)


def test_as_many_slots_as_possible_are_filled_before_the_fittest_unit_counts() -> None:
    slots = slots_of("rescue", "ladder")
    ladder = make_unit("L1", capabilities=("ladder",))
    assert open_slots(make_incident(), slots, [ladder, make_unit("E1")]) == ()


def test_the_table_of_the_agency_that_answers_counts_whoever_owns_the_unit() -> None:
    policy = MadePolicy([make_plan_row(capability="ladder")])
    quint_for_ladder = SubstituteRow(capability="ladder", stand_in="quint", penalty_s=30)
    policy.substitutes = SubstituteBook({"ashby-fire": (quint_for_ladder,)})
    quint = make_unit("Q1", agency_id="brill-fire", capabilities=("quint",))
    answer = made(known_of(NEAR, quint, policy=policy))
    assert [pick.unit_id for pick in answer.picks] == ["Q1"]
    assert [each.capability for each in answer.slots[0].stand_ins] == ["quint"]
    policy.substitutes = SubstituteBook({"brill-fire": (quint_for_ladder,)})
    assert [pick.unit_id for pick in made(known_of(NEAR, quint, policy=policy)).picks] == ["E1"]
