"""How an emergency is raised, repeated and ended. Pure."""

from __future__ import annotations

from dispatch.domain import events as ev
from dispatch.domain.commands import EndEmergency, RaiseEmergency
from dispatch.domain.emergency import Emergency
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.values import audience_of

PRESSES_KEPT = 500
"""A button that is stuck must not fill the log."""


def decide_raise_emergency(state: State, command: RaiseEmergency) -> list[Draft]:
    """Raise it, or add a press to the one that stands."""
    unit = state.board.units.get(command.unit_id)
    if unit is None:
        raise NotFound(f"There is no unit {command.unit_id}.", unit_id=command.unit_id)
    standing = state.board.emergency_of_unit(unit.id)
    if standing is not None:
        if len(standing.presses) >= PRESSES_KEPT:
            return []
        pressed = ev.EmergencyRepeated(emergency_id=standing.id, pressed_at=state.now)
        return [Draft(body=pressed, audience=standing.audience)]
    live = state.board.live_of_unit(unit.id)
    audience = audience_of(unit.agency_id, *(live.audience if live else ()))
    emergency = Emergency(
        id=command.emergency_id,
        unit_id=unit.id,
        agency_id=unit.agency_id,
        kind=command.kind,
        presses=(state.now,),
        device_at=command.device_at,
        at=command.at,
        incident_id=live.incident_id if live else None,
        raised_by=command.actor.account_id,
        audience=audience,
    )
    return [Draft(body=ev.EmergencyRaised(emergency=emergency), audience=audience)]


def decide_end_emergency(state: State, command: EndEmergency) -> list[Draft]:
    """It is dealt with, and how it ended; said again it changes nothing.

    Raises:
        NotFound: There is no such emergency.
        InvalidInput: The outcome is missing: an emergency never just goes away.
    """
    emergency = state.board.emergencies.get(command.emergency_id)
    if emergency is None:
        raise NotFound(emergency_id=command.emergency_id)
    if emergency.ended_at is not None:
        return []
    if not command.outcome:
        raise InvalidInput("Say how it ended.", field="outcome")
    body = ev.EmergencyEnded(
        emergency_id=emergency.id,
        outcome=command.outcome,
        by=command.actor.account_id,
        ended_at=state.now,
    )
    return [Draft(body=body, audience=emergency.audience)]
