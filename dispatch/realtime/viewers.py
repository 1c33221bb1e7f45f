"""One console on a stream: what waits for it, what it has acknowledged, when it is too slow.

Sans I/O: time is an argument, the socket is a ``Sink``. It never waits: a viewer that lags is cut
and resumes by itself, so that it costs nobody else anything.
"""

from __future__ import annotations

from collections import deque
from typing import Literal, NamedTuple, Protocol

from dispatch.domain.values import Id, UtcTime
from dispatch.realtime.frames import Frame

_MARK_EVERY_S = 1.0


class Sink(Protocol):
    """Where frames go. None of these calls waits."""

    def write(self, wire: bytes) -> None:
        """Hand over whole frames."""

    def buffered(self) -> int:
        """Bytes handed over that the network has not taken yet."""

    def close(self, code: int, reason: str) -> None:
        """End politely: what was written before arrives first."""

    def abort(self) -> None:
        """End at once and drop what is buffered."""


class Limits(NamedTuple):
    """When a viewer is too slow."""

    queue_bytes: int
    ack_lag_s: float


class Mark(NamedTuple):
    """A frame that waits for its transport acknowledgement."""

    seq: int
    sent_s: float


class Viewer:
    """A console's connection, with the session that it speaks for."""

    __slots__ = ("_catching_up", "_held", "_limits", "_marks", "cut", "expires_at", "link_id",
                 "sent_seq", "session_id", "sink")  # fmt: skip

    def __init__(self, sink: Sink, limits: Limits, session_id: Id, expires_at: UtcTime) -> None:
        self.sink = sink
        self.link_id = ""
        """Of this connection, once what it is sent is written down."""
        self.sent_seq = 0
        """The last event number written to it."""
        self.session_id = session_id
        self.expires_at = expires_at
        self.cut: Literal["queue", "ack"] | None = None
        """Why the viewer was given up: ``queue`` or ``ack``; None while it is served."""
        self._limits = limits
        self._marks: deque[Mark] = deque()
        self._catching_up = 0
        self._held: list[tuple[bytes, int]] | None = None

    def hold(self) -> None:
        """Keep what is sent from now on back, until ``release``."""
        self._held = []

    def release(self, first: list[Frame], now_s: float, *, drop: bool = False) -> None:
        """Send ``first``, then what was held back (unless ``drop``), and go on live."""
        held, self._held = self._held or [], None
        if drop:
            return
        self.catch_up(first, now_s)
        for wire, seq in held:
            self.send(wire, seq, now_s)

    def catch_up(self, frames: list[Frame], now_s: float) -> None:
        """Send what the viewer needs to begin; its size does not count against the queue."""
        wire = b"".join(frame.wire for frame in frames)
        self._catching_up = self.sink.buffered() + len(wire)
        self._write(wire, max((frame.seq for frame in frames), default=0), now_s)

    def send(self, wire: bytes, seq: int, now_s: float) -> None:
        """Send joined frames of which ``seq`` is the last event's number (0: none), or cut."""
        if self.cut is not None:
            return
        if self._held is not None:
            self._held.append((wire, seq))
            return
        waiting = self.sink.buffered()
        if self._catching_up:
            self._catching_up = min(self._catching_up, waiting)
        if waiting + len(wire) > self._limits.queue_bytes + self._catching_up:
            self._give_up("queue")
            return
        self._write(wire, seq, now_s)

    def _write(self, wire: bytes, seq: int, now_s: float) -> None:
        self.sink.write(wire)
        self.sent_seq = max(self.sent_seq, seq)
        if seq and (not self._marks or now_s - self._marks[-1].sent_s >= _MARK_EVERY_S):
            self._marks.append(Mark(seq, now_s))

    def acknowledge(self, seq: int) -> None:
        """The console has everything up to ``seq``."""
        while self._marks and self._marks[0].seq <= seq:
            self._marks.popleft()

    def check(self, now_s: float) -> Literal["queue", "ack"] | None:
        """Cut the viewer if its oldest unacknowledged frame is too old; why it is cut, or None."""
        oldest = self._marks[0] if self._marks else None
        if self.cut is None and oldest and now_s - oldest.sent_s > self._limits.ack_lag_s:
            self._give_up("ack")
        return self.cut

    def _give_up(self, why: Literal["queue", "ack"]) -> None:
        self.cut = why
        self.sink.abort()
