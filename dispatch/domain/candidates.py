"""What is known of a unit when it is weighed for a slot: its place, its turnout, its agreement.

Values and the rules that make them; which unit is proposed is decided in ``recommend``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from dispatch.domain.assignment import Assignment, StatusCode
from dispatch.domain.recommendation import FixSource
from dispatch.domain.unit import Fix, Unit, status_of
from dispatch.domain.values import Discipline, seconds_between
from geodata.lonlat import LonLat, distance_m

AgreementState = Literal["own", "automatic", "mutual", "lapsed", "none"]
"""How a unit's agency stands towards the authority of the leg."""

QUARTERS_M = 250.0
"""Within this of its station a unit is in quarters."""

_QUARTERS_DEG = 0.003
"""A little more than ``QUARTERS_M`` of latitude: what is farther north or south is surely not."""

IN_QUARTERS_LIMIT_S = 12 * 3600.0
"""A parked unit reports seldom, and its place is its station all the same."""

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

    ``source`` is ``station`` where no fix or only an old one is known; ``age_s`` is the age of the
    last fix, used or not, None without one.
    """

    at: LonLat
    source: FixSource
    age_s: float | None
    in_quarters: bool


def place_of(unit: Unit, live: Assignment | None, fix: Fix | None, now: datetime) -> UnitPlace:
    """The place that the unit is ranked from.

    A fix counts up to the limit of the unit's status. Past it a free unit is ranked from its
    station; a unit on an incident is surely not there and keeps its last fix, marked stale. Age is
    by the hub's receive time; a fix from the future (clock stepped back) is of age 0.
    """
    home = LonLat(*unit.home)
    if fix is None:
        return UnitPlace(home, "station", None, in_quarters=live is None)
    at = LonLat(*fix.at)
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
    return UnitPlace(home, "station", age_s, in_quarters=True)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One unit as it is weighed.

    Attributes:
        unit: The roster's unit with its duty.
        live: The assignment that it is on, or None.
        holder: Number of the incident of ``live``.
        travel_s: Drive time along the open roads; None where no route is known, never 0 for that.
        estimated: ``travel_s`` is a straight line times a factor, not a route.
        straight_m: Metres to the incident as the crow flies.
        place: Where it is ranked from.
        standing: Its agency towards the authority of its discipline's leg.
        agreement_id: The agreement that ``standing`` rests on.
        margin_s: What aid must be nearer by before it goes first.
        lapsed_on: ISO date on which the agreement ended, where ``standing`` is ``lapsed``.
    """

    unit: Unit
    live: Assignment | None
    holder: str | None
    travel_s: float | None
    estimated: bool
    straight_m: float
    place: UnitPlace
    standing: AgreementState = "own"
    agreement_id: str | None = None
    margin_s: float = 0.0
    lapsed_on: str | None = None

    @property
    def available(self) -> bool:
        """Whether it can be sent now."""
        return self.live is None and self.unit.duty == "in_service"

    @property
    def unstaffed(self) -> bool:
        """Nobody is on board; a crew has to gather first."""
        return self.unit.staffing <= 0


def _base_turnout_s() -> dict[Discipline, float]:
    return {"law": 30.0, "fire": 80.0, "ems": 60.0}


@dataclass(frozen=True)
class TurnoutTable:
    """Seconds from the alert to rolling wheels, by discipline, agency, crew and hour.

    The bases for fire and EMS are the objectives of NFPA 1710; an agency's own figure, measured
    from its runs, replaces them.
    """

    base_s: Mapping[Discipline, float] = field(default_factory=_base_turnout_s)
    by_agency_s: Mapping[str, float] = field(default_factory=dict)
    on_the_road_s: float = 15.0
    night_extra_s: float = 30.0
    no_crew_extra_s: float = 240.0

    def of(self, candidate: Candidate, local_hour: int) -> float:
        """Seconds for this unit; ``local_hour`` is 0 to 23 by the region's clock."""
        if not candidate.place.in_quarters:
            return self.on_the_road_s
        unit = candidate.unit
        turnout_s = self.by_agency_s.get(unit.agency_id, self.base_s[unit.discipline])
        if local_hour >= 22 or local_hour < 6:
            turnout_s += self.night_extra_s
        if candidate.unstaffed:
            turnout_s += self.no_crew_extra_s
        return turnout_s
