"""Where on the roads a closure lies: from a point, points, a line or an area to directed arcs.

What fits no road well enough is refused with the reason. Nothing is guessed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from geodata.areas import match_area
from geodata.carriageways import other_side
from geodata.course import SIGMA_M
from geodata.line_matcher import AGAINST_TRAFFIC, CONFIDENT, SEARCH_M, Direction, LineMatcher, Match
from geodata.lonlat import LonLat, distance_m
from geodata.network import RoadNetwork
from geodata.planes import Plane
from geodata.snapping import Snap, Snapper

__all__ = ["Direction", "Match", "match_area", "match_line", "towards"]

COARSE_M: Final = 100.0
"""A line whose vertices mostly lie farther apart may have only them on the road."""
_AMBIGUOUS_M: Final = 6.0
_SPIKE: Final = 3.0
_SPIKE_M: Final = 100.0
_CLEARLY: Final = 0.1


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
        direction: ``both`` and ``unknown`` give the arcs of both directions of each road, and the
            other carriageway of a divided one; refused where that carriageway is there but cannot
            be followed. ``along`` is refused where the line is drawn against one-way traffic.
        follows_road: False where only the points are on the road (a multipoint): between them the
            likeliest way along the roads is taken. A line that fits no road as it is drawn, but
            has points far apart, is read in that way too.
        road_names: Names stated with it; roads of these names are likelier.

    Returns:
        The arcs covered by 15 m (25 m where the line is inaccurate) or half their length at least;
        ``why_not`` when it was refused.
    """
    points = _distinct(line)
    if not points:
        return Match((), 0.0, "there is no point")
    names = {name.casefold() for name in road_names} - {""}
    if len(points) == 1:
        return _match_point(network, snapper, points[0], direction, names)
    matcher = LineMatcher(network, snapper, Plane(points[0]), direction, names)
    if not follows_road:
        return matcher.place(points, follows_road=False)
    match = matcher.place(points, follows_road=True)
    smooth = _without_spikes(points)
    if len(smooth) < len(points):
        match = _clearer(match, matcher.place(smooth, follows_road=True))
    coarse = np.median([distance_m(a, b) for a, b in pairwise(points)]) >= COARSE_M
    if coarse and match.why_not != AGAINST_TRAFFIC:
        sparse = matcher.place(points, follows_road=False, drawn=True)
        return sparse if sparse.placed and sparse.confidence > match.confidence else match
    return match


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
    network: RoadNetwork, snapper: Snapper, point: LonLat, direction: Direction, names: set[str]
) -> Match:
    """A lone point shuts the edge that it lies on, when no other road is as near."""
    near = snapper.near(point, SEARCH_M)
    if not near:
        return Match((), 0.0, f"no road within {SEARCH_M:g} m of the point")
    named = [snap for snap in near if _is_named(network, snap, names)]
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
    confidence = math.exp(-((best.distance_m / (1.6 * SIGMA_M)) ** 2) / 2)
    arcs = tuple(arc for arc in network.edge_arcs[best.edge].tolist() if arc >= 0)
    if confidence < CONFIDENT:
        why = f"the nearest road is {best.distance_m:.0f} m away"
        return Match((), confidence, why, arcs)
    if len(arcs) > 1:
        return Match(arcs, confidence)
    beside = other_side(network, snapper, [arcs])
    if beside.why_not:
        return Match((), confidence * beside.share, beside.why_not, arcs)
    return Match((*arcs, *beside.arcs), confidence)


def _is_named(network: RoadNetwork, snap: Snap, names: set[str]) -> bool:
    arc = int(network.edge_arcs[snap.edge].max())
    return bool(names & {network.name_of(arc).casefold(), network.ref_of(arc).casefold()})


def _without_spikes(points: Sequence[LonLat]) -> list[LonLat]:
    """The points but those from which the line comes straight back: no road does that."""
    kept = [points[0]]
    for point, after in pairwise(points[1:]):
        away_m = distance_m(kept[-1], point) + distance_m(point, after)
        if away_m < _SPIKE * distance_m(kept[-1], after) + _SPIKE_M:
            kept.append(point)
    return [*kept, points[-1]]


def _clearer(spiked: Match, smooth: Match) -> Match:
    """A line with its spikes or without them: whichever fits clearly better, none in doubt."""
    if set(spiked.arcs) == set(smooth.arcs):
        return max(spiked, smooth, key=lambda match: match.confidence)
    better, worse = (spiked, smooth) if spiked.confidence > smooth.confidence else (smooth, spiked)
    if worse.placed and better.confidence - worse.confidence < _CLEARLY:
        why = "one of its points lies far off its course"
        return Match((), 1.0 - better.confidence, why, better.arcs)
    return better


def _distinct(line: Sequence[LonLat]) -> list[LonLat]:
    points = [LonLat(*p) for p in line]
    return [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
