"""Routes of card protocols: launching a program, its determinant, and a dispatcher's answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody, Done, GroundPoint
from dispatch.api.working_schemas import ChangeDone
from dispatch.domain.events import ProtocolSet
from dispatch.domain.protocol import ProtocolRun
from dispatch.domain.values import Discipline, Id, ShortText
from dispatch.services.incidents import surplus_of
from dispatch.services.protocols import hand_determinant, open_protocol, settle_determinant
from geodata.lonlat import LonLat

router = APIRouter(tags=["protocols"])


class ProtocolOpening(CommandBody):
    """Which program, and what the call form knows that the hub may not know yet."""

    program_id: Annotated[Id, Field(min_length=1)]
    at: GroundPoint | None = None
    address: ShortText = ""
    callback: ShortText = ""
    incident_type: ShortText = ""


class ProtocolOpened(Done):
    """The run's id, which the program gives back with its determinant, and the URL to open."""

    run_id: str
    url: str


class NewDeterminant(CommandBody):
    """A determinant as the program says it; ``run_id`` from the launch URL, if there was one."""

    discipline: Discipline
    determinant: Annotated[str, Field(min_length=1, max_length=40)]
    run_id: Id | None = None


class Determined(Done):
    """What became of it. ``run`` None: just that determinant was known already."""

    run: ProtocolRun | None


class DeterminantAnswer(CommandBody):
    """A dispatcher's answer; ``reason`` where it makes less of the incident."""

    accepted: bool
    reason: ShortText = ""


@router.post("/calls/{call_id}/protocol-runs", status_code=201, operation_id="open_protocol")
async def post_run(
    call_id: Id, body: ProtocolOpening, actor: Acting, parts: HubParts
) -> ProtocolOpened:
    """Launch a card protocol for a call: the hub keeps that it was, and answers with the URL."""
    launched = await open_protocol(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        program_id=body.program_id,
        origins=parts.settings.protocols.protocol_origins,
        at=LonLat(*body.at) if body.at else None,
        address=body.address,
        callback=body.callback,
        incident_type=body.incident_type,
    )
    outcome = await parts.shown(launched.outcome)
    return ProtocolOpened(seq=outcome.last_seq, run_id=launched.run_id, url=launched.url)


@router.post("/calls/{call_id}/determinants", status_code=201, operation_id="hand_determinant")
async def post_determinant(
    call_id: Id, body: NewDeterminant, actor: Acting, parts: HubParts
) -> Determined:
    """A card protocol came to a determinant.

    Before anybody is sent the plan follows it; afterwards, and where it makes less of the incident,
    it is proposed to the dispatcher. One that the agency's table lacks is kept and shown.
    """
    outcome = await hand_determinant(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        discipline=body.discipline,
        determinant=body.determinant,
        run_id=body.run_id,
    )
    await parts.shown(outcome)
    runs = [e.body.run for e in outcome.events if isinstance(e.body, ProtocolSet)]
    return Determined(seq=outcome.last_seq, run=runs[-1] if runs else None)


@router.post(
    "/incidents/{incident_id}/protocol-runs/{run_id}/answer", operation_id="settle_determinant"
)
async def post_answer(
    incident_id: Id, run_id: Id, body: DeterminantAnswer, actor: Acting, parts: HubParts
) -> ChangeDone:
    """Take over what a determinant proposes, or do not. ``surplus``: units asked for no more."""
    outcome = await settle_determinant(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        run_id=run_id,
        accepted=body.accepted,
        reason=body.reason,
    )
    await parts.shown(outcome)
    surplus: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    if body.accepted:
        surplus, outside = surplus_of(parts.hub, parts.hub.visible_incident(actor, incident_id))
    return ChangeDone(seq=outcome.last_seq, surplus=surplus, surplus_outside=outside)
