"""Drives over a network and what feeds make of them: lines moved, thinned, cut short, turned round.

Knows nothing of matching; the same seed gives the same drives and the same lines.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from geodata import network as net
from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.network import Floats, RoadNetwork

SHORTEST_M: Final = 200.0
LONGEST_M: Final = 3000.0
_TRIES: Final = 200
_SAME_ROAD: Final = math.cos(math.radians(60.0))
_STRAIGHT_ON: Final = math.cos(math.radians(30.0))
_LEAST_PUBLIC: Final = net.ROAD_CLASSES.index("living_street")
_M_PER_DEG: Final = math.radians(1.0) * EARTH_RADIUS_M


def drives(network: RoadNetwork, count: int, rng: np.random.Generator) -> list[list[int]]:
    """Arc sequences of 200 m to 3 km, half of them straight on along their road, half shortest.

    They begin on public roads, weighted by length, turn nowhere back and take no junction twice.
    Lengths are even by their logarithm; fewer come back than asked for where the network is too
    small for them.
    """
    public = np.flatnonzero(network.arc_class <= _LEAST_PUBLIC)
    share = network.arc_length_m[public].astype(np.float64)
    found: list[list[int]] = []
    for number in range(_TRIES * count):
        if len(found) == count:
            break
        wanted_m = math.exp(rng.uniform(math.log(SHORTEST_M), math.log(LONGEST_M)))
        first = int(rng.choice(public, p=share / share.sum()))
        kind = _straight_on if number % 2 else _shortest
        drive = kind(network, first, wanted_m)
        length_m = float(network.arc_length_m[drive].sum())
        if SHORTEST_M <= length_m <= 1.5 * LONGEST_M and len(drive) > 1:
            found.append(drive)
    return found


def one_way_share(network: RoadNetwork, drive: Sequence[int]) -> float:
    """How much of a drive's length lies on one-way roads, 0 to 1."""
    length_m = network.arc_length_m[list(drive)]
    one_way = np.array([network.twin_of(arc) < 0 for arc in drive])
    return float(length_m[one_way].sum() / max(float(length_m.sum()), 1e-9))


def line_of(network: RoadNetwork, drive: Sequence[int]) -> list[LonLat]:
    """The drive as it is on the map, without doubled points."""
    points = [point for arc in drive for point in network.shape_of_arc(arc)]
    return [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]


def resampled(line: Sequence[LonLat], step_m: float) -> list[LonLat]:
    """Points at even steps along the line, about ``step_m`` metres apart, both ends among them."""
    scale = metres_of_degree(line[0])
    drawn = shapely.LineString(np.array(line) * scale)
    steps = max(1, round(drawn.length / step_m))
    points = shapely.line_interpolate_point(drawn, np.linspace(0.0, drawn.length, steps + 1))
    return [LonLat(*point) for point in (shapely.get_coordinates(points) / scale).tolist()]


def noisy(line: Sequence[LonLat], sigma_m: float, rng: np.random.Generator) -> list[LonLat]:
    """Each point moved by itself, east and north by a normal distribution of ``sigma_m`` metres."""
    moved = np.array(line) + rng.normal(0.0, sigma_m, (len(line), 2)) / metres_of_degree(line[0])
    return [LonLat(*point) for point in moved.tolist()]


def offset(line: Sequence[LonLat], metres: float, rng: np.random.Generator) -> list[LonLat]:
    """The whole line moved as one, in any direction."""
    turn = rng.uniform(0.0, 2 * math.pi)
    by = np.array([math.cos(turn), math.sin(turn)]) * metres / metres_of_degree(line[0])
    return [LonLat(*point) for point in (np.array(line) + by).tolist()]


def heading_word(line: Sequence[LonLat]) -> str:
    """What a feed says of the traffic from a line's first point to its last: ``northbound``."""
    east, north = ((np.array(line[-1]) - np.array(line[0])) * metres_of_degree(line[0])).tolist()
    if abs(north) >= abs(east):
        return "northbound" if north >= 0 else "southbound"
    return "eastbound" if east >= 0 else "westbound"


def metres_of_degree(origin: LonLat) -> Floats:
    """Metres of a degree at a point, east and north."""
    return np.array([_M_PER_DEG * math.cos(math.radians(origin.lat)), _M_PER_DEG])


def _straight_on(network: RoadNetwork, first: int, wanted_m: float) -> list[int]:
    """On along the road of the same name, else straight on, until it is long enough or ends."""
    drive = [first]
    seen = {int(network.arc_tail[first]), int(network.arc_head[first])}
    length_m = float(network.arc_length_m[first])
    while length_m < wanted_m:
        at = drive[-1]
        name = network.name_of(at)
        straight = {
            arc: _turn_cos(network, at, arc)
            for arc in _onward(network, at)
            if int(network.arc_head[arc]) not in seen
        }
        same = [a for a in straight if network.name_of(a) == name and straight[a] >= _SAME_ROAD]
        ahead = [arc for arc in straight if straight[arc] >= _STRAIGHT_ON]
        onward = (same if name else []) or ahead
        if not onward:
            break
        drive.append(max(onward, key=straight.__getitem__))
        seen.add(int(network.arc_head[drive[-1]]))
        length_m += float(network.arc_length_m[drive[-1]])
    return drive


def _shortest(network: RoadNetwork, first: int, wanted_m: float) -> list[int]:
    """The shortest way from where an arc begins to the first junction that is at least so far."""
    start = int(network.arc_tail[first])
    queue: list[tuple[float, int, int]] = [(0.0, start, -1)]
    came_by: dict[int, int] = {}
    while queue:
        metres, node, arc = heapq.heappop(queue)
        if node in came_by:
            continue
        came_by[node] = arc
        if metres >= wanted_m:
            drive: list[int] = []
            while node != start:
                drive.append(came_by[node])
                node = int(network.arc_tail[drive[-1]])
            return drive[::-1]
        for out in _onward(network, arc) if arc >= 0 else _leaving(network, start):
            head = int(network.arc_head[out])
            if head not in came_by:
                heapq.heappush(queue, (metres + float(network.arc_length_m[out]), head, out))
    return []


def _onward(network: RoadNetwork, arc: int) -> list[int]:
    twin = network.twin_of(arc)
    return [out for out in _leaving(network, int(network.arc_head[arc])) if out != twin]


def _leaving(network: RoadNetwork, node: int) -> list[int]:
    out = range(int(network.first_out[node]), int(network.first_out[node + 1]))
    return [arc for arc in out if not int(network.arc_flags[arc]) & net.FERRY]


def _turn_cos(network: RoadNetwork, arc: int, onward: int) -> float:
    """Cosine of the turn from an arc into the next: 1 straight on, -1 back."""
    before, after = network.shape_of_arc(arc)[-2:], network.shape_of_arc(onward)[:2]
    scale = metres_of_degree(before[0])
    a, b = (np.diff(np.array(step) * scale, axis=0)[0] for step in (before, after))
    return float(a @ b) / max(float(np.hypot(*a) * np.hypot(*b)), 1e-9)
