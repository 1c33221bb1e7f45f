"""When the owner of the map is told that a place is not on it, and when that is settled. Pure."""

from __future__ import annotations

from dispatch.domain import events as ev
from dispatch.domain.commands import CloseMapFault
from dispatch.domain.errors import AlreadyClosed, NotFound
from dispatch.domain.events import Draft
from dispatch.domain.incident import Place
from dispatch.domain.map_fault import MapFault, fault_id_of, fault_kind_of
from dispatch.domain.state import State

_UNSEEN = ()
"""Faults are asked for by their owner; no console carries them on its board."""


def fault_drafts(
    state: State, place: Place, municipality: str | None, incident_id: str
) -> list[Draft]:
    """A fault for the owner where a place was accepted unverified; none where the map had it.

    The same thing missed by another incident is the same fault, met once more; a closed one opens
    anew.

    Args:
        state: Holds the fault of this place, where there is one.
        place: As it was accepted.
        municipality: Whose ground it is by the boundaries; None outside all.
        incident_id: The incident at that place.
    """
    kind = fault_kind_of(place)
    if kind is None:
        return []
    fault_id = fault_id_of(place, municipality)
    before = next((fault for fault in state.map_faults if fault.id == fault_id), None)
    standing = before if before and before.closed_at is None else None
    if standing and standing.incident_id == incident_id:
        return []
    fault = MapFault(
        id=fault_id,
        kind=kind,
        municipality=municipality or "",
        place=place.address,
        at=place.at,
        incident_id=incident_id,
        opened_at=standing.opened_at if standing else state.now,
        last_at=state.now,
        times=standing.times + 1 if standing else 1,
    )
    return [Draft(body=ev.MapFaultOpened(fault=fault), audience=_UNSEEN)]


def decide_close_map_fault(state: State, command: CloseMapFault) -> list[Draft]:
    """The owner says what became of it.

    Raises:
        NotFound: There is no such fault.
        AlreadyClosed: It was closed before.
    """
    fault = next((f for f in state.map_faults if f.id == command.fault_id), None)
    if fault is None:
        raise NotFound(fault_id=command.fault_id)
    if fault.closed_at is not None:
        raise AlreadyClosed("The fault was closed before.", fault_id=fault.id)
    closed = fault.model_copy(
        update={
            "outcome": command.outcome,
            "note": command.note,
            "closed_by": command.actor.account_id,
            "closed_at": state.now,
        }
    )
    return [Draft(body=ev.MapFaultClosed(fault=closed), audience=_UNSEEN)]
