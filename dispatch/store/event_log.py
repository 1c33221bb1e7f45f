"""The log as rows: reading it in order, its head, and finding any row that was tampered with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from dispatch.domain.chain import GENESIS, Anchor, ChainedRow, Fault, event_from, verify
from dispatch.domain.events import Event
from dispatch.store.tables import command, counter, event, event_private, head


class LoggedEvent(NamedTuple):
    """An event with the hashes that tie it to the one before."""

    event: Event
    prev_hash: str
    hash: str


class Head(NamedTuple):
    """The end of the log. Another ``epoch`` is another history: whoever follows starts anew."""

    seq: int
    hash: str
    epoch: str
    region_version: str | None


def read_head(connection: Connection) -> Head:
    """Where the log ends now; of an empty log, the beginning of no epoch yet."""
    row = connection.execute(
        select(head.c.seq, head.c.hash, head.c.epoch, head.c.region_version)
    ).one_or_none()
    return Head(*row) if row else Head(0, GENESIS, "", None)


def read_events(connection: Connection, after: int, limit: int = 500) -> list[LoggedEvent]:
    """At most ``limit`` events with a number above ``after``, in order."""
    rows = connection.execute(
        select(event.c.seq, event.c.payload, event.c.prev_hash, event.c.hash)
        .where(event.c.seq > after)
        .order_by(event.c.seq)
        .limit(limit)
    ).all()
    if not rows:
        return []
    private = _private_between(connection, rows[0].seq, rows[-1].seq)
    return [
        LoggedEvent(
            event_from(row.payload, {name: value for name, (_, value) in private[row.seq].items()}),
            row.prev_hash,
            row.hash,
        )
        for row in rows
    ]


def find_hash(connection: Connection, seq: int) -> str | None:
    """The hash of one event; None where there is none of this number."""
    return connection.scalar(select(event.c.hash).where(event.c.seq == seq))


def events_of_command(connection: Connection, command_id: str) -> tuple[Event, ...]:
    """What a command caused, in order, without personal values; empty when there is none."""
    row = connection.execute(
        select(command.c.first_seq, command.c.last_seq).where(command.c.id == command_id)
    ).one_or_none()
    if row is None:
        return ()
    payloads = connection.scalars(
        select(event.c.payload)
        .where(event.c.seq.between(row.first_seq, row.last_seq), event.c.command_id == command_id)
        .order_by(event.c.seq)
    )
    return tuple(event_from(payload, {}) for payload in payloads)


def last_number(connection: Connection, scope: str) -> int:
    """The last number that a counter gave out; 0 where it has given none."""
    found = connection.scalar(select(counter.c.number).where(counter.c.scope == scope))
    return int(found or 0)


def highest_number(connection: Connection) -> int:
    """The highest number that any counter has given out."""
    return int(connection.scalar(select(func.max(counter.c.number))) or 0)


def events_of_kinds(connection: Connection, kinds: Iterable[str]) -> tuple[Event, ...]:
    """Every event of these kinds in order, without personal values. It reads the whole log."""
    payloads = connection.scalars(
        select(event.c.payload).where(event.c.kind.in_(list(kinds))).order_by(event.c.seq)
    )
    return tuple(event_from(payload, {}) for payload in payloads)


def _private_between(
    connection: Connection, first: int, last: int
) -> dict[int, dict[str, tuple[str, str]]]:
    private: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in connection.execute(
        select(event_private).where(event_private.c.seq.between(first, last))
    ):
        private[row.seq][row.name] = (row.salt, row.value)
    return private


def _chained_rows(connection: Connection, page: int = 2000) -> Iterator[ChainedRow]:
    after = 0
    while True:
        rows = connection.execute(
            select(event).where(event.c.seq > after).order_by(event.c.seq).limit(page)
        ).all()
        if not rows:
            return
        private = _private_between(connection, rows[0].seq, rows[-1].seq)
        for row in rows:
            yield ChainedRow(
                row.seq,
                row.kind,
                row.command_id,
                row.payload,
                row.prev_hash,
                row.hash,
                private.get(row.seq, {}),
            )
        after = rows[-1].seq


def verify_log(connection: Connection, anchors: Iterable[Anchor] = ()) -> Iterator[Fault]:
    """Every fault of the stored log, against its head row and the anchors copied out."""
    now = read_head(connection)
    yield from verify(_chained_rows(connection), Anchor(now.seq, now.hash), anchors)
