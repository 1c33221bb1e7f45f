"""How fast each class of vehicle drives each arc of open road. No closures here.

Three classes, which closures can tell apart: ``car`` (police, chief, ambulance on a van's chassis),
``truck`` (ambulance, engine), ``heavy`` (ladder, tanker, rescue).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.network import FERRY, Longs, RoadNetwork, Weights

SHUT_MS: Final = 2_147_483_647
"""The weight of an arc that may not be driven; every real weight is smaller."""


@dataclass(frozen=True, slots=True)
class VehicleSpeed:
    """Share of the road's speed that the class drives, and the most it drives anywhere."""

    share: float
    most_kph: float


VEHICLES: Final[dict[str, VehicleSpeed]] = {
    "car": VehicleSpeed(share=1.0, most_kph=130.0),
    "truck": VehicleSpeed(share=0.92, most_kph=105.0),
    "heavy": VehicleSpeed(share=0.85, most_kph=90.0),
}
"""Assumed, not measured: a centre with its own fixes replaces them by its own."""


_FEELING: Final = " feeling "


def feeling(vehicle_class: str, share: float) -> str:
    """What the roads of a class's vehicles are called that feel a share of each congestion.

    Args:
        vehicle_class: One of ``VEHICLES``.
        share: Of the time that it takes everybody, 0 to 1; who feels all is of the class itself.

    Raises:
        ValueError: ``share`` is no share.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError("the share of a congestion that is felt lies between 0 and 1")
    return vehicle_class if share == 1.0 else f"{vehicle_class}{_FEELING}{share:g}"


def class_of(name: str) -> str:
    """The class of which ``feeling`` made a name; a class's own is its own."""
    return name.partition(_FEELING)[0]


CLASS_BIT: Final[dict[str, int]] = {name: 1 << i for i, name in enumerate(VEHICLES)}
"""A set of classes is the sum of their bits."""

ALL_CLASSES: Final = sum(CLASS_BIT.values())


@dataclass(frozen=True, slots=True)
class VehicleSize:
    """The tallest, the heaviest and the widest of a class; None where nobody has said."""

    height_m: float | None = None
    weight_t: float | None = None
    width_m: float | None = None

    def exceeds(
        self,
        max_height_m: float | None,
        max_weight_t: float | None,
        max_width_m: float | None = None,
    ) -> bool:
        """Whether it is too tall, too heavy or too wide for these limits; None is no limit."""
        pairs = (
            (self.height_m, max_height_m),
            (self.weight_t, max_weight_t),
            (self.width_m, max_width_m),
        )
        return any(own is not None and most is not None and own > most for own, most in pairs)


def arcs_too_small(network: RoadNetwork, size: VehicleSize) -> Longs:
    """The arcs whose limit a vehicle of this size exceeds, ascending."""
    small = np.zeros(network.edge_count, bool)
    for limits, own in (
        (network.edge_max_height_m, size.height_m),
        (network.edge_max_weight_t, size.weight_t),
    ):
        if own is not None and len(limits):
            small |= (limits > 0.0) & (limits < np.float32(own))
    return np.flatnonzero(small[network.arc_edge])


def free_weights_ms(network: RoadNetwork, vehicle_class: str) -> Weights:
    """Milliseconds along each arc on open roads, at least 1, below ``SHUT_MS``.

    A ferry sails at its own speed whatever it carries.

    Raises:
        KeyError: ``vehicle_class`` is none of ``VEHICLES``.
    """
    vehicle = VEHICLES[vehicle_class]
    road_kph = network.edge_speed_kph.astype(np.float64)
    driven_kph = np.minimum(road_kph * vehicle.share, vehicle.most_kph)
    driven_kph = np.where(network.edge_flags & FERRY, road_kph, driven_kph)
    edge_ms = network.edge_length_m.astype(np.float64) * 3600.0 / driven_kph
    arc_ms = np.rint(edge_ms[network.arc_edge]) + network.arc_delay_ms
    return np.clip(arc_ms, 1, SHUT_MS - 1).astype(np.uint32)
