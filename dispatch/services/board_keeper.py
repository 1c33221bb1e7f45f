"""Keeps a board each few thousand events, so that any moment of the log is near one of them.

The leader does it, off the event loop; receipts of consoles that are older than the centre keeps
them are deleted beside it. It appends nothing to the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import Engine

from dispatch.domain.board import BoardSnapshot
from dispatch.services.hub import Hub
from dispatch.store.clock import database_now
from dispatch.store.event_log import read_head
from dispatch.store.kept_boards import board_of, last_kept, nearest_board, save_board, time_of
from dispatch.store.receipts import drop_receipts

KEEP_EVERY = 1_000
"""Events from one kept board to the next: some tenths of a second of reading at most."""
LOOK_EVERY_S = 2.0
DROP_EVERY_S = 3_600.0

log = structlog.get_logger()


class Kept(NamedTuple):
    """How many boards were kept just now, the last one's number, and the end of the log."""

    made: int
    last: int
    head: int


def keep_boards(engine: Engine, every: int = KEEP_EVERY) -> Kept:
    """Keep boards along a log from before any were kept; it goes on from the last kept one.

    Args:
        engine: The hub may run meanwhile.
        every: Events from one to the next.
    """
    with engine.connect() as connection, connection.begin():
        head, last = read_head(connection).seq, last_kept(connection)
        stands = nearest_board(connection, last)
    made = 0
    for seq in range(last + every, head + 1, every):
        with engine.connect() as connection, connection.begin():
            stands = board_of(connection, stands, seq)
            at = time_of(connection, seq) or database_now(connection)
        with engine.connect() as fresh:
            writing = fresh.execution_options(writing=True)
            with writing.begin():
                save_board(writing, stands.snapshot(), seq, at)
        made += 1
    return Kept(made, last + made * every, head)


class BoardKeeper:
    """Looks now and then whether a board is to be kept.

    Args:
        hub: The parts of this process.
        leads: Whether this process leads.
        receipts_kept_days: How long it is kept what consoles were sent.
    """

    def __init__(self, hub: Hub, leads: Callable[[], bool], receipts_kept_days: int) -> None:
        self._hub = hub
        self._leads = leads
        self._kept_days = receipts_kept_days
        self._region = ""
        self._last: int | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        since_drop_s = DROP_EVERY_S
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if not self._leads():
                self._last = None
                continue
            try:
                await self.step()
                since_drop_s += LOOK_EVERY_S
                if since_drop_s >= DROP_EVERY_S:
                    since_drop_s = 0.0
                    await asyncio.to_thread(self._drop)
            except Exception:  # outer loop: the database may be away for a while
                log.exception("board_not_kept")

    async def step(self) -> bool:
        """Keep the board if it is time, or if another region stands; whether it was."""
        if self._last is None:
            self._last = await asyncio.to_thread(self._find_last)
        board = self._hub.board()
        region = board.region.region_version if board.region else ""
        if board.seq - self._last < KEEP_EVERY and region == self._region:
            return False
        snapshot, seq = board.snapshot(), board.seq
        await asyncio.to_thread(self._save, snapshot, seq)
        self._last, self._region = seq, region
        return True

    def _find_last(self) -> int:
        with self._hub.engine.connect() as connection, connection.begin():
            return last_kept(connection)

    def _save(self, snapshot: BoardSnapshot, seq: int) -> None:
        with self._hub.engine.connect() as fresh:
            connection = fresh.execution_options(writing=True)
            with connection.begin():
                save_board(connection, snapshot, seq, self._hub.now())

    def _drop(self) -> None:
        with self._hub.engine.connect() as fresh:
            connection = fresh.execution_options(writing=True)
            with connection.begin():
                drop_receipts(connection, self._hub.now() - timedelta(days=self._kept_days))
