"""How long an incident may wait and a unit may be in a status: ``limits.csv``."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import Field

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import read_rows
from jurisdictions.values import Value

LIMITS: Final = "limits.csv"
SECONDS_MOST: Final = 86_400

LimitedStatus = Literal["waiting", "DP", "ER", "ST", "OS", "TR", "AH"]
LIMITED: Final[tuple[LimitedStatus, ...]] = get_args(LimitedStatus)
"""``waiting`` is an incident without a unit; the rest are codes of a unit on an incident."""


class StatusLimit(Value):
    """A row of ``limits.csv``. ``agency`` empty: every agency's. ``priority`` 0: of any.

    An agency's own row goes before everybody's, and of those one for the priority before one for
    any. A limit that the region sets is an alarm, again each time that it has passed once more.
    """

    status: LimitedStatus
    seconds: float = Field(gt=0, le=SECONDS_MOST)
    agency: str = ""
    priority: int = Field(default=0, ge=0, le=9)


def read_limits(folder: Path, findings: Findings, agencies: Names) -> list[StatusLimit]:
    """The limits; none where there is no such file. Two rows for the same are a mistake."""
    if not (folder / LIMITS).is_file():
        return []
    seen: dict[tuple[str, str, int], int] = {}
    limits = []
    for cells in read_rows(folder, LIMITS, findings):
        limit = StatusLimit(
            status=cells.one_of("status", LIMITED),
            seconds=cells.number("seconds", 1, SECONDS_MOST),
            agency=cells.text("agency") and cells.known("agency", agencies),
            priority=cells.whole("priority", 0, 9, "0"),
        )
        key = (limit.status, limit.agency, limit.priority)
        if key in seen:
            cells.wrong("status", f"the same stands on line {seen[key]} already")
        seen.setdefault(key, cells.line)
        if cells.good:
            limits.append(limit)
    return limits
