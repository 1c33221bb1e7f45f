"""What every router is asked, and what both share: how a place on a road meets the graph's nodes.

A vehicle between two junctions leaves by the rest of its arc and arrives by the first part of the
target's; the search between is the router's own. Shut arcs do not bind where the vehicle or the
incident stands on them: the shut stretch that holds it may be driven to leave or to arrive, and no
other. What is shut hard binds there too: its arcs have ``SHUT_MS`` even as ``reach_ms``, and a
vehicle that stands on such a one-way road backs out of it. A place that no road leads to is ``inf``
away, never 0.
"""

from __future__ import annotations

import heapq
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from geodata.closures import WeightChanges
from geodata.lonlat import LonLat
from geodata.network import Bools, Floats, Longs, RoadNetwork, Weights
from geodata.snapping import Snap
from geodata.turns import TurnGraph, turn_graph
from geodata.vehicles import SHUT_MS, VEHICLES, class_of, free_weights_ms


@dataclass(frozen=True)
class Route:
    """A way along the open roads: driving time, its arcs in order, and its ends.

    Its line is drawn when it is asked for: most ways are compared by their seconds alone.
    """

    seconds: float
    arcs: tuple[int, ...]
    network: RoadNetwork
    source: Snap
    target: Snap

    @property
    def line(self) -> tuple[LonLat, ...]:
        """On the ground, from the source to the target, both included."""
        return tuple(line_along(self.network, self.arcs, self.source, self.target))

    @property
    def points(self) -> Floats:
        """The line as n rows of longitude and latitude."""
        return points_along(self.network, self.arcs, self.source, self.target)


class Router(Protocol):
    """Drive times on one network for each vehicle class, as the closures in force leave them.

    Fresh from its constructor every road is open. Used by the thread that made it, and no other.
    """

    network: RoadNetwork

    def change(self, changes: WeightChanges) -> None:
        """Take over what a closure changed; the next answer obeys it.

        Cheap: the work is done at the next question for a class, once for all changes since, or
        by ``settle``.
        """

    def hold(self, hours: frozenset[str]) -> None:
        """Turn bans of these hours hold from now on, those of all others do not."""

    def settle(self, vehicle_class: str) -> None:
        """Do now what the next question for the class would have to do first."""

    def pin(self, vehicle_class: str, sources: Sequence[Snap | None]) -> None:
        """Fix the vehicles of a class that ``pinned_seconds_to`` answers for, in this order."""

    def pinned_seconds_to(self, vehicle_class: str, target: Snap) -> list[float]:
        """Seconds from each pinned vehicle to the target; ``inf`` where no road leads there,
        and for a vehicle that stands on no road (None)."""

    def seconds_to(
        self, vehicle_class: str, target: Snap, sources: Sequence[Snap | None]
    ) -> list[float]:
        """As ``pinned_seconds_to`` for vehicles named now, in their order."""

    def path(self, vehicle_class: str, source: Snap, target: Snap) -> Route | None:
        """The quickest way; its seconds equal those of ``seconds_to``. None where no road leads."""

    def settle_open(self, vehicle_class: str) -> None:
        """Do now what the first ``open_path`` of the class would have to do."""

    def open_seconds_to(
        self, vehicle_class: str, target: Snap, sources: Sequence[Snap | None]
    ) -> list[float]:
        """As ``seconds_to`` with every road open, for comparison."""

    def open_path(self, vehicle_class: str, source: Snap, target: Snap) -> Route | None:
        """The way that would be the quickest with every road open, for comparison."""

    def turns_waived(self, vehicle_class: str, arcs: Sequence[int]) -> int:
        """How many turns of a way are banned to the class now; 0 for a class that bans bind."""


@dataclass(frozen=True, slots=True)
class End:
    """A node of the graph where a drive begins or ends, and the drive between it and the place.

    ``arcs`` are those of the network between place and node, in driving order.
    """

    node: int
    ms: int
    arcs: tuple[int, ...]


_OPEN: Final = "open "
_WAIVING: Final = " waiving turns"


def waiving(vehicle_class: str) -> str:
    """What a router calls the roads of a class's vehicles that no turn ban binds.

    Every method of ``Router`` takes it for a class, as it takes what ``feeling`` makes of one, and
    what this makes of that. Closures, one-way streets and limits bind them as they bind the class;
    their metric is made at the first question, or by ``settle``.
    """
    return f"{vehicle_class}{_WAIVING}"


