"""What falls due later because of an event: closures that begin or end, silence that grows loud."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from dispatch.domain import events as ev
from dispatch.domain.events import Event
from dispatch.domain.incident import Incident, Schedule

DueKind = Literal[
    "closure_begins",
    "closure_pauses",
    "closure_ends",
    "unacknowledged",
    "place_correction",
    "status_check",
    "staffing",
    "hold_over",
    "schedule",
    "par",
    "transfer",
    "bolo",
]

LOUDER_AFTER_S = 30.0
STEPS = 3
"""A missed status check: alarm on the console, again, then the supervisor's; then it stays red."""


class Due(NamedTuple):
    """At ``at`` the leader gives the command that looks at ``ref`` again."""

    at: datetime
    kind: DueKind
    ref: str


def due_after(event: Event) -> list[Due]:
    """What this event makes fall due, in time order. Whether it still matters is decided then."""
    body = event.body
    if isinstance(body, ev.ClosureOpened):
        closure = body.closure
        ends = [Due(closure.ends_at, "closure_ends", closure.id)]
        if closure.state == "planned":
            begins_at = closure.changes_at or closure.begins_at
            return [Due(begins_at, "closure_begins", closure.id), *ends]
        if closure.changes_at is not None:
            return [Due(closure.changes_at, "closure_pauses", closure.id), *ends]
        return ends
    if isinstance(body, ev.ClosureBegan):
        return [Due(body.until, "closure_pauses", body.closure_id)] if body.until else []
    if isinstance(body, ev.ClosurePaused):
        return [Due(body.until, "closure_begins", body.closure_id)]
    if isinstance(body, ev.UnitAssigned):
        sent = body.assignment
        due = _silence(sent.ack_due_at, sent.id) + _check(sent.check_due_at, sent.id)
        staffed = sent.staff_due_at
        return due + ([] if staffed is None else [Due(staffed, "staffing", sent.id)])
    if isinstance(body, ev.AssignmentStatusChanged) and body.late:
        return []
    if isinstance(body, ev.AssignmentStatusChanged | ev.StatusChecked):
        return _check(body.check_due_at, body.assignment_id)
    if isinstance(body, ev.StatusCheckMissed) and body.step < STEPS:
        louder = event.at + timedelta(seconds=LOUDER_AFTER_S)
        return _check(louder, body.assignment_id)
    if isinstance(body, ev.AssignmentCorrected):
        return _check(body.check_due_at, body.assignment_id)
    if isinstance(body, ev.TransferSet) and body.transfer.state == "offered":
        return [Due(body.transfer.due_at, "transfer", body.call_id)]
    if isinstance(body, ev.IncidentHeld) and body.hold is not None:
        return [Due(body.hold.until, "hold_over", body.incident_id)]
    if isinstance(body, ev.IncidentScheduled):
        return _scheduled(body.schedule, body.incident_id)
    if isinstance(body, ev.IncidentCreated):
        return _scheduled(body.incident.schedule, body.incident.id)
    if isinstance(body, ev.IncidentReopened):
        return _of_incident(body.incident)
    if isinstance(body, ev.IncidentMerged):
        return _of_incident(body.incident)
    if isinstance(body, ev.IncidentUnmerged):
        return _of_incident(body.incident) + _of_incident(body.other)
    if isinstance(body, ev.BenchmarkReached) and body.par_due_at is not None:
        return [Due(body.par_due_at, "par", body.incident_id)]
    if isinstance(body, ev.ParMissed) and body.step < STEPS:
        louder = event.at + timedelta(seconds=LOUDER_AFTER_S)
        return [Due(louder, "par", body.incident_id)]
    if isinstance(body, ev.BoloIssued):
        return [Due(body.bolo.expires_at, "bolo", body.bolo.id)]
    if isinstance(body, ev.AssignmentPlaceCorrected):
        due_at = body.correction.due_at
        return [] if due_at is None else [Due(due_at, "place_correction", body.assignment_id)]
    if isinstance(body, ev.AssignmentEscalated):
        return _silence(body.ack_due_at, body.assignment_id)
    return []


def _of_incident(incident: Incident) -> list[Due]:
    """What falls due of an incident that stands anew. Said twice, it still happens once."""
    par = [] if incident.par_due_at is None else [Due(incident.par_due_at, "par", incident.id)]
    hold = incident.hold
    over = [] if hold is None or hold.over else [Due(hold.until, "hold_over", incident.id)]
    return par + over + _scheduled(incident.schedule, incident.id)


def _scheduled(schedule: Schedule | None, incident_id: str) -> list[Due]:
    if schedule is None or schedule.due:
        return []
    return [Due(schedule.pending_at, "schedule", incident_id)]


def _check(at: datetime | None, assignment_id: str) -> list[Due]:
    return [] if at is None else [Due(at, "status_check", assignment_id)]


def _silence(at: datetime | None, assignment_id: str) -> list[Due]:
    return [] if at is None else [Due(at, "unacknowledged", assignment_id)]
