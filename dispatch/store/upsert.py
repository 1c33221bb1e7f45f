"""INSERT … ON CONFLICT DO UPDATE, which both databases have under two constructors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from dispatch.store.engine import is_sqlite


def upsert(
    connection: Connection, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> None:
    """Insert the row or rows; where the primary key stands already, replace the other columns."""
    if not rows:
        return
    given = [rows] if isinstance(rows, Mapping) else list(rows)
    keys = [column.name for column in table.primary_key]
    others = [name for name in given[0] if name not in keys]
    statement: Any = sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in others}
    )
    connection.execute(statement, given)
