"""The recorded calls of a region pack, read row by row since there may be a year of them."""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from geodata.lonlat import LonLat

COLUMNS = (
    "received_at",
    "lat",
    "lon",
    "title",
    "incident_type",
    "priority",
    "addr",
    "municipality",
    "station",
    "flags",
    "bad",
)


class RecordedCall(NamedTuple):
    """One call as it was recorded. ``municipality`` is as written, and may be wrong."""

    line: int
    received_at: datetime
    at: LonLat
    title: str
    incident_type: str
    priority: int
    address: str
    municipality: str
    station: str
    flags: tuple[str, ...]
    bad: bool


class BadCall(Exception):
    """A row that cannot be read: ``line`` and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


def read_calls(path: Path) -> Iterator[RecordedCall | BadCall]:
    """Every row in order: the call, or why it cannot be read. Bad rows stop nothing.

    Rows that the file itself marks as bad are given with ``bad`` set.

    Raises:
        BadCall: The header lacks a column (line 1).
        OSError, EOFError, zlib.error, UnicodeDecodeError: It is not gzip, cut off, or not UTF-8.
    """
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise BadCall(1, f"columns missing: {', '.join(missing)}")
        for row in reader:
            yield _call(row, reader.line_num)


def _call(row: dict[str, str], line: int) -> RecordedCall | BadCall:
    if None in row or None in row.values():
        return BadCall(line, "it has not as many fields as the header")
    try:
        received_at = datetime.fromisoformat(row["received_at"])
        at = LonLat(float(row["lon"]), float(row["lat"]))
        priority = int(row["priority"])
    except (ValueError, TypeError) as problem:
        return BadCall(line, str(problem))
    if received_at.tzinfo is None:
        return BadCall(line, "received_at has no offset from UTC")
    if not (math.isfinite(at.lon) and abs(at.lon) <= 180 and abs(at.lat) <= 90):
        return BadCall(line, f"lon and lat {at.lon} {at.lat} are not on earth")
    if not 1 <= priority <= 9:
        return BadCall(line, f"priority: {priority} is not from 1 to 9")
    return RecordedCall(
        line,
        received_at,
        at,
        row["title"],
        row["incident_type"],
        priority,
        row["addr"],
        row["municipality"],
        row["station"],
        tuple(flag for flag in row["flags"].replace(";", " ").split() if flag),
        row["bad"] == "1",
    )
