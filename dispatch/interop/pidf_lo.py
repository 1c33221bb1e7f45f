"""Locations of callers as PIDF-LO (RFC 4119, RFC 5491), asked for and given by HELD (RFC 5985).

Elements are found by their local names. What is geodetic is read; a civic address alone is no shape
and is refused by name. It fetches nothing: ``services.location_server`` does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring  # made here; defusedxml reads

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from geodata.lonlat import LonLat, away
from geodata.shapes import Circle, Point, Polygon, Shape

HELD: Final = "urn:ietf:params:xml:ns:geopriv:held"
HELD_ID: Final = "urn:ietf:params:xml:ns:geopriv:held:id"
PIDF: Final = "urn:ietf:params:xml:ns:pidf"
GEOPRIV: Final = "urn:ietf:params:xml:ns:pidf:geopriv10"
SHAPES: Final = "http://www.opengis.net/pidflo/1.0"
GML: Final = "http://www.opengis.net/gml"
CONFIDENCE: Final = "urn:ietf:params:xml:ns:geopriv:conf"
SERVICE: Final = "urn:ietf:params:xml:ns:EmergencyCallData:ServiceInfo"
WGS84: Final = "urn:ogc:def:crs:EPSG::4326"
METRES: Final = "urn:ogc:def:uom:EPSG::9001"

_CRS: Final = ("EPSG::4326", "EPSG::4979")
_RADIANS: Final = "EPSG::9101"
_CORNERS: Final = 32
_LEAST_M: Final = 0.1
_HOLDERS: Final = ("device", "tuple", "person")
"""Where a location stands, the device's own first (RFC 5491 section 3.4)."""


class LocationUnreadable(Exception):
    """The answer holds no location that can be drawn; the message says why."""


class Located(NamedTuple):
    """What a location server says of a device. ``measured_at`` None: it does not say when."""

    shape: Shape
    confidence_pct: float | None = None
    method: str = ""
    class_of_service: str = ""
    measured_at: datetime | None = None


def decode_location(document: bytes) -> Located:
    """The location in a HELD answer, or in a bare PIDF-LO.

    Args:
        document: XML of a ``locationResponse`` or ``presence``; positions are lat, lon.

    Raises:
        LocationUnreadable: No XML, a HELD error, or nothing geodetic in it.
    """
    try:
        root = ElementTree.fromstring(document)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as failure:
        raise LocationUnreadable(f"not XML that can be read: {failure}") from None
    if _name(root) == "error":
        words = next((m.text for m in _all(root, "message") if m.text), "")
        raise LocationUnreadable(f"{root.get('code', 'error')} {words}".strip())
    holders = [h for name in _HOLDERS for h in _all(root, name) if _first(h, "location-info")]
    for holder in holders:
        info = _first(holder, "location-info")
        for part in info.iter() if info is not None else ():
            read = _READ.get(_name(part))
            if read is not None:
                return Located(
                    _checked(part, read),
                    confidence_pct=_confidence(holder),
                    method=_text(holder, "method")[:200],
                    class_of_service=_text(root, "ServiceType")[:200],
                    measured_at=_time(holder),
                )
    civic = any(_first(h, "civicAddress") is not None for h in holders)
    raise LocationUnreadable("a civic address alone" if civic else "no location in it")


def encode_request(device_uri: str | None) -> bytes:
    """A HELD ``locationRequest`` for an emergency call.

    Args:
        device_uri: Whose location (RFC 6155), as ``tel:+15550100``; None: of the URI that is asked.
    """
    request = Element(f"{{{HELD}}}locationRequest", {"responseTime": "emergencyDispatch"})
    SubElement(request, f"{{{HELD}}}locationType", {"exact": "false"}).text = "geodetic"
    if device_uri is not None:
        device = SubElement(request, f"{{{HELD_ID}}}device")
        SubElement(device, f"{{{HELD_ID}}}uri").text = device_uri
    return bytes(tostring(request, encoding="utf-8", xml_declaration=True))


