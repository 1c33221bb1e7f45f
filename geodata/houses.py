"""Where a house number stands: as surveyed, or between its surveyed neighbours on its side."""

from __future__ import annotations

import numpy as np

from geodata.known_places import AddressPoints
from geodata.lonlat import LonLat
from geodata.street_names import plain
from geodata.towns import Areas, towns_at


class Houses:
    """Surveyed house numbers by street and municipality; built once, then only read."""

    def __init__(self, points: AddressPoints, areas: Areas) -> None:
        keys: dict[str, int] = {}
        of_street = [keys.setdefault(plain(street), len(keys)) for street in points.streets]
        town = towns_at(areas, np.column_stack([points.lon, points.lat])).astype(np.int64) + 1
        self._keys = keys
        self._towns = len(areas) + 1
        group = np.array(of_street, np.int64)[points.street] * self._towns + town
        order = np.lexsort((points.number, points.number % 2, group))
        self._group = group[order]
        self._number = points.number[order]
        self._at = np.column_stack([points.lon[order], points.lat[order]])

    def find(self, number: int, street: str, town: int) -> tuple[LonLat, bool] | None:
        """Where a number stands, and whether it was surveyed there.

        Args:
            number: The digits of the house number.
            street: As ``plain`` gives it.
            town: Index of the municipality, -1 for none.

        Returns:
            None where no surveyed number is below or above it on its side of the street.
        """
        key = self._keys.get(street)
        if key is None:
            return None
        group = key * self._towns + town + 1
        low, high = np.searchsorted(self._group, [group, group + 1]).tolist()
        even = low + int(np.searchsorted(self._number[low:high] % 2, 1))
        side = slice(low, even) if number % 2 == 0 else slice(even, high)
        numbers = self._number[side]
        k = int(np.searchsorted(numbers, number))
        if k < len(numbers) and numbers[k] == number:
            return self._spot(side.start + k), True
        if k == 0 or k == len(numbers):
            return None
        share = (number - int(numbers[k - 1])) / int(numbers[k] - numbers[k - 1])
        a, b = self._spot(side.start + k - 1), self._spot(side.start + k)
        return LonLat(a.lon + (b.lon - a.lon) * share, a.lat + (b.lat - a.lat) * share), False

    def _spot(self, house: int) -> LonLat:
        return LonLat(float(self._at[house, 0]), float(self._at[house, 1]))
