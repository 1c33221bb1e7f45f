"""Route of alarms: what each console is silenced of stands in the log."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Done, SilencedAlarms
from dispatch.services.alarms import record_silence

router = APIRouter(prefix="/alarms", tags=["alarms"])


@router.post("/silenced", operation_id="silence_alarms")
async def post_silenced(body: SilencedAlarms, actor: Acting, parts: HubParts) -> Done:
    """Write that these were silenced at the caller's console. They are loud everywhere else."""
    outcome = await record_silence(parts.hub, actor, body.command_id, body.alarms)
    return Done(seq=outcome.last_seq)
