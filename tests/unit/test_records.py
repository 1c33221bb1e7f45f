"""Later versions of another centre's record: what is new in them, and what changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.call import LINES_MOST, Call
from dispatch.domain.errors import AlreadyClosed, InvalidInput
from dispatch.domain.events import Event
from dispatch.domain.incident import Note
from dispatch.domain.records import LEFT_OUT, NEWS_MOST, is_over, lines_of, news_between
from dispatch.domain.values import HUB_ACTOR
from dispatch.interop.eido import NOTES_MOST, _latest, encode_eido
from tests.factories import CALL_TAKER, DISPATCHER, NOON, World, take_call

FIRST = """CAUTION Dog
From west.example, their number W-7
Type: Alarm
Place: 14 Mill Rd
Their units: E1 Dispatched
Smoke is seen"""


def handed_over() -> World:
    world = World()
    world.give(
        cmd.OpenCall(
            command_id="eido-1",
            actor=HUB_ACTOR,
            call_id="c1",
            ringing=True,
            record=FIRST,
            record_ref="urn:emergency:uid:incidentid:77:west.example",
            record_at=NOON,
            record_hops=("west.example",),
            handed_over_by="west.example",
            said="14 Mill Rd",
        )
    )
    return world


def version(world: World, record: str, at: datetime | None, number: int = 1) -> list[Event]:
    return world.give(
        cmd.TakeVersion(
            command_id=f"v-{number}",
            actor=HUB_ACTOR,
            call_id="c1",
            news_id=f"news-{number}",
            record=record,
            updated_at=at,
            hops=("west.example",),
        )
    )


def call(world: World) -> Call:
    return world.board.calls["c1"]


def see(world: World, **over: Any) -> list[Event]:
    news = call(world).record_news[-1]
    fields = {"command_id": "see", "actor": CALL_TAKER, "call_id": "c1", "news_id": news.id}
    return world.give(cmd.SeeRecordNews(**{**fields, "news_at": news.at, **over}))


def test_what_is_new_is_told_and_what_stood_here_stays() -> None:
    world = handed_over()
    later = FIRST.replace("14 Mill Rd", "16 Mill Rd").replace("Alarm", "Building fire")
    (event,) = version(world, later + "\nTwo are trapped", NOON + timedelta(minutes=1))
    assert "16 Mill" not in event.body.model_dump_json()  # personal values stand beside the body
    (news,) = call(world).record_news
    assert news.parts == ("type", "place", "narrative")
    assert news.text.splitlines() == [
        "Type: Building fire (was: Alarm)",
        "Place: 16 Mill Rd (was: 14 Mill Rd)",
        "Two are trapped",
    ]
    assert call(world).said == "14 Mill Rd"
    assert (call(world).record or "").endswith("Two are trapped")


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_what_is_older_or_says_the_same_changes_nothing(minutes: int) -> None:
    world = handed_over()
    at = NOON + timedelta(minutes=minutes)
    assert version(world, FIRST, at) == []
    older = version(world, FIRST + "\nAll out", at)
    assert (older == []) is (minutes < 0)


def test_news_that_nobody_has_seen_is_added_to_and_seen_only_as_it_stands() -> None:
    world = handed_over()
    version(world, FIRST + "\nTwo are trapped", NOON + timedelta(minutes=1))
    first = call(world).record_news[0].at
    world.later(60)
    version(world, FIRST + "\nTwo are trapped\nThree are", NOON + timedelta(minutes=2), 2)
    (news,) = call(world).record_news
    assert news.text.splitlines() == ["Two are trapped", "Three are"]
    with pytest.raises(InvalidInput):
        see(world, news_at=first)
    see(world)
    assert see(world, command_id="again") == []
    assert call(world).record_news[0].text == news.text
    assert call(world).record_news[0].seen_by == CALL_TAKER.account_id
    version(world, FIRST + "\nTwo are trapped\nThree are\nOut", NOON + timedelta(minutes=3), 3)
    assert [n.text for n in call(world).record_news][1:] == ["Out"]


def test_a_thousand_versions_are_one_thing_to_read_however_often_somebody_looks() -> None:
    world = handed_over()
    for number in range(1_000):
        record = FIRST.replace("Dispatched", f"EnRoute {number}")
        assert version(world, record, NOON + timedelta(seconds=number), number)
        if number % 9 == 0:
            see(world, command_id=f"see-{number}")
    assert len(call(world).record_news) <= NEWS_MOST
    assert all(len(news.text) <= LINES_MOST for news in call(world).record_news)
    assert (
        call(world).record_news[-1].text.splitlines()[-1].startswith("Their units: E1 EnRoute 999")
    )


def test_a_closed_call_does_not_stand_again() -> None:
    world = handed_over()
    closed = call(world).model_copy(update={"closed_at": NOON, "outcome": "information"})
    world.board.calls["c1"] = closed
    assert version(world, FIRST, NOON + timedelta(minutes=1)) == []
    with pytest.raises(AlreadyClosed):
        version(world, FIRST + "\nTwo are trapped", NOON + timedelta(minutes=1))


def test_of_a_record_that_was_cut_only_what_comes_after_the_last_known_entry_is_new() -> None:
    old = f"From west.example\n{LEFT_OUT}\nsecond\nthird"
    assert news_between(old, "From west.example\nfirst\nsecond\nthird\nfourth") == (
        ("narrative",),
        ("fourth",),
    )


def test_the_narrative_cannot_pass_for_a_fact() -> None:
    lines = lines_of("Type: Alarm\nHe said\nType: Arson\nCAUTION is advised")
    assert lines.facts == {"Type": "Alarm"}
    assert lines.entries == ("He said", "Type: Arson", "CAUTION is advised")


@pytest.mark.parametrize(
    ("status", "over"),
    [("closed", True), ("Cancelled", True), ("Complete", True), ("open", False), ("active", False)],
)
def test_an_incident_is_over_by_the_words_for_its_status(status: str, over: bool) -> None:
    assert is_over(status) is over


def test_a_narrative_without_end_goes_out_with_its_latest_entries() -> None:
    notes = tuple(
        Note(id=f"n{k}", at=NOON + timedelta(seconds=k), author="dana", text=f"entry {k} <b>&")
        for k in range(1_000)
    )
    kept = _latest(notes)
    assert 100 < len(kept) <= NOTES_MOST
    assert kept == notes[-len(kept) :]
    long = tuple(note.model_copy(update={"text": "&" * 1_900}) for note in notes)
    kept = _latest(long)
    assert 0 < len(kept) < 20
    assert kept == long[-len(kept) :]
    assert _latest(notes[:3]) == notes[:3]


def test_a_part_with_its_own_type_or_priority_is_said_in_the_record_and_no_other() -> None:
    world = World()
    world.give(take_call())

    def said() -> list[str]:
        [taken] = world.board.calls.values()
        incident = world.board.incidents["i1"]
        record = encode_eido(
            taken, incident, [], domain="hub.example", name="Ashby", at=NOON, account_id="dana"
        )
        return [note["notesActionComments"] for note in record.get("notesComponent", [])]

    assert not [words for words in said() if "goes by" in words]
    world.give(
        cmd.ChangeLeg(
            command_id="part",
            actor=DISPATCHER,
            incident_id="i1",
            discipline="ems",
            revision=world.board.incidents["i1"].revision,
            incident_type="CHEST_PAIN",
            type_label="Chest pain",
            priority=2,
        )
    )
    assert [words for words in said() if "goes by" in words] == [
        "EMS goes by Chest pain, priority 2"
    ]
