"""The likeliest way over the roads that a row of points was drawn from (a hidden Markov model).

After Newson and Krumm, "Hidden Markov Map Matching Through Noise and Sparseness" (2009): what a
point says falls with its distance from a road, and a way between two points is the less likely the
longer it is than the straight line. Costs are negative logarithms of likelihood. Beyond that paper
a point may be passed over at a price, so that one bad point spoils nothing, and turns cost. Pure;
what a closure's direction means, and when a course is trusted, is decided in ``matching``.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from geodata.lonlat import LonLat, distance_m
from geodata.network import RoadNetwork
from geodata.planes import Plane
from geodata.snapping import Snap
from geodata.ways import Ways

SIGMA_M: Final = 10.0
"""How far points lie beside their road, as a normal distribution."""
_DETOUR_M: Final = 25.0
"""So many metres more than straight are an e-fold less likely."""
_PASS_OVER_SOFT: Final = 2.0
_SOFT: Final = 0.5
_RIGHT_ANGLE: Final = 1.0
_OTHER_ROAD: Final = 0.4
"""The cost of going on along a road of another name."""
_TURN_BACK: Final = 6.0
_AGAINST_TRAFFIC: Final = 1.05
_MINOR: Final = 0.1
"""More of the length of a service road, track or path: closures are seldom drawn on them."""
_UNNAMED: Final = 1.0
_UNNAMED_LENGTH: Final = 1.3
_AVOIDED: Final = 0.75
_BACKWARD_M: Final = 30.0
"""So far back along a road the next point may lie, by its inaccuracy alone."""
_MOST_STATES: Final = 24
_HOPELESS: Final = 10.0
_MOST_STEPS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Sight:
    """A point that was drawn, and the roads around it, nearest first.

    ``firm`` points were given; the others were put between them, and weigh less.
    """

    at: LonLat
    near: Sequence[Snap]
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a way (see ``ways``), by the shares of it where it begins and ends."""

    way: int
    begin: float
    end: float

    @property
    def edge(self) -> int:
        return self.way >> 1


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sight was taken to lie on."""

    edge: int
    distance_m: float


@dataclass(frozen=True, slots=True)
class Course:
    """Pieces in driving order; ``cost`` is without the extra of edges that were to be avoided.

    ``seen`` has a place for each sight, None where it was passed over.
    """

    pieces: tuple[Piece, ...]
    cost: float
    seen: tuple[Seen | None, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a course may do, and what it had better not.

    Attributes:
        any_way: Roads may be driven against their traffic, at a price: both sides are shut.
        named: Edges of the stated names; where there are some, the others are less likely.
        avoided: Edges that cost more than they are worth, so that the next best course is found.
        avoid_share: The extra for the length of an avoided edge, as a share of it.
        detour_share: So much of the straight line more makes a way an e-fold less likely, where
            that is more than 25 m.
        pass_over: The price of passing over a point that was given.
        as_it_goes: The price of turns, other names and lesser roads, as a share of the usual.
    """

    any_way: bool = False
    named: frozenset[int] = frozenset()
    avoided: frozenset[int] = frozenset()
    avoid_share: float = 0.5
    detour_share: float = 0.05
    pass_over: float = 6.0
    as_it_goes: float = 1.0


@dataclass(slots=True)
class _State:
    """Standing on a way, the share ``at`` of it behind, at sight ``number``.

    ``plain`` is the cost without what avoided edges cost extra. ``via`` are the whole ways driven
    since the state before.
    """

    cost: float
    plain: float
    way: int
    at: float
    number: int
    distance_m: float
    before: _State | None
    via: tuple[int, ...]


class _Choice(NamedTuple):
    """A place on a way that a sight may be on, and what that costs."""

    way: int
    at: float
    miss: float
    plain: float
    distance_m: float


class _Reached(NamedTuple):
    """The cheapest way found from a state to a choice."""

    cost: float
    plain: float
    at: float
    source: _State
    via: tuple[int, ...]


class CourseFinder:
    """Finds courses over one network; make one for each line, since it keeps what it looks up."""

    def __init__(self, network: RoadNetwork, plane: Plane) -> None:
        self.ways = Ways(network, plane)

    def find(self, sights: Sequence[Sight], rules: Rules) -> Course | None:
        """The likeliest course past these sights; None where no road is near any of them."""
        weigher = _Weigher(self.ways, rules)
        states: list[_State] = []
        passed = 0.0
        for number, sight in enumerate(sights):
            price = rules.pass_over if sight.firm else _PASS_OVER_SOFT
            choices = weigher.choices(sight)
            reached: dict[int, _Reached] = {}
            if states and choices:
                search = _Search(weigher, sights, number, choices)
                reached = search.run(states, price)
            fresh = [_state(number, choice, reached.get(choice.way), passed) for choice in choices]
            for state in states:
                state.cost += price
                state.plain += price
            states = _likely([*fresh, *states])
            passed += price
        if not states:
            return None
        return _course(min(states, key=lambda state: state.cost), len(sights))


