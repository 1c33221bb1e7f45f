"""Who answers for a spot: one authority for each discipline, or the nearest where there is none.

Outside everything is a result, never an error, and a shape on a border names both sides.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from geodata.shapes import Circle, Point, Polygon, Shape, centre_of, ring_of
from jurisdictions.boundaries import Boundary, BoundarySet, Layer
from jurisdictions.values import Discipline, Value

CANDIDATES_MAX = 6


class Authority(Value):
    """An agency's claim to a shape.

    ``area_share`` is the part of the shape in its area (0 to 1; a point is all in or all out).
    ``away_m`` is 0 where the shape meets the area, else the metres to it.
    """

    agency_id: str
    name: str
    zone: str | None
    nguid: str
    area_share: float
    away_m: float


class DisciplineResolution(Value):
    """One discipline's answer.

    ``authority`` is None where no area meets the shape; then the first of ``candidates`` is the
    nearest, proposed and not decided. ``line_m`` is the way from the shape to the nearest line
    between authorities, 0 where it crosses one, None without any boundary.
    """

    discipline: Discipline
    authority: Authority | None = None
    candidates: tuple[Authority, ...] = ()
    border: bool = False
    line_m: float | None = None


class Resolution(Value):
    """Who answers, by which version of the boundaries."""

    disciplines: tuple[DisciplineResolution, ...] = ()
    municipality: str | None = None
    border: bool = False
    outside: bool = False
    boundary_version: str = ""

    def of(self, discipline: Discipline) -> DisciplineResolution | None:
        """One discipline's answer, or None where the region has no boundary of it."""
        return next((d for d in self.disciplines if d.discipline == discipline), None)


def resolve(boundaries: BoundarySet, shape: Shape, at: datetime) -> Resolution:
    """The authorities for a shape at a time (NENA-STA-010 ECRF; RFC 5222 findService).

    The authority is the agency with the greatest share of the shape. Where two areas overlap at a
    point, so that shares are equal, the smaller area wins, since it is the more particular claim,
    then the lower agency id; such a shape is BORDER in any case.

    Args:
        boundaries: One version of boundaries.
        shape: Point, circle or polygon in WGS 84.
        at: The instant whose boundaries count.

    Returns:
        One answer for each discipline of which the version has boundaries. ``border`` is set when
        the shape meets two authorities or a line lies within the region's border distance.
        ``outside`` is set when no discipline has an authority.
    """
    layers = [(d, boundaries.layer(d, at)) for d in boundaries.disciplines]
    border_m = boundaries.border_m
    if isinstance(shape, Point):
        x, y = boundaries.plane.xy(LonLat(*shape.at))
        answers = tuple(_at_point(layer, x, y, d, border_m) for d, layer in layers)
    else:
        flat = _on_plane(boundaries, shape)
        answers = tuple(_at_area(layer, flat, d, border_m) for d, layer in layers)
    return Resolution(
        disciplines=answers,
        municipality=boundaries.municipality_at(centre_of(shape)),
        border=any(answer.border for answer in answers),
        outside=all(answer.authority is None for answer in answers),
        boundary_version=boundaries.version,
    )


def _on_plane(boundaries: BoundarySet, shape: Circle | Polygon) -> BaseGeometry:
    ring = ring_of(shape) if isinstance(shape, Circle) else shape.ring
    return shapely.make_valid(shapely.polygons([boundaries.plane.xy(LonLat(*p)) for p in ring]))


def _at_point(
    layer: Layer, x: float, y: float, discipline: Discipline, border_m: float
) -> DisciplineResolution:
    line_m = layer.index.point_line_m(x, y)
    if line_m is not None and line_m > border_m:
        held = layer.index.holding(x, y)
        if len(held) == 1:  # the common case: well inside one area
            claim = _whole_claim(layer, held[0])
            return DisciplineResolution(
                discipline=discipline,
                authority=claim,
                candidates=(claim,),
                line_m=round(line_m, 1),
            )
    return _weighed(layer, shapely.points(x, y), line_m, discipline, border_m)


def _at_area(
    layer: Layer, flat: BaseGeometry, discipline: Discipline, border_m: float
) -> DisciplineResolution:
    return _weighed(layer, flat, layer.index.shape_line_m(flat), discipline, border_m)


def _weighed(
    layer: Layer,
    flat: BaseGeometry,
    line_m: float | None,
    discipline: Discipline,
    border_m: float,
) -> DisciplineResolution:
    """The answer with every claim to the shape weighed."""
    if line_m is None:
        return DisciplineResolution(discipline=discipline)
    claims = _claims(layer, flat, border_m)
    meeting = [claim for claim in claims if claim.meets]
    ranked = [claim.authority for claim in claims] or [_nearest(layer, flat)]
    return DisciplineResolution(
        discipline=discipline,
        authority=ranked[0] if meeting else None,
        candidates=tuple(ranked[:CANDIDATES_MAX]),
        border=line_m <= border_m or len(meeting) > 1,
        line_m=round(line_m, 1),
    )


def _whole_claim(layer: Layer, index: int) -> Authority:
    """The claim to a point inside one boundary; the same for all its points."""
    claim: Authority | None = layer.answers.get(index)
    if claim is None:
        claim = layer.answers[index] = _authority(layer.boundaries[index], 1.0, 0.0)
    return claim


class _Claim(NamedTuple):
    meets: bool
    authority: Authority


def _claims(layer: Layer, flat: BaseGeometry, border_m: float) -> list[_Claim]:
    """Agencies that the shape meets, the greatest share first, then those within the border."""
    found = layer.index.tree.query(flat, predicate="dwithin", distance=border_m)
    if not len(found):
        return []
    shapes = layer.index.shapes[found]
    away_m = shapely.distance(flat, shapes)
    size = float(flat.area)
    shares = shapely.area(shapely.intersection(flat, shapes)) / size if size else away_m == 0.0
    of_agency: dict[str, list[int]] = {}
    for place, index in enumerate(found.tolist()):
        of_agency.setdefault(layer.boundaries[index].agency_id, []).append(place)
    ranked = []
    for agency_id, places in of_agency.items():
        best = max(places, key=lambda place: (shares[place], -away_m[place], -found[place]))
        share = min(1.0, float(shares[places].sum()))
        nearest_m = float(away_m[places].min())
        area_m2 = float(layer.areas_m2[found[places]].sum())
        authority = _authority(layer.boundaries[found[best]], share, nearest_m)
        order = (-round(share, 9), nearest_m, area_m2, agency_id)
        ranked.append((order, _Claim(nearest_m == 0.0, authority)))
    return [claim for _, claim in sorted(ranked, key=lambda pair: pair[0])]


def _nearest(layer: Layer, flat: BaseGeometry) -> Authority:
    index = int(layer.index.tree.nearest(flat))
    away_m = float(shapely.distance(flat, layer.index.shapes[index]))
    return _authority(layer.boundaries[index], 0.0, away_m)


def _authority(boundary: Boundary, share: float, away_m: float) -> Authority:
    return Authority(
        agency_id=boundary.agency_id,
        name=boundary.name,
        zone=boundary.zone,
        nguid=boundary.nguid,
        area_share=round(share, 4),
        away_m=round(away_m, 1),
    )
