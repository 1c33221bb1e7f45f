"""What is known of a unit when it is weighed for a slot: its place, its turnout, its agreement.

Values and the rules that make them; which unit is proposed is decided in ``recommend``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Literal, NamedTuple

from dispatch.domain.assignment import Assignment, StatusCode
from dispatch.domain.recommendation import FixSource
from dispatch.domain.reservations import ON_TASK_S, Reservation
from dispatch.domain.unit import Fix, Unit, status_of
from dispatch.domain.values import Discipline, seconds_between
from geodata.lonlat import LonLat, distance_m
from jurisdictions.driving import AS_USUAL, Driven
from jurisdictions.turnout import TurnoutBook

AgreementState = Literal["own", "automatic", "mutual", "lapsed", "none"]
"""How a unit's agency stands towards the authority of the leg."""

QUARTERS_M = 250.0
"""Within this of its station a unit is in quarters."""

_QUARTERS_DEG = 0.003
"""A little more than ``QUARTERS_M`` of latitude: what is farther north or south is surely not."""

IN_QUARTERS_LIMIT_S = 12 * 3600.0
"""A parked unit reports seldom, and its place is its station all the same."""

BACK_IN_QUARTERS_S = 3600.0
"""Seconds after its release until a unit that has not been seen since counts as back."""

FIX_LIMITS_S: Mapping[StatusCode, float] = {
    "AV": 180.0,
    "DP": 60.0,
    "ER": 60.0,
    "ST": 600.0,
    "OS": 1800.0,
    "TR": 60.0,
    "AH": 1800.0,
    "OOS": 1800.0,
}
"""Age past which a fix no longer says where the unit is, by status."""


class UnitPlace(NamedTuple):
    """Where a unit is ranked from, and on whose word.

    ``source`` is ``quarters`` where the unit is parked by rule, ``station`` where that is a guess
    in a fix's stead; ``age_s`` is the age of the last fix, used or not, None without one.
    """

    at: LonLat
    source: FixSource
    age_s: float | None
    in_quarters: bool


def place_of(
    unit: Unit,
    live: Assignment | None,
    fix: Fix | None,
    now: datetime,
    released_at: datetime | None = None,
) -> UnitPlace:
    """The place that the unit is ranked from.

    A fix counts up to the limit of the unit's status. Past it a free unit is ranked from its
    station; a unit on an incident is surely not there and keeps its last fix, marked stale. Age is
    by the hub's receive time; a fix from the future (clock stepped back) is of age 0.

    Parked units report seldom or never: a free unit that was last seen in its quarters, or never
    seen, is there by rule. Not one of the law, which waits in the streets, and not one that was
    released (``released_at``) within ``BACK_IN_QUARTERS_S`` and has not been seen in quarters
    since.
    """
    home = unit.home
    if fix is None:
        source = _parked(unit, fix, now, released_at) if live is None else "station"
        return UnitPlace(home, source, None, live is None)
    at = fix.at
    age_s = max(0.0, seconds_between(fix.received_at, now))
    in_quarters = (
        live is None
        and abs(at.lat - home.lat) < _QUARTERS_DEG
        and distance_m(at, home) <= QUARTERS_M
    )
    limit_s = IN_QUARTERS_LIMIT_S if in_quarters else FIX_LIMITS_S[status_of(unit, live)]
    if age_s <= limit_s:
        return UnitPlace(at, "fix", age_s, in_quarters)
    if live is not None:
        return UnitPlace(at, "stale_fix", age_s, in_quarters=False)
    source = _parked(unit, fix, now, released_at) if in_quarters else "station"
    return UnitPlace(home, source, age_s, in_quarters=True)


def _parked(unit: Unit, fix: Fix | None, now: datetime, released_at: datetime | None) -> FixSource:
    """Why a free unit without a fix that counts is taken to be at its station: by rule, or not."""
    by_rule = unit.discipline != "law" and not (
        released_at is not None
        and (fix is None or fix.received_at < released_at)
        and seconds_between(released_at, now) < BACK_IN_QUARTERS_S
    )
    return "quarters" if by_rule else "station"


