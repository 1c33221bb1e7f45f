"""Makes a recommendation of what is known now, and freezes it under an id.

It gathers board, fixes, policy and roads into one request for the pure rule; it never lets a silent
router stop or empty a recommendation. When to make one is decided in ``recommender``.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Board
from dispatch.domain.candidates import (
    AgreementState,
    BeatPolicy,
    Candidate,
    TurnoutTable,
    UnitPlace,
    place_of,
)
from dispatch.domain.closure import Closure
from dispatch.domain.commands import Advice, Command, FreezeRecommendation
from dispatch.domain.cross_staffing import free_crews, parked_by
from dispatch.domain.errors import NotFound, RoadsUnavailable
from dispatch.domain.events import RecommendationMade
from dispatch.domain.feed_age import silent_feeds
from dispatch.domain.incident import Incident, Place
from dispatch.domain.open_slots import open_slots
from dispatch.domain.open_ways import OpenRoads
from dispatch.domain.recommend import RecommendRequest, Way, recommend, with_open_ways, with_routes
from dispatch.domain.recommendation import Recommendation, Slot
from dispatch.domain.reservations import ON_TASK_S, Reservation, kept_until, reservations_of
from dispatch.domain.road_blocks import units_that_report
from dispatch.domain.substitution import SubstituteBook
from dispatch.domain.unit import Fix, Unit
from dispatch.domain.values import HUB_ACTOR, Discipline
from dispatch.domain.volunteers import gathered_s, page_failed
from dispatch.roads.client import RoadsClient
from dispatch.roads.protocol import RankUnit
from dispatch.services.driving import asked_of
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import EARTH_RADIUS_M, LonLat, distance_m
from geodata.shapes import Point
from jurisdictions.agreements import AgreementBook
from jurisdictions.driving import Driven
from jurisdictions.plans import Mode, Plan, PlanBook
from jurisdictions.roster import VolunteerRule

DETOUR: Final = 1.3
"""Roads are about this much longer than the straight line (a county of real roads: median 1.21,
nine tenths of them below 1.36)."""

ROADS_WITHIN_S: Final = 0.2
"""Seconds that a recommendation gives the roads, ranking and paths together."""

PUT_OFF_COMPARED: Final = 20
"""Units passed over whose way is compared with the one that closures and limits leave."""

_BY_ITS_WAY: Final = frozenset({"no_route", "slower_by_road"})
_WHATEVER_ITS_WAY: Final = frozenset(
    {"assigned", "out_of_service", "crew_out", "lacks_capability", "off_roads"}
)

ESTIMATE_MPS: Final = 12.5
"""Speed of an estimate: 45 km/h, between town and country."""

ESTIMATE_LEAST_S: Final = 10.0
"""An estimate never says that a unit is there already: a station in a fix's stead may be wrong."""

OTHER_ROADS: Final = "roads of another version"
OTHER_PLANS: Final = "plans of another version"

_UNITS_NAMED: Final = 6
"""Units named in one line of what was degraded."""


class Policy(Protocol):
    """What boundaries, plans and agreements of one version say; a ``RegionPolicy`` is one."""

    @property
    def version(self) -> str: ...

    @property
    def plans(self) -> PlanBook: ...

    @property
    def agreements(self) -> AgreementBook: ...

    @property
    def turnout(self) -> TurnoutTable: ...

    def driven(
        self, agency_id: str, vehicle_class: str, at: datetime, *, lights: bool = True
    ) -> Driven: ...

    def plan(
        self,
        incident_type: str,
        agency_id: str | None,
        at: datetime,
        *,
        storms: Container[str],
        priority: int | None = None,
        alarm_level: int = 1,
        place: Place | None = None,
    ) -> Plan | None: ...

    def advise(
        self, incident_type: str, shape: Point, at: datetime, *, storms: Container[str]
    ) -> Advice: ...

    @property
    def beats(self) -> BeatPolicy: ...

    @property
    def volunteers(self) -> Mapping[str, VolunteerRule]: ...

    @property
    def substitutes(self) -> SubstituteBook: ...

    @property
    def on_task_s(self) -> Mapping[str, float]: ...


