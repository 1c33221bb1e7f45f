"""The rows that each command needs, read in its transaction before ``decide`` looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, or_, select

from dispatch.domain import commands as cmd
from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Board
from dispatch.domain.closure import INCIDENT, RESPONDER
from dispatch.domain.commands import Advice, Policy
from dispatch.domain.events import (
    IncidentMerged,
    LegChanged,
    SessionOpened,
    UnitAssigned,
    UnitDutyChanged,
)
from dispatch.domain.incident import Place
from dispatch.domain.map_fault import fault_id_of, fault_kind_of
from dispatch.domain.state import State, bolo_scope, case_scope, incident_scope
from dispatch.store import entities
from dispatch.store import tables as t
from dispatch.store.accounts import count_refusals_since
from dispatch.store.bolos import bolos
from dispatch.store.due import current_fence
from dispatch.store.event_log import events_of_command
from dispatch.store.known_places import premise_by_id, premises_near
from dispatch.store.map_faults import map_fault_by_id
from dispatch.store.regions import AgencyPolicy, agency_policy
from geodata.lonlat import LonLat


class Rows:
    """Reads the state of a command. Keeps the agencies' policy of the active region version."""

    def __init__(self) -> None:
        self._version: str | None = None
        self._policy = AgencyPolicy()

    def read(
        self,
        connection: Connection,
        command: cmd.Command,
        now: datetime,
        region_version: str | None,
    ) -> State:
        """The part of the state that this kind of command may look at."""
        if region_version != self._version:
            self._policy = agency_policy(connection, region_version)
            self._version = region_version
        policy = Policy(
            local_year=now.astimezone(ZoneInfo(self._policy.time_zone)).year,
            case_policy=self._policy.case_policy,
            case_prefix=self._policy.case_prefix,
            case_template=self._policy.case_template,
            par_s=self._policy.par_s,
            status_check_s=self._policy.status_check_s,
            scheduled_lead_s=self._policy.scheduled_lead_s,
            on_task_s=self._policy.on_task_s,
            talkgroups=self._policy.talkgroups,
            channels=self._policy.channels,
            statuses=self._policy.statuses,
            volunteers=self._policy.volunteers,
            disciplines=self._policy.disciplines,
            agency_names=self._policy.agency_names,
            municipalities=self._policy.municipalities,
        )
        state = State(now=now, policy=policy)
        _READ[type(command)](connection, command, state, region_version)
        return state


def _add_incident(connection: Connection, board: Board, incident_id: str | None) -> None:
    if incident_id is not None:
        for incident in entities.incident_by_id(connection, incident_id):
            board.incidents[incident.id] = incident


def _add_assignments(board: Board, found: Iterable[Assignment]) -> None:
    for assignment in found:
        board.assignments[assignment.id] = assignment


def _live(connection: Connection, board: Board, incident_id: str) -> None:
    of_incident = t.assignment.c.incident_id == incident_id
    live = t.assignment.c.released_at.is_(None)
    _add_assignments(board, entities.assignments(connection, and_(of_incident, live)))


def _all_of(connection: Connection, board: Board, incident_ids: Iterable[str]) -> None:
    """The incidents with all their assignments, released ones too."""
    ids = sorted(incident_ids)
    for incident_id in ids:
        if incident_id not in board.incidents:
            _add_incident(connection, board, incident_id)
    if ids:
        of_incidents = t.assignment.c.incident_id.in_(ids)
        _add_assignments(board, entities.assignments(connection, of_incidents))


def _counters(connection: Connection, state: State, scopes: Iterable[str]) -> None:
    wanted = list(scopes)
    rows = connection.execute(
        select(t.counter.c.scope, t.counter.c.number).where(t.counter.c.scope.in_(wanted))
    )
    found = {row.scope: row.number for row in rows}
    state.counters = {**state.counters, **dict.fromkeys(wanted, 0), **found}


