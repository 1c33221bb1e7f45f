"""Reads the log back through the API, stretch by stretch, as an auditor may: for counts and proof.

Each stretch is asked for anew from where the last one ended, so what it gives is what the hub has
kept, not what a console happened to see.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from dispatch.domain.events import Event
from dispatch.realtime.messages import EventMessage, Heartbeat, ProblemMessage, Resumed, Snapshot
from dispatch.simulation.console import MESSAGE, SILENCE_S
from dispatch.simulation.hub_client import API, HubClient, Refused

MAX_BYTES = 64_000_000
PATIENCE_S = 60.0


class LogUnreadable(Exception):
    """The hub could not give the stretch of its log that was asked for."""


class LogCheck:
    """From the moment of ``begin`` to the end of the log, again and again.

    Args:
        client: An account that may see every agency's events.
        base_url: Of the hub.
        on_events: Told each stretch, in order.
    """

    def __init__(
        self, client: HubClient, base_url: str, on_events: Callable[[Sequence[Event]], None]
    ) -> None:
        self._client = client
        self._url = f"ws{base_url.removeprefix('http')}{API}/stream"
        self._on_events = on_events
        self._epoch = ""
        self.seq = 0

    async def begin(self) -> None:
        """What is in the log by now does not count."""
        snapshot = await self._client.read("/snapshot")
        self._epoch, self.seq = snapshot["epoch"], snapshot["seq"]

    async def advance(self, within_s: float = PATIENCE_S) -> int:
        """Read on to the end of the log; the number of its last event.

        Args:
            within_s: How long a hub that does not answer is waited for: it may be starting again.

        Raises:
            LogUnreadable: The history is another one, or the stretch cannot be had.
        """
        until_s = time.monotonic() + within_s
        while True:
            try:
                events = await self._stretch()
            except (OSError, TimeoutError, WebSocketException) as failure:
                if time.monotonic() > until_s:
                    raise LogUnreadable(repr(failure)) from failure
                await asyncio.sleep(1.0)
            else:
                self._on_events(events)
                self.seq = events[-1].seq if events else self.seq
                break
        return self.seq

    async def _stretch(self) -> list[Event]:
        events: list[Event] = []
        hello = {
            "type": "hello",
            "token": await self._client.token(),
            "epoch": self._epoch,
            "since": self.seq,
        }
        reached = self.seq
        async with connect(self._url, max_size=MAX_BYTES, open_timeout=5) as socket:
            await socket.send(orjson.dumps(hello).decode())
            while True:
                async with asyncio.timeout(SILENCE_S):
                    message = MESSAGE.validate_json(await socket.recv())
                if isinstance(message, EventMessage):
                    if message.prev != reached:
                        raise LogUnreadable(f"event {message.seq} follows {reached}")
                    reached = message.seq
                    events.append(message.event)
                elif isinstance(message, Resumed):
                    reached = message.seq
                elif isinstance(message, Snapshot):
                    raise LogUnreadable(f"the log after event {self.seq} was not to be had")
                elif isinstance(message, ProblemMessage):
                    raise Refused(message.problem.status, message.problem.model_dump())
                elif isinstance(message, Heartbeat) and reached >= message.seq:
                    return events
