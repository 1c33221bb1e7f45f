"""The signature that goes with a webhook and with the receipts that come back. Pure.

Both sides share a secret for each origin. What is signed is the time of sending and the body, so
that neither can be changed and an old request cannot be sent again later.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

TIME_HEADER: Final = "Hub-Timestamp"
SIGNATURE_HEADER: Final = "Hub-Signature"
VALID_FOR_S: Final = 300.0
"""How far the clocks of the two sides may be apart, with the way of the request."""

_DEFAULT_PORT = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as one word, without a default port.

    Raises:
        ValueError: It is no http or https URL with a host.
    """
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORT or not parts.hostname:
        raise ValueError("no http or https URL")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port
    named = "" if port in (None, _DEFAULT_PORT[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{named}"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """``sha256=`` and the HMAC in hex of ``timestamp``, a full stop, and the body."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def is_signed(secret: str, timestamp: str, body: bytes, given: str, now_s: float) -> bool:
    """Whether the body was signed with this secret within ``VALID_FOR_S`` of ``now_s``.

    Args:
        secret: Shared with the sender.
        timestamp: Seconds since 1970 as the sender wrote them.
        body: As it came.
        given: The signature that came with it.
        now_s: Seconds since 1970.
    """
    try:
        age_s = abs(now_s - float(timestamp))
    except ValueError:
        return False
    right = signature(secret, timestamp, body)
    return age_s <= VALID_FOR_S and hmac.compare_digest(right.encode(), given.encode())
