"""Routes of handing a call to another centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from dispatch.api.auth import Acting, profile_of_actor
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import CommandBody, Done, Read
from dispatch.domain.call import Call, TransferResult
from dispatch.domain.events import TransferSet
from dispatch.domain.incident import Incident
from dispatch.domain.values import Id, ShortText
from dispatch.services.calls import visible_call
from dispatch.services.records import keep_reading
from dispatch.services.transfers import (
    TransferredCall,
    list_transfers,
    names_of,
    offer_transfer,
    settle_transfer,
)

router = APIRouter(prefix="/calls/{call_id}", tags=["transfers"])
listing = APIRouter(prefix="/transfers", tags=["transfers"])


class TransferOffer(CommandBody):
    """To which centre of the region's list, and why."""

    centre_id: Annotated[Id, Field(min_length=1)]
    reason: ShortText = ""


class TransferOffered(Done):
    """The offer's id."""

    transfer_id: str


class TransferAnswer(CommandBody):
    """What came of the offer; ``answer`` is who said so and how."""

    result: TransferResult
    answer: ShortText = ""


class TransferRecord(Read):
    """What goes with the call: all that is known of it and of its incident."""

    call: Call
    incident: Incident | None


@router.post("/transfers", status_code=201, operation_id="offer_transfer")
async def post_transfer(
    call_id: Id, body: TransferOffer, actor: Acting, parts: HubParts
) -> TransferOffered:
    """Offer the call to another centre. It stays ours until that centre accepts."""
    outcome = await offer_transfer(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        centre_id=body.centre_id,
        reason=body.reason,
    )
    await parts.shown(outcome)
    made = next(e.body.transfer for e in outcome.events if isinstance(e.body, TransferSet))
    if not outcome.repeated:
        parts.records.send(actor, call_id, made.id)
    return TransferOffered(seq=outcome.last_seq, transfer_id=made.id)


@router.post("/transfers/{transfer_id}/answer", operation_id="settle_transfer")
async def post_transfer_answer(
    call_id: Id, transfer_id: Id, body: TransferAnswer, actor: Acting, parts: HubParts
) -> Done:
    """The other centre accepted or refused, or we take the offer back."""
    outcome = await settle_transfer(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        transfer_id=transfer_id,
        result=body.result,
        answer=body.answer,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


class TransfersRead(Read):
    """The call that was received last first."""

    calls: tuple[TransferredCall, ...]
    names: dict[str, str]
    """Of the accounts in them, as far as they are known."""


@listing.get("", operation_id="list_transfers")
async def get_transfers(
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    hours: Annotated[int, Query(ge=1, le=168)] = 24,
) -> TransfersRead:
    """Calls received in the last ``hours`` that were offered to another centre, also past ones."""
    since = parts.hub.now() - timedelta(hours=hours)
    profile = profile_of_actor(actor)
    found = await parts.read(lambda connection: list_transfers(connection, actor, profile, since))
    names = await parts.read(lambda connection: names_of(connection, found))
    return TransfersRead(seq=seen.seq, degraded=seen.degraded, calls=tuple(found), names=names)


@router.get("/record", operation_id="read_call_record")
async def read_record(call_id: Id, actor: Acting, parts: HubParts, seen: Reading) -> TransferRecord:
    """The record of a call as it stands: what the other centre is told. Who read it is kept."""
    call = visible_call(parts.hub, actor, call_id)
    incident = parts.hub.board().incidents.get(call.incident_id or "")
    await keep_reading(parts.hub, parts.settings.eido, actor, "record", call)
    return TransferRecord(seq=seen.seq, degraded=seen.degraded, call=call, incident=incident)
