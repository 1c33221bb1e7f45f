"""Whether anybody deals with what falls due. Each process looks by itself, so that its consoles are
told, whatever has become of the leader. It repairs nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Engine

from dispatch.store.due import overdue_s

LOOK_EVERY_S: Final = 1.0
WAITS_S: Final = 1.0
"""What has waited for so long is not just about to be dealt with: the leader looks far oftener."""
LOUD_AFTER_S: Final = 5.0
"""RELIABILITY section 1, point 9."""

log = structlog.get_logger()


class DueWatch:
    """Looks each second for what is due and waits.

    Args:
        engine: Either database.
        clock_s: Monotonic seconds: a clock that is set makes nothing loud, and nothing quiet.
    """

    def __init__(self, engine: Engine, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock_s = clock_s
        self._waits_since_s: float | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
                if waited_s := self.unwatched_s():
                    log.error("overdue", seconds=round(waited_s, 1))
            except Exception as failure:  # outer loop: what was seen last stands meanwhile
                log.warning("due_unreadable", error=type(failure).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """One look. Blocks."""
        with self._engine.connect() as connection, connection.begin():
            waits = overdue_s(connection) > WAITS_S
        if not waits:
            self._waits_since_s = None
        elif self._waits_since_s is None:
            self._waits_since_s = self._clock_s()

    def unwatched_s(self) -> float:
        """For how long something due has been seen to wait; 0 until that is ``LOUD_AFTER_S``."""
        if self._waits_since_s is None:
            return 0.0
        waited_s = self._clock_s() - self._waits_since_s
        return waited_s if waited_s >= LOUD_AFTER_S else 0.0
