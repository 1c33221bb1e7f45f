"""Vehicles that share a crew: how many can go at once, and which are parked. Pure.

One crew stands for all vehicles of its share; each further crew that is logged on to one of them
lets one more go, whichever it takes. Nothing is stored: who is parked follows from who is out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from dispatch.domain import events as ev
from dispatch.domain.errors import UnitNotAvailable
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.unit import CrewShare, Unit


def crews_of(share: CrewShare, units: Mapping[str, Unit]) -> int:
    """How many of its vehicles can be out at once: one, and one for each further crew."""
    return 1 + sum(
        unit.logon is not None and unit.logon.added and unit.staffing >= share.min_staff
        for unit_id in share.units
        if (unit := units.get(unit_id)) is not None
    )


def out_of(share: CrewShare, live: Collection[str]) -> list[str]:
    """Its vehicles that are on an incident, in the order of the share."""
    return [unit_id for unit_id in share.units if unit_id in live]


def free_crews(share: CrewShare, units: Mapping[str, Unit], live: Collection[str]) -> int:
    """How many more of its vehicles can be sent; never below 0."""
    return max(0, crews_of(share, units) - len(out_of(share, live)))


def parked_by(unit: Unit, units: Mapping[str, Unit], live: Collection[str]) -> str | None:
    """The vehicle that has the crew of a unit that is on no incident; None where it can go.

    Args:
        unit: The one asked of.
        units: All of the region, or at least those that share its crew.
        live: The ids of units that are on an incident.
    """
    if unit.crew is None or unit.id in live or free_crews(unit.crew, units, live) > 0:
        return None
    return out_of(unit.crew, live)[-1]


def is_further_crew(unit: Unit, units: Mapping[str, Unit], live: Collection[str]) -> bool:
    """Whether who logs on to the unit now is a crew besides the shared one.

    It is while the shared one is out with another vehicle, or logged on to one. Who logs on to a
    parked vehicle is one even where the crew that left it had logged on to it.
    """
    if unit.crew is None:
        return False
    if parked_by(unit, units, live) is not None:
        return True
    if unit.logon is not None:
        return unit.logon.added
    others = [other for other in unit.crew.units if other != unit.id]
    crewed = any((known := units.get(other)) and known.logon is not None for other in others)
    return crewed or any(other in live for other in others)


def check_crews(state: State, drafts: Sequence[Draft]) -> None:
    """Refuse what would have more vehicles of a share out than it has crews.

    Raises:
        UnitNotAvailable: With the vehicle that has the crew in ``crew_out_with``.
    """
    units = dict(state.board.units)
    live = state.board.live_units()
    concerned: dict[str, None] = {}
    for draft in drafts:
        for unit_id in _moved(state, draft, units, live):
            concerned[unit_id] = None
    for unit_id in concerned:
        unit = units.get(unit_id)
        if unit is None or unit.crew is None:
            continue
        out = out_of(unit.crew, live)
        if len(out) > crews_of(unit.crew, units):
            other = next((o for o in reversed(out) if o != unit_id), out[0])
            raise UnitNotAvailable(
                f"{unit_id} shares its crew with {other}, which is out with it; "
                "log on a further crew, or send another unit.",
                unit_id=unit_id,
                crew_out_with=other,
            )


def _moved(state: State, draft: Draft, units: dict[str, Unit], live: set[str]) -> Iterable[str]:
    """Do what an event does to crews and vehicles; the units that may now lack a crew."""
    body = draft.body
    match body:
        case ev.UnitAssigned():
            live.add(body.assignment.unit_id)
            return (body.assignment.unit_id,)
        case ev.AssignmentReleased():
            released = state.board.assignments.get(body.assignment_id)
            live -= {released.unit_id} if released else set()
        case ev.AssignmentStatusChanged() if body.status == "cleared":
            cleared = state.board.assignments.get(body.assignment_id)
            live -= {cleared.unit_id} if cleared else set()
        case ev.AssignmentCorrected():
            again = state.board.assignments.get(body.assignment_id)
            if again is not None and body.status != "cleared":
                live.add(again.unit_id)
                return (again.unit_id,)
        case ev.IncidentReopened():
            back = [a.unit_id for a in body.assignments if a.live]
            live.update(back)
            return back
        case ev.UnitLoggedOn() | ev.UnitLoggedOff():
            unit = units.get(body.unit_id)
            if unit is not None:
                logon = body.logon if isinstance(body, ev.UnitLoggedOn) else None
                units[unit.id] = unit.logged_on(logon)
                return (unit.id,)
        case _:
            pass
    return ()
