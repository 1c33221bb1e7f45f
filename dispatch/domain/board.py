"""The board: what is going on now. ``apply`` moves it by one event, and nothing else moves it.

The same function keeps the board in each hub process, projects events into the tables, and is
mirrored by the console's reducer; the fixtures in ``tests/fixtures/reducer`` hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from dispatch.domain import events as ev
from dispatch.domain.assignment import NOT_ARRIVED, TRANSPORTS, Assignment
from dispatch.domain.bolo import Bolo
from dispatch.domain.call import Call
from dispatch.domain.channel_fault import ChannelFault, channel_id
from dispatch.domain.closure import Closure
from dispatch.domain.delivery import Delivery
from dispatch.domain.emergency import Emergency
from dispatch.domain.events import Event, FeedRead, RegionActivated, ZoneMuted
from dispatch.domain.hospital import HospitalState
from dispatch.domain.incident import Incident, LostReservation, Schedule
from dispatch.domain.map_fault import MapFault
from dispatch.domain.position import Position
from dispatch.domain.premise import PremiseNote
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.storm import Storm
from dispatch.domain.unit import Unit
from dispatch.domain.values import Value

Entity = (
    Incident
    | Call
    | Assignment
    | Closure
    | Unit
    | Recommendation
    | FeedRead
    | ev.ChannelSet
    | RegionActivated
    | ZoneMuted
    | Emergency
    | Delivery
    | Position
    | PremiseNote
    | MapFault
    | Bolo
    | ev.PositionRemoved
    | ev.StormSet
    | ev.HospitalSet
    | ev.PremiseWithdrawn
)

_T = TypeVar("_T", Incident, Call, Unit, Assignment, Closure, Emergency, Delivery, Position, Bolo)


class Change(NamedTuple):
    """An entity as it stands after an event; ``gone`` when it left the board with it."""

    noun: str
    id: str
    entity: Entity
    gone: bool = False


class BoardSnapshot(Value):
    """The board as one JSON value, every list sorted by id, for consoles and for comparison."""

    incidents: tuple[Incident, ...] = ()
    calls: tuple[Call, ...] = ()
    units: tuple[Unit, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    closures: tuple[Closure, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    feeds: tuple[FeedRead, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    channel_faults: tuple[ChannelFault, ...] = ()
    positions: tuple[Position, ...] = ()
    storms: tuple[Storm, ...] = ()
    hospitals: tuple[HospitalState, ...] = ()
    bolos: tuple[Bolo, ...] = ()
    region: RegionActivated | None = None


@dataclass
class Board:
    """Open incidents with their calls, assignments and latest recommendation; units; closures.

    Entities are immutable values; the board only says which stand. ``recommendations`` is keyed by
    incident id, ``feeds`` by feed id, the rest by their own id. ``number`` of ``counters`` is the
    last one given out; a hub's own board has no counters.
    """

    seq: int = 0
    incidents: dict[str, Incident] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    closures: dict[str, Closure] = field(default_factory=dict)
    recommendations: dict[str, Recommendation] = field(default_factory=dict)
    feeds: dict[str, FeedRead] = field(default_factory=dict)
    emergencies: dict[str, Emergency] = field(default_factory=dict)
    """Those that nobody has ended."""
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    channel_faults: dict[str, ChannelFault] = field(default_factory=dict)
    """By agency and channel: ``fire-a/pager``."""
    """Messages to crews and stations about open incidents."""
    positions: dict[str, Position] = field(default_factory=dict)
    hospitals: dict[str, HospitalState] = field(default_factory=dict)
    """Those that do not take everybody, by their id."""
    bolos: dict[str, Bolo] = field(default_factory=dict)
    """Those that have not ended."""
    storms: dict[str, Storm] = field(default_factory=dict)
    """By agency id, those that are on."""
    muted_zones: dict[str, ZoneMuted] = field(default_factory=dict)
    """Squares left out of coverage, by id; consoles are told of them with the coverage itself."""
    region: RegionActivated | None = None

    def live_of_unit(self, unit_id: str) -> Assignment | None:
        """The assignment that the unit is on, or None."""
        return next((a for a in self.assignments.values() if a.unit_id == unit_id and a.live), None)

    def live_units(self) -> set[str]:
        """The ids of units that are on an incident."""
        return {a.unit_id for a in self.assignments.values() if a.live}

    def emergency_of_unit(self, unit_id: str) -> Emergency | None:
        """The unit's emergency that stands, or None."""
        return next((e for e in self.emergencies.values() if e.unit_id == unit_id), None)

    def live_of_incident(self, incident_id: str) -> list[Assignment]:
        """The live assignments of an incident, in the order they were made."""
        return [a for a in self.assignments.values() if a.incident_id == incident_id and a.live]

    def snapshot(self) -> BoardSnapshot:
        """The whole board as a value."""

        def by_id(entities: dict[str, Value]) -> tuple[Value, ...]:
            return tuple(entities[key] for key in sorted(entities))

        return BoardSnapshot.model_construct(
            incidents=by_id(self.incidents),  # type: ignore[arg-type]  # dicts are invariant
            calls=by_id(self.calls),  # type: ignore[arg-type]
            units=by_id(self.units),  # type: ignore[arg-type]
            assignments=by_id(self.assignments),  # type: ignore[arg-type]
            closures=by_id(self.closures),  # type: ignore[arg-type]
            recommendations=by_id(self.recommendations),  # type: ignore[arg-type]
            feeds=by_id(self.feeds),  # type: ignore[arg-type]
            emergencies=by_id(self.emergencies),  # type: ignore[arg-type]
            deliveries=by_id(self.deliveries),  # type: ignore[arg-type]
            channel_faults=by_id(self.channel_faults),  # type: ignore[arg-type]
            positions=by_id(self.positions),  # type: ignore[arg-type]
            storms=by_id(self.storms),  # type: ignore[arg-type]
            hospitals=by_id(self.hospitals),  # type: ignore[arg-type]
            bolos=by_id(self.bolos),  # type: ignore[arg-type]
            region=self.region,
        )