BACKING_MPS: Final = 2.0
"""How fast a vehicle backs out of a one-way road that is blocked before it."""


def into_ms(weight_ms: int, fraction: float) -> int:
    """Milliseconds from an arc's beginning to a place on it; what is left of it is the rest."""
    return round(weight_ms * fraction)


class ClassRoads:
    """One vehicle class on the graph: its weights now, and the ends of its drives."""

    def __init__(self, network: RoadNetwork, graph: TurnGraph, name: str) -> None:
        """With every road open and the hours of no ban holding.

        Args:
            network: The roads.
            graph: Its turn graph.
            name: Of a class, or what ``feeling`` and then ``waiving`` make of it; with ``open``
                before it, closures pass it by.

        Raises:
            KeyError: There is no such class.
        """
        self._network = network
        self._graph = graph
        self.weighed_as = name.removeprefix(_OPEN).removesuffix(_WAIVING)
        """By what ``WeightChanges`` calls their weights."""
        self.vehicle_class = vehicle_class = class_of(self.weighed_as)
        self.closes = not name.startswith(_OPEN)
        self._waives = name.endswith(_WAIVING)
        self.barred: frozenset[int] = frozenset()
        self.hold(frozenset())
        weights = free_weights_ms(network, vehicle_class)
        self.weight_ms = weights.copy()
        self.reach_ms = weights.copy()
        self.shut_count = 0

    def hold(self, hours: frozenset[str]) -> frozenset[int]:
        """Let the bans of these hours hold; arcs of the graph that are now barred or no longer."""
        if self._waives:
            return frozenset()
        before, self.barred = self.barred, self._graph.barred_in(self.vehicle_class, hours)
        return before ^ self.barred

    def take(self, other: ClassRoads) -> None:
        """Let stand on these roads what stands on those of another of the same class."""
        self.weight_ms = other.weight_ms.copy()
        self.reach_ms = other.reach_ms.copy()
        self.shut_count = other.shut_count

    def change(self, arcs: Longs, weight_ms: Weights, reach_ms: Weights) -> None:
        self.shut_count -= int((self.weight_ms[arcs] == SHUT_MS).sum())
        self.shut_count += int((weight_ms == SHUT_MS).sum())
        self.weight_ms[arcs] = weight_ms
        self.reach_ms[arcs] = reach_ms

    def is_shut(self, arc: int) -> bool:
        return bool(self.weight_ms[arc] == SHUT_MS)

    def is_hard(self, arc: int) -> bool:
        """Whether it is shut even for whoever stands on it or must reach a place on it."""
        return bool(self.reach_ms[arc] == SHUT_MS)

    def arcs_at(self, snap: Snap) -> list[tuple[int, float]]:
        """The arcs of the snap's edge with the share of each that lies behind the place."""
        along, against = self._network.edge_arcs[snap.edge].tolist()
        pairs = [(along, snap.fraction), (against, 1.0 - snap.fraction)]
        return [(arc, share) for arc, share in pairs if arc >= 0]

    def leaving(self, source: Snap) -> list[End]:
        """Where a vehicle can be next, each node once, with the time until then."""
        graph, ends = self._graph, []
        if source.node is not None:
            ends = [End(source.node, 0, ())]
            if not self.shut_count or not self._all_shut(graph.out_arcs(source.node)):
                return ends
            return self._through_shut(ends, leaving=True)
        on_shut: list[End] = []
        backing: list[End] = []
        for arc, share in self.arcs_at(source):
            if self.is_hard(arc):
                driven_m = share * float(self._network.arc_length_m[arc])
                back_ms = round(driven_m / BACKING_MPS * 1000.0)
                backing.append(End(int(self._network.arc_tail[arc]), back_ms, ()))
                continue
            whole = int(self.reach_ms[arc])
            end = End(int(graph.head_of_arc[arc]), whole - into_ms(whole, share), (arc,))
            (on_shut if self.is_shut(arc) else ends).append(end)
        found = _nearest([*ends, *self._through_shut(on_shut, leaving=True)])
        return found or backing

    def leaving_all(
        self, edges: Longs, fraction: Floats, at_node: Longs
    ) -> tuple[Longs, Floats, Bools]:
        """``leaving`` for v vehicles at once, where shutting has no part in it.

        Args:
            edges: v edges, -1 for a vehicle on no road.
            fraction: v shares of the edge behind the vehicle.
            at_node: v junctions that they stand at, -1 for none.

        Returns:
            v rows of two nodes of the graph; v rows of two milliseconds, ``inf`` for no end; and
            which of the v must be asked one by one, since they may stand within a shut stretch.
        """
        arcs = self._network.edge_arcs[edges].astype(np.int64)
        share = np.stack([fraction, 1.0 - fraction], axis=1)
        whole = self.reach_ms[arcs].astype(np.float64)
        ms = whole - np.rint(whole * share)
        node = self._graph.head_of_arc[arcs].astype(np.int64)
        missing = arcs < 0
        node[missing[:, 0], 0] = node[missing[:, 0], 1]
        node[missing[:, 1], 1] = node[missing[:, 1], 0]
        shut = ((self.weight_ms[arcs] == SHUT_MS) & ~missing).any(axis=1) & (edges >= 0)
        ms[missing] = np.inf
        standing = at_node >= 0
        node[standing] = at_node[standing, None]
        ms[standing] = 0.0
        if self.shut_count:
            shut |= standing
        ms[shut | (edges < 0)] = np.inf
        return node, ms, shut

    def arriving(self, target: Snap) -> list[End]:
        """From where a vehicle gets to the target, each node once, with the time from there."""
        graph, ends = self._graph, []
        if target.node is not None:
            ends = [End(node, 0, ()) for node in graph.nodes_for(target.node)]
            into = (arc for end in ends for arc in graph.in_arcs(end.node))
            if not self.shut_count or not self._all_shut(into):
                return ends
            return self._through_shut(ends, leaving=False)
        on_shut: list[End] = []
        for arc, share in self.arcs_at(target):
            if self.is_hard(arc):
                continue
            ms = into_ms(int(self.reach_ms[arc]), share)
            copies = [copy for copy in graph.arcs_for(arc) if copy not in self.barred]
            found = [End(int(graph.tail[copy]), ms, (arc,)) for copy in copies]
            (on_shut if self.is_shut(arc) else ends).extend(found)
        return _nearest([*ends, *self._through_shut(on_shut, leaving=False)])

    def along_edge(self, source: Snap, target: Snap) -> tuple[int, int] | None:
        """Milliseconds and arc when the source reaches the target without leaving their edge."""
        if source.edge != target.edge or source.node is not None or target.node is not None:
            return None
        shares = zip(self.arcs_at(source), self.arcs_at(target), strict=True)
        for (arc, begin), (_, end) in shares:
            if begin <= end and not self.is_hard(arc):
                whole = int(self.reach_ms[arc])
                return into_ms(whole, end) - into_ms(whole, begin), arc
        return None

    def _all_shut(self, graph_arcs: Iterable[int]) -> bool:
        road_arcs = self._graph.road_arc
        return all(self.is_shut(int(road_arcs[arc])) for arc in graph_arcs)

    def _through_shut(self, starts: list[End], *, leaving: bool) -> list[End]:
        """Every node within the shut stretch that the starts stand in, with the time to it."""
        graph = self._graph
        best: dict[int, End] = {}
        queue = [(end.ms, end.node, end.arcs) for end in starts]
        heapq.heapify(queue)
        while queue:
            ms, node, arcs = heapq.heappop(queue)
            if node in best:
                continue
            best[node] = End(node, ms, arcs)
            for graph_arc in graph.out_arcs(node) if leaving else graph.in_arcs(node):
                road_arc = int(graph.road_arc[graph_arc])
                if not self.is_shut(road_arc) or self.is_hard(road_arc):
                    continue
                if graph_arc in self.barred:
                    continue
                onward = int(graph.head[graph_arc] if leaving else graph.tail[graph_arc])
                if onward not in best:
                    chain = (*arcs, road_arc) if leaving else (road_arc, *arcs)
                    heapq.heappush(queue, (ms + int(self.reach_ms[road_arc]), onward, chain))
        return list(best.values())


