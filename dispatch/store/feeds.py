"""Where closures are read from, and how often."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from dispatch.store.tables import feed_source
from dispatch.store.upsert import upsert


class FeedSource(NamedTuple):
    """A file or URL that lists closures."""

    id: str
    format: str
    url: str
    interval_s: int
    enabled: bool


def list_feed_sources(connection: Connection) -> list[FeedSource]:
    """All sources by id."""
    rows = connection.execute(select(feed_source).order_by(feed_source.c.id))
    return [FeedSource(*row) for row in rows]


def find_feed_source(connection: Connection, feed_id: str) -> FeedSource | None:
    """One source, or None."""
    row = connection.execute(select(feed_source).where(feed_source.c.id == feed_id)).one_or_none()
    return FeedSource(*row) if row else None


def save_feed_source(connection: Connection, source: FeedSource) -> None:
    """A new source, or other settings for one."""
    upsert(connection, feed_source, source._asdict())


def drop_feed_source(connection: Connection, feed_id: str) -> None:
    """Read it no more."""
    connection.execute(delete(feed_source).where(feed_source.c.id == feed_id))
