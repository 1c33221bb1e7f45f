"""Bench ``coverage``: the whole of it worked out again through the socket of its own roads.

A change on the board and the places of all units to the seconds of every square, and the move-ups.
"""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any, Final, cast

import numpy as np

from dispatch.bench.made_hub import MadeHub, beside_a_road, figures, made_hub, until_ready
from dispatch.services.coverage import CoverageWatch, Ground
from dispatch.services.hub import Hub
from jurisdictions.coverage_zones import ZONES_MOST, Zone

TIMES: Final = 20
TARGET_S: Final = 400.0
_BOX_DEG: Final = 0.005


def run(network: str, units: int) -> dict[str, Any]:
    """Measure, and return the bench's figures; times are milliseconds.

    Args:
        network: ``synthetic:NODES``, or the path of an OSM file.
        units: Fire and EMS units, three at a station, all free.
    """
    with made_hub(network, units) as hub:
        return asyncio.run(_measure(hub, units))


async def _measure(hub: MadeHub, units: int) -> dict[str, Any]:
    rng = np.random.default_rng(23)
    await until_ready(hub)
    gc.freeze()
    agencies = sorted({u.agency_id for u in hub.held.units.values() if u.discipline == "fire"})
    ground = Ground(
        version="bench",
        zones=tuple(_zone(hub, rng, number, agencies) for number in range(ZONES_MOST)),
        target_s=dict.fromkeys(agencies, TARGET_S),
        station_at={unit.station: unit.home for unit in hub.held.units.values()},
    )
    # A made hub is one but for its HTTP: what the watch asks of it is there.
    watch = CoverageWatch(cast(Hub, hub), hub.roads, lambda: None)
    worked, told, moves = [], [], 0
    for number in range(TIMES + 1):
        began_s = time.perf_counter()
        kept = await watch.work(ground, hub.held_policy)
        worked_s = time.perf_counter()
        moves = len(kept.covered.move_ups())
        kept.covered.zones()
        if number:  # the first one snaps and pins every place
            worked.append((worked_s - began_s) * 1000)
            told.append((time.perf_counter() - worked_s) * 1000)
    await hub.roads.close()
    return figures(
        nodes=hub.network.node_count,
        units=units,
        stations=len(ground.station_at),
        zones=len(ground.zones),
        redrawn_p50=np.percentile(worked, 50),
        redrawn_max=max(worked),
        answer_p50=np.percentile(told, 50),
        move_ups=moves,
    )


def _zone(hub: MadeHub, rng: np.random.Generator, number: int, agencies: list[str]) -> Zone:
    at = beside_a_road(hub.network, rng)
    box = (at.lon - _BOX_DEG, at.lat - _BOX_DEG, at.lon + _BOX_DEG, at.lat + _BOX_DEG)
    return Zone(f"zone-{number}", agencies[number % len(agencies)], "fire", at, box)
