"""How long a command's id answers for it, and which repeat comes too late to be known as one.

A console or a tablet repeats what had no answer under the same id, after days without a link as
well. The hub keeps ids for ``KEPT``; what is older than ``REPEATED_WITHIN`` by the clock of whoever
made it is done only if its id is unknown for the reason that it was never done, which nobody can
tell then: so it is refused, aloud. The days between the two are for clocks that were set back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

REPEATED_WITHIN: Final = timedelta(days=14)
KEPT: Final = timedelta(days=30)
"""Ids of commands, and sessions after their end."""


def comes_too_late(age_s: float) -> bool:
    """Whether a command with an unknown id may have been done, and forgotten, before.

    Args:
        age_s: Seconds since it was made, by the clock of the device that made it; 0 where the
            device does not say. A clock that was set back meanwhile gives less than 0.
    """
    return age_s > REPEATED_WITHIN.total_seconds()


def forgotten_before(now: datetime) -> datetime:
    """Ids of commands given before this, and sessions that ended before it, are deleted."""
    return now - KEPT
