"""What a map's hours say at a moment: which conditional bans hold, which arcs are shut.

Time and zone are arguments; no clock here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from geodata.network import RoadNetwork
from geodata.opening_hours import read_hours
from geodata.weekly_hours import HORIZON, run_at

_EARLIER: Final = timedelta(days=3)


class RoadHours:
    """The hours of one network, as they hold at the moment last turned to."""

    def __init__(self, network: RoadNetwork) -> None:
        self._timed = network.timed
        self._hours = {text: read_hours(text) or () for text in network.hours}
        self._zone: tzinfo = UTC
        self._from: datetime | None = None
        self._until: datetime | None = None
        self.holding: frozenset[str] = frozenset()
        """The network's hours that hold now."""
        self.shut_arcs: frozenset[int] = frozenset()
        """Its arcs that are shut now."""

    def in_zone(self, zone: tzinfo) -> None:
        """By the clock of this zone from now on."""
        if zone != self._zone:
            self._zone, self._until = zone, None

    def turn_to(self, at: datetime) -> bool:
        """Look at another moment, aware; whether anything is now another than before.

        Costs nothing until the next change of any of the hours.
        """
        if not self._hours:
            return False
        at = at.astimezone(UTC)
        if self._from and self._until and self._from <= at < self._until:
            return False
        holding, until = set(), at + HORIZON
        for text, hours in self._hours.items():
            run = run_at(hours, self._zone, at, at - _EARLIER, at + HORIZON)
            if run is None:
                continue
            until = min(until, run.until)
            if run.holds:
                holding.add(text)
        before = self.holding, self.shut_arcs
        self._from, self._until, self.holding = at, until, frozenset(holding)
        self.shut_arcs = frozenset(
            each.arc for each in self._timed if (each.hours in self.holding) != each.outside
        )
        return before != (self.holding, self.shut_arcs)
