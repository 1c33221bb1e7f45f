"""Keeps the coverage of the agencies that turned it on, from a roads process of its own.

The process is started when the first agency wants it, and so nothing is spent where none does.
A recommendation never waits for it. What counts as covered is decided in ``domain.coverage``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import structlog

from dispatch.domain.candidates import Candidate, UnitPlace, place_of
from dispatch.domain.commands import MuteZone
from dispatch.domain.coverage import (
    Coverage,
    CoverageCase,
    Covered,
    CoverStation,
    CoverUnit,
    Drives,
    agencies_of,
    first_due,
)
from dispatch.domain.cross_staffing import parked_by
from dispatch.domain.errors import NotFound, RoadsUnavailable
from dispatch.domain.unit import Unit
from dispatch.domain.values import EVERYONE, Actor, may_see
from dispatch.roads.client import RoadsClient
from dispatch.roads.protocol import MAX_TARGETS, RankUnit
from dispatch.services.driving import asked_of, driven_by
from dispatch.services.hub import Hub
from dispatch.services.region import RegionPolicy
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat
from jurisdictions.coverage_zones import Zone, zones_of

BEGIN_AFTER_S: Final = 5.0
"""After a start the hub and the roads that recommend have the processor for themselves."""
LOOK_S: Final = 0.25
MOVED_EVERY_S: Final = 10.0
"""Without any other change, units that moved are looked at so often."""
STARTS_WITHIN_S: Final = 20.0
"""So long after its start a roads process that does not answer is taken to be coming up."""
_ANSWER_WITHIN_S: Final = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Ground:
    """What does not change while a region version is in force."""

    version: str
    zones: tuple[Zone, ...]
    target_s: dict[str, float]
    station_at: dict[str, LonLat]


@dataclass(frozen=True)
class Kept:
    """A coverage as it was last worked out; ``took_ms`` with the roads' answers."""

    covered: Covered
    at: datetime
    board_seq: int
    roads_seq: int
    took_ms: float


