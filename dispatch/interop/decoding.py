"""What every decoder of closure feeds needs: entries counted once each, times, points, headings.

An entry that cannot be used is a reject with its reason, never an exception; only a document that
is no feed at all raises ``FeedUnreadable``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from dispatch.domain.events import FeedReject
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable
from geodata.lonlat import LonLat

CORNERS_MAX: Final = 2000
OPEN_END: Final = timedelta(hours=36)
"""How long an entry without an end stands after it was last listed: every closure expires."""

SHUT: Final = 0.0
ALTERNATING: Final = 0.3
SOME_LANES: Final = 0.6
"""How fast traffic still moves where lanes alternate or some are shut, by estimate."""

_HEADING_DEG: dict[str, float] = {
    "N": 0.0,
    "NE": 45.0,
    "E": 90.0,
    "SE": 135.0,
    "S": 180.0,
    "SW": 225.0,
    "W": 270.0,
    "NW": 315.0,
}


class Unusable(Exception):
    """Why one entry cannot be used."""


def collect(
    entries: Sequence[Any],
    item_of: Callable[[Any], FeedItem | None],
    ref_of: Callable[[Any, int], str],
) -> Decoded:
    """Every entry counted once: binding, harmless (None) or refused.

    Of entries with the same id the first stands; the others are refused by name, since one would
    silently take the other's place.
    """
    items: list[FeedItem] = []
    rejects: list[FeedReject] = []
    harmless = 0
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        try:
            item = item_of(entry)
            if item is not None and item.ref in seen:
                raise Unusable("another entry of this document has the same id")
        except (Unusable, ValueError, TypeError, KeyError, IndexError, AttributeError) as failure:
            why = str(failure) if isinstance(failure, Unusable | ValueError) else "malformed entry"
            rejects.append(FeedReject(ref=ref_of(entry, number)[:200], why=why[:200]))
            continue
        if item is None:
            harmless += 1
        else:
            seen.add(item.ref)
            items.append(item)
    return Decoded(len(entries), items, harmless, rejects)


def json_of(document: bytes) -> Any:
    """The document as JSON.

    Raises:
        FeedUnreadable: It is not JSON.
    """
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError as failure:
        raise FeedUnreadable(f"not JSON: {failure}") from None


def time_of(given: Any, name: str) -> datetime:
    """An instant with its offset.

    Raises:
        Unusable: There is none, it is no time, or it has no offset.
    """
    if not given:
        raise Unusable(f"no {name}")
    try:
        time = datetime.fromisoformat(str(given))
    except ValueError:
        raise Unusable(f"{name} {given!r} is no time") from None
    if time.tzinfo is None:
        raise Unusable(f"{name} {given!r} has no offset from UTC")
    return time


def open_end(begins_at: datetime, read_at: datetime) -> datetime:
    """The end of an entry that names none, in steps of twelve hours.

    A day and a half after it was last listed, so that a feed that falls silent does not close a
    road for ever; in steps, so that reading it again each minute changes nothing.
    """
    start = max(begins_at, read_at)
    step = start.replace(minute=0, second=0, microsecond=0, hour=start.hour // 12 * 12)
    return step + OPEN_END


def window(begins_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """The two, if they are in order.

    Raises:
        Unusable: The end is not later than the beginning.
    """
    if ends_at <= begins_at:
        raise Unusable("its end is not later than its beginning")
    return begins_at, ends_at


def point_of(lon: Any, lat: Any) -> LonLat:
    """A point on earth.

    Raises:
        Unusable: It is not.
    """
    x, y = float(lon), float(lat)
    if not (math.isfinite(x) and abs(x) <= 180 and math.isfinite(y) and abs(y) <= 90):
        raise Unusable(f"position {lon}, {lat} is not on earth")
    return LonLat(x, y)


def points_of(coordinates: Iterable[Any]) -> tuple[LonLat, ...]:
    """GeoJSON positions, [lon, lat].

    Raises:
        Unusable: None, too many, or one that is not on earth.
    """
    points = tuple(point_of(position[0], position[1]) for position in coordinates)
    if not 1 <= len(points) <= CORNERS_MAX:
        raise Unusable(f"geometry of {len(points)} points")
    return points


def oriented(line: tuple[LonLat, ...], heading: str) -> tuple[LonLat, ...]:
    """The line in the order in which traffic with this heading (``N`` to ``NW``) drives it."""
    heading_deg = _HEADING_DEG.get(heading.upper())
    if heading_deg is None or len(line) < 2 or line[0] == line[-1]:
        return line
    east = (line[-1].lon - line[0].lon) * math.cos(math.radians(line[0].lat))
    bearing_deg = math.degrees(math.atan2(east, line[-1].lat - line[0].lat)) % 360
    apart_deg = abs((bearing_deg - heading_deg + 180) % 360 - 180)
    return line if apart_deg <= 90 else tuple(reversed(line))


def described(names: Sequence[str], text: str) -> str:
    """Roads and words as one line of at most 200 characters."""
    return ": ".join(part for part in (", ".join(names), text.strip()) if part)[:200]