def board_from(snapshot: BoardSnapshot, seq: int) -> Board:
    """The board that a snapshot at ``seq`` describes."""
    return Board(
        seq=seq,
        incidents=_keyed(snapshot.incidents),
        calls=_keyed(snapshot.calls),
        units=_keyed(snapshot.units),
        assignments=_keyed(snapshot.assignments),
        closures=_keyed(snapshot.closures),
        recommendations={r.incident_id: r for r in snapshot.recommendations},
        feeds={f.feed_id: f for f in snapshot.feeds},
        emergencies=_keyed(snapshot.emergencies),
        deliveries=_keyed(snapshot.deliveries),
        channel_faults={fault.id: fault for fault in snapshot.channel_faults},
        positions=_keyed(snapshot.positions),
        storms={storm.agency_id: storm for storm in snapshot.storms},
        hospitals={state.hospital_id: state for state in snapshot.hospitals},
        bolos=_keyed(snapshot.bolos),
        region=snapshot.region,
    )


def _keyed(entities: Iterable[_T]) -> dict[str, _T]:
    return {entity.id: entity for entity in entities}


def apply(board: Board, event: Event) -> list[Change]:
    """Move the board by one event.

    Args:
        board: Changed in place. It may be a part of the whole (the rows of one command).
        event: The next one; its ``seq`` becomes the board's.

    Returns:
        What changed, for the tables. An event about something that this board does not hold (it
        was closed before the board began) changes nothing.
    """
    board.seq = event.seq
    return _APPLY[type(event.body)](board, event)


def _call_received(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.CallReceived)
    return _set_call(board, body.call.told(event.private))


def _set_call(board: Board, call: Call) -> list[Change]:
    board.calls[call.id] = call
    return [Change("call", call.id, call)]


