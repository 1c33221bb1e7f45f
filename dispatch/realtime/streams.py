"""Streams: one per (agencies, profile), with one frame per message, one ring and one snapshot.

Sans I/O and without a clock. A message is encoded once per profile and framed once per stream;
what a viewer may not see is never in its stream. It reads no database: what the ring has lost is
``resuming``'s task.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from dispatch.domain.board import Board
from dispatch.domain.events import Event
from dispatch.domain.presence import Presence, seen_presence
from dispatch.domain.redaction import Profile, may_receive, redact_board, redact_event
from dispatch.domain.unit import Fix
from dispatch.domain.values import AgencySet, may_see
from dispatch.realtime.frames import Frame
from dispatch.realtime.messages import (
    Ailing,
    event_frame,
    event_json,
    fixes_frame,
    heartbeat_frame,
    people_frame,
    resumed_frame,
    snapshot_frame,
)
from dispatch.realtime.viewers import Viewer

_RING_BYTES = 2_000_000
_IDLE_S = 300.0


class StreamKey(NamedTuple):
    """Who shares a stream: the same agencies, the same profile."""

    agencies: AgencySet
    profile: Profile

    @property
    def scope(self) -> str:
        """Whose stream it is: part of its epoch, so that nobody goes on with another's board."""
        said = "\n".join((self.profile, *self.agencies))
        return hashlib.sha256(said.encode()).hexdigest()[:8]


class Stream:
    """The frames of one key. ``last_seq`` is the chain's end: the next event's ``prev``."""

    def __init__(self, key: StreamKey, head: int, ring_frames: int) -> None:
        self.key = key
        self.viewers: set[Viewer] = set()
        self.last_seq = head
        self.floor = head
        """The ring holds every event of this stream after this number."""
        self.ring: deque[Frame] = deque()
        self.snapshot: Frame | None = None
        """The snapshot at ``last_seq``, until something changes."""
        self.idle_since_s: float | None = None
        self._prevs: dict[int, int] = {}
        self._ring_frames = ring_frames
        self._ring_bytes = 0

    def add(self, seq: int, encoded: bytes) -> Frame:
        """The frame of the stream's next event; it joins the ring."""
        frame = event_frame(seq, self.last_seq, encoded)
        self._prevs[seq] = self.last_seq
        self.last_seq = seq
        self.snapshot = None
        self.ring.append(frame)
        self._ring_bytes += len(frame.wire)
        while len(self.ring) > self._ring_frames or self._ring_bytes > _RING_BYTES:
            lost = self.ring.popleft()
            self._ring_bytes -= len(lost.wire)
            self.floor = lost.seq
            del self._prevs[lost.seq]
        return frame

    def since(self, seq: int, epoch: str) -> list[Frame] | None:
        """What a console that has everything up to ``seq`` misses; None if the ring lost some.

        The first frame says from where the chain goes on.
        """
        if seq < self.floor:
            return None
        missed = [frame for frame in self.ring if frame.seq > seq]
        start = self._prevs[missed[0].seq] if missed else self.last_seq
        return [resumed_frame(epoch, start), *missed]

    def forget(self, head: int) -> None:
        """Begin again at ``head``: nobody resumes from before it."""
        self.last_seq = self.floor = head
        self.ring.clear()
        self._prevs.clear()
        self._ring_bytes = 0
        self.snapshot = None


