"""The fast router: a customizable contraction hierarchy by the RoutingKit library.

Its native objects belong to the thread that made them and panic in another; a panic here becomes
``RouterFailed``, after which the router must be built anew. Where the order is kept is not its
business: give it one, or ask ``order_of`` for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import routingkit_cch as rk

from geodata.network import Floats, RoadNetwork, Weights
from geodata.road_errors import RouterFailed
from geodata.routing import End, EndsRouter, Found
from geodata.turns import TurnGraph, turn_graph

PARTIAL_MOST: Final = 1000
"""Up to so many changed arcs the metric is updated in part; above, customised whole.

On 286,560 nodes a whole metric took 370 ms, 300 arcs in part 85 ms, 1,000 arcs 230 to 380 ms. The
partial update holds the interpreter's lock, so the router has a process of its own.
"""


def order_of(graph: TurnGraph) -> Weights:
    """The elimination order of the graph's nodes: slow (seconds to half a minute), weight-free."""
    with _panics():
        order = rk.compute_order_inertial(
            graph.node_count,
            graph.tail.tolist(),
            graph.head.tolist(),
            graph.lat.tolist(),
            graph.lon.tolist(),
        )
    return np.array(order, np.uint32)


class CchRouter(EndsRouter):
    """Router by contraction hierarchy; answers for all pinned vehicles in one sweep."""

    def __init__(
        self,
        network: RoadNetwork,
        order: Weights | None = None,
        graph: TurnGraph | None = None,
        partial_most: int = PARTIAL_MOST,
    ) -> None:
        """Build for open roads.

        Args:
            network: The roads.
            order: What ``order_of`` gave for this network before; computed when None.
            graph: The network's turn graph when it is at hand.
            partial_most: Up to so many changed arcs a metric is updated in part.

        Raises:
            RouterFailed: The order does not fit the network, or the library broke.
        """
        super().__init__(network, graph or turn_graph(network))
        self.order = order if order is not None else order_of(self.graph)
        if len(self.order) != self.graph.node_count:
            raise RouterFailed("the order is of another network")
        self._partial_most = partial_most
        self._thread = threading.get_ident()
        with _panics():
            tail, head = self.graph.tail.tolist(), self.graph.head.tolist()
            self._cch = rk.CCH(self.order.tolist(), tail, head, False)
            self._metric: dict[str, Any] = {}
            self._standby: Any = None
            self._partial = rk.CCHMetricPartialUpdater(self._cch)
        self._many: dict[str, Any] = {}
        self._query: dict[str, Any] = {}

    def settle(self, vehicle_class: str) -> None:
        """See ``Router.settle``. A class's metric is made here for the first time."""
        super().settle(vehicle_class)
        with _panics():
            self._metric_of(vehicle_class)

    def _metric_of(self, vehicle_class: str) -> Any:
        """The class's metric, of the weights as they are when it is made."""
        self._check_thread()
        if vehicle_class not in self._metric:
            self._metric[vehicle_class] = rk.CCHMetric(self._cch, self._all_ms(vehicle_class))
        return self._metric[vehicle_class]

    def _all_ms(self, vehicle_class: str) -> list[int]:
        weights: list[int] = self.graph_ms(vehicle_class).tolist()
        return weights

    def _reweigh(self, vehicle_class: str, updates: dict[int, int]) -> None:
        self._check_thread()
        self._many.pop(vehicle_class, None)
        self._query.pop(vehicle_class, None)
        with _panics():
            if vehicle_class not in self._metric:
                self._metric_of(vehicle_class)
            elif len(updates) <= self._partial_most:
                self._partial.apply(self._metric[vehicle_class], updates)
            else:
                if self._standby is None:
                    self._standby = rk.CCHMetric(self._cch, self._all_ms(vehicle_class))
                else:
                    self._standby.reset(self._all_ms(vehicle_class))
                live = self._metric[vehicle_class]
                self._metric[vehicle_class], self._standby = self._standby, live

    def _pin_nodes(self, vehicle_class: str, nodes: list[int]) -> None:
        self._check_thread()
        if not nodes:
            return
        with _panics():
            many = self._many.get(vehicle_class)
            if many is None:
                self._many[vehicle_class] = rk.CCHManyToOne(self._metric_of(vehicle_class), nodes)
            else:
                many.repin_sources(nodes)

    def _pinned_ms(self, vehicle_class: str, nodes: list[int], targets: list[End]) -> Floats:
        self._check_thread()
        with _panics():
            return _floats(self._many[vehicle_class].distances_to_multi(_pairs(targets)))

    def _node_ms(self, vehicle_class: str, nodes: list[int], targets: list[End]) -> Floats:
        self._check_thread()
        with _panics():
            many = rk.CCHManyToOne(self._metric_of(vehicle_class), nodes)
            return _floats(many.distances_to_multi(_pairs(targets)))

    def _search(self, vehicle_class: str, sources: list[End], targets: list[End]) -> Found | None:
        self._check_thread()
        if not sources or not targets:
            return None
        with _panics():
            query = self._query.get(vehicle_class)
            if query is None:
                query = self._query[vehicle_class] = rk.CCHQuery(self._metric_of(vehicle_class))
            result = query.run_multi(_pairs(sources), _pairs(targets))
            distance = result.distance
            nodes, arcs = (result.node_path, result.arc_path) if distance is not None else ([], [])
            del result
        if distance is None:
            return None
        by_node = ({e.node: e for e in sources}, {e.node: e for e in targets})
        road_arcs = tuple(self.graph.road_arc[arcs].tolist()) if arcs else ()
        return Found(distance, by_node[0][nodes[0]], by_node[1][nodes[-1]], road_arcs)

    def _check_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RouterFailed("a router may be used only by the thread that made it")


def _pairs(ends: list[End]) -> list[tuple[int, int]]:
    return [(end.node, end.ms) for end in ends]


def _floats(values: list[int | None]) -> Floats:
    floats = np.array(values, np.float64)  # None becomes no number
    floats[np.isnan(floats)] = np.inf
    return floats


@contextmanager
def _panics() -> Iterator[None]:
    """The library's panics derive from BaseException: let none of them end the process."""
    try:
        yield
    except BaseException as panic:
        if type(panic).__name__ == "PanicException":
            raise RouterFailed(str(panic)) from panic
        raise
