"""The newest fix of each unit, in memory: what moved since it was last told and last stored.

Not in the log. Which of two fixes stands is the rule ``supersedes``, by the order in which they
were received: here as they came, between processes by the one clock that they share.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.board import Board
from dispatch.domain.unit import Fix, supersedes
from dispatch.domain.values import AgencySet, audience_of

CLOCKS_DIFFER: Final = timedelta(seconds=10)
"""A time that lies further ahead is of a clock that was set back since, and holds no more."""


class FixCache:
    """Fixes by unit. ``latest`` is read by whoever needs where units are."""

    def __init__(self) -> None:
        self.latest: dict[str, Fix] = {}
        self._moved: set[str] = set()
        self._unsaved: set[str] = set()

    def report(self, fix: Fix) -> bool:
        """Take over a fix that this process received just now; False when a better one is known.

        Whatever is known of the unit was received before it, here or elsewhere: its time is put
        after that one's, unless a clock was set back since.
        """
        known = self._known(fix.unit_id, fix.received_at)
        if known is not None and known.received_at >= fix.received_at:
            after = known.received_at + timedelta(microseconds=1)
            fix = fix.model_copy(update={"received_at": after})
        if not self._take(fix, known):
            return False
        self._unsaved.add(fix.unit_id)
        return True

    def merge(self, fixes: Iterable[Fix], now: datetime) -> None:
        """Take over fixes that other processes received."""
        for fix in fixes:
            self._take(fix, self._known(fix.unit_id, now))

    def _known(self, unit_id: str, now: datetime) -> Fix | None:
        known = self.latest.get(unit_id)
        return None if known is None or known.received_at > now + CLOCKS_DIFFER else known

    def _take(self, fix: Fix, known: Fix | None) -> bool:
        if not supersedes(fix, known):
            return False
        self.latest[fix.unit_id] = fix
        self._moved.add(fix.unit_id)
        return True

    def take_moved(self) -> list[Fix]:
        """The fixes of units that moved since the last call."""
        moved, self._moved = self._moved, set()
        return [self.latest[unit_id] for unit_id in sorted(moved)]

    def keep_unsaved(self, fixes: Iterable[Fix]) -> None:
        """They could not be stored: a unit that stands still may send no other for long."""
        self._unsaved |= {fix.unit_id for fix in fixes}

    def take_unsaved(self) -> list[Fix]:
        """The fixes received here since the last call, for the table."""
        unsaved, self._unsaved = self._unsaved, set()
        return [self.latest[unit_id] for unit_id in sorted(unsaved)]


def audience_of_fixes(board: Board) -> dict[str, AgencySet]:
    """Who may see where each unit is: its agency, and all that work on the incident it is on."""
    audiences = {unit.id: audience_of(unit.agency_id) for unit in board.units.values()}
    for assignment in board.assignments.values():
        if assignment.live and assignment.unit_id in audiences:
            shared = audience_of(*audiences[assignment.unit_id], *assignment.audience)
            audiences[assignment.unit_id] = shared
    return audiences
