"""Incidents that are wanted at a later time, and the units that are kept for them. Pure.

Until ``lead`` before its time such an incident is not pending: nothing is late, nothing is alerted,
and no unit of it is dispatched. Then the leader's due row makes it pending, as an event.
"""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment
from dispatch.domain.commands import FallDue, ScheduleIncident
from dispatch.domain.errors import InvalidInput, NotFound, UnitsStillAssigned
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident, LostReservation, Schedule
from dispatch.domain.reservations import ON_TASK_S, collides, new_schedule
from dispatch.domain.state import State
from dispatch.domain.unit import Unit
from dispatch.domain.values import audience_of
from dispatch.domain.working import open_incident, share_drafts


def decide_schedule_incident(state: State, command: ScheduleIncident) -> list[Draft]:
    """Want it at a time, with these units reserved, or (``wanted_at`` None) now.

    Given again it stands anew: another time, other units; a reservation that was lost is dealt
    with. A hold ends with it. The agencies of the units see the incident from then on.

    Raises:
        InvalidInput: The time is past or too far away, or a unit is named twice.
        NotFound: There is no such unit.
        UnitsStillAssigned: Units are on it: it is being worked.
    """
    incident = open_incident(state, command.incident_id)
    if command.wanted_at is None:
        wanted = incident.schedule and _wanted_now(state, incident.schedule)
        return [] if wanted == incident.schedule else [scheduled_draft(incident, wanted)]
    busy = [live.unit_id for live in state.board.live_of_incident(incident.id)]
    if busy:
        raise UnitsStillAssigned(incident_id=incident.id, units=busy)
    if len(set(command.unit_ids)) != len(command.unit_ids):
        raise InvalidInput("A unit is named twice.", field="unit_ids")
    unknown = [unit_id for unit_id in command.unit_ids if unit_id not in state.board.units]
    if unknown:
        raise NotFound(f"There is no unit {unknown[0]}.", unit_id=unknown[0])
    schedule = new_schedule(
        state, incident.legs, command.wanted_at, command.actor.account_id, command.unit_ids
    )
    drafts = []
    if incident.hold is not None:
        revision = incident.revision + 1
        freed = ev.IncidentHeld(
            incident_id=incident.id, revision=revision, hold=None, was=incident.hold
        )
        drafts.append(Draft(body=freed, audience=incident.audience))
        incident = incident.model_copy(update={"hold": None, "revision": revision})
    agencies = (state.board.units[unit_id].agency_id for unit_id in command.unit_ids)
    audience = audience_of(*incident.audience, *agencies)
    drafts += share_drafts(incident, audience, [])
    widened = incident.model_copy(update={"audience": audience})
    drafts.append(scheduled_draft(widened, schedule))
    return drafts


def _wanted_now(state: State, schedule: Schedule) -> Schedule:
    """Nothing is kept for it any more, and it waits from now on, or since it was due."""
    now = state.now
    soon = (
        schedule
        if schedule.due
        else schedule.model_copy(update={"wanted_at": now, "pending_at": now, "due": True})
    )
    return soon.model_copy(update={"unit_ids": (), "lost": ()})


def scheduled_draft(
    incident: Incident, schedule: Schedule | None, revision: int | None = None
) -> Draft:
    """The schedule as it stands from now on; ``revision`` of what came before it."""
    body = ev.IncidentScheduled(
        incident_id=incident.id,
        revision=(incident.revision if revision is None else revision) + 1,
        schedule=schedule,
        was=incident.schedule,
    )
    return Draft(body=body, audience=incident.audience)


def decide_schedule_due(state: State, command: FallDue) -> list[Draft]:
    """It is pending from now on, unless it was scheduled anew, or is not scheduled any more."""
    incident = state.board.incidents.get(command.ref)
    if incident is None or not incident.scheduled:
        return []
    assert incident.schedule is not None
    if incident.schedule.pending_at > state.now:
        return []
    body = ev.ScheduleDue(incident_id=incident.id, revision=incident.revision + 1)
    return [Draft(body=body, audience=incident.audience)]


def kept_drafts(incident: Incident, units: Iterable[Unit], revision: int) -> list[Draft]:
    """Units are sent to a scheduled incident: it is worked now, and they are reserved no more."""
    schedule = incident.schedule
    sent = {unit.id for unit in units}
    if schedule is None or (schedule.due and not sent & set(schedule.unit_ids)):
        return []
    left = tuple(unit_id for unit_id in schedule.unit_ids if unit_id not in sent)
    worked = schedule.model_copy(update={"unit_ids": left, "due": True})
    return [scheduled_draft(incident, worked, revision)]


def colliding(
    state: State, unit: Unit, incident_id: str | None, reach_s: float | None
) -> list[Incident]:
    """The incidents that the unit is reserved for and would hardly be free for any more."""
    on_task_s = state.policy.on_task_s.get(unit.agency_id, ON_TASK_S)
    return [
        other
        for other in state.board.incidents.values()
        if other.id != incident_id
        and other.state != "closed"
        and other.schedule is not None
        and unit.id in other.schedule.unit_ids
        and collides(other.schedule.pending_at, state.now, reach_s or 0.0, on_task_s)
    ]


def lost_drafts(state: State, drafts: list[Draft], by: str) -> list[Draft]:
    """``incident.reservation_lost`` for each unit that is sent elsewhere and was kept.

    Elsewhere is an incident that stands, or one that the same command makes.

    Work that an officer finds takes no reservation: it is mostly short, and where it is not, the
    incident says at its time that its unit is busy.
    """
    revisions: dict[str, int] = {}
    for draft in drafts:
        incident_id = getattr(draft.body, "incident_id", None)
        revision = getattr(draft.body, "revision", None)
        if isinstance(incident_id, str) and isinstance(revision, int):
            revisions[incident_id] = revision
    made = [d.body.incident for d in drafts if isinstance(d.body, ev.IncidentCreated)]
    known = state.board.incidents | {incident.id: incident for incident in made}
    found: list[Draft] = []
    for draft in drafts:
        body = draft.body
        if not isinstance(body, ev.UnitAssigned) or body.assignment.status == "on_scene":
            continue
        sent: Assignment = body.assignment
        unit = state.board.units.get(sent.unit_id)
        target = known.get(sent.incident_id)
        if unit is None or target is None:
            continue
        for kept in colliding(state, unit, target.id, sent.travel_s):
            revision = max(kept.revision, revisions.get(kept.id, 0)) + 1
            revisions[kept.id] = revision
            lost = LostReservation(
                unit_id=unit.id,
                number=target.number,
                reason=sent.override_reason or "recommended",
                by=by,
                at=state.now,
            )
            gone = ev.ReservationLost(incident_id=kept.id, revision=revision, lost=lost)
            found.append(Draft(body=gone, audience=kept.audience))
    return found
