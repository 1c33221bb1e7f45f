"""Roads from an OpenStreetMap file (.osm.pbf, .osm, .osm.xml): junctions, edges, turn bans.

Reads the file and turns it into a ``RoadNetwork``; what the tags mean is in ``osm_tags``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium

from geodata import network as net
from geodata.network import (
    RoadEdges,
    RoadNetwork,
    RoadsReport,
    TimedArc,
    build_network,
    segment_lengths_m,
)
from geodata.road_errors import NetworkInvalid, OsmUnreadable
from geodata.sources import osm_tags
from geodata.sources.osm_junctions import Facing, faces, facing_of, give_way_ms, unsigned_ms
from geodata.sources.osm_turns import Restriction, banned_turns, read_restriction

Progress = Callable[[str, int], None]
"""Called with the step (``reading``, ``building``) and how many things are done in it."""

_PROGRESS_EVERY: Final = 200_000
_KEYS: Final = ("highway", "railway", "route", "barrier", "type")
"""Things without any of these tags are passed over before Python sees them."""


@dataclass(slots=True)
class _Way:
    id: int
    nodes: list[int]
    drive: osm_tags.Drive
    name: int
    ref: int


@dataclass(slots=True)
class _Read:
    """What the file holds, before junctions are known."""

    ways: list[_Way] = field(default_factory=list)
    lon_lat: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_delay: dict[int, int] = field(default_factory=dict)
    facing: dict[int, Facing] = field(default_factory=dict)
    """Whom a node's delay faces, where it is not both ways."""
    node_cut: set[int] = field(default_factory=set)
    gates: set[int] = field(default_factory=set)
    restrictions: list[Restriction] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def name_id(self, text: str) -> int:
        return self.names.setdefault(text.strip(), len(self.names))


def read_osm(path: Path, progress: Progress | None = None) -> RoadNetwork:
    """Read the roads of an OSM file as an emergency vehicle may use them.

    A way whose nodes are partly missing from the file is kept in the pieces that are whole; no
    road is invented across the gap. What was left out is counted in the network's report.

    Args:
        path: An ``.osm.pbf``, ``.osm`` or ``.osm.xml`` file.
        progress: Told of each step from time to time, when given.

    Raises:
        OsmUnreadable: No such file, not OSM, cut short, or without a road to drive on.
    """
    tell = progress or (lambda _step, _done: None)
    path = Path(path)
    if not path.is_file():
        raise OsmUnreadable(path, "there is no such file")
    read = _read(path, tell)
    if not read.ways:
        raise OsmUnreadable(path, "it holds no road that can be driven")
    tell("building", len(read.ways))
    try:
        network = _build(read)
    except NetworkInvalid as cause:
        raise OsmUnreadable(path, str(cause)) from cause
    tell("building", network.edge_count)
    return network


def _read(path: Path, tell: Progress) -> _Read:
    read = _Read()
    done = 0
    try:
        reader = osmium.FileProcessor(str(path)).with_locations()
        things: Iterable[Any] = reader.with_filter(osmium.filter.KeyFilter(*_KEYS))
        for thing in things:
            done += 1
            if done % _PROGRESS_EVERY == 0:
                tell("reading", done)
            if thing.is_node():
                _take_node(read, thing)
            elif thing.is_way():
                _take_way(read, thing)
            elif thing.is_relation() and thing.tags.get("type", "").startswith("restriction"):
                _take_restriction(read, thing)
    except (RuntimeError, ValueError, OSError) as cause:
        raise OsmUnreadable(path, str(cause) or type(cause).__name__) from cause
    tell("reading", done)
    return read


def _take_node(read: _Read, node: Any) -> None:
    tags = _tags(node)
    delay, cut = osm_tags.barrier_of(tags)
    delay += give_way_ms(tags)
    if delay:
        read.node_delay[node.id] = delay
        if (facing := facing_of(tags)) != "both":
            read.facing[node.id] = facing
    if cut:
        read.node_cut.add(node.id)
    elif tags.get("barrier") in osm_tags.GATE_DELAY_MS:
        read.gates.add(node.id)


