"""The joint solution is the best there is, picks nobody who cannot go, and hides nobody."""

from __future__ import annotations

import itertools
import math

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
from dispatch.domain.substitution import Substitute, Substitutes, substitution_s
from dispatch.domain.unit import CrewShare
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
CAPABILITIES = ("engine", "ladder", "rescue")


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
def requests(draw: st.DrawFn) -> RecommendRequest:
    slots = slots_of(*draw(st.lists(st.sampled_from(CAPABILITIES), max_size=3)))
    for first in draw(st.sets(st.sampled_from(slots), max_size=1)) if slots else ():
        second = first.model_copy(update={"index": len(slots), "second_of": first.index})
        slots = (*slots, second)
    units = [draw(candidates(number)) for number in range(draw(st.integers(0, 5)))]
    crews = {"A": draw(st.integers(0, 2)), "B": 1}
    more = draw(st.sampled_from([{}, {"substitutes": draw(substitution_rules())}]))
    hour = draw(st.integers(0, 23))
    return make_request(slots, units, local_hour=hour, free_crews=crews, **more)


@st.composite
def substitution_rules(draw: st.DrawFn) -> Substitutes:
    """Any capability for any other, several ways at once, with caps near and far, in any order."""
    rule = st.builds(
        Substitute,
        st.sampled_from(CAPABILITIES),
        st.sampled_from([0.0, 30.0, 240.0, 2000.0]),
        st.sampled_from([0.0, 300.0, 1800.0, math.inf]),
    )
    rules = st.lists(rule, max_size=3).map(tuple)
    return draw(st.dictionaries(st.sampled_from(CAPABILITIES), rules))


def cost_by_hand(request: RecommendRequest, unit: Weighed, slot: Slot) -> float | None:
    """What a unit costs in a slot, by the words of the rule alone; None where it may not go."""
    own = unit.candidate.unit
    if not unit.candidate.available or own.discipline != slot.discipline:
        return None
    if slot.capability in own.capabilities:
        return unit.cost_s
    penalties = []
    for rule in request.substitutes.get(slot.capability, ()):
        if rule.capability not in own.capabilities or unit.travel_s is None:
            continue
        if unit.travel_s <= rule.cap_s:
            penalties.append(rule.penalty_s)
    return unit.cost_s + min(penalties) if penalties else None


@st.composite
def law_requests(draw: st.DrawFn) -> RecommendRequest:
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
    return make_request(
        [slot for slot in slots if slot in kept], units, authorities={"law": "ashby-pd"}, beat=beat
    )


def best_by_trying_all(request: RecommendRequest) -> tuple[int, float]:
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
def test_the_joint_solution_equals_trying_everything(request: RecommendRequest) -> None:
    made = recommend(request)
    filled, cost_s = best_by_trying_all(request)
    assert len(filled_slots(made)) == filled
    assert abs(sum(pick.cost_s for pick in made.picks) - cost_s) < 1e-3
    assert len({pick.unit_id for pick in made.picks}) == len(made.picks)
    assert filled_slots(made) | set(made.unfilled) == {slot.index for slot in request.slots}


@settings(max_examples=200, deadline=None)
@given(requests())
def test_only_free_and_fit_units_are_picked(request: RecommendRequest) -> None:
    units = {candidate.unit.id: candidate for candidate in request.candidates}
    slots = {slot.index: slot for slot in request.slots}
    for pick in recommend(request).picks:
        candidate = units[pick.unit_id]
        assert candidate.available
        fit = substitution_s(
            slots[pick.slot].capability,
            candidate.unit.capabilities,
            candidate.travel_s,
            request.substitutes,
        )
        assert fit is not None
        assert pick.reasons
        assert pick.travel_s == candidate.travel_s


@settings(max_examples=200, deadline=None)
@given(requests() | law_requests())
def test_every_nearer_unit_that_was_not_picked_has_a_reason(request: RecommendRequest) -> None:
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
def test_reasons_have_eight_words_or_fewer(request: RecommendRequest) -> None:
    for text in every_reason(recommend(request)):
        assert 1 <= len(text.split()) <= 8


@settings(max_examples=200, deadline=None)
@given(requests())
def test_whoever_stands_in_says_for_what_and_what_it_costs(request: RecommendRequest) -> None:
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
            assert text.endswith(f"for {pick.capability}, +{cost_s - unit.cost_s:.0f} s")


@settings(max_examples=200, deadline=None)
@given(requests())
def test_a_slot_stays_open_only_where_every_free_stand_in_is_used_or_too_far(
    request: RecommendRequest,
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
