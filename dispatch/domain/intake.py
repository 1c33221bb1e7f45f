"""How a call becomes an incident, or joins one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dispatch.domain import events as ev
from dispatch.domain.board import Board, apply
from dispatch.domain.call import PERSONAL_FIELDS, Call, CallerFix, CallForm
from dispatch.domain.call_progress import fix_draft
from dispatch.domain.callbacks import check_called_back
from dispatch.domain.commands import Advice, CloseCall, LinkCall, TakeCall
from dispatch.domain.errors import AlreadyClosed, InvalidInput, NotFound, TransitionRefused
from dispatch.domain.events import Draft, Event
from dispatch.domain.incident import Incident, Leg, Note, Place
from dispatch.domain.map_faults import fault_drafts
from dispatch.domain.premise import hazards_at
from dispatch.domain.reservations import new_schedule
from dispatch.domain.state import State, incident_scope
from dispatch.domain.transfers import check_not_offered
from dispatch.domain.values import HUB_ONLY, AgencySet, Discipline, audience_of
from geodata.lonlat import LonLat
from jurisdictions.resolve import Resolution


def legs_for(advice: Advice) -> tuple[Leg, ...]:
    """One leg for each discipline of the plan, the lead first; the lead even without a plan."""
    disciplines: list[Discipline] = [advice.lead]
    disciplines += [d for d in advice.disciplines if d != advice.lead]
    zones = {found.discipline: found for found in advice.resolution.disciplines}
    return tuple(
        Leg(
            discipline=discipline,
            agency_id=advice.agency_of.get(discipline),
            zone=authority.zone
            if (found := zones.get(discipline)) and (authority := found.authority)
            else None,
        )
        for discipline in disciplines
    )


def audience_at(legs: Iterable[Leg], resolution: Resolution) -> AgencySet:
    """Who sees an incident there: the agency of each leg, and on a border the others who may
    answer for that leg, so that both sides know of it."""
    agencies: list[str | None] = []
    for leg in legs:
        agencies.append(leg.agency_id)
        found = resolution.of(leg.discipline)
        if found and found.border:
            agencies += [claim.agency_id for claim in found.candidates]
    return audience_of(*agencies)


def new_incident(
    state: State,
    *,
    incident_id: str,
    incident_type: str,
    priority: int | None,
    place: Place,
    advice: Advice,
    created_at: datetime,
    officer_initiated: bool = False,
    wanted_at: datetime | None = None,
    by: str = "",
) -> Incident:
    """An incident with the next number of the hub, its legs and its audience.

    Raises:
        InvalidInput: The time that it is wanted at is past, or too far away.
    """
    year = state.policy.local_year
    legs = legs_for(advice)
    return Incident(
        id=incident_id,
        number=f"{year}-{state.next_number(incident_scope(year)):06d}",
        created_at=created_at,
        incident_type=incident_type,
        type_label=advice.type_label,
        priority=priority or advice.priority,
        place=place,
        resolution=advice.resolution,
        plan_id=advice.plan_id,
        legs=legs,
        officer_initiated=officer_initiated,
        schedule=None if wanted_at is None else new_schedule(state, legs, wanted_at, by),
        hazards=hazards_at(state.premises, LonLat(*place.at), state.now),
        region_version=advice.region_version,
        audience=audience_at(legs, advice.resolution) or (HUB_ONLY,),
    )


def decide_take_call(state: State, command: TakeCall) -> list[Draft]:
    """The call, and the incident that it makes or joins. Without place or type it stays a call."""
    joined = _joined_incident(state, command)
    incident = None
    if command.wanted_at is not None and (joined or not (command.place and command.incident_type)):
        raise InvalidInput(
            "A wanted time is of a new incident: give its place and type.", field="wanted_at"
        )
    if joined is None and command.place and command.incident_type and command.advice:
        incident = new_incident(
            state,
            incident_id=command.incident_id,
            incident_type=command.incident_type,
            priority=command.priority,
            place=command.place,
            advice=command.advice,
            created_at=state.now,
            wanted_at=_still_wanted(state, command),
            by=command.actor.account_id,
        )
    spoken_of = incident or joined
    known = _known_call(state, command)
    if known is None:
        drafts = _new_call(state, command, spoken_of)
    else:
        drafts = _known_saved(state, command, known, spoken_of)
    if incident:
        # Right after the call, and before a link to it: no screen is told of what it cannot find.
        made = Draft(body=ev.IncidentCreated(incident=incident), audience=incident.audience)
        drafts.insert(1, made)
    if spoken_of and command.note:
        author = command.actor.account_id
        drafts.append(note_draft(state, spoken_of, command.note_id, command.note, author))
    if incident:
        owner = incident.resolution.municipality
        drafts += fault_drafts(state, incident.place, owner, incident.id)
    return drafts


def _still_wanted(state: State, command: TakeCall) -> datetime | None:
    """The later time; None where it was later when the call came, and is past now that a call that
    was kept through an outage is entered: then it is wanted at once."""
    if command.wanted_at is None or command.wanted_at > state.now:
        return command.wanted_at
    received_at = command.received_at or state.now
    return None if received_at < command.wanted_at else command.wanted_at


def _known_call(state: State, command: TakeCall) -> Call | None:
    """The call that the form was opened with, while it waits for its incident."""
    known = state.board.calls.get(command.known_call_id or "")
    if known is None or known.closed_at is not None or known.incident_id is not None:
        return None
    return known


def _stamps(state: State, command: TakeCall, spoken_of: Incident | None) -> dict[str, datetime]:
    """What the hub learns of the call's stages with this command."""
    reached = {
        "located_at": command.place is not None,
        "typed_at": command.incident_type is not None,
        "ready_at": spoken_of is not None,
    }
    return {name: state.now for name, stands in reached.items() if stands}


