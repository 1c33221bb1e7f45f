"""Closures as sets on arcs: each arc keeps what affects it, its weight is the worst of them.

Lifting one closure never reopens another's arc, and lifting all of them, in any order, restores
the first weights exactly. When a closure begins and ends is decided elsewhere: what is applied
here is in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from geodata.network import Longs, RoadNetwork, Weights
from geodata.vehicles import SHUT_MS, VEHICLES, free_weights_ms

ALL_CLASSES = frozenset(VEHICLES)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a closure does to an arc: ``speed_factor`` 0 shuts it, 0.5 halves the speed on it.

    It binds the vehicles of ``vehicle_classes`` only. Direction is in the choice of the arcs.
    """

    speed_factor: float = 0.0
    vehicle_classes: frozenset[str] = ALL_CLASSES

    def __post_init__(self) -> None:
        if not 0.0 <= self.speed_factor < 1.0:
            raise ValueError("speed_factor must be at least 0 and below 1")
        if not self.vehicle_classes <= ALL_CLASSES:
            raise ValueError(f"unknown vehicle class among {sorted(self.vehicle_classes)}")


SHUT = Effect()


@dataclass(frozen=True, slots=True)
class ClassChange:
    """Arcs whose weight changed for one vehicle class, and what it is now.

    ``weight_ms`` is ``SHUT_MS`` where the arc is shut. ``reach_ms`` is the time along the arc when
    shutting does not bind: for a vehicle that must reach a place on the shut road itself.
    """

    arcs: Longs
    weight_ms: Weights
    reach_ms: Weights


@dataclass(frozen=True, slots=True)
class WeightChanges:
    """What one closure changed, by vehicle class; a class without change is absent."""

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
        self._arc_count = network.arc_count
        self.free_ms: dict[str, Weights] = {v: free_weights_ms(network, v) for v in VEHICLES}
        self.weight_ms: dict[str, Weights] = {v: w.copy() for v, w in self.free_ms.items()}
        self.reach_ms: dict[str, Weights] = {v: w.copy() for v, w in self.free_ms.items()}
        self._arcs_of: dict[str, tuple[int, ...]] = {}
        self._effect_of: dict[str, Effect] = {}
        self._on_arc: dict[int, set[str]] = {}

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
        if named and (named[0] < 0 or named[-1] >= self._arc_count):
            raise IndexError(f"arc out of range in closure {closure_id}")
        touched = set(self._forget(closure_id))
        touched.update(named)
        self._arcs_of[closure_id] = named
        self._effect_of[closure_id] = effect
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

    def on_arc(self, arc: int) -> dict[str, Effect]:
        """What affects an arc: effects by closure id."""
        return {closure: self._effect_of[closure] for closure in self._on_arc.get(arc, ())}

    def _forget(self, closure_id: str) -> tuple[int, ...]:
        arcs = self._arcs_of.pop(closure_id, ())
        self._effect_of.pop(closure_id, None)
        for arc in arcs:
            held = self._on_arc[arc]
            held.discard(closure_id)
            if not held:
                del self._on_arc[arc]
        return arcs

    def _weigh(self, touched: set[int]) -> WeightChanges:
        arcs = np.array(sorted(touched), np.int64)
        changes: dict[str, ClassChange] = {}
        for vehicle_class in VEHICLES if len(arcs) else ():
            weights, reaches = self._worst(vehicle_class, arcs)
            was_weight = self.weight_ms[vehicle_class][arcs]
            was_reach = self.reach_ms[vehicle_class][arcs]
            differs = (was_weight != weights) | (was_reach != reaches)
            if differs.any():
                self.weight_ms[vehicle_class][arcs] = weights
                self.reach_ms[vehicle_class][arcs] = reaches
                changes[vehicle_class] = ClassChange(
                    arcs[differs], weights[differs], reaches[differs]
                )
        return WeightChanges(changes)

    def _worst(self, vehicle_class: str, arcs: Longs) -> tuple[Weights, Weights]:
        free = self.free_ms[vehicle_class][arcs].astype(np.float64)
        shut = np.zeros(len(arcs), bool)
        slowest = np.ones(len(arcs), np.float64)
        for i, arc in enumerate(arcs.tolist()):
            for closure_id in self._on_arc.get(arc, ()):
                effect = self._effect_of[closure_id]
                if vehicle_class not in effect.vehicle_classes:
                    continue
                if effect.speed_factor == 0.0:
                    shut[i] = True
                else:
                    slowest[i] = min(slowest[i], effect.speed_factor)
        reach = np.minimum(np.rint(free / slowest), SHUT_MS - 1).astype(np.uint32)
        weight = np.where(shut, np.uint32(SHUT_MS), reach).astype(np.uint32)
        return weight, reach