def _units(
    connection: Connection, state: State, ids: list[str], version_id: str | None
) -> list[str]:
    """Units with their live assignments and the incidents that hold them; their agencies."""
    found = entities.units(connection, version_id, ids)
    state.board.units |= {unit.id: unit for unit in found}
    sharing = {other for unit in found if unit.crew for other in unit.crew.units} - set(ids)
    if sharing:
        beside = entities.units(connection, version_id, sorted(sharing))
        state.board.units |= {unit.id: unit for unit in beside}
    free = t.assignment.c.released_at.is_(None)
    taken = t.assignment.c.unit_id.in_([*ids, *sorted(sharing)])
    live = entities.assignments(connection, and_(taken, free))
    _add_assignments(state.board, live)
    for incident_id in {a.incident_id for a in live} - state.board.incidents.keys():
        _add_incident(connection, state.board, incident_id)
    return sorted({unit.agency_id for unit in found})


def _talkgroups(connection: Connection, state: State) -> None:
    """Those in use in the whole region, whoever else's incident it is."""
    if state.policy.talkgroups:
        holding = and_(t.incident.c.state == "open", t.incident.c.talkgroups.is_not(None))
        held = connection.scalars(select(t.incident.c.talkgroups).where(holding))
        state.talkgroups_in_use = frozenset(name for names in held for name in names.split("\n"))


def _reservations(connection: Connection, state: State, unit_ids: Iterable[str]) -> None:
    """The open incidents that any of these units is kept for."""
    wanted = set(unit_ids)
    keeping = and_(t.incident.c.state == "open", t.incident.c.reserved.is_not(None))
    for row in connection.execute(select(t.incident.c.id, t.incident.c.reserved).where(keeping)):
        if row.id not in state.board.incidents and wanted & set(row.reserved.split("\n")):
            _add_incident(connection, state.board, row.id)


def _deliveries(c: Connection, state: State) -> None:
    """The messages about the incidents of the state and of its assignments, if any are sent."""
    board = state.board
    if state.policy.channels:
        named = sorted({*board.incidents, *(a.incident_id for a in board.assignments.values())})
        found = entities.deliveries(c, t.delivery.c.incident_id.in_(named))
        board.deliveries = {delivery.id: delivery for delivery in found}


def _one_delivery(c: Connection, command: Any, state: State, version: str | None) -> None:
    """A message with its assignment, the others about it, and what its unit is on now."""
    for delivery in entities.deliveries(c, t.delivery.c.id == command.delivery_id):
        _add_incident(c, state.board, delivery.incident_id)
        if delivery.assignment_id is not None:
            named = t.assignment.c.id == delivery.assignment_id
            of_unit = and_(
                t.assignment.c.unit_id == delivery.unit_id, t.assignment.c.released_at.is_(None)
            )
            _add_assignments(state.board, entities.assignments(c, or_(named, of_unit)))
        of_incident = t.delivery.c.incident_id == delivery.incident_id
        state.board.deliveries = {d.id: d for d in entities.deliveries(c, of_incident)}
        if delivery.station and (delivery.state == "dropped" or delivery.attempts):  # it may be out
            _who_waits(c, state, version)
    _channel_faults(c, command, state, version)


def _channel_faults(c: Connection, command: Any, state: State, version: str | None) -> None:
    state.board.channel_faults = {fault.id: fault for fault in entities.channel_faults(c)}


def _take_call(c: Connection, command: cmd.TakeCall, state: State, version: str | None) -> None:
    _counters(c, state, [incident_scope(state.policy.local_year)])
    _add_incident(c, state.board, command.join_incident_id)
    _premises(c, state, command.place)
    _map_faults(c, state, command.place, command.advice)
    if command.known_call_id is not None:
        known = entities.calls(c, t.call.c.id == command.known_call_id)
        state.board.calls = {call.id: call for call in known}


def _premises(c: Connection, state: State, place: Place | None) -> None:
    if place is not None:
        state.premises = premises_near(c, LonLat(*place.at))