def _new_call(state: State, command: TakeCall, spoken_of: Incident | None) -> list[Draft]:
    audience = spoken_of.audience if spoken_of else (HUB_ONLY,)
    call = Call(
        id=command.call_id,
        channel=command.channel,
        received_at=command.received_at or state.now,
        answered_at=state.now,
        said=command.said,
        incident_id=spoken_of.id if spoken_of else None,
        taken_by=command.actor.account_id,
        form=_form(command, spoken_of),
        audience=audience,
        **_stamps(state, command, spoken_of),
    )
    personal = {name: value for name, value in _told(command, spoken_of).items() if value}
    received = ev.CallReceived(call=call)
    drafts = [Draft(body=received, audience=audience, subject=call.id, private=personal)]
    return drafts + _typed_fix(state, command, call)


def _form(command: TakeCall, spoken_of: Incident | None) -> CallForm | None:
    """What a call that makes no incident keeps of its form; None where there is nothing to keep."""
    if spoken_of is not None:
        return None
    form = CallForm(
        place=command.place,
        incident_type=command.incident_type,
        priority=command.priority,
        wanted=command.wanted,
    )
    return None if form == CallForm() else form


def _told(command: TakeCall, spoken_of: Incident | None) -> dict[str, str | None]:
    """The call's personal values; what was noted stands in the incident, where there is one."""
    told = {name: getattr(command, name, None) for name in PERSONAL_FIELDS}
    return told if spoken_of is None else {**told, "note": None}


def _typed_fix(state: State, command: TakeCall, call: Call) -> list[Draft]:
    if command.caller_location is None:
        return []
    fix = CallerFix(
        at=state.now,
        shape=command.caller_location,
        source="typed",
        by=command.actor.account_id,
    )
    return [fix_draft(call, fix)]


def _known_saved(
    state: State, command: TakeCall, known: Call, spoken_of: Incident | None
) -> list[Draft]:
    """The form of a call that the hub knows is saved: what it changed, and the incident."""
    stamps = {
        name: at
        for name, at in _stamps(state, command, spoken_of).items()
        if getattr(known, name) is None
    }
    form = _form(command, spoken_of) or CallForm()
    body = ev.CallChanged.model_validate(
        {
            "call_id": known.id,
            "phase": "saved",
            "channel": command.channel,
            "said": command.said,
            "taken_by": command.actor.account_id,
            "answered_at": None if known.answered_at else state.now,
            "form": None if form == known.form else form,
            **stamps,
        }
    )
    told = _told(command, spoken_of)
    private = {n: value for n, value in told.items() if value and value != getattr(known, n)}
    if known.note and not told["note"]:
        private["note"] = ""
    drafts = [Draft(body=body, audience=known.audience, subject=known.id, private=private)]
    drafts += _typed_fix(state, command, known)
    if spoken_of is not None:
        saved = _after(state, command, known, drafts)
        drafts.append(linked_draft(saved, spoken_of.id, spoken_of.audience))
    return drafts


