"""Named places, house numbers and water out of an OpenStreetMap file. Reads; builds no index."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import osmium
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from geodata.road_errors import OsmUnreadable

_WATER: Final = ("water", "bay")
_STREAMS: Final = ("river", "canal", "stream")
_KINDS: Final = (
    "amenity",
    "emergency",
    "leisure",
    "shop",
    "tourism",
    "railway",
    "public_transport",
)
_OTHER_NAMES: Final = (
    "alt_name",
    "short_name",
    "loc_name",
    "nickname",
    "official_name",
    "old_name",
)
_KEYS: Final = ("natural", "waterway", "landuse", "addr:housenumber", *_KINDS)


@dataclass(frozen=True, slots=True)
class OsmPlace:
    """A thing with a name; ``kind`` is the value of its main tag, such as ``hospital``.

    ``also`` are the other names that it is known by.
    """

    name: str
    kind: str
    ref: str
    at: LonLat
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OsmAddress:
    """A house number that begins with digits, and its street."""

    number: int
    street: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class OsmWater:
    name: str
    shape: BaseGeometry


@dataclass
class OsmPlaces:
    """What one file holds beside its roads; each list in the file's order."""

    places: list[OsmPlace] = field(default_factory=list)
    addresses: list[OsmAddress] = field(default_factory=list)
    water: list[OsmWater] = field(default_factory=list)


def read_places(path: Path) -> OsmPlaces:
    """Read places, addresses and water; a broken area is left out, never guessed.

    Raises:
        OsmUnreadable: No such file, not OSM, or cut short.
    """
    if not path.is_file():
        raise OsmUnreadable(path, "there is no such file")
    found = OsmPlaces()
    shapes = osmium.geom.WKBFactory()
    wanted = osmium.filter.KeyFilter(*_KEYS)
    try:
        for thing in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted):
            _take(found, thing, shapes)
    except (RuntimeError, OSError) as cause:
        raise OsmUnreadable(path, str(cause)) from cause
    return found


def _take(found: OsmPlaces, thing: object, shapes: osmium.geom.WKBFactory) -> None:
    if isinstance(thing, osmium.osm.Node):
        _take_point(found, thing.tags, LonLat(thing.location.lon, thing.location.lat))
    elif isinstance(thing, osmium.osm.Area):
        try:
            area = shapely.from_wkb(shapes.create_multipolygon(thing), on_invalid="fix")
        except (RuntimeError, shapely.errors.GEOSException):
            return
        if _is_water(thing.tags):
            found.water.append(OsmWater(thing.tags.get("name") or "", area))
        middle = area.representative_point()
        _take_point(found, thing.tags, LonLat(middle.x, middle.y))
    elif isinstance(thing, osmium.osm.Way) and thing.tags.get("waterway", "") in _STREAMS:
        spots = [(n.lon, n.lat) for n in thing.nodes if n.location.valid()]
        if len(spots) > 1 and thing.tags.get("tunnel", "no") == "no":
            found.water.append(OsmWater(thing.tags.get("name") or "", LineString(spots)))


def _is_water(tags: osmium.osm.TagList) -> bool:
    return (
        tags.get("natural", "") in _WATER
        or tags.get("waterway", "") == "riverbank"
        or tags.get("landuse", "") in ("reservoir", "basin")
    )


def _take_point(found: OsmPlaces, tags: osmium.osm.TagList, at: LonLat) -> None:
    kind = next((tags.get(key) for key in _KINDS if key in tags), "") or ""
    if kind and ("name" in tags or kind in ("fire_station", "police", "hospital")):
        others = ";".join(tags.get(key) or "" for key in _OTHER_NAMES).split(";")
        also = tuple(dict.fromkeys(name.strip() for name in others if name.strip()))
        name = tags.get("name") or ""
        found.places.append(OsmPlace(name, kind, tags.get("ref") or "", at, also))
    digits = ""
    for letter in tags.get("addr:housenumber") or "":
        if not letter.isdigit():
            break
        digits += letter
    if digits and "addr:street" in tags:
        found.addresses.append(OsmAddress(int(digits), tags["addr:street"], at))