def _change(c: Connection, command: cmd.ChangeIncident, state: State, version: str | None) -> None:
    _incident_and_live(c, command, state, version)
    _deliveries(c, state)
    if any(d.station for d in state.board.deliveries.values()):
        _who_waits(c, state, version)
    _premises(c, state, command.place)
    _map_faults(c, state, command.place, command.advice)


def _change_leg(c: Connection, command: cmd.ChangeLeg, state: State, version: str | None) -> None:
    _worked(c, command.incident_id, state, version)
    _positions(c, command, state, version)
    _deliveries(c, state)
    if any(d.station for d in state.board.deliveries.values()):
        _who_waits(c, state, version)


def _map_faults(c: Connection, state: State, place: Place | None, advice: Advice | None) -> None:
    if place is not None and advice is not None and fault_kind_of(place):
        fault_id = fault_id_of(place, advice.resolution.municipality)
        state.map_faults = map_fault_by_id(c, fault_id)


def _named_fault(
    c: Connection, command: cmd.CloseMapFault, state: State, version: str | None
) -> None:
    state.map_faults = map_fault_by_id(c, command.fault_id)


def _withdraw(
    c: Connection, command: cmd.WithdrawPremise, state: State, version: str | None
) -> None:
    state.premises = premise_by_id(c, command.note_id)


def _hazard(c: Connection, command: Any, state: State, version: str | None) -> None:
    _assignment(c, command, state, version)
    for assignment in list(state.board.assignments.values()):
        _add_incident(c, state.board, assignment.incident_id)


def _determinant(
    c: Connection, command: cmd.HandDeterminant, state: State, version: str | None
) -> None:
    """The call, its incident, the units on it, and the notes of its place."""
    _call_alone(c, command, state, version)
    for call in list(state.board.calls.values()):
        _worked(c, call.incident_id, state, version)


def _settled_run(
    c: Connection, command: cmd.SettleDeterminant, state: State, version: str | None
) -> None:
    found = entities.calls(c, t.call.c.incident_id == command.incident_id)
    state.board.calls = {call.id: call for call in found}
    _worked(c, command.incident_id, state, version)


def _worked(c: Connection, incident_id: str | None, state: State, version: str | None) -> None:
    """An incident with the units that are on it."""
    if incident_id is None:
        return
    _add_incident(c, state.board, incident_id)
    _live(c, state.board, incident_id)
    _units(c, state, [a.unit_id for a in state.board.live_of_incident(incident_id)], version)


def _link_call(c: Connection, command: cmd.LinkCall, state: State, version: str | None) -> None:
    state.board.calls = {
        call.id: call for call in entities.calls(c, t.call.c.id == command.call_id)
    }
    _add_incident(c, state.board, command.incident_id)


def _call_alone(c: Connection, command: Any, state: State, version: str | None) -> None:
    named = entities.calls(c, t.call.c.id == command.call_id)
    state.board.calls = {call.id: call for call in named}


def _reading(c: Connection, command: cmd.RecordReading, state: State, version: str | None) -> None:
    if command.call_id:
        _call_alone(c, command, state, version)


def _incident_and_live(c: Connection, command: Any, state: State, version: str | None) -> None:
    _add_incident(c, state.board, command.incident_id)
    _live(c, state.board, command.incident_id)


def _incident_alone(c: Connection, command: Any, state: State, version: str | None) -> None:
    _add_incident(c, state.board, command.incident_id)


def _frozen(
    c: Connection, command: cmd.FreezeRecommendation, state: State, version: str | None
) -> None:
    made = command.recommendation
    _add_incident(c, state.board, made.incident_id)
    if not _alerts_stations(state):
        return
    _deliveries(c, state)
    told = any(d.station for d in state.board.deliveries.values())
    if told:  # somebody may have been called back since, or is passed over now
        _all_of(c, state.board, [made.incident_id])
    picked = [pick.unit_id for pick in made.picks]
    _further_units(c, state, [*picked, *(_sent_units(state) if told else ())], version)


