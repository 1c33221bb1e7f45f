"""The graph that routers search: the network with each node that bears a turn ban split in copies.

An arc that has banned turns leads to a copy of its head node, from which the banned
arcs are barred to the vehicles that the ban binds. A ban along a path has a copy for each arc of it
but the last, reached only by those before. Every other node and arc stays one, so the graph is
barely larger than the network and a path in it without barred arcs obeys the bans exactly. Who may
turn where others may not (``waiving``) has the same graph with nothing barred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from geodata.network import Floats, Ints, RoadNetwork
from geodata.vehicles import ALL_CLASSES, CLASS_BIT

Drive = tuple[int, ...]
"""Arcs of the network, one after the other."""

Timed = frozenset[tuple[str, int]]
"""Classes that may not drive something in some hours: hours as the network names them, and bits."""


@dataclass(frozen=True)
class TurnGraph:
    """r nodes and s arcs for m arcs of the network; arc i of the graph, i < m, stands for arc i.

    The arcs from m on are those that leave copies. A drive that begins on an arc of the network
    comes to ``head_of_arc[arc]``; what was driven before it is not known.
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
    barred: dict[str, frozenset[int]]
    """Arcs of the graph that a class of vehicles may not drive, whatever is open or the hour."""
    timed: dict[int, Timed]
    """Arcs of the graph that some vehicles may not drive in some hours."""
    _copies_of_arc: dict[int, tuple[int, ...]]
    _copies_of_node: dict[int, tuple[int, ...]]

    def barred_in(self, vehicle_class: str, hours: frozenset[str]) -> frozenset[int]:
        """Arcs of the graph that a class may not drive while these hours hold."""
        bit = CLASS_BIT[vehicle_class]
        now = (
            arc
            for arc, timed in self.timed.items()
            if any(classes & bit and own in hours for own, classes in timed)
        )
        return self.barred[vehicle_class].union(now)

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

    def spread(
        self, barred: frozenset[int], road_arcs: Iterable[int], values: Iterable[int]
    ) -> dict[int, int]:
        """A value for each arc of the network, given to every arc that stands for it and is not
        barred."""
        pairs = zip(road_arcs, values, strict=True)
        return {
            arc: value
            for road_arc, value in pairs
            for arc in self.arcs_for(road_arc)
            if arc not in barred
        }


def _grouped(ends: Ints, nodes: int) -> tuple[Ints, Ints]:
    order = np.argsort(ends, kind="stable").astype(np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=nodes))])
    return order, first.astype(np.int32)


