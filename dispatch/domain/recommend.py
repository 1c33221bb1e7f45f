"""Which unit for which slot: all slots solved jointly at the least cost. Pure.

Nothing is hidden: every unit nearer than a pick of its discipline and not picked is listed with the
reasons (``recommend_reasons``).
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

import numpy as np

from dispatch.domain.candidates import Beat, Candidate, TurnoutTable
from dispatch.domain.closure import Closure
from dispatch.domain.open_ways import OpenRoads, open_way
from dispatch.domain.pairing import cheapest_pairs
from dispatch.domain.recommend_reasons import (
    Standings,
    Weighed,
    block_reasons,
    detour_reasons,
    is_of_other_beat,
    passed_over,
    pick_reasons,
    slow_reasons,
    turn_reasons,
)
from dispatch.domain.recommendation import Pick, Recommendation, Slot
from dispatch.domain.reservations import collides
from dispatch.domain.substitution import may_stand_in
from dispatch.domain.values import Discipline
from geodata.lonlat import LonLat

NO_ROUTE_COST_S = 100_000.0
"""A unit without a known route goes only where no other can: dearer than any route."""

SECOND_UNIT_S = 60.0
"""What it costs to send two single units where one with two on board would do."""

PAIRS_CHOSEN = 4
"""Pairs of officers that one unit may bring, at most; further ones come on two units."""

_UNFILLED_COST_S = 100_000_000.0
_FORBIDDEN_COST_S = 10_000_000_000.0


@dataclass(frozen=True)
class Penalties:
    """Seconds added to the cost of a unit that is less sure or less fit than its travel says."""

    no_agreement_s: float = 600.0
    lapsed_s: float = 300.0
    stale_fix_s: float = 90.0
    no_fix_s: float = 30.0
    unstaffed_s: float = 120.0
    estimated_s: float = 30.0
    phone_only_s: float = 120.0
    reserved_s: float = 900.0
    """Of a unit that is kept for a scheduled incident of no lesser urgency and would hardly be back
    in time; of one that is kept for this very incident it is taken off."""


@dataclass(frozen=True)
class RecommendRequest:
    """All that a recommendation is made from.

    Attributes:
        slots: The plan's slots that are still open, each with its own ``index``.
        candidates: Every unit of the region, free or not; those of other disciplines are ignored.
        authorities: Agency that answers for the incident, by discipline.
        local_hour: 0 to 23 by the region's clock.
        beat: The beat of the law that the incident lies in, where that counts.
        priority: The incident's; 1 is the most urgent.
        priorities: Of its parts that have their own, by discipline.
        free_crews: How many more vehicles of each share can go, by the share's id; one if missing.
        degraded: Inputs that were missing or old, in words.
    """

    id: str
    incident_id: str
    incident_revision: int
    now: datetime
    local_hour: int
    board_seq: int
    roads_seq: int | None
    network_id: str | None
    region_version: str
    plan_id: str | None
    slots: Sequence[Slot]
    candidates: Sequence[Candidate]
    authorities: Mapping[Discipline, str] = field(default_factory=dict)
    turnout: TurnoutTable = field(default_factory=TurnoutTable)
    penalties: Penalties = field(default_factory=Penalties)
    beat: Beat | None = None
    priority: int = 9
    priorities: Mapping[Discipline, int] = field(default_factory=dict)
    free_crews: Mapping[str, int] = field(default_factory=dict)
    degraded: tuple[str, ...] = ()


def recommend(request: RecommendRequest) -> Recommendation:
    """Fill the slots, all at once, at the least total cost.

    A slot takes one unit and a unit one slot. The cost of a unit is turnout, travel and penalties
    in seconds. As many slots as possible are filled first; a unit without a known route fills one
    only where no other unit can. A slot that no available unit can fill is in ``unfilled``.

    Where a plan asks for two officers, they come on one unit with two on board or on two single
    ones. That unit counts its cost twice, as two single units count each their own, and those
    ``SECOND_UNIT_S`` more: what is weighed is when the officers are there. Of vehicles that share a
    crew no more are sent than there are crews.

    Args:
        request: The slots, the units and the versions of everything that was looked at.

    Returns:
        Picks in the order of ``slots``; ``passed_over`` by travel, unknown ones last.
    """
    weighed = weigh_all(request)
    costs = cost_matrix(request, weighed)
    both = _pairs(request.slots)
    crewed = np.array([unit.candidate.unit.staffing >= 2 for unit in weighed], bool)
    shares = _shares(request, weighed)
    chosen, doubled = _solve_shares(costs, both, crewed, shares)
    standings = Standings(
        weighed,
        request.authorities,
        beat=request.beat,
        doubled=frozenset(request.slots[row].index for row in doubled),
    )
    picks: list[Pick] = []
    for row, (slot, column) in enumerate(zip(request.slots, chosen, strict=True)):
        if column is not None:
            standings.picked[slot.index] = (slot, weighed[column])
            times = 2.0 if row in doubled else 1.0
            also = request.slots[both[row]].index if row in doubled else None
            cost_s = times * float(costs[row, column])
            cost_s += SECOND_UNIT_S if row in both.values() else 0.0
            picks.append(_pick(slot, weighed[column], cost_s, also))
    picks = [
        pick.model_copy(update={"reasons": pick_reasons(standings, pick.slot)}) for pick in picks
    ]
    filled = {pick.slot for pick in picks} | {pick.also_slot for pick in picks}
    unfilled = [slot for slot in request.slots if slot.index not in filled]
    return Recommendation(
        id=request.id,
        incident_id=request.incident_id,
        incident_revision=request.incident_revision,
        made_at=request.now,
        board_seq=request.board_seq,
        roads_seq=request.roads_seq,
        network_id=request.network_id,
        region_version=request.region_version,
        plan_id=request.plan_id,
        slots=tuple(request.slots),
        picks=tuple(picks),
        unfilled=tuple(slot.index for slot in unfilled),
        passed_over=passed_over(standings, unfilled),
        degraded=request.degraded,
    )


class Way(NamedTuple):
    """The path of a pick, the closures in force on it that do not shut it, and how many of its
    turns are banned, and not to it."""

    line: Sequence[LonLat]
    closures: Sequence[Closure] = ()
    turns_waived: int = 0


def with_routes(made: Recommendation, ways: Mapping[str, Way]) -> Recommendation:
    """The same recommendation with the path of each pick, by unit id, where one is known.

    What crews have reported on it and nobody has confirmed stands among the reasons.
    """
    return made.model_copy(
        update={"picks": tuple(_with_route(pick, ways.get(pick.unit_id)) for pick in made.picks)}
    )


def _with_route(pick: Pick, way: Way | None) -> Pick:
    if way is None:
        return pick
    turns = turn_reasons(way.turns_waived)
    slow = slow_reasons(way.closures, pick.congestion)
    reasons = (*pick.reasons, *turns, *slow, *block_reasons(way.closures))
    return pick.model_copy(
        update={"route": tuple(way.line), "reasons": reasons, "turns_waived": way.turns_waived}
    )


def with_open_ways(made: Recommendation, ways: Mapping[str, OpenRoads]) -> Recommendation:
    """The same recommendation with what closures and limits cost, by unit id, where they do.

    A pick gets the way that it would have without them; a unit that was passed over because of its
    way gets the cause among its reasons.
    """
    picks = tuple(
        pick.model_copy(update={"without": open_way(ways[pick.unit_id])})
        if pick.unit_id in ways
        else pick
        for pick in made.picks
    )
    others = tuple(
        other.model_copy(
            update={
                "reasons": (*other.reasons, *detour_reasons(other.unit_id, ways[other.unit_id]))
            }
        )
        if other.unit_id in ways
        else other
        for other in made.passed_over
    )
    return made.model_copy(update={"picks": picks, "passed_over": others})


def weigh_all(request: RecommendRequest) -> list[Weighed]:
    """The units of the disciplines that have a slot, with their seconds, in the request's order."""
    wanted = {slot.discipline for slot in request.slots}
    return [
        _weigh(candidate, request)
        for candidate in request.candidates
        if candidate.unit.discipline in wanted
    ]


