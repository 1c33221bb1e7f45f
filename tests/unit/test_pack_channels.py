"""``channels.csv`` of a region pack: optional, in order, every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from jurisdictions.mistakes import PackRefused
from jurisdictions.pack import read_pack
from tests.region_factories import write_pack

HEAD = "agency,channel,adapter,target,limit_s,pre_alert\n"


def pack_with(folder: Path, *lines: str) -> Path:
    write_pack(folder)
    (folder / "channels.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return folder


def test_a_pack_without_channels_tells_crews_by_their_tablets(tmp_path: Path) -> None:
    assert all(not agency.channels for agency in read_pack(write_pack(tmp_path / "a")).agencies)


def test_an_agencys_channels_stand_in_the_order_of_their_lines(tmp_path: Path) -> None:
    folder = pack_with(
        tmp_path / "pack",
        "ashby-fire,tones,webhook,https://alert.example/{station},0,yes",
        "ashby-ems,tablet,tablet,,20,",
        "ashby-fire,pager,webhook,https://pager.example:8443/u/{unit}?x=1,30,",
        "ashby-fire,mail,email,{unit}.duty@ashby.example,45,no",
        "ashby-fire,printer,printer,{station}-watch,60,",
    )
    pack = read_pack(folder)
    by_agency = {agency.id: agency.channels for agency in pack.agencies}
    assert [(c.name, c.adapter, c.limit_s) for c in by_agency["ashby-fire"]] == [
        ("tones", "webhook", 0),
        ("pager", "webhook", 30),
        ("mail", "email", 45),
        ("printer", "printer", 60),
    ]
    assert [c.pre_alert for c in by_agency["ashby-fire"]] == [True, False, False, False]
    assert [c.name for c in by_agency["ashby-ems"]] == ["tablet"]
    assert by_agency["brill-law"] == ()


def test_channels_are_part_of_the_packs_id(tmp_path: Path) -> None:
    without = read_pack(write_pack(tmp_path / "one")).pack_id
    with_them = read_pack(pack_with(tmp_path / "two", "ashby-ems,tablet,tablet,,20,")).pack_id
    assert without != with_them


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("nobody,pager,webhook,https://p.example,30,", "agency: nobody is not in agencies.csv"),
        ("ashby-law,Pager 1,webhook,https://p.example,30,", "channel: 'Pager 1' is not a word"),
        ("ashby-law,tablet,webhook,https://p.example,30,", "channel: the channel tablet has"),
        ("ashby-law,mdt,tablet,,30,", "channel: the channel tablet has"),
        ("ashby-law,fax,fax,123,30,", "adapter: 'fax' is not one of"),
        ("ashby-law,pager,webhook,,30,", "target: it is empty"),
        ("ashby-law,pager,webhook,ftp://p.example,30,", "target: 'ftp://p.example' is no http"),
        ("ashby-law,pager,webhook,https://a:b@p.example,30,", "carries a sign-in"),
        ("ashby-law,pager,webhook,https://{unit}.example,30,", "fills in the host"),
        ("ashby-law,pager,webhook,https://p.example/{crew},30,", "only {unit} and {station}"),
        ("ashby-law,mail,email,nobody,30,", "target: 'nobody' is no e-mail address"),
        ("ashby-law,mail,email,a@{station}.example,30,", "is no e-mail address"),
        ("ashby-law,mail,email,a@b.example\tc@d.example,30,", "is no e-mail address"),
        ("ashby-law,paper,printer,../secrets,30,", "target: '../secrets' is no printer's name"),
        ("ashby-law,tablet,tablet,somewhere,30,", "target: a tablet has no target"),
        ("ashby-law,push,push,somewhere,30,", "target: a tablet has no target"),
        ("ashby-law,push,push,,30,yes", "pre_alert: a station is alerted before"),
        ("ashby-law,pager,webhook,https://p.example,soon,", "limit_s: 'soon' is no number"),
        ("ashby-law,pager,webhook,https://p.example,601,", "limit_s: 601 is not from 0 to 600"),
        ("ashby-law,pager,webhook,https://p.example,0,", "the last channel of ashby-law needs"),
        ("ashby-law,tablet,tablet,,30,yes", "pre_alert: a station is alerted before"),
        ("ashby-law,p,webhook,https://p.example/{unit},30,yes", "pre_alert: a station is alerted"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(
    tmp_path: Path, line: str, mistake: str
) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", line))
    (told,) = [str(found) for found in refused.value.mistakes]
    assert told.startswith("channels.csv: line 2: ")
    assert mistake in told


def test_a_channel_stands_once_in_an_agency(tmp_path: Path) -> None:
    line = "ashby-law,pager,webhook,https://p.example,30,"
    with pytest.raises(PackRefused) as refused:
        read_pack(pack_with(tmp_path / "pack", line, line))
    assert [str(found) for found in refused.value.mistakes] == [
        "channels.csv: line 3: channel: the agency has a channel pager already"
    ]
