"""Closing and opening roads by hand, what crews report from the street, what a feed says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dispatch.domain.candidates import place_of
from dispatch.domain.closure import MUNICIPALITY, RESPONDER, Closure, Direction
from dispatch.domain.commands import (
    ConfirmClosure,
    LiftClosure,
    OpenClosure,
    RecordFeed,
    ReportBlock,
    WithdrawBlock,
)
from dispatch.domain.errors import InvalidInput, NotFound, NotPlaced
from dispatch.domain.events import FeedRead
from dispatch.domain.recurrence import Recurrence, WeeklyHours
from dispatch.domain.road_blocks import LASTS, PENALTY_S, REACH_M
from dispatch.domain.unit import Unit
from dispatch.domain.values import HUB_ACTOR, VEHICLE_CLASSES, Actor, VehicleClass
from dispatch.roads.protocol import Placed
from dispatch.services.assignments import visible_unit
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat

_LATE = timedelta(seconds=60)
"""A fix that came so long after the crew pressed says where it is, not where it was."""

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
    congestion: bool = False,
    vehicle_classes: Sequence[VehicleClass] = VEHICLE_CLASSES,
    max_height_m: float | None = None,
    max_weight_t: float | None = None,
    max_width_m: float | None = None,
    hours: Sequence[WeeklyHours] = (),
    description: str = "",
) -> Outcome:
    """Shut or slow the roads under a line until ``ends_at``; ``congestion`` says that it is traffic
    that slows them.

    With a limit in metres or tonnes, only for the classes whose vehicles exceed it. With ``hours``,
    only in these, by the region's clock. A municipality shuts roads on its own ground alone, and
    the closure stays its own.

    Raises:
        InvalidInput: A shut road is called congested, the window or the hours can be read in two
            ways, or hold at no time, or a part of the line lies outside the municipality.
        NotPlaced: No road fits the line well enough; it is never guessed.
        RoadsUnavailable: Nobody can place it now.
    """
    if congestion and speed_factor == 0.0:
        raise InvalidInput("Traffic slows a road: say to which speed.", field="congestion")
    begins = begins_at or hub.now()
    if ends_at <= begins:
        raise InvalidInput("The end must be later than the beginning.", field="ends_at")
    if ends_at - begins > LASTS_MAX:
        raise InvalidInput("A closure lasts a year at most.", field="ends_at")
    own = actor.municipality or "" if actor.role == "municipal_admin" else None
    if own is not None:
        _check_own_ground(hub, own, line)
    match = await hub.roads.match(list(line), direction)
    if match.why_not:
        raise NotPlaced(match.why_not, field="line", why=match.why_not)
    closure = Closure(
        id=derived_id(command_id, "closure"),
        source="dispatcher" if own is None else MUNICIPALITY,
        source_ref=own or "",
        description=description,
        line=tuple(line),
        direction=direction,
        speed_factor=speed_factor,
        congestion=congestion,
        vehicle_classes=tuple(vehicle_classes),
        max_height_m=max_height_m,
        max_weight_t=max_weight_t,
        max_width_m=max_width_m,
        begins_at=begins,
        ends_at=ends_at,
        recurrence=_recurrence(hub, hours),
        network_id=match.network_id,
        arcs=tuple(match.arcs),
        confidence=match.confidence,
        opened_by=actor.account_id,
    )
    return await hub.submit(OpenClosure(command_id=command_id, actor=actor, closure=closure))


def _check_own_ground(hub: Hub, municipality: str, line: Sequence[LonLat]) -> None:
    outside = hub.region().boundaries.leaves(line, municipality)
    if outside is not None:
        whose = hub.region().boundaries.municipality_at(outside) or "no municipality"
        raise InvalidInput(
            f"{outside.lat:.5f}, {outside.lon:.5f} lies in {whose}: shut your own roads, and ask "
            "the dispatchers for others.",
            field="line",
        )


def _recurrence(hub: Hub, hours: Sequence[WeeklyHours]) -> Recurrence | None:
    if not hours:
        return None
    for number, each in enumerate(hours):
        if each.begins == each.ends:
            raise InvalidInput(
                f"{each.begins}-{each.ends} is nothing or a whole day: all day is 00:00-24:00.",
                field=f"hours.{number}",
            )
    region = hub.board().region
    return Recurrence(time_zone=region.time_zone if region else "UTC", hours=tuple(hours))


async def accept_proposal(
    hub: Hub, actor: Actor, *, command_id: str, feed_id: str, ref: str
) -> Outcome:
    """What a feed lists and the roads placed in doubt only: a person says that it is that road.

    It stands until its own end, or until the feed lists it no more.

    Raises:
        NotFound: The feed lists no such entry now, or nothing was proposed for it.
    """
    read = hub.board().feeds.get(feed_id)
    rejects = read.rejects if read else ()
    proposal = next((r.proposal for r in rejects if r.ref == ref and r.proposal), None)
    if proposal is None:
        raise NotFound(feed_id=feed_id, ref=ref)
    by = {"confirmed_by": actor.account_id, "opened_by": actor.account_id}
    closure = proposal.model_copy(update=by)
    return await hub.submit(OpenClosure(command_id=command_id, actor=actor, closure=closure))


async def lift_closure(hub: Hub, actor: Actor, *, command_id: str, closure_id: str) -> Outcome:
    """Open the road again before the closure's time; a municipality opens what it has shut.

    Raises:
        NotFound: There is none, or it is not the municipality's own.
    """
    if actor.role == "municipal_admin":
        closure = hub.board().closures.get(closure_id)
        theirs = closure is not None and closure.source == MUNICIPALITY
        if closure is None or not theirs or closure.source_ref != actor.municipality:
            raise NotFound("It is not one that you have shut.", closure_id=closure_id)
    return await hub.submit(LiftClosure(command_id=command_id, actor=actor, closure_id=closure_id))


async def report_block(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    unit_id: str,
    device_at: datetime | None = None,
    at: LonLat | None = None,
    heading_deg: float | None = None,
) -> Outcome:
    """A crew says that the road before it is blocked.

    The road is the next ``REACH_M`` metres of the crew's way; away from its way, straight on by its
    heading; where nobody knows its direction, the road that it stands on, both ways.

    Args:
        hub: The running hub.
        actor: The crew, or a dispatcher who heard it by radio.
        command_id: The client's.
        unit_id: The crew's unit.
        device_at: When it was pressed, where the device had no link; None is now.
        at: Where the device was then; None is the unit's last fix.
        heading_deg: Of the device then, clockwise from north, if it knows.

    Raises:
        InvalidInput: Nobody knows where the unit was, or it was too long ago.
        NotPlaced: There is no road at its fix.
        RoadsUnavailable: Nobody can place it now.
    """
    unit = visible_unit(hub, actor, unit_id)
    now = hub.now()
    said_at = min(device_at or now, now)
    place, heading = _place_of_crew(hub, unit, said_at, at, heading_deg)
    live = hub.board().live_of_unit(unit.id)
    way = [LonLat(*point) for point in live.route] if live else []
    ahead = await hub.roads.ahead(place, reach_m=REACH_M, way=way, heading_deg=heading)
    if not ahead.arcs:
        raise NotPlaced("No road is near the unit's fix.", field="at", why="no road is near")
    closure = Closure(
        id=derived_id(command_id, "block"),
        source=RESPONDER,
        description=ahead.name,
        line=ahead.line,
        direction="along" if ahead.directed else "both",
        begins_at=said_at,
        ends_at=said_at + LASTS,
        network_id=ahead.network_id,
        arcs=ahead.arcs,
        opened_by=actor.account_id,
        confirmed=False,
        penalty_s=_penalty_s(hub, unit),
        reported_by=(unit.id,),
    )
    return await hub.submit(ReportBlock(command_id=command_id, actor=actor, closure=closure))


def _place_of_crew(
    hub: Hub, unit: Unit, said_at: datetime, at: LonLat | None, heading_deg: float | None
) -> tuple[LonLat, float | None]:
    """Where the crew was and how it headed: by its device, else by a fix of that time."""
    if at is not None:
        return at, heading_deg
    fix = hub.fixes().get(unit.id)
    place = place_of(unit, hub.board().live_of_unit(unit.id), fix, said_at)
    if fix is None or place.source != "fix" or fix.received_at - said_at > _LATE:
        raise InvalidInput(f"Nobody knows where {unit.id} was: say the road by radio.", field="at")
    return place.at, heading_deg if heading_deg is not None else fix.heading_deg


def _penalty_s(hub: Hub, unit: Unit) -> float:
    policy = hub.policy()
    agencies = policy.agencies if policy else ()
    own = next((a.unconfirmed_block_s for a in agencies if a.id == unit.agency_id), None)
    return PENALTY_S if own is None else own


async def withdraw_block(
    hub: Hub, actor: Actor, *, command_id: str, unit_id: str, closure_id: str
) -> Outcome:
    """The crew takes back what it has reported, as long as no dispatcher has confirmed it."""
    visible_unit(hub, actor, unit_id)
    command = WithdrawBlock(
        command_id=command_id, actor=actor, unit_id=unit_id, closure_id=closure_id
    )
    return await hub.submit(command)


async def confirm_closure(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    closure_id: str,
    ends_at: datetime | None = None,
    both_ways: bool = False,
    description: str = "",
) -> Outcome:
    """A dispatcher takes a crew's word: from now on it binds everybody. To refuse it, lift it.

    Raises:
        NotFound: There is no such closure.
        NotPlaced: ``both_ways``, and the other direction of the road cannot be told.
        RoadsUnavailable: ``both_ways``, and nobody can place it now.
    """
    closure = hub.board().closures.get(closure_id)
    if closure is None:
        raise NotFound(closure_id=closure_id)
    if ends_at is not None and ends_at - hub.now() > LASTS_MAX:
        raise InvalidInput("A closure lasts a year at most.", field="ends_at")
    placed: Placed | None = None
    if both_ways and closure.direction == "along":
        placed = await hub.roads.match([LonLat(*point) for point in closure.line], "both")
        if placed.why_not:
            raise NotPlaced(placed.why_not, field="both_ways", why=placed.why_not)
    command = ConfirmClosure(
        command_id=command_id,
        actor=actor,
        closure_id=closure_id,
        ends_at=ends_at,
        direction="both" if placed else None,
        arcs=tuple(dict.fromkeys((*closure.arcs, *placed.arcs))) if placed else (),
        network_id=placed.network_id if placed else "",
        description=description,
    )
    return await hub.submit(command)


async def record_feed(
    hub: Hub, *, command_id: str, read: FeedRead, closures: Sequence[Closure]
) -> Outcome:
    """What a worker read from a feed and placed on the roads."""
    command = RecordFeed(
        command_id=command_id, actor=HUB_ACTOR, read=read, closures=tuple(closures)
    )
    return await hub.submit(command)
