"""Streets out of pieces: which piece carries on through a junction, and how each one bends.

Knows geometry only; names and OSM tags come after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.synthetic.drawing import Points
from geodata.synthetic.graph import Edge, Kind, StreetGraph
from geodata.synthetic.land import Land

STRAIGHT_ON_DEG = 42.0
BEND_STEP_M = 105.0
BEND_FROM_M = 185.0


@dataclass(frozen=True)
class Chain:
    """One street: its edges in order, each with whether it is walked from u to v.

    ``stops`` are the junctions in order, one more than ``edges``; ``length_m`` is along the chords.
    """

    kind: Kind
    edges: tuple[int, ...]
    stops: tuple[int, ...]
    length_m: float


def chains_of(graph: StreetGraph) -> list[Chain]:
    """All pieces as streets, in the order of each street's first piece; every piece once."""
    points = graph.points()
    onward = _onward(graph, points)
    chains: list[Chain] = []
    done: set[int] = set()
    for start, edge in enumerate(graph.edges):
        if start in done:
            continue
        first, junction = _first_of(graph, onward, start)
        edges, stops = [], [junction]
        at: int | None = first
        while at is not None and at not in done:
            done.add(at)
            edges.append(at)
            e = graph.edges[at]
            stops.append(e.v if e.u == stops[-1] else e.u)
            at = onward.get((at, stops[-1]))
        length = float(np.linalg.norm(np.diff(points[stops], axis=0), axis=1).sum())
        chains.append(Chain(edge.kind, tuple(edges), tuple(stops), length))
    return chains


def bends_of(graph: StreetGraph, chains: list[Chain], land: Land, seed: int) -> dict[int, Points]:
    """Shape points of each edge that is not straight, in the order in which its chain walks it.

    A bend that would touch water or another street is left out, so its edge stays straight.
    """
    rng = np.random.default_rng([seed, 4])
    points = graph.points()
    bends: dict[int, Points] = {}
    for chain in chains:
        corners = points[list(chain.stops)]
        lean = rng.uniform(-0.5, 0.5, 2) * (chain.kind is Kind.LOCAL)
        for i, edge in enumerate(chain.edges):
            if not graph.edges[edge].bridge:
                bend = _bend(corners, i, lean)
                if len(bend):
                    bends[edge] = bend
    return _without_clashes(graph, chains, bends, land)


def _onward(graph: StreetGraph, points: Points) -> dict[tuple[int, int], int]:
    """(edge, junction at its end) → the edge on which the street goes on."""
    ends: list[list[int]] = [[] for _ in graph.at]
    for i, e in enumerate(graph.edges):
        ends[e.u].append(i)
        ends[e.v].append(i)
    onward: dict[tuple[int, int], int] = {}
    for junction, edges in enumerate(ends):
        turns = sorted(
            (turn, a, b)
            for k, a in enumerate(edges)
            for b in edges[k + 1 :]
            if (turn := _turn_deg(graph, points, junction, a, b, len(edges))) < STRAIGHT_ON_DEG
        )
        used: set[int] = set()
        for _, a, b in turns:
            if a not in used and b not in used:
                used |= {a, b}
                onward[a, junction] = b
                onward[b, junction] = a
    return onward


def _turn_deg(
    graph: StreetGraph, points: Points, junction: int, a: int, b: int, degree: int
) -> float:
    one, other = graph.edges[a], graph.edges[b]
    if one.kind is not other.kind:
        return 360.0
    if one.kind is Kind.RAMP:
        return 0.0 if degree == 2 else 360.0
    if one.oneway and (one.v == junction) == (other.v == junction):
        return 360.0
    here = points[junction]
    into = here - points[_other(one, junction)]
    out = points[_other(other, junction)] - here
    turn = abs(math.atan2(into[0] * out[1] - into[1] * out[0], float(into @ out)))
    return math.degrees(turn)


def _other(edge: Edge, junction: int) -> int:
    return edge.v if edge.u == junction else edge.u


def _first_of(
    graph: StreetGraph, onward: dict[tuple[int, int], int], start: int
) -> tuple[int, int]:
    """The first edge of the street of ``start``, and the junction where it begins."""
    edge, junction = start, graph.edges[start].u
    while (before := onward.get((edge, junction))) is not None and before != start:
        edge, junction = before, _other(graph.edges[before], junction)
    if graph.edges[edge].oneway:
        edge, junction = _rewound(graph, onward, start)
    return edge, junction


def _rewound(graph: StreetGraph, onward: dict[tuple[int, int], int], start: int) -> tuple[int, int]:
    edge = start
    while (before := onward.get((edge, graph.edges[edge].u))) is not None and before != start:
        edge = before
    return edge, graph.edges[edge].u


def _bend(corners: Points, i: int, lean: Points) -> Points:
    """Points of a Hermite curve between corners i and i + 1; empty where the piece is short."""
    a, b = corners[i], corners[i + 1]
    length = math.dist(a, b)
    if length < BEND_FROM_M:
        return np.empty((0, 2))
    out = _heading(corners, i, lean[0]) * length
    into = _heading(corners, i + 1, lean[1]) * length
    parts = max(2, round(length / BEND_STEP_M))
    t = np.arange(1, parts)[:, None] / parts
    return np.asarray(
        (2 * t**3 - 3 * t**2 + 1) * a
        + (t**3 - 2 * t**2 + t) * out
        + (3 * t**2 - 2 * t**3) * b
        + (t**3 - t**2) * into
    )


def _heading(corners: Points, i: int, lean: float) -> Points:
    last = len(corners) - 1
    run = corners[min(i + 1, last)] - corners[max(i - 1, 0)]
    run = run / max(float(np.hypot(*run)), 1e-9)
    if 0 < i < last:
        return np.asarray(run)
    cos, sin = math.cos(lean), math.sin(lean)
    return np.array([run[0] * cos - run[1] * sin, run[0] * sin + run[1] * cos])


def _without_clashes(
    graph: StreetGraph, chains: list[Chain], bends: dict[int, Points], land: Land
) -> dict[int, Points]:
    order = [
        (edge, u, v)
        for chain in chains
        for edge, u, v in zip(chain.edges, chain.stops[:-1], chain.stops[1:], strict=True)
    ]
    points = graph.points()
    lines = np.array(
        [
            shapely.linestrings(np.vstack([points[u], *bends.get(edge, ()), points[v]]))
            for edge, u, v in order
        ]
    )
    clash: set[int] = set()
    wide = land.river.buffer(6)
    shapely.prepare(wide)
    for k in np.flatnonzero(shapely.intersects(wide, lines)):
        clash.add(order[k][0])
    pairs = shapely.STRtree(lines).query(lines, predicate="crosses")
    for one, other in pairs.T:
        kinds = {graph.edges[order[one][0]].kind, graph.edges[order[other][0]].kind}
        if kinds & {Kind.LOCAL} and not kinds & {Kind.MOTORWAY}:
            edge = order[one][0]
            if graph.edges[edge].kind is Kind.LOCAL:
                clash.add(edge)
    return {
        edge: bend
        for edge, bend in bends.items()
        if edge not in clash or graph.edges[edge].kind is not Kind.LOCAL
    }
