"""The courier goes on: a row of no use or a fault of one message silences nobody else."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

import pytest

from dispatch.domain.commands import Command
from dispatch.domain.delivery import Delivery
from dispatch.services import courier as sending
from dispatch.services.courier import Courier
from dispatch.services.hub import Hub
from dispatch.store.outbox import Outgoing
from tests.factories import NOON


def message(number: int) -> Delivery:
    return Delivery(
        id=f"d{number}",
        incident_id="i1",
        unit_id=f"E{number}",
        agency_id="fire-a",
        channel="pager",
        state_at=NOON,
        queued_at=NOON,
        next_at=NOON,
        audience=("fire-a",),
    )


class Sent:
    """A hub of which the region has no channel, so that each message fails and is recorded."""

    def __init__(self) -> None:
        self.recorded: list[str] = []

    def policy(self) -> None:
        return None

    async def submit(self, command: Command) -> None:
        self.recorded.append(command.delivery_id)  # type: ignore[attr-defined]  # of a sending


class Faulty(Courier):
    """An outbox that cannot be read at first, with a message that cannot be read at all."""

    def __init__(self, hub: Sent) -> None:
        super().__init__(cast("Hub", cast("Any", hub)), dict, lambda: True)
        self.hub = hub
        self.looks = 0

    def _look(self) -> tuple[list[Delivery], float]:
        self.looks += 1
        if self.looks < 3:
            raise ValueError("a row of no use")
        waiting = [message(number) for number in (1, 2)]
        return [one for one in waiting if one.id not in self.hub.recorded], 0.0

    def _read(self, delivery_id: str) -> Outgoing | None:
        if delivery_id == "d1":
            raise ValueError("its incident is gone")
        incident: Any = None
        return Outgoing(message(2), incident, None, None, ())


def test_a_fault_of_the_outbox_or_of_one_message_stops_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY_S", 0.005)
    monkeypatch.setattr(sending, "why_withheld", lambda *_: "")
    hub = Sent()
    courier = Faulty(hub)

    async def story() -> None:
        running = asyncio.create_task(courier.run())
        limit_s = time.monotonic() + 20.0
        while not hub.recorded:
            assert time.monotonic() < limit_s
            assert not running.done()
            await asyncio.sleep(0.005)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())
    assert hub.recorded == ["d2"]


def test_a_fault_of_one_look_at_the_channels_is_not_the_last_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "WATCH_EVERY_S", 0.005)
    looked = asyncio.Event()

    class Watching(Faulty):
        async def look_after_channels(self) -> None:
            self.looks += 1
            if self.looks < 3:
                raise ValueError("an adapter's own fault")
            looked.set()

    async def run() -> None:
        watching = asyncio.create_task(Watching(Sent())._watch())
        try:
            await asyncio.wait_for(looked.wait(), 20)
        finally:
            watching.cancel()

    asyncio.run(run())