def _alerts_stations(state: State) -> bool:
    """Whether any agency alerts its stations before their units are sent."""
    return any(ch.pre_alert for channels in state.policy.channels.values() for ch in channels)


def _sent_units(state: State) -> list[str]:
    """The units that were sent to an incident of the state, or told to go."""
    assigned = [assignment.unit_id for assignment in state.board.assignments.values()]
    return assigned + [d.unit_id for d in state.board.deliveries.values() if d.unit_id]


def _advice(c: Connection, state: State) -> None:
    """The latest recommendation of each incident of the state."""
    made = entities.recommendations(c, t.recommendation.c.incident_id.in_(state.board.incidents))
    state.board.recommendations = {advice.incident_id: advice for advice in made}


def _who_waits(c: Connection, state: State, version: str | None) -> None:
    """What says which stations wait for the incidents of the state, beside what they were told."""
    if _alerts_stations(state):
        _all_of(c, state.board, state.board.incidents)
        _advice(c, state)
        _units_of_stations(c, state, version)


def _stations(c: Connection, state: State, version: str | None) -> None:
    """Where any are alerted: what stations were told of these incidents, and who waits."""
    if _alerts_stations(state):
        _deliveries(c, state)
        _who_waits(c, state, version)


def _units_of_stations(c: Connection, state: State, version: str | None) -> None:
    """Where stations are alerted: those of the units that were sent, told to go or recommended."""
    if _alerts_stations(state):
        advised = state.board.recommendations.values()
        picks = [pick.unit_id for advice in advised for pick in advice.picks]
        _further_units(c, state, [*picks, *_sent_units(state)], version)


def _further_units(
    c: Connection, state: State, unit_ids: Iterable[str], version: str | None
) -> None:
    """Units besides those that the command is about: to know their stations."""
    missing = sorted(set(unit_ids) - state.board.units.keys())
    if missing:
        state.board.units |= {unit.id: unit for unit in entities.units(c, version, missing)}


def _close(c: Connection, command: cmd.CloseLegs, state: State, version: str | None) -> None:
    _incident_and_live(c, command, state, version)
    _positions(c, command, state, version)
    _stations(c, state, version)


def _assign(c: Connection, command: cmd.AssignUnits, state: State, version: str | None) -> None:
    _add_incident(c, state.board, command.incident_id)
    _sending(c, state, [new.unit_id for new in command.units], version)


def _swap(c: Connection, command: cmd.SwapUnits, state: State, version: str | None) -> None:
    _sending(c, state, [command.first.unit_id, command.second.unit_id], version)


def _sending(c: Connection, state: State, unit_ids: list[str], version: str | None) -> None:
    """The units that are to go, and all that hangs on the incidents that gain or lose them."""
    agencies = _units(c, state, unit_ids, version)
    _counters(c, state, [case_scope(agency, state.policy.local_year) for agency in agencies])
    _talkgroups(c, state)
    _reservations(c, state, unit_ids)
    _all_of(c, state.board, state.board.incidents)
    _advice(c, state)
    _deliveries(c, state)
    _units_of_stations(c, state, version)


def _status(
    c: Connection, command: cmd.SetAssignmentStatus, state: State, version: str | None
) -> None:
    _assignment(c, command, state, version)
    if command.status == "cleared" or command.code:  # which of them mean clear, the agency says
        _all_of(c, state.board, {a.incident_id for a in state.board.assignments.values()})
        _deliveries(c, state)


def _hold(c: Connection, command: cmd.HoldIncident, state: State, version: str | None) -> None:
    _add_incident(c, state.board, command.incident_id)
    _further_units(c, state, command.unit_ids, version)
    _stations(c, state, version)


def _schedule(
    c: Connection, command: cmd.ScheduleIncident, state: State, version: str | None
) -> None:
    _incident_and_live(c, command, state, version)
    _further_units(c, state, command.unit_ids, version)
    _stations(c, state, version)


