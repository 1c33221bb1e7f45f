"""``crews.csv`` of a region pack, which may be absent: vehicles that share a crew."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jurisdictions.mistakes import Findings
from jurisdictions.pack_tables import read_rows
from jurisdictions.roster import RosterUnit, SharedCrew

CREWS: Final = "crews.csv"
STAFF_MOST: Final = 30


def read_crews(folder: Path, findings: Findings, units: list[RosterUnit]) -> list[SharedCrew]:
    """The shares; none where there is no such file.

    A share of fewer than two vehicles, of more than one agency or of several stations, and a
    vehicle that stands in two shares, are mistakes.
    """
    if not (folder / CREWS).is_file():
        return []
    known = {unit.callsign: unit for unit in units}
    all_known = "units.csv" in findings.unreadable
    seen: dict[str, int] = {}
    shared: dict[str, int] = {}
    crews = []
    for cells in read_rows(folder, CREWS, findings):
        names = tuple(dict.fromkeys(cells.parts("units")))
        crew = SharedCrew(
            id=cells.once("crew", seen),
            units=names,
            min_staff=cells.whole("min_staff", 1, STAFF_MOST, "1"),
        )
        if len(names) < 2:
            cells.wrong("units", "a crew that is shared has two vehicles or more")
        for name in names:
            if name not in known and not all_known:
                cells.wrong("units", f"{name} is not in units.csv")
            elif name in shared:
                cells.wrong("units", f"{name} stands on line {shared[name]} already")
            shared.setdefault(name, cells.line)
        of = [known[name] for name in names if name in known]
        if len({(unit.agency_id, unit.station) for unit in of}) > 1:
            cells.wrong("units", "they are not of one agency and one station")
        if cells.good:
            crews.append(crew)
    return crews
