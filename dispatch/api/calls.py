"""Routes of calls: entering one."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CallTaken, NewCall
from dispatch.domain.events import CallReceived, IncidentCreated
from dispatch.services.calls import take_call

router = APIRouter(prefix="/calls", tags=["calls"])


@router.post("", status_code=201, operation_id="take_call")
async def post_call(body: NewCall, actor: Acting, parts: HubParts) -> CallTaken:
    """Enter a call. With place and type the incident exists when this answers."""
    if body.join_incident_id is not None:
        parts.hub.visible_incident(actor, body.join_incident_id)
    given = {name: getattr(body, name) for name in NewCall.model_fields if name != "place"}
    place = body.place.as_place() if body.place else None
    outcome = await parts.shown(await take_call(parts.hub, actor, place=place, **given))
    call_id, incident_id, number = "", None, None
    for event in outcome.events:
        if isinstance(event.body, CallReceived):
            call_id, incident_id = event.body.call.id, event.body.call.incident_id
        elif isinstance(event.body, IncidentCreated):
            number = event.body.incident.number
    if incident_id is not None and number is None:
        joined = parts.hub.board().incidents.get(incident_id)
        number = joined.number if joined else None
    return CallTaken(
        seq=outcome.last_seq, call_id=call_id, incident_id=incident_id, incident_number=number
    )
