"""The board as it was is the board that stood; what a console had is what it acknowledged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.board import Board, apply
from dispatch.domain.events import Event, RegionActivated
from dispatch.domain.looking_back import (
    ConsoleLink,
    LinkTrace,
    Receipt,
    bare_snapshot,
    board_at,
    known_by,
    lacked,
    may_look_at,
    most_sent,
    receipt_at,
    subjects_of,
    told_snapshot,
)
from dispatch.domain.values import AgencySet
from dispatch.realtime.receipts import ReceiptBook
from tests.factories import NOON, World, assign, make_unit, take_call


def no_roster(version: str) -> list[object]:
    raise AssertionError(version)


def worked_world() -> World:
    world = World(make_unit("E12"), make_unit("L3"))
    world.give(take_call(callback="555-0199", caller_name="Ada"))
    world.later(30)
    world.give(assign("cmd-a", "E12"))
    return world


def link(**over: object) -> ConsoleLink:
    fields: dict[str, object] = {
        "id": "l1",
        "session_id": "s1",
        "account_id": "dana",
        "name": "Dana",
        "role": "dispatcher",
        "agencies": ("*",),
        "profile": "full",
        "began_at": NOON,
        "began_with": 3,
    }
    return ConsoleLink.model_validate(fields | over)


def at(seconds: float, sent: int, acked: int) -> Receipt:
    moment = NOON + timedelta(seconds=seconds)
    return Receipt(moment, sent, acked, moment if acked else None)


def test_every_board_of_the_past_is_the_one_that_stood_then() -> None:
    world = worked_world()
    units = dict(World(make_unit("E12"), make_unit("L3")).board.units)
    for seq in range(len(world.events) + 1):
        stood = Board(units=dict(units))
        for event in world.events[:seq]:
            apply(stood, event)
        again = board_at(Board(units=dict(units)), world.events, seq, no_roster)  # type: ignore[arg-type]
        assert (again.seq, again.snapshot()) == (seq, stood.snapshot())


def test_a_gap_or_an_early_end_is_no_board() -> None:
    events = worked_world().events
    with pytest.raises(ValueError, match="does not follow"):
        board_at(Board(), events[1:], len(events), no_roster)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="before"):
        board_at(Board(), events[:-1], len(events), no_roster)  # type: ignore[arg-type]


def test_another_region_brings_its_roster_and_leaves_duty_as_it_was() -> None:
    was = make_unit("E12", duty="out_of_service", duty_reason="pump")
    body = RegionActivated(
        region_version="v2", name="Two", time_zone="Europe/Vaduz", border_m=10, network_id="n"
    )
    event = Event(seq=1, at=NOON, actor="hub", command_id="c", audience=("*",), body=body)
    board = board_at(
        Board(units={"E12": was, "OLD": make_unit("OLD")}),
        [event],
        1,
        lambda version: [make_unit("E12", capabilities=("ladder",)), make_unit("NEW")],
    )
    assert sorted(board.units) == ["E12", "NEW"]
    e12 = board.units["E12"]
    assert (e12.duty, e12.duty_reason, e12.capabilities) == ("out_of_service", "pump", ("ladder",))


def test_a_kept_board_holds_no_personal_value_and_is_told_those_that_still_exist() -> None:
    whole = worked_world().board.snapshot()
    bare = bare_snapshot(whole)
    assert "555-0199" in whole.model_dump_json()
    text = bare.model_dump_json()
    assert "555-0199" not in text
    assert "Ada" not in text
    (call_id,) = subjects_of(bare)
    told = told_snapshot(bare, {call_id: dict(whole.calls[0].personal())})
    assert told == whole
    assert told_snapshot(bare, {}) == bare, "what was deleted since stays deleted"


def test_what_a_console_had_is_the_last_that_it_acknowledged_by_then() -> None:
    receipts = [at(0, 3, 0), at(2, 5, 3), at(4, 9, 5)]
    assert receipt_at(receipts, NOON - timedelta(seconds=1)) is None
    (known,) = known_by([LinkTrace(link(), receipts)], NOON + timedelta(seconds=3))
    assert (known.sent, known.acked, known.connected) == (5, 3, True)
    (known,) = known_by([LinkTrace(link(), receipts)], NOON + timedelta(seconds=60))
    assert (known.sent, known.acked) == (9, 5)


def test_a_console_that_was_cut_off_keeps_what_it_had_under_its_last_connection() -> None:
    first = link(ended_at=NOON + timedelta(seconds=5), ended="ack")
    trace = LinkTrace(first, [at(0, 3, 0), at(2, 5, 5)])
    known = known_by([trace], NOON + timedelta(seconds=9))[0]
    assert (known.connected, known.acked) == (False, 5)
    again = link(id="l2", began_at=NOON + timedelta(seconds=10), began_with=20)
    both = [LinkTrace(again, [at(10, 20, 0)]), trace]
    (known,) = known_by(both, NOON + timedelta(seconds=11))
    assert (known.connected, known.sent, known.acked) == (True, 20, 5), "the board is on its way"


def test_what_a_console_lacked_is_told_apart_by_whether_it_was_sent() -> None:
    events = worked_world().events
    last = events[-1].seq
    trace = LinkTrace(link(began_with=1), [at(0, 2, 1)])
    (known,) = known_by([trace], NOON + timedelta(seconds=1))
    found = lacked(known, events, last, ("*",), "full")
    assert [event.seq for event in found.under_way] == [2]
    assert [event.seq for event in found.unsent] == list(range(3, last + 1))
    assert found.unknown == []
    found = lacked(known, events, last, ("law-z",), "full")
    assert found == ([], [], []), "whoever asks is not told of what they may not see"


def test_what_a_killed_hub_had_not_written_down_is_not_denied() -> None:
    """Nothing is known of a console after its hub last wrote: not that it had nothing more."""
    events = worked_world().events
    last = events[-1].seq
    trace = LinkTrace(link(began_with=1), [at(0, 2, 1)], NOON + timedelta(seconds=5))
    (before,) = known_by([trace], NOON + timedelta(seconds=5))
    assert (before.known_until, before.sent_most) == (None, 2)
    (after,) = known_by([trace], NOON + timedelta(seconds=6))
    assert (after.known_until, after.sent, after.sent_most) == (trace.known_until, 2, None)
    found = lacked(after, events, last, ("*",), "full")
    assert found.unsent == []
    assert [event.seq for event in found.unknown] == list(range(3, last + 1))


def test_what_was_noted_a_moment_later_may_have_been_sent_before() -> None:
    receipts = [at(0, 2, 1), at(2, 4, 1)]
    trace = LinkTrace(link(began_with=1), receipts, NOON + timedelta(seconds=9))
    assert most_sent(trace, NOON + timedelta(seconds=1)) == 4
    assert most_sent(trace, NOON + timedelta(seconds=3)) == 4
    (known,) = known_by([trace], NOON + timedelta(seconds=1))
    found = lacked(known, worked_world().events, 5, ("*",), "full")
    assert [event.seq for event in found.unknown] == [3, 4]
    assert [event.seq for event in found.unsent] == [5]


@pytest.mark.parametrize(
    ("mine", "profile", "theirs", "seen"),
    [
        (("*",), "crew", ("fire-a",), True),
        (("fire-a",), "full", ("*",), True),
        (("fire-a",), "crew", ("fire-a",), True),
        (("fire-a",), "crew", ("law-b",), False),
        (("fire-a",), "municipal", ("fire-a", "law-b"), False),
    ],
)
def test_consoles_of_the_floor_and_ones_own_may_be_looked_at(
    mine: AgencySet, profile: str, theirs: AgencySet, seen: bool
) -> None:
    assert may_look_at(mine, link(profile=profile, agencies=theirs)) is seen


def test_receipts_are_written_by_the_minute_and_bounded() -> None:
    book = ReceiptBook()
    book.begin(link())
    for second in range(200):
        moment = NOON + timedelta(seconds=second / 4)
        book.sent("l1", 4 + second, moment)
        book.acknowledged("l1", 3 + second, moment)
    unsaved = book.take_unsaved(100.0)
    assert unsaved is not None
    ((link_id, _minute, receipts),) = unsaved.minutes
    assert link_id == "l1"
    assert len(receipts) <= 120
    assert (receipts[-1].sent, receipts[-1].acked) == (203, 202)
    assert book.take_unsaved(101.0) is None, "not so soon again"
    assert book.take_unsaved(106.0) is None, "nothing new, nothing written"
    book.sent("l1", 300, NOON + timedelta(seconds=59))
    again = book.take_unsaved(112.0)
    assert again is not None
    assert again.minutes[0][2][-1].sent == 300
    assert len(again.minutes[0][2]) <= 120
    book.put_back(again)
    book.end("l1", NOON + timedelta(seconds=70), "left")
    last = book.take_unsaved(120.0)
    assert last is not None
    assert last.links[0].ended == "left"
    assert last.minutes[0][2][-1].sent == 300
    assert book.take_unsaved(130.0) is None


def test_a_console_that_was_connected_stands_before_one_that_had_left() -> None:
    left = {"began_at": NOON, "ended_at": NOON + timedelta(seconds=5), "ended": "left"}
    later = {"began_at": NOON + timedelta(seconds=6)}
    traces = [
        LinkTrace(link(id="l1", session_id="a", **left), []),
        LinkTrace(link(id="l2", session_id="b", **later), []),
        LinkTrace(link(id="l3", session_id="c", name="Cato"), []),
    ]
    known = known_by(traces, NOON + timedelta(seconds=10))
    assert [each.link.session_id for each in known] == ["c", "b", "a"]
