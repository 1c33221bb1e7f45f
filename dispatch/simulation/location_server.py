"""A location server for the demo: HELD, better with each question, of made-up people.

It stands in for the network's: the hub asks it over HTTP, as it would ask any other.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from dispatch.interop.pidf_lo import Located, device_uri_of, encode_error, encode_response
from geodata.lonlat import LonLat, away
from geodata.shapes import Circle

RADII_M: Final = (350.0, 140.0, 60.0, 25.0)
"""By how often the device was asked about; it stays at the last."""
CONFIDENCE_PCT: Final = 90.0
REQUEST_MAX_BYTES: Final = 10_000
_FURTHEST: Final = 0.6
"""Share of the radius by which the circle's centre may miss the caller."""


class DemoLocationServer:
    """Args:
    somewhere: A place for a number that nobody has called from; the same for the same number.
    """

    def __init__(self, somewhere: Callable[[str], LonLat]) -> None:
        self._somewhere = somewhere
        self._at: dict[str, LonLat] = {}
        self._asked: dict[str, int] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where the hub asks."""
        return f"http://127.0.0.1:{self._server.server_port}/held"

    def start(self) -> None:
        """Answer from a thread of its own, until ``stop``."""
        threading.Thread(target=self._server.serve_forever, name="location", daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def note(self, number: str, at: LonLat) -> None:
        """Somebody calls from there now."""
        with self._lock:
            self._at[_digits(number)] = at
            self._asked.pop(_digits(number), None)

    def answer(self, request: bytes) -> bytes:
        """The HELD answer to a HELD request."""
        number = _digits(device_uri_of(request) or "")
        if not number:
            return encode_error("locationUnknown", "no device is named")
        with self._lock:
            at = self._at.get(number) or self._somewhere(number)
            asked = self._asked[number] = self._asked.get(number, 0) + 1
        radius_m = RADII_M[min(asked, len(RADII_M)) - 1]
        rng = random.Random(f"{number}/{asked}")  # noqa: S311  # play, not secrecy
        centre = away(at, rng.uniform(0, 360), rng.uniform(0, _FURTHEST) * radius_m)
        circle = Circle(centre=centre, radius_m=radius_m)
        now = datetime.now(UTC)
        return encode_response(
            Located(circle, CONFIDENCE_PCT, "Device-Assisted_A-GPS", "WPH2", now)
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length") or 0), REQUEST_MAX_BYTES)
                body = answer(self.rfile.read(length))
                self.send_response(200)
                self.send_header("Content-Type", "application/held+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Nobody reads it."""

        return Handler


def _digits(number: str) -> str:
    return "".join(letter for letter in number if letter.isdigit())
