"""What the roads process wants of the event log: closures that stand, and what changed since.

Only the shape is here; whoever starts the process hands in the log itself.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple, Protocol

from dispatch.domain.closure import Closure
from dispatch.domain.events import Event
from dispatch.domain.vehicle_limits import Sizes
from jurisdictions.driving import RoadsKept


class Standing(NamedTuple):
    """The log's end in one snapshot: which network is in force and which closures stand.

    ``network_id`` is None while no region is loaded.
    """

    epoch: str
    seq: int
    network_id: str | None
    closures: tuple[Closure, ...]
    sizes: Sizes = MappingProxyType({})
    """Of the vehicles of the roster in force."""
    time_zone: str = "UTC"
    """Of the region in force."""
    kept: tuple[RoadsKept, ...] = ()
    """Roads that are not everybody's: of vehicles that may turn in spite of bans or feel less of a
    congestion, by some agency in force."""


class Batch(NamedTuple):
    """What the log says after some event, up to ``seq``.

    ``events`` holds, in order, those that concern the roads: ``closure.*`` and
    ``region.activated``. ``seq`` counts all events, so that the roads keep up when none does.
    """

    epoch: str
    seq: int
    events: tuple[Event, ...]


class ClosureLog(Protocol):
    """The log as the roads read it. Called from another thread than the router's, one at a time."""

    def load(self) -> Standing:
        """The closures that stand at the head of the log."""

    def read(self, after: int) -> Batch:
        """Everything after event ``after``; a batch may end before the head, the next goes on."""
