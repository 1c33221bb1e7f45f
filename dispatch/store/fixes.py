"""The newest fix of each unit. Not in the log: lost in a crash of PostgreSQL, soon there again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from dispatch.domain.unit import Fix
from dispatch.store.engine import is_sqlite
from dispatch.store.tables import unit_fix
from geodata.lonlat import LonLat


def save_fixes(connection: Connection, fixes: Sequence[Fix], future: datetime) -> None:
    """Keep the newest of each unit by the hub's receive time; an older one changes nothing.

    One that was received after ``future`` is of a clock that was set back since: it gives way.
    """
    if not fixes:
        return
    newest = {fix.unit_id: fix for fix in sorted(fixes, key=lambda fix: fix.received_at)}
    rows = [
        {
            "unit_id": fix.unit_id,
            "lon": fix.at.lon,
            "lat": fix.at.lat,
            **fix.model_dump(exclude={"unit_id", "at"}),
        }
        for fix in newest.values()
    ]
    statement: Any = (
        sqlite.insert(unit_fix) if is_sqlite(connection) else postgresql.insert(unit_fix)
    )
    others = {name: statement.excluded[name] for name in rows[0] if name != "unit_id"}
    statement = statement.on_conflict_do_update(
        index_elements=["unit_id"],
        set_=others,
        where=or_(
            unit_fix.c.received_at < statement.excluded.received_at,
            unit_fix.c.received_at > future,
        ),
    )
    connection.execute(statement, rows)


def read_fixes(connection: Connection, since: datetime | None = None) -> list[Fix]:
    """Fixes received after ``since``, or all of them."""
    query = select(unit_fix)
    if since is not None:
        query = query.where(unit_fix.c.received_at > since)
    return [
        Fix(
            unit_id=row.unit_id,
            at=LonLat(row.lon, row.lat),
            accuracy_m=row.accuracy_m,
            heading_deg=row.heading_deg,
            speed_mps=row.speed_mps,
            device_at=row.device_at,
            received_at=row.received_at,
            source=row.source,
        )
        for row in connection.execute(query)
    ]
