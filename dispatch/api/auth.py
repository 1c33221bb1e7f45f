"""Who asks, and whether they may: the permission table is carried out here and nowhere else."""

from __future__ import annotations

import contextlib
import hashlib
import math
from typing import Annotated

import orjson
from fastapi import Depends, Request

from dispatch.api.parts import HubParts
from dispatch.api.permissions import PUBLIC, V1, access_to, is_open_to
from dispatch.domain.errors import InvalidInput, NotAllowed
from dispatch.domain.redaction import Profile, profile_of
from dispatch.domain.values import Actor
from dispatch.services.accounts import SignedIn
from dispatch.services.hub import AGE_S, ASKED

AGE_HEADER = "Command-Age"
"""Seconds since the client made the command, by its own clock."""


def bearer_token(request: Request) -> str | None:
    """The token of the ``Authorization`` header, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and len(token) <= 200 else None


def asked_of(method: str, path: str, body: bytes) -> str:
    """The digest of what is asked: whitespace and the order of names in the body do not count."""
    with contextlib.suppress(orjson.JSONDecodeError):  # it is refused as such later
        body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS) if body else b""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


def path_of(request: Request) -> str:
    """The route's path as the table names it: an included router's routes leave out its prefix."""
    path = str(request.scope["route"].path)
    below = request.scope["path"].startswith(f"{V1}/") and not path.startswith(f"{V1}/")
    return f"{V1}{path}" if below else path


async def signed_in(request: Request, parts: HubParts) -> SignedIn:
    """Who asks, if the table opens this route to their role.

    Raises:
        NotSignedIn: No token, or none that stands.
        NotAllowed: The role is not in the table's row of the route.
    """
    caller = await parts.accounts.who_asks(bearer_token(request))
    if not is_open_to(caller.actor.role, request.method, path_of(request)):
        raise NotAllowed(role=caller.actor.role)
    return caller


Caller = Annotated[SignedIn, Depends(signed_in)]


async def permitted(request: Request, parts: HubParts) -> None:
    """Refuse a route that the table does not name, or not for this caller. On every router.

    Raises:
        NotAllowed: The table has no row for it, or not this role.
    """
    access = access_to(request.method, path_of(request))
    if access is None:
        raise NotAllowed("The permission table does not name this route.")
    if request.method != "GET":
        query = "&".join(sorted(request.url.query.split("&")))
        path = f"{request.scope['path']}?{query}"
        ASKED.set(asked_of(request.method, path, await request.body()))
        AGE_S.set(_age_s(request))
    if access != PUBLIC:
        await signed_in(request, parts)


def _age_s(request: Request) -> float:
    """Seconds since the client made the command; 0 where it does not say.

    Raises:
        InvalidInput: The header is no number.
    """
    given = request.headers.get(AGE_HEADER)
    if given is None:
        return 0.0
    try:
        age_s = float(given)
    except ValueError:
        age_s = math.nan
    if not math.isfinite(age_s):
        raise InvalidInput(f"{AGE_HEADER} is a number of seconds.", field=AGE_HEADER)
    return age_s


def actor_of(caller: Caller) -> Actor:
    """The actor of the caller's commands."""
    return caller.actor


Acting = Annotated[Actor, Depends(actor_of)]


def profile_of_actor(actor: Actor) -> Profile:
    """The redaction profile of who asks.

    Raises:
        NotAllowed: The hub itself reads nothing through the API.
    """
    if actor.role == "hub":
        raise NotAllowed(role=actor.role)
    return profile_of(actor.role)