def _link(c: Connection, command: cmd.LinkIncidents, state: State, version: str | None) -> None:
    _add_incident(c, state.board, command.incident_id)
    _add_incident(c, state.board, command.other_id)


def _both(c: Connection, state: State, ids: list[str], version: str | None) -> None:
    """Two incidents with all that hangs on them: assignments, units, calls, closures, messages."""
    _all_of(c, state.board, ids)
    live = [a.unit_id for a in state.board.assignments.values() if a.live]
    _units(c, state, sorted(set(live)), version)
    spoken_of = entities.calls(c, t.call.c.incident_id.in_(ids))
    state.board.calls |= {call.id: call for call in spoken_of}
    standing = and_(t.closure.c.source == INCIDENT, t.closure.c.state != "ended")
    state.board.closures = {found.id: found for found in entities.closures(c, standing)}
    _talkgroups(c, state)
    _advice(c, state)
    _deliveries(c, state)
    _units_of_stations(c, state, version)


def _merge(c: Connection, command: cmd.MergeIncidents, state: State, version: str | None) -> None:
    _both(c, state, [command.incident_id, command.other_id], version)


def _unmerge(
    c: Connection, command: cmd.UnmergeIncidents, state: State, version: str | None
) -> None:
    _both(c, state, [command.incident_id, command.other_id], version)
    kept = state.board.incidents.get(command.incident_id)
    for record in kept.merged if kept else ():
        if record.incident_id == command.other_id:
            state.undone = events_of_command(c, record.command_id)


def _undo(c: Connection, command: cmd.Undo, state: State, version: str | None) -> None:
    """The command's events, and everything that they speak of."""
    state.undone = events_of_command(c, command.undone_id)
    _talkgroups(c, state)
    bodies = [event.body for event in state.undone]
    for body in bodies:
        if isinstance(body, IncidentMerged):
            _both(c, state, [body.incident.id, body.merged.id], version)
            return
    named = {a for body in bodies if isinstance(a := getattr(body, "assignment_id", None), str)}
    _add_assignments(state.board, entities.assignments(c, t.assignment.c.id.in_(sorted(named))))
    incidents = {i for body in bodies if isinstance(i := getattr(body, "incident_id", None), str)}
    incidents |= {a.incident_id for a in state.board.assignments.values()}
    incidents |= {b.assignment.incident_id for b in bodies if isinstance(b, UnitAssigned)}
    _all_of(c, state.board, incidents)
    if any(isinstance(body, LegChanged) and body.leg.state == "closed" for body in bodies):
        spoken_of = t.call.c.incident_id.in_(sorted(incidents))
        state.board.calls = {call.id: call for call in entities.calls(c, spoken_of)}
    unit_ids = {a.unit_id for a in state.board.assignments.values() if a.id in named}
    unit_ids |= {body.unit_id for body in bodies if isinstance(body, UnitDutyChanged)}
    _units(c, state, sorted(unit_ids), version)
    _advice(c, state)
    _deliveries(c, state)
    _units_of_stations(c, state, version)


def _assignment(c: Connection, command: Any, state: State, version: str | None) -> None:
    by_id = t.assignment.c.id == command.assignment_id
    _add_assignments(state.board, entities.assignments(c, by_id))


def _unit_alone(c: Connection, command: Any, state: State, version: str | None) -> None:
    _units(c, state, [command.unit_id], version)


def _unit_emergency(c: Connection, command: Any, state: State, version: str | None) -> None:
    _units(c, state, [command.unit_id], version)
    found = entities.emergencies(c, t.emergency.c.unit_id == command.unit_id)
    state.board.emergencies = {emergency.id: emergency for emergency in found}


def _emergency(c: Connection, command: Any, state: State, version: str | None) -> None:
    found = entities.emergencies(c, t.emergency.c.id == command.emergency_id)
    state.board.emergencies = {emergency.id: emergency for emergency in found}


