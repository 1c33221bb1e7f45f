"""Who answers for a spot: one authority for each discipline, or the nearest where there is none.

Outside everything is a result, never an error, and a shape on a border names both sides.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from geodata.shapes import Circle, Point, Shape, centre_of, ring_of
from jurisdictions.boundaries import Boundary, BoundarySet, Layer
from jurisdictions.values import DISCIPLINES, Discipline, Value

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
    flat = _on_plane(boundaries, shape)
    answers = []
    for discipline in DISCIPLINES:
        layer = boundaries.layer(discipline, at)
        if layer.boundaries:
            answers.append(_answer(layer, flat, discipline, boundaries.border_m))
    return Resolution(
        disciplines=tuple(answers),
        municipality=boundaries.municipality_at(centre_of(shape)),
        border=any(answer.border for answer in answers),
        outside=all(answer.authority is None for answer in answers),
        boundary_version=boundaries.version,
    )


def _on_plane(boundaries: BoundarySet, shape: Shape) -> BaseGeometry:
    if isinstance(shape, Point):
        return shapely.points(*boundaries.plane.xy(LonLat(*shape.at)))
    ring = ring_of(shape) if isinstance(shape, Circle) else shape.ring
    return shapely.make_valid(shapely.polygons([boundaries.plane.xy(LonLat(*p)) for p in ring]))


def _answer(
    layer: Layer, flat: BaseGeometry, discipline: Discipline, border_m: float
) -> DisciplineResolution:
    line_m = layer.line_m(flat)
    near = line_m is not None and line_m <= border_m
    if not near:
        met = layer.tree.query(flat, predicate="intersects")
        if len(met) == 1:  # the common case: well inside one area
            alone = _alone(layer.boundaries[int(met[0])])
            return alone.model_copy(update={"line_m": line_m})
    candidates = _candidates(layer, flat, border_m)
    if not candidates:
        candidates = [_nearest(layer, flat)]
    inside = [candidate for candidate in candidates if candidate.away_m == 0.0]
    return DisciplineResolution(
        discipline=discipline,
        authority=inside[0] if inside else None,
        candidates=tuple(candidates[:CANDIDATES_MAX]),
        border=near or len(inside) > 1,
        line_m=line_m,
    )


@lru_cache(maxsize=4096)
def _alone(boundary: Boundary) -> DisciplineResolution:
    """The answer well inside one area, but for its distance; the same for all its points."""
    authority = _authority(boundary, 1.0, 0.0)
    return DisciplineResolution(
        discipline=boundary.discipline, authority=authority, candidates=(authority,)
    )


def _candidates(layer: Layer, flat: BaseGeometry, border_m: float) -> list[Authority]:
    """Agencies that the shape meets, the greatest share first, then those within the border."""
    indices = layer.tree.query(flat, predicate="dwithin", distance=border_m)
    if not len(indices):
        return []
    shapes = layer.shapes[indices]
    away = shapely.distance(flat, shapes)
    size = flat.area
    shares = (
        shapely.area(shapely.intersection(flat, shapes)) / size if size else (away == 0.0) * 1.0
    )
    claims: dict[str, list[int]] = {}
    for place, index in enumerate(indices):
        claims.setdefault(layer.boundaries[index].agency_id, []).append(place)
    ranked = []
    for agency_id, places in claims.items():
        best = max(places, key=lambda place: (shares[place], -away[place]))
        share = min(1.0, float(shares[places].sum()))
        away_m = float(away[places].min())
        claim = _authority(layer.boundaries[indices[best]], share, away_m)
        area = float(layer.areas[indices[places]].sum())
        ranked.append((claim.away_m, -claim.area_share, area, agency_id, claim))
    return [claim for *_, claim in sorted(ranked, key=lambda claim: claim[:4])]


def _nearest(layer: Layer, flat: BaseGeometry) -> Authority:
    index = int(layer.tree.nearest(flat))
    away_m = float(shapely.distance(flat, layer.shapes[index]))
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
