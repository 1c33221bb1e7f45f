"""How fast an agency's crews drive by the hour, beside the road's own speed: the most specific row.

Congestion slows a crew with lights and siren only by its agency's own factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from jurisdictions.values import Value

FACTOR_LEAST = 0.2
FACTOR_MOST = 2.0

NORMAL_SHARE = 0.8
"""Of the speed with lights and siren, driven without: an assumption where no row says it."""


class DrivingRow(Value):
    """A row of ``driving.csv``: the share of the usual speed that is driven.

    Empty ``agency`` or ``vehicle_class``: any. ``hours`` are 0 to 23 by the region's clock, empty
    for all day.
    """

    factor: float = Field(ge=FACTOR_LEAST, le=FACTOR_MOST)
    agency: str = ""
    vehicle_class: Literal["", "car", "truck", "heavy"] = ""
    hours: tuple[int, ...] = ()
    mode: Literal["", "lights", "normal"] = ""
    """``normal``: without lights; else with them."""


class DrivingBook:
    """All rows of a version."""

    def __init__(self, rows: Iterable[DrivingRow] = ()) -> None:
        self._by_hour: dict[tuple[bool, str, str, int], float] = {}
        self._all_day: dict[tuple[bool, str, str], float] = {}
        for row in rows:
            key = (row.mode == "normal", row.agency, row.vehicle_class)
            if not row.hours:
                self._all_day.setdefault(key, row.factor)
            for hour in row.hours:
                self._by_hour.setdefault((*key, hour), row.factor)

    def factor(self, *, agency: str, vehicle_class: str, hour: int, lights: bool = True) -> float:
        """By the most specific row that fits: agency before class before hours; 1 where none.

        Without lights by the rows of that mode; where none fits, ``NORMAL_SHARE`` of the other.
        """
        if not lights:
            own = self._find(agency, vehicle_class, hour, normal=True)
            if own is not None:
                return own
        found = self._find(agency, vehicle_class, hour, normal=False)
        factor = 1.0 if found is None else found
        return factor if lights else factor * NORMAL_SHARE

    def _find(self, agency: str, vehicle_class: str, hour: int, *, normal: bool) -> float | None:
        if not self._by_hour and not self._all_day:
            return None
        for by_agency in dict.fromkeys((agency, "")):
            for by_class in dict.fromkeys((vehicle_class, "")):
                key = (normal, by_agency, by_class)
                found = self._by_hour.get((*key, hour), self._all_day.get(key))
                if found is not None:
                    return found
        return None
