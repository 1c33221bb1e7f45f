"""Units asked for by phone from outside the region: asking, promises, arrival, cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dispatch.domain.commands import AskOutside, ChangeOutside
from dispatch.domain.incident import Incident
from dispatch.domain.open_slots import open_slots
from dispatch.domain.outside import OutsideState, OutsideUnit
from dispatch.domain.values import Actor, Discipline
from dispatch.services.hub import Hub
from dispatch.services.incidents import slots_now
from dispatch.services.recommendations import units_on
from dispatch.store.unit_of_work import Outcome


async def ask_outside(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    discipline: Discipline,
    capabilities: Sequence[str],
    asked_of: str,
    name: str,
    eta_at: datetime,
) -> Outcome:
    """Put a placeholder on the incident; it fills a slot of the plan that its kind fits.

    Raises:
        InvalidInput: Nobody was asked, or the promised time is past or too far.
    """
    incident = hub.visible_incident(actor, incident_id)
    asked = OutsideUnit(
        ref="asked",
        discipline=discipline,
        capabilities=tuple(capabilities),
        asked_of=asked_of,
        name=name,
        asked_by=actor.account_id,
        asked_at=hub.now(),
        eta_at=eta_at,
    )
    command = AskOutside(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        discipline=discipline,
        capabilities=tuple(capabilities),
        asked_of=asked_of,
        name=name,
        eta_at=eta_at,
        slot=_slot_of(hub, incident, asked),
    )
    return await hub.submit(command)


def _slot_of(hub: Hub, incident: Incident, asked: OutsideUnit) -> int | None:
    """The slot of the plan that is open now and no longer with this one."""
    slots, live = slots_now(hub, incident), units_on(hub.board(), incident.id)
    before = {slot.index for slot in open_slots(incident, slots, live)}
    after = {slot.index for slot in open_slots(incident, slots, [*live, asked])}
    return min(before - after, default=None)


async def change_outside(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    ref: str,
    state: OutsideState | None,
    eta_at: datetime | None,
    reason: str,
) -> Outcome:
    """Another promise, its arrival, its cancellation, or that it left.

    Raises:
        NotFound: There is no such placeholder.
        TransitionRefused: What is said cannot follow.
    """
    hub.visible_incident(actor, incident_id)
    command = ChangeOutside(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        ref=ref,
        state=state,
        eta_at=eta_at,
        reason=reason,
    )
    return await hub.submit(command)
