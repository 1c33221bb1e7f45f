"""Deletes rows that only time makes useless: ids of commands, and sessions that are over.

What happened stands in the log; these rows answer for it while somebody may still ask.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from dispatch.store import tables as t


def drop_commands(connection: Connection, before: datetime, most: int) -> int:
    """Forget ids of commands given before then, the oldest first; how many.

    Those by which another centre's records became calls stay: a record may come again at any time.
    """
    c = t.command.c
    oldest = select(c.id).where(c.at < before, c.id.not_like("eido-%")).order_by(c.at).limit(most)
    return connection.execute(delete(t.command).where(c.id.in_(oldest))).rowcount


def drop_sessions(connection: Connection, before: datetime, most: int) -> int:
    """Forget sessions whose time was over before then, with their notifications; how many."""
    c = t.session.c
    found = select(c.id).where(c.expires_at < before).order_by(c.expires_at).limit(most)
    ids = list(connection.scalars(found))
    connection.execute(delete(t.push_subscription).where(t.push_subscription.c.session_id.in_(ids)))
    return connection.execute(delete(t.session).where(c.id.in_(ids))).rowcount
