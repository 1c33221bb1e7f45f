"""Routes of calls: entering one, saying what it speaks of, closing one that made no incident."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.api.auth import Acting
from dispatch.api.call_schemas import CallbackPlan, CallbackReport, CallSoFar, Duplicates
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import CallClosing, CallLink, CallTaken, Done, NewCall
from dispatch.domain.events import CallChanged, CallLinked, CallReceived, IncidentCreated
from dispatch.domain.values import Id
from dispatch.services.calls import (
    close_call,
    duplicates_of,
    link_call,
    plan_callback,
    report_callback,
    take_call,
    visible_call,
)
from geodata.lonlat import LonLat

router = APIRouter(prefix="/calls", tags=["calls"])


@router.post("", status_code=201, operation_id="take_call")
async def post_call(body: NewCall, actor: Acting, parts: HubParts) -> CallTaken:
    """Enter a call. With place and type the incident exists when this answers."""
    if body.join_incident_id is not None:
        parts.hub.visible_incident(actor, body.join_incident_id)
    if body.call_id is not None and body.call_id in parts.hub.board().calls:
        visible_call(parts.hub, actor, body.call_id)
    given = {name: getattr(body, name) for name in NewCall.model_fields if name != "place"}
    place = body.place.as_place() if body.place else None
    outcome = await parts.shown(await take_call(parts.hub, actor, place=place, **given))
    call_id, incident_id, number = "", None, None
    for event in outcome.events:
        if isinstance(event.body, CallReceived):
            call_id, incident_id = event.body.call.id, event.body.call.incident_id
        elif isinstance(event.body, CallChanged):
            call_id = event.body.call_id
        elif isinstance(event.body, CallLinked):
            incident_id = event.body.incident_id
        elif isinstance(event.body, IncidentCreated):
            number = event.body.incident.number
    if incident_id is not None and number is None:
        joined = parts.hub.board().incidents.get(incident_id)
        number = joined.number if joined else None
    return CallTaken(
        seq=outcome.last_seq, call_id=call_id, incident_id=incident_id, incident_number=number
    )


@router.post("/duplicates", operation_id="find_duplicates")
async def post_duplicates(
    body: CallSoFar, actor: Acting, parts: HubParts, seen: Reading
) -> Duplicates:
    """Open incidents that the call being typed may speak of: proposals, for a person to decide."""
    found = duplicates_of(
        parts.hub,
        actor,
        at=LonLat(*body.at),
        incident_type=body.incident_type,
        callback=body.callback,
    )
    return Duplicates(seq=seen.seq, degraded=seen.degraded, duplicates=found)


@router.post("/{call_id}/links", operation_id="link_call")
async def post_link(call_id: Id, body: CallLink, actor: Acting, parts: HubParts) -> Done:
    """The call speaks of this incident, or (null) of none: many calls to one incident, or none."""
    outcome = await link_call(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        incident_id=body.incident_id,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{call_id}/closings", operation_id="close_call")
async def post_closing(call_id: Id, body: CallClosing, actor: Acting, parts: HubParts) -> Done:
    """What became of a call that made no incident. It leaves the board; the log keeps it."""
    outcome = await close_call(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        outcome=body.outcome,
        note=body.note,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{call_id}/callback", status_code=201, operation_id="plan_callback")
async def post_callback(call_id: Id, body: CallbackPlan, actor: Acting, parts: HubParts) -> Done:
    """A silent or abandoned call: somebody must call back."""
    outcome = await plan_callback(
        parts.hub, actor, command_id=body.command_id, call_id=call_id, cause=body.cause
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{call_id}/callback/tries", status_code=201, operation_id="report_callback")
async def post_callback_try(
    call_id: Id, body: CallbackReport, actor: Acting, parts: HubParts
) -> Done:
    """Somebody called back, and this came of it."""
    outcome = await report_callback(
        parts.hub, actor, command_id=body.command_id, call_id=call_id, result=body.result
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
