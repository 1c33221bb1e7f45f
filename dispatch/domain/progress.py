"""How a crew hears of its assignment, answers and moves on, and how its silence grows loud.

Pure. Sending units is in ``assigning``, taking them from one incident for another in ``diverting``.
"""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain import events as ev
from dispatch.domain.agency_statuses import late_step, next_step
from dispatch.domain.assignment import TRANSPORTS, UNDER_WAY, Assignment
from dispatch.domain.commands import (
    AcknowledgeAssignment,
    FallDue,
    ReportReceived,
    RerouteAssignment,
    SetAssignmentStatus,
)
from dispatch.domain.delivery import silence_limits_s
from dispatch.domain.diverting import emptied_leg_drafts, release_draft
from dispatch.domain.errors import InvalidInput, NotFound, RevisionConflict, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.place_corrections import answered_draft, awaits_correction
from dispatch.domain.state import State
from dispatch.domain.status_checks import check_due_at
from dispatch.domain.status_times import is_late, pressed_at, times_with
from dispatch.domain.values import seconds_between


def live_assignment(state: State, assignment_id: str) -> Assignment:
    """The assignment, if it exists; a released one is refused as such by its caller."""
    assignment = state.board.assignments.get(assignment_id)
    if assignment is None:
        raise NotFound(assignment_id=assignment_id)
    return assignment


def _refuse_released(assignment: Assignment) -> None:
    if not assignment.live:
        raise TransitionRefused(
            f"{assignment.unit_id} is released from this incident already.",
            assignment_id=assignment.id,
            status=assignment.status,
        )


def _refuse_stale(assignment: Assignment, revision: int | None) -> None:
    """A device that has not seen the latest assignment must not answer for it."""
    if revision is not None and revision > assignment.revision:
        raise RevisionConflict(assignment_id=assignment.id, revision=assignment.revision)


def decide_report_received(state: State, command: ReportReceived) -> list[Draft]:
    """The device has it, or shows it on a lit screen; each is said once."""
    assignment = live_assignment(state, command.assignment_id)
    known = assignment.seen_at if command.seen else assignment.received_at
    if known is not None or not assignment.live:
        return []
    body = ev.AssignmentReceived(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        received_at=assignment.received_at or state.now,
        seen_at=state.now if command.seen else None,
    )
    return [Draft(body=body, audience=assignment.audience)]


def _acknowledged(
    state: State, assignment: Assignment, channel: str, by: str, revision: int
) -> Draft:
    body = ev.AssignmentAcknowledged(
        assignment_id=assignment.id,
        revision=revision,
        acknowledged_at=state.now,
        channel="voice" if channel == "voice" else "device",
        by=by,
    )
    return Draft(body=body, audience=assignment.audience)


def decide_acknowledge(state: State, command: AcknowledgeAssignment) -> list[Draft]:
    """Acknowledged by device or voice, each thing once: that it is sent, and a corrected address.

    A device that has not seen the corrected address answers for what it was sent to alone.
    """
    assignment = live_assignment(state, command.assignment_id)
    _refuse_released(assignment)
    _refuse_stale(assignment, command.revision)
    drafts, revision = [], assignment.revision
    if assignment.acknowledged_at is None:
        revision += 1
        by = command.actor.account_id
        drafts.append(_acknowledged(state, assignment, command.channel, by, revision))
    voice = command.channel == "voice"
    seen = assignment.revision if command.revision is None and voice else command.revision or 0
    if awaits_correction(assignment, seen):
        drafts.append(answered_draft(state, assignment, command.channel, revision + 1))
    return drafts


