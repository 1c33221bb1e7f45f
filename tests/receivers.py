"""Real receivers on loopback for messages that leave the hub: an HTTP server and a mail server."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

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


Cut = Literal["in the message", "before the answer"]


@dataclass
class WebhookReceiver:
    """An HTTP server that keeps what it was sent and answers as ``answers`` says, then 202."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    delay_s: float = 0.0
    cuts: list[Cut] = field(default_factory=list)
    """Where the link is cut, of the next requests; then it holds."""

    def wait_for(self, count: int, within_s: float = 90.0) -> list[Posted]:
        """The requests, once there are so many."""
        wait_until(lambda: len(self.posted) >= count, within_s)
        return list(self.posted)


def wait_until(holds: Callable[[], bool], within_s: float = 90.0) -> None:
    """Until something holds.

    Raises:
        AssertionError: It does not hold in time.
    """
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)


@dataclass
class MailReceiver:
    """A mail server that keeps the letters it was given, as bytes; ``answer`` is to each RCPT."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    answer: bytes = b"250 OK"


@contextmanager
def mail_receiver(tls: ssl.SSLContext | None = None) -> Iterator[MailReceiver]:
    """A mail server on a free port, which offers STARTTLS where it is given a context."""
    receiver = MailReceiver()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._secure = False
            try:
                self._speak()
            finally:
                self.connection.close()

        def _speak(self) -> None:
            self._say(b"220 mail.example ready")
            while line := self.rfile.readline():
                verb = line.strip().upper()
                if verb.startswith(b"EHLO"):
                    offers = [b"AUTH PLAIN"] if self._secure else [b"STARTTLS"] if tls else []
                    lines = [b"mail.example", *offers]
                    for offered in lines[:-1]:
                        self._say(b"250-" + offered)
                    self._say(b"250 " + lines[-1])
                elif verb == b"STARTTLS" and tls is not None:
                    self._say(b"220 go ahead")
                    self.connection = tls.wrap_socket(self.connection, server_side=True)
                    self.rfile = self.connection.makefile("rb")
                    self.wfile = self.connection.makefile("wb", 0)
                    self._secure = True
                elif verb.startswith(b"AUTH PLAIN"):
                    receiver.signed_in.append(b64decode(line.split()[2]).decode())
                    self._say(b"235 welcome")
                elif verb.startswith(b"RCPT"):
                    self._say(receiver.answer)
                elif verb == b"DATA":
                    self._say(b"354 go on")
                    self._take()
                elif verb == b"QUIT":
                    self._say(b"221 bye")
                    return
                else:
                    self._say(b"250 OK")

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            receiver.letters.append(b"".join(lines))
            receiver.encrypted.append(self._secure)
            self._say(b"250 taken")

        def _say(self, line: bytes) -> None:
            self.wfile.write(line + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away in the middle is part of a test."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """A receiver on a free port, until the block ends."""
    receiver = WebhookReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            cut = receiver.cuts.pop(0) if receiver.cuts else None
            wanted = length // 2 if cut == "in the message" else length
            receiver.posted.append(Posted(self.path, headers, self.rfile.read(wanted)))
            if cut:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
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
