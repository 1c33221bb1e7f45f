"""Which unit is proposed, and what is said of every nearer one that is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.candidates import (
    Beat,
    BeatPolicy,
    Candidate,
    TurnoutTable,
    UnitPlace,
    place_of,
)
from dispatch.domain.recommend import RecommendRequest, Way, recommend, with_routes
from dispatch.domain.recommendation import PassedOver, Pick, Recommendation, Slot
from dispatch.domain.reservations import Reservation
from dispatch.domain.unit import Fix
from geodata.lonlat import LonLat
from tests.factories import make_closure
from tests.recommend_factories import (
    NOON,
    SCENE,
    make_assignment,
    make_candidate,
    make_request,
    make_unit,
    slots_of,
)


def picked(made: Recommendation) -> dict[int, str]:
    return {pick.slot: pick.unit_id for pick in made.picks}


def texts(entry: PassedOver | Pick) -> list[str]:
    return [reason.text for reason in entry.reasons]


def test_the_nearest_free_unit_is_picked_and_says_so() -> None:
    near, far = (
        make_candidate(make_unit("E1"), travel_s=100.0),
        make_candidate(make_unit("E2"), travel_s=160.0),
    )
    made = recommend(make_request(slots_of("engine"), [far, near]))
    assert picked(made) == {0: "E1"}
    assert made.picks[0].reasons[0].code == "nearest"
    assert made.picks[0].reasons[0].text == "nearest engine, 100 s by road"
    assert made.passed_over == ()


def test_a_nearer_unit_on_another_incident_is_named_with_its_number_and_seconds() -> None:
    busy = make_unit("M7")
    made = recommend(
        make_request(
            slots_of("engine"),
            [
                make_candidate(
                    busy, travel_s=60.0, live=make_assignment(busy), holder="2026-000123"
                ),
                make_candidate(make_unit("E2"), travel_s=100.0),
            ],
        )
    )
    assert picked(made) == {0: "E2"}
    (entry,) = made.passed_over
    assert (entry.unit_id, entry.nearer_than) == ("M7", "E2")
    assert texts(entry) == ["M7 nearer 40 s: on 2026-000123"]


def kept_for(number: str, leaves_in_s: float) -> Reservation:
    leaves_at = NOON + timedelta(seconds=leaves_in_s)
    return Reservation("i-9", number, leaves_at + timedelta(minutes=15), leaves_at, priority=3)


def kept_m14() -> Candidate:
    """A minute away, and kept for 14:00: too late to be back for it."""
    return make_candidate(
        make_unit("M14"),
        travel_s=60.0,
        reservation=kept_for("2026-001042", 1800.0),
        kept_until="14:00",
    )


def test_a_unit_that_is_kept_for_later_is_passed_over_and_says_for_what() -> None:
    kept = kept_m14()
    other = make_candidate(make_unit("E2"), travel_s=500.0)
    made = recommend(make_request(slots_of("engine"), [kept, other]))
    assert picked(made) == {0: "E2"}
    (entry,) = made.passed_over
    assert entry.reasons[0].code == "reserved"
    assert texts(entry)[0] == "M14 nearer 440 s: reserved 14:00 #1042"


def test_a_more_urgent_incident_takes_a_kept_unit_that_is_nearer_and_says_so() -> None:
    kept = kept_m14()
    other = make_candidate(make_unit("E2"), travel_s=500.0)
    made = recommend(make_request(slots_of("engine"), [kept, other], priority=1))
    assert picked(made) == {0: "M14"}
    assert "reserved 14:00 #1042" in texts(made.picks[0])
    as_urgent = recommend(make_request(slots_of("engine"), [kept, other], priority=3))
    assert picked(as_urgent) == {0: "E2"}


def test_a_kept_unit_goes_where_no_other_is_near_and_is_labelled() -> None:
    kept = kept_m14()
    far = make_candidate(make_unit("E2"), travel_s=1500.0)
    made = recommend(make_request(slots_of("engine"), [kept, far]))
    assert picked(made) == {0: "M14"}
    assert "reserved 14:00 #1042" in texts(made.picks[0])
    alone = recommend(make_request(slots_of("engine"), [kept]))
    assert picked(alone) == {0: "M14"}


def test_a_unit_that_is_back_before_its_time_goes_first_and_its_reservation_is_shown() -> None:
    kept = make_candidate(
        make_unit("M14"),
        travel_s=60.0,
        reservation=kept_for("2026-001042", 18_000.0),
        kept_until="18:00",
    )
    other = make_candidate(make_unit("E2"), travel_s=100.0)
    made = recommend(make_request(slots_of("engine"), [kept, other]))
    assert picked(made) == {0: "M14"}
    assert "reserved 18:00 #1042, free before" in texts(made.picks[0])


def test_the_unit_that_is_kept_for_this_incident_goes_to_it() -> None:
    kept = make_candidate(
        make_unit("M14"),
        travel_s=600.0,
        reservation=kept_for("2026-000001", 0.0),
        kept_here=True,
        kept_until="14:00",
    )
    nearer = make_candidate(make_unit("E2"), travel_s=100.0)
    made = recommend(make_request(slots_of("engine"), [kept, nearer]))
    assert picked(made) == {0: "M14"}
    assert "reserved for this at 14:00" in texts(made.picks[0])
    assert texts(made.passed_over[0]) == ["E2 nearer 500 s: M14 is reserved"]


def test_slots_are_solved_jointly_and_not_one_after_the_other() -> None:
    both = make_unit("Q1", capabilities=("engine", "ladder"))
    only = make_unit("E2", capabilities=("engine",))
    made = recommend(
        make_request(
            slots_of("engine", "ladder"),
            [make_candidate(both, travel_s=60.0), make_candidate(only, travel_s=90.0)],
        )
    )
    assert picked(made) == {0: "E2", 1: "Q1"}
    assert made.unfilled == ()


def test_an_unknown_route_is_never_zero_and_is_picked_only_where_nothing_else_can_go() -> None:
    lost = make_candidate(make_unit("E1"), travel_s=None, straight_m=10.0)
    far = make_candidate(make_unit("E2"), travel_s=3000.0, straight_m=40_000.0)
    made = recommend(make_request(slots_of("engine"), [lost, far]))
    assert picked(made) == {0: "E2"}
    assert made.passed_over[0].unit_id == "E1"
    assert made.passed_over[0].reasons[0].code == "no_route"

    alone = recommend(make_request(slots_of("engine"), [lost]))
    (pick,) = alone.picks
    assert pick.travel_s is None
    assert (pick.eta_low_s, pick.eta_high_s) == (None, None)
    assert "no_route" in {reason.code for reason in pick.reasons}


def test_an_infinite_or_broken_travel_counts_as_unknown() -> None:
    candidates = [
        make_candidate(make_unit("E1"), travel_s=float("inf")),
        make_candidate(make_unit("E2"), travel_s=float("nan")),
        make_candidate(make_unit("E3"), travel_s=500.0),
    ]
    made = recommend(make_request(slots_of("engine"), candidates))
    assert picked(made) == {0: "E3"}


def test_a_slot_that_no_free_unit_can_fill_is_named_with_the_units_that_have_it() -> None:
    busy = make_unit("R1", capabilities=("rescue",))
    made = recommend(
        make_request(
            slots_of("rescue", "engine"),
            [
                make_candidate(busy, live=make_assignment(busy), holder="2026-000009"),
                make_candidate(make_unit("E2")),
            ],
        )
    )
    assert made.unfilled == (0,)
    entry = next(e for e in made.passed_over if e.unit_id == "R1")
    assert entry.nearer_than is None
    assert texts(entry) == ["R1: on 2026-000009"]


def test_aid_goes_first_only_when_it_is_nearer_by_the_margin() -> None:
    own = make_candidate(make_unit("E1"), travel_s=200.0)

    def with_aid(travel_s: float) -> Recommendation:
        aid = make_candidate(
            make_unit("E9", agency_id="boone-fire"),
            travel_s=travel_s,
            standing="automatic",
            agreement_id="A-17",
            margin_s=60.0,
        )
        return recommend(make_request(slots_of("engine"), [own, aid]))

    close = with_aid(150.0)
    assert picked(close) == {0: "E1"}
    assert texts(close.passed_over[0]) == ["E9 nearer 50 s: aid margin 60 s"]
    far = with_aid(130.0)
    assert picked(far) == {0: "E9"}
    assert far.picks[0].aid
    assert far.picks[0].agreement_id == "A-17"
    assert "automatic aid, A-17, margin 60 s" in {r.text for r in far.picks[0].reasons}


def test_a_lapsed_agreement_is_a_label_and_a_penalty_and_hides_nobody() -> None:
    own = make_candidate(make_unit("E1"), travel_s=200.0)
    lapsed = make_candidate(
        make_unit("E9", agency_id="boone-fire"),
        travel_s=160.0,
        standing="lapsed",
        agreement_id="A-17",
        lapsed_on="2026-05-31",
    )
    made = recommend(make_request(slots_of("engine"), [own, lapsed]))
    assert texts(made.passed_over[0]) == ["E9 nearer 40 s: agreement lapsed 2026-05-31"]
    alone = recommend(make_request(slots_of("engine"), [lapsed]))
    assert picked(alone) == {0: "E9"}
    assert "agreement_lapsed" in {reason.code for reason in alone.picks[0].reasons}


def test_a_neighbour_without_agreement_is_named_with_the_authority() -> None:
    own = make_candidate(make_unit("E1"), travel_s=200.0)
    other = make_candidate(make_unit("E9", agency_id="x"), travel_s=160.0, standing="none")
    made = recommend(make_request(slots_of("engine"), [own, other]))
    assert texts(made.passed_over[0]) == ["E9 nearer 40 s: no agreement with ashby-fire"]


def test_a_phone_only_neighbour_is_labelled() -> None:
    unit = make_unit("E9", phone_only=True)
    made = recommend(make_request(slots_of("engine"), [make_candidate(unit)]))
    assert "answers by phone only" in {reason.text for reason in made.picks[0].reasons}


def test_a_nearer_unit_without_a_crew_is_not_first_and_says_why() -> None:
    empty = make_candidate(make_unit("E1", staffing=0), travel_s=60.0)
    crewed = make_candidate(make_unit("E2"), travel_s=100.0)
    made = recommend(make_request(slots_of("engine"), [empty, crewed]))
    assert picked(made) == {0: "E2"}
    assert made.passed_over[0].reasons[0].text == "E1 nearer 40 s: no crew on board"


def test_a_nearer_unit_without_the_capability_is_listed() -> None:
    chief = make_candidate(make_unit("CH1", capabilities=("command",)), travel_s=20.0)
    made = recommend(make_request(slots_of("engine"), [chief, make_candidate()]))
    assert texts(made.passed_over[0]) == ["CH1 nearer 80 s: lacks engine"]


def test_a_substitute_stands_in_with_its_penalty_where_the_capability_is_far() -> None:
    engine = make_candidate(make_unit("E1"), travel_s=100.0)
    far = make_candidate(make_unit("L9", capabilities=("ladder",)), travel_s=900.0)
    made = recommend(make_request(slots_of("ladder"), [engine, far]))
    assert picked(made) == {0: "E1"}
    assert made.picks[0].cost_s == pytest.approx(80.0 + 100.0 + 240.0)
    assert "engine stands in for ladder, +240 s" in {r.text for r in made.picks[0].reasons}


def test_a_nearer_stand_in_that_would_cost_more_says_by_how_much() -> None:
    engine = make_candidate(make_unit("E1"), travel_s=100.0)
    ladder = make_candidate(make_unit("L9", capabilities=("ladder",)), travel_s=300.0)
    made = recommend(make_request(slots_of("ladder"), [engine, ladder]))
    assert picked(made) == {0: "L9"}
    assert texts(made.passed_over[0]) == ["E1 nearer 200 s: engine→ladder +240 s"]


def test_a_stand_in_beyond_its_cap_leaves_the_slot_open_and_is_named() -> None:
    far = make_candidate(make_unit("E1"), travel_s=1801.0)
    unreached = make_candidate(make_unit("E2"), travel_s=None, straight_m=10.0)
    chief = make_candidate(make_unit("CH1", capabilities=("command",)), travel_s=20.0)
    made = recommend(make_request(slots_of("ladder"), [far, unreached, chief]))
    assert (made.picks, made.unfilled) == ((), (0,))
    assert [texts(entry) for entry in made.passed_over] == [
        ["E1: engine→ladder only within 1800 s"],
        ["E2: engine→ladder only within 1800 s"],
    ]
    at_the_cap = make_candidate(make_unit("E1"), travel_s=1800.0)
    assert picked(recommend(make_request(slots_of("ladder"), [at_the_cap]))) == {0: "E1"}


def test_a_unit_nearer_on_the_map_but_slower_by_road_is_listed() -> None:
    across = make_candidate(make_unit("E1"), travel_s=300.0, straight_m=400.0)
    behind = make_candidate(make_unit("E2"), travel_s=200.0, straight_m=900.0)
    made = recommend(make_request(slots_of("engine"), [across, behind]))
    assert picked(made) == {0: "E2"}
    assert texts(made.passed_over[0]) == ["E1 nearer 500 m: 100 s slower"]
    assert made.passed_over[0].reasons[0].code == "slower_by_road"


def test_a_way_that_puts_it_off_comes_before_a_capability_that_it_lacks() -> None:
    across = make_candidate(make_unit("E1"), travel_s=300.0, straight_m=400.0)
    behind = make_candidate(make_unit("E2"), travel_s=200.0, straight_m=900.0)
    ladder = make_unit("L1", capabilities=("ladder",))
    far = make_candidate(ladder, travel_s=500.0, straight_m=4000.0)
    made = recommend(make_request(slots_of("engine", "ladder"), [across, behind, far]))
    assert picked(made) == {0: "E2", 1: "L1"}
    (entry,) = made.passed_over
    assert (entry.unit_id, entry.nearer_than) == ("E1", "E2")
    first, second = texts(entry)
    assert first == "E1 nearer 500 m: 100 s slower"
    assert second.startswith("E1 nearer 200 s: ")


def test_a_unit_off_the_roads_says_how_far_in_eight_words() -> None:
    off = make_candidate(travel_s=100.0, estimated=True, off_roads_m=1340.4)
    (pick,) = recommend(make_request(slots_of("engine"), [off])).picks
    found = {reason.code: reason.text for reason in pick.reasons}
    assert found["off_roads"] == "position off the roads, nearest road 1340 m"
    assert "route_estimated" in found
    assert "no_route" not in found
    lost = off._replace(off_roads_m=10_000.0)
    beside = make_candidate(make_unit("E2"), travel_s=110.0)
    made = recommend(make_request(slots_of("engine"), [lost, beside]))
    assert picked(made) == {0: "E2"}
    assert texts(made.passed_over[0])[0] == "E1 nearer 10 s: >10 km off roads"
    said = [r.text for r in (*made.picks[0].reasons, *made.passed_over[0].reasons)]
    assert all(len(text.split()) <= 8 for text in said)


def test_units_of_a_discipline_that_has_no_slot_are_left_out() -> None:
    car = make_candidate(make_unit("P1", discipline="law", capabilities=("engine",)), travel_s=1.0)
    made = recommend(make_request(slots_of("engine"), [car, make_candidate()]))
    assert picked(made) == {0: "E1"}
    assert made.passed_over == ()


def test_an_estimate_is_marked_and_its_interval_is_wider() -> None:
    sure = recommend(make_request(slots_of("engine"), [make_candidate()])).picks[0]
    rough = recommend(make_request(slots_of("engine"), [make_candidate(estimated=True)])).picks[0]
    assert rough.estimated
    assert "route_estimated" in {reason.code for reason in rough.reasons}
    assert rough.eta_low_s is not None
    assert rough.eta_high_s is not None
    assert sure.eta_low_s is not None
    assert sure.eta_high_s is not None
    assert rough.eta_low_s < sure.eta_low_s < sure.eta_high_s < rough.eta_high_s


def test_capabilities_and_ids_of_many_words_keep_reasons_to_eight_words() -> None:
    unit = make_unit("Engine 1 of North Ashby", capabilities=("high angle rope rescue",))
    busy = make_unit("E 2", capabilities=("high angle rope rescue",), station="Old Town Hall")
    made = recommend(
        make_request(
            slots_of("high angle rope rescue"),
            [
                make_candidate(unit, travel_s=200.0, standing="automatic", agreement_id="A B C"),
                make_candidate(busy, live=make_assignment(busy), holder="no. 12 of 2026"),
            ],
        )
    )
    reasons = [r for p in made.picks for r in p.reasons]
    reasons += [r for p in made.passed_over for r in p.reasons]
    assert reasons
    assert all(len(reason.text.split()) <= 8 for reason in reasons)


def test_a_route_is_added_to_its_pick_alone() -> None:
    made = recommend(make_request(slots_of("engine"), [make_candidate()]))
    routed = with_routes(made, {"E1": Way([SCENE, LonLat(10.1, 50.0)]), "E7": Way([SCENE])})
    assert routed.picks[0].route == (SCENE, LonLat(10.1, 50.0))
    assert made.picks[0].route == ()
    assert routed.picks[0].reasons == made.picks[0].reasons


def test_a_block_that_nobody_has_confirmed_stands_among_the_reasons() -> None:
    made = recommend(make_request(slots_of("engine"), [make_candidate()]))
    said = make_closure(confirmed=False, penalty_s=120.0, reported_by=("E 7", "E8"))
    way = Way([SCENE, LonLat(10.1, 50.0)], (make_closure("c2", speed_factor=0.5), said))
    (*_, last) = with_routes(made, {"E1": way}).picks[0].reasons
    assert (last.code, last.text) == (
        "unconfirmed_block",
        "E_7 says blocked, unconfirmed: +120 s",
    )


AWAY = LonLat(10.2, 50.0)


def fix_of(age_s: float, at: LonLat = AWAY) -> Fix:
    return Fix(unit_id="E1", at=at, received_at=NOON - timedelta(seconds=age_s))


def test_a_fresh_fix_says_where_the_unit_is() -> None:
    place = place_of(make_unit(), None, fix_of(100), NOON)
    assert place == UnitPlace(AWAY, "fix", 100.0, in_quarters=False)


def test_an_old_fix_falls_back_to_the_station_and_keeps_its_age() -> None:
    place = place_of(make_unit(), None, fix_of(540), NOON)
    assert place == UnitPlace(SCENE, "station", 540.0, in_quarters=True)
    candidate = make_candidate(place=place)
    pick = recommend(make_request(slots_of("engine"), [candidate])).picks[0]
    assert pick.fix_source == "station"
    assert "fix 9 min old" in {reason.text for reason in pick.reasons}


def test_a_parked_unit_may_report_seldom() -> None:
    place = place_of(make_unit(), None, fix_of(3600, at=SCENE), NOON)
    assert place.source == "fix"
    assert place.in_quarters


def test_a_unit_on_an_incident_keeps_its_old_fix_since_it_is_not_at_its_station() -> None:
    unit = make_unit()
    place = place_of(unit, make_assignment(unit, status="enroute"), fix_of(540), NOON)
    assert place == UnitPlace(AWAY, "stale_fix", 540.0, in_quarters=False)


def test_a_unit_without_any_fix_is_ranked_from_its_station_and_says_so() -> None:
    place = place_of(make_unit(), None, None, NOON)
    assert place == UnitPlace(SCENE, "quarters", None, in_quarters=True)
    pick = recommend(make_request(slots_of("engine"), [make_candidate(place=place)])).picks[0]
    assert pick.fix_source == "quarters"
    assert "no fix, in quarters STA1" in {reason.text for reason in pick.reasons}


def test_a_unit_is_in_quarters_by_rule_where_nothing_says_that_it_is_away() -> None:
    fire, law = make_unit(), make_unit(discipline="law")
    days_s = 2 * 24 * 3600.0
    seen_at_home, seen_away = fix_of(days_s, at=SCENE), fix_of(days_s)
    assert place_of(fire, None, seen_at_home, NOON).source == "quarters"
    assert place_of(fire, None, seen_away, NOON).source == "station"
    assert place_of(law, None, None, NOON).source == "station"
    assert place_of(law, None, seen_at_home, NOON).source == "station"
    assert place_of(fire, make_assignment(fire), None, NOON).source == "station"


def test_a_unit_released_just_now_is_on_its_way_back_until_it_is_seen() -> None:
    unit = make_unit()

    def source(released_s: float, fix: Fix | None) -> str:
        return place_of(unit, None, fix, NOON, NOON - timedelta(seconds=released_s)).source

    assert source(600, None) == "station"
    assert source(600, fix_of(20 * 3600, at=SCENE)) == "station"
    assert source(600, fix_of(300, at=SCENE)) == "fix"
    assert source(7200, None) == "quarters"


def test_a_fix_from_the_future_is_of_age_zero() -> None:
    assert place_of(make_unit(), None, fix_of(-3600), NOON).age_s == 0.0


def test_turnout_depends_on_crew_hour_agency_and_whether_it_rolls_already() -> None:
    table = TurnoutTable(by_agency_s={"slow-fire": 200.0})
    parked = make_candidate()
    assert table.of(parked, 12) == 80.0
    assert table.of(parked, 3) == 110.0
    assert table.of(make_candidate(make_unit(staffing=0)), 12) == 320.0
    assert table.of(make_candidate(make_unit(agency_id="slow-fire")), 12) == 200.0
    rolling = make_candidate(place=UnitPlace(AWAY, "fix", 1.0, in_quarters=False))
    assert table.of(rolling, 3) == 15.0


def officers(unit_id: str, travel_s: float, staffing: int = 1, **over: Any) -> Candidate:
    unit = make_unit(
        unit_id, agency_id="ashby-pd", discipline="law", kind="patrol", capabilities=("patrol",),
        staffing=staffing, **over,
    )  # fmt: skip
    return make_candidate(unit, travel_s=travel_s, straight_m=travel_s * 10)


def pair_slots() -> tuple[Slot, ...]:
    first = Slot(index=0, discipline="law", capability="patrol")
    return first, first.model_copy(update={"index": 1, "second_of": 0})


def law_request(slots: Any, candidates: Any, **over: Any) -> RecommendRequest:
    return make_request(slots, candidates, authorities={"law": "ashby-pd"}, **over)


def test_two_officers_come_on_one_unit_or_on_two_whichever_is_sooner() -> None:
    two = officers("P22", 200, staffing=2)
    far, near = officers("P3", 500), officers("P1", 60)
    one_unit = recommend(law_request(pair_slots(), [far, near, two]))
    assert [(p.unit_id, p.also_slot) for p in one_unit.picks] == [("P22", 1)]
    assert one_unit.unfilled == ()
    assert one_unit.picks[0].reasons[-1].text == "2 officers on board"
    assert "P1" in {other.unit_id for other in one_unit.passed_over}
    apart = recommend(law_request(pair_slots(), [officers("P2", 80), near, two]))
    assert [p.unit_id for p in apart.picks] == ["P1", "P2"]
    assert [p.reasons[-1].text for p in apart.picks] == [
        "one officer of two", "second officer, on a second unit"
    ]  # fmt: skip


def test_one_officer_alone_is_proposed_and_the_second_said_to_be_missing() -> None:
    made = recommend(law_request(pair_slots(), [officers("P1", 60)]))
    assert [p.unit_id for p in made.picks] == ["P1"]
    assert made.unfilled == (1,)


def test_the_beats_own_unit_goes_first_within_its_limit_and_says_so() -> None:
    own = officers("P4", 200, beats=("B4",))
    other = officers("P5", 80, beats=("B5",))
    slots = pair_slots()[:1]
    within = recommend(law_request(slots, [own, other], beat=Beat("B4", 180.0, 600.0)))
    assert within.picks[0].unit_id == "P4"
    assert "unit of beat B4, within 180 s" in {r.text for r in within.picks[0].reasons}
    assert within.passed_over[0].reasons[0].text == "P5 nearer 120 s: other beat +180 s"
    beyond = recommend(law_request(slots, [own, other], beat=Beat("B4", 90.0)))
    assert beyond.picks[0].unit_id == "P5"
    assert "nearer than beat B4 by 90 s" in {r.text for r in beyond.picks[0].reasons}
    nearest = recommend(law_request(slots, [own, other]))
    assert nearest.picks[0].unit_id == "P5"


def test_a_busy_beat_is_said_with_the_time_that_its_incident_may_wait() -> None:
    own = officers("P4", 200, beats=("B4",))
    busy = own._replace(live=make_assignment(own.unit), holder="2026-000077")
    made = recommend(
        law_request(pair_slots()[:1], [busy, officers("P5", 280)], beat=Beat("B4", 180.0, 600.0))
    )
    assert made.picks[0].unit_id == "P5"
    assert "beat B4 busy: may hold 10 min" in {r.text for r in made.picks[0].reasons}


def test_no_beat_counts_at_the_top_priority_or_where_no_unit_names_the_zone() -> None:
    policy = BeatPolicy({"ashby-pd": 90.0}, {"ashby-pd": {3: 600.0}})
    units = [officers("P4", 200, beats=("B4",)).unit]

    def beat(priority: int, zone: str = "B4") -> Beat | None:
        return policy.beat({"law": "ashby-pd"}, {"law": zone}, priority, units)

    assert beat(1) is None
    assert beat(2) == Beat("B4", 90.0, 0.0)
    assert beat(3) == Beat("B4", 90.0, 600.0)
    assert beat(3, "B9") is None
    assert policy.beat({}, {}, 3, units) is None
