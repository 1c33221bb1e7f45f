"""Routes of the storm switch."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody, Done
from dispatch.domain.values import Id, ShortText, UtcTime
from dispatch.services.storms import set_storm

router = APIRouter(prefix="/storms", tags=["storms"])


class NewStorm(CommandBody):
    """``ask_at``: when the supervisor is asked whether it goes on, within a day; null ends it."""

    ask_at: UtcTime | None
    reason: Annotated[ShortText, Field(min_length=1)]


@router.post("/{agency_id}", operation_id="set_storm")
async def post_storm(agency_id: Id, body: NewStorm, actor: Acting, parts: HubParts) -> Done:
    """Put an agency on its storm plans, keep it there, or end it."""
    outcome = await set_storm(parts.hub, actor, agency_id=agency_id, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)
