"""Which municipality holds a point, for many at once. Areas and points, no names of roads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Areas = Sequence[tuple[str, BaseGeometry]]


def towns_at(areas: Areas, points: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """The municipality of each point.

    Args:
        areas: Name and area in degrees; where two overlap, the first counts.
        points: (n, 2) degrees.

    Returns:
        n indices into ``areas``, -1 outside all of them.
    """
    found = np.full(len(points), -1, np.int32)
    for k, (_, area) in enumerate(areas):
        free = np.flatnonzero(found < 0)
        shapely.prepare(area)
        inside = shapely.intersects_xy(area, points[free, 0], points[free, 1])
        found[free[np.atleast_1d(inside)]] = k
    return found
