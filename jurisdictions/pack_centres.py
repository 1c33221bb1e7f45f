"""``centres.csv`` of a region pack: to whom calls may be transferred. A pack may lack it."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jurisdictions.centres import Centre
from jurisdictions.mistakes import Findings
from jurisdictions.pack_tables import read_rows

CENTRES: Final = "centres.csv"


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def read_centres(folder: Path, findings: Findings) -> list[Centre]:
    """The centres; none where there is no such file. Ids are unique."""
    if not (folder / CENTRES).is_file():
        return []
    seen: dict[str, int] = {}
    centres = []
    for cells in read_rows(folder, CENTRES, findings):
        centre = Centre(
            id=cells.once("centre", seen),
            name=cells.filled("name"),
            phone=cells.text("phone"),
            eido_url=cells.text("eido_url"),
        )
        if centre.eido_url and not _is_web(centre.eido_url):
            cells.wrong("eido_url", f"{centre.eido_url!r} is no http(s) URL, or carries a sign-in")
        if cells.good:
            centres.append(centre)
    return centres
