"""Routes of units asked for by phone from outside the region."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody, Done
from dispatch.domain.outside import OutsideState
from dispatch.domain.values import Discipline, Id, ShortText, UtcTime
from dispatch.services.outside_units import ask_outside, change_outside

router = APIRouter(prefix="/incidents/{incident_id}/outside-units", tags=["outside units"])


class NewOutsideUnit(CommandBody):
    """Who was asked, for what, and when it is promised to be there."""

    discipline: Discipline
    capabilities: Annotated[
        tuple[Annotated[ShortText, Field(min_length=1, max_length=40)], ...],
        Field(min_length=1, max_length=10),
    ]
    asked_of: Annotated[ShortText, Field(min_length=1)]
    name: ShortText = ""
    eta_at: UtcTime


class OutsideChange(CommandBody):
    """``eta_at`` alone: it is promised anew. A cancellation needs its reason."""

    state: OutsideState | None = None
    eta_at: UtcTime | None = None
    reason: ShortText = ""


@router.post("", status_code=201, operation_id="ask_outside")
async def post_outside(
    incident_id: Id, body: NewOutsideUnit, actor: Acting, parts: HubParts
) -> Done:
    """A unit from outside the region was promised by phone."""
    outcome = await ask_outside(parts.hub, actor, incident_id=incident_id, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{ref}", operation_id="change_outside")
async def post_outside_change(
    incident_id: Id, ref: Id, body: OutsideChange, actor: Acting, parts: HubParts
) -> Done:
    """It was promised anew, arrived, was cancelled, or left."""
    outcome = await change_outside(
        parts.hub, actor, incident_id=incident_id, ref=ref, **body.model_dump()
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
