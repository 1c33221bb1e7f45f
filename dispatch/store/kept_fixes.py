"""Where units were: one row for each unit, minute and process that wrote it. Not in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import orjson
from sqlalchemy import Connection, bindparam, delete, func, select

from dispatch.domain.kept_fixes import fix_at
from dispatch.domain.unit import Fix
from dispatch.store import tables as t
from dispatch.store.receipts import minute_of
from dispatch.store.upsert import upsert
from geodata.lonlat import LonLat

_ROWS_MOST = 8
"""Rows of a unit that are looked at: of its last minute before the instant and the one before that,
each written by as many processes as led in it."""

NOBODY = ""
"""In place of a unit: in these minutes somebody kept positions, whether a unit sent any or not."""

_C = t.kept_fix.c
_LAST = (
    select(_C.minute, _C.fixes)
    .where(_C.unit_id == bindparam("unit_id"), _C.minute <= bindparam("until"))
    .order_by(_C.minute.desc())
    .limit(_ROWS_MOST)
)


def save_kept_fixes(
    connection: Connection, writer: str, minutes: Mapping[tuple[str, int], Sequence[Fix]]
) -> None:
    """Write whole minutes of units; the same minute again replaces what this writer wrote.

    Args:
        connection: Writing.
        writer: A name of this process that no other has.
        minutes: By unit and minute since 1970.
    """
    rows = [
        {"unit_id": unit_id, "minute": minute, "writer": writer, "fixes": _encoded(minute, fixes)}
        for (unit_id, minute), fixes in minutes.items()
    ]
    upsert(connection, t.kept_fix, rows)


def fixes_at(connection: Connection, unit_ids: Iterable[str], at: datetime) -> list[Fix]:
    """The last kept fix of each unit at or before an instant; units without one are left out."""
    found = []
    for unit_id in unit_ids:
        fixes: list[Fix] = []
        for row in connection.execute(_LAST, {"unit_id": unit_id, "until": minute_of(at)}):
            fixes += _decoded(unit_id, row.minute, row.fixes)
        fixes.sort(key=lambda fix: fix.received_at)
        fix = fix_at(fixes, at)
        if fix is not None:
            found.append(fix)
    return found


def kept_since(connection: Connection) -> datetime | None:
    """The first minute of which positions are kept still; None: there is none."""
    first = connection.scalar(select(func.min(_C.minute)).where(_C.unit_id == NOBODY))
    return None if first is None else datetime.fromtimestamp(first * 60, UTC)


def kept_then(connection: Connection, at: datetime) -> bool:
    """Whether positions were kept in the minute of an instant."""
    some = select(_C.minute).where(_C.unit_id == NOBODY, _C.minute == minute_of(at)).limit(1)
    return connection.scalar(some) is not None


def drop_kept_fixes(connection: Connection, before: datetime) -> int:
    """Delete the minutes before an instant; how many."""
    return connection.execute(delete(t.kept_fix).where(_C.minute < minute_of(before))).rowcount


def _encoded(minute: int, fixes: Sequence[Fix]) -> str:
    began = datetime.fromtimestamp(minute * 60, UTC)
    rows = [
        [
            (fix.received_at - began) // timedelta(microseconds=1),  # rounded, it could lie later
            round(fix.at.lon, 6),
            round(fix.at.lat, 6),
            None if fix.heading_deg is None else round(fix.heading_deg),
            None if fix.speed_mps is None else round(fix.speed_mps, 1),
            None if fix.accuracy_m is None else round(fix.accuracy_m),
            fix.source,
        ]
        for fix in fixes
    ]
    return orjson.dumps(rows).decode()


def _decoded(unit_id: str, minute: int, text: str) -> list[Fix]:
    began = datetime.fromtimestamp(minute * 60, UTC)
    return [
        Fix(
            unit_id=unit_id,
            at=LonLat(lon, lat),
            heading_deg=heading_deg,
            speed_mps=speed_mps,
            accuracy_m=accuracy_m,
            received_at=began + timedelta(microseconds=us),
            source=source,
        )
        for us, lon, lat, heading_deg, speed_mps, accuracy_m, source in orjson.loads(text)
    ]
