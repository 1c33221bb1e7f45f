"""Accounts, sessions and failed sign-ins as rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from dispatch.domain.values import Role
from dispatch.store.tables import account, session, sign_in_refusal

REFUSALS_KEPT = timedelta(days=1)
"""Failed sign-ins stand in the log; as rows to count they are kept as long as a lock can last."""


class Account(NamedTuple):
    """Somebody who may sign in. With an agency, a municipality, or neither: the hub's own."""

    id: str
    login: str
    name: str
    role: Role
    password_hash: str
    agency_id: str | None
    municipality: str | None
    unit_id: str | None
    position: str | None
    disabled: bool
    created_at: datetime


class OpenSession(NamedTuple):
    """A session that stands, with its account."""

    session_id: str
    expires_at: datetime
    account: Account


def find_account(connection: Connection, login: str) -> Account | None:
    """The account of this sign-in name, upper and lower case alike."""
    row = connection.execute(
        select(account).where(func.lower(account.c.login) == login.lower())
    ).one_or_none()
    return Account(*row) if row else None


def list_accounts(connection: Connection) -> list[Account]:
    """All accounts by sign-in name."""
    return [Account(*row) for row in connection.execute(select(account).order_by(account.c.login))]


def account_names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The names of these accounts by id; one that is no account is left out."""
    c = account.c
    found = connection.execute(select(c.id, c.name).where(c.id.in_(ids)))
    return {row.id: row.name for row in found}


def insert_account(connection: Connection, new: Account) -> None:
    """A new account. The sign-in name must be free."""
    connection.execute(insert(account).values(new._asdict()))


def set_password_hash(connection: Connection, account_id: str, password_hash: str) -> None:
    """Another password for an account."""
    connection.execute(
        update(account).where(account.c.id == account_id).values(password_hash=password_hash)
    )


def find_session(connection: Connection, token_hash: str, now: datetime) -> OpenSession | None:
    """The session of a token, unless it is closed, expired, or its account is disabled."""
    query = (
        select(session.c.id.label("session_id"), session.c.expires_at, account)
        .join(account, account.c.id == session.c.account_id)
        .where(
            session.c.token_hash == token_hash,
            session.c.closed_at.is_(None),
            session.c.expires_at > now,
            account.c.disabled.is_(False),
        )
    )
    row = connection.execute(query).one_or_none()
    return OpenSession(row[0], row[1], Account(*row[2:])) if row else None


def find_sessions(
    connection: Connection, session_ids: Collection[str], now: datetime
) -> list[OpenSession]:
    """Those of these sessions that stand, as ``find_session``."""
    wanted = sorted(session_ids)
    found = []
    for start in range(0, len(wanted), 500):
        query = (
            select(session.c.id.label("session_id"), session.c.expires_at, account)
            .join(account, account.c.id == session.c.account_id)
            .where(
                session.c.id.in_(wanted[start : start + 500]),
                session.c.closed_at.is_(None),
                session.c.expires_at > now,
                account.c.disabled.is_(False),
            )
        )
        rows = connection.execute(query)
        found += [OpenSession(row[0], row[1], Account(*row[2:])) for row in rows]
    return found


def name_counted_as(typed: str) -> str:
    """Under what failed sign-ins with a name that nobody has are counted: not the name itself."""
    return "name-" + hashlib.sha256(typed.strip().casefold().encode()).hexdigest()[:32]


def count_refusals_since(connection: Connection, counted_as: str, since: datetime) -> int:
    """How many sign-ins failed for the account, or the unknown name, since then."""
    query = select(func.count()).where(
        sign_in_refusal.c.account_id == counted_as, sign_in_refusal.c.at > since
    )
    return connection.scalar(query) or 0
