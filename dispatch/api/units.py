"""Routes of units: duty and fixes."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Done, DutyChange, FixesTaken, NewFixes
from dispatch.domain.values import Id
from dispatch.services.units import receive_fix, set_unit_duty

router = APIRouter(prefix="/units", tags=["units"])


@router.post("/{unit_id}/duty", operation_id="set_unit_duty")
async def post_duty(unit_id: Id, body: DutyChange, actor: Acting, parts: HubParts) -> Done:
    """Put a unit in or out of service."""
    outcome = await set_unit_duty(
        parts.hub,
        actor,
        command_id=body.command_id,
        unit_id=unit_id,
        duty=body.duty,
        reason=body.reason,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{unit_id}/fixes", status_code=202, operation_id="report_fixes")
async def post_fixes(unit_id: Id, body: NewFixes, actor: Acting, parts: HubParts) -> FixesTaken:
    """Where the unit is: the last fix counts, by the hub's receive time. Not part of the log."""
    accepted = 0
    for fix in body.fixes:
        received = receive_fix(parts.hub, actor, unit_id, **dict(fix))
        accepted += parts.live.fixes.report(received)
    return FixesTaken(accepted=accepted)
