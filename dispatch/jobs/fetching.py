"""Fetching a feed's document: conditional requests, bounded size and time, the last one kept.

The kept document serves whoever asks why an entry was refused, and stands in when the publisher
says that nothing has changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import orjson

DOCUMENT_MAX_BYTES = 20_000_000
FETCH_WITHIN_S = 20.0
RETRY_AFTER_MAX_S = 3600.0
"""However long a publisher asks to be left alone: a closure may open in the meantime."""

_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


class FeedUnreachable(Exception):
    """The document could not be fetched; ``retry_after_s``: how long the publisher asks to wait."""

    def __init__(self, why: str, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class Kept(NamedTuple):
    """Where the last document of a feed and its validators lie."""

    raw: Path
    about: Path


def kept_of(data_dir: Path, feed_id: str) -> Kept:
    """The places of one feed; a feed's id is no file name."""
    name = hashlib.sha256(feed_id.encode()).hexdigest()[:16]
    folder = data_dir / "feeds"
    return Kept(folder / f"{name}.raw", folder / f"{name}.json")


async def fetch(url: str, kept: Kept) -> bytes:
    """The document at an http(s) URL, or in a file (``file://`` or a path), and keep it.

    Raises:
        FeedUnreachable: It is not there, too large, too slow, or of another scheme.
    """
    if re.match(r"https?://", url):
        return await _over_http(url, kept)
    if re.match(r"[a-z][a-z0-9+.-]*://", url) and not url.startswith("file://"):
        raise FeedUnreachable("only http, https and files are read")
    document = await asyncio.to_thread(_read_file, Path(url.removeprefix("file://")))
    await asyncio.to_thread(_keep, kept, document, {"url": url})
    return document


async def _over_http(url: str, kept: Kept) -> bytes:
    about = _about(kept, url)
    # No compression: what is counted against the limit is then what lies in memory.
    asked = {"Accept-Encoding": "identity"}
    asked |= {_VALIDATORS[name]: value for name, value in about.items() if name in _VALIDATORS}
    received = bytearray()
    try:
        async with (
            asyncio.timeout(FETCH_WITHIN_S),
            httpx2.AsyncClient(follow_redirects=False) as client,
            client.stream("GET", url, headers=asked) as response,
        ):
            if response.status_code == 304 and kept.raw.is_file():
                return await asyncio.to_thread(kept.raw.read_bytes)
            if response.status_code != 200:
                raise FeedUnreachable(
                    f"answered {response.status_code}", _retry_after_s(response.headers)
                )
            if response.headers.get("content-encoding", "identity") != "identity":
                raise FeedUnreachable("answered compressed, though that was not asked for")
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > DOCUMENT_MAX_BYTES:
                    raise FeedUnreachable(f"larger than {DOCUMENT_MAX_BYTES} bytes")
    except (httpx2.HTTPError, TimeoutError, OSError) as failure:
        raise FeedUnreachable(f"{type(failure).__name__}: {failure}") from failure
    document = bytes(received)
    given = {name: response.headers[name] for name in _VALIDATORS if name in response.headers}
    await asyncio.to_thread(_keep, kept, document, {"url": url, **given})
    return document


def _retry_after_s(headers: Any) -> float | None:
    """Seconds from ``Retry-After``, in either of its two forms (RFC 9110 10.2.3)."""
    given = headers.get("retry-after")
    if not given:
        return None
    if given.isdigit():
        return min(float(given), RETRY_AFTER_MAX_S)
    try:
        wait_s = (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(wait_s, 0.0), RETRY_AFTER_MAX_S)


def _about(kept: Kept, url: str) -> dict[str, str]:
    """The validators of the kept document, if it came from this address."""
    try:
        about: dict[str, str] = orjson.loads(kept.about.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return about if about.get("url") == url and kept.raw.is_file() else {}


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            document = file.read(DOCUMENT_MAX_BYTES + 1)
    except OSError as failure:
        raise FeedUnreachable(f"{path.name}: {failure.strerror}") from failure
    if len(document) > DOCUMENT_MAX_BYTES:
        raise FeedUnreachable(f"larger than {DOCUMENT_MAX_BYTES} bytes")
    return document


def _keep(kept: Kept, document: bytes, about: dict[str, str]) -> None:
    kept.raw.parent.mkdir(parents=True, exist_ok=True)
    for path, content in ((kept.raw, document), (kept.about, orjson.dumps(about))):
        fresh = path.with_suffix(path.suffix + ".new")
        fresh.write_bytes(content)
        fresh.replace(path)
