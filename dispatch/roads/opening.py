"""From a network's id to roads that answer: reads what is kept on disk, and keeps what was dear.

Closures are not its business: the roads come out with every road open.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import structlog

from dispatch.roads.live_roads import LiveRoads
from geodata.network import RoadNetwork
from geodata.routing import Router
from geodata.sources.kept import find_order, load_network, save_order
from geodata.turns import turn_graph

try:
    from geodata import cch
except ImportError:  # no wheel of the routing library on this platform
    cch = None  # type: ignore[assignment]  # a module or its absence

log = structlog.get_logger()


def roads_opener(networks_dir: Path, orders_dir: Path) -> Callable[[str], LiveRoads]:
    """What ``serve`` needs to open a network by its id.

    Args:
        networks_dir: Holds ``<network_id>.npz``.
        orders_dir: Where orders are kept; made when it is missing.
    """

    def open_roads(network_id: str) -> LiveRoads:
        began = time.perf_counter()
        network = load_network(networks_dir / f"{network_id}.npz")
        router = fast_router(network, orders_dir)
        roads = LiveRoads(network, router)
        log.info(
            "roads.opened",
            network=network_id,
            nodes=network.node_count,
            arcs=network.arc_count,
            router=type(router).__name__,
            s=round(time.perf_counter() - began, 2),
        )
        return roads

    return open_roads


def fast_router(network: RoadNetwork, orders_dir: Path) -> Router:
    """The fast router, with its order from disk or computed and kept; plain Dijkstra without one.

    The order takes seconds to half a minute for a new network, and is read in milliseconds after.
    """
    if cch is None:
        from geodata.dijkstra import DijkstraRouter  # brings SciPy, which the other never needs

        log.warning("roads.no_fast_router")
        return DijkstraRouter(network)
    graph = turn_graph(network)
    order = find_order(orders_dir, network.network_id)
    if order is None or len(order) != graph.node_count:
        log.info("roads.ordering", network=network.network_id, nodes=graph.node_count)
        order = cch.order_of(graph)
        orders_dir.mkdir(parents=True, exist_ok=True)
        save_order(order, orders_dir, network.network_id)
    return cch.CchRouter(network, order, graph)
