"""The roads as a search walks them: edges driven in one direction, whatever the traffic on them.

A way is ``2 * edge``, or ``2 * edge + 1`` where it runs against the edge's shape. Only what a
search comes past is looked up, once. Pure.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from geodata import network as net
from geodata.network import RoadNetwork
from geodata.planes import Plane

_MINOR_CLASS: Final = net.ROAD_CLASSES.index("service")


class Way(NamedTuple):
    """Headings are unit vectors, east + i north, where it begins and where it ends."""

    tail: int
    head: int
    length_m: float
    with_traffic: bool
    minor: bool
    """Of class service or less."""
    road: int
    """The same on ways of one name, else of one number, else of one class."""
    heads_out: complex
    heads_in: complex
    end_m: complex
    """Where it ends, metres east + i north on ``Ways.plane``."""


class Ways:
    """Looks ways up in a network; make one for each question, since it keeps all that it saw."""

    def __init__(self, network: RoadNetwork, plane: Plane) -> None:
        self._network = network
        self.plane = plane
        self._known: dict[int, Way] = {}
        self._out_of: dict[int, list[int]] = {}

    def of(self, way: int) -> Way:
        """What there is to know of a way."""
        known = self._known.get(way)
        if known is None:
            known = self._known[way] = self._look_up(way)
        return known

    def out_of(self, node: int) -> list[int]:
        """The ways that leave a node, along and against the traffic; no ferries."""
        known = self._out_of.get(node)
        if known is None:
            network = self._network
            leaving = network.first_out[node : node + 2].tolist()
            coming = network.first_in[node : node + 2].tolist()
            ways = set()
            for arc in range(*leaving):
                ways.add(2 * int(network.arc_edge[arc]) + int(network.arc_reversed[arc]))
            for arc in network.arcs_by_head[slice(*coming)].tolist():
                ways.add(2 * int(network.arc_edge[arc]) + 1 - int(network.arc_reversed[arc]))
            known = self._out_of[node] = sorted(
                way for way in ways if not int(network.edge_flags[way >> 1]) & net.FERRY
            )
        return known

    def _look_up(self, way: int) -> Way:
        network, edge, against = self._network, way >> 1, way & 1
        ends = network.edge_ends[edge].tolist()
        a, b = network.shape_start[edge : edge + 2].tolist()
        first = _heading(network, a, a + 1)
        last = _heading(network, b - 2, b - 1)
        return Way(
            tail=ends[against],
            head=ends[1 - against],
            length_m=float(network.edge_length_m[edge]),
            with_traffic=int(network.edge_arcs[edge, against]) >= 0,
            road=self._road_of(edge),
            minor=int(network.edge_class[edge]) >= _MINOR_CLASS,
            heads_out=-last if against else first,
            heads_in=-first if against else last,
            end_m=self.plane.spot(network.node_at(ends[1 - against])),
        )

    def _road_of(self, edge: int) -> int:
        network = self._network
        named = int(network.edge_name[edge]) or int(network.edge_ref[edge])
        return named or -1 - int(network.edge_class[edge])


def _heading(network: RoadNetwork, a: int, b: int) -> complex:
    """The unit vector from one shape point to another; 0 where they are one."""
    lon, lat = network.point_lon, network.point_lat
    east = float(lon[b] - lon[a]) * math.cos(math.radians(float(lat[a])))
    step = complex(east, float(lat[b] - lat[a]))
    return step / abs(step) if step else 0j
