"""How an incident changes and ends: type, priority, place, narrative, legs, case numbers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment
from dispatch.domain.commands import (
    AddNote,
    Advice,
    ChangeIncident,
    ChangeLeg,
    CloseLegs,
    FreezeRecommendation,
    GiveCaseNumber,
    GiveTalkgroup,
    VoidCaseNumber,
)
from dispatch.domain.errors import (
    AlreadyClosed,
    InvalidInput,
    LegOfAnother,
    NotFound,
    RevisionConflict,
    UnitsStillAssigned,
)
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident, Leg, VoidedNumber
from dispatch.domain.intake import audience_at, legs_for, note_draft
from dispatch.domain.map_faults import fault_drafts
from dispatch.domain.open_slots import open_slots
from dispatch.domain.position import answers_for
from dispatch.domain.premise import hazards_at
from dispatch.domain.recommendation import Slot
from dispatch.domain.state import State, case_scope
from dispatch.domain.values import Actor, Discipline, audience_of
from geodata.lonlat import LonLat
from jurisdictions.case_numbers import case_number


def open_incident(state: State, incident_id: str) -> Incident:
    """The incident, if it is open.

    Raises:
        NotFound: There is none of that id.
        AlreadyClosed: It is closed.
    """
    incident = state.board.incidents.get(incident_id)
    if incident is None:
        raise NotFound(incident_id=incident_id)
    if incident.state == "closed":
        raise AlreadyClosed(incident_id=incident_id, number=incident.number)
    return incident


def decide_change_incident(state: State, command: ChangeIncident) -> list[Draft]:
    """Take over the fields given. A leg that has units or is closed is kept whatever the plan.

    Agencies that the new place or type brings in are told by ``incident.shared``.
    """
    incident = open_incident(state, command.incident_id)
    if command.revision != incident.revision:
        raise RevisionConflict(
            incident_id=incident.id,
            revision=incident.revision,
            current=incident.model_dump(mode="json"),
            yours=command.model_dump(
                mode="json", include={"incident_type", "priority", "place", "alarm_level"}
            ),
        )
    if (command.place or command.incident_type or command.alarm_level) and command.advice is None:
        raise InvalidInput("A new place, type or alarm needs to be resolved first.", field="advice")
    if command.alarm_level == incident.alarm_level:
        raise InvalidInput(f"It is at alarm {command.alarm_level} already.", field="alarm_level")
    advice = command.advice
    legs = _legs_after(state, incident, advice) if advice is not None else None
    changed = ev.IncidentChanged(
        incident_id=incident.id,
        revision=incident.revision + 1,
        incident_type=command.incident_type,
        type_label=advice.type_label if advice and command.incident_type else None,
        priority=command.priority
        or (advice.priority if advice and command.incident_type else None),
        place=command.place,
        resolution=advice.resolution if advice else None,
        plan_id=advice.plan_id if advice else None,
        legs=legs,
        alarm_level=command.alarm_level,
        hazards=(
            hazards_at(state.premises, LonLat(*command.place.at), state.now)
            if command.place
            else None
        ),
        was_priority=incident.priority,
    )
    drafts = [Draft(body=changed, audience=incident.audience)]
    if legs:
        present = {
            name: value
            for name in ev.IncidentChanged.model_fields
            if name not in ("kind", "incident_id", "was_priority")
            and (value := getattr(changed, name)) is not None
        }
        after = incident.model_copy(update=present)
        wider = audience_of(*incident.audience, *audience_at(legs, after.resolution))
        drafts += share_drafts(after, wider, state.board.live_of_incident(incident.id))
    if command.place and advice:
        owner = advice.resolution.municipality
        drafts += fault_drafts(state, command.place, owner, incident.id)
    return drafts


def _legs_after(state: State, incident: Incident, advice: Advice) -> tuple[Leg, ...]:
    """The legs by another plan. One that has units or is closed is kept whatever the plan says.

    A leg for which the plan asks more than before waits again, with the units that it has. One with
    a type or priority of its own keeps that.
    """
    staffed = {a.discipline for a in state.board.live_of_incident(incident.id)}
    kept = []
    for leg in incident.legs:
        if leg.discipline in advice.added and leg.state == "active":
            kept.append(leg.model_copy(update={"state": "pending"}))
        elif leg.state == "pending" and leg.discipline in staffed:
            more = leg.discipline in advice.added
            kept.append(leg if more else leg.model_copy(update={"state": "active"}))
        elif leg.state != "pending":
            kept.append(leg)
    held = {leg.discipline for leg in kept}
    apart = {leg.discipline: leg for leg in incident.legs if leg.stands_apart}
    named = tuple(dict.fromkeys((*advice.disciplines, *apart)))
    wanted = legs_for(advice.model_copy(update={"disciplines": named}))
    own = ("incident_type", "type_label", "priority")
    return (
        *kept,
        *(
            leg.model_copy(update={name: getattr(apart[leg.discipline], name) for name in own})
            if leg.discipline in apart
            else leg
            for leg in wanted
            if leg.discipline not in held
        ),
    )


def decide_change_leg(state: State, command: ChangeLeg) -> list[Draft]:
    """Another type or priority of one part. Its units stay; where more is asked it waits again.

    Raises:
        NotFound: The incident has no such part.
        AlreadyClosed: The part is closed.
        RevisionConflict: Somebody changed the incident since; both values are in the fields.
        LegOfAnother: The actor does not answer for the part, and there is no reason.
    """
    incident = open_incident(state, command.incident_id)
    leg = incident.leg(command.discipline)
    if leg is None:
        raise NotFound("It has no part of that discipline.", discipline=command.discipline)
    if command.revision != incident.revision:
        asked = incident.asked_of(leg.discipline)._asdict()
        raise RevisionConflict(
            incident_id=incident.id,
            revision=incident.revision,
            current={**incident.model_dump(mode="json"), **asked},
            yours=command.model_dump(mode="json", include={"incident_type", "priority"}),
        )
    if leg.state == "closed":
        raise AlreadyClosed(incident_id=incident.id, number=incident.number)
    if command.incident_type is None and command.priority is None:
        raise InvalidInput("Give a type, a priority, or both.", field="priority")
    after = leg_as_asked(incident, leg, command)
    if after == leg:
        return []
    told = override_drafts(state, command, incident, [leg], "Changed")
    if leg.state == "active" and leg.discipline in more_asked(command.slots_now, command.slots):
        after = after.model_copy(update={"state": "pending"})
    elif leg.state == "pending" and any(
        a.discipline == leg.discipline for a in state.board.live_of_incident(incident.id)
    ):
        live = [a.unit_id for a in state.board.live_of_incident(incident.id)]
        units = [state.board.units[unit_id] for unit_id in live if unit_id in state.board.units]
        short = {slot.discipline for slot in open_slots(incident, command.slots, units)}
        if leg.discipline not in short:
            after = after.model_copy(update={"state": "active"})
    body = ev.LegChanged(
        incident_id=incident.id, revision=incident.revision + 1, leg=after, was=leg
    )
    return [*told, Draft(body=body, audience=incident.audience)]


def leg_as_asked(incident: Incident, leg: Leg, command: ChangeLeg) -> Leg:
    """The part with the type and priority of the command; none of its own where the whole's do."""
    own: dict[str, object] = {}
    if command.incident_type == incident.incident_type:
        own = {"incident_type": None, "type_label": None, "priority": None}
    elif command.incident_type is not None:
        own = {"incident_type": command.incident_type, "type_label": command.type_label}
    if command.priority is not None:
        own["priority"] = None if command.priority == incident.priority else command.priority
    return leg.model_copy(update=own)


