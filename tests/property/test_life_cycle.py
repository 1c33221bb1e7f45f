"""A dispatch floor at random: whatever is tried, the invariants of incident and unit hold."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from dispatch.domain import commands as cmd
from dispatch.domain.assignment import TRANSITIONS
from dispatch.domain.board import Board, BoardSnapshot, apply, board_from
from dispatch.domain.cross_staffing import crews_of, parked_by
from dispatch.domain.errors import HubError
from dispatch.domain.unit import CrewShare
from dispatch.domain.values import HUB_ACTOR
from tests.factories import (
    CREW,
    DISPATCHER,
    World,
    assign,
    make_advice,
    make_closure,
    make_place,
    make_recommendation,
    make_unit,
    take_call,
)

UNITS = ("E1", "E2", "E5", "M3", "P4")
SHARE = CrewShare(id="crew", units=("E2", "E5"), min_staff=2)
"""E2 and E5 share a crew: one of them is parked, unless a further crew is logged on."""
STATUSES = tuple(TRANSITIONS)


class Floor(RuleBasedStateMachine):
    incidents = Bundle("incidents")

    def __init__(self) -> None:
        super().__init__()
        disciplines = {"E": "fire", "M": "ems", "P": "law"}
        self.world = World(
            *(
                make_unit(
                    u,
                    discipline=disciplines[u[0]],
                    agency_id=f"{u[0]}-agency",
                    crew=SHARE if u in SHARE.units else None,
                )
                for u in UNITS
            )
        )
        self.first = self.world.board.snapshot()
        self.count = 0

    def _give(self, command: cmd.Command) -> bool:
        before = self.world.board.snapshot()
        try:
            self.world.give(command)
        except HubError:
            assert self.world.board.snapshot() == before, "a refusal changed the board"
            return False
        return True

    def _id(self) -> str:
        self.count += 1
        return f"c{self.count}"

    @rule(target=incidents, policy=st.sampled_from(("automatic", "on_request")))
    def call(self, policy: str) -> str:
        self.world.state.policy = cmd.Policy.model_validate(
            {"local_year": 2026, "case_policy": {f"{u[0]}-agency": policy for u in UNITS}}
        )
        command_id = self._id()
        self._give(take_call(command_id, incident_id=f"i-{command_id}"))
        return f"i-{command_id}"

    @rule(incident=incidents)
    def second_call(self, incident: str) -> None:
        self._give(take_call(self._id(), join_incident_id=incident))

    @rule(incident=incidents, units=st.lists(st.sampled_from(UNITS), min_size=1, max_size=3))
    def send(self, incident: str, units: list[str]) -> None:
        news = tuple(
            cmd.NewAssignment(assignment_id=f"{self._id()}-{unit}", unit_id=unit) for unit in units
        )
        self._give(assign(self._id(), incident_id=incident, units=news))

    @rule(incident=incidents, unit=st.sampled_from(UNITS), accept=st.booleans())
    def recommend_and_accept(self, incident: str, unit: str, accept: bool) -> None:
        shown = self.world.board.incidents.get(incident)
        made = make_recommendation(
            incident, unit, id=self._id(), incident_revision=shown.revision if shown else 1
        )
        freeze = cmd.FreezeRecommendation(
            command_id=self._id(), actor=HUB_ACTOR, recommendation=made
        )
        if self._give(freeze) and accept:
            new = cmd.NewAssignment(assignment_id=self._id(), unit_id=unit)
            self._give(
                assign(
                    self._id(),
                    incident_id=incident,
                    units=(new,),
                    recommendation_id=made.id,
                    override_reason=None,
                )
            )

    @rule(unit=st.sampled_from(UNITS), status=st.sampled_from(STATUSES))
    def status(self, unit: str, status: str) -> None:
        live = self.world.board.live_of_unit(unit)
        if live is None:
            return
        allowed = status in TRANSITIONS[live.status] or status == live.status
        command = cmd.SetAssignmentStatus.model_validate(
            {
                "command_id": self._id(),
                "actor": CREW,
                "assignment_id": live.id,
                "status": status,
            }
        )
        assert self._give(command) == allowed

    @rule(unit=st.sampled_from(UNITS))
    def silence(self, unit: str) -> None:
        live = self.world.board.live_of_unit(unit)
        if live is not None:
            self.world.later(15)
            self._give(
                cmd.FallDue(
                    command_id=self._id(),
                    actor=HUB_ACTOR,
                    due_id=self.count,
                    kind="unacknowledged",
                    ref=live.id,
                    fence=0,
                )
            )

    @rule(unit=st.sampled_from(UNITS), duty=st.sampled_from(("in_service", "out_of_service")))
    def duty(self, unit: str, duty: str) -> None:
        command = {"command_id": self._id(), "actor": CREW, "unit_id": unit, "duty": duty}
        self._give(cmd.SetUnitDuty.model_validate(command))

    @rule(unit=st.sampled_from(UNITS), staffing=st.integers(0, 4))
    def log_on(self, unit: str, staffing: int) -> None:
        board = self.world.board
        parked = parked_by(board.units[unit], board.units, board.live_units())
        command = cmd.LogOnUnit(
            command_id=self._id(),
            actor=DISPATCHER,
            unit_id=unit,
            logon_id=self._id(),
            staffing=staffing,
        )
        if self._give(command) and parked and staffing >= SHARE.min_staff:
            assert parked_by(board.units[unit], board.units, board.live_units()) is None

    @rule(unit=st.sampled_from(UNITS))
    def log_off(self, unit: str) -> None:
        self._give(cmd.LogOffUnit(command_id=self._id(), actor=DISPATCHER, unit_id=unit))

    @rule(incident=incidents)
    def send_what_is_parked(self, incident: str) -> None:
        board = self.world.board
        live = board.live_units()
        for unit_id in SHARE.units:
            if parked_by(board.units[unit_id], board.units, live) is not None:
                new = cmd.NewAssignment(assignment_id=self._id(), unit_id=unit_id)
                assert not self._give(assign(self._id(), incident_id=incident, units=(new,)))

    @rule(incident=incidents, town=st.sampled_from(("a", "b", "c")))
    def move(self, incident: str, town: str) -> None:
        shown = self.world.board.incidents.get(incident)
        agencies = {"fire": f"fire-{town}", "ems": f"ems-{town}"}
        self._give(
            cmd.ChangeIncident(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=incident,
                revision=shown.revision if shown else 1,
                place=make_place(),
                advice=make_advice(agency_of=agencies),
            )
        )

    @rule(incident=incidents, discipline=st.sampled_from(("fire", "ems", "law", None)))
    def close(self, incident: str, discipline: str | None) -> None:
        command = {
            "command_id": self._id(),
            "actor": DISPATCHER,
            "incident_id": incident,
            "discipline": discipline,
            "disposition": "done",
        }
        self._give(cmd.CloseLegs.model_validate(command))

    @rule(incident=incidents, unit=st.sampled_from(UNITS), undo=st.booleans())
    def divert(self, incident: str, unit: str, undo: bool) -> None:
        new = cmd.NewAssignment(assignment_id=self._id(), unit_id=unit)
        command = assign(self._id(), incident_id=incident, units=(new,), divert=True)
        if self._give(command) and undo:
            self._undo(command.command_id)

    @rule(first=st.sampled_from(UNITS), second=st.sampled_from(UNITS))
    def swap(self, first: str, second: str) -> None:
        pair = (cmd.NewAssignment(assignment_id=self._id(), unit_id=u) for u in (first, second))
        self._give(
            cmd.SwapUnits(
                command_id=self._id(), actor=DISPATCHER, first=next(pair), second=next(pair)
            )
        )

    @rule(kept=incidents, other=incidents, undo=st.booleans())
    def merge(self, kept: str, other: str, undo: bool) -> None:
        command = cmd.MergeIncidents(
            command_id=self._id(),
            actor=DISPATCHER,
            incident_id=kept,
            other_id=other,
            note_id=self._id(),
        )
        if self._give(command) and undo:
            self._undo(command.command_id)

    @rule(kept=incidents, other=incidents)
    def take_apart(self, kept: str, other: str) -> None:
        self._give(
            cmd.UnmergeIncidents(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=kept,
                other_id=other,
                note_id=self._id(),
            )
        )

    @rule(incident=incidents, hold=st.booleans())
    def hold(self, incident: str, hold: bool) -> None:
        until = self.world.state.now + timedelta(minutes=5) if hold else None
        self._give(
            cmd.HoldIncident(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=incident,
                reason="no unit",
                until=until,
            )
        )

    @rule(
        incident=incidents,
        minutes=st.sampled_from((None, 5, 30, 120)),
        units=st.lists(st.sampled_from(UNITS), max_size=2),
        undo=st.booleans(),
    )
    def schedule(self, incident: str, minutes: int | None, units: list[str], undo: bool) -> None:
        busy = self.world.board.live_units()
        wanted_at = self.world.state.now + timedelta(minutes=minutes) if minutes else None
        command = cmd.ScheduleIncident(
            command_id=self._id(),
            actor=DISPATCHER,
            incident_id=incident,
            wanted_at=wanted_at,
            unit_ids=tuple(units),
        )
        if self._give(command):
            assert self.world.board.live_units() == busy, "a scheduled call dispatched a unit"
            if undo:
                self._undo(command.command_id)

    @rule(incident=incidents, seconds=st.sampled_from((0, 600, 3600)))
    def falls_due(self, incident: str, seconds: int) -> None:
        self.world.later(seconds)
        before = self.world.board.incidents.get(incident)
        due = cmd.FallDue(
            command_id=self._id(),
            actor=HUB_ACTOR,
            due_id=self.count,
            kind="schedule",
            ref=incident,
            fence=0,
        )
        self._give(due)
        if before is not None and before.scheduled:
            assert before.schedule is not None
            is_time = before.schedule.pending_at <= self.world.state.now
            assert self.world.board.incidents[incident].scheduled != is_time

    @rule(incident=incidents, level=st.integers(1, 3), more=st.booleans())
    def alarm(self, incident: str, level: int, more: bool) -> None:
        shown = self.world.board.incidents.get(incident)
        self._give(
            cmd.ChangeIncident(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=incident,
                revision=shown.revision if shown else 1,
                alarm_level=level,
                advice=make_advice(added=("fire",) if more else ()),
            )
        )

    @rule(back=st.integers(1, 6))
    def undo(self, back: int) -> None:
        mine = [e.command_id for e in self.world.events if e.actor == DISPATCHER.account_id]
        if mine:
            self._undo(mine[-min(back, len(mine))])

    def _undo(self, undone_id: str) -> None:
        self._give(cmd.Undo(command_id=self._id(), actor=DISPATCHER, undone_id=undone_id))

    @rule()
    def shut_a_road(self) -> None:
        closure = make_closure(
            self._id(),
            begins_at=self.world.state.now,
            ends_at=self.world.state.now.replace(year=2030),
        )
        self._give(cmd.OpenClosure(command_id=self._id(), actor=DISPATCHER, closure=closure))

    @invariant()
    def a_unit_is_on_one_live_assignment_at_most(self) -> None:
        live = [a.unit_id for a in self.world.board.assignments.values() if a.live]
        assert len(live) == len(set(live))

    @invariant()
    def no_more_vehicles_of_a_share_are_out_than_it_has_crews(self) -> None:
        board = self.world.board
        out = board.live_units() & set(SHARE.units)
        assert len(out) <= crews_of(SHARE, board.units)

    @invariant()
    def an_active_leg_has_a_unit_or_has_had_one_on_scene(self) -> None:
        board = self.world.board
        for incident in board.incidents.values():
            own = [a for a in board.assignments.values() if a.incident_id == incident.id]
            for leg in incident.legs:
                if leg.state == "active":
                    assert any(
                        a.discipline == leg.discipline and (a.live or a.arrived) for a in own
                    ), leg

    @invariant()
    def nothing_of_a_closed_incident_stays_on_the_board(self) -> None:
        board = self.world.board
        assert {a.incident_id for a in board.assignments.values()} <= board.incidents.keys()
        assert board.recommendations.keys() <= board.incidents.keys()
        assert all(incident.state == "open" for incident in board.incidents.values())

    @invariant()
    def a_scheduled_incident_waits_for_nobody_and_nobody_is_on_it(self) -> None:
        board = self.world.board
        for incident in board.incidents.values():
            if incident.scheduled:
                assert not incident.pending
                assert not board.live_of_incident(incident.id)
                assert incident.hold is None
                assert incident.schedule is not None
                assert incident.schedule.pending_at <= incident.schedule.wanted_at

    @invariant()
    def a_unit_is_kept_for_an_incident_once_and_lost_once(self) -> None:
        for incident in self.world.board.incidents.values():
            if incident.schedule is not None:
                kept = incident.schedule.unit_ids
                assert len(kept) == len(set(kept))

    @invariant()
    def everyone_whose_unit_is_kept_sees_the_incident(self) -> None:
        board = self.world.board
        for incident in board.incidents.values():
            for unit_id in incident.schedule.unit_ids if incident.schedule else ():
                assert board.units[unit_id].agency_id in incident.audience

    @invariant()
    def everyone_who_has_a_unit_on_it_sees_the_incident(self) -> None:
        board = self.world.board
        for assignment in board.assignments.values():
            assert assignment.agency_id in board.incidents[assignment.incident_id].audience

    @invariant()
    def the_events_alone_give_the_same_board(self) -> None:
        replayed: Board = board_from(BoardSnapshot.model_validate(self.first.model_dump()), seq=0)
        for event in self.world.events:
            apply(replayed, type(event).model_validate_json(event.model_dump_json()))
        assert replayed.snapshot() == self.world.board.snapshot()


Floor.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestFloor = Floor.TestCase