def _call_moved(board: Board, event: Event) -> list[Change]:
    """What changes one thing about a call, with the personal values that came with it."""
    body = event.body
    assert isinstance(
        body,
        ev.CallChanged
        | ev.CallerLocated
        | ev.CallbackSet
        | ev.TextSaid
        | ev.TextChanged
        | ev.TransferSet
        | ev.RecordUpdated
        | ev.ProtocolSet,
    )
    call = board.calls.get(body.call_id)
    if call is None:
        return []
    update: dict[str, object]
    if isinstance(body, ev.CallChanged):
        given = body.model_dump(exclude={"kind", "call_id"}, exclude_none=True)
        update = {name: getattr(body, name) for name in given}
    elif isinstance(body, ev.CallerLocated):
        update = {"fixes": (*call.fixes, body.fix)}
    elif isinstance(body, ev.TextSaid):
        update = {"transcript": (*call.transcript, body.line)}
    elif isinstance(body, ev.TransferSet):
        others = tuple(t for t in call.transfers if t.id != body.transfer.id)
        update = {"transfers": (*others, body.transfer)}
    elif isinstance(body, ev.RecordUpdated):
        text = call.record_news[body.index].text if body.index < len(call.record_news) else ""
        news = (*call.record_news[: body.index], body.news.model_copy(update={"text": text}))
        update = {"record_at": body.record_at, "record_hops": body.hops, "record_news": news}
    elif isinstance(body, ev.ProtocolSet):
        known = any(run.id == body.run.id for run in call.protocol_runs)
        runs = tuple(body.run if run.id == body.run.id else run for run in call.protocol_runs)
        update = {"protocol_runs": runs if known else (*runs, body.run)}
    elif isinstance(body, ev.TextChanged):
        if body.index >= len(call.transcript):
            return []
        names = ("delivered_at", "translation_language", "translated_by")
        given = {name: value for name in names if (value := getattr(body, name)) is not None}
        lines = list(call.transcript)
        lines[body.index] = lines[body.index].model_copy(update=given)
        update = {"transcript": tuple(lines)}
    else:
        update = {"callback_task": body.task}
    return _set_call(board, call.model_copy(update=update).told(event.private))


def _call_linked(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.CallLinked)
    call = board.calls.get(body.call_id)
    if call is None and body.call is not None:
        call = body.call.told(event.private)
    if call is None:
        return []
    update = {"incident_id": body.incident_id, "audience": body.audience}
    return _set_call(board, call.model_copy(update=update))


def _call_closed(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.CallClosed)
    call = board.calls.pop(body.call_id, None)
    if call is None:
        return []
    call = call.model_copy(update={"outcome": body.outcome, "closed_at": body.closed_at})
    return [Change("call", call.id, call, gone=True)]


def _set_incident(board: Board, incident: Incident) -> list[Change]:
    board.incidents[incident.id] = incident
    return [Change("incident", incident.id, incident)]


def _incident_created(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.IncidentCreated)
    return _set_incident(board, body.incident)


def _incident_changed(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.IncidentChanged)
    incident = board.incidents.get(body.incident_id)
    if incident is None:
        return []
    given = {
        name: value
        for name in (
            "incident_type", "type_label", "priority", "place", "resolution", "plan_id", "legs",
            "alarm_level", "hazards",
        )
        if (value := getattr(body, name)) is not None
    }  # fmt: skip
    return _set_incident(board, incident.model_copy(update={**given, "revision": body.revision}))


def _incident_shared(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.IncidentShared)
    changes = _set_incident(board, body.incident)
    for assignment in body.assignments:
        changes += _set_assignment(board, assignment)
    return changes


def _note_added(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.NoteAdded)
    incident = board.incidents.get(body.incident_id)
    if incident is None:
        return []
    return _set_incident(board, incident.model_copy(update={"notes": (*incident.notes, body.note)}))


def _leg_changed(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.LegChanged)
    incident = board.incidents.get(body.incident_id)
    if incident is None:
        return []
    update = {"legs": incident.with_leg(body.leg), "revision": body.revision}
    return _set_incident(board, incident.model_copy(update=update))


