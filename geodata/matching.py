"""Where on the roads a closure lies: from a line or a point on the map to directed arcs.

The vertices' nearby roads are joined by the ways along the roads that fit the line's course best;
what came out is then measured against the line. A line that fits no road well enough is refused
with the reason. Nothing is guessed.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import shapely
import shapely.ops

from geodata.carriageways import other_carriageway
from geodata.lonlat import EARTH_RADIUS_M, LonLat, distance_m
from geodata.network import RoadNetwork
from geodata.snapping import Snap, Snapper

Direction = Literal["both", "along", "unknown"]
"""``along``: traffic that drives in the order of the line. Unknown is treated as both."""

SEARCH_M: Final = 40.0
"""How far from a vertex its road may lie."""
NEAR_M: Final = 15.0
"""A stretch of line counts as on the road when the road is nearer than this."""
CONFIDENT: Final = 0.6
"""Below this a line is refused."""
_SIGMA_M: Final = 8.0
_DETOUR_M: Final = 20.0
_MOST_CANDIDATES: Final = 8
_SPACING_M: Final = 10.0
_TOLERANCE_M: Final = 3.0
_LEAST_COVERED_M: Final = 15.0
"""Less than this of a road at a line's end is the line's own inaccuracy."""
_AMBIGUOUS_M: Final = 6.0
_OTHER_SIDE_SHARE: Final = 0.8
"""So much of a course must have the other carriageway beside it."""


@dataclass(frozen=True, slots=True)
class Match:
    """Arcs in driving order with how well they fit, 0 to 1; or none, and ``why_not``."""

    arcs: tuple[int, ...]
    confidence: float
    why_not: str = ""

    @property
    def placed(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True, order=True)
class _Piece:
    """A stretch of an arc, by the shares of it where it begins and ends."""

    arc: int
    begin: float
    end: float


def match_line(
    network: RoadNetwork,
    snapper: Snapper,
    line: Sequence[LonLat],
    direction: Direction = "both",
    *,
    follows_road: bool = True,
    road_names: Sequence[str] = (),
) -> Match:
    """Place a closure's line, or its single point, on the directed arcs that it covers.

    Args:
        network: The roads.
        snapper: Of the same network.
        line: One point or more, in order.
        direction: ``both`` and ``unknown`` also give the arcs of the other direction, where they
            fit the line as well as those of the first, or are the other carriageway of the same
            road. ``both`` is refused where that carriageway is there but cannot be followed.
        follows_road: False where only the points are on the road (a multipoint): between them the
            way along the roads is taken as it is, and only its length is judged.
        road_names: Names stated with it; they decide between roads at a lone point.

    Returns:
        The arcs covered by 15 m or half their length at least; ``why_not`` when it was refused.
    """
    points = _distinct(line)
    if not points:
        return Match((), 0.0, "there is no point")
    if len(points) == 1:
        spot = _match_point(network, snapper, points[0], direction, road_names)
        return _with_other_side(network, snapper, spot, direction) if spot.placed else spot
    along = _match_course(network, snapper, points, follows_road)
    if direction == "along":
        return along
    against = _match_course(network, snapper, points[::-1], follows_road)
    if not (along.placed and against.placed):
        one = along if along.placed or not against.placed else against
        return _with_other_side(network, snapper, one, direction) if one.placed else one
    arcs = tuple(dict.fromkeys((*along.arcs, *against.arcs)))
    return Match(arcs, max(along.confidence, against.confidence))


def _with_other_side(
    network: RoadNetwork, snapper: Snapper, one: Match, direction: Direction
) -> Match:
    """The carriageway that runs back beside it as well, where the road is divided.

    Where it is said that both directions are shut, and the other carriageway is there but cannot
    be followed, nothing is placed: a person must look, for crews would be sent into the other side.
    """
    beside = other_carriageway(network, snapper, one.arcs)
    known = [point for point in beside if point is not None]
    if not known:
        return one
    share = len(known) / len(beside)
    back = (
        _match_course(network, snapper, known, follows_road=False)
        if share >= _OTHER_SIDE_SHARE and len(known) > 1
        else Match((), 0.0, "too little of it runs beside")
    )
    if back.placed:
        arcs = tuple(dict.fromkeys((*one.arcs, *back.arcs)))
        return Match(arcs, min(one.confidence, back.confidence))
    if direction == "both":
        why = f"the other carriageway is near, but it cannot be followed: {back.why_not}"
        return Match((), one.confidence * share, why)
    return one


def towards(line: Sequence[LonLat], compass: str) -> tuple[list[LonLat], Direction]:
    """The line in the order that ``northbound`` traffic (or south-, east-, westbound) drives it.

    Where the line runs across the compass word (within 30 degrees of square to it), or the word is
    no compass direction, the direction stays ``unknown``.
    """
    points = list(line)
    wanted = {"northbound": (0, 1), "southbound": (0, -1), "eastbound": (1, 0)}
    wanted["westbound"] = (-1, 0)
    if compass not in wanted or len(points) < 2:
        return points, "unknown"
    east = (points[-1].lon - points[0].lon) * math.cos(math.radians(points[0].lat))
    north = points[-1].lat - points[0].lat
    length = math.hypot(east, north)
    if length == 0.0:
        return points, "unknown"
    agrees = (east * wanted[compass][0] + north * wanted[compass][1]) / length
    if abs(agrees) < 0.5:
        return points, "unknown"
    return (points if agrees > 0 else points[::-1]), "along"


def _match_point(
    network: RoadNetwork,
    snapper: Snapper,
    point: LonLat,
    direction: Direction,
    road_names: Sequence[str],
) -> Match:
    """A lone point shuts the edge that it lies on, when no other road is as near."""
    near = snapper.near(point, SEARCH_M)
    if not near:
        return Match((), 0.0, f"no road within {SEARCH_M:g} m of the point")
    named = [snap for snap in near if _is_named(network, snap, road_names)]
    best = (named or near)[0]
    rivals = [
        snap
        for snap in (named or near)
        if snap.edge != best.edge and snap.distance_m - best.distance_m < _AMBIGUOUS_M
    ]
    if rivals:
        return Match((), 0.0, f"{len(rivals) + 1} roads lie equally near the point")
    if direction == "along":
        return Match((), 0.0, "a lone point has no direction")
    confidence = math.exp(-((best.distance_m / (2 * _SIGMA_M)) ** 2) / 2)
    if confidence < CONFIDENT:
        return Match((), confidence, f"the nearest road is {best.distance_m:.0f} m away")
    arcs = tuple(arc for arc in network.edge_arcs[best.edge].tolist() if arc >= 0)
    return Match(arcs, confidence)


def _is_named(network: RoadNetwork, snap: Snap, road_names: Sequence[str]) -> bool:
    arc = int(network.edge_arcs[snap.edge].max())
    own = {network.name_of(arc).casefold(), network.ref_of(arc).casefold()} - {""}
    return any(name.casefold() in own for name in road_names)


def _match_course(
    network: RoadNetwork, snapper: Snapper, points: Sequence[LonLat], follows_road: bool
) -> Match:
    vertices = _spaced(points) if follows_road else list(points)
    candidates = [snapper.near(vertex, SEARCH_M)[:_MOST_CANDIDATES] for vertex in vertices]
    for number, found in enumerate(candidates, start=1):
        if not found:
            return Match((), 0.0, f"no road within {SEARCH_M:g} m of point {number}")
    pieces = _Course(network, vertices, candidates).best()
    if pieces is None:
        return Match((), 0.0, "no way along the roads joins its points in this direction")
    confidence = (
        _fit(network, points, pieces)
        if follows_road
        else _fit_points(network, vertices, candidates, pieces)
    )
    if confidence < CONFIDENT:
        return Match((), confidence, f"the roads fit it by {confidence:.0%} only")
    return Match(_covered(network, pieces), confidence)


class _Course:
    """The likeliest way through one candidate for each vertex (Viterbi over short searches)."""

    def __init__(
        self, network: RoadNetwork, vertices: Sequence[LonLat], candidates: list[list[Snap]]
    ) -> None:
        self._network = network
        self._vertices = vertices
        self._candidates = candidates

    def best(self) -> list[_Piece] | None:
        """The pieces in driving order; None where the candidates cannot be joined."""
        costs = [_miss(snap) for snap in self._candidates[0]]
        back: list[list[tuple[int, list[_Piece]] | None]] = []
        for k in range(1, len(self._vertices)):
            straight = distance_m(self._vertices[k - 1], self._vertices[k])
            targets = self._candidates[k]
            reached: list[float] = [math.inf] * len(targets)
            steps: list[tuple[int, list[_Piece]] | None] = [None] * len(targets)
            for i, source in enumerate(self._candidates[k - 1]):
                if math.isinf(costs[i]):
                    continue
                ways = self._ways(source, targets, 2 * straight + 200)
                for j, (metres, pieces) in ways.items():
                    cost = costs[i] + abs(metres - straight) / _DETOUR_M + _miss(targets[j])
                    if cost < reached[j]:
                        reached[j], steps[j] = cost, (i, pieces)
            costs = reached
            back.append(steps)
        return self._trace(costs, back)

    @staticmethod
    def _trace(
        costs: list[float], back: list[list[tuple[int, list[_Piece]] | None]]
    ) -> list[_Piece] | None:
        at = min(range(len(costs)), key=costs.__getitem__)
        if math.isinf(costs[at]):
            return None
        pieces: list[_Piece] = []
        for steps in reversed(back):
            step = steps[at]
            if step is None:
                return None
            at = step[0]
            pieces = [*step[1], *pieces]
        return pieces

    def _ways(
        self, source: Snap, targets: list[Snap], limit_m: float
    ) -> dict[int, tuple[float, list[_Piece]]]:
        """Metres and pieces from one candidate to each of the next that is within the limit."""
        network = self._network
        begins = self._arcs_at(source)
        queue: list[tuple[float, int, tuple[_Piece, ...]]] = []
        for arc, share in begins:
            rest = (1.0 - share) * float(network.arc_length_m[arc])
            queue.append((rest, int(network.arc_head[arc]), (_Piece(arc, share, 1.0),)))
        heapq.heapify(queue)
        best = self._on_same_edge(begins, source, targets)
        ends: dict[int, list[tuple[int, int, float]]] = {}
        for j, target in enumerate(targets):
            for arc, share in self._arcs_at(target):
                ends.setdefault(int(network.arc_tail[arc]), []).append((j, arc, share))
        done: set[int] = set()
        while queue and len(done) < 5000:
            metres, node, pieces = heapq.heappop(queue)
            if node in done or metres > limit_m:
                continue
            done.add(node)
            for j, arc, share in ends.get(node, ()):
                whole = metres + share * float(network.arc_length_m[arc])
                if j not in best or whole < best[j][0]:
                    best[j] = (whole, [*pieces, _Piece(arc, 0.0, share)])
            for arc in range(int(network.first_out[node]), int(network.first_out[node + 1])):
                onward = metres + float(network.arc_length_m[arc])
                head = int(network.arc_head[arc])
                if head not in done and onward <= limit_m:
                    heapq.heappush(queue, (onward, head, (*pieces, _Piece(arc, 0.0, 1.0))))
        return best

    def _on_same_edge(
        self, begins: list[tuple[int, float]], source: Snap, targets: list[Snap]
    ) -> dict[int, tuple[float, list[_Piece]]]:
        best: dict[int, tuple[float, list[_Piece]]] = {}
        for j, target in enumerate(targets):
            if target.edge != source.edge:
                continue
            for (arc, begin), (_, end) in zip(begins, self._arcs_at(target), strict=True):
                if begin <= end:
                    metres = (end - begin) * float(self._network.arc_length_m[arc])
                    best[j] = (metres, [_Piece(arc, begin, end)])
                    break
        return best

    def _arcs_at(self, snap: Snap) -> list[tuple[int, float]]:
        along, against = self._network.edge_arcs[snap.edge].tolist()
        pairs = [(along, snap.fraction), (against, 1.0 - snap.fraction)]
        return [(arc, share) for arc, share in pairs if arc >= 0]


def _miss(snap: Snap) -> float:
    return (snap.distance_m / _SIGMA_M) ** 2 / 2


def _covered(network: RoadNetwork, pieces: list[_Piece]) -> tuple[int, ...]:
    """The arcs that enough of the course lies on; when none is, the one that most of it does."""
    metres: dict[int, float] = {}
    for piece in pieces:
        length = (piece.end - piece.begin) * float(network.arc_length_m[piece.arc])
        metres[piece.arc] = metres.get(piece.arc, 0.0) + length
    enough = [
        arc
        for arc, covered in metres.items()
        if covered >= min(_LEAST_COVERED_M, 0.5 * float(network.arc_length_m[arc]))
        and covered > 0.0
    ]
    return tuple(enough or [max(metres, key=metres.__getitem__)])


def _fit(network: RoadNetwork, points: Sequence[LonLat], pieces: list[_Piece]) -> float:
    """How well the course and the line cover each other, and how alike their lengths are."""
    course = _metres(_ground_line(network, pieces), points[0])
    drawn = _metres(points, points[0])
    if course.length == 0.0 or drawn.length == 0.0:
        return 0.0
    alike = min(course.length, drawn.length) / max(course.length, drawn.length)
    return alike * _share_near(drawn, course) * _share_near(course, drawn)


def _fit_points(
    network: RoadNetwork,
    vertices: Sequence[LonLat],
    candidates: list[list[Snap]],
    pieces: list[_Piece],
) -> float:
    """How near the points are to roads, and how little the way between them strays."""
    straight = sum(distance_m(a, b) for a, b in pairwise(vertices))
    driven = sum((p.end - p.begin) * float(network.arc_length_m[p.arc]) for p in pieces)
    near = math.exp(-max(_miss(found[0]) for found in candidates) / 4)
    return near * min(1.0, 1.25 * straight / max(driven, 1e-9))


def _share_near(line: shapely.LineString, other: shapely.LineString) -> float:
    steps = max(2, int(line.length // _SPACING_M) + 1)
    samples = shapely.line_interpolate_point(line, np.linspace(0.0, line.length, steps))
    return float((shapely.distance(samples, other) <= NEAR_M).mean())


def _ground_line(network: RoadNetwork, pieces: list[_Piece]) -> list[LonLat]:
    line: list[LonLat] = []
    for piece in pieces:
        shape = network.shape_of_arc(piece.arc)
        drawn = _metres(shape, shape[0])
        part = shapely.ops.substring(drawn, piece.begin, piece.end, normalized=True)
        line.extend(_lon_lat(part, shape[0]))
    return line


def _scale(origin: LonLat) -> tuple[float, float]:
    north = math.radians(1.0) * EARTH_RADIUS_M
    return north * math.cos(math.radians(origin.lat)), north


def _metres(points: Sequence[LonLat], origin: LonLat) -> shapely.LineString:
    east, north = _scale(origin)
    return shapely.LineString(
        [((p.lon - origin.lon) * east, (p.lat - origin.lat) * north) for p in points]
    )


def _lon_lat(line: shapely.Geometry, origin: LonLat) -> list[LonLat]:
    east, north = _scale(origin)
    xy = shapely.get_coordinates(line).tolist()
    return [LonLat(origin.lon + x / east, origin.lat + y / north) for x, y in xy]


def _distinct(line: Sequence[LonLat]) -> list[LonLat]:
    points = [LonLat(*p) for p in line]
    return [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]


def _spaced(points: Sequence[LonLat]) -> list[LonLat]:
    """The line with fewer vertices where they stand closer than the roads are known."""
    drawn = _metres(points, points[0])
    thin = _lon_lat(drawn.simplify(_TOLERANCE_M), points[0])
    kept = [thin[0]]
    for point in thin[1:-1]:
        if distance_m(kept[-1], point) >= _SPACING_M:
            kept.append(point)
    kept.append(thin[-1])
    return kept
