"""The plain router: SciPy's Dijkstra. Where the fast one has no wheel, and to judge it by."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geodata.network import Floats, Ints, RoadNetwork
from geodata.routing import End, EndsRouter, Found
from geodata.turns import TurnGraph
from geodata.vehicles import SHUT_MS, VEHICLES

_TARGET_SLOTS: Final = 64


class DijkstraRouter(EndsRouter):
    """Searches backwards from the target over the whole network at each question.

    The reversed graph has one node more, the goal, whose arcs to the target's ends carry the time
    that is left from there; so one search answers for all of them.
    """

    def __init__(self, network: RoadNetwork, graph: TurnGraph | None = None) -> None:
        super().__init__(network, graph)
        order, first = self.graph.by_head
        self._goal = self.graph.node_count
        self._arc_at = order
        self._at_of_arc = np.empty(len(order), np.int64)
        self._at_of_arc[order] = np.arange(len(order))
        self._first = np.concatenate([first, [len(order) + _TARGET_SLOTS]]).astype(np.int32)
        tails = self.graph.tail[order].astype(np.int32)
        self._tail_at = np.concatenate([tails, np.zeros(_TARGET_SLOTS, np.int32)])
        self._data = {v: self._weights_at(v) for v in VEHICLES}

    def _weights_at(self, vehicle_class: str) -> Floats:
        weights = self.graph_ms(vehicle_class)[self._arc_at]
        open_ms = np.where(weights == SHUT_MS, np.inf, weights.astype(np.float64))
        return np.concatenate([open_ms, np.full(_TARGET_SLOTS, np.inf)])

    def _reweigh(self, vehicle_class: str, updates: dict[int, int]) -> None:
        if vehicle_class not in self._data:
            return  # they are made of what stands then
        at = self._at_of_arc[np.fromiter(updates, np.int64, len(updates))]
        ms = np.fromiter(updates.values(), np.float64, len(updates))
        self._data[vehicle_class][at] = np.where(ms == SHUT_MS, np.inf, ms)

    def _pin_nodes(self, vehicle_class: str, nodes: list[int]) -> None:
        return None

    def _pinned_ms(self, vehicle_class: str, nodes: list[int], targets: list[End]) -> Floats:
        return self._node_ms(vehicle_class, nodes, targets)

    def _node_ms(self, vehicle_class: str, nodes: list[int], targets: list[End]) -> Floats:
        best = np.full(self._goal, np.inf)
        for i in range(0, len(targets), _TARGET_SLOTS):
            distances, _ = self._to_goal(vehicle_class, targets[i : i + _TARGET_SLOTS])
            best = np.minimum(best, distances)
        return best[nodes]

    def _search(self, vehicle_class: str, sources: list[End], targets: list[End]) -> Found | None:
        best: Found | None = None
        for i in range(0, len(targets), _TARGET_SLOTS):
            chunk = targets[i : i + _TARGET_SLOTS]
            distances, onward = self._to_goal(vehicle_class, chunk)
            for source in sources:
                ms = distances[source.node] + source.ms
                if np.isfinite(ms) and (best is None or ms < best.ms):
                    nodes = self._walk(source.node, onward)
                    arcs = self._arcs_between(vehicle_class, nodes)
                    target = next(end for end in chunk if end.node == nodes[-1])
                    best = Found(int(ms), source, target, arcs)
        return best

    def _to_goal(self, vehicle_class: str, targets: list[End]) -> tuple[Floats, Ints]:
        """Milliseconds from each node to the goal, and the node after it on the way there."""
        slots = len(self._arc_at)
        if vehicle_class not in self._data:
            self._data[vehicle_class] = self._weights_at(vehicle_class)
        data, tails = self._data[vehicle_class], self._tail_at
        data[slots:] = np.inf
        for i, end in enumerate(targets):
            tails[slots + i] = end.node
            # The search takes a weight of 0 for no arc, so all of them carry 1 ms more.
            data[slots + i] = end.ms + 1
        size = self._goal + 1
        matrix = csr_matrix((data, tails, self._first), shape=(size, size), copy=False)
        distances, onward = dijkstra(matrix, True, np.array([self._goal]), True)
        return distances[0, : self._goal] - 1, onward[0]

    def _walk(self, node: int, onward: Ints) -> list[int]:
        nodes = [node]
        while (node := int(onward[node])) != self._goal:
            nodes.append(node)
        return nodes

    def _arcs_between(self, vehicle_class: str, nodes: list[int]) -> tuple[int, ...]:
        roads, graph = self.roads[vehicle_class], self.graph
        weights = roads.weight_ms
        arcs: list[int] = []
        for tail, head in pairwise(nodes):
            parallel = [
                int(graph.road_arc[arc])
                for arc in graph.out_arcs(tail)
                if graph.head[arc] == head and arc not in roads.barred
            ]
            arcs.append(min(parallel, key=lambda arc: (int(weights[arc]), arc)))
        return tuple(arcs)
