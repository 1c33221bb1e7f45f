"""DATEX II situation publications, versions 2 and 3 (EN 16157-3): what shuts or slows a road.

Elements are found by their local names, so that profiles and envelopes of either version read
alike. A location without coordinates (Alert-C, OpenLR, kilometre posts alone) is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element  # the type alone: defusedxml reads

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from dispatch.domain.closure import Direction
from dispatch.domain.values import VehicleClass
from dispatch.interop.decoding import (
    ALTERNATING,
    SHUT,
    SOME_LANES,
    Unusable,
    collect,
    described,
    open_end,
    point_of,
    points_of,
    time_of,
    window,
)
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable
from geodata.lonlat import LonLat

MANAGEMENT: dict[str, float] = {
    "roadClosed": SHUT,
    "carriagewayClosures": SHUT,
    "laneClosures": SOME_LANES,
    "narrowLanes": SOME_LANES,
    "contraflow": SOME_LANES,
    "lanesDeviated": SOME_LANES,
    "singleAlternateLineTraffic": ALTERNATING,
    "intermittentShortTermClosures": ALTERNATING,
}
"""``roadOrCarriagewayOrLaneManagementType`` to a speed factor."""

CONSTRICTION: dict[str, float] = {
    "roadBlocked": SHUT,
    "carriagewayBlocked": SHUT,
    "carriagewayPartiallyObstructed": SOME_LANES,
    "roadPartiallyObstructed": SOME_LANES,
    "lanesBlocked": SOME_LANES,
    "lanesPartiallyObstructed": SOME_LANES,
}
"""``trafficConstrictionType`` of a record's impact to a speed factor."""

EVERY_VEHICLE = frozenset({"anyVehicle"})
HEAVY_ONLY = frozenset({"lorry", "heavyVehicle", "heavyGoodsVehicle", "articulatedVehicle"})

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def decode_datex2(document: bytes, read_at: datetime) -> Decoded:
    """Situation records of a publication.

    Args:
        document: XML, with or without an envelope.
        read_at: When it was read; a record without an end stands for a while from then.

    Raises:
        FeedUnreadable: It is not XML, or publishes no situations.
    """
    try:
        root = ElementTree.fromstring(document)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as failure:
        raise FeedUnreadable(f"not XML that can be read: {failure}") from None
    publications = [
        element
        for element in root.iter()
        if str(element.get(XSI_TYPE, "")).endswith("SituationPublication")
    ]
    if not publications:
        raise FeedUnreadable("no situation publication")
    records = [
        record for publication in publications for record in _all(publication, "situationRecord")
    ]
    return collect(records, lambda record: _item(record, read_at), _ref)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (found for found in element.iter() if _local(found) == name)


def _text(element: Element, name: str) -> str:
    found = next(_all(element, name), None)
    return (found.text or "").strip() if found is not None else ""


def _ref(record: Any, number: int) -> str:
    return str(record.get("id") or f"record {number}")


def _item(record: Element, read_at: datetime) -> FeedItem | None:
    if not record.get("id"):
        raise Unusable("no id")
    factor = _factor(record)
    if factor is None or _text(record, "validityStatus") == "suspended":
        return None
    classes = _classes(record)
    if classes is None:
        return None
    begins_at = time_of(_text(record, "overallStartTime"), "overallStartTime")
    given = _text(record, "overallEndTime")
    ends_at = time_of(given, "overallEndTime") if given else open_end(begins_at, read_at)
    window(begins_at, ends_at)
    if next(_all(record, "recurringTimePeriodOfDay"), None) is not None:
        raise Unusable("a daily recurrence is not taken for always")
    outline = _outline(record)
    line, follows_road = (outline, False) if outline else _line(record)
    names = [
        name
        for tag in ("roadName", "roadNumber")
        if (name := _words(record, tag) or _text(record, tag))
    ]
    return FeedItem(
        ref=str(record.get("id"))[:200],
        description=described(names[:1], _words(record, "comment")),
        road_names=tuple(dict.fromkeys(name[:200] for name in names)),
        line=line,
        follows_road=follows_road,
        is_area=bool(outline),
        direction=_direction(record, line),
        speed_factor=factor,
        vehicle_classes=classes,
        begins_at=begins_at,
        ends_at=ends_at,
    )


def _factor(record: Element) -> float | None:
    """The worst of what the record says; None where it leaves traffic as it is."""
    said = [
        factor
        for table, tag in (
            (MANAGEMENT, "roadOrCarriagewayOrLaneManagementType"),
            (CONSTRICTION, "trafficConstrictionType"),
        )
        for element in _all(record, tag)
        if (factor := table.get((element.text or "").strip())) is not None
    ]
    return min(said, default=None)


def _classes(record: Element) -> tuple[VehicleClass, ...] | None:
    """The vehicle classes that it binds; None: none that a hub sends."""
    kinds = {(found.text or "").strip() for found in _all(record, "vehicleType")}
    if not kinds or kinds & EVERY_VEHICLE:
        return ("car", "truck", "heavy")
    if kinds <= HEAVY_ONLY:
        return ("truck", "heavy")
    return ("car", "truck", "heavy") if "car" in kinds else None


def _words(record: Element, tag: str) -> str:
    """The first non-empty value below an element, whatever its language."""
    for element in _all(record, tag):
        for value in _all(element, "value"):
            if text := (value.text or "").strip():
                return text
    return ""


def _direction(record: Element, line: tuple[LonLat, ...]) -> Direction:
    """Along the location only where the record says that one direction is meant."""
    said = {
        (found.text or "").strip()
        for tag in ("tpegDirection", "tpegDirectionRoad", "directionRelative")
        for found in _all(record, tag)
    }
    if "both" in said or "bothWays" in said or not said - {"unknown", "allDirections"}:
        return "both"
    return "along" if len(line) > 1 else "both"


def _outline(record: Element) -> tuple[LonLat, ...]:
    """The outline of its area, empty where it has none."""
    rings = [
        _pos_list(found.text or "")
        for ring in _all(record, "exterior")
        for found in _all(ring, "posList")
    ]
    if len(rings) > 1 or next(_all(record, "interior"), None) is not None:
        raise Unusable("several areas, or one with a hole")
    return points_of(rings[0]) if rings else ()


def _line(record: Element) -> tuple[tuple[LonLat, ...], bool]:
    """A drawn line, else the two ends of a linear location, else its point."""
    for tag in ("locationReference", "groupOfLocations"):
        for location in _all(record, tag):
            drawn = [_pos_list(found.text or "") for found in _all(location, "posList")]
            if drawn:
                return points_of([p for part in drawn for p in part]), True
            ends = [
                point
                for end in ("from", "to")
                for found in _all(location, end)
                if (point := _point(found)) is not None
            ]
            if len(ends) == 2:
                return (ends[0], ends[1]), False
            own = [p for found in _all(location, "pointByCoordinates") if (p := _point(found))]
            if own:
                return points_of(own), False
            point = _point(location)
            if point is not None:
                return (point,), False
    raise Unusable("its location has no coordinates")


def _pos_list(text: str) -> list[LonLat]:
    numbers = text.split()
    if len(numbers) % 2:
        raise Unusable("posList has an odd count of numbers")
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return [point_of(lon, lat) for lat, lon in pairs]


def _point(element: Element) -> LonLat | None:
    latitude, longitude = _text(element, "latitude"), _text(element, "longitude")
    return point_of(longitude, latitude) if latitude and longitude else None
