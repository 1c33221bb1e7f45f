"""What could happen in a region, from what did: recorded calls drawn by the hour. Pure.

The mix of types, places and hours is that of the record; who calls is invented.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from geodata.lonlat import LonLat

_NAMES = (
    "A. Okafor", "B. Lindqvist", "C. Marchetti", "D. Nguyen", "E. Hallam", "F. Sato", "G. Brandt",
    "H. Osei", "I. Petrov", "J. Alvarez", "K. Whitlock", "L. Haddad", "M. Kowalska", "N. Reyes",
    "P. Abernathy", "R. Iyer", "S. Dubois", "T. Mbeki", "V. Castellano", "W. Yilmaz",
)  # fmt: skip
HOUR_LEAST, HOUR_MOST = 0.55, 1.5
"""The quietest and the busiest hour that are played, as a share of the mean."""


@dataclass(frozen=True)
class Happening:
    """Something that was once called in. ``found_by_crew``: a crew began it, nobody called."""

    received_at: datetime
    at: LonLat
    incident_type: str
    priority: int
    address: str
    municipality: str
    found_by_crew: bool = False


@dataclass(frozen=True)
class Caller:
    """Who calls, invented; the number is one that nobody has."""

    name: str
    callback: str
    off_m: float


class Scenario:
    """Draws what happens next.

    Args:
        happenings: The record, in any order.
        closure_lines: Stretches of road that may be shut, each with what is said of it.
        rng: Decides everything.
    """

    def __init__(
        self,
        happenings: Iterable[Happening],
        closure_lines: Sequence[tuple[str, Sequence[LonLat]]],
        rng: random.Random,
    ) -> None:
        self.closure_lines = list(closure_lines)
        self.rng = rng
        self._called: dict[int, list[Happening]] = defaultdict(list)
        self._found: list[Happening] = []
        self._by_municipality: dict[str, list[Happening]] = defaultdict(list)
        for happening in happenings:
            if happening.found_by_crew:
                self._found.append(happening)
                self._by_municipality[happening.municipality].append(happening)
            else:
                self._called[happening.received_at.hour].append(happening)

    def busyness(self, hour: int) -> float:
        """How busy an hour (0 to 23) is, 1 the mean, kept between the two limits."""
        total = sum(len(calls) for calls in self._called.values())
        if not total:
            return 1.0
        share = 24 * len(self._called.get(hour, ())) / total
        return min(max(share, HOUR_LEAST), HOUR_MOST)

    def next_call(self, hour: int) -> Happening:
        """Something that is called in at this hour.

        Raises:
            LookupError: The record holds no call.
        """
        calls = self._called.get(hour) or [c for some in self._called.values() for c in some]
        if not calls:
            raise LookupError("The record holds no call.")
        return self.rng.choice(calls)

    def patrol_place(self, municipality: str | None) -> Happening | None:
        """Where a patrol of this municipality may be, and what it may find there."""
        return self.rng.choice(
            self._by_municipality.get(municipality or "") or self._found or [None]
        )

    def somewhere(self, number: str) -> LonLat:
        """A place where something has happened; the same for the same number.

        Raises:
            LookupError: The record holds no call.
        """
        calls = [call for hour in sorted(self._called) for call in self._called[hour]]
        if not calls:
            raise LookupError("The record holds no call.")
        return random.Random(number).choice(calls).at  # noqa: S311  # play, not secrecy

    def caller(self) -> Caller:
        """Somebody who calls."""
        rng = self.rng
        number = f"+1-555-01{rng.randrange(100):02d}"
        return Caller(rng.choice(_NAMES), number, round(rng.choice((8, 15, 25, 60, 120)), 1))


def spoken(happening: Happening) -> str:
    """The place in a caller's words."""
    where = happening.address.replace(" & ", " and ").replace(" / ", " and ").strip()
    return ", ".join(part for part in (where, happening.municipality) if part)
