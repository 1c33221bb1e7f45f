"""Frames that many viewers share, byte by byte."""

from __future__ import annotations

import pytest
from websockets.frames import Frame as ReferenceFrame
from websockets.frames import Opcode

from dispatch.realtime.frames import payloads_of, text_frame

LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000]


@pytest.mark.parametrize("length", LENGTHS)
def test_a_frame_is_what_the_websocket_library_would_send(length: int) -> None:
    payload = b"x" * length
    reference = ReferenceFrame(Opcode.TEXT, payload).serialize(mask=False)
    assert text_frame(payload) == reference


def test_joined_frames_come_apart_again() -> None:
    payloads = [b"y" * length for length in LENGTHS]
    assert list(payloads_of(b"".join(text_frame(payload) for payload in payloads))) == payloads


def test_text_beyond_ascii_keeps_its_bytes() -> None:
    payload = "Straße 14 — 消防".encode()
    assert list(payloads_of(text_frame(payload))) == [payload]
