"""The formats of closure feeds that the hub reads, by the name that a feed source gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dispatch.interop.cifs import decode_cifs
from dispatch.interop.closure_list import decode_closure_list
from dispatch.interop.datex2 import decode_datex2
from dispatch.interop.feed_item import Decoded, FeedUnreadable
from dispatch.interop.open511 import decode_open511
from dispatch.interop.wzdx import decode_wzdx

DECODERS: dict[str, Callable[[bytes, datetime], Decoded]] = {
    "wzdx": decode_wzdx,
    "open511": decode_open511,
    "datex2": decode_datex2,
    "cifs": decode_cifs,
    "closures": decode_closure_list,
}


def decode(feed_format: str, document: bytes, read_at: datetime) -> Decoded:
    """The entries of a document of a format, at the time it was read.

    Raises:
        FeedUnreadable: The document is not of that format, or nobody here reads that format.
    """
    decoder = DECODERS.get(feed_format)
    if decoder is None:
        raise FeedUnreadable(
            f"format {feed_format!r} is not read here; one of {', '.join(DECODERS)}"
        )
    return decoder(document, read_at)
