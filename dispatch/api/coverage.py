"""Routes of coverage: who reaches each square of an agency's ground in what time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Done, ZoneMute
from dispatch.domain.coverage import Coverage
from dispatch.domain.errors import CoverageUnknown
from dispatch.domain.values import Id

router = APIRouter(prefix="/coverage", tags=["coverage"])


@router.get("", operation_id="read_coverage")
async def read_coverage(
    actor: Acting, parts: HubParts, incident_id: Annotated[Id | None, Query()] = None
) -> Coverage:
    """Now, and after the displayed recommendation of ``incident_id`` was sent; with move-ups.

    Off until an agency sets its target (``coverage_s`` in its row of the region pack).
    """
    if incident_id is not None:
        parts.hub.visible_incident(actor, incident_id)
    answer = await parts.in_thread(lambda: parts.coverage.answer(actor, incident_id))
    if answer is None:
        raise CoverageUnknown(on=parts.coverage.on)
    return answer


@router.post("/mutes", operation_id="mute_zone")
async def post_mute(body: ZoneMute, actor: Acting, parts: HubParts) -> Done:
    """Leave a square out of the counts and of move-ups, or take it in again."""
    outcome = await parts.coverage.mute(
        actor,
        command_id=body.command_id,
        zone_id=body.zone_id,
        muted=body.muted,
        reason=body.reason,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
