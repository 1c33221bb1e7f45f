"""The road network as immutable arrays: nodes, directed arcs, their shape, name, class, turn bans.

It knows nothing of closures, of vehicles' weights or of files.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.road_errors import NetworkInvalid

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Shorts = NDArray[np.uint16]
Weights = NDArray[np.uint32]

ROAD_CLASSES: Final = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "busway",
    "pedestrian",
    "track",
    "path",
    "ferry",
)
"""``arc_class`` is an index into this; the order is from the most to the least important."""

ONEWAY: Final = 1
FERRY: Final = 2
PRIVATE: Final = 4
BRIDGE: Final = 8
TUNNEL: Final = 16
ROUNDABOUT: Final = 32
EMERGENCY_ONLY: Final = 64
"""Pedestrian street, bus lane or the like: other traffic may not drive there."""
GATE: Final = 128

_NO_LIMITS: Final = np.zeros(0, np.float32)
_BY_HOUR: Final = frozenset(("ban_hours", "timed_arc", "timed_hours", "timed_outside"))


@dataclass(frozen=True, slots=True)
class RoadsReport:
    """What the import saw, used, left out and could not model. Counts, except ``*_km``."""

    ways_read: int = 0
    ways_used: int = 0
    areas_skipped: int = 0
    reversible_skipped: int = 0
    missing_nodes: int = 0
    barriers_cut: int = 0
    gates: int = 0
    ferries: int = 0
    turn_restrictions: int = 0
    turn_bans: int = 0
    restrictions_via_way: int = 0
    """Of the turn restrictions, those that run over ways, not a node."""
    restrictions_conditional: int = 0
    """Of the turn restrictions, those stated under a condition; those whose hours can be read hold
    in these, the others always."""
    conditional_ways: int = 0
    """Ways that may be driven, or driven against, in some hours only."""
    conditions_unread: int = 0
    """Conditions of turn restrictions and of ways that are not hours, or cannot be read."""
    restrictions_exempt: int = 0
    """Do not bind emergency vehicles."""
    restrictions_unusable: int = 0
    """Members missing, of the wrong kind, or on no road of this network."""
    components: int = 0
    dropped_nodes: int = 0
    dropped_arcs: int = 0
    dropped_km: float = 0.0


class PathBan(NamedTuple):
    """Arcs, two or more, that may not be driven one after the other, and by whom.

    ``classes`` is a set of bits of ``geodata.vehicles.CLASS_BIT``. ``hours`` are those in which it
    holds, as ``geodata.opening_hours`` reads them; empty: always.
    """

    arcs: tuple[int, ...]
    classes: int
    hours: str = ""


class TimedArc(NamedTuple):
    """An arc that may not be driven in some hours, or (``outside``) in all others."""

    arc: int
    hours: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class RoadEdges:
    """Roads as an importer reads them, before the connected part is chosen.

    n nodes, e edges (a stretch between two junctions, drawn once), p points, t turn bans.
    An edge's arc is named ``2 * edge`` along the drawing order and ``2 * edge + 1`` against it.
    ``names[0]`` is the empty string. Delays are milliseconds added to the drive along the edge.
    """

    node_lon: Floats
    node_lat: Floats
    tail: Ints
    head: Ints
    forward: Bools
    backward: Bools
    speed_kph: Floats32
    delay_forward_ms: Ints
    delay_backward_ms: Ints
    road_class: Bytes
    flags: Shorts
    way: Longs
    name: Ints
    ref: Ints
    names: tuple[str, ...]
    shape_start: Longs
    """e + 1 offsets into the points."""
    point_lon: Floats
    point_lat: Floats
    turn_from: Longs
    turn_to: Longs
    max_height_m: Floats32 | None = None
    """e metres that a vehicle may be high, 0 for no limit; None where no edge has one."""
    max_weight_t: Floats32 | None = None
    """e tonnes that a vehicle may weigh, in the same way."""
    bans: tuple[PathBan, ...] = ()
    """Bans along a path, of some vehicles or some hours; arcs as they are named here."""
    timed: tuple[TimedArc, ...] = ()
    """Arcs shut by the hour, as they are named here."""


@dataclass(frozen=True)
class RoadNetwork:
    """Directed roads of one strongly connected whole: every node can reach every other.

    n nodes, m arcs, e edges, p shape points. An edge carries one or two arcs, which share its
    shape; parallel edges between the same two nodes are kept apart. Arcs are in the order of their
    tails. Arrays are read-only.
    """

    node_lon: Floats
    node_lat: Floats
    arc_tail: Ints
    arc_head: Ints
    arc_edge: Ints
    arc_reversed: Bools
    """True where the arc runs against its edge's shape."""
    arc_delay_ms: Ints
    """Signals, gates and boarding on the way, beside the drive itself."""
    edge_length_m: Floats32
    edge_speed_kph: Floats32
    edge_class: Bytes
    edge_flags: Shorts
    edge_way: Longs
    edge_name: Ints
    edge_ref: Ints
    names: tuple[str, ...]
    shape_start: Longs
    point_lon: Floats
    point_lat: Floats
    turn_from: Ints
    turn_to: Ints
    """Banned turns: arc ``turn_from[i]`` may not be followed by arc ``turn_to[i]``."""
    report: RoadsReport
    edge_max_height_m: Floats32 = field(default_factory=lambda: _NO_LIMITS.copy())
    """e metres that a vehicle may be high, 0 for no limit; empty where no edge has one."""
    edge_max_weight_t: Floats32 = field(default_factory=lambda: _NO_LIMITS.copy())
    """e tonnes that a vehicle may weigh, in the same way."""
    ban_start: Longs = field(default_factory=lambda: np.zeros(1, np.int64))
    """b + 1 offsets into ``ban_arcs``: bans along a path, or of some vehicles."""
    ban_arcs: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    ban_classes: Bytes = field(default_factory=lambda: np.zeros(0, np.uint8))
    """b sets of bits of ``geodata.vehicles.CLASS_BIT``."""
    ban_hours: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """b indices into ``hours``, -1 for always; empty where all bans hold always."""
    timed_arc: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """t arcs that are shut in some hours."""
    timed_hours: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """t indices into ``hours``."""
    timed_outside: Bools = field(default_factory=lambda: np.zeros(0, bool))
    """t: whether the arc is shut outside of these hours, not in them."""
    hours: tuple[str, ...] = ()
    """As ``geodata.opening_hours`` reads them."""

    def __post_init__(self) -> None:
        for array in self.arrays().values():
            array.setflags(write=False)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by its field name, in the order of the fields."""
        named = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in named if isinstance(value, np.ndarray)}

    @property
    def node_count(self) -> int:
        return len(self.node_lon)

    @property
    def arc_count(self) -> int:
        return len(self.arc_tail)

    @property
    def edge_count(self) -> int:
        return len(self.edge_length_m)

    @cached_property
    def network_id(self) -> str:
        """Hash of the content, 20 hexadecimal digits: the same roads have the same id anywhere.

        Limits that no road has do not count: such networks keep the id that they had before.
        """
        digest = hashlib.sha256()
        limits = {"edge_max_height_m", "edge_max_weight_t"}
        for name, array in self.arrays().items():
            if name in limits and not len(array):
                continue
            if name.startswith("ban_") and not len(self.ban_classes):
                continue  # as the id of such roads was before there were any
            if name in _BY_HOUR and not len(array):
                continue
            digest.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update(json.dumps(self.names, ensure_ascii=False).encode())
        if self.hours:
            digest.update(json.dumps(self.hours).encode())
        return digest.hexdigest()[:20]

    @cached_property
    def bans(self) -> tuple[PathBan, ...]:
        """The bans along a path, of some vehicles or some hours, in their order."""
        parts = np.split(self.ban_arcs, self.ban_start[1:-1])
        hours = self.ban_hours.tolist() or [-1] * len(self.ban_classes)
        return tuple(
            PathBan(tuple(arcs.tolist()), classes, self.hours[index] if index >= 0 else "")
            for arcs, classes, index in zip(parts, self.ban_classes.tolist(), hours, strict=False)
        )

    @cached_property
    def timed(self) -> tuple[TimedArc, ...]:
        """The arcs that are shut by the hour."""
        rows = zip(
            self.timed_arc.tolist(),
            self.timed_hours.tolist(),
            self.timed_outside.tolist(),
            strict=True,
        )
        return tuple(TimedArc(arc, self.hours[index], outside) for arc, index, outside in rows)

    @cached_property
    def arc_length_m(self) -> Floats32:
        """m metres."""
        return self.edge_length_m[self.arc_edge]

    @cached_property
    def arc_class(self) -> Bytes:
        """m indices into ``ROAD_CLASSES``."""
        return self.edge_class[self.arc_edge]

    @cached_property
    def arc_flags(self) -> Shorts:
        """m bit sets of ``ONEWAY``, ``FERRY`` and their like."""
        return self.edge_flags[self.arc_edge]

    @cached_property
    def edge_arcs(self) -> Ints:
        """e rows of two: the arc along the edge's shape and the arc against it, -1 for none."""
        table = np.full((self.edge_count, 2), -1, np.int32)
        table[self.arc_edge, self.arc_reversed.astype(np.int8)] = np.arange(self.arc_count)
        return table

    @cached_property
    def edge_ends(self) -> Ints:
        """e rows of two: the node where the edge's shape begins and the node where it ends."""
        table = np.empty((self.edge_count, 2), np.int32)
        along = np.where(self.arc_reversed, 1, 0)
        table[self.arc_edge, along] = self.arc_tail
        table[self.arc_edge, 1 - along] = self.arc_head
        return table

    @cached_property
    def first_out(self) -> Longs:
        """n + 1 arcs: those that leave node i are from ``first_out[i]`` up to the next entry."""
        return np.searchsorted(self.arc_tail, np.arange(self.node_count + 1)).astype(np.int64)

    @cached_property
    def arcs_by_head(self) -> Ints:
        """The m arcs in the order of their heads; ``first_in`` says where each node's begin."""
        return np.argsort(self.arc_head, kind="stable").astype(np.int32)

    @cached_property
    def first_in(self) -> Longs:
        """n + 1 places in ``arcs_by_head``."""
        count = np.bincount(self.arc_head, minlength=self.node_count)
        return np.concatenate([[0], np.cumsum(count)]).astype(np.int64)

    @cached_property
    def point_m(self) -> Floats:
        """p metres along the edge from its first point."""
        step = segment_lengths_m(self.point_lon, self.point_lat)
        step[self.shape_start[:-1]] = 0.0
        total = np.cumsum(step)
        return total - np.repeat(total[self.shape_start[:-1]], np.diff(self.shape_start))

    def name_of(self, arc: int) -> str:
        """The road's name, else its number, else the empty string."""
        edge = int(self.arc_edge[arc])
        return self.names[int(self.edge_name[edge])] or self.names[int(self.edge_ref[edge])]

    def ref_of(self, arc: int) -> str:
        """The road's number (``PA 611``), empty when it has none."""
        return self.names[int(self.edge_ref[self.arc_edge[arc]])]

    def class_of(self, arc: int) -> str:
        """One of ``ROAD_CLASSES``."""
        return ROAD_CLASSES[self.edge_class[self.arc_edge[arc]]]

    def node_at(self, node: int) -> LonLat:
        return LonLat(float(self.node_lon[node]), float(self.node_lat[node]))

    def shape_of_edge(self, edge: int) -> list[LonLat]:
        """The edge's points in drawing order, two or more."""
        a, b = int(self.shape_start[edge]), int(self.shape_start[edge + 1])
        lon, lat = self.point_lon[a:b].tolist(), self.point_lat[a:b].tolist()
        return [LonLat(x, y) for x, y in zip(lon, lat, strict=True)]

    def shape_of_arc(self, arc: int) -> list[LonLat]:
        """The arc's points in driving order, two or more."""
        shape = self.shape_of_edge(int(self.arc_edge[arc]))
        return shape[::-1] if self.arc_reversed[arc] else shape

    def twin_of(self, arc: int) -> int:
        """The arc of the same edge in the other direction, -1 on a one-way road."""
        return int(self.edge_arcs[self.arc_edge[arc], 0 if self.arc_reversed[arc] else 1])


