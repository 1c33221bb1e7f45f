"""The roads that were there first: arterials between towns, the motorway, its ramps, the railway.

Decides where the few bridges stand. Fills in no local streets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.synthetic import drawing
from geodata.synthetic.drawing import Points
from geodata.synthetic.graph import Kind, StreetGraph
from geodata.synthetic.land import Land

BRIDGES = 5
GATES = 8
RURAL_STEP_M = 430.0
MOTORWAY_STEP_M = 600.0
HALF_CARRIAGEWAYS_M = 14.0
RAMP_M = 430.0
OVERPASS_M = 75.0


@dataclass(frozen=True)
class Arteries:
    """Centre lines of what is not a local street."""

    roads: tuple[LineString, ...]
    motorway: LineString
    railway: LineString


def draw_arteries(land: Land, seed: int) -> Arteries:
    """Lines for arterials, motorway and railway over the land, from the seed."""
    rng = np.random.default_rng([seed, 2])
    return Arteries(tuple(_roads(land, rng)), _motorway(land, rng), _railway(land, rng))


def lay_arteries(graph: StreetGraph, land: Land, lines: Arteries, rail_marks: list[float]) -> None:
    """Put junctions on the lines and join them: bridges, interchanges and level crossings.

    Appends to ``rail_marks`` the metres along the railway at which a road crosses it on the level.
    """
    noded = shapely.get_parts(shapely.unary_union(list(lines.roads), grid_size=1.0))
    exits: list[tuple[float, int, int]] = []
    for piece in noded:
        _lay_piece(graph, land, lines, piece, exits, rail_marks)
    chosen: list[tuple[float, int, int]] = []
    room = lines.motorway.length
    for exit_ in sorted(exits):
        if 1500 < exit_[0] < room - 1500 and (not chosen or exit_[0] - chosen[-1][0] > 2800):
            chosen.append(exit_)
    _lay_motorway(graph, land, lines.motorway, chosen)


def lay_railway(graph: StreetGraph, lines: Arteries, marks: Iterable[float]) -> None:
    """The railway as pieces through every level crossing, once all of them are known."""
    line = lines.railway
    stops = {
        0.0,
        line.length,
        *(round(m, 2) for m in marks),
        *np.arange(250, line.length - 100, 250),
    }
    ids = [graph.junction(*_at(line, p)) for p in sorted(stops)]
    for u, v in pairwise(ids):
        graph.join(u, v, Kind.RAIL)


def _at(line: LineString, position_m: float) -> tuple[float, float]:
    p = line.interpolate(position_m)
    return p.x, p.y


def _gabriel(points: Points) -> list[tuple[int, int]]:
    pairs = {
        tuple(sorted((int(t[i]), int(t[j]))))
        for t in Delaunay(points).simplices
        for i, j in ((0, 1), (1, 2), (0, 2))
    }
    kept = []
    for u, v in sorted(pairs):
        middle, radius = (points[u] + points[v]) / 2, math.dist(points[u], points[v]) / 2
        away = np.linalg.norm(points - middle, axis=1)
        if np.sum(away < radius * 0.999) == 0:
            kept.append((u, v))
    return kept


def _roads(land: Land, rng: np.random.Generator) -> list[LineString]:
    towns = np.array([t.at for t in land.towns])
    turn = (np.arange(GATES) + rng.uniform(0.1, 0.9)) / GATES
    gates = np.array(
        [
            _at(LineString(land.outline.exterior.coords), t * land.outline.exterior.length)
            for t in turn
        ]
    )
    wanted = [(towns[u], towns[v]) for u, v in _gabriel(towns)]
    for gate in gates:
        near = towns[int(np.argmin(np.linalg.norm(towns - gate, axis=1)))]
        wanted.append((near, gate))
    wanted.sort(key=lambda ab: math.dist(*ab))
    river = shapely.unary_union([land.river_line])
    drawn: list[LineString] = []
    bridges = 0
    for a, b in wanted:
        over_water = len(_parts(LineString([a, b]).intersection(river))) % 2 == 1
        if over_water and bridges >= BRIDGES:
            continue
        line = _road(a, b, land, rng, 1 if over_water else 0)
        if line is not None:
            drawn.append(line)
            bridges += over_water
    return drawn


def _road(
    a: Points, b: Points, land: Land, rng: np.random.Generator, crossings: int
) -> LineString | None:
    """A curve that meets the river ``crossings`` times, squarely; None where no draw did."""
    length = math.dist(a, b)
    for sway in (0.09, 0.09, 0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.02, 0.0):
        line = LineString(drawing.smooth(drawing.wander(a, b, rng, sway, length * 0.3), 3))
        wet = _parts(line.intersection(land.river))
        inside = line.intersection(land.outline).length > line.length * 0.985
        square = all(part.length < 620 for part in wet)
        if len(wet) == crossings and square and inside:
            return line
    return None


def _point(geometry: BaseGeometry) -> Point:
    """Where two lines meet; the middle where they run together."""
    return geometry if isinstance(geometry, Point) else geometry.centroid


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [p for p in shapely.get_parts(geometry) if isinstance(p, LineString) and not p.is_empty]


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [p for p in shapely.get_parts(geometry) if not p.is_empty]


def _through(land: Land, stops: list[Points], rng: np.random.Generator, sway: float) -> LineString:
    legs = [drawing.wander(a, b, rng, sway, math.dist(a, b) * 0.3)[:-1] for a, b in pairwise(stops)]
    line = LineString(drawing.smooth(np.vstack([*legs, stops[-1:]]), 4))
    kept = line.intersection(land.outline.buffer(-5))
    return max(_lines(kept), key=lambda p: p.length)


def _motorway(land: Land, rng: np.random.Generator) -> LineString:
    low_x, low_y, high_x, high_y = land.outline.bounds
    city = land.towns[0]
    beside = np.array(city.at) + np.array([-0.15, 1.0]) * city.radius_m * 1.5
    start = np.array([low_x * 1.05, high_y * rng.uniform(0.7, 0.95)])
    end = np.array([high_x * 1.05, low_y * rng.uniform(0.1, 0.45)])
    return _through(land, [start, beside, end], rng, 0.08)


def _railway(land: Land, rng: np.random.Generator) -> LineString:
    low_x, low_y, high_x, high_y = land.outline.bounds
    city, town = land.towns[0], land.towns[2]
    start = np.array([low_x * 1.05, low_y * rng.uniform(0.3, 0.6)])
    end = np.array([high_x * 1.05, high_y * rng.uniform(0.5, 0.8)])
    beside = [np.array(t.at) + t.radius_m * np.array([0.25, -0.35]) for t in (city, town)]
    stops = [start, *sorted(beside, key=lambda p: float(p[0])), end]
    return _through(land, stops, rng, 0.06)


def _lay_piece(
    graph: StreetGraph,
    land: Land,
    lines: Arteries,
    piece: LineString,
    exits: list[tuple[float, int, int]],
    rail_marks: list[float],
) -> None:
    length = piece.length
    spans = []
    for wet in _lines(piece.intersection(land.river.buffer(10))):
        ends = [piece.project(Point(c)) for c in (wet.coords[0], wet.coords[-1])]
        spans.append((max(min(ends), 0.0), min(max(ends), length)))
    crossed: list[tuple[float, tuple[float, float]]] = []
    for hit in _parts(piece.intersection(lines.motorway)):
        p = piece.project(_point(hit))
        if OVERPASS_M * 1.3 < p < length - OVERPASS_M * 1.3:
            span = (p - OVERPASS_M, p + OVERPASS_M)
            crossed.append((lines.motorway.project(_point(hit)), span))
        else:
            span = (max(p - OVERPASS_M, 0.0), min(p + OVERPASS_M, length))
        spans.append(span)
    spans = _joined(spans)
    marks = []
    for hit in _parts(piece.intersection(lines.railway)):
        p = piece.project(_point(hit))
        if not any(a - 20 < p < b + 20 for a, b in spans):
            marks.append(p)
            rail_marks.append(lines.railway.project(_point(hit)))
    ids = _lay_breaks(graph, land, piece, spans, marks)
    for p in marks:
        graph.level_crossings.add(graph.junction(*_at(piece, p)))
    for position, (a, b) in crossed:
        if (a, b) in spans:
            exits.append((position, ids[a], ids[b]))


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    whole: list[tuple[float, float]] = []
    for a, b in sorted(spans):
        if whole and a < whole[-1][1] + 30:
            whole[-1] = (whole[-1][0], max(b, whole[-1][1]))
        else:
            whole.append((a, b))
    return whole


def _lay_breaks(
    graph: StreetGraph,
    land: Land,
    piece: LineString,
    spans: list[tuple[float, float]],
    marks: list[float],
) -> dict[float, int]:
    fixed = sorted({0.0, piece.length, *marks, *(p for span in spans for p in span)})
    ids = {p: graph.junction(*_at(piece, p)) for p in fixed}
    for a, b in pairwise(fixed):
        bridge = any(s <= a and b <= e for s, e in spans)
        parts = 1 if bridge else max(1, round((b - a) / _step_m(land, piece, (a + b) / 2)))
        stops = [a, *(a + (b - a) * k / parts for k in range(1, parts)), b]
        last = ids[a]
        for p in stops[1:]:
            here = ids.setdefault(p, graph.junction(*_at(piece, p)))
            graph.join(last, here, Kind.ARTERIAL, bridge=bridge)
            last = here
    return ids


def _step_m(land: Land, piece: LineString, position_m: float) -> float:
    x, y = _at(piece, position_m)
    near = min(math.dist((x, y), t.at) / t.radius_m for t in land.towns)
    block = min(land.towns, key=lambda t: math.dist((x, y), t.at) / t.radius_m).block_m
    return block * 1.05 if near < 0.8 else min(RURAL_STEP_M, block * (1 + 2.2 * (near - 0.8)))


def _lay_motorway(
    graph: StreetGraph, land: Land, line: LineString, exits: list[tuple[float, int, int]]
) -> None:
    spans = []
    for wet in _lines(line.intersection(land.river.buffer(12))):
        ends = [line.project(Point(c)) for c in (wet.coords[0], wet.coords[-1])]
        spans.append((min(ends), max(ends)))
    spans = _joined(spans)
    stops = {0.0, line.length, *(p for s in spans for p in s)}
    gores = {t + side * RAMP_M for t, _, _ in exits for side in (-1, 1)}
    stops |= gores
    fill = np.arange(MOTORWAY_STEP_M, line.length - 300, MOTORWAY_STEP_M)
    stops |= {float(p) for p in fill if all(abs(p - q) > 200 for q in stops)}
    ordered = sorted(stops)
    last: dict[int, list[int]] = {}
    for side in (-1, 1):
        ids = [graph.junction(*_beside(line, p, side * HALF_CARRIAGEWAYS_M)) for p in ordered]
        last[side] = [ids[0], ids[-1]]
        steps = list(zip(ordered[:-1], ordered[1:], ids[:-1], ids[1:], strict=True))
        for a, b, u, v in steps:
            bridge = any(s <= a and b <= e for s, e in spans)
            tail, head = (u, v) if side < 0 else (v, u)
            graph.join(tail, head, Kind.MOTORWAY, oneway=True, bridge=bridge)
        _lay_ramps(graph, line, exits, side, dict(zip(ordered, ids, strict=True)))
    # Where the motorway leaves the county one can turn, else its last stretch could not be left.
    graph.join(last[1][0], last[-1][0], Kind.RAMP, oneway=True)
    graph.join(last[-1][1], last[1][1], Kind.RAMP, oneway=True)


def _lay_ramps(
    graph: StreetGraph,
    line: LineString,
    exits: list[tuple[float, int, int]],
    side: int,
    gores: dict[float, int],
) -> None:
    """A diamond's two ramps on one side; side -1 runs with the line, on its right."""
    for t, a, b in exits:
        foot = min((a, b), key=lambda n: math.dist(graph.at[n], _beside(line, t, side * 200.0)))
        for along in (-1, 1):
            knee = graph.junction(*_beside(line, t + along * RAMP_M * 0.45, side * 62.0))
            gore = gores[t + along * RAMP_M]
            leaving = along * side > 0
            first, last = (gore, foot) if leaving else (foot, gore)
            graph.join(first, knee, Kind.RAMP, oneway=True)
            graph.join(knee, last, Kind.RAMP, oneway=True)


def _beside(line: LineString, position_m: float, offset_m: float) -> tuple[float, float]:
    """A point beside the line; a positive offset is to the left of its direction."""
    p = np.array(_at(line, min(max(position_m, 0.0), line.length)))
    a, b = (
        np.array(_at(line, max(position_m - 15, 0))),
        np.array(_at(line, min(position_m + 15, line.length))),
    )
    run = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
    left = p + offset_m * np.array([-run[1], run[0]])
    return float(left[0]), float(left[1])
