"""When a recommendation is made by itself, and when the displayed one is left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from dispatch.domain import events as ev
from dispatch.domain.board import Board, apply
from dispatch.domain.commands import Command, FreezeRecommendation
from dispatch.domain.events import Event
from dispatch.domain.incident import Leg
from dispatch.domain.recommendation import PassedOver, Reason, Recommendation
from dispatch.domain.unit import Fix, Unit
from dispatch.services import recommender as recommender_module
from dispatch.services.recommendations import compute
from dispatch.services.recommender import APART_S, Recommender, is_same_advice
from dispatch.store.event_log import LoggedEvent
from dispatch.store.unit_of_work import Outcome
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
)
from tests.unit.test_recommend_service import StraightRoads, east


@dataclass
class Hub(Known):
    """A hub whose log is a list: a frozen recommendation is an event at once."""

    log: list[Event] = field(default_factory=list)
    recommender: Recommender | None = None

    async def submit(self, command: Command) -> Outcome:
        assert isinstance(command, FreezeRecommendation)
        await asyncio.sleep(0)
        event = self.append(ev.RecommendationMade(recommendation=command.recommendation))
        return Outcome(command.command_id, event.seq, event.seq, (event,), False)

    def append(self, body: ev.EventBody) -> Event:
        seq = self.held.seq + 1
        self.roads.seq = seq
        event = Event(seq=seq, at=NOON, actor="x", command_id=f"c{seq}", audience=("*",), body=body)
        apply(self.held, event)
        self.log.append(event)
        if self.recommender is not None:
            self.recommender.on_events([LoggedEvent(event, "", "")])
        return event

    @property
    def made(self) -> list[Recommendation]:
        return [
            event.body.recommendation
            for event in self.log
            if isinstance(event.body, ev.RecommendationMade)
        ]


NEAR, FAR = make_unit("E1", home=east(1)), make_unit("E2", home=east(5))


def tell(story: Callable[[Hub], Awaitable[None]], *units: Unit, active: bool = True) -> Hub:
    board = Board(units={unit.id: unit for unit in units or (NEAR, FAR)})
    hub = Hub(board, MadePolicy([make_plan_row()]), StraightRoads())

    async def told() -> None:
        hub.recommender = Recommender(hub, active=lambda: active)
        await hub.recommender.start()
        try:
            await story(hub)
        finally:
            await hub.recommender.stop()

    asyncio.run(told())
    return hub


async def until(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    limit_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < limit_s
        await asyncio.sleep(0.005)


async def begun(hub: Hub) -> None:
    hub.append(ev.IncidentCreated(incident=make_incident()))
    await until(lambda: len(hub.made) == 1)


def test_a_new_incident_gets_one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommender_module, "APART_S", 3600.0)  # the first one waits for nothing
    assert [pick.unit_id for pick in tell(begun).made[0].picks] == ["E1"]


def test_what_waits_is_looked_at_anew_when_its_agency_goes_by_other_plans() -> None:
    async def story(hub: Hub) -> None:
        await begun(hub)
        over = ev.StormSet(agency_id="elsewhere", storm=None, reason="over", by="sue")
        hub.append(over)
        hub.append(over.model_copy(update={"agency_id": "ashby-fire"}))
        await until(lambda: len(hub.made) == 2)
        await asyncio.sleep(APART_S)
        assert len(hub.made) == 2

    tell(story)


def test_an_incident_that_begins_on_scene_gets_none() -> None:
    async def story(hub: Hub) -> None:
        leg = Leg(discipline="fire", agency_id="ashby-fire", state="active")
        hub.append(ev.IncidentCreated(incident=make_incident(legs=(leg,))))
        await asyncio.sleep(0.05)

    assert tell(story).made == []


def test_another_is_made_when_its_unit_is_taken() -> None:
    async def story(hub: Hub) -> None:
        await begun(hub)
        hub.append(ev.UnitAssigned(assignment=make_assignment(NEAR)))
        await until(lambda: len(hub.made) == 2)

    assert tell(story).made[1].picks[0].unit_id == "E2"


def test_of_a_part_that_is_closed_nothing_more_is_recommended() -> None:
    medic = make_unit("M1", discipline="ems", agency_id="ashby-ems", capabilities=("als",))

    async def story(hub: Hub) -> None:
        rows = [make_plan_row(), make_plan_row(discipline="ems", capability="als")]
        hub.held_policy = MadePolicy(rows)
        legs = tuple(
            Leg(discipline=part, agency_id=f"ashby-{part}", state="pending")
            for part in ("fire", "ems")
        )
        hub.append(ev.IncidentCreated(incident=make_incident(legs=legs)))
        await until(lambda: len(hub.made) == 1)
        closed = legs[0].model_copy(update={"state": "closed", "closed_at": NOON})
        hub.append(ev.LegChanged(incident_id="i-1", revision=2, leg=closed, was=legs[0]))
        await until(lambda: len(hub.made) == 2)

    before, after = tell(story, NEAR, medic).made
    assert {pick.discipline for pick in before.picks} == {"fire", "ems"}
    assert [pick.unit_id for pick in after.picks] == ["M1"]


def override(hub: Hub, unit: Unit) -> None:
    """Send it by override; the fire part is worked from then on."""
    sent = make_assignment(unit, incident_id="i-1", override_reason="asked for by the chief")
    hub.append(ev.UnitAssigned(assignment=sent))
    leg = Leg(discipline="fire", agency_id="ashby-fire", state="active")
    hub.append(ev.LegChanged(incident_id="i-1", revision=2, leg=leg))


def test_what_is_still_open_after_an_override_is_recommended_anew() -> None:
    async def story(hub: Hub) -> None:
        hub.held_policy = MadePolicy([make_plan_row(count=2)])
        await begun(hub)
        override(hub, hub.held.units["E3"])
        await until(lambda: len(hub.made) == 2)

    third = make_unit("E3", home=east(9))
    first, rest = tell(story, NEAR, FAR, third).made
    assert [pick.unit_id for pick in first.picks] == ["E1", "E2"]
    assert [pick.unit_id for pick in rest.picks] == ["E1"]


def test_a_unit_sent_in_addition_leaves_the_slot_open_and_its_pick_displayed() -> None:
    chief = make_unit("CH1", capabilities=("command",), home=east(0.5))

    async def story(hub: Hub) -> None:
        await begun(hub)
        override(hub, chief)
        await until(lambda: len(hub.made) == 2)

    shown = tell(story, NEAR, FAR, chief).made[1]
    assert ([pick.unit_id for pick in shown.picks], len(shown.slots)) == (["E1"], 1)
    assert shown.passed_over[0].reasons[0].code == "assigned"


def test_a_slot_opens_again_when_the_unit_sent_by_override_leaves() -> None:
    async def story(hub: Hub) -> None:
        hub.held_policy = MadePolicy([make_plan_row(count=2)])
        await begun(hub)
        override(hub, FAR)
        await until(lambda: len(hub.made) == 2)
        at = hub.held.recommendations["i-1"].made_at
        gone = ev.AssignmentReleased(assignment_id="a-E2", revision=2, released_at=at)
        hub.append(gone)
        await until(lambda: len(hub.made) == 3)

    assert [len(made.slots) for made in tell(story).made] == [2, 1, 2]


def test_another_is_made_when_a_nearer_unit_comes_free() -> None:
    async def story(hub: Hub) -> None:
        hub.append(ev.UnitAssigned(assignment=make_assignment(NEAR)))
        await begun(hub)
        assert hub.made[0].picks[0].unit_id == "E2"
        released = ev.AssignmentReleased(assignment_id="a-E1", revision=2, released_at=NOON)
        hub.append(released)
        await until(lambda: len(hub.made) == 2)

    assert tell(story).made[1].picks[0].unit_id == "E1"


def test_a_closure_that_changes_nothing_leaves_the_displayed_one() -> None:
    async def story(hub: Hub) -> None:
        await begun(hub)
        hub.append(ev.ClosureOpened(closure=make_closure(state="active")))
        recommender = cast("Recommender", hub.recommender)
        await until(lambda: recommender.kept > 0)

    assert len(tell(story).made) == 1


def test_a_closure_that_costs_seconds_makes_another() -> None:
    async def story(hub: Hub) -> None:
        await begun(hub)
        hub.held.units["E1"] = NEAR.model_copy(update={"home": east(2)})
        hub.append(ev.ClosureOpened(closure=make_closure(state="active")))
        await until(lambda: len(hub.made) == 2)

    first, second = tell(story).made
    assert first.picks[0].travel_s != second.picks[0].travel_s


def test_many_changes_at_once_make_one_in_half_a_second() -> None:
    async def story(hub: Hub) -> None:
        await begun(hub)
        for number in range(20):
            duty: Any = "out_of_service" if number % 2 == 0 else "in_service"
            hub.append(ev.UnitDutyChanged(unit_id="E1", duty=duty, since=NOON))
        hub.append(ev.UnitDutyChanged(unit_id="E1", duty="out_of_service", since=NOON))
        await until(lambda: len(hub.made) == 2)
        await asyncio.sleep(0.05)

    hub = tell(story)
    assert [made.picks[0].unit_id for made in hub.made] == ["E1", "E2"]


def test_estimates_are_replaced_when_the_roads_answer_again() -> None:
    async def story(hub: Hub) -> None:
        hub.roads.rank_answers = False
        await begun(hub)
        assert hub.made[0].picks[0].estimated
        hub.roads.rank_answers = True
        await until(lambda: len(hub.made) == 2)

    assert not tell(story).made[1].picks[0].estimated


def test_a_process_that_does_not_lead_makes_none() -> None:
    async def story(hub: Hub) -> None:
        hub.append(ev.IncidentCreated(incident=make_incident()))
        await asyncio.sleep(0.05)

    assert tell(story, active=False).made == []


def test_one_that_begins_to_lead_advises_whoever_waits() -> None:
    lead_by(waiting(), 1)


def waiting() -> Hub:
    board = Board(units={NEAR.id: NEAR}, incidents={"i-1": make_incident()})
    return Hub(board, MadePolicy([make_plan_row()]), StraightRoads())


def lead_by(hub: Hub, made: int) -> None:
    """Another process begins to lead on this board, until so many are made."""

    async def told() -> None:
        hub.recommender = Recommender(hub)
        await hub.recommender.start()
        try:
            await until(lambda: len(hub.made) == made)
        finally:
            await hub.recommender.stop()

    asyncio.run(told())


def test_a_way_that_was_shut_while_nobody_led_is_not_left_on_display() -> None:
    hub = waiting()
    lead_by(hub, 1)
    (shown,) = hub.made
    (pick,) = shown.picks
    old_way = pick.model_copy(update={"route": (NEAR.home, east(9), SCENE)})
    hub.held.recommendations["i-1"] = shown.model_copy(update={"picks": (old_way,)})
    lead_by(hub, 2)
    assert hub.made[1].picks[0].route == (NEAR.home, SCENE)


def test_one_that_failed_is_made_a_little_later(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = iter([True, True])

    async def computed(known: Any, incident_id: str) -> Recommendation:
        if next(faults, False):
            raise ZeroDivisionError
        return await compute(known, incident_id)

    monkeypatch.setattr(recommender_module, "compute", computed)
    monkeypatch.setattr(recommender_module, "AFTER_FAULT_S", 0.0)
    monkeypatch.setattr(recommender_module, "APART_S", 0.01)
    assert [pick.unit_id for pick in tell(begun).made[0].picks] == ["E1"]


def test_only_the_substance_of_advice_counts() -> None:
    async def story(hub: Hub) -> None:
        await begun(hub)

    (shown,) = tell(story).made
    again = shown.model_copy(update={"id": "other", "board_seq": 99})
    assert is_same_advice(shown, again)
    (pick,) = shown.picks
    assert pick.travel_s is not None
    slower = pick.model_copy(update={"travel_s": pick.travel_s + 30})
    assert not is_same_advice(shown, shown.model_copy(update={"picks": (slower,)}))
    other_way = pick.model_copy(update={"route": (SCENE,)})
    detour = shown.model_copy(update={"picks": (other_way,)})
    assert is_same_advice(shown, detour)
    assert not is_same_advice(shown, detour, routes=True)


def test_another_closure_in_the_way_of_a_unit_passed_over_is_other_advice() -> None:
    async def story(hub: Hub) -> None:
        await begun(hub)

    (shown,) = tell(story).made

    def put_off(text: str) -> Recommendation:
        reason = Reason(code="closure_on_way", text=text)
        passed = PassedOver(
            unit_id="E9",
            agency_id="fire-a",
            discipline="fire",
            travel_s=300.0,
            nearer_than="E1",
            reasons=(reason,),
        )
        return shown.model_copy(update={"passed_over": (passed,)})

    assert is_same_advice(put_off("E9: Mill Rd shut"), put_off("E9: Mill Rd shut"))
    assert not is_same_advice(put_off("E9: Mill Rd shut"), put_off("E9: Dock St shut"))


def test_a_feed_that_falls_silent_is_said_without_any_event(monkeypatch: Any) -> None:
    monkeypatch.setattr(recommender_module, "CHECKED_AFTER_S", 0.1)

    async def story(hub: Hub) -> None:
        await begun(hub)
        hub.held.feeds["511"] = ev.FeedRead(feed_id="511", read_at=NOON, ok=False)
        await until(lambda: len(hub.made) == 2)
        assert "feed 511 is silent" in hub.made[-1].degraded
        await asyncio.sleep(4 * APART_S)
        assert len(hub.made) == 2

    tell(story)


def test_units_that_move_a_little_do_not_replace_what_is_displayed(monkeypatch: Any) -> None:
    monkeypatch.setattr(recommender_module, "CHECKED_AFTER_S", 0.1)

    async def story(hub: Hub) -> None:
        hub.held_fixes["E1"] = Fix(unit_id="E1", at=east(1), received_at=NOON)
        await begun(hub)
        recommender = cast("Recommender", hub.recommender)
        await until(lambda: recommender.kept > 0)  # what waited when it became active is looked at
        hub.held_fixes["E1"] = Fix(unit_id="E1", at=east(1.4), received_at=NOON)
        await asyncio.sleep(3 * APART_S)
        assert len(hub.made) == 1
        hub.held_fixes["E1"] = Fix(unit_id="E1", at=east(2.5), received_at=NOON)
        await until(lambda: len(hub.made) == 2)

    tell(story)


def test_a_region_that_is_still_read_holds_nobody_back_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recommender_module, "REGION_WITHIN_S", 0.05)

    async def story(hub: Hub) -> None:
        hub.held.region = ev.RegionActivated(
            region_version="v2", network_id="net", name="x", time_zone="UTC", border_m=1
        )
        await begun(hub)
        assert "plans of another version" in hub.made[0].degraded

    tell(story)


def test_a_fault_of_its_own_is_tried_again(monkeypatch: Any) -> None:
    monkeypatch.setattr(recommender_module, "_AGAIN_S", 0.2)

    async def story(hub: Hub) -> None:
        policy = hub.held_policy
        hub.held_policy = cast(Any, None)
        hub.append(ev.IncidentCreated(incident=make_incident()))
        await asyncio.sleep(0.1)
        assert hub.made == []
        hub.held_policy = policy
        await until(lambda: len(hub.made) == 1)

    tell(story)
