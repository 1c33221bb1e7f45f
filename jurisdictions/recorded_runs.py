"""Recorded runs of units: when each was alerted, rolled, arrived and was free again.

One row for each unit of each call, as a CAD exports it. Bad rows stop nothing: they are counted.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("unit", "Unit ID"),
    "kind": ("kind", "Unit Type"),
    "dispatched_at": ("dispatched_at", "Dispatch DtTm"),
    "enroute_at": ("enroute_at", "Response DtTm"),
    "on_scene_at": ("on_scene_at", "On Scene DtTm"),
    "available_at": ("available_at", "Available DtTm"),
    "agency": ("agency",),
    "staffing": ("staffing",),
    "route_s": ("route_s",),
}
"""Columns by what they hold: our name, then that of DataSF's "Fire Department and Emergency
Medical Services Dispatched Calls for Service" (data set nuek-vuh3)."""

REQUIRED: Final = ("unit", "kind", "dispatched_at", "enroute_at")
CLOCKS: Final = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S")
"""Times are read as ISO 8601, else in one of these."""

TURNOUT_MOST_S: Final = 1_800.0
DRIVE_LEAST_S: Final = 10.0
"""A unit that arrives sooner after it rolled did not press its key when it rolled."""
DRIVE_MOST_S: Final = 7_200.0


class Run(NamedTuple):
    """One unit's way to one call.

    ``hour`` is that of the alert by the clock of the file. ``turnout_s`` is alert to en route and
    ``drive_s`` en route to on scene, None where not recorded or not to be believed. ``free_for_s``
    is how long the unit had been free when it was alerted, None where the file does not say.
    ``route_s`` is the drive that the roads foretold, above 0, None where nobody asked them.
    """

    unit: str
    kind: str
    agency: str
    staffing: str
    at: datetime
    turnout_s: float | None
    drive_s: float | None
    free_for_s: float | None
    route_s: float | None = None

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.at.hour


@dataclass(frozen=True)
class RecordedRuns:
    """Runs in the order of their alerts, and how many rows or times were left out, by why."""

    runs: list[Run] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


class RunsUnreadable(Exception):
    """The file as a whole cannot be read: ``path`` and ``why``."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path.name}: {why}")
        self.path = path
        self.why = why


class _Times(NamedTuple):
    dispatched_at: datetime
    enroute_at: datetime | None
    on_scene_at: datetime | None
    available_at: datetime | None


def read_runs(path: Path, *, agency: str = "", staffing: str = "") -> RecordedRuns:
    """The runs of a CSV file, plain or gzip; columns as in ``HEADERS``.

    Kinds are made small letters. All times of a file are on one clock, with an offset or without.

    Args:
        path: The file.
        agency: Of all runs, where the file has no such column or an empty cell.
        staffing: The same for ``career``, ``volunteer`` and their like.

    Raises:
        RunsUnreadable: No such file, not CSV in UTF-8, or a required column is missing.
    """
    left_out: Counter[str] = Counter()
    rows: list[tuple[_Times, dict[str, str]]] = []
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = _columns(path, reader.fieldnames or ())
            for row in reader:
                cells = {name: (row.get(column) or "").strip() for name, column in columns.items()}
                times = _times(cells)
                if isinstance(times, str):
                    left_out[times] += 1
                else:
                    rows.append((times, cells))
        rows.sort(key=lambda pair: pair[0].dispatched_at)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as cause:
        raise RunsUnreadable(path, str(cause)) from cause
    except TypeError as cause:
        raise RunsUnreadable(path, "some times have an offset and some have none") from cause
    freed: dict[str, datetime] = {}
    runs = []
    for times, cells in rows:
        cells["agency"] = cells.get("agency") or agency
        cells["staffing"] = cells.get("staffing") or staffing
        runs.append(_run(times, cells, freed, left_out))
    return RecordedRuns(runs, left_out)


def _columns(path: Path, header: object) -> dict[str, str]:
    have = set(header) if isinstance(header, (list, tuple)) else set()
    found = {
        name: next(each for each in named if each in have)
        for name, named in HEADERS.items()
        if have.intersection(named)
    }
    if missing := [name for name in REQUIRED if name not in found]:
        raise RunsUnreadable(path, f"line 1: columns missing: {', '.join(missing)}")
    return found


def _times(cells: Mapping[str, str]) -> _Times | str:
    """The row's times, or why it is left out."""
    if not cells["unit"] or not cells["kind"]:
        return "no unit or kind"
    try:
        dispatched, *others = (
            _time(cells.get(name, ""))
            for name in ("dispatched_at", "enroute_at", "on_scene_at", "available_at")
        )
    except ValueError:
        return "a time cannot be read"
    return "never alerted" if dispatched is None else _Times(dispatched, *others)


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for clock in CLOCKS[:-1]:
        try:
            return datetime.strptime(text, clock)  # noqa: DTZ007 - the file has one clock
        except ValueError:
            continue
    return datetime.strptime(text, CLOCKS[-1])  # noqa: DTZ007


def _run(
    times: _Times, cells: Mapping[str, str], freed: dict[str, datetime], left_out: Counter[str]
) -> Run:
    """The run; ``freed`` holds when each unit was free last, and is brought up to date."""
    unit = cells["unit"]
    free_since = freed.get(unit)
    if times.available_at is not None:
        freed[unit] = max(times.available_at, free_since or times.available_at)
    return Run(
        unit=unit,
        kind=cells["kind"].lower(),
        agency=cells["agency"],
        staffing=cells["staffing"],
        at=times.dispatched_at,
        turnout_s=_between(
            times.dispatched_at, times.enroute_at, 0.0, TURNOUT_MOST_S, "turnout", left_out
        ),
        drive_s=_between(
            times.enroute_at, times.on_scene_at, DRIVE_LEAST_S, DRIVE_MOST_S, "drive", left_out
        ),
        free_for_s=(
            max(0.0, (times.dispatched_at - free_since).total_seconds()) if free_since else None
        ),
        route_s=_route_s(cells.get("route_s", "")),
    )


def _route_s(text: str) -> float | None:
    """The cell as seconds above 0; anything else is none."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0.0 < seconds <= DRIVE_MOST_S else None


def _between(
    begin: datetime | None,
    end: datetime | None,
    least_s: float,
    most_s: float,
    what: str,
    left_out: Counter[str],
) -> float | None:
    if begin is None or end is None:
        left_out[f"no {what} recorded"] += 1
        return None
    seconds = (end - begin).total_seconds()
    if least_s <= seconds <= most_s:
        return seconds
    left_out[f"{what} below {least_s:g} or above {most_s:g} s"] += 1
    return None
