"""A run of a card protocol for a call: who opened it, what it came to, and what became of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from dispatch.domain.incident import Incident
from dispatch.domain.open_slots import open_slots, surplus_of_plan
from dispatch.domain.recommendation import Slot
from dispatch.domain.unit import Unit
from dispatch.domain.values import Discipline, Id, Priority, ShortText, UtcTime, Value

RunState = Literal[
    "opened", "unknown", "waiting", "same", "applied", "proposed", "accepted", "refused",
    "superseded",
]  # fmt: skip
"""No determinant yet; one that the agency's table lacks; the call has no incident yet; it says what
stands already; the plan follows it; a dispatcher decides; taken; not taken; a later one counts."""

ASKS: frozenset[RunState] = frozenset({"proposed", "waiting"})
"""Somebody may still take or refuse it."""


class ProtocolRun(Value):
    """One run. ``determinant`` is as the program said it, empty until then.

    ``incident_type`` and ``priority`` are what the agency's table makes of it. ``adds`` are
    capabilities that its plan asks for besides what is on the incident, ``spares`` the units on it
    that its plan does not ask for: both as they were when it came.
    """

    id: Id
    program_id: ShortText = ""
    program_name: ShortText = ""
    discipline: Discipline
    agency_id: Id | None = None
    """Whose program it is; None: everybody's."""
    opened_at: UtcTime | None = None
    opened_by: Id | None = None
    """Who launched it; None: it came without being launched from here."""
    determinant: ShortText = ""
    label: ShortText = ""
    determined_at: UtcTime | None = None
    determined_by: Id | None = None
    state: RunState = "opened"
    incident_id: Id | None = None
    """The incident that it was judged for."""
    incident_type: ShortText | None = None
    type_label: ShortText = ""
    priority: Priority | None = None
    downgrade: bool = False
    """It is less urgent than what stands, or asks for less: taking it needs a reason."""
    adds: tuple[ShortText, ...] = ()
    spares: tuple[Id, ...] = ()
    reason: ShortText = ""
    settled_at: UtcTime | None = None
    settled_by: Id | None = None


class Difference(NamedTuple):
    """What another plan asks beyond the units on an incident, and which of them it does not ask."""

    adds: tuple[str, ...]
    spares: tuple[str, ...]
    short: tuple[Discipline, ...]
    """Disciplines of which something is added."""


def plan_difference(incident: Incident, slots: Sequence[Slot], live: Sequence[Unit]) -> Difference:
    """What taking a plan over would change.

    Args:
        incident: As it stands, with its legs.
        slots: Of the plan that is proposed.
        live: The units on the incident now, whatever plan they were sent by.

    Returns:
        Capabilities (``engine``, ``engine ×2``) in the plan's order, unit ids in order of sending.
        Nothing is cancelled by it: a spared unit is named, for a person to release.
    """
    missing = open_slots(incident, slots, live)
    wanted = Counter(slot.capability for slot in missing)
    spared = surplus_of_plan(incident, slots, live)
    return Difference(
        adds=tuple(f"{name} ×{n}" if n > 1 else name for name, n in wanted.items()),
        spares=(*(unit.id for unit in spared.units), *(one.ref for one in spared.outside)),
        short=tuple(dict.fromkeys(slot.discipline for slot in missing)),
    )


def is_downgrade(
    incident: Incident, priority: int, before: Sequence[Slot], after: Sequence[Slot]
) -> bool:
    """Whether a determinant makes less of an incident: it is less urgent, or asks for fewer units
    (``after``) than its present plan (``before``)."""
    return priority > incident.priority or len(after) < len(before)


def was_dispatched(incident: Incident) -> bool:
    """Whether a unit was ever sent, or is asked for from outside: a determinant proposes then."""
    asked = any(one.standing for one in incident.outside)
    return asked or any(leg.first_assigned_at is not None for leg in incident.legs)
