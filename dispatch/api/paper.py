"""The paper board, for each position to hold while the hub still answers."""

from __future__ import annotations

import math
from datetime import timedelta

from fastapi import APIRouter, Response

from dispatch.api.auth import Acting, profile_of_actor
from dispatch.api.parts import HubParts
from dispatch.domain.redaction import redact_board
from dispatch.interop.paper_board import paper_board

router = APIRouter(tags=["paper"])


@router.get(
    "/paper-board",
    operation_id="read_paper_board",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def get_paper_board(actor: Acting, parts: HubParts) -> Response:
    """Open incidents and units as a PDF, as this viewer may see them.

    Positions that see the same are given the same: ``Age`` says how many seconds old it is. Of
    a hub that does not know the end of the log any more it is as old as what it knows.
    """
    agencies, profile = actor.agencies, profile_of_actor(actor)
    behind_s = parts.follower.behind_s()

    async def make() -> bytes:
        board = redact_board(parts.hub.board(), agencies, profile)
        as_of = parts.hub.now() - timedelta(seconds=behind_s)
        zone = board.region.time_zone if board.region else "UTC"
        training = parts.settings.training
        return await parts.in_thread(lambda: paper_board(board, as_of, zone, training=training))

    pdf, age_s = await parts.paper.get((agencies, profile), make, behind_s)
    headers = {"Cache-Control": "no-store", "Age": str(math.ceil(age_s))}
    return Response(pdf, media_type="application/pdf", headers=headers)
