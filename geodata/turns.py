"""The graph that routers search: the network with each node that bears a turn ban split in copies.

An arc that has banned turns leads to a copy of its head node, from which only the permitted arcs
leave. Every other node and arc stays one, so the graph is barely larger than the network and a
path in it obeys the bans exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geodata.network import Floats, Ints, RoadNetwork


@dataclass(frozen=True)
class TurnGraph:
    """r nodes and s arcs for m arcs of the network; arc i of the graph, i < m, stands for arc i.

    The arcs from m on are those that leave copies. Whatever arc of the network a path came by, it
    stands at ``head_of_arc[arc]``: all the graph's arcs for one road arc share their head.
    """

    tail: Ints
    head: Ints
    road_arc: Ints
    """s arcs of the network, one for each arc of the graph."""
    road_node: Ints
    """r nodes of the network, one for each node of the graph."""
    head_of_arc: Ints
    """m nodes of the graph."""
    lon: Floats
    lat: Floats
    _copies_of_arc: dict[int, tuple[int, ...]]
    _copies_of_node: dict[int, tuple[int, ...]]

    @property
    def node_count(self) -> int:
        return len(self.road_node)

    def arcs_for(self, road_arc: int) -> tuple[int, ...]:
        """The graph's arcs that stand for one arc of the network, itself first."""
        return (road_arc, *self._copies_of_arc.get(road_arc, ()))

    def nodes_for(self, road_node: int) -> tuple[int, ...]:
        """The graph's nodes that stand for one node of the network, itself first."""
        return (road_node, *self._copies_of_node.get(road_node, ()))

    def out_arcs(self, node: int) -> list[int]:
        """The graph's arcs that leave a node of the graph."""
        order, first = self._by_tail
        found: list[int] = order[first[node] : first[node + 1]].tolist()
        return found

    def in_arcs(self, node: int) -> list[int]:
        """The graph's arcs that lead to a node of the graph."""
        order, first = self.by_head
        found: list[int] = order[first[node] : first[node + 1]].tolist()
        return found

    @cached_property
    def _by_tail(self) -> tuple[Ints, Ints]:
        return _grouped(self.tail, self.node_count)

    @cached_property
    def by_head(self) -> tuple[Ints, Ints]:
        """The graph's arcs in the order of their heads, and where each node's begin (r + 1)."""
        return _grouped(self.head, self.node_count)

    def spread(self, road_arcs: Iterable[int], values: Iterable[int]) -> dict[int, int]:
        """A value for each arc of the network, given to every arc that stands for it."""
        pairs = zip(road_arcs, values, strict=True)
        return {arc: value for road_arc, value in pairs for arc in self.arcs_for(road_arc)}


def _grouped(ends: Ints, nodes: int) -> tuple[Ints, Ints]:
    order = np.argsort(ends, kind="stable").astype(np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=nodes))])
    return order, first.astype(np.int32)


def turn_graph(network: RoadNetwork) -> TurnGraph:
    """Split the nodes that bear a turn ban; a network without bans comes back as it is."""
    n, m = network.node_count, network.arc_count
    banned: dict[int, set[int]] = defaultdict(set)
    for arc, to in zip(network.turn_from.tolist(), network.turn_to.tolist(), strict=True):
        banned[arc].add(to)
    first_out = network.first_out
    head_of_arc = network.arc_head.copy()
    copy_of: dict[tuple[int, frozenset[int]], int] = {}
    for arc in sorted(banned):
        key = (int(network.arc_head[arc]), frozenset(banned[arc]))
        head_of_arc[arc] = copy_of.setdefault(key, n + len(copy_of))
    tails: list[int] = []
    road_arcs: list[int] = []
    copies_of_node: dict[int, tuple[int, ...]] = {}
    copies_of_arc: dict[int, tuple[int, ...]] = {}
    for (node, tos), copy in copy_of.items():
        copies_of_node[node] = (*copies_of_node.get(node, ()), copy)
        for out in range(int(first_out[node]), int(first_out[node + 1])):
            if out not in tos:
                copies_of_arc[out] = (*copies_of_arc.get(out, ()), m + len(tails))
                tails.append(copy)
                road_arcs.append(out)
    extra_arcs = np.array(road_arcs, np.int32)
    extra_nodes = np.array([node for node, _ in copy_of], np.int32)
    road_node = np.concatenate([np.arange(n, dtype=np.int32), extra_nodes])
    return TurnGraph(
        tail=np.concatenate([network.arc_tail, np.array(tails, np.int32)]),
        head=np.concatenate([head_of_arc, head_of_arc[extra_arcs]]),
        road_arc=np.concatenate([np.arange(m, dtype=np.int32), extra_arcs]),
        road_node=road_node,
        head_of_arc=head_of_arc,
        lon=network.node_lon[road_node],
        lat=network.node_lat[road_node],
        _copies_of_arc=copies_of_arc,
        _copies_of_node=copies_of_node,
    )
