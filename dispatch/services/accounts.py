"""Signing in, signing out, and knowing who asks.

Passwords are hashed in a thread pool of their own, so that they never make intake wait. Tokens are
opaque and stored as hashes alone. What an account may do stands in the API's permission table;
which agencies' things it sees is settled here.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar, get_args
from weakref import WeakValueDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from dispatch.domain.commands import CloseSession, OpenSession, RefuseSession, SignInLock
from dispatch.domain.errors import InvalidInput, NotSignedIn, SignInRefused, TooManyAttempts
from dispatch.domain.events import SessionOpened
from dispatch.domain.values import EVERYONE, HUB_ACTOR, Actor, AgencySet, Role, may_see
from dispatch.services.hub import Hub
from dispatch.settings import SessionSettings
from dispatch.store import accounts as rows
from dispatch.store.accounts import Account
from dispatch.store.clock import database_now

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id with the memory and passes that OWASP's password storage sheet gives as its first."""
_KNOWN_FOR_S = 5.0
"""How long a session is taken from memory before the tables are asked again."""
_SESSIONS_KEPT = 20_000

_T = TypeVar("_T")


class SignedIn(NamedTuple):
    """Who asks: an account in its role, by a session that stands."""

    session_id: str
    expires_at: datetime
    account: Account
    actor: Actor


class NewSession(NamedTuple):
    """A session just opened. The token is told once and never stored."""

    token: str
    signed_in: SignedIn
    seq: int


@dataclass
class _Known:
    signed_in: SignedIn
    until_s: float


def hash_password(password: str) -> str:
    """The Argon2id hash to store. Takes some 30 ms on purpose."""
    return _HASHER.hash(password)


def create_account(
    connection: Connection,
    *,
    login: str,
    name: str,
    role: str,
    password: str,
    agency_id: str | None = None,
    municipality: str | None = None,
    unit_id: str | None = None,
    position: str | None = None,
) -> Account:
    """Add an account, in the caller's transaction.

    Raises:
        InvalidInput: There is no such role, or the sign-in name is taken.
    """
    known = next((known for known in get_args(Role) if known == role), None)
    if known is None:
        raise InvalidInput(f"There is no role {role!r}.", field="role")
    if rows.find_account(connection, login) is not None:
        raise InvalidInput(f"The sign-in name {login!r} is taken.", field="login")
    account = Account(
        id=uuid.uuid4().hex,
        login=login,
        name=name,
        role=known,
        password_hash=hash_password(password),
        agency_id=agency_id,
        municipality=municipality,
        unit_id=unit_id,
        position=position,
        disabled=False,
        created_at=database_now(connection),
    )
    rows.insert_account(connection, account)
    return account


