"""Closures of the made-up county as a WZDx 4.2 feed; one of them closes a bridge over the river."""

from __future__ import annotations

import math
import uuid
from typing import Any

import numpy as np
from shapely.geometry import LineString

from geodata.synthetic.land import Land, to_lonlat
from geodata.synthetic.ways import Roads, Way

UPDATED = "2026-01-05T12:00:00Z"
SPACE = uuid.UUID("5e9a3c0e-7d4b-5a51-9f0c-3b0c8a6d2f11")
LASTING = ("2025-09-08T11:00:00Z", "2030-11-27T22:00:00Z")
WINDOWS = (
    LASTING,
    LASTING,
    ("2025-03-10T11:00:00Z", "2025-06-27T21:00:00Z"),
    ("2025-10-01T11:00:00Z", "2029-10-31T21:00:00Z"),
    ("2025-05-05T01:00:00Z", "2025-05-05T09:00:00Z"),
    ("2031-04-07T11:00:00Z", "2031-08-29T21:00:00Z"),
)
IMPACTS = (
    "all-lanes-closed",
    "some-lanes-closed",
    "alternating-one-way",
    "flagging",
    "all-lanes-closed",
    "some-lanes-closed",
    "all-lanes-open",
)


WEIGHT = {"type": "reduced-weight", "value": 11, "unit": "tons"}
"""Engines and what is heavier go round; ambulances and cars wait their turn."""


def work_zones(roads: Roads, land: Land, seed: int, count: int = 14) -> dict[str, Any]:
    """A feed of ``count`` + 1 events; the first closes a bridge."""
    rng = np.random.default_rng([seed, 9])
    bridge = _closed_bridge(roads, land)
    features = []
    if bridge is not None:
        features.append(
            _event(bridge, 0, "all-lanes-closed", LASTING, "Bridge replacement", "bridge")
        )
    fit = [
        w
        for w in roads.ways
        if w.tags.get("highway") in ("primary", "secondary", "tertiary", "residential")
        and "bridge" not in w.tags
        and len(w.edges) >= 2
        and w.tags.get("name")
    ]
    for number, k in enumerate(rng.choice(len(fit), min(count, len(fit)), replace=False), start=1):
        impact = IMPACTS[number % len(IMPACTS)]
        window = WINDOWS[number % len(WINDOWS)]
        features.append(_event(fit[int(k)], number, impact, window, "Road works", "surface-work"))
    source = {
        "data_source_id": "arrowmere-roads",
        "organization_name": "Arrowmere County Roads (invented)",
        "update_date": UPDATED,
    }
    info = {
        "update_date": UPDATED,
        "publisher": "Arrowmere County (invented)",
        "version": "4.2",
        "update_frequency": 300,
        "data_sources": [source],
    }
    return {"type": "FeatureCollection", "feed_info": info, "features": features}


def _closed_bridge(roads: Roads, land: Land) -> Way | None:
    """The bridge over the river second nearest to the city, so that there is a way round."""
    over = [
        w
        for w in roads.ways
        if w.tags.get("bridge") == "yes"
        and w.tags.get("highway") != "motorway"
        and LineString(np.vstack(w.shape)).intersects(land.river_line)
    ]
    over.sort(key=lambda w: math.dist(w.shape[0][0], land.towns[0].at))
    return over[min(1, len(over) - 1)] if over else None


def _event(
    way: Way, number: int, impact: str, window: tuple[str, str], what: str, work: str
) -> dict[str, Any]:
    pieces = way.shape[: max(1, min(4, len(way.shape)))]
    line = to_lonlat(np.vstack([pieces[0], *(p[1:] for p in pieces[1:])]))
    core = {
        "event_type": "work-zone",
        "data_source_id": "arrowmere-roads",
        "direction": "unknown",
        "road_names": [way.tags["name"]],
        "description": f"{what} on {way.tags['name']} (invented)",
        "creation_date": window[0],
        "update_date": window[0],
    }
    kind = "surface-work" if work == "surface-work" else "minor-road-defect-repair"
    properties = {
        "core_details": core,
        "start_date": window[0],
        "end_date": window[1],
        "is_start_date_verified": False,
        "is_end_date_verified": False,
        "is_start_position_verified": False,
        "is_end_position_verified": False,
        "vehicle_impact": impact,
        "location_method": "channel-device-method",
        "types_of_work": [{"type_name": kind}],
        "restrictions": [WEIGHT] if impact == "alternating-one-way" else [],
    }
    return {
        "type": "Feature",
        "id": str(uuid.uuid5(SPACE, f"{number} {way.stops[0]} {way.tags['name']}")),
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": line.tolist()},
    }
