"""What falls due, and the fence that lets one hub process alone drain it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from dispatch.domain.timers import DueKind
from dispatch.store import tables as t
from dispatch.store.clock import database_now
from dispatch.store.upsert import upsert

LEADER = "leader"
LIMIT = 200
LEASES_AHEAD = 2
"""A lease that ends later than so many leases from now is of a clock that was set back since."""


class DueRow(NamedTuple):
    """One thing that is due."""

    id: int
    at: datetime
    kind: DueKind
    ref: str


def current_fence(connection: Connection) -> int:
    """The number of the present leader; 0 before there was any."""
    number = connection.scalar(select(t.fence.c.number).where(t.fence.c.name == LEADER))
    return number or 0


class Lead(NamedTuple):
    """Who leads, under which number, until when."""

    number: int
    holder: str
    expires_at: datetime


def find_lead(connection: Connection) -> Lead | None:
    """The present lead, lapsed or not; None before there was any."""
    row = connection.execute(
        select(t.fence.c.number, t.fence.c.holder, t.fence.c.expires_at).where(
            t.fence.c.name == LEADER
        )
    ).one_or_none()
    return Lead(*row) if row else None


def take_lead(connection: Connection, holder: str, lease_s: float) -> int | None:
    """Become leader, or stay it. Needs a writing transaction.

    Returns:
        The fence number to write with, or None while another holder's lease runs.
    """
    now = database_now(connection)
    lead = find_lead(connection)
    latest = now + timedelta(seconds=lease_s * LEASES_AHEAD)
    if lead and lead.holder != holder and now <= lead.expires_at <= latest:
        return None
    same = lead is not None and lead.holder == holder
    number = (lead.number if lead else 0) + (0 if same else 1)
    row = {"holder": holder, "number": number, "expires_at": now + timedelta(seconds=lease_s)}
    if lead is None:
        upsert(connection, t.fence, {"name": LEADER, **row})
        return number
    unchanged = update(t.fence).where(
        t.fence.c.name == LEADER, t.fence.c.number == lead.number, t.fence.c.holder == lead.holder
    )
    return number if connection.execute(unchanged.values(row)).rowcount else None


def list_due(connection: Connection, limit: int = LIMIT) -> list[DueRow]:
    """What is due by the database's clock, oldest first."""
    now = database_now(connection)
    rows = connection.execute(
        select(t.due).where(t.due.c.at <= now).order_by(t.due.c.at, t.due.c.id).limit(limit)
    )
    return [DueRow(row.id, row.at, row.kind, row.ref) for row in rows]


def overdue_s(connection: Connection) -> float:
    """Seconds for which the oldest thing that is due has waited; 0 where nothing is."""
    oldest = connection.scalar(select(func.min(t.due.c.at)))
    return 0.0 if oldest is None else max(0.0, (database_now(connection) - oldest).total_seconds())


def drop_due(connection: Connection, due_id: int) -> None:
    """It was dealt with, in the transaction that dealt with it."""
    connection.execute(delete(t.due).where(t.due.c.id == due_id))