def _nearest(ends: list[End]) -> list[End]:
    best: dict[int, End] = {}
    for end in ends:
        held = best.get(end.node)
        if held is None or end.ms < held.ms:
            best[end.node] = end
    return list(best.values())


@dataclass(frozen=True)
class Sources:
    """The ends of v vehicles over k distinct nodes of the graph.

    Each has two: by the two arcs of its edge, or one twice; what has none is ``inf`` from it. A
    vehicle within a shut stretch has all of its ends among the ``more``.
    """

    snaps: tuple[Snap | None, ...]
    edges: Longs
    nodes: list[int]
    node_at: Longs
    """v rows of two indices into ``nodes``."""
    ms: Floats
    """v rows of two."""
    more_of: Longs
    """Vehicle of each further end."""
    more_at: Longs
    more_ms: Floats

    def seconds(self, node_ms: Floats, roads: ClassRoads, target: Snap) -> list[float]:
        """Seconds for each vehicle, from the milliseconds that each node is away."""
        if not self.snaps:
            return []
        best = (node_ms[self.node_at] + self.ms).min(axis=1)
        if len(self.more_of):
            np.minimum.at(best, self.more_of, node_ms[self.more_at] + self.more_ms)
        if target.node is None:
            for i in np.flatnonzero(self.edges == target.edge).tolist():
                snap = self.snaps[i]
                direct = roads.along_edge(snap, target) if snap is not None else None
                if direct is not None:
                    best[i] = min(best[i], direct[0])
        seconds: list[float] = (best / 1000.0).tolist()
        return seconds