def token_hash(token: str) -> str:
    """What is stored of a token. It is random, so that one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class Accounts:
    """Sessions of this process.

    Args:
        hub: The parts.
        settings: How long a session stands, and when an account is locked.
        clock_s: Monotonic seconds.
    """

    def __init__(self, hub: Hub, settings: SessionSettings, clock_s: Callable[[], float]) -> None:
        self._hub = hub
        self._settings = settings
        self._clock_s = clock_s
        self._hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        self._reading = ThreadPoolExecutor(max_workers=2, thread_name_prefix="accounts")
        self._known: dict[str, _Known] = {}
        self._trying: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._decoy = hash_password(secrets.token_urlsafe(16))

    def stop(self) -> None:
        """End the thread pools."""
        self._hashing.shutdown(wait=False)
        self._reading.shutdown(wait=False)

    async def sign_in(self, login: str, password: str) -> NewSession:
        """Open a session.

        Raises:
            SignInRefused: Name or password is wrong, or the account is disabled; not said which.
            TooManyAttempts: Too many failures of late; a right password is refused too.
        """
        one_by_one = self._trying.setdefault(login.casefold(), asyncio.Lock())
        async with one_by_one:  # a locked name costs no hashing
            return await self._try(login, password)

    async def _try(self, login: str, password: str) -> NewSession:
        account = await self._read(lambda c: rows.find_account(c, login))
        lock = SignInLock(
            counted_as=account.id if account else rows.name_counted_as(login),
            attempts=self._settings.lockout_attempts,
            minutes=self._settings.lockout_minutes,
        )
        await self._refuse_locked(lock)
        stored = account.password_hash if account else self._decoy
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._hashing, _verify, stored, password)
        if account is None or not right or account.disabled:
            await self._record_refusal(account, login, right, lock)
            raise SignInRefused()
        return await self._open(account, lock)

    async def sign_out(self, signed_in: SignedIn, command_id: str) -> int:
        """End the session; its streams close within two seconds in every hub process."""
        command = CloseSession(
            command_id=command_id,
            actor=signed_in.actor,
            session_id=signed_in.session_id,
            reason="signed_out",
        )
        outcome = await self._hub.submit(command)
        self.forget(signed_in.session_id)
        return outcome.last_seq

    async def revoke(self, session_id: str, command_id: str, actor: Actor = HUB_ACTOR) -> int:
        """End somebody's session.

        Raises:
            NotFound: There is none.
        """
        command = CloseSession(
            command_id=command_id, actor=actor, session_id=session_id, reason="revoked"
        )
        outcome = await self._hub.submit(command)
        self.forget(session_id)
        return outcome.last_seq

    async def who_asks(self, token: str | None) -> SignedIn:
        """The account behind a token.

        Raises:
            NotSignedIn: No token, or none that stands.
        """
        if not token:
            raise NotSignedIn()
        hashed = token_hash(token)
        now_s = self._clock_s()
        known = self._known.get(hashed)
        if known is not None and known.until_s > now_s:
            if known.signed_in.expires_at <= self._hub.now():
                raise NotSignedIn("The session is over; sign in again.")
            return known.signed_in
        now = self._hub.now()
        found = await self._read(lambda c: rows.find_session(c, hashed, now))
        if found is None:
            self._known.pop(hashed, None)
            raise NotSignedIn("The session is over; sign in again.")
        signed_in = SignedIn(
            found.session_id, found.expires_at, found.account, self._actor(found.account)
        )
        self._remember(hashed, signed_in)
        return signed_in

    async def standing(self, session_ids: Collection[str]) -> dict[str, Actor]:
        """Those of these sessions that stand, with what their accounts are now."""
        now = self._hub.now()
        found = await self._read(lambda c: rows.find_sessions(c, session_ids, now))
        return {one.session_id: self._actor(one.account) for one in found}

    def forget(self, session_id: str) -> None:
        """The session has ended, here or in another process."""
        ended = [
            hashed
            for hashed, known in self._known.items()
            if known.signed_in.session_id == session_id
        ]
        for hashed in ended:
            del self._known[hashed]

    def forget_all(self) -> None:
        """Another region or history stands: everybody's agencies are looked up again."""
        self._known.clear()

    def _remember(self, hashed: str, signed_in: SignedIn) -> None:
        if len(self._known) >= _SESSIONS_KEPT:
            self._known.clear()
        self._known[hashed] = _Known(signed_in, self._clock_s() + _KNOWN_FOR_S)

    async def _open(self, account: Account, lock: SignInLock) -> NewSession:
        token = secrets.token_urlsafe(32)
        expires_at = self._hub.now() + timedelta(hours=self._settings.session_hours)
        session = SessionOpened(
            session_id=uuid.uuid4().hex,
            account_id=account.id,
            role=account.role,
            expires_at=expires_at,
        )
        actor = self._actor(account)
        command = OpenSession(
            command_id=uuid.uuid4().hex,
            actor=actor,
            session=session,
            token_hash=token_hash(token),
            lock=lock,
        )
        outcome = await self._hub.submit(command)
        signed_in = SignedIn(session.session_id, expires_at, account, actor)
        self._remember(token_hash(token), signed_in)
        return NewSession(token, signed_in, outcome.last_seq)

    async def _refuse_locked(self, lock: SignInLock) -> None:
        """Before anything is hashed; the command looks again where it is written."""

        def count(connection: Connection) -> int:
            since = database_now(connection) - timedelta(minutes=lock.minutes)
            return rows.count_refusals_since(connection, lock.counted_as, since)

        if await self._read(count) >= lock.attempts:
            raise TooManyAttempts(minutes=lock.minutes)

    async def _record_refusal(
        self, account: Account | None, login: str, right: bool, lock: SignInLock
    ) -> None:
        reason = "unknown" if account is None else "disabled" if right else "password"
        command = RefuseSession(
            command_id=uuid.uuid4().hex,
            actor=HUB_ACTOR,
            account_id=account.id if account else None,
            reason=reason,
            typed_name=login,
            lock=lock,
        )
        await self._hub.submit(command)

    async def people(self, actor: Actor) -> list[tuple[str, str]]:
        """Id and name of each account of the hub, or of what ``actor`` sees, by name."""
        known = await self._read(rows.list_accounts)
        seen = [one for one in known if may_see(actor.agencies, self._agencies_of(one))]
        return sorted(((one.id, one.name) for one in seen), key=lambda person: person[1])

    def _actor(self, account: Account) -> Actor:
        return Actor(
            account_id=account.id,
            role=account.role,
            agencies=self._agencies_of(account),
            unit_id=account.unit_id,
            position=account.position,
            municipality=account.municipality,
        )

    def _agencies_of(self, account: Account) -> AgencySet:
        """Its agency; those of its municipality; everyone's for the hub's own people.

        Crews and municipalities never belong to the hub: without an agency they see no incident.
        """
        if account.agency_id:
            return (account.agency_id,)
        if account.municipality or account.role == "municipal_admin":
            policy = self._hub.policy()
            agencies = policy.agencies if policy else ()
            own = {a.id for a in agencies if a.municipality == account.municipality}
            return tuple(sorted(own)) if account.municipality else ()
        if account.role == "responder":
            unit = self._hub.board().units.get(account.unit_id or "")
            return (unit.agency_id,) if unit else ()
        return (EVERYONE,)

    async def _read(self, query: Callable[[Connection], _T]) -> _T:
        def run() -> _T:
            with self._hub.engine.connect() as connection, connection.begin():
                return query(connection)

        return await asyncio.get_running_loop().run_in_executor(self._reading, run)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