class Streams:
    """All streams of a hub process, fed by its follower.

    ``board`` is the follower's, at the number that was delivered last: between two calls nothing
    else happens, so a snapshot and the events after it always fit.
    """

    def __init__(
        self,
        board: Board,
        epoch: str,
        ring_frames: int = 4096,
        behind_s: Callable[[], float] = lambda: 0.0,
        ailing: Callable[[], Ailing] = Ailing,
    ) -> None:
        self.board = board
        self.epoch = epoch
        self.begun = 0
        """How often another board took the place of the last one."""
        self._behind_s = behind_s
        self._ailing = ailing
        self._ring_frames = ring_frames
        self._streams: dict[StreamKey, Stream] = {}

    def stream(self, key: StreamKey) -> Stream:
        """The stream of a key, begun at the board's number when it is new."""
        found = self._streams.get(key)
        if found is None:
            found = self._streams[key] = Stream(key, self.board.seq, self._ring_frames)
        return found

    def epoch_of(self, key: StreamKey) -> str:
        """What a console of this key names to go on from where it was."""
        return f"{self.epoch}/{key.scope}"

    @property
    def viewer_count(self) -> int:
        """Consoles connected to this process."""
        return sum(len(stream.viewers) for stream in self._streams.values())

    def join(
        self,
        viewer: Viewer,
        key: StreamKey,
        *,
        at: datetime,
        now_s: float,
        fixes: Sequence[Fix],
        audience_of_fix: Callable[[Fix], AgencySet],
    ) -> None:
        """Begin with the snapshot, then follow: one step, so nothing falls between."""
        stream = self.stream(key)
        frame = self._snapshot(stream, at, fixes, audience_of_fix)
        stream.viewers.add(viewer)
        viewer.catch_up([frame], now_s)

    def resume(
        self, viewer: Viewer, key: StreamKey, epoch: str | None, since: int | None, now_s: float
    ) -> bool:
        """Go on from ``since`` by the ring; False, and nothing is done, when it cannot."""
        if epoch != self.epoch_of(key) or since is None or since > self.board.seq:
            return False
        stream = self.stream(key)
        missed = stream.since(since, self.epoch_of(key))
        if missed is None:
            return False
        stream.viewers.add(viewer)
        viewer.catch_up(missed, now_s)
        return True

    def follow_held(self, viewer: Viewer, key: StreamKey) -> int:
        """Hold the viewer's messages back while the log is read for it; the chain's end now."""
        stream = self.stream(key)
        viewer.hold()
        stream.viewers.add(viewer)
        return stream.last_seq

    def leave(self, viewer: Viewer, key: StreamKey) -> None:
        """The viewer is gone."""
        if key in self._streams:
            self._streams[key].viewers.discard(viewer)

    def deliver(self, events: Sequence[Event], now_s: float) -> None:
        """Send events that the board has taken in; those of one call are joined in one write."""
        encoded: dict[tuple[int, Profile], bytes | None] = {}
        for stream in self._streams.values():
            agencies, profile = stream.key
            wires = []
            for event in events:
                if not may_receive(event, agencies, profile):
                    continue
                known = (event.seq, profile)
                if known not in encoded:
                    redacted = redact_event(event, profile)
                    encoded[known] = event_json(redacted) if redacted else None
                body = encoded[known]
                if body is not None:
                    wires.append(stream.add(event.seq, body).wire)
            if wires:
                joined = b"".join(wires)
                for viewer in stream.viewers:
                    viewer.send(joined, stream.last_seq, now_s)

    def deliver_fixes(
        self,
        fixes: Sequence[Fix],
        audience_of_fix: Callable[[Fix], AgencySet],
        *,
        at: datetime,
        now_s: float,
    ) -> None:
        """Send where units are now to whoever may see them."""
        for stream in self._streams.values():
            seen = seen_fixes(stream.key, fixes, audience_of_fix)
            if not seen:
                continue
            stream.snapshot = None
            if stream.viewers:
                frame = fixes_frame(at, seen)
                for viewer in stream.viewers:
                    viewer.send(frame.wire, 0, now_s)

    def deliver_people(self, people: Sequence[Presence], now_s: float) -> None:
        """Tell the consoles of the floor who is at work, as each may see it."""
        for stream in self._streams.values():
            if stream.key.profile != "full" or not stream.viewers:
                continue
            seen = seen_presence(people, self.board.incidents, stream.key.agencies)
            frame = people_frame(seen)
            for viewer in stream.viewers:
                viewer.send(frame.wire, 0, now_s)

    def heartbeat(self, at: datetime, now_s: float) -> None:
        """Tell each viewer how far its stream and the log are, and forget streams nobody uses."""
        head, behind_s, ailing = self.board.seq, self._behind_s(), self._ailing()
        for stream in list(self._streams.values()):
            if not stream.viewers:
                self._forget_idle(stream, now_s)
                continue
            stream.idle_since_s = None
            frame = heartbeat_frame(stream.last_seq, head, at, behind_s, ailing)
            for viewer in stream.viewers:
                viewer.send(frame.wire, 0, now_s)

    def begin_again(
        self,
        board: Board,
        epoch: str,
        *,
        at: datetime,
        now_s: float,
        fixes: Sequence[Fix],
        audience_of_fix: Callable[[Fix], AgencySet],
    ) -> None:
        """Another board stands (a new region, or another epoch): everyone gets a fresh snapshot."""
        self.board = board
        self.epoch = epoch
        self.begun += 1
        for stream in self._streams.values():
            stream.forget(board.seq)
            if stream.viewers:
                frame = self._snapshot(stream, at, fixes, audience_of_fix)
                for viewer in stream.viewers:
                    viewer.catch_up([frame], now_s)

    def viewers(self) -> list[Viewer]:
        """Every viewer of every stream."""
        return [viewer for stream in self._streams.values() for viewer in stream.viewers]

    def by_viewer(self) -> list[tuple[Viewer, StreamKey]]:
        """Every viewer with the key of its stream."""
        return [(viewer, s.key) for s in self._streams.values() for viewer in s.viewers]

    def _forget_idle(self, stream: Stream, now_s: float) -> None:
        if stream.idle_since_s is None:
            stream.idle_since_s = now_s
        elif now_s - stream.idle_since_s > _IDLE_S:
            del self._streams[stream.key]

    def _snapshot(
        self,
        stream: Stream,
        at: datetime,
        fixes: Sequence[Fix],
        audience_of_fix: Callable[[Fix], AgencySet],
    ) -> Frame:
        if stream.snapshot is None:
            agencies, profile = stream.key
            board = redact_board(self.board, agencies, profile)
            seen = seen_fixes(stream.key, fixes, audience_of_fix)
            behind_s = self._behind_s()
            epoch = self.epoch_of(stream.key)
            stream.snapshot = snapshot_frame(epoch, stream.last_seq, at, board, seen, behind_s)
        return stream.snapshot


def seen_fixes(
    key: StreamKey, fixes: Sequence[Fix], audience_of_fix: Callable[[Fix], AgencySet]
) -> tuple[Fix, ...]:
    """The fixes that this stream may see."""
    return tuple(fix for fix in fixes if may_see(key.agencies, audience_of_fix(fix)))
