"""Work zone feeds: WZDx 2.0 to 4.2 (USDOT Work Zone Data Exchange) and CWZ 1.0 (its successor).

Version 4 and CWZ keep what is common in ``core_details``, older ones in the properties themselves.
An entry that cannot be used is counted with its reason; only a document that is no feed at all
raises. The raw document stays with the job that read it.
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
    points_of,
    time_of,
    window,
)
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable, Limits
from dispatch.interop.wzdx_limits import limits_of
from geodata.lonlat import LonLat
from geodata.matching import towards

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


def decode_wzdx(document: bytes, read_at: datetime) -> Decoded:
    """Entries of a work zone feed.

    Args:
        document: The feed as it was read, JSON.
        read_at: When; an entry without an end stands for a while from then.

    Returns:
        Every entry, counted once: binding, harmless or refused.

    Raises:
        FeedUnreadable: It is not JSON, not a FeatureCollection, or of a version not known here.
    """
    feed = json_of(document)
    features = feed.get("features") if isinstance(feed, dict) else None
    if not isinstance(features, list):
        raise FeedUnreadable("no list of features")
    info = feed.get("feed_info") or feed.get("road_event_feed_info") or {}
    version = str(info.get("version", "")) if isinstance(info, dict) else ""
    known = version[:1] in ("2", "3", "4") or (version.startswith("1") and "feed_info" in feed)
    if not known:
        raise FeedUnreadable(f"version {version or 'unknown'}: neither WZDx 2 to 4 nor CWZ 1")
    return collect(features, lambda feature: _item(feature, read_at), _ref)


def _id(feature: dict[str, Any]) -> str:
    given = feature.get("id") or (feature.get("properties") or {}).get("road_event_id")
    return str(given)[:200] if given else ""


def _ref(feature: Any, number: int) -> str:
    given = _id(feature) if isinstance(feature, dict) else ""
    return given or f"feature {number}"


def _item(feature: Any, read_at: datetime) -> FeedItem | None:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise Unusable("no properties")
    ref = _id(feature)
    if not ref:
        raise Unusable("no id")
    properties = feature["properties"]
    core = properties.get("core_details", properties)
    if not isinstance(core, dict) or "event_type" not in core:
        raise Unusable("no core_details")
    if core.get("event_type") == "detour" or core.get("event_status") in ("cancelled", "completed"):
        return None
    impact = properties.get("vehicle_impact")
    if impact not in IMPACTS:
        raise Unusable(f"vehicle_impact {impact!r} says nothing that can be applied")
    factor = IMPACTS[impact]
    limits = limits_of(properties)
    if factor is None and not limits:
        return None
    begins_at = time_of(properties.get("start_date"), "start_date")
    given = properties.get("end_date")
    ends_at = time_of(given, "end_date") if given else open_end(begins_at, read_at)
    window(begins_at, ends_at)
    names = [str(name) for name in core.get("road_names") or [core.get("road_name")] if name]
    line, follows_road = _line(feature.get("geometry"))
    turned, known = towards(line, str(core.get("direction")))
    return FeedItem(
        ref=ref,
        description=described(names, str(core.get("description") or core.get("name") or "")),
        road_names=tuple(name[:200] for name in names),
        line=tuple(turned) if known == "along" else line,
        follows_road=follows_road,
        direction=_direction(core.get("direction")),
        speed_factor=SHUT if factor is None else factor,
        over=limits if factor is None else Limits(),
        bars=limits if factor else Limits(),
        begins_at=begins_at,
        ends_at=ends_at,
    )


def _direction(given: Any) -> Direction:
    """A road event binds the traffic that it names, both ways where it names none.

    The standard has the line drawn in the order of that traffic. In one day of Colorado's feed one
    in five is drawn against the word, which is why the word decides where the line clearly runs
    with or against it.
    """
    return "both" if given in (None, "", "unknown", "undefined") else "along"


def _line(geometry: Any) -> tuple[tuple[LonLat, ...], bool]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("LineString", "MultiPoint"):
        raise Unusable(f"geometry {kind} is neither LineString nor MultiPoint")
    return points_of(geometry.get("coordinates") or ()), kind == "LineString"
