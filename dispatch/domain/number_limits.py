"""How near a number that only ever grows is to what can hold it: told long before it matters."""

from __future__ import annotations

from typing import Final

LOG_LIMIT: Final = 2**53 - 1
"""Of the log's numbers: a browser cannot tell greater ones apart, and then says so."""
COUNTER_LIMIT: Final = 2**63 - 1
"""Of counters and of ids in the database; consoles have case numbers as text."""
LOUD_SHARE: Final = 0.8


def is_near(number: int, limit: int) -> bool:
    """Whether ``number`` has used ``LOUD_SHARE`` of what there is."""
    return number >= LOUD_SHARE * limit