def device_uri_of(document: bytes) -> str | None:
    """The device that a ``locationRequest`` names; None where it names none or is no request."""
    try:
        root = ElementTree.fromstring(document)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return _text(root, "uri") or None


def encode_response(located: Located) -> bytes:
    """A HELD ``locationResponse`` with a point or a circle.

    Raises:
        ValueError: Another shape.
    """
    response = Element(f"{{{HELD}}}locationResponse")
    presence = SubElement(response, f"{{{PIDF}}}presence", {"entity": "pres:caller@invalid"})
    _write_presence(presence, located)
    return bytes(tostring(response, encoding="utf-8", xml_declaration=True))


def encode_presence(located: Located) -> bytes:
    """A bare PIDF-LO with a point or a circle.

    Raises:
        ValueError: Another shape.
    """
    presence = Element(f"{{{PIDF}}}presence", {"entity": "pres:caller@invalid"})
    _write_presence(presence, located)
    return bytes(tostring(presence, encoding="utf-8", xml_declaration=True))


def _write_presence(presence: Element, located: Located) -> None:
    holder = SubElement(presence, f"{{{PIDF}}}tuple", {"id": "caller"})
    geopriv = SubElement(SubElement(holder, f"{{{PIDF}}}status"), f"{{{GEOPRIV}}}geopriv")
    info = SubElement(geopriv, f"{{{GEOPRIV}}}location-info")
    shape = located.shape
    if isinstance(shape, Circle):
        drawn = SubElement(info, f"{{{SHAPES}}}Circle", {"srsName": WGS84})
        SubElement(drawn, f"{{{GML}}}pos").text = f"{shape.centre[1]:.6f} {shape.centre[0]:.6f}"
        SubElement(drawn, f"{{{SHAPES}}}radius", {"uom": METRES}).text = f"{shape.radius_m:.1f}"
    elif isinstance(shape, Point):
        drawn = SubElement(info, f"{{{GML}}}Point", {"srsName": WGS84})
        SubElement(drawn, f"{{{GML}}}pos").text = f"{shape.at[1]:.6f} {shape.at[0]:.6f}"
    else:
        raise ValueError("only points and circles are written")
    if located.confidence_pct is not None:
        said = f"{located.confidence_pct:g}"
        SubElement(info, f"{{{CONFIDENCE}}}confidence", {"pdf": "normal"}).text = said
    if located.method:
        SubElement(geopriv, f"{{{GEOPRIV}}}method").text = located.method
    if located.class_of_service:
        about = SubElement(geopriv, f"{{{SERVICE}}}EmergencyCallData.ServiceInfo")
        SubElement(about, f"{{{SERVICE}}}ServiceType").text = located.class_of_service
    if located.measured_at is not None:
        SubElement(holder, f"{{{PIDF}}}timestamp").text = located.measured_at.isoformat()


def encode_error(code: str, words: str) -> bytes:
    """A HELD ``error``, for example of code ``locationUnknown``."""
    error = Element(f"{{{HELD}}}error", {"code": code})
    SubElement(error, f"{{{HELD}}}message").text = words
    return bytes(tostring(error, encoding="utf-8", xml_declaration=True))


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (part for part in element.iter() if _name(part) == name)


def _first(element: Element, name: str) -> Element | None:
    return next(_all(element, name), None)


def _text(element: Element, name: str) -> str:
    found = _first(element, name)
    return (found.text or "").strip() if found is not None else ""


def _checked(part: Element, read: Callable[[Element], Shape]) -> Shape:
    crs = part.get("srsName", WGS84)
    if not crs.upper().endswith(_CRS):
        raise LocationUnreadable(f"its coordinates are of {crs}, not WGS 84")
    try:
        return read(part)
    except (ValueError, IndexError, OverflowError) as failure:
        raise LocationUnreadable(f"a {_name(part)} that cannot be read: {failure}") from None


def _numbers(element: Element, name: str) -> list[float]:
    values = [float(word) for word in "".join(_inner(element, name).itertext()).split()]
    if not all(math.isfinite(value) for value in values):
        raise ValueError(f"{name} is not finite")
    return values


