"""Keeps the roads process running: starts it, and starts it again when it ends, however it ends.

It knows nothing of roads. The child watches its standard input, which ends with this process, so
it never outlives the hub.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, Final

PARENT_VARIABLE: Final = "HUB_ROADS_CHILD"
"""Set in the child's environment: end when standard input ends."""

_STEADY_S: Final = 5.0
_BACK_OFF_S: Final = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_STOP_S: Final = 3.0


class RoadsSupervisor:
    """One child process, watched by one thread."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: dict[str, str] | None = None,
        on_change: Callable[[str, dict[str, object]], None] | None = None,
        stdout: int | IO[bytes] | None = None,
    ) -> None:
        """Prepare; ``start`` starts.

        Args:
            command: The child, for example ``[sys.executable, "-m", "dispatch.cli", "roads"]``.
            environment: Added to this process's own.
            on_change: Told ``roads.started``, ``roads.ended`` and ``roads.stopped`` with fields,
                from the watching thread.
            stdout: Where the child's output goes, as ``subprocess`` takes it; None: to our own.
        """
        self._command = list(command)
        self._environment = environment or {}
        self._on_change = on_change or (lambda name, fields: None)
        self._stdout = stdout
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._starts = 0

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    @property
    def starts(self) -> int:
        """How often it was started, the first time included."""
        return self._starts

    def start(self) -> None:
        """Start the child and watch it from now on; started already, it does nothing."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._watch, name="roads-supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the child, by force if it does not end in time, and stop watching."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_STOP_S)

    def _watch(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            child = self._spawn()
            if child is None:
                return
            code = child.wait()
            if child.stdin is not None:
                child.stdin.close()
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

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=self._stdout,
                start_new_session=True,  # an interrupt at the terminal is the hub's to pass on
                env={**os.environ, **self._environment, PARENT_VARIABLE: "1"},
            )
            self._child = child
            self._starts += 1
        self._on_change("roads.started", {"pid": child.pid, "starts": self._starts})
        return child
