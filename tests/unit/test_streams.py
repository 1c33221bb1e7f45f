"""Streams without sockets or clocks: joining, resuming, the chain, the slow, nothing foreign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson

from dispatch.domain.board import BoardSnapshot, apply, board_from
from dispatch.domain.events import Event
from dispatch.domain.redaction import redact_board
from dispatch.domain.unit import Fix
from dispatch.domain.values import AgencySet, audience_of
from dispatch.realtime.fixes import FixCache, audience_of_fixes
from dispatch.realtime.frames import payloads_of
from dispatch.realtime.messages import Ailing
from dispatch.realtime.resuming import replayed
from dispatch.realtime.streams import StreamKey, Streams
from dispatch.realtime.viewers import Limits, Viewer
from geodata.lonlat import LonLat
from tests import factories as make

ALL = StreamKey(("*",), "full")
FIRE = StreamKey(("fire-a",), "full")
LAW = StreamKey(("law-b",), "full")
LIMITS = Limits(queue_bytes=20_000, ack_lag_s=10.0)


class FakeSink:
    """Keeps what was written; ``stalled`` lets it pile up as a network does that takes nothing."""

    def __init__(self, *, stalled: bool = False) -> None:
        self.stalled = stalled
        self.wires: list[bytes] = []
        self.waiting = 0
        self.aborted = False

    def write(self, wire: bytes) -> None:
        self.wires.append(wire)
        self.waiting += len(wire) if self.stalled else 0

    def buffered(self) -> int:
        return self.waiting

    def close(self, code: int, reason: str) -> None:
        self.aborted = True

    def abort(self) -> None:
        self.aborted = True

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [orjson.loads(p) for wire in self.wires for p in payloads_of(wire)]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == "event"]


class Stage:
    """A world whose events go to streams."""

    def __init__(self, ring_frames: int = 100) -> None:
        self.world = make.World(
            make.make_unit("E12"),
            make.make_unit("E13"),
            make.make_unit("P7", agency_id="law-b", discipline="law"),
        )
        self.behind_s = 0.0
        self.streams = Streams(self.world.board, "epoch-1", ring_frames, lambda: self.behind_s)

    def act(self, command: Any) -> list[Event]:
        events = self.world.give(command)
        self.streams.deliver(events, 0.0)
        return events

    def calls(self, *numbers: int) -> None:
        for number in numbers:
            self.act(make.take_call(f"call-{number}", incident_id=f"i{number}"))

    def viewer(self, sink: FakeSink | None = None) -> Viewer:
        ends = make.NOON + timedelta(hours=1)
        return Viewer(sink or FakeSink(), LIMITS, "session", ends)

    def join(self, key: StreamKey, sink: FakeSink, fixes: Sequence[Fix] = ()) -> Viewer:
        viewer = self.viewer(sink)
        audiences = audience_of_fixes(self.world.board)
        self.streams.join(
            viewer,
            key,
            at=make.NOON,
            now_s=0.0,
            fixes=fixes,
            audience_of_fix=lambda fix: audiences.get(fix.unit_id, ()),
        )
        return viewer

    def resume(self, key: StreamKey, since: int, epoch: str | None = None) -> FakeSink | None:
        sink = FakeSink()
        named = epoch or self.streams.epoch_of(key)
        went_on = self.streams.resume(self.viewer(sink), key, named, since, 0.0)
        return sink if went_on else None


def board_of(sink: FakeSink) -> BoardSnapshot:
    """The board that a console has after these messages; the chain must have held."""
    board, seq = None, -1
    for message in sink.messages:
        if message["type"] == "snapshot":
            seq = message["seq"]
            board = board_from(BoardSnapshot.model_validate(message["board"]), seq)
        elif message["type"] == "resumed":
            seq = message["seq"]
        elif message["type"] == "event":
            assert message["prev"] == seq
            seq = message["seq"]
            assert board is not None
            apply(board, Event.model_validate(message["event"]))
    assert board is not None
    return board.snapshot()


def test_snapshot_and_events_give_the_snapshot_of_now() -> None:
    stage = Stage()
    stage.calls(1)
    sinks = {key: FakeSink() for key in (ALL, FIRE, LAW)}
    for key, sink in sinks.items():
        stage.join(key, sink)
    stage.calls(2, 3)
    stage.act(make.assign("a1", "E12"))
    stage.act(make.assign("a2", "P7", incident_id="i2"))
    for key, sink in sinks.items():
        assert board_of(sink) == redact_board(stage.world.board, *key), key


def test_a_console_that_joins_later_begins_with_the_snapshot_of_then_not_of_the_first() -> None:
    stage = Stage()
    first, later = FakeSink(), FakeSink()
    stage.join(ALL, first)
    stage.calls(1)
    stage.join(ALL, later)
    (snapshot,) = later.messages
    assert snapshot["seq"] == stage.world.board.seq
    stage.calls(2)
    assert board_of(later) == board_of(first) == redact_board(stage.world.board, *ALL)


def test_viewers_of_a_stream_share_the_very_bytes() -> None:
    stage = Stage()
    one, other = FakeSink(), FakeSink()
    stage.join(FIRE, one)
    stage.join(FIRE, other)
    stage.calls(1)
    assert one.wires[-1] is other.wires[-1]
    assert one.wires[0] is other.wires[0]


def test_events_of_one_moment_are_one_write() -> None:
    stage = Stage()
    sink = FakeSink()
    stage.join(ALL, sink)
    events = stage.act(make.take_call())
    assert len(events) == 3
    assert len(sink.wires) == 2
    assert [message["seq"] for message in sink.events] == [event.seq for event in events]


def test_foreign_events_reach_no_stream_and_leave_no_gap() -> None:
    stage = Stage()
    law, fire = FakeSink(), FakeSink()
    stage.join(LAW, law)
    stage.join(FIRE, fire)
    stage.calls(1, 2)
    assert law.events == []
    stage.act(make.assign("a1", "P7", incident_id="i2"))
    kinds = [message["event"]["body"]["kind"] for message in law.events]
    assert kinds[0] == "incident.shared"
    assert "555-0100" not in orjson.dumps(law.messages).decode()
    assert board_of(law) == redact_board(stage.world.board, *LAW)


def test_a_console_resumes_from_the_ring_without_gap_or_double() -> None:
    stage = Stage()
    whole = FakeSink()
    stage.join(FIRE, whole)
    stage.calls(1, 2)
    since = whole.events[3]["seq"]
    resumed = stage.resume(FIRE, since)
    assert resumed is not None
    assert resumed.events == whole.events[4:]
    epoch = stage.streams.epoch_of(FIRE)
    assert resumed.messages[0] == {"type": "resumed", "epoch": epoch, "seq": since}
    stage.calls(3)
    assert resumed.events == whole.events[4:]


def test_what_the_ring_has_lost_is_not_resumed_from_it() -> None:
    stage = Stage(ring_frames=2)
    sink = FakeSink()
    stage.join(ALL, sink)
    stage.calls(1, 2)
    assert stage.resume(ALL, 0) is None
    last = sink.events[-1]["seq"]
    near = stage.resume(ALL, last - 1)
    assert near is not None
    assert [message["seq"] for message in near.events] == [last]


def test_another_epoch_or_a_future_number_is_not_resumed() -> None:
    stage = Stage()
    stage.join(ALL, FakeSink())
    stage.calls(1)
    assert stage.resume(ALL, 1, epoch="epoch-0") is None
    assert stage.resume(ALL, 1, epoch="epoch-1") is None
    assert stage.resume(ALL, 999) is None


def test_a_console_does_not_go_on_with_what_others_see() -> None:
    stage = Stage()
    stage.join(ALL, FakeSink())
    stage.join(FIRE, FakeSink())
    stage.calls(1)
    head = stage.world.board.seq
    fire = stage.streams.epoch_of(FIRE)
    assert stage.resume(FIRE, head, epoch=fire) is not None
    assert stage.resume(LAW, head, epoch=fire) is None
    assert stage.resume(ALL, head, epoch=fire) is None
    crew = StreamKey(FIRE.agencies, "crew")
    assert stage.resume(crew, head, epoch=fire) is None


def test_the_log_gives_the_frames_that_the_ring_would_have_given() -> None:
    stage = Stage()
    whole = FakeSink()
    stage.join(FIRE, whole)
    stage.calls(1, 2)
    since = whole.events[0]["seq"]
    missed = [event for event in stage.world.events if event.seq > since]
    frames = replayed(FIRE, missed, epoch="epoch-1", since=since, last_seq=whole.events[-1]["seq"])
    assert frames is not None
    sink = FakeSink()
    for frame in frames:
        sink.write(frame.wire)
    assert sink.events == whole.events[1:]


def test_a_replay_ends_where_the_stream_of_this_process_goes_on() -> None:
    stage = Stage()
    stage.calls(1)
    stream = stage.streams.stream(LAW)
    frames = replayed(LAW, stage.world.events, epoch="e", since=1, last_seq=stream.last_seq)
    assert frames is not None
    assert orjson.loads(next(payloads_of(frames[-1].wire)))["seq"] == stream.last_seq


def test_messages_held_back_while_the_log_is_read_follow_it_once_each() -> None:
    stage = Stage()
    first = FakeSink()
    stage.join(FIRE, first)
    stage.calls(1)
    late = FakeSink()
    viewer = stage.viewer(late)
    end = stage.streams.follow_held(viewer, FIRE)
    stage.calls(2)
    assert late.wires == []
    before = [event for event in stage.world.events if event.seq <= end]
    frames = replayed(FIRE, before, epoch="epoch-1", since=0, last_seq=end)
    assert frames is not None
    viewer.release(frames, 0.0)
    assert [m["seq"] for m in late.events] == [m["seq"] for m in first.events]


def test_a_console_that_takes_nothing_is_cut_and_costs_the_others_nothing() -> None:
    stage = Stage()
    stalled, healthy = FakeSink(stalled=True), FakeSink()
    viewer = stage.join(ALL, stalled)
    stage.join(ALL, healthy)
    stage.calls(*range(1, 30))
    assert viewer.cut == "queue"
    assert stalled.aborted
    assert stalled.waiting <= LIMITS.queue_bytes + len(stalled.wires[0])
    assert len(healthy.events) == 29 * 3


def test_a_snapshot_does_not_count_against_the_queue() -> None:
    stage = Stage()
    stage.calls(*range(1, 30))
    stalled = FakeSink(stalled=True)
    viewer = stage.join(ALL, stalled)
    assert stalled.waiting > LIMITS.queue_bytes
    stage.calls(30)
    assert viewer.cut is None


def test_a_console_that_acknowledges_nothing_is_cut_after_ten_seconds() -> None:
    stage = Stage()
    silent, honest = stage.join(ALL, FakeSink()), stage.join(ALL, FakeSink())
    stage.calls(1)
    honest.acknowledge(stage.world.board.seq)
    assert silent.check(9.0) is None
    assert silent.check(11.0) == "ack"
    assert honest.check(11.0) is None


def test_the_heartbeat_tells_the_streams_end_and_the_logs() -> None:
    stage = Stage()
    law = FakeSink()
    stage.join(LAW, law)
    stage.calls(1)
    stage.streams.heartbeat(make.NOON, 1.0)
    beat = law.messages[-1]
    assert (beat["type"], beat["seq"], beat["head"]) == ("heartbeat", 0, 3)


def test_the_heartbeat_tells_for_how_long_the_log_was_not_followed() -> None:
    stage = Stage()
    sink = FakeSink()
    stage.join(ALL, sink)
    stage.streams.heartbeat(make.NOON, 1.0)
    stage.behind_s = 7.25
    stage.streams.heartbeat(make.NOON, 2.0)
    beats = [m["behind_s"] for m in sink.messages if m["type"] == "heartbeat"]
    assert beats == [0.0, 7.2]


def test_the_heartbeat_tells_what_the_hub_cannot_do() -> None:
    stage = Stage()
    stage.streams = Streams(stage.world.board, "epoch-1", 100, ailing=lambda: Ailing(7.25, True, 3))
    sink = FakeSink()
    stage.join(ALL, sink)
    stage.streams.heartbeat(make.NOON, 1.0)
    beat = sink.messages[-1]
    assert (beat["unwatched_s"], beat["full"], beat["untaken"]) == (7.2, True, 3)


def test_a_new_region_gives_everyone_a_fresh_snapshot() -> None:
    stage = Stage()
    sink = FakeSink()
    stage.join(ALL, sink)
    stage.calls(1)
    stage.streams.begin_again(
        stage.world.board,
        "epoch-2",
        at=make.NOON,
        now_s=0.0,
        fixes=(),
        audience_of_fix=lambda fix: (),
    )
    stage.calls(2)
    assert [m["type"] for m in sink.messages].count("snapshot") == 2
    assert board_of(sink) == redact_board(stage.world.board, *ALL)
    assert stage.resume(ALL, 1) is None


def test_fixes_reach_the_agency_and_those_who_work_with_the_unit() -> None:
    stage = Stage()
    sinks = {key: FakeSink() for key in (ALL, FIRE, LAW)}
    for key, sink in sinks.items():
        stage.join(key, sink)

    def tell() -> None:
        audiences = audience_of_fixes(stage.world.board)

        def audience(fix: Fix) -> AgencySet:
            return audiences.get(fix.unit_id, ())

        stage.streams.deliver_fixes([make.make_fix("P7")], audience, at=make.NOON, now_s=0.0)

    def told(key: StreamKey) -> int:
        return [message["type"] for message in sinks[key].messages].count("fixes")

    tell()
    assert (told(ALL), told(FIRE), told(LAW)) == (1, 0, 1)
    stage.calls(1)
    stage.act(make.assign("a1", "P7"))
    tell()
    assert (told(ALL), told(FIRE), told(LAW)) == (2, 1, 2)


def test_what_is_received_here_is_newest_and_of_others_the_newer() -> None:
    cache = FixCache()
    now = make.NOON + timedelta(seconds=6)
    cache.report(make.make_fix("E12", 5))
    cache.merge([make.make_fix("E12", 3), make.make_fix("E13", 1)], now)
    assert cache.latest["E12"].received_at == make.NOON + timedelta(seconds=5)
    assert [fix.unit_id for fix in cache.take_moved()] == ["E12", "E13"]
    assert [fix.unit_id for fix in cache.take_unsaved()] == ["E12"]
    assert cache.take_moved() == []


def test_a_fix_that_comes_after_one_of_a_process_whose_clock_is_ahead_counts_after_it() -> None:
    here, there = FixCache(), FixCache()
    there.report(make.make_fix("E12", 5))
    here.merge(there.latest.values(), make.NOON + timedelta(seconds=3))
    here.report(make.make_fix("E12", 3).model_copy(update={"at": LonLat(9.6, 47.2)}))
    there.merge(here.latest.values(), make.NOON + timedelta(seconds=6))
    assert here.latest["E12"].at == there.latest["E12"].at == (9.6, 47.2)
    assert here.take_unsaved() == [there.latest["E12"]]


def test_a_clock_that_is_set_back_stops_no_fix_and_makes_none_younger_than_it_is() -> None:
    here, there = FixCache(), FixCache()
    for cache in (here, there):
        cache.report(make.make_fix("E12", 3600))
    set_back = make.make_fix("E12", 1)
    here.report(set_back)
    assert here.latest["E12"] == set_back
    there.merge([set_back], make.NOON + timedelta(seconds=2))
    assert there.latest["E12"] == set_back


def test_who_sees_a_unit_on_an_incident() -> None:
    stage = Stage()
    stage.calls(1)
    stage.act(make.assign("a1", "P7"))
    assert audience_of_fixes(stage.world.board)["P7"] == audience_of("ems-a", "fire-a", "law-b")