class Known(Protocol):
    """What a recommendation is made from; a running ``Hub`` is one."""

    @property
    def board(self) -> Callable[[], Board]: ...

    @property
    def fixes(self) -> Callable[[], Mapping[str, Fix]]: ...

    @property
    def roads(self) -> RoadsClient: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    def region(self) -> Policy: ...


class AdvisingHub(Known, Protocol):
    """What is needed to freeze one besides; a running ``Hub`` is one."""

    async def submit(self, command: Command) -> Outcome: ...


@dataclass(frozen=True)
class _Question:
    """What is to be sent where."""

    incident_id: str
    revision: int
    at: LonLat
    plan_id: str | None
    slots: tuple[Slot, ...]
    authorities: Mapping[Discipline, str]
    degraded: tuple[str, ...] = ()
    priority: int = 1
    zones: Mapping[Discipline, str] = field(default_factory=dict)
    """Zone of the authority's boundary, by discipline."""
    priorities: Mapping[Discipline, int] = field(default_factory=dict)
    """Of parts that are more or less urgent than the whole, by discipline."""
    mode: Mode = "lights"
    part_modes: Mapping[Discipline, Mode] = field(default_factory=dict)
    """Of parts with a plan of their own that has them drive otherwise."""
    without: frozenset[str] = frozenset()
    """Units that are not asked of."""


@dataclass(frozen=True)
class _Seconds:
    """What the roads said, or what stands in for it; in the order of the units asked."""

    travel_s: Sequence[float | None]
    estimated: bool
    seq: int | None
    network_id: str | None
    degraded: tuple[str, ...] = ()
    ways: bool = True
    """Whether the roads can be asked for the paths of the picks."""
    off_roads_m: Mapping[int, float] = field(default_factory=dict)
    """Of the units too far from every road, by their place in the order: metres to the nearest.
    Their seconds are estimated."""


async def make_recommendation(hub: AdvisingHub, incident_id: str) -> Recommendation:
    """Compute the recommendation of an open incident, freeze it, and give it as frozen.

    Raises:
        NotFound: No open incident has this id.
        NoRegion: No region is loaded.
        RevisionConflict: The incident was changed while it was computed.
    """
    return await freeze(hub, await compute(hub, incident_id))


async def freeze(hub: AdvisingHub, made: Recommendation) -> Recommendation:
    """Let it stand as its incident's displayed recommendation; it comes back with its audience.

    Raises:
        RevisionConflict: The incident was changed while it was computed.
        AlreadyClosed: The incident was closed.
    """
    command = FreezeRecommendation(
        command_id=f"freeze-{made.id}", actor=HUB_ACTOR, recommendation=made
    )
    outcome = await hub.submit(command)
    for event in outcome.events:
        if isinstance(event.body, RecommendationMade):
            return event.body.recommendation
    return made


async def compute(known: Known, incident_id: str) -> Recommendation:
    """As ``make_recommendation``, without freezing it.

    Raises:
        NotFound: No open incident has this id.
        NoRegion: No region is loaded.
    """
    incident = known.board().incidents.get(incident_id)
    if incident is None:
        raise NotFound(incident_id=incident_id)
    return await _answer(known, _question_of(known, incident))


async def recommend_at(known: Known, at: LonLat, incident_type: str) -> Recommendation:
    """What would be recommended for a type at a place now. Nothing is stored.

    Raises:
        InvalidInput: The region knows no such type.
        NoRegion: No region is loaded.
    """
    policy = known.region()
    now = known.now()
    storms = known.board().storms
    advice = policy.advise(incident_type, Point(at=at), now, storms=storms)
    plan = policy.plan(
        incident_type,
        advice.agency_of.get(advice.lead),
        now,
        storms=storms,
        place=Place(at=at, shape=Point(at=at), municipality=advice.resolution.municipality),
    )
    found = advice.resolution.disciplines
    authorities = {d: advice.agency_of[d] for d in advice.disciplines if d in advice.agency_of}
    question = _Question(
        incident_id="preview",
        revision=1,
        at=at,
        plan_id=advice.plan_id,
        slots=slots_of(plan, policy.substitutes, authorities),
        authorities=authorities,
        degraded=() if plan else (f"no plan for {incident_type}",),
        priority=plan.priority if plan else 1,
        mode=plan.mode if plan else "lights",
        zones={o.discipline: o.authority.zone for o in found if o.authority and o.authority.zone},
    )
    return await _answer(known, question)


