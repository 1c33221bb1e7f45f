"""Read GeoJSON (RFC 7946) features one by one, each with what is wrong with it if anything is.

Knows the format and nothing of what the features mean. Repairs nothing: an invalid ring is told,
since every way of repairing it moves somebody's border.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

FILE_MAX_BYTES: Final = 500_000_000
_WGS84: Final = ("CRS84", "EPSG::4326", "EPSG:4326")
_FAR_SOUTH_DEG: Final = -60.0


class GeoJsonUnreadable(Exception):
    """The file as a whole cannot be used; ``where`` is its place or empty, ``why`` the cause."""

    code = "geojson_unreadable"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}" if where else why)
        self.where = where
        self.why = why


class GeoFeature(NamedTuple):
    """One feature. ``number`` counts from 1. ``geometry`` is plane (no height).

    ``wrong`` says what is wrong with it; then ``geometry`` is None.
    """

    number: int
    properties: dict[str, Any]
    geometry: BaseGeometry | None
    wrong: str | None


def read_geojson(path: Path, kinds: Sequence[str]) -> Iterator[GeoFeature]:
    """Every feature of a FeatureCollection in order, good or not.

    Args:
        path: UTF-8, WGS 84 longitude and latitude.
        kinds: Geometry types that are allowed, as ``Polygon``.

    Raises:
        GeoJsonUnreadable: Too large, not JSON, no FeatureCollection, or another CRS is named.
    """
    for number, raw in enumerate(_features(path), start=1):
        properties = raw.get("properties") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(properties, dict | None):
            yield GeoFeature(number, {}, None, "it is no feature with properties")
            continue
        geometry, wrong = _geometry(raw.get("geometry"), kinds)
        yield GeoFeature(number, properties or {}, geometry, wrong)


def _features(path: Path) -> list[Any]:
    if path.stat().st_size > FILE_MAX_BYTES:
        raise GeoJsonUnreadable("", f"it is larger than {FILE_MAX_BYTES} bytes")
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as problem:
        raise GeoJsonUnreadable(f"line {problem.lineno}", f"not JSON: {problem.msg}") from problem
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise GeoJsonUnreadable("", "not a FeatureCollection")
    crs = document.get("crs")
    if crs is not None:
        named = orjson.dumps(crs).decode()
        if not any(known in named for known in _WGS84):
            raise GeoJsonUnreadable(
                "crs", f"coordinates must be longitude and latitude in WGS 84 (CRS84), not {named}"
            )
    return features


def _geometry(raw: Any, kinds: Sequence[str]) -> tuple[BaseGeometry | None, str | None]:
    if raw is None:
        return None, "it has no geometry"
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind not in kinds:
        return None, f"{kind} is not {' or '.join(kinds)}"
    try:
        geometry = shapely.force_2d(shape(raw))
    except (
        AttributeError,
        IndexError,
        KeyError,
        OverflowError,
        TypeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as problem:
        return None, f"its geometry cannot be read: {problem}"
    assert isinstance(geometry, BaseGeometry)
    wrong = _what_is_wrong(geometry)
    return (None, wrong) if wrong else (geometry, None)


def _what_is_wrong(geometry: BaseGeometry) -> str | None:
    if geometry.is_empty:
        return "its geometry is empty"
    west, south, east, north = geometry.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return "its coordinates are not longitude and latitude in degrees"
    if north < _FAR_SOUTH_DEG:
        return "it lies in Antarctica: are longitude and latitude swapped?"
    if not geometry.is_valid:
        return f"invalid geometry: {shapely.is_valid_reason(geometry)}"
    return None
