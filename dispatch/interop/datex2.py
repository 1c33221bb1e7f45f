"""DATEX II situation publications, versions 2 and 3 (EN 16157-3): what shuts or slows a road.

Elements are found by their local names, so that profiles and envelopes of either version read
alike. A location without coordinates (Alert-C, OpenLR, kilometre posts alone) is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element  # the type alone: defusedxml reads

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from dispatch.domain.closure import Direction
from dispatch.domain.values import VehicleClass
from dispatch.interop.datex2_validity import validity_of
from dispatch.interop.decoding import (
    ALTERNATING,
    SHUT,
    SOME_LANES,
    Unusable,
    collect,
    described,
    point_of,
    points_of,
)
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable, Limits
from dispatch.interop.xml_elements import all_named, text_of
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

LIMITING: dict[str, float] = {
    "heightRestrictionInOperation": SHUT,
    "weightRestrictionInOperation": SHUT,
    "widthRestrictionInOperation": SHUT,
}
"""Values of the same element that bind what exceeds a size alone."""

CHARACTERISTICS = (
    ("heightCharacteristic", "vehicleHeight", "max_height_m"),
    ("grossWeightCharacteristic", "grossVehicleWeight", "max_weight_t"),
    ("widthCharacteristic", "vehicleWidth", "max_width_m"),
)
"""Of ``forVehiclesWithCharacteristicsOf``: metres and tonnes."""

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
        record
        for publication in publications
        for record in all_named(publication, "situationRecord")
    ]
    return collect(records, lambda record: _item(record, read_at), _ref)


def _ref(record: Any, number: int) -> str:
    return str(record.get("id") or f"record {number}")


def _item(record: Element, read_at: datetime) -> FeedItem | None:
    if not record.get("id"):
        raise Unusable("no id")
    factor = _factor(record)
    if factor is None or text_of(record, "validityStatus") == "suspended":
        return None
    classes = _classes(record)
    if classes is None:
        return None
    over = _over(record)
    if not over and not _says(record, MANAGEMENT | CONSTRICTION):
        raise Unusable("a limit of size that is not stated")
    validity = validity_of(record, read_at)
    outline = _outline(record)
    line, follows_road = (outline, False) if outline else _line(record)
    names = [
        name
        for tag in ("roadName", "roadNumber")
        if (name := _words(record, tag) or text_of(record, tag))
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
        over=over,
        begins_at=validity.begins_at,
        ends_at=validity.ends_at,
        hours=validity.hours,
        time_zone=validity.time_zone,
    )


def _factor(record: Element) -> float | None:
    """The worst of what the record says; None where it leaves traffic as it is."""
    return min(_says(record, MANAGEMENT | CONSTRICTION | LIMITING), default=None)


def _says(record: Element, table: Mapping[str, float]) -> list[float]:
    return [
        factor
        for tag in ("roadOrCarriagewayOrLaneManagementType", "trafficConstrictionType")
        for element in all_named(record, tag)
        if (factor := table.get((element.text or "").strip())) is not None
    ]


def _over(record: Element) -> Limits:
    """The sizes above which vehicles are meant, where it says so.

    Raises:
        Unusable: Vehicles below a size, or of exactly one, are meant.
    """
    found: dict[str, float] = {}
    for tag, measure, field in CHARACTERISTICS:
        for element in all_named(record, tag):
            operator = text_of(element, "comparisonOperator")
            if operator not in ("greaterThan", "greaterThanOrEqualTo"):
                raise Unusable(f"{tag} {operator or 'without comparison'} cannot be applied")
            limit = float(text_of(element, measure))
            found[field] = min(limit, found.get(field, limit))
    return Limits(**found)


def _classes(record: Element) -> tuple[VehicleClass, ...] | None:
    """The vehicle classes that it binds; None: none that a hub sends."""
    kinds = {(found.text or "").strip() for found in all_named(record, "vehicleType")}
    if not kinds or kinds & EVERY_VEHICLE:
        return ("car", "truck", "heavy")
    if kinds <= HEAVY_ONLY:
        return ("truck", "heavy")
    return ("car", "truck", "heavy") if "car" in kinds else None


def _words(record: Element, tag: str) -> str:
    """The first non-empty value below an element, whatever its language."""
    for element in all_named(record, tag):
        for value in all_named(element, "value"):
            if text := (value.text or "").strip():
                return text
    return ""


def _direction(record: Element, line: tuple[LonLat, ...]) -> Direction:
    """Along the location only where the record says that one direction is meant."""
    said = {
        (found.text or "").strip()
        for tag in ("tpegDirection", "tpegDirectionRoad", "directionRelative")
        for found in all_named(record, tag)
    }
    if "both" in said or "bothWays" in said or not said - {"unknown", "allDirections"}:
        return "both"
    return "along" if len(line) > 1 else "both"


def _outline(record: Element) -> tuple[LonLat, ...]:
    """The outline of its area, empty where it has none."""
    rings = [
        _pos_list(found.text or "")
        for ring in all_named(record, "exterior")
        for found in all_named(ring, "posList")
    ]
    if len(rings) > 1 or next(all_named(record, "interior"), None) is not None:
        raise Unusable("several areas, or one with a hole")
    return points_of(rings[0]) if rings else ()


def _line(record: Element) -> tuple[tuple[LonLat, ...], bool]:
    """A drawn line, else the two ends of a linear location, else its point."""
    for tag in ("locationReference", "groupOfLocations"):
        for location in all_named(record, tag):
            drawn = [_pos_list(found.text or "") for found in all_named(location, "posList")]
            if drawn:
                return points_of([p for part in drawn for p in part]), True
            ends = [
                point
                for end in ("from", "to")
                for found in all_named(location, end)
                if (point := _point(found)) is not None
            ]
            if len(ends) == 2:
                return (ends[0], ends[1]), False
            own = [p for found in all_named(location, "pointByCoordinates") if (p := _point(found))]
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
    latitude, longitude = text_of(element, "latitude"), text_of(element, "longitude")
    return point_of(longitude, latitude) if latitude and longitude else None
