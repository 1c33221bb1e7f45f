"""Forgets ids of commands and sessions in small batches, in the process that leads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from dispatch.domain.repeating import forgotten_before
from dispatch.services.hub import Hub
from dispatch.store.clock import database_now
from dispatch.store.forgetting import drop_commands, drop_sessions

FORGET_EVERY_S: Final = 3_600.0
FIRST_AFTER_S: Final = 60.0
BATCH: Final = 500
"""Rows in one transaction: on the embedded database a command waits while one is written."""
PAUSE_S: Final = 0.05

log = structlog.get_logger()


class Forgetter:
    """Goes on batch by batch until nothing is left that is old enough, then waits an hour.

    Args:
        hub: The parts of this process.
        leads: Whether this process leads.
    """

    def __init__(self, hub: Hub, leads: Callable[[], bool]) -> None:
        self._hub = hub
        self._leads = leads

    async def run(self) -> None:
        """Until it is cancelled."""
        wait_s = FIRST_AFTER_S
        while True:
            await asyncio.sleep(wait_s)
            wait_s = FORGET_EVERY_S
            if self._leads():
                try:
                    wait_s = PAUSE_S if await asyncio.to_thread(self.step) else FORGET_EVERY_S
                except Exception:  # outer loop: the database may be away for a while
                    log.exception("nothing_forgotten")

    def step(self) -> int:
        """Forget one batch now; how many rows."""
        with self._hub.engine.connect() as fresh:
            writing = fresh.execution_options(writing=True)
            with writing.begin():
                before = forgotten_before(database_now(writing))
                commands = drop_commands(writing, before, BATCH)
                return commands or drop_sessions(writing, before, BATCH)
