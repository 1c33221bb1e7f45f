"""Plays recorded calls into a running hub at their own intervals, faster if wished.

Each call is entered as its call-taker would have; what it was called then is kept in ``said``.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dispatch.simulation.callers import incident_body
from dispatch.simulation.hub_client import HubClient, Refused, Unreachable
from dispatch.simulation.scenario import Happening, spoken

AT_ONCE: Final = 24
"""Calls that may wait for their answer at the same time, as so many call-takers."""


@dataclass
class Played:
    """What came of the calls."""

    sent: int = 0
    acknowledged: int = 0
    incidents: int = 0
    unreachable: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    behind_s: float = 0.0
    """How late the last call was entered, against its time."""

    def refuse(self, code: str) -> None:
        """One more that the hub did not take."""
        self.refused[code] = self.refused.get(code, 0) + 1


class RecordedCalls:
    """Enters calls.

    Args:
        client: A call-taker's account.
        speed: 1 plays as it was, 60 a minute in a second.
        name: The same calls under the same name have the same command ids: playing them again
            changes nothing.
        on_call: Told after each call.
    """

    def __init__(
        self,
        client: HubClient,
        speed: float,
        name: str,
        on_call: Callable[[Played], None] = lambda played: None,
    ) -> None:
        self.played = Played()
        self._client = client
        self._speed = speed
        self._name = name
        self._on_call = on_call
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run(self, happenings: Iterable[Happening], stop: asyncio.Event) -> Played:
        """Play all of them, or until ``stop``; calls on their way are waited for."""
        began_s, began_at = time.monotonic(), datetime.now(UTC)
        first: datetime | None = None
        async with asyncio.TaskGroup() as tasks:
            for number, happening in enumerate(happenings):
                first = first or happening.received_at
                after_s = (happening.received_at - first).total_seconds() / self._speed
                await _sleep_until(began_s + after_s, stop)
                await self._places.acquire()
                if stop.is_set():
                    self._places.release()
                    break
                self.played.behind_s = time.monotonic() - began_s - after_s
                due_at = began_at + timedelta(seconds=after_s)
                tasks.create_task(self._enter(number, happening, due_at))
        return self.played

    async def _enter(self, number: int, happening: Happening, received_at: datetime) -> None:
        command_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{self._name}:{number}").hex
        body: dict[str, Any] = {
            "channel": "voice",
            "received_at": received_at.isoformat(),
            "said": spoken(happening)[:200],
            "priority": happening.priority,
            **incident_body(happening),
        }
        self.played.sent += 1
        try:
            answer = await self._client.command("/calls", body, command_id=command_id)
        except Refused as refusal:
            self.played.refuse(refusal.code)
        except Unreachable:
            self.played.unreachable += 1
        else:
            self.played.acknowledged += 1
            self.played.incidents += answer["incident_id"] is not None
        finally:
            self._places.release()
        self._on_call(self.played)


async def _sleep_until(due_s: float, stop: asyncio.Event) -> None:
    wait_s = due_s - time.monotonic()
    if wait_s <= 0:
        await asyncio.sleep(0)
        return
    try:
        async with asyncio.timeout(wait_s):
            await stop.wait()
    except TimeoutError:
        return