def _inner(element: Element, name: str) -> Element:
    found = _first(element, name)
    if found is None:
        raise ValueError(f"it has no {name}")
    return found


def _metres(element: Element, name: str) -> float:
    uom = _inner(element, name).get("uom", METRES)
    if uom != METRES:
        raise ValueError(f"{name} is not in metres")
    return max(_numbers(element, name)[0], _LEAST_M)


def _degrees(element: Element, name: str) -> float:
    angle = _numbers(element, name)[0]
    return math.degrees(angle) if _inner(element, name).get("uom", "").endswith(_RADIANS) else angle


def _centre(element: Element) -> LonLat:
    lat, lon = _numbers(element, "pos")[:2]
    return _on_earth(lon, lat)


def _on_earth(lon: float, lat: float) -> LonLat:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("a position is off the earth")
    return LonLat(lon, lat)


def _point(element: Element) -> Shape:
    return Point(at=_centre(element))


def _circle(element: Element) -> Shape:
    return Circle(centre=_centre(element), radius_m=_metres(element, "radius"))


def _ellipse(element: Element) -> Shape:
    """As a polygon; ``orientation`` is of the longer axis, clockwise from north."""
    major, minor = _metres(element, "semiMajorAxis"), _metres(element, "semiMinorAxis")
    turned = _degrees(element, "orientation")
    ring = []
    for step in range(_CORNERS):
        angle = 2 * math.pi * step / _CORNERS
        along, across = major * math.cos(angle), minor * math.sin(angle)
        bearing = turned + math.degrees(math.atan2(across, along))
        ring.append(away(_centre(element), bearing, math.hypot(along, across)))
    return Polygon(ring=tuple(ring))


def _arc_band(element: Element) -> Shape:
    """As a polygon: out along the inner arc, back along the outer one."""
    inner, outer = _metres(element, "innerRadius"), _metres(element, "outerRadius")
    start, opening = _degrees(element, "startAngle"), _degrees(element, "openingAngle")
    turns = [start + opening * step / _CORNERS for step in range(_CORNERS + 1)]
    centre = _centre(element)
    near = [away(centre, bearing, inner) for bearing in turns]
    far = [away(centre, bearing, outer) for bearing in reversed(turns)]
    return Polygon(ring=(*near, *far))


def _polygon(element: Element) -> Shape:
    listed = _first(element, "posList")
    if listed is not None:
        values = _numbers(element, "posList")
        crs = listed.get("srsDimension") or ("3" if _is_solid(element, values) else "2")
        size = int(crs)
        rows = [values[start : start + size] for start in range(0, len(values), size)]
    else:
        rows = [[float(w) for w in (pos.text or "").split()] for pos in _all(element, "pos")]
    ring = tuple(_on_earth(row[1], row[0]) for row in rows)
    return Polygon(ring=ring)


def _is_solid(element: Element, values: list[float]) -> bool:
    """Whether positions have a height: said by the CRS, or seen by the ring's closing."""
    if element.get("srsName", "").endswith("4979") or _name(element) == "Prism":
        return True
    return len(values) % 2 == 1


_READ: dict[str, Callable[[Element], Shape]] = {
    "Point": _point,
    "Circle": _circle,
    "Sphere": _circle,
    "Ellipse": _ellipse,
    "Ellipsoid": _ellipse,
    "ArcBand": _arc_band,
    "Prism": _polygon,
    "Polygon": _polygon,
}
"""How each shape of RFC 5491 is read; a height is left out, since nobody is sent by it here."""


def _confidence(holder: Element) -> float | None:
    """Per cent; ``unknown`` and what is no number are None (RFC 7459)."""
    try:
        said = float(_text(holder, "confidence"))
    except ValueError:
        return None
    return said if 0 < said <= 100 else None


def _time(holder: Element) -> datetime | None:
    try:
        said = datetime.fromisoformat(_text(holder, "timestamp"))
    except ValueError:
        return None
    return said if said.tzinfo is not None else None
