"""Bench ``recommend``: a whole recommendation through the socket of a real roads process.

Plan, candidates, fixes, seconds of every unit, slots, reasons, and the paths of the picks; not the
commit that freezes it.
"""

from __future__ import annotations

import asyncio
import gc
import time
from datetime import timedelta
from typing import Any, Final

import numpy as np

from dispatch.bench.made_hub import (
    AGENCIES_EACH,
    INCIDENT_TYPE,
    SLOTS,
    MadeHub,
    beside_a_road,
    figures,
    made_hub,
    until_ready,
)
from dispatch.bench.rank import made_closures
from dispatch.domain.assignment import Assignment
from dispatch.domain.board import apply
from dispatch.domain.closure import Closure
from dispatch.domain.commands import OpenClosure
from dispatch.domain.incident import Incident, Leg, Place
from dispatch.domain.unit import Fix
from dispatch.domain.values import HUB_ACTOR, VEHICLE_CLASSES
from dispatch.services.recommendations import compute
from geodata.shapes import Point
from jurisdictions.resolve import Resolution

TIMES: Final = 300
WARM: Final = 10
BUSY_SHARE: Final = 0.2
MOVED_SHARE: Final = 0.03
"""Units with another fix at each recommendation: one in three moves, ten are made in a second."""


def run(network: str, units: int, closures: int, times: int = TIMES) -> dict[str, Any]:
    """Measure, and return the bench's figures; times are milliseconds.

    Args:
        network: ``synthetic:NODES``, or the path of an OSM file.
        units: Fire and EMS units, a fifth of them on other incidents.
        closures: In force on the roads and on the board; the log has opened them.
        times: How many recommendations.

    Raises:
        RoadsUnavailable: The roads process did not come up.
    """
    with made_hub(network, units) as hub:
        return asyncio.run(_measure(hub, units, closures, times))


async def _measure(hub: MadeHub, units: int, closures: int, times: int) -> dict[str, Any]:
    rng = np.random.default_rng(17)
    await until_ready(hub)
    await _close(hub, closures)
    gc.freeze()  # as a hub does that has come up
    _occupy(hub, rng)
    _move(hub, rng, share=1.0)
    took, estimated, picks, passed, around = [], 0, 0, 0, 0
    for number in range(times + WARM):
        _move(hub, rng, MOVED_SHARE)
        incident = _incident(hub, rng)
        hub.held.incidents[incident.id] = incident
        began = time.perf_counter()
        made = await compute(hub, incident.id)
        took_ms = (time.perf_counter() - began) * 1000
        del hub.held.incidents[incident.id]
        if number >= WARM:
            took.append(took_ms)
            estimated += any(pick.estimated for pick in made.picks)
            picks += len(made.picks)
            passed += len(made.passed_over)
            around += sum(pick.without is not None for pick in made.picks)
    status = await hub.roads.status()
    await hub.roads.close()
    return figures(
        nodes=hub.network.node_count,
        units=units,
        closures=status.closures,
        slots=sum(count for _, _, count in SLOTS),
        recommend_p50=np.percentile(took, 50),
        recommend_p99=np.percentile(took, 99),
        estimated=estimated,
        picks=picks / times,
        passed_over=passed / times,
        picks_around_closures=around / times,
    )


async def _close(hub: MadeHub, count: int) -> None:
    """Open closures by the log, as a feed or a dispatcher does, and let the board hold them."""
    now = hub.now()
    made = made_closures(np.random.default_rng(29), hub.network, count)
    for number, (arcs, effect) in enumerate(made):
        shape = hub.network.shape_of_arc(arcs[0])
        closure = Closure(
            id=f"works-{number}",
            source="bench",
            description=hub.network.name_of(arcs[0]) or "a road",
            line=(shape[0], shape[-1]),
            speed_factor=effect.speed_factor,
            vehicle_classes=tuple(v for v in VEHICLE_CLASSES if v in effect.vehicle_classes),
            begins_at=now,
            ends_at=now + timedelta(hours=12),
            network_id=hub.network.network_id,
            arcs=tuple(arcs),
            opened_by="bench",
        )
        command = OpenClosure(command_id=f"open-{number}", actor=HUB_ACTOR, closure=closure)
        outcome = await hub.submit(command)
        for event in outcome.events:
            apply(hub.held, event)
        hub.held.seq = outcome.last_seq


def _incident(hub: MadeHub, rng: np.random.Generator) -> Incident:
    at = beside_a_road(hub.network, rng)
    number = int(rng.integers(AGENCIES_EACH))
    return Incident(
        id="bench",
        number="2026-000001",
        created_at=hub.now(),
        incident_type=INCIDENT_TYPE,
        type_label="Building fire",
        priority=1,
        place=Place(at=at, shape=Point(at=at)),
        resolution=Resolution(),
        legs=(
            Leg(discipline="fire", agency_id=f"fire-{number}"),
            Leg(discipline="ems", agency_id=f"ems-{number}"),
        ),
        region_version=hub.held_policy.version,
        audience=("*",),
    )


def _occupy(hub: MadeHub, rng: np.random.Generator) -> None:
    now = hub.now()
    for unit in hub.held.units.values():
        if rng.random() < BUSY_SHARE:
            hub.held.assignments[unit.id] = Assignment(
                id=unit.id,
                incident_id="elsewhere",
                unit_id=unit.id,
                agency_id=unit.agency_id,
                discipline=unit.discipline,
                status="on_scene",
                status_at=now,
                assigned_at=now,
                assigned_by="bench",
                audience=("*",),
            )


def _move(hub: MadeHub, rng: np.random.Generator, share: float) -> None:
    now = hub.now()
    for unit in hub.held.units.values():
        if rng.random() < share:
            at = beside_a_road(hub.network, rng)
            hub.held_fixes[unit.id] = Fix(unit_id=unit.id, at=at, received_at=now)
