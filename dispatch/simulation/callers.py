"""Callers, and the call-taker who enters what they say: calls by the hour, some twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dispatch.domain.board import Board
from dispatch.simulation.errors import Troubles
from dispatch.simulation.hub_client import HubClient, Refused
from dispatch.simulation.scenario import Caller, Happening, Scenario, spoken

FIRST_CALLS = 4
"""At the start so many come at once, so that the board is not empty for long."""
SECOND_CALLER = 0.12
"""Share of calls that somebody else makes too."""
JOINS_REFUSED = frozenset({"already_closed", "not_found"})


def call_body(happening: Happening, caller: Caller) -> dict[str, Any]:
    """What the call-taker's form sends for it."""
    lon, lat = happening.at
    return {
        "channel": "voice",
        "callback": caller.callback,
        "caller_name": caller.name,
        "caller_location": {"kind": "circle", "centre": [lon, lat], "radius_m": caller.off_m},
        "said": spoken(happening)[:200],
    }


def incident_body(happening: Happening) -> dict[str, Any]:
    """Place and type, which make an incident of the call."""
    address, _, cross = happening.address.partition(" & ")
    return {
        "place": {
            "at": list(happening.at),
            "address": address.strip()[:200],
            "cross_street": cross.strip()[:200],
            "verified": True,
        },
        "incident_type": happening.incident_type,
    }


class Callers:
    """Calls come in until this is cancelled.

    Args:
        client: A call-taker's account.
        scenario: What happens.
        board: What is open now, so that the county stays a plausible one.
        local_now: The region's clock.
        mean_s: Seconds between calls in an hour of middling busyness.
        open_most: While so many incidents are open nobody calls.
    """

    def __init__(
        self,
        client: HubClient,
        scenario: Scenario,
        board: Callable[[], Board],
        local_now: Callable[[], datetime],
        troubles: Troubles,
        *,
        mean_s: float,
        open_most: int,
    ) -> None:
        self._client = client
        self._scenario = scenario
        self._board = board
        self._local_now = local_now
        self._troubles = troubles
        self._mean_s = mean_s
        self._open_most = open_most

    async def run(self) -> None:
        """Take calls until cancelled."""
        rng = self._scenario.rng
        async with asyncio.TaskGroup() as calls:
            missing = max(0, FIRST_CALLS - len(self._board().incidents))
            for _ in range(missing):
                calls.create_task(self._call())
                await asyncio.sleep(rng.uniform(0.5, 2.0))
            while True:
                busyness = self._scenario.busyness(self._local_now().hour)
                wait_s = rng.expovariate(busyness / self._mean_s)
                await asyncio.sleep(min(wait_s, 3 * self._mean_s))
                if len(self._board().incidents) < self._open_most:
                    calls.create_task(self._call())

    async def _call(self) -> None:
        with self._troubles.noted("caller"):
            rng = self._scenario.rng
            happening = self._scenario.next_call(self._local_now().hour)
            body = call_body(happening, self._scenario.caller()) | incident_body(happening)
            taken = await self._client.command("/calls", body)
            if rng.random() < SECOND_CALLER and taken["incident_id"]:
                await asyncio.sleep(rng.uniform(4.0, 20.0))
                await self._call_again(happening, taken["incident_id"])

    async def _call_again(self, happening: Happening, incident_id: str) -> None:
        """Somebody else reports the same: the call-taker sees that and joins the two."""
        body = call_body(happening, self._scenario.caller())
        body |= {"join_incident_id": incident_id, "note": "Second caller reports the same."}
        try:
            await self._client.command("/calls", body)
        except Refused as refusal:
            if refusal.code not in JOINS_REFUSED:
                raise
