"""Route of the call history: past calls by number, name, place and time."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from dispatch.api.auth import Acting, profile_of_actor
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import CommandBody, Read
from dispatch.domain.call_history import PastCall, sought
from dispatch.domain.values import ShortText, UtcTime
from dispatch.services.call_history import find_calls, record_search

router = APIRouter(prefix="/calls", tags=["calls"])

_A_MONTH = timedelta(days=30)


class CallSearch(CommandBody):
    """What is looked for, in the body, so that no log shows a number; all that is given must hold.

    Without times the last thirty days count.
    """

    number: ShortText = ""
    name: ShortText = ""
    place: ShortText = ""
    since: UtcTime | None = None
    until: UtcTime | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CallsFound(Read):
    """The last one first; ``more``: there may be others, look for less at once."""

    calls: tuple[PastCall, ...]
    more: bool


@router.post("/search", operation_id="search_calls")
async def post_search(
    body: CallSearch, actor: Acting, parts: HubParts, seen: Reading
) -> CallsFound:
    """Calls that this viewer may see. Who looked for what stands in the log before the answer."""
    profile = profile_of_actor(actor)
    until = body.until or parts.hub.now()
    wanted = sought(
        profile,
        number=body.number,
        name=body.name,
        place=body.place,
        since=body.since or until - _A_MONTH,
        until=until,
    )
    found = await parts.read(
        lambda connection: find_calls(connection, actor, profile, wanted, body.limit)
    )
    await record_search(parts.hub, actor, body.command_id, wanted, len(found.calls))
    return CallsFound(seq=seen.seq, degraded=seen.degraded, calls=found.calls, more=found.more)
