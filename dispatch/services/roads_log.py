"""The event log in the shape in which the roads process reads it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine

from dispatch.domain.vehicle_limits import sizes_of
from dispatch.roads.following import Batch, ClosureLog, Standing
from dispatch.store.closure_log import load_closures, read_road_events
from jurisdictions.driving import DrivingBook

_LIMIT: Final = 500


class StoredClosureLog(ClosureLog):
    """Reads closures and their events from the hub's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self) -> Standing:
        """See ``ClosureLog.load``."""
        found = load_closures(self._engine)
        region = found.region
        return Standing(
            found.head.epoch,
            found.head.seq,
            region.network_id if region else None,
            tuple(found.closures),
            sizes_of(found.units),
            region.time_zone if region else "UTC",
            DrivingBook(found.driving).roads_kept(),
        )

    def read(self, after: int) -> Batch:
        """See ``ClosureLog.read``."""
        head, events = read_road_events(self._engine, after, _LIMIT)
        seq = events[-1].seq if len(events) == _LIMIT else head.seq
        return Batch(head.epoch, seq, tuple(events))