def _take_way(read: _Read, way: Any) -> None:
    tags = _tags(way)
    if "highway" not in tags and tags.get("route") != "ferry":
        return
    read.counts["ways_read"] += 1
    drive = osm_tags.drive_of(tags)
    if drive is None:
        read.counts["reversible_skipped"] += osm_tags.is_reversible(tags)
        return
    if osm_tags.is_area(tags):
        read.counts["areas_skipped"] += 1
        return
    read.counts["conditional_ways"] += bool(drive.timed)
    read.counts["conditions_unread"] += drive.conditions_unread
    name, ref = read.name_id(tags.get("name", "")), read.name_id(tags.get("ref", ""))
    runs = _whole_runs(read, way)
    read.counts["ways_used"] += bool(runs)
    read.counts["ferries"] += bool(runs) and bool(drive.flags & net.FERRY)
    read.ways.extend(_Way(way.id, run, drive, name, ref) for run in runs)


def _whole_runs(read: _Read, way: Any) -> list[list[int]]:
    """The way's nodes without repeats, in pieces between nodes that the file lacks."""
    runs: list[list[int]] = [[]]
    for node in way.nodes:
        location = node.location
        if not location.valid():
            read.counts["missing_nodes"] += 1
            runs.append([])
            continue
        if runs[-1] and runs[-1][-1] == node.ref:
            continue
        runs[-1].append(node.ref)
        read.lon_lat[node.ref] = (location.lon, location.lat)
    return [run for run in runs if len(run) > 1]


def _take_restriction(read: _Read, relation: Any) -> None:
    members = [(m.type, int(m.ref), m.role) for m in relation.members]
    outcome = read_restriction(_tags(relation), members)
    if isinstance(outcome, Restriction):
        read.restrictions.append(outcome)
    else:
        read.counts[outcome] += 1


