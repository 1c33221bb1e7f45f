"""Watchers on a running hub's streams: snapshot and events must tell what the board tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import orjson
from fastapi.testclient import TestClient

from dispatch.api.parts import Parts
from dispatch.domain.board import Board, BoardSnapshot, apply, board_from
from dispatch.domain.events import Event
from dispatch.domain.redaction import redact_board
from dispatch.domain.values import may_see
from dispatch.realtime.frames import payloads_of
from dispatch.realtime.streams import StreamKey
from dispatch.realtime.viewers import Limits, Viewer
from dispatch.store.boards import load_board

KEYS = [
    StreamKey(("*",), "full"),
    StreamKey(("fire-a",), "full"),
    StreamKey(("law-b",), "full"),
    StreamKey(("fire-a",), "crew"),
    StreamKey(("ems-a", "fire-a", "law-a"), "municipal"),
    StreamKey(("fire-b", "law-b"), "municipal"),
    StreamKey(("*",), "audit"),
]


WATCH = "watch"
"""A session that nobody opened: these consoles have no account, and none ends with one."""


class RecordingSink:
    """Takes over what a console would: the state by its messages alone, checking the chain."""

    def __init__(self, key: StreamKey) -> None:
        self.key = key
        self.board = Board()
        self.seq = -1
        self.faults: list[str] = []
        self.seen = 0

    def write(self, wire: bytes) -> None:
        for payload in payloads_of(wire):
            self._take(orjson.loads(payload))

    def _take(self, message: dict[str, object]) -> None:
        kind = message["type"]
        if kind == "snapshot":
            snapshot = BoardSnapshot.model_validate(message["board"])
            self.seq = int(str(message["seq"]))
            self.board = board_from(snapshot, self.seq)
        elif kind == "resumed":
            self.seq = int(str(message["seq"]))
        elif kind == "event":
            event = Event.model_validate(message["event"])
            self.seen += 1
            if message["prev"] != self.seq:
                self.faults.append(f"{event.seq} follows {message['prev']}, not {self.seq}")
            if not event.audience or not may_see(self.key.agencies, event.audience):
                self.faults.append(f"{event.seq} {event.kind} is foreign to {self.key}")
            self.seq = event.seq
            apply(self.board, event)
        elif kind == "heartbeat" and message["seq"] != self.seq:
            self.faults.append(f"heartbeat says {message['seq']}, the stream {self.seq}")

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        self.faults.append(f"closed {code} {reason}")

    def abort(self) -> None:
        self.faults.append("aborted")


class Watch:
    """One recording console on each of ``KEYS``, for as long as the hub runs."""

    def __init__(self, client: TestClient, parts: Parts) -> None:
        self._client = client
        self._parts = parts
        self.sinks = [RecordingSink(key) for key in KEYS]
        signed_in = parts.live.session_ids
        parts.live.session_ids = lambda: signed_in() - {WATCH}  # type: ignore[method-assign]
        assert client.portal is not None
        self._portal = client.portal
        for sink in self.sinks:
            self._portal.call(self._admit, sink)

    async def _admit(self, sink: RecordingSink) -> None:
        patient = Limits(queue_bytes=1 << 40, ack_lag_s=1e9)
        viewer = Viewer(sink, patient, WATCH, datetime.now(UTC) + timedelta(days=1))
        await self._parts.live.admit(viewer, sink.key, None, None)

    def verify(self) -> None:
        """Snapshot and events give a fresh snapshot, on every stream; and the board the tables."""
        self._portal.call(self._compare_streams)
        until = monotonic() + 90
        while not self._board_is_the_tables():
            assert monotonic() < until, "the board and the tables differ"
            sleep(0.02)

    async def _compare_streams(self) -> None:
        board = self._parts.follower.board
        for sink in self.sinks:
            assert not sink.faults, sink.faults
            fresh = redact_board(board, *sink.key)
            assert sink.board.snapshot() == fresh, sink.key

    def _board_is_the_tables(self) -> bool:
        loaded = load_board(self._parts.hub.engine).board

        async def now() -> tuple[int, BoardSnapshot]:
            await self._parts.follower.wait_for_seq(loaded.seq, 2.0)
            return self._parts.follower.board.seq, self._parts.follower.board.snapshot()

        seq, snapshot = self._portal.call(now)
        if seq != loaded.seq:
            return False
        assert snapshot == loaded.snapshot()
        return True
