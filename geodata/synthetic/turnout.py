"""How soon the made-up county's crews roll: rows of ``turnout.csv``. Invented, none measured."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = ("agency", "staffing", "kind", "hours", "median_s", "p10_s", "p90_s")
ROWS: Final = (
    *(
        ("", "career", kind, hours, *seconds)
        for kind in ("engine", "ladder", "rescue")
        for hours, seconds in (("6-22", ("75", "40", "125")), ("22-6", ("110", "70", "160")))
    ),
    *(("", "career", kind, "", "45", "15", "90") for kind in ("ambulance", "medic")),
    ("", "combination", "", "6-18", "120", "50", "260"),
    ("", "combination", "", "18-6", "170", "70", "330"),
    ("", "volunteer", "", "6-18", "290", "160", "520"),
    ("", "volunteer", "", "18-23", "220", "120", "400"),
    ("", "volunteer", "", "23-6", "320", "210", "500"),
    ("wexcombe-fire.example", "", "", "", "360", "240", "600"),
)
"""In ``COLUMNS``. The career fire crews are near those of a big city that publishes its runs; the
department over the line is called by telephone, and its crews gather after that."""
