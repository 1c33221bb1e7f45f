"""When a DATEX II record holds: its overall period, valid and exception periods, hours that recur.

After ``OverallPeriod`` and ``Period`` of the standard's common part (EN 16157-7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element  # the type alone: defusedxml reads

from dispatch.domain.recurrence import EVERY_DAY, WeeklyHours
from dispatch.interop.decoding import Unusable, open_end, time_of, window
from dispatch.interop.hours import DAYS, clock_of, weekly_hours
from dispatch.interop.xml_elements import all_named, local_name, text_of

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DAY: Final = timedelta(days=1)
_OFFSET: Final = re.compile(r"Z$|[+-]\d\d:\d\d$")


class Validity(NamedTuple):
    """Its window, and the hours in it; empty hours are all, ``time_zone`` empty the region's."""

    begins_at: datetime
    ends_at: datetime
    hours: tuple[WeeklyHours, ...]
    time_zone: str


def validity_of(record: Element, read_at: datetime) -> Validity:
    """When the record holds.

    Of several periods that do not recur, the one that holds now counts, else the next.

    Raises:
        Unusable: No beginning, or a period that cannot be applied exactly.
    """
    begins_at = time_of(text_of(record, "overallStartTime"), "overallStartTime")
    given = text_of(record, "overallEndTime")
    ends_at = time_of(given, "overallEndTime") if given else open_end(begins_at, read_at)
    window(begins_at, ends_at)
    periods = list(all_named(record, "validPeriod"))
    recurring = [p for p in periods if _recurs(p)]
    if not recurring and _recurs(record):
        raise Unusable("a recurrence outside of a validPeriod")
    if recurring and len(recurring) < len(periods):
        raise Unusable("periods that recur beside ones that do not")
    if not recurring:
        begins_at, ends_at = _current(periods, begins_at, ends_at, read_at)
        return Validity(begins_at, ends_at, (), "")
    except_days = _except_days(record)
    offsets: set[str] = set()
    hours = tuple(each for p in recurring for each in _hours(p, except_days, offsets))
    if len(offsets) > 1:
        raise Unusable("times of day with several offsets from UTC")
    return Validity(begins_at, ends_at, hours, _zone_of(offsets.pop() if offsets else ""))


def _current(
    periods: list[Element], begins_at: datetime, ends_at: datetime, read_at: datetime
) -> tuple[datetime, datetime]:
    found = []
    for period in periods:
        begin, end = text_of(period, "startOfPeriod"), text_of(period, "endOfPeriod")
        first = max(begins_at, time_of(begin, "startOfPeriod")) if begin else begins_at
        last = min(ends_at, time_of(end, "endOfPeriod")) if end else ends_at
        if first < last:
            found.append((first, last))
    if not found:
        return begins_at, ends_at
    found.sort()
    return next((pair for pair in found if pair[1] > read_at), found[-1])


def _recurs(element: Element) -> bool:
    return any(local_name(each).startswith("recurring") for each in element.iter())


def _hours(
    period: Element, except_days: frozenset[date], offsets: set[str]
) -> Iterator[WeeklyHours]:
    if next(all_named(period, "recurringSpecialDay"), None) is not None:
        raise Unusable("a recurrence by public holidays or the like")
    if next(all_named(period, "applicableWeek"), None) is not None:
        raise Unusable("a recurrence by the week of the month")
    begin, end = text_of(period, "startOfPeriod"), text_of(period, "endOfPeriod")
    first = time_of(begin, "startOfPeriod").date() if begin else None
    last = time_of(end, "endOfPeriod").date() if end else None
    spans = [_span(each, offsets) for each in all_named(period, "recurringTimePeriodOfDay")]
    calendars = [_calendar(each) for each in all_named(period, "recurringDayWeekMonthPeriod")]
    for days, months in calendars or [(EVERY_DAY, ())]:
        for span in spans or [("00:00", "24:00")]:
            yield weekly_hours(
                days,
                span,
                first_day=first,
                last_day=last,
                months=months,
                except_days=except_days,
            )


def _span(element: Element, offsets: set[str]) -> tuple[str, str]:
    texts = []
    for name in ("startTimeOfPeriod", "endTimeOfPeriod"):
        text = text_of(element, name)
        if not text:
            raise Unusable(f"a recurrence without {name}")
        clock, offset = _OFFSET.split(text, maxsplit=1)[0], _OFFSET.search(text)
        offsets.add(offset[0] if offset else "")
        texts.append(clock)
    return clock_of(texts[0]), clock_of(texts[1], is_end=True)


def _calendar(element: Element) -> tuple[tuple[int, ...], tuple[int, ...]]:
    days = _numbers(element, "applicableDay", DAYS) or EVERY_DAY
    return days, _numbers(element, "applicableMonth", _MONTHS)


def _numbers(element: Element, name: str, words: tuple[str, ...]) -> tuple[int, ...]:
    found = []
    for each in all_named(element, name):
        word = (each.text or "").strip().lower()
        if word not in words:
            raise Unusable(f"{name} {word!r} is not known")
        found.append(words.index(word) + 1)
    return tuple(found)


def _except_days(record: Element) -> frozenset[date]:
    """The whole days that exception periods take out; what they leave of a day stays shut."""
    days: set[date] = set()
    for period in all_named(record, "exceptionPeriod"):
        if _recurs(period):
            raise Unusable("an exception that recurs")
        begin = time_of(text_of(period, "startOfPeriod"), "startOfPeriod of an exception")
        end = time_of(text_of(period, "endOfPeriod"), "endOfPeriod of an exception")
        day = begin.date() if begin.hour == begin.minute == 0 else begin.date() + _DAY
        ends_on = (end + timedelta(minutes=1)).date()
        while day < ends_on and len(days) <= 366:
            days.add(day)
            day += _DAY
    if len(days) > 366:
        raise Unusable("exceptions of more than a year")
    return frozenset(days)


def _zone_of(offset: str) -> str:
    """The zone of times that carry an offset; empty, the region's, where they carry none."""
    if not offset:
        return ""
    if offset in ("Z", "+00:00", "-00:00"):
        return "UTC"
    sign, hours, minutes = offset[:1], offset[1:3], offset[4:]
    if sign not in "+-" or not hours.isdecimal() or minutes != "00" or int(hours) > 12:
        raise Unusable(f"a time of day with the offset {offset!r}")
    return f"Etc/GMT{'-' if sign == '+' else '+'}{int(hours)}"
