"""Units, candidates and requests for the tests of recommendation; plain functions, no fixtures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dispatch.domain.assignment import Assignment
from dispatch.domain.candidates import Candidate, UnitPlace
from dispatch.domain.recommend import RecommendRequest
from dispatch.domain.recommendation import Slot
from dispatch.domain.unit import Unit
from geodata.lonlat import LonLat

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
        Slot(index=index, discipline=discipline, capability=capability)
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
