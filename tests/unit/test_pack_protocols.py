"""``protocols.csv`` and ``determinants.csv`` of a pack: optional, every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from jurisdictions.mistakes import PackRefused
from jurisdictions.pack import read_pack
from tests.region_factories import write_pack

PROGRAMS = "protocol,name,discipline,url,agency\n"
ROWS = "discipline,determinant,incident_type,agency,priority,label\n"


def pack_with(folder: Path, name: str, text: str) -> Path:
    write_pack(folder)
    (folder / name).write_text(text)
    return folder


def a_type(folder: Path) -> str:
    return read_pack(write_pack(folder)).plan_rows[0].incident_type


def test_programs_and_determinants_are_read_and_are_part_of_the_packs_id(tmp_path: Path) -> None:
    kind = a_type(tmp_path / "plain")
    folder = pack_with(
        tmp_path / "pack", "determinants.csv", f"{ROWS}ems,17-D-3,{kind},ashby-ems,2,Fall\n"
    )
    (folder / "protocols.csv").write_text(f"{PROGRAMS}EMD,Cards,ems,cards:{{run_id}},\n")
    pack = read_pack(folder)
    assert pack.pack_id != read_pack(tmp_path / "plain").pack_id
    (program,), (row,) = pack.protocols, pack.determinants
    assert (program.id, program.url, program.agency) == ("EMD", "cards:{run_id}", "")
    assert (row.determinant, row.agency, row.priority, row.label) == (
        "17-D-3",
        "ashby-ems",
        2,
        "Fall",
    )


@pytest.mark.parametrize(
    ("file", "lines", "mistake"),
    [
        ("determinants.csv", "ems,17-D-3,NOTHING,,,", "incident_type: NOTHING is not in response"),
        ("determinants.csv", "ems,17-D-3,TYPE,nobody,,", "agency: nobody is not in agencies.csv"),
        ("determinants.csv", "ems,17-D-3,TYPE,,12,", "priority: 12 is not from 1 to 9"),
        ("determinants.csv", "ems,17-D-3,TYPE,,1.5,", "priority: 1.5 is no whole number"),
        ("determinants.csv", "dogs,17-D-3,TYPE,,,", "discipline: 'dogs' is not one of"),
        ("determinants.csv", "ems,<17>,TYPE,,,", "determinant: '<17>' is no determinant"),
        ("determinants.csv", "ems,17-D-3,TYPE,,,\nems,17D03,TYPE,,2,", "stands on line 2 already"),
        ("protocols.csv", "EMD,Cards,ems,javascript:x,", "url: 'javascript' is no scheme"),
        ("protocols.csv", "EMD,Cards,ems,https://c.example/{who},", "url: {who} is not one of"),
        ("protocols.csv", "EMD,Cards,ems,c:1,\nEMD,Cards,ems,c:2,", "EMD stands on line 2 already"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(
    tmp_path: Path, file: str, lines: str, mistake: str
) -> None:
    head = PROGRAMS if file == "protocols.csv" else ROWS
    text = head + lines.replace("TYPE", a_type(tmp_path / "plain")) + "\n"
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", file, text))
    told = [str(m) for m in refused.value.mistakes]
    assert any(mistake in line and file in line for line in told), told


def test_a_centre_may_take_records_at_a_web_address_alone(tmp_path: Path) -> None:
    head = "centre,name,phone,eido_url\n"
    folder = pack_with(tmp_path / "one", "centres.csv", f"{head}E,East,,https://e.example/eido\n")
    assert read_pack(folder).centres[0].eido_url == "https://e.example/eido"
    for number, url in enumerate(("ftp://e.example", "https://a:b@e.example/", "e.example/eido")):
        wrong = pack_with(tmp_path / f"w{number}", "centres.csv", f"{head}E,East,,{url}\n")
        with pytest.raises(PackRefused) as refused:
            read_pack(wrong)
        assert "eido_url" in str(refused.value.mistakes[0])
