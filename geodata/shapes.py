"""The shapes a location can have: a point, a circle of uncertainty, a polygon (RFC 5491 section 5).

Holds values and their geometry; which agency answers for a shape is decided in ``jurisdictions``.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geodata.lonlat import EARTH_RADIUS_M, LonLat

Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Position = Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(_Shape):
    kind: Literal["point"] = "point"
    at: Position


class Circle(_Shape):
    """Centre and radius in metres; the caller is inside with the network's stated confidence."""

    kind: Literal["circle"] = "circle"
    centre: Position
    radius_m: float = Field(gt=0, le=200_000)


class Polygon(_Shape):
    """One exterior ring, closed or not, at most 1,000 corners."""

    kind: Literal["polygon"] = "polygon"
    ring: tuple[Position, ...] = Field(min_length=3, max_length=1000)


Shape = Annotated[Point | Circle | Polygon, Field(discriminator="kind")]


def centre_of(shape: Point | Circle | Polygon) -> LonLat:
    """The point that stands for the shape: itself, the centre, or the mean of its corners."""
    if isinstance(shape, Point):
        return LonLat(*shape.at)
    if isinstance(shape, Circle):
        return LonLat(*shape.centre)
    ring = (
        shape.ring[:-1] if len(shape.ring) > 3 and shape.ring[0] == shape.ring[-1] else shape.ring
    )
    return LonLat(sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring))


def ring_of(circle: Circle, corners: int = 32) -> tuple[LonLat, ...]:
    """The circle as a closed ring of ``corners`` + 1 points, true to within 0.5 % of its radius."""
    d_lat = math.degrees(circle.radius_m / EARTH_RADIUS_M)
    d_lon = d_lat / max(math.cos(math.radians(circle.centre[1])), 1e-6)
    turn = [2 * math.pi * i / corners for i in range(corners)] + [0.0]
    return tuple(
        LonLat(circle.centre[0] + d_lon * math.cos(a), circle.centre[1] + d_lat * math.sin(a))
        for a in turn
    )
