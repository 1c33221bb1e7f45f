"""How BOLOs are issued, cancelled, and end by themselves. Pure."""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain.bolo import Bolo, BoloEnd
from dispatch.domain.commands import CancelBolo, FallDue, IssueBolo
from dispatch.domain.errors import InvalidInput, NotAllowed, NotFound
from dispatch.domain.events import BoloEnded, BoloIssued, Draft
from dispatch.domain.state import State, bolo_scope
from dispatch.domain.values import EVERYONE, Actor, may_see

STANDS_MOST = timedelta(days=30)
"""One that is to stand longer is issued anew: somebody has to look at it again."""


def decide_issue_bolo(state: State, command: IssueBolo) -> list[Draft]:
    """It stands from now until its end, for its audience alone.

    Raises:
        InvalidInput: It says nothing, is for nobody, or its end is past or too far.
    """
    if not command.text:
        raise InvalidInput("Say whom or what to look out for.", field="text")
    if not command.audience:
        raise InvalidInput("It is for nobody: no agency fits.", field="agencies")
    if not state.now < command.expires_at <= state.now + STANDS_MOST:
        raise InvalidInput("It ends in the coming 30 days.", field="expires_at")
    bolo = Bolo(
        id=command.bolo_id,
        ref=f"B{state.next_number(bolo_scope(state.policy.local_year))}",
        kind=command.kind,
        agency_id=command.agency_id,
        municipality=command.municipality,
        incident_id=command.incident_id,
        author=command.actor.account_id,
        issued_at=state.now,
        expires_at=command.expires_at,
        audience=command.audience,
    )
    private = {"bolo": command.text}
    body = BoloIssued(bolo=bolo)
    return [Draft(body=body, audience=bolo.audience, subject=bolo.id, private=private)]


def decide_cancel_bolo(state: State, command: CancelBolo) -> list[Draft]:
    """Its author, its agency, or the centre takes it off; one that has ended changes nothing.

    Raises:
        NotFound: There is none, or not for this viewer.
        NotAllowed: It is another agency's.
        InvalidInput: No reason is given.
    """
    bolo = state.board.bolos.get(command.bolo_id)
    if bolo is None or not may_see(command.actor.agencies, bolo.audience):
        raise NotFound(bolo_id=command.bolo_id)
    if not _owns(command.actor, bolo):
        raise NotAllowed(f"{bolo.ref} is another agency's.", bolo_id=bolo.id)
    if not command.reason:
        raise InvalidInput("Say why it is cancelled.", field="reason")
    return [_ended(state, bolo, "cancelled", command.actor.account_id, command.reason)]


def _owns(actor: Actor, bolo: Bolo) -> bool:
    if EVERYONE in actor.agencies or actor.account_id == bolo.author:
        return True
    return bolo.agency_id is not None and bolo.agency_id in actor.agencies


def decide_bolo_due(state: State, command: FallDue) -> list[Draft]:
    """Its time is over, unless it was cancelled before."""
    bolo = state.board.bolos.get(command.ref)
    if bolo is None or bolo.expires_at > state.now:
        return []
    return [_ended(state, bolo, "expired", command.actor.account_id, "")]


def _ended(state: State, bolo: Bolo, how: BoloEnd, by: str, why: str) -> Draft:
    body = BoloEnded(bolo_id=bolo.id, ended=how, by=by, reason=why, ended_at=state.now)
    return Draft(body=body, audience=bolo.audience)
