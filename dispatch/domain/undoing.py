"""Taking back what was just done: within ten seconds, by its own author, in new events. Pure.

Nothing is erased: the log keeps the mistake and its correction. A crew that was told is told
again, and the console says what to say on the radio. A narrative cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment
from dispatch.domain.commands import Undo
from dispatch.domain.diverting import emptied_leg_drafts, release_draft
from dispatch.domain.errors import NothingToUndo
from dispatch.domain.events import Draft, Event
from dispatch.domain.incident import Incident, Leg, Schedule
from dispatch.domain.intake import linked_draft
from dispatch.domain.merging import unmerge_drafts
from dispatch.domain.scheduling import scheduled_draft
from dispatch.domain.state import State
from dispatch.domain.status_checks import check_due_at
from dispatch.domain.status_times import times_without
from dispatch.domain.talkgroups import talkgroups_in_use
from dispatch.domain.values import seconds_between

UNDO_WITHIN_S = 10.0
CORRECTION = "sent by mistake"

_FOLLOWS = (
    ev.CaseNumberGiven,
    ev.AssignmentAcknowledged,
    ev.DeliveryChanged,
    ev.IncidentShared,
    ev.LegChanged,
)
"""What came along with something else, and is settled with it or stays: a number once given counts,
who has seen an incident has seen it, a message that went out is answered by another."""


def decide_undo(state: State, command: Undo) -> list[Draft]:
    """The events that take back those of ``state.undone``, the last first.

    Raises:
        NothingToUndo: There is no such command, it is another's, it is too long ago, it is of a
            kind that is not taken back, or what it changed was changed again since.
    """
    undone = state.undone
    if not undone:
        raise NothingToUndo("That command changed nothing.", undone_id=command.undone_id)
    if undone[0].actor != command.actor.account_id:
        raise NothingToUndo("Somebody else did that.", undone_id=command.undone_id)
    if seconds_between(undone[0].at, state.now) > UNDO_WITHIN_S:
        raise NothingToUndo(
            f"That is more than {UNDO_WITHIN_S:.0f} s ago: give the opposite command.",
            undone_id=command.undone_id,
        )
    return _Undoing(state, undone, f"undo-{command.undone_id}").drafts()


def _closed_by_a_person(leg: Leg) -> bool:
    """Not by another undo, which closes what only a mistaken sending had made."""
    return leg.state == "closed" and leg.disposition != CORRECTION


class _Undoing:
    """One command being taken back: its events, and the drafts that answer them."""

    def __init__(self, state: State, undone: tuple[Event, ...], note_id: str) -> None:
        self._note_id = note_id[:70]
        self._state = state
        self._undone = undone
        self._drafts: list[Draft] = []
        self._answers: dict[type[Any], Callable[[Any], None]] = {
            ev.UnitAssigned: self._assigned,
            ev.AssignmentStatusChanged: self._status,
            ev.AssignmentReleased: self._released,
            ev.IncidentChanged: self._changed,
            ev.IncidentHeld: self._held,
            ev.IncidentScheduled: self._scheduled,
            ev.ReservationLost: self._reserved_again,
            ev.OutsideUnitSet: self._outside,
            ev.UnitDutyChanged: self._duty,
        }

    def drafts(self) -> list[Draft]:
        bodies = [event.body for event in self._undone]
        merge = next((b for b in bodies if isinstance(b, ev.IncidentMerged)), None)
        if merge is not None:
            return unmerge_drafts(self._state, merge, self._undone[0].actor, self._note_id)
        taken_back = any(isinstance(b, ev.AssignmentReleased) and b.correction for b in bodies)
        closed = any(isinstance(b, ev.LegChanged) and _closed_by_a_person(b.leg) for b in bodies)
        if closed and not taken_back:  # an undo lets a leg stand as closed as it stood before
            self._reopen()
            return self._drafts
        talkgroups = any(isinstance(body, ev.LegChanged) for body in bodies)
        if talkgroups and all(isinstance(body, ev.LegChanged | ev.NoteAdded) for body in bodies):
            self._talkgroups_back()
            return self._drafts
        for body in reversed(bodies):
            answer = self._answers.get(type(body))
            if answer is not None:
                answer(body)
            elif not isinstance(body, _FOLLOWS):
                raise NothingToUndo(f"{body.kind} is not taken back.", kind=body.kind)
        self._legs_and_holds()
        return self._drafts

    def _talkgroups_back(self) -> None:
        """A leg that was given another talkgroup has its old one again, unless that is taken."""
        for body in [e.body for e in self._undone if isinstance(e.body, ev.LegChanged)]:
            incident = self._incident(body.incident_id, body.revision)
            if body.was is None:
                raise NothingToUndo("What stood before is not known.", incident_id=incident.id)
            back = ev.LegChanged(
                incident_id=incident.id,
                revision=incident.revision + 1,
                leg=self._free_to_speak(body.was, talkgroups_in_use([incident])),
                was=incident.leg(body.leg.discipline),
            )
            self._drafts.append(Draft(body=back, audience=incident.audience))

    def _unmoved(self, assignment_id: str, revision: int) -> Assignment:
        """The assignment, if nothing has happened to it since but that its device has it."""
        assignment = self._state.board.assignments.get(assignment_id)
        if assignment is None or assignment.revision != revision:
            raise NothingToUndo(
                "It has moved on since: give the opposite command.", assignment_id=assignment_id
            )
        return assignment

    def _assigned(self, body: ev.UnitAssigned) -> None:
        sent = self._state.board.assignments.get(body.assignment.id)
        if sent is None or not sent.live or sent.arrived:
            raise NothingToUndo(
                f"{body.assignment.unit_id} is on scene or released already.",
                unit_id=body.assignment.unit_id,
            )
        self._drafts.append(release_draft(sent, self._state.now, CORRECTION, correction=True))

    def _status(self, body: ev.AssignmentStatusChanged) -> None:
        assignment = self._unmoved(body.assignment_id, body.revision)
        if body.was is None or body.was_since is None:
            raise NothingToUndo("What stood before is not known.", assignment_id=assignment.id)
        self._drafts.append(self._corrected(assignment, body))

    def _corrected(
        self, assignment: Assignment, body: ev.AssignmentStatusChanged | ev.AssignmentReleased
    ) -> Draft:
        """What stood before ``body``, which knows it, stands again."""
        assert body.was is not None
        assert body.was_since is not None
        due_at = check_due_at(self._state, assignment.agency_id, body.was, self._state.now)
        times = None
        if isinstance(body, ev.AssignmentStatusChanged):
            times = times_without(assignment, body.status, body.status_at)
        corrected = ev.AssignmentCorrected(
            assignment_id=assignment.id,
            revision=assignment.revision + 1,
            status=body.was,
            status_at=body.was_since,
            check_due_at=due_at,
            reason="taken back",
            agency_code=body.was_agency_code,
            times=times,
        )
        return Draft(body=corrected, audience=assignment.audience)

    def _released(self, body: ev.AssignmentReleased) -> None:
        """The unit is on its incident again, which may have been given back to the queue."""
        assignment = self._unmoved(body.assignment_id, body.revision)
        incident = self._state.board.incidents.get(assignment.incident_id)
        if body.was is None or body.was_since is None or incident is None:
            raise NothingToUndo("Its incident is closed.", assignment_id=assignment.id)
        holder = self._state.board.live_of_unit(assignment.unit_id)
        leaves = {
            d.body.assignment_id for d in self._drafts if isinstance(d.body, ev.AssignmentReleased)
        }
        if holder is not None and holder.id not in leaves:
            raise NothingToUndo(f"{assignment.unit_id} is on another incident by now.")
        self._drafts.append(self._corrected(assignment, body))

    def _legs_and_holds(self) -> None:
        """What sending or releasing did to legs and holds, once every unit is where it was.

        A leg stands as before, and one that only the mistake made is closed, where no unit that
        stays works it. What still stands empty waits again.
        """
        for incident_id in self._incidents_of_units():
            incident = self._state.board.incidents.get(incident_id)
            if incident is None:
                continue
            changed = {
                e.body.leg.discipline: e.body
                for e in self._undone
                if isinstance(e.body, ev.LegChanged) and e.body.incident_id == incident_id
            }
            backs = [self._leg_back(incident, body) for body in changed.values()]
            legs = [leg for leg in backs if leg is not None]
            legs += self._worked_again(incident, {leg.discipline for leg in legs})
            emptied = [
                draft.body.leg
                for draft in emptied_leg_drafts(self._state, incident, self._leaving(), 0)
                if isinstance(draft.body, ev.LegChanged)
                and draft.body.leg.discipline not in {leg.discipline for leg in legs}
            ]
            revision = incident.revision
            for leg in [*legs, *emptied]:
                revision += 1
                back = ev.LegChanged(
                    incident_id=incident_id,
                    revision=revision,
                    leg=leg,
                    was=incident.leg(leg.discipline),
                )
                self._drafts.append(Draft(body=back, audience=incident.audience))
            revision = self._hold_back(incident, revision)
            self._schedule_back(incident, revision)

    def _worked_again(self, incident: Incident, settled: Collection[str]) -> list[Leg]:
        """Legs that waited for want of the unit that comes back: others were sent home since."""
        returning = [
            self._state.board.assignments[d.body.assignment_id]
            for d in self._drafts
            if isinstance(d.body, ev.AssignmentCorrected)
        ]
        worked = {a.discipline for a in returning if not a.live and a.incident_id == incident.id}
        return [
            leg.model_copy(update={"state": "active"})
            for leg in incident.legs
            if leg.state == "pending" and leg.discipline in worked - set(settled)
        ]

    def _incidents_of_units(self) -> list[str]:
        """The incidents whose units this moves, in the order of what happened.

        A unit that was sent to an incident that was merged since is on the one that kept its work.
        """
        ids: list[str] = []
        for event in self._undone:
            if isinstance(event.body, ev.UnitAssigned):
                moved = self._state.board.assignments.get(event.body.assignment.id)
            elif isinstance(event.body, ev.AssignmentReleased):
                moved = self._state.board.assignments.get(event.body.assignment_id)
            else:
                continue
            ids += [moved.incident_id] if moved else []
        return list(dict.fromkeys(ids))

    def _leaving(self) -> set[str]:
        """The assignments that this releases."""
        return {
            d.body.assignment_id for d in self._drafts if isinstance(d.body, ev.AssignmentReleased)
        }

    def _staying(self, incident: Incident) -> list[Assignment]:
        leaving = self._leaving()
        live = self._state.board.live_of_incident(incident.id)
        return [a for a in live if a.id not in leaving]

    def _leg_back(self, incident: Incident, body: ev.LegChanged) -> Leg | None:
        """The leg as it is to stand; None: it is left alone, for it was changed or worked since."""
        discipline = body.leg.discipline
        if incident.leg(discipline) != body.leg:
            return None
        since = [a for a in self._staying(incident) if a.assigned_at > self._undone[0].at]
        if body.leg.state == "active" and any(a.discipline == discipline for a in since):
            return None
        if body.was is not None:
            return body.was
        closed = {"state": "closed", "closed_at": self._state.now, "disposition": CORRECTION}
        return body.leg.model_copy(update=closed)

    def _hold_back(self, incident: Incident, revision: int) -> int:
        """The hold that sending ended, where nobody is on it now and nobody held it anew; the
        revision that this leaves."""
        ended = [
            e.body.was
            for e in self._undone
            if isinstance(e.body, ev.IncidentHeld) and e.body.incident_id == incident.id
        ]
        if not ended or incident.hold is not None or self._staying(incident):
            return revision
        body = ev.IncidentHeld(incident_id=incident.id, revision=revision + 1, hold=ended[0])
        self._drafts.append(Draft(body=body, audience=incident.audience))
        return revision + 1

    def _schedule_back(self, incident: Incident, revision: int) -> None:
        """The schedule that sending made due, where nobody is on it and nobody gave another."""
        ended = [
            e.body
            for e in self._undone
            if isinstance(e.body, ev.IncidentScheduled) and e.body.incident_id == incident.id
        ]
        if not ended or incident.schedule != ended[0].schedule or self._staying(incident):
            return
        self._drafts.append(scheduled_draft(incident, self._on_time(ended[0].was), revision))

    def _on_time(self, schedule: Schedule | None) -> Schedule | None:
        """As it stood; due where its time came meanwhile."""
        if schedule is None or schedule.pending_at > self._state.now:
            return schedule
        return schedule.model_copy(update={"due": True})

    def _scheduled(self, body: ev.IncidentScheduled) -> None:
        if any(isinstance(event.body, ev.UnitAssigned) for event in self._undone):
            return  # sending made it due: it comes back with the legs
        incident = self._incident(body.incident_id, body.revision)
        self._drafts.append(scheduled_draft(incident, self._on_time(body.was)))

    def _reserved_again(self, body: ev.ReservationLost) -> None:
        """The unit comes back, and is kept as before, unless it was scheduled anew since."""
        incident = self._state.board.incidents.get(body.incident_id)
        again = [
            d.body
            for d in self._drafts
            if isinstance(d.body, ev.IncidentScheduled) and d.body.incident_id == body.incident_id
        ]
        schedule = again[-1].schedule if again else incident.schedule if incident else None
        if incident is None or schedule is None or body.lost not in schedule.lost:
            return
        back = schedule.model_copy(
            update={
                "unit_ids": (*schedule.unit_ids, body.lost.unit_id),
                "lost": tuple(lost for lost in schedule.lost if lost != body.lost),
            }
        )
        revision = again[-1].revision if again else None
        self._drafts.append(scheduled_draft(incident, back, revision))

    def _incident(self, incident_id: str, revision: int) -> Incident:
        incident = self._state.board.incidents.get(incident_id)
        if incident is None or incident.revision != revision:
            raise NothingToUndo(
                "It was changed again since: give the opposite command.", incident_id=incident_id
            )
        return incident

    def _changed(self, body: ev.IncidentChanged) -> None:
        incident = self._incident(body.incident_id, body.revision)
        if body.place or body.incident_type or body.alarm_level or body.was_priority is None:
            raise NothingToUndo("Type, place and alarm are changed back by another change.")
        back = ev.IncidentChanged(
            incident_id=incident.id,
            revision=incident.revision + 1,
            priority=body.was_priority,
            was_priority=incident.priority,
        )
        self._drafts.append(Draft(body=back, audience=incident.audience))

    def _held(self, body: ev.IncidentHeld) -> None:
        if any(isinstance(event.body, ev.UnitAssigned) for event in self._undone):
            return  # sending ended it: it comes back with the legs
        incident = self._incident(body.incident_id, body.revision)
        back = ev.IncidentHeld(
            incident_id=incident.id,
            revision=incident.revision + 1,
            hold=body.was,
            was=incident.hold,
        )
        self._drafts.append(Draft(body=back, audience=incident.audience))

    def _outside(self, body: ev.OutsideUnitSet) -> None:
        """The placeholder as it stood, one that was only now asked for cancelled; its leg too."""
        incident = self._state.board.incidents.get(body.incident_id)
        if incident is None or body.unit not in incident.outside:
            raise NothingToUndo("It was changed again since.", incident_id=body.incident_id)
        over = {"state": "cancelled", "ended_at": self._state.now, "reason": "asked by mistake"}
        back = ev.OutsideUnitSet(
            incident_id=incident.id,
            revision=incident.revision + 1,
            unit=body.was or body.unit.model_copy(update=over),
            was=body.unit,
        )
        self._drafts.append(Draft(body=back, audience=incident.audience))
        for changed in [e.body for e in self._undone if isinstance(e.body, ev.LegChanged)]:
            if changed.was is not None and incident.leg(changed.leg.discipline) == changed.leg:
                leg = ev.LegChanged(
                    incident_id=incident.id,
                    revision=incident.revision + 2,
                    leg=changed.was,
                    was=changed.leg,
                )
                self._drafts.append(Draft(body=leg, audience=incident.audience))

    def _duty(self, body: ev.UnitDutyChanged) -> None:
        unit = self._state.board.units.get(body.unit_id)
        if unit is None or body.was is None or unit.duty_since != body.since:
            raise NothingToUndo("Its duty was changed again since.", unit_id=body.unit_id)
        back = ev.UnitDutyChanged(
            unit_id=unit.id,
            duty=body.was,
            reason=body.was_reason,
            agency_code=body.was_agency_code,
            since=self._state.now,
            was=unit.duty,
            was_reason=unit.duty_reason,
            was_agency_code=unit.duty_code,
        )
        self._drafts.append(Draft(body=back, audience=self._undone[0].audience))

    def _free_to_speak(self, leg: Leg, own: Collection[str] = ()) -> Leg:
        """The leg without its talkgroup, where another incident was given that meanwhile."""
        taken = leg.talkgroup in self._state.talkgroups_in_use and leg.talkgroup not in own
        return leg.model_copy(update={"talkgroup": None}) if taken else leg

    def _reopen(self) -> None:
        """Legs that were closed stand again as they stood, and the incident with them."""
        closed = [e.body for e in self._undone if isinstance(e.body, ev.LegChanged)]
        incident = self._state.board.incidents.get(closed[0].incident_id)
        last = max(
            e.body.revision
            for e in self._undone
            if isinstance(e.body, ev.LegChanged | ev.IncidentClosed)
        )
        if incident is None or incident.revision != last:
            raise NothingToUndo("It was changed again since.", incident_id=closed[0].incident_id)
        before = {leg.was.discipline: self._free_to_speak(leg.was) for leg in closed if leg.was}
        legs = tuple(before.get(leg.discipline, leg) for leg in incident.legs)
        again = incident.model_copy(
            update={
                "state": "open",
                "closed_at": None,
                "legs": legs,
                "revision": incident.revision + 1,
            }
        )
        own = tuple(
            a for a in self._state.board.assignments.values() if a.incident_id == incident.id
        )
        body = ev.IncidentReopened(incident=again, assignments=own)
        self._drafts.append(Draft(body=body, audience=incident.audience))
        for call in self._state.board.calls.values():
            if call.incident_id == incident.id:
                self._drafts.append(linked_draft(call, incident.id, call.audience))
