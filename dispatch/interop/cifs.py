"""Waze CIFS incidents, JSON or XML: ``ROAD_CLOSED`` shuts a road, the rest binds nothing.

The polyline is latitude first. A schedule names hours by weekday, or those of ``everyday``, on the
clock of the place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element  # the type alone: defusedxml reads

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from dispatch.domain.closure import Direction
from dispatch.domain.recurrence import EVERY_DAY, WeeklyHours
from dispatch.interop.decoding import (
    SHUT,
    Unusable,
    collect,
    described,
    json_of,
    open_end,
    point_of,
    time_of,
    window,
)
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable
from dispatch.interop.hours import DAYS, span_of, weekly_hours

_FIELDS = (
    "id", "type", "subtype", "street", "polyline", "starttime", "endtime", "direction",
    "description", "schedule",
)  # fmt: skip


def decode_cifs(document: bytes, read_at: datetime) -> Decoded:
    """Incidents of a CIFS document.

    Raises:
        FeedUnreadable: It is neither JSON nor XML, or has no list of incidents.
    """
    is_xml = document.lstrip()[:1] == b"<"
    incidents = _from_xml(document) if is_xml else _from_json(document)
    return collect(incidents, lambda incident: _item(incident, read_at), _ref)


def _from_json(document: bytes) -> list[Any]:
    feed = json_of(document)
    incidents = feed.get("incidents") if isinstance(feed, dict) else None
    if not isinstance(incidents, list):
        raise FeedUnreadable("no list of incidents")
    return [_flat(incident) for incident in incidents]


def _flat(incident: Any) -> Any:
    """Some publishers nest ``location``; the fields are the same."""
    if isinstance(incident, dict) and isinstance(incident.get("location"), dict):
        return {**incident, **incident["location"]}
    return incident


def _from_xml(document: bytes) -> list[Any]:
    try:
        root = ElementTree.fromstring(document)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as failure:
        raise FeedUnreadable(f"not XML that can be read: {failure}") from None
    found = []
    for element in root.iter("incident"):
        fields: dict[str, Any] = {"id": element.get("id")}
        for part in element.iter():
            if part.tag in _FIELDS and part is not element:
                fields[part.tag] = (part.text or "").strip() or _children(part)
        found.append({name: value for name, value in fields.items() if value})
    if not found and root.tag != "incidents":
        raise FeedUnreadable("no list of incidents")
    return found


def _children(part: Element) -> dict[str, str] | None:
    """Of a schedule: its hours by weekday; several of one day are joined."""
    found: dict[str, str] = {}
    for child in part:
        hours = (child.text or "").strip()
        found[child.tag] = f"{found[child.tag]},{hours}" if child.tag in found else hours
    return found or None


def _ref(incident: Any, number: int) -> str:
    given = incident.get("id") if isinstance(incident, dict) else None
    return str(given) if given else f"incident {number}"


def _item(incident: Any, read_at: datetime) -> FeedItem | None:
    if not isinstance(incident, dict) or not incident.get("id"):
        raise Unusable("no id")
    if incident.get("type") != "ROAD_CLOSED":
        return None
    begins_at = time_of(incident.get("starttime"), "starttime")
    given = incident.get("endtime")
    ends_at = time_of(given, "endtime") if given else open_end(begins_at, read_at)
    window(begins_at, ends_at)
    numbers = str(incident.get("polyline") or "").split()
    if len(numbers) < 2 or len(numbers) % 2:
        raise Unusable("polyline is no list of latitudes and longitudes")
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    line = tuple(point_of(lon, lat) for lat, lon in pairs)
    one_way = incident.get("direction") == "ONE_DIRECTION"
    direction: Direction = "along" if one_way else "both"
    street = str(incident.get("street") or "")[:200]
    return FeedItem(
        ref=str(incident["id"])[:200],
        description=described([street] if street else [], str(incident.get("description") or "")),
        road_names=(street,) if street else (),
        line=line,
        follows_road=True,
        direction=direction,
        speed_factor=SHUT,
        begins_at=begins_at,
        ends_at=ends_at,
        hours=_hours(incident.get("schedule")),
    )


def _hours(schedule: Any) -> tuple[WeeklyHours, ...]:
    if not schedule:
        return ()
    if not isinstance(schedule, dict):
        raise Unusable("schedule names no days")
    found = []
    for day, spans in schedule.items():
        name = str(day).lower()
        if name not in (*DAYS, "everyday"):
            raise Unusable(f"schedule of {day!r}, which is no day")
        days = EVERY_DAY if name == "everyday" else (DAYS.index(name) + 1,)
        texts = spans if isinstance(spans, list) else str(spans).split(",")
        found += [weekly_hours(days, span_of(str(text).strip())) for text in texts]
    return tuple(found)
