"""Premise notes and what was at a spot before: for call-takers without a click, for crews first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from dispatch.domain.assignment import AckChannel
from dispatch.domain.commands import AcknowledgeHazard, NotePremise, WithdrawPremise
from dispatch.domain.errors import NotFound
from dispatch.domain.incident import Incident
from dispatch.domain.premise import Level, PremiseNote, notes_at, still_holding
from dispatch.domain.values import EVERYONE, Actor, may_see
from dispatch.services.assignments import check_own_assignment
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
from dispatch.store.accounts import account_names
from dispatch.store.known_places import (
    incidents_near,
    incidents_of_number,
    premise_by_id,
    premises_near,
    premises_of,
)
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat, distance_m

HISTORY_M = 60.0
HISTORY_DAYS = 365
HISTORY_MOST = 12


def premises_at(connection: Connection, at: LonLat, now: datetime) -> tuple[PremiseNote, ...]:
    """The notes that hold at a spot at an instant, the gravest first."""
    return notes_at(premises_near(connection, at), at, now)


def own_premises(
    connection: Connection, actor: Actor, limit: int, now: datetime
) -> list[PremiseNote]:
    """The newest notes of the viewer's own agencies that hold at an instant, at most ``limit``."""
    everyone = EVERYONE in actor.agencies
    own = premises_of(connection, None if everyone else list(actor.agencies))
    return still_holding(own, now)[:limit]


def authors_of(connection: Connection, notes: Iterable[PremiseNote]) -> dict[str, str]:
    """Who wrote these notes, by the account's id; a system that has no account is left out."""
    return account_names(connection, {note.author for note in notes})


def earlier_at(
    connection: Connection, hub: Hub, actor: Actor, at: LonLat | None, callback: str | None
) -> list[tuple[Incident, str]]:
    """Incidents of the past year here or of this number, newest first, with why each is shown."""
    since = hub.now() - timedelta(days=HISTORY_DAYS)
    found: dict[str, tuple[Incident, str]] = {}
    if at is not None:
        for incident in incidents_near(connection, at, HISTORY_M, since, 4 * HISTORY_MOST):
            if distance_m(at, LonLat(*incident.place.at)) <= HISTORY_M:
                found[incident.id] = (incident, "here")
    if callback:
        for incident in incidents_of_number(connection, callback, since, HISTORY_MOST):
            why = "here, same number" if incident.id in found else "same number"
            found[incident.id] = (incident, why)
    seen = [pair for pair in found.values() if may_see(actor.agencies, pair[0].audience)]
    seen.sort(key=lambda pair: (pair[0].created_at, pair[0].id), reverse=True)
    return seen[:HISTORY_MOST]


async def note_premise(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    agency_id: str,
    at: LonLat,
    level: Level,
    text: str,
    review_on: date,
    radius_m: float = 30.0,
    address: str = "",
    until: datetime | None = None,
) -> Outcome:
    """Write a premise note for an agency of one's own; with ``until`` it holds till then alone.

    Raises:
        NotFound: The agency is not one of the writer's.
    """
    check_own_agency(hub, actor, agency_id)
    command = NotePremise(
        command_id=command_id,
        actor=actor,
        note_id=derived_id(command_id, "premise"),
        agency_id=agency_id,
        at=at,
        radius_m=radius_m,
        address=address,
        level=level,
        text=text,
        review_on=review_on,
        until=until,
    )
    return await hub.submit(command)


def check_own_agency(hub: Hub, actor: Actor, agency_id: str) -> None:
    """Refuse to write for an agency that is not one of the writer's.

    Raises:
        NotFound: It is not.
    """
    known = {agency.id for agency in hub.region().agencies}
    if agency_id not in known or not may_see(actor.agencies, (agency_id,)):
        raise NotFound("That agency is not yours to write for.", agency_id=agency_id)


def own_note(connection: Connection, actor: Actor, note_id: str) -> PremiseNote:
    """A note that this person may withdraw.

    Raises:
        NotFound: There is none, or it is another agency's.
    """
    for note in premise_by_id(connection, note_id):
        if may_see(actor.agencies, (note.agency_id,)):
            return note
    raise NotFound(note_id=note_id)


async def withdraw_premise(hub: Hub, actor: Actor, *, command_id: str, note_id: str) -> Outcome:
    """It holds no more. Incidents that it went with keep it."""
    return await hub.submit(WithdrawPremise(command_id=command_id, actor=actor, note_id=note_id))


async def acknowledge_hazard(
    hub: Hub, actor: Actor, *, command_id: str, assignment_id: str, channel: AckChannel
) -> Outcome:
    """The crew has read the hazard: on its device, or so it said by radio."""
    check_own_assignment(hub, actor, assignment_id)
    command = AcknowledgeHazard(
        command_id=command_id,
        actor=actor,
        assignment_id=assignment_id,
        channel="device" if actor.role == "responder" else channel,
    )
    return await hub.submit(command)