class CoverageWatch:
    """Works the coverage out again whenever a unit's state, a road or a place changed.

    Args:
        hub: The running hub.
        roads: A client of the coverage's own roads process.
        start_roads: Starts that process; called once, when it is first needed.
    """

    def __init__(self, hub: Hub, roads: RoadsClient, start_roads: Callable[[], None]) -> None:
        self._hub = hub
        self._roads = roads
        self._start_roads = start_roads
        self._started_s: float | None = None
        self._answered = False
        self._ground: Ground | None = None
        self._kept: Kept | None = None
        self._silent = False

    @property
    def on(self) -> bool:
        """Whether any agency of the region in force turned it on."""
        return self._ground is not None and bool(self._ground.zones)

    def answer(self, actor: Actor, incident_id: str | None = None) -> Coverage | None:
        """The coverage of the actor's agencies as last worked out; None while there is none.

        Args:
            actor: Sees the squares of its own agencies.
            incident_id: With it, "after" is without the picks displayed for this incident.
        """
        kept = self._kept
        if kept is None:
            return None
        board = self._hub.board()
        shown = board.recommendations.get(incident_id) if incident_id else None
        without = tuple(pick.unit_id for pick in shown.picks) if shown else ()
        muted = board.muted_zones.keys()
        everything = EVERYONE in actor.agencies
        zones = tuple(
            zone
            for zone in kept.covered.zones(without, muted)
            if everything or zone.agency_id in actor.agencies
        )
        target_s = {
            agency_id: seconds
            for agency_id, seconds in kept.covered.case.target_s.items()
            if everything or agency_id in actor.agencies
        }
        return Coverage(
            at=kept.at,
            board_seq=kept.board_seq,
            roads_seq=kept.roads_seq,
            took_ms=kept.took_ms,
            without=without,
            agencies=agencies_of(zones, target_s),
            zones=zones,
            move_ups=tuple(
                move for move in kept.covered.move_ups(without, muted) if move.agency_id in target_s
            ),
        )

    async def mute(
        self, actor: Actor, *, command_id: str, zone_id: str, muted: bool, reason: str
    ) -> Outcome:
        """Leave a square of the actor's agencies out, or take it in again.

        Raises:
            NotFound: There is no such square, or it is another agency's.
        """
        zones = self._ground.zones if self._ground else ()
        zone = next((z for z in zones if z.id == zone_id), None)
        if zone is None or not may_see(actor.agencies, (zone.agency_id,)):
            raise NotFound("There is no such square.", zone_id=zone_id)
        command = MuteZone(
            command_id=command_id,
            actor=actor,
            zone_id=zone_id,
            agency_id=zone.agency_id,
            muted=muted,
            reason=reason,
        )
        return await self._hub.submit(command)

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.sleep(BEGIN_AFTER_S)
        done: Hashable = None
        worked_s = 0.0
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                policy = self._hub.policy()
                if policy is None:
                    continue
                ground = self._ground_of(policy)
                if not ground.zones:
                    self._kept = None
                    continue
                state = self._state(ground)
                if state == done and time.monotonic() - worked_s < MOVED_EVERY_S:
                    continue
                self._kept = await self.work(ground, policy)
                done, worked_s = state, time.monotonic()
                self._silent, self._answered = False, True
            except RoadsUnavailable as silence:
                since_s = time.monotonic() - (self._started_s or 0.0)
                if not self._silent and is_silence(since_s, self._answered):
                    log.warning("coverage.roads_silent", why=str(silence))
                    self._silent = True
            except Exception:  # outer loop: one fault must not end the coverage for ever
                log.exception("coverage.failed")
                await asyncio.sleep(1.0)

    def _ground_of(self, policy: RegionPolicy) -> Ground:
        if self._ground is None or self._ground.version != policy.version:
            wanted = {a.id: a.coverage_s for a in policy.agencies if a.coverage_s is not None}
            zones = zones_of(policy.boundaries, wanted.keys(), self._hub.now()) if wanted else []
            stations = {station.code: station.at for station in policy.stations}
            self._ground = Ground(policy.version, tuple(zones), wanted, stations)
            self._kept = None
            if zones and self._started_s is None:
                self._started_s = time.monotonic()
                self._start_roads()
        return self._ground

    def _state(self, ground: Ground) -> Hashable:
        """What the coverage depends on, but for the places of moving units."""
        board = self._hub.board()
        live = {a.unit_id for a in board.assignments.values() if a.live}
        free = frozenset(
            unit.id
            for unit in board.units.values()
            if unit.id not in live
            and unit.duty == "in_service"
            and parked_by(unit, board.units, live) is None
        )
        closed = frozenset(c.id for c in board.closures.values() if c.state == "active")
        return ground.version, free, closed

    async def work(self, ground: Ground, policy: RegionPolicy) -> Kept:
        """The coverage of this ground as things stand now.

        Raises:
            RoadsUnavailable: They did not answer in time.
        """
        began_s = time.perf_counter()
        board, now = self._hub.board(), self._hub.now()
        board_seq = board.seq
        zone_of_time = ZoneInfo(board.region.time_zone if board.region else "UTC")
        local = now.astimezone(zone_of_time)
        units, asked = self._units(ground, policy, now, local.hour)
        stations = self._stations(ground, units)
        places = [ground.station_at[station.code] for station in stations]
        asked += [RankUnit(place, "truck") for place in places]
        targets = [*(zone.at for zone in ground.zones), *places]
        seconds, roads_seq = await self._drives(targets, asked, board_seq)
        count = len(ground.zones)
        case = CoverageCase(
            zones=ground.zones,
            units=units,
            stations=stations,
            drives=Drives(seconds[:count], seconds[count:, : len(units)]),
            target_s=ground.target_s,
            quarters_turnout_s={
                agency.id: policy.turnout.of_agency_s(agency.discipline, agency.id, local.hour)
                for agency in policy.agencies
            },
        )
        covered = await asyncio.to_thread(Covered, case)
        took_ms = round((time.perf_counter() - began_s) * 1000, 1)
        return Kept(covered, now, board_seq, roads_seq, took_ms)

    def _units(
        self, ground: Ground, policy: RegionPolicy, now: datetime, hour: int
    ) -> tuple[list[CoverUnit], list[RankUnit]]:
        """The free units that count for some square, and where they are asked from."""
        board, fixes = self._hub.board(), self._hub.fixes()
        live = {a.unit_id: a for a in board.assignments.values() if a.live}
        helped = _helped(policy, ground, now.date())
        able = first_due(board.units.values())
        units, asked = [], []
        for unit in board.units.values():
            if unit.id not in able:
                continue
            counts_for = helped.get(unit.agency_id, frozenset())
            if not counts_for or unit.id in live or unit.duty != "in_service":
                continue
            if parked_by(unit, board.units, live) is not None:
                continue
            place = place_of(unit, None, fixes.get(unit.id), now)
            units.append(
                CoverUnit(
                    id=unit.id,
                    agency_id=unit.agency_id,
                    discipline=unit.discipline,
                    station=unit.station,
                    counts_for=counts_for,
                    free=True,
                    in_quarters=place.in_quarters,
                    turnout_s=policy.turnout.of(_candidate(unit, place), hour),
                )
            )
            asked.append(asked_of(unit, place.at, driven_by(policy, unit, now)))
        return units, asked

    def _stations(self, ground: Ground, units: list[CoverUnit]) -> list[CoverStation]:
        """Stations of agencies with coverage on, as their own units live in them."""
        board = self._hub.board()
        known = sorted(
            {
                (unit.station, unit.agency_id)
                for unit in board.units.values()
                if unit.agency_id in ground.target_s and unit.station in ground.station_at
            }
        )
        return [CoverStation(code, agency_id) for code, agency_id in known]

    async def _drives(
        self, targets: list[LonLat], asked: list[RankUnit], min_seq: int
    ) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], int]:
        rows: list[Sequence[float | None]] = []
        seq = 0
        for begin in range(0, len(targets), MAX_TARGETS):
            part = targets[begin : begin + MAX_TARGETS]
            found = await self._roads.rank_many(
                part, asked, min_seq=min_seq, deadline_s=_ANSWER_WITHIN_S
            )
            seq = found.seq
            rows += [[None] * len(asked) if row is None else row for row in found.rows]
        seconds = np.array(rows, np.float64).reshape(len(targets), len(asked))
        seconds[np.isnan(seconds)] = np.inf
        return seconds, seq