def _question_of(known: Known, incident: Incident) -> _Question:
    policy = known.region()
    board = known.board()
    now, storms = known.now(), board.storms
    plan = plan_of(policy, incident, now, storms)
    own = plans_apart(policy, incident, now, storms)
    mode: Mode = plan.mode if plan else "lights"
    holes = [] if plan else [incident.incident_type]
    holes += [
        f"{incident.asked_of(d).incident_type} of {d.upper()}" for d, part in own.items()
        if part is None or all(slot.discipline != d for slot in part.slots)
    ]  # fmt: skip
    live = units_on(board, incident.id)
    authorities = authorities_of(incident)
    return _Question(
        incident_id=incident.id,
        revision=incident.revision,
        at=LonLat(*incident.place.at),
        plan_id=plan.id if plan else None,
        slots=open_slots(
            incident,
            with_parts_apart(
                policy, incident, slots_of(plan, policy.substitutes, authorities), now, storms
            ),
            live,
        ),
        authorities=authorities,
        degraded=tuple(f"no plan for {hole}" for hole in holes),
        priority=incident.priority,
        priorities={
            leg.discipline: leg.priority for leg in incident.legs if leg.priority is not None
        },
        mode=mode,
        part_modes={d: part.mode for d, part in own.items() if part and part.mode != mode},
        zones={leg.discipline: leg.zone for leg in incident.legs if leg.zone},
    )


def units_on(board: Board, incident_id: str) -> list[Unit]:
    """The units that are on an incident now, in the order in which they were sent."""
    return [
        board.units[assignment.unit_id]
        for assignment in board.live_of_incident(incident_id)
        if assignment.unit_id in board.units
    ]


async def nearest_of(
    known: Known,
    incident: Incident,
    discipline: Discipline,
    capability: str,
    count: int,
    without: Collection[str] = (),
) -> Recommendation:
    """The nearest units with one capability, whatever the plan asks: backup. Nothing is stored.

    Args:
        known: The hub.
        incident: Where they are to go.
        discipline: Of the units.
        capability: What each must bring.
        count: How many.
        without: Ids of units that are of no use there.
    """
    authorities = authorities_of(incident)
    slots = tuple(
        Slot(
            index=index,
            discipline=discipline,
            capability=capability,
            stand_ins=known.region().substitutes.stand_ins(discipline, capability, authorities),
        )
        for index in range(count)
    )
    question = _Question(
        incident_id=incident.id,
        revision=incident.revision,
        at=LonLat(*incident.place.at),
        plan_id=None,
        slots=slots,
        authorities=authorities,
        without=frozenset(without),
    )
    return await _answer(known, question)


