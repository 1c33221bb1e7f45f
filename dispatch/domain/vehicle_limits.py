"""Which vehicles a limit of height, weight or width binds. Pure.

The roads know three classes, each with the size of its tallest, heaviest and widest unit: a lower
one of the same class goes round as well, so that no ladder is ever sent under a low bridge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dispatch.domain.closure import Closure
from dispatch.domain.unit import Unit
from dispatch.domain.values import VEHICLE_CLASSES, VehicleClass
from geodata.vehicles import VehicleSize

Sizes = Mapping[VehicleClass, VehicleSize]


def sizes_of(units: Iterable[Unit]) -> dict[VehicleClass, VehicleSize]:
    """The tallest, the heaviest and the widest of each class, in metres and tonnes.

    Units that say nothing do not count: they are not kept from anything.
    """
    known = list(units)
    found: dict[VehicleClass, VehicleSize] = {}
    for name in VEHICLE_CLASSES:
        own = [unit for unit in known if unit.vehicle_class == name]
        heights = [unit.height_m for unit in own if unit.height_m is not None]
        weights = [unit.weight_t for unit in own if unit.weight_t is not None]
        widths = [unit.width_m for unit in own if unit.width_m is not None]
        if heights or weights or widths:
            found[name] = VehicleSize(
                max(heights, default=None), max(weights, default=None), max(widths, default=None)
            )
    return found


def classes_bound(closure: Closure, sizes: Sizes) -> tuple[VehicleClass, ...]:
    """The classes that a closure binds: those that it names and, with a limit, that exceed it."""
    if not closure.has_limit():
        return closure.vehicle_classes
    limits = (closure.max_height_m, closure.max_weight_t, closure.max_width_m)
    return tuple(
        name for name in closure.vehicle_classes if name in sizes and sizes[name].exceeds(*limits)
    )
