"""``targets.csv`` of a region pack: how long each stage of a call may take. A pack may lack it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import Cells, read_rows
from jurisdictions.targets import STAGES, StageTarget

TARGETS: Final = "targets.csv"
SECONDS_MOST: Final = 86_400


def read_targets(
    folder: Path, findings: Findings, agencies: Names, incident_types: set[str]
) -> list[StageTarget]:
    """The targets; none where there is no such file. A type that no plan names is a mistake."""
    if not (folder / TARGETS).is_file():
        return []
    seen: dict[tuple[str, str, str, date | None], int] = {}
    targets = []
    for cells in read_rows(folder, TARGETS, findings):
        target = StageTarget(
            stage=cells.one_of("stage", STAGES),
            seconds=cells.number("seconds", 1, SECONDS_MOST),
            agency=cells.text("agency") and cells.known("agency", agencies),
            incident_type=cells.text("incident_type"),
            effective=_date(cells),
        )
        if target.incident_type and incident_types and target.incident_type not in incident_types:
            cells.wrong("incident_type", f"{target.incident_type} is not in response_plans.csv")
        key = (target.stage, target.agency, target.incident_type, target.effective)
        if key in seen:
            cells.wrong("stage", f"the same stands on line {seen[key]} already")
        seen.setdefault(key, cells.line)
        if cells.good:
            targets.append(target)
    return targets


def _date(cells: Cells) -> date | None:
    text = cells.text("effective")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        cells.wrong("effective", f"{text!r} is no date like 2026-01-31")
        return None
