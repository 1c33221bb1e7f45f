"""WebSocket frames that many viewers share: encoded once, written to each transport as they are.

Server frames are not masked, so the same bytes serve every viewer (RFC 6455 section 5.2). Pure: it
holds no socket.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_FIN_TEXT = 0x81
_TWO_BYTE_LENGTH = 126
_EIGHT_BYTE_LENGTH = 127


class Frame(NamedTuple):
    """One message of a stream: its event's number (0 for none) and the bytes on the wire."""

    seq: int
    wire: bytes


def text_frame(payload: bytes) -> bytes:
    """One final, unmasked text frame with this UTF-8 payload of any length."""
    length = len(payload)
    if length < _TWO_BYTE_LENGTH:
        return bytes((_FIN_TEXT, length)) + payload
    if length < 1 << 16:
        return bytes((_FIN_TEXT, _TWO_BYTE_LENGTH)) + length.to_bytes(2, "big") + payload
    return bytes((_FIN_TEXT, _EIGHT_BYTE_LENGTH)) + length.to_bytes(8, "big") + payload


def payloads_of(wire: bytes) -> Iterator[bytes]:
    """The payloads of joined text frames, for a server that gives no access to its transport."""
    at = 0
    while at < len(wire):
        length = wire[at + 1]
        at += 2
        if length == _TWO_BYTE_LENGTH:
            length = int.from_bytes(wire[at : at + 2], "big")
            at += 2
        elif length == _EIGHT_BYTE_LENGTH:
            length = int.from_bytes(wire[at : at + 8], "big")
            at += 8
        yield wire[at : at + length]
        at += length