def cost_matrix(
    request: RecommendRequest, weighed: Sequence[Weighed]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Seconds of each unit for each slot, (slots, units); 1e10 where it may not go."""
    costs = np.full((len(request.slots), len(weighed)), _FORBIDDEN_COST_S)
    cost_s = np.array([unit.cost_s for unit in weighed])
    travel_s = np.array([np.inf if u.travel_s is None else u.travel_s for u in weighed])
    alike: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for column, unit in enumerate(weighed):
        own = unit.candidate.unit
        if unit.candidate.available:
            alike.setdefault((own.discipline, own.capabilities), []).append(column)
    for (discipline, capabilities), group in alike.items():
        columns = np.array(group)
        for row, slot in enumerate(request.slots):
            if slot.discipline != discipline:
                continue
            if slot.capability in capabilities:
                costs[row, columns] = cost_s[columns]
                continue
            for each in may_stand_in(capabilities, slot.stand_ins):
                known = np.isfinite(travel_s[columns]) & (travel_s[columns] <= each.cap_s)
                near = columns[known]
                costs[row, near] = np.minimum(costs[row, near], cost_s[near] + each.penalty_s)
    return costs


def _weigh(candidate: Candidate, request: RecommendRequest) -> Weighed:
    travel_s = candidate.travel_s
    if travel_s is not None and not math.isfinite(travel_s):
        travel_s = None
    turnout = request.turnout.turnout(candidate, request.local_hour)
    cost_s = turnout.seconds + _penalty_s(candidate, request.penalties)
    taken = False
    if candidate.reservation is not None and not candidate.kept_here:
        reach_s = turnout.seconds + (travel_s or 0.0)
        leaves_at = candidate.reservation.leaves_at
        taken = collides(leaves_at, request.now, reach_s, candidate.on_task_s)
        wanted = request.priorities.get(candidate.unit.discipline, request.priority)
        urgent = wanted < candidate.reservation.priority
        cost_s += request.penalties.reserved_s if taken and not urgent else 0.0
    if request.beat is not None and is_of_other_beat(candidate, request.beat):
        cost_s += request.beat.within_s
    cost_s += NO_ROUTE_COST_S + candidate.straight_m / 10.0 if travel_s is None else travel_s
    if candidate.kept_here:
        cost_s = max(0.0, cost_s - request.penalties.reserved_s)
    return Weighed(candidate, travel_s, turnout, cost_s, taken)


def _penalty_s(candidate: Candidate, penalties: Penalties) -> float:
    standing, place = candidate.standing, candidate.place
    if standing == "none":
        standing_s = penalties.no_agreement_s
    else:
        standing_s = candidate.margin_s if standing != "own" else 0.0
        standing_s += penalties.lapsed_s if standing == "lapsed" else 0.0
    if place.source != "fix":
        standing_s += penalties.no_fix_s if place.age_s is None else penalties.stale_fix_s
    if candidate.unstaffed:
        standing_s += penalties.unstaffed_s
    if candidate.estimated:
        standing_s += penalties.estimated_s
    if candidate.unit.phone_only:
        standing_s += penalties.phone_only_s
    return standing_s


def _solve(
    costs: np.ndarray[tuple[int, int], np.dtype[np.float64]], doubled: Container[int] = ()
) -> list[int | None]:
    """The unit's column for each slot, None for a slot that stays open.

    Each slot also has a column of its own for staying open, so that the problem always has a
    solution and no forbidden pair is ever part of it. A row in ``doubled`` leaves two slots open.
    """
    slots, units = costs.shape
    if slots == 0:
        return []
    own = np.full((slots, slots), _FORBIDDEN_COST_S)
    open_s = [_UNFILLED_COST_S * (2.0 if row in doubled else 1.0) for row in range(slots)]
    np.fill_diagonal(own, open_s)
    rows, columns = cheapest_pairs(np.hstack([costs, own]))
    solution: list[int | None] = [None] * slots
    for row, column in zip(rows, columns, strict=True):
        solution[row] = column if column < units else None
    return solution


def _pairs(slots: Sequence[Slot]) -> dict[int, int]:
    """Rows of slots whose second officer is still open too, with the row of that."""
    row_of = {slot.index: row for row, slot in enumerate(slots)}
    return {
        row_of[slot.second_of]: row
        for row, slot in enumerate(slots)
        if slot.second_of is not None and slot.second_of in row_of
    }


class _Solved(NamedTuple):
    score: tuple[int, float]
    chosen: list[int | None]
    doubled: frozenset[int]


def _shares(
    request: RecommendRequest, weighed: Sequence[Weighed]
) -> list[tuple[frozenset[int], int]]:
    """Columns of the free vehicles of each share, with how many of them can go."""
    columns: dict[str, set[int]] = {}
    for column, unit in enumerate(weighed):
        share = unit.candidate.unit.crew
        if share is not None and unit.candidate.available:
            columns.setdefault(share.id, set()).add(column)
    return [
        (frozenset(own), request.free_crews.get(share_id, 1)) for share_id, own in columns.items()
    ]


def _solve_shares(
    costs: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    both: Mapping[int, int],
    crewed: np.ndarray[tuple[int], np.dtype[np.bool_]],
    shares: Sequence[tuple[frozenset[int], int]],
) -> tuple[list[int | None], frozenset[int]]:
    """As ``_solve_pairs``, with no more vehicles of a share than it has crews.

    Where a solution has too many, one of them stays: each in turn is forbidden, and the cheapest of
    what comes of that is exact.
    """
    waiting: list[frozenset[int]] = [frozenset()]
    seen: set[frozenset[int]] = set()
    best: _Solved | None = None
    while waiting:
        left_out = waiting.pop()
        if left_out in seen:
            continue
        seen.add(left_out)
        table = costs
        if left_out:
            table = costs.copy()
            table[:, sorted(left_out)] = _FORBIDDEN_COST_S
        solved = _solve_pairs(table, both, crewed)
        if best is not None and solved.score >= best.score:
            continue
        used = {column for column in solved.chosen if column is not None}
        over = next((used & own for own, free in shares if len(used & own) > free), None)
        if over is None:
            best = solved
        else:
            waiting += [left_out | {column} for column in over]
    assert best is not None
    return best.chosen, best.doubled


def _solve_pairs(
    costs: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    both: Mapping[int, int],
    crewed: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> _Solved:
    """The best over all ways to bring pairs of officers: each on one unit, or on two.

    Returns:
        Slots left open with the total cost, the columns as ``_solve`` gives them, and the rows
        whose unit fills the row of the second officer besides.
    """
    best: _Solved | None = None
    choosable = list(both)[:PAIRS_CHOSEN]
    for size in range(len(choosable) + 1):
        for rows in combinations(choosable, size):
            doubled = frozenset(rows)
            table = costs.copy()
            for row, second in both.items():
                if row in doubled:
                    table[row] = np.where(
                        crewed & (costs[row] < _UNFILLED_COST_S),
                        2.0 * costs[row],
                        _FORBIDDEN_COST_S,
                    )
                    table[second] = _FORBIDDEN_COST_S
                    continue
                alone = (costs[[row, second]] < _UNFILLED_COST_S) & ~(crewed & (row in choosable))
                extra_s = np.array([[0.0], [SECOND_UNIT_S]])
                table[[row, second]] = np.where(
                    alone, costs[[row, second]] + extra_s, _FORBIDDEN_COST_S
                )
            chosen = _solve(table, doubled)
            open_rows = sum(
                (column is None) * (2 if row in doubled else 1)
                for row, column in enumerate(chosen)
                if row not in {both[each] for each in doubled}
            )
            total_s = sum(
                float(table[row, column]) for row, column in enumerate(chosen) if column is not None
            )
            score = (open_rows, total_s)
            if best is None or score < best.score:
                kept = frozenset(row for row in doubled if chosen[row] is not None)
                best = _Solved(score, chosen, kept)
    assert best is not None
    return best


def _pick(slot: Slot, unit: Weighed, cost_s: float, also_slot: int | None = None) -> Pick:
    candidate = unit.candidate
    low_s, high_s = eta_interval_s(unit)
    return Pick(
        slot=slot.index,
        discipline=slot.discipline,
        capability=slot.capability,
        unit_id=candidate.unit.id,
        agency_id=candidate.unit.agency_id,
        aid=candidate.standing != "own",
        agreement_id=candidate.agreement_id,
        travel_s=unit.travel_s,
        turnout_s=unit.turnout_s,
        eta_low_s=low_s,
        eta_high_s=high_s,
        cost_s=cost_s,
        estimated=candidate.estimated,
        fix_source=candidate.place.source,
        fix_age_s=candidate.place.age_s,
        reasons=(),
        also_slot=also_slot,
        speed_share=candidate.driven.factor,
        waives_turns=candidate.driven.waives_turns,
        congestion=candidate.driven.congestion,
    )


def eta_interval_s(unit: Weighed) -> tuple[float | None, float | None]:
    """Seconds from the alert to arrival, lowest and highest; (None, None) without a route.

    Turnout is from the 10th to the 90th percentile where it was measured. A route and a fresh fix
    give about a fifth to either side; an estimate, an old fix or a station in its stead widens it.
    """
    if unit.travel_s is None:
        return None, None
    low, high = (0.6, 1.8) if unit.candidate.estimated else (0.85, 1.25)
    extra_s = 0.0
    if unit.candidate.place.source != "fix":
        low, high = low * 0.6, high * 1.3
        extra_s = 120.0
    return (
        unit.turnout.low_s + low * unit.travel_s,
        unit.turnout.high_s + high * unit.travel_s + extra_s,
    )
