"""The internal route by which workers hand in what they read from a feed.

Workers never write to the database themselves. They show the installation's own token.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from dispatch.api.auth import bearer_token
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Done, FeedResult
from dispatch.domain.errors import InvalidInput, NotSignedIn
from dispatch.domain.values import Id
from dispatch.services.closures import record_feed


async def installation_alone(request: Request, parts: HubParts) -> None:
    """Refuse whoever does not know the installation's token.

    Raises:
        NotSignedIn: Another token, or none.
    """
    token = bearer_token(request) or ""
    if not secrets.compare_digest(token.encode(), parts.internal_token.encode()):
        raise NotSignedIn()


Internal = Annotated[None, Depends(installation_alone)]

router = APIRouter(prefix="/internal", tags=["internal"])


@router.post("/feeds/{feed_id}", operation_id="record_feed")
async def post_feed(feed_id: Id, body: FeedResult, internal: Internal, parts: HubParts) -> Done:
    """What the feed says now; its closures replace those that stood from it."""
    foreign = [c.id for c in body.closures if c.source != feed_id]
    if body.read.feed_id != feed_id or foreign:
        raise InvalidInput("The result is of another feed.", field="feed_id")
    outcome = await record_feed(
        parts.hub, command_id=body.command_id, read=body.read, closures=body.closures
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
