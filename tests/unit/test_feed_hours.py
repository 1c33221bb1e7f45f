"""Hours of the week, as each format writes them, are those in which the closure holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from dispatch.domain.recurrence import Recurrence
from dispatch.interop.feed_item import FeedItem
from dispatch.interop.formats import decode
from tests.factories import NOON
from tests.unit.test_feed_formats import LINE, LINEAR, closed, datex, open511, own

ZONE = "America/New_York"
NIGHTS = {"days": [1, 2, 3, 4, 5], "begins": "20:00", "ends": "05:00"}
"""Works by night, Monday to Friday; NOON is a Wednesday."""


def only(feed_format: str, document: bytes) -> FeedItem:
    decoded = decode(feed_format, document, NOON)
    assert [reject.why for reject in decoded.rejects] == []
    (item,) = decoded.items
    return item


def holds(item: FeedItem, local: str) -> bool:
    """Whether it holds at a time of the region's clock."""
    recurrence = Recurrence(time_zone=item.time_zone or ZONE, hours=item.hours)
    at = datetime.fromisoformat(f"{local}:00-04:00").astimezone(UTC)
    run = recurrence.run_at(at, item.begins_at, item.ends_at)
    return run is not None and run.holds


def cifs(schedule: Any) -> bytes:
    entry = {
        "id": "w-1",
        "type": "ROAD_CLOSED",
        "polyline": "47.10 9.50 47.11 9.50",
        "starttime": "2026-06-25T00:00:00-04:00",
        "endtime": "2026-07-25T00:00:00-04:00",
        "schedule": schedule,
    }
    return orjson.dumps({"incidents": [entry]})


def cifs_xml(schedule: dict[str, str]) -> bytes:
    rows = "".join(f"<{day}>{hours}</{day}>" for day, hours in schedule.items())
    return f"""<incidents><incident id="w-1"><type>ROAD_CLOSED</type>
<polyline>47.10 9.50 47.11 9.50</polyline><starttime>2026-06-25T00:00:00-04:00</starttime>
<endtime>2026-07-25T00:00:00-04:00</endtime><schedule>{rows}</schedule>
</incident></incidents>""".encode()


def recurring511(**over: Any) -> bytes:
    schedule = {
        "start_date": "2026-06-25",
        "end_date": "2026-07-24",
        "days": [1, 2, 3, 4, 5],
        "daily_start_time": "20:00",
        "daily_end_time": "05:00",
    }
    return open511(schedule={"recurring_schedules": [schedule | over]}, timezone=ZONE)


def validity(hours: str, *, days: str = "", exception: str = "") -> bytes:
    valid = f"""<s:validity><s:validityTimeSpecification>
<s:overallStartTime>2026-06-25T00:00:00-04:00</s:overallStartTime>
<s:overallEndTime>2026-07-25T00:00:00-04:00</s:overallEndTime>
<s:validPeriod>{hours}{days}</s:validPeriod>{exception}</s:validityTimeSpecification></s:validity>"""
    return datex(closed("roadClosed", LINEAR, validity=valid))


def of_day(begin: str, end: str) -> str:
    return f"""<s:recurringTimePeriodOfDay><s:startTimeOfPeriod>{begin}</s:startTimeOfPeriod>
<s:endTimeOfPeriod>{end}</s:endTimeOfPeriod></s:recurringTimePeriodOfDay>"""


WORKDAYS = "".join(
    f"<s:applicableDay>{day}</s:applicableDay>"
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
)
ON_WORKDAYS = f"<s:recurringDayWeekMonthPeriod>{WORKDAYS}</s:recurringDayWeekMonthPeriod>"
BY_DAY = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "20:00-05:00")
WINDOW = {"begins_at": "2026-06-25T00:00:00-04:00", "ends_at": "2026-07-25T00:00:00-04:00"}


@pytest.mark.parametrize(
    "read",
    [
        lambda: only("cifs", cifs(BY_DAY)),
        lambda: only("cifs", cifs_xml(BY_DAY)),
        lambda: only("open511", recurring511()),
        lambda: only("datex2", validity(of_day("20:00:00", "05:00:00"), days=ON_WORKDAYS)),
        lambda: only("datex2", validity(of_day("20:00-04:00", "05:00-04:00"), days=ON_WORKDAYS)),
        lambda: only("closures", own(hours=[NIGHTS], **WINDOW)),
    ],
    ids=["cifs", "cifs xml", "open511", "datex2", "datex2 with offsets", "own"],
)  # fmt: skip
def test_works_by_night_shut_the_road_by_night_in_every_format(
    read: Callable[[], FeedItem],
) -> None:
    item = read()
    held = [
        ("2026-06-30T19:59", False),
        ("2026-06-30T20:00", True),
        ("2026-07-01T04:59", True),
        ("2026-07-01T05:00", False),
        ("2026-07-01T12:00", False),
        ("2026-07-03T20:00", True),  # Friday
        ("2026-07-04T04:00", True),
        ("2026-07-04T20:00", False),  # Saturday
        ("2026-07-06T04:00", False),  # Monday, before its night
        ("2026-08-03T21:00", False),  # after its end
    ]
    assert [holds(item, local) for local, _ in held] == [holding for _, holding in held]
    assert item.ends_at > NOON


def test_several_spans_of_a_day_and_everyday_hold_alike() -> None:
    item = only("cifs", cifs({"everyday": "07:00-09:00, 16:00-18:00", "saturday": "22:00-23:59"}))
    wanted = {"06:59": False, "08:00": True, "12:00": False, "17:59": True, "18:00": False}
    assert {clock: holds(item, f"2026-07-02T{clock}") for clock in wanted} == wanted
    assert holds(item, "2026-07-04T23:59"), "an end of 23:59 is that of the day"
    assert not holds(item, "2026-07-05T00:00")


