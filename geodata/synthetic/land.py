"""The lie of the land: outline, river, towns and the lines between municipalities, from a seed.

Draws in flat metres about the middle of the county. Knows nothing of roads or agencies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.synthetic import drawing
from geodata.synthetic.drawing import Points
from geodata.synthetic.naming import TOWN_NAMES

MIDDLE = LonLat(-75.3, 42.05)
UNINCORPORATED = "Unincorporated"
BOROUGHS = 3
NODES_IN_TOWN = (0.15, 0.06, 0.06, 0.06) + (0.023,) * 8
BLOCK_M = (118.0, 128.0, 128.0, 128.0) + (140.0,) * 8


@dataclass(frozen=True)
class Town:
    """A built-up place. ``rank`` 0 is the city, 1 a larger town, 2 a small one."""

    name: str
    at: tuple[float, float]
    rank: int
    radius_m: float
    block_m: float
    borough: bool


@dataclass(frozen=True)
class Land:
    """Outline, water and municipalities in metres; ``lines`` part the municipalities."""

    outline: Polygon
    river_line: LineString
    river: BaseGeometry
    creek: LineString
    towns: tuple[Town, ...]
    lines: tuple[BaseGeometry, ...]
    municipalities: dict[str, BaseGeometry]
    exclave_of: str

    def municipality_at(self, points: Points) -> list[str]:
        """The municipality of each point (n, 2); the nearest one for a point outside."""
        names = list(self.municipalities)
        found = drawing.holding(list(self.municipalities.values()), points)
        return [names[i] for i in found]


def to_lonlat(points: Points) -> Points:
    """Metres about ``MIDDLE`` (n, 2) to degrees (n, 2), rounded to 1e-7."""
    per_degree = math.radians(1) * EARTH_RADIUS_M
    lon = MIDDLE.lon + points[:, 0] / (per_degree * math.cos(math.radians(MIDDLE.lat)))
    lat = MIDDLE.lat + points[:, 1] / per_degree
    return np.asarray(np.round(np.column_stack([lon, lat]), 7), dtype=np.float64)


def point_lonlat(at: tuple[float, float]) -> LonLat:
    """One point in metres about ``MIDDLE``, in degrees."""
    lon, lat = to_lonlat(np.array([at]))[0].tolist()
    return LonLat(lon, lat)


def draw_land(seed: int, nodes: int) -> Land:
    """The county of ``seed``, as large as ``nodes`` road junctions ask for.

    Args:
        seed: Any integer; the same gives the same land.
        nodes: Road junctions that will fill it; the area grows a little slower than they do.
    """
    rng = np.random.default_rng([seed, 1])
    scale = (nodes / 6000) ** 0.4
    half = np.array([17_500.0, 13_000.0]) * scale
    outline = _outline(half, rng, scale)
    river_line = _river(half, rng, outline)
    river = _wet(river_line, scale)
    towns = _towns(rng, outline, river_line, half, nodes, scale)
    creek = _creek(rng, half, river_line, scale)
    lines, areas, exclave_of = _municipalities(rng, outline, towns, scale)
    return Land(outline, river_line, river, creek, towns, tuple(lines), areas, exclave_of)


def _outline(half: Points, rng: np.random.Generator, scale: float) -> Polygon:
    w, h = half
    north = drawing.wander(
        np.array([w * 0.97, h * 0.9]), np.array([-w * 0.86, h]), rng, 0.07, 900 * scale
    )
    jog = rng.uniform(0.25, 0.5)
    rest = [(-w, h * 0.55), (-w, -h * jog), (-w * 0.9, -h * jog), (-w * 0.88, -h)]
    rest += [(w * 0.45, -h * 1.03), (w * 0.47, -h * 0.86), (w, -h * 0.84), (w * 1.02, h * 0.2)]
    return Polygon([*map(tuple, north), *rest])


def _river(half: Points, rng: np.random.Generator, outline: Polygon) -> LineString:
    w, h = half
    for _ in range(50):
        start = np.array([-w * 1.1, h * rng.uniform(0.25, 0.5)])
        end = np.array([w * rng.uniform(0.5, 0.8), -h * 1.15])
        line = LineString(drawing.smooth(drawing.wander(start, end, rng, 0.2, w / 14), 3))
        if line.is_simple and shapely.line_locate_point(line, Point(0, 0)) > 0:
            kept = line.intersection(outline)
            if isinstance(kept, LineString) and abs(line.distance(Point(0, 0))) < h * 0.25:
                return line
    return LineString(drawing.smooth(np.array([start, [0.0, -h * 0.1], end]), 4))


def _wet(river_line: LineString, scale: float) -> BaseGeometry:
    corners = shapely.get_coordinates(river_line)
    half_width = np.linspace(55, 125, len(corners) - 1) * scale**0.5
    reaches = [
        LineString(corners[i : i + 2]).buffer(half_width[i], quad_segs=4)
        for i in range(len(corners) - 1)
    ]
    return shapely.simplify(shapely.unary_union(reaches), 4.0)


def _creek(
    rng: np.random.Generator, half: Points, river_line: LineString, scale: float
) -> LineString:
    mouth = river_line.interpolate(0.62, normalized=True)
    source = np.array([half[0] * rng.uniform(0.45, 0.75), half[1] * 0.7])
    path = drawing.wander(source, np.array([mouth.x, mouth.y]), rng, 0.18, 900 * scale)
    return LineString(drawing.smooth(path, 2))


def _towns(
    rng: np.random.Generator,
    outline: Polygon,
    river_line: LineString,
    half: Points,
    nodes: int,
    scale: float,
) -> tuple[Town, ...]:
    names = list(TOWN_NAMES)
    rng.shuffle(names)
    inner = outline.buffer(-2600 * scale)
    on_river = river_line.interpolate(0.5, normalized=True)
    sites = [np.array([on_river.x + 750 * scale, on_river.y + 900 * scale])]
    while len(sites) < len(names):
        sites.append(_next_site(rng, inner, river_line, half, sites, scale))
    towns = []
    for i, (name, at) in enumerate(zip(names, sites, strict=True)):
        radius = BLOCK_M[i] * math.sqrt(NODES_IN_TOWN[i] * nodes / math.pi)
        borough = i >= len(names) - BOROUGHS
        rank = 0 if i == 0 else 1 if i < 4 else 2
        towns.append(
            Town(name, (float(at[0]), float(at[1])), rank, radius * 1.06, BLOCK_M[i], borough)
        )
    return tuple(towns)


def _next_site(
    rng: np.random.Generator,
    inner: Polygon,
    river_line: LineString,
    half: Points,
    sites: list[Points],
    scale: float,
) -> Points:
    """The best of many throws: far from the other towns, on dry ground."""
    tries = rng.uniform(-half, half, (160, 2))
    dots = shapely.points(tries)
    dry = shapely.distance(river_line, dots) > 550 * scale
    fit = tries[shapely.contains(inner, dots) & dry]
    away = np.min(np.linalg.norm(fit[:, None] - np.array(sites)[None], axis=2), axis=1)
    lots = np.argsort(away)
    return np.asarray(fit[lots[int(len(lots) * rng.uniform(0.86, 0.99))]])


def _municipalities(
    rng: np.random.Generator, outline: Polygon, towns: tuple[Town, ...], scale: float
) -> tuple[list[BaseGeometry], dict[str, BaseGeometry], str]:
    whole = [t for t in towns if not t.borough]
    seeds = [np.array(t.at) + rng.normal(0, 500 * scale, 2) for t in whole]
    owners = [t.name for t in whole]
    while len(owners) < len(whole) + 6:
        seeds.append(_empty_seed(rng, outline, seeds))
        owners.append(UNINCORPORATED)
    lines: list[BaseGeometry] = [
        *drawing.borders_between(np.array(seeds), outline, rng, 0.05),
    ]
    cells = _assigned(drawing.faces_between(lines, outline), np.array(seeds), owners)
    rings = {
        t.name: drawing.blob(np.array(t.at), t.radius_m * 1.35, rng) for t in towns if t.borough
    }
    owner, spot = _exclave_site(cells, [t.name for t in whole[1:]], list(rings.values()), scale)
    exclave = drawing.blob(spot, 780 * scale, rng)
    lines += [ring.exterior for ring in (*rings.values(), exclave)]
    groups: dict[str, list[BaseGeometry]] = {
        name: [] for name in [*(t.name for t in towns), UNINCORPORATED]
    }
    at = np.array(seeds)
    for face in drawing.faces_between(lines, outline):
        inner = face.representative_point()
        inside = [name for name, ring in rings.items() if ring.contains(inner)]
        if inside:
            groups[inside[0]].append(face)
        elif exclave.contains(inner):
            groups[owner].append(face)
        else:
            near = int(np.argmin(np.hypot(at[:, 0] - inner.x, at[:, 1] - inner.y)))
            groups[owners[near]].append(face)
    return lines, {name: drawing.merged(faces) for name, faces in groups.items()}, owner


def _empty_seed(rng: np.random.Generator, outline: Polygon, seeds: list[Points]) -> Points:
    low_x, low_y, high_x, high_y = outline.bounds
    tries = rng.uniform((low_x, low_y), (high_x, high_y), (80, 2))
    fit = tries[shapely.contains(outline, shapely.points(tries))]
    away = np.min(np.linalg.norm(fit[:, None] - np.array(seeds)[None], axis=2), axis=1)
    return np.asarray(fit[int(np.argmax(away))])


def _assigned(faces: list[Polygon], seeds: Points, owners: list[str]) -> dict[str, BaseGeometry]:
    groups: dict[str, list[BaseGeometry]] = {}
    for face in faces:
        p = face.representative_point()
        near = int(np.argmin(np.hypot(seeds[:, 0] - p.x, seeds[:, 1] - p.y)))
        groups.setdefault(owners[near], []).append(face)
    return {name: drawing.merged(parts) for name, parts in groups.items()}


def _exclave_site(
    cells: dict[str, BaseGeometry], towns: list[str], taken: list[Polygon], scale: float
) -> tuple[str, Points]:
    """A spot well inside one town and as near as may be to another, which will own it."""
    best: tuple[float, str, Points] | None = None
    for host in towns:
        room = shapely.difference(
            cells[host].buffer(-1150 * scale), shapely.unary_union(taken).buffer(1100 * scale)
        )
        for owner in towns:
            if owner == host or room.is_empty:
                continue
            spot = shapely.get_coordinates(shapely.shortest_line(room, cells[owner]))[0]
            gap = float(cells[owner].distance(Point(spot)))
            if best is None or gap < best[0] - 1.0:
                best = (gap, owner, spot)
    if best is None:
        raise ValueError("no room for an exclave; the county is too small")
    return best[1], best[2]
