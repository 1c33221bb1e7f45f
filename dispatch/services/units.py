"""A unit's duty, and the fixes that its device sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dispatch.domain.commands import SetUnitDuty
from dispatch.domain.unit import Duty, Fix
from dispatch.domain.values import Actor
from dispatch.services.assignments import visible_unit
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat


async def set_unit_duty(
    hub: Hub, actor: Actor, *, command_id: str, unit_id: str, duty: Duty, reason: str = ""
) -> Outcome:
    """Put a unit in or out of service."""
    visible_unit(hub, actor, unit_id)
    command = SetUnitDuty(
        command_id=command_id, actor=actor, unit_id=unit_id, duty=duty, reason=reason
    )
    return await hub.submit(command)


def receive_fix(
    hub: Hub,
    actor: Actor,
    unit_id: str,
    *,
    at: LonLat,
    accuracy_m: float | None = None,
    heading_deg: float | None = None,
    speed_mps: float | None = None,
    device_at: datetime | None = None,
) -> Fix:
    """A fix with the hub's receive time, which alone decides what is newest."""
    visible_unit(hub, actor, unit_id)
    return Fix(
        unit_id=unit_id,
        at=at,
        accuracy_m=accuracy_m,
        heading_deg=heading_deg,
        speed_mps=speed_mps,
        device_at=device_at,
        received_at=hub.now(),
    )


def newest_of(fixes: Sequence[Fix]) -> dict[str, Fix]:
    """The newest fix of each unit by receive time."""
    newest: dict[str, Fix] = {}
    for fix in fixes:
        known = newest.get(fix.unit_id)
        if known is None or known.received_at <= fix.received_at:
            newest[fix.unit_id] = fix
    return newest
