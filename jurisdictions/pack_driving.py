"""``driving.csv`` of a region pack, which may be absent: how fast its crews drive by the hour,
how much of a congestion they feel, and whether turn bans bind them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jurisdictions.driving import (
    CLASSES,
    CONGESTION_SHARES,
    FACTOR_LEAST,
    FACTOR_MOST,
    TURNS,
    DrivingRow,
)
from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import read_hours, read_rows
from jurisdictions.plans import MODES

DRIVING: Final = "driving.csv"


def read_driving(folder: Path, findings: Findings, agencies: Names) -> list[DrivingRow]:
    """The rows; none where there is no such file.

    A row that names no agency of the pack or no vehicle class, hours that an earlier row of the
    same group has, turn bans waived or congestion eased without lights, or more than
    ``CONGESTION_SHARES`` shares of congestion, is a mistake.
    """
    if not (folder / DRIVING).is_file():
        return []
    seen: dict[tuple[bool, str, str, int | None], int] = {}
    shares: set[float] = set()
    rows = []
    for cells in read_rows(folder, DRIVING, findings):
        named = cells.text("vehicle_class") and cells.one_of("vehicle_class", CLASSES)
        agency = cells.text("agency") and cells.known("agency", agencies)
        hours = read_hours(cells)
        mode = cells.one_of("mode", ("", *MODES))
        factor = cells.number("factor", FACTOR_LEAST, FACTOR_MOST)
        turns = cells.one_of("turns", ("", *TURNS))
        if turns == "waived" and mode == "normal":
            cells.wrong("turns", "bans may be waived only for a response with lights")
        congestion: float | None = None
        if cells.text("congestion"):
            congestion = cells.number("congestion", 0.0, 1.0)
            if mode == "normal" and congestion != 1.0:
                cells.wrong("congestion", "without lights all of it is felt")
            elif cells.good:
                shares |= {congestion} - {1.0}
                if len(shares) > CONGESTION_SHARES:
                    cells.wrong("congestion", f"more than {CONGESTION_SHARES} shares below 1")
        for hour in hours or (None,):
            key = (mode == "normal", agency, named, hour)
            if key in seen:
                cells.wrong("hours", f"the same stands on line {seen[key]} already")
                break
            seen[key] = cells.line
        if cells.good:
            rows.append(
                DrivingRow.model_validate(
                    {
                        "agency": agency,
                        "vehicle_class": named,
                        "hours": hours,
                        "factor": factor,
                        "mode": mode,
                        "turns": turns,
                        "congestion": congestion,
                    }
                )
            )
    return rows
