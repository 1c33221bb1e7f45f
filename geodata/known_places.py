"""Places beside the streets that callers name: common places, house numbers, mileposts. Values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from geodata.lonlat import LonLat

Feature = Literal["bridge", "exit", "ramp", "rail_crossing", "trail"]
FEATURES: Final[tuple[Feature, ...]] = ("bridge", "exit", "ramp", "rail_crossing", "trail")
"""Kinds of common places that are part of a road, and have no house number."""
_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class CommonPlace:
    """A place known by name: a station, a hospital, a bridge; ``also`` are its other names."""

    name: str
    at: LonLat
    kind: str = "place"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressPoint:
    """A surveyed house number."""

    number: int
    street: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class Milepost:
    """A post by the road; ``distance`` counts in ``unit`` along ``road``.

    ``direction`` is the carriageway, ``N`` to ``W``, empty where the post is of both.
    """

    road: str
    distance: float
    at: LonLat
    direction: Literal["", "N", "E", "S", "W"] = ""
    unit: Literal["mi", "km"] = "mi"


@dataclass(frozen=True, slots=True, eq=False)
class AddressPoints:
    """Surveyed house numbers in arrays, since a county has hundreds of thousands.

    House i stands at ``lon[i]``, ``lat[i]`` degrees, on ``streets[street[i]]``.
    """

    streets: tuple[str, ...] = ()
    street: _Ints = field(default_factory=lambda: np.empty(0, np.int32))
    number: _Ints = field(default_factory=lambda: np.empty(0, np.int32))
    lon: _Floats = field(default_factory=lambda: np.empty(0, np.float64))
    lat: _Floats = field(default_factory=lambda: np.empty(0, np.float64))

    @classmethod
    def of(cls, points: Iterable[AddressPoint]) -> AddressPoints:
        """The same from single values."""
        known = list(points)
        place: dict[str, int] = {}
        street = [place.setdefault(point.street, len(place)) for point in known]
        return cls(
            tuple(place),
            np.array(street, np.int32),
            np.array([point.number for point in known], np.int32),
            np.array([point.at[0] for point in known], np.float64),
            np.array([point.at[1] for point in known], np.float64),
        )

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """All that a region knows beside its streets."""

    places: tuple[CommonPlace, ...] = ()
    mileposts: tuple[Milepost, ...] = ()
    addresses: AddressPoints = field(default_factory=AddressPoints)
