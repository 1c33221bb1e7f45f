"""From a point to the place on the roads that stands for it, and from a line to nearby edges.

Nearest by distance only: whether a road may be driven at the moment is not asked here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.network import Longs, RoadNetwork
from geodata.road_errors import OffNetwork

SNAP_MAX_M: Final = 1000.0
AT_NODE_M: Final = 1.0
"""Nearer than this to a junction along the road, a point stands at the junction itself."""
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
        self._lat_0 = float((network.point_lat.min() + network.point_lat.max()) / 2)
        self._east_m = _M_PER_DEG * math.cos(math.radians(self._lat_0))
        first = np.ones(len(network.point_lon), bool)
        first[network.shape_start[:-1]] = False
        ends = np.flatnonzero(first)
        self._segment_end: Longs = ends
        xy = np.stack([network.point_lon * self._east_m, network.point_lat * _M_PER_DEG], axis=1)
        pairs = np.stack([xy[ends - 1], xy[ends]], axis=1)
        self._tree = shapely.STRtree(np.asarray(shapely.linestrings(pairs)), node_capacity=16)
        per_edge = np.diff(network.shape_start) - 1
        self._segment_edge = np.repeat(np.arange(network.edge_count, dtype=np.int32), per_edge)

    def snap(self, point: LonLat, limit_m: float = SNAP_MAX_M) -> Snap:
        """The nearest place on any road; of two equally near, the edge of the lower number.

        Raises:
            OffNetwork: Every road lies farther than ``limit_m`` metres.
        """
        found = self._nearest_segments(point, limit_m)
        if not len(found):
            raise OffNetwork(point, limit_m)
        return self._best(point, found, limit_m)

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
        segments = self._segments_in_box(point, within_m)
        best: dict[int, Snap] = {}
        for segment in segments.tolist():
            snap = self._on_segment(point, segment)
            held = best.get(snap.edge)
            if snap.distance_m <= within_m and (held is None or snap.distance_m < held.distance_m):
                best[snap.edge] = snap
        return sorted(best.values(), key=lambda snap: (snap.distance_m, snap.edge))

    def _nearest_segments(self, point: LonLat, limit_m: float) -> Longs:
        x, y = point.lon * self._east_m, point.lat * _M_PER_DEG
        here = shapely.Point(x, y)
        stretch = self._stretch(point.lat)
        nearest = self._tree.query_nearest(here, max_distance=limit_m * stretch)
        if not len(nearest):
            return nearest
        about_m = self._on_segment(point, int(nearest[0])).distance_m
        if stretch < 1.0001:
            return nearest
        return self._segments_in_box(point, about_m)

    def _stretch(self, lat: float) -> float:
        """How far the flat plane of the tree may misjudge a distance at this latitude."""
        ratio = math.cos(math.radians(lat)) / math.cos(math.radians(self._lat_0))
        return max(ratio, 1 / max(ratio, 1e-6))

    def _segments_in_box(self, point: LonLat, within_m: float) -> Longs:
        x, y = point.lon * self._east_m, point.lat * _M_PER_DEG
        half = within_m * self._stretch(point.lat) * 1.0001 + 0.01
        return self._tree.query(shapely.box(x - half, y - half, x + half, y + half))

    def _best(self, point: LonLat, segments: Longs, limit_m: float) -> Snap:
        snaps = [self._on_segment(point, int(segment)) for segment in segments]
        best = min(snaps, key=lambda snap: (round(snap.distance_m, 3), snap.edge, snap.fraction))
        if best.distance_m > limit_m:
            raise OffNetwork(point, limit_m)
        return best

    def _on_segment(self, point: LonLat, segment: int) -> Snap:
        network = self._network
        end = int(self._segment_end[segment])
        edge = int(self._segment_edge[segment])
        lon_a, lat_a = float(network.point_lon[end - 1]), float(network.point_lat[end - 1])
        lon_b, lat_b = float(network.point_lon[end]), float(network.point_lat[end])
        east = _M_PER_DEG * math.cos(math.radians(point.lat))
        ax, ay = (lon_a - point.lon) * east, (lat_a - point.lat) * _M_PER_DEG
        dx, dy = (lon_b - lon_a) * east, (lat_b - lat_a) * _M_PER_DEG
        square = dx * dx + dy * dy
        t = 0.0 if square == 0.0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / square))
        at = LonLat(lon_a + t * (lon_b - lon_a), lat_a + t * (lat_b - lat_a))
        return self._place(edge, end, t, at, math.hypot(ax + t * dx, ay + t * dy))

    def _place(self, edge: int, end: int, t: float, at: LonLat, distance_m: float) -> Snap:
        network = self._network
        start = int(network.shape_start[edge])
        step = network.segment_m
        length = float(network.edge_length_m[edge])
        along = float(step[start:end].sum()) + t * float(step[end])
        along = min(max(along, 0.0), length)
        node = None
        if along < AT_NODE_M or length - along < AT_NODE_M:
            node = int(network.edge_ends[edge, 0 if along <= length / 2 else 1])
        fraction = along / length if length > 0 else 0.0
        return Snap(edge=edge, fraction=fraction, node=node, at=at, distance_m=distance_m)
