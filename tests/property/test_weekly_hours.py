"""Weekly hours against a walk over every minute of the place's clock, days of change included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geodata.weekly_hours import HORIZON, Hours, run_at

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZONES = ("America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "America/St_Johns", "UTC")
STARTS = (
    date(2026, 3, 6),  # New York skips an hour on the 8th
    date(2026, 3, 27),  # Lisbon on the 29th
    date(2026, 10, 2),  # Lord Howe half an hour on the 4th
    date(2026, 10, 23),  # Lisbon shows an hour twice on the 25th
    date(2026, 10, 30),  # New York on 1 November
    date(2026, 4, 3),  # Lord Howe half an hour on the 5th
)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    begin = draw(st.integers(0, 1439) | st.sampled_from([0, 60, 90, 105, 120, 150, 180]))
    length = draw(st.integers(1, 1440) | st.sampled_from([15, 30, 60, 1440]))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return Hours(days, begin, begin + length)


def walked(rules: list[Hours], zone: ZoneInfo, start: date, count: int) -> list[bool]:
    """Whether each of the minutes from a UTC midnight on lies in an occurrence, by their clocks."""
    midnight = datetime.combine(start, time(), UTC)
    before = 3 * 1440
    instants = [midnight + (i - before) * MINUTE for i in range(before + count + 3 * 1440)]
    walls = [instant.astimezone(zone).replace(tzinfo=None) for instant in instants]
    held = [False] * len(walls)
    for rule in rules:
        for ahead in range(-4, count // 1440 + 3):
            day = start + ahead * DAY
            if not rule.begins_on(day):
                continue
            begin = datetime.combine(day, time()) + rule.begin_min * MINUTE
            end = datetime.combine(day, time()) + rule.end_min * MINUTE
            first = next((i for i, wall in enumerate(walls) if wall >= begin), len(walls))
            last = next((i for i in reversed(range(len(walls))) if walls[i] < end), -1)
            for i in range(first, last + 1):
                held[i] = True
    return held[before : before + count]


@settings(deadline=None)
@given(st.lists(hours(), min_size=1, max_size=3), st.sampled_from(ZONES), st.sampled_from(STARTS))
@example([Hours(frozenset(range(7)), 90, 150)], "America/New_York", date(2026, 10, 30))
@example([Hours(frozenset(range(7)), 135, 165)], "America/New_York", date(2026, 3, 6))
@example([Hours(frozenset({6}), 1320, 1740)], "Europe/Lisbon", date(2026, 3, 27))
@example([Hours(frozenset({5}), 1380, 1500)], "Australia/Lord_Howe", date(2026, 10, 2))
def test_runs_are_those_of_a_walk_over_every_minute(
    rules: list[Hours], name: str, start: date
) -> None:
    zone, days = ZoneInfo(name), 4
    midnight = datetime.combine(start, time(), UTC)
    begins_at, ends_at = midnight + 5 * MINUTE, midnight + days * DAY - 7 * MINUTE
    held = walked(rules, zone, start, days * 1440)
    wanted = [h and 5 <= i < days * 1440 - 7 for i, h in enumerate(held)]
    at, i = midnight, 0
    while (run := run_at(rules, zone, at, begins_at, ends_at)) is not None:
        until = int((run.until - midnight) / MINUTE)
        assert until > i
        assert wanted[i:until] == [run.holds] * (until - i), (at, run)
        at, i = run.until, until
    assert not any(wanted[i:])


@settings(deadline=None)
@given(hours(), st.sampled_from(ZONES), st.integers(0, 4 * 1440))
def test_any_minute_says_the_same_as_the_run_that_it_lies_in(
    rule: Hours, name: str, minute: int
) -> None:
    zone, midnight = ZoneInfo(name), datetime(2026, 10, 30, tzinfo=UTC)
    ends_at = midnight + 30 * DAY
    at = midnight + minute * MINUTE
    run = run_at([rule], zone, at, midnight, ends_at)
    assert run is not None
    later = run_at([rule], zone, run.until - MINUTE, midnight, ends_at)
    assert later == run


def test_a_road_shut_every_hour_is_looked_at_again_and_one_never_shut_again_is_over() -> None:
    always = Hours(frozenset(range(7)), 0, 1440)
    at = datetime(2026, 7, 1, tzinfo=UTC)
    far = at + 5000 * DAY
    run = run_at([always], ZoneInfo("America/New_York"), at, at, far)
    assert run == (True, at + HORIZON)
    past = Hours(frozenset(range(7)), 0, 60, last_day=date(2026, 6, 1))
    assert run_at([past], ZoneInfo("UTC"), at, at, at + 30 * DAY) is None
    assert run_at([past], ZoneInfo("UTC"), at, at, far) == (False, at + HORIZON)


@pytest.mark.parametrize(
    ("days", "begin", "end"),
    [((), 0, 60), ((7,), 0, 60), ((0,), -1, 60), ((0,), 60, 60), ((0,), 60, 1501)],
)
def test_hours_that_are_none_are_refused(days: tuple[int, ...], begin: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"days|_min"):
        Hours(frozenset(days), begin, end)
