"""The log as the roads read it: closures that stand, and events about them. Read only."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Engine, select

from dispatch.domain.chain import event_from
from dispatch.domain.closure import Closure
from dispatch.domain.events import Event, RegionActivated
from dispatch.domain.unit import Unit
from dispatch.store import entities
from dispatch.store import tables as t
from dispatch.store.engine import is_sqlite
from dispatch.store.event_log import Head, read_head
from dispatch.store.regions import driving_rows
from jurisdictions.driving import DrivingRow

ROAD_KINDS: Final = (
    "closure.opened",
    "closure.began",
    "closure.paused",
    "closure.ended",
    "region.activated",
)


class RoadState(NamedTuple):
    """The log's head, the active region, the closures not ended, the roster's units, and how its
    agencies drive."""

    head: Head
    region: RegionActivated | None
    closures: list[Closure]
    units: list[Unit]
    driving: list[DrivingRow]


def load_closures(engine: Engine) -> RoadState:
    """What the roads rest on, all in one read snapshot."""
    with engine.connect() as connection:
        if not is_sqlite(engine):
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            head = read_head(connection)
            region = entities.region_of(connection, head.region_version)
            closures = entities.closures(connection, t.closure.c.state != "ended")
            units = entities.units(connection, head.region_version)
            driving = driving_rows(connection, head.region_version)
    return RoadState(head, region, closures, units, driving)


def read_road_events(engine: Engine, after: int, limit: int = 500) -> tuple[Head, list[Event]]:
    """The log's head, and at most ``limit`` events about closures or region after ``after``."""
    with engine.connect() as connection, connection.begin():
        head = read_head(connection)
        if head.seq <= after:
            return head, []
        payloads = connection.scalars(
            select(t.event.c.payload)
            .where(t.event.c.seq > after, t.event.c.seq <= head.seq, t.event.c.kind.in_(ROAD_KINDS))
            .order_by(t.event.c.seq)
            .limit(limit)
        ).all()
    return head, [event_from(payload, {}) for payload in payloads]
