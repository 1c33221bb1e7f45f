"""Plain functions that make domain values for tests, each field overridable by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.domain import commands as cmd
from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Board, apply
from dispatch.domain.closure import Closure
from dispatch.domain.commands import Advice, Command, Policy
from dispatch.domain.decide import decide
from dispatch.domain.events import Draft, Event, IncidentMerged
from dispatch.domain.incident import Place
from dispatch.domain.recommendation import Pick, Reason, Recommendation, Slot
from dispatch.domain.state import State
from dispatch.domain.unit import Fix, Unit
from dispatch.domain.values import Actor
from geodata.lonlat import LonLat
from geodata.shapes import Point
from jurisdictions.resolve import Resolution

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
HERE = LonLat(9.5, 47.1)

DISPATCHER = Actor(account_id="dana", role="dispatcher", agencies=("*",))
CALL_TAKER = Actor(account_id="cato", role="call_taker", agencies=("*",))
CREW = Actor(account_id="crew-E12", role="responder", agencies=("fire-a",), unit_id="E12")


def make_place(**over: Any) -> Place:
    fields = {"at": HERE, "shape": Point(at=HERE), "address": "14 Mill Rd", "verified": True}
    return Place(**(fields | over))


def make_advice(**over: Any) -> Advice:
    fields: dict[str, Any] = {
        "type_label": "Building fire",
        "priority": 1,
        "resolution": make_resolution(),
        "plan_id": "STRUCTURE_FIRE",
        "lead": "fire",
        "disciplines": ("fire", "ems"),
        "region_version": "v1",
        "agency_of": {"fire": "fire-a", "ems": "ems-a"},
    }
    return Advice(**(fields | over))


def make_resolution(**over: Any) -> Resolution:
    return Resolution(**over)


def make_unit(unit_id: str = "E12", **over: Any) -> Unit:
    fields: dict[str, Any] = {
        "id": unit_id,
        "agency_id": "fire-a",
        "discipline": "fire",
        "kind": "engine",
        "station": "ST1",
        "home": HERE,
        "capabilities": ("engine", "suppression"),
        "staffing": 4,
        "vehicle_class": "truck",
    }
    return Unit(**(fields | over))


def make_closure(closure_id: str = "c1", **over: Any) -> Closure:
    fields: dict[str, Any] = {
        "id": closure_id,
        "source": "dispatcher",
        "line": (HERE, LonLat(9.501, 47.1)),
        "begins_at": NOON,
        "ends_at": NOON + timedelta(hours=2),
        "opened_by": "dana",
    }
    return Closure(**(fields | over))


def make_recommendation(incident_id: str = "i1", *unit_ids: str, **over: Any) -> Recommendation:
    picks = tuple(
        Pick(
            slot=index,
            discipline="fire",
            capability="engine",
            unit_id=unit_id,
            agency_id="fire-a",
            aid=False,
            travel_s=100.0 + index,
            turnout_s=60.0,
            eta_low_s=140.0,
            eta_high_s=200.0,
            cost_s=160.0,
            estimated=False,
            fix_source="fix",
            fix_age_s=2.0,
            reasons=(Reason(code="nearest", text="nearest by road"),),
            route=(HERE, LonLat(9.51, 47.11)),
        )
        for index, unit_id in enumerate(unit_ids)
    )
    fields: dict[str, Any] = {
        "id": f"rec-{incident_id}",
        "incident_id": incident_id,
        "incident_revision": 1,
        "made_at": NOON,
        "board_seq": 1,
        "roads_seq": 1,
        "network_id": "n1",
        "region_version": "v1",
        "plan_id": "STRUCTURE_FIRE",
        "slots": tuple(
            Slot(index=index, discipline="fire", capability="engine")
            for index in range(len(unit_ids))
        ),
        "picks": picks,
        "unfilled": (),
        "passed_over": (),
    }
    return Recommendation(**(fields | over))


def take_call(command_id: str = "cmd-call", **over: Any) -> cmd.TakeCall:
    fields: dict[str, Any] = {
        "command_id": command_id,
        "actor": CALL_TAKER,
        "call_id": f"call-{command_id}",
        "incident_id": "i1",
        "callback": "555-0100",
        "caller_name": "Ada Example",
        "place": make_place(),
        "incident_type": "STRUCTURE_FIRE",
        "advice": make_advice(),
        "note": "smoke from the roof",
        "note_id": f"note-{command_id}",
    }
    return cmd.TakeCall(**(fields | over))


def assign(command_id: str = "cmd-assign", *unit_ids: str, **over: Any) -> cmd.AssignUnits:
    fields: dict[str, Any] = {
        "command_id": command_id,
        "actor": DISPATCHER,
        "incident_id": "i1",
        "recommendation_id": None,
        "override_reason": "officer asked for it",
        "units": tuple(
            cmd.NewAssignment(assignment_id=f"a-{unit_id}", unit_id=unit_id) for unit_id in unit_ids
        ),
    }
    return cmd.AssignUnits(**(fields | over))


class World:
    """A board and counters that commands move through ``decide`` and ``apply``, without a store."""

    def __init__(self, *units: Unit, now: datetime = NOON) -> None:
        self.state = State(now=now, policy=Policy(local_year=2026))
        self.state.board.units = {unit.id: unit for unit in units}
        self.events: list[Event] = []

    @property
    def board(self) -> Board:
        return self.state.board

    def give(self, command: Command) -> list[Event]:
        """The events of a command, applied; a refusal is raised and changes nothing."""
        counters = dict(self.state.counters)
        if isinstance(command, cmd.Undo):
            own = (event for event in self.events if event.command_id == command.undone_id)
            self.state.undone = tuple(own)
        if isinstance(command, cmd.UnmergeIncidents):
            kept = self.board.incidents.get(command.incident_id)
            merges = {m.incident_id: m.command_id for m in (kept.merged if kept else ())}
            of = merges.get(command.other_id)
            self.state.undone = tuple(e for e in self.events if e.command_id == of)
        merge = next(
            (e.body for e in self.state.undone if isinstance(e.body, IncidentMerged)), None
        )
        gone = None
        if merge is not None and isinstance(command, cmd.UnmergeIncidents | cmd.Undo):
            gone = merge.merged
            self.board.incidents.setdefault(gone.id, gone)  # the store reads closed ones too
        try:
            drafts = decide(self.state, command)
        except Exception:
            self.state.counters = counters
            if gone is not None and self.board.incidents[gone.id].state == "closed":
                del self.board.incidents[gone.id]
            raise
        return [self._apply(draft, command) for draft in drafts]

    def _apply(self, draft: Draft, command: Command) -> Event:
        event = Event(
            seq=self.board.seq + 1,
            at=self.state.now,
            actor=command.actor.account_id,
            command_id=command.command_id,
            audience=draft.audience,
            body=draft.body,
            private=draft.private,
        )
        self.events.append(event)
        apply(self.board, event)
        return event

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.state.now += timedelta(seconds=seconds)

    def assignment(self, unit_id: str) -> Assignment:
        """The live assignment of a unit."""
        live = self.board.live_of_unit(unit_id)
        assert live is not None
        return live


def make_fix(unit_id: str, seconds: float = 0.0) -> Fix:
    """A fix that the hub received so long after noon."""
    return Fix(unit_id=unit_id, at=HERE, received_at=NOON + timedelta(seconds=seconds))
