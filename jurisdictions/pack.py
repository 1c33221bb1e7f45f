"""A region pack: one folder that holds all that the hub must know of a place.

Reading it finds every mistake at once and gives nothing when there is one. The roads are a file
that ``geodata.sources`` reads; their path is given here.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jurisdictions.agreements import Agreement
from jurisdictions.boundaries import Boundary, BoundarySet, Municipality
from jurisdictions.mistakes import Findings, Mistake, PackRefused
from jurisdictions.pack_areas import (
    ESB_FILES,
    read_boundaries,
    read_municipalities,
    read_stations,
)
from jurisdictions.pack_tables import (
    COLUMNS,
    check_capabilities,
    read_agencies,
    read_agreements,
    read_plans,
    read_units,
)
from jurisdictions.plans import PlanRow
from jurisdictions.roster import Agency, RosterUnit, Station

ROADS = "roads.osm.pbf"
CLOSURES = "closures.geojson"
CALLS = "calls.csv.gz"
BORDER_M_MAX = 5000.0
_HASHED = ("region.toml", ROADS, "municipalities.geojson", *ESB_FILES, *COLUMNS, "stations.geojson")


@dataclass(frozen=True)
class Region:
    """The region's own settings."""

    name: str
    time_zone: str
    border_m: float


@dataclass(frozen=True)
class Pack:
    """A pack without mistakes. ``pack_id`` is a hash of what it says."""

    pack_id: str
    folder: Path
    region: Region
    municipalities: Sequence[Municipality]
    boundaries: Sequence[Boundary]
    agencies: Sequence[Agency]
    stations: Sequence[Station]
    units: Sequence[RosterUnit]
    plan_rows: Sequence[PlanRow]
    agreements: Sequence[Agreement]
    notices: Sequence[Mistake]

    @property
    def roads(self) -> Path:
        """The OpenStreetMap extract."""
        return self.folder / ROADS

    @property
    def closures(self) -> Path | None:
        """The WZDx file, or None where the pack has none."""
        path = self.folder / CLOSURES
        return path if path.is_file() else None

    def boundary_set(self) -> BoundarySet:
        """Its boundaries, ready to resolve."""
        return BoundarySet(self.boundaries, self.municipalities, self.region.border_m, self.pack_id)


def read_pack(folder: Path) -> Pack:
    """Read and check a region pack.

    Raises:
        PackRefused: With every mistake that was found, by file and line or feature.
    """
    findings = Findings()
    if not folder.is_dir():
        findings.wrong(folder.name, "", "there is no such folder")
        raise PackRefused(findings.mistakes)
    region = _read_region(folder, findings)
    if not (folder / ROADS).is_file():
        findings.wrong(ROADS, "", "the file is missing")
    municipalities = read_municipalities(folder, findings)
    agencies = read_agencies(folder, findings)
    disciplines = {agency.id: agency.discipline for agency in agencies}
    ids = set(disciplines)
    stations = read_stations(folder, findings)
    boundaries = read_boundaries(folder, findings, disciplines)
    units = read_units(folder, findings, ids, {station.code for station in stations})
    plan_rows = read_plans(folder, findings, ids)
    agreements = read_agreements(folder, findings, ids)
    check_capabilities(plan_rows, units, findings)
    if findings.mistakes or region is None:
        raise PackRefused(findings.mistakes)
    return Pack(
        pack_id=_hash(folder),
        folder=folder,
        region=region,
        municipalities=municipalities,
        boundaries=boundaries,
        agencies=agencies,
        stations=stations,
        units=units,
        plan_rows=plan_rows,
        agreements=agreements,
        notices=findings.notices,
    )


def _read_region(folder: Path, findings: Findings) -> Region | None:
    name = "region.toml"
    path = folder / name
    if not path.is_file():
        findings.wrong(name, "", "the file is missing")
        return None
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        findings.wrong(name, "", f"not TOML: {problem}")
        return None
    before = len(findings.mistakes)
    title, zone, border = (fields.get(key) for key in ("name", "time_zone", "border_m"))
    if not isinstance(title, str) or not title.strip():
        findings.wrong(name, "name", "it is missing or empty")
    try:
        ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError):
        findings.wrong(name, "time_zone", f"{zone!r} is no time zone")
    number = isinstance(border, int | float) and not isinstance(border, bool)
    if not number or not 0 <= float(border or 0) <= BORDER_M_MAX:
        findings.wrong(name, "border_m", f"{border!r} is not metres from 0 to {BORDER_M_MAX:.0f}")
    if len(findings.mistakes) > before:
        return None
    return Region(str(title).strip(), str(zone), float(border or 0))


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in _HASHED:
        digest.update(name.encode() + b"\0")
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:24]
