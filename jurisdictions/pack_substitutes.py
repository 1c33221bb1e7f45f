"""``substitutes.csv`` of a region pack, which may be absent: what stands in for what, by agency."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import read_rows
from jurisdictions.substitutes import (
    CAP_MOST_S,
    CAP_S,
    PENALTY_MOST_S,
    SubstituteRow,
    way_between,
)

SUBSTITUTES: Final = "substitutes.csv"


def read_substitutes(
    folder: Path, findings: Findings, agencies: Names, capabilities: Names
) -> list[SubstituteRow]:
    """The rows; none where there is no such file.

    A row that names no agency of the pack, or a capability that no unit has and no plan asks for,
    is a mistake; so is a pair that an earlier row of the same agency has, and a row that closes a
    circle with earlier ones.
    """
    if not (folder / SUBSTITUTES).is_file():
        return []
    seen: dict[tuple[str, str, str], int] = {}
    rows: list[SubstituteRow] = []
    for cells in read_rows(folder, SUBSTITUTES, findings):
        row = SubstituteRow(
            agency=cells.text("agency") and cells.known("agency", agencies),
            capability=cells.known("capability", capabilities),
            stand_in=cells.known("stand_in", capabilities),
            penalty_s=cells.number("penalty_s", 0, PENALTY_MOST_S),
            cap_s=cells.number("cap_s", 0, CAP_MOST_S, default=f"{CAP_S}"),
        )
        pair = (row.agency, row.capability, row.stand_in)
        if cells.good and pair in seen:
            cells.wrong("stand_in", f"the same stands on line {seen[pair]} already")
        seen.setdefault(pair, cells.line)
        if cells.good and row.capability == row.stand_in:
            cells.wrong("stand_in", f"{row.stand_in} cannot stand in for itself")
        if not cells.good:
            continue
        of_agency = [each for each in rows if each.agency == row.agency]
        back = way_between(of_agency, row.stand_in, row.capability)
        if back is not None:
            cells.wrong("stand_in", f"a circle: {' for '.join(reversed(back))} already")
        else:
            rows.append(row)
    return rows