def decide_set_assignment_status(state: State, command: SetAssignmentStatus) -> list[Draft]:
    """The next status, if the agency's transitions allow it; moving acknowledges what was silent.

    An agency with codes of its own goes by them, any other by the common core's table. The same
    status again changes nothing, so a device may repeat what it is not sure of. What a device says
    to have happened before the present status leaves that as it is (``status_times``).

    Raises:
        TransitionRefused: It cannot follow the present one; ``allowed`` says what can.
        InvalidInput: The agency has no such code.
    """
    assignment = live_assignment(state, command.assignment_id)
    happened_at = pressed_at(assignment, command.device_at, state.now)
    if is_late(assignment, happened_at):
        return _late_status(state, assignment, command)
    if not command.code and assignment.status == command.status:
        return []
    if command.code and not assignment.live and assignment.agency_code == command.code:
        return []
    _refuse_released(assignment)
    _refuse_stale(assignment, command.revision)
    step = next_step(state, assignment, command.status, command.code)
    if step == (assignment.status, assignment.agency_code):
        return []
    if command.hospital_id is not None and step.status not in TRANSPORTS:
        raise InvalidInput("Only a transport goes to a hospital.", field="hospital_id")
    drafts: list[Draft] = []
    revision = assignment.revision
    if assignment.acknowledged_at is None and step.status != "cleared":
        revision += 1
        channel = "device" if command.actor.role == "responder" else "voice"
        by = command.actor.account_id
        drafts.append(_acknowledged(state, assignment, channel, by, revision))
    if step.status == "cleared":
        release = release_draft(assignment, state.now, command.reason, agency_code=step.agency_code)
        drafts.append(release)
        incident = state.board.incidents.get(assignment.incident_id)
        if incident is not None:
            drafts += emptied_leg_drafts(state, incident, {assignment.id}, incident.revision)
        return drafts
    body = ev.AssignmentStatusChanged(
        assignment_id=assignment.id,
        revision=revision + 1,
        status=step.status,
        status_at=state.now,
        device_at=command.device_at,
        check_due_at=check_due_at(state, assignment.agency_id, step.status, state.now),
        was=assignment.status,
        was_since=assignment.status_at,
        hospital_id=command.hospital_id,
        agency_code=step.agency_code,
        was_agency_code=assignment.agency_code,
        times=times_with(assignment, step.status, step.agency_code, happened_at, state.now),
    )
    drafts.append(Draft(body=body, audience=assignment.audience))
    return drafts


def _late_status(state: State, assignment: Assignment, command: SetAssignmentStatus) -> list[Draft]:
    """Put what the device brings late where it happened; the status that stands stays.

    Clear is not put back: whoever set a later status since has the unit at work.

    Raises:
        TransitionRefused: The crew was clear then, and a later status stands.
    """
    step = late_step(state, assignment, command.status, command.code)
    if step.status == "cleared":
        if not assignment.live:
            return []
        raise TransitionRefused(
            f"{assignment.unit_id} was set {assignment.status} after that: clear it again.",
            assignment_id=assignment.id,
            status=assignment.status,
        )
    at = command.device_at
    if any((t.status, t.at) == (step.status, at) for t in assignment.status_times):
        return []
    drafts: list[Draft] = []
    revision = assignment.revision
    if assignment.acknowledged_at is None and assignment.live:
        revision += 1
        by = command.actor.account_id
        drafts.append(_acknowledged(state, assignment, "device", by, revision))
    body = ev.AssignmentStatusChanged(
        assignment_id=assignment.id,
        revision=revision + 1,
        status=step.status,
        status_at=state.now,
        device_at=at,
        check_due_at=assignment.check_due_at,
        agency_code=step.agency_code,
        late=True,
        times=times_with(assignment, step.status, step.agency_code, at, state.now, late=True),
    )
    drafts.append(Draft(body=body, audience=assignment.audience))
    return drafts


def decide_reroute(state: State, command: RerouteAssignment) -> list[Draft]:
    """Another way for a crew that still drives there; nothing where it moved on since."""
    assignment = state.board.assignments.get(command.assignment_id)
    if assignment is None or not assignment.live or assignment.status not in UNDER_WAY:
        return []
    body = ev.AssignmentRerouted(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        route=command.route,
        travel_s=command.travel_s,
        turns_waived=command.turns_waived,
        cut=command.cut,
        gain_s=command.gain_s,
        closure_id=command.closure_id,
        reason=command.reason,
        rerouted_at=state.now,
    )
    return [Draft(body=body, audience=assignment.audience)]


def decide_unacknowledged(state: State, command: FallDue) -> list[Draft]:
    """The next step of loudness, unless the crew has answered or was released since."""
    assignment = state.board.assignments.get(command.ref)
    if assignment is None or not assignment.live or assignment.acknowledged_at is not None:
        return []
    limits_s = silence_limits_s(state.policy.channels.get(assignment.agency_id, ()))
    step = assignment.escalation + 1
    if step > len(limits_s):
        return []
    next_at = None
    if step < len(limits_s):
        next_at = state.now + timedelta(seconds=limits_s[step] - limits_s[step - 1])
    body = ev.AssignmentEscalated(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        step=step,
        silent_s=round(seconds_between(assignment.assigned_at, state.now), 1),
        ack_due_at=next_at,
    )
    return [Draft(body=body, audience=assignment.audience)]