def _officer(
    c: Connection, command: cmd.StartOfficerWork, state: State, version: str | None
) -> None:
    _units(c, state, [command.unit_id], version)
    _talkgroups(c, state)
    _counters(c, state, [incident_scope(state.policy.local_year)])
    _premises(c, state, command.place)


def _help(c: Connection, command: cmd.SendHelp, state: State, version: str | None) -> None:
    _emergency(c, command, state, version)
    held = and_(t.assignment.c.unit_id == command.unit_id, t.incident.c.state == "open")
    joined = t.assignment.join(t.incident, t.incident.c.id == t.assignment.c.incident_id)
    _all_of(c, state.board, c.scalars(select(t.incident.c.id).select_from(joined).where(held)))
    _sending(c, state, [command.unit_id, *(new.unit_id for new in command.helpers)], version)
    _counters(c, state, [incident_scope(state.policy.local_year)])
    _premises(c, state, command.place)


def _case_number(
    c: Connection, command: cmd.GiveCaseNumber, state: State, version: str | None
) -> None:
    _add_incident(c, state.board, command.incident_id)
    _counters(c, state, [case_scope(command.agency_id, state.policy.local_year)])


def _talkgroup(
    c: Connection,
    command: cmd.GiveTalkgroup | cmd.ChangeOutside,
    state: State,
    version: str | None,
) -> None:
    _incident_and_live(c, command, state, version)
    _positions(c, command, state, version)
    _talkgroups(c, state)
    _deliveries(c, state)


def _closure(c: Connection, closure_id: str, state: State) -> None:
    standing = and_(t.closure.c.id == closure_id, t.closure.c.state != "ended")
    state.board.closures = {found.id: found for found in entities.closures(c, standing)}


def _open_closure(
    c: Connection, command: cmd.OpenClosure, state: State, version: str | None
) -> None:
    _closure(c, command.closure.id, state)


def _named_closure(
    c: Connection,
    command: cmd.LiftClosure | cmd.WithdrawBlock | cmd.ConfirmClosure,
    state: State,
    version: str | None,
) -> None:
    _closure(c, command.closure_id, state)


def _blocks(c: Connection, command: cmd.ReportBlock, state: State, version: str | None) -> None:
    standing = and_(t.closure.c.source == RESPONDER, t.closure.c.state != "ended")
    state.board.closures = {found.id: found for found in entities.closures(c, standing)}


def _of_incidents(c: Connection, command: Any, state: State, version: str | None) -> None:
    standing = and_(t.closure.c.source == INCIDENT, t.closure.c.state != "ended")
    state.board.closures = {found.id: found for found in entities.closures(c, standing)}


def _propose(c: Connection, command: cmd.ProposeClosure, state: State, version: str | None) -> None:
    _add_incident(c, state.board, command.closure.incident_id)
    _of_incidents(c, command, state, version)
    over = and_(t.closure.c.id == command.closure.id, t.closure.c.state == "ended")
    state.ended_closure = next(iter(entities.closures(c, over)), None)


def _mute_zone(c: Connection, command: cmd.MuteZone, state: State, version: str | None) -> None:
    muted = entities.zone_mutes(c, t.zone_mute.c.zone_id == command.zone_id)
    state.board.muted_zones = {zone.zone_id: zone for zone in muted}


def _issue_bolo(c: Connection, command: cmd.IssueBolo, state: State, version: str | None) -> None:
    _counters(c, state, [bolo_scope(state.policy.local_year)])


def _bolo(c: Connection, bolo_id: str, state: State) -> None:
    standing = and_(t.bolo.c.id == bolo_id, t.bolo.c.ended_at.is_(None))
    state.board.bolos = {bolo.id: bolo for bolo in bolos(c, standing)}


def _cancel_bolo(c: Connection, command: cmd.CancelBolo, state: State, version: str | None) -> None:
    _bolo(c, command.bolo_id, state)


