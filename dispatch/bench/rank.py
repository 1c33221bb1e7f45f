"""Bench ``rank``: snap an incident and get the drive time from every pinned unit.

Turn restrictions are on, three vehicle classes loaded, closures in force. The same incidents go to
the plain router, which judges the answers and stands beside them in time, and to Valhalla where its
programs are at hand (``valhalla_rank``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from dispatch.bench import valhalla_rank
from geodata.cch import CchRouter, order_of
from geodata.closures import ArcClosures, Effect
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat
from geodata.made_network import make_network
from geodata.network import RoadNetwork
from geodata.routing import Router, waiving
from geodata.snapping import Snap, Snapper
from geodata.sources.kept import find_order, save_order
from geodata.sources.osm import read_osm
from geodata.turns import turn_graph
from geodata.vehicles import VEHICLES

MADE_PREFIX: Final = "synthetic:"
INCIDENTS: Final = 300
JUDGED: Final = 20
VALHALLA_ASKED: Final = 5
_SEED: Final = 11
_TOWNS: Final = 25


def run(
    network: str,
    units: int,
    closures: int,
    keep: Path | None = None,
    valhalla: Path | None = None,
) -> dict[str, Any]:
    """Measure, and return the bench's figures; times are milliseconds.

    Args:
        network: ``synthetic:NODES``, or the path of an OSM file.
        units: Pinned units, spread over the three vehicle classes.
        closures: Roads closed or slowed before the clock starts, both directions of each.
        keep: Folder for the routing order, so that a second run need not compute it again.
        valhalla: Where a wheel of pyvalhalla was unpacked; None for the installed one, if any.

    Raises:
        ValhallaFailed: It was found and could not be measured.
        ValueError: No units are asked for, or the number of nodes is not one.
        OsmUnreadable: The file cannot be read.
    """
    if units < 1:
        raise ValueError("at least one unit is needed")
    programs = valhalla_rank.find_programs(valhalla)
    roads = network_of(network)
    rng = np.random.default_rng(_SEED)
    fast, plain, snapper = _routers(roads, keep)
    in_force = ArcClosures(roads)
    for number, (arcs, effect) in enumerate(made_closures(rng, roads, closures)):
        changes = in_force.apply(f"closure {number}", arcs, effect)
        fast.change(changes)
        plain.change(changes)
    points = _places(rng, roads, units + INCIDENTS)
    pinned = _pin(snapper.snap_all(points[:units]), fast, plain)
    incidents = points[units:]
    took = [_timed(fast, snapper, incident)[0] for incident in incidents]
    judged = incidents[:JUDGED]
    plain_took, wrong = _judge(fast, plain, snapper, judged, tuple(VEHICLES))
    waived = tuple(waiving(vehicle_class) for vehicle_class in VEHICLES)
    _pin(pinned, fast, plain, names=waived)
    _, waived_wrong = _judge(fast, plain, snapper, judged, waived)
    return {
        "nodes": roads.node_count,
        "units": units,
        "closures": closures,
        "compared": len(judged) * len(pinned),
        "rank_p50": _percentile(took, 50),
        "rank_p99": _percentile(took, 99),
        "scipy_p50": _percentile(plain_took, 50),
        **_valhalla(programs, network, roads, points[:units], incidents[:VALHALLA_ASKED]),
        "wrong": wrong,
        "waived_wrong": waived_wrong,
    }


def network_of(network: str) -> RoadNetwork:
    """The roads that ``--network`` names: ``synthetic:NODES``, or an OSM file.

    Raises:
        ValueError: What follows ``synthetic:`` is no number of 100 or more.
        OsmUnreadable: The file cannot be read.
    """
    if not network.startswith(MADE_PREFIX):
        return read_osm(Path(network))
    nodes = network.removeprefix(MADE_PREFIX)
    if not nodes.isdigit():
        raise ValueError(f"{network!r}: synthetic: is followed by a number of nodes")
    return make_network(int(nodes), _SEED)


def _routers(roads: RoadNetwork, keep: Path | None) -> tuple[CchRouter, DijkstraRouter, Snapper]:
    graph = turn_graph(roads)
    order = find_order(keep, roads.network_id) if keep else None
    if order is None:
        order = order_of(graph)
        if keep:
            save_order(order, keep, roads.network_id)
    return CchRouter(roads, order, graph), DijkstraRouter(roads, graph), Snapper(roads)


def made_closures(
    rng: np.random.Generator, roads: RoadNetwork, count: int
) -> list[tuple[list[int], Effect]]:
    """Arcs and effects of edges anywhere: two in three shut, the others at a third of the speed,
    one in five for heavy vehicles alone."""
    made = []
    for edge in rng.integers(0, roads.edge_count, count).tolist():
        arcs = [arc for arc in roads.edge_arcs[edge].tolist() if arc >= 0]
        factor = 0.0 if rng.random() < 2 / 3 else 1 / 3
        classes = frozenset(VEHICLES) if rng.random() < 0.8 else frozenset({"heavy"})
        made.append((arcs, Effect(factor, classes)))
    return made


def _places(rng: np.random.Generator, roads: RoadNetwork, count: int) -> list[LonLat]:
    """Beside roads: seven in ten around 25 towns, the others anywhere."""
    towns = rng.integers(0, roads.node_count, _TOWNS)
    anywhere = rng.integers(0, len(roads.point_lon), count)
    town = towns[rng.integers(0, _TOWNS, count)]
    in_town = rng.random(count) < 0.7
    lon = np.where(in_town, roads.node_lon[town], roads.point_lon[anywhere])
    lat = np.where(in_town, roads.node_lat[town], roads.point_lat[anywhere])
    spread = np.where(in_town, 0.02, 0.0002)
    lon, lat = lon + rng.normal(0, spread), lat + rng.normal(0, spread)
    on_road = np.array([_nearest_point(roads, x, y) for x, y in zip(lon, lat, strict=True)])
    jitter = rng.normal(0, 0.0002, (2, count))
    return [
        LonLat(float(roads.point_lon[p] + dx), float(roads.point_lat[p] + dy))
        for p, dx, dy in zip(on_road.tolist(), jitter[0], jitter[1], strict=True)
    ]


def _nearest_point(roads: RoadNetwork, lon: float, lat: float) -> int:
    return int(np.argmin(np.abs(roads.point_lon - lon) + np.abs(roads.point_lat - lat)))


def _pin(
    snaps: Sequence[Snap | None], *routers: Router, names: Sequence[str] = tuple(VEHICLES)
) -> list[Snap | None]:
    """Spread the units over the classes: every second a car, every third a truck, others heavy.

    ``names``: of the roads of each class, in the order of ``VEHICLES``.
    """
    group: dict[str, list[Snap | None]] = {name: [] for name in names}
    car, truck, heavy = names
    for number, snap in enumerate(snaps):
        group[car if number % 2 == 0 else truck if number % 3 else heavy].append(snap)
    for router in routers:
        for name, members in group.items():
            router.pin(name, members)
            router.settle(name)
    return list(snaps)


def _timed(
    router: Router, snapper: Snapper, incident: LonLat, names: Sequence[str] = tuple(VEHICLES)
) -> tuple[float, list[float]]:
    """Milliseconds for one incident, and the seconds from every unit, class by class."""
    begun = time.perf_counter()
    target = snapper.snap(incident)
    seconds = [s for name in names for s in router.pinned_seconds_to(name, target)]
    return (time.perf_counter() - begun) * 1000, seconds


def _judge(
    fast: Router,
    plain: Router,
    snapper: Snapper,
    incidents: Sequence[LonLat],
    names: Sequence[str],
) -> tuple[list[float], int]:
    """The plain router's times, and how many of the fast one's answers differ from its own."""
    took, wrong = [], 0
    for incident in incidents:
        milliseconds, expected = _timed(plain, snapper, incident, names)
        took.append(milliseconds)
        _, answered = _timed(fast, snapper, incident, names)
        wrong += sum(a != b for a, b in zip(answered, expected, strict=True))
    return took, wrong


def _valhalla(
    programs: Path | None,
    network: str,
    roads: RoadNetwork,
    units: Sequence[LonLat],
    incidents: Sequence[LonLat],
) -> dict[str, float | None]:
    """Its median, and that of a request to its server that asks for nothing."""
    if programs is None:
        return {"valhalla_p50": None, "valhalla_idle_p50": None}

    def write_osm(folder: Path) -> Path:
        if network.startswith(MADE_PREFIX):
            return valhalla_rank.write_roads(roads, folder / "roads.osm.pbf")
        return Path(network)

    took, idle = valhalla_rank.matrix_ms(programs, write_osm, units, incidents)
    return {"valhalla_p50": _percentile(took, 50), "valhalla_idle_p50": _percentile(idle, 50)}


def _percentile(values: Sequence[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 3)
