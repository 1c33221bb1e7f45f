"""The joint solution is the best there is, picks nobody who cannot go, and hides nobody."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain.candidates import Beat, Candidate, UnitPlace
from dispatch.domain.recommend import (
    SECOND_UNIT_S,
    RecommendRequest,
    recommend,
    weigh_all,
)
from dispatch.domain.recommend_reasons import Weighed
from dispatch.domain.recommendation import FixSource, Recommendation, Slot
from dispatch.domain.substitution import chained, stand_in_from
from dispatch.domain.unit import CrewShare
from jurisdictions.substitutes import SubstituteRow
from tests.recommend_factories import (
    SCENE,
    make_assignment,
    make_candidate,
    make_request,
    make_unit,
    slots_of,
)

SHARE_A = CrewShare(id="A", units=tuple(f"U{n}" for n in range(5)))
SHARE_B = SHARE_A.model_copy(update={"id": "B"})
CAPABILITIES = ("engine", "ladder", "rescue", "quint")
Rules = tuple[SubstituteRow, ...]


@dataclass(frozen=True)
class Asked(RecommendRequest):
    """A request with the links of which its slots' chains were made."""

    rules: Rules = ()


@st.composite
def candidates(draw: st.DrawFn, number: int) -> Candidate:
    unit = make_unit(
        f"U{number}",
        capabilities=tuple(draw(st.sets(st.sampled_from(CAPABILITIES)))),
        staffing=draw(st.sampled_from([0, 4])),
        duty=draw(st.sampled_from(["in_service", "in_service", "out_of_service"])),
        phone_only=draw(st.booleans()),
        discipline=draw(st.sampled_from(["fire", "fire", "fire", "ems"])),
        crew=draw(st.sampled_from([None, SHARE_A, SHARE_B])),
    )
    busy = draw(st.sampled_from([False, False, True]))
    age_s = draw(st.sampled_from([None, 5.0, 900.0]))
    source: FixSource = "fix" if age_s == 5.0 else "station"
    return make_candidate(
        unit,
        live=make_assignment(unit) if busy else None,
        holder="2026-000001" if busy else None,
        travel_s=draw(st.none() | st.floats(0, 2500)),
        straight_m=draw(st.floats(0, 30_000)),
        estimated=draw(st.booleans()),
        place=UnitPlace(SCENE, source, age_s, in_quarters=draw(st.booleans())),
        standing=draw(st.sampled_from(["own", "automatic", "mutual", "lapsed", "none"])),
        agreement_id="A-1",
        margin_s=60.0,
    )


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    rules = draw(substitution_rules())
    chains = chained(rules)
    slots = tuple(
        slot.model_copy(update={"stand_ins": chains.get(slot.capability, ())})
        for slot in slots_of(*draw(st.lists(st.sampled_from(CAPABILITIES), max_size=3)))
    )
    for first in draw(st.sets(st.sampled_from(slots), max_size=1)) if slots else ():
        second = first.model_copy(update={"index": len(slots), "second_of": first.index})
        slots = (*slots, second)
    units = [draw(candidates(number)) for number in range(draw(st.integers(0, 5)))]
    crews = {"A": draw(st.integers(0, 2)), "B": 1}
    hour = draw(st.integers(0, 23))
    made = make_request(slots, units, local_hour=hour, free_crews=crews)
    return Asked(**vars(made), rules=rules)


@st.composite
def substitution_rules(draw: st.DrawFn) -> Rules:
    """Any capability for any other, several ways at once, with caps near and far, in any order;
    in circles too, which no pack may have."""
    rule = st.builds(
        SubstituteRow,
        capability=st.sampled_from(CAPABILITIES),
        stand_in=st.sampled_from(CAPABILITIES),
        penalty_s=st.sampled_from([0.0, 30.0, 240.0, 2000.0]),
        cap_s=st.sampled_from([0.0, 300.0, 1800.0, 14_400.0]),
    )
    return draw(st.lists(rule, max_size=7).map(tuple))


def cheapest_by_hand(
    rules: Rules, asked: str, capabilities: Collection[str], travel_s: float | None
) -> float | None:
    """The least sum of links over every chain of different capabilities, all caps kept."""
    if travel_s is None:
        return None
    sums = []
    others = [each for each in CAPABILITIES if each != asked]
    for links in range(1, len(CAPABILITIES)):
        for way in itertools.permutations(others, links):
            if way[-1] not in capabilities:
                continue
            steps = itertools.pairwise((asked, *way))
            fit = [
                [r for r in rules if (r.capability, r.stand_in) == step and travel_s <= r.cap_s]
                for step in steps
            ]
            if all(fit):
                sums.append(sum(min(r.penalty_s for r in step) for step in fit))
    return min(sums, default=None)


