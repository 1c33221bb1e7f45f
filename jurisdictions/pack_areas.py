"""The GeoJSON files of a region pack: municipalities, boundaries, stations, checked one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from jurisdictions.boundaries import Boundary, Municipality
from jurisdictions.mistakes import Findings
from jurisdictions.roster import Station
from jurisdictions.values import SERVICE_URNS, Discipline

FILE_MAX_BYTES = 500_000_000
WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")
ESB_FILES: dict[str, Discipline] = {
    "esb/law.geojson": "law",
    "esb/fire.geojson": "fire",
    "esb/ems.geojson": "ems",
}


class Feature(NamedTuple):
    """One usable feature with its place in the file."""

    where: str
    properties: dict[str, Any]
    geometry: BaseGeometry


def read_features(
    folder: Path, name: str, findings: Findings, kinds: tuple[str, ...], label: str
) -> Iterator[Feature]:
    """Features of the kinds allowed, valid and inside the world; every other is a mistake."""
    path = folder / name
    if not path.is_file():
        findings.wrong(name, "", "the file is missing")
        return
    if path.stat().st_size > FILE_MAX_BYTES:
        findings.wrong(name, "", f"it is larger than {FILE_MAX_BYTES} bytes")
        return
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as problem:
        findings.wrong(name, f"line {problem.lineno}", f"not JSON: {problem.msg}")
        return
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        findings.wrong(name, "", "not a FeatureCollection")
        return
    crs = document.get("crs")
    if crs is not None and not any(known in orjson.dumps(crs).decode() for known in WGS84_NAMES):
        findings.wrong(name, "crs", "coordinates must be WGS 84 longitude and latitude (CRS84)")
        return
    for number, raw in enumerate(features, start=1):
        yield from _feature(name, number, raw, findings, kinds, label)


def _feature(
    name: str, number: int, raw: Any, findings: Findings, kinds: tuple[str, ...], label: str
) -> Iterator[Feature]:
    properties = raw.get("properties") if isinstance(raw, dict) else None
    if not isinstance(properties, dict):
        findings.wrong(name, f"feature {number}", "it has no properties")
        return
    called = properties.get(label)
    where = f"feature {number} ({called})" if called else f"feature {number}"
    try:
        geometry = shape(raw["geometry"])
    except Exception as problem:  # shapely raises many kinds for what is not a geometry
        findings.wrong(name, where, f"its geometry cannot be read: {problem}")
        return
    if geometry.geom_type not in kinds:
        findings.wrong(name, where, f"{geometry.geom_type} is not {' or '.join(kinds)}")
    elif geometry.is_empty:
        findings.wrong(name, where, "its geometry is empty")
    elif not _on_earth(geometry):
        findings.wrong(name, where, "coordinates are not longitude and latitude in degrees")
    elif not geometry.is_valid:
        findings.wrong(name, where, f"invalid geometry: {shapely.is_valid_reason(geometry)}")
    else:
        yield Feature(where, properties, geometry)


def _on_earth(geometry: BaseGeometry) -> bool:
    west, south, east, north = geometry.bounds
    return west >= -180 and east <= 180 and south >= -90 and north <= 90


AREAS = ("Polygon", "MultiPolygon")


def read_municipalities(folder: Path, findings: Findings) -> list[Municipality]:
    """``municipalities.geojson``; names are unique."""
    name = "municipalities.geojson"
    towns: dict[str, Municipality] = {}
    for feature in read_features(folder, name, findings, AREAS, "name"):
        town = str(feature.properties.get("name") or "").strip()
        if not town:
            findings.wrong(name, feature.where, "name: it is empty")
        elif town in towns:
            findings.wrong(name, feature.where, "name: that municipality stands twice")
        else:
            towns[town] = Municipality(town, feature.geometry)
    return list(towns.values())


def read_boundaries(
    folder: Path, findings: Findings, agencies: dict[str, Discipline]
) -> list[Boundary]:
    """The three files of ``esb``, by NENA's names; NGUIDs are unique."""
    boundaries: list[Boundary] = []
    seen: set[str] = set()
    for name, discipline in ESB_FILES.items():
        for feature in read_features(folder, name, findings, AREAS, "DsplayName"):
            boundary = _boundary(name, feature, discipline, agencies, findings)
            if boundary is None:
                continue
            if boundary.nguid in seen:
                findings.wrong(name, feature.where, f"NGUID: {boundary.nguid} stands twice")
                continue
            seen.add(boundary.nguid)
            boundaries.append(boundary)
    return boundaries


def _boundary(
    name: str,
    feature: Feature,
    discipline: Discipline,
    agencies: dict[str, Discipline],
    findings: Findings,
) -> Boundary | None:
    properties = feature.properties
    before = len(findings.mistakes)
    texts = {}
    for column in ("Agency_ID", "DsplayName", "ServiceURN", "NGUID"):
        texts[column] = str(properties.get(column) or "").strip()
        if not texts[column]:
            findings.wrong(name, feature.where, f"{column}: it is empty")
    agency = texts["Agency_ID"]
    if agency and agency not in agencies:
        findings.wrong(name, feature.where, f"Agency_ID: {agency} is not in agencies.csv")
    elif agency and agencies[agency] != discipline:
        findings.wrong(name, feature.where, f"Agency_ID: {agency} is {agencies[agency]}")
    if texts["ServiceURN"] and SERVICE_URNS.get(texts["ServiceURN"]) != discipline:
        findings.wrong(
            name, feature.where, f"ServiceURN: {texts['ServiceURN']} is not for {discipline}"
        )
    effective = _instant(name, feature, "Effective", findings)
    expires = _instant(name, feature, "Expire", findings)
    if effective and expires and expires <= effective:
        findings.wrong(name, feature.where, "Expire: it is not later than Effective")
    if len(findings.mistakes) > before:
        return None
    zone = properties.get("station") or properties.get("zone")
    return Boundary(
        agency_id=agency,
        name=texts["DsplayName"],
        discipline=discipline,
        nguid=texts["NGUID"],
        zone=str(zone) if zone else None,
        municipality=properties.get("municipality"),
        geometry=feature.geometry,
        effective=effective,
        expires=expires,
    )


def _instant(name: str, feature: Feature, column: str, findings: Findings) -> datetime | None:
    text = feature.properties.get(column)
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        findings.wrong(name, feature.where, f"{column}: {text!r} is no time")
        return None
    if instant.tzinfo is None:
        findings.wrong(name, feature.where, f"{column}: {text!r} has no offset from UTC")
        return None
    return instant


def read_stations(folder: Path, findings: Findings) -> list[Station]:
    """``stations.geojson``; codes are unique."""
    name = "stations.geojson"
    stations: dict[str, Station] = {}
    for feature in read_features(folder, name, findings, ("Point",), "code"):
        code = str(feature.properties.get("code") or "").strip()
        if not code:
            findings.wrong(name, feature.where, "code: it is empty")
        elif code in stations:
            findings.wrong(name, feature.where, "code: that station stands twice")
        else:
            lon, lat = shapely.get_coordinates(feature.geometry)[0]
            stations[code] = Station(
                code=code,
                kind=str(feature.properties.get("kind") or ""),
                municipality=str(feature.properties.get("municipality") or ""),
                at=LonLat(float(lon), float(lat)),
            )
    return list(stations.values())
