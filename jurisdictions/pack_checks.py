"""Checks of a pack's roads, closures and calls, which others read in full; nothing is kept here."""

from __future__ import annotations

import csv
import zlib
from pathlib import Path
from typing import Final

from geodata.road_errors import OsmUnreadable
from geodata.sources.geojson import GeoJsonUnreadable, read_geojson
from geodata.sources.osm_extent import find_any_node
from jurisdictions.extent import Extent
from jurisdictions.mistakes import Findings
from jurisdictions.plans import PlanRow
from jurisdictions.recorded_calls import BadCall, read_calls
from jurisdictions.roster import Agency, RosterUnit

ROADS: Final = "roads.osm.pbf"
CLOSURES: Final = "closures.geojson"
WORKS: Final = "works.json"
CALLS: Final = "calls.csv.gz"
_CLOSURE_KINDS: Final = ("LineString", "MultiLineString", "Point", "MultiPoint")


def check_roads(folder: Path, findings: Findings, extent: Extent) -> None:
    """The roads are there, open, and lie where the municipalities do."""
    path = folder / ROADS
    if not path.is_file():
        findings.unread(ROADS, "", "the file is missing")
        return
    try:
        at = find_any_node(path)
    except OsmUnreadable as problem:
        findings.unread(ROADS, "", f"it cannot be read: {problem.cause}")
        return
    if at is None:
        findings.wrong(ROADS, "", "there is no road in it")
    elif wrong := extent.point_misplaced(at):
        findings.wrong(ROADS, "", wrong)


def check_closures(folder: Path, findings: Findings) -> None:
    """The closures are GeoJSON. One without a usable place is a notice: a feed may have such."""
    path = folder / CLOSURES
    if not path.is_file():
        return
    try:
        for feature in read_geojson(path, _CLOSURE_KINDS):
            if feature.wrong:
                findings.notice(CLOSURES, f"feature {feature.number}", feature.wrong)
    except GeoJsonUnreadable as problem:
        findings.unread(CLOSURES, problem.where, problem.why)


def check_calls(folder: Path, findings: Findings, incident_types: set[str]) -> None:
    """Every recorded call can be read. Types that no plan names are counted in a notice."""
    path = folder / CALLS
    if not path.is_file():
        return
    unplanned: dict[str, list[int]] = {}
    try:
        for call in read_calls(path):
            if isinstance(call, BadCall):
                findings.wrong(CALLS, f"line {call.line}", call.why)
            elif incident_types and call.incident_type not in incident_types:
                unplanned.setdefault(call.incident_type, []).append(call.line)
    except BadCall as problem:
        findings.unread(CALLS, f"line {problem.line}", problem.why)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as problem:
        findings.unread(CALLS, "", f"not a CSV file in UTF-8 packed with gzip: {problem}")
    for incident_type, lines in sorted(unplanned.items()):
        findings.notice(
            CALLS,
            f"line {lines[0]}",
            f"no plan for {incident_type!r}, the type of {len(lines)} calls",
            "incident_type",
        )


def check_blocking_types(agencies: list[Agency], plans: list[PlanRow], findings: Findings) -> None:
    """A type that blocks its road and has no plan is a notice: no incident is ever of it."""
    planned = {plan.incident_type for plan in plans}
    for agency in agencies:
        for name in agency.blocking_types:
            if name not in planned:
                findings.notice("agencies.csv", "", f"{agency.id}: no plan for the type {name}")


def check_capabilities(plans: list[PlanRow], units: list[RosterUnit], findings: Findings) -> None:
    """A capability that plans ask for and no unit has is a notice: the slot will stay open."""
    if "units.csv" in findings.unreadable:
        return
    had = {capability for unit in units for capability in unit.capabilities}
    for capability in sorted({plan.capability for plan in plans} - had):
        findings.notice("response_plans.csv", "", f"no unit has the capability {capability}")
