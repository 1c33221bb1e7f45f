"""A supervised roads process on a folder of its own, and its log, for the tests of its faults."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from dispatch.domain import events as ev
from dispatch.domain.errors import RoadsUnavailable
from dispatch.domain.events import Event
from dispatch.roads.client import RoadsClient
from dispatch.roads.protocol import RankUnit, RoadsStatus
from dispatch.roads.supervisor import RoadsSupervisor
from geodata.network import RoadNetwork
from tests.factories import NOON, make_closure

ROOT = Path(__file__).parents[2]
CHILD = [sys.executable, "-m", "tests.fault.roads_child"]


class Roads:
    """A supervised roads process on a folder of its own, and what it should say."""

    def __init__(self, folder: Path, network: RoadNetwork) -> None:
        self.folder = folder
        self.network = network
        self.socket = folder / "roads.sock"
        self.told: list[str] = []
        self.supervisor = RoadsSupervisor(
            [*CHILD, str(folder)],
            environment={"PYTHONPATH": str(ROOT)},
            on_change=lambda name, fields: self.told.append(name),
        )
        nodes = network.node_count
        self.target = network.node_at(nodes // 2)
        self.units = [RankUnit(network.node_at(n), "car") for n in range(0, nodes, nodes // 40)]
        self._seq = 0

    def append(self, body: ev.EventBody) -> int:
        self._seq += 1
        event = Event(
            seq=self._seq, at=NOON, actor="dana", command_id=f"c{self._seq}", audience=("*",),
            body=body,
        )  # fmt: skip
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(event.model_dump_json() + "\n")
        return self._seq

    def shut_the_target(self) -> int:
        """Slow every road near the target to a tenth: each unit feels it."""
        at = self.target
        near = [
            arc
            for arc in range(self.network.arc_count)
            if abs(self.network.node_lon[self.network.arc_tail[arc]] - at.lon) < 0.01
            and abs(self.network.node_lat[self.network.arc_tail[arc]] - at.lat) < 0.01
        ]
        closure = make_closure(
            "c1", state="active", arcs=tuple(near), network_id=self.network.network_id,
            speed_factor=0.1,
        )  # fmt: skip
        return self.append(ev.ClosureOpened(closure=closure))


async def until_up(client: RoadsClient, within_s: float = 90.0) -> RoadsStatus:
    limit_s = time.monotonic() + within_s
    while True:
        try:
            status = await client.status()
        except RoadsUnavailable:
            assert time.monotonic() < limit_s, "the roads did not come up"
            await asyncio.sleep(0.02)
        else:
            return status


def run(roads: Roads, story: Callable[[RoadsClient], Awaitable[None]]) -> None:
    async def told() -> None:
        client = RoadsClient(roads.socket)
        try:
            await until_up(client)
            await story(client)
        finally:
            await client.close()

    asyncio.run(told())