def is_silence(started_s: float, answered: bool) -> bool:
    """Whether roads that do not answer are a fault, not a process that is still coming up.

    Args:
        started_s: Seconds since their process was started.
        answered: Whether it has answered since.
    """
    return answered or started_s >= STARTS_WITHIN_S


def _candidate(unit: Unit, place: UnitPlace) -> Candidate:
    """The unit as the turnout table asks for it."""
    return Candidate(
        unit=unit,
        live=None,
        holder=None,
        travel_s=None,
        estimated=False,
        straight_m=0.0,
        place=place,
    )


def _helped(policy: RegionPolicy, ground: Ground, today: date) -> dict[str, frozenset[str]]:
    """By agency, those with coverage on whose ground its units cover: its own, and by agreement."""
    found: dict[str, frozenset[str]] = {}
    for agency in policy.agencies:
        helped = {
            borrower
            for borrower in ground.target_s
            if borrower == agency.id or _comes_by_itself(policy, agency.id, borrower, today)
        }
        if helped:
            found[agency.id] = frozenset(helped)
    return found


def _comes_by_itself(policy: RegionPolicy, lender: str, borrower: str, today: date) -> bool:
    standing = policy.agreements.standing(lender, borrower, today)
    agreement = standing.agreement
    return standing.state == "in_force" and agreement is not None and agreement.kind == "automatic"
