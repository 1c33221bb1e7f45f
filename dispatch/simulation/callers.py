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
from geodata.lonlat import LonLat, away

FIRST_CALLS = 4
"""At the start so many come at once, so that the board is not empty for long."""
SECOND_CALLER = 0.12
"""Share of calls that somebody else makes too."""
RINGS = 0.3
"""Share of calls that ring first, so that a person at the call-taker's screen may answer."""
RING_S = 14.0
TOWER_M = 900.0
"""Radius of what a tower alone says of a device."""
TAKEN_BY_A_PERSON = frozenset({"transition_refused", "already_closed", "not_found"})
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
        lines: The telephone system's account: some calls then ring until somebody answers.
        located: Told of each number that calls, and from where.
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
        lines: HubClient | None = None,
        located: Callable[[str, LonLat], None] | None = None,
    ) -> None:
        self._client = client
        self._scenario = scenario
        self._board = board
        self._local_now = local_now
        self._troubles = troubles
        self._mean_s = mean_s
        self._open_most = open_most
        self._lines = lines
        self._located = located

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
            caller = self._scenario.caller()
            if self._located is not None:
                self._located(caller.callback, happening.at)
            body = call_body(happening, caller) | incident_body(happening)
            if self._lines is not None and rng.random() < RINGS:
                call_id = await self._ring(self._lines, happening, caller)
                if call_id is None:
                    return
                body |= {"call_id": call_id}
                del body["caller_location"]
            taken = await self._client.command("/calls", body)
            if rng.random() < SECOND_CALLER and taken["incident_id"]:
                await asyncio.sleep(rng.uniform(4.0, 20.0))
                await self._call_again(happening, taken["incident_id"])

    async def _ring(self, lines: HubClient, happening: Happening, caller: Caller) -> str | None:
        """Let it ring: a person may answer, and then it is theirs (None); else the robot does."""
        rng = self._scenario.rng
        centre = away(happening.at, rng.uniform(0, 360), rng.uniform(0, TOWER_M / 2))
        ringing = {
            "callback": caller.callback,
            "caller_name": caller.name,
            "location": {"kind": "circle", "centre": list(centre), "radius_m": TOWER_M},
            "confidence_pct": 90,
            "class_of_service": "WPH1",
        }
        call_id = str((await lines.command("/calls/ringing", ringing))["call_id"])
        await asyncio.sleep(RING_S)
        try:
            await self._client.command(f"/calls/{call_id}/answer")
        except Refused as refusal:
            if refusal.code in TAKEN_BY_A_PERSON:
                return None
            raise
        await asyncio.sleep(rng.uniform(1.0, 4.0))
        return call_id

    async def _call_again(self, happening: Happening, incident_id: str) -> None:
        """Somebody else reports the same: the call-taker sees that and joins the two."""
        body = call_body(happening, self._scenario.caller())
        body |= {"join_incident_id": incident_id, "note": "Second caller reports the same."}
        try:
            await self._client.command("/calls", body)
        except Refused as refusal:
            if refusal.code not in JOINS_REFUSED:
                raise
