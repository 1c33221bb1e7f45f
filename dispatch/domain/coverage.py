"""Who reaches each square of an agency's ground in what time, now and after a dispatch.

And which unit, moved up to which empty station, would bring how many squares back within the
agency's target. Seconds come in; no road, board or clock is known here (NFPA 1710 section 4.1 asks
an agency for such a target and for knowing where it is missed).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dispatch.domain.unit import Unit
from dispatch.domain.values import Discipline, Id, UtcTime, Value
from jurisdictions.coverage_zones import Zone

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOVE_UPS_MOST: Final = 5

FIRST_DUE: Final[Mapping[Discipline, frozenset[str]]] = {
    "fire": frozenset({"engine", "suppression"}),
    "ems": frozenset({"als", "bls", "transport"}),
}
"""What a unit must bring to cover ground: a chief's car puts out no fire. Law: any unit."""


@dataclass(frozen=True, slots=True)
class CoverUnit:
    """A unit as it counts for coverage.

    ``counts_for`` are the agencies whose ground it covers: its own, and those it helps
    automatically. ``station`` is its own; ``turnout_s`` until its wheels roll.
    """

    id: str
    agency_id: str
    discipline: Discipline
    station: str
    counts_for: frozenset[str]
    free: bool
    in_quarters: bool
    turnout_s: float


def first_due(units: Iterable[Unit]) -> set[str]:
    """The ids of the units that cover ground, by what they bring.

    Where no unit of a discipline has one of the usual capabilities, all of the discipline do.
    """
    by_discipline: dict[Discipline, list[Unit]] = {}
    for unit in units:
        by_discipline.setdefault(unit.discipline, []).append(unit)
    found: set[str] = set()
    for discipline, held in by_discipline.items():
        wanted = FIRST_DUE.get(discipline, frozenset())
        able = [unit for unit in held if wanted & set(unit.capabilities)]
        found |= {unit.id for unit in able or held}
    return found


@dataclass(frozen=True, slots=True)
class CoverStation:
    """A station that a unit of the agency can be moved up to."""

    code: str
    agency_id: str


@dataclass(frozen=True)
class Drives:
    """Seconds on the open roads, ``inf`` where no way is known.

    ``to_zones`` is (z zones, u units + s stations), ``to_stations`` is (s stations, u units).
    """

    to_zones: Floats
    to_stations: Floats


class ZoneCover(Value):
    """One square: the first free unit there and its seconds, None where nobody gets there."""

    zone_id: str
    agency_id: Id
    box: tuple[float, float, float, float]
    seconds: float | None
    unit_id: Id | None
    within: bool = Field(description="Within the agency's target.")
    seconds_after: float | None = Field(description="With the displayed picks gone; else as now.")
    unit_after: Id | None
    within_after: bool
    muted: bool


class AgencyCover(Value):
    """Of an agency's squares that are not muted, how many are within its target."""

    agency_id: Id
    target_s: float
    zones: int
    within: int
    within_after: int


class MoveUp(Value):
    """A unit that would bring squares back within the target from another station."""

    agency_id: Id
    unit_id: Id
    from_station: str
    to_station: str
    zones_won: int = Field(description="Net of those that it leaves uncovered behind it.")
    drive_s: float


class Coverage(Value):
    """How the ground of the agencies that turned it on is covered."""

    at: UtcTime
    board_seq: int
    roads_seq: int
    took_ms: float
    without: tuple[Id, ...] = Field(description="Units that are taken as gone in the 'after'.")
    agencies: tuple[AgencyCover, ...]
    zones: tuple[ZoneCover, ...]
    move_ups: tuple[MoveUp, ...]


@dataclass(frozen=True)
class CoverageCase:
    """All that a coverage is worked out from, in one order throughout."""

    zones: Sequence[Zone]
    units: Sequence[CoverUnit]
    stations: Sequence[CoverStation]
    drives: Drives
    target_s: Mapping[str, float]
    """By agency that turned coverage on."""
    quarters_turnout_s: Mapping[str, float]
    """By agency: what a unit moved up to a station would need until its wheels roll."""


