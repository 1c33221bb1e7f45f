"""Hours as OpenStreetMap writes them: what is read holds as it says, what is not is no guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from geodata.opening_hours import Condition, conditions_of, read_hours
from geodata.weekly_hours import run_at

MONDAY = datetime(2026, 6, 29, tzinfo=UTC)


def holding(text: str) -> set[str]:
    """``Mo 07`` for every hour of a week in June in whose first half the text holds."""
    hours = read_hours(text)
    assert hours is not None, text
    found = set()
    for hour in range(168):
        at = MONDAY + timedelta(hours=hour)
        run = run_at(hours, UTC, at, MONDAY - timedelta(days=9), MONDAY + timedelta(days=99))
        if run is not None and run.holds:
            found.add(f"{at:%a %H}"[:2] + f"{at: %H}")
    return found


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Mo 07:00-09:00", {"Mo 07", "Mo 08"}),
        ("mo,we 07:00-08:00", {"Mo 07", "We 07"}),
        ("Sa-Mo 23:00-01:00", {"Sa 23", "Su 00", "Su 23", "Mo 00", "Mo 23", "Tu 00"}),
        ("Mo 07:00-08:00,16:00-17:00", {"Mo 07", "Mo 16"}),
        ("Mo 07:00-08:00, Tu 09:00-10:00", {"Mo 07", "Tu 09"}),
        ("Mo,Tu 07:00-08:00; Tu 09:00-10:00", {"Mo 07", "Tu 09"}),
        ("Mo 07:00-08:00; PH off", {"Mo 07"}),
        ("Jun-Aug Mo 07:00-08:00", {"Mo 07"}),
        ("Sep-May Mo 07:00-08:00", set()),
        ("Tu,PH 07:00-08:00", {"Tu 07"}),
    ],
)
def test_hours_are_those_that_the_text_names(text: str, hours: set[str]) -> None:
    assert holding(text) == hours


def test_no_times_are_whole_days_and_no_days_are_every_day() -> None:
    assert len(holding("Mo-Fr")) == 5 * 24
    assert len(holding("07:00-09:00")) == 7 * 2
    assert len(holding("24/7")) == 168


@pytest.mark.parametrize(
    "text",
    [
        "", "sunset-sunrise", "Mo 07:00+", "PH", "week 1-20", "2026 Jul 01-2026 Aug 15", "wet",
        "weight>7.5", "Mo 07:00-09:00 AND weight>7.5", "Mo off", "Mo 7-9", "Mo 07:70-09:00",
        "Mo 25:00-26:00", "Mo[1] 07:00-09:00", "maxstay < 2 h",
    ],
)  # fmt: skip
def test_what_cannot_be_read_whole_is_not_read(text: str) -> None:
    assert read_hours(text) is None


def test_a_conditional_value_is_split_outside_of_parentheses() -> None:
    assert conditions_of("no @ (Mo-Fr 07:00-09:00; Sa 10:00-12:00); yes @ wet") == [
        Condition("no", "Mo-Fr 07:00-09:00; Sa 10:00-12:00"),
        Condition("yes", "wet"),
    ]
    assert conditions_of("no_left_turn @ Mo 07:00-09:00; Sa 10:00-12:00") == [
        Condition("no_left_turn", "Mo 07:00-09:00; Sa 10:00-12:00")
    ]
    assert conditions_of("no") == []