def _case_number_given(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.CaseNumberGiven)
    incident = board.incidents.get(body.incident_id)
    if incident is None:
        return []
    numbers = {**incident.case_numbers, body.agency_id: body.number}
    update = {"case_numbers": numbers, "revision": body.revision}
    return _set_incident(board, incident.model_copy(update=update))


def _case_number_voided(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.CaseNumberVoided)
    incident = board.incidents.get(body.incident_id)
    if incident is None:
        return []
    agency_id = body.voided.agency_id
    numbers = {a: number for a, number in incident.case_numbers.items() if a != agency_id}
    update = {
        "case_numbers": numbers,
        "voided_numbers": (*incident.voided_numbers, body.voided),
        "revision": body.revision,
    }
    return _set_incident(board, incident.model_copy(update=update))


def _incident_reopened(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.IncidentReopened)
    changes = _set_incident(board, body.incident)
    for assignment in body.assignments:
        changes += _set_assignment(board, assignment)
    return changes


def _incident_merged(board: Board, event: Event) -> list[Change]:
    """One left the board, the other has its assignments and the messages about them."""
    body = event.body
    assert isinstance(body, ev.IncidentMerged)
    changes = _set_incident(board, body.incident)
    board.incidents.pop(body.merged.id, None)
    board.recommendations.pop(body.merged.id, None)
    changes.append(Change("incident", body.merged.id, body.merged, gone=True))
    for assignment in body.assignments:
        changes += _set_assignment(board, assignment)
    for delivery in [d for d in board.deliveries.values() if d.incident_id == body.merged.id]:
        if delivery.assignment_id not in body.moved:
            del board.deliveries[delivery.id]
    return changes + _deliveries_follow(board, body.moved, body.incident.id)


def _incident_unmerged(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.IncidentUnmerged)
    changes = _set_incident(board, body.incident) + _set_incident(board, body.other)
    for assignment in body.assignments:
        changes += _set_assignment(board, assignment)
    return changes + _deliveries_follow(board, body.moved, body.other.id)


def _deliveries_follow(board: Board, moved: tuple[str, ...], incident_id: str) -> list[Change]:
    """Messages about assignments are of the incident that those are on."""
    changes = []
    for delivery in list(board.deliveries.values()):
        if delivery.assignment_id in moved and delivery.incident_id != incident_id:
            delivery = delivery.model_copy(update={"incident_id": incident_id})
            board.deliveries[delivery.id] = delivery
            changes.append(Change("delivery", delivery.id, delivery))
    return changes


def _incident_worked(board: Board, event: Event) -> list[Change]:
    """What changes one thing about an incident: hold, links, benchmarks, accounting."""
    body = event.body
    assert isinstance(
        body,
        ev.IncidentHeld
        | ev.HoldOver
        | ev.IncidentScheduled
        | ev.ScheduleDue
        | ev.ReservationLost
        | ev.IncidentLinked
        | ev.BenchmarkReached
        | ev.PatientsCounted
        | ev.OutsideUnitSet
        | ev.ParMissed,
    )
    incident = board.incidents.get(body.incident_id)
    if incident is None:
        return []
    update: dict[str, object] = {"revision": body.revision}
    if isinstance(body, ev.IncidentHeld):
        update["hold"] = body.hold
    elif isinstance(body, ev.HoldOver):
        hold = incident.hold
        update["hold"] = hold.model_copy(update={"over": True}) if hold else None
    elif isinstance(body, ev.IncidentScheduled):
        update["schedule"] = body.schedule
    elif isinstance(body, ev.ScheduleDue):
        schedule = incident.schedule
        update["schedule"] = schedule.model_copy(update={"due": True}) if schedule else None
    elif isinstance(body, ev.ReservationLost):
        update["schedule"] = _without_unit(incident.schedule, body.lost)
    elif isinstance(body, ev.IncidentLinked):
        update["linked"] = body.linked
    elif isinstance(body, ev.BenchmarkReached):
        update |= {
            "benchmarks": (*incident.benchmarks, body.benchmark),
            "par_due_at": body.par_due_at,
            "par_missed": 0,
        }
    elif isinstance(body, ev.PatientsCounted):
        update["patients"] = body.patients
    elif isinstance(body, ev.OutsideUnitSet):
        update["outside"] = incident.with_outside(body.unit)
    else:
        update["par_missed"] = body.step
    return _set_incident(board, incident.model_copy(update=update))


