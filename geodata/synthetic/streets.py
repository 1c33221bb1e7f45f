"""Local streets between the arterials: warped grids in towns, wandering roads outside.

Adds to a graph that has the arteries already. Names nothing.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree
from shapely.geometry import LineString, Point

from geodata.synthetic.arteries import Arteries
from geodata.synthetic.drawing import Points
from geodata.synthetic.graph import Edge, Kind, StreetGraph
from geodata.synthetic.land import Land, Town

Pairs = npt.NDArray[np.int64]
RURAL_M = 640.0
SUBURB_M = 165.0


def lay_streets(
    graph: StreetGraph,
    land: Land,
    lines: Arteries,
    seed: int,
    nodes: int,
    rail_marks: list[float],
) -> None:
    """Fill the graph up to about ``nodes`` junctions, and join all roads into one network."""
    rng = np.random.default_rng([seed, 3])
    for p in _dry(_town_points(land, rng), land, lines, graph, 0.55):
        graph.junction(*p)
    for p in _rural_points(land, lines, graph, rng, nodes - len(graph.at)):
        graph.junction(*p)
    points = graph.points()
    pairs = _neighbours(points)
    pairs = pairs[_passable(points, pairs, graph, land, lines)]
    fixed = np.array(
        [(e.u, e.v) for e in graph.edges if e.kind is not Kind.RAIL], dtype=np.int64
    ).reshape(-1, 2)
    kept = _sparse(points, pairs, rng)
    kept |= _bridging(points, pairs, kept, fixed)
    for u, v in pairs[kept]:
        _join_local(graph, lines, int(u), int(v), rail_marks)


def prune(graph: StreetGraph) -> StreetGraph:
    """The largest network that can be driven, with its railway; junctions are numbered anew."""
    roads = [e for e in graph.edges if e.kind is not Kind.RAIL]
    n = len(graph.at)
    ends = np.array([(e.u, e.v) for e in roads])
    links = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n))
    _, label = connected_components(links, directed=False)
    largest = int(np.bincount(label[ends[:, 0]]).argmax())
    whole = StreetGraph()
    number: dict[int, int] = {}
    for e in graph.edges:
        if e.kind is Kind.RAIL or label[e.u] == largest:
            for end in (e.u, e.v):
                if end not in number:
                    number[end] = whole.junction(*graph.at[end])
            whole.edges.append(Edge(number[e.u], number[e.v], e.kind, e.oneway, e.bridge, e.bend))
    whole.level_crossings = {number[c] for c in graph.level_crossings if c in number}
    return whole


def _town_points(land: Land, rng: np.random.Generator) -> Points:
    return np.vstack([_grid(town, rng) for town in land.towns])


def _grid(town: Town, rng: np.random.Generator) -> Points:
    """Street corners of one town: a turned grid, bent, ragged at the edge, with holes."""
    reach = int(town.radius_m / town.block_m * 1.35) + 2
    i, j = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    flat = np.column_stack([i.ravel(), j.ravel()]).astype(np.float64)
    flat[:, 1] *= rng.uniform(0.8, 0.95)
    turn, wave = rng.uniform(0, math.pi / 2), rng.uniform(0, 6.28, 4)
    flat = flat * town.block_m
    away = np.linalg.norm(flat, axis=1) / town.radius_m
    flat = flat * (1 + 0.16 * away[:, None] ** 2)
    long = 2 * math.pi / (town.block_m * 9)
    bent = flat + town.block_m * 0.55 * np.minimum(away, 1.3)[:, None] * np.column_stack(
        [np.sin(flat[:, 1] * long + wave[0]), np.sin(flat[:, 0] * long + wave[1])]
    )
    bearing = np.arctan2(flat[:, 1], flat[:, 0])
    edge = 1 + 0.16 * np.sin(2 * bearing + wave[2]) + 0.1 * np.sin(5 * bearing + wave[3])
    here = np.linalg.norm(bent, axis=1) / town.radius_m
    keep = (here < edge) & (rng.random(len(bent)) > 0.05 + 0.3 * np.clip(here, 0, 1.2) ** 3)
    cos, sin = math.cos(turn), math.sin(turn)
    turned = bent[keep] @ np.array([[cos, sin], [-sin, cos]])
    jitter = rng.normal(0, town.block_m * 0.035, turned.shape)
    return np.asarray(turned + jitter + np.array(town.at))


def _spacing_m(points: Points, land: Land) -> Points:
    """How far apart rural junctions stand here, before scaling: close about towns."""
    beyond = np.min(
        [
            np.linalg.norm(points - np.array(t.at), axis=1) - t.radius_m * (0.9 if t.rank else 1.0)
            for t in land.towns
        ],
        axis=0,
    )
    return np.asarray(np.clip(SUBURB_M + 0.2 * np.maximum(beyond, 0), SUBURB_M, RURAL_M))


def _dry(
    points: Points, land: Land, lines: Arteries, graph: StreetGraph, clearance: float
) -> Points:
    """Points on land, clear of the motorway, the railway and the junctions already there."""
    dots = shapely.points(points)
    for area in (land.outline, land.river, lines.motorway, lines.railway):
        shapely.prepare(area)
    fit = shapely.contains(land.outline, dots) & ~shapely.dwithin(land.river, dots, 45)
    fit &= ~shapely.dwithin(lines.motorway, dots, 110) & ~shapely.dwithin(lines.railway, dots, 42)
    points = points[fit]
    away, _ = cKDTree(graph.points()).query(points)
    spacing = _spacing_m(points, land) if clearance < 0.5 else np.full(len(points), 125.0)
    return np.asarray(points[away > clearance * spacing])


def _rural_points(
    land: Land, lines: Arteries, graph: StreetGraph, rng: np.random.Generator, wanted: int
) -> Points:
    """About ``wanted`` points, evenly scattered by a spacing that grows away from the towns."""
    low_x, low_y, high_x, high_y = land.outline.bounds
    probe = rng.uniform((low_x, low_y), (high_x, high_y), (4000, 2))
    probe = probe[shapely.contains(land.outline, shapely.points(probe))]
    built = cKDTree(graph.points()).query(probe)[0] < 0.6 * _spacing_m(probe, land)
    per_m2 = np.mean(np.where(built, 0.0, 1 / _spacing_m(probe, land) ** 2))
    factor = math.sqrt(0.66 * land.outline.area * float(per_m2) / max(wanted, 1))
    tries = _scattered(land, rng, wanted * 7)
    tries = _dry(tries, land, lines, graph, 0.42 * factor)
    spacing = _spacing_m(tries, land) * factor
    near = cKDTree(tries).query_ball_point(tries, spacing)
    gone = np.zeros(len(tries), dtype=bool)
    for i, others in enumerate(near):
        if not gone[i]:
            for j in others:
                if j > i:
                    gone[j] = True
    return np.asarray(tries[~gone][: max(wanted, 0)])


def _scattered(land: Land, rng: np.random.Generator, count: int) -> Points:
    low_x, low_y, high_x, high_y = land.outline.bounds
    found: list[Points] = []
    while sum(map(len, found)) < count:
        tries = rng.uniform((low_x, low_y), (high_x, high_y), (count * 3, 2))
        keep = rng.random(len(tries)) < (SUBURB_M / _spacing_m(tries, land)) ** 1.4
        found.append(tries[keep])
    return np.vstack(found)[:count]


def _neighbours(points: Points) -> Pairs:
    triangles = Delaunay(points).simplices.astype(np.int64)
    pairs = np.sort(
        np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1
    )
    return np.unique(pairs, axis=0)


def _passable(
    points: Points, pairs: Pairs, graph: StreetGraph, land: Land, lines: Arteries
) -> npt.NDArray[np.bool_]:
    """Pairs that a local street may join: no water, no motorway, across no other road."""
    length = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    segments = shapely.linestrings(points[pairs])
    fit = length < 2600
    for barrier, room in ((land.river, 12.0), (lines.motorway, 45.0)):
        wide = barrier.buffer(room)
        shapely.prepare(wide)
        fit &= ~shapely.intersects(wide, segments)
    closed: set[int] = set()
    for e in graph.edges:
        if e.kind in (Kind.MOTORWAY, Kind.RAMP):
            closed.update((e.u, e.v))
    barred = np.zeros(len(points), dtype=bool)
    barred[sorted(closed)] = True
    fit &= ~(barred[pairs[:, 0]] | barred[pairs[:, 1]])
    roads = [e for e in graph.edges if e.kind is not Kind.RAIL]
    there = {(min(e.u, e.v), max(e.u, e.v)) for e in roads}
    fit &= np.array([(int(u), int(v)) not in there for u, v in pairs])
    laid = shapely.linestrings(points[np.array([(e.u, e.v) for e in roads])])
    crossing = shapely.STRtree(laid).query(segments, predicate="crosses")[0]
    fit[np.unique(crossing)] = False
    return np.asarray(fit)


def _sparse(points: Points, pairs: Pairs, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Relative neighbours, and a share of the next closest kin: few roads, no waste."""
    a, b = points[pairs[:, 0]], points[pairs[:, 1]]
    length = np.linalg.norm(a - b, axis=1)
    near = np.asarray(cKDTree(points).query(points, k=14)[1])[:, 1:]
    relative, gabriel = np.ones(len(pairs), bool), np.ones(len(pairs), bool)
    middle = (a + b) / 2
    for ends in (0, 1):
        for k in range(near.shape[1]):
            other = near[pairs[:, ends], k]
            c = points[other]
            apart = (other != pairs[:, 0]) & (other != pairs[:, 1])
            lune = np.maximum(np.linalg.norm(a - c, axis=1), np.linalg.norm(b - c, axis=1))
            relative &= ~(apart & (lune < length * 0.995))
            gabriel &= ~(apart & (np.linalg.norm(middle - c, axis=1) < length * 0.5))
    return relative | (gabriel & (rng.random(len(pairs)) < 0.13))


