"""Two incidents that are one: the other goes into the kept one, and can be taken apart again. Pure.

Calls, narrative, hazards and units go over; assignments keep their ids. The merged one closes under
its own number, and stays in the tables with all that was written. The event holds both as they
stood, so that taking apart restores what nobody has changed since and loses nothing that was added.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment
from dispatch.domain.commands import MergeIncidents, UnmergeIncidents
from dispatch.domain.errors import InvalidInput, NotFound, OverrideNeedsReason
from dispatch.domain.events import Draft
from dispatch.domain.incident import Hold, Incident, Leg, Merged, Note, Schedule
from dispatch.domain.intake import linked_draft
from dispatch.domain.open_slots import open_slots
from dispatch.domain.outside import OutsideUnit
from dispatch.domain.state import State
from dispatch.domain.talkgroups import talkgroups_in_use
from dispatch.domain.values import HUB_ONLY, AgencySet, audience_of
from dispatch.domain.working import open_incident
from geodata.lonlat import LonLat, distance_m

FAR_M: Final = 500.0
"""Two incidents farther apart are seldom one: merging them needs a reason."""


def decide_merge_incidents(state: State, command: MergeIncidents) -> list[Draft]:
    """The other incident goes into the kept one.

    Raises:
        InvalidInput: It is one and the same.
        NotFound, AlreadyClosed: One of them is not open.
        OverrideNeedsReason: They are more than ``FAR_M`` metres apart, and nobody said why.
    """
    if command.incident_id == command.other_id:
        raise InvalidInput("An incident is not merged into itself.", field="other_id")
    kept = open_incident(state, command.incident_id)
    other = open_incident(state, command.other_id)
    apart_m = distance_m(LonLat(*kept.place.at), LonLat(*other.place.at))
    if apart_m > FAR_M and not command.reason:
        raise OverrideNeedsReason(
            f"{kept.number} and {other.number} are {round(apart_m)} m apart; give a reason.",
            distance_m=round(apart_m, 1),
        )
    audience = audience_of(*kept.audience, *other.audience)
    going = _assignments_of(state, other.id)
    calls = [call for call in state.board.calls.values() if call.incident_id == other.id]
    record = Merged(
        incident_id=other.id,
        number=other.number,
        type_label=other.type_label,
        address=other.place.address,
        at=state.now,
        by=command.actor.account_id,
        reason=command.reason,
        command_id=command.command_id,
        case_numbers=other.case_numbers,
        call_ids=tuple(sorted(call.id for call in calls)),
        assignment_ids=tuple(a.id for a in going),
    )
    why = f": {command.reason}" if command.reason else ""
    author = command.actor.account_id
    come = Note(
        id=f"{command.note_id}-in",
        at=state.now,
        author=author,
        text=f"{other.number} {other.type_label}, {other.place.address} merged into this{why}",
    )
    gone = Note(
        id=f"{command.note_id}-out",
        at=state.now,
        author=author,
        text=f"Merged into {kept.number} {kept.type_label}, {kept.place.address}{why}",
    )
    merged = _together(state, command, kept, other, record, audience, come)
    closed = other.model_copy(
        update={
            "state": "closed",
            "closed_at": state.now,
            "revision": other.revision + 1,
            "merged_into": kept.id,
            "notes": (*other.notes, gone),
            "legs": tuple(_closed_leg(state, leg, kept) for leg in other.legs),
            "hold": None,
            "schedule": None,
            "par_due_at": None,
            "par_missed": 0,
            "audience": audience,
        }
    )
    moved = [_moved(a, kept.id, audience) for a in going]
    staying = [a.model_copy(update={"audience": audience}) for a in _assignments_of(state, kept.id)]
    body = ev.IncidentMerged(
        incident=merged,
        merged=closed,
        was=kept,
        merged_was=other,
        moved=record.assignment_ids,
        assignments=(*staying, *moved),
    )
    drafts = [Draft(body=body, audience=audience)]
    for call in state.board.calls.values():
        if call.incident_id == other.id or (
            call.incident_id == kept.id and audience != kept.audience
        ):
            drafts.append(linked_draft(call, kept.id, _heard(audience, call.audience)))
    for closure in state.board.closures.values():
        if closure.incident_id == other.id:
            follows = {"incident_id": kept.id, "revision": closure.revision + 1}
            opened = ev.ClosureOpened(closure=closure.model_copy(update=follows))
            drafts.append(Draft(body=opened, audience=audience_of("*")))
    return drafts


def _assignments_of(state: State, incident_id: str) -> list[Assignment]:
    return [a for a in state.board.assignments.values() if a.incident_id == incident_id]


def _moved(assignment: Assignment, incident_id: str, audience: AgencySet) -> Assignment:
    """The assignment on another incident; its crew sees a new revision of it."""
    update = {"incident_id": incident_id, "revision": assignment.revision + 1}
    return assignment.model_copy(update={**update, "audience": audience})


def _heard(audience: AgencySet, before: AgencySet) -> AgencySet:
    """Who hears a call: those of the incident, and whoever has heard it already."""
    return audience_of(*audience, *(agency for agency in before if agency != HUB_ONLY))


def _closed_leg(state: State, leg: Leg, kept: Incident) -> Leg:
    if leg.state == "closed":
        return leg
    closed = {"state": "closed", "closed_at": state.now}
    return leg.model_copy(update={**closed, "disposition": f"merged into {kept.number}"})


def _together(
    state: State,
    command: MergeIncidents,
    kept: Incident,
    other: Incident,
    record: Merged,
    audience: AgencySet,
    note: Note,
) -> Incident:
    """The kept incident with what the other brings. It becomes no less urgent by it."""
    known = {line.id for line in kept.notes}
    hazards = {hazard.note_id: hazard for hazard in (*other.hazards, *kept.hazards)}
    due = [at for at in (kept.par_due_at, other.par_due_at) if at is not None]
    units = [
        state.board.units[a.unit_id]
        for a in (*state.board.live_of_incident(kept.id), *state.board.live_of_incident(other.id))
        if a.unit_id in state.board.units
    ]
    come = any(a.live for a in _assignments_of(state, other.id))
    update: dict[str, object] = {
        "revision": kept.revision + 1,
        "priority": min(kept.priority, other.priority),
        "legs": _legs_together(kept, other),
        "hazards": tuple(sorted(hazards.values(), key=lambda h: (-h.level, h.note_id))),
        "notes": (*kept.notes, *(n for n in other.notes if n.id not in known), note),
        "benchmarks": tuple(sorted((*kept.benchmarks, *other.benchmarks), key=lambda b: b.at)),
        "patients": kept.patients or other.patients,
        "par_due_at": min(due) if due else None,
        "outside": (*kept.outside, *_renamed(kept.outside, other.outside)),
        "hold": None if come else kept.hold,
        "schedule": _schedules_together(kept, other, come=come),
        "linked": tuple(i for i in kept.linked if i != other.id),
        "merged": (*kept.merged, record),
        "audience": audience,
    }
    together = kept.model_copy(update=update)
    # A part that waited goes on waiting while its plan asks for more than both have by now.
    short = {slot.discipline for slot in open_slots(together, command.slots, units)}
    waiting = {leg.discipline for leg in kept.legs if leg.state == "pending"}
    legs = tuple(
        leg.model_copy(update={"state": "pending"})
        if leg.state == "active" and leg.discipline in waiting & short
        else leg
        for leg in together.legs
    )
    return together.model_copy(update={"legs": legs})


def _own_priority(kept: Incident, other: Incident, leg: Leg) -> int | None:
    """A part that both have becomes no less urgent either; None: as the whole."""
    most = min(one.asked_of(leg.discipline).priority for one in (kept, other))
    return None if most == min(kept.priority, other.priority) else most


def _legs_together(kept: Incident, other: Incident) -> tuple[Leg, ...]:
    """Each discipline's leg once: the kept one's, worked where either is worked."""
    legs = []
    for leg in kept.legs:
        their = other.leg(leg.discipline)
        if their is None or their.state == "closed":
            legs.append(leg)
            continue
        firsts = [at for at in (leg.first_assigned_at, their.first_assigned_at) if at is not None]
        active = "active" in (leg.state, their.state)
        open_group = leg.talkgroup if leg.state != "closed" else None
        legs.append(
            leg.model_copy(
                update={
                    "state": "active" if active else "pending",
                    "agency_id": leg.agency_id or their.agency_id,
                    "talkgroup": open_group or their.talkgroup,
                    "first_assigned_at": min(firsts) if firsts else None,
                    "closed_at": None,
                    "disposition": None,
                    "priority": _own_priority(kept, other, leg),
                }
            )
        )
    return (*legs, *(leg for leg in other.legs if kept.leg(leg.discipline) is None))


def _renamed(
    present: Iterable[OutsideUnit], coming: Iterable[OutsideUnit]
) -> tuple[OutsideUnit, ...]:
    """Units from outside under refs that the incident does not have yet."""
    taken = {one.ref for one in present}
    found = []
    for one in coming:
        number = 1
        while (ref := one.ref if number == 1 else f"{one.ref}-{number}") in taken:
            number += 1
        taken.add(ref)
        found.append(one.model_copy(update={"ref": ref}))
    return tuple(found)


def decide_unmerge_incidents(state: State, command: UnmergeIncidents) -> list[Draft]:
    """Take apart what was merged, at any time while the kept incident is open.

    Raises:
        NotFound: The other one was not merged into this.
    """
    kept = open_incident(state, command.incident_id)
    record = next((m for m in kept.merged if m.incident_id == command.other_id), None)
    happened = next((e.body for e in state.undone if isinstance(e.body, ev.IncidentMerged)), None)
    if record is None or happened is None:
        raise NotFound("That incident was not merged into this.", other_id=command.other_id)
    return unmerge_drafts(state, happened, command.actor.account_id, command.note_id)


def unmerge_drafts(
    state: State, merge: ev.IncidentMerged, author: str, note_id: str
) -> list[Draft]:
    """Both incidents apart again.

    What the merge changed and nobody has changed since is as it was before. What was added since
    stays with the kept one, but words: those written meanwhile stand in both narratives. What went
    over goes back, as it stands now. Who has seen either sees both from now on.
    """
    kept = open_incident(state, merge.incident.id)
    other = state.board.incidents.get(merge.merged.id)
    record = next((m for m in kept.merged if m.incident_id == merge.merged.id), None)
    if other is None or record is None:
        raise NotFound("That incident was not merged into this.", other_id=merge.merged.id)
    audience = audience_of(*kept.audience, *other.audience)
    back = [
        _moved(a, other.id, audience)
        for a in _assignments_of(state, kept.id)
        if a.id in record.assignment_ids
    ]
    going = {a.id for a in back}
    staying = [
        a.model_copy(update={"audience": audience})
        for a in _assignments_of(state, kept.id)
        if a.id not in going
    ]
    apart = _kept_apart(state, kept, merge, staying, audience)
    restored = _restored(state, (kept, apart), other, merge, back, audience)
    said = [
        Note(id=f"{note_id}-kept", at=state.now, author=author, text=f"{other.number} taken apart"),
        Note(id=f"{note_id}-back", at=state.now, author=author, text=f"Apart from {kept.number}"),
    ]
    apart = apart.model_copy(update={"notes": (*apart.notes, said[0])})
    restored = restored.model_copy(update={"notes": (*restored.notes, said[1])})
    body = ev.IncidentUnmerged(
        incident=apart,
        other=restored,
        moved=tuple(a.id for a in back),
        assignments=(*staying, *back),
    )
    drafts = [Draft(body=body, audience=audience)]
    for call in state.board.calls.values():
        if call.incident_id == kept.id:
            to = other.id if call.id in record.call_ids else kept.id
            heard = _heard(audience, call.audience)
            if to != kept.id or heard != call.audience:
                drafts.append(linked_draft(call, to, heard))
    followed = {e.body.closure.id for e in state.undone if isinstance(e.body, ev.ClosureOpened)}
    for closure in state.board.closures.values():
        if closure.incident_id == kept.id and closure.id in followed:
            follows = {"incident_id": other.id, "revision": closure.revision + 1}
            opened = ev.ClosureOpened(closure=closure.model_copy(update=follows))
            drafts.append(Draft(body=opened, audience=audience_of("*")))
    return drafts


def _kept_apart(
    state: State,
    now: Incident,
    merge: ev.IncidentMerged,
    staying: list[Assignment],
    audience: AgencySet,
) -> Incident:
    """The kept incident without what came over: field by field as before, unless changed since."""
    was, then, other = merge.was, merge.incident, merge.merged_was
    own_hazards = {h.note_id for h in was.hazards}
    theirs = {h.note_id for h in other.hazards} - own_hazards
    own_marks = list(was.benchmarks)
    marks = [b for b in now.benchmarks if b not in other.benchmarks or b in own_marks]
    came = [_same_outside(one) for one in other.outside]
    outside = tuple(
        one
        for one in now.outside
        if _same_outside(one) not in came or any(one.ref == mine.ref for mine in was.outside)
    )
    legs = []
    for leg in now.legs:
        before = was.leg(leg.discipline)
        unchanged = leg == then.leg(leg.discipline)
        of_leg = [a for a in staying if a.discipline == leg.discipline]
        if unchanged and before is None and not any(a.live or a.arrived for a in of_leg):
            continue
        legs.append(_as_worked(before if unchanged and before else leg, of_leg))
    known = {a.id for a in merge.assignments}
    sent_since = any(a.live and a.id not in known for a in staying)
    held = now.hold if now.hold != then.hold else was.hold
    planned = now.schedule if now.schedule != then.schedule else was.schedule
    update: dict[str, object] = {
        "revision": now.revision + 1,
        "priority": was.priority if now.priority == then.priority else now.priority,
        "legs": tuple(legs),
        "hazards": tuple(h for h in now.hazards if h.note_id not in theirs),
        "benchmarks": tuple(marks),
        "patients": was.patients if now.patients == then.patients else now.patients,
        "par_due_at": was.par_due_at if now.par_due_at == then.par_due_at else now.par_due_at,
        "outside": outside,
        "hold": None if sent_since else _still(state, held),
        "schedule": _on_time(state, planned, worked=sent_since),
        "linked": (*now.linked, *(i for i in was.linked if i == merge.merged.id)),
        "merged": tuple(m for m in now.merged if m.incident_id != merge.merged.id),
        "audience": audience,
    }
    return now.model_copy(update=update)


def _restored(
    state: State,
    kept_before_after: tuple[Incident, Incident],
    other: Incident,
    merge: ev.IncidentMerged,
    back: list[Assignment],
    audience: AgencySet,
) -> Incident:
    """The other incident as it stood, with the words and the states of what went over since."""
    was = merge.merged_was
    kept, apart = kept_before_after
    told = {line.id for line in merge.incident.notes} | {line.id for line in other.notes}
    since = [line for line in kept.notes if line.id not in told]
    after = {_same_outside(one): one for one in kept.outside}
    outside = tuple(
        after[_same_outside(one)].model_copy(update={"ref": one.ref})
        if _same_outside(one) in after
        else one
        for one in was.outside
    )
    legs = tuple(
        _as_worked(
            _free(state, leg, kept, apart),
            [a for a in back if a.discipline == leg.discipline],
        )
        for leg in was.legs
    )
    return was.model_copy(
        update={
            "revision": other.revision + 1,
            "notes": (*other.notes, *since),
            "case_numbers": other.case_numbers,
            "legs": legs,
            "outside": outside,
            "hold": _still(state, was.hold),
            "schedule": _on_time(state, was.schedule),
            "audience": audience,
        }
    )


def _free(state: State, leg: Leg, kept: Incident, apart: Incident) -> Leg:
    """The leg without its talkgroup, where somebody else works on that by now, or goes on to."""
    elsewhere = state.talkgroups_in_use - talkgroups_in_use([kept])
    if leg.talkgroup in elsewhere | talkgroups_in_use([apart]):
        return leg.model_copy(update={"talkgroup": None})
    return leg


def _as_worked(leg: Leg, assignments: list[Assignment]) -> Leg:
    """An open leg by the units that it has: worked, or waiting again before anybody arrived."""
    if leg.state == "closed" or not assignments:
        return leg
    if any(a.live for a in assignments):
        return leg.model_copy(update={"state": "active"}) if leg.state == "pending" else leg
    worked = any(a.arrived for a in assignments)
    return leg if worked else leg.model_copy(update={"state": "pending"})


def _still(state: State, hold: Hold | None) -> Hold | None:
    """A hold that ran out meanwhile is over, and says so."""
    if hold is None or hold.until > state.now:
        return hold
    return hold.model_copy(update={"over": True})


def _schedules_together(kept: Incident, other: Incident, *, come: bool) -> Schedule | None:
    """The earlier of both with the units of both; wanted now where one of them is."""
    both = [schedule for schedule in (kept.schedule, other.schedule) if schedule is not None]
    if not both:
        return None
    units = dict.fromkeys(unit_id for schedule in both for unit_id in schedule.unit_ids)
    update = {
        "unit_ids": tuple(units),
        "lost": tuple(lost for schedule in both for lost in schedule.lost),
        "due": come or not (kept.scheduled and other.scheduled),
    }
    return min(both, key=lambda schedule: schedule.wanted_at).model_copy(update=update)


def _on_time(state: State, schedule: Schedule | None, *, worked: bool = False) -> Schedule | None:
    """A schedule whose time came meanwhile is due."""
    if schedule is None or not (worked or schedule.pending_at <= state.now):
        return schedule
    return schedule.model_copy(update={"due": True})


def _same_outside(one: OutsideUnit) -> tuple[object, ...]:
    """By what a unit from outside is known again under another ref."""
    return (one.asked_of, one.asked_by, one.asked_at, one.discipline, one.capabilities)
