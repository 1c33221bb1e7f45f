"""Child processes that never outlive this one, whatever ends it.

Each is a session of its own, so that an interrupt at the terminal reaches this process alone, which
then ends them in order. On Linux the kernel ends them should this process die without a word.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

_STOP_S: Final = 6.0
"""Longer than a hub takes that ends for sure."""
_AGAIN_S: Final = 0.5
_STEADY_S: Final = 10.0
_BACK_OFF_S: Final = (0.3, 1.0, 2.0, 5.0)
_LAUNCHER: Final = """
import ctypes, os, signal, sys
parent = int(sys.argv[1])
if sys.platform == "linux":
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM, 0, 0, 0)
if os.getppid() != parent:
    sys.exit(0)
os.execvp(sys.argv[2], sys.argv[2:])
"""
"""Asks the kernel for SIGTERM at the parent's death (PR_SET_PDEATHSIG is 1), then becomes it."""


class Child:
    """One process, started again when it ends by itself.

    Args:
        name: For people.
        command: What to run.
        environment: Added to this process's own.
        log_path: Where its output goes, appended.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: dict[str, str], log_path: Path
    ) -> None:
        self.name = name
        self.log_path = log_path
        self.starts = 0
        self._command = [sys.executable, "-c", _LAUNCHER, str(os.getpid()), *command]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._watcher: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start it, and keep it running until ``stop``.

        A death signal follows the thread that starts the child, so it is that of the first start
        which the kernel watches; the watcher lives as long as this process does.
        """
        self._watcher = threading.Thread(target=self._watch, name=self.name, daemon=True)
        self._watcher.start()

    def ask_to_end(self) -> None:
        """Ask it politely, and start it no more."""
        with self._starting:
            self._stopping.set()
            process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)

    def end_by(self, until_s: float) -> None:
        """Wait for its end until then, by the monotonic clock; then by force, with its session.

        Before that it is asked once more: a worker then leaves its job, which it would finish else.
        """
        process = self._process
        if process is not None and not _ended(process, until_s - _AGAIN_S):
            process.send_signal(signal.SIGTERM)
            if not _ended(process, until_s):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        if self._watcher is not None:
            self._watcher.join(_STOP_S)

    def stop(self) -> None:
        """End it, by force where it does not end in time."""
        self.ask_to_end()
        self.end_by(time.monotonic() + _STOP_S)

    def last_words(self, lines: int = 12) -> str:
        """The end of its output."""
        if not self.log_path.exists():
            return ""
        text = self.log_path.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _watch(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            with self.log_path.open("ab") as output:
                process = self._spawn(output)
            if process is None:
                return
            process.wait()
            failures = 0 if time.monotonic() - began > _STEADY_S else failures + 1
            self._stopping.wait(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])

    def _spawn(self, output: IO[bytes]) -> subprocess.Popen[bytes] | None:
        with self._starting:  # one that is started while all are ended would stay behind
            if self._stopping.is_set():
                return None
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **self._environment},
            )
            self.starts += 1
            return self._process


def _ended(process: subprocess.Popen[bytes], until_s: float) -> bool:
    try:
        process.wait(max(0.0, until_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


class Children:
    """All children of this process, ended in the reverse order of their start."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        atexit.register(self.stop)

    def start(self, child: Child) -> Child:
        """Start one more."""
        self._children.append(child)
        child.start()
        return child

    def stop(self) -> None:
        """End them all; ended already, nothing happens.

        All but the first, which the others use, end at the same time: their times do not add up.
        """
        users, self._children[1:] = self._children[1:], []
        until_s = time.monotonic() + _STOP_S
        for child in reversed(users):
            child.ask_to_end()
        for child in reversed(users):
            child.end_by(until_s)
        while self._children:
            self._children.pop().stop()
