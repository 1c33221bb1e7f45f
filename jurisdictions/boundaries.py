"""Boundaries as immutable values, indexed in metres so that a point is placed in microseconds.

Distances are taken on a plane that touches the earth in the region's middle: true within 0.5 % over
a county, and by the same figure everywhere.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import EARTH_RADIUS_M, LonLat, distance_m
from jurisdictions.area_index import AreaIndex
from jurisdictions.values import DISCIPLINES, Discipline

LOOKED_M = 50.0
"""A drawn line is looked at so often, whether it leaves an area."""

CRACK_M = 1.0
"""Cracks between two areas of one agency that are narrower than this are no border."""


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

    def lonlat(self, x: float, y: float) -> LonLat:
        """The point that lies so many metres east and north of the origin."""
        east, north = self._scale
        return LonLat(float(self.origin.lon + x / east), float(self.origin.lat + y / north))

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
        shapes = [plane.project(boundary.geometry) for boundary in boundaries]
        of_agency: dict[str, list[BaseGeometry]] = {}
        for boundary, shape in zip(boundaries, shapes, strict=True):
            of_agency.setdefault(boundary.agency_id, []).append(shape)
        self.index = AreaIndex(shapes, [_outline(areas) for areas in of_agency.values()])
        self.areas_m2 = shapely.area(self.index.shapes)

    @cached_property
    def answers(self) -> dict[int, Any]:
        """A place for ``resolve`` to keep what it says of each boundary; it dies with the layer."""
        return {}


def _outline(areas: Sequence[BaseGeometry]) -> BaseGeometry:
    """The lines where an agency's ground ends.

    Cracks between its own areas that are narrower than ``CRACK_M`` are closed: they come from
    rounded corners, and would otherwise look like borders in the middle of its ground.
    """
    if len(areas) == 1:
        return areas[0].boundary
    half = CRACK_M / 2
    whole = shapely.union_all(areas)
    closed = shapely.buffer(whole, half, join_style="mitre")
    return shapely.buffer(closed, -half, join_style="mitre").boundary


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

    @cached_property
    def disciplines(self) -> tuple[Discipline, ...]:
        """The disciplines of which there are boundaries, in force or not."""
        held = {boundary.discipline for boundary in self.boundaries}
        return tuple(discipline for discipline in DISCIPLINES if discipline in held)

    def layer(self, discipline: Discipline, at: datetime) -> Layer:
        """The discipline's boundaries in force at ``at``; built once between two changes."""
        key = (discipline, bisect_right(self.changes, at))
        layer = self._layers.get(key)
        if layer is None:
            holding = [b for b in self.boundaries if b.discipline == discipline and b.in_force(at)]
            layer = self._layers[key] = Layer(holding, self.plane)
        return layer

    def warm(self, at: datetime) -> None:
        """Build what ``at`` needs, so that the first question is as quick as the rest."""
        for discipline in self.disciplines:
            self.layer(discipline, at)
        _ = self._towns

    @cached_property
    def _towns(self) -> AreaIndex:
        return AreaIndex([self.plane.project(town.geometry) for town in self.municipalities])

    def leaves(self, line: Sequence[LonLat], municipality: str) -> LonLat | None:
        """The first spot along a line that lies outside the municipality; None: all is inside.

        Looked at each ``LOOKED_M`` metres between the line's points, and at each of them.
        """
        for number, end in enumerate(line):
            start = line[max(0, number - 1)]
            parts = max(1, math.ceil(distance_m(start, end) / LOOKED_M))
            for part in range(1, parts + 1):
                share = part / parts
                at = LonLat(
                    start.lon + (end.lon - start.lon) * share,
                    start.lat + (end.lat - start.lat) * share,
                )
                if self.municipality_at(at) != municipality:
                    return at
        return None

    def municipality_at(self, at: LonLat) -> str | None:
        """The town whose area holds the point, or None; of two that overlap the first listed."""
        held = self._towns.holding(*self.plane.xy(at))
        return self.municipalities[held[0]].name if held else None