class Candidate(NamedTuple):
    """One unit as it is weighed.

    Attributes:
        unit: The roster's unit with its duty.
        live: The assignment that it is on, or None.
        holder: Number of the incident of ``live``.
        travel_s: Drive time along the open roads; None where no route is known, never 0 for that.
        estimated: ``travel_s`` is a straight line times a factor, not a route.
        straight_m: Metres to the incident as the crow flies.
        place: Where it is ranked from.
        driven: How its agency has it driven.
        off_roads_m: Metres to the nearest road from a place too far from every road; None on one.
        standing: Its agency towards the authority of its discipline's leg.
        agreement_id: The agreement that ``standing`` rests on.
        margin_s: What aid must be nearer by before it goes first.
        lapsed_on: ISO date on which the agreement ended, where ``standing`` is ``lapsed``.
        gathered_s: Seconds until a crew of those who answered a page is at its station; None: no
            such crew is known.
        reservation: The scheduled incident that it is kept for, or None.
        kept_here: That is the very incident it is weighed for.
        kept_until: ``reservation``'s time by the region's clock, for example ``14:00``.
        on_task_s: How long an incident keeps it, as its agency says.
        short_s: Seconds lost since its station's last page brought no crew; None: it did.
        parked_by: The vehicle that has the crew which it shares.
    """

    unit: Unit
    live: Assignment | None
    holder: str | None
    travel_s: float | None
    estimated: bool
    straight_m: float
    place: UnitPlace
    driven: Driven = AS_USUAL
    standing: AgreementState = "own"
    agreement_id: str | None = None
    margin_s: float = 0.0
    lapsed_on: str | None = None
    parked_by: str | None = None
    gathered_s: float | None = None
    short_s: float | None = None
    reservation: Reservation | None = None
    kept_here: bool = False
    kept_until: str = ""
    on_task_s: float = ON_TASK_S
    off_roads_m: float | None = None

    @property
    def available(self) -> bool:
        """Whether it can be sent now."""
        return self.live is None and self.unit.duty == "in_service" and self.parked_by is None

    @property
    def unstaffed(self) -> bool:
        """Nobody is on board; a crew has to gather first."""
        return self.unit.staffing <= 0 and self.gathered_s is None


BEAT_WITHIN_S: Final = 180.0
"""A unit of the beat goes before one that is nearer by less, where its agency says nothing."""


class Beat(NamedTuple):
    """The beat that an incident lies in.

    ``within_s`` is by how much another unit must be nearer to go first. ``hold_s`` is how long the
    incident may wait for the beat's own unit, 0: not at all.
    """

    zone: str
    within_s: float
    hold_s: float = 0.0


@dataclass(frozen=True)
class BeatPolicy:
    """What agencies say of their beats: seconds by agency, and of holds by priority too."""

    within_s: Mapping[str, float] = field(default_factory=dict)
    hold_s: Mapping[str, Mapping[int, float]] = field(default_factory=dict)

    def beat(
        self,
        authorities: Mapping[Discipline, str],
        zones: Mapping[Discipline, str],
        priority: int,
        units: Sequence[Unit],
    ) -> Beat | None:
        """The beat that counts for an incident; None at priority 1, where the nearest goes, and
        where no unit of the authority names the zone as its beat."""
        agency_id, zone = authorities.get("law"), zones.get("law")
        if agency_id is None or zone is None or priority <= 1:
            return None
        if not any(u.agency_id == agency_id and zone in u.beats for u in units):
            return None
        hold_s = self.hold_s.get(agency_id, {}).get(priority, 0.0)
        return Beat(zone, self.within_s.get(agency_id, BEAT_WITHIN_S), hold_s)


