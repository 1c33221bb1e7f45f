"""The reasons of a recommendation: coded, eight words or fewer, with numbers. Pure.

It explains a solution; it never changes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from dispatch.domain.candidates import Beat, Candidate, Turnout
from dispatch.domain.closure import Closure
from dispatch.domain.open_ways import OpenRoads, limits_of, name_of, slowed_words
from dispatch.domain.recommendation import PassedOver, Reason, ReasonCode, Slot
from dispatch.domain.reservations import short_number
from dispatch.domain.substitution import StandIn, may_stand_in, stand_in_from
from dispatch.domain.values import Discipline

OFF_ROADS_FAR_M = 10_000.0
"""Beyond this it is only said that the nearest road is farther."""
UNFILLED_LISTED = 3
"""Units named for a slot that stays open."""


class Weighed(NamedTuple):
    """A candidate with its seconds; ``travel_s`` None where no route is known."""

    candidate: Candidate
    travel_s: float | None
    turnout: Turnout
    cost_s: float
    taken: bool = False
    """It is kept for a scheduled incident, and would hardly be back in time."""

    @property
    def turnout_s(self) -> float:
        """Seconds from the alert to rolling wheels."""
        return self.turnout.seconds


@dataclass
class Standings:
    """All units that were weighed, and which of them got which slot (by the slot's index)."""

    weighed: Sequence[Weighed]
    authorities: Mapping[Discipline, str] = field(default_factory=dict)
    picked: dict[int, tuple[Slot, Weighed]] = field(default_factory=dict)
    beat: Beat | None = None
    doubled: frozenset[int] = frozenset()
    """Indices of slots whose unit brings the second officer too."""

    @property
    def picked_ids(self) -> set[str]:
        return {unit.candidate.unit.id for _, unit in self.picked.values()}

    def capable(self, slot: Slot) -> list[Weighed]:
        """The units that have the slot's capability, free or not."""
        return self._by_capability.get((slot.discipline, slot.capability), [])

    @cached_property
    def _by_capability(self) -> dict[tuple[Discipline, str], list[Weighed]]:
        found: dict[tuple[Discipline, str], list[Weighed]] = {}
        for each in self.weighed:
            own = each.candidate.unit
            for capability in dict.fromkeys(own.capabilities):
                found.setdefault((own.discipline, capability), []).append(each)
        return found


def is_of_other_beat(candidate: Candidate, beat: Beat) -> bool:
    """Whether this is a unit of the law that another zone is the beat of, or none."""
    unit = candidate.unit
    return unit.discipline == "law" and beat.zone not in unit.beats


def _word(text: str) -> str:
    """Text as one word: an id or a capability never breaks the limit."""
    return "_".join(text.split()) or "-"


def _reason(code: ReasonCode, text: str) -> Reason:
    return Reason(code=code, text=text[:200])


def _span(seconds: float) -> str:
    """Whole seconds, at least one: no way and no gap is ever said to be 0 s."""
    return f"{max(1.0, seconds):.0f} s"


def _age(age_s: float) -> str:
    return f"{age_s:.0f} s" if age_s < 120 else f"{age_s / 60:.0f} min"


def pick_reasons(standings: Standings, slot_index: int) -> tuple[Reason, ...]:
    """Why this unit for this slot, and what is unsure about it."""
    slot, unit = standings.picked[slot_index]
    candidate = unit.candidate
    reasons = [_why_picked(standings, slot, unit)]
    if candidate.kept_here:
        reasons.append(_reason("reserved_for_it", f"reserved for this at {candidate.kept_until}"))
    elif candidate.reservation is not None and not unit.taken:
        reasons.append(_reason("reserved", f"{_kept(candidate)}, free before"))
    rule = _stand_in(slot, unit)
    if rule is not None:
        stands, of = _word(rule.capability), _word(slot.capability)
        through = "/".join(_word(each) for each in reversed(rule.through))
        said = f"{stands} for {of} through {through}" if through else f"{stands} stands in for {of}"
        reasons.append(_reason("substitute", f"{said}, +{rule.penalty_s:.0f} s"))
    if candidate.standing in ("automatic", "mutual"):
        number = (candidate.agreement_id or "").rpartition("#")[2]
        agreement = f"agreement {number}" if number.isdigit() else _word(number or "agreement")
        margin = f"margin {candidate.margin_s:.0f} s" if candidate.margin_s > 0 else "no margin"
        text = f"{candidate.standing} aid, {agreement}, {margin}"
        reasons.append(_reason("aid_agreement", text))
    reasons += [
        _reason(code, text)
        for code, text in _weaknesses(standings, unit)
        if code not in ("aid_agreement", "other_beat", "off_roads")
    ]
    if candidate.off_roads_m is not None:
        away = _away(candidate.off_roads_m)
        reasons.append(_reason("off_roads", f"position off the roads, nearest road {away}"))
    if candidate.gathered_s is not None:
        when = (
            "crew is there"
            if candidate.gathered_s <= 0
            else (f"crew there in {_span(candidate.gathered_s)}")
        )
        reasons.append(_reason("staffed_now", f"staffed now: {when}"))
    reasons += _speed_reasons(candidate)
    reasons += _beat_reasons(standings, unit) + _officer_reasons(standings, slot, unit)
    return tuple(reasons)


def _stand_in(slot: Slot, unit: Weighed) -> StandIn | None:
    """The rule by which the unit may stand in from where it is; None where it may not, and where
    it has the capability itself."""
    own = unit.candidate.unit
    if slot.capability in own.capabilities:
        return None
    return stand_in_from(own.capabilities, unit.travel_s, slot.stand_ins)


def _chain(rule: StandIn, slot: Slot) -> str:
    """``engine→quint→ladder``: who stands in, through what, for what; one word."""
    links = (rule.capability, *reversed(rule.through), slot.capability)
    return "→".join(_word(each) for each in links)


def _furthest(slot: Slot, unit: Weighed) -> StandIn | None:
    """Of the rules by which the unit might stand in, the one that goes furthest."""
    rules = may_stand_in(unit.candidate.unit.capabilities, slot.stand_ins)
    return max(rules, key=lambda rule: rule.cap_s, default=None)


def _why_no_pick_for(slot: Slot, unit: Weighed) -> tuple[ReasonCode, str]:
    """What keeps a unit without the capability from a slot of its discipline, in four words."""
    rule = _stand_in(slot, unit)
    if rule is not None:
        return "substitute", f"{_chain(rule, slot)} +{rule.penalty_s:.0f} s"
    far = _furthest(slot, unit)
    if far is not None and unit.travel_s is not None:
        return "substitute", f"{_chain(far, slot)} beyond {far.cap_s:.0f} s"
    return "lacks_capability", f"lacks {_word(slot.capability)}"


def _kept(candidate: Candidate) -> str:
    """``reserved 14:00 #1042``: what the unit is kept for."""
    kept = candidate.reservation
    return f"reserved {candidate.kept_until} #{short_number(kept.number)}" if kept else ""


def _beat_reasons(standings: Standings, unit: Weighed) -> list[Reason]:
    """That the unit is of the beat, or that the beat is busy and for how long it may be awaited."""
    beat = standings.beat
    if beat is None or unit.candidate.unit.discipline != "law":
        return []
    zone = _word(beat.zone)
    if not is_of_other_beat(unit.candidate, beat):
        return [_reason("beat_unit", f"unit of beat {zone}, within {_span(beat.within_s)}")]
    own = [each for each in standings.weighed if not is_of_other_beat(each.candidate, beat)]
    own = [each for each in own if each.candidate.unit.discipline == "law"]
    if any(each.candidate.available for each in own):
        return [_reason("other_beat", f"nearer than beat {zone} by {_span(beat.within_s)}")]
    may = f": may hold {beat.hold_s / 60:.0f} min" if beat.hold_s else ""
    return [_reason("beat_busy", f"beat {zone} busy{may}")]


def _officer_reasons(standings: Standings, slot: Slot, unit: Weighed) -> list[Reason]:
    """How a pair of officers comes together, where the plan asks for one."""
    seconds = {each.second_of for each, _ in standings.picked.values()}
    if slot.index in standings.doubled:
        text = f"{unit.candidate.unit.staffing} officers on board"
    elif slot.second_of is not None:
        text = "second officer, on a second unit"
    elif slot.index in seconds:
        text = "one officer of two"
    else:
        return []
    return [_reason("two_officers", text)]


def turn_reasons(turns_waived: int) -> tuple[Reason, ...]:
    """That a pick's way turns where others may not, by its agency's own rule."""
    if not turns_waived:
        return ()
    often = "" if turns_waived == 1 else f" at {turns_waived} places"
    return (_reason("turns_waived", f"no-turn waived{often}"),)


def _away(off_roads_m: float) -> str:
    """In two words."""
    far = off_roads_m >= OFF_ROADS_FAR_M
    return f">{OFF_ROADS_FAR_M / 1000:.0f} km" if far else f"{off_roads_m:.0f} m"


def _speed_reasons(candidate: Candidate) -> list[Reason]:
    """That its seconds are by another speed than the roads' usual one."""
    driven = candidate.driven
    share = f"{driven.factor:.0%} of usual speed"
    if driven.factor == 1.0:
        return []
    text = f"routine: {share} assumed" if driven.assumed else f"agency drives {share}"
    return [_reason("own_speed", text)]


def block_reasons(closures: Sequence[Closure]) -> tuple[Reason, ...]:
    """What crews have reported on a pick's way and no dispatcher has confirmed, one reason each."""
    reasons: list[Reason] = []
    for closure in closures:
        if not closure.confirmed:
            by = closure.reported_by
            said = f"{_word(by[0])} says blocked" if by else "incident may block way"
            said += ", unconfirmed"
            reasons.append(_reason("unconfirmed_block", f"{said}: +{closure.penalty_s:.0f} s"))
    return tuple(reasons)


def slow_reasons(closures: Sequence[Closure], congestion: float) -> tuple[Reason, ...]:
    """What a pick's own way leads through slowly, as its crew feels it: one reason for all."""
    slow = [each for each in closures if each.confirmed and each.speed_factor > 0.0]
    if not slow:
        return ()
    worst = min(slow, key=lambda each: each.factor_felt(congestion))
    name = " ".join(name_of(worst).split()[:3])
    return (_reason("closure_on_way", f"{name} {slowed_words(worst, congestion)}"),)


def detour_reasons(unit_id: str, way: OpenRoads) -> tuple[Reason, ...]:
    """What makes a unit's way longer than it would be with every road open: limits, closures."""
    own = _word(unit_id)
    limits = [_reason("limit_on_way", f"{own}: {limit} on its way") for limit in limits_of(way)]
    closures = []
    if way.closures:
        more = f" and {len(way.closures) - 1} more" if len(way.closures) > 1 else ""
        name = " ".join(name_of(way.closures[0]).split()[:3])
        text = f"{own}: {name} {_effect(way.closures[0])}{more}"
        closures.append(_reason("closure_on_way", text))
    if way.by_hour:
        name = " ".join(way.by_hour.split()[:3])
        closures.append(_reason("closure_on_way", f"{own}: {name} shut at this hour"))
    return (*limits, *closures)


def _effect(closure: Closure) -> str:
    """What a closure does to a way, in one word."""
    if not closure.confirmed:
        return "unconfirmed"
    if closure.has_limit():
        return "limited"
    return "shut" if closure.speed_factor == 0.0 else "slowed"


def _why_picked(standings: Standings, slot: Slot, unit: Weighed) -> Reason:
    capability = _word(slot.capability)
    capable = standings.capable(slot)
    if unit.travel_s is None:
        return _reason("only_capable", f"no other {capability} has a route")
    how = _span(unit.travel_s) + ("" if unit.candidate.estimated else " by road")
    if not _can(unit, slot):
        return _reason("joint_best", f"least cost for {capability}, {how}")
    if not any(each.candidate.available for each in capable if each is not unit):
        return _reason("only_capable", f"only free {capability}, {how}")
    nearer = [each for each in capable if _nearer(each, unit)]
    if not nearer:
        return _reason("nearest", f"nearest {capability}, {how}")
    ahead = [each for each in nearer if each.candidate.available]
    if {each.candidate.unit.id for each in ahead} <= standings.picked_ids:
        place = ("" if not ahead else _ordinal(len(ahead) + 1) + " ") + "nearest free"
        return _reason("nearest", f"{place} {capability}, {how}")
    return _reason("joint_best", f"best {capability} overall, {how}")


def _ordinal(number: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 != 1 else 0, "th")
    return f"{number}{suffix}"


def _can(unit: Weighed, slot: Slot) -> bool:
    own = unit.candidate.unit
    return own.discipline == slot.discipline and slot.capability in own.capabilities


def _nearer(unit: Weighed, than: Weighed) -> bool:
    """By seconds where both are known, otherwise as the crow flies."""
    if unit.travel_s is not None and than.travel_s is not None:
        return unit.travel_s < than.travel_s
    return unit.candidate.straight_m < than.candidate.straight_m


def passed_over(standings: Standings, unfilled: Sequence[Slot]) -> tuple[PassedOver, ...]:
    """Every unit nearer than a pick of its discipline that was not picked, nearest first.

    After them, for each capability that stays open, the nearest units that have it.

    Nearer is by seconds; where the route of one of the two is unknown, by the straight line. A
    free and capable unit that is nearer by the straight line alone is listed too: that is what the
    map shows, and its way comes first where it is nearer than a pick whose capability it lacks.
    Each is compared with the pick that it is nearer than by most, among those whose capability it
    has, else among all.
    """
    picked_ids = standings.picked_ids
    listed: list[tuple[float, PassedOver]] = []
    by_discipline = {
        discipline: [(s, p) for s, p in standings.picked.values() if s.discipline == discipline]
        for discipline in {slot.discipline for slot, _ in standings.picked.values()}
    }
    reach = {discipline: _reach(rivals) for discipline, rivals in by_discipline.items()}
    for unit in standings.weighed:
        own = unit.candidate.unit
        within_s, within_m = reach.get(own.discipline, (-1.0, -1.0))
        out_of_reach = unit.travel_s is not None and unit.travel_s >= within_s
        if own.id in picked_ids or (out_of_reach and unit.candidate.straight_m >= within_m):
            continue
        rivals = by_discipline.get(own.discipline, [])
        against = [(slot, pick) for slot, pick in rivals if _nearer(unit, pick)]
        if against:
            capable = [(slot, pick) for slot, pick in against if _can(unit, slot)]
            slot, pick = max(capable or against, key=lambda rival: _gap(unit, rival[1]))
            reasons = _why_not(standings, unit, slot, pick)
            if not capable and (put_off := _nearer_on_the_map(unit, rivals)) is not None:
                slot, pick = put_off
                reasons = (_slower_by_road(unit, pick), *reasons)
        else:
            rival = _nearer_on_the_map(unit, rivals)
            if rival is None:
                continue
            slot, pick = rival
            reasons = (_slower_by_road(unit, pick),)
        entry = _entry(unit, slot, pick.candidate.unit.id, reasons)
        listed.append((_sort_key(unit), entry))
    listed.sort(key=lambda pair: (pair[0], pair[1].unit_id))
    nearer = [entry for _, entry in listed]
    named = picked_ids | {entry.unit_id for entry in nearer}
    return (*nearer, *_why_open(standings, unfilled, named))


def _reach(rivals: Sequence[tuple[Slot, Weighed]]) -> tuple[float, float]:
    """Seconds and metres beyond which a unit is nearer than none of these picks."""
    return (
        max(pick.travel_s or 0.0 for _, pick in rivals),
        max(pick.candidate.straight_m for _, pick in rivals),
    )


def _why_open(standings: Standings, unfilled: Sequence[Slot], named: set[str]) -> list[PassedOver]:
    """For each capability that stays open, the nearest units that have it and cannot go."""
    listed: list[PassedOver] = []
    for slot in {(slot.discipline, slot.capability): slot for slot in unfilled}.values():
        for unit in sorted(standings.capable(slot), key=_sort_key)[:UNFILLED_LISTED]:
            own = unit.candidate.unit
            if own.id in named:
                continue
            named.add(own.id)
            causes = _unavailable(unit) + _weaknesses(standings, unit)
            reasons = tuple(_reason(code, f"{_word(own.id)}: {text}") for code, text in causes)
            listed.append(_entry(unit, slot, None, reasons))
        for unit, rule in _beyond_cap(standings, slot)[:UNFILLED_LISTED]:
            own = unit.candidate.unit
            if own.id in named:
                continue
            named.add(own.id)
            text = f"{_word(own.id)}: {_chain(rule, slot)} only within {_span(rule.cap_s)}"
            listed.append(_entry(unit, slot, None, (_reason("substitute", text),)))
    return listed


def _beyond_cap(standings: Standings, slot: Slot) -> list[tuple[Weighed, StandIn]]:
    """Free units that might stand in were they nearer, the nearest first, each with the rule that
    goes furthest."""
    found: list[tuple[Weighed, StandIn]] = []
    for unit in sorted(standings.weighed, key=_sort_key):
        own = unit.candidate.unit
        if own.discipline != slot.discipline or not unit.candidate.available:
            continue
        rule = _furthest(slot, unit)
        lacks = slot.capability not in own.capabilities
        if rule is not None and lacks and _stand_in(slot, unit) is None:
            found.append((unit, rule))
    return found


def _entry(
    unit: Weighed, slot: Slot, nearer_than: str | None, reasons: tuple[Reason, ...]
) -> PassedOver:
    own = unit.candidate.unit
    return PassedOver(
        unit_id=own.id,
        agency_id=own.agency_id,
        discipline=slot.discipline,
        travel_s=unit.travel_s,
        nearer_than=nearer_than,
        reasons=reasons,
    )


def _sort_key(unit: Weighed) -> float:
    return unit.travel_s if unit.travel_s is not None else 1e9 + unit.candidate.straight_m


def _gap(unit: Weighed, pick: Weighed) -> float:
    if unit.travel_s is not None and pick.travel_s is not None:
        return pick.travel_s - unit.travel_s
    return (pick.candidate.straight_m - unit.candidate.straight_m) / 10.0


def _nearer_by(unit: Weighed, pick: Weighed) -> str:
    if unit.travel_s is not None and pick.travel_s is not None:
        return _span(pick.travel_s - unit.travel_s)
    return _metres(unit, pick)


def _nearer_on_the_map(
    unit: Weighed, rivals: Sequence[tuple[Slot, Weighed]]
) -> tuple[Slot, Weighed] | None:
    if not unit.candidate.available:
        return None
    nearer = [
        (slot, pick)
        for slot, pick in rivals
        if _can(unit, slot) and unit.candidate.straight_m < pick.candidate.straight_m
    ]
    return max(nearer, key=lambda rival: rival[1].candidate.straight_m, default=None)


def _slower_by_road(unit: Weighed, pick: Weighed) -> Reason:
    assert unit.travel_s is not None
    assert pick.travel_s is not None
    text = (
        f"{_word(unit.candidate.unit.id)} nearer {_metres(unit, pick)}: "
        f"{_span(unit.travel_s - pick.travel_s)} slower"
    )
    return _reason("slower_by_road", text)


def _metres(unit: Weighed, pick: Weighed) -> str:
    return f"{max(1.0, pick.candidate.straight_m - unit.candidate.straight_m):.0f} m"


def _why_not(standings: Standings, unit: Weighed, slot: Slot, pick: Weighed) -> tuple[Reason, ...]:
    """The causes, the weightiest first; the first says by how much it is nearer."""
    causes = _unavailable(unit)
    goes_with = _crew_goes_with(standings, unit)
    if goes_with and not causes:
        causes.append(("crew_out", f"crew goes with {_word(goes_with)}"))
    if not _can(unit, slot):
        causes.append(_why_no_pick_for(slot, unit))
    causes += _weaknesses(standings, unit)
    slower_s = unit.turnout_s - pick.turnout_s
    if slower_s > 0 and unit.candidate.available and _can(unit, slot):
        causes.append(("slower_turnout", f"turnout +{_span(slower_s)}"))
    if not causes and pick.candidate.kept_here:
        causes.append(("slot_taken", f"{_word(pick.candidate.unit.id)} is reserved"))
    if not causes:
        causes.append(("slot_taken", "slot is taken"))
    own = _word(unit.candidate.unit.id)
    first, *others = causes
    nearer = f"{own} nearer {_nearer_by(unit, pick)}: {first[1]}"
    return (
        _reason(first[0], nearer),
        *(_reason(code, f"{own}: {text}") for code, text in others),
    )


def _crew_goes_with(standings: Standings, unit: Weighed) -> str | None:
    """The pick that takes the crew which this unit shares."""
    share = unit.candidate.unit.crew
    if share is None:
        return None
    return next((other for other in share.units if other in standings.picked_ids), None)


def _unavailable(unit: Weighed) -> list[tuple[ReasonCode, str]]:
    candidate = unit.candidate
    causes: list[tuple[ReasonCode, str]] = []
    if candidate.live is not None:
        causes.append(("assigned", f"on {_word(candidate.holder or candidate.live.incident_id)}"))
    if candidate.parked_by is not None:
        causes.append(("crew_out", f"crew out with {_word(candidate.parked_by)}"))
    if candidate.unit.duty != "in_service":
        causes.append(("out_of_service", "out of service"))
    return causes


def _weaknesses(standings: Standings, unit: Weighed) -> list[tuple[ReasonCode, str]]:
    """What makes a unit dearer than its travel, each in four words or fewer."""
    candidate = unit.candidate
    own = candidate.unit
    causes: list[tuple[ReasonCode, str]] = []
    if unit.taken:
        causes.append(("reserved", _kept(candidate)))
    if unit.travel_s is None:
        causes.append(("no_route", "no open road known"))
    if candidate.standing == "none":
        authority = _word(standings.authorities.get(own.discipline, "authority"))
        causes.append(("no_agreement", f"no agreement with {authority}"))
    elif candidate.standing == "lapsed":
        lapsed = f"agreement lapsed {_word(candidate.lapsed_on or '')}".rstrip(" -")
        causes.append(("agreement_lapsed", lapsed))
    elif candidate.standing != "own" and candidate.margin_s > 0:
        causes.append(("aid_agreement", f"aid margin {candidate.margin_s:.0f} s"))
    if standings.beat is not None and is_of_other_beat(candidate, standings.beat):
        causes.append(("other_beat", f"other beat +{_span(standings.beat.within_s)}"))
    if candidate.short_s is not None:
        causes.append(("page_unanswered", "last page unanswered"))
    if candidate.unstaffed:
        causes.append(("unstaffed", "no crew on board"))
    if candidate.place.age_s is None:
        by_rule = candidate.place.source == "quarters"
        said = f"in quarters {_word(own.station)}" if by_rule else f"from {_word(own.station)}"
        causes.append(("no_fix", f"no fix, {said}"))
    elif candidate.place.source != "fix":
        causes.append(("fix_stale", f"fix {_age(candidate.place.age_s)} old"))
    if own.phone_only:
        causes.append(("phone_only", "answers by phone only"))
    if candidate.off_roads_m is not None:
        causes.append(("off_roads", f"{_away(candidate.off_roads_m)} off roads"))
    if candidate.estimated and unit.travel_s is not None:
        causes.append(("route_estimated", "route estimated"))
    return causes
