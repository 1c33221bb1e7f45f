"""Which capability may stand in for another, at what cost, and up to how far. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence

from dispatch.domain.values import Discipline, ShortText, Value
from jurisdictions.substitutes import SubstituteRow


class StandIn(Value):
    """A capability that may stand in for the one that a slot asks for, at a cost in seconds.

    A unit whose travel is longer than ``cap_s`` is not proposed for it.
    """

    capability: ShortText
    penalty_s: float
    cap_s: float = 1800.0
    through: tuple[ShortText, ...] = ()
    """What it stands in for on the way to the one asked for, the nearest to that one first."""


Substitutes = Mapping[str, tuple[StandIn, ...]]
"""Chains that are followed already, by the capability asked for, the cheapest first."""

SUBSTITUTES: Substitutes = {
    "als": (StandIn(capability="bls", penalty_s=300.0),),
    "ladder": (StandIn(capability="engine", penalty_s=240.0),),
    "rescue": (StandIn(capability="ladder", penalty_s=240.0),),
}
"""Of an agency whose region says nothing of it: one link each, no chains."""


class SubstituteBook:
    """What may stand in for what, by agency: chains are followed once, when a version is read.

    The table that counts is of the agency that answers for the incident in the slot's discipline,
    whoever owns the unit: what is good enough is for the one to say who asks.
    """

    def __init__(self, by_agency: Mapping[str, Sequence[SubstituteRow]] | None = None) -> None:
        self._by_agency = {
            agency: chained(rows) for agency, rows in (by_agency or {}).items() if rows
        }

    def stand_ins(
        self, discipline: Discipline, capability: str, authorities: Mapping[Discipline, str]
    ) -> tuple[StandIn, ...]:
        """What may stand in for a capability, the cheapest first.

        Args:
            discipline: Of the slot.
            capability: That the slot asks for.
            authorities: Agency that answers for the incident, by discipline; one that is missing
                or has no rows goes by ``SUBSTITUTES``.
        """
        table = self._by_agency.get(authorities.get(discipline, ""), SUBSTITUTES)
        return table.get(capability, ())


def chained(rows: Iterable[SubstituteRow]) -> Substitutes:
    """All chains of one agency's rows: b for a +30 s and c for b +60 s make c for a +90 s.

    A chain costs the sum of its links and goes no further than its strictest cap. Of two chains to
    one stand-in both are kept only where the dearer one goes further. No chain comes back to a
    capability that it has been through.
    """
    links: dict[str, list[SubstituteRow]] = {}
    for row in rows:
        links.setdefault(row.capability, []).append(row)
    return {asked: _chains_from(asked, links) for asked in links}


def _chains_from(asked: str, links: Mapping[str, Sequence[SubstituteRow]]) -> tuple[StandIn, ...]:
    """Cheapest first, so that a chain counts only where it goes further than all before it."""
    found: list[StandIn] = []
    furthest_s: dict[str, float] = {}
    waiting: list[tuple[float, float, tuple[str, ...]]] = [(0.0, -math.inf, (asked,))]
    while waiting:
        penalty_s, shortest_s, way = heapq.heappop(waiting)
        end, cap_s = way[-1], -shortest_s
        if cap_s <= furthest_s.get(end, -1.0):
            continue
        furthest_s[end] = cap_s
        if len(way) > 1:
            chain = {"capability": end, "penalty_s": penalty_s, "cap_s": cap_s}
            found.append(StandIn.model_validate({**chain, "through": way[1:-1]}))
        for row in links.get(end, ()):
            if row.stand_in not in way:
                further = (penalty_s + row.penalty_s, -min(cap_s, row.cap_s), (*way, row.stand_in))
                heapq.heappush(waiting, further)
    return tuple(found)


def may_stand_in(capabilities: Sequence[str], stand_ins: Sequence[StandIn]) -> list[StandIn]:
    """Those of the rules by which somebody with these capabilities may stand in, in their order."""
    return [each for each in stand_ins if each.capability in capabilities]


def stand_in_from(
    capabilities: Sequence[str], travel_s: float | None, stand_ins: Sequence[StandIn]
) -> StandIn | None:
    """The cheapest rule by which a unit may stand in from where it is.

    Args:
        capabilities: The unit's, which lacks the one asked for.
        travel_s: Its drive time; None or infinite where no route is known: then it stands in for
            nothing, whatever the cap.
        stand_ins: Of the slot, the cheapest first.

    Returns:
        None where it may not.
    """
    if travel_s is None or not math.isfinite(travel_s):
        return None
    return next((e for e in may_stand_in(capabilities, stand_ins) if travel_s <= e.cap_s), None)
