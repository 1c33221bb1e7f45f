"""Hours of the week as feeds write them, into the hub's own. What cannot be applied says why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from dispatch.domain.recurrence import WeeklyHours
from dispatch.interop.decoding import Unusable

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK: Final = re.compile(r"^(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$")


def clock_of(text: Any, *, is_end: bool = False) -> str:
    """A time of day as ``HH:MM``. An end of 23:59 is that of the day: feeds know no later one.

    Raises:
        Unusable: It is none.
    """
    match = _CLOCK.match(str(text).strip())
    hour, minute = (int(match[1]), int(match[2])) if match else (99, 99)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise Unusable(f"{text!r} is no time of day")
    if is_end and (hour, minute) == (23, 59):
        return "24:00"
    return f"{hour % 24 if not is_end else hour:02}:{minute:02}"


def span_of(text: str) -> tuple[str, str]:
    """Beginning and end of ``09:00-17:00``.

    Raises:
        Unusable: It is no such span.
    """
    begin, dash, end = text.partition("-")
    if not dash:
        raise Unusable(f"{text!r} is no span of hours like 09:00-17:00")
    return clock_of(begin), clock_of(end, is_end=True)


def weekly_hours(
    days: Iterable[int],
    span: tuple[str, str],
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    months: Iterable[int] = (),
    except_days: Iterable[date] = (),
) -> WeeklyHours:
    """Hours of some days, 1 (Monday) to 7; ``span`` is ``HH:MM`` twice.

    Raises:
        Unusable: They break a rule of such hours.
    """
    try:
        return WeeklyHours(
            days=tuple(sorted(set(days))),
            begins=span[0],
            ends=span[1],
            first_day=first_day,
            last_day=last_day,
            months=tuple(sorted(set(months))),
            except_days=tuple(sorted(set(except_days))),
        )
    except ValidationError as failure:
        first = failure.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "hours"
        raise Unusable(f"{where}: {first['msg']}") from None


def day_of(text: Any, name: str) -> date:
    """A day of the calendar.

    Raises:
        Unusable: It is none.
    """
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        raise Unusable(f"{name} {text!r} is no day") from None