@settings(max_examples=400, deadline=None)
@given(
    substitution_rules(),
    st.sampled_from(CAPABILITIES),
    st.sets(st.sampled_from(CAPABILITIES)),
    st.none() | st.sampled_from([0.0, 200.0, 300.0, 301.0, 1800.0, 5000.0, 20_000.0]),
)
def test_a_chain_costs_the_least_of_all_ways_through_the_rules(
    rules: Rules, asked: str, capabilities: set[str], travel_s: float | None
) -> None:
    capabilities.discard(asked)
    stand_ins = chained(rules).get(asked, ())
    found = stand_in_from(tuple(capabilities), travel_s, stand_ins)
    by_hand = cheapest_by_hand(rules, asked, capabilities, travel_s)
    assert (found.penalty_s if found else None) == by_hand
    for rule in stand_ins:
        way = (asked, *rule.through, rule.capability)
        assert len(set(way)) == len(way)
        steps = list(itertools.pairwise(way))
        assert all(any((r.capability, r.stand_in) == step for r in rules) for step in steps)


def cost_by_hand(request: Asked, unit: Weighed, slot: Slot) -> float | None:
    """What a unit costs in a slot, by the words of the rule alone; None where it may not go."""
    own = unit.candidate.unit
    if not unit.candidate.available or own.discipline != slot.discipline:
        return None
    if slot.capability in own.capabilities:
        return unit.cost_s
    more_s = cheapest_by_hand(request.rules, slot.capability, own.capabilities, unit.travel_s)
    return None if more_s is None else unit.cost_s + more_s


