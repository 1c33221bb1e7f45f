"""A region pack: one folder that holds all that the hub must know of a place.

Reading it finds every mistake at once and gives nothing when there is one. The roads are a file
that ``geodata.sources`` reads; their path is given here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from geodata.known_places import KnownPlaces
from jurisdictions.agreements import Agreement
from jurisdictions.boundaries import Boundary, BoundarySet, Municipality
from jurisdictions.centres import Centre
from jurisdictions.extent import Extent
from jurisdictions.hospitals import HOSPITALS, Hospital, read_hospitals
from jurisdictions.limits import LIMITS, StatusLimit, read_limits
from jurisdictions.mistakes import Findings, Mistake, Names, PackRefused
from jurisdictions.pack_areas import (
    ESB_FILES,
    MUNICIPALITIES,
    STATIONS,
    read_boundaries,
    read_municipalities,
    read_stations,
)
from jurisdictions.pack_centres import CENTRES, read_centres
from jurisdictions.pack_channels import CHANNELS, read_channels
from jurisdictions.pack_checks import (
    CALLS,
    CLOSURES,
    ROADS,
    WORKS,
    check_blocking_types,
    check_calls,
    check_capabilities,
    check_closures,
    check_roads,
)
from jurisdictions.pack_crews import CREWS, read_crews
from jurisdictions.pack_driving import DRIVING, read_driving
from jurisdictions.pack_places import present_files, read_known_places
from jurisdictions.pack_plans import PLAN_AREAS, PlanAreas, read_plan_areas, read_plans
from jurisdictions.pack_protocols import (
    DETERMINANTS,
    PROTOCOLS,
    read_determinants,
    read_protocols,
)
from jurisdictions.pack_region import REGION, Region, read_region
from jurisdictions.pack_statuses import STATUSES, read_statuses
from jurisdictions.pack_substitutes import SUBSTITUTES, read_substitutes
from jurisdictions.pack_tables import (
    COLUMNS,
    read_agencies,
    read_agreements,
    read_units,
)
from jurisdictions.pack_targets import TARGETS, read_targets
from jurisdictions.pack_turnout import TURNOUT, read_turnout
from jurisdictions.plans import PlanRow
from jurisdictions.protocols import Determinant, ProtocolProgram
from jurisdictions.roster import Agency, RosterUnit, SharedCrew, Station
from jurisdictions.sops import SOPS, SopLine, read_sops
from jurisdictions.substitutes import rows_of
from jurisdictions.targets import StageTarget

_HASHED = (REGION, ROADS, MUNICIPALITIES, *ESB_FILES, *COLUMNS, STATIONS, PLAN_AREAS)


@dataclass(frozen=True)
class Pack:
    """A pack without mistakes.

    ``pack_id`` is a hash of all that is a version's; closures and recorded calls are not part of
    it, since they are events of their own time.
    """

    pack_id: str
    folder: Path
    region: Region
    municipalities: Sequence[Municipality]
    boundaries: Sequence[Boundary]
    agencies: Sequence[Agency]
    stations: Sequence[Station]
    units: Sequence[RosterUnit]
    crews: Sequence[SharedCrew]
    plan_rows: Sequence[PlanRow]
    plan_areas: Mapping[str, BaseGeometry]
    agreements: Sequence[Agreement]
    known_places: KnownPlaces
    targets: Sequence[StageTarget]
    centres: Sequence[Centre]
    protocols: Sequence[ProtocolProgram]
    determinants: Sequence[Determinant]
    limits: Sequence[StatusLimit]
    sops: Sequence[SopLine]
    hospitals: Sequence[Hospital]
    notices: Sequence[Mistake]

    @property
    def roads(self) -> Path:
        """The OpenStreetMap extract."""
        return self.folder / ROADS

    @property
    def works(self) -> Path | None:
        """Closures in the hub's own format, which may have hours of the week; None without."""
        path = self.folder / WORKS
        return path if path.is_file() else None

    @property
    def closures(self) -> Path | None:
        """The WZDx file, or None where the pack has none."""
        path = self.folder / CLOSURES
        return path if path.is_file() else None

    @property
    def calls(self) -> Path | None:
        """The recorded calls for ``read_calls``, or None where the pack has none."""
        path = self.folder / CALLS
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
    region = read_region(folder, findings)
    municipalities = read_municipalities(folder, findings)
    extent = Extent([town.geometry for town in municipalities])
    check_roads(folder, findings, extent)
    agencies, agency_ids = read_agencies(folder, findings)
    disciplines = {agency.id: agency.discipline for agency in agencies}
    stations, codes = read_stations(folder, findings, extent)
    boundaries = read_boundaries(folder, findings, extent, agency_ids, disciplines)
    zones = Names(
        "esb/",
        {boundary.zone for boundary in boundaries if boundary.zone},
        all=not findings.unreadable.isdisjoint(ESB_FILES),
    )
    units = read_units(folder, findings, agency_ids, codes, zones)
    crews = read_crews(folder, findings, units)
    channels = read_channels(folder, findings, agency_ids)
    drawn = read_plan_areas(folder, findings, extent)
    areas = PlanAreas(drawn, boundaries, findings.unreadable.isdisjoint((*ESB_FILES, PLAN_AREAS)))
    plan_rows = read_plans(folder, findings, agency_ids, areas)
    agreements = read_agreements(folder, findings, agency_ids, disciplines)
    known_places = read_known_places(folder, findings, extent)
    targets = read_targets(folder, findings, agency_ids, {row.incident_type for row in plan_rows})
    limits = read_limits(folder, findings, agency_ids)
    sops = read_sops(folder, findings, agency_ids, {row.incident_type for row in plan_rows})
    driving = read_driving(folder, findings, agency_ids)
    turnout = read_turnout(folder, findings, agency_ids, {unit.kind for unit in units})
    statuses = read_statuses(folder, findings, agency_ids)
    substitutes = read_substitutes(
        folder, findings, agency_ids, _capabilities(plan_rows, units, findings)
    )
    hospitals = read_hospitals(folder, findings)
    centres = read_centres(folder, findings)
    protocols = read_protocols(folder, findings, agency_ids)
    types = {row.incident_type for row in plan_rows}
    determinants = read_determinants(folder, findings, agency_ids, types)
    check_capabilities(plan_rows, units, findings)
    check_blocking_types(agencies, plan_rows, findings)
    check_closures(folder, findings)
    check_calls(folder, findings, {row.incident_type for row in plan_rows})
    findings.mistakes += findings.unlisted()
    if findings.mistakes or region is None:
        raise PackRefused(findings.mistakes)
    return Pack(
        pack_id=_hash(folder),
        folder=folder,
        region=region,
        municipalities=municipalities,
        boundaries=boundaries,
        agencies=[
            a.model_copy(
                update={
                    "channels": channels.get(a.id, ()),
                    "statuses": statuses.get(a.id, ()),
                    "driving": tuple(row for row in driving if row.agency in ("", a.id)),
                    "substitutes": rows_of(a.id, substitutes),
                    "turnout": tuple(row for row in turnout if row.agency in ("", a.id)),
                }
            )
            for a in agencies
        ],
        stations=stations,
        units=units,
        crews=crews,
        plan_rows=plan_rows,
        plan_areas=drawn,
        agreements=agreements,
        known_places=known_places,
        targets=targets,
        centres=centres,
        protocols=protocols,
        determinants=determinants,
        limits=limits,
        sops=sops,
        hospitals=hospitals,
        notices=findings.notices,
    )


def _capabilities(
    plan_rows: Sequence[PlanRow], units: Sequence[RosterUnit], findings: Findings
) -> Names:
    """What plans ask for and units have; any word where one of the two could not be read."""
    had = {capability for unit in units for capability in unit.capabilities}
    return Names(
        "units.csv or response_plans.csv",
        had | {row.capability for row in plan_rows},
        all=not findings.unreadable.isdisjoint(("units.csv", "response_plans.csv")),
    )


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (*_HASHED, *present_files(folder)):
        optional = (
            CENTRES, CHANNELS, CREWS, DETERMINANTS, DRIVING, HOSPITALS, LIMITS, PLAN_AREAS,
            PROTOCOLS, SOPS, STATUSES, SUBSTITUTES, TARGETS, TURNOUT,
        )  # fmt: skip
        if name in optional and not (folder / name).is_file():
            continue
        digest.update(name.encode() + b"\0")
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:24]
