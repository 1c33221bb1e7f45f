"""Closures as sets on arcs: each arc keeps what affects it, its weight is the worst of them.

Lifting one closure never reopens another's arc, and lifting all of them, in any order, restores
the first weights exactly. When a closure begins and ends is decided elsewhere: what is applied
here is in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from geodata.network import Longs, RoadNetwork, Weights
from geodata.vehicles import SHUT_MS, VEHICLES, feeling, free_weights_ms

ALL_CLASSES = frozenset(VEHICLES)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a closure does to an arc: ``speed_factor`` 0 shuts it, 0.5 halves the speed on it.

    It binds the vehicles of ``vehicle_classes`` only. Direction is in the choice of the arcs.
    ``delay_s`` is lost by whoever drives through the whole stretch, in part by whoever drives
    through a part, and not on the road where a drive begins or ends; with a delay,
    ``speed_factor`` may be 1. ``hard`` shuts it also for a vehicle that stands on it
    and for one that must reach a place on it. ``congestion``: it is slow because of traffic, which
    vehicles that ``feeling`` names get past in part; a lane that is missing is missing to all.
    """

    speed_factor: float = 0.0
    vehicle_classes: frozenset[str] = ALL_CLASSES
    delay_s: float = 0.0
    hard: bool = False
    congestion: bool = False

    def __post_init__(self) -> None:
        slows = self.speed_factor < 1.0 or self.delay_s > 0.0
        if not (0.0 <= self.speed_factor <= 1.0 and slows):
            raise ValueError("speed_factor must be at least 0 and below 1, or 1 with a delay_s")
        if self.congestion and not 0.0 < self.speed_factor < 1.0:
            raise ValueError("congestion slows: its speed_factor lies between 0 and 1")
        if self.delay_s < 0.0:
            raise ValueError("delay_s must not be negative")
        if not self.vehicle_classes <= ALL_CLASSES:
            raise ValueError(f"unknown vehicle class among {sorted(self.vehicle_classes)}")


SHUT = Effect()


def felt_factor(speed_factor: float, share: float) -> float:
    """The speed factor of a congestion for whoever feels a share of the time that it takes.

    Args:
        speed_factor: For everybody, above 0 and at most 1.
        share: 0 for none of the lost time, 1 for all of it.
    """
    return 1.0 / (1.0 + share * (1.0 / speed_factor - 1.0))


@dataclass(frozen=True, slots=True)
class ClassChange:
    """Arcs whose weight changed for one vehicle class, and what it is now.

    ``weight_ms`` is ``SHUT_MS`` where the arc is shut. ``reach_ms`` is the time along the arc when
    shutting does not bind: for a vehicle that must reach a place on the shut road itself; it is
    ``SHUT_MS`` where shutting binds that one too.
    """

    arcs: Longs
    weight_ms: Weights
    reach_ms: Weights


@dataclass(frozen=True, slots=True)
class WeightChanges:
    """What one closure changed, by vehicle class, and by what ``feeling`` makes of one; without
    change absent."""

    by_class: dict[str, ClassChange] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_class)

    @property
    def arc_count(self) -> int:
        """Arcs changed for any class, each once."""
        arcs = [change.arcs for change in self.by_class.values()]
        return len(np.unique(np.concatenate(arcs))) if arcs else 0