def more_asked(before: Sequence[Slot], after: Sequence[Slot]) -> tuple[Discipline, ...]:
    """Disciplines of which ``after`` wants more units than ``before``."""
    had = Counter(slot.discipline for slot in before)
    wants = Counter(slot.discipline for slot in after)
    return tuple(discipline for discipline in wants if wants[discipline] > had[discipline])


def share_drafts(
    incident: Incident, audience: tuple[str, ...], assignments: list[Assignment]
) -> list[Draft]:
    """One ``incident.shared`` that widens the audience, or none when it is as wide already."""
    if audience == incident.audience:
        return []
    shared = incident.model_copy(update={"audience": audience})
    widened = tuple(a.model_copy(update={"audience": audience}) for a in assignments)
    return [Draft(body=ev.IncidentShared(incident=shared, assignments=widened), audience=audience)]


def decide_add_note(state: State, command: AddNote) -> list[Draft]:
    """Add a line; the same note id again adds nothing. A closed incident still takes notes."""
    incident = state.board.incidents.get(command.incident_id)
    if incident is None:
        raise NotFound(incident_id=command.incident_id)
    if any(note.id == command.note_id for note in incident.notes):
        return []
    author = command.actor.account_id
    return [note_draft(state, incident, command.note_id, command.text, author)]


def decide_freeze_recommendation(state: State, command: FreezeRecommendation) -> list[Draft]:
    """Let a computed recommendation stand; one for an older revision of the incident is dropped."""
    made = command.recommendation
    incident = open_incident(state, made.incident_id)
    if made.incident_revision < incident.revision:
        raise RevisionConflict(incident_id=incident.id, revision=incident.revision)
    frozen = made.model_copy(update={"audience": incident.audience})
    return [Draft(body=ev.RecommendationMade(recommendation=frozen), audience=incident.audience)]


def case_number_draft(state: State, incident: Incident, agency_id: str, revision: int) -> Draft:
    """The next case number of the agency for this incident."""
    year = state.policy.local_year
    count = state.next_number(case_scope(agency_id, year))
    template = state.policy.case_template.get(agency_id, "")
    prefix = state.policy.case_prefix.get(agency_id, "")
    given = ev.CaseNumberGiven(
        incident_id=incident.id,
        revision=revision,
        agency_id=agency_id,
        number=case_number(template, prefix, year, count),
        year=year,
        count=count,
    )
    return Draft(body=given, audience=incident.audience)


