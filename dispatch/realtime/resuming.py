"""What a console missed, from the log: the same frames that it would have had. Sans I/O."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.domain.events import Event, RegionActivated
from dispatch.domain.redaction import may_receive, redact_event
from dispatch.realtime.frames import Frame
from dispatch.realtime.messages import event_frame, event_json, resumed_frame
from dispatch.realtime.streams import StreamKey


def replayed(
    key: StreamKey, events: Sequence[Event], *, epoch: str, since: int, last_seq: int
) -> list[Frame] | None:
    """Frames that bring a console from ``since`` to the end of its stream's chain.

    Args:
        key: Whose stream.
        events: Every event of the log after ``since``, up to where the console goes live.
        epoch: Of this history.
        since: What the console has.
        last_seq: The end of the stream's chain where the console goes live.

    Returns:
        The frames in order; None when another region came into force in between, so that only a
        snapshot can tell what stands.
    """
    frames = [resumed_frame(epoch, since)]
    prev = since
    for event in events:
        if isinstance(event.body, RegionActivated):
            return None
        if not may_receive(event, key.agencies, key.profile):
            continue
        redacted = redact_event(event, key.profile)
        if redacted is not None:
            frames.append(event_frame(event.seq, prev, event_json(redacted)))
            prev = event.seq
    if prev != last_seq:
        frames.append(resumed_frame(epoch, last_seq))
    return frames