@st.composite
def law_requests(draw: st.DrawFn) -> Asked:
    """Officers alone and in twos, of the beat and of others, for one pair or two and a sergeant."""
    pairs = draw(st.integers(1, 2))
    slots: list[Slot] = []
    for _ in range(pairs):
        first = Slot(index=len(slots), discipline="law", capability="patrol")
        slots += [
            first,
            first.model_copy(update={"index": len(slots) + 1, "second_of": first.index}),
        ]
    if pairs == 1 and draw(st.booleans()):
        slots.append(Slot(index=len(slots), discipline="law", capability="k9"))
    units = [
        make_candidate(
            make_unit(
                f"P{number}",
                agency_id="ashby-pd",
                discipline="law",
                capabilities=tuple(draw(st.sets(st.sampled_from(["patrol", "k9"]), min_size=1))),
                staffing=draw(st.integers(0, 2)),
                beats=draw(st.sampled_from([(), ("B1",), ("B2",)])),
                vehicle_class="car",
            ),
            travel_s=draw(st.none() | st.floats(0, 1500)),
            straight_m=draw(st.floats(0, 9_000)),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    beat = draw(st.none() | st.builds(Beat, st.just("B1"), st.sampled_from([0.0, 120.0, 600.0])))
    kept = draw(st.sets(st.sampled_from(slots), min_size=1))
    made = make_request(
        [slot for slot in slots if slot in kept], units, authorities={"law": "ashby-pd"}, beat=beat
    )
    return Asked(**vars(made))


def best_by_trying_all(request: Asked) -> tuple[int, float]:
    """Most slots filled and, among those, the least cost: (slots filled, cost).

    Each open slot is given a unit or none. A slot's unit with two on board may be given the slot of
    the second officer too, for its cost once more; else both are single units, and the second one
    costs ``SECOND_UNIT_S``.
    """
    weighed = weigh_all(request)
    costs = [[cost_by_hand(request, unit, slot) for unit in weighed] for slot in request.slots]
    row_of = {slot.index: row for row, slot in enumerate(request.slots)}
    first_of = {
        row: row_of[slot.second_of]
        for row, slot in enumerate(request.slots)
        if slot.second_of is not None and slot.second_of in row_of
    }
    best = (0, 0.0)
    for chosen in itertools.product([None, *range(len(weighed))], repeat=len(request.slots)):
        total, filled, taken = 0.0, 0, set[int]()
        for row, column in enumerate(chosen):
            if column is None:
                continue
            cost_s = costs[row][column]
            if cost_s is None:
                break
            first = first_of.get(row)
            shared = first is not None and chosen[first] == column
            crewed = weighed[column].candidate.unit.staffing >= 2
            in_pair = first is not None or row in first_of.values()
            if shared and not crewed:
                break
            also = next((second for second, of in first_of.items() if of == row), None)
            alone = not shared and (also is None or chosen[also] != column)
            if in_pair and crewed and alone:
                break
            if not shared:
                if column in taken:
                    break
                taken.add(column)
            total += cost_s
            total += SECOND_UNIT_S if first is not None and not shared else 0.0
            filled += 1
        else:
            shares = [
                share.id for column in taken if (share := weighed[column].candidate.unit.crew)
            ]
            if any(shares.count(each) > request.free_crews.get(each, 1) for each in set(shares)):
                continue
            if (-filled, total) < (-best[0], best[1]):
                best = (filled, total)
    return best


def filled_slots(made: Recommendation) -> set[int]:
    also = {pick.also_slot for pick in made.picks if pick.also_slot is not None}
    return {pick.slot for pick in made.picks} | also


def every_reason(made: Recommendation) -> list[str]:
    of_picks = [reason.text for pick in made.picks for reason in pick.reasons]
    return of_picks + [reason.text for entry in made.passed_over for reason in entry.reasons]


@settings(max_examples=200, deadline=None)
@given(requests() | law_requests())
def test_the_joint_solution_equals_trying_everything(request: Asked) -> None:
    made = recommend(request)
    filled, cost_s = best_by_trying_all(request)
    assert len(filled_slots(made)) == filled
    assert abs(sum(pick.cost_s for pick in made.picks) - cost_s) < 1e-3
    assert len({pick.unit_id for pick in made.picks}) == len(made.picks)
    assert filled_slots(made) | set(made.unfilled) == {slot.index for slot in request.slots}


@settings(max_examples=200, deadline=None)
@given(requests())
def test_only_free_and_fit_units_are_picked(request: Asked) -> None:
    units = {candidate.unit.id: candidate for candidate in request.candidates}
    slots = {slot.index: slot for slot in request.slots}
    for pick in recommend(request).picks:
        candidate = units[pick.unit_id]
        assert candidate.available
        slot = slots[pick.slot]
        if slot.capability not in candidate.unit.capabilities:
            assert stand_in_from(candidate.unit.capabilities, candidate.travel_s, slot.stand_ins)
        assert pick.reasons
        assert pick.travel_s == candidate.travel_s


@settings(max_examples=200, deadline=None)
@given(requests() | law_requests())
def test_every_nearer_unit_that_was_not_picked_has_a_reason(request: Asked) -> None:
    made = recommend(request)
    units = {candidate.unit.id: candidate for candidate in request.candidates}
    picked = {pick.unit_id for pick in made.picks}
    listed = {entry.unit_id for entry in made.passed_over}
    assert not picked & listed
    assert len(listed) == len(made.passed_over)
    for pick in made.picks:
        mine = units[pick.unit_id]
        for other in units.values():
            if other.unit.id in picked or other.unit.discipline != pick.discipline:
                continue
            if other.travel_s is not None and mine.travel_s is not None:
                nearer = other.travel_s < mine.travel_s
            else:
                nearer = other.straight_m < mine.straight_m
            if nearer:
                assert other.unit.id in listed
    assert all(entry.reasons for entry in made.passed_over)


@settings(max_examples=200, deadline=None)
@given(requests() | law_requests())
def test_reasons_have_eight_words_or_fewer(request: Asked) -> None:
    for text in every_reason(recommend(request)):
        assert 1 <= len(text.split()) <= 8


@settings(max_examples=200, deadline=None)
@given(requests())
def test_whoever_stands_in_says_for_what_and_what_it_costs(request: Asked) -> None:
    made = recommend(request)
    weighed = {each.candidate.unit.id: each for each in weigh_all(request)}
    seconds = {slot.index for slot in made.slots if slot.second_of is not None}
    for pick in made.picks:
        unit = weighed[pick.unit_id]
        cost_s = cost_by_hand(request, unit, made.slots[pick.slot])
        assert cost_s is not None
        if pick.also_slot is None and pick.slot not in seconds:
            assert pick.cost_s == pytest.approx(cost_s)
        said = [reason.text for reason in pick.reasons if reason.code == "substitute"]
        if pick.capability in unit.candidate.unit.capabilities:
            assert said == []
        else:
            (text,) = said
            assert f"for {pick.capability}" in text
            assert text.endswith(f", +{cost_s - unit.cost_s:.0f} s")
            assert text.split()[0] in unit.candidate.unit.capabilities


@settings(max_examples=200, deadline=None)
@given(requests())
def test_a_slot_stays_open_only_where_every_free_stand_in_is_used_or_too_far(
    request: Asked,
) -> None:
    made = recommend(request)
    used = {pick.unit_id for pick in made.picks}
    crews = {unit.candidate.unit.crew.id for unit in weigh_all(request) if unit.candidate.unit.crew}
    if crews or any(slot.second_of is not None for slot in made.slots):
        return
    for index in made.unfilled:
        slot = made.slots[index]
        for unit in weigh_all(request):
            if unit.candidate.unit.id not in used:
                assert cost_by_hand(request, unit, slot) is None
