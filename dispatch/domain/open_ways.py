"""What closures and limits cost a unit: its way with every road open, and what is in it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.domain.closure import Closure
from dispatch.domain.recommendation import Without
from geodata.lonlat import LonLat


@dataclass(frozen=True, slots=True)
class OpenRoads:
    """A unit's way with every road open, where it is another than its own.

    Attributes:
        travel_s: Along it.
        line: Of it, both ends included.
        closures: In force on it, in driving order.
        max_height_m: The least limit on it that the unit's class exceeds; None for none.
        max_weight_t: In the same way.
        by_hour: The first road on it that the map shuts at this hour; empty for none.
        congestion: The share that the unit feels of what is slow because of traffic.
    """

    travel_s: float
    line: Sequence[LonLat]
    closures: Sequence[Closure] = ()
    max_height_m: float | None = None
    max_weight_t: float | None = None
    by_hour: str = ""
    congestion: float = 1.0


def open_way(way: OpenRoads) -> Without:
    """As it stands in a recommendation, with what it avoids in words."""
    avoids = (
        *limits_of(way),
        *(f"{name_of(closure)}: {_effect(closure, way.congestion)}" for closure in way.closures),
        *((f"{way.by_hour}: shut at this hour",) if way.by_hour else ()),
    )
    return Without(
        travel_s=way.travel_s,
        route=tuple(way.line),
        avoids=tuple(dict.fromkeys(words[:200] for words in avoids)),
    )


def limits_of(way: OpenRoads) -> tuple[str, ...]:
    """The limits that stand in it: ``limit 3.2 m``, ``limit 12 t``."""
    limits = ((way.max_height_m, "m"), (way.max_weight_t, "t"))
    return tuple(f"limit {limit:g} {unit}" for limit, unit in limits if limit is not None)


def name_of(closure: Closure) -> str:
    """What it is called; the end of its id where nobody has described it."""
    return closure.description or f"closure {closure.id[-6:]}"


def slowed_words(closure: Closure, congestion: float) -> str:
    """``slowed to 50%``: for whoever feels this share of what is slow because of traffic."""
    eased = closure.congestion and congestion < 1.0
    share = closure.factor_felt(congestion)
    return f"slowed to {share:.0%}" + (" with lights" if eased else "")


def _effect(closure: Closure, congestion: float) -> str:
    if not closure.confirmed:
        return f"blocked, {closure.said_by}"
    if closure.has_limit():
        limits = (
            (closure.max_height_m, "m"),
            (closure.max_weight_t, "t"),
            (closure.max_width_m, "m wide"),
        )
        return " ".join(f"limit {limit:g} {unit}" for limit, unit in limits if limit is not None)
    return "shut" if closure.speed_factor == 0.0 else slowed_words(closure, congestion)
