"""Where a vehicle is on its way at a share of the time. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from geodata.lonlat import LonLat, distance_m


class OnTheWay(NamedTuple):
    """A moment of a drive. ``heading_deg`` is clockwise from north, None on a way of no length."""

    at: LonLat
    heading_deg: float | None


class Way:
    """A line to drive along, at an even pace.

    Args:
        line: At least one point.
    """

    def __init__(self, line: Sequence[LonLat]) -> None:
        self.line = [LonLat(*point) for point in line]
        self._reached_m = [0.0]
        for a, b in zip(self.line, self.line[1:], strict=False):
            self._reached_m.append(self._reached_m[-1] + distance_m(a, b))

    @property
    def length_m(self) -> float:
        """The whole way in metres."""
        return self._reached_m[-1]

    def at(self, share: float) -> OnTheWay:
        """Where a vehicle is at ``share`` of the way, 0 to 1; beyond either end it stands there."""
        if self.length_m <= 0:
            return OnTheWay(self.line[-1], None)
        done_m = min(max(share, 0.0), 1.0) * self.length_m
        k = min(max(bisect_right(self._reached_m, done_m) - 1, 0), len(self.line) - 2)
        while k < len(self.line) - 2 and self._reached_m[k + 1] <= self._reached_m[k]:
            k += 1
        a, b = self.line[k], self.line[k + 1]
        leg_m = self._reached_m[k + 1] - self._reached_m[k]
        part = (done_m - self._reached_m[k]) / leg_m if leg_m > 0 else 1.0
        at = LonLat(a.lon + (b.lon - a.lon) * part, a.lat + (b.lat - a.lat) * part)
        return OnTheWay(at, heading_deg(a, b))

    def back(self) -> Way:
        """The same way the other way round."""
        return Way(list(reversed(self.line)))


def heading_deg(a: LonLat, b: LonLat) -> float | None:
    """Degrees clockwise from north from ``a`` to ``b`` over a short distance; None at one spot."""
    east = (b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    north = b.lat - a.lat
    if east == 0 and north == 0:
        return None
    return math.degrees(math.atan2(east, north)) % 360.0
