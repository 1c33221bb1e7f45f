"""Small road networks for tests, made in plain sight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from geodata import network as net
from geodata.lonlat import LonLat
from geodata.network import PathBan, RoadEdges, RoadNetwork, RoadsReport, build_network
from geodata.snapping import Snap


@dataclass(frozen=True)
class Street:
    """One edge: from node to node, with the points between them."""

    tail: int
    head: int
    kph: float = 36.0
    forward: bool = True
    backward: bool = True
    name: str = ""
    ref: str = ""
    kind: str = "residential"
    flags: int = 0
    delay_ms: int = 0
    via: tuple[tuple[float, float], ...] = ()


def make_edges(
    nodes: Sequence[tuple[float, float]],
    streets: Sequence[Street],
    bans: Iterable[tuple[int, int]] = (),
    path_bans: Iterable[PathBan] = (),
) -> RoadEdges:
    """Edges as an importer hands them over; bans name arcs as 2 * street (+ 1 against it)."""
    names: dict[str, int] = {"": 0}
    name = [names.setdefault(s.name, len(names)) for s in streets]
    ref = [names.setdefault(s.ref, len(names)) for s in streets]
    shapes = [[nodes[s.tail], *s.via, nodes[s.head]] for s in streets]
    points = np.array([p for shape in shapes for p in shape], np.float64).reshape(-1, 2)
    start = np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])]).astype(np.int64)
    pairs = np.array(list(bans), np.int64).reshape(-1, 2)
    delay = np.array([s.delay_ms for s in streets], np.int32)
    return RoadEdges(
        node_lon=np.array([lon for lon, _ in nodes], np.float64),
        node_lat=np.array([lat for _, lat in nodes], np.float64),
        tail=np.array([s.tail for s in streets], np.int32),
        head=np.array([s.head for s in streets], np.int32),
        forward=np.array([s.forward for s in streets], bool),
        backward=np.array([s.backward for s in streets], bool),
        speed_kph=np.array([s.kph for s in streets], np.float32),
        delay_forward_ms=delay,
        delay_backward_ms=delay,
        road_class=np.array([net.ROAD_CLASSES.index(s.kind) for s in streets], np.uint8),
        flags=np.array([s.flags for s in streets], np.uint16),
        way=np.arange(100, 100 + len(streets), dtype=np.int64),
        name=np.array(name, np.int32),
        ref=np.array(ref, np.int32),
        names=tuple(names),
        shape_start=start,
        point_lon=points[:, 0],
        point_lat=points[:, 1],
        turn_from=pairs[:, 0],
        turn_to=pairs[:, 1],
        bans=tuple(path_bans),
    )


def make_roads(
    nodes: Sequence[tuple[float, float]],
    streets: Sequence[Street],
    bans: Iterable[tuple[int, int]] = (),
    path_bans: Iterable[PathBan] = (),
) -> RoadNetwork:
    return build_network(make_edges(nodes, streets, bans, path_bans), RoadsReport())


def arc_of(network: RoadNetwork, way: int, *, against: bool = False) -> int:
    """The arc of the street that was listed as number ``way``."""
    (edge,) = np.flatnonzero(network.edge_way == 100 + way)
    return int(network.edge_arcs[edge, int(against)])


def place_on(network: RoadNetwork, edge: int, fraction: float) -> Snap:
    """A place between the junctions of an edge, at a straight share between its ends."""
    shape = network.shape_of_edge(edge)
    a, b = shape[0], shape[-1]
    at = LonLat(a.lon + fraction * (b.lon - a.lon), a.lat + fraction * (b.lat - a.lat))
    return Snap(edge=edge, fraction=fraction, node=None, at=at, distance_m=0.0)


def place_at(network: RoadNetwork, node: int) -> Snap:
    """A place at a junction."""
    (arcs,) = np.nonzero(network.arc_tail == node)
    arc = int(arcs[0])
    edge = int(network.arc_edge[arc])
    fraction = 1.0 if network.arc_reversed[arc] else 0.0
    return Snap(edge, fraction, node, network.node_at(node), 0.0)
