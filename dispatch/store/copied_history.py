"""Makes a log long for measuring: copies of a finished stretch of it, with ids of their own.

The copies are as good as what was copied: numbered and chained, with their commands and their rows
in the tables, so that whatever verifies a log verifies this one. No hub may be writing meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select, update

from dispatch.domain.chain import chain_hash
from dispatch.store import tables as t
from dispatch.store.event_log import read_head

_HEX_ID: Final = re.compile(r"\b([0-9a-f]{8})(?=[0-9a-f]{24}\b)")
_MARK: Final = "\x00"
_NUMBER_MARK: Final = "\x01"
_BATCH_EVENTS: Final = 20_000
_SEQ: Final = re.compile(r'"seq":\d+,"subject"')
_COMMITTED: Final = frozenset({"salt", "value"})
"""Columns that the chain holds commitments to: they stay what they are."""
_ENTITIES: Final = (
    (t.incident, "id"),
    (t.call, "incident_id"),
    (t.assignment, "incident_id"),
    (t.recommendation, "incident_id"),
)

Row = dict[str, Any]


def append_copies(
    connection: Connection,
    incident_id: str,
    first_seq: int,
    count: int,
    progress: Callable[[int], None] = lambda seq: None,
) -> int:
    """Append copies of the events after ``first_seq`` until the log holds ``count`` events.

    Args:
        connection: Writing; the caller commits.
        incident_id: The one incident, closed, that the stretch is about.
        first_seq: The last event before the stretch, which goes on to the end of the log.
        count: Wanted length of the log; one that is as long already is left alone.
        progress: Told the number of the last event now and then.

    Returns:
        The number of the last event.
    """
    head = read_head(connection)
    stretch = _Stretch(connection, incident_id, first_seq)
    seq, row_hash = head.seq, head.hash
    pending: dict[Table, list[Row]] = {table: [] for table in stretch.tables}
    copy = 0
    while seq < count:
        copy += 1
        for table, row in stretch.rows(copy, seq):
            if table is t.event:
                row["prev_hash"] = row_hash
                row_hash = row["hash"] = chain_hash(row_hash, row["payload"])
                seq = row["seq"]
            pending[table].append(row)
        if len(pending[t.event]) >= _BATCH_EVENTS or seq >= count:
            for table, rows in pending.items():
                if rows:
                    connection.execute(insert(table), rows)
                    rows.clear()
            progress(seq)
    connection.execute(update(t.head).values(seq=seq, hash=row_hash))
    return seq


class _Stretch:
    """The rows to copy, with marks where each copy's own ids, number and event numbers go."""

    def __init__(self, connection: Connection, incident_id: str, first_seq: int) -> None:
        after = t.event.c.seq > first_seq
        rows: list[tuple[Table, Row]] = []
        for event in connection.execute(select(t.event).where(after).order_by(t.event.c.seq)):
            rows.append((t.event, dict(event._mapping)))
        last_seq = rows[-1][1]["seq"]
        between = t.event_private.c.seq.between(first_seq + 1, last_seq)
        private = connection.execute(select(t.event_private).where(between))
        rows += [(t.event_private, dict(row._mapping)) for row in private]
        of_stretch = t.command.c.first_seq.between(first_seq + 1, last_seq)
        commands = connection.execute(select(t.command).where(of_stretch))
        rows += [(t.command, dict(row._mapping)) for row in commands]
        for table, key in _ENTITIES:
            query = select(table).where(table.c[key] == incident_id)
            rows += [(table, dict(row._mapping)) for row in connection.execute(query)]
        number = next(row["number"] for table, row in rows if table is t.incident)
        self._first_seq = first_seq
        self._rows = [
            (table, {name: _marked(name, value, number) for name, value in row.items()})
            for table, row in rows
        ]
        self.tables: Sequence[Table] = list(dict.fromkeys(table for table, _ in rows))

    def rows(self, copy: int, seq: int) -> list[tuple[Table, Row]]:
        """The rows of copy number ``copy``, whose events follow event ``seq``; hashes are stale."""
        own, number, shift = f"{copy:08x}", f"copy-{copy:08d}", seq - self._first_seq
        made = []
        for table, template in self._rows:
            row = {name: _filled(value, own, number) for name, value in template.items()}
            for name in ("seq", "first_seq", "last_seq"):
                if name in row:
                    row[name] += shift
            if table is t.event:
                row["payload"] = _SEQ.sub(f'"seq":{row["seq"]},"subject"', row["payload"])
            made.append((table, row))
        return made


def _marked(column: str, value: Any, number: str) -> Any:
    if not isinstance(value, str) or column in _COMMITTED:
        return value
    return _HEX_ID.sub(_MARK, value).replace(number, _NUMBER_MARK)


def _filled(value: Any, own: str, number: str) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace(_MARK, own).replace(_NUMBER_MARK, number)