def _hospitals(c: Connection, command: cmd.SetHospital, state: State, version: str | None) -> None:
    state.board.hospitals = {one.hospital_id: one for one in entities.hospitals(c)}


def _storms(c: Connection, command: cmd.SetStorm, state: State, version: str | None) -> None:
    state.board.storms = {storm.agency_id: storm for storm in entities.storms(c)}


def _fall_due(c: Connection, command: cmd.FallDue, state: State, version: str | None) -> None:
    state.fence = current_fence(c)
    if command.kind in ("unacknowledged", "place_correction", "status_check", "staffing"):
        by_id = t.assignment.c.id == command.ref
        _add_assignments(state.board, entities.assignments(c, by_id))
        if command.kind in ("unacknowledged", "place_correction"):
            _deliveries(c, state)
    elif command.kind == "bolo":
        _bolo(c, command.ref, state)
    elif command.kind == "transfer":
        named = entities.calls(c, t.call.c.id == command.ref)
        state.board.calls = {call.id: call for call in named}
    elif command.kind in ("hold_over", "par", "schedule"):
        _add_incident(c, state.board, command.ref)
        _live(c, state.board, command.ref)
        if command.kind == "hold_over":
            _stations(c, state, version)
    else:
        _closure(c, command.ref, state)


def _feed(c: Connection, command: cmd.RecordFeed, state: State, version: str | None) -> None:
    ids = [closure.id for closure in command.closures]
    standing = and_(
        or_(t.closure.c.source == command.read.feed_id, t.closure.c.id.in_(ids)),
        t.closure.c.state != "ended",
    )
    state.board.closures = {found.id: found for found in entities.closures(c, standing)}
    state.board.feeds = {read.feed_id: read for read in entities.feeds(c)}


def _region(c: Connection, command: cmd.Command, state: State, version: str | None) -> None:
    state.board.region = entities.region_of(c, version)


def _sign_in(
    c: Connection, command: cmd.OpenSession | cmd.RefuseSession, state: State, version: str | None
) -> None:
    """How often it failed of late: under the head's lock, so that nobody else counts meanwhile."""
    since = state.now - timedelta(minutes=command.lock.minutes)
    state.sign_ins_failed = count_refusals_since(c, command.lock.counted_as, since)


def _session(c: Connection, command: cmd.CloseSession, state: State, version: str | None) -> None:
    query = (
        select(t.session, t.account.c.role)
        .join(t.account, t.account.c.id == t.session.c.account_id)
        .where(t.session.c.id == command.session_id, t.session.c.closed_at.is_(None))
    )
    row = c.execute(query).one_or_none()
    if row is not None:
        state.session = SessionOpened(
            session_id=row.id,
            account_id=row.account_id,
            role=row.role,
            expires_at=row.expires_at,
        )
        others = select(t.session.c.id).where(
            t.session.c.account_id == row.account_id,
            t.session.c.id != row.id,
            t.session.c.closed_at.is_(None),
            t.session.c.expires_at > state.now,
        )
        state.last_session = c.execute(others.limit(1)).first() is None
        if state.last_session:
            _positions(c, command, state, version)


def _positions(c: Connection, command: cmd.Command, state: State, version: str | None) -> None:
    state.board.positions = {position.id: position for position in entities.positions(c)}


def _ask_query(c: Connection, command: cmd.AskQuery, state: State, version: str | None) -> None:
    _incident_and_live(c, command, state, version)
    _positions(c, command, state, version)


def _nothing(c: Connection, command: cmd.Command, state: State, version: str | None) -> None:
    return None


