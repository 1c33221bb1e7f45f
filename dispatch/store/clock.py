"""The database's clock: the one clock that all hub processes share."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, text

from dispatch.store.engine import is_sqlite


def database_now(connection: Connection) -> datetime:
    """This instant, aware, UTC. SQLite lives in this machine and has this machine's clock."""
    if is_sqlite(connection):
        return _machine_now()
    now = connection.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(now, datetime)
    return now.astimezone(UTC)


def _machine_now() -> datetime:
    return datetime.now(UTC)


class SharedClock:
    """The database's clock without asking it each time: asked now and then, counted on between.

    What a process stamps with it can be held against what another one stamped, whatever the clocks
    of their machines say, and nobody who sets a machine's clock moves it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._base: tuple[datetime, float] | None = None

    def look(self) -> None:
        """Ask the database. Blocks; a difference that asking itself explains changes nothing."""
        if is_sqlite(self._engine):
            return
        with self._engine.connect() as connection, connection.begin():
            asked_s = time.monotonic()
            at = database_now(connection)
            took_s = time.monotonic() - asked_s
        said = at + timedelta(seconds=took_s / 2)
        if self._base is None or abs((said - self.now()).total_seconds()) > took_s / 2:
            self._base = said, asked_s + took_s

    def now(self) -> datetime:
        """This instant, aware, UTC."""
        if self._base is None:
            return _machine_now()
        at, counted_from_s = self._base
        return at + timedelta(seconds=time.monotonic() - counted_from_s)
