"""Route of the snapshot: the board as the stream would begin with it."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.api.auth import Acting, profile_of_actor
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import SnapshotAnswer
from dispatch.domain.redaction import redact_board
from dispatch.domain.values import may_see
from dispatch.realtime.fixes import audience_of_fixes
from dispatch.realtime.streams import StreamKey

router = APIRouter(prefix="/snapshot", tags=["stream"])


@router.get("", operation_id="read_snapshot")
async def read_snapshot(actor: Acting, parts: HubParts, seen: Reading) -> SnapshotAnswer:
    """The part of the board that the viewer may see, at ``seq``."""
    board = parts.hub.board()
    key = StreamKey(actor.agencies, profile_of_actor(actor))
    audiences = audience_of_fixes(board)
    latest = parts.live.fixes.latest
    return SnapshotAnswer(
        seq=board.seq,
        degraded=seen.degraded,
        epoch=parts.live.epoch_of(key),
        at=parts.hub.now(),
        board=redact_board(board, key.agencies, key.profile),
        fixes=[
            latest[unit_id]
            for unit_id in sorted(latest)
            if may_see(actor.agencies, audiences.get(unit_id, ()))
        ],
    )
