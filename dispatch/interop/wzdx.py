"""WZDx 4.x work zone feeds (USDOT Work Zone Data Exchange, WorkZoneFeed and RoadEventFeature).

An entry that cannot be used is counted with its reason; only a document that is no feed at all
raises. The raw document stays with the job that read it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from dispatch.domain.closure import Direction
from dispatch.domain.events import FeedReject
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable
from geodata.lonlat import LonLat

SHUT = 0.0
ALTERNATING = 0.3
SOME_LANES = 0.6
"""How fast traffic still moves where lanes alternate or some are shut, by estimate."""

IMPACTS: dict[str, float | None] = {
    "all-lanes-closed": SHUT,
    "alternating-one-way": ALTERNATING,
    "flagging": ALTERNATING,
    "temporary-traffic-signal": ALTERNATING,
    "some-lanes-closed": SOME_LANES,
    "some-lanes-closed-merge-left": SOME_LANES,
    "some-lanes-closed-merge-right": SOME_LANES,
    "some-lanes-closed-split": SOME_LANES,
    "all-lanes-open": None,
    "all-lanes-open-shift-left": None,
    "all-lanes-open-shift-right": None,
}
"""RoadEventFeature.vehicle_impact to a speed factor; None leaves traffic as it is."""

CORNERS_MAX = 2000


def decode_wzdx(document: bytes) -> Decoded:
    """Entries of a WZDx feed.

    Args:
        document: The feed as it was read, JSON.

    Returns:
        Every entry, counted once: binding, harmless or refused.

    Raises:
        FeedUnreadable: It is not JSON, not a FeatureCollection, or says no version 4.
    """
    try:
        feed = orjson.loads(document)
    except orjson.JSONDecodeError as failure:
        raise FeedUnreadable(f"not JSON: {failure}") from None
    features = feed.get("features") if isinstance(feed, dict) else None
    if not isinstance(features, list):
        raise FeedUnreadable("no list of features")
    info = feed.get("feed_info") or feed.get("road_event_feed_info") or {}
    version = str(info.get("version", "")) if isinstance(info, dict) else ""
    if not version.startswith("4"):
        raise FeedUnreadable(f"version {version or 'unknown'}, not 4")
    items: list[FeedItem] = []
    rejects: list[FeedReject] = []
    harmless = 0
    for number, feature in enumerate(features):
        try:
            item = _item(feature)
        except (_Unusable, ValueError, TypeError) as failure:
            rejects.append(FeedReject(ref=_ref(feature, number), why=str(failure)[:200]))
        else:
            if item is None:
                harmless += 1
            else:
                items.append(item)
    return Decoded(len(features), items, harmless, rejects)


class _Unusable(Exception):
    """Why one entry cannot be used."""


def _ref(feature: Any, number: int) -> str:
    given = feature.get("id") if isinstance(feature, dict) else None
    return str(given)[:200] if given else f"feature {number}"


def _item(feature: Any) -> FeedItem | None:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise _Unusable("no properties")
    if not feature.get("id"):
        raise _Unusable("no id")
    properties = feature["properties"]
    core = properties.get("core_details")
    if not isinstance(core, dict):
        raise _Unusable("no core_details")
    if core.get("event_type") == "detour":
        return None
    impact = properties.get("vehicle_impact")
    if impact not in IMPACTS:
        raise _Unusable(f"vehicle_impact {impact!r} says nothing that can be applied")
    factor = IMPACTS[impact]
    if factor is None:
        return None
    begins_at = _time(properties, "start_date")
    ends_at = _time(properties, "end_date")
    if ends_at <= begins_at:
        raise _Unusable("end_date is not later than start_date")
    names = [str(name) for name in core.get("road_names") or [] if name]
    described = core.get("description") or core.get("name") or ""
    description = ": ".join(part for part in (", ".join(names), str(described)) if part)
    return FeedItem(
        ref=str(feature["id"])[:200],
        description=description[:200],
        road_names=tuple(name[:200] for name in names),
        line=_line(feature.get("geometry")),
        follows_road=feature["geometry"]["type"] == "LineString",
        direction=_direction(core.get("direction")),
        speed_factor=factor,
        begins_at=begins_at,
        ends_at=ends_at,
    )


def _direction(given: Any) -> Direction:
    """A road event is drawn in the direction of its traffic; without one it binds both ways."""
    return "both" if given in (None, "", "unknown", "undefined") else "along"


def _time(properties: dict[str, Any], name: str) -> datetime:
    given = properties.get(name)
    if not given:
        raise _Unusable(f"no {name}")
    try:
        time = datetime.fromisoformat(str(given))
    except ValueError:
        raise _Unusable(f"{name} {given!r} is no time") from None
    if time.tzinfo is None:
        raise _Unusable(f"{name} {given!r} has no offset from UTC")
    return time


def _line(geometry: Any) -> tuple[LonLat, ...]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("LineString", "MultiPoint"):
        raise _Unusable(f"geometry {kind} is neither LineString nor MultiPoint")
    points = tuple(_points(geometry.get("coordinates") or ()))
    if not 1 <= len(points) <= CORNERS_MAX:
        raise _Unusable(f"geometry of {len(points)} points")
    return points


def _points(coordinates: Iterable[Any]) -> Iterable[LonLat]:
    for position in coordinates:
        lon, lat = float(position[0]), float(position[1])
        if not (math.isfinite(lon) and abs(lon) <= 180 and math.isfinite(lat) and abs(lat) <= 90):
            raise _Unusable(f"position {position} is not on earth")
        yield LonLat(lon, lat)
