"""``turnout.csv`` of a region pack: optional, the most specific row, mistakes by their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.domain.candidates import TurnoutTable, UnitPlace
from dispatch.domain.recommend import recommend
from dispatch.domain.unit import LogOn
from jurisdictions.mistakes import PackRefused
from jurisdictions.pack import read_pack
from jurisdictions.turnout import TurnoutBook, TurnoutRow
from tests.recommend_factories import (
    NOON,
    SCENE,
    make_candidate,
    make_request,
    make_unit,
    slots_of,
)
from tests.region_factories import write_pack

HEAD = "agency,staffing,kind,hours,median_s,p10_s,p90_s\n"


def pack_with(folder: Path, *lines: str) -> Path:
    write_pack(folder)
    (folder / "turnout.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return folder


def row(median_s: float, **over: object) -> TurnoutRow:
    given = {"median_s": median_s, "p10_s": median_s / 2, "p90_s": median_s * 2}
    return TurnoutRow.model_validate({**given, **over})


def table(*rows: TurnoutRow, staffing: str = "career") -> TurnoutTable:
    gathers = {"ashby-fire": 240.0} if staffing == "volunteer" else {}
    return TurnoutTable(
        book=TurnoutBook(rows), staffing={"ashby-fire": staffing}, by_agency_s=gathers
    )


def logged_on(staffing: int) -> LogOn:
    return LogOn(
        id="l-1",
        staffing=staffing,
        capabilities=("engine",),
        at=NOON,
        roster_capabilities=("engine",),
        roster_staffing=0,
    )


def test_a_pack_without_turnout_has_the_same_id_as_ever_and_assumes(tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path / "one"))
    assert all(not agency.turnout for agency in pack.agencies)
    measured = read_pack(pack_with(tmp_path / "two", ",,engine,,70,30,120"))
    assert measured.pack_id != pack.pack_id


def test_each_agency_has_its_own_rows_and_those_of_everybody(tmp_path: Path) -> None:
    folder = pack_with(
        tmp_path / "pack", "ashby-fire,volunteer,engine,22-6,300,150,500", ",,,,60,30,120"
    )
    by_agency = {agency.id: agency.turnout for agency in read_pack(folder).agencies}
    own, general = by_agency["ashby-fire"]
    assert (own.hours, own.median_s, own.p10_s, own.p90_s) == (
        (22, 23, 0, 1, 2, 3, 4, 5),
        300,
        150,
        500,
    )
    assert by_agency["brill-fire"] == (general,)


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("nobody,,,,60,30,120", "agency: nobody is not in agencies.csv"),
        (",,balloon,,60,30,120", "kind: balloon is no kind in units.csv"),
        (",,,all day,60,30,120", "hours: 'all day' is not like 22-6"),
        (",,,,soon,30,120", "median_s: 'soon' is no number"),
        (",,,,20,30,120", "median_s: 20 is not between p10_s and p90_s"),
        (",,,,60,30,4000", "p90_s: 4000 is not from 0 to 3600"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(
    tmp_path: Path, line: str, mistake: str
) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", line))
    assert [str(found) for found in refused.value.mistakes] == [f"turnout.csv: line 2: {mistake}"]


def test_two_rows_for_one_hour_of_one_group_are_a_mistake(tmp_path: Path) -> None:
    lines = ",,engine,0-6,60,30,120", ",,engine,5-7,60,30,120", ",,engine,,60,30,120"
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", *lines))
    assert [str(found) for found in refused.value.mistakes] == [
        "turnout.csv: line 3: hours: the same stands on line 2 already"
    ]


def test_a_measured_row_stands_in_for_the_assumption_with_nothing_added_by_night() -> None:
    measured = table(row(70.0, kind="engine"))
    assert measured.turnout(make_candidate(), 3) == (70.0, 35.0, 140.0)
    assert measured.of(make_candidate(make_unit(kind="ladder")), 3) == 110.0
    rolling = make_candidate(place=UnitPlace(SCENE, "fix", 1.0, in_quarters=False))
    assert measured.of(rolling, 3) == 15.0


def test_a_volunteer_crew_gathers_unless_it_is_logged_on() -> None:
    from_home, on_board = make_unit(staffing=0), make_unit(staffing=4, logon=logged_on(4))
    measured = table(
        row(300.0, staffing="volunteer"), row(70.0, staffing="career"), staffing="volunteer"
    )
    assert measured.of(make_candidate(from_home), 12) == 300.0
    assert measured.of(make_candidate(on_board), 12) == 70.0
    assumed = table(staffing="volunteer")
    assert assumed.of(make_candidate(make_unit()), 12) == 240.0
    assert assumed.of(make_candidate(on_board), 12) == 80.0


def test_a_career_unit_without_a_crew_still_waits_for_one() -> None:
    measured = table(row(70.0))
    assert measured.turnout(make_candidate(make_unit(staffing=0)), 12) == (310.0, 275.0, 380.0)


def test_an_agency_as_a_whole_has_the_rows_that_name_no_kind() -> None:
    measured = table(row(70.0, kind="engine"), row(90.0, staffing="career", hours=(12,)))
    assert measured.of_agency_s("fire", "ashby-fire", 12) == 90.0
    assert measured.of_agency_s("fire", "ashby-fire", 3) == 110.0


def test_the_arrival_of_a_pick_lies_between_the_tenth_and_ninetieth_of_its_turnout() -> None:
    request = make_request(slots_of("engine"), [make_candidate()], turnout=table(row(70.0)))
    pick = recommend(request).picks[0]
    assert (pick.turnout_s, pick.eta_low_s, pick.eta_high_s) == (70.0, 35.0 + 85.0, 140.0 + 125.0)
    assert all(len(reason.text.split()) <= 8 for reason in pick.reasons)
