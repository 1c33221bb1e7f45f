"""Who answers for which ground: service areas of each discipline, cut from one set of lines.

Fire areas leave no gap and overlap only in the contested strip, which is there on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.synthetic import drawing
from geodata.synthetic.fleet import Fleet, Station
from geodata.synthetic.land import Land

Key = TypeVar("Key", str, tuple[str, str])
STRIP_HALF_M = 170.0
STRIP_LENGTH_M = 2600.0


@dataclass(frozen=True)
class Zone:
    """One service area: of a station within a municipality."""

    agency: str
    station: str
    municipality: str
    area: BaseGeometry


@dataclass(frozen=True)
class Contested:
    """Ground of the second zone that the department of the first also holds to be its own."""

    zones: tuple[Zone, Zone]
    middle: tuple[float, float]
    area: BaseGeometry


@dataclass(frozen=True)
class Ground:
    """The county in pieces so small that each has one municipality and one answer of each kind.

    ``inner`` (n, 2) is a point within each face; ``municipality`` its name.
    """

    faces: tuple[Polygon, ...]
    inner: drawing.Points
    municipality: tuple[str, ...]

    def merged_by(self, keys: Sequence[Key]) -> dict[Key, BaseGeometry]:
        """The faces of each key as one area, in the order in which keys first appear."""
        groups: dict[Key, list[BaseGeometry]] = {}
        for face, key in zip(self.faces, keys, strict=True):
            groups.setdefault(key, []).append(face)
        return {key: drawing.merged(faces) for key, faces in groups.items()}


def parted(land: Land, fleet: Fleet, contested: Contested | None = None) -> Ground:
    """Cut the county along every line at which an answer changes; all layers share the corners."""
    lines: list[BaseGeometry] = list(land.lines)
    if contested is not None:
        lines.append(contested.area.boundary)
    straight = np.random.default_rng(0)
    for sites in _sites(fleet):
        if len(sites) > 2:
            lines += drawing.borders_between(sites, land.outline, straight, 0.0)
        elif len(sites) == 2:
            lines.append(_bisector(sites, land.outline))
    faces = drawing.faces_between(lines, land.outline)
    inner = np.array([shapely.get_coordinates(f.representative_point())[0] for f in faces])
    return Ground(tuple(faces), inner, tuple(land.municipality_at(inner)))


def _sites(fleet: Fleet) -> list[drawing.Points]:
    fire = fleet.stations_of("fire")
    groups = [fleet.stations_of("ems"), fire]
    groups += [[s for s in fire if s.agency == a] for a in dict.fromkeys(s.agency for s in fire)]
    return [np.array([s.at for s in group]) for group in groups]


def law_zones(ground: Ground, fleet: Fleet) -> list[Zone]:
    """One for each municipality, its own police or the force it contracts with."""
    post = {s.agency: s.code for s in fleet.stations_of("police")}
    return [
        Zone(fleet.police_of[name], post[fleet.police_of[name]], name, area)
        for name, area in sorted(ground.merged_by(ground.municipality).items())
    ]


def ems_zones(ground: Ground, fleet: Fleet) -> list[Zone]:
    """Nearest ambulance station, whatever the municipality."""
    stations = fleet.stations_of("ems")
    return _answered(ground, stations, [_nearest(stations, p) for p in ground.inner])


def fire_zones(ground: Ground, fleet: Fleet) -> list[Zone]:
    """A town's own department where it has one, else the nearest station of any; no overlap."""
    stations = fleet.stations_of("fire")
    return _answered(ground, stations, _fire_answers(ground, fleet))


def _fire_answers(ground: Ground, fleet: Fleet) -> list[Station]:
    stations = fleet.stations_of("fire")
    home = {a.id: a.home for a in fleet.agencies}
    own = {
        name: [s for s in stations if home[s.agency] == name]
        for name in dict.fromkeys(ground.municipality)
    }
    return [
        _nearest(own[name] or stations, point)
        for name, point in zip(ground.municipality, ground.inner, strict=True)
    ]


def contested_strip(zones: list[Zone]) -> Contested | None:
    """The ground along the longest border of two fire departments, on the second one's side."""
    best: tuple[Zone, Zone, LineString] | None = None
    for one in zones:
        for other in zones:
            if one.agency >= other.agency or not one.area.intersects(other.area):
                continue
            shared = shapely.line_merge(one.area.boundary.intersection(other.area.boundary))
            longest = max(_lines(shared), key=lambda p: p.length, default=None)
            if longest is not None and (best is None or longest.length > best[2].length):
                best = (one, other, longest)
    if best is None or best[2].length < 300:
        return None
    one, other, border = best
    reach = min(STRIP_LENGTH_M, border.length * 0.8) / 2
    part = shapely.ops.substring(border, border.length / 2 - reach, border.length / 2 + reach)
    strip = part.buffer(STRIP_HALF_M, cap_style="flat").intersection(other.area)
    spot = strip.representative_point()
    return Contested((one, other), (spot.x, spot.y), strip)


def overlapped(ground: Ground, zones: list[Zone], contested: Contested | None) -> list[Zone]:
    """The zones with the contested strip in both departments' areas.

    Args:
        ground: Cut along the strip's outline too.
        zones: Fire areas of that ground.
        contested: None leaves the zones as they are.
    """
    if contested is None:
        return zones
    first, second = contested.zones
    dots = shapely.points(ground.inner)
    claimed = shapely.contains(contested.area, dots) & shapely.contains(
        _area_like(zones, second), dots
    )
    strip = [f for f, mine in zip(ground.faces, np.atleast_1d(claimed), strict=True) if mine]
    return [
        Zone(z.agency, z.station, z.municipality, drawing.merged([z.area, *strip]))
        if _same(z, first)
        else z
        for z in zones
    ]


def _area_like(zones: list[Zone], like: Zone) -> BaseGeometry:
    """The area of the same station and municipality among ``zones``."""
    return next(z.area for z in zones if _same(z, like))


def _same(one: Zone, other: Zone) -> bool:
    return (one.station, one.municipality) == (other.station, other.municipality)


def _nearest(stations: list[Station], point: drawing.Points) -> Station:
    return min(stations, key=lambda s: math.dist(s.at, point))


def _answered(ground: Ground, stations: list[Station], by: list[Station]) -> list[Zone]:
    keys = [(s.code, name) for s, name in zip(by, ground.municipality, strict=True)]
    agency = {s.code: s.agency for s in stations}
    order = [s.code for s in stations]
    areas = ground.merged_by(keys)
    return [
        Zone(agency[code], code, name, areas[code, name])
        for code, name in sorted(areas, key=lambda k: (order.index(k[0]), k[1]))
    ]


def _bisector(points: drawing.Points, outline: Polygon) -> LineString:
    a, b = points
    reach = np.ptp(np.array(outline.bounds)) * 2
    run = (b - a) / np.linalg.norm(b - a)
    across = np.array([-run[1], run[0]]) * reach
    return LineString([(a + b) / 2 - across, (a + b) / 2 + across])


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [p for p in shapely.get_parts(geometry) if isinstance(p, LineString)]
