"""One drawn line on the roads: the likeliest course past its points, and how far it is trusted.

The course (see ``course``) is measured: how much of it and of the line lie on each other, how far
apart, and how sure it is that no other course was meant. What fits too little is refused with the
reason; a person looks at it then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import shapely

from geodata.carriageways import other_side
from geodata.course import SIGMA_M, Course, CourseFinder, Piece, Rules, Sight
from geodata.lonlat import LonLat, distance_m
from geodata.network import RoadNetwork
from geodata.planes import Plane
from geodata.snapping import Snapper

Direction = Literal["both", "along", "unknown"]
"""``along``: traffic that drives in the order of the line. Unknown is treated as both."""

SEARCH_M: Final = 40.0
"""How far from a vertex its road may lie."""
NEAR_M: Final = 25.0
"""A stretch of line counts as on the road when the road is nearer than this."""
CONFIDENT: Final = 0.6
"""Below this a line is refused."""
AGAINST_TRAFFIC: Final = "it is drawn against the traffic of a one-way road"
LEAST_COVERED_M: Final = 15.0
MOST_NEEDED_M: Final = 30.0
"""Less than this of a road at a line's end is the line's own inaccuracy."""
_MOST_CANDIDATES: Final = 12
_SPACING_M: Final = 15.0
_STEP_M: Final = 50.0
_SAMPLE_M: Final = 10.0
_TOLERANCE_M: Final = 3.0
_ONE_GROUND_M: Final = 5.0
_DOUBTFUL_M: Final = 12.0
"""A line that lies farther than this beside its course may have been drawn the wrong way round."""
_MUCH_LIKELIER: Final = 4.0
_ROUND_ABOUT: Final = 1.5
_ALIKE: Final = 4.0
"""So many points in a row err alike, and say no more than one."""
_BETWEEN: Final = 0.5
"""Where only points are known, a longer way is less likely than its length alone says."""

_AVOID_BETWEEN: Final = 0.3
_DETOUR_BETWEEN: Final = 0.03
_AS_IT_GOES_BETWEEN: Final = 0.05
_PASS_OVER_POINT: Final = 15.0
"""The rules (see ``Rules``) where only points are on the road."""
_DETOUR: Final = 2.0
"""A way between points so many times the straight one tells nothing against it."""
_FARTHEST_M: Final = 10_000.0
"""Between points farther apart than this there are too many ways."""
_SETS_OUT_M: Final = 50.0
_ACROSS_COS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Match:
    """Arcs in driving order with how well they fit, 0 to 1; or none, and ``why_not``.

    ``proposal``: of one refused, the arcs that a person may accept; none where there are none.
    """

    arcs: tuple[int, ...]
    confidence: float
    why_not: str = ""
    proposal: tuple[int, ...] = ()

    @property
    def placed(self) -> bool:
        return not self.why_not


class LineMatcher:
    """Places lines of two points or more, on the same terms."""

    def __init__(
        self,
        network: RoadNetwork,
        snapper: Snapper,
        plane: Plane,
        direction: Direction,
        names: set[str],
    ) -> None:
        self._network = network
        self._snapper = snapper
        self._along = direction == "along"
        self._named = _edges_named(network, names)
        self._finder = CourseFinder(network, plane)

    def place(self, points: Sequence[LonLat], *, follows_road: bool, drawn: bool = False) -> Match:
        """The arcs that a line was drawn from, or why they cannot be told.

        Args:
            points: Two or more.
            follows_road: Whether the road runs between them as the line does.
            drawn: Whether it is a line all the same; then it must not only cross roads.
        """
        if not follows_road and max(distance_m(a, b) for a, b in pairwise(points)) > _FARTHEST_M:
            return Match((), 0.0, f"its points lie more than {_FARTHEST_M / 1000:g} km apart")
        sights = self._sights(points, follows_road)
        if not any(sight.near for sight in sights):
            return Match((), 0.0, f"no road within {SEARCH_M:g} m of point 1")
        rules = self._rules(sights, follows_road)
        sights, rules, course = self._likeliest(sights, rules, follows_road)
        if course is None:
            return Match((), 0.0, f"no road within {SEARCH_M:g} m that traffic may drive")
        if drawn and self._only_crosses(course):
            return Match((), 0.0, "it runs across the roads, not along them")
        miss_m = _miss_m(sights, course)
        fit = self._fit(points, course) if follows_road else self._fit_points(sights, course)
        fit *= math.exp(-(max(0.0, miss_m / SIGMA_M - 1.0) ** 2) / 2)
        needed_m = max(LEAST_COVERED_M, 3 * miss_m) if follows_road else MOST_NEEDED_M
        pieces = self._on_one_ground(self._covered(course, min(needed_m, MOST_NEEDED_M)))
        match = Match(self._arcs(pieces), fit)
        if self._along and rules.any_way:
            why = AGAINST_TRAFFIC if fit >= CONFIDENT else _poor(fit)
            return Match((), min(fit, 1.0 - fit), why, self._with_traffic(pieces))
        if not self._along:
            beside = other_side(self._network, self._snapper, self._runs(pieces))
            if beside.why_not:
                return Match((), fit * beside.share, beside.why_not, match.arcs)
            match = Match(tuple(dict.fromkeys((*match.arcs, *beside.arcs))), fit)
        confidence = match.confidence * self._certainty(
            sights, rules, course, match.arcs, follows_road
        )
        if confidence < CONFIDENT:
            return Match((), confidence, _poor(confidence), match.arcs)
        return Match(match.arcs, confidence)

    def _with_traffic(self, pieces: Sequence[Piece]) -> tuple[int, ...]:
        """The arcs of the pieces' roads as traffic drives them, whichever way the line is drawn."""
        edges = dict.fromkeys(piece.edge for piece in pieces)
        both = (arc for edge in edges for arc in self._network.edge_arcs[edge].tolist())
        return tuple(arc for arc in both if arc >= 0)

    def _rules(self, sights: Sequence[Sight], follows_road: bool) -> Rules:
        named = self._named_near(sights)
        if follows_road:
            return Rules(named=named)
        return Rules(
            named=named,
            avoid_share=_AVOID_BETWEEN,
            detour_share=_DETOUR_BETWEEN,
            as_it_goes=_AS_IT_GOES_BETWEEN,
            pass_over=_PASS_OVER_POINT if len(sights) > 2 else math.inf,
        )

    def _likeliest(
        self, sights: list[Sight], rules: Rules, follows_road: bool
    ) -> tuple[list[Sight], Rules, Course | None]:
        """The course with the traffic, in the line's order or, for both directions, in either.

        Where such a course leaves something to be desired, and one that may drive against the
        traffic is far likelier, that one; its rules say so.
        """
        turns = [sights] if self._along else [sights, sights[::-1]]
        found = [(turn, self._finder.find(turn, rules)) for turn in turns]
        sights, course = min(found, key=lambda each: each[1].cost if each[1] else math.inf)
        if course and None not in course.seen and _miss_m(sights, course) <= _DOUBTFUL_M:
            return sights, rules, course
        any_way = replace(rules, any_way=True)
        turned = self._finder.find(sights, any_way)
        if turned and self._is_far_likelier(turned, course, follows_road):
            return sights, any_way, turned
        return sights, rules, course

    def _sights(self, points: Sequence[LonLat], follows_road: bool) -> list[Sight]:
        """The points with the roads near them; along a drawn line also points between them."""
        if not follows_road:
            return [self._sight(point, True) for point in points]
        kept = _spaced(points)
        sights = [self._sight(kept[0], True)]
        for a, b in pairwise(kept):
            steps = math.ceil(distance_m(a, b) / _STEP_M)
            for number in range(1, steps):
                share = number / steps
                between = LonLat(a.lon + share * (b.lon - a.lon), a.lat + share * (b.lat - a.lat))
                sights.append(self._sight(between, False))
            sights.append(self._sight(b, True))
        return sights

    def _sight(self, point: LonLat, firm: bool) -> Sight:
        return Sight(point, self._snapper.near(point, SEARCH_M)[:_MOST_CANDIDATES], firm)

    def _named_near(self, sights: Sequence[Sight]) -> frozenset[int]:
        """The edges of the stated names, where most of the points have one near them."""
        near = sum(any(snap.edge in self._named for snap in sight.near) for sight in sights)
        return self._named if 2 * near > len(sights) else frozenset()

    def _is_far_likelier(self, turned: Course, course: Course | None, follows_road: bool) -> bool:
        """Whether a course against the traffic is what was meant, rather than one with it."""
        turned_m = self._driven_m(turned)
        against_m = sum(self._length_m(p) for p in turned.pieces if self._arc(p) < 0)
        if self._along and against_m <= 0.5 * turned_m:
            return False
        if course is None:
            return True
        if not follows_road and self._driven_m(course) <= _ROUND_ABOUT * turned_m:
            return False
        return turned.cost + _MUCH_LIKELIER < course.cost

    def _fit(self, points: Sequence[LonLat], course: Course) -> float:
        """How much of the course and of the line lie on each other."""
        course_line = self._drawn(course.pieces)
        if len(course_line) < 2:
            return 0.0
        plane = Plane(points[0])
        driven, drawn = plane.line(course_line), plane.line(points)
        return _share_near(drawn, driven) * _share_near(driven, drawn)

    def _fit_points(self, sights: Sequence[Sight], course: Course) -> float:
        """How many of the points are on the course, and how little it strays between them."""
        straight_m = sum(distance_m(a.at, b.at) for a, b in pairwise(sights))
        driven_m = self._driven_m(course)
        seen = sum(seen is not None for seen in course.seen) / len(sights)
        return seen**2 * min(1.0, _DETOUR * straight_m / max(driven_m, 1e-9))

    def _only_crosses(self, course: Course) -> bool:
        """Whether the course goes round about, setting out and coming in square to the line."""
        driven = self._drawn(course.pieces)
        if len(driven) < 2:
            return True
        line = Plane(driven[0]).line(driven)
        reach_m = min(_SETS_OUT_M, line.length / 2)
        spots = shapely.line_interpolate_point(line, [0.0, reach_m, -reach_m, line.length])
        first, out, back, last = (complex(spot.x, spot.y) for spot in spots)
        whole = (last - first).conjugate()
        if line.length < _ROUND_ABOUT * abs(whole):
            return False
        steps = (out - first, last - back)
        return all((step * whole).real <= _ACROSS_COS * abs(step) * abs(whole) for step in steps)

    def _certainty(
        self,
        sights: Sequence[Sight],
        rules: Rules,
        course: Course,
        arcs: Sequence[int],
        follows_road: bool,
    ) -> float:
        """1 less the share of the next best course that lies elsewhere, by how likely that is."""
        avoided = frozenset(piece.edge for piece in course.pieces)
        rival = self._finder.find(sights, replace(rules, avoided=avoided))
        if rival is None:
            return 1.0
        ours = set(arcs)
        if self._along:
            other = [piece for piece in rival.pieces if self._arc(piece) not in ours]
        else:
            edges = {int(self._network.arc_edge[arc]) for arc in arcs}
            other = [piece for piece in rival.pieces if piece.edge not in edges]
        other_m = sum(self._length_m(piece) for piece in other)
        share = other_m / max(self._driven_m(rival), 1e-9)
        differ = sum(
            (a and a.edge) != (b and b.edge) for a, b in zip(course.seen, rival.seen, strict=True)
        )
        alike = max(1.0, differ / _ALIKE) if follows_road else _BETWEEN
        likely = math.exp(-max(0.0, rival.cost - course.cost) / alike)
        return 1.0 - share * likely

    def _covered(self, course: Course, needed_m: float) -> list[Piece]:
        """One whole piece for each way that enough of the course lies on, in driving order.

        Where there is none, the one that most of it lies on.
        """
        metres: dict[int, float] = {}
        for piece in course.pieces:
            metres[piece.way] = metres.get(piece.way, 0.0) + self._length_m(piece)
        enough = [
            way
            for way, covered_m in metres.items()
            if covered_m >= min(needed_m, 0.5 * float(self._network.edge_length_m[way >> 1]))
            and covered_m > 0.0
        ]
        chosen = enough or [max(metres, key=metres.__getitem__)]
        return [Piece(way, 0.0, 1.0) for way in chosen]

    def _on_one_ground(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Each piece with the others that lie upon it from end to end: a road drawn twice."""
        found: dict[Piece, None] = {}
        for piece in pieces:
            found[piece] = None
            facts = self._finder.ways.of(piece.way)
            shape = self._shape(piece.way)
            for way in self._finder.ways.out_of(facts.tail):
                other = self._finder.ways.of(way)
                if other.head != facts.head or way == piece.way:
                    continue
                if (
                    other.with_traffic == facts.with_traffic
                    and _apart_m(shape, self._shape(way)) <= _ONE_GROUND_M
                ):
                    found[Piece(way, 0.0, 1.0)] = None
        return list(found)

    def _arcs(self, pieces: Sequence[Piece]) -> tuple[int, ...]:
        if self._along:
            return tuple(self._arc(piece) for piece in pieces)
        both = (arc for p in pieces for arc in (self._arc(p), self._arc(p, back=True)))
        return tuple(dict.fromkeys(arc for arc in both if arc >= 0))

    def _runs(self, pieces: Sequence[Piece]) -> list[tuple[int, ...]]:
        """The one-way arcs in stretches that drive the same way, each in driving order."""
        runs: list[tuple[int, ...]] = []
        before = 0
        for piece in pieces:
            arc, back = self._arc(piece), self._arc(piece, back=True)
            sense = 0 if arc >= 0 and back >= 0 else 1 if arc >= 0 else -1
            if sense != before:
                runs.append(())
            if sense:
                runs[-1] = (*runs[-1], arc) if sense > 0 else (back, *runs[-1])
            before = sense
        return [run for run in runs if run]

    def _arc(self, piece: Piece, *, back: bool = False) -> int:
        return int(self._network.edge_arcs[piece.edge, (piece.way & 1) ^ back])

    def _driven_m(self, course: Course) -> float:
        return sum(self._length_m(piece) for piece in course.pieces)

    def _length_m(self, piece: Piece) -> float:
        return (piece.end - piece.begin) * float(self._network.edge_length_m[piece.edge])

    def _shape(self, way: int) -> list[LonLat]:
        shape = self._network.shape_of_edge(way >> 1)
        return shape[::-1] if way & 1 else shape

    def _drawn(self, pieces: Sequence[Piece]) -> list[LonLat]:
        line: list[LonLat] = []
        for piece in pieces:
            if piece.begin == piece.end:
                continue
            shape = self._shape(piece.way)
            line += Plane(shape[0]).part(shape, piece.begin, piece.end)
        return line


def _poor(fit: float) -> str:
    return f"the roads fit it by {fit:.0%} only: give points on one road, or draw along it"


def _edges_named(network: RoadNetwork, names: set[str]) -> frozenset[int]:
    if not names:
        return frozenset()
    own = [number for number, name in enumerate(network.names) if name.casefold() in names]
    named = np.isin(network.edge_name, own) | np.isin(network.edge_ref, own)
    return frozenset(np.flatnonzero(named).tolist())


def _miss_m(sights: Sequence[Sight], course: Course) -> float:
    """How far the given points lie beside the course: the root of the mean square, in metres."""
    squares = [
        seen.distance_m**2
        for sight, seen in zip(sights, course.seen, strict=True)
        if seen is not None and sight.firm
    ]
    return math.sqrt(sum(squares) / len(squares)) if squares else math.inf


def _share_near(line: shapely.LineString, other: shapely.LineString) -> float:
    steps = max(2, int(line.length // _SAMPLE_M) + 1)
    samples = shapely.line_interpolate_point(line, np.linspace(0.0, line.length, steps))
    return float((shapely.distance(samples, other) <= NEAR_M).mean())


def _apart_m(one: Sequence[LonLat], other: Sequence[LonLat]) -> float:
    """How far two lines lie from each other where they lie farthest apart."""
    plane = Plane(one[0])
    return float(shapely.hausdorff_distance(plane.line(one), plane.line(other)))


def _spaced(points: Sequence[LonLat]) -> list[LonLat]:
    """The line with fewer vertices where they stand closer than the roads are known."""
    plane = Plane(points[0])
    thin = plane.lon_lat(plane.line(points).simplify(_TOLERANCE_M))
    kept = [thin[0]]
    for point in thin[1:-1]:
        if distance_m(kept[-1], point) >= _SPACING_M:
            kept.append(point)
    kept.append(thin[-1])
    return kept
