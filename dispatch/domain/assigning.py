"""How units are sent, acknowledge, move and are released, and how silence grows loud. Pure."""

from __future__ import annotations

from dispatch.domain import events as ev
from dispatch.domain.assignment import TRANSITIONS, UNDER_WAY, Assignment
from dispatch.domain.commands import (
    AcknowledgeAssignment,
    AssignUnits,
    FallDue,
    ReportReceived,
    RerouteAssignment,
    SetAssignmentStatus,
    SetUnitDuty,
    StartOfficerWork,
)
from dispatch.domain.errors import (
    InvalidInput,
    NotFound,
    OverrideNeedsReason,
    RecommendationChanged,
    RevisionConflict,
    TransitionRefused,
    UnitNotAvailable,
)
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.intake import new_incident, note_draft
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.state import State
from dispatch.domain.status_checks import check_due_at
from dispatch.domain.timers import ACK_LIMITS_S
from dispatch.domain.unit import Unit
from dispatch.domain.values import audience_of, seconds_between
from dispatch.domain.working import case_number_draft, open_incident, share_drafts


def available_unit(state: State, unit_id: str) -> Unit:
    """The unit, if it can be sent now.

    Raises:
        NotFound: There is no such unit.
        UnitNotAvailable: It is on another incident (``holder``) or out of service.
    """
    unit = state.board.units.get(unit_id)
    if unit is None:
        raise NotFound(f"There is no unit {unit_id}.", unit_id=unit_id)
    live = state.board.live_of_unit(unit_id)
    if live is not None:
        holder = state.board.incidents.get(live.incident_id)
        number = holder.number if holder else live.incident_id
        raise UnitNotAvailable(
            f"{unit_id} is on {number}, sent by {live.assigned_by}.",
            unit_id=unit_id,
            incident_id=live.incident_id,
            incident_number=number,
            assigned_by=live.assigned_by,
        )
    if unit.duty != "in_service":
        raise UnitNotAvailable(
            f"{unit_id} is out of service: {unit.duty_reason or 'no reason given'}.",
            unit_id=unit_id,
        )
    return unit


def decide_assign_units(state: State, command: AssignUnits) -> list[Draft]:
    """Send all of the units or none. Each leg gets its first unit, each agency its case number."""
    incident = open_incident(state, command.incident_id)
    if len({new.unit_id for new in command.units}) != len(command.units):
        raise InvalidInput("A unit is named twice.", field="units")
    advice = _accepted(state, command, incident)
    picks = {pick.unit_id: pick for pick in advice.picks} if advice else {}
    outside = [new.unit_id for new in command.units if new.unit_id not in picks]
    if outside and not command.override_reason:
        raise OverrideNeedsReason(
            f"{', '.join(outside)} is not recommended; give a reason.", units=outside
        )
    units = [available_unit(state, new.unit_id) for new in command.units]
    audience = audience_of(*incident.audience, *(unit.agency_id for unit in units))
    drafts = share_drafts(incident, audience, state.board.live_of_incident(incident.id))
    for new, unit in zip(command.units, units, strict=True):
        assignment = Assignment(
            id=new.assignment_id,
            incident_id=incident.id,
            unit_id=unit.id,
            agency_id=unit.agency_id,
            discipline=unit.discipline,
            status_at=state.now,
            assigned_at=state.now,
            assigned_by=command.actor.account_id,
            recommendation_id=advice.id if advice else None,
            override_reason=command.override_reason if unit.id in outside else None,
            travel_s=picks[unit.id].travel_s if unit.id in picks else new.travel_s,
            route=picks[unit.id].route if unit.id in picks else new.route,
            audience=audience,
        )
        drafts.append(Draft(body=ev.UnitAssigned(assignment=assignment), audience=audience))
    return drafts + involvement_drafts(state, incident, units, audience)


def _accepted(state: State, command: AssignUnits, incident: Incident) -> Recommendation | None:
    """The recommendation that the dispatcher accepts: the displayed one, or a refusal."""
    current = state.board.recommendations.get(incident.id)
    if command.recommendation_id is None:
        return None
    if current is None or current.id != command.recommendation_id:
        raise RecommendationChanged(
            incident_id=incident.id,
            current_id=current.id if current else None,
            current_units=[pick.unit_id for pick in current.picks] if current else [],
        )
    return current


def involvement_drafts(
    state: State, incident: Incident, units: list[Unit], audience: tuple[str, ...]
) -> list[Draft]:
    """Legs that become active with these units, and automatic case numbers of their agencies."""
    drafts: list[Draft] = []
    revision = incident.revision
    legs = {leg.discipline: leg for leg in incident.legs}
    for unit in units:
        leg = legs.get(unit.discipline)
        if leg is not None and leg.state == "active":
            continue
        revision += 1
        active = (leg or Leg(discipline=unit.discipline, agency_id=unit.agency_id)).model_copy(
            update={
                "state": "active",
                "first_assigned_at": state.now,
                "closed_at": None,
                "disposition": None,
            }
        )
        legs[unit.discipline] = active
        body = ev.LegChanged(incident_id=incident.id, revision=revision, leg=active)
        drafts.append(Draft(body=body, audience=audience))
    widened = incident.model_copy(update={"audience": audience})
    for agency_id in dict.fromkeys(unit.agency_id for unit in units):
        automatic = state.policy.case_policy.get(agency_id) == "automatic"
        if automatic and agency_id not in incident.case_numbers:
            revision += 1
            drafts.append(case_number_draft(state, widened, agency_id, revision))
    return drafts


