"""Where units were: which fixes are kept, and which one stood at an instant. Pure.

What is kept are the fixes that consoles were drawn from, thinned. Time is an argument.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.unit import Fix
from geodata.lonlat import distance_m

KEEP_EVERY: Final = timedelta(seconds=10)
KEEP_BEYOND_M: Final = 50.0


def is_kept(last: Fix | None, fix: Fix) -> bool:
    """Whether a unit's next fix is kept: 10 s after the last kept one, or 50 m from it.

    Args:
        last: The one of this unit that was kept last; None: none was.
        fix: Received after it; one that was not is left out.
    """
    if last is None:
        return True
    if fix.received_at <= last.received_at:
        return False
    if fix.received_at - last.received_at >= KEEP_EVERY:
        return True
    return distance_m(fix.at, last.at) >= KEEP_BEYOND_M


def thinned(fixes: Iterable[Fix]) -> list[Fix]:
    """What is kept of one unit's fixes, given in the order in which they were received."""
    kept: list[Fix] = []
    for fix in fixes:
        if is_kept(kept[-1] if kept else None, fix):
            kept.append(fix)
    return kept


def fix_at(fixes: Sequence[Fix], at: datetime) -> Fix | None:
    """A unit's last fix at or before an instant, never one after it; None: none was kept.

    Args:
        fixes: Of one unit, in the order of their receive times.
        at: The instant.
    """
    index = bisect_right(fixes, at, key=lambda fix: fix.received_at)
    return fixes[index - 1] if index else None
