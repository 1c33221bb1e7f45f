"""A link that can be cut: what a tablet in a tunnel has, while everybody else goes on."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType

CHUNK = 65_536


class CutLink:
    """Passes TCP on to a port of this machine, until it is cut; nothing says so to either end.

    While it is cut, open connections carry nothing and new ones are not answered. Mending it ends
    the old ones, as a network does that has forgotten them.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._carries = threading.Event()
        self._carries.set()
        self._ends: list[socket.socket] = []
        self._over = False

    @property
    def url(self) -> str:
        """Where the near end is."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> CutLink:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over = True
        self._listener.close()
        self._carries.set()
        self._end_all()

    def cut(self) -> None:
        """From now on nothing passes."""
        self._carries.clear()

    def mend(self) -> None:
        """From now on new connections pass."""
        self._end_all()
        self._carries.set()

    def _end_all(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while not self._over:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._ends.append(near)
        self._carries.wait()
        with suppress(OSError):
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends.append(far)
            threading.Thread(target=self._pass, args=(far, near), daemon=True).start()
            self._pass(near, far)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._carries.wait()
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
