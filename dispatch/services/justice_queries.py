"""Asks a centre's own query service about plates and warrants, and keeps the answers apart.

It asks only what the settings name, signed, follows no redirect, waits a few seconds and reads a
few kilobytes. No word of question or answer goes into the log, into metrics or into messages.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple, TypeVar

import httpx2
import orjson
import structlog
from pydantic import ValidationError
from sqlalchemy import Connection

from dispatch.adapters.signing import SIGNATURE_HEADER, TIME_HEADER, signature
from dispatch.domain.commands import AskQuery, EndQuery
from dispatch.domain.errors import NotFound, QueriesOff
from dispatch.domain.events import QueryAsked
from dispatch.domain.justice_queries import QUERY_KEPT_S, may_read
from dispatch.domain.justice_query import (
    JusticeQuery,
    KeptQuery,
    Purpose,
    QueryAnswer,
    QueryEnd,
    QueryKind,
)
from dispatch.domain.values import HUB_ACTOR, Actor
from dispatch.services.calls import derived_id
from dispatch.services.hub import ASKED, Hub
from dispatch.settings import QuerySettings
from dispatch.store.clock import database_now
from dispatch.store.justice_queries import (
    drop_queries,
    find_query,
    queries_by,
    queries_of,
    save_query,
)

PURGE_EVERY_S: Final = 60.0

_T = TypeVar("_T")

log = structlog.get_logger()


class _Said(NamedTuple):
    ended: QueryEnd
    why: str = ""
    answer: QueryAnswer | None = None


class QueryService:
    """Args:
    hub: The parts of this process.
    settings: Which services, how long and how much.
    """

    def __init__(self, hub: Hub, settings: QuerySettings) -> None:
        self._hub = hub
        self._settings = settings

    async def ask(
        self,
        actor: Actor,
        *,
        command_id: str,
        what: QueryKind,
        words: str,
        purpose: Purpose,
        incident_id: str,
        unit_id: str | None,
    ) -> KeptQuery:
        """Ask once; a repeat of the command is answered with what came of it, and asks nobody.

        Raises:
            QueriesOff: The operator names no service for this kind.
            NotFound: There is no such incident for this viewer.
            NotAllowed: The asker is not of the law, or not on the incident.
        """
        if what not in self._settings.query_services:
            raise QueriesOff(f"No query service is set up for a {what}.", what=what)
        self._hub.visible_incident(actor, incident_id)
        ASKED.set(None)  # a digest of the request would tell a plate to whoever tries them all
        command = AskQuery(
            command_id=command_id,
            actor=actor,
            query_id=derived_id(command_id, "query"),
            what=what,
            purpose=purpose,
            incident_id=incident_id,
            unit_id=actor.unit_id if actor.role == "responder" else unit_id,
        )
        outcome = await self._hub.submit(command)
        query = next(e.body.query for e in outcome.events if isinstance(e.body, QueryAsked))
        if outcome.repeated:
            return await self.read(actor, query.id)
        kept_s = self._hub.region().query_kept_s.get(query.agency_id, QUERY_KEPT_S)
        kept = KeptQuery(
            query=query,
            words=words,
            kept_until=query.asked_at + timedelta(seconds=kept_s),
        )
        await asyncio.to_thread(self._write, lambda c: save_query(c, kept))
        said = await self._asked(query, words)
        update = {"ended": said.ended, "why": said.why, "answer": said.answer}
        kept = kept.model_copy(update=update)
        await asyncio.to_thread(self._write, lambda c: save_query(c, kept))
        await self._hub.submit(
            EndQuery(command_id=f"query-{query.id}", actor=HUB_ACTOR, query=query, ended=said.ended)
        )
        return kept

    async def read(self, actor: Actor, query_id: str) -> KeptQuery:
        """One that the viewer asked, or that is shown to the viewer's unit on the stop.

        Raises:
            NotFound: There is none, it is not theirs, or its time is over.
        """
        kept = await asyncio.to_thread(self._read, lambda c: find_query(c, query_id))
        if kept is None or not may_read(kept, actor, self._hub.board(), self._hub.now()):
            raise NotFound(query_id=query_id)
        return kept

    async def of_incident(self, actor: Actor, incident_id: str) -> list[KeptQuery]:
        """Those about an incident that the viewer may read, the last first."""
        found = await asyncio.to_thread(self._read, lambda c: queries_of(c, incident_id))
        board, now = self._hub.board(), self._hub.now()
        return [kept for kept in found or [] if may_read(kept, actor, board, now)]

    async def asked_by(self, actor: Actor) -> list[KeptQuery]:
        """What the viewer asked and is still kept, whatever the incident, the last asked first.

        A tablet goes from crew to crew, so that a crew is shown those of its present stop alone.
        """
        found = await asyncio.to_thread(self._read, lambda c: queries_by(c, actor.account_id))
        board, now = self._hub.board(), self._hub.now()
        mine = [kept for kept in found or [] if may_read(kept, actor, board, now)]
        if actor.role == "responder":
            live = board.live_of_unit(actor.unit_id) if actor.unit_id else None
            mine = [kept for kept in mine if live and kept.query.incident_id == live.incident_id]
        return sorted(mine, key=lambda kept: kept.query.asked_at, reverse=True)

    @property
    def kinds(self) -> list[QueryKind]:
        """What the operator names a service for."""
        return sorted(self._settings.query_services)

    async def _asked(self, query: JusticeQuery, words: str) -> _Said:
        url = self._settings.query_services[query.what]
        body = orjson.dumps(
            {
                "id": query.id,
                "what": query.what,
                "words": words,
                "purpose": query.purpose,
                "asked_by": query.asked_by,
                "agency": query.agency_id,
                "unit": query.unit_id,
                "asked_at": query.asked_at.isoformat(),
            }
        )
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": query.id,
            TIME_HEADER: timestamp,
            SIGNATURE_HEADER: signature(
                self._settings.query_secret.get_secret_value(), timestamp, body
            ),
        }
        received = bytearray()
        try:
            async with (
                asyncio.timeout(self._settings.query_within_s),
                httpx2.AsyncClient(follow_redirects=False, trust_env=False) as client,
                client.stream("POST", url, content=body, headers=headers) as response,
            ):
                if response.status_code != 200:
                    return _Said("failed", f"The service answered {response.status_code}.")
                async for chunk in response.aiter_raw():
                    received += chunk
                    if len(received) > self._settings.query_max_bytes:
                        return _Said("failed", "The service's answer is too large.")
        except (TimeoutError, httpx2.TimeoutException):
            within_s = self._settings.query_within_s
            return _Said("timed_out", f"The service did not answer within {within_s:g} s.")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as failure:
            return _Said("failed", f"The service is not reached ({type(failure).__name__}).")
        try:
            return _Said("answered", answer=QueryAnswer.model_validate_json(bytes(received)))
        except ValidationError:
            return _Said("failed", "The service's answer is not in the agreed form.")

    def _write(self, change: Callable[[Connection], object]) -> None:
        with self._hub.engine.connect() as fresh:
            writing = fresh.execution_options(writing=True)
            with writing.begin():
                change(writing)

    def _read(self, query: Callable[[Connection], _T]) -> _T:
        with self._hub.engine.connect() as connection, connection.begin():
            return query(connection)


class QueryPurger:
    """Deletes answers whose time is over, in the process that leads."""

    def __init__(self, hub: Hub, leads: Callable[[], bool]) -> None:
        self._hub = hub
        self._leads = leads

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            if self._leads():
                try:
                    await asyncio.to_thread(self.step)
                except Exception:  # outer loop: the database may be away for a while
                    log.exception("queries_not_purged")
            await asyncio.sleep(PURGE_EVERY_S)

    def step(self) -> int:
        """Delete them now; how many."""
        with self._hub.engine.connect() as fresh:
            writing = fresh.execution_options(writing=True)
            with writing.begin():
                return drop_queries(writing, database_now(writing))
