"""What every route is given, and who may pass: the parts of the running hub, the caller, the read.

The permission table is carried out here and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, NamedTuple, Protocol, TypeVar

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Connection

from dispatch.api.permissions import PUBLIC, roles_of
from dispatch.domain.errors import NotAllowed
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.redaction import Profile, profile_of
from dispatch.domain.values import Actor
from dispatch.realtime.follower import Follower
from dispatch.realtime.live import Live
from dispatch.services.accounts import Accounts, SignedIn
from dispatch.services.hub import Hub
from dispatch.settings import HubSettings
from dispatch.store.unit_of_work import Outcome

_T = TypeVar("_T")

MIN_SEQ_WAIT_S = 0.3
"""How long a read waits for ``min_seq`` before it answers degraded."""


class Recommending(Protocol):
    """Makes a recommendation anew and freezes it."""

    async def recommend(self, incident_id: str) -> Recommendation:
        """The recommendation for the incident as it stands now."""


@dataclass
class Parts:
    """The running hub, as ``main`` wired it."""

    settings: HubSettings
    hub: Hub
    follower: Follower
    live: Live
    accounts: Accounts
    readers: ThreadPoolExecutor
    internal_token: str
    recommender: Recommending | None = None
    health_parts: dict[str, Callable[[], dict[str, object]]] | None = None

    async def read(self, query: Callable[[Connection], _T]) -> _T:
        """Run a query in a reading thread, so that it keeps no other request waiting."""

        def run() -> _T:
            with self.hub.engine.connect() as connection, connection.begin():
                return query(connection)

        return await asyncio.get_running_loop().run_in_executor(self.readers, run)

    async def shown(self, outcome: Outcome) -> Outcome:
        """The outcome, once this process's board has it too (or after the usual wait)."""
        await self.follower.wait_for_seq(outcome.last_seq, MIN_SEQ_WAIT_S)
        return outcome


def parts_of(request: Request) -> Parts:
    """The parts of the application that serves this request."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


HubParts = Annotated[Parts, Depends(parts_of)]


def bearer_token(request: Request) -> str | None:
    """The token of the ``Authorization`` header, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and len(token) <= 200 else None


async def signed_in(request: Request, parts: HubParts) -> SignedIn:
    """Who asks, if the table opens this route to their role.

    Raises:
        NotSignedIn: No token, or none that stands.
        NotAllowed: The role is not in the table's row of the route.
    """
    caller = await parts.accounts.who_asks(bearer_token(request))
    roles = roles_of(request.method, request.scope["route"].path)
    if roles is None or caller.actor.role not in roles:
        raise NotAllowed(role=caller.actor.role)
    return caller


Caller = Annotated[SignedIn, Depends(signed_in)]


async def permitted(request: Request, parts: HubParts) -> None:
    """Refuse a route that the table does not name, or not for this caller. On every router.

    Raises:
        NotAllowed: The table has no row for it, or not this role.
    """
    roles = roles_of(request.method, request.scope["route"].path)
    if roles is None:
        raise NotAllowed("The permission table does not name this route.")
    if roles != PUBLIC:
        await signed_in(request, parts)


def actor_of(caller: Caller) -> Actor:
    """The actor of the caller's commands."""
    return caller.actor


Acting = Annotated[Actor, Depends(actor_of)]


class Seen(NamedTuple):
    """The number that a read stands for, and whether it is older than what was asked for."""

    seq: int
    degraded: bool


async def seen_seq(
    parts: HubParts,
    response: Response,
    min_seq: Annotated[
        int | None,
        Query(ge=0, description="Wait up to 300 ms until this event is taken in."),
    ] = None,
) -> Seen:
    """Wait for ``min_seq``; the answer's headers say what it stands for."""
    reached = True
    if min_seq is not None:
        reached = await parts.follower.wait_for_seq(min_seq, MIN_SEQ_WAIT_S)
    seen = Seen(parts.follower.board.seq, not reached)
    response.headers["Hub-Seq"] = str(seen.seq)
    if seen.degraded:
        response.headers["Hub-Degraded"] = "true"
    return seen


Reading = Annotated[Seen, Depends(seen_seq)]


def profile_of_actor(actor: Actor) -> Profile:
    """The redaction profile of who asks.

    Raises:
        NotAllowed: The hub itself reads nothing through the API.
    """
    if actor.role == "hub":
        raise NotAllowed(role=actor.role)
    return profile_of(actor.role)
