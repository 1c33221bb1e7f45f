"""Routes of BOLOs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import CommandBody, Done, Read
from dispatch.domain.bolo import Bolo, BoloKind
from dispatch.domain.values import Discipline, Id, LongText, ShortText, UtcTime
from dispatch.services.bolos import cancel_bolo, find_bolos, issue_bolo

router = APIRouter(prefix="/bolos", tags=["bolos"])


class NewBolo(CommandBody):
    """Whom or what to look out for, until when, and who is to know.

    ``agencies`` are named ones; ``disciplines`` and ``municipality`` mean all that fit. Where
    nothing is said, law agencies get it; ``everyone``: every agency of the region.
    """

    kind: BoloKind = "other"
    text: Annotated[LongText, Field(min_length=1)]
    expires_at: UtcTime
    agencies: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    disciplines: Annotated[tuple[Discipline, ...], Field(max_length=3)] = ()
    municipality: ShortText = ""
    everyone: bool = False
    incident_id: Id | None = None


class BoloEnding(CommandBody):
    """Why it is taken off."""

    reason: Annotated[ShortText, Field(min_length=1)]


class BoloList(Read):
    """Newest first."""

    bolos: list[Bolo]


@router.get("", operation_id="find_bolos")
async def get_bolos(
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    q: Annotated[str, Query(max_length=200)] = "",
    ended: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> BoloList:
    """Those that stand, or (``ended``) stood, and hold every word of ``q``."""
    found = await parts.read(lambda c: find_bolos(c, actor, q, ended=ended, limit=limit))
    return BoloList(seq=seen.seq, degraded=seen.degraded, bolos=found)


@router.post("", status_code=201, operation_id="issue_bolo")
async def post_bolo(body: NewBolo, actor: Acting, parts: HubParts) -> Done:
    """Issue one; it ends by itself."""
    outcome = await issue_bolo(parts.hub, actor, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{bolo_id}/endings", operation_id="cancel_bolo")
async def post_bolo_ending(bolo_id: Id, body: BoloEnding, actor: Acting, parts: HubParts) -> Done:
    """Take it off before its end."""
    outcome = await cancel_bolo(parts.hub, actor, bolo_id=bolo_id, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)
