"""How far the roads say they are: never farther than the closures that they have let stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatch.domain import events as ev
from dispatch.domain.closure import Closure
from dispatch.domain.events import Event
from dispatch.roads.following import Batch, Standing
from dispatch.roads.live_roads import LiveRoads
from dispatch.roads.server import RoadsServer
from tests.factories import NOON, make_closure

REGION = ev.RegionActivated(
    region_version="v2", name="Two Towns", time_zone="UTC", border_m=100, network_id="net"
)


class Failing:
    """Roads of which letting the closures stand fails the first times."""

    def __init__(self, fails: int) -> None:
        self.fails = fails
        self.network = SimpleNamespace(network_id="net", node_count=2, arc_count=2)
        self.closures = 0
        self.unplaced: set[str] = set()
        self.stood: list[str] = []
        self.seq = 0

    def tell_time(self, at: datetime) -> bool:
        return False

    def stand(self, seq: int, closures: Iterable[Closure], sizes: Any, time_zone: str) -> None:
        if self.fails:
            self.fails -= 1
            raise ValueError("a line of no use")
        self.stood = [closure.id for closure in closures]
        self.seq = seq

    def take(self, seq: int, events: Iterable[Event]) -> None:
        self.seq = seq


class Log:
    """A log at event 7 with one closure in force."""

    def __init__(self) -> None:
        self.closures: tuple[Closure, ...] = ()
        self.seq = 3

    def load(self) -> Standing:
        return Standing("e1", self.seq, "net", self.closures)

    def read(self, after: int) -> Batch:
        raise AssertionError("not read here")


def test_closures_that_could_not_be_let_stand_are_not_said_to_be_known() -> None:
    log, roads = Log(), Failing(0)
    server = RoadsServer(log, lambda network_id: cast("LiveRoads", roads))
    server._load()
    log.closures, log.seq = (make_closure("c1", state="active"),), 7
    roads.fails = 1
    event = Event(seq=7, at=NOON, actor="x", command_id="c7", audience=("*",), body=REGION)
    batch = Batch("e1", 7, (event,))
    with pytest.raises(ValueError, match="a line of no use"):
        server._take(batch)
    assert server._status({})["seq"] == 3
    server._take(batch)
    assert (server._status({})["seq"], roads.seq, roads.stood) == (7, 7, ["c1"])
