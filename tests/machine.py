"""How slow the machine is just now: a limit of time is to hold the program, not its neighbours."""

from __future__ import annotations

import time

_WORK_S = 0.04


def slowness() -> float:
    """How many times longer work takes than the processor needs for it; 1.0 on a quiet machine."""
    began_s, worked_s = time.perf_counter(), time.thread_time()
    while time.thread_time() - worked_s < _WORK_S:
        pass
    return max(1.0, (time.perf_counter() - began_s) / (time.thread_time() - worked_s))


class Stopwatch:
    """Seconds from its making on, as a quiet machine would have taken them.

    The slowness is measured before and after: where others work, a second is worth less.
    """

    def __init__(self) -> None:
        self._before = slowness()
        self._began_s = time.monotonic()

    def fair_s(self) -> float:
        """So many seconds have passed, less what other programs took of them."""
        took_s = time.monotonic() - self._began_s
        return took_s / max(self._before, slowness())