def flatten(roads: ClassRoads, snaps: Sequence[Snap | None]) -> Sources:
    """The ends of the vehicles in their order; one on no road (None) is ``inf`` from everything."""
    count = len(snaps)
    places = [
        (-1, -1, 0.0) if s is None else (s.edge, -1 if s.node is None else s.node, s.fraction)
        for s in snaps
    ]
    edges = np.array([edge for edge, _, _ in places], np.int64)
    at_node = np.array([node for _, node, _ in places], np.int64)
    fraction = np.array([fraction for _, _, fraction in places], np.float64)
    node, ms, shut = roads.leaving_all(edges, fraction, at_node)
    more_of: list[int] = []
    more: list[End] = []
    for i in np.flatnonzero(shut).tolist():
        snap = snaps[i]
        ends = roads.leaving(snap) if snap is not None else []
        more_of.extend([i] * len(ends))
        more.extend(ends)
    all_nodes = np.concatenate([node.ravel(), np.array([end.node for end in more], np.int64)])
    distinct, node_at = np.unique(all_nodes, return_inverse=True)
    return Sources(
        snaps=tuple(snaps),
        edges=edges,
        nodes=distinct.tolist(),
        node_at=node_at[: 2 * count].reshape(count, 2),
        ms=ms,
        more_of=np.array(more_of, np.int64),
        more_at=node_at[2 * count :],
        more_ms=np.array([end.ms for end in more], np.float64),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A shortest way between ends: its milliseconds with theirs, the ends, the arcs between."""

    ms: int
    source: End
    target: End
    arcs: tuple[int, ...]


class EndsRouter(ABC):
    """The part of a router that does not depend on how it searches."""

    def __init__(self, network: RoadNetwork, graph: TurnGraph | None = None) -> None:
        self.network = network
        self.graph = graph or turn_graph(network)
        self.roads = {
            vehicle_class: ClassRoads(network, self.graph, vehicle_class)
            for vehicle_class in VEHICLES
        }
        self._pinned: dict[str, tuple[Snap | None, ...]] = dict.fromkeys(VEHICLES, ())
        self._sources: dict[str, Sources] = {}
        self._pending: dict[str, dict[int, int]] = {v: {} for v in VEHICLES}
        self._hours: frozenset[str] = frozenset()

    def change(self, changes: WeightChanges) -> None:
        """See ``Router.change``."""
        for name in changes.by_class:
            self._have(name)
        for name, roads in self.roads.items():
            change = changes.by_class.get(roads.weighed_as)
            if change is None or not roads.closes:
                continue
            before = roads.weight_ms[change.arcs]
            roads.change(change.arcs, change.weight_ms, change.reach_ms)
            self._sources.pop(name, None)
            moved = before != change.weight_ms
            updates = self.graph.spread(
                roads.barred, change.arcs[moved].tolist(), change.weight_ms[moved].tolist()
            )
            self._pending[name].update(updates)

    def hold(self, hours: frozenset[str]) -> None:
        """See ``Router.hold``."""
        if hours == self._hours:
            return
        self._hours = hours
        for name, roads in self.roads.items():
            moved = roads.hold(hours)
            if moved:
                self._sources.pop(name, None)
            for arc in moved:
                open_ms = int(roads.weight_ms[self.graph.road_arc[arc]])
                self._pending[name][arc] = SHUT_MS if arc in roads.barred else open_ms

    def settle(self, vehicle_class: str) -> None:
        """See ``Router.settle``."""
        self._have(vehicle_class)
        updates = self._pending[vehicle_class]
        if updates:
            self._reweigh(vehicle_class, updates)
            self._pending[vehicle_class] = {}
        if vehicle_class not in self._sources:
            sources = flatten(self.roads[vehicle_class], self._pinned[vehicle_class])
            self._pin_nodes(vehicle_class, sources.nodes)
            self._sources[vehicle_class] = sources

    def pin(self, vehicle_class: str, sources: Sequence[Snap | None]) -> None:
        """See ``Router.pin``."""
        self._have(vehicle_class)
        self._pinned[vehicle_class] = tuple(sources)
        self._sources.pop(vehicle_class, None)

    def pinned_seconds_to(self, vehicle_class: str, target: Snap) -> list[float]:
        """See ``Router.pinned_seconds_to``."""
        self.settle(vehicle_class)
        roads, sources = self.roads[vehicle_class], self._sources[vehicle_class]
        if not sources.nodes:
            return []
        ends = roads.arriving(target)
        if not ends:  # its road is shut for whoever must reach a place on it, too
            return [math.inf] * len(sources.snaps)
        node_ms = self._pinned_ms(vehicle_class, sources.nodes, ends)
        return sources.seconds(node_ms, roads, target)

    def seconds_to(
        self, vehicle_class: str, target: Snap, sources: Sequence[Snap | None]
    ) -> list[float]:
        """See ``Router.seconds_to``."""
        if not sources:
            return []
        self.settle(vehicle_class)
        roads = self.roads[vehicle_class]
        flat = flatten(roads, sources)
        ends = roads.arriving(target)
        if not ends or not flat.nodes:
            return [math.inf] * len(sources)
        node_ms = self._node_ms(vehicle_class, flat.nodes, ends)
        return flat.seconds(node_ms, roads, target)

    def path(self, vehicle_class: str, source: Snap, target: Snap) -> Route | None:
        """See ``Router.path``."""
        self.settle(vehicle_class)
        roads = self.roads[vehicle_class]
        found = self._search(vehicle_class, roads.leaving(source), roads.arriving(target))
        direct = roads.along_edge(source, target)
        if direct is not None and (found is None or direct[0] <= found.ms):
            ms = direct[0]
            arcs: tuple[int, ...] = (direct[1],)
        elif found is not None:
            ms, arcs = found.ms, (*found.source.arcs, *found.arcs, *found.target.arcs)
        else:
            return None
        return Route(ms / 1000.0, arcs, self.network, source, target)

    def settle_open(self, vehicle_class: str) -> None:
        """See ``Router.settle_open``."""
        self.settle(_OPEN + vehicle_class)

    def open_seconds_to(
        self, vehicle_class: str, target: Snap, sources: Sequence[Snap | None]
    ) -> list[float]:
        """See ``Router.open_seconds_to``."""
        return self.seconds_to(_OPEN + vehicle_class, target, sources)

    def open_path(self, vehicle_class: str, source: Snap, target: Snap) -> Route | None:
        """See ``Router.open_path``."""
        return self.path(_OPEN + vehicle_class, source, target)

    def turns_waived(self, vehicle_class: str, arcs: Sequence[int]) -> int:
        """See ``Router.turns_waived``."""
        if not arcs or not vehicle_class.endswith(_WAIVING):
            return 0
        graph = self.graph
        barred = graph.barred_in(self.roads[vehicle_class].vehicle_class, self._hours)
        node, count = int(graph.head_of_arc[arcs[0]]), 0
        for road_arc in arcs[1:]:
            arc = next(out for out in graph.out_arcs(node) if graph.road_arc[out] == road_arc)
            count += arc in barred
            node = int(graph.head[arc])
        return count

    def _have(self, name: str) -> None:
        """Make the roads of a name that nobody has asked for yet, as they are now."""
        if name in self.roads:
            return
        roads = ClassRoads(self.network, self.graph, name)
        roads.hold(self._hours)
        if roads.closes and roads.weighed_as != name:
            self._have(roads.weighed_as)
            roads.take(self.roads[roads.weighed_as])
        self.roads[name], self._pinned[name], self._pending[name] = roads, (), {}

    def graph_ms(self, vehicle_class: str) -> Weights:
        """Milliseconds along each arc of the graph now, ``SHUT_MS`` for what may not be driven."""
        roads = self.roads[vehicle_class]
        weights = roads.weight_ms[self.graph.road_arc]
        weights[list(roads.barred)] = SHUT_MS
        return weights

    @abstractmethod
    def _reweigh(self, vehicle_class: str, updates: dict[int, int]) -> None:
        """Take new weights of the graph's arcs, ``SHUT_MS`` for shut."""

    @abstractmethod
    def _pin_nodes(self, vehicle_class: str, nodes: list[int]) -> None:
        """Make ready to answer for these nodes of the graph."""

    @abstractmethod
    def _pinned_ms(self, vehicle_class: str, nodes: list[int], targets: list[End]) -> Floats:
        """Milliseconds from each pinned node to the nearest target, ``inf`` for none."""

    @abstractmethod
    def _node_ms(self, vehicle_class: str, nodes: list[int], targets: list[End]) -> Floats:
        """As ``_pinned_ms`` for nodes that are not pinned."""

    @abstractmethod
    def _search(self, vehicle_class: str, sources: list[End], targets: list[End]) -> Found | None:
        """The shortest way from any source to any target, None where there is none."""


def line_along(
    network: RoadNetwork, arcs: Sequence[int], source: Snap, target: Snap
) -> list[LonLat]:
    """The ground line of a drive over ``arcs``, from the source to the target, both included."""
    return list(map(LonLat, *points_along(network, arcs, source, target).T.tolist()))


def points_along(network: RoadNetwork, arcs: Sequence[int], source: Snap, target: Snap) -> Floats:
    """As ``line_along``: n rows of longitude and latitude, no point twice in a row."""
    edges, backward = network.arc_edge[list(arcs)], network.arc_reversed[list(arcs)]
    begin, end = network.shape_start[edges], network.shape_start[edges + 1]
    count = (end - begin).astype(np.int64)
    nth = np.arange(count.sum()) - np.repeat(count.cumsum() - count, count)
    first, step = np.where(backward, end - 1, begin), np.where(backward, -1, 1)
    points = np.repeat(first, count) + nth * np.repeat(step, count)
    driven = np.ones(len(points), bool)
    if arcs and source.node is None and edges[0] == source.edge:
        driven[: count[0]] &= _shares(network, arcs[0]) > _share(network, arcs[0], source)
    if arcs and target.node is None:
        driven[-count[-1] :] &= _shares(network, arcs[-1]) < _share(network, arcs[-1], target)
    points = points[driven]
    line = np.empty((len(points) + 2, 2), np.float64)
    line[0], line[-1] = source.at, target.at
    line[1:-1, 0], line[1:-1, 1] = network.point_lon[points], network.point_lat[points]
    moved = np.ones(len(line), bool)
    moved[1:] = (line[1:] != line[:-1]).any(axis=1)
    return line[moved]


def _share(network: RoadNetwork, arc: int, snap: Snap) -> float:
    return 1.0 - snap.fraction if network.arc_reversed[arc] else snap.fraction


def _shares(network: RoadNetwork, arc: int) -> Floats:
    """How much of the arc lies behind each point of its shape, 0 to 1."""
    edge = int(network.arc_edge[arc])
    metres = network.point_m[int(network.shape_start[edge]) : int(network.shape_start[edge + 1])]
    along: Floats = metres / max(float(metres[-1]), 1e-9)
    return 1.0 - along[::-1] if network.arc_reversed[arc] else along
