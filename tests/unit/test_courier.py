"""The courier goes on: a row of no use or a fault of one message silences nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest

from dispatch.domain.commands import Command
from dispatch.domain.delivery import Delivery
from dispatch.services import courier as sending
from dispatch.services.courier import Courier
from dispatch.services.hub import Hub
from dispatch.store.outbox import Outgoing
from jurisdictions.roster import DeliveryChannel
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
        limit_s = time.monotonic() + 60.0
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
            await asyncio.wait_for(looked.wait(), 60)
        finally:
            watching.cancel()

    asyncio.run(run())


def test_an_adapter_that_cannot_be_made_is_said_and_tried_again_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "FIRST_RETRY_S", 0.005)
    monkeypatch.setattr(sending, "WATCH_EVERY_S", 0.005)
    tries: list[str] = []
    mended = False

    class Sends:
        async def send(self, message: Any) -> None:
            raise AssertionError(f"no message waits, and this one was sent: {message}")

    def mail() -> Any:
        tries.append("mail")
        if not mended:
            raise OSError("no such host")
        return Sends()

    def makers() -> Any:
        tries.append("import")
        if len(tries) < 2:
            raise ValueError("a wrong setting")
        return {"email": mail, "webhook": Sends}

    class Board:
        channel_faults: ClassVar[dict[str, Any]] = {}

    class Channels(Sent):
        def __init__(self) -> None:
            super().__init__()
            self.said: dict[str, list[str]] = {}

        def board(self) -> type[Board]:
            return Board

        def policy(self) -> Any:
            own = [
                DeliveryChannel(name="mail", adapter="email", target="a@b.example", limit_s=30),
                DeliveryChannel(name="pager", adapter="webhook", target="https://p/", limit_s=30),
            ]
            return SimpleNamespace(channels={"fire-a": own})

        async def submit(self, command: Any) -> None:
            self.said.setdefault(command.channel, []).append(command.why)
            fault = SimpleNamespace(standing=True, why=command.why)
            Board.channel_faults[f"fire-a/{command.channel}"] = fault

    class Quiet(Courier):
        def _look(self) -> tuple[list[Delivery], float]:
            return [], 0.0

    hub = Channels()
    courier = Quiet(cast("Hub", cast("Any", hub)), makers, lambda: True)

    async def until(met: Callable[[], bool]) -> None:
        limit_s = time.monotonic() + 60.0
        while not met():
            assert time.monotonic() < limit_s
            await asyncio.sleep(0.005)

    async def story() -> None:
        nonlocal mended
        running = asyncio.create_task(courier.run())
        try:
            await until(lambda: tries.count("mail") >= 3 and "mail" in hub.said)
            assert hub.said["mail"] == [sending.UNMADE]
            assert not courier._is_unmade("webhook")
            mended = True
            await until(lambda: hub.said["mail"] == [sending.UNMADE, ""])
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())
    assert tries.count("import") == 2
    assert hub.said.get("pager", [])[-1:] in ([], [""]), "said to fail while nothing was made yet"