def _without_unit(schedule: Schedule | None, lost: LostReservation) -> Schedule | None:
    if schedule is None:
        return None
    left = tuple(unit_id for unit_id in schedule.unit_ids if unit_id != lost.unit_id)
    return schedule.model_copy(update={"unit_ids": left, "lost": (*schedule.lost, lost)})


def _incident_closed(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.IncidentClosed)
    incident = board.incidents.pop(body.incident_id, None)
    if incident is None:
        return []
    update = {"state": "closed", "closed_at": body.closed_at, "revision": body.revision}
    closed = incident.model_copy(update=update)
    for assignment in [a for a in board.assignments.values() if a.incident_id == closed.id]:
        del board.assignments[assignment.id]
    for call in [c for c in board.calls.values() if c.incident_id == closed.id]:
        del board.calls[call.id]
    for delivery in [d for d in board.deliveries.values() if d.incident_id == closed.id]:
        del board.deliveries[delivery.id]
    board.recommendations.pop(closed.id, None)
    return [Change("incident", closed.id, closed, gone=True)]


def _recommendation_made(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.RecommendationMade)
    made = body.recommendation
    if made.incident_id not in board.incidents:
        return []
    board.recommendations[made.incident_id] = made
    return [Change("recommendation", made.id, made)]


def _set_assignment(board: Board, assignment: Assignment) -> list[Change]:
    board.assignments[assignment.id] = assignment
    return [Change("assignment", assignment.id, assignment)]


def _unit_assigned(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.UnitAssigned)
    return _set_assignment(board, body.assignment)


