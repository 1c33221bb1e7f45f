"""The roads in a drawn area: what lies in it, and whether it can have meant all of that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import shapely

from geodata import network as net
from geodata.line_matcher import CONFIDENT, LEAST_COVERED_M, Direction, Match
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork
from geodata.planes import Plane

LARGEST_KM2: Final = 10.0
"""A larger area is a warning, not a closure."""
_GROWN_M: Final = 5.0
"""Roads so near outside may have been meant as well."""
_MARGIN_DEG: Final = 0.0002
_MINOR_CLASS: Final = net.ROAD_CLASSES.index("service")
_LEVELS: Final = net.BRIDGE | net.TUNNEL


def match_area(
    network: RoadNetwork,
    ring: Sequence[LonLat],
    direction: Direction = "both",
    *,
    road_names: Sequence[str] = (),
) -> Match:
    """Shut every road that lies in an area, both directions.

    Args:
        network: The roads.
        ring: Three corners or more, in order, closed or not.
        direction: ``along`` is refused: an area has none.
        road_names: Names stated with it. Where roads cross on two levels in the area, those of
            these names are shut; without such a name nothing is, for the map cannot tell which
            level is meant.

    Returns:
        The arcs of which 15 m or half their length lies inside; ``why_not`` where there is none,
        the ring crosses itself, is larger than 10 square kilometres, runs just beside a road, or
        holds roads on two levels. The confidence falls with roads that run within 5 m outside.
    """
    if direction == "along":
        return Match((), 0.0, "an area has no direction")
    corners = list(dict.fromkeys(LonLat(*corner) for corner in ring))
    if len(corners) < 3:
        return Match((), 0.0, "an area has three corners or more")
    plane = Plane(corners[0])
    area = plane.polygon(corners)
    if not area.is_valid:
        return Match((), 0.0, "the area's outline crosses itself")
    if area.area > LARGEST_KM2 * 1e6:
        why = f"{area.area / 1e6:.0f} square kilometres are more than a closure"
        return Match((), 0.0, why)
    lines = {
        edge: plane.line(network.shape_of_edge(edge)) for edge in _edges_around(network, corners)
    }
    inside = _inside_m(lines, area)
    if not inside:
        return Match((), 0.0, "no road lies in the area")
    names = {name.casefold() for name in road_names} - {""}
    crossing = _on_two_levels(network, {edge: lines[edge] for edge in inside})
    unnamed = {edge for edge in crossing if not _is_named(network, edge, names)}
    if crossing and unnamed == crossing:
        return Match((), 0.0, "roads cross on two levels in the area")
    chosen = [edge for edge in inside if edge not in unnamed]
    sure_m = sum(inside[edge] for edge in chosen)
    perhaps = _inside_m(lines, area.buffer(_GROWN_M))
    confidence = sure_m / sum(metres for edge, metres in perhaps.items() if edge not in unnamed)
    if confidence < CONFIDENT:
        return Match((), confidence, "a road runs along just outside the area")
    arcs = network.edge_arcs[chosen].ravel()
    return Match(tuple(arcs[arcs >= 0].tolist()), confidence)


def _edges_around(network: RoadNetwork, corners: Sequence[LonLat]) -> list[int]:
    """Edges whose box meets the area's, with about 20 m around it."""
    start = network.shape_start[:-1]
    near = np.ones(network.edge_count, bool)
    for axis, values in (
        (network.point_lon, [corner.lon for corner in corners]),
        (network.point_lat, [corner.lat for corner in corners]),
    ):
        near &= np.maximum.reduceat(axis, start) >= min(values) - _MARGIN_DEG
        near &= np.minimum.reduceat(axis, start) <= max(values) + _MARGIN_DEG
    return [int(edge) for edge in np.flatnonzero(near)]


def _inside_m(lines: dict[int, shapely.LineString], area: shapely.Polygon) -> dict[int, float]:
    """Metres of each edge in the area, where they are enough to shut it."""
    shapely.prepare(area)
    inside = {}
    for edge, line in lines.items():
        metres = shapely.intersection(line, area).length if area.intersects(line) else 0.0
        if metres > 0.0 and metres >= min(LEAST_COVERED_M, 0.5 * line.length):
            inside[edge] = metres
    return inside


def _on_two_levels(network: RoadNetwork, lines: dict[int, shapely.LineString]) -> set[int]:
    """Edges that pass over or under another: one is a bridge or tunnel, and they do not meet.

    What passes over a service road or a path is no doubt: such are seldom meant.
    """
    edges = [edge for edge in lines if int(network.edge_class[edge]) < _MINOR_CLASS]
    level = {edge: int(network.edge_flags[edge]) & _LEVELS for edge in edges}
    raised = [edge for edge in edges if level[edge]]
    if not raised:
        return set()
    tree = shapely.STRtree([lines[edge] for edge in edges])
    pairs = tree.query([lines[edge] for edge in raised], predicate="intersects").T.tolist()
    found: set[int] = set()
    for number, at in pairs:
        one, other = raised[number], edges[at]
        if level[one] != level[other] and not _ends(network, one) & _ends(network, other):
            found |= {one, other}
    return found


def _ends(network: RoadNetwork, edge: int) -> set[int]:
    return set(network.edge_ends[edge].tolist())


def _is_named(network: RoadNetwork, edge: int, names: Iterable[str]) -> bool:
    own = {
        network.names[int(network.edge_name[edge])].casefold(),
        network.names[int(network.edge_ref[edge])].casefold(),
    }
    return bool(own & set(names))
