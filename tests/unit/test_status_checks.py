"""Status checks: when a crew must be heard of, and how its silence grows loud."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment
from dispatch.domain.commands import AnswerCheck, FallDue, Policy, SetAssignmentStatus
from dispatch.domain.decide import decide
from dispatch.domain.errors import TransitionRefused
from dispatch.domain.state import State
from dispatch.domain.timers import LOUDER_AFTER_S, STEPS, due_after
from dispatch.domain.values import HUB_ACTOR
from tests.factories import DISPATCHER, NOON

POLICY = Policy(local_year=2026, status_check_s={"law-a": 600.0})
LATER = NOON + timedelta(seconds=600)


def make_event(body: ev.EventBody) -> ev.Event:
    return ev.Event(
        seq=1, at=NOON, actor="dana", command_id="c1", audience=("*",), body=body
    )  # fmt: skip


def state_of(now: object = NOON, **over: object) -> State:
    state = State(now=now, policy=POLICY)  # type: ignore[arg-type]  # a time of the tests
    fields = {
        "id": "a-P1",
        "incident_id": "i1",
        "unit_id": "P1",
        "agency_id": "law-a",
        "discipline": "law",
        "status": "on_scene",
        "status_at": NOON,
        "assigned_at": NOON,
        "assigned_by": "dana",
        "acknowledged_at": NOON,
        "audience": ("law-a",),
    }
    assignment = Assignment.model_validate(fields | over)
    state.board.assignments[assignment.id] = assignment
    return state


def falls_due(state: State) -> list[ev.EventBody]:
    (assignment_id,) = state.board.assignments
    command = FallDue(
        command_id="due-1", actor=HUB_ACTOR, due_id=1, kind="status_check", ref=assignment_id,
        fence=0,
    )  # fmt: skip
    return [draft.body for draft in decide(state, command)]


def test_coming_on_scene_starts_the_check_of_the_agencies_that_ask() -> None:
    state = state_of(status="enroute")
    (assignment,) = state.board.assignments.values()
    command = SetAssignmentStatus(
        command_id="on-scene", actor=DISPATCHER, assignment_id=assignment.id, status="on_scene"
    )
    moved = decide(state, command)[-1].body
    assert isinstance(moved, ev.AssignmentStatusChanged)
    assert moved.check_due_at == LATER
    (due,) = due_after(make_event(moved))
    assert (due.at, due.kind, due.ref) == (LATER, "status_check", assignment.id)


def test_an_agency_that_does_not_ask_has_no_check() -> None:
    state = state_of(status="enroute", agency_id="fire-a", discipline="fire")
    (assignment,) = state.board.assignments.values()
    command = SetAssignmentStatus(
        command_id="on-scene", actor=DISPATCHER, assignment_id=assignment.id, status="on_scene"
    )
    moved = decide(state, command)[-1].body
    assert isinstance(moved, ev.AssignmentStatusChanged)
    assert moved.check_due_at is None


def test_silence_is_loud_when_the_time_is_over_and_not_before() -> None:
    assert falls_due(state_of(NOON, check_due_at=LATER)) == []
    (missed,) = falls_due(state_of(LATER, check_due_at=LATER))
    assert isinstance(missed, ev.StatusCheckMissed)
    assert missed.step == 1


def test_silence_grows_louder_up_to_the_supervisor_and_then_stays() -> None:
    louder = LATER + timedelta(seconds=LOUDER_AFTER_S)
    (again,) = falls_due(state_of(louder, check_due_at=LATER, checks_missed=1))
    assert isinstance(again, ev.StatusCheckMissed)
    assert again.step == 2
    assert due_after(make_event(again))
    later = LATER + timedelta(hours=1)
    assert falls_due(state_of(later, check_due_at=LATER, checks_missed=STEPS)) == []


def test_an_answer_begins_the_time_anew() -> None:
    state = state_of(LATER, check_due_at=LATER, checks_missed=2)
    (assignment,) = state.board.assignments.values()
    answer = AnswerCheck(
        command_id="answer-1", actor=DISPATCHER, assignment_id=assignment.id, channel="voice"
    )
    checked = decide(state, answer)[0].body
    assert isinstance(checked, ev.StatusChecked)
    assert checked.check_due_at == LATER + timedelta(seconds=600)


def test_whoever_left_the_scene_is_not_asked() -> None:
    assert falls_due(state_of(LATER, check_due_at=None)) == []
    state = state_of(LATER, check_due_at=None)
    (assignment,) = state.board.assignments.values()
    answer = AnswerCheck(
        command_id="answer-1", actor=DISPATCHER, assignment_id=assignment.id, channel="voice"
    )
    with pytest.raises(TransitionRefused):
        decide(state, answer)
