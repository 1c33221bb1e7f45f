"""From a point to the place on the roads that stands for it, and to the roads around it.

Nearest by distance only: whether a road may be driven at the moment is not asked here. The index
is a grid over the roads' straight segments, kept as one sorted array: for 880,000 segments it
takes 20 MB where an R-tree of their shapes took 250, and answers sooner.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.network import Floats, Ints, Longs, RoadNetwork
from geodata.road_errors import OffNetwork

SNAP_MAX_M: Final = 1000.0
AT_NODE_M: Final = 1.0
"""Nearer than this to a junction along the road, a point stands at the junction itself."""
_CELL_M: Final = 120.0
_M_PER_DEG: Final = math.radians(1.0) * EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class Snap:
    """A place on the roads.

    ``fraction`` (0 to 1, by length) counts along the edge's shape, so the arc against it has
    1 - fraction behind it. ``node`` is the junction that it stands at, None between junctions.
    """

    edge: int
    fraction: float
    node: int | None
    at: LonLat
    distance_m: float


class Snapper:
    """Finds the nearest place on a network's roads; build once, ask from any thread."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        lon, lat = network.point_lon, network.point_lat
        self._west, self._south = float(lon.min()), float(lat.min())
        self._cell_lat = _CELL_M / _M_PER_DEG
        widest = math.cos(math.radians(min(float(np.abs(lat).max()), 89.0)))
        self._cell_lon = self._cell_lat / widest
        self._columns = int((float(lon.max()) - self._west) / self._cell_lon) + 1
        self._rows = int((float(lat.max()) - self._south) / self._cell_lat) + 1
        self._keys, self._segments = self._index(network)

    def snap(self, point: LonLat, limit_m: float = SNAP_MAX_M) -> Snap:
        """The nearest place on any road; of places equally near, the one first in the network.

        Raises:
            OffNetwork: Every road lies farther than ``limit_m`` metres.
        """
        east, north = self._cell_size_m(point)
        column, row = self._cell(point)
        reach = 0
        while True:
            segments = self._block(column, row, reach)
            if len(segments):
                t, metres = self._measure(point, segments)
                best = int(np.lexsort((segments, np.round(metres, 4)))[0])
                nearest = float(metres[best])
                if nearest <= self._clear_m(point, reach, east, north):
                    if nearest > limit_m:
                        raise OffNetwork(point, limit_m)
                    return self._place(int(segments[best]), float(t[best]), nearest)
            if self._clear_m(point, reach, east, north) > limit_m:
                raise OffNetwork(point, limit_m)
            reach = reach * 2 if reach else 1

    def snap_all(self, points: Sequence[LonLat], limit_m: float = SNAP_MAX_M) -> list[Snap | None]:
        """As ``snap`` for each point in order; None where no road is within the limit."""
        snaps: list[Snap | None] = []
        for point in points:
            try:
                snaps.append(self.snap(point, limit_m))
            except OffNetwork:
                snaps.append(None)
        return snaps

    def near(self, point: LonLat, within_m: float) -> list[Snap]:
        """The nearest place on each edge within the distance, nearest first."""
        east, north = self._cell_size_m(point)
        column, row = self._cell(point)
        reach = 0
        while self._clear_m(point, reach, east, north) < within_m:
            reach += 1
        segments = np.unique(self._block(column, row, reach))
        if not len(segments):
            return []
        t, metres = self._measure(point, segments)
        best: dict[int, Snap] = {}
        for i in np.argsort(metres, kind="stable").tolist():
            if metres[i] > within_m:
                break
            snap = self._place(int(segments[i]), float(t[i]), float(metres[i]))
            best.setdefault(snap.edge, snap)
        return sorted(best.values(), key=lambda snap: (snap.distance_m, snap.edge))

    def _index(self, network: RoadNetwork) -> tuple[Ints | Longs, Ints]:
        """Cell of each entry, ascending, and the segment (by its last point) that lies in it.

        Segments longer than a cell enter by parts, so that none fills the box around it.
        """
        last = np.ones(len(network.point_lon), bool)
        last[network.shape_start[:-1]] = False
        segment = np.flatnonzero(last)
        metres = network.point_m[segment] - network.point_m[segment - 1]
        parts = np.maximum(1, np.ceil(metres / (0.99 * _CELL_M))).astype(np.int64)
        short, long, parts = segment[parts == 1], segment[parts > 1], parts[parts > 1]
        count = np.repeat(parts, parts)
        number = np.arange(len(count)) - np.repeat(np.cumsum(parts) - parts, parts)
        long = np.repeat(long, parts)
        segment = np.concatenate([short, long])
        low_high = []
        for axis, low, cell in (
            (network.point_lon, self._west, self._cell_lon),
            (network.point_lat, self._south, self._cell_lat),
        ):
            at = _cells((axis - low) / cell)
            step = (axis[long] - axis[long - 1]) / count
            ends = [
                np.concatenate([at[short - back], _cells((axis[long - 1] + n * step - low) / cell)])
                for back, n in ((1, number), (0, number + 1))
            ]
            low_high.append((np.minimum(*ends), np.maximum(*ends)))
        (low_x, high_x), (low_y, high_y) = low_high
        wide, tall = high_x > low_x, high_y > low_y
        keys: list[Longs] = []
        segments: list[Longs] = []
        for x, y, chosen in (
            (low_x, low_y, slice(None)),
            (high_x, low_y, np.flatnonzero(wide)),
            (low_x, high_y, np.flatnonzero(tall)),
            (high_x, high_y, np.flatnonzero(wide & tall)),
        ):
            keys.append(y[chosen] * self._columns + x[chosen])
            segments.append(segment[chosen])
        # Both in one number, which sorts several times sooner than two columns.
        both = np.concatenate(keys) * len(last) + np.concatenate(segments)
        both.sort()
        keys_in_order: Longs | Ints = both // len(last)
        if self._columns * self._rows < 2**31:
            keys_in_order = keys_in_order.astype(np.int32)
        return keys_in_order, (both % len(last)).astype(np.int32)

    def _cell(self, point: LonLat) -> tuple[int, int]:
        column = math.floor((point.lon - self._west) / self._cell_lon)
        return column, math.floor((point.lat - self._south) / self._cell_lat)

    def _cell_size_m(self, point: LonLat) -> tuple[float, float]:
        """Metres from west to east and from south to north of a cell, at the point's latitude."""
        east = self._cell_lon * _M_PER_DEG * math.cos(math.radians(point.lat))
        return max(east, 1e-6), self._cell_lat * _M_PER_DEG

    def _clear_m(self, point: LonLat, reach: int, east: float, north: float) -> float:
        """Every road nearer than this lies in the block of ``reach`` cells around the point's."""
        x = (point.lon - self._west) / self._cell_lon % 1.0
        y = (point.lat - self._south) / self._cell_lat % 1.0
        return min((min(x, 1 - x) + reach) * east, (min(y, 1 - y) + reach) * north) - 1e-6

    def _block(self, column: int, row: int, reach: int) -> Ints:
        left, right = max(column - reach, 0), min(column + reach, self._columns - 1)
        low, high = max(row - reach, 0), min(row + reach, self._rows - 1)
        if left > right or low > high:
            return self._segments[:0]
        rows = np.arange(low, high + 1, dtype=np.int64) * self._columns
        of_keys = self._keys.dtype  # another type would have all keys converted at each search
        begins = np.searchsorted(self._keys, (rows + left).astype(of_keys)).tolist()
        ends = np.searchsorted(self._keys, (rows + right).astype(of_keys), side="right").tolist()
        if len(begins) == 1:
            return self._segments[begins[0] : ends[0]]
        return np.concatenate([self._segments[a:b] for a, b in zip(begins, ends, strict=True)])

    def _measure(self, point: LonLat, segments: Ints) -> tuple[Floats, Floats]:
        """Where on each segment the point is nearest (0 to 1), and how many metres away."""
        lon, lat = self._network.point_lon, self._network.point_lat
        east = _M_PER_DEG * math.cos(math.radians(point.lat))
        before = segments - 1
        ax = (lon[before] - point.lon) * east
        ay = (lat[before] - point.lat) * _M_PER_DEG
        dx = (lon[segments] - point.lon) * east - ax
        dy = (lat[segments] - point.lat) * _M_PER_DEG - ay
        square = np.maximum(dx * dx + dy * dy, 1e-12)
        t = np.clip(-(ax * dx + ay * dy) / square, 0.0, 1.0)
        return t, np.hypot(ax + t * dx, ay + t * dy)

    def _place(self, segment: int, t: float, distance_m: float) -> Snap:
        network = self._network
        edge = int(np.searchsorted(network.shape_start, segment, side="right")) - 1
        lon_a, lat_a = float(network.point_lon[segment - 1]), float(network.point_lat[segment - 1])
        lon_b, lat_b = float(network.point_lon[segment]), float(network.point_lat[segment])
        at = LonLat(lon_a + t * (lon_b - lon_a), lat_a + t * (lat_b - lat_a))
        before, after = float(network.point_m[segment - 1]), float(network.point_m[segment])
        along = before + t * (after - before)
        length = float(network.point_m[int(network.shape_start[edge + 1]) - 1])
        fraction = min(along / length, 1.0) if length > 0.0 else 0.0
        node = None
        if along < AT_NODE_M or length - along < AT_NODE_M:
            node = int(network.edge_ends[edge, 0 if fraction <= 0.5 else 1])
        return Snap(edge=edge, fraction=fraction, node=node, at=at, distance_m=distance_m)


def _cells(values: Floats) -> Longs:
    return np.maximum(np.floor(values), 0).astype(np.int64)