_READ: dict[type[cmd.Command], Callable[[Connection, Any, State, str | None], None]] = {
    cmd.TakeCall: _take_call,
    cmd.OpenCall: _nothing,
    cmd.AnswerCall: _call_alone,
    cmd.FillForm: _call_alone,
    cmd.MarkStage: _call_alone,
    cmd.LocateCaller: _call_alone,
    cmd.SayLine: _call_alone,
    cmd.ChangeLine: _call_alone,
    cmd.SetLanguage: _call_alone,
    cmd.OfferTransfer: _call_alone,
    cmd.SettleTransfer: _call_alone,
    cmd.ReportRecord: _call_alone,
    cmd.TakeVersion: _call_alone,
    cmd.SeeRecordNews: _call_alone,
    cmd.OpenProtocol: _call_alone,
    cmd.HandDeterminant: _determinant,
    cmd.SettleDeterminant: _settled_run,
    cmd.LinkCall: _link_call,
    cmd.CloseCall: _call_alone,
    cmd.HangUp: _call_alone,
    cmd.PlanCallback: _call_alone,
    cmd.ReportCallback: _call_alone,
    cmd.ChangeIncident: _change,
    cmd.NotePremise: _nothing,
    cmd.WithdrawPremise: _withdraw,
    cmd.IssueBolo: _issue_bolo,
    cmd.CancelBolo: _cancel_bolo,
    cmd.CloseMapFault: _named_fault,
    cmd.AcknowledgeHazard: _hazard,
    cmd.AddNote: _incident_alone,
    cmd.FreezeRecommendation: _frozen,
    cmd.AssignUnits: _assign,
    cmd.SwapUnits: _swap,
    cmd.HoldIncident: _hold,
    cmd.ScheduleIncident: _schedule,
    cmd.LinkIncidents: _link,
    cmd.MergeIncidents: _merge,
    cmd.UnmergeIncidents: _unmerge,
    cmd.ReportBenchmark: _incident_and_live,
    cmd.CountPatients: _incident_and_live,
    cmd.AskOutside: _incident_alone,
    cmd.ChangeOutside: _talkgroup,
    cmd.Undo: _undo,
    cmd.ReportReceived: _assignment,
    cmd.ReportSending: _one_delivery,
    cmd.ReportReceipt: _one_delivery,
    cmd.ReportChannel: _channel_faults,
    cmd.AcknowledgeAssignment: _assignment,
    cmd.SetAssignmentStatus: _status,
    cmd.RerouteAssignment: _assignment,
    cmd.AnswerCheck: _assignment,
    cmd.AnswerPage: _assignment,
    cmd.SetUnitDuty: _unit_alone,
    cmd.LogOnUnit: _unit_alone,
    cmd.LogOffUnit: _unit_alone,
    cmd.RaiseEmergency: _unit_emergency,
    cmd.EndEmergency: _emergency,
    cmd.SendHelp: _help,
    cmd.ChangeLeg: _change_leg,
    cmd.CloseLegs: _close,
    cmd.GiveCaseNumber: _case_number,
    cmd.VoidCaseNumber: _incident_alone,
    cmd.GiveTalkgroup: _talkgroup,
    cmd.StartOfficerWork: _officer,
    cmd.OpenClosure: _open_closure,
    cmd.LiftClosure: _named_closure,
    cmd.WithdrawBlock: _named_closure,
    cmd.ConfirmClosure: _named_closure,
    cmd.ReportBlock: _blocks,
    cmd.ProposeClosure: _propose,
    cmd.EndIncidentClosures: _of_incidents,
    cmd.MuteZone: _mute_zone,
    cmd.SetStorm: _storms,
    cmd.SetHospital: _hospitals,
    cmd.SetPosition: _positions,
    cmd.RemovePosition: _positions,
    cmd.TakePosition: _positions,
    cmd.LeavePosition: _positions,
    cmd.FoldPositions: _positions,
    cmd.FallDue: _fall_due,
    cmd.RecordFeed: _feed,
    cmd.ActivateRegion: _region,
    cmd.OpenSession: _sign_in,
    cmd.RefuseSession: _sign_in,
    cmd.CloseSession: _session,
    cmd.SilenceAlarms: _nothing,
    cmd.RecordReading: _reading,
    cmd.AskQuery: _ask_query,
    cmd.EndQuery: _nothing,
}