class Covered:
    """A case, worked through once; asked with and without units that may be sent away.

    ``without`` are units taken as gone, ``muted`` the ids of squares that count for nothing.
    """

    def __init__(self, case: CoverageCase) -> None:
        self.case = case
        self._target = np.array([case.target_s[zone.agency_id] for zone in case.zones])
        turnout = np.array([unit.turnout_s for unit in case.units])
        total = case.drives.to_zones[:, : len(case.units)] + turnout
        total[~_counting(case)] = np.inf
        self._total = total
        self._free = np.array([unit.free for unit in case.units], bool)

    def zones(
        self, without: Collection[str] = (), muted: Collection[str] = ()
    ) -> tuple[ZoneCover, ...]:
        """Each square now, and with the units of ``without`` gone."""
        now_s, now_unit = self._first(self._free)
        after_s, after_unit = self._first(self._left(without))
        rows = zip(self.case.zones, self._target.tolist(), strict=True)
        return tuple(
            ZoneCover(
                zone_id=zone.id,
                agency_id=zone.agency_id,
                box=zone.box,
                seconds=_known(now_s[i]),
                unit_id=self._named(now_unit[i], now_s[i]),
                within=bool(now_s[i] <= target),
                seconds_after=_known(after_s[i]),
                unit_after=self._named(after_unit[i], after_s[i]),
                within_after=bool(after_s[i] <= target),
                muted=zone.id in muted,
            )
            for i, (zone, target) in enumerate(rows)
        )

    def move_ups(
        self, without: Collection[str] = (), muted: Collection[str] = ()
    ) -> tuple[MoveUp, ...]:
        """What would help most, with the units of ``without`` gone; each unit and station once.

        Best first: by squares won, then by the shorter drive. Squares that are muted do not count.
        """
        free = self._left(without)
        found = [
            move
            for agency_id in sorted(self.case.target_s)
            for move in self._moves_of(agency_id, free, muted)
        ]
        found.sort(key=lambda move: (-move.zones_won, move.drive_s, move.unit_id))
        chosen: list[MoveUp] = []
        used: set[str] = set()
        for move in found:
            if move.unit_id in used or move.to_station in used:
                continue
            used |= {move.unit_id, move.to_station}
            chosen.append(move)
        return tuple(chosen[:MOVE_UPS_MOST])

    def _moves_of(self, agency_id: str, free: Bools, muted: Collection[str]) -> list[MoveUp]:
        case = self.case
        rows = np.array([z.agency_id == agency_id and z.id not in muted for z in case.zones], bool)
        target_s = case.target_s[agency_id]
        reach = (self._total[rows] <= target_s) & free
        by_how_many = reach.sum(axis=1)
        held = {
            unit.station
            for unit, there in zip(case.units, free.tolist(), strict=True)
            if there and unit.in_quarters
        }
        moves = []
        for s, station in enumerate(case.stations):
            if station.agency_id != agency_id or station.code in held:
                continue
            drive = case.drives.to_zones[rows, len(case.units) + s]
            reached = drive + case.quarters_turnout_s[agency_id] <= target_s
            won = reached & (by_how_many == 0)
            for u, unit in enumerate(case.units):
                movable = free[u] and unit.in_quarters and unit.agency_id == agency_id
                drive_s = float(case.drives.to_stations[s, u])
                if not movable or not np.isfinite(drive_s):
                    continue
                lost = reach[:, u] & (by_how_many == 1) & ~reached
                net = int(won.sum()) - int(lost.sum())
                if net > 0:
                    moves.append(
                        MoveUp(
                            agency_id=agency_id,
                            unit_id=unit.id,
                            from_station=unit.station,
                            to_station=station.code,
                            zones_won=net,
                            drive_s=round(drive_s, 1),
                        )
                    )
        return moves

    def _left(self, without: Collection[str]) -> Bools:
        left: Bools = self._free & np.array([u.id not in without for u in self.case.units], bool)
        return left

    def _first(self, free: Bools) -> tuple[Floats, NDArray[np.int64]]:
        if not len(free):
            count = len(self.case.zones)
            return np.full(count, np.inf), np.zeros(count, np.int64)
        seconds = np.where(free, self._total, np.inf)
        first = seconds.argmin(axis=1)
        return seconds[np.arange(len(seconds)), first], first

    def _named(self, unit: int, seconds: float) -> str | None:
        return self.case.units[unit].id if np.isfinite(seconds) else None


def agencies_of(
    zones: Sequence[ZoneCover], target_s: Mapping[str, float]
) -> tuple[AgencyCover, ...]:
    """The count of each agency, muted squares left out."""
    counted: dict[str, list[ZoneCover]] = {agency_id: [] for agency_id in sorted(target_s)}
    for zone in zones:
        if not zone.muted:
            counted[zone.agency_id].append(zone)
    return tuple(
        AgencyCover(
            agency_id=agency_id,
            target_s=target_s[agency_id],
            zones=len(held),
            within=sum(zone.within for zone in held),
            within_after=sum(zone.within_after for zone in held),
        )
        for agency_id, held in counted.items()
    )


def _counting(case: CoverageCase) -> Bools:
    """(z, u): whether the unit counts for the square: its discipline, and help that just comes."""
    agencies = sorted({(zone.agency_id, zone.discipline) for zone in case.zones})
    by_agency = np.array(
        [
            [agency in u.counts_for and u.discipline == discipline for u in case.units]
            for agency, discipline in agencies
        ],
        bool,
    ).reshape(len(agencies), len(case.units))
    place = {key: i for i, key in enumerate(agencies)}
    row = [place[zone.agency_id, zone.discipline] for zone in case.zones]
    counting: Bools = by_agency[row]
    return counting


def _known(seconds: float) -> float | None:
    return round(float(seconds), 1) if np.isfinite(seconds) else None
