"""Closing and opening roads by hand, and taking over what a feed says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dispatch.domain.closure import Closure, Direction
from dispatch.domain.commands import LiftClosure, OpenClosure, RecordFeed
from dispatch.domain.errors import InvalidInput, NotPlaced
from dispatch.domain.events import FeedRead
from dispatch.domain.values import HUB_ACTOR, VEHICLE_CLASSES, Actor, VehicleClass
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat

LASTS_MAX = timedelta(days=366)
"""The longest closure that can be entered by hand; a longer one belongs on the map itself."""


async def open_closure(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    line: Sequence[LonLat],
    ends_at: datetime,
    begins_at: datetime | None = None,
    direction: Direction = "both",
    speed_factor: float = 0.0,
    vehicle_classes: Sequence[VehicleClass] = VEHICLE_CLASSES,
    description: str = "",
) -> Outcome:
    """Shut or slow the roads under a line until ``ends_at``.

    Raises:
        NotPlaced: No road fits the line well enough; it is never guessed.
        RoadsUnavailable: Nobody can place it now.
    """
    begins = begins_at or hub.now()
    if ends_at <= begins:
        raise InvalidInput("The end must be later than the beginning.", field="ends_at")
    if ends_at - begins > LASTS_MAX:
        raise InvalidInput("A closure lasts a year at most.", field="ends_at")
    match = await hub.roads.match(list(line), direction)
    if match.why_not:
        raise NotPlaced(match.why_not, field="line", why=match.why_not)
    closure = Closure(
        id=derived_id(command_id, "closure"),
        source="dispatcher",
        description=description,
        line=tuple(line),
        direction=direction,
        speed_factor=speed_factor,
        vehicle_classes=tuple(vehicle_classes),
        begins_at=begins,
        ends_at=ends_at,
        network_id=match.network_id,
        arcs=tuple(match.arcs),
        confidence=match.confidence,
        opened_by=actor.account_id,
    )
    return await hub.submit(OpenClosure(command_id=command_id, actor=actor, closure=closure))


async def lift_closure(hub: Hub, actor: Actor, *, command_id: str, closure_id: str) -> Outcome:
    """Open the road again before the closure's time."""
    return await hub.submit(LiftClosure(command_id=command_id, actor=actor, closure_id=closure_id))


async def record_feed(
    hub: Hub, *, command_id: str, read: FeedRead, closures: Sequence[Closure]
) -> Outcome:
    """What a worker read from a feed and placed on the roads."""
    command = RecordFeed(
        command_id=command_id, actor=HUB_ACTOR, read=read, closures=tuple(closures)
    )
    return await hub.submit(command)
