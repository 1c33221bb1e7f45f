"""The road before a vehicle: the arcs that it is about to drive, by its way or by its heading.

For a crew that says that it stands before something: what lies ahead of it is what is blocked.
Whether and for whom anything is shut is decided elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.network import RoadNetwork
from geodata.routing import line_along
from geodata.snapping import Snap, Snapper

NEAR_M: Final = 40.0
"""How far from its road a vehicle's fix may lie."""
ON_WAY_M: Final = 15.0
"""A road within this of the vehicle's way is the way's own."""
LEAST_M: Final = 15.0
"""Less than this of an arc at either end of the stretch is the fix's inaccuracy."""
STRAIGHT_DEG: Final = 60.0
"""Without a way, what turns by more than this is another road."""
_SIGMA_M: Final = 8.0
_SIGMA_DEG: Final = 45.0
_LOOK_M: Final = 20.0
_M_PER_DEG: Final = math.radians(1.0) * EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class RoadAhead:
    """Arcs in driving order and the line over them, from the vehicle on.

    ``directed`` is False where nobody knows which way the vehicle faces: then ``arcs`` are both
    directions of the road that it stands on.
    """

    arcs: tuple[int, ...]
    line: tuple[LonLat, ...]
    directed: bool


def road_ahead(
    network: RoadNetwork,
    snapper: Snapper,
    at: LonLat,
    *,
    reach_m: float,
    way: Sequence[LonLat] = (),
    heading_deg: float | None = None,
) -> RoadAhead | None:
    """The stretch of road that a vehicle would drive next.

    Args:
        network: The roads.
        snapper: Of the same network.
        at: The vehicle's fix.
        reach_m: How many metres ahead of it.
        way: The line that it drives, if it has one; it counts where the fix lies on it.
        heading_deg: Clockwise from north; counts where there is no way.

    Returns:
        None where no road is within 40 m of the fix.
    """
    near = snapper.near(at, NEAR_M)
    if not near:
        return None
    guide = _Guide(network, at, way, heading_deg)
    starts = [
        (guide.misfit(arc, share, snap), arc, share, snap)
        for snap in near
        for arc, share in _arcs_at(network, snap)
    ]
    _, arc, share, snap = min(starts, key=lambda start: start[:2])
    if not guide.directed:
        return _both_ways(network, snap, reach_m)
    pieces = [(arc, share)]
    left_m = reach_m - (1.0 - share) * float(network.arc_length_m[arc])
    seen = {arc, network.twin_of(arc)}
    while left_m > LEAST_M and (onward := guide.onward(pieces[-1][0], seen)) is not None:
        pieces.append((onward, 0.0))
        seen |= {onward, network.twin_of(onward)}
        left_m -= float(network.arc_length_m[onward])
    first_m = (1.0 - share) * float(network.arc_length_m[arc])
    if first_m < LEAST_M and len(pieces) > 1:
        pieces = pieces[1:]
    arcs = tuple(arc for arc, _ in pieces)
    begin = _place_on(network, arcs[0], pieces[0][1])
    last_m = float(network.arc_length_m[arcs[-1]])
    end = _place_on(network, arcs[-1], min(1.0, 1.0 + min(left_m, 0.0) / max(last_m, 1e-9)))
    return RoadAhead(arcs, tuple(line_along(network, arcs, begin, end)), directed=True)


