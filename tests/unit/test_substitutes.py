"""``substitutes.csv`` of a region pack, the chains that come of it, and whose table counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.domain.recommend import recommend
from dispatch.domain.recommendation import Recommendation, Slot
from dispatch.domain.substitution import SUBSTITUTES, StandIn, SubstituteBook, chained
from jurisdictions.mistakes import PackRefused
from jurisdictions.pack import read_pack
from jurisdictions.substitutes import SubstituteRow
from tests.recommend_factories import (
    make_candidate,
    make_request,
    make_unit,
)
from tests.region_factories import write_pack

HEAD = "agency,capability,stand_in,penalty_s,cap_s\n"


def pack_with(folder: Path, *lines: str) -> Path:
    write_pack(folder)
    with (folder / "units.csv").open("a") as units:
        units.write("ashby-fire,Q1,engine,S1,quint;rescue,4\n")
    (folder / "substitutes.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return folder


def row(capability: str, stand_in: str, penalty_s: float, cap_s: float = 1800) -> SubstituteRow:
    return SubstituteRow(capability=capability, stand_in=stand_in, penalty_s=penalty_s, cap_s=cap_s)


CHAIN = (row("ladder", "quint", 30, 900), row("quint", "engine", 60, 1200))


def ladder_slot(*rows: SubstituteRow) -> tuple[Slot, ...]:
    stand_ins = chained(rows).get("ladder", ())
    return (Slot(index=0, discipline="fire", capability="ladder", stand_ins=stand_ins),)


def test_a_pack_without_the_file_has_the_same_id_as_ever_and_goes_by_the_default(
    tmp_path: Path,
) -> None:
    plain = read_pack(write_pack(tmp_path / "one"))
    assert all(not agency.substitutes for agency in plain.agencies)
    book = SubstituteBook({agency.id: agency.substitutes for agency in plain.agencies})
    assert book.stand_ins("fire", "ladder", {"fire": "ashby-fire"}) == SUBSTITUTES["ladder"]


def test_an_agency_has_its_own_rows_in_place_of_everybodys_and_of_the_default(
    tmp_path: Path,
) -> None:
    lines = "ashby-fire,ladder,quint,30,", ",ladder,engine,240,600", ",rescue,quint,0,0"
    agencies = read_pack(pack_with(tmp_path / "pack", *lines)).agencies
    book = SubstituteBook({agency.id: agency.substitutes for agency in agencies})
    own = book.stand_ins("fire", "ladder", {"fire": "ashby-fire", "ems": "brill-ems"})
    assert own == (StandIn(capability="quint", penalty_s=30.0, cap_s=1800.0),)
    assert book.stand_ins("fire", "rescue", {"fire": "ashby-fire"}) == ()
    everybodys = book.stand_ins("fire", "ladder", {"fire": "brill-fire"})
    assert everybodys == (StandIn(capability="engine", penalty_s=240.0, cap_s=600.0),)
    assert book.stand_ins("fire", "ladder", {}) == SUBSTITUTES["ladder"]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("nobody,ladder,quint,30,60", "agency: nobody is not in agencies.csv"),
        (
            ",ladder,balloon,30,60",
            "stand_in: balloon is not in units.csv or response_plans.csv",
        ),
        (
            ",airship,quint,30,60",
            "capability: airship is not in units.csv or response_plans.csv",
        ),
        (",ladder,,30,60", "stand_in: it is empty"),
        (",ladder,quint,-1,60", "penalty_s: -1 is not from 0 to 3600"),
        (",ladder,quint,soon,60", "penalty_s: 'soon' is no number"),
        (",ladder,quint,30,-60", "cap_s: -60 is not from 0 to 14400"),
        (",ladder,ladder,30,60", "stand_in: ladder cannot stand in for itself"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(
    tmp_path: Path, line: str, mistake: str
) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", line))
    assert [str(found) for found in refused.value.mistakes] == [
        f"substitutes.csv: line 2: {mistake}"
    ]


def test_a_pair_that_stands_twice_and_a_circle_are_mistakes_of_one_agency(tmp_path: Path) -> None:
    lines = (
        ",ladder,quint,30,",
        ",ladder,quint,60,",
        ",quint,engine,30,",
        ",engine,ladder,30,",
        "ashby-fire,engine,ladder,30,",
        "ashby-fire,ladder,quint,30,",
    )
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", *lines))
    assert [str(found) for found in refused.value.mistakes] == [
        "substitutes.csv: line 3: stand_in: the same stands on line 2 already",
        "substitutes.csv: line 5: stand_in: a circle: engine for quint for ladder already",
    ]


def test_a_chain_costs_its_sum_and_goes_as_far_as_its_strictest_cap() -> None:
    assert chained(CHAIN)["ladder"] == (
        StandIn(capability="quint", penalty_s=30.0, cap_s=900.0),
        StandIn(capability="engine", penalty_s=90.0, cap_s=900.0, through=("quint",)),
    )


def test_a_dearer_way_counts_only_where_it_goes_further() -> None:
    further = chained([*CHAIN, row("ladder", "engine", 200, 1500)])["ladder"]
    assert [(e.penalty_s, e.cap_s) for e in further if e.capability == "engine"] == [
        (90.0, 900.0),
        (200.0, 1500.0),
    ]
    nearer = chained([*CHAIN, row("ladder", "engine", 200, 800)])["ladder"]
    assert [e.penalty_s for e in nearer if e.capability == "engine"] == [90.0]


def test_a_pick_and_a_nearer_unit_say_who_stands_in_through_what_and_at_what_cost() -> None:
    engine = make_candidate(make_unit("E1"), travel_s=100.0)
    alone = recommend(make_request(ladder_slot(*CHAIN), [engine]))
    assert "engine for ladder through quint, +90 s" in [r.text for r in alone.picks[0].reasons]
    ladder = make_candidate(make_unit("L1", capabilities=("ladder",)), travel_s=150.0)
    both = recommend(make_request(ladder_slot(*CHAIN), [engine, ladder]))
    assert [pick.unit_id for pick in both.picks] == ["L1"]
    assert [r.text for r in both.passed_over[0].reasons] == [
        "E1 nearer 50 s: engine→quint→ladder +90 s"
    ]


def test_a_nearer_unit_that_is_too_far_to_stand_in_says_how_far_it_may_come_from() -> None:
    engine = make_candidate(make_unit("E1"), travel_s=1000.0)
    ladder = make_candidate(make_unit("L1", capabilities=("ladder",)), travel_s=1500.0)
    made = recommend(make_request(ladder_slot(*CHAIN), [engine, ladder]))
    assert [r.text for r in made.passed_over[0].reasons] == [
        "E1 nearer 500 s: engine→quint→ladder beyond 900 s"
    ]
    alone = recommend(make_request(ladder_slot(*CHAIN), [engine]))
    assert [r.text for r in alone.passed_over[0].reasons] == [
        "E1: engine→quint→ladder only within 900 s"
    ]


def test_a_recommendation_keeps_its_stand_ins_and_an_older_one_without_them_is_read() -> None:
    made = recommend(make_request(ladder_slot(*CHAIN), [make_candidate()]))
    stored = made.model_dump(mode="json")
    assert Recommendation.model_validate(stored) == made
    again = recommend(make_request(Recommendation.model_validate(stored).slots, [make_candidate()]))
    assert again == made
    for slot in stored["slots"]:
        del slot["stand_ins"]
    assert Recommendation.model_validate(stored).slots[0].stand_ins == ()
