"""The leader: the one hub process that turns what falls due into events, under its fence number."""

from __future__ import annotations

import asyncio
import time
from typing import Final, NamedTuple

import structlog

from dispatch.domain.commands import FallDue
from dispatch.domain.errors import Fenced
from dispatch.domain.values import HUB_ACTOR
from dispatch.services.hub import Hub
from dispatch.store.clock import database_now
from dispatch.store.due import LEASES_AHEAD, LIMIT, DueRow, find_lead, list_due, take_lead

LEASE_S: Final = 5.0
EVERY_S: Final = 0.25
AGAIN_AFTER_S: Final = 2.0
"""What could not be dealt with is tried again so soon; it keeps nothing else waiting."""

log = structlog.get_logger()


class Look(NamedTuple):
    """What stood at one look: the fence number to write with, None while another leads."""

    fence: int | None
    left_s: float = 0.0
    """How long the lease runs from the look on."""
    rows: tuple[DueRow, ...] = ()


class Leader:
    """Tries to lead; while it leads, drains ``due`` by the database's clock.

    Args:
        hub: The parts of this process.
        holder: A name of this process that no other has.
    """

    def __init__(self, hub: Hub, holder: str) -> None:
        self._hub = hub
        self._holder = holder
        self._fence: int | None = None
        self._until_s = 0.0
        self._again_s: dict[int, float] = {}

    @property
    def fence(self) -> int | None:
        """The number to write with; None: another leads, or nobody knows whether one does.

        By the monotonic clock: a database that does not answer renews no lease.
        """
        return self._fence if time.monotonic() < self._until_s else None

    @property
    def leads(self) -> bool:
        """Whether this process led at its last try, and its lease still runs."""
        return self.fence is not None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.step()
            except Exception as failure:  # outer loop: without a leader nothing grows loud
                self._fence = None
                log.warning("leader_step_failed", error=type(failure).__name__)
            await asyncio.sleep(EVERY_S)

    async def step(self) -> int:
        """One try: take the lead or keep it, and deal with what is due. Returns how much was."""
        began_s = time.monotonic()
        look = await asyncio.to_thread(self._look)
        self._fence, self._until_s = look.fence, began_s + look.left_s
        if look.fence is None:
            return 0
        rows = look.rows
        self._again_s = {row.id: s for row in rows if (s := self._again_s.get(row.id)) is not None}
        due = [row for row in rows if self._again_s.get(row.id, 0.0) <= began_s]
        await asyncio.gather(*(self._deal_with(row, look.fence) for row in due))
        return len(rows)

    async def _deal_with(self, row: DueRow, fence: int) -> None:
        """One thing that is due; the writer takes them in this order. A failure is its own."""
        command = FallDue(
            command_id=f"due-{row.id}",
            actor=HUB_ACTOR,
            due_id=row.id,
            kind=row.kind,
            ref=row.ref,
            fence=fence,
            due_at=row.at,
        )
        try:
            await self._hub.submit(command)
        except Fenced:
            return
        except Exception as failure:  # it stays due, and ``DueWatch`` makes it loud
            self._again_s[row.id] = time.monotonic() + AGAIN_AFTER_S
            log.error("due_failed", due=row.id, kind=row.kind, error=type(failure).__name__)

    def _look(self) -> Look:
        with self._hub.engine.connect() as connection, connection.begin():
            lead = find_lead(connection)
            now = database_now(connection)
            left_s = (lead.expires_at - now).total_seconds() if lead else 0.0
            rows = tuple(list_due(connection, LIMIT + len(self._again_s)))
        mine = lead is not None and lead.holder == self._holder
        stands = left_s <= LEASE_S * LEASES_AHEAD  # else the clock was set back since
        if lead is not None and stands and left_s > (LEASE_S / 2 if mine else 0.0):
            return Look(lead.number, left_s, rows) if mine else Look(None)
        with self._hub.engine.connect() as fresh:
            writing = fresh.execution_options(writing=True)
            with writing.begin():
                fence = take_lead(writing, self._holder, LEASE_S)
        return Look(fence, LEASE_S, rows) if fence is not None else Look(None)