def decide_start_officer_work(state: State, command: StartOfficerWork) -> list[Draft]:
    """An incident that begins on scene with the unit that found it: no call, no recommendation."""
    unit = available_unit(state, command.unit_id)
    incident = new_incident(
        state,
        incident_id=command.incident_id,
        incident_type=command.incident_type,
        priority=None,
        place=command.place,
        advice=command.advice,
        created_at=state.now,
        officer_initiated=True,
    )
    audience = audience_of(*incident.audience, unit.agency_id)
    own_leg = Leg(
        discipline=unit.discipline,
        agency_id=unit.agency_id,
        state="active",
        first_assigned_at=state.now,
    )
    incident = incident.model_copy(update={"audience": audience, "legs": (own_leg,)})
    assignment = Assignment(
        id=command.assignment_id,
        incident_id=incident.id,
        unit_id=unit.id,
        agency_id=unit.agency_id,
        discipline=unit.discipline,
        status="on_scene",
        status_at=state.now,
        assigned_at=state.now,
        assigned_by=command.actor.account_id,
        received_at=state.now,
        acknowledged_at=state.now,
        acknowledged_by="voice",
        check_due_at=check_due_at(state, unit.agency_id, "on_scene", state.now),
        audience=audience,
    )
    drafts = [
        Draft(body=ev.IncidentCreated(incident=incident), audience=audience),
        Draft(body=ev.UnitAssigned(assignment=assignment), audience=audience),
    ]
    if command.note:
        author = command.actor.account_id
        drafts.append(note_draft(state, incident, command.note_id, command.note, author))
    return drafts


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
    """The device has it; said once."""
    assignment = live_assignment(state, command.assignment_id)
    if assignment.received_at is not None or not assignment.live:
        return []
    body = ev.AssignmentReceived(
        assignment_id=assignment.id, revision=assignment.revision + 1, received_at=state.now
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
    """Acknowledged by device or voice; a second acknowledgement adds nothing."""
    assignment = live_assignment(state, command.assignment_id)
    _refuse_released(assignment)
    _refuse_stale(assignment, command.revision)
    if assignment.acknowledged_at is not None:
        return []
    by = command.actor.account_id
    return [_acknowledged(state, assignment, command.channel, by, assignment.revision + 1)]


def decide_set_assignment_status(state: State, command: SetAssignmentStatus) -> list[Draft]:
    """The next status, if the table of transitions allows it; moving acknowledges what was silent.

    The same status again changes nothing, so a device may repeat what it is not sure of.
    """
    assignment = live_assignment(state, command.assignment_id)
    if assignment.status == command.status:
        return []
    _refuse_released(assignment)
    _refuse_stale(assignment, command.revision)
    if command.status not in TRANSITIONS[assignment.status]:
        raise TransitionRefused(
            f"{assignment.unit_id} is {assignment.status}; {command.status} cannot follow.",
            assignment_id=assignment.id,
            status=assignment.status,
            allowed=sorted(TRANSITIONS[assignment.status]),
        )
    drafts: list[Draft] = []
    revision = assignment.revision
    if assignment.acknowledged_at is None and command.status != "cleared":
        revision += 1
        channel = "device" if command.actor.role == "responder" else "voice"
        by = command.actor.account_id
        drafts.append(_acknowledged(state, assignment, channel, by, revision))
    body: ev.AssignmentReleased | ev.AssignmentStatusChanged
    if command.status == "cleared":
        body = ev.AssignmentReleased(
            assignment_id=assignment.id,
            revision=revision + 1,
            released_at=state.now,
            reason=command.reason,
        )
    else:
        body = ev.AssignmentStatusChanged(
            assignment_id=assignment.id,
            revision=revision + 1,
            status=command.status,
            status_at=state.now,
            device_at=command.device_at,
            check_due_at=check_due_at(state, assignment.agency_id, command.status, state.now),
        )
    drafts.append(Draft(body=body, audience=assignment.audience))
    return drafts


def decide_set_unit_duty(state: State, command: SetUnitDuty) -> list[Draft]:
    """In or out of service. A unit on an incident must be cleared before it goes out."""
    unit = state.board.units.get(command.unit_id)
    if unit is None:
        raise NotFound(f"There is no unit {command.unit_id}.", unit_id=command.unit_id)
    if unit.duty == command.duty and unit.duty_reason == command.reason:
        return []
    live = state.board.live_of_unit(unit.id)
    if command.duty == "out_of_service" and live is not None:
        raise UnitNotAvailable(
            f"{unit.id} is on an incident; clear it first.",
            unit_id=unit.id,
            incident_id=live.incident_id,
        )
    body = ev.UnitDutyChanged(
        unit_id=unit.id, duty=command.duty, reason=command.reason, since=state.now
    )
    return [Draft(body=body, audience=audience_of(unit.agency_id))]


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
    if assignment.escalation >= len(ACK_LIMITS_S):
        return []
    body = ev.AssignmentEscalated(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        step=assignment.escalation + 1,
        silent_s=round(seconds_between(assignment.assigned_at, state.now), 1),
    )
    return [Draft(body=body, audience=assignment.audience)]
