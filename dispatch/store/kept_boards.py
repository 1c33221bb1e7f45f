"""Boards kept along the log, so that any moment of it is a short way from one of them."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection, func, select

from dispatch.domain.board import Board, BoardSnapshot, board_from
from dispatch.domain.events import Event
from dispatch.domain.looking_back import bare_snapshot, board_at, subjects_of, told_snapshot
from dispatch.domain.unit import Unit
from dispatch.store import tables as t
from dispatch.store.event_log import read_events
from dispatch.store.upsert import upsert

_PAGE = 500
_TRIED_MOST = 4
"""Kept boards of an older shape that are passed over before it is given up."""


def save_board(connection: Connection, snapshot: BoardSnapshot, seq: int, at: datetime) -> None:
    """Keep the board after event ``seq``, without personal values. The same again does no harm."""
    encoded = orjson.dumps(bare_snapshot(snapshot).model_dump(mode="json"))
    row = {"seq": seq, "at": at, "doc": zlib.compress(encoded, 6)}
    upsert(connection, t.kept_board, row)


def last_kept(connection: Connection) -> int:
    """The number of the last kept board; 0 when there is none."""
    last = connection.scalar(
        select(t.kept_board.c.seq).order_by(t.kept_board.c.seq.desc()).limit(1)
    )
    return int(last or 0)


def kept_bytes(connection: Connection) -> int:
    """What all kept boards take together."""
    return int(connection.scalar(select(func.sum(func.length(t.kept_board.c.doc)))) or 0)


def nearest_board(connection: Connection, seq: int) -> Board:
    """The kept board at or before ``seq`` with the personal values that still exist; else none's.

    One that this version cannot read any more is passed over.
    """
    rows = connection.execute(
        select(t.kept_board.c.seq, t.kept_board.c.doc)
        .where(t.kept_board.c.seq <= seq)
        .order_by(t.kept_board.c.seq.desc())
        .limit(_TRIED_MOST)
    )
    for row in rows:
        try:
            snapshot = BoardSnapshot.model_validate_json(zlib.decompress(row.doc))
        except ValidationError:
            continue
        private = _private_of(connection, subjects_of(snapshot), row.seq)
        return board_from(told_snapshot(snapshot, private), row.seq)
    return Board()


def board_of(connection: Connection, base: Board, seq: int) -> Board:
    """The board after event ``seq``, from a board before it, which is moved."""
    return board_at(
        base,
        _events(connection, base.seq, seq),
        seq,
        lambda version: _roster(connection, version),
    )


def seq_at(connection: Connection, at: datetime) -> int:
    """The last event at or before an instant; 0 before the first.

    The log's times rise with its numbers, so that halving finds it: no index over times is needed.
    """
    low = 0
    high = int(connection.scalar(select(t.head.c.seq)) or 0)
    while low < high:
        middle = (low + high + 1) // 2
        found = connection.scalar(select(t.event.c.at).where(t.event.c.seq == middle))
        if found is not None and found <= at:
            low = middle
        else:
            high = middle - 1
    return low


def time_of(connection: Connection, seq: int) -> datetime | None:
    """When an event was committed; None where there is none of this number."""
    return connection.scalar(select(t.event.c.at).where(t.event.c.seq == seq))


def _events(connection: Connection, after: int, until: int) -> Iterator[Event]:
    while after < until:
        page = read_events(connection, after, min(_PAGE, until - after))
        if not page:
            return
        for logged in page:
            yield logged.event
        after = page[-1].event.seq


def _roster(connection: Connection, version: str) -> list[Unit]:
    docs = connection.scalars(select(t.unit.c.doc).where(t.unit.c.version_id == version))
    return [Unit.model_validate_json(doc) for doc in docs]


def _private_of(
    connection: Connection, subjects: tuple[str, ...], until: int
) -> dict[str, dict[str, str]]:
    """Personal values as they stood after event ``until``, by subject and name."""
    private: dict[str, dict[str, str]] = defaultdict(dict)
    for start in range(0, len(subjects), 500):
        some = t.event_private.c.subject.in_(subjects[start : start + 500])
        query = (
            select(t.event_private)
            .where(some, t.event_private.c.seq <= until)
            .order_by(t.event_private.c.seq)
        )
        for row in connection.execute(query):  # the latest value of a name stands
            private[row.subject][row.name] = row.value
    return private
