"""Areas and lines on a plane of metres, indexed so that a point is placed in microseconds.

A square of the ground remembers, from the first point asked for in it, which areas can hold its
points and which pieces of line can be nearest to them; after that a point costs a few sums. The
answers equal those of looking at every area and every line. What an area means is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

SQUARE_M: Final = 150.0
SQUARES_MAX: Final = 60_000
"""Remembered squares; about 1,300 km². When there are more, all are forgotten."""

PIECE_CORNERS: Final = 12
"""Lines are indexed in pieces of this many segments."""

_HALF_DIAGONAL_M: Final = SQUARE_M * math.sqrt(0.5)

Floats = npt.NDArray[np.float64]


class _Square(NamedTuple):
    """What can matter to a point in it.

    ``alone`` is the one area that covers the square. ``segments`` are x, y, dx, dy, 1/length² each.
    """

    alone: int | None
    areas: npt.NDArray[np.int64]
    segments: Sequence[Sequence[float]]


class AreaIndex:
    """Areas, and the lines to which distances are taken. Both in metres on one plane."""

    def __init__(self, areas: Sequence[BaseGeometry], lines: Iterable[BaseGeometry] = ()) -> None:
        self.shapes: npt.NDArray[Any] = np.array(areas, dtype=object)
        shapely.prepare(self.shapes)
        self.tree = shapely.STRtree(self.shapes)
        self._pieces = [piece for line in lines for piece in _pieces(line)]
        self._piece_tree = shapely.STRtree([LineString(piece) for piece in self._pieces])
        self._squares: dict[tuple[int, int], _Square] = {}

    def holding(self, x: float, y: float) -> Sequence[int]:
        """Positions of all areas that hold the point, their edges included, in order."""
        square = self._square(x, y)
        if square.alone is not None:
            return (square.alone,)
        if not len(square.areas):
            return ()
        held = shapely.intersects_xy(self.shapes[square.areas], x, y)
        return [int(index) for index in square.areas[held]]

    def point_line_m(self, x: float, y: float) -> float | None:
        """Metres from the point to the nearest line; None without lines."""
        if not self._pieces:
            return None
        least = math.inf
        # A square has about ten segments: plain arithmetic is quicker than numpy's calls.
        for from_x, from_y, along_x, along_y, inverse in self._square(x, y).segments:
            off_x = x - from_x
            off_y = y - from_y
            share = (off_x * along_x + off_y * along_y) * inverse
            if share > 1.0:
                share = 1.0
            if share > 0.0:
                off_x -= share * along_x
                off_y -= share * along_y
            squared = off_x * off_x + off_y * off_y
            if squared < least:
                least = squared
        return math.sqrt(least)

    def shape_line_m(self, shape: BaseGeometry) -> float | None:
        """Metres from the shape to the nearest line, 0 where it crosses one; None without lines."""
        if not self._pieces:
            return None
        _, away = self._piece_tree.query_nearest(shape, return_distance=True, all_matches=False)
        return float(away[0])

    def _square(self, x: float, y: float) -> _Square:
        place = (math.floor(x / SQUARE_M), math.floor(y / SQUARE_M))
        square = self._squares.get(place)
        if square is None:
            if len(self._squares) >= SQUARES_MAX:
                self._squares.clear()
            square = self._squares[place] = self._look(*place)
        return square

    def _look(self, column: int, row: int) -> _Square:
        west, south = column * SQUARE_M, row * SQUARE_M
        box = shapely.box(west, south, west + SQUARE_M, south + SQUARE_M)
        areas = np.sort(self.tree.query(box, predicate="intersects"))
        alone = None
        if len(areas) == 1 and shapely.contains_properly(self.shapes[areas[0]], box):
            alone = int(areas[0])
        return _Square(alone, areas, self._segments_near(west + SQUARE_M / 2, south + SQUARE_M / 2))

    def _segments_near(self, x: float, y: float) -> list[list[float]]:
        """Segments that can be the nearest of some point in the square about x, y.

        No point of it is farther than half the diagonal from the centre, so that none can be
        nearest that is more than a diagonal farther from the centre than the nearest one.
        """
        if not self._pieces:
            return []
        centre = shapely.points(x, y)
        _, nearest = self._piece_tree.query_nearest(centre, return_distance=True, all_matches=False)
        reach_m = float(nearest[0]) + 2 * _HALF_DIAGONAL_M + 0.001
        found = self._piece_tree.query(centre, predicate="dwithin", distance=reach_m)
        ends = [self._pieces[index] for index in found]
        pairs = np.concatenate([np.hstack([piece[:-1], piece[1:]]) for piece in ends])
        near = shapely.distance(centre, shapely.linestrings(pairs.reshape(-1, 2, 2))) <= reach_m
        return _measured(_once(pairs[near]))


def _once(pairs: Floats) -> Floats:
    """Each segment once: a line between two areas is the edge of both. Equal to a millimetre."""
    backward = (pairs[:, 0] > pairs[:, 2]) | (
        (pairs[:, 0] == pairs[:, 2]) & (pairs[:, 1] > pairs[:, 3])
    )
    pairs = np.where(backward[:, None], pairs[:, [2, 3, 0, 1]], pairs)
    _, first = np.unique(np.round(pairs, 3), axis=0, return_index=True)
    return pairs[first]


def _measured(pairs: Floats) -> list[list[float]]:
    steps = pairs[:, 2:] - pairs[:, :2]
    lengths = (steps**2).sum(axis=1, keepdims=True)
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    rows: list[list[float]] = np.hstack([pairs[:, :2], steps, inverse]).tolist()
    return rows


def _pieces(line: BaseGeometry) -> Iterable[Floats]:
    for part in shapely.get_parts(line):
        corners = shapely.get_coordinates(part)
        for start in range(0, len(corners) - 1, PIECE_CORNERS):
            yield corners[start : start + PIECE_CORNERS + 1]
