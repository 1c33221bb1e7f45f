"""Which slots of a plan still wait for a unit, given the units on the incident. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from dispatch.domain.incident import Incident
from dispatch.domain.outside import OutsideUnit
from dispatch.domain.pairing import cheapest_pairs
from dispatch.domain.recommendation import Slot
from dispatch.domain.substitution import may_stand_in
from dispatch.domain.unit import Unit
from dispatch.domain.values import Discipline


class Filling(Protocol):
    """What can fill a slot: a unit of the region, or one promised from outside it."""

    @property
    def discipline(self) -> Discipline: ...

    @property
    def capabilities(self) -> tuple[str, ...]: ...


_F = TypeVar("_F", bound=Filling)


def open_slots(
    incident: Incident, slots: Sequence[Slot], live: Sequence[Filling]
) -> tuple[Slot, ...]:
    """The slots that a recommendation has to fill, with the index that they have in the plan.

    A leg that is closed wants nothing more. Each unit on the incident covers one slot of its
    discipline whose capability it has or may stand in for, however it was sent and however far it
    comes, so that as many as possible are covered, and of these as many as possible by the
    capability itself. A unit that fits none, as one sent by override may, is there in addition:
    the slot stays open.

    Args:
        incident: With its legs as they stand.
        slots: All slots of its plan.
        live: The units on it now. Those from outside that it counts on are added here.
    """
    counted = [*live, *(one for one in incident.outside if one.standing)]
    return _matched(incident, slots, counted)[0]


class Surplus(NamedTuple):
    """What no slot of a plan asks for any more."""

    units: tuple[Unit, ...]
    outside: tuple[OutsideUnit, ...]


def surplus_of_plan(
    incident: Incident, slots: Sequence[Slot], live: Sequence[Unit], arrived: Collection[str] = ()
) -> Surplus:
    """The units on the incident that no slot of its plan asks for: after a lower alarm, or sent
    by override and fit for none that is not covered. Those promised from outside count too.

    Who is on scene stays before who is on the way, the leg's own agency before aid, aid of the
    region before a unit from outside.

    Args:
        incident: With its legs as they stand.
        slots: All slots of its plan.
        live: The units on it now.
        arrived: Ids of those that have been on scene.
    """
    outside = [one for one in incident.outside if one.standing]
    stay = [_stays(incident, unit, unit.id in arrived) for unit in live]
    stay += [0.04 if one.arrived_at is not None else 0.0 for one in outside]
    counted: list[Filling] = [*live, *outside]
    spared = _matched(incident, slots, counted, stay)[1]
    return Surplus(
        units=tuple(one for one in spared if isinstance(one, Unit)),
        outside=tuple(one for one in spared if isinstance(one, OutsideUnit)),
    )


def _stays(incident: Incident, unit: Unit, arrived: bool) -> float:
    """How much rather it stays than another that fits as well."""
    leg = incident.leg(unit.discipline)
    own = leg is not None and leg.agency_id == unit.agency_id
    return (0.04 if arrived else 0.0) + 0.01 + (0.01 if own else 0.0)


def _matched(
    incident: Incident, slots: Sequence[Slot], live: Sequence[_F], stay: Sequence[float] = ()
) -> tuple[tuple[Slot, ...], tuple[_F, ...]]:
    """Slots without a unit, units without a slot; ``stay``: what each of ``live`` adds, if used."""
    closed = {leg.discipline for leg in incident.legs if leg.state == "closed"}
    wanted = [slot for slot in slots if slot.discipline not in closed]
    if not wanted or not live:
        return tuple(wanted), tuple(live)
    cover = np.zeros((len(wanted), len(live)))
    firsts = {slot.second_of for slot in wanted}
    for row, slot in enumerate(wanted):
        for column, unit in enumerate(live):
            if not _fits(unit, slot):
                continue
            cover[row, column] = 1000.0 + (2.0 if slot.capability in unit.capabilities else 0.0)
            cover[row, column] += 0.1 if slot.index in firsts and _brings_two(unit) else 0.0
            cover[row, column] -= 0.5 if slot.second_of is not None else 0.0
            cover[row, column] += stay[column] if stay else 0.0
    rows, columns = cheapest_pairs(cover, maximize=True)
    pairs = [
        (row, column) for row, column in zip(rows, columns, strict=True)
        if cover[row, column] > 0
    ]  # fmt: skip
    covered, used = {row for row, _ in pairs}, {column for _, column in pairs}
    covered |= _second_rows(wanted, [(wanted[row].index, live[column]) for row, column in pairs])
    return (
        tuple(slot for row, slot in enumerate(wanted) if row not in covered),
        tuple(unit for column, unit in enumerate(live) if column not in used),
    )


def _fits(unit: Filling, slot: Slot) -> bool:
    """Whether it has the slot's capability or may stand in for it; no cap binds who is sent."""
    if unit.discipline != slot.discipline:
        return False
    has = slot.capability in unit.capabilities
    return has or bool(may_stand_in(unit.capabilities, slot.stand_ins))


def _second_rows(wanted: Sequence[Slot], covered: Sequence[tuple[int, Filling]]) -> set[int]:
    """Rows of second officers who came on the unit that covers the first slot."""
    crewed = {index for index, unit in covered if _brings_two(unit)}
    return {row for row, slot in enumerate(wanted) if slot.second_of in crewed}


def _brings_two(unit: Filling) -> bool:
    """Whether two are on board; of a unit from outside nobody knows."""
    return isinstance(unit, Unit) and unit.staffing >= 2