def _after(state: State, command: TakeCall, call: Call, drafts: list[Draft]) -> Call:
    """The call as it stands once these happened."""
    board = Board(calls={call.id: call})
    for draft in drafts:
        happened = Event(
            seq=0,
            at=state.now,
            actor=command.actor.account_id,
            command_id=command.command_id,
            audience=draft.audience,
            body=draft.body,
            private=draft.private,
        )
        apply(board, happened)
    return board.calls[call.id]


def _joined_incident(state: State, command: TakeCall) -> Incident | None:
    if command.join_incident_id is None:
        return None
    incident = state.board.incidents.get(command.join_incident_id)
    if incident is None:
        raise NotFound(incident_id=command.join_incident_id)
    if incident.state == "closed":
        raise AlreadyClosed(incident_id=incident.id, number=incident.number)
    return incident


def note_draft(
    state: State, incident: Incident, note_id: str | None, text: str, author: str
) -> Draft:
    """A line of narrative by ``author`` at this moment."""
    if not note_id:
        raise InvalidInput("A note needs an id.", field="note_id")
    note = Note(id=note_id, at=state.now, author=author, text=text)
    return Draft(body=ev.NoteAdded(incident_id=incident.id, note=note), audience=incident.audience)


def decide_link_call(state: State, command: LinkCall) -> list[Draft]:
    """Move a call to another incident, or to none; the same again changes nothing."""
    call = state.board.calls.get(command.call_id)
    if call is None:
        raise NotFound(call_id=command.call_id)
    if call.incident_id == command.incident_id:
        return []
    if call.closed_at is not None:
        raise AlreadyClosed("The call was closed before.", call_id=call.id)
    audience = call.audience
    if command.incident_id is not None:
        incident = state.board.incidents.get(command.incident_id)
        if incident is None:
            raise NotFound(incident_id=command.incident_id)
        if incident.state == "closed":
            raise AlreadyClosed(incident_id=incident.id, number=incident.number)
        # Who has heard the call goes on hearing it: nobody's screen is left with half a call.
        audience = audience_of(*incident.audience, *(a for a in call.audience if a != HUB_ONLY))
        return _into_narrative(state, command, call, incident, audience)
    return [linked_draft(call, command.incident_id, audience)]


def _into_narrative(
    state: State, command: LinkCall, call: Call, incident: Incident, audience: AgencySet
) -> list[Draft]:
    """The link, and what was noted with the call as a line of the incident by who noted it."""
    drafts: list[Draft] = []
    if call.note:
        drafts.append(note_draft(state, incident, command.note_id, call.note, call.taken_by))
    if call.note or call.form:
        body = ev.CallChanged(call_id=call.id, form=CallForm())
        told = {"note": ""} if call.note else {}
        drafts.append(Draft(body=body, audience=call.audience, subject=call.id, private=told))
        call = call.model_copy(update={"note": None, "form": CallForm()})
    return [*drafts, linked_draft(call, incident.id, audience)]


def linked_draft(call: Call, incident_id: str | None, audience: AgencySet) -> Draft:
    """The call speaks of this incident; whoever hears of it only now gets the whole of it."""
    bare = call.without_personal()
    linked = ev.CallLinked(call_id=call.id, incident_id=incident_id, audience=audience, call=bare)
    heard_by = audience_of(*audience, *call.audience)
    return Draft(body=linked, audience=heard_by, subject=call.id, private=call.personal())


def decide_close_call(state: State, command: CloseCall) -> list[Draft]:
    """Close a call that speaks of no incident; one that does is closed with its incident."""
    call = state.board.calls.get(command.call_id)
    if call is None:
        raise NotFound(call_id=command.call_id)
    if call.closed_at is not None:
        raise AlreadyClosed("The call was closed before.", call_id=call.id, outcome=call.outcome)
    if call.incident_id is not None:
        raise TransitionRefused(
            "The call speaks of an incident: take it off first, or close the incident.",
            call_id=call.id,
            incident_id=call.incident_id,
        )
    check_not_offered(call)
    check_called_back(call, command.outcome)
    body = ev.CallClosed(
        call_id=call.id,
        outcome=command.outcome,
        note=command.note,
        by=command.actor.account_id,
        closed_at=state.now,
    )
    return [Draft(body=body, audience=call.audience)]
