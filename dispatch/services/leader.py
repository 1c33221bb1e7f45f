"""The leader: the one hub process that turns what falls due into events, under its fence number."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from dispatch.domain.commands import FallDue
from dispatch.domain.errors import Fenced, HubError
from dispatch.domain.values import HUB_ACTOR
from dispatch.services.hub import Hub
from dispatch.store.clock import database_now
from dispatch.store.due import DueRow, find_lead, list_due, take_lead

LEASE_S = 5.0
EVERY_S = 0.25
OVERDUE_AFTER = timedelta(seconds=5)

log = structlog.get_logger()


class Leader:
    """Tries to lead; while it leads, drains ``due`` by the database's clock.

    Args:
        hub: The parts of this process.
        holder: A name of this process that no other has.
    """

    def __init__(self, hub: Hub, holder: str) -> None:
        self._hub = hub
        self._holder = holder
        self.fence: int | None = None
        self.overdue_s = 0.0

    @property
    def leads(self) -> bool:
        """Whether this process led at its last try."""
        return self.fence is not None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.step()
            except (HubError, DBAPIError) as failure:
                self.fence = None
                log.warning("leader_step_failed", error=type(failure).__name__)
            await asyncio.sleep(EVERY_S)

    async def step(self) -> int:
        """One try: take the lead or keep it, and deal with what is due. Returns how much was."""
        self.fence, rows = await asyncio.to_thread(self._look)
        if self.fence is None:
            return 0
        self.overdue_s = max(
            ((self._hub.now() - row.at).total_seconds() for row in rows), default=0.0
        )
        if self.overdue_s > OVERDUE_AFTER.total_seconds():
            log.error("overdue", seconds=round(self.overdue_s, 1), waiting=len(rows))
        for row in rows:
            command = FallDue(
                command_id=f"due-{row.id}",
                actor=HUB_ACTOR,
                due_id=row.id,
                kind=row.kind,
                ref=row.ref,
                fence=self.fence,
            )
            with contextlib.suppress(Fenced):
                await self._hub.submit(command)
        return len(rows)

    def _look(self) -> tuple[int | None, list[DueRow]]:
        with self._hub.engine.connect() as connection, connection.begin():
            lead = find_lead(connection)
            left_s = (lead.expires_at - database_now(connection)).total_seconds() if lead else 0.0
            rows = list_due(connection)
        mine = lead is not None and lead.holder == self._holder
        if lead is not None and left_s > (LEASE_S / 2 if mine else 0.0):
            return (lead.number, rows) if mine else (None, [])
        with self._hub.engine.connect() as fresh:
            writing = fresh.execution_options(writing=True)
            with writing.begin():
                fence = take_lead(writing, self._holder, LEASE_S)
        return fence, rows if fence is not None else []