def _base_turnout_s() -> dict[Discipline, float]:
    return {"law": 30.0, "fire": 80.0, "ems": 60.0}


FROM_HOME: Final = frozenset(("volunteer", "combination"))
"""Staffing of agencies whose crews, or some of them, come from home."""


class Turnout(NamedTuple):
    """Seconds from the alert to rolling wheels, and what they mostly lie between."""

    seconds: float
    low_s: float
    high_s: float


@dataclass(frozen=True)
class TurnoutTable:
    """Seconds from the alert to rolling wheels, by discipline, agency, crew and hour.

    Measured rows (``book``) go before all else for units in quarters. The bases for fire and EMS
    are the objectives of NFPA 1710; ``by_agency_s`` stands in for those of an agency without rows.
    """

    base_s: Mapping[Discipline, float] = field(default_factory=_base_turnout_s)
    by_agency_s: Mapping[str, float] = field(default_factory=dict)
    on_the_road_s: float = 15.0
    night_extra_s: float = 30.0
    no_crew_extra_s: float = 240.0
    book: TurnoutBook = field(default_factory=TurnoutBook)
    staffing: Mapping[str, str] = field(default_factory=dict)
    """How each agency is staffed, as its pack says."""

    def of(self, candidate: Candidate, local_hour: int) -> float:
        """Seconds for this unit; ``local_hour`` is 0 to 23 by the region's clock."""
        return self.turnout(candidate, local_hour).seconds

    def turnout(self, candidate: Candidate, local_hour: int) -> Turnout:
        """As ``of``, with what it mostly lies between.

        A measured row knows its agency's nights and, where crews come from home, how they gather:
        nothing is added for either. A crew that is logged on counts as career: nobody gathers.
        """
        if not candidate.place.in_quarters:
            return self._on_the_road
        unit = candidate.unit
        staffing = self.staffing.get(unit.agency_id, "")
        waited_s = (candidate.gathered_s or 0.0) + (candidate.short_s or 0.0)
        on_board = candidate.gathered_s is not None or (
            unit.logon is not None and not candidate.unstaffed
        )
        if on_board:
            staffing = "career"
        row = self.book.find(
            agency=unit.agency_id, staffing=staffing, kind=unit.kind, hour=local_hour
        )
        if row is not None:
            missing_s = (
                self.no_crew_extra_s if candidate.unstaffed and staffing not in FROM_HOME else 0.0
            )
            missing_s += waited_s
            return Turnout(row.median_s + missing_s, row.p10_s + missing_s, row.p90_s + missing_s)
        gathered = on_board and self.staffing.get(unit.agency_id) in FROM_HOME
        agency_id = "" if gathered else unit.agency_id
        turnout_s = self.in_quarters_s(unit.discipline, agency_id, local_hour)
        if candidate.unstaffed:
            turnout_s += self.no_crew_extra_s
        turnout_s += waited_s
        return _assumed(turnout_s)

    @cached_property
    def _on_the_road(self) -> Turnout:
        return _assumed(self.on_the_road_s)

    def in_quarters_s(self, discipline: Discipline, agency_id: str, local_hour: int) -> float:
        """What is assumed of a staffed unit in quarters where nothing was measured of it."""
        turnout_s = self.by_agency_s.get(agency_id, self.base_s[discipline])
        night = local_hour >= 22 or local_hour < 6
        return turnout_s + (self.night_extra_s if night else 0.0)

    def of_agency_s(self, discipline: Discipline, agency_id: str, local_hour: int) -> float:
        """What any staffed unit of an agency takes out of quarters, whatever its kind."""
        row = self.book.find(
            agency=agency_id,
            staffing=self.staffing.get(agency_id, ""),
            kind="",
            hour=local_hour,
        )
        return row.median_s if row else self.in_quarters_s(discipline, agency_id, local_hour)


def _assumed(seconds: float) -> Turnout:
    return Turnout(seconds, 0.8 * seconds, 1.3 * seconds)
