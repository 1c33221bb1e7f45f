"""Which device of which signed-in crew takes notifications. Not in the log: it names devices, and a
device that lost its row subscribes again by itself."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, or_, select

from dispatch.store import tables as t
from dispatch.store.clock import database_now
from dispatch.store.upsert import upsert


class Subscription(NamedTuple):
    """One browser's push subscription, for as long as its session stands."""

    id: str
    session_id: str
    endpoint: str
    p256dh: str
    """The device's public key, base64url."""
    auth: str
    """The secret that goes with it, base64url."""


def save_subscription(connection: Connection, subscription: Subscription) -> None:
    """Keep it; the same endpoint again replaces it. Those of sessions that ended go."""
    now = database_now(connection)
    ended = select(t.session.c.id).where(
        or_(t.session.c.closed_at.is_not(None), t.session.c.expires_at <= now)
    )
    over = t.push_subscription.c.session_id.in_(ended)
    same = t.push_subscription.c.session_id == subscription.session_id
    connection.execute(delete(t.push_subscription).where(or_(over, same)))
    upsert(connection, t.push_subscription, subscription._asdict() | {"subscribed_at": now})


def drop_subscription(
    connection: Connection, subscription_id: str, session_id: str | None = None
) -> bool:
    """Forget it; with a session, only if it is that session's. Whether it was there."""
    wanted = t.push_subscription.c.id == subscription_id
    if session_id is not None:
        wanted = and_(wanted, t.push_subscription.c.session_id == session_id)
    return connection.execute(delete(t.push_subscription).where(wanted)).rowcount > 0


def subscriptions_of(connection: Connection, unit_id: str) -> list[Subscription]:
    """Those of the unit's crews that are signed in, by id."""
    subscription, session, account = t.push_subscription, t.session, t.account
    rows = connection.execute(
        select(*(subscription.c[name] for name in Subscription._fields))
        .join(session, session.c.id == subscription.c.session_id)
        .join(account, account.c.id == session.c.account_id)
        .where(
            account.c.unit_id == unit_id,
            account.c.disabled.is_(False),
            session.c.closed_at.is_(None),
            session.c.expires_at > database_now(connection),
        )
        .order_by(subscription.c.id)
    )
    return [Subscription(*row) for row in rows]
