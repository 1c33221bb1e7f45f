"""OSM ways, tagged, out of streets: class, name, speed, one-way pairs, bridges, turn restrictions.

Chooses tags only; the file is written elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geodata.synthetic import naming
from geodata.synthetic.chains import Chain, bends_of, chains_of
from geodata.synthetic.drawing import Points
from geodata.synthetic.graph import Kind, StreetGraph
from geodata.synthetic.land import Land
from geodata.synthetic.street_naming import name_streets

ONE_WAY_PAIRS = 3
LONGEST_TRIED = 40
TURN_BANS = 18
MPH = {"primary": 45, "secondary": 40, "tertiary": 35, "unclassified": 35, "residential": 25}


@dataclass
class Way:
    """Junction numbers at ``stops``; ``shape`` has the points of each piece, ends included."""

    stops: list[int]
    shape: list[Points]
    tags: dict[str, str]
    edges: list[int]


@dataclass(frozen=True)
class TurnBan:
    """From one way over a junction to another: indices into the list of ways."""

    from_way: int
    via: int
    to_way: int
    kind: str


@dataclass
class Roads:
    """What goes into the OSM file: junctions in metres, tagged ways and nodes, turn bans."""

    at: Points
    ways: list[Way] = field(default_factory=list)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    bans: list[TurnBan] = field(default_factory=list)


def roads_of(graph: StreetGraph, land: Land, seed: int) -> Roads:
    """Tag every piece of the graph; the same seed gives the same names and bans."""
    rng = np.random.default_rng([seed, 5])
    chains = chains_of(graph)
    bends = bends_of(graph, chains, land, seed)
    points = graph.points()
    classes = [_class(c, points, land, rng) for c in chains]
    middles = np.array([points[c.stops[len(c.stops) // 2]] for c in chains])
    names = name_streets(chains, classes, points, land.municipality_at(middles), land, rng)
    one_way = _one_way_chains(graph, chains, classes, points, land)
    vias = _ban_places(graph, points, land, rng)
    roads = Roads(points)
    for i, chain in enumerate(chains):
        tags = _tags(chain, classes[i], names[i], middles[i], land)
        _cut(roads, graph, chain, bends, tags, one_way.get(i), vias)
    roads.node_tags = {n: {"railway": "level_crossing"} for n in sorted(graph.level_crossings)}
    _signals(roads, graph, points, land)
    roads.bans = _turn_bans(roads, vias)
    return roads


def _class(chain: Chain, points: Points, land: Land, rng: np.random.Generator) -> str:
    if chain.kind is Kind.RAIL:
        return "rail"
    if chain.kind is Kind.MOTORWAY:
        return "motorway"
    if chain.kind is Kind.RAMP:
        return "motorway_link"
    if chain.kind is Kind.ARTERIAL:
        return "primary" if chain.length_m > 8500 else "secondary"
    built = _in_town(points[chain.stops[len(chain.stops) // 2]], land)
    if built:
        if chain.length_m > 1500:
            return "tertiary"
        return "service" if chain.length_m < 75 else "residential"
    if chain.length_m > 3200:
        return "tertiary"
    if chain.length_m < 420 and rng.random() < 0.12:
        return "private"
    return "unclassified" if chain.length_m > 700 else "residential"


def _in_town(at: Points, land: Land) -> bool:
    return any(math.dist(at, t.at) < t.radius_m * 1.15 for t in land.towns)


def _tags(chain: Chain, class_: str, name: str, middle: Points, land: Land) -> dict[str, str]:
    if class_ == "rail":
        return {"railway": "rail", "name": naming.RAILWAY, "gauge": "1435"}
    if class_ == "motorway":
        tags = {"highway": "motorway", "name": name, "ref": "X 4", "oneway": "yes"}
        return tags | {"maxspeed": "65 mph", "lanes": "2"}
    if class_ == "motorway_link":
        return {"highway": "motorway_link", "oneway": "yes", "maxspeed": "35 mph", "lanes": "1"}
    if class_ == "private":
        return {"highway": "service", "service": "driveway", "access": "private"}
    if class_ == "service":
        return {"highway": "service"}
    mph = MPH[class_] - (10 if _in_town(middle, land) and class_ in MPH else 0)
    tags = {"highway": class_, "name": name, "maxspeed": f"{max(mph, 25)} mph"}
    if class_ == "primary":
        tags["lanes"] = "2"
    return tags


def _cut(
    roads: Roads,
    graph: StreetGraph,
    chain: Chain,
    bends: dict[int, Points],
    tags: dict[str, str],
    one_way: tuple[int, int, bool] | None,
    vias: set[int],
) -> None:
    """Append the chain as ways: a new one at each bridge's end, one-way's end and turn ban."""
    way: Way | None = None
    state: tuple[bool, int] | None = None
    for i, edge in enumerate(chain.edges):
        u, v = chain.stops[i], chain.stops[i + 1]
        flow = 0
        if one_way is not None and one_way[0] <= i < one_way[1]:
            flow = 1 if one_way[2] else -1
        now = (graph.edges[edge].bridge, flow)
        if way is None or now != state or u in vias or len(way.edges) > 150:
            extra = {"bridge": "yes", "layer": "1"} if now[0] else {}
            way = Way([u], [], tags | extra | ({"oneway": "yes"} if flow else {}), [])
            roads.ways.append(way)
            state = now
        line = np.vstack([roads.at[u], *bends.get(edge, ()), roads.at[v]])
        way.stops.append(v)
        way.shape.append(line)
        way.edges.append(edge)
        if flow == -1 and (i + 1 == len(chain.edges) or i + 1 == (one_way or (0, 0))[1]):
            _reverse(way)
        elif flow == -1 and (v in vias or len(way.edges) > 150):
            _reverse(way)
            way = None


def _reverse(way: Way) -> None:
    way.stops.reverse()
    way.shape = [line[::-1] for line in reversed(way.shape)]
    way.edges.reverse()


def _one_way_chains(
    graph: StreetGraph, chains: list[Chain], classes: list[str], points: Points, land: Land
) -> dict[int, tuple[int, int, bool]]:
    """Chain → (first edge, last edge + 1, along the chain): pairs of neighbours, opposite ways.

    A pair after which some road could no longer be both reached and left is not made.
    """
    degree = np.bincount(np.array([(e.u, e.v) for e in graph.edges]).ravel())
    fit: list[tuple[int, int, int]] = []
    for i, chain in enumerate(chains):
        if chain.kind is not Kind.LOCAL or classes[i] not in ("residential", "tertiary"):
            continue
        town = min(land.towns, key=lambda t: math.dist(points[chain.stops[0]], t.at) / t.radius_m)
        inside = np.linalg.norm(points[list(chain.stops)] - np.array(town.at), axis=1)
        open_ = [
            k for k, s in enumerate(chain.stops) if degree[s] >= 3 and inside[k] < town.radius_m
        ]
        if town.rank < 2 and open_ and open_[-1] - open_[0] >= 5:
            fit.append((i, open_[0], open_[-1]))
    chosen: dict[int, tuple[int, int, bool]] = {}
    fit = sorted(fit, key=lambda f: f[1] - f[2])[:LONGEST_TRIED]
    for a in fit:
        for b in fit:
            if a[0] == b[0] or a[0] in chosen or b[0] in chosen:
                continue
            along = _beside(points, chains[a[0]], chains[b[0]], a, b)
            if along is None or len(chosen) >= 2 * ONE_WAY_PAIRS:
                continue
            pair = {a[0]: (a[1], a[2], True), b[0]: (b[1], b[2], not along)}
            if _all_reachable(graph, chains, chosen | pair):
                chosen |= pair
    return chosen


def _beside(
    points: Points, one: Chain, other: Chain, a: tuple[int, int, int], b: tuple[int, int, int]
) -> bool | None:
    """Whether two chains run side by side a block apart, and if so whether in one direction."""
    p, q = points[list(one.stops[a[1] : a[2] + 1])], points[list(other.stops[b[1] : b[2] + 1])]
    gaps = np.linalg.norm(p[:, None] - q[None], axis=2).min(axis=1)
    if gaps.min() < 60 or np.median(gaps) > 190:
        return None
    return bool((p[-1] - p[0]) @ (q[-1] - q[0]) > 0)


def _all_reachable(
    graph: StreetGraph, chains: list[Chain], one_way: dict[int, tuple[int, int, bool]]
) -> bool:
    arcs: list[tuple[int, int]] = []
    for i, chain in enumerate(chains):
        if chain.kind is Kind.RAIL:
            continue
        first, last, along = one_way.get(i, (0, 0, True))
        for k, edge in enumerate(chain.edges):
            u, v = chain.stops[k], chain.stops[k + 1]
            e = graph.edges[edge]
            if e.oneway:
                arcs.append((e.u, e.v))
            elif first <= k < last:
                arcs.append((u, v) if along else (v, u))
            else:
                arcs += [(u, v), (v, u)]
    a = np.array(arcs)
    n = len(graph.at)
    links = coo_matrix((np.ones(len(a)), (a[:, 0], a[:, 1])), shape=(n, n))
    _, label = connected_components(links, connection="strong")
    used = np.zeros(n, bool)
    used[[e.u for e in graph.edges if e.kind in (Kind.LOCAL, Kind.ARTERIAL)]] = True
    return bool(len(np.unique(label[used])) == 1)


def _ban_places(
    graph: StreetGraph, points: Points, land: Land, rng: np.random.Generator
) -> set[int]:
    """Junctions in the larger towns where a local street meets an arterial."""
    kinds: list[set[Kind]] = [set() for _ in graph.at]
    degree = [0] * len(graph.at)
    for e in graph.edges:
        for end in (e.u, e.v):
            kinds[end].add(e.kind)
            degree[end] += 1
    busy = [
        n
        for n, k in enumerate(kinds)
        if k == {Kind.LOCAL, Kind.ARTERIAL}
        and degree[n] in (3, 4)
        and any(math.dist(points[n], t.at) < t.radius_m for t in land.towns if t.rank < 2)
    ]
    rng.shuffle(busy)
    return set(busy[:TURN_BANS])


def _turn_bans(roads: Roads, vias: set[int]) -> list[TurnBan]:
    """At each place, the left turn out of the local street into the arterial."""
    at_via: dict[int, list[int]] = {v: [] for v in sorted(vias)}
    for i, way in enumerate(roads.ways):
        for end in {way.stops[0], way.stops[-1]} & vias:
            at_via[end].append(i)
    bans = []
    for via, ways in at_via.items():
        small = [
            i for i in ways if roads.ways[i].tags.get("highway") not in ("primary", "secondary")
        ]
        large = [i for i in ways if i not in small]
        lefts = [
            (i, j)
            for i in small
            for j in large
            if _left_turn(roads, i, via, j) and roads.ways[i].stops[0] != roads.ways[i].stops[-1]
        ]
        bans += [TurnBan(i, via, j, "no_left_turn") for i, j in lefts[:1]]
    return bans


def _left_turn(roads: Roads, i: int, via: int, j: int) -> bool:
    one, other = roads.ways[i], roads.ways[j]
    if "oneway" in one.tags or "oneway" in other.tags:
        return False
    before = one.shape[-1][-2] if one.stops[-1] == via else one.shape[0][1]
    after = other.shape[0][1] if other.stops[0] == via else other.shape[-1][-2]
    into, out = roads.at[via] - before, after - roads.at[via]
    turn = math.degrees(math.atan2(into[0] * out[1] - into[1] * out[0], float(into @ out)))
    return 40 < turn < 150


def _signals(roads: Roads, graph: StreetGraph, points: Points, land: Land) -> None:
    arterial = np.zeros(len(points), int)
    for e in graph.edges:
        if e.kind is Kind.ARTERIAL:
            arterial[[e.u, e.v]] += 1
    for n in np.flatnonzero(arterial >= 3):
        if _in_town(points[n], land):
            roads.node_tags[int(n)] = {"highway": "traffic_signals"}


def named_places(land: Land) -> list[tuple[tuple[float, float], dict[str, str]]]:
    """Points for the map's labels: each town, the river's middle."""
    kinds = {0: "city", 1: "town", 2: "village"}
    return [(t.at, {"place": kinds[t.rank], "name": t.name}) for t in land.towns]


def water(land: Land) -> list[tuple[Points, dict[str, str]]]:
    """Lines and closed rings of water inside the outline, with their tags."""
    drawn: list[tuple[Points, dict[str, str]]] = []
    for part in shapely.get_parts(land.river.intersection(land.outline)):
        if part.geom_type == "Polygon":
            ring = shapely.get_coordinates(part.exterior)
            drawn.append((ring, {"natural": "water", "water": "river", "name": naming.RIVER}))
    for line, kind, name in (
        (land.river_line, "river", naming.RIVER),
        (land.creek, "stream", naming.CREEK),
    ):
        for part in shapely.get_parts(line.intersection(land.outline)):
            if part.geom_type == "LineString":
                drawn.append((shapely.get_coordinates(part), {"waterway": kind, "name": name}))
    return drawn