class ArcClosures:
    """The closures in force on one network. Owned by one thread; copies nothing of the network."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        self.free_ms: dict[str, Weights] = {v: free_weights_ms(network, v) for v in VEHICLES}
        self.weight_ms: dict[str, Weights] = {v: w.copy() for v, w in self.free_ms.items()}
        self.reach_ms: dict[str, Weights] = {v: w.copy() for v, w in self.free_ms.items()}
        self._felt: dict[str, tuple[str, float]] = {v: (v, 1.0) for v in VEHICLES}
        self._arcs_of: dict[str, tuple[int, ...]] = {}
        self._effect_of: dict[str, Effect] = {}
        self._delay_ms: dict[str, dict[int, float]] = {}
        self._on_arc: dict[int, set[str]] = {}

    def feel(self, vehicle_class: str, share: float) -> WeightChanges:
        """From now on weigh also for vehicles of a class that feel a share of each congestion.

        Returns:
            Where their roads are other than open ones now; nothing when they are weighed already.
        """
        name = feeling(vehicle_class, share)
        if name in self._felt:
            return WeightChanges()
        self._felt[name] = (vehicle_class, share)
        free = self.free_ms[vehicle_class]
        self.weight_ms[name], self.reach_ms[name] = free.copy(), free.copy()
        return self._weigh(set(self._on_arc), (name,))

    def apply(self, closure_id: str, arcs: Iterable[int], effect: Effect) -> WeightChanges:
        """Put a closure in force; under an id that is in force already it replaces that one.

        Args:
            closure_id: Whose effect it is.
            arcs: Directed arcs of the network; order and repeats do not matter.
            effect: What it does to each of them.

        Returns:
            The arcs whose weight is now another than before, which may be none of them.

        Raises:
            IndexError: An arc that the network does not have; nothing is changed then.
        """
        named = tuple(sorted(set(arcs)))
        if named and (named[0] < 0 or named[-1] >= self._network.arc_count):
            raise IndexError(f"arc out of range in closure {closure_id}")
        touched = set(self._forget(closure_id))
        touched.update(named)
        self._arcs_of[closure_id] = named
        self._effect_of[closure_id] = effect
        if effect.delay_s > 0.0:
            self._delay_ms[closure_id] = self._shared_out(named, effect.delay_s)
        for arc in named:
            self._on_arc.setdefault(arc, set()).add(closure_id)
        return self._weigh(touched)

    def lift(self, closure_id: str) -> WeightChanges:
        """Take a closure out of force; one that is not in force changes nothing."""
        return self._weigh(set(self._forget(closure_id)))

    def ids(self) -> set[str]:
        """The closures in force."""
        return set(self._arcs_of)

    def arcs_of(self, closure_id: str) -> tuple[int, ...]:
        """The arcs of a closure in force, ascending; none for one that is not."""
        return self._arcs_of.get(closure_id, ())

    def on_arcs(self, arcs: Iterable[int]) -> dict[str, Effect]:
        """What affects any of some arcs: effects by closure id, in the order of the arcs."""
        held = (sorted(self._on_arc[arc]) for arc in arcs if arc in self._on_arc)
        return {closure: self._effect_of[closure] for each in held for closure in each}

    def _forget(self, closure_id: str) -> tuple[int, ...]:
        arcs = self._arcs_of.pop(closure_id, ())
        self._effect_of.pop(closure_id, None)
        self._delay_ms.pop(closure_id, None)
        for arc in arcs:
            held = self._on_arc[arc]
            held.discard(closure_id)
            if not held:
                del self._on_arc[arc]
        return arcs

    def _shared_out(self, arcs: Sequence[int], delay_s: float) -> dict[int, float]:
        """Milliseconds for each arc by its length; an edge counts once, driven there or back."""
        edges = np.unique(self._network.arc_edge[list(arcs)])
        whole_m = max(float(self._network.edge_length_m[edges].sum()), 1e-3)
        metres = self._network.arc_length_m[list(arcs)].tolist()
        return {
            arc: delay_s * 1000.0 * own_m / whole_m for arc, own_m in zip(arcs, metres, strict=True)
        }

    def _weigh(self, touched: set[int], names: Iterable[str] | None = None) -> WeightChanges:
        """Weigh some arcs anew: for these names, or for all that are weighed."""
        arcs = np.array(sorted(touched), np.int64)
        changes: dict[str, ClassChange] = {}
        for name in (names or self._felt) if len(arcs) else ():
            weights, reaches = self._worst(*self._felt[name], arcs)
            was_weight = self.weight_ms[name][arcs]
            was_reach = self.reach_ms[name][arcs]
            differs = (was_weight != weights) | (was_reach != reaches)
            if differs.any():
                self.weight_ms[name][arcs] = weights
                self.reach_ms[name][arcs] = reaches
                changes[name] = ClassChange(arcs[differs], weights[differs], reaches[differs])
        return WeightChanges(changes)

    def _worst(self, vehicle_class: str, share: float, arcs: Longs) -> tuple[Weights, Weights]:
        free = self.free_ms[vehicle_class][arcs].astype(np.float64)
        shut, hard = np.zeros(len(arcs), bool), np.zeros(len(arcs), bool)
        slowest = np.ones(len(arcs), np.float64)
        delay_ms = np.zeros(len(arcs), np.float64)
        for i, arc in enumerate(arcs.tolist()):
            for closure_id in self._on_arc.get(arc, ()):
                effect = self._effect_of[closure_id]
                if vehicle_class not in effect.vehicle_classes:
                    continue
                hard[i] |= effect.hard
                if effect.speed_factor == 0.0:
                    shut[i] = True
                elif effect.congestion and share < 1.0:
                    slowest[i] = min(slowest[i], felt_factor(effect.speed_factor, share))
                else:
                    slowest[i] = min(slowest[i], effect.speed_factor)
                if effect.delay_s > 0.0:
                    delay_ms[i] = max(delay_ms[i], self._delay_ms[closure_id][arc])
        reach = np.minimum(np.rint(free / slowest), SHUT_MS - 1).astype(np.uint32)
        through = np.minimum(reach + np.rint(delay_ms), SHUT_MS - 1).astype(np.uint32)
        reach[hard] = SHUT_MS
        weight = np.where(shut | hard, np.uint32(SHUT_MS), through).astype(np.uint32)
        return weight, reach