def turn_graph(network: RoadNetwork) -> TurnGraph:
    """Split the nodes that bear a turn ban; a network without bans comes back as it is.

    The states of a path are those of the automaton that finds any of several words in a text (Aho
    and Corasick, "Efficient string matching", CACM 18 (1975)): the longest beginning of a ban that
    the arcs driven last are. Each that forbids or remembers something is a copy of its node.
    """
    n, m = network.node_count, network.arc_count
    bans = _bans(network)
    states = _States(bans)
    first_out = network.first_out

    def outs(node: int) -> range:
        return range(int(first_out[node]), int(first_out[node + 1]))

    copy_of: dict[tuple[Any, ...], int] = {}
    copy_of_state: dict[Drive, int] = {}
    path_of_copy: list[Drive] = []
    for state in sorted(states.all, key=lambda path: (len(path), path)):
        node = int(network.arc_head[state[-1]])
        onward = [(out, *states.step(state, out)) for out in outs(node)]
        forbids = frozenset(
            (out, classes, timed) for out, _, classes, timed in onward if classes or timed
        )
        remembers = frozenset((out, after) for out, after, _, _ in onward if len(after) > 1)
        copy = copy_of.setdefault((node, forbids, remembers), n + len(copy_of))
        if copy == n + len(path_of_copy):
            path_of_copy.append(state)
        copy_of_state[state] = copy
    head_of_arc = network.arc_head.copy()
    for state, copy in copy_of_state.items():
        if len(state) == 1:
            head_of_arc[state[0]] = copy
    extra = _ExtraArcs(barred={name: set() for name in CLASS_BIT})
    copies_of_node: dict[int, tuple[int, ...]] = {}
    for copy, state in enumerate(path_of_copy, start=n):
        node = int(network.arc_head[state[-1]])
        copies_of_node[node] = (*copies_of_node.get(node, ()), copy)
        for out in outs(node):
            after, classes, timed = states.step(state, out)
            head = copy_of_state[after] if after else int(network.arc_head[out])
            extra.add(m, copy, head, out, classes, timed)
    extra_nodes = np.array([network.arc_head[state[-1]] for state in path_of_copy], np.int32)
    road_node = np.concatenate([np.arange(n, dtype=np.int32), extra_nodes])
    return TurnGraph(
        tail=np.concatenate([network.arc_tail, np.array(extra.tail, np.int32)]),
        head=np.concatenate([head_of_arc, np.array(extra.head, np.int32)]),
        road_arc=np.concatenate([np.arange(m, dtype=np.int32), np.array(extra.road_arc, np.int32)]),
        road_node=road_node,
        head_of_arc=head_of_arc,
        lon=network.node_lon[road_node],
        lat=network.node_lat[road_node],
        barred={name: frozenset(arcs) for name, arcs in extra.barred.items()},
        timed=extra.timed,
        _copies_of_arc=extra.copies_of_arc,
        _copies_of_node=copies_of_node,
    )


def _bans(network: RoadNetwork) -> dict[Drive, dict[str, int]]:
    """Banned paths of two arcs or more, with the classes that they bind by the hours."""
    pairs = zip(network.turn_from.tolist(), network.turn_to.tolist(), strict=True)
    found: dict[Drive, dict[str, int]] = {pair: {"": ALL_CLASSES} for pair in pairs}
    for ban in network.bans:
        by_hours = found.setdefault(ban.arcs, {})
        by_hours[ban.hours] = by_hours.get(ban.hours, 0) | ban.classes
    return found


class _States:
    """The beginnings of bans, and where each arc leads from each of them."""

    def __init__(self, bans: dict[Drive, dict[str, int]]) -> None:
        self._bans = bans
        self.all = {path[:length] for path in bans for length in range(1, len(path))}

    def step(self, state: Drive, arc: int) -> tuple[Drive, int, Timed]:
        """The state after another arc, empty for none; the classes that may not drive it, and
        those that may not in some hours."""
        path = (*state, arc)
        after: Drive = ()
        by_hours: dict[str, int] = {}
        for begin in range(len(path)):
            suffix = path[begin:]
            if not after and suffix in self.all:
                after = suffix
            for hours, bits in self._bans.get(suffix, {}).items():
                by_hours[hours] = by_hours.get(hours, 0) | bits
        always = by_hours.pop("", 0)
        timed = frozenset((h, bits & ~always) for h, bits in by_hours.items() if bits & ~always)
        return after, always, timed


@dataclass
class _ExtraArcs:
    """The arcs that leave copies."""

    barred: dict[str, set[int]]
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    road_arc: list[int] = field(default_factory=list)
    copies_of_arc: dict[int, tuple[int, ...]] = field(default_factory=dict)
    timed: dict[int, Timed] = field(default_factory=dict)

    def add(
        self, before: int, copy: int, head: int, road_arc: int, classes: int, timed: Timed
    ) -> None:
        """One more, which ``classes`` may not drive; ``before`` arcs are the network's own."""
        arc = before + len(self.tail)
        self.tail.append(copy)
        self.head.append(head)
        self.road_arc.append(road_arc)
        self.copies_of_arc[road_arc] = (*self.copies_of_arc.get(road_arc, ()), arc)
        if timed:
            self.timed[arc] = timed
        for name, bit in CLASS_BIT.items():
            if classes & bit:
                self.barred[name].add(arc)
