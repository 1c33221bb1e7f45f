"""Patrols between calls: where they are, and the work that they find themselves."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from dispatch.domain.unit import Unit
from dispatch.simulation.callers import incident_body
from dispatch.simulation.console import Console
from dispatch.simulation.driving import Driver
from dispatch.simulation.errors import Troubles
from dispatch.simulation.hub_client import HubClient, Refused
from dispatch.simulation.scenario import Happening, Scenario

REPORT_EVERY_S: Final = 45.0
"""A free unit's place counts for three minutes; a parked vehicle reports this often."""
FIND_REFUSED: Final = frozenset({"unit_not_available", "not_found"})


class Patrols:
    """Places of free patrols, and officer-initiated incidents.

    Args:
        console: Of an account that sees every agency and may speak for units.
        client_of: The account of a unit.
        municipality_of: By agency id.
        mean_s: Seconds between two finds.
        open_most: No finds while so many incidents are open.
    """

    def __init__(
        self,
        console: Console,
        client_of: Any,
        driver: Driver,
        scenario: Scenario,
        municipality_of: dict[str, str | None],
        troubles: Troubles,
        *,
        mean_s: float,
        open_most: int,
    ) -> None:
        self._console = console
        self._client_of = client_of
        self._driver = driver
        self._scenario = scenario
        self._municipality_of = municipality_of
        self._troubles = troubles
        self._mean_s = mean_s
        self._open_most = open_most
        self._where: dict[str, Happening] = {}

    async def run(self) -> None:
        """Report and find until cancelled."""
        await self._console.ready.wait()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._report())
            tasks.create_task(self._find())

    def _free(self) -> list[Unit]:
        board = self._console.board
        busy = {a.unit_id for a in board.assignments.values() if a.live}
        return [
            unit
            for unit in board.units.values()
            if unit.discipline == "law" and unit.duty == "in_service" and unit.id not in busy
        ]

    async def _report(self) -> None:
        """Each free patrol says where it is; one that nobody has heard of yet is somewhere out."""
        while True:
            free = self._free()
            for unit in free:
                with self._troubles.noted("patrol"):
                    await self._driver.report(unit, self._place(unit))
                await asyncio.sleep(REPORT_EVERY_S / max(len(free), 1))
            if not free:
                await asyncio.sleep(REPORT_EVERY_S)

    def _place(self, unit: Unit) -> Any:
        known = self._driver.places.get(unit.id)
        if known is None and (fix := self._console.fixes.get(unit.id)) is not None:
            known = fix.at
        if known is None:
            happening = self._scenario.patrol_place(self._municipality_of.get(unit.agency_id))
            known = happening.at if happening is not None else unit.home
            if happening is not None:
                self._where[unit.id] = happening
        return known

    async def _find(self) -> None:
        rng = self._scenario.rng
        while True:
            await asyncio.sleep(min(rng.expovariate(1 / self._mean_s), 3 * self._mean_s))
            free = [unit for unit in self._free() if unit.id in self._where]
            if not free or len(self._console.board.incidents) >= self._open_most:
                continue
            unit = rng.choice(free)
            with self._troubles.noted("patrol"):
                await self._begin(unit, self._where.pop(unit.id))

    async def _begin(self, unit: Unit, happening: Happening) -> None:
        body: dict[str, Any] = {"unit_id": unit.id, **incident_body(happening)}
        client: HubClient = self._client_of(unit.id)
        try:
            await client.command("/officer-work", body)
        except Refused as refusal:
            if refusal.code not in FIND_REFUSED:
                raise
