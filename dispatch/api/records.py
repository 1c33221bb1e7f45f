"""Routes of records between centres (EIDO): reading ours, taking another centre's."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request

from dispatch.api.auth import Acting
from dispatch.api.intake_schemas import CallOpened
from dispatch.api.parts import HubParts
from dispatch.api.schemas import refuse_unstorable
from dispatch.domain.errors import InvalidInput
from dispatch.domain.events import CallReceived
from dispatch.domain.values import Id
from dispatch.services.records import read_document, take_document

router = APIRouter(tags=["records"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/emergency.eido+json": {"schema": {"type": "object"}},
        },
    }
}


@router.get("/calls/{call_id}/eido", operation_id="read_eido")
async def read_eido(call_id: Id, actor: Acting, parts: HubParts) -> dict[str, Any]:
    """A call with its incident as an EIDO (NENA-STA-021, JSON 1.0); the log keeps who read it.

    A ``call_system`` account reads calls that are offered or handed over to another centre alone.
    """
    return await read_document(parts.hub, parts.settings.eido, actor, call_id)


@router.post("/eido", status_code=201, operation_id="take_eido", openapi_extra=_BODY)
async def post_eido(request: Request, actor: Acting, parts: HubParts) -> CallOpened:
    """Another centre's EIDO becomes a call that rings here; the same again is the same call."""
    body = await request.body()
    try:
        document = orjson.loads(body)
        refuse_unstorable(document)
    except ValueError as failure:
        raise InvalidInput(f"The document cannot be read: {failure}.", field="document") from None
    outcome = await parts.shown(
        await take_document(parts.hub, parts.settings.eido, document, len(body))
    )
    received = next(e.body for e in outcome.events if isinstance(e.body, CallReceived))
    return CallOpened(seq=outcome.last_seq, call_id=received.call.id)