class _Weigher:
    """What sights, lengths and turns cost under the rules."""

    def __init__(self, ways: Ways, rules: Rules) -> None:
        self.rules = rules
        self.ways = ways
        self._lengths: dict[int, tuple[float, float]] = {}
        self._turns: dict[int, list[tuple[int, float]]] = {}

    def choices(self, sight: Sight) -> list[_Choice]:
        """Each place on a way that a sight may be on."""
        rules = self.rules
        weight = 1.0 if sight.firm else _SOFT
        choices = []
        for snap in sight.near:
            plain = weight * (snap.distance_m / SIGMA_M) ** 2 / 2
            if rules.named and snap.edge not in rules.named:
                plain += weight * _UNNAMED
            miss = plain + (weight * _AVOIDED if snap.edge in rules.avoided else 0.0)
            for against, at in ((0, snap.fraction), (1, 1.0 - snap.fraction)):
                way = 2 * snap.edge + against
                if rules.any_way or self.ways.of(way).with_traffic:
                    choices.append(_Choice(way, at, miss, plain, snap.distance_m))
        return choices

    def lengths_m(self, way: int) -> tuple[float, float]:
        """A way's length as it is weighed: with what avoiding it adds, and without."""
        known = self._lengths.get(way)
        if known is None:
            facts, rules = self.ways.of(way), self.rules
            plain = facts.length_m * (1.0 + _MINOR * rules.as_it_goes * facts.minor)
            if not facts.with_traffic:
                plain *= _AGAINST_TRAFFIC
            if rules.named and way >> 1 not in rules.named:
                plain *= _UNNAMED_LENGTH
            extra = facts.length_m * rules.avoid_share if way >> 1 in rules.avoided else 0.0
            known = self._lengths[way] = plain + extra, plain
        return known

    def turns(self, way: int) -> list[tuple[int, float]]:
        """The ways that go on from a way's end, and what each turn costs."""
        known = self._turns.get(way)
        if known is None:
            facts = self.ways.of(way)
            known = self._turns[way] = []
            for onward in self.ways.out_of(facts.head):
                into = self.ways.of(onward)
                if not (self.rules.any_way or into.with_traffic):
                    continue
                straight = (facts.heads_in.conjugate() * into.heads_out).real
                other = 0.0 if into.road == facts.road else _OTHER_ROAD
                turn = (_RIGHT_ANGLE * (1.0 - straight) + other) * self.rules.as_it_goes
                known.append((onward, _TURN_BACK if onward == way ^ 1 else turn))
        return known


