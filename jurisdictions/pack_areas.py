"""The GeoJSON files of a region pack: municipalities, boundaries, stations, checked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from geodata.sources.geojson import GeoJsonUnreadable, read_geojson
from jurisdictions.boundaries import Boundary, Municipality
from jurisdictions.extent import Extent
from jurisdictions.mistakes import Findings, Names
from jurisdictions.roster import Station
from jurisdictions.values import SERVICE_URNS, Discipline

ESB_FILES: dict[str, Discipline] = {
    "esb/law.geojson": "law",
    "esb/fire.geojson": "fire",
    "esb/ems.geojson": "ems",
}
MUNICIPALITIES: Final = "municipalities.geojson"
STATIONS: Final = "stations.geojson"


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
        findings.unread(name, "", "the file is missing")
        return
    try:
        for found in read_geojson(path, kinds):
            called = found.properties.get(label)
            where = f"feature {found.number} ({called})" if called else f"feature {found.number}"
            if found.geometry is None:
                findings.wrong(name, where, str(found.wrong))
            else:
                yield Feature(where, found.properties, found.geometry)
    except GeoJsonUnreadable as problem:
        findings.unread(name, problem.where, problem.why)


AREAS = ("Polygon", "MultiPolygon")


def read_municipalities(folder: Path, findings: Findings) -> list[Municipality]:
    """``municipalities.geojson``; names are unique."""
    name = MUNICIPALITIES
    towns: dict[str, Municipality] = {}
    features = list(read_features(folder, name, findings, AREAS, "name"))
    extent = Extent([feature.geometry for feature in features])
    for feature in _together(features, name, findings, extent):
        town = str(feature.properties.get("name") or "").strip()
        if not town:
            findings.wrong(name, feature.where, "it is empty", "name")
        elif town in towns:
            findings.wrong(name, feature.where, "that municipality stands twice", "name")
        else:
            towns[town] = Municipality(town, feature.geometry)
    return list(towns.values())


def _together(
    features: Iterable[Feature], name: str, findings: Findings, extent: Extent
) -> Iterator[Feature]:
    for feature in features:
        if wrong := extent.misplaced(feature.geometry):
            findings.wrong(name, feature.where, wrong)
        else:
            yield feature


def read_boundaries(
    folder: Path,
    findings: Findings,
    extent: Extent,
    agencies: Names,
    disciplines: Mapping[str, Discipline],
) -> list[Boundary]:
    """The three files of ``esb``, by NENA's names; NGUIDs are unique."""
    boundaries: list[Boundary] = []
    seen: set[str] = set()
    for name, discipline in ESB_FILES.items():
        features = read_features(folder, name, findings, AREAS, "DsplayName")
        for feature in _together(features, name, findings, extent):
            boundary = _boundary(name, feature, discipline, agencies, disciplines, findings)
            if boundary is None:
                continue
            if boundary.nguid in seen:
                findings.wrong(name, feature.where, f"{boundary.nguid} stands twice", "NGUID")
                continue
            seen.add(boundary.nguid)
            boundaries.append(boundary)
    return boundaries


def _boundary(
    name: str,
    feature: Feature,
    discipline: Discipline,
    agencies: Names,
    disciplines: Mapping[str, Discipline],
    findings: Findings,
) -> Boundary | None:
    properties = feature.properties
    before = len(findings.mistakes)
    texts = {}
    for column in ("Agency_ID", "DsplayName", "ServiceURN", "NGUID"):
        texts[column] = str(properties.get(column) or "").strip()
        if not texts[column]:
            findings.wrong(name, feature.where, "it is empty", column)
    agency = texts["Agency_ID"]
    if agency and agency not in agencies:
        findings.wrong(name, feature.where, f"{agency} is not in agencies.csv", "Agency_ID")
    elif disciplines.get(agency, discipline) != discipline:
        findings.wrong(name, feature.where, f"{agency} is {disciplines[agency]}", "Agency_ID")
    if texts["ServiceURN"] and SERVICE_URNS.get(texts["ServiceURN"]) != discipline:
        findings.wrong(
            name, feature.where, f"{texts['ServiceURN']} is not for {discipline}", "ServiceURN"
        )
    effective = _instant(name, feature, "Effective", findings)
    expires = _instant(name, feature, "Expire", findings)
    if effective and expires and expires <= effective:
        findings.wrong(name, feature.where, "it is not later than Effective", "Expire")
    if len(findings.mistakes) > before:
        return None
    zone = properties.get("station") or properties.get("zone")
    return Boundary(
        agency_id=agency,
        name=texts["DsplayName"],
        discipline=discipline,
        nguid=texts["NGUID"],
        zone=str(zone) if zone else None,
        municipality=str(properties.get("municipality") or "") or None,
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
        findings.wrong(name, feature.where, f"{text!r} is no time", column)
        return None
    if instant.tzinfo is None:
        findings.wrong(name, feature.where, f"{text!r} has no offset from UTC", column)
        return None
    return instant


def read_stations(folder: Path, findings: Findings, extent: Extent) -> tuple[list[Station], Names]:
    """``stations.geojson``; codes are unique."""
    name = STATIONS
    codes = Names(name)
    stations = []
    for feature in read_features(folder, name, findings, ("Point",), "code"):
        if wrong := extent.misplaced(feature.geometry):
            findings.wrong(name, feature.where, wrong)
        code = str(feature.properties.get("code") or "").strip()
        if not code:
            findings.wrong(name, feature.where, "it is empty", "code")
            continue
        if code in codes:
            findings.wrong(name, feature.where, "that station stands twice", "code")
            continue
        codes.names.add(code)
        lon, lat = shapely.get_coordinates(feature.geometry)[0]
        stations.append(
            Station(
                code=code,
                kind=str(feature.properties.get("kind") or ""),
                municipality=str(feature.properties.get("municipality") or ""),
                at=LonLat(float(lon), float(lat)),
            )
        )
    codes.all = name in findings.unreadable
    return stations, codes
