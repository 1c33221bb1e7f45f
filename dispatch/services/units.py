"""A unit's duty and crew, its call for help, and the fixes that its device sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dispatch.domain.commands import (
    EndEmergency,
    LogOffUnit,
    LogOnUnit,
    RaiseEmergency,
    SetUnitDuty,
)
from dispatch.domain.emergency import EmergencyKind
from dispatch.domain.errors import NotFound
from dispatch.domain.unit import Duty, Fix, FixSource
from dispatch.domain.values import Actor, may_see
from dispatch.services.assignments import visible_unit
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat


async def set_unit_duty(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    unit_id: str,
    duty: Duty,
    reason: str = "",
    code: str = "",
) -> Outcome:
    """Put a unit in or out of service; ``code`` is its agency's own for it."""
    visible_unit(hub, actor, unit_id)
    command = SetUnitDuty(
        command_id=command_id, actor=actor, unit_id=unit_id, duty=duty, reason=reason, code=code
    )
    return await hub.submit(command)


async def log_on_unit(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    unit_id: str,
    staffing: int | None = None,
    capabilities: tuple[str, ...] | None = None,
    names: str = "",
    radio: str = "",
    vehicle: str = "",
    until: datetime | None = None,
) -> Outcome:
    """A crew takes the unit for a shift; what is left out is as the roster says."""
    visible_unit(hub, actor, unit_id)
    command = LogOnUnit(
        command_id=command_id,
        actor=actor,
        unit_id=unit_id,
        logon_id=derived_id(command_id, "logon"),
        staffing=staffing,
        capabilities=capabilities,
        names=names,
        radio=radio,
        vehicle=vehicle,
        until=until,
    )
    return await hub.submit(command)


async def log_off_unit(hub: Hub, actor: Actor, *, command_id: str, unit_id: str) -> Outcome:
    """The crew leaves the unit."""
    visible_unit(hub, actor, unit_id)
    return await hub.submit(LogOffUnit(command_id=command_id, actor=actor, unit_id=unit_id))


async def raise_emergency(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    unit_id: str,
    kind: EmergencyKind = "button",
    device_at: datetime | None = None,
) -> Outcome:
    """A crew calls for help from where its last fix is; again, it is one more press."""
    visible_unit(hub, actor, unit_id)
    fix = hub.fixes().get(unit_id)
    command = RaiseEmergency(
        command_id=command_id,
        actor=actor,
        unit_id=unit_id,
        emergency_id=derived_id(command_id, "emergency"),
        kind=kind,
        device_at=device_at,
        at=fix.at if fix else None,
    )
    return await hub.submit(command)


async def end_emergency(
    hub: Hub, actor: Actor, *, command_id: str, emergency_id: str, outcome: str
) -> Outcome:
    """It is dealt with, and how.

    Raises:
        NotFound: There is none, or it is another agency's.
    """
    emergency = hub.board().emergencies.get(emergency_id)
    if emergency is not None and not may_see(actor.agencies, emergency.audience):
        raise NotFound(emergency_id=emergency_id)
    command = EndEmergency(
        command_id=command_id, actor=actor, emergency_id=emergency_id, outcome=outcome
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
    source: FixSource | None = None,
) -> Fix:
    """A fix with the hub's receive time; its source is a tablet for a crew, else the vehicle.

    Raises:
        NotFound: The actor may not report this unit.
    """
    visible_unit(hub, actor, unit_id)
    return Fix(
        unit_id=unit_id,
        at=at,
        accuracy_m=accuracy_m,
        heading_deg=heading_deg,
        speed_mps=speed_mps,
        device_at=device_at,
        received_at=hub.now(),
        source=source or ("tablet" if actor.role == "responder" else "vehicle"),
    )


def newest_of(fixes: Sequence[Fix]) -> dict[str, Fix]:
    """The newest fix of each unit by receive time."""
    newest: dict[str, Fix] = {}
    for fix in fixes:
        known = newest.get(fix.unit_id)
        if known is None or known.received_at <= fix.received_at:
            newest[fix.unit_id] = fix
    return newest
