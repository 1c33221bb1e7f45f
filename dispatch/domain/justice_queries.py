"""Who may ask a centre's query service, about what, and for whom the answer is. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Board
from dispatch.domain.commands import AskQuery, EndQuery
from dispatch.domain.errors import InvalidInput, NotAllowed
from dispatch.domain.events import Draft, QueryAsked, QueryEnded
from dispatch.domain.incident import Incident
from dispatch.domain.justice_query import JusticeQuery, KeptQuery
from dispatch.domain.state import State
from dispatch.domain.values import EVERYONE, Actor, audience_of
from dispatch.domain.working import open_incident

QUERY_KEPT_S: Final = 86_400.0
"""How long an answer is kept, where its agency says nothing."""


def decide_ask_query(state: State, command: AskQuery) -> list[Draft]:
    """It is asked now, for the law's part of an open incident.

    Raises:
        InvalidInput: The incident has no part of the law, or the unit is no unit of the law on it.
        NotAllowed: The asker is not of the law, or not on this incident.
    """
    incident = open_incident(state, command.incident_id)
    agency_id = law_agency(state, incident)
    check_asker(state, command.actor, incident)
    live = next(
        (a for a in state.board.live_of_incident(incident.id) if a.unit_id == command.unit_id), None
    )
    if command.unit_id is not None and (live is None or live.discipline != "law"):
        raise InvalidInput(
            f"{command.unit_id} is no unit of the law on this incident.", field="unit_id"
        )
    query = JusticeQuery(
        id=command.query_id,
        what=command.what,
        purpose=command.purpose,
        incident_id=incident.id,
        unit_id=command.unit_id,
        agency_id=live.agency_id if live else agency_id,
        asked_by=command.actor.account_id,
        asked_at=state.now,
        audience=audience_of(agency_id, live.agency_id if live else None),
    )
    return [Draft(body=QueryAsked(query=query), audience=query.audience)]


def law_agency(state: State, incident: Incident) -> str:
    """The agency of the law that works the incident."""
    leg = incident.leg("law")
    units = [a for a in state.board.live_of_incident(incident.id) if a.discipline == "law"]
    agency_id = leg.agency_id if leg else None
    if agency_id is None and units:
        agency_id = units[0].agency_id
    if agency_id is None:
        raise InvalidInput("The incident has no part of the law.", field="incident_id")
    return agency_id


def check_asker(state: State, actor: Actor, incident: Incident) -> None:
    """An officer on the incident, a desk of a law agency, or the centre's desk that covers the law.

    Raises:
        NotAllowed: It is none of them.
    """
    if actor.role == "responder":
        on_it: list[Assignment] = state.board.live_of_incident(incident.id)
        if any(a.unit_id == actor.unit_id and a.discipline == "law" for a in on_it):
            return
        raise NotAllowed("Officers ask about the incident that they are on.")
    if EVERYONE not in actor.agencies:
        if any(state.policy.disciplines.get(a) == "law" for a in actor.agencies):
            return
        raise NotAllowed("Only the law asks the query service.")
    held = [p for p in state.board.positions.values() if p.held_by == actor.account_id]
    if held and not any("law" in position.disciplines for position in held):
        raise NotAllowed("Your position does not cover the law.")


def decide_end_query(state: State, command: EndQuery) -> list[Draft]:
    """That an answer came, or why none did; never what it says."""
    query = command.query
    body = QueryEnded(
        query_id=query.id,
        incident_id=query.incident_id,
        unit_id=query.unit_id,
        asked_by=query.asked_by,
        ended=command.ended,
    )
    return [Draft(body=body, audience=query.audience)]


def may_read(kept: KeptQuery, actor: Actor, board: Board, now: datetime) -> bool:
    """The asker, and the crew of the unit on the stop while it is on it; nobody else."""
    if kept.kept_until <= now:
        return False
    query = kept.query
    if actor.account_id == query.asked_by:
        return True
    if actor.role != "responder" or query.unit_id is None or actor.unit_id != query.unit_id:
        return False
    live = board.live_of_unit(query.unit_id)
    return live is not None and live.incident_id == query.incident_id