def test_an_exception_takes_a_day_out_or_gives_it_other_hours() -> None:
    schedule: dict[str, Any] = {
        "recurring_schedules": [
            {"start_date": "2026-06-25", "daily_start_time": "08:00", "daily_end_time": "17:00"}
        ],
        "exceptions": ["2026-07-02", "2026-07-03 18:00-19:00"],
    }
    item = only("open511", open511(schedule=schedule, timezone=ZONE))
    assert holds(item, "2026-07-01T09:00")
    assert not holds(item, "2026-07-02T09:00")
    assert not holds(item, "2026-07-03T09:00")
    assert item.ends_at <= NOON + timedelta(hours=36), "no end is stated: a day and a half"
    schedule["recurring_schedules"][0] |= {"end_date": "2026-07-20"}
    item = only("open511", open511(schedule=schedule, timezone=ZONE))
    assert holds(item, "2026-07-03T18:30")
    item = only("open511", recurring511(days=None, end_date="2026-07-03"))
    assert holds(item, "2026-07-04T04:00"), "the night that begins on the last day is whole"
    assert not holds(item, "2026-07-04T21:00")


def test_an_exception_of_datex_takes_its_whole_days_out() -> None:
    exception = """<s:exceptionPeriod><s:startOfPeriod>2026-07-01T00:00:00-04:00</s:startOfPeriod>
<s:endOfPeriod>2026-07-02T12:00:00-04:00</s:endOfPeriod></s:exceptionPeriod>"""
    item = only("datex2", validity(of_day("08:00:00", "17:00:00"), exception=exception))
    assert not holds(item, "2026-07-01T09:00")
    assert holds(item, "2026-07-02T09:00"), "what is left of a day stays shut"


def test_periods_that_do_not_recur_give_the_one_that_holds_now() -> None:
    def period(begin: str, end: str) -> str:
        return f"""<s:validPeriod><s:startOfPeriod>{begin}T06:00:00Z</s:startOfPeriod>
<s:endOfPeriod>{end}T06:00:00Z</s:endOfPeriod></s:validPeriod>"""

    periods = period("2026-06-26", "2026-06-27") + period("2026-07-01", "2026-07-03")
    valid = f"""<s:validity><s:overallStartTime>2026-06-25T00:00:00Z</s:overallStartTime>
<s:overallEndTime>2026-07-25T00:00:00Z</s:overallEndTime>{periods}</s:validity>"""
    item = only("datex2", datex(closed("roadClosed", LINEAR, validity=valid)))
    assert (item.begins_at.day, item.ends_at.day, item.hours) == (1, 3, ())


@pytest.mark.parametrize(
    ("feed_format", "document", "why"),
    [
        ("cifs", cifs({"funday": "07:00-09:00"}), "no day"),
        ("cifs", cifs({"monday": "07:00"}), "no span"),
        ("cifs", cifs({"monday": "07:00-25:00"}), "no time of day"),
        ("cifs", cifs("at night"), "names no days"),
        ("open511", recurring511(start_date="soon"), "is no day"),
        ("open511", recurring511(end_date="2026-06-01"), "last_day is before"),
        ("datex2", validity(of_day("20:00:00+05:30", "05:00:00+05:30")), "+05:30"),
        ("datex2", validity(of_day("20:00:00Z", "05:00:00+02:00")), "several offsets"),
        ("datex2", validity(of_day("", "05:00:00")), "without startTimeOfPeriod"),
        (
            "datex2",
            validity("<s:recurringDayWeekMonthPeriod><s:applicableWeek>firstWeekOfMonth"
                     "</s:applicableWeek></s:recurringDayWeekMonthPeriod>"),
            "week of the month",
        ),
        ("closures", own(hours=[{"days": [0], "begins": "20:00", "ends": "05:00"}]), "hours.0"),
        ("closures", own(hours=[{"begins": "8 pm"}]), "hours.0.begins"),
        ("closures", own(hours=[NIGHTS], time_zone="Mars/Olympus"), "IANA"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_applied_say_why(feed_format: str, document: bytes, why: str) -> None:
    decoded = decode(feed_format, document, NOON)
    assert decoded.items == []
    assert why in decoded.rejects[0].why


def test_a_works_fleets_round_is_hours_of_named_streets() -> None:
    """A round that a fleet plans, street by street, is a list of the hub's own format."""
    rounds = [
        {
            "id": f"sweeping-{street}",
            "description": f"Sweeping {street}",
            "roads": [street],
            "line": LINE,
            "speed_factor": 0.5,
            "hours": [{"days": days, "begins": begins, "ends": ends}],
            **WINDOW,
        }
        for street, days, begins, ends in (
            ("Mill Rd", [1, 4], "06:00", "07:30"),
            ("Dam St", [4], "07:30", "09:00"),
        )
    ]
    document = orjson.dumps({"format": "dispatch-closures/1", "closures": rounds})
    mill, dam = decode("closures", document, NOON).items
    assert (mill.road_names, mill.speed_factor) == (("Mill Rd",), 0.5)
    thursday = "2026-07-02"
    assert (holds(mill, f"{thursday}T07:00"), holds(dam, f"{thursday}T07:00")) == (True, False)
    assert (holds(mill, f"{thursday}T08:00"), holds(dam, f"{thursday}T08:00")) == (False, True)
    assert not holds(mill, "2026-07-03T07:00")
