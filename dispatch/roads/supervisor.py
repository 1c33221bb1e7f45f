"""Keeps the roads process running: starts it, and starts it again when it ends, however it ends.

Beside the process that serves, a spare one waits with all of its program loaded, so that the roads
are back at once. Each child waits on its standard input for the word to begin, and ends with it: so
none outlives the hub. It knows nothing of roads.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, Final

PARENT_VARIABLE: Final = "HUB_ROADS_CHILD"
"""Set in a child's environment: wait for ``GO`` on standard input, and end when that ends."""

GO: Final = b"go\n"

_STEADY_S: Final = 5.0
_SPARE_AFTER_S: Final = 3.0
"""The spare is started so long after the first, which needs the processor for itself."""
_BACK_OFF_S: Final = (0.0, 0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
_STOP_S: Final = 2.0

Child = subprocess.Popen[bytes]


class RoadsSupervisor:
    """The serving process and its spare, watched by one thread."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: dict[str, str] | None = None,
        on_change: Callable[[str, dict[str, object]], None] | None = None,
        stdout: int | IO[bytes] | None = None,
        spare: bool = True,
    ) -> None:
        """Prepare; ``start`` starts.

        Args:
            command: The child, which calls ``dispatch.roads.server.serve``.
            environment: Added to this process's own.
            on_change: Told ``roads.started``, ``roads.ended`` and ``roads.stopped`` with fields,
                from the watching thread.
            stdout: Where the children's output goes, as ``subprocess`` takes it; None: to our own.
            spare: Whether a second process waits, at some 85 MB, to take over at once.
        """
        self._command = list(command)
        self._environment = environment or {}
        self._on_change = on_change or (lambda name, fields: None)
        self._stdout = stdout
        self._keeps_spare = spare
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._serving: Child | None = None
        self._spare: Child | None = None
        self._thread: threading.Thread | None = None
        self._starts = 0

    @property
    def pid(self) -> int | None:
        """The serving process's id, None while there is none."""
        child = self._serving
        return child.pid if child is not None and child.poll() is None else None

    @property
    def spare_pid(self) -> int | None:
        """The waiting process's id, None while there is none."""
        child = self._spare
        return child.pid if child is not None and child.poll() is None else None

    @property
    def starts(self) -> int:
        """How often the roads were started, the first time included."""
        return self._starts

    def start(self) -> None:
        """Start the roads and watch them from now on; started already, it does nothing."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._watch, name="roads-supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the children, by force where they do not end in time, and stop watching."""
        self._stopping.set()
        with self._lock:
            children = [child for child in (self._serving, self._spare) if child is not None]
            self._spare = None
        for child in children:
            child.send_signal(signal.SIGTERM)
        until = time.monotonic() + _STOP_S
        for child in children:
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:  # stopped by a signal, or stuck in the kernel
                child.kill()
                child.wait()
            _close_input(child)
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_STOP_S)

    def _watch(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            child = self._begin()
            if child is None:
                return
            self._on_change("roads.started", {"pid": child.pid, "starts": self._starts})
            code = self._until_end(child)
            _close_input(child)
            ran_s = time.monotonic() - began
            if self._stopping.is_set():
                self._on_change("roads.stopped", {"code": code})
                return
            failures = 0 if ran_s >= _STEADY_S else failures + 1
            wait_s = _BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)]
            self._on_change(
                "roads.ended", {"code": code, "ran_s": round(ran_s, 3), "again_in_s": wait_s}
            )
            self._stopping.wait(wait_s)

    def _begin(self) -> Child | None:
        """Let the spare serve, or a new process where there is none; None when stopping."""
        with self._lock:
            if self._stopping.is_set():
                return None
            child, self._spare = self._spare, None
            if child is None or child.poll() is not None:
                child = self._spawn()
            self._serving = child
            self._starts += 1
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.write(GO)
                child.stdin.flush()
        return child

    def _until_end(self, child: Child) -> int:
        if self._keeps_spare:
            try:
                return child.wait(_SPARE_AFTER_S)
            except subprocess.TimeoutExpired:
                with self._lock:
                    if not self._stopping.is_set():
                        self._spare = self._spawn()
        return child.wait()

    def _spawn(self) -> Child:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=self._stdout,
            start_new_session=True,  # an interrupt at the terminal is the hub's to pass on
            env={**os.environ, **self._environment, PARENT_VARIABLE: "1"},
        )


def _close_input(child: Child) -> None:
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
