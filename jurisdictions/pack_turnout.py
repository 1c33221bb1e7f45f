"""``turnout.csv`` of a region pack, which may be absent: how soon its crews roll."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import read_hours, read_rows
from jurisdictions.turnout import TurnoutRow

TURNOUT: Final = "turnout.csv"
SECONDS_MOST: Final = 3_600


def read_turnout(
    folder: Path, findings: Findings, agencies: Names, kinds: set[str]
) -> list[TurnoutRow]:
    """The rows; none where there is no such file.

    A row that names no agency of the pack, no kind of its units, or hours that an earlier row of
    the same group has, is a mistake; so is a median outside its own interval. Without ``kinds``
    any kind goes.
    """
    if not (folder / TURNOUT).is_file():
        return []
    seen: dict[tuple[str, str, str, int | None], int] = {}
    rows = []
    for cells in read_rows(folder, TURNOUT, findings):
        row = TurnoutRow(
            agency=cells.text("agency") and cells.known("agency", agencies),
            staffing=cells.text("staffing"),
            kind=cells.text("kind"),
            hours=read_hours(cells),
            median_s=cells.number("median_s", 0, SECONDS_MOST),
            p10_s=cells.number("p10_s", 0, SECONDS_MOST),
            p90_s=cells.number("p90_s", 0, SECONDS_MOST),
        )
        if cells.good and not row.p10_s <= row.median_s <= row.p90_s:
            cells.wrong("median_s", f"{row.median_s:g} is not between p10_s and p90_s")
        if row.kind and kinds and row.kind not in kinds:
            cells.wrong("kind", f"{row.kind} is no kind in units.csv")
        for hour in row.hours or (None,):
            key = (row.agency, row.staffing, row.kind, hour)
            if key in seen:
                cells.wrong("hours", f"the same stands on line {seen[key]} already")
                break
            seen[key] = cells.line
        if cells.good:
            rows.append(row)
    return rows
