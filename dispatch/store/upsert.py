"""INSERT … ON CONFLICT DO UPDATE, which both databases have under two constructors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
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
    connection.execute(_statement(table, tuple(given[0]), is_sqlite(connection)), given)


@lru_cache(maxsize=64)
def _statement(table: Table, columns: tuple[str, ...], embedded: bool) -> Any:
    """Built once for each table: building costs more than running it."""
    keys = [column.name for column in table.primary_key]
    statement: Any = sqlite.insert(table) if embedded else postgresql.insert(table)
    others = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)
