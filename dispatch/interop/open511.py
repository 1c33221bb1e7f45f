"""Open511 1.0 events (JSON): what shuts or slows a road, by ``roads[].state``.

An event of which no road says its state is refused: what its words mean is for a person to read.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dispatch.domain.closure import Direction
from dispatch.domain.recurrence import EVERY_DAY, WeeklyHours, is_time_zone
from dispatch.interop.decoding import (
    ALTERNATING,
    SHUT,
    SOME_LANES,
    Unusable,
    collect,
    described,
    json_of,
    open_end,
    oriented,
    points_of,
    window,
)
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable
from dispatch.interop.hours import clock_of, day_of, span_of, weekly_hours
from geodata.lonlat import LonLat

STATES: dict[str, float | None] = {
    "CLOSED": SHUT,
    "SOME_LANES_CLOSED": SOME_LANES,
    "SINGLE_LANE_ALTERNATING": ALTERNATING,
    "ALL_LANES_OPEN": None,
}
"""``roads[].state`` to a speed factor; None leaves traffic as it is."""


def decode_open511(document: bytes, read_at: datetime) -> Decoded:
    """Events of an Open511 answer.

    Args:
        document: As it was read.
        read_at: When; an event without an end stands for a while from then.

    Raises:
        FeedUnreadable: It is not JSON or has no list of events.
    """
    answer = json_of(document)
    events = answer.get("events") if isinstance(answer, dict) else None
    if not isinstance(events, list):
        raise FeedUnreadable("no list of events")
    return collect(events, lambda event: _item(event, read_at), _ref)


def _ref(event: Any, number: int) -> str:
    given = event.get("id") if isinstance(event, dict) else None
    return str(given) if given else f"event {number}"


def _item(event: Any, read_at: datetime) -> FeedItem | None:
    if not isinstance(event, dict) or not event.get("id"):
        raise Unusable("no id")
    if event.get("status") == "ARCHIVED":
        return None
    roads = [road for road in event.get("roads") or [] if isinstance(road, dict)]
    factors = []
    for road in roads:
        state = road.get("state")
        if state is not None and state not in STATES:
            raise Unusable(f"road state {state!r} says nothing that can be applied")
        if state is not None and (factor := STATES[state]) is not None:
            factors.append(factor)
    if not factors:
        if not any(road.get("state") for road in roads):
            raise Unusable("no road says its state: read its words")
        return None
    schedule = event.get("schedule") or {}
    hours = _hours(schedule) if not schedule.get("intervals") else ()
    begins_at, ends_at = _outer(hours, read_at) if hours else _window(schedule, read_at)
    geography = event.get("geography")
    line, follows_road = _line(geography)
    is_area = isinstance(geography, dict) and geography.get("type") == "Polygon"
    heading = str(next((r["direction"] for r in roads if r.get("direction")), "BOTH"))
    direction: Direction = "both" if heading in ("BOTH", "NONE") else "along"
    names = [str(road["name"])[:200] for road in roads if road.get("name")]
    return FeedItem(
        ref=str(event["id"])[:200],
        description=described(names, str(event.get("headline") or event.get("description") or "")),
        road_names=tuple(names),
        line=oriented(line, heading) if direction == "along" else line,
        follows_road=follows_road,
        is_area=is_area,
        direction=direction,
        speed_factor=min(factors),
        begins_at=begins_at,
        ends_at=ends_at,
        hours=hours,
        time_zone=_zone(event.get("timezone")) if hours else "",
    )


def _zone(given: Any) -> str:
    if not given:
        return ""
    if not is_time_zone(str(given)):
        raise Unusable(f"timezone {given!r} is not known")
    return str(given)


def _hours(schedule: dict[str, Any]) -> tuple[WeeklyHours, ...]:
    """``recurring_schedules`` with ``exceptions``: a day without hours, or with other ones."""
    given = schedule.get("recurring_schedules") or []
    others: dict[date, list[str]] = {}
    for exception in schedule.get("exceptions") or []:
        day, *spans = str(exception).split()
        others.setdefault(day_of(day, "exception"), []).extend(spans)
    found = [
        weekly_hours(
            each.get("days") or EVERY_DAY,
            (
                clock_of(each.get("daily_start_time") or "00:00"),
                clock_of(each.get("daily_end_time") or "24:00", is_end=True),
            ),
            first_day=day_of(each["start_date"], "start_date") if each.get("start_date") else None,
            last_day=day_of(each["end_date"], "end_date") if each.get("end_date") else None,
            except_days=others,
        )
        for each in (given if isinstance(given, list) else [given])
    ]
    if found:
        found += [
            weekly_hours(EVERY_DAY, span_of(span), first_day=day, last_day=day)
            for day, spans in others.items()
            for span in spans
        ]
    return tuple(found)


def _outer(hours: tuple[WeeklyHours, ...], read_at: datetime) -> tuple[datetime, datetime]:
    """A window around all days of the hours, wherever on earth; open where one has no end."""
    firsts = [each.first_day for each in hours]
    lasts = [each.last_day for each in hours]
    first = min((d for d in firsts if d), default=None) if None not in firsts else None
    begins_at = _midnight(first, -1) if first else _midnight(read_at.date(), -2)
    if None in lasts:
        return window(begins_at, open_end(begins_at, read_at))
    return window(begins_at, _midnight(max(d for d in lasts if d), 3))


def _midnight(day: date, later: int) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), UTC)


def _window(schedule: dict[str, Any], read_at: datetime) -> tuple[datetime, datetime]:
    """The interval that holds now, else the next."""
    intervals = schedule.get("intervals") or []
    if not intervals:
        raise Unusable("no interval and no hours say when")
    found = []
    for interval in intervals:
        start, _, end = str(interval).partition("/")
        begins_at = _instant(start, read_at)
        found.append((begins_at, _instant(end, read_at) if end else open_end(begins_at, read_at)))
    found.sort()
    current = [pair for pair in found if pair[1] > read_at]
    return window(*(current[0] if current else found[-1]))


def _instant(text: str, read_at: datetime) -> datetime:
    """Intervals may leave the offset out: then it is UTC, as the standard's own examples are."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"interval time {text!r} is no time") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=read_at.tzinfo)


def _line(geography: Any) -> tuple[tuple[LonLat, ...], bool]:
    kind = geography.get("type") if isinstance(geography, dict) else None
    if kind == "Point":
        return points_of([geography["coordinates"]]), False
    if kind == "LineString":
        return points_of(geography["coordinates"]), True
    if kind == "MultiPoint":
        return points_of(geography["coordinates"]), False
    if kind == "Polygon" and len(geography["coordinates"]) == 1:
        return points_of(geography["coordinates"][0]), False
    raise Unusable(f"geography {kind} is no point or line, nor an area without holes")