class _Guide:
    """Which way a vehicle goes: along its way, else straight on by its heading."""

    def __init__(
        self,
        network: RoadNetwork,
        at: LonLat,
        way: Sequence[LonLat],
        heading_deg: float | None,
    ) -> None:
        self._network = network
        self._scale = np.array([_M_PER_DEG * math.cos(math.radians(at.lat)), _M_PER_DEG])
        self._origin = np.array(at)
        self._way: Any = None
        self._bearing_deg = heading_deg
        if len(way) > 1:
            line = shapely.LineString(self._plane(way))
            here = shapely.Point(0.0, 0.0)
            if line.length > 0.0 and line.distance(here) <= NEAR_M:
                done = line.project(here)
                ahead = [line.interpolate(min(done + step, line.length)) for step in (0.0, _LOOK_M)]
                self._way = line
                if ahead[0].distance(ahead[1]) > 0.0:
                    self._bearing_deg = _bearing_deg(ahead[0], ahead[1])

    @property
    def directed(self) -> bool:
        """Whether anything is known of its direction."""
        return self._bearing_deg is not None

    def misfit(self, arc: int, share: float, snap: Snap) -> float:
        """How badly a place on an arc fits the fix, the way and the bearing; 0 is exact."""
        metres = snap.distance_m
        if self._way is not None:
            metres = max(metres, self._off_way_m(arc, share))
        turn = 0.0 if self._bearing_deg is None else self._turn_deg(arc, share, self._bearing_deg)
        return (metres / _SIGMA_M) ** 2 + (turn / _SIGMA_DEG) ** 2

    def onward(self, arc: int, seen: set[int]) -> int | None:
        """The arc that the vehicle takes after this one; None where the stretch ends."""
        network = self._network
        node = int(network.arc_head[arc])
        found = [
            out
            for out in range(int(network.first_out[node]), int(network.first_out[node + 1]))
            if out not in seen
        ]
        if self._way is not None:
            found = [out for out in found if self._off_way_m(out, 0.0) <= ON_WAY_M]
        leaving_deg = self._course_deg(arc, 1.0)
        turns = [(self._turn_deg(out, 0.0, leaving_deg), out) for out in found]
        turn, out = min(turns, default=(math.inf, -1))
        if out < 0 or (self._way is None and turn > STRAIGHT_DEG):
            return None
        return out

    def _off_way_m(self, arc: int, share: float) -> float:
        """The farthest that the arc's next few metres lie from the way."""
        line = shapely.LineString(self._plane(self._network.shape_of_arc(arc)))
        begin = share * line.length
        places = [min(begin + step, line.length) for step in (0.0, _LOOK_M / 2, _LOOK_M)]
        points = shapely.line_interpolate_point(line, places)
        return float(shapely.distance(points, self._way).max())

    def _turn_deg(self, arc: int, share: float, bearing_deg: float) -> float:
        """Degrees between a bearing and the arc's course at a place, 0 to 180."""
        return abs((self._course_deg(arc, share) - bearing_deg + 180.0) % 360.0 - 180.0)

    def _course_deg(self, arc: int, share: float) -> float:
        line = shapely.LineString(self._plane(self._network.shape_of_arc(arc)))
        begin = min(share * line.length, max(line.length - _LOOK_M, 0.0))
        ends = [line.interpolate(min(begin + step, line.length)) for step in (0.0, _LOOK_M)]
        return _bearing_deg(ends[0], ends[1])

    def _plane(self, points: Sequence[LonLat]) -> Any:
        """Metres east and north of the fix."""
        return (np.array(points, np.float64) - self._origin) * self._scale


def _bearing_deg(a: Any, b: Any) -> float:
    return math.degrees(math.atan2(b.x - a.x, b.y - a.y)) % 360.0


def _arcs_at(network: RoadNetwork, snap: Snap) -> list[tuple[int, float]]:
    """The arcs of the snap's edge with the share of each that lies behind the place."""
    along, against = network.edge_arcs[snap.edge].tolist()
    pairs = [(along, snap.fraction), (against, 1.0 - snap.fraction)]
    return [(arc, share) for arc, share in pairs if arc >= 0]


def _both_ways(network: RoadNetwork, snap: Snap, reach_m: float) -> RoadAhead:
    """The road that the vehicle stands on, as far as ``reach_m`` to either side."""
    arcs = tuple(arc for arc, _ in _arcs_at(network, snap))
    part = reach_m / max(float(network.edge_length_m[snap.edge]), 1e-9)
    ends = [max(snap.fraction - part, 0.0), min(snap.fraction + part, 1.0)]
    arc = arcs[0]
    if network.arc_reversed[arc]:
        ends = [1.0 - ends[1], 1.0 - ends[0]]
    begin, end = (_place_on(network, arc, share) for share in ends)
    return RoadAhead(arcs, tuple(line_along(network, [arc], begin, end)), directed=False)


def _place_on(network: RoadNetwork, arc: int, share: float) -> Snap:
    """The place on an arc that has this share of it behind; at an end, a junction."""
    fraction = 1.0 - share if network.arc_reversed[arc] else share
    edge = int(network.arc_edge[arc])
    metres = network.point_m[int(network.shape_start[edge]) : int(network.shape_start[edge + 1])]
    shape = np.array(network.shape_of_edge(edge))
    along = fraction * float(metres[-1])
    at = LonLat(*(float(np.interp(along, metres, shape[:, axis])) for axis in (0, 1)))
    node = None
    if share in (0.0, 1.0):
        node = int(network.arc_tail[arc] if share == 0.0 else network.arc_head[arc])
    return Snap(edge=edge, fraction=fraction, node=node, at=at, distance_m=0.0)
