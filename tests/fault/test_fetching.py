"""Fetching a feed from a real server: unchanged, too large, compressed, busy, moved, gone."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from dispatch.jobs import fetching
from dispatch.jobs.fetching import FeedUnreachable, fetch, kept_of

BODY = b'{"features": []}'


class Publisher(BaseHTTPRequestHandler):
    """Answers by path, and counts full answers in ``sent``."""

    sent = 0

    def do_GET(self) -> None:
        if self.path == "/feed" and self.headers.get("If-None-Match") == '"v1"':
            self.send_response(304)
            self.end_headers()
        elif self.path == "/busy":
            self.send_response(503)
            self.send_header("Retry-After", "120")
            self.end_headers()
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/feed")
            self.end_headers()
        else:
            type(self).sent += 1
            packed = self.path == "/packed"
            body = (
                gzip.compress(b" " * 1000) if packed else BODY * (3 if self.path == "/big" else 1)
            )
            self.send_response(200)
            self.send_header("ETag", '"v1"')
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_has_not_changed_is_not_sent_again(url: str, tmp_path: Path) -> None:
    kept = kept_of(tmp_path, "works")
    Publisher.sent = 0
    assert asyncio.run(fetch(f"{url}/feed", kept)) == BODY
    assert asyncio.run(fetch(f"{url}/feed", kept)) == BODY
    assert Publisher.sent == 1
    kept.raw.unlink()
    assert asyncio.run(fetch(f"{url}/feed", kept)) == BODY
    assert Publisher.sent == 2


def test_a_busy_publisher_says_how_long_to_wait(url: str, tmp_path: Path) -> None:
    with pytest.raises(FeedUnreachable, match="503") as refused:
        asyncio.run(fetch(f"{url}/busy", kept_of(tmp_path, "works")))
    assert refused.value.retry_after_s == 120.0


@pytest.mark.parametrize(
    ("path", "why"),
    [("/packed", "compressed"), ("/moved", "answered 302"), ("/big", "larger than")],
)
def test_what_is_not_taken_is_said(
    url: str, tmp_path: Path, path: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "DOCUMENT_MAX_BYTES", 40)
    with pytest.raises(FeedUnreachable, match=why):
        asyncio.run(fetch(url + path, kept_of(tmp_path, "works")))


@pytest.mark.parametrize("address", ["ftp://example.org/x", "gopher://x", "/nowhere/at/all.json"])
def test_other_schemes_and_missing_files_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(FeedUnreachable):
        asyncio.run(fetch(address, kept_of(tmp_path, "works")))
