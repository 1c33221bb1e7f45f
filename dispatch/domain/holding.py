"""Incidents that wait on purpose, and incidents that belong together. Pure.

A hold has a reason and an end; at its end it is loud, and stays so until somebody acts. The units
that it names stay available: a hold reserves nothing behind a dispatcher's back.
"""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain import events as ev
from dispatch.domain.commands import FallDue, HoldIncident, LinkIncidents
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.events import Draft
from dispatch.domain.incident import Hold, Incident
from dispatch.domain.state import State
from dispatch.domain.working import open_incident

HOLD_MOST = timedelta(days=7)
"""A hold beyond this is a mistake of typing, or belongs into a calendar."""


def decide_hold_incident(state: State, command: HoldIncident) -> list[Draft]:
    """Hold it, hold it anew, or (``until`` None) let it go; letting go what is not held is nothing.

    Raises:
        InvalidInput: No reason, an end that is past or too far, or a unit that there is not.
    """
    incident = open_incident(state, command.incident_id)
    if command.until is None:
        return [] if incident.hold is None else [_held(incident, None)]
    if incident.scheduled:
        raise InvalidInput("It is scheduled for later: it is not held besides.", field="until")
    if not command.reason:
        raise InvalidInput("Say why it is held.", field="reason")
    if not state.now < command.until <= state.now + HOLD_MOST:
        raise InvalidInput("A hold ends in the coming seven days.", field="until")
    unknown = [unit_id for unit_id in command.unit_ids if unit_id not in state.board.units]
    if unknown:
        raise NotFound(f"There is no unit {unknown[0]}.", unit_id=unknown[0])
    hold = Hold(
        reason=command.reason,
        until=command.until,
        unit_ids=command.unit_ids,
        by=command.actor.account_id,
        at=state.now,
    )
    return [_held(incident, hold)]


def _held(incident: Incident, hold: Hold | None) -> Draft:
    body = ev.IncidentHeld(
        incident_id=incident.id, revision=incident.revision + 1, hold=hold, was=incident.hold
    )
    return Draft(body=body, audience=incident.audience)


def decide_hold_over(state: State, command: FallDue) -> list[Draft]:
    """The end of a hold, unless it was let go or prolonged since."""
    incident = state.board.incidents.get(command.ref)
    if incident is None or incident.state == "closed":
        return []
    hold = incident.hold
    if hold is None or hold.over or hold.until > state.now:
        return []
    body = ev.HoldOver(incident_id=incident.id, revision=incident.revision + 1)
    return [Draft(body=body, audience=incident.audience)]


def decide_link_incidents(state: State, command: LinkIncidents) -> list[Draft]:
    """Link or unlink two open incidents, on both sides; what is so already changes nothing."""
    if command.incident_id == command.other_id:
        raise InvalidInput("An incident is not linked to itself.", field="other_id")
    one = open_incident(state, command.incident_id)
    other = open_incident(state, command.other_id)
    drafts = []
    for here, there in ((one, other), (other, one)):
        if (there.id in here.linked) == command.linked:
            continue
        others = tuple(i for i in here.linked if i != there.id)
        linked = (*others, there.id) if command.linked else others
        body = ev.IncidentLinked(incident_id=here.id, revision=here.revision + 1, linked=linked)
        drafts.append(Draft(body=body, audience=here.audience))
    return drafts