def decide_give_case_number(state: State, command: GiveCaseNumber) -> list[Draft]:
    """A number on request; an agency that has one already gets no second."""
    incident = open_incident(state, command.incident_id)
    if command.agency_id in incident.case_numbers:
        return []
    if command.agency_id not in incident.audience:
        raise InvalidInput(
            "That agency has no part in this incident.",
            field="agency_id",
            agencies=list(incident.audience),
        )
    return [case_number_draft(state, incident, command.agency_id, incident.revision + 1)]


def decide_void_case_number(state: State, command: VoidCaseNumber) -> list[Draft]:
    """The number counts no more. The counter goes on: no number is ever given twice.

    Another one is given on request alone, also where the agency numbers its cases by itself.

    Raises:
        NotFound: The agency has no number for this incident.
        InvalidInput: No reason is given.
    """
    incident = open_incident(state, command.incident_id)
    number = incident.case_numbers.get(command.agency_id)
    if number is None:
        raise NotFound("That agency has no number for this incident.", agency_id=command.agency_id)
    if not command.reason:
        raise InvalidInput("Say why the number is voided.", field="reason")
    voided = VoidedNumber(
        agency_id=command.agency_id,
        number=number,
        reason=command.reason,
        by=command.actor.account_id,
        at=state.now,
    )
    body = ev.CaseNumberVoided(
        incident_id=incident.id, revision=incident.revision + 1, voided=voided
    )
    return [Draft(body=body, audience=incident.audience)]


def decide_close_legs(state: State, command: CloseLegs) -> list[Draft]:
    """Close the leg or legs; the incident closes with its last one.

    Without a discipline those that the actor answers for, with a reason every open one.

    Raises:
        LegOfAnother: None of them is the actor's, and there is no reason.
        UnitsStillAssigned: A unit of that discipline is still on it, or is promised from outside.
    """
    incident = open_incident(state, command.incident_id)
    still_open = [leg for leg in incident.legs if leg.state != "closed"]
    named = [leg for leg in still_open if command.discipline in (None, leg.discipline)]
    if not named:
        raise NotFound("There is no open leg of that discipline.", discipline=command.discipline)
    own = [leg for leg in named if own_leg(state, command.actor, incident, leg)]
    legs = named if command.reason or not own else own
    closing = {leg.discipline for leg in legs}
    told = override_drafts(state, command, incident, legs, "Closed")
    busy = [
        a.unit_id
        for a in state.board.live_of_incident(incident.id)
        if a.discipline in closing or len(legs) == len(still_open)
    ]
    busy += [one.label for one in incident.outside if one.standing and one.discipline in closing]
    if busy:
        raise UnitsStillAssigned(incident_id=incident.id, units=busy)
    return told + closing_drafts(state, incident, legs, command.disposition)


def own_leg(state: State, actor: Actor, incident: Incident, leg: Leg) -> bool:
    """Whether the actor answers for this part of the incident."""
    positions = state.board.positions.values()
    area = incident.place.municipality
    return answers_for(positions, actor, leg.discipline, leg.agency_id, area)


def override_drafts(
    state: State,
    command: CloseLegs | GiveTalkgroup | ChangeLeg,
    incident: Incident,
    legs: Sequence[Leg],
    what: str,
) -> list[Draft]:
    """The line that tells whose legs they are that another desk changed them, and why.

    Returns:
        Nothing where the actor answers for all of them; else one note, before the change itself.

    Raises:
        LegOfAnother: One of them is not the actor's, and there is no reason.
    """
    foreign = [leg for leg in legs if not own_leg(state, command.actor, incident, leg)]
    if not foreign:
        return []
    names = state.policy.agency_names
    whose = ", ".join(
        f"{leg.discipline.upper()} of {names.get(leg.agency_id or '', leg.agency_id)}"
        for leg in foreign
    )
    if not command.reason:
        raise LegOfAnother(
            f"You do not answer for {whose}: say why you change it.",
            agencies=[leg.agency_id for leg in foreign],
            disciplines=[leg.discipline for leg in foreign],
        )
    text = f"{what} by another desk, {whose}: {command.reason}"
    return [note_draft(state, incident, command.note_id, text, command.actor.account_id)]


def closing_drafts(
    state: State, incident: Incident, legs: list[Leg], disposition: str
) -> list[Draft]:
    """``leg.changed`` for each of ``legs``, and ``incident.closed`` when no open one remains."""
    drafts = []
    revision = incident.revision
    for leg in legs:
        revision += 1
        update = {"state": "closed", "disposition": disposition, "closed_at": state.now}
        closed = leg.model_copy(update=update)
        changed = ev.LegChanged(incident_id=incident.id, revision=revision, leg=closed, was=leg)
        drafts.append(Draft(body=changed, audience=incident.audience))
    closing = {leg.discipline for leg in legs}
    if all(leg.state == "closed" or leg.discipline in closing for leg in incident.legs):
        body = ev.IncidentClosed(
            incident_id=incident.id, revision=revision + 1, closed_at=state.now
        )
        drafts.append(Draft(body=body, audience=incident.audience))
    return drafts
