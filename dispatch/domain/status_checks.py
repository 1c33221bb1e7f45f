"""An officer on scene is asked for a word before long; silence is loud, and grows louder. Pure.

The interval is the agency's own; an answer by radio or on the device begins it anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment, AssignmentStatus
from dispatch.domain.commands import AnswerCheck, FallDue
from dispatch.domain.errors import NotFound, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.timers import LOUDER_AFTER_S, STEPS
from dispatch.domain.values import seconds_between


def check_due_at(
    state: State, agency_id: str, status: AssignmentStatus, after: datetime
) -> datetime | None:
    """When a unit of the agency must be heard of; None while its status asks for no word."""
    interval_s = state.policy.status_check_s.get(agency_id)
    if status != "on_scene" or interval_s is None:
        return None
    return after + timedelta(seconds=interval_s)


def decide_answer_check(state: State, command: AnswerCheck) -> list[Draft]:
    """The officer is well: the interval begins anew.

    Raises:
        NotFound: No such assignment.
        TransitionRefused: Nothing is asked of it.
    """
    assignment = state.board.assignments.get(command.assignment_id)
    if assignment is None:
        raise NotFound(assignment_id=command.assignment_id)
    if not assignment.live or assignment.check_due_at is None:
        raise TransitionRefused(
            f"No status check runs for {assignment.unit_id}.", assignment_id=assignment.id
        )
    body = ev.StatusChecked(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        checked_at=state.now,
        channel=command.channel,
        by=command.actor.account_id,
        check_due_at=check_due_at(state, assignment.agency_id, assignment.status, state.now),
    )
    return [Draft(body=body, audience=assignment.audience)]


def decide_check_due(state: State, command: FallDue) -> list[Draft]:
    """The word did not come in time: loud, unless it came or the unit moved on since."""
    assignment = state.board.assignments.get(command.ref)
    if assignment is None or not _silent(assignment, state.now):
        return []
    due_at = assignment.check_due_at
    assert due_at is not None
    body = ev.StatusCheckMissed(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        step=assignment.checks_missed + 1,
        silent_s=round(seconds_between(due_at, state.now), 1),
    )
    return [Draft(body=body, audience=assignment.audience)]


def _silent(assignment: Assignment, now: datetime) -> bool:
    due_at = assignment.check_due_at
    if not assignment.live or due_at is None or assignment.checks_missed >= STEPS:
        return False
    return due_at + timedelta(seconds=LOUDER_AFTER_S * assignment.checks_missed) <= now
