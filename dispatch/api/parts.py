"""What every route is given: the running hub's parts, and the number that a read stands for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, NamedTuple, TypeVar

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Connection

from dispatch.adapters.web_push import PushKey
from dispatch.api.shared_pages import SharedPages
from dispatch.realtime.follower import Follower
from dispatch.realtime.live import Live
from dispatch.services.accounts import Accounts
from dispatch.services.coverage import CoverageWatch
from dispatch.services.health import HealthCheck
from dispatch.services.hub import Hub
from dispatch.services.justice_queries import QueryService
from dispatch.services.location_server import LocationServer
from dispatch.services.places import PlaceIndex
from dispatch.services.record_links import RecordLinks
from dispatch.services.records import RecordSender
from dispatch.services.translation import TranslationEngine
from dispatch.settings import HubSettings
from dispatch.store.unit_of_work import Outcome

_T = TypeVar("_T")

MIN_SEQ_WAIT_S = 0.3
"""How long a read waits for ``min_seq`` before it answers degraded."""


@dataclass
class Parts:
    """The running hub, as ``main`` wired it."""

    settings: HubSettings
    hub: Hub
    follower: Follower
    live: Live
    accounts: Accounts
    places: PlaceIndex
    locations: LocationServer
    translation: TranslationEngine
    records: RecordSender
    queries: QueryService
    record_links: RecordLinks
    coverage: CoverageWatch
    health: HealthCheck
    readers: ThreadPoolExecutor
    internal_token: str
    paper: SharedPages
    push_key: PushKey

    async def read(self, query: Callable[[Connection], _T]) -> _T:
        """Run a query in a reading thread, so that it keeps no other request waiting."""

        def run() -> _T:
            with self.hub.engine.connect() as connection, connection.begin():
                return query(connection)

        return await self.in_thread(run)

    async def write(self, change: Callable[[Connection], _T]) -> _T:
        """Change rows that are no part of the log, in a transaction of a reading thread."""

        def run() -> _T:
            with self.hub.engine.begin() as connection:
                return change(connection)

        return await self.in_thread(run)

    async def in_thread(self, work: Callable[[], _T]) -> _T:
        """Run what takes a while in a reading thread."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, work)

    async def shown(self, outcome: Outcome) -> Outcome:
        """The outcome, once this process's board has it too (or after the usual wait)."""
        await self.follower.wait_for_seq(outcome.last_seq, MIN_SEQ_WAIT_S)
        return outcome


def parts_of(request: Request) -> Parts:
    """The parts of the application that serves this request."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


HubParts = Annotated[Parts, Depends(parts_of)]


class Seen(NamedTuple):
    """The number that a read stands for, and whether it is older than what was asked for."""

    seq: int
    degraded: bool


async def seen_seq(
    parts: HubParts,
    response: Response,
    min_seq: Annotated[
        int | None,
        Query(ge=0, description="Wait up to 300 ms until this event is taken in."),
    ] = None,
) -> Seen:
    """Wait for ``min_seq``; the answer's headers say what it stands for."""
    reached = True
    if min_seq is not None:
        reached = await parts.follower.wait_for_seq(min_seq, MIN_SEQ_WAIT_S)
    seen = Seen(parts.follower.board.seq, not reached)
    response.headers["Hub-Seq"] = str(seen.seq)
    if seen.degraded:
        response.headers["Hub-Degraded"] = "true"
    return seen


Reading = Annotated[Seen, Depends(seen_seq)]