async def _answer(known: Known, question: _Question) -> Recommendation:
    board, policy, now = known.board(), known.region(), known.now()
    wanted = {slot.discipline for slot in question.slots}
    units = [
        unit
        for unit in board.units.values()
        if unit.discipline in wanted and unit.id not in question.without
    ]
    live = {a.unit_id: a for a in board.assignments.values() if a.live}
    fixes = known.fixes()
    released = _last_released(board)
    places = [
        place_of(unit, live.get(unit.id), fixes.get(unit.id), now, released.get(unit.id))
        for unit in units
    ]
    board_seq, network_id = board.seq, board.region.network_id if board.region else None
    zone = ZoneInfo(board.region.time_zone if board.region else "UTC")
    local = now.astimezone(zone)
    answer_by_s = time.monotonic() + ROADS_WITHIN_S
    straight_m = distances_m([place.at for place in places], question.at)
    reporting = units_that_report(board.closures.values())
    modes = [question.part_modes.get(unit.discipline, question.mode) for unit in units]
    crews = [(u.agency_id, u.vehicle_class, m) for u, m in zip(units, modes, strict=True)]
    ways = {crew: policy.driven(*crew[:2], now, lights=crew[2] == "lights") for crew in set(crews)}
    driven = [ways[crew] for crew in crews]
    asked = {
        unit.id: asked_of(unit, place.at, how, reporting)
        for unit, place, how in zip(units, places, driven, strict=True)
    }
    seconds = await _seconds(known.roads, question.at, asked, board_seq, network_id)
    weigher = _Weigher(
        board,
        policy.agreements,
        question,
        local.date(),
        seconds.estimated,
        live,
        now,
        policy.volunteers,
        reservations_of(board.incidents.values()),
        policy.on_task_s,
        zone,
    )
    beat = policy.beats.beat(
        question.authorities,
        question.zones,
        question.priorities.get("law", question.priority),
        units,
    )
    request = RecommendRequest(
        priority=question.priority,
        priorities=question.priorities,
        id=uuid.uuid4().hex,
        incident_id=question.incident_id,
        incident_revision=question.revision,
        now=now,
        local_hour=local.hour,
        board_seq=board_seq,
        roads_seq=seconds.seq,
        network_id=seconds.network_id,
        region_version=policy.version,
        plan_id=question.plan_id,
        slots=question.slots,
        candidates=[
            weigher.candidate(unit, place, how, metres, travel_s, seconds.off_roads_m.get(n))
            for n, (unit, place, how, metres, travel_s) in enumerate(
                zip(units, places, driven, straight_m, seconds.travel_s, strict=True)
            )
        ],
        authorities=question.authorities,
        turnout=policy.turnout,
        beat=beat,
        free_crews={
            unit.crew.id: free_crews(unit.crew, board.units, live) for unit in units if unit.crew
        },
        degraded=(
            *question.degraded,
            *seconds.degraded,
            *_other_plans(board, policy.version),
            *(f"feed {feed} is silent" for feed in silent_feeds(board.feeds.values(), now)),
        ),
    )
    made = recommend(request)
    degraded = (*made.degraded, *_old_places(made, _any_reports(board, fixes, live, now)))
    made = made.model_copy(update={"degraded": degraded, "mode": question.mode})
    made = made.model_copy(update={"part_modes": dict(question.part_modes)})
    if not seconds.ways or not made.picks:
        return made
    left_s = answer_by_s - time.monotonic()
    return await _routed(known, question.at, made, asked, left_s)


def _other_plans(board: Board, version: str) -> tuple[str, ...]:
    if board.region is None or board.region.region_version == version:
        return ()
    return (OTHER_PLANS,)


def _last_released(board: Board) -> dict[str, datetime]:
    """When each unit was last released, of what the board still has."""
    last: dict[str, datetime] = {}
    for one in board.assignments.values():
        if one.released_at is not None:
            last[one.unit_id] = max(one.released_at, last.get(one.unit_id, one.released_at))
    return last


def _any_reports(
    board: Board, fixes: Mapping[str, Fix], live: Mapping[str, Assignment], now: datetime
) -> bool:
    """Whether a fix of any unit still counts: that units send their places at all."""
    return any(
        place_of(unit, live.get(unit.id), fixes[unit.id], now).source == "fix"
        for unit in board.units.values()
        if unit.id in fixes
    )


def _old_places(made: Recommendation, any_reports: bool) -> tuple[str, ...]:
    """The picks whose place rests on no fix, or on an old one, in words.

    One that is in its quarters by rule is none of them, unless no unit at all reports: then it is
    the fixes that are missing.
    """
    known = {"fix", "quarters"} if any_reports else {"fix"}
    units = [pick.unit_id for pick in made.picks if pick.fix_source not in known]
    if not units:
        return ()
    more = f" and {len(units) - _UNITS_NAMED} more" if len(units) > _UNITS_NAMED else ""
    return (f"no fresh fix of {', '.join(units[:_UNITS_NAMED])}{more}",)


class _Standing(NamedTuple):
    """How an agency stands towards an authority, in the words of a ``Candidate``."""

    state: AgreementState
    agreement_id: str | None = None
    margin_s: float = 0.0
    lapsed_on: str | None = None


