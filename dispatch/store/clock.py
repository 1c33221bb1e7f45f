"""The database's clock: the one clock that all hub processes share."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from dispatch.store.engine import is_sqlite


def database_now(connection: Connection) -> datetime:
    """This instant, aware, UTC. SQLite lives in this machine and has this machine's clock."""
    if is_sqlite(connection):
        return datetime.now(UTC)
    now = connection.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(now, datetime)
    return now.astimezone(UTC)
