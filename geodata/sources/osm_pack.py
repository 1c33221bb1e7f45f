"""Makes a region pack out of an OpenStreetMap extract and a GeoJSON of municipalities.

Roads, boundaries and stations are what the files say. Who answers with what is assumed, from one
template, and the pack's README says so: it is a start to correct, not how that place dispatches.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

import osmium
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, shape
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat, distance_m
from geodata.sources.osm_pack_fleet import assumed_units
from geodata.sources.osm_places import OsmPlace, read_places
from geodata.synthetic import pack_files
from geodata.synthetic.plans import PLANS

EFFECTIVE: Final = "2024-01-01T00:00:00Z"
EXPIRES: Final = "2035-12-31"
AUTOMATIC_MARGIN_S, MUTUAL_MARGIN_S = 60, 240
BORDER_M: Final = 100
_KINDS: Final = {
    "fire": ("fire_station",),
    "ems": ("ambulance_station",),
    "law": ("police",),
}
_STATION_KIND: Final = {"fire": "fire", "ems": "ems", "law": "police"}
_PREFIX: Final = {"fire": "FS", "ems": "EMS", "law": "PD"}


class PackImpossible(Exception):
    """The files hold too little for a pack; ``path`` and ``cause`` say what."""

    code: ClassVar[str] = "pack_impossible"

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


@dataclass
class OsmPackReport:
    """What stands in the pack, and what of it had to be assumed; one sentence each in ``notes``."""

    municipalities: int = 0
    unnamed_areas: int = 0
    stations: dict[str, int] = field(default_factory=dict)
    stations_assumed: int = 0
    units: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Town:
    name: str
    area: BaseGeometry

    @property
    def middle(self) -> LonLat:
        """A point in its largest part."""
        largest = max(shapely.get_parts(self.area), key=lambda part: part.area)
        spot = largest.representative_point()
        return LonLat(spot.x, spot.y)


@dataclass(frozen=True)
class _Station:
    code: str
    discipline: str
    name: str
    agency: str
    town: str
    at: LonLat
    assumed: bool


def pack_from_osm(
    osm: Path,
    municipalities: Path,
    folder: Path,
    name: str = "",
    time_zone: str = "UTC",
    domain: str = "",
) -> OsmPackReport:
    """Write a loadable region pack; what the files do not say is assumed and flagged.

    Args:
        osm: An ``.osm.pbf`` (copied as it is) or ``.osm`` file (converted).
        municipalities: GeoJSON in WGS 84 degrees, ``name`` in the properties. Exclaves stay parts
            of theirs; an area without a name is kept as one of its own and counted.
        folder: Made where it is absent; files of the same names in it are replaced.
        name: The region's name; the folder's where empty.
        time_zone: An IANA name.
        domain: The end of agency ids; ``<region>.example`` where empty.

    Returns:
        Counts and notes on what was assumed.

    Raises:
        PackImpossible: No GeoJSON, or no area in it, or no region in the OSM file.
        OsmUnreadable: The OSM file is missing or broken.
    """
    name = name or folder.name.replace("-", " ").replace("_", " ").title()
    domain = domain or f"{_slug(name)}.example"
    report = OsmPackReport()
    towns = _towns(municipalities, report)
    places = read_places(osm).places
    stations = [
        s
        for discipline in ("law", "fire", "ems")
        for s in _stations(discipline, places, towns, domain)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "esb").mkdir(exist_ok=True)
    _copy_roads(osm, folder / "roads.osm.pbf")
    region = (
        f"name = {json.dumps(name)}\ntime_zone = {json.dumps(time_zone)}\nborder_m = {BORDER_M}\n"
    )
    (folder / "region.toml").write_text(region, encoding="utf-8")
    _write_areas(folder, towns, stations)
    posts = {d: [(s.agency, s.code) for s in _of(stations, d)] for d in ("fire", "ems", "law")}
    units = assumed_units(posts["fire"], posts["ems"], posts["law"], len(towns))
    _write_tables(folder, name, towns, stations, units)
    _count(report, towns, stations, units)
    (folder / "README.md").write_text(_readme(name, osm, municipalities, report), encoding="utf-8")
    return report


def _towns(path: Path, report: OsmPackReport) -> list[_Town]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        features: list[dict[str, Any]] = document["features"]
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise PackImpossible(path, f"not a GeoJSON feature collection: {cause}") from cause
    towns: dict[str, BaseGeometry] = {}
    for feature in features:
        area = _area(shape(feature["geometry"])) if feature.get("geometry") else None
        if area is None or area.is_empty:
            report.notes.append("A feature without an area was left out.")
            continue
        title = str((feature.get("properties") or {}).get("name") or "").strip()
        if not title:
            report.unnamed_areas += 1
            title = f"Unnamed area {report.unnamed_areas}"
        if title in towns:
            report.notes.append(f"{title} stood there more than once; its areas were joined.")
            area = _area(shapely.union(towns[title], area))
        towns[title] = area
    if not towns:
        raise PackImpossible(path, "it holds no area")
    return [_Town(title, area) for title, area in sorted(towns.items())]


def _area(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry, mended where a ring crosses itself; may be empty."""
    whole = geometry if geometry.is_valid else shapely.make_valid(geometry)
    parts = [p for p in shapely.get_parts(whole) if isinstance(p, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _stations(
    discipline: str, places: Sequence[OsmPlace], towns: Sequence[_Town], domain: str
) -> list[_Station]:
    """The stations of one discipline inside the region; one is assumed where the file has none."""
    wanted = [p for p in places if p.kind in _KINDS[discipline]]
    if discipline == "ems" and not any(_town_of(p.at, towns) for p in wanted):
        wanted = [p for p in places if p.kind == "hospital"]
    inside = [(p, town) for p in wanted if (town := _town_of(p.at, towns)) is not None]
    inside.sort(key=lambda found: (found[1].name, found[0].at))
    assumed = not inside
    if assumed:
        largest = max(towns, key=lambda t: t.area.area)
        inside = [(OsmPlace("", discipline, "", largest.middle), largest)]
    stations = []
    for number, (place, town) in enumerate(inside, start=1):
        code = f"{_PREFIX[discipline]}{number}"
        agency = (
            f"{discipline}-{number}.{domain}" if discipline == "fire" else f"{discipline}.{domain}"
        )
        title = (
            place.name or f"{town.name} {'fire' if discipline == 'fire' else discipline} station"
        )
        stations.append(_Station(code, discipline, title, agency, town.name, place.at, assumed))
    return stations


def _town_of(at: LonLat, towns: Sequence[_Town]) -> _Town | None:
    spot = Point(at)
    return next((town for town in towns if town.area.intersects(spot)), None)


def _nearest(town: _Town, stations: Sequence[_Station]) -> _Station:
    """A station in the municipality before one outside, the nearer to its middle first."""
    return min(stations, key=lambda s: (s.town != town.name, distance_m(s.at, town.middle), s.code))


def _of(stations: Sequence[_Station], discipline: str) -> list[_Station]:
    return [s for s in stations if s.discipline == discipline]


def _agency_name(station: _Station, region: str) -> str:
    named = {"law": f"{region} Police", "ems": f"{region} Ambulance Service"}
    return named.get(station.discipline, station.name)


def _write_areas(folder: Path, towns: Sequence[_Town], stations: Sequence[_Station]) -> None:
    features = [pack_files.feature(t.area, {"name": t.name}) for t in towns]
    pack_files.write_json(folder / "municipalities.geojson", pack_files.collection(features))
    for discipline in ("law", "fire", "ems"):
        answering = [(t, _nearest(t, _of(stations, discipline))) for t in towns]
        zones = [
            pack_files.feature(
                town.area,
                pack_files.esb_properties(
                    discipline, s.agency, s.name, s.code, town.name, number, EFFECTIVE
                ),
            )
            for number, (town, s) in enumerate(answering, start=1)
        ]
        pack_files.write_json(
            folder / "esb" / f"{discipline}.geojson", pack_files.collection(zones)
        )
    points = [
        pack_files.feature(
            Point(s.at),
            {
                "code": s.code,
                "kind": _STATION_KIND[s.discipline],
                "municipality": s.town,
                "name": s.name,
                "assumed": s.assumed,
            },
            s.code,
        )
        for s in stations
    ]
    pack_files.write_json(folder / "stations.geojson", pack_files.collection(points))


def _write_tables(
    folder: Path,
    region: str,
    towns: Sequence[_Town],
    stations: Sequence[_Station],
    units: Sequence[tuple[str, ...]],
) -> None:
    agencies = {
        s.agency: (
            s.agency,
            _agency_name(s, region),
            s.discipline,
            s.town if s.discipline == "fire" else "",
        )
        for s in stations
    }
    pack_files.write_rows(
        folder / "agencies.csv", ("agency", "name", "discipline", "municipality"), agencies.values()
    )
    columns = ("agency", "unit", "kind", "station", "capabilities", "staffing")
    pack_files.write_rows(folder / "units.csv", columns, units)
    pack_files.write_rows(
        folder / "response_plans.csv",
        ("incident_type", "label", "lead", "priority", "discipline", "capability", "count"),
        [
            (p.type, p.label, p.lead, str(p.priority), discipline, capability, str(count))
            for p in PLANS
            for discipline, capability, count in p.slots
        ],
    )
    pack_files.write_rows(
        folder / "agreements.csv",
        ("kind", "lender", "borrower", "margin_s", "expires"),
        _agreements(towns, _of(stations, "fire")),
    )


def _agreements(towns: Sequence[_Town], fire: Sequence[_Station]) -> list[tuple[str, ...]]:
    """Automatic aid between departments whose areas touch, mutual aid between the others."""
    areas: dict[str, list[BaseGeometry]] = {s.agency: [] for s in fire}
    for town in towns:
        areas[_nearest(town, fire).agency].append(town.area)
    whole = {a: shapely.unary_union(parts) for a, parts in areas.items()}
    rows: list[tuple[str, ...]] = []
    for lender in whole:
        for borrower in whole:
            if lender != borrower:
                touch = whole[lender].intersects(whole[borrower])
                kind = "automatic" if touch else "mutual"
                margin = AUTOMATIC_MARGIN_S if touch else MUTUAL_MARGIN_S
                rows.append((kind, lender, borrower, str(margin), EXPIRES))
    return rows


def _copy_roads(osm: Path, target: Path) -> None:
    """Into the pack byte by byte, or converted where the file is no PBF; whole or not at all."""
    part = target.with_name(f".part-{target.name}")
    if osm.name.endswith(".pbf"):
        shutil.copyfile(osm, part)
    else:
        part.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(part)) as writer:
            for thing in osmium.FileProcessor(str(osm)):
                writer.add(thing)
    part.replace(target)


def _count(
    report: OsmPackReport,
    towns: Sequence[_Town],
    stations: Sequence[_Station],
    units: Sequence[tuple[str, ...]],
) -> None:
    report.municipalities = len(towns)
    report.units = len(units)
    report.stations_assumed = sum(s.assumed for s in stations)
    for s in stations:
        report.stations[s.discipline] = report.stations.get(s.discipline, 0) + 1
        if s.assumed:
            report.notes.append(f"No {s.discipline} station was found; {s.code} is assumed.")
    if report.unnamed_areas:
        report.notes.append(f"{report.unnamed_areas} areas had no name and got one.")


def _slug(name: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-") or "region"


def _readme(name: str, osm: Path, municipalities: Path, report: OsmPackReport) -> str:
    notes = "".join(f"- {note}\n" for note in report.notes)
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(report.stations.items()))
    return f"""# {name}

Made from `{osm.name}` and
`{municipalities.name}`.
**Not how this place dispatches**: check and replace all that is marked assumed before any use.

| file | from the sources | assumed |
|---|---|---|
| `roads.osm.pbf` | all of it (© OpenStreetMap contributors, ODbL) | |
| `municipalities.geojson` | {report.municipalities} areas | {report.unnamed_areas} names |
| `stations.geojson` | {counts} | {report.stations_assumed} of them |
| `esb/fire.geojson` | the areas' outlines | each municipality: its own station, else the nearest |
| `esb/law.geojson`, `esb/ems.geojson` | the areas' outlines | one agency for all |
| `agencies.csv` | names of fire stations | all else |
| `units.csv` | | all {report.units}: a fixed template for each station |
| `response_plans.csv`, `agreements.csv` | | all of it |

{notes}"""
