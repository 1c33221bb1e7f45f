"""Hours that come again by weekday, on the clock of a place: when they begin and end as instants.

Pure: the zone is an argument. An occurrence is one stretch of time, from the first instant at which
the clock shows its beginning or more to the last at which it shows less than its end. So an hour
that the clock skips belongs to none, and one that it shows twice belongs to it both times: on such
a night a road is rather shut too long than open while people work on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

DAY_MIN: Final = 1440
HORIZON: Final = timedelta(days=400)
"""How far ahead a run is looked for; one that lasts longer is looked at again by then."""
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``begin_min`` to ``end_min``, minutes after midnight, of some days of the week.

    ``days`` are 0 (Monday) to 6, those on which it begins; ``end_min`` beyond 1440 is on the next
    day. ``first_day`` and ``last_day`` bound the days on which it may begin, both included;
    ``months`` (1 to 12) empty: all. It does not begin on ``except_days``.
    """

    days: frozenset[int]
    begin_min: int
    end_min: int
    first_day: date | None = None
    last_day: date | None = None
    months: frozenset[int] = frozenset()
    except_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("days are 0 (Monday) to 6, one at least")
        if not 0 <= self.begin_min < DAY_MIN:
            raise ValueError("begin_min is 0 to 1439")
        if not self.begin_min < self.end_min <= self.begin_min + DAY_MIN:
            raise ValueError("end_min is later than begin_min, by a day at most")

    def begins_on(self, day: date) -> bool:
        """Whether an occurrence begins on this day of the place's calendar."""
        return (
            day.weekday() in self.days
            and (self.first_day is None or day >= self.first_day)
            and (self.last_day is None or day <= self.last_day)
            and (not self.months or day.month in self.months)
            and day not in self.except_days
        )


class Run(NamedTuple):
    """Whether the hours hold at an instant, and ``until`` when that stays so, in UTC."""

    holds: bool
    until: datetime


def run_at(
    hours: Sequence[Hours], zone: tzinfo, at: datetime, begins_at: datetime, ends_at: datetime
) -> Run | None:
    """Whether any of the hours holds within a window, and until when that stays so.

    Hours that touch or overlap are one run.

    Args:
        hours: Any of them.
        zone: Of the place; its clock counts.
        at: Aware.
        begins_at: Before it nothing holds. Aware.
        ends_at: From it on nothing holds. Aware.

    Returns:
        ``until`` is the end of the run, or the beginning of the next one; at most ``HORIZON``
        ahead. None where nothing holds at ``at`` nor later.
    """
    at = at.astimezone(UTC)
    if at >= ends_at:
        return None
    look_at = max(at, begins_at.astimezone(UTC))
    far = min(ends_at.astimezone(UTC), look_at + HORIZON)
    begun: datetime | None = None
    end = look_at
    for begin, finish in _occurrences(hours, zone, look_at, far):
        first, last = max(begin, begins_at), min(finish, far)
        if last <= look_at or first >= far:
            continue
        if begun is None:
            begun, end = first, last
        elif first <= end:
            end = max(end, last)
        else:
            break
        if begun > at:
            return Run(False, begun.astimezone(UTC))
    if begun is not None:
        return Run(True, end.astimezone(UTC))
    return None if far >= ends_at else Run(False, far)


def _occurrences(
    hours: Sequence[Hours], zone: tzinfo, after: datetime, before: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Beginnings and ends, by beginning; those of two days before ``after`` as well."""
    day = after.astimezone(zone).date() - 2 * _DAY
    last_day = before.astimezone(zone).date()
    while day <= last_day:
        found = []
        for each in hours:
            if each.begins_on(day):
                midnight = datetime.combine(day, time())
                begin = first_instant(midnight + each.begin_min * _MINUTE, zone)
                end = last_instant(midnight + each.end_min * _MINUTE, zone)
                if begin < end:
                    found.append((begin, end))
        yield from sorted(found)
        day += _DAY


def first_instant(wall: datetime, zone: tzinfo) -> datetime:
    """The first instant, UTC, at which the clock shows ``wall`` (naive) or later."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    return instant if shown == wall else _skip_before(instant, zone)


def last_instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant, UTC, from which the clock shows ``wall`` (naive) or later for good."""
    before = wall - _MINUTE
    instant = before.replace(tzinfo=zone, fold=1).astimezone(UTC)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    if shown != before:
        # With fold=1 an hour that was skipped is read by the clock after it: it lies before.
        return _skip_before(before.replace(tzinfo=zone, fold=0).astimezone(UTC), zone)
    return instant + _MINUTE


def _skip_before(instant: datetime, zone: tzinfo) -> datetime:
    """When the clock last skipped before ``instant``, within a day of it; to the minute."""
    offset = instant.astimezone(zone).utcoffset()
    low, high = 0, DAY_MIN
    while high - low > 1:
        middle = (low + high) // 2
        if (instant - middle * _MINUTE).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return instant - low * _MINUTE
