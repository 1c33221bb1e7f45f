"""The store of questions to query services with their answers: apart, and short-lived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from dispatch.domain.justice_query import KeptQuery
from dispatch.store import tables as t
from dispatch.store.upsert import upsert

LISTED_MOST = 50


def save_query(connection: Connection, kept: KeptQuery) -> None:
    """Write it, or how it ended."""
    row = {
        "id": kept.query.id,
        "incident_id": kept.query.incident_id,
        "kept_until": kept.kept_until,
        "doc": kept.model_dump_json(),
    }
    upsert(connection, t.justice_query, row)


def find_query(connection: Connection, query_id: str) -> KeptQuery | None:
    """One by its id, if it is still kept."""
    doc = connection.scalar(select(t.justice_query.c.doc).where(t.justice_query.c.id == query_id))
    return KeptQuery.model_validate_json(doc) if doc else None


def queries_of(connection: Connection, incident_id: str) -> list[KeptQuery]:
    """Those about an incident, the last first."""
    query = (
        select(t.justice_query.c.doc)
        .where(t.justice_query.c.incident_id == incident_id)
        .order_by(t.justice_query.c.kept_until.desc(), t.justice_query.c.id)
        .limit(LISTED_MOST)
    )
    return [KeptQuery.model_validate_json(doc) for doc in connection.scalars(query)]


def queries_by(connection: Connection, account_id: str) -> list[KeptQuery]:
    """Those that an account asked, about any incident, the last to end first.

    The table holds what is kept for a while alone, so that the asker is looked for in the text.
    """
    asked = t.justice_query.c.doc.contains(f'"asked_by":"{account_id}"', autoescape=True)
    query = (
        select(t.justice_query.c.doc)
        .where(asked)
        .order_by(t.justice_query.c.kept_until.desc(), t.justice_query.c.id)
        .limit(LISTED_MOST)
    )
    found = (KeptQuery.model_validate_json(doc) for doc in connection.scalars(query))
    return [kept for kept in found if kept.query.asked_by == account_id]


def drop_queries(connection: Connection, now: datetime) -> int:
    """Delete those whose time is over; how many."""
    return connection.execute(
        delete(t.justice_query).where(t.justice_query.c.kept_until <= now)
    ).rowcount
