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
    """Ground that two departments both hold to be theirs."""

    agencies: tuple[str, str]
    middle: tuple[float, float]
    area_m2: float


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


def parted(land: Land, fleet: Fleet) -> Ground:
    """Cut the county along every line at which an answer changes; all layers share the corners."""
    lines: list[BaseGeometry] = list(land.lines)
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


def fire_zones(ground: Ground, fleet: Fleet) -> tuple[list[Zone], Contested | None]:
    """A town's own department where it has one, else the nearest station of any."""
    stations = fleet.stations_of("fire")
    home = {a.id: a.home for a in fleet.agencies}
    own = {
        name: [s for s in stations if home[s.agency] == name]
        for name in dict.fromkeys(ground.municipality)
    }
    nearest = [
        _nearest(own[name] or stations, point)
        for name, point in zip(ground.municipality, ground.inner, strict=True)
    ]
    return _with_contested_strip(_answered(ground, stations, nearest))


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


def _with_contested_strip(zones: list[Zone]) -> tuple[list[Zone], Contested | None]:
    """Lengthen one zone over its longest border with another department's, by a strip."""
    best: tuple[float, int, int, LineString] | None = None
    for i, one in enumerate(zones):
        for j, other in enumerate(zones):
            if one.agency >= other.agency or not one.area.intersects(other.area):
                continue
            shared = shapely.line_merge(one.area.boundary.intersection(other.area.boundary))
            longest = max(_lines(shared), key=lambda p: p.length, default=None)
            if longest is not None and (best is None or longest.length > best[0]):
                best = (longest.length, i, j, longest)
    if best is None or best[0] < 300:
        return zones, None
    length, i, j, border = best
    middle = length / 2
    reach = min(STRIP_LENGTH_M / 2, length * 0.4)
    part = shapely.ops.substring(border, middle - reach, middle + reach)
    strip = part.buffer(STRIP_HALF_M, cap_style="flat").intersection(zones[j].area)
    grown = shapely.union(zones[i].area, strip)
    spot = strip.representative_point()
    changed = list(zones)
    changed[i] = Zone(zones[i].agency, zones[i].station, zones[i].municipality, grown)
    pair = (zones[i].agency, zones[j].agency)
    return changed, Contested(pair, (spot.x, spot.y), float(strip.area))


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [p for p in shapely.get_parts(geometry) if isinstance(p, LineString)]
