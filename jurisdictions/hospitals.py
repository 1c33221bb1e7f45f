"""Hospitals that ambulances drive to: ``hospitals.csv`` of a region pack."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from pydantic import Field

from geodata.lonlat import LonLat
from jurisdictions.mistakes import Findings
from jurisdictions.pack_tables import read_rows
from jurisdictions.values import Value

HOSPITALS: Final = "hospitals.csv"
SHORT_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"


class Hospital(Value):
    """A hospital by the short name that is said on the radio, and what it can do (``trauma``)."""

    id: str = Field(pattern=f"^{SHORT_NAME}$")
    name: str
    at: LonLat
    capabilities: tuple[str, ...] = ()


def read_hospitals(folder: Path, findings: Findings) -> list[Hospital]:
    """The hospitals; none where there is no such file. Two of one short name are a mistake."""
    if not (folder / HOSPITALS).is_file():
        return []
    seen: dict[str, int] = {}
    hospitals = []
    for cells in read_rows(folder, HOSPITALS, findings):
        short = cells.filled("hospital")
        if short and not re.fullmatch(SHORT_NAME, short):
            cells.wrong("hospital", f"{short!r} is not 1 to 40 letters, digits, - and _")
        if short.lower() in seen:  # on the radio and in a command M and m are one
            cells.wrong("hospital", f"{short} stands on line {seen[short.lower()]} already")
        seen.setdefault(short.lower(), cells.line)
        lon, lat = cells.number("lon", -180, 180), cells.number("lat", -90, 90)
        name = cells.filled("name")
        if cells.good:
            able = cells.parts("capabilities")
            hospitals.append(Hospital(id=short, name=name, at=LonLat(lon, lat), capabilities=able))
    return hospitals
