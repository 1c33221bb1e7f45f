"""A closure that comes again: hours of the week on the clock of its place. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator, model_validator

from dispatch.domain.values import ShortText, Value
from geodata.weekly_hours import DAY_MIN, Hours, Run, run_at

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
EVERY_DAY: Final = (1, 2, 3, 4, 5, 6, 7)


class WeeklyHours(Value):
    """Hours of some days: ``days`` 1 (Monday) to 7, those on which they begin.

    ``ends`` not later than ``begins`` is on the next day. ``first_day`` and ``last_day`` bound the
    days on which they begin, both included; ``months`` empty: all; ``except_days`` are left out.
    """

    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)] = EVERY_DAY
    begins: ClockTime = "00:00"
    ends: ClockTime = "24:00"
    first_day: date | None = None
    last_day: date | None = None
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    except_days: Annotated[tuple[date, ...], Field(max_length=366)] = ()

    @model_validator(mode="after")
    def _begins_on_some_day(self) -> WeeklyHours:
        if self.begins == "24:00":
            raise ValueError("begins is 00:00 to 23:59")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        return self

    def hours(self) -> Hours:
        """As the rule takes them."""
        begin, end = _minutes(self.begins), _minutes(self.ends)
        return Hours(
            days=frozenset(day - 1 for day in self.days),
            begin_min=begin,
            end_min=end if end > begin else end + DAY_MIN,
            first_day=self.first_day,
            last_day=self.last_day,
            months=frozenset(self.months),
            except_days=frozenset(self.except_days),
        )


class Recurrence(Value):
    """When a closure holds within its window: any of ``hours``, on the clock of ``time_zone``."""

    time_zone: ShortText
    hours: Annotated[tuple[WeeklyHours, ...], Field(min_length=1, max_length=100)]

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if not is_time_zone(name):
            raise ValueError(f"{name!r} is no time zone of the IANA list, like America/New_York")
        return name

    def run_at(self, at: datetime, begins_at: datetime, ends_at: datetime) -> Run | None:
        """Whether it holds at an instant and until when; None where it is over.

        See ``geodata.weekly_hours.run_at``.
        """
        hours = [each.hours() for each in self.hours]
        return run_at(hours, ZoneInfo(self.time_zone), at, begins_at, ends_at)


def is_time_zone(name: str) -> bool:
    """Whether the IANA list has it."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
