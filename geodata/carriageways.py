"""The other carriageway of a divided road: the one-way arcs that run back beside it.

A closure that is said to shut both directions is often drawn on one carriageway alone. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.network import RoadNetwork
from geodata.snapping import Snapper

BESIDE_M: Final = 60.0
"""Carriageways of one road lie nearer to each other than this."""
STEP_M: Final = 40.0
_OPPOSED_COS: Final = -0.87
"""Cosine of 150 degrees: within 30 degrees of running straight back."""


def other_carriageway(
    network: RoadNetwork, snapper: Snapper, arcs: Sequence[int]
) -> list[LonLat | None]:
    """Points on the carriageway that runs back beside one-way arcs of the same name or number.

    Args:
        network: The roads.
        snapper: Of the same network.
        arcs: A course, in driving order.

    Returns:
        For each sample of the one-way arcs, about every 40 m, the nearest point of the other
        carriageway, in the order in which its traffic drives; None where none is within 60 m.
        Empty where no arc of the course is one-way, or none of those has a name or a number.
    """
    found: list[LonLat | None] = []
    for arc in arcs:
        names = _names(network, arc)
        if not names or not _is_one_way(network, arc):
            continue
        for point, heading in _samples(network, arc):
            found.append(_beside(network, snapper, point, heading, names))
    return found[::-1]


def _names(network: RoadNetwork, arc: int) -> set[str]:
    return {network.name_of(arc).casefold(), network.ref_of(arc).casefold()} - {""}


def _is_one_way(network: RoadNetwork, arc: int) -> bool:
    edge = int(network.arc_edge[arc])
    return int(network.edge_arcs[edge].min()) < 0


def _beside(
    network: RoadNetwork, snapper: Snapper, point: LonLat, heading: complex, names: set[str]
) -> LonLat | None:
    for snap in snapper.near(point, BESIDE_M):
        back = max(network.edge_arcs[snap.edge].tolist())
        if not _is_one_way(network, back) or not names & _names(network, back):
            continue
        shape = network.shape_of_arc(back)
        fraction = (
            snap.fraction if int(network.edge_arcs[snap.edge][0]) == back else 1 - snap.fraction
        )
        spot, way = _along(shape, fraction)
        if (way * heading.conjugate()).real <= _OPPOSED_COS:
            return spot
    return None


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
