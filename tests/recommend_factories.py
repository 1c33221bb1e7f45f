"""Units, candidates and requests for the tests of recommendation; plain functions, no fixtures."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Board
from dispatch.domain.candidates import BeatPolicy, Candidate, TurnoutTable, UnitPlace
from dispatch.domain.commands import Advice
from dispatch.domain.incident import Incident, Leg, Place
from dispatch.domain.recommend import RecommendRequest
from dispatch.domain.recommendation import Slot
from dispatch.domain.substitution import SUBSTITUTES, SubstituteBook
from dispatch.domain.unit import Fix, Unit
from geodata.lonlat import LonLat
from geodata.shapes import Point
from jurisdictions.agreements import Agreement, AgreementBook
from jurisdictions.driving import Driven, DrivingBook
from jurisdictions.plans import Plan, PlanBook, PlanPlace, PlanRow
from jurisdictions.resolve import Resolution
from jurisdictions.roster import VolunteerRule

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SCENE = LonLat(10.0, 50.0)


def make_unit(unit_id: str = "E1", **over: Any) -> Unit:
    given: dict[str, Any] = {
        "id": unit_id,
        "agency_id": "ashby-fire",
        "discipline": "fire",
        "kind": "engine",
        "station": "STA1",
        "home": SCENE,
        "capabilities": ("engine",),
        "staffing": 4,
        "vehicle_class": "truck",
    }
    return Unit(**{**given, **over})


def make_assignment(unit: Unit, **over: Any) -> Assignment:
    given: dict[str, Any] = {
        "id": f"a-{unit.id}",
        "incident_id": "i-other",
        "unit_id": unit.id,
        "agency_id": unit.agency_id,
        "discipline": unit.discipline,
        "status_at": NOON,
        "assigned_at": NOON,
        "assigned_by": "dana",
        "audience": (unit.agency_id,),
    }
    return Assignment(**{**given, **over})


def make_candidate(unit: Unit | None = None, **over: Any) -> Candidate:
    given: dict[str, Any] = {
        "unit": unit or make_unit(),
        "live": None,
        "holder": None,
        "travel_s": 100.0,
        "estimated": False,
        "straight_m": 1000.0,
        "place": UnitPlace(SCENE, "fix", 5.0, in_quarters=True),
    }
    return Candidate(**{**given, **over})


def slots_of(*capabilities: str, discipline: Any = "fire") -> tuple[Slot, ...]:
    return tuple(
        Slot(
            index=index,
            discipline=discipline,
            capability=capability,
            stand_ins=SUBSTITUTES.get(capability, ()),
        )
        for index, capability in enumerate(capabilities)
    )


def make_request(
    slots: Sequence[Slot], candidates: Sequence[Candidate], **over: Any
) -> RecommendRequest:
    given: dict[str, Any] = {
        "id": "r-1",
        "incident_id": "i-1",
        "incident_revision": 1,
        "now": NOON,
        "local_hour": 12,
        "board_seq": 7,
        "roads_seq": 7,
        "network_id": "net",
        "region_version": "v1",
        "plan_id": "FIRE",
        "slots": slots,
        "candidates": candidates,
        "authorities": {"fire": "ashby-fire"},
    }
    return RecommendRequest(**{**given, **over})


class MadePolicy:
    """A region's policy of one plan book and one agreement book, with an answer for any place."""

    version = "v1"

    def __init__(
        self,
        rows: Sequence[PlanRow],
        agreements: Sequence[Agreement] = (),
        authorities: dict[str, str] | None = None,
    ) -> None:
        self.plans = PlanBook(rows)
        self.agreements = AgreementBook(agreements)
        self.turnout = TurnoutTable()
        self.driving = DrivingBook()
        self.beats = BeatPolicy()
        self.substitutes = SubstituteBook()
        self.volunteers: dict[str, VolunteerRule] = {}
        self.on_task_s: dict[str, float] = {}
        self.areas: frozenset[str] = frozenset()
        self.authorities = authorities or {"fire": "ashby-fire"}

    def driven(
        self, agency_id: str, vehicle_class: str, at: datetime, *, lights: bool = True
    ) -> Driven:
        return self.driving.driven(
            agency=agency_id, vehicle_class=vehicle_class, hour=at.hour, lights=lights
        )

    def plan(
        self,
        incident_type: str,
        agency_id: str | None,
        at: datetime,
        *,
        storms: Container[str],
        priority: int | None = None,
        alarm_level: int = 1,
        place: Place | None = None,
    ) -> Plan | None:
        return self.plans.find(
            incident_type,
            agency_id=agency_id,
            local=at,
            priority=priority,
            alarm_level=alarm_level,
            storm=agency_id in storms,
            place=PlanPlace(self.areas, place.address if place else ""),
        )

    def advise(
        self, incident_type: str, shape: Any, at: datetime, *, storms: Container[str]
    ) -> Advice:
        lead = self.plans.lead_of(incident_type)
        plan = self.plan(incident_type, self.authorities.get(lead), at, storms=storms)
        return Advice(
            type_label=incident_type,
            priority=1,
            resolution=Resolution(),
            plan_id=plan.id if plan else None,
            lead=lead,
            disciplines=tuple(dict.fromkeys(s.discipline for s in plan.slots)) if plan else (),
            region_version=self.version,
            agency_of=dict(self.authorities),
        )


def make_plan_row(**over: Any) -> PlanRow:
    given: dict[str, Any] = {
        "incident_type": "FIRE",
        "label": "Building fire",
        "lead": "fire",
        "priority": 1,
        "discipline": "fire",
        "capability": "engine",
        "count": 1,
    }
    return PlanRow(**{**given, **over})


def make_incident(incident_id: str = "i-1", **over: Any) -> Incident:
    given: dict[str, Any] = {
        "id": incident_id,
        "number": "2026-000001",
        "created_at": NOON,
        "incident_type": "FIRE",
        "type_label": "Building fire",
        "priority": 1,
        "place": Place(at=SCENE, shape=Point(at=SCENE)),
        "resolution": Resolution(),
        "plan_id": "FIRE/*",
        "legs": (Leg(discipline="fire", agency_id="ashby-fire"),),
        "region_version": "v1",
        "audience": ("ashby-fire",),
    }
    return Incident(**{**given, **over})


@dataclass
class Known:
    """What a recommendation is made from, with roads of the test's choice."""

    held: Board
    held_policy: MadePolicy
    roads: Any
    held_fixes: dict[str, Fix] = field(default_factory=dict)

    def board(self) -> Board:
        return self.held

    def fixes(self) -> dict[str, Fix]:
        return self.held_fixes

    def now(self) -> datetime:
        return NOON

    def region(self) -> MadePolicy:
        return self.held_policy
