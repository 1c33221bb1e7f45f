"""Routes of assignments: received, acknowledged, moved on; and work that officers find."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import (
    Acknowledgement,
    CheckAnswer,
    Done,
    OfficerWork,
    OfficerWorkStarted,
    PageAnswer,
    Receipt,
    StatusChange,
)
from dispatch.domain.events import IncidentCreated, UnitAssigned
from dispatch.domain.values import Id
from dispatch.services.assignments import (
    acknowledge_assignment,
    answer_check,
    answer_page,
    report_received,
    set_assignment_status,
    start_officer_work,
)

router = APIRouter(tags=["assignments"])


@router.post("/assignments/{assignment_id}/receipt", operation_id="report_received")
async def post_receipt(assignment_id: Id, body: Receipt, actor: Acting, parts: HubParts) -> Done:
    """The crew's device has it, or shows it; nobody has answered yet."""
    outcome = await report_received(
        parts.hub,
        actor,
        command_id=body.command_id,
        assignment_id=assignment_id,
        seen=body.seen,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/assignments/{assignment_id}/acknowledgement", operation_id="acknowledge_assignment")
async def post_acknowledgement(
    assignment_id: Id, body: Acknowledgement, actor: Acting, parts: HubParts
) -> Done:
    """The crew has read it, or said so by radio. Said again it changes nothing."""
    outcome = await acknowledge_assignment(
        parts.hub,
        actor,
        command_id=body.command_id,
        assignment_id=assignment_id,
        channel=body.channel,
        revision=body.revision,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/assignments/{assignment_id}/checks", operation_id="answer_check")
async def post_check(assignment_id: Id, body: CheckAnswer, actor: Acting, parts: HubParts) -> Done:
    """The crew was heard of; the time until the next status check begins anew."""
    outcome = await answer_check(
        parts.hub,
        actor,
        command_id=body.command_id,
        assignment_id=assignment_id,
        channel=body.channel,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/assignments/{assignment_id}/responses", operation_id="answer_page")
async def post_response(
    assignment_id: Id, body: PageAnswer, actor: Acting, parts: HubParts
) -> Done:
    """Somebody who was paged for the unit comes, or does not; the last word of each counts."""
    outcome = await answer_page(
        parts.hub,
        actor,
        command_id=body.command_id,
        assignment_id=assignment_id,
        volunteer=body.volunteer,
        skills=body.skills,
        answer=body.answer,
        arrives_in_s=body.arrives_in_s,
        device_at=body.device_at,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/assignments/{assignment_id}/status", operation_id="set_assignment_status")
async def post_status(
    assignment_id: Id, body: StatusChange, actor: Acting, parts: HubParts
) -> Done:
    """The next status; ``cleared`` releases the unit."""
    outcome = await set_assignment_status(
        parts.hub,
        actor,
        command_id=body.command_id,
        assignment_id=assignment_id,
        status=body.status,
        code=body.code,
        revision=body.revision,
        device_at=body.device_at,
        reason=body.reason,
        hospital_id=body.hospital_id,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/officer-work", status_code=201, operation_id="start_officer_work")
async def post_officer_work(
    body: OfficerWork, actor: Acting, parts: HubParts
) -> OfficerWorkStarted:
    """Work that begins on scene with the unit that found it."""
    outcome = await start_officer_work(
        parts.hub,
        actor,
        command_id=body.command_id,
        unit_id=body.unit_id,
        incident_type=body.incident_type,
        place=body.place.as_place() if body.place else None,
        note=body.note,
    )
    await parts.shown(outcome)
    incident_id = number = assignment_id = ""
    for event in outcome.events:
        if isinstance(event.body, IncidentCreated):
            incident_id, number = event.body.incident.id, event.body.incident.number
        elif isinstance(event.body, UnitAssigned):
            assignment_id = event.body.assignment.id
    return OfficerWorkStarted(
        seq=outcome.last_seq,
        incident_id=incident_id,
        incident_number=number,
        assignment_id=assignment_id,
    )