def segment_lengths_m(lon: Floats, lat: Floats) -> Floats:
    """Metres from each point to the one before it, 0 for the first; true within 0.1 % to 10 km."""
    step = np.zeros(len(lon), np.float64)
    if len(lon) > 1:
        phi = np.radians(lat)
        east = np.radians(np.diff(lon)) * np.cos((phi[1:] + phi[:-1]) / 2)
        step[1:] = EARTH_RADIUS_M * np.hypot(east, np.diff(phi))
    return step


def build_network(edges: RoadEdges, report: RoadsReport | None = None) -> RoadNetwork:
    """Make the network from what an importer read: the largest strongly connected part of it.

    Args:
        edges: Roads as read; an edge that begins and ends at one node is kept only by its shape,
            so importers split such loops first.
        report: What the importer counted; the dropped nodes, arcs and kilometres are added.

    Raises:
        NetworkInvalid: No edge, or none that can be driven both there and back.
    """
    _check(edges)
    arcs = _arcs_of(edges)
    kept_node, components = _largest_component(len(edges.node_lon), arcs["tail"], arcs["head"])
    kept_arc = kept_node[arcs["tail"]] & kept_node[arcs["head"]]
    if not kept_arc.any():
        raise NetworkInvalid("no two points of these roads can be driven there and back")
    node_new = np.cumsum(kept_node, dtype=np.int64) - 1
    edge_kept = np.zeros(len(edges.tail), bool)
    edge_kept[arcs["edge"][kept_arc]] = True
    edge_new = np.cumsum(edge_kept, dtype=np.int64) - 1
    lengths = _edge_lengths_m(edges)
    lost = ~kept_arc
    report = _with_drops(
        report or RoadsReport(),
        components=components,
        dropped_nodes=int((~kept_node).sum()),
        dropped_arcs=int(lost.sum()),
        dropped_km=round(float(lengths[~edge_kept].sum()) / 1000, 3),
    )
    start, points = _keep_shapes(edges, edge_kept)
    turn_from, turn_to = _keep_turns(edges, arcs["code"], kept_arc)
    bans = _keep_bans(edges, arcs["code"], kept_arc)
    timed = _keep_timed(edges, arcs["code"], kept_arc)
    named = {ban.hours for ban in bans}
    hours = tuple(sorted((named | {each.hours for each in timed}) - {""}))
    by_hours = named > {""} or (bool(named) and "" not in named)
    edge_of = arcs["edge"][kept_arc]
    return RoadNetwork(
        node_lon=edges.node_lon[kept_node].astype(np.float64),
        node_lat=edges.node_lat[kept_node].astype(np.float64),
        arc_tail=node_new[arcs["tail"][kept_arc]].astype(np.int32),
        arc_head=node_new[arcs["head"][kept_arc]].astype(np.int32),
        arc_edge=edge_new[edge_of].astype(np.int32),
        arc_reversed=(arcs["code"][kept_arc] & 1).astype(bool),
        arc_delay_ms=arcs["delay"][kept_arc].astype(np.int32),
        edge_length_m=lengths[edge_kept].astype(np.float32),
        edge_speed_kph=edges.speed_kph[edge_kept].astype(np.float32),
        edge_class=edges.road_class[edge_kept].astype(np.uint8),
        edge_flags=edges.flags[edge_kept].astype(np.uint16),
        edge_way=edges.way[edge_kept].astype(np.int64),
        edge_name=edges.name[edge_kept].astype(np.int32),
        edge_ref=edges.ref[edge_kept].astype(np.int32),
        names=edges.names,
        shape_start=start,
        point_lon=edges.point_lon[points].astype(np.float64),
        point_lat=edges.point_lat[points].astype(np.float64),
        turn_from=turn_from,
        turn_to=turn_to,
        report=report,
        edge_max_height_m=_keep_limits(edges.max_height_m, edge_kept),
        edge_max_weight_t=_keep_limits(edges.max_weight_t, edge_kept),
        ban_start=np.cumsum([0, *(len(ban.arcs) for ban in bans)]).astype(np.int64),
        ban_arcs=np.array([arc for ban in bans for arc in ban.arcs], np.int32),
        ban_classes=np.array([ban.classes for ban in bans], np.uint8),
        ban_hours=np.array([_index(hours, ban.hours) for ban in bans if by_hours], np.int32),
        timed_arc=np.array([each.arc for each in timed], np.int32),
        timed_hours=np.array([_index(hours, each.hours) for each in timed], np.int32),
        timed_outside=np.array([each.outside for each in timed], bool),
        hours=hours,
    )