class _Search:
    """From all states to the choices of the next sight at once (A*)."""

    def __init__(
        self, weigher: _Weigher, sights: Sequence[Sight], number: int, choices: Sequence[_Choice]
    ) -> None:
        self._weigher = weigher
        self._sights = sights
        self._goal = sights[number].at
        self._goal_m = weigher.ways.plane.spot(self._goal)
        gap_m = distance_m(sights[number - 1].at, self._goal)
        self._metre = 1.0 / max(_DETOUR_M, weigher.rules.detour_share * gap_m)
        self._slack = 0.0 if number + 1 == len(sights) else _HOPELESS
        self._farthest_m = 1.01 * max(choice.distance_m for choice in choices) + 1.0
        self._choices = {choice.way: choice for choice in choices}
        self._worst = math.inf
        self._reached: dict[int, _Reached] = {}
        self._queue: list[tuple[float, int, int, float, float, _State, int]] = []
        self._came_by: dict[int, int] = {}
        self._pushed = 0

    def run(self, states: Sequence[_State], price: float) -> dict[int, _Reached]:
        """The cheapest way to each choice, by its way, where that is likelier than to pass over."""
        self._worst = min(state.cost for state in states) + price + self._slack
        straight_m: dict[int, float] = {}
        for state in states:
            if state.number not in straight_m:
                straight_m[state.number] = distance_m(self._sights[state.number].at, self._goal)
            self._leave(state, straight_m[state.number] * self._metre)
        while self._queue and len(self._came_by) < _MOST_STEPS:
            estimate, _, way, cost, plain, source, before = heapq.heappop(self._queue)
            if estimate >= self._worst:
                break
            if way not in self._came_by:
                self._came_by[way] = before
                self._drive(way, cost, plain, source)
        return self._reached

    def _leave(self, state: _State, gain: float) -> None:
        """Go on from a state, along its own way and out of its end."""
        way, metre = state.way, self._metre
        cost, plain = state.cost - gain, state.plain - gain
        weighed_m, plain_m = self._weigher.lengths_m(way)
        choice = self._choices.get(way)
        if choice is not None:
            share = choice.at - state.at
            if share * self._weigher.ways.of(way).length_m >= -_BACKWARD_M:
                on = abs(share) * metre
                at = max(choice.at, state.at)
                found = _Reached(cost + on * weighed_m, plain + on * plain_m, at, state, ())
                self._arrive(choice, found)
        rest = (1.0 - state.at) * metre
        self._turn(way, cost + rest * weighed_m, plain + rest * plain_m, state, -1)

    def _drive(self, way: int, cost: float, plain: float, source: _State) -> None:
        """Along a whole way, past the choice that may lie on it."""
        weighed_m, plain_m = self._weigher.lengths_m(way)
        choice = self._choices.get(way)
        if choice is not None:
            on = choice.at * self._metre
            there = cost + on * weighed_m
            if way not in self._reached or there < self._reached[way].cost:
                at = plain + on * plain_m, choice.at, source, self._via(way)
                self._arrive(choice, _Reached(there, *at))
        metre = self._metre
        self._turn(way, cost + metre * weighed_m, plain + metre * plain_m, source, way)

    def _turn(self, way: int, cost: float, plain: float, source: _State, before: int) -> None:
        """Into each way that goes on from a way's end."""
        ahead_m = abs(self._weigher.ways.of(way).end_m - self._goal_m) - self._farthest_m
        ahead = ahead_m * self._metre if ahead_m > 0.0 else 0.0
        least = self._worst - ahead - cost
        for onward, turn in self._weigher.turns(way):
            if turn < least and onward not in self._came_by:
                self._pushed += 1
                there = cost + turn
                step = (there + ahead, self._pushed, onward, there, plain + turn, source, before)
                heapq.heappush(self._queue, step)

    def _arrive(self, choice: _Choice, found: _Reached) -> None:
        before = self._reached.get(choice.way)
        if before is None or found.cost < before.cost:
            self._reached[choice.way] = found
            self._worst = min(self._worst, found.cost + choice.miss + self._slack)

    def _via(self, way: int) -> tuple[int, ...]:
        """The whole ways driven before this one, in order."""
        ways = []
        while (way := self._came_by[way]) >= 0:
            ways.append(way)
        return tuple(reversed(ways))


def _state(number: int, choice: _Choice, reached: _Reached | None, passed: float) -> _State:
    """At a choice: from an earlier state, or, where that is likelier, as the course's beginning."""
    if reached is not None and reached.cost < passed:
        return _State(
            cost=reached.cost + choice.miss,
            plain=reached.plain + choice.plain,
            way=choice.way,
            at=reached.at,
            number=number,
            distance_m=choice.distance_m,
            before=reached.source,
            via=reached.via,
        )
    return _State(
        cost=passed + choice.miss,
        plain=passed + choice.plain,
        way=choice.way,
        at=choice.at,
        number=number,
        distance_m=choice.distance_m,
        before=None,
        via=(),
    )


def _likely(states: list[_State]) -> list[_State]:
    states.sort(key=lambda state: state.cost)
    return [s for s in states[:_MOST_STATES] if s.cost <= states[0].cost + _HOPELESS]


def _course(last: _State, sights: int) -> Course:
    seen: list[Seen | None] = [None] * sights
    chain = []
    state: _State | None = last
    while state is not None:
        seen[state.number] = Seen(state.way >> 1, state.distance_m)
        chain.append(state)
        state = state.before
    chain.reverse()
    pieces = [Piece(chain[0].way, chain[0].at, chain[0].at)]
    for before, here in pairwise(chain):
        if here.way == before.way and not here.via:
            pieces[-1] = Piece(here.way, pieces[-1].begin, here.at)
            continue
        pieces[-1] = Piece(before.way, pieces[-1].begin, 1.0)
        pieces += [Piece(way, 0.0, 1.0) for way in here.via]
        pieces.append(Piece(here.way, 0.0, here.at))
    return Course(tuple(pieces), last.plain, tuple(seen))
