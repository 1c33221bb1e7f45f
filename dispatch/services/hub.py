"""What every service is given: the parts of one running hub, wired by ``main``."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from sqlalchemy import Engine

from dispatch.domain.board import Board
from dispatch.domain.commands import Command
from dispatch.domain.errors import NoRegion, NotFound, OutcomeUnknown, StorageFull, TooBusy
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Fix
from dispatch.domain.values import Actor, may_see
from dispatch.roads.client import RoadsClient
from dispatch.services.region import RegionPolicy
from dispatch.store.unit_of_work import TAKEN, Outcome, Writer, find_outcome

ASKED: ContextVar[str | None] = ContextVar("asked", default=None)
"""The digest of the request that this task answers: what a command id stands for."""

AGE_S: ContextVar[float] = ContextVar("age_s", default=0.0)
"""How long ago the client made the command that this task answers, by the client's clock."""

ANSWER_WITHIN_S = 10.0
"""How long a service waits for the writer before it says that the outcome is unknown."""


LATELY_S = 60.0


class Untaken:
    """Commands of people that were offered and not accepted, for the hub's own want of power.

    A rule that refuses one has accepted it: whoever gave it has an answer. ``clock_s``: monotonic.
    """

    def __init__(self, clock_s: Callable[[], float] = monotonic) -> None:
        self._clock_s = clock_s
        self._at_s: deque[float] = deque()

    def note(self) -> None:
        """One more, now."""
        self._at_s.append(self._clock_s())

    def lately(self) -> int:
        """How many in the last ``LATELY_S``."""
        since_s = self._clock_s() - LATELY_S
        while self._at_s and self._at_s[0] < since_s:
            self._at_s.popleft()
        return len(self._at_s)


@dataclass
class Hub:
    """The parts. The functions give what stands now; ``now`` is the hub's clock."""

    engine: Engine
    writer: Writer
    board: Callable[[], Board]
    policy: Callable[[], RegionPolicy | None]
    fixes: Callable[[], Mapping[str, Fix]]
    roads: RoadsClient
    now: Callable[[], datetime]
    untaken: Untaken = field(default_factory=Untaken)

    def region(self) -> RegionPolicy:
        """The active boundaries, plans and agreements.

        Raises:
            NoRegion: Nothing has been loaded yet.
        """
        policy = self.policy()
        if policy is None:
            raise NoRegion()
        return policy

    async def submit(self, command: Command) -> Outcome:
        """The command's outcome after its commit.

        Raises:
            HubError: It was refused, or (``OutcomeUnknown``) nobody can say in time.
        """
        clients = command.actor.role != "hub"
        asked, age_s = (ASKED.get(), AGE_S.get()) if clients else (None, 0.0)
        future = asyncio.wrap_future(self.writer.submit(command, asked, age_s))
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await asyncio.shield(future)
        except TimeoutError:
            future.add_done_callback(lambda late: late.cancelled() or late.exception())
            self._note_untaken(clients)
            raise OutcomeUnknown(command_id=command.command_id) from None
        except (OutcomeUnknown, StorageFull, TooBusy):
            self._note_untaken(clients)
            raise

    def _note_untaken(self, clients: bool) -> None:
        if clients:
            self.untaken.note()

    async def done_already(self, actor: Actor, command_id: str) -> Outcome | None:
        """The outcome of the same command, given before; for what has left the board since."""

        def find() -> Outcome | None:
            with self.engine.connect() as connection, connection.begin():
                found = find_outcome(connection, command_id, actor, ASKED.get())
            return None if found == TAKEN else found

        return await asyncio.to_thread(find)

    def visible_incident(self, actor: Actor, incident_id: str) -> Incident:
        """An open incident that this viewer may see.

        Raises:
            NotFound: There is none, or it is another agency's.
        """
        incident = self.board().incidents.get(incident_id)
        if incident is None or not may_see(actor.agencies, incident.audience):
            raise NotFound(incident_id=incident_id)
        return incident
