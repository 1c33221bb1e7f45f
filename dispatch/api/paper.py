"""The paper board, for each position to hold while the hub still answers."""

from __future__ import annotations

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

    Positions that see the same are given the same: ``Age`` says how many seconds old it is.
    """
    agencies, profile = actor.agencies, profile_of_actor(actor)

    async def make() -> bytes:
        board = redact_board(parts.hub.board(), agencies, profile)
        now = parts.hub.now()
        zone = board.region.time_zone if board.region else "UTC"
        training = parts.settings.training
        return await parts.in_thread(lambda: paper_board(board, now, zone, training=training))

    pdf, age_s = await parts.paper.get((agencies, profile), make)
    headers = {"Cache-Control": "no-store", "Age": str(round(age_s))}
    return Response(pdf, media_type="application/pdf", headers=headers)
