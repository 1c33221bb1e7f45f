"""Accounts for people and robots of a play: made once, and found again after a restart.

Passwords are generated and kept in a file that its owner alone can read.
"""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
from sqlalchemy import Engine

from dispatch.domain.values import Role
from dispatch.services.accounts import hash_password
from dispatch.simulation.hub_client import SignIn
from dispatch.store.accounts import Account, insert_account, list_accounts, set_password_hash

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Wanted:
    """An account that must exist."""

    login: str
    name: str
    role: Role
    agency_id: str | None = None
    municipality: str | None = None
    unit_id: str | None = None
    position: str | None = None


def ensure_accounts(
    engine: Engine, kept: Path, wanted: Sequence[Wanted], now: datetime
) -> dict[str, SignIn]:
    """Sign-ins of all accounts by login. An account whose password is not known gets a new one.

    Args:
        engine: The hub's database.
        kept: The file of passwords, made with mode 0600.
        wanted: What must exist; names and roles of accounts that do are left as they are.
        now: When new accounts are said to be made.
    """
    passwords = _read(kept)
    with engine.connect() as connection, connection.begin():
        known = {account.login: account for account in list_accounts(connection)}
    missing = [w for w in wanted if w.login not in known or w.login not in passwords]
    if missing:
        fresh = {w.login: _password() for w in missing}
        _write(kept, passwords | fresh)
        passwords |= fresh
        with ThreadPoolExecutor() as pool:
            hashes = dict(zip(fresh, pool.map(hash_password, fresh.values()), strict=True))
        with engine.connect() as unbound:
            connection = unbound.execution_options(writing=True)
            with connection.begin():
                for want in missing:
                    if want.login in known:
                        account_id = known[want.login].id
                        set_password_hash(connection, account_id, hashes[want.login])
                    else:
                        insert_account(connection, _account(want, hashes[want.login], now))
    return {w.login: SignIn(w.login, passwords[w.login]) for w in wanted}


def _account(want: Wanted, password_hash: str, now: datetime) -> Account:
    return Account(
        id=uuid.uuid4().hex,
        login=want.login,
        name=want.name,
        role=want.role,
        password_hash=password_hash,
        agency_id=want.agency_id,
        municipality=want.municipality,
        unit_id=want.unit_id,
        position=want.position,
        disabled=False,
        created_at=now,
    )


def _password() -> str:
    """Three groups of four letters that nobody confuses: 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _read(kept: Path) -> dict[str, str]:
    if not kept.exists():
        return {}
    passwords: dict[str, str] = orjson.loads(kept.read_bytes())
    return passwords


def _write(kept: Path, passwords: dict[str, str]) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    fresh = kept.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(passwords, option=orjson.OPT_INDENT_2))
    fresh.replace(kept)
