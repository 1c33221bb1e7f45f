"""``statuses.csv`` of a region pack: optional, whole for an agency, each mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from jurisdictions.mistakes import PackRefused
from jurisdictions.pack import read_pack
from tests.region_factories import write_pack

HEAD = "agency,code,label,core,allowed_from,shortcut\n"
GOOD = (
    "ashby-law,10-50,Assigned,DP,,",
    "ashby-law,10-76,Responding,ER,10-50,",
    "ashby-law,10-23,Arrived,OS,10-50;10-76,ARR",
    "ashby-law,10-8,In service,AV,10-50;10-76;10-23,",
    "ashby-law,10-7,Meal,OOS,,",
)


def pack_with(folder: Path, *lines: str) -> Path:
    write_pack(folder)
    (folder / "statuses.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return folder


def test_a_pack_without_statuses_goes_by_the_common_core(tmp_path: Path) -> None:
    assert all(not agency.statuses for agency in read_pack(write_pack(tmp_path / "a")).agencies)


def test_an_agencys_codes_stand_in_the_order_of_their_lines(tmp_path: Path) -> None:
    pack = read_pack(pack_with(tmp_path / "pack", *GOOD))
    by_agency = {agency.id: agency.statuses for agency in pack.agencies}
    assert [(s.code, s.core) for s in by_agency["ashby-law"]] == [
        ("10-50", "DP"),
        ("10-76", "ER"),
        ("10-23", "OS"),
        ("10-8", "AV"),
        ("10-7", "OOS"),
    ]
    assert by_agency["ashby-law"][2].shortcut == "ARR"
    assert by_agency["ashby-law"][2].allowed_from == ("10-50", "10-76")
    assert by_agency["ashby-fire"] == ()
    assert pack.pack_id != read_pack(write_pack(tmp_path / "without")).pack_id


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("nobody,A1,Any,OS,A1,", "line 7: agency: nobody is not in agencies.csv"),
        ("ashby-law,10 6,Busy,OS,10-23,", "line 7: code: '10 6' is not one word"),
        ("ashby-law,10-6,,OS,10-23,", "line 7: label: it is empty"),
        ("ashby-law,10-6,Busy,BUSY,10-23,", "line 7: core: 'BUSY' is not one of DP"),
        ("ashby-law,10-23,Again,OS,10-50,", "line 7: code: ashby-law has 10-23 on line 4 already"),
        ("ashby-law,10-6,Busy,OS,10-23,arr", "line 7: shortcut: ashby-law has ARR on line 4"),
        ("ashby-law,AV,Busy,OS,10-23,", "line 7: code: AV is AV everywhere; it cannot mean OS"),
        ("ashby-law,10-6,Busy,OS,,", "line 7: allowed_from: 10-6 can follow nothing"),
        ("ashby-law,10-6,Busy,OS,10-99,", "line 7: allowed_from: ashby-law has no code 10-99"),
        ("ashby-law,10-6,Busy,OS,10-8,", "line 7: allowed_from: 10-8 is AV: such a unit is on no"),
        ("ashby-law,10-9,Sent,DP,10-8,", "line 7: allowed_from: a DP follows nothing"),
        ("ashby-law,10-6,Busy,OS,10-23,", "line 7: code: nothing leads from 10-6 to a code for AV"),
        ("ashby-ems,M1,Sent,DP,,", "line 7: core: ashby-ems names no code for AV: no unit could"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, mistake: str) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", *GOOD, line))
    told = "\n".join(str(found) for found in refused.value.mistakes)
    assert mistake in told


def test_a_code_that_nothing_leads_to_is_a_mistake(tmp_path: Path) -> None:
    island = ("ashby-law,10-6,Busy,OS,10-5,", "ashby-law,10-5,Also,OS,10-6,")
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", *GOOD, *island))
    told = "\n".join(str(found) for found in refused.value.mistakes)
    assert "is sent with 10-50, and nothing leads from there to 10-6" in told