def _bridging(
    points: Points, pairs: Pairs, kept: npt.NDArray[np.bool_], fixed: Pairs
) -> npt.NDArray[np.bool_]:
    """Further pairs, the shortest, without which a part would stay cut off."""
    n = len(points)
    length = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    cost = np.where(kept, 1e-3, length)
    rows = np.concatenate([pairs[:, 0], fixed[:, 0]])
    columns = np.concatenate([pairs[:, 1], fixed[:, 1]])
    weight = np.concatenate([cost, np.full(len(fixed), 1e-6)])
    tree = minimum_spanning_tree(coo_matrix((weight, (rows, columns)), shape=(n, n)).tocsr())
    needed = {(int(u), int(v)) for u, v in zip(*tree.nonzero(), strict=True)}
    return np.array([(int(u), int(v)) in needed for u, v in pairs], dtype=bool) & ~kept


def _join_local(
    graph: StreetGraph, lines: Arteries, u: int, v: int, rail_marks: list[float]
) -> None:
    """One street; where it meets the railway it gets a level crossing."""
    segment = LineString([graph.at[u], graph.at[v]])
    hit = segment.intersection(lines.railway) if segment.intersects(lines.railway) else None
    if hit is None or hit.is_empty:
        graph.join(u, v, Kind.LOCAL)
        return
    if not isinstance(hit, Point):
        return
    crossing = graph.junction(hit.x, hit.y)
    rail_marks.append(lines.railway.project(hit))
    graph.level_crossings.add(crossing)
    graph.join(u, crossing, Kind.LOCAL)
    graph.join(crossing, v, Kind.LOCAL)
