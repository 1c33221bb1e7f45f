"""What each console was sent and acknowledged: one row a connection, one a minute with news."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import orjson
from sqlalchemy import Connection, delete, func, select, update

from dispatch.domain.looking_back import ConsoleLink, LinkTrace, Receipt
from dispatch.store import tables as t
from dispatch.store.upsert import upsert

SEEN_EVERY_S = 10.0
"""What a hub process that is killed had sent since then nobody knows."""
GONE_AFTER = timedelta(seconds=60)
"""A connection that nobody ended and nobody saw for so long ended with its hub process; a database
that changes over is away for half of it."""
LONGEST_LINK = timedelta(hours=73)
"""No session lasts longer, so no connection does."""
LINKS_MOST = 2_000
_MINUTE_S = 60


def minute_of(at: datetime) -> int:
    """The minute since 1970 that an instant lies in."""
    return int(at.timestamp()) // _MINUTE_S


def save_links(connection: Connection, links: Sequence[ConsoleLink], at: datetime) -> None:
    """Write connections that began or ended."""
    rows = [
        {
            "id": link.id,
            "began_at": link.began_at,
            "seen_at": link.ended_at or at,
            "ended_at": link.ended_at,
            "doc": link.model_dump_json(),
        }
        for link in links
    ]
    upsert(connection, t.console_link, rows)


def save_seen(connection: Connection, link_ids: Sequence[str], at: datetime) -> None:
    """These connections stand at this moment."""
    for start in range(0, len(link_ids), 500):
        some = t.console_link.c.id.in_(link_ids[start : start + 500])
        connection.execute(update(t.console_link).where(some).values(seen_at=at))


def save_receipts(
    connection: Connection, minutes: Sequence[tuple[str, int, Sequence[Receipt]]]
) -> None:
    """Write whole minutes of connections; the same minute again replaces what stood."""
    rows = [
        {"link_id": link_id, "minute": minute, "receipts": _encoded(minute, receipts)}
        for link_id, minute, receipts in minutes
    ]
    upsert(connection, t.console_receipt, rows)


def links_at(
    connection: Connection, at: datetime, now: datetime, within: timedelta
) -> list[LinkTrace]:
    """Connections that stood at an instant or ended at most ``within`` before it, as known then.

    Args:
        connection: Reading.
        at: The instant.
        now: This moment, by which a connection that nobody ended is told from a living one.
        within: How long a console that is gone is still named.

    Returns:
        Each with its receipts of the last minutes before ``at`` in which it had any, and of the
        next minute: what was sent is noted a little later.
    """
    c = t.console_link.c
    query = (
        select(c.seen_at, c.doc)
        .where(
            c.began_at.between(at - LONGEST_LINK, at),
            func.coalesce(c.ended_at, c.seen_at) >= at - within - GONE_AFTER,
        )
        .order_by(c.began_at.desc())
        .limit(LINKS_MOST)
    )
    links = []
    for row in connection.execute(query):
        link = ConsoleLink.model_validate_json(row.doc)
        known_until = row.seen_at if link.ended_at is None else None
        if link.ended_at is None and row.seen_at < now - GONE_AFTER:
            link = link.model_copy(update={"ended_at": row.seen_at, "ended": "unseen"})
        if link.ended_at is None or link.ended_at >= at - within:
            links.append((link, known_until))
    receipts = _last_minutes(connection, [link.id for link, _ in links], minute_of(at) + 1)
    return [LinkTrace(link, receipts.get(link.id, []), until) for link, until in links]


def drop_receipts(connection: Connection, before: datetime) -> int:
    """Delete what is older than an instant; how many minutes were deleted."""
    done = connection.execute(
        delete(t.console_receipt).where(t.console_receipt.c.minute < minute_of(before))
    )
    connection.execute(
        delete(t.console_link).where(
            t.console_link.c.began_at < before - LONGEST_LINK,
        )
    )
    return done.rowcount


def _last_minutes(
    connection: Connection, link_ids: list[str], until: int
) -> dict[str, list[Receipt]]:
    """By connection its last three minutes with news: two may begin after the instant."""
    found: dict[str, list[Receipt]] = defaultdict(list)
    c = t.console_receipt.c
    for start in range(0, len(link_ids), 500):
        some = c.link_id.in_(link_ids[start : start + 500])
        ranked = (
            select(
                c.link_id,
                c.minute,
                c.receipts,
                func.row_number()
                .over(partition_by=c.link_id, order_by=c.minute.desc())
                .label("place"),
            )
            .where(some, c.minute <= until)
            .subquery()
        )
        query = (
            select(ranked.c.link_id, ranked.c.minute, ranked.c.receipts)
            .where(ranked.c.place <= 3)
            .order_by(ranked.c.link_id, ranked.c.minute)
        )
        for row in connection.execute(query):
            found[row.link_id] += _decoded(row.minute, row.receipts)
    return found


def _encoded(minute: int, receipts: Sequence[Receipt]) -> str:
    began = datetime.fromtimestamp(minute * _MINUTE_S, UTC)

    def ms(at: datetime | None) -> int | None:
        return None if at is None else round((at - began).total_seconds() * 1000)

    return orjson.dumps([[ms(r.at), r.sent, r.acked, ms(r.acked_at)] for r in receipts]).decode()


def _decoded(minute: int, text: str) -> list[Receipt]:
    began = datetime.fromtimestamp(minute * _MINUTE_S, UTC)

    def at(ms: int) -> datetime:
        return began + timedelta(milliseconds=ms)

    return [
        Receipt(at(ms), sent, acked, None if acked_ms is None else at(acked_ms))
        for ms, sent, acked, acked_ms in orjson.loads(text)
    ]
