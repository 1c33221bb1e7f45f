"""Works of the made-up county that come again: by day, by night and street by street. Invented.

In the hub's own format of closures; the county's other closures are a WZDx feed (``work_zones``).
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from geodata.synthetic.land import Land, to_lonlat
from geodata.synthetic.ways import Roads, Way

LOW_BRIDGE: Final = "11'0\""
"""Ladders, tankers and rescues are taller, engines and ambulances are not."""
_LASTING: Final = {"begins_at": "2025-01-06T00:00:00Z", "ends_at": "2031-12-31T00:00:00Z"}
_WORKDAYS: Final = [1, 2, 3, 4, 5]
_STREETS: Final = ("secondary", "tertiary", "residential")


def mark_low_bridge(roads: Roads, land: Land) -> str:
    """Give a street of the city a bridge over it that ladders do not fit under; its name."""
    way = _near_city(roads, land, share=0.35)[0]
    way.tags = way.tags | {"maxheight": LOW_BRIDGE}
    return way.tags["name"]


def works(roads: Roads, land: Land) -> dict[str, Any]:
    """Works with hours of the week: whatever the hour, one of the first two is in force."""
    by_day, by_night, swept, mended = _near_city(roads, land, share=0.6)[:4]
    return {
        "format": "dispatch-closures/1",
        "closures": [
            _entry(
                "gas-main",
                by_day,
                "Gas main, open for traffic by night",
                0.0,
                [{"begins": "07:00", "ends": "19:00"}],
            ),
            _entry(
                "resurfacing",
                by_night,
                "Resurfacing by night",
                0.0,
                [{"begins": "19:00", "ends": "07:00"}],
            ),
            _entry(
                "sweeping",
                swept,
                "Street sweeping",
                0.5,
                [{"days": [1, 4], "begins": "06:00", "ends": "08:00"}],
            ),
            _entry(
                "verges",
                mended,
                "Verges, one lane at a time",
                0.3,
                [{"days": _WORKDAYS, "begins": "09:00", "ends": "15:00", "months": [4, 5, 6, 9]}],
            ),
        ],
    }


def _near_city(roads: Roads, land: Land, share: float) -> list[Way]:
    """Short named streets, by how near they are to a share of the city's radius from its middle."""
    city = land.towns[0]
    fit = [
        way
        for way in roads.ways
        if way.tags.get("highway") in _STREETS
        and way.tags.get("name")
        and "bridge" not in way.tags
        and 2 <= len(way.edges) <= 8
    ]
    away_m = share * city.radius_m
    fit.sort(key=lambda way: abs(math.dist(way.shape[0][0], city.at) - away_m))
    by_name = {way.tags["name"]: way for way in reversed(fit)}
    return sorted(by_name.values(), key=fit.index)


def _entry(
    name: str, way: Way, what: str, speed_factor: float, hours: list[dict[str, Any]]
) -> dict[str, Any]:
    pieces = way.shape[:3]
    line = to_lonlat(np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])]))
    street = way.tags["name"]
    return {
        "id": f"works-{name}",
        "description": f"{what}: {street} (invented)",
        "roads": [street],
        "line": line.tolist(),
        "speed_factor": speed_factor,
        "hours": hours,
        **_LASTING,
    }
