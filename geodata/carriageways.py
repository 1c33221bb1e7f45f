"""The other carriageway of a divided road: the one-way arcs that run back beside it.

A closure that is said to shut both directions is often drawn on one carriageway alone. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from geodata import network as net
from geodata.course import CourseFinder, Rules, Sight
from geodata.lonlat import EARTH_RADIUS_M, LonLat, distance_m
from geodata.network import RoadNetwork
from geodata.planes import Plane
from geodata.snapping import Snap, Snapper

BESIDE_M: Final = 60.0
"""Carriageways of one road lie nearer to each other than this."""
NAMELESS_M: Final = 40.0
"""The same of roads without name and number, of which only the class says that they are one."""
STEP_M: Final = 40.0
_OPPOSED_COS: Final = -0.87
"""Cosine of 150 degrees: within 30 degrees of running straight back."""
_NEARER: Final = 0.25
"""Which of several is the other carriageway, its course decides rather than its distance."""
_MOST: Final = 0.8
_BETWEEN_M: Final = 150.0
"""A shorter stretch without one is a crossing, or the end where the carriageways meet."""
_WHOLLY_DIVIDED: Final = ("motorway", "trunk")
_HARDLY_DIVIDED: Final = 0.4
"""With less than this of it beside, a lesser road is one-way with a divided stretch."""
_DIVIDED: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")
"""Nameless one-way roads of these classes have another carriageway; the others have none."""


@dataclass(frozen=True, slots=True)
class OtherSide:
    """The other carriageway's arcs; or ``why_not``, where it is there but cannot be told.

    ``share`` is how much of the course it was found beside, 0 to 1.
    """

    arcs: tuple[int, ...]
    share: float = 1.0
    why_not: str = ""


def other_side(network: RoadNetwork, snapper: Snapper, runs: Sequence[Sequence[int]]) -> OtherSide:
    """The carriageway that runs back beside one-way arcs, where the road is divided.

    It has their name or number; where they have none it is of their class, and within 40 m. Ramps
    and roundabouts have no other carriageway, nor have one-way streets. Where a good part of a road
    has one beside it and more than 150 m have not, or it cannot be followed, a person must look:
    crews would be sent into the side that is left open.

    Args:
        network: The roads.
        snapper: Of the same network.
        runs: One-way arcs, in stretches in driving order.
    """
    arcs: list[int] = []
    for run in [road for whole in runs for road in _roads(network, whole)]:
        beside = [
            _beside(network, snapper, arc, point, heading)
            for arc in run
            if _is_carriageway(network, arc)
            for point, heading in _samples(network, arc)
        ]
        stretches = _stretches(beside[::-1])
        if not stretches:
            continue
        share = sum(map(len, stretches)) / len(beside)
        whole_m = float(network.arc_length_m[list(run)].sum())
        if (1.0 - share) * whole_m <= _BETWEEN_M:
            share = 1.0
        least = 0.0 if network.class_of(run[0]) in _WHOLLY_DIVIDED else _HARDLY_DIVIDED
        if least <= share < _MOST:
            why = f"the other carriageway is beside {share:.0%} of it only"
            return OtherSide((), share, why)
        for sights in stretches:
            back = _followed(network, sights)
            if back is None:
                why = "the other carriageway is near, but it cannot be followed"
                return OtherSide((), share, why)
            arcs += back
    return OtherSide(tuple(dict.fromkeys(arcs)))


def _roads(network: RoadNetwork, run: Sequence[int]) -> list[list[int]]:
    """A run of arcs, apart where it goes on along another road."""
    roads: list[list[int]] = []
    for arc in run:
        if roads and _are_one_road(network, roads[-1][-1], arc, 0.0):
            roads[-1].append(arc)
        else:
            roads.append([arc])
    return roads


def _stretches(beside: Sequence[list[Snap]]) -> list[list[Sight]]:
    """What was found in a row, apart where more than one sample found nothing."""
    stretches: list[list[Sight]] = []
    missing = 2
    for near in beside:
        if not near:
            missing += 1
            continue
        if missing > 1:
            stretches.append([])
        stretches[-1].append(Sight(near[0].at, near))
        missing = 0
    return stretches


def _followed(network: RoadNetwork, sights: Sequence[Sight]) -> list[int] | None:
    """The arcs past the sights with the traffic; None where it must leave the road for that."""
    course = CourseFinder(network, Plane(sights[0].at)).find(sights, Rules())
    if course is None or sum(seen is not None for seen in course.seen) < _MOST * len(sights):
        return None
    straight_m = sum(distance_m(a.at, b.at) for a, b in pairwise(sights))
    edges = list(dict.fromkeys(piece.edge for piece in course.pieces))
    driven_m = sum(
        (piece.end - piece.begin) * float(network.edge_length_m[piece.edge])
        for piece in course.pieces
    )
    if driven_m > 1.25 * straight_m + 50.0:
        return None
    return [int(network.edge_arcs[edge].max()) for edge in edges]


def _names(network: RoadNetwork, arc: int) -> set[str]:
    return {network.name_of(arc).casefold(), network.ref_of(arc).casefold()} - {""}


def _is_carriageway(network: RoadNetwork, arc: int) -> bool:
    edge = int(network.arc_edge[arc])
    if int(network.edge_arcs[edge].min()) >= 0 or int(network.edge_flags[edge]) & net.ROUNDABOUT:
        return False
    return bool(_names(network, arc)) or network.class_of(arc) in _DIVIDED


def _are_one_road(network: RoadNetwork, arc: int, back: int, apart_m: float) -> bool:
    names, others = _names(network, arc), _names(network, back)
    if names or others:
        return bool(names & others)
    return apart_m <= NAMELESS_M and network.class_of(arc) == network.class_of(back)


def _beside(
    network: RoadNetwork, snapper: Snapper, arc: int, point: LonLat, heading: complex
) -> list[Snap]:
    """The places around a point that may be on its other carriageway, nearest first."""
    found = []
    for snap in snapper.near(point, BESIDE_M):
        back = max(network.edge_arcs[snap.edge].tolist())
        if not _is_carriageway(network, back):
            continue
        if not _are_one_road(network, arc, back, snap.distance_m):
            continue
        fraction = (
            snap.fraction if int(network.edge_arcs[snap.edge][0]) == back else 1 - snap.fraction
        )
        way = _along(network.shape_of_arc(back), fraction)[1]
        if (way * heading.conjugate()).real <= _OPPOSED_COS:
            found.append(replace(snap, distance_m=_NEARER * snap.distance_m))
    return found


def _samples(network: RoadNetwork, arc: int) -> list[tuple[LonLat, complex]]:
    shape = network.shape_of_arc(arc)
    count = max(1, round(float(network.arc_length_m[arc]) / STEP_M))
    return [_along(shape, (number + 0.5) / count) for number in range(count)]


def _along(shape: Sequence[LonLat], fraction: float) -> tuple[LonLat, complex]:
    """The point at a share of a shape's length, and the unit direction there (east + i north)."""
    metre = math.radians(1.0) * EARTH_RADIUS_M
    east = metre * math.cos(math.radians(shape[0].lat))
    xy = np.array(
        [complex((p.lon - shape[0].lon) * east, (p.lat - shape[0].lat) * metre) for p in shape]
    )
    steps = np.diff(xy)
    ends = np.cumsum(np.abs(steps))
    wanted = min(max(fraction, 0.0), 1.0) * float(ends[-1])
    at = min(int(np.searchsorted(ends, wanted)), len(steps) - 1)
    length = float(np.abs(steps[at])) or 1.0
    way = complex(steps[at]) / length
    before = float(ends[at]) - length
    spot = complex(xy[at]) + way * (wanted - before)
    return LonLat(shape[0].lon + spot.real / east, shape[0].lat + spot.imag / metre), way
