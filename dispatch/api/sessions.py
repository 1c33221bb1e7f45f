"""Routes of sessions: sign in, who am I, sign out."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting, Caller
from dispatch.api.parts import HubParts
from dispatch.api.schemas import AccountAnswer, Done, NewSession, PersonName, SessionAnswer, SignIn
from dispatch.domain.values import Id
from dispatch.services.accounts import SignedIn

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.post("", status_code=201, operation_id="open_session")
async def open_session(body: SignIn, parts: HubParts) -> NewSession:
    """Sign in. Five failures in 15 minutes lock the account for as long."""
    opened = await parts.accounts.sign_in(body.login, body.password)
    answer = _answer(opened.signed_in)
    return NewSession(token=opened.token, **dict(answer))


@router.get("/current", operation_id="read_session")
async def read_session(caller: Caller) -> SessionAnswer:
    """Who the token speaks for."""
    return _answer(caller)


@router.get("/people", operation_id="list_people")
async def list_people(actor: Acting, parts: HubParts) -> list[PersonName]:
    """What the people are called by whose account ids notes, holds and schedules are signed.

    Also those who are gone by now. Of agencies, those that the caller sees, and the hub's own.
    """
    return [
        PersonName(account_id=account_id, name=name)
        for account_id, name in await parts.accounts.people(actor)
    ]


@router.delete("/current", operation_id="close_session")
async def close_session(
    caller: Caller,
    parts: HubParts,
    command_id: Annotated[Id | None, Query(min_length=8)] = None,
) -> Done:
    """Sign out: the token is void at once, and its streams close within two seconds."""
    return Done(seq=await parts.accounts.sign_out(caller, command_id or uuid.uuid4().hex))


def _answer(signed_in: SignedIn) -> SessionAnswer:
    account, actor = signed_in.account, signed_in.actor
    return SessionAnswer(
        session_id=signed_in.session_id,
        expires_at=signed_in.expires_at,
        account=AccountAnswer(
            id=account.id,
            name=account.name,
            role=account.role,
            agencies=actor.agencies,
            unit_id=account.unit_id,
            position=account.position,
            municipality=account.municipality,
        ),
    )
