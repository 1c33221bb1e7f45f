"""Real receivers on loopback for messages that leave the hub: an HTTP server and a mail server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass(frozen=True)
class Posted:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """What it says."""
        said: dict[str, Any] = orjson.loads(self.raw)
        return said


@dataclass
class WebhookReceiver:
    """An HTTP server that keeps what it was sent and answers as ``answers`` says, then 202."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    delay_s: float = 0.0

    def wait_for(self, count: int, within_s: float = 5.0) -> list[Posted]:
        """The requests, once there are so many."""
        wait_until(lambda: len(self.posted) >= count, within_s)
        return list(self.posted)


def wait_until(holds: Callable[[], bool], within_s: float = 5.0) -> None:
    """Until something holds.

    Raises:
        AssertionError: It does not hold in time.
    """
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """A receiver on a free port, until the block ends."""
    receiver = WebhookReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.posted.append(Posted(self.path, headers, self.rfile.read(length)))
            status, extra, body = receiver.answers.pop(0) if receiver.answers else (202, {}, b"")
            time.sleep(receiver.delay_s)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