def _assignment_moved(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(
        body,
        ev.AssignmentReceived
        | ev.AssignmentAcknowledged
        | ev.AssignmentStatusChanged
        | ev.AssignmentReleased
        | ev.AssignmentCorrected
        | ev.AssignmentEscalated
        | ev.AssignmentRerouted
        | ev.StatusChecked
        | ev.HazardRead
        | ev.AssignmentPlaceCorrected
        | ev.PageAnswered
        | ev.CrewMissing
        | ev.StatusCheckMissed,
    )
    assignment = board.assignments.get(body.assignment_id)
    if assignment is None:
        return []
    update: dict[str, object] = {"revision": body.revision}
    if isinstance(body, ev.AssignmentReceived):
        update["received_at"] = assignment.received_at or body.received_at
        update["seen_at"] = assignment.seen_at or body.seen_at
    elif isinstance(body, ev.AssignmentAcknowledged):
        update |= {"acknowledged_at": body.acknowledged_at, "acknowledged_by": body.channel}
    elif isinstance(body, ev.AssignmentStatusChanged) and body.late:
        update |= _late_status(assignment, body)
    elif isinstance(body, ev.AssignmentStatusChanged):
        update |= {
            "status": body.status,
            "agency_code": body.agency_code,
            "status_at": body.status_at,
            "status_device_at": body.device_at,
            "check_due_at": body.check_due_at,
            "checks_missed": 0,
            "hospital_id": body.hospital_id or assignment.hospital_id,
            "status_times": assignment.status_times if body.times is None else body.times,
        }
        if body.status == "on_scene" and assignment.arrived_at is None:
            update["arrived_at"] = body.status_at
    elif isinstance(body, ev.AssignmentCorrected):
        update |= {
            "status": body.status,
            "agency_code": body.agency_code,
            "status_at": body.status_at,
            "check_due_at": body.check_due_at,
            "checks_missed": 0,
            "released_at": None,
            "status_times": assignment.status_times if body.times is None else body.times,
        }
        if body.status in NOT_ARRIVED:
            update["arrived_at"] = None
        if body.status not in TRANSPORTS:
            update["hospital_id"] = None
    elif isinstance(body, ev.AssignmentReleased):
        update |= {
            "status": "cleared",
            "agency_code": body.agency_code,
            "status_at": body.released_at,
            "released_at": body.released_at,
        }
    elif isinstance(body, ev.AssignmentPlaceCorrected):
        update["place_correction"] = body.correction
    elif isinstance(body, ev.HazardRead):
        update["hazard_read_at"] = body.read_at
    elif isinstance(body, ev.StatusChecked):
        update |= {"check_due_at": body.check_due_at, "checks_missed": 0}
    elif isinstance(body, ev.StatusCheckMissed):
        update["checks_missed"] = body.step
    elif isinstance(body, ev.PageAnswered):
        others = [r for r in assignment.responses if r.volunteer != body.response.volunteer]
        update |= {"responses": (*others, body.response), "staffed_at": body.staffed_at}
    elif isinstance(body, ev.CrewMissing):
        update["unstaffed_at"] = body.missing_at
    elif isinstance(body, ev.AssignmentRerouted):
        update |= {
            "route": body.route,
            "travel_s": body.travel_s,
            "rerouted_at": body.rerouted_at,
            "reroute_reason": body.reason,
            "turns_waived": body.turns_waived,
        }
    else:
        update |= {"escalation": body.step, "ack_due_at": body.ack_due_at}
    return _set_assignment(board, assignment.model_copy(update=update))


def _late_status(assignment: Assignment, body: ev.AssignmentStatusChanged) -> dict[str, object]:
    """What happened before the present status stands, which stays."""
    update: dict[str, object] = {"status_times": body.times or assignment.status_times}
    if body.status == "on_scene" and assignment.arrived_at is None:
        update["arrived_at"] = body.device_at or body.status_at
    return update


def _delivery_changed(board: Board, event: Event) -> list[Change]:
    """On the board while its incident is; in the tables always, for it may still be sent."""
    body = event.body
    assert isinstance(body, ev.DeliveryChanged)
    delivery = body.delivery
    if delivery.incident_id in board.incidents:
        board.deliveries[delivery.id] = delivery
    return [Change("delivery", delivery.id, delivery)]


def _unit_duty_changed(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.UnitDutyChanged)
    unit = board.units.get(body.unit_id)
    if unit is None:
        return []
    update = {
        "duty": body.duty,
        "duty_reason": body.reason,
        "duty_code": body.agency_code,
        "duty_since": body.since,
    }
    unit = unit.model_copy(update=update)
    board.units[unit.id] = unit
    return [Change("unit", unit.id, unit)]


def _unit_crewed(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.UnitLoggedOn | ev.UnitLoggedOff)
    unit = board.units.get(body.unit_id)
    if unit is None:
        return []
    logon = None
    if isinstance(body, ev.UnitLoggedOn):
        logon = body.logon.model_copy(update=event.private) if event.private else body.logon
    unit = unit.logged_on(logon)
    board.units[unit.id] = unit
    return [Change("logon", unit.id, unit)]


def _emergency_raised(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.EmergencyRaised)
    board.emergencies[body.emergency.id] = body.emergency
    return [Change("emergency", body.emergency.id, body.emergency)]


def _emergency_repeated(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.EmergencyRepeated)
    emergency = board.emergencies.get(body.emergency_id)
    if emergency is None:
        return []
    update = {"presses": (*emergency.presses, body.pressed_at)}
    emergency = board.emergencies[emergency.id] = emergency.model_copy(update=update)
    return [Change("emergency", emergency.id, emergency)]


def _emergency_ended(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.EmergencyEnded)
    emergency = board.emergencies.pop(body.emergency_id, None)
    if emergency is None:
        return []
    update = {"ended_at": body.ended_at, "outcome": body.outcome}
    ended = emergency.model_copy(update=update)
    return [Change("emergency", ended.id, ended, gone=True)]


def _premise_noted(board: Board, event: Event) -> list[Change]:
    """For the tables alone: no board carries every note of a region."""
    body = event.body
    assert isinstance(body, ev.PremiseNoted)
    return [Change("premise", body.note.id, body.note)]


def _premise_withdrawn(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.PremiseWithdrawn)
    return [Change("premise", body.note_id, body, gone=True)]


def _bolo_issued(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.BoloIssued)
    bolo = body.bolo.model_copy(update={"text": event.private.get("bolo", "")})
    board.bolos[bolo.id] = bolo
    return [Change("bolo", bolo.id, bolo)]


def _bolo_ended(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.BoloEnded)
    bolo = board.bolos.pop(body.bolo_id, None)
    if bolo is None:
        return []
    update = {
        "ended_at": body.ended_at,
        "ended": body.ended,
        "ended_by": body.by,
        "ended_why": body.reason,
    }
    return [Change("bolo", bolo.id, bolo.model_copy(update=update), gone=True)]


def _map_fault(board: Board, event: Event) -> list[Change]:
    """For the tables alone: the owner asks for its faults."""
    body = event.body
    assert isinstance(body, ev.MapFaultOpened | ev.MapFaultClosed)
    return [Change("map_fault", body.fault.id, body.fault)]


def _closure_opened(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.ClosureOpened)
    board.closures[body.closure.id] = body.closure
    return [Change("closure", body.closure.id, body.closure)]


def _closure_began(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.ClosureBegan)
    closure = board.closures.get(body.closure_id)
    if closure is None:
        return []
    closure = closure.model_copy(
        update={"state": "active", "changes_at": body.until, "revision": closure.revision + 1}
    )
    board.closures[closure.id] = closure
    return [Change("closure", closure.id, closure)]


def _closure_paused(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.ClosurePaused)
    closure = board.closures.get(body.closure_id)
    if closure is None:
        return []
    closure = closure.model_copy(
        update={"state": "planned", "changes_at": body.until, "revision": closure.revision + 1}
    )
    board.closures[closure.id] = closure
    return [Change("closure", closure.id, closure)]


def _closure_ended(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.ClosureEnded)
    closure = board.closures.pop(body.closure_id, None)
    if closure is None:
        return []
    update = {"state": "ended", "ended_why": body.reason, "revision": closure.revision + 1}
    closure = closure.model_copy(update=update)
    return [Change("closure", closure.id, closure, gone=True)]


def _channel_set(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.ChannelSet)
    known = channel_id(body.agency_id, body.channel)
    if body.fault is None:
        board.channel_faults.pop(known, None)
    else:
        board.channel_faults[known] = body.fault
    return [Change("channel", known, body, gone=body.fault is None)]


def _hospital_set(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.HospitalSet)
    if body.state is None:
        board.hospitals.pop(body.hospital_id, None)
    else:
        board.hospitals[body.hospital_id] = body.state
    return [Change("hospital", body.hospital_id, body, gone=body.state is None)]


def _storm_set(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.StormSet)
    if body.storm is None:
        board.storms.pop(body.agency_id, None)
    else:
        board.storms[body.agency_id] = body.storm
    return [Change("storm", body.agency_id, body, gone=body.storm is None)]


def _zone_muted(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ZoneMuted)
    if body.muted:
        board.muted_zones[body.zone_id] = body
    else:
        board.muted_zones.pop(body.zone_id, None)
    return [Change("zone", body.zone_id, body, gone=not body.muted)]


def _feed_read(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, FeedRead)
    board.feeds[body.feed_id] = body
    return [Change("feed", body.feed_id, body)]


def _region_activated(board: Board, event: Event) -> list[Change]:
    """The region's name and border; its roster is read from the tables by whoever follows."""
    body = event.body
    assert isinstance(body, RegionActivated)
    board.region = body
    return [Change("region", body.region_version, body)]


def _position_set(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.PositionSet)
    board.positions[body.position.id] = body.position
    return [Change("position", body.position.id, body.position)]


def _position_removed(board: Board, event: Event) -> list[Change]:
    body = event.body
    assert isinstance(body, ev.PositionRemoved)
    board.positions.pop(body.position_id, None)
    return [Change("position_removed", body.position_id, body, gone=True)]


def _nothing(board: Board, event: Event) -> list[Change]:
    return []


_APPLY = {
    ev.CallReceived: _call_received,
    ev.CallLinked: _call_linked,
    ev.CallChanged: _call_moved,
    ev.CallerLocated: _call_moved,
    ev.TextSaid: _call_moved,
    ev.TextChanged: _call_moved,
    ev.TransferSet: _call_moved,
    ev.RecordUpdated: _call_moved,
    ev.ProtocolSet: _call_moved,
    ev.CallbackSet: _call_moved,
    ev.CallClosed: _call_closed,
    ev.IncidentCreated: _incident_created,
    ev.IncidentChanged: _incident_changed,
    ev.IncidentShared: _incident_shared,
    ev.NoteAdded: _note_added,
    ev.LegChanged: _leg_changed,
    ev.CaseNumberGiven: _case_number_given,
    ev.CaseNumberVoided: _case_number_voided,
    ev.IncidentClosed: _incident_closed,
    ev.IncidentReopened: _incident_reopened,
    ev.IncidentMerged: _incident_merged,
    ev.IncidentUnmerged: _incident_unmerged,
    ev.IncidentHeld: _incident_worked,
    ev.HoldOver: _incident_worked,
    ev.IncidentScheduled: _incident_worked,
    ev.ScheduleDue: _incident_worked,
    ev.ReservationLost: _incident_worked,
    ev.IncidentLinked: _incident_worked,
    ev.BenchmarkReached: _incident_worked,
    ev.PatientsCounted: _incident_worked,
    ev.OutsideUnitSet: _incident_worked,
    ev.HospitalSet: _hospital_set,
    ev.ParMissed: _incident_worked,
    ev.RecommendationMade: _recommendation_made,
    ev.UnitAssigned: _unit_assigned,
    ev.AssignmentReceived: _assignment_moved,
    ev.AssignmentAcknowledged: _assignment_moved,
    ev.AssignmentStatusChanged: _assignment_moved,
    ev.AssignmentReleased: _assignment_moved,
    ev.AssignmentCorrected: _assignment_moved,
    ev.AssignmentEscalated: _assignment_moved,
    ev.DeliveryChanged: _delivery_changed,
    ev.ChannelSet: _channel_set,
    ev.AssignmentRerouted: _assignment_moved,
    ev.StatusChecked: _assignment_moved,
    ev.AssignmentPlaceCorrected: _assignment_moved,
    ev.StatusCheckMissed: _assignment_moved,
    ev.PageAnswered: _assignment_moved,
    ev.CrewMissing: _assignment_moved,
    ev.UnitDutyChanged: _unit_duty_changed,
    ev.UnitLoggedOn: _unit_crewed,
    ev.UnitLoggedOff: _unit_crewed,
    ev.EmergencyRaised: _emergency_raised,
    ev.EmergencyRepeated: _emergency_repeated,
    ev.EmergencyEnded: _emergency_ended,
    ev.PremiseNoted: _premise_noted,
    ev.PremiseWithdrawn: _premise_withdrawn,
    ev.BoloIssued: _bolo_issued,
    ev.BoloEnded: _bolo_ended,
    ev.MapFaultOpened: _map_fault,
    ev.MapFaultClosed: _map_fault,
    ev.HazardRead: _assignment_moved,
    ev.ClosureOpened: _closure_opened,
    ev.ClosureBegan: _closure_began,
    ev.ClosurePaused: _closure_paused,
    ev.ClosureEnded: _closure_ended,
    ev.ZoneMuted: _zone_muted,
    ev.FeedRead: _feed_read,
    ev.RegionActivated: _region_activated,
    ev.PositionSet: _position_set,
    ev.PositionRemoved: _position_removed,
    ev.StormSet: _storm_set,
    ev.SessionOpened: _nothing,
    ev.SessionRefused: _nothing,
    ev.SessionClosed: _nothing,
    ev.AlarmsSilenced: _nothing,
    ev.RecordRead: _nothing,
    ev.QueryAsked: _nothing,
    ev.QueryEnded: _nothing,
}
