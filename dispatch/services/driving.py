"""How a unit is asked of the roads: from where, and as its agency has it driven."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import Protocol

from dispatch.domain.unit import Unit
from dispatch.roads.protocol import RankUnit
from geodata.lonlat import LonLat
from jurisdictions.driving import AS_USUAL, Driven


class DrivingPolicy(Protocol):
    """What a region's version says of driving; a ``RegionPolicy`` is one."""

    def driven(
        self, agency_id: str, vehicle_class: str, at: datetime, *, lights: bool = True
    ) -> Driven: ...


def driven_by(
    policy: DrivingPolicy | None, unit: Unit, now: datetime, *, lights: bool = True
) -> Driven:
    """How the unit is driven now; as usual where no region is loaded."""
    if policy is None:
        return AS_USUAL
    return policy.driven(unit.agency_id, unit.vehicle_class, now, lights=lights)


def asked_of(
    unit: Unit, at: LonLat, driven: Driven, reporting: Container[str] = frozenset()
) -> RankUnit:
    """The unit as the roads are asked of it.

    Args:
        unit: Of the roster.
        at: Where it is.
        driven: As its agency has it driven.
        reporting: Units that have reported a road as blocked themselves.
    """
    return RankUnit(
        at,
        unit.vehicle_class,
        unit.id if unit.id in reporting else "",
        driven.factor,
        driven.waives_turns,
        driven.congestion,
    )
