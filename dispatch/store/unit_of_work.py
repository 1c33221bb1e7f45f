"""The writer: one thread that turns commands into committed events. Nothing else commits state.

It locks the head row first, drains what waits into one transaction with a savepoint for each
command, commits, and then answers each: so there is no deadlock, no write skew and no gap, on both
databases alike.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import structlog
from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from dispatch.domain.board import Change, apply
from dispatch.domain.chain import GENESIS, chain_hash, commitment, event_from, payload_of
from dispatch.domain.commands import Command, FallDue
from dispatch.domain.decide import decide
from dispatch.domain.errors import (
    CommandIdTaken,
    HubError,
    InvalidInput,
    OutcomeUnknown,
    RepeatedTooLate,
    StorageFull,
    TooBusy,
    UnitNotAvailable,
)
from dispatch.domain.events import CallReceived, Draft, Event, IncidentCreated, RegionActivated
from dispatch.domain.repeating import comes_too_late
from dispatch.domain.state import State
from dispatch.domain.values import Actor
from dispatch.store import tables as t
from dispatch.store.clock import database_now
from dispatch.store.due import drop_due
from dispatch.store.engine import is_full
from dispatch.store.event_log import Head, events_of_command
from dispatch.store.project import project
from dispatch.store.rows import Rows
from dispatch.store.upsert import upsert

BATCH = 32
"""Commands in one transaction (RELIABILITY section 2: head first, batches)."""
WAITING_MAX = 4096
"""Commands that may wait before the hub says that it is too busy."""
FULL_TOLD_S = 30.0
"""Consoles repeat what found no room each five seconds: after so long without, none waits."""

_INSERT_EVENT = insert(t.event)
_INSERT_PRIVATE = insert(t.event_private)
_INSERT_COMMAND = insert(t.command)
_FIND_COMMAND = select(t.command).where(t.command.c.id == bindparam("id"))

log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """What came of a command. ``last_seq`` is the number that a reader has to wait for."""

    command_id: str
    first_seq: int
    last_seq: int
    events: tuple[Event, ...]
    repeated: bool = False


TAKEN: Final = "taken"


def find_outcome(
    connection: Connection, command_id: str, actor: Actor, asked: str | None
) -> Outcome | Literal["taken"] | None:
    """What came of the command that has this id; None: there was none.

    ``TAKEN``: it was another actor's, or something else was asked.
    """
    row = connection.execute(_FIND_COMMAND, {"id": command_id}).one_or_none()
    if row is None:
        return None
    others = row.actor is not None and row.actor != actor.account_id
    if others or (asked is not None and row.asked is not None and row.asked != asked):
        return TAKEN
    events = events_of_command(connection, row.id)
    return Outcome(row.id, row.first_seq, row.last_seq, events, repeated=True)


def submit_alone(engine: Engine, command: Command, within_s: float = 60.0) -> Outcome:
    """Give one command from a program that serves nobody; a hub may write beside it.

    Raises:
        HubError: It was refused.
        TimeoutError: The database is busy; nobody can say whether it was done.
    """
    writer = Writer(engine)
    writer.start()
    try:
        return writer.submit(command).result(timeout=within_s)
    finally:
        writer.stop()


@dataclass
class _Waiting:
    command: Command
    future: Future[Outcome]
    asked: str | None
    age_s: float


class Writer:
    """The one thread of a process that writes.

    Args:
        engine: Either database.
        on_commit: Called in the writer's thread with the last committed number, as a hint.
    """

    def __init__(self, engine: Engine, on_commit: Callable[[int], None] | None = None) -> None:
        self._engine = engine
        self._on_commit = on_commit
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(maxsize=WAITING_MAX)
        self._rows = Rows()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._stopped = False
        self._full_s: float | None = None

    def start(self) -> None:
        """Begin to take commands."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end. A command given afterwards is refused."""
        self._stopped = True
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()

    @property
    def is_full(self) -> bool:
        """Whether the last command that found no room is younger than ``FULL_TOLD_S``, and none was
        written since. A probe alone tells too little: its one page may still fit.
        """
        return self._full_s is not None and time.monotonic() < self._full_s + FULL_TOLD_S

    @property
    def waiting(self) -> int:
        """How many commands wait now."""
        return self._waiting.qsize()

    def submit(
        self, command: Command, asked: str | None = None, age_s: float = 0.0
    ) -> Future[Outcome]:
        """Hand a command over. The future holds its outcome after the commit, or its refusal.

        Args:
            command: The same id again gives the first outcome, see ``domain/repeating.py``.
            asked: The digest of what a client asked; with another one the id is refused.
            age_s: How long ago the client made it; unknown and too old, it is refused.
        """
        future: Future[Outcome] = Future()
        if self._stopped:
            future.set_exception(TooBusy("The hub is stopping."))
            return future
        try:
            self._waiting.put_nowait(_Waiting(command, future, asked, age_s))
        except queue.Full:
            future.set_exception(TooBusy(waiting=WAITING_MAX))
        return future

    def _run(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                break
            batch, last = [first], False
            while len(batch) < BATCH and not last:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    last = True
                else:
                    batch.append(more)
            self._write(batch)
            if last:
                break
        self._disconnect()

    def _write(self, batch: list[_Waiting]) -> None:
        """One transaction; every future of the batch is answered, whatever happens."""
        try:
            answers = self._transact(batch)
        except Exception as failure:  # outer loop: the thread must outlive any failure
            full = is_full(failure)
            log.error("commit_failed", commands=len(batch), error=type(failure).__name__, full=full)
            self._disconnect()
            self._full_s = time.monotonic() if full else self._full_s
            kind = StorageFull if full else OutcomeUnknown
            for waiting in batch:
                refusal = kind(command_id=waiting.command.command_id)
                refusal.__cause__ = failure
                waiting.future.set_exception(refusal)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Outcome):
                waiting.future.set_result(answer)
            else:
                waiting.future.set_exception(answer)
        written = [answer.last_seq for answer in answers if isinstance(answer, Outcome)]
        if any(isinstance(answer, Outcome) and answer.events for answer in answers):
            self._full_s = None
        if written and self._on_commit:
            self._on_commit(max(written))

    def _transact(self, batch: list[_Waiting]) -> list[Outcome | BaseException]:
        connection = self._connect()
        answers: list[Outcome | BaseException] = []
        with connection.begin():
            head = _lock_head(connection)
            now = database_now(connection)
            work = _UnitOfWork(connection, self._rows, head, now)
            for waiting in batch:
                answers.append(work.perform(waiting))
            work.save_head()
        if connection.info.pop("unconfirmed", False):
            raise OutcomeUnknown("The standby did not confirm the commit.")
        return answers

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._engine.connect().execution_options(writing=True)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            try:
                self._connection.close()
            except DBAPIError:
                self._connection.invalidate()
            self._connection = None


