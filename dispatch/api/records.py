"""Routes of records between centres (EIDO): reading ours, taking another centre's."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request

from dispatch.api.auth import Acting
from dispatch.api.intake_schemas import CallOpened
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody, Done, refuse_unstorable
from dispatch.domain.commands import SeeRecordNews
from dispatch.domain.errors import InvalidInput
from dispatch.domain.values import Id, UtcTime
from dispatch.services.calls import visible_call
from dispatch.services.records import handed_over, read_document, take_document

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

    A ``call_system`` account reads calls that are offered or handed over to another centre alone,
    for a day, also when they are over here.
    """
    hub = parts.hub
    if call_id in hub.board().calls:
        call, incident = visible_call(hub, actor, call_id), None
    else:
        now = hub.now()
        call, incident = await parts.read(lambda c: handed_over(c, actor, call_id, now))
    return await read_document(hub, parts.settings.eido, actor, call, incident)


@router.post("/eido", status_code=201, operation_id="take_eido", openapi_extra=_BODY)
async def post_eido(request: Request, actor: Acting, parts: HubParts) -> CallOpened:
    """Another centre's EIDO becomes a call that rings here; a later version is news of that call.

    What is older or says the same changes nothing. ``Via`` names the centres that it came through
    (RFC 9110); a record that has been here is refused.
    """
    body = await request.body()
    try:
        document = orjson.loads(body)
        refuse_unstorable(document)
    except ValueError as failure:
        raise InvalidInput(f"The document cannot be read: {failure}.", field="document") from None
    via = ", ".join(request.headers.getlist("via"))
    outcome, call_id = await take_document(parts.hub, parts.settings.eido, document, len(body), via)
    await parts.shown(outcome)
    return CallOpened(seq=outcome.last_seq, call_id=call_id)


class NewsSeen(CommandBody):
    """``news_at``: the time of the news as it was read; more may have come since."""

    news_at: UtcTime


@router.post("/calls/{call_id}/record-news/{news_id}/seen", operation_id="see_record_news")
async def post_news_seen(
    call_id: Id, news_id: Id, body: NewsSeen, actor: Acting, parts: HubParts
) -> Done:
    """Somebody has read what another centre's later version said anew."""
    visible_call(parts.hub, actor, call_id)
    command = SeeRecordNews(
        command_id=body.command_id,
        actor=actor,
        call_id=call_id,
        news_id=news_id,
        news_at=body.news_at,
    )
    return Done(seq=(await parts.shown(await parts.hub.submit(command))).last_seq)
