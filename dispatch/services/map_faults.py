"""Map faults for whoever owns the map there: a municipality its own, the hub's people all."""

from __future__ import annotations

from sqlalchemy import Connection

from dispatch.domain.commands import CloseMapFault
from dispatch.domain.errors import NotFound
from dispatch.domain.map_fault import FaultOutcome, MapFault
from dispatch.domain.values import EVERYONE, Actor
from dispatch.services.hub import Hub
from dispatch.store.map_faults import map_fault_by_id, open_map_faults
from dispatch.store.unit_of_work import Outcome


def own_map_faults(connection: Connection, actor: Actor, limit: int) -> tuple[MapFault, ...]:
    """Open faults that are the viewer's, the one met last first; none without a municipality."""
    if EVERYONE in actor.agencies:
        return open_map_faults(connection, None, limit)
    if not actor.municipality:
        return ()
    return open_map_faults(connection, actor.municipality, limit)


def own_map_fault(connection: Connection, actor: Actor, fault_id: str) -> MapFault:
    """A fault that this person may close.

    Raises:
        NotFound: There is none, or it is another municipality's.
    """
    for fault in map_fault_by_id(connection, fault_id):
        if EVERYONE in actor.agencies or (
            actor.municipality and fault.municipality == actor.municipality
        ):
            return fault
    raise NotFound(fault_id=fault_id)


async def close_map_fault(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    fault_id: str,
    outcome: FaultOutcome,
    note: str = "",
) -> Outcome:
    """Say what became of it. The same place accepted unverified again opens it anew."""
    command = CloseMapFault(
        command_id=command_id, actor=actor, fault_id=fault_id, outcome=outcome, note=note
    )
    return await hub.submit(command)
