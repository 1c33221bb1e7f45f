"""Vehicles on their way: fixes once a second along the route, as a tracking device sends them.

A fix may be lost: it is sent once. Where a vehicle is is remembered here, not asked for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from dispatch.domain.assignment import Assignment
from dispatch.domain.unit import Unit
from dispatch.simulation.hub_client import HubClient
from dispatch.simulation.travel import Way
from geodata.lonlat import LonLat, distance_m

FIX_EVERY_S: Final = 1.0
STRAIGHT_MPS: Final = 10.0
"""Pace over a straight line where no route is known."""
HOMEWARD_MPS: Final = 13.0
LEAST_S: Final = 4.0


class Driver:
    """Moves vehicles, by a pace.

    Args:
        client_of: The account under which a unit's device reports.
        pace: By how much the play is faster than life.
    """

    def __init__(self, client_of: Callable[[str], HubClient], pace: float) -> None:
        self._client_of = client_of
        self._pace = pace
        self.places: dict[str, LonLat] = {}
        self._came_by: dict[str, Way] = {}

    def place_of(self, unit: Unit) -> LonLat:
        """Where the unit is."""
        return self.places.get(unit.id, LonLat(*unit.home))

    async def go(
        self,
        unit: Unit,
        route: Sequence[LonLat],
        to: LonLat,
        travel_s: float | None,
        goes_on: Callable[[], bool],
    ) -> None:
        """Drive along the route; straight to ``to`` where there is none."""
        here = self.place_of(unit)
        way = _rest_of(Way(route if len(route) > 1 else (here, to)), here)
        lasts_s = travel_s or way.length_m * 1.3 / STRAIGHT_MPS
        self._came_by[unit.id] = way
        await self._drive(unit, way, lasts_s, goes_on)

    async def carry(
        self,
        unit: Unit,
        assignment: Assignment,
        goes_on: Callable[[], bool],
        to: LonLat | None = None,
    ) -> None:
        """With a patient to the hospital, straight; back along the way that it came without one."""
        here = self.place_of(unit)
        if to is not None and distance_m(here, to) > 1.0:
            way = Way((here, to))
        else:
            way = self._way_back(unit, assignment)
        await self._drive(unit, way, way.length_m / HOMEWARD_MPS, goes_on)
        self._came_by.pop(unit.id, None)

    async def go_home(self, unit: Unit, goes_on: Callable[[], bool]) -> None:
        """Back to the station; a patrol stays out where it is."""
        way = self._came_by.pop(unit.id, None)
        if unit.discipline == "law" or not goes_on():
            return
        home = LonLat(*unit.home)
        if way is not None and distance_m(way.line[0], home) < 300.0:
            await self._drive(unit, way.back(), way.length_m / HOMEWARD_MPS, goes_on)
        elif (away_m := distance_m(self.place_of(unit), home)) > 300.0:
            straight = Way((self.place_of(unit), home))
            await self._drive(unit, straight, away_m * 1.3 / HOMEWARD_MPS, goes_on)

    def _way_back(self, unit: Unit, assignment: Assignment) -> Way:
        way = self._came_by.get(unit.id)
        if way is None and len(assignment.route) > 1:
            way = Way(assignment.route)
        return way.back() if way else Way((self.place_of(unit), LonLat(*unit.home)))

    async def _drive(
        self, unit: Unit, way: Way, lasts_s: float, goes_on: Callable[[], bool]
    ) -> None:
        played_s = max(lasts_s / self._pace, LEAST_S)
        speed_mps = min(way.length_m / max(lasts_s, 1.0), 60.0)
        began = time.monotonic()
        while goes_on():
            share = (time.monotonic() - began) / played_s
            moment = way.at(share)
            await self.report(unit, moment.at, moment.heading_deg, speed_mps if share < 1 else 0.0)
            if share >= 1.0:
                return
            await asyncio.sleep(min(FIX_EVERY_S, max(played_s * (1 - share), 0.05)))

    async def report(
        self, unit: Unit, at: LonLat, heading: float | None = None, speed_mps: float = 0.0
    ) -> None:
        """One fix."""
        self.places[unit.id] = at
        fix = {
            "at": [round(at.lon, 7), round(at.lat, 7)],
            "accuracy_m": 5.0,
            "heading_deg": round(heading, 1) if heading is not None else None,
            "speed_mps": round(speed_mps, 1),
        }
        await self._client_of(unit.id).report(f"/units/{unit.id}/fixes", {"fixes": [fix]})


def _rest_of(way: Way, here: LonLat) -> Way:
    """The part of the way that lies ahead of a vehicle which is on it already."""
    nearest = min(range(len(way.line)), key=lambda k: distance_m(way.line[k], here))
    if distance_m(way.line[nearest], here) > 400.0:
        return way
    return Way(way.line[nearest:]) if nearest < len(way.line) - 1 else way
