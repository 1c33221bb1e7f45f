"""Open511 1.0 events (JSON): what shuts or slows a road, by ``roads[].state``.

An event of which no road says its state is refused: what its words mean is for a person to read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dispatch.domain.closure import Direction
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
    begins_at, ends_at = _window(event.get("schedule") or {}, read_at)
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
    )


def _window(schedule: dict[str, Any], read_at: datetime) -> tuple[datetime, datetime]:
    """The interval that holds now, else the next; a weekly pattern is not closed all the time."""
    intervals = schedule.get("intervals") or []
    if not intervals:
        raise Unusable("no interval says when; a weekly schedule is not taken for always")
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
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"interval time {text!r} is no time") from None
    return time if time.tzinfo else time.replace(tzinfo=read_at.tzinfo)


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
