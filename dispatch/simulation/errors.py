"""What went wrong in a simulation: counted and named, so that no robot fails in silence."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger()


class Troubles:
    """Counts by who and what. Every robot works on after one."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """All of them."""
        return self.counts.total()

    @contextmanager
    def noted(self, who: str) -> Iterator[None]:
        """Count what goes wrong inside, and go on."""
        try:
            yield
        except asyncio.CancelledError:
            raise
        except Exception as failure:  # the outer loop of each robot: the others must play on
            what = getattr(failure, "code", type(failure).__name__)
            self.counts[f"{who}: {what}"] += 1
            log.debug("robot.trouble", who=who, why=repr(failure))
