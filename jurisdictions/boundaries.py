"""Boundaries as immutable values, indexed in metres so that a point is placed in microseconds.

Distances are taken on a plane that touches the earth in the region's middle: true within 0.5 % over
a county, and by the same figure everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from jurisdictions.values import DISCIPLINES, Discipline

PIECE_CORNERS = 12
"""Boundary lines are indexed in pieces of this many corners."""


@dataclass(frozen=True, eq=False)
class Boundary:
    """One emergency service boundary (NENA-STA-006): who answers for an area, and when."""

    agency_id: str
    name: str
    discipline: Discipline
    nguid: str
    zone: str | None
    municipality: str | None
    geometry: BaseGeometry
    effective: datetime | None = None
    expires: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at that instant; the instant of expiry is outside."""
        return (self.effective is None or self.effective <= at) and (
            self.expires is None or at < self.expires
        )


@dataclass(frozen=True)
class Municipality:
    """A town's area."""

    name: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Plane:
    """Degrees to metres about one point."""

    origin: LonLat

    @cached_property
    def _scale(self) -> tuple[float, float]:
        metres = math.radians(1) * EARTH_RADIUS_M
        return metres * math.cos(math.radians(self.origin.lat)), metres

    def xy(self, point: LonLat) -> tuple[float, float]:
        """Metres east and north of the origin."""
        east, north = self._scale
        return (point[0] - self.origin.lon) * east, (point[1] - self.origin.lat) * north

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """The geometry in metres."""
        projected = shapely.transform(
            geometry, lambda lonlats: (lonlats - np.array(self.origin)) * np.array(self._scale)
        )
        assert isinstance(projected, BaseGeometry)
        return projected


class Layer:
    """The boundaries of one discipline that are in force at one time, on a plane."""

    def __init__(self, boundaries: Sequence[Boundary], plane: Plane) -> None:
        self.boundaries = tuple(boundaries)
        self.shapes = np.array(
            [plane.project(boundary.geometry) for boundary in boundaries], dtype=object
        )
        self.areas = shapely.area(self.shapes)
        shapely.prepare(self.shapes)
        self.tree = shapely.STRtree(self.shapes)
        self.of_agency: dict[str, list[int]] = {}
        for index, boundary in enumerate(self.boundaries):
            self.of_agency.setdefault(boundary.agency_id, []).append(index)
        lines = [
            shapely.union_all(self.shapes[indices]).boundary for indices in self.of_agency.values()
        ]
        self.pieces = shapely.STRtree([piece for line in lines for piece in _pieces(line)])

    def line_m(self, shape: BaseGeometry) -> float | None:
        """Metres from the shape to the nearest line between authorities; 0 where it crosses one."""
        if not len(self.pieces):
            return None
        _, distances = self.pieces.query_nearest(shape, return_distance=True, all_matches=False)
        return float(distances[0])


def _pieces(line: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(line):
        corners = shapely.get_coordinates(part)
        for start in range(0, len(corners) - 1, PIECE_CORNERS):
            piece = shapely.linestrings(corners[start : start + PIECE_CORNERS + 1])
            assert isinstance(piece, BaseGeometry)
            yield piece


@dataclass(frozen=True)
class BoundarySet:
    """All boundaries and municipalities of one version, with the border distance in metres."""

    boundaries: Sequence[Boundary]
    municipalities: Sequence[Municipality]
    border_m: float
    version: str
    _layers: dict[tuple[Discipline, int], Layer] = field(default_factory=dict, compare=False)

    @cached_property
    def plane(self) -> Plane:
        """The plane on which distances are taken."""
        areas = [b.geometry for b in self.boundaries] + [m.geometry for m in self.municipalities]
        if not areas:
            return Plane(LonLat(0.0, 0.0))
        west, south, east, north = shapely.total_bounds(areas)
        return Plane(LonLat((west + east) / 2, (south + north) / 2))

    @cached_property
    def changes(self) -> list[datetime]:
        """The instants at which some boundary begins or ends, in order."""
        times = {b.effective for b in self.boundaries} | {b.expires for b in self.boundaries}
        return sorted(time for time in times if time is not None)

    def layer(self, discipline: Discipline, at: datetime) -> Layer:
        """The discipline's boundaries in force at ``at``; built once between two changes."""
        epoch = sum(1 for change in self.changes if change <= at)
        key = (discipline, epoch)
        if key not in self._layers:
            holding = [b for b in self.boundaries if b.discipline == discipline and b.in_force(at)]
            self._layers[key] = Layer(holding, self.plane)
        return self._layers[key]

    def warm(self, at: datetime) -> None:
        """Build what ``at`` needs, so that the first question is as quick as the rest."""
        for discipline in DISCIPLINES:
            self.layer(discipline, at)
        _ = self.towns

    @cached_property
    def towns(self) -> tuple[list[BaseGeometry], shapely.STRtree]:
        """Municipalities on the plane, with their index."""
        shapes = [self.plane.project(town.geometry) for town in self.municipalities]
        shapely.prepare(shapes)
        return shapes, shapely.STRtree(shapes)

    def municipality_at(self, at: LonLat) -> str | None:
        """The town whose area holds the point, or None."""
        _, tree = self.towns
        hits = tree.query(shapely.points(*self.plane.xy(at)), predicate="intersects")
        return self.municipalities[int(min(hits))].name if len(hits) else None