def _tags(thing: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


class _Edges:
    """Edges under construction, one list for each column."""

    def __init__(self, read: _Read) -> None:
        self.read = read
        self.node_of: dict[int, int] = {}
        self.node_lon: list[float] = []
        self.node_lat: list[float] = []
        self.rows: list[tuple[int, int, int]] = []
        """Tail, head, and index into ``read.ways``."""
        self.delays: list[tuple[int, int, bool]] = []
        """Forward and backward milliseconds, and whether a gate stands on it."""
        self.shapes: list[list[int]] = []
        self.cut_nodes: set[int] = set()

    def junction(self, node: int) -> int:
        """The network's node for one of OSM's; a barrier that cuts makes a new one each time."""
        if node in self.read.node_cut:
            self.cut_nodes.add(node)
            return self._new(node)
        held = self.node_of.get(node)
        if held is None:
            held = self.node_of[node] = self._new(node)
        return held

    def _new(self, node: int) -> int:
        lon, lat = self.read.lon_lat[node]
        self.node_lon.append(lon)
        self.node_lat.append(lat)
        return len(self.node_lon) - 1

    def add(self, way: int, nodes: list[int]) -> None:
        """One edge along ``nodes``; a loop back to its start is split in two parallel edges."""
        if nodes[0] == nodes[-1]:
            if len(nodes) < 4:
                return
            middle = len(nodes) // 2
            self.add(way, nodes[: middle + 1])
            self.add(way, nodes[middle:])
            return
        delays = self.read.node_delay
        forward, backward = delays.get(nodes[-1], 0), delays.get(nodes[0], 0)
        for at, node in enumerate(nodes[1:-1], start=1):
            if node in delays:
                along, against = self._faces(nodes, at)
                forward += delays[node] * along
                backward += delays[node] * against
        gated = any(node in self.read.gates for node in nodes)
        self.rows.append((self.junction(nodes[0]), self.junction(nodes[-1]), way))
        self.delays.append((forward, backward, gated))
        self.shapes.append(nodes)

    def _faces(self, nodes: list[int], at: int) -> tuple[bool, bool]:
        """Whether what delays at an inner node faces those who drive along, and against."""
        facing = self.read.facing.get(nodes[at], "both")
        points = np.array([self.read.lon_lat[node] for node in nodes], np.float64)
        return faces(facing, at, points[:, 0], points[:, 1])


def _build(read: _Read) -> RoadNetwork:
    edges = _Edges(read)
    uses = _uses(read)
    for index, way in enumerate(read.ways):
        start = 0
        for i in range(1, len(way.nodes)):
            node = way.nodes[i]
            if uses[node] > 1 or i == len(way.nodes) - 1 or node in read.node_cut:
                edges.add(index, way.nodes[start : i + 1])
                start = i
    if not edges.rows:
        raise NetworkInvalid("there is no road")
    columns = _columns(edges)
    turns, bans = banned_turns(
        read.restrictions,
        junctions=edges.node_of,
        columns=columns,
        counts=read.counts,
    )
    with_bans = RoadEdges(
        **columns,
        turn_from=turns[:, 0],
        turn_to=turns[:, 1],
        bans=bans,
        timed=_timed_arcs(edges),
    )
    known = {name: int(count) for name, count in read.counts.items()}
    known["gates"] = len(read.gates)
    known["barriers_cut"] = len(edges.cut_nodes)
    return build_network(with_bans, RoadsReport(**known))


def _timed_arcs(edges: _Edges) -> tuple[TimedArc, ...]:
    """The arcs of ways that are shut by the hour."""
    found = []
    for edge, (_, _, way) in enumerate(edges.rows):
        drive = edges.read.ways[way].drive
        for timed in drive.timed:
            meant = (drive.forward and timed.along, drive.backward and timed.against)
            arcs = [2 * edge + side for side in (0, 1) if meant[side]]
            found += [TimedArc(arc, timed.hours, timed.outside) for arc in arcs]
    return tuple(found)


def _uses(read: _Read) -> dict[int, int]:
    """How often each node is met; an end counts twice, so that ends are junctions."""
    uses: dict[int, int] = defaultdict(int)
    for way in read.ways:
        for node in way.nodes:
            uses[node] += 1
        uses[way.nodes[0]] += 1
        uses[way.nodes[-1]] += 1
    return uses


def _columns(edges: _Edges) -> dict[str, Any]:
    read = edges.read
    ways = [read.ways[way] for _, _, way in edges.rows]
    rows = np.array(edges.rows, np.int64)
    counts = np.array([len(shape) for shape in edges.shapes], np.int64)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    points = np.array([read.lon_lat[n] for shape in edges.shapes for n in shape], np.float64)
    delays = np.array(edges.delays, np.int64)
    flags = np.array([way.drive.flags for way in ways], np.uint16)
    speed, boarding = _speeds(ways, rows[:, 2], points, start)
    tail, head = rows[:, 0].astype(np.int32), rows[:, 1].astype(np.int32)
    road_class = np.array([way.drive.road_class for way in ways], np.uint8)
    known_ms = delays[:, :2]
    entry_ms = known_ms + unsigned_ms(tail, head, road_class, known_ms, len(edges.node_lon))
    return {
        "node_lon": np.array(edges.node_lon, np.float64),
        "node_lat": np.array(edges.node_lat, np.float64),
        "tail": tail,
        "head": head,
        "forward": np.array([way.drive.forward for way in ways], bool),
        "backward": np.array([way.drive.backward for way in ways], bool),
        "speed_kph": speed,
        "delay_forward_ms": (entry_ms[:, 0] + boarding).astype(np.int32),
        "delay_backward_ms": (entry_ms[:, 1] + boarding).astype(np.int32),
        "road_class": road_class,
        "flags": flags | np.where(delays[:, 2] > 0, np.uint16(net.GATE), np.uint16(0)),
        "way": np.array([way.id for way in ways], np.int64),
        "name": np.array([way.name for way in ways], np.int32),
        "ref": np.array([way.ref for way in ways], np.int32),
        "names": tuple(read.names),
        "shape_start": start,
        "point_lon": points[:, 0],
        "point_lat": points[:, 1],
        "max_height_m": np.array([way.drive.max_height_m for way in ways], np.float32),
        "max_weight_t": np.array([way.drive.max_weight_t for way in ways], np.float32),
    }


def _speeds(
    ways: list[_Way], way_index: net.Longs, points: net.Floats, start: net.Longs
) -> tuple[net.Floats32, net.Longs]:
    """Each edge's speed, and what boarding a ferry adds to it: once for each crossing.

    A ferry's stated duration covers its whole way, so its speed is the way's length by it.
    """
    step = segment_lengths_m(points[:, 0], points[:, 1])
    step[start[:-1]] = 0.0
    edge_m = np.add.reduceat(step, start[:-1])
    way_m: dict[int, float] = defaultdict(float)
    for index, length in zip(way_index.tolist(), edge_m.tolist(), strict=True):
        way_m[index] += length
    speed = np.array([way.drive.speed_kph for way in ways], np.float32)
    boarding = np.zeros(len(ways), np.int64)
    for i, way in enumerate(ways):
        if not way.drive.flags & net.FERRY:
            continue
        length = way_m[int(way_index[i])]
        if way.drive.duration_s:
            speed[i] = max(length * 3.6 / way.drive.duration_s, 0.5)
        share = float(edge_m[i]) / length if length > 0 else 1.0
        boarding[i] = round(osm_tags.FERRY_BOARDING_MS * share)
    return speed, boarding
