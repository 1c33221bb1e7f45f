"""Incidents that are wanted later, and the units that are kept for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain import events as ev
from dispatch.domain.errors import (
    InvalidInput,
    NotFound,
    OverrideNeedsReason,
    UnitsStillAssigned,
)
from dispatch.domain.recommendation import Reason
from dispatch.domain.reservations import collides, kept_until, reservations_of, short_number
from dispatch.domain.stage_clock import stage_clock
from dispatch.domain.timers import due_after
from dispatch.domain.unit import status_of
from dispatch.domain.values import HUB_ACTOR
from dispatch.interop.paper_board import paper_source
from tests.factories import (
    DISPATCHER,
    NOON,
    World,
    assign,
    make_recommendation,
    make_unit,
    take_call,
)

AT_TWO = NOON + timedelta(hours=2)
LEAD_S = 900.0


def floor() -> World:
    """i2 is wanted later, i1 is now; three engines are free."""
    world = World(*(make_unit(unit_id) for unit_id in ("E1", "E2", "E3")))
    world.give(take_call("c1", incident_id="i1", call_id="call-1"))
    world.give(take_call("c2", incident_id="i2", call_id="call-2"))
    return world


def schedule(wanted_at: datetime | None = AT_TWO, **over: Any) -> cmd.ScheduleIncident:
    fields = {
        "command_id": "sc",
        "actor": DISPATCHER,
        "incident_id": "i2",
        "wanted_at": wanted_at,
        "unit_ids": ("E1",),
    }
    return cmd.ScheduleIncident.model_validate(fields | over)


def fall_due(ref: str = "i2") -> cmd.FallDue:
    return cmd.FallDue(
        command_id="due-1", actor=HUB_ACTOR, due_id=1, kind="schedule", ref=ref, fence=0
    )


def send(unit_id: str, incident_id: str = "i1", **over: Any) -> cmd.AssignUnits:
    new = cmd.NewAssignment(assignment_id=f"a-{unit_id}-{incident_id}", unit_id=unit_id)
    return assign(f"send-{unit_id}-{incident_id}", incident_id=incident_id, units=(new,), **over)


def test_a_scheduled_call_dispatches_no_unit() -> None:
    world = floor()
    world.give(schedule())
    incident = world.board.incidents["i2"]
    assert incident.scheduled
    assert not incident.pending
    assert world.board.assignments == {}
    assert status_of(world.board.units["E1"], world.board.live_of_unit("E1")) == "AV"


def test_it_is_pending_its_lead_before_its_time() -> None:
    world = floor()
    event = world.give(schedule())[-1]
    due_at = AT_TWO - timedelta(seconds=LEAD_S)
    assert [(d.kind, d.at, d.ref) for d in due_after(event)] == [("schedule", due_at, "i2")]
    assert world.give(fall_due()) == []
    world.later((due_at - NOON).total_seconds())
    assert isinstance(world.give(fall_due())[0].body, ev.ScheduleDue)
    assert world.board.incidents["i2"].pending
    assert world.give(fall_due()) == []


def test_a_clock_that_was_set_back_meanwhile_loses_no_scheduled_call() -> None:
    world = floor()
    (due,) = due_after(world.give(schedule())[-1])
    found = fall_due().model_copy(update={"due_at": due.at})
    assert isinstance(world.give(found)[0].body, ev.ScheduleDue)
    assert world.board.incidents["i2"].pending


def test_the_lead_is_the_agencys_own() -> None:
    world = floor()
    agency_id = world.board.incidents["i2"].legs[0].agency_id
    assert agency_id is not None
    world.state.policy = cmd.Policy(local_year=2026, scheduled_lead_s={agency_id: 3600.0})
    world.give(schedule())
    planned = world.board.incidents["i2"].schedule
    assert planned is not None
    assert planned.pending_at == AT_TWO - timedelta(hours=1)


def test_one_that_was_put_off_is_not_due_at_its_old_time() -> None:
    world = floor()
    world.give(schedule())
    world.give(schedule(AT_TWO + timedelta(hours=3), command_id="again"))
    world.later(2 * 3600)
    assert world.give(fall_due()) == []


def test_within_its_lead_it_waits_at_once() -> None:
    world = floor()
    event = world.give(schedule(NOON + timedelta(minutes=5)))[-1]
    assert world.board.incidents["i2"].pending
    assert due_after(event) == []


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"wanted_at": NOON}, InvalidInput),
        ({"wanted_at": NOON - timedelta(minutes=1)}, InvalidInput),
        ({"wanted_at": NOON + timedelta(days=32)}, InvalidInput),
        ({"unit_ids": ("E9",)}, NotFound),
        ({"unit_ids": ("E1", "E1")}, InvalidInput),
    ],
)
def test_a_time_that_is_past_and_units_that_there_are_not_are_refused(
    over: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        floor().give(schedule(**over))


def test_what_is_being_worked_is_not_for_later() -> None:
    world = floor()
    world.give(send("E2", "i2"))
    with pytest.raises(UnitsStillAssigned):
        world.give(schedule())


def test_a_call_is_taken_for_a_later_time() -> None:
    world = floor()
    made = world.give(take_call("c3", incident_id="i3", call_id="call-3", wanted_at=AT_TWO))
    assert world.board.incidents["i3"].scheduled
    created = next(e for e in made if isinstance(e.body, ev.IncidentCreated))
    assert [d.kind for d in due_after(created)] == ["schedule"]
    clock = stage_clock(
        world.board.calls["call-3"], world.board.incidents["i3"], lambda stage: 60.0
    )
    assert not any(mark.late(NOON + timedelta(hours=1)) for mark in clock)


def test_a_call_of_an_outage_whose_time_is_past_is_wanted_at_once() -> None:
    world = floor()
    over = {"incident_id": "i3", "call_id": "call-3", "wanted_at": NOON - timedelta(minutes=5)}
    with pytest.raises(InvalidInput):
        world.give(take_call("c3", **over))
    world.give(take_call("c4", received_at=NOON - timedelta(hours=1), **over))
    assert world.board.incidents["i3"].pending


def test_a_kept_unit_goes_elsewhere_with_a_reason_alone_and_that_is_told() -> None:
    world = floor()
    world.give(schedule(NOON + timedelta(minutes=30)))
    made = make_recommendation("i1", "E1", id="r1")
    world.give(cmd.FreezeRecommendation(command_id="freeze", actor=HUB_ACTOR, recommendation=made))
    plain = send("E1", recommendation_id="r1", override_reason=None)
    with pytest.raises(OverrideNeedsReason) as refused:
        world.give(plain)
    assert world.board.incidents["i2"].number in str(refused.value)
    events = world.give(send("E1", recommendation_id="r1", override_reason="nearest by far"))
    lost = next(e.body for e in events if isinstance(e.body, ev.ReservationLost))
    assert (lost.incident_id, lost.lost.unit_id) == ("i2", "E1")
    planned = world.board.incidents["i2"].schedule
    assert planned is not None
    assert planned.unit_ids == ()
    assert planned.lost[0].number == world.board.incidents["i1"].number
    assert planned.lost[0].reason
    world.give(schedule(unit_ids=("E2",), command_id="anew"))
    dealt_with = world.board.incidents["i2"].schedule
    assert dealt_with is not None
    assert dealt_with.lost == ()


def test_what_the_shown_recommendation_says_of_a_reservation_needs_no_further_reason() -> None:
    world = floor()
    world.give(schedule(NOON + timedelta(minutes=30)))
    made = make_recommendation("i1", "E1", id="r1")
    label = Reason(code="reserved", text="reserved 12:30 #2")
    picks = tuple(pick.model_copy(update={"reasons": (label,)}) for pick in made.picks)
    made = made.model_copy(update={"picks": picks})
    world.give(cmd.FreezeRecommendation(command_id="freeze", actor=HUB_ACTOR, recommendation=made))
    events = world.give(send("E1", recommendation_id="r1", override_reason=None))
    assert any(isinstance(e.body, ev.ReservationLost) for e in events)


def test_a_unit_that_will_be_back_in_time_keeps_its_reservation() -> None:
    world = floor()
    world.give(schedule(NOON + timedelta(hours=5)))
    events = world.give(send("E1", override_reason="nearest"))
    assert not any(isinstance(e.body, ev.ReservationLost) for e in events)
    planned = world.board.incidents["i2"].schedule
    assert planned is not None
    assert planned.unit_ids == ("E1",)


def test_sending_the_kept_unit_early_works_it_and_taking_back_schedules_it_again() -> None:
    world = floor()
    world.give(schedule(unit_ids=("E1", "E2")))
    before = world.board.incidents["i2"].schedule
    command = send("E1", "i2", override_reason="ready early")
    world.give(command)
    planned = world.board.incidents["i2"].schedule
    assert planned is not None
    assert (planned.due, planned.unit_ids) == (True, ("E2",))
    world.give(cmd.Undo(command_id="u", actor=DISPATCHER, undone_id=command.command_id))
    assert world.board.incidents["i2"].schedule == before


def test_taking_back_what_took_a_reservation_gives_it_back() -> None:
    world = floor()
    world.give(schedule(NOON + timedelta(minutes=30), unit_ids=("E1", "E2")))
    both = tuple(cmd.NewAssignment(assignment_id=f"a-{u}", unit_id=u) for u in ("E1", "E2"))
    world.give(assign("both", incident_id="i1", units=both, override_reason="fire"))
    world.give(cmd.Undo(command_id="u", actor=DISPATCHER, undone_id="both"))
    planned = world.board.incidents["i2"].schedule
    assert planned is not None
    assert sorted(planned.unit_ids) == ["E1", "E2"]
    assert planned.lost == ()


def test_no_longer_scheduled_it_waits_from_now_on_and_keeps_nobody() -> None:
    world = floor()
    world.give(schedule())
    world.later(60)
    world.give(schedule(None, unit_ids=(), command_id="now"))
    incident = world.board.incidents["i2"]
    assert incident.pending
    assert incident.schedule is not None
    assert incident.schedule.pending_at == NOON + timedelta(minutes=1)
    assert reservations_of(world.board.incidents.values()) == {}


def merge(kept: str, other: str) -> cmd.MergeIncidents:
    return cmd.MergeIncidents(
        command_id="m",
        actor=DISPATCHER,
        incident_id=kept,
        other_id=other,
        note_id="n",
        reason="same patient",
    )


@pytest.mark.parametrize(("kept", "other"), [("i1", "i2"), ("i2", "i1")])
def test_what_is_wanted_now_is_never_hidden_by_merging_it_with_a_later_one(
    kept: str, other: str
) -> None:
    world = floor()
    world.give(schedule())
    world.give(merge(kept, other))
    merged = world.board.incidents[kept]
    assert merged.pending
    assert merged.schedule is not None
    assert merged.schedule.unit_ids == ("E1",)
    command = cmd.UnmergeIncidents(
        command_id="um", actor=DISPATCHER, incident_id=kept, other_id=other, note_id="n2"
    )
    world.give(command)
    assert world.board.incidents["i2"].scheduled
    assert world.board.incidents["i1"].schedule is None


def test_the_first_of_two_reservations_counts_and_the_window_is_exact() -> None:
    world = floor()
    world.give(schedule())
    world.give(schedule(AT_TWO - timedelta(hours=1), incident_id="i1", command_id="first"))
    kept = reservations_of(world.board.incidents.values())["E1"]
    assert kept.incident_id == "i1"
    leaves_at = NOON + timedelta(seconds=4000)
    assert not collides(leaves_at, NOON, 400.0, 3600.0)
    assert collides(leaves_at, NOON, 401.0, 3600.0)
    zone = ZoneInfo("America/New_York")
    assert kept_until(kept, zone, NOON) == f"{kept.wanted_at.astimezone(zone):%H:%M}"
    assert "/" in kept_until(kept, zone, NOON - timedelta(days=2))
    assert [short_number(n) for n in ("2026-001042", "2026-12", "2026-112042")] == [
        "1042",
        "12",
        "112042",
    ]


def test_the_paper_board_says_when_it_is_wanted_and_who_is_kept() -> None:
    world = floor()
    world.give(schedule())
    page = paper_source(world.board.snapshot(), NOON, "UTC")
    assert f"SCHEDULED {AT_TWO:%Y-%m-%d %H:%M}, keeps E1" in page
    assert page.index("SCHEDULED") > page.index("WAITS")
