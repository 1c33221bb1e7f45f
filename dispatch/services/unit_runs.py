"""The hub's own runs, written as the file that ``hub fit-turnout`` reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from dispatch.domain.events import Event
from dispatch.domain.unit_runs import UnitRun, unit_runs
from dispatch.store.event_log import read_events, read_head
from dispatch.store.regions import load_version

COLUMNS: Final = (
    "unit",
    "kind",
    "agency",
    "staffing",
    "dispatched_at",
    "enroute_at",
    "on_scene_at",
    "available_at",
    "route_s",
)
_PAGE: Final = 2_000


def write_runs(engine: Engine, path: Path) -> tuple[int, int]:
    """Write every run of the log to a CSV file, times by the region's clock with their offset.

    Kind and staffing are those of the active version of the region; a unit that it no longer has
    is left out, since nobody knows its kind.

    Returns:
        How many runs were written, and how many left out.

    Raises:
        OSError: The file cannot be written.
    """
    with engine.connect() as connection:
        version = read_head(connection).region_version
        rows = load_version(connection, version) if version else None
    kind = {unit.id: unit.kind for unit in rows.units} if rows else {}
    staffing = {doc["id"]: doc.get("staffing", "") for doc in rows.agencies} if rows else {}
    zone = ZoneInfo(rows.region.time_zone if rows else "UTC")
    runs = unit_runs(_events(engine))
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for run in runs:
            if run.unit_id in kind:
                named = (kind[run.unit_id], run.agency_id, staffing.get(run.agency_id, ""))
                table.writerow([run.unit_id, *named, *_times(run, zone), _seconds(run.route_s)])
                written += 1
    return written, len(runs) - written


def _events(engine: Engine) -> Iterator[Event]:
    after = 0
    while True:
        with engine.connect() as connection:
            page = read_events(connection, after, _PAGE)
        if not page:
            return
        yield from (logged.event for logged in page)
        after = page[-1].event.seq


def _times(run: UnitRun, zone: ZoneInfo) -> list[str]:
    return [
        _local(at, zone)
        for at in (run.dispatched_at, run.enroute_at, run.on_scene_at, run.available_at)
    ]


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat() if at else ""


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"