@dataclass(frozen=True)
class _Weigher:
    """Makes candidates of one question's units."""

    board: Board
    agreements: AgreementBook
    question: _Question
    today: date
    estimated: bool
    live: Mapping[str, Assignment]
    now: datetime
    volunteers: Mapping[str, VolunteerRule]
    reserved: Mapping[str, Reservation]
    on_task_s: Mapping[str, float]
    zone: ZoneInfo
    _known: dict[tuple[str, Discipline], _Standing] = field(default_factory=dict)

    def candidate(
        self,
        unit: Unit,
        place: UnitPlace,
        driven: Driven,
        straight_m: float,
        travel_s: float | None,
        off_roads_m: float | None = None,
    ) -> Candidate:
        """The unit with all that is known of it."""
        live = self.live.get(unit.id)
        holder = self.board.incidents.get(live.incident_id) if live else None
        standing = self._known.get((unit.agency_id, unit.discipline)) or self._standing(unit)
        pages = unit.agency_id in self.volunteers and live is None and unit.logon is None
        crew_s, short_s = self._gathering(unit) if pages else (None, None)
        kept = self.reserved.get(unit.id)
        keeps = self.board.incidents.get(kept.incident_id) if kept else None
        if kept and keeps:
            kept = kept._replace(priority=keeps.asked_of(unit.discipline).priority)
        return Candidate(
            unit,
            live,
            holder.number if holder else None,
            travel_s,
            self.estimated or off_roads_m is not None,
            straight_m,
            place,
            driven,
            off_roads_m=off_roads_m,
            standing=standing.state,
            agreement_id=standing.agreement_id,
            margin_s=standing.margin_s,
            lapsed_on=standing.lapsed_on,
            parked_by=parked_by(unit, self.board.units, self.live) if unit.crew else None,
            reservation=kept,
            kept_here=kept is not None and kept.incident_id == self.question.incident_id,
            kept_until=kept_until(kept, self.zone, self.now) if kept else "",
            on_task_s=self.on_task_s.get(unit.agency_id, ON_TASK_S),
            gathered_s=crew_s,
            short_s=short_s,
        )

    def _gathering(self, unit: Unit) -> tuple[float | None, float | None]:
        """What the pages of the unit's station say of a crew for it: there in, or missing."""
        rule = self.volunteers[unit.agency_id]
        units = self.board.units
        at_station = [
            one
            for one in self.live.values()
            if one.agency_id == unit.agency_id
            and (other := units.get(one.unit_id)) is not None
            and other.station == unit.station
        ]
        short_s = rule.within_s if page_failed(unit, at_station) else None
        return gathered_s(unit, rule.minimum, at_station, self.now), short_s

    def _standing(self, unit: Unit) -> _Standing:
        """Towards the authority of the unit's discipline; where nobody answers, all are alike."""
        authority = self.question.authorities.get(unit.discipline)
        standing = _Standing("own")
        if authority is not None and authority != unit.agency_id:
            standing = self._between(unit.agency_id, authority)
        self._known[unit.agency_id, unit.discipline] = standing
        return standing

    def _between(self, lender: str, borrower: str) -> _Standing:
        found = self.agreements.standing(lender, borrower, self.today)
        agreement = found.agreement
        if agreement is None:
            return _Standing("none")
        in_force = found.state == "in_force"
        ended = None if in_force or agreement.expires is None else agreement.expires.isoformat()
        state: AgreementState = agreement.kind if in_force else "lapsed"
        return _Standing(state, agreement.id, agreement.margin_s, ended)


