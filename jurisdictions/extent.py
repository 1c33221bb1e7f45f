"""Whether the parts of a pack lie together on earth; finds longitude and latitude swapped."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat, distance_m

TOGETHER_M: Final = 1_000_000.0
"""No region reaches farther from its middle than this."""


class Extent:
    """The middle of a region, from most of its municipalities. Without any, all is well."""

    def __init__(self, municipalities: Sequence[BaseGeometry]) -> None:
        middles = [_middle(area) for area in municipalities]
        self.middle = (
            LonLat(median(m.lon for m in middles), median(m.lat for m in middles))
            if middles
            else None
        )

    def misplaced(self, geometry: BaseGeometry) -> str | None:
        """What is wrong with the place of a geometry, or None."""
        return self.point_misplaced(_middle(geometry))

    def point_misplaced(self, at: LonLat) -> str | None:
        """What is wrong with a place, or None."""
        if self.middle is None:
            return None
        away_m = distance_m(at, self.middle)
        if away_m <= TOGETHER_M:
            return None
        far = f"it lies {away_m / 1000:,.0f} km from the municipalities"
        if abs(at.lon) <= 90 and distance_m(LonLat(at.lat, at.lon), self.middle) <= TOGETHER_M:
            return f"{far}: longitude and latitude are swapped"
        return far


def _middle(geometry: BaseGeometry) -> LonLat:
    west, south, east, north = shapely.bounds(geometry)
    return LonLat(float(west + east) / 2, float(south + north) / 2)
