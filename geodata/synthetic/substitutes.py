"""What stands in for what in the made-up county: rows of ``substitutes.csv``. Invented."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = ("agency", "capability", "stand_in", "penalty_s", "cap_s")
ROWS: Final = (
    ("", "ladder", "engine", "240", "1800"),
    ("", "rescue", "ladder", "300", "1200"),
    ("", "water_rescue", "rescue", "600", "1800"),
    ("", "als", "bls", "300", "1800"),
)
"""In ``COLUMNS``, of every agency without rows of its own. An engine is a rescue through a ladder
at 540 s more."""


def rows_of_city(agency: str) -> tuple[tuple[str, ...], ...]:
    """The career department's own rows: an engine is no ladder to it beyond ten minutes."""
    return (
        (agency, "ladder", "engine", "300", "600"),
        (agency, "rescue", "ladder", "300", "1200"),
        (agency, "water_rescue", "rescue", "600", "1800"),
    )