def _index(hours: tuple[str, ...], own: str) -> int:
    return hours.index(own) if own else -1


def _keep_limits(limits: Floats32 | None, kept: Bools) -> Floats32:
    """The limits of the edges that are kept; empty where none of them has one."""
    if limits is None or not limits[kept].any():
        return _NO_LIMITS.copy()
    return limits[kept].astype(np.float32)


def _check(edges: RoadEdges) -> None:
    n, e = len(edges.node_lon), len(edges.tail)
    if e == 0:
        raise NetworkInvalid("there is no road")
    if len(edges.shape_start) != e + 1 or int(edges.shape_start[-1]) != len(edges.point_lon):
        raise NetworkInvalid("shape offsets do not fit the edges and points")
    if np.diff(edges.shape_start).min() < 2:
        raise NetworkInvalid("an edge has fewer than two points")
    ends = np.concatenate([edges.tail, edges.head])
    if ends.min() < 0 or ends.max() >= n:
        raise NetworkInvalid("an edge ends at a node that does not exist")
    if not edges.names or edges.names[0] != "":
        raise NetworkInvalid("names[0] must be the empty string")


def _arcs_of(edges: RoadEdges) -> dict[str, Longs]:
    along = np.flatnonzero(edges.forward)
    against = np.flatnonzero(edges.backward)
    code = np.concatenate([along * 2, against * 2 + 1])
    tail = np.concatenate([edges.tail[along], edges.head[against]])
    order = np.lexsort((code, tail))
    return {
        "code": code[order],
        "edge": code[order] // 2,
        "tail": tail[order].astype(np.int64),
        "head": np.concatenate([edges.head[along], edges.tail[against]])[order].astype(np.int64),
        "delay": np.concatenate([edges.delay_forward_ms[along], edges.delay_backward_ms[against]])[
            order
        ].astype(np.int64),
    }