def _lock_head(connection: Connection) -> Head:
    query = select(t.head.c.seq, t.head.c.hash, t.head.c.epoch, t.head.c.region_version)
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is not None:
        return Head(*row)
    fresh = Head(0, GENESIS, secrets.token_hex(8), None)
    connection.execute(insert(t.head).values(id=1, **fresh._asdict()))
    return fresh


class _UnitOfWork:
    """One transaction: the head as it moves, and the commands performed in it."""

    def __init__(self, connection: Connection, rows: Rows, head: Head, now: datetime) -> None:
        self._connection = connection
        self._rows = rows
        self._head = head
        self._now = now

    def perform(self, waiting: _Waiting) -> Outcome | BaseException:
        """The outcome, or why there is none; a refused command leaves no trace."""
        command, asked = waiting.command, waiting.asked
        before = self._head
        savepoint = self._connection.begin_nested()
        try:
            repeated = self._find_repeated(command, asked)
            if repeated is None and comes_too_late(waiting.age_s):
                raise RepeatedTooLate(days=int(waiting.age_s // 86_400))
            outcome = repeated or self._decide(command, asked)
            savepoint.commit()
        except HubError as refusal:
            savepoint.rollback()
            self._head = before
            return refusal
        except IntegrityError as conflict:
            savepoint.rollback()
            self._head = before
            if "uq_assignment_live_unit" in str(conflict) or "assignment.unit_id" in str(conflict):
                return UnitNotAvailable()
            return conflict
        except DataError as unfit:  # its own fault: nobody else's command may fail with it
            log.error("command_unfit", command=type(command).__name__, error=type(unfit).__name__)
            savepoint.rollback()
            self._head = before
            return InvalidInput("It holds a value that the database cannot keep.")
        except DBAPIError:
            raise
        except Exception as failure:  # a fault in one command must not fail its neighbours
            log.exception("command_failed", command=type(command).__name__)
            savepoint.rollback()
            self._head = before
            return failure
        return outcome

    def _find_repeated(self, command: Command, asked: str | None) -> Outcome | None:
        found = find_outcome(self._connection, command.command_id, command.actor, asked)
        if found == TAKEN:
            raise CommandIdTaken(command_id=command.command_id)
        return found

    def _decide(self, command: Command, asked: str | None) -> Outcome:
        state = self._rows.read(self._connection, command, self._now, self._head.region_version)
        counters_before = dict(state.counters)
        first = self._head.seq + 1
        drafts = decide(state, command)
        self._refuse_made_before(drafts)
        events = self._append(state, command, drafts)
        moved = {
            scope: number
            for scope, number in state.counters.items()
            if counters_before.get(scope) != number
        }
        rows = [{"scope": scope, "number": number} for scope, number in sorted(moved.items())]
        upsert(self._connection, t.counter, rows)
        if isinstance(command, FallDue):
            drop_due(self._connection, command.due_id)
        last = self._head.seq
        outcome = Outcome(command.command_id, first if events else last, last, events)
        self._connection.execute(
            _INSERT_COMMAND,
            {
                "id": outcome.command_id,
                "first_seq": outcome.first_seq,
                "last_seq": outcome.last_seq,
                "at": self._now,
                "actor": command.actor.account_id,
                "asked": asked,
            },
        )
        return outcome

    def _refuse_made_before(self, drafts: list[Draft]) -> None:
        """A call or incident that exists is not made anew: its id is its command's, and that was
        forgotten. Whoever repeats it after that does not say how old it is.
        """
        for draft in drafts:
            body = draft.body
            if isinstance(body, CallReceived):
                made = select(t.call.c.id).where(t.call.c.id == body.call.id)
            elif isinstance(body, IncidentCreated):
                made = select(t.incident.c.id).where(t.incident.c.id == body.incident.id)
            else:
                continue
            if self._connection.execute(made).first() is not None:
                raise RepeatedTooLate()

    def _append(self, state: State, command: Command, drafts: list[Draft]) -> tuple[Event, ...]:
        """Number and chain the drafts, apply them to the rows, and write all of it."""
        events: list[Event] = []
        rows: list[dict[str, object]] = []
        private: list[dict[str, object]] = []
        changes: list[Change] = []
        for draft in drafts:
            salts = {name: secrets.token_hex(16) for name in draft.private}
            payload = payload_of(
                draft,
                seq=self._head.seq + 1,
                at=self._now,
                actor=command.actor.account_id,
                command_id=command.command_id,
                commitments={name: commitment(salts[name], draft.private[name]) for name in salts},
            )
            event = event_from(payload, draft.private)
            row_hash = chain_hash(self._head.hash, payload)
            rows.append(
                {
                    "seq": event.seq,
                    "at": event.at,
                    "kind": event.kind,
                    "command_id": event.command_id,
                    "payload": payload,
                    "prev_hash": self._head.hash,
                    "hash": row_hash,
                }
            )
            private += [
                {
                    "seq": event.seq,
                    "name": name,
                    "subject": draft.subject,
                    "salt": salts[name],
                    "value": value,
                }
                for name, value in draft.private.items()
            ]
            self._head = self._head._replace(seq=event.seq, hash=row_hash)
            if isinstance(event.body, RegionActivated):
                self._head = self._head._replace(region_version=event.body.region_version)
            changes += apply(state.board, event)
            events.append(event)
        if rows:
            self._connection.execute(_INSERT_EVENT, rows)
        if private:
            self._connection.execute(_INSERT_PRIVATE, private)
        project(self._connection, events, changes)
        return tuple(events)

    def save_head(self) -> None:
        """The head row as it is now; written also where nothing was appended.

        So whatever is answered was written through: to a full disk, or past a standby that is
        frozen, neither a refusal nor the probe of the hub's health is given as if all were well.
        """
        self._connection.execute(update(t.head).values(seq=self._head.seq, hash=self._head.hash))
