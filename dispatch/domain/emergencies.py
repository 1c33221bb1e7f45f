"""How an emergency is raised, repeated, answered and ended. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from dispatch.domain import events as ev
from dispatch.domain.assigning import decide_start_officer_work, involvement_drafts, sent_unit
from dispatch.domain.commands import EndEmergency, RaiseEmergency, SendHelp
from dispatch.domain.diverting import available_unit
from dispatch.domain.emergency import Emergency, EmergencyKind
from dispatch.domain.errors import InvalidInput, NotFound, UnitNotAvailable
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident
from dispatch.domain.state import State
from dispatch.domain.values import Discipline, audience_of

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


HELP_LABEL = "Crew calls for help"
"""How an incident is called whose type the region has no name of its own for."""

_OWN_TYPE = re.compile(
    r"\b((officer|deputy|trooper|crew|responder|fire ?fighter|(para)?medic|emt)s? "
    r"((needs?|requests?|requires?|(calls?|calling) for|in need of) )?"
    r"(help|assistance|emergency|down|(in )?(distress|trouble))|mayday)( now)?$",
    re.IGNORECASE,
)
"""Words that stand side by side at the end of a name: "Crew: power line down" is none."""


class HelpType(NamedTuple):
    """A type of the region's plans, as far as a call for help asks."""

    code: str
    label: str
    lead: Discipline
    priority: int


def help_type(
    types: Iterable[HelpType], kind: EmergencyKind, discipline: Discipline
) -> HelpType | None:
    """The type of the incident at which a crew calls for help: priority 1 in any case.

    The region's own for this discipline, by its name, never another's. Where it has none, the
    most urgent of the law for a button, of the crew's own discipline for a mayday, under
    ``HELP_LABEL``: a button is pressed against people, a mayday is called from the work. None: the
    region has no types at all.
    """
    known = sorted(types, key=lambda one: (one.priority, one.code))
    named = [one for one in known if _is_call_for_help(one)]
    for one in named:
        if one.lead == discipline:
            return one._replace(priority=1)
    lead = discipline if kind == "mayday" else "law"
    rest = [one for one in known if one not in named] or known
    apt = [one for one in rest if one.lead == lead] or rest
    return apt[0]._replace(priority=1, label=HELP_LABEL) if apt else None


def _is_call_for_help(one: HelpType) -> bool:
    names = (one.code.replace("_", " "), one.label.replace("-", " ").rstrip(" .!"))
    return any(_OWN_TYPE.search(name) for name in names)


def decide_send_help(state: State, command: SendHelp) -> list[Draft]:
    """The incident with the unit that calls, and all of the helpers on it, or nothing.

    Help was asked for: unlike work that an officer finds, a part of it that nobody works is loud.

    Raises:
        NotFound: There is no such emergency, or it is over.
        UnitNotAvailable: The unit that calls is on an incident by now, or it or a helper cannot be
            sent; or it has an incident for this call, which is named.
        InvalidInput: A helper is named twice, or is the unit that calls.
    """
    emergency = state.board.emergencies.get(command.emergency_id)
    if emergency is None or emergency.ended_at is not None:
        raise NotFound("That call for help is over.", emergency_id=command.emergency_id)
    ids = [new.unit_id for new in command.helpers]
    if len({*ids, emergency.unit_id}) != len(ids) + 1:
        raise InvalidInput(
            f"Name units once each, and others than {emergency.unit_id}.", field="unit_ids"
        )
    available_unit(state, emergency.unit_id)
    if (own := _scene_of(state, emergency)) is not None:
        raise UnitNotAvailable(
            f"{emergency.unit_id} has {own.number} for this call for help: send units there.",
            unit_id=emergency.unit_id,
            incident_id=own.id,
            incident_number=own.number,
        )
    units = [available_unit(state, unit_id) for unit_id in ids]
    made = decide_start_officer_work(state, command)
    audience = audience_of(*made[0].audience, *(unit.agency_id for unit in units))
    drafts = [_asked_for(draft, audience) for draft in made]
    incident = next(d.body.incident for d in drafts if isinstance(d.body, ev.IncidentCreated))
    why = f"backup for {emergency.unit_id}"
    for new, unit in zip(command.helpers, units, strict=True):
        sent = sent_unit(state, command.actor.account_id, incident, unit, new, audience, why)
        drafts.append(Draft(body=ev.UnitAssigned(assignment=sent), audience=audience))
    return drafts + involvement_drafts(state, incident, units, audience)


def _scene_of(state: State, emergency: Emergency) -> Incident | None:
    """The open incident that the unit was last put on since it called, though cleared from it."""
    own = [
        a
        for a in state.board.assignments.values()
        if a.unit_id == emergency.unit_id
        and a.assigned_at >= emergency.presses[0]
        and (incident := state.board.incidents.get(a.incident_id)) is not None
        and incident.state == "open"
    ]
    last = max(own, key=lambda a: (a.assigned_at, a.id), default=None)
    return state.board.incidents[last.incident_id] if last else None


def _asked_for(draft: Draft, audience: tuple[str, ...]) -> Draft:
    """The same as of an incident to which help was asked, for the agencies of the helpers too."""
    body = draft.body
    if isinstance(body, ev.IncidentCreated):
        seen = {"audience": audience, "officer_initiated": False}
        incident = body.incident.model_copy(update=seen)
        body = body.model_copy(update={"incident": incident})
    elif isinstance(body, ev.UnitAssigned):
        own = body.assignment.model_copy(update={"audience": audience})
        body = body.model_copy(update={"assignment": own})
    return draft.model_copy(update={"body": body, "audience": audience})


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