def _largest_component(nodes: int, tail: Longs, head: Longs) -> tuple[Bools, int]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(tail), np.int8)
    graph = coo_matrix((ones, (tail, head)), shape=(nodes, nodes)).tocsr()
    count, label = connected_components(graph, directed=True, connection="strong")
    return label == np.bincount(label).argmax(), int(count)


def _edge_lengths_m(edges: RoadEdges) -> Floats:
    step = segment_lengths_m(edges.point_lon, edges.point_lat)
    step[edges.shape_start[:-1]] = 0.0
    return np.add.reduceat(step, edges.shape_start[:-1])


def _keep_shapes(edges: RoadEdges, kept: Bools) -> tuple[Longs, Bools]:
    counts = np.diff(edges.shape_start)
    start = np.concatenate([[0], np.cumsum(counts[kept])]).astype(np.int64)
    return start, np.repeat(kept, counts)


def _keep_turns(edges: RoadEdges, code: Longs, kept: Bools) -> tuple[Ints, Ints]:
    new = np.full(2 * len(edges.tail), -1, np.int64)
    new[code[kept]] = np.arange(int(kept.sum()))
    pairs = np.stack([new[edges.turn_from], new[edges.turn_to]], axis=1)
    pairs = np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0).reshape(-1, 2)
    return pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32)


def _keep_bans(edges: RoadEdges, code: Longs, kept: Bools) -> list[PathBan]:
    """The bans all of whose arcs are kept; each path and hours once, with the classes of all."""
    new = np.full(2 * len(edges.tail), -1, np.int64)
    new[code[kept]] = np.arange(int(kept.sum()))
    found: dict[tuple[tuple[int, ...], str], int] = {}
    for ban in edges.bans:
        arcs = tuple(int(new[arc]) for arc in ban.arcs)
        if min(arcs) >= 0:
            found[arcs, ban.hours] = found.get((arcs, ban.hours), 0) | ban.classes
    return [PathBan(arcs, classes, hours) for (arcs, hours), classes in sorted(found.items())]


def _keep_timed(edges: RoadEdges, code: Longs, kept: Bools) -> list[TimedArc]:
    new = np.full(2 * len(edges.tail), -1, np.int64)
    new[code[kept]] = np.arange(int(kept.sum()))
    renamed = {each._replace(arc=int(new[each.arc])) for each in edges.timed}
    return sorted(each for each in renamed if each.arc >= 0)


def _with_drops(report: RoadsReport, **counts: int | float) -> RoadsReport:
    return RoadsReport(**{**asdict(report), **counts})
