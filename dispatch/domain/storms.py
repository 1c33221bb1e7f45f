"""Supervisors switch an agency to its storm plans, keep it there, and end it. Pure."""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain.commands import SetStorm
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.events import Draft, StormSet
from dispatch.domain.state import State
from dispatch.domain.storm import Storm
from dispatch.domain.values import EVERYONE, may_see

ASKED_WITHIN = timedelta(hours=24)


def decide_set_storm(state: State, command: SetStorm) -> list[Draft]:
    """Switch it on or let it go on until ``ask_at``; without ``ask_at`` it ends.

    Raises:
        NotFound: The agency is not the supervisor's.
        InvalidInput: There is no reason, or the supervisor is to be asked in the past or after
            more than a day.
    """
    agency_id = command.agency_id
    if not may_see(command.actor.agencies, (agency_id,)):
        raise NotFound(agency_id=agency_id)
    present = state.board.storms.get(agency_id)
    if command.ask_at is None and present is None:
        return []
    if not command.reason:
        raise InvalidInput("Say why.", field="reason")
    storm = None
    if command.ask_at is not None:
        if not state.now < command.ask_at <= state.now + ASKED_WITHIN:
            raise InvalidInput("Ask again at a time within 24 hours from now.", field="ask_at")
        storm = Storm(
            agency_id=agency_id,
            since=present.since if present else state.now,
            by=command.actor.account_id,
            reason=command.reason,
            ask_at=command.ask_at,
        )
    body = StormSet(
        agency_id=agency_id, storm=storm, reason=command.reason, by=command.actor.account_id
    )
    return [Draft(body=body, audience=(EVERYONE,))]
