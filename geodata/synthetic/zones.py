"""Who answers for which ground: service areas of each discipline, cut from one set of lines.

Fire areas leave no gap and overlap only in the contested strip, which is there on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.synthetic import drawing
from geodata.synthetic.fleet import Fleet, Station
from geodata.synthetic.land import Land

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


def law_zones(land: Land, fleet: Fleet) -> list[Zone]:
    """One for each municipality, its own police or the force it contracts with."""
    post = {s.agency: s.code for s in fleet.stations_of("police")}
    return [
        Zone(fleet.police_of[name], post[fleet.police_of[name]], name, area)
        for name, area in land.municipalities.items()
    ]


def ems_zones(land: Land, fleet: Fleet) -> list[Zone]:
    """Nearest ambulance station, whatever the municipality."""
    stations = fleet.stations_of("ems")
    at = np.array([s.at for s in stations])
    return _cut(land, stations, [at], lambda _name, point: _nearest(stations, at, point))


def fire_zones(land: Land, fleet: Fleet) -> tuple[list[Zone], Contested | None]:
    """A town's own department where it has one, else the nearest station of any."""
    stations = fleet.stations_of("fire")
    at = np.array([s.at for s in stations])
    own: dict[str, list[int]] = {}
    for agency in fleet.agencies:
        if agency.discipline == "fire" and agency.home:
            own[agency.home] = [k for k, s in enumerate(stations) if s.agency == agency.id]

    def answers(name: str, point: drawing.Points) -> Station:
        mine = own.get(name)
        if mine is None:
            return _nearest(stations, at, point)
        return _nearest([stations[k] for k in mine], at[mine], point)

    seeds = [at, *(at[k] for k in own.values() if len(k) > 1)]
    zones = _cut(land, stations, seeds, answers)
    return _with_contested_strip(zones)


def _nearest(stations: list[Station], at: drawing.Points, point: drawing.Points) -> Station:
    return stations[int(np.argmin(np.linalg.norm(at - point, axis=1)))]


def _cut(
    land: Land,
    stations: list[Station],
    seeds: list[drawing.Points],
    answers: Callable[[str, drawing.Points], Station],
) -> list[Zone]:
    straight = np.random.default_rng(0)
    lines: list[BaseGeometry] = list(land.lines)
    for points in seeds:
        if len(points) > 2:
            lines += drawing.borders_between(points, land.outline, straight, 0.0)
        else:
            lines.append(_bisector(points, land.outline))
    faces = drawing.faces_between(lines, land.outline)
    inner = np.array([shapely.get_coordinates(f.representative_point())[0] for f in faces])
    groups: dict[tuple[str, str], list[BaseGeometry]] = {}
    for face, point, name in zip(faces, inner, land.municipality_at(inner), strict=True):
        groups.setdefault((answers(name, point).code, name), []).append(face)
    agency = {s.code: s.agency for s in stations}
    order = [s.code for s in stations]
    return [
        Zone(agency[code], code, name, drawing.merged(groups[code, name]))
        for code, name in sorted(groups, key=lambda g: (order.index(g[0]), g[1]))
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
    grown = shapely.union(zones[i].area, strip, grid_size=drawing.GRID_M)
    spot = strip.representative_point()
    changed = list(zones)
    changed[i] = Zone(zones[i].agency, zones[i].station, zones[i].municipality, grown)
    pair = (zones[i].agency, zones[j].agency)
    return changed, Contested(pair, (spot.x, spot.y), float(strip.area))


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [p for p in shapely.get_parts(geometry) if isinstance(p, LineString)]
