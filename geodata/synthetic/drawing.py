"""Lines and areas as a hand would draw them: wandering curves, smoothed rings, faces between lines.

Works in flat metres; turning them into degrees is the county's last step.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

Points = npt.NDArray[np.float64]
GRID_M = 0.1


def wander(a: Points, b: Points, rng: np.random.Generator, sway: float, step_m: float) -> Points:
    """A curve from ``a`` to ``b`` by midpoint displacement.

    Args:
        a: Start, shape (2,), metres.
        b: End, shape (2,), metres.
        rng: Source of the displacement.
        sway: Largest displacement at each level as a share of the piece; 0 is a straight line.
        step_m: Pieces are halved until they are no longer than this.

    Returns:
        Points, shape (n, 2), from ``a`` to ``b`` inclusive, n at least 2.
    """
    points = np.vstack([a, b]).astype(np.float64)
    while float(np.hypot(*np.diff(points, axis=0).T).max()) > step_m:
        legs = np.diff(points, axis=0)
        across = np.column_stack([-legs[:, 1], legs[:, 0]])
        middles = points[:-1] + legs / 2 + across * rng.uniform(-sway, sway, (len(legs), 1))
        woven = np.empty((2 * len(points) - 1, 2))
        woven[::2], woven[1::2] = points, middles
        points = woven
    return points


def smooth(points: Points, times: int = 2) -> Points:
    """Chaikin's corner cutting of an open line; both ends stay where they are."""
    for _ in range(times):
        a, b = points[:-1], points[1:]
        cut = np.empty((2 * len(a), 2))
        cut[::2], cut[1::2] = a * 0.75 + b * 0.25, a * 0.25 + b * 0.75
        points = np.vstack([points[:1], cut, points[-1:]])
    return points


def blob(centre: Points, radius_m: float, rng: np.random.Generator) -> Polygon:
    """An uneven closed area about ``centre``, between 0.8 and 1.2 of ``radius_m`` from it."""
    corners = 14
    turn = np.linspace(0, 2 * math.pi, corners, endpoint=False)
    reach = radius_m * rng.uniform(0.8, 1.2, corners)
    return Polygon(
        np.column_stack([centre[0] + reach * np.cos(turn), centre[1] + reach * np.sin(turn)])
    )


def borders_between(
    seeds: Points, within: Polygon, rng: np.random.Generator, sway: float
) -> list[LineString]:
    """Lines that part the land among ``seeds`` (n, 2), each point nearest its own, with a sway."""
    edges = shapely.voronoi_polygons(
        MultiPoint(seeds), extend_to=within.buffer(3000), only_edges=True
    )
    lines: list[LineString] = []
    for part in shapely.get_parts(edges):
        corners = shapely.get_coordinates(part)
        for a, b in pairwise(corners):
            long_enough = math.dist(a, b) > 800
            lines.append(LineString(wander(a, b, rng, sway if long_enough else 0.0, 600)))
    return lines


def faces_between(lines: Iterable[BaseGeometry], within: Polygon) -> list[Polygon]:
    """The areas that lines cut ``within`` into: without gaps, sharing every corner.

    Returns:
        Faces whose inner point lies in ``within``, on a grid of ``GRID_M``.
    """
    noded = shapely.unary_union([within.exterior, *lines], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.point_on_surface(faces)
    return [f for f, inside in zip(faces, shapely.contains(within, inner), strict=True) if inside]


def merged(faces: Sequence[BaseGeometry]) -> BaseGeometry:
    """One area of faces that share their corners; every corner on its edge is kept."""
    return shapely.coverage_union_all(list(faces))


def holding(areas: Sequence[BaseGeometry], points: Points) -> npt.NDArray[np.int64]:
    """The first area that holds each point (n, 2); the nearest where none does. n indices."""
    found = np.full(len(points), -1, dtype=np.int64)
    for number, area in enumerate(areas):
        shapely.prepare(area)
        open_ = np.flatnonzero(found < 0)
        inside = shapely.intersects_xy(area, points[open_, 0], points[open_, 1])
        found[open_[inside]] = number
    lost = np.flatnonzero(found < 0)
    if len(lost):
        found[lost] = shapely.STRtree(list(areas)).nearest(shapely.points(points[lost]))
    return found