async def _seconds(
    roads: RoadsClient,
    at: LonLat,
    asked: Mapping[str, RankUnit],
    board_seq: int,
    network_id: str | None,
) -> _Seconds:
    """By the roads, or by the straight line where they do not answer in time."""
    if not asked:
        return _Seconds((), False, None, network_id)
    units = list(asked.values())
    try:
        ranking = await roads.rank(at, units, min_seq=board_seq, deadline_s=ROADS_WITHIN_S)
    except RoadsUnavailable:
        estimates = [estimate_s(unit.at, at) / unit.factor for unit in units]
        return _Seconds(estimates, True, None, None, ("roads did not answer",), ways=False)
    degraded: tuple[str, ...] = ()
    if ranking.seq < board_seq:
        degraded = (f"roads at event {ranking.seq}, board at {board_seq}",)
    other = bool(network_id) and ranking.network_id != network_id
    if other:
        degraded = (*degraded, OTHER_ROADS)
    if ranking.off_network:
        estimates = [estimate_s(unit.at, at) / unit.factor for unit in units]
        degraded = (*degraded, "incident lies off the roads")
        return _Seconds(estimates, True, ranking.seq, ranking.network_id, degraded, ways=False)
    travel_s = [
        estimate_s(unit.at, at) / unit.factor if place in ranking.off_roads_m else seconds
        for place, (unit, seconds) in enumerate(zip(units, ranking.seconds, strict=True))
    ]
    return _Seconds(
        travel_s,
        other,
        ranking.seq,
        ranking.network_id,
        degraded,
        off_roads_m=ranking.off_roads_m,
    )


def distances_m(points: Sequence[LonLat], at: LonLat) -> list[float]:
    """Metres from each point to the place, as ``distance_m``, all at once."""
    if not points:
        return []
    flat = np.fromiter(chain.from_iterable(points), np.float64, 2 * len(points))
    lon, lat = np.radians(flat.reshape(-1, 2)).T
    lon_0, lat_0 = np.radians(at.lon), np.radians(at.lat)
    half = np.sin((lat - lat_0) / 2) ** 2
    half += np.cos(lat) * np.cos(lat_0) * np.sin((lon - lon_0) / 2) ** 2
    metres: list[float] = (2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half)))).tolist()
    return metres


def estimate_s(place: LonLat, at: LonLat) -> float:
    """Seconds by the straight line times ``DETOUR``: what is said when no road is known."""
    return max(ESTIMATE_LEAST_S, distance_m(place, at) * DETOUR / ESTIMATE_MPS)


async def _routed(
    known: Known,
    at: LonLat,
    made: Recommendation,
    asked: Mapping[str, RankUnit],
    within_s: float,
) -> Recommendation:
    """With the path of each pick, and what closures and limits cost it and those put off by them.

    Without, and saying so, when the roads fall silent now.
    """
    chosen = [pick.unit_id for pick in made.picks if pick.travel_s is not None]
    seconds = {pick.unit_id: pick.travel_s for pick in made.picks} | _put_off(made)
    try:
        found = await known.roads.paths(
            at,
            [asked[unit_id] for unit_id in chosen],
            deadline_s=within_s,
            compared=[(asked[unit_id], now_s) for unit_id, now_s in seconds.items()],
        )
    except RoadsUnavailable:
        degraded = (*made.degraded, "paths are unknown")
        return made.model_copy(update={"degraded": degraded})
    closures = known.board().closures

    def standing(ids: Sequence[str]) -> tuple[Closure, ...]:
        return tuple(closures[closure_id] for closure_id in ids if closure_id in closures)

    ways = {
        unit_id: Way(path.line, standing(path.closures), path.turns_waived)
        for unit_id, path in zip(chosen, found.paths, strict=True)
        if path is not None
    }
    open_ways = {
        unit_id: OpenRoads(
            way.travel_s,
            way.line,
            standing(way.closures),
            way.max_height_m,
            way.max_weight_t,
            way.by_hour,
            asked[unit_id].congestion,
        )
        for unit_id, way in zip(seconds, found.without, strict=True)
        if way is not None
    }
    return with_open_ways(with_routes(made, ways), open_ways)


def _put_off(made: Recommendation) -> dict[str, float | None]:
    """Free units that were passed over and may have been because of their way, with its seconds.

    First those of which it is certain, then those that are dearer by something else too: with
    every road open they might be near enough for that. The nearest first.
    """
    certain, possible = [], []
    for other in made.passed_over:
        codes = {reason.code for reason in other.reasons}
        if codes & _BY_ITS_WAY:
            certain.append((other.unit_id, other.travel_s))
        elif not codes & _WHATEVER_ITS_WAY:
            possible.append((other.unit_id, other.travel_s))
    return dict([*certain, *possible][:PUT_OFF_COMPARED])


