"""Squares of an agency's ground, each asked how soon a free unit can be in it.

The squares are as coarse as the number of them demands, so that all can be asked again within two
seconds. How soon anybody is there is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from jurisdictions.boundaries import Boundary, BoundarySet, Plane
from jurisdictions.values import Discipline

ZONES_MOST: Final = 1_000
"""More squares than this are made coarser: at a millisecond each all are asked within 2 s."""

SIDES_M: Final = (500.0, 750.0, 1_000.0, 1_500.0, 2_000.0, 3_000.0, 5_000.0, 10_000.0, 20_000.0)


@dataclass(frozen=True, slots=True)
class Zone:
    """One square of the ground of one agency; ``at`` is its middle.

    ``id`` stays the same while the agency's squares keep their size.
    """

    id: str
    agency_id: str
    discipline: Discipline
    at: LonLat
    box: tuple[float, float, float, float]
    """West, south, east, north in degrees."""


def zones_of(
    boundaries: BoundarySet, agency_ids: Collection[str], at: datetime, most: int = ZONES_MOST
) -> list[Zone]:
    """The squares whose middle lies in the ground of one of the agencies, with its boundaries then.

    A part of an agency's ground too small for any middle gets one square around a point of it.

    Args:
        boundaries: Of the version in force.
        agency_ids: Whose ground is looked at.
        at: The time that the boundaries must hold at.
        most: About how many squares there may be in all.

    Returns:
        By agency, from south to north and west to east.
    """
    held = [b for b in boundaries.boundaries if b.agency_id in agency_ids and b.in_force(at)]
    plane = boundaries.plane
    grounds = [(boundary, plane.project(boundary.geometry)) for boundary in held]
    total_m2 = sum(float(shapely.area(ground)) for _, ground in grounds)
    side_m = next((s for s in SIDES_M if total_m2 / (s * s) <= most), SIDES_M[-1])
    zones: dict[str, Zone] = {}
    for boundary, ground in grounds:
        for part in shapely.get_parts(ground):
            for column, row in _squares(part, side_m):
                zone = _zone(boundary, plane, column, row, side_m)
                zones.setdefault(zone.id, zone)
    return sorted(zones.values(), key=lambda z: (z.agency_id, z.at.lat, z.at.lon))


def _squares(part: BaseGeometry, side_m: float) -> Iterator[tuple[int, int]]:
    west, south, east, north = part.bounds
    columns = np.arange(math.floor(west / side_m), math.floor(east / side_m) + 1)
    rows = np.arange(math.floor(south / side_m), math.floor(north / side_m) + 1)
    column, row = (axis.ravel() for axis in np.meshgrid(columns, rows))
    shapely.prepare(part)
    inside = shapely.contains_xy(part, (column + 0.5) * side_m, (row + 0.5) * side_m)
    if inside.any():
        yield from zip(column[inside].tolist(), row[inside].tolist(), strict=True)
    else:
        spot = part.representative_point()
        yield math.floor(spot.x / side_m), math.floor(spot.y / side_m)


def _zone(boundary: Boundary, plane: Plane, column: int, row: int, side_m: float) -> Zone:
    west, south = plane.lonlat(column * side_m, row * side_m)
    east, north = plane.lonlat((column + 1) * side_m, (row + 1) * side_m)
    return Zone(
        id=f"{boundary.agency_id}/{side_m:.0f}/{column}/{row}",
        agency_id=boundary.agency_id,
        discipline=boundary.discipline,
        at=LonLat((west + east) / 2, (south + north) / 2),
        box=(west, south, east, north),
    )
