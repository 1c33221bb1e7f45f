"""Routes of conversations in text: lines in and out, their delivery, language and translation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.intake_schemas import (
    Delivery,
    LanguageSet,
    LineSaid,
    LineTranslation,
    NewLine,
    Transcript,
)
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import Done
from dispatch.domain.events import TextSaid
from dispatch.domain.values import Id
from dispatch.services.calls import visible_call
from dispatch.services.conversation import change_line, say_line, set_language, translate_line

router = APIRouter(prefix="/calls/{call_id}", tags=["conversations"])


@router.get("/messages", operation_id="read_messages")
async def read_messages(
    call_id: Id,
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    after: Annotated[int, Query(ge=0, description="How many lines are known already.")] = 0,
) -> Transcript:
    """The lines of a call, in order. A gateway finds here what it is to deliver."""
    call = visible_call(parts.hub, actor, call_id)
    return Transcript(
        seq=seen.seq,
        degraded=seen.degraded,
        language=call.language,
        lines=call.transcript[after:],
    )


@router.post("/messages", status_code=201, operation_id="say_line")
async def post_message(call_id: Id, body: NewLine, actor: Acting, parts: HubParts) -> LineSaid:
    """A line by the caller (from a gateway), or an answer. It stands before it is translated."""
    outcome = await parts.shown(
        await say_line(
            parts.hub,
            actor,
            command_id=body.command_id,
            call_id=call_id,
            text=body.text,
            language=body.language,
            translation=body.translation,
            translation_language=body.translation_language,
        )
    )
    line = next(e.body.line for e in outcome.events if isinstance(e.body, TextSaid))
    await translate_line(parts.hub, parts.translation, actor, call_id=call_id, line_id=line.id)
    return LineSaid(seq=outcome.last_seq, line_id=line.id)


@router.post("/messages/{line_id}/delivery", operation_id="deliver_line")
async def post_delivery(
    call_id: Id, line_id: Id, body: Delivery, actor: Acting, parts: HubParts
) -> Done:
    """The gateway says that an answer arrived at the caller's device."""
    outcome = await change_line(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        line_id=line_id,
        delivered=True,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/messages/{line_id}/translation", operation_id="translate_line")
async def post_translation(
    call_id: Id, line_id: Id, body: LineTranslation, actor: Acting, parts: HubParts
) -> Done:
    """A person or an engine gives a translation; it stands beside the original."""
    outcome = await change_line(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        line_id=line_id,
        translation=body.text,
        translation_language=body.language,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/language", operation_id="set_call_language")
async def post_language(call_id: Id, body: LanguageSet, actor: Acting, parts: HubParts) -> Done:
    """In which language the caller speaks, and whether an interpreter is on the call now."""
    outcome = await set_language(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        language=body.language,
        interpreter=body.interpreter,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
