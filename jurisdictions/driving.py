"""How an agency's crews drive, beside the road's own speed: how fast, how much of a congestion they
feel, and whether turn bans bind.

Congestion slows a crew with lights and siren only by its agency's own factor. A crew with lights
may turn where others may not only where its agency's rows say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Generic, Literal, NamedTuple, TypeVar

from pydantic import Field, model_validator

from jurisdictions.values import Value

FACTOR_LEAST = 0.2
FACTOR_MOST = 2.0

CONGESTION_SHARES = 4
"""So many shares of a congestion below 1 may a region state: roads are kept for each."""

NORMAL_SHARE = 0.8
"""Of the speed with lights and siren, driven without: an assumption where no row says it."""

VehicleClass = Literal["car", "truck", "heavy"]
CLASSES: Final[tuple[VehicleClass, ...]] = ("car", "truck", "heavy")

Turns = Literal["honoured", "waived"]
TURNS: Final[tuple[Turns, ...]] = ("honoured", "waived")

T = TypeVar("T")


class Driven(NamedTuple):
    """How a vehicle is driven.

    Attributes:
        factor: The share of the roads' usual speed.
        assumed: No row says it: it is the assumption for driving without lights.
        waives_turns: It may turn where others may not.
        congestion: The share of the time that a congestion takes everybody which it loses.
    """

    factor: float = 1.0
    assumed: bool = False
    waives_turns: bool = False
    congestion: float = 1.0


AS_USUAL: Final = Driven()
"""At the roads' usual speed, bound by every turn ban, in traffic as everybody."""


class RoadsKept(NamedTuple):
    """Which roads some vehicles drive on: whose bans and congestions are not everybody's."""

    vehicle_class: VehicleClass
    waives_turns: bool = False
    congestion: float = 1.0


class DrivingRow(Value):
    """A row of ``driving.csv``: the share of the usual speed that is driven, who may turn,
    and who gets past traffic.

    Empty ``agency`` or ``vehicle_class``: any. ``hours`` are 0 to 23 by the region's clock, empty
    for all day.
    """

    factor: float = Field(ge=FACTOR_LEAST, le=FACTOR_MOST)
    agency: str = ""
    vehicle_class: Literal["", "car", "truck", "heavy"] = ""
    hours: tuple[int, ...] = ()
    mode: Literal["", "lights", "normal"] = ""
    """``normal``: without lights; else with them."""
    turns: Literal["", "honoured", "waived"] = ""
    """Whether turn bans bind: empty leaves it to a less specific row, and to none: honoured.
    A one-way street is no turn ban. Without lights every ban binds."""
    congestion: float | None = Field(default=None, ge=0.0, le=1.0)
    """How much is felt of a road that is slow because of traffic: 0 nothing, 1 as everybody. None
    leaves it to a less specific row, and to none: 1. Without lights all of it is felt."""

    @model_validator(mode="after")
    def _only_with_lights(self) -> DrivingRow:
        if self.mode == "normal" and self.turns == "waived":
            raise ValueError("turn bans may be waived only for a response with lights")
        if self.mode == "normal" and self.congestion not in (None, 1.0):
            raise ValueError("congestion is felt in full without lights")
        return self


class DrivingBook:
    """All rows of a version."""

    def __init__(self, rows: Iterable[DrivingRow] = ()) -> None:
        self._factors: _MostSpecific[float] = _MostSpecific()
        self._turns: _MostSpecific[Turns] = _MostSpecific()
        self._congestion: _MostSpecific[float] = _MostSpecific()
        agencies = {""}
        for row in rows:
            self._factors.put(row, row.factor)
            if row.turns and row.mode != "normal":
                self._turns.put(row, row.turns)
            if row.congestion is not None and row.mode != "normal":
                self._congestion.put(row, row.congestion)
            if row.mode != "normal":
                agencies.add(row.agency)
        self._agencies = tuple(sorted(agencies))

    def roads_kept(self) -> tuple[RoadsKept, ...]:
        """The roads that crews with lights drive on at some hour and that are not everybody's."""
        found = set()
        for agency in self._agencies:
            for name in CLASSES:
                for hour in range(24):
                    how = self.driven(agency=agency, vehicle_class=name, hour=hour)
                    found.add(RoadsKept(name, how.waives_turns, how.congestion))
        return tuple(sorted(found - {RoadsKept(name) for name in CLASSES}))

    def driven(self, *, agency: str, vehicle_class: str, hour: int, lights: bool = True) -> Driven:
        """By the most specific row that fits: agency before class before hours; 1 where none.

        Without lights by the rows of that mode; where none fits, ``NORMAL_SHARE`` of the other, and
        every turn ban binds and all congestion is felt. With lights, bans are waived, and a part
        of a congestion is felt, where the most specific row that speaks of it says so.
        """
        own = None
        if not lights:
            own = self._factors.find(agency, vehicle_class, hour, normal=True)
        if own is not None:
            return Driven(own)
        found = self._factors.find(agency, vehicle_class, hour, normal=False)
        factor = 1.0 if found is None else found
        if not lights:
            return Driven(factor * NORMAL_SHARE, assumed=True)
        turns = self._turns.find(agency, vehicle_class, hour, normal=False)
        congestion = self._congestion.find(agency, vehicle_class, hour, normal=False)
        return Driven(
            factor,
            waives_turns=turns == "waived",
            congestion=1.0 if congestion is None else congestion,
        )


class _MostSpecific(Generic[T]):
    """A value for each group of rows; the first row of a group counts."""

    def __init__(self) -> None:
        self._by_hour: dict[tuple[bool, str, str, int], T] = {}
        self._all_day: dict[tuple[bool, str, str], T] = {}

    def put(self, row: DrivingRow, value: T) -> None:
        key = (row.mode == "normal", row.agency, row.vehicle_class)
        if not row.hours:
            self._all_day.setdefault(key, value)
        for hour in row.hours:
            self._by_hour.setdefault((*key, hour), value)

    def find(self, agency: str, vehicle_class: str, hour: int, *, normal: bool) -> T | None:
        if not self._by_hour and not self._all_day:
            return None
        for by_agency in dict.fromkeys((agency, "")):
            for by_class in dict.fromkeys((vehicle_class, "")):
                key = (normal, by_agency, by_class)
                found = self._by_hour.get((*key, hour), self._all_day.get(key))
                if found is not None:
                    return found
        return None
