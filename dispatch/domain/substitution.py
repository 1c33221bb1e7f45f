"""Which capability may stand in for another, at what cost, and up to how far. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Substitute(NamedTuple):
    """A capability that may stand in for another, at a cost in seconds.

    A substitute whose travel is longer than ``cap_s`` is not proposed.
    """

    capability: str
    penalty_s: float
    cap_s: float = 1800.0


Substitutes = Mapping[str, tuple[Substitute, ...]]
"""By the capability that is asked for. A stand-in has no stand-in: chains are not followed."""

SUBSTITUTES: Substitutes = {
    "als": (Substitute("bls", 300.0),),
    "ladder": (Substitute("engine", 240.0),),
    "rescue": (Substitute("ladder", 240.0),),
}
"""What may stand in for what."""


def stand_ins(
    asked: str, capabilities: Sequence[str], substitutes: Substitutes
) -> list[Substitute]:
    """The rules by which somebody with these capabilities may stand in, the cheapest first; none
    where the one asked for is among them."""
    if asked in capabilities:
        return []
    found = [each for each in substitutes.get(asked, ()) if each.capability in capabilities]
    return sorted(found, key=lambda each: each.penalty_s)


def substitution_s(
    asked: str,
    capabilities: Sequence[str],
    travel_s: float | None,
    substitutes: Substitutes,
) -> float | None:
    """Penalty in seconds of a unit for a slot of its discipline.

    Args:
        asked: The slot's capability.
        capabilities: The unit's.
        travel_s: Its drive time; None or infinite where no route is known: then it stands in for
            nothing, whatever the cap.
        substitutes: The rules.

    Returns:
        0 for the capability itself, None where it may not go.
    """
    if asked in capabilities:
        return 0.0
    if travel_s is None or not math.isfinite(travel_s):
        return None
    within = [e for e in stand_ins(asked, capabilities, substitutes) if travel_s <= e.cap_s]
    return within[0].penalty_s if within else None