def authorities_of(incident: Incident) -> dict[Discipline, str]:
    """Who answers for an incident, by discipline."""
    return {leg.discipline: leg.agency_id for leg in incident.legs if leg.agency_id}


def plan_of(
    policy: Policy,
    incident: Incident,
    at: datetime,
    storms: Container[str],
    part: Discipline | None = None,
) -> Plan | None:
    """The plan of an incident at its present alarm, by the type and priority of the whole.

    Args:
        policy: The region's.
        incident: With its legs: the lead's agency is whose plan it is.
        at: When.
        storms: Agencies that work by their storm plans.
        part: The discipline whose type and priority are looked up instead.
    """
    asked = incident.asked_of(part)
    return _plan(policy, incident, asked.incident_type, asked.priority, at, storms)


def priority_by_type(
    policy: Policy, incident: Incident, at: datetime, storms: Container[str]
) -> int:
    """The priority that the plan of its type gives an incident."""
    plan = _plan(policy, incident, incident.incident_type, None, at, storms)
    return plan.priority if plan else policy.plans.priority_of(incident.incident_type)


def _plan(
    policy: Policy,
    incident: Incident,
    incident_type: str,
    priority: int | None,
    at: datetime,
    storms: Container[str],
) -> Plan | None:
    leg = incident.leg(policy.plans.lead_of(incident_type))
    return policy.plan(
        incident_type,
        leg.agency_id if leg else None,
        at,
        storms=storms,
        priority=priority,
        alarm_level=incident.alarm_level,
        place=incident.place,
    )


def plans_apart(
    policy: Policy, incident: Incident, at: datetime, storms: Container[str]
) -> dict[Discipline, Plan | None]:
    """The plans of the parts that have a type or priority of their own, by discipline."""
    return {
        leg.discipline: plan_of(policy, incident, at, storms, leg.discipline)
        for leg in incident.legs
        if leg.stands_apart and leg.state != "closed"
    }


def asked_slots(
    policy: Policy, incident: Incident, at: datetime, storms: Container[str]
) -> tuple[Slot, ...]:
    """What an incident asks for: each part by its own plan where it has a type or priority of its
    own, all others by the whole's."""
    plan = plan_of(policy, incident, at, storms)
    slots = slots_of(plan, policy.substitutes, authorities_of(incident))
    return with_parts_apart(policy, incident, slots, at, storms)


def with_parts_apart(
    policy: Policy,
    incident: Incident,
    slots: tuple[Slot, ...],
    at: datetime,
    storms: Container[str],
) -> tuple[Slot, ...]:
    """The slots of the whole's plan, with those of each part that stands apart by its own plan.

    Slots that stay keep their index; those of the parts go on after the last one.
    """
    apart = plans_apart(policy, incident, at, storms)
    found = [slot for slot in slots if slot.discipline not in apart]
    for discipline, plan in apart.items():
        first = 1 + max((slot.index for slot in (*slots, *found)), default=-1)
        own = slots_of(plan, policy.substitutes, authorities_of(incident))
        for slot in own:
            if slot.discipline == discipline:
                second = None if slot.second_of is None else slot.second_of + first
                moved = {"index": slot.index + first, "second_of": second}
                found.append(slot.model_copy(update=moved))
    return tuple(found)


def slots_of(
    plan: Plan | None, substitutes: SubstituteBook, authorities: Mapping[Discipline, str]
) -> tuple[Slot, ...]:
    """The slots of a plan, each with what may stand in for it; none where there is no plan.

    Args:
        plan: What is asked for.
        substitutes: The region's, by agency.
        authorities: Who answers for the incident, by discipline: theirs is the table that counts.
    """
    return tuple(
        Slot(
            index=slot.index,
            discipline=slot.discipline,
            capability=slot.capability,
            second_of=slot.second_of,
            stand_ins=substitutes.stand_ins(slot.discipline, slot.capability, authorities),
        )
        for slot in (plan.slots if plan else ())
    )
