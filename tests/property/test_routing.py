"""Every answer of both routers, under random closures, against a Dijkstra that shares no code."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geodata import network as net
from geodata.cch import CchRouter
from geodata.closures import ArcClosures, Effect
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import distance_m
from geodata.network import PathBan, RoadNetwork
from geodata.road_errors import NetworkInvalid
from geodata.routing import BACKING_MPS, EndsRouter, Route, waiving
from geodata.snapping import Snap
from geodata.vehicles import ALL_CLASSES, CLASS_BIT, VEHICLES, feeling, free_weights_ms
from tests.road_factories import Street, make_roads, place_at, place_on

CLASSES = tuple(VEHICLES)
EASED = (("car", 0.0), ("car", 0.35), ("truck", 0.35))
"""Vehicles that feel a share of a congestion; all others feel it in full."""
FELT = {feeling(v, share): share for v, share in EASED} | {waiving(feeling("car", 0.35)): 0.35}
CLASS_OF = {name: v for v in CLASSES for name in (v, waiving(v))} | {
    name: name.partition(" ")[0] for name in FELT
}
"""By what a router calls their roads: each class, its vehicles that no turn ban binds, and those
that feel less of a congestion."""
WAIVING = frozenset(waiving(v) for v in (*CLASSES, feeling("car", 0.35)))
HOURS = ("morning", "evening")


class Weighed(NamedTuple):
    """Milliseconds of each arc where a drive begins or ends, and for whoever drives through; which
    are shut, and which are shut for those on them too."""

    reach: list[int]
    through: list[int]
    shut: list[bool]
    hard: list[bool]


@dataclass
class Plain:
    """Shortest ways over arcs by a heap, with the rules of turns and closures written out again.

    A way has three parts: out of the shut stretch that the vehicle stands in, over open roads, and
    into the shut stretch that the target stands in. The first and the last may be missing.
    """

    network: RoadNetwork
    in_force: dict[str, tuple[frozenset[int], Effect]] = field(default_factory=dict)
    hours: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        network = self.network
        self.ends = list(zip(network.arc_tail.tolist(), network.arc_head.tolist(), strict=True))
        pairs = list(zip(network.turn_from.tolist(), network.turn_to.tolist(), strict=True))
        self.pairs = set[tuple[int, ...]](pairs)
        self.longest = max((len(ban.arcs) for ban in network.bans), default=2)
        self.tell(self.hours)
        self.free = {n: free_weights_ms(network, v).tolist() for n, v in CLASS_OF.items()}
        self.out = defaultdict(list)
        self.into = defaultdict(list)
        for arc, (tail, head) in enumerate(self.ends):
            self.out[tail].append(arc)
            self.into[head].append(arc)

    def tell(self, hours: frozenset[str]) -> None:
        """Let the bans of these hours hold, and those of no hours."""
        self.hours = hours
        held = [ban for ban in self.network.bans if not ban.hours or ban.hours in hours]
        self.banned = {
            vehicle: self.pairs | {ban.arcs for ban in held if ban.classes & bit}
            for vehicle, bit in CLASS_BIT.items()
        }
        self.banned |= {
            name: set() if name in WAIVING else self.banned[v] for name, v in CLASS_OF.items()
        }

    def weigh(self, vehicle: str) -> Weighed:
        """What each arc costs one class now."""
        found = Weighed([], [], [], [])
        for arc, free in enumerate(self.free[vehicle]):
            effects = {
                closure_id: effect
                for closure_id, (arcs, effect) in self.in_force.items()
                if arc in arcs and CLASS_OF[vehicle] in effect.vehicle_classes
            }
            slowest = min(
                (self._factor(e, vehicle) for e in effects.values() if e.speed_factor), default=1.0
            )
            reach = round(free / slowest)
            lost_ms = max((self._lost_ms(closure_id, arc) for closure_id in effects), default=0.0)
            hard = any(effect.hard for effect in effects.values())
            found.reach.append(reach)
            found.through.append(reach + round(lost_ms))
            found.hard.append(hard)
            found.shut.append(hard or any(e.speed_factor == 0.0 for e in effects.values()))
        return found

    @staticmethod
    def _factor(effect: Effect, vehicle: str) -> float:
        """The speed that is left: of a congestion, by as much of the lost time as is felt."""
        if not effect.congestion or vehicle not in FELT:
            return effect.speed_factor
        lost = 1.0 / effect.speed_factor - 1.0
        return 1.0 / (1.0 + FELT[vehicle] * lost)

    def _lost_ms(self, closure_id: str, arc: int) -> float:
        """An arc's part of a closure's delay, by its length; an edge counts once."""
        arcs, effect = self.in_force[closure_id]
        edges = sorted({int(self.network.arc_edge[each]) for each in arcs})
        whole_m = max(float(self.network.edge_length_m[edges].sum()), 1e-3)
        return effect.delay_s * 1000.0 * float(self.network.arc_length_m[arc]) / whole_m

    def backing(self, weighed: Weighed, source: Snap) -> dict[int, int]:
        """Milliseconds to the node behind, where the road is shut hard in every direction."""
        arcs = self._arcs(source) if source.node is None else []
        if not all(weighed.hard[arc] for arc, _ in arcs):
            return {}
        metres = {arc: share * float(self.network.arc_length_m[arc]) for arc, share in arcs}
        return {self.ends[arc][0]: round(m / BACKING_MPS * 1000.0) for arc, m in metres.items()}

    def ms(self, vehicle: str, source: Snap, target: Snap) -> float:
        weighed = self.weigh(vehicle)
        reach, shut = weighed.reach, weighed.shut
        best = math.inf
        queue: list[tuple[int, tuple[int, ...], int, int]] = []
        if source.node is not None:
            inside = all(shut[arc] for arc in self.out[source.node])
            queue = [(0, (), source.node, 0 if inside else 1)]
        else:
            for arc, share in self._arcs(source):
                if weighed.hard[arc]:
                    continue
                rest = reach[arc] - round(reach[arc] * share)
                queue.append((rest, (arc,), self.ends[arc][1], 0 if shut[arc] else 1))
                for other, end_share in self._arcs(target):
                    if target.node is None and other == arc and share <= end_share:
                        passed = round(reach[arc] * end_share) - round(reach[arc] * share)
                        best = min(best, passed)
            queue += [(ms, (), node, 1) for node, ms in self.backing(weighed, source).items()]
        heapq.heapify(queue)
        done = set()
        while queue:
            ms, by, node, part = heapq.heappop(queue)
            if (by, node, part) in done:
                continue
            done.add((by, node, part))
            best = min(best, ms + self._finish(vehicle, target, by, node, part, weighed))
            for arc in self.out[node]:
                if weighed.hard[arc] or self._is_banned(vehicle, by, arc):
                    continue
                onward = self._onward(part, shut[arc])
                driven = (*by, arc)[1 - self.longest :]
                cost = reach[arc] if shut[arc] else weighed.through[arc]
                heapq.heappush(queue, (ms + cost, driven, self.ends[arc][1], onward))
        return best

    def _is_banned(self, vehicle: str, by: tuple[int, ...], arc: int) -> bool:
        """Whether the last of the arcs driven and this one are a ban."""
        return any((*by[begin:], arc) in self.banned[vehicle] for begin in range(len(by)))

    @staticmethod
    def _onward(part: int, shut: bool) -> int:
        """0 still in the first shut stretch, 1 on open roads, 2 in the last; 3 cannot end well."""
        if shut:
            return {0: 0, 1: 2, 2: 2, 3: 3}[part]
        return {0: 1, 1: 1, 2: 3, 3: 3}[part]

    def _finish(
        self,
        vehicle: str,
        target: Snap,
        by: tuple[int, ...],
        node: int,
        part: int,
        weighed: Weighed,
    ) -> float:
        if part == 3:
            return math.inf
        if target.node is not None:
            inside = all(weighed.shut[arc] for arc in self.into[target.node])
            return 0 if node == target.node and (part < 2 or inside) else math.inf
        costs = [
            round(weighed.reach[arc] * share)
            for arc, share in self._arcs(target)
            if self.ends[arc][0] == node and not self._is_banned(vehicle, by, arc)
            if (part < 2 or weighed.shut[arc]) and not weighed.hard[arc]
        ]
        return min(costs, default=math.inf)

    def _arcs(self, snap: Snap) -> list[tuple[int, float]]:
        return [
            (arc, 1.0 - snap.fraction if self.network.arc_reversed[arc] else snap.fraction)
            for arc in range(len(self.ends))
            if self.network.arc_edge[arc] == snap.edge
        ]


@st.composite
def networks(draw: st.DrawFn) -> RoadNetwork:
    """Up to nine junctions: one-ways, parallel edges, ferries, and turns banned at random, some
    after several arcs and some to some vehicles."""
    size = draw(st.integers(2, 9))
    spot = st.tuples(st.integers(0, 400), st.integers(0, 400))
    spots = draw(st.lists(spot, min_size=size, max_size=size, unique=True))
    nodes = [(8.0 + x * 1e-4, 48.0 + y * 1e-4) for x, y in spots]
    node = st.integers(0, size - 1)
    ends = draw(
        st.lists(
            st.tuples(node, node).filter(lambda pair: pair[0] != pair[1]),
            min_size=size,
            max_size=3 * size,
        )
    )
    streets = [draw(_streets(tail, head)) for tail, head in ends]
    meet = [
        (2 * a + x, 2 * b + y)
        for a in range(len(streets))
        for b in range(len(streets))
        for x in (0, 1)
        for y in (0, 1)
        if (streets[a].head, streets[a].tail)[x] == (streets[b].tail, streets[b].head)[y]
    ]
    bans = draw(st.lists(st.sampled_from(meet), max_size=6, unique=True)) if meet else []
    path_bans = draw(st.lists(_path_bans(meet), max_size=5)) if meet else []
    try:
        return make_roads(nodes, streets, bans, path_bans)
    except NetworkInvalid:
        assume(False)
        raise


@st.composite
def _path_bans(draw: st.DrawFn, meet: list[tuple[int, int]]) -> PathBan:
    """Two to five arcs, each of which begins where the one before it ends."""
    arcs: tuple[int, ...] = draw(st.sampled_from(meet))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        onward = [pair[1] for pair in meet if pair[0] == arcs[-1]]
        if onward:
            arcs = (*arcs, draw(st.sampled_from(onward)))
    hours = draw(st.sampled_from(["", "", *HOURS]))
    return PathBan(arcs, draw(st.integers(1, ALL_CLASSES)), hours)


@st.composite
def _streets(draw: st.DrawFn, tail: int, head: int) -> Street:
    ways = draw(st.sampled_from(["both", "both", "both", "along", "against"]))
    ferry = draw(st.integers(0, 9)) == 0
    return Street(
        tail,
        head,
        kph=draw(st.sampled_from([8.0, 30.0, 50.0, 110.0])),
        forward=ways != "against",
        backward=ways != "along",
        kind="ferry" if ferry else "residential",
        flags=net.FERRY if ferry else 0,
        delay_ms=draw(st.sampled_from([0, 0, 4000])),
    )


def _places(network: RoadNetwork) -> st.SearchStrategy[Snap]:
    on_edge = st.builds(
        lambda edge, share: place_on(network, edge, share),
        st.integers(0, network.edge_count - 1),
        st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.9, 1.0]),
    )
    at_node = st.integers(0, network.node_count - 1).map(lambda node: place_at(network, node))
    return st.one_of(on_edge, on_edge, at_node)


def _check_route(plain: Plain, vehicle: str, route: Route, source: Snap, target: Snap) -> None:
    """The route is drivable, and its arcs take exactly its seconds."""
    weighed = plain.weigh(vehicle)
    backed = plain.backing(weighed, source)
    steps = list(pairwise(route.arcs))
    assert all(plain.ends[a][1] == plain.ends[b][0] for a, b in steps)
    assert not any(weighed.hard[arc] for arc in route.arcs)
    assert not any(
        plain._is_banned(vehicle, route.arcs[:i], arc) for i, arc in enumerate(route.arcs)
    )
    costs = [weighed.reach[a] if weighed.shut[a] else weighed.through[a] for a in route.arcs]
    if backed:
        first = plain.ends[route.arcs[0]][0] if route.arcs else target.node
        assert first is not None
        costs.append(backed[first])
    elif route.arcs and source.node is None:
        reach = weighed.reach[route.arcs[0]]
        costs[0] = reach - round(reach * dict(plain._arcs(source))[route.arcs[0]])
    if route.arcs and target.node is None:
        reach = weighed.reach[route.arcs[-1]]
        share = round(reach * dict(plain._arcs(target))[route.arcs[-1]])
        alone = len(route.arcs) == 1 and source.node is None and not backed
        last = len(route.arcs) - 1
        costs[last] = share - (reach - costs[0]) if alone else share
    assert sum(costs) == round(route.seconds * 1000)
    assert route.line[0] == source.at
    assert route.line[-1] == target.at
    if backed:
        return
    on_ground = sum(distance_m(a, b) for a, b in pairwise(route.line))
    assert on_ground == pytest.approx(_metres(plain, route, source, target), rel=2e-3, abs=0.1)


def _metres(plain: Plain, route: Route, source: Snap, target: Snap) -> float:
    metres = [float(plain.network.arc_length_m[arc]) for arc in route.arcs]
    total = sum(metres)
    if metres and source.node is None:
        total -= metres[0] * dict(plain._arcs(source))[route.arcs[0]]
    if metres and target.node is None:
        total -= metres[-1] * (1.0 - dict(plain._arcs(target))[route.arcs[-1]])
    return total


def _banned_turns(plain: Plain, vehicle: str, arcs: tuple[int, ...]) -> int:
    return sum(plain._is_banned(vehicle, arcs[:i], arc) for i, arc in enumerate(arcs))


def _ask(data: st.DataObject, plain: Plain, routers: list[EndsRouter]) -> None:
    vehicle = data.draw(st.sampled_from(tuple(CLASS_OF)))
    sources = data.draw(st.lists(_places(plain.network), min_size=1, max_size=4))
    target = data.draw(_places(plain.network))
    expected = [plain.ms(vehicle, source, target) / 1000 for source in sources]
    for router in routers:
        assert router.seconds_to(vehicle, target, sources) == expected
        for source, seconds in zip(sources, expected, strict=True):
            route = router.path(vehicle, source, target)
            assert (route.seconds if route else math.inf) == seconds
            if route:
                _check_route(plain, vehicle, route, source, target)
                waived = vehicle in WAIVING
                banned = _banned_turns(plain, CLASS_OF[vehicle], route.arcs)
                assert router.turns_waived(vehicle, route.arcs) == (banned if waived else 0)


_some_names = st.sets(st.sampled_from(sorted(CLASS_OF)), min_size=1, max_size=4).map(sorted)


def _feel(closures: ArcClosures, routers: list[EndsRouter]) -> None:
    """Vehicles are asked for that feel a share; again they change nothing."""
    for vehicle, share in EASED:
        changes = closures.feel(vehicle, share)
        for router in routers:
            router.change(changes)


@pytest.mark.parametrize("partial_most", [0, 3, 50])
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_both_routers_answer_as_plain_dijkstra_does_whatever_is_closed(
    partial_most: int, data: st.DataObject
) -> None:
    network = data.draw(networks())
    plain, closures = Plain(network), ArcClosures(network)
    routers: list[EndsRouter] = [
        CchRouter(network, partial_most=partial_most),
        DijkstraRouter(network),
    ]
    pinned = data.draw(st.lists(st.one_of(st.none(), _places(network)), max_size=4))
    asked_before = data.draw(_some_names)
    for router in routers:
        for vehicle in sorted(asked_before):
            router.pin(vehicle, pinned)
    arcs = st.frozensets(st.integers(0, network.arc_count - 1), max_size=8)
    effects = st.one_of(
        st.builds(
            Effect,
            st.sampled_from([0.0, 0.0, 0.0, 0.5, 0.3]),
            st.frozensets(st.sampled_from(CLASSES), min_size=1),
            st.sampled_from([0.0, 0.0, 7.3, 60.0]),
            st.sampled_from([False, False, True]),
        ),
        st.builds(
            Effect,
            st.just(1.0),
            st.frozensets(st.sampled_from(CLASSES), min_size=1),
            st.sampled_from([0.4, 20.0, 300.0]),
        ),
        st.builds(
            Effect,
            st.sampled_from([0.1, 0.5, 0.8]),
            st.frozensets(st.sampled_from(CLASSES), min_size=1),
            congestion=st.just(True),
        ),
    )
    first_asked = data.draw(st.integers(0, 3))
    if not first_asked:
        _feel(closures, routers)
    for turn in range(data.draw(st.integers(1, 8))):
        if turn + 1 == first_asked:
            _feel(closures, routers)
        closure_id = data.draw(st.sampled_from("abcd"))
        if data.draw(st.booleans()) or closure_id not in plain.in_force:
            where, effect = data.draw(arcs), data.draw(effects)
            plain.in_force[closure_id] = (where, effect)
            changes = closures.apply(closure_id, where, effect)
        else:
            del plain.in_force[closure_id]
            changes = closures.lift(closure_id)
        plain.tell(data.draw(st.frozensets(st.sampled_from(HOURS))))
        for router in routers:
            router.change(changes)
            router.hold(plain.hours)
        _feel(closures, routers)
        _ask(data, plain, routers)
        target = data.draw(_places(network))
        for vehicle in data.draw(_some_names):
            expected = [
                math.inf if source is None else plain.ms(vehicle, source, target) / 1000
                for source in pinned
            ]
            for router in routers:
                if vehicle not in asked_before:
                    router.pin(vehicle, pinned)
                assert router.pinned_seconds_to(vehicle, target) == expected


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_lifting_every_closure_in_any_order_restores_the_first_weights(data: st.DataObject) -> None:
    network = data.draw(networks())
    closures = ArcClosures(network)
    arcs = st.frozensets(st.integers(0, network.arc_count - 1), max_size=10)
    factors = st.sampled_from([0.0, 0.9, 0.5, 1e-9])
    for closure_id in "abcdef":
        closures.apply(closure_id, data.draw(arcs), Effect(data.draw(factors)))
    for closure_id in data.draw(st.permutations("abcdef")):
        closures.lift(closure_id)
    assert not closures.ids()
    for vehicle in CLASSES:
        assert (closures.weight_ms[vehicle] == closures.free_ms[vehicle]).all()
        assert (closures.reach_ms[vehicle] == closures.free_ms[vehicle]).all()
