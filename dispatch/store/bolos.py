"""BOLOs out of their table, each with its text where that still exists."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select

from dispatch.domain.bolo import Bolo
from dispatch.store import tables as t


def bolos(
    connection: Connection, where: ColumnElement[bool], limit: int | None = None
) -> list[Bolo]:
    """Those that meet a condition, newest first."""
    query = select(t.bolo.c.doc).where(where).order_by(t.bolo.c.issued_at.desc(), t.bolo.c.id)
    found = [Bolo.model_validate_json(doc) for doc in connection.scalars(query.limit(limit))]
    texts: dict[str, str] = {}
    subjects = [bolo.id for bolo in found]
    for start in range(0, len(subjects), 500):
        some = t.event_private.c.subject.in_(subjects[start : start + 500])
        for row in connection.execute(select(t.event_private).where(some)):
            if row.name == "bolo":
                texts[row.subject] = row.value
    return [bolo.model_copy(update={"text": texts.get(bolo.id, "")}) for bolo in found]


def standing_bolos(connection: Connection) -> list[Bolo]:
    """Those that have not ended."""
    return bolos(connection, t.bolo.c.ended_at.is_(None))


def list_bolos(connection: Connection, *, ended: bool, limit: int) -> list[Bolo]:
    """Those that stand, or those that have ended."""
    over = t.bolo.c.ended_at.is_not(None) if ended else t.bolo.c.ended_at.is_(None)
    return bolos(connection, over, limit)
