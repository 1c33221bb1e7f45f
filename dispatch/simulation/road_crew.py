"""Roads that are shut for a while and opened again, as a dispatcher enters them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from dispatch.simulation.console import Console
from dispatch.simulation.errors import Troubles
from dispatch.simulation.hub_client import Refused
from dispatch.simulation.scenario import Scenario

MARK: Final = "(exercise)"
"""Stands in what is said of each closure, so that a later play finds what an earlier one left."""
FIRST_AFTER_S: Final = 20.0
AT_MOST: Final = timedelta(hours=1)


class RoadCrew:
    """Shuts one stretch after the other.

    Args:
        console: Of a dispatcher's account.
        now: The time by which a closure's window is given.
        lasts_s: Least and most seconds that a road stays shut.
        between_s: Least and most seconds between two closures.
    """

    def __init__(
        self,
        console: Console,
        scenario: Scenario,
        now: Callable[[], datetime],
        troubles: Troubles,
        *,
        lasts_s: tuple[float, float] = (45.0, 90.0),
        between_s: tuple[float, float] = (60.0, 180.0),
    ) -> None:
        self._console = console
        self._scenario = scenario
        self._now = now
        self._troubles = troubles
        self._lasts_s = lasts_s
        self._between_s = between_s

    async def run(self) -> None:
        """Shut and open until cancelled; what an earlier play left shut is opened first."""
        await self._console.ready.wait()
        rng = self._scenario.rng
        with self._troubles.noted("road crew"):
            await self._lift_left_over()
        await asyncio.sleep(FIRST_AFTER_S)
        turn = 0
        while self._scenario.closure_lines:
            with self._troubles.noted("road crew"):
                closure_id = await self._shut(turn)
                if closure_id is not None:
                    await asyncio.sleep(rng.uniform(*self._lasts_s))
                    await self._lift(closure_id)
            turn += 1
            await asyncio.sleep(rng.uniform(*self._between_s))

    async def _shut(self, turn: int) -> str | None:
        """Shut the next stretch that the roads know; its closure's id."""
        lines = self._scenario.closure_lines
        for step in range(len(lines)):
            said, line = lines[(turn + step) % len(lines)]
            body = {
                "line": [list(point) for point in line],
                "direction": "both",
                "speed_factor": 0.0,
                "ends_at": (self._now() + AT_MOST).isoformat(),
                "description": f"{said} {MARK}"[:200],
            }
            try:
                answer = await self._console.client.command("/closures", body)
            except Refused as refusal:
                if refusal.code not in ("not_placed", "roads_unavailable"):
                    raise
            else:
                return str(answer["closure"]["id"])
        return None

    async def _lift_left_over(self) -> None:
        for closure in list(self._console.board.closures.values()):
            if closure.description.endswith(MARK):
                await self._lift(closure.id)

    async def _lift(self, closure_id: str) -> None:
        try:
            await self._console.client.command(f"/closures/{closure_id}", method="DELETE")
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
