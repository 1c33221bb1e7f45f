"""Consoles as each hub process wrote them last, so that the others know who is at work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from dispatch.domain.presence import Presence
from dispatch.store.tables import presence
from dispatch.store.upsert import upsert


def save_presence(
    connection: Connection, holder: str, here: Mapping[str, Presence], at: datetime
) -> None:
    """Replace what this process wrote before."""
    gone = delete(presence).where(
        presence.c.holder == holder, presence.c.session_id.not_in(list(here))
    )
    connection.execute(gone)
    for session_id, person in here.items():
        row = {
            "session_id": session_id,
            "holder": holder,
            "at": at,
            "doc": person.model_dump_json(),
        }
        upsert(connection, presence, row)


def read_presence(
    connection: Connection, holder: str, now: datetime, within_s: float
) -> dict[str, Presence]:
    """Consoles of the other processes that were written within the last seconds, by session."""
    query = select(presence.c.session_id, presence.c.doc).where(
        presence.c.holder != holder, presence.c.at > now - timedelta(seconds=within_s)
    )
    rows = connection.execute(query)
    return {row.session_id: Presence.model_validate_json(row.doc) for row in rows}
