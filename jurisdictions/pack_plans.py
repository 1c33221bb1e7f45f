"""``response_plans.csv`` of a region pack, and the areas in which some of its rows hold."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from jurisdictions.boundaries import Boundary
from jurisdictions.extent import Extent
from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_areas import AREAS, read_features
from jurisdictions.pack_tables import Cells, read_hours, read_rows
from jurisdictions.plans import MODES, PROFILES, PlanRow, key_of, may_tie
from jurisdictions.values import DISCIPLINES

PLANS: Final = "response_plans.csv"
PLAN_AREAS: Final = "plan_areas.geojson"
_COMMON_DEG2: Final = 1e-10
"""About a square metre: less ground in common is the rounding of a shared edge."""


class PlanAreas:
    """The areas that rows may name: those drawn for plans, and the zones of boundaries."""

    def __init__(
        self, drawn: dict[str, BaseGeometry], boundaries: list[Boundary], all_known: bool = True
    ) -> None:
        self.drawn = drawn
        self.all_known = all_known
        self._zones: dict[str, list[BaseGeometry]] = {}
        for boundary in boundaries:
            if boundary.zone and boundary.zone not in drawn:
                self._zones.setdefault(boundary.zone, []).append(boundary.geometry)
        self._overlaps: dict[tuple[str, str], bool] = {}

    def __contains__(self, name: str) -> bool:
        return not self.all_known or name in self.drawn or name in self._zones

    def overlap(self, one: str, other: str) -> bool:
        """Whether two areas have ground in common; the same area has."""
        pair = (min(one, other), max(one, other))
        known = self._overlaps.get(pair)
        if known is None:
            common = shapely.intersection(self._shape(one), self._shape(other))
            known = self._overlaps[pair] = one == other or common.area > _COMMON_DEG2
        return known

    def _shape(self, name: str) -> BaseGeometry:
        drawn = self.drawn.get(name)
        return drawn if drawn is not None else shapely.union_all(self._zones.get(name, []))


def read_plan_areas(folder: Path, findings: Findings, extent: Extent) -> dict[str, BaseGeometry]:
    """``plan_areas.geojson``, by the name in ``area``; none where there is no such file."""
    if not (folder / PLAN_AREAS).is_file():
        return {}
    areas: dict[str, BaseGeometry] = {}
    for feature in read_features(folder, PLAN_AREAS, findings, AREAS, "area"):
        name = str(feature.properties.get("area") or "").strip()
        if not name:
            findings.wrong(PLAN_AREAS, feature.where, "it is empty", "area")
        elif name in areas:
            findings.wrong(PLAN_AREAS, feature.where, f"{name} stands twice", "area")
        elif wrong := extent.misplaced(feature.geometry):
            findings.wrong(PLAN_AREAS, feature.where, wrong)
        else:
            areas[name] = feature.geometry
    return areas


class _Ties:
    """Finds plans of one type that nothing would choose between."""

    def __init__(self, areas: PlanAreas) -> None:
        self._areas = areas
        self._plans: dict[tuple[str, int, str], dict[tuple[object, ...], tuple[PlanRow, int]]] = {}

    def check(self, row: PlanRow, cells: Cells) -> None:
        """Note the row's mistake if its plan ties with one that stands above it."""
        plans = self._plans.setdefault((row.incident_type, row.alarm_level, row.profile), {})
        key = key_of(row)
        if key in plans:
            return
        for other, line in plans.values():
            if may_tie(row, other, self._areas.overlap):
                cells.wrong(
                    "rank",
                    f"nothing says whether this plan or that of line {line} wins where both hold: "
                    "give one a higher rank",
                )
                break
        plans[key] = (row, cells.line)


def _area(cells: Cells, areas: PlanAreas) -> str:
    name = cells.text("area")
    if name and name not in areas:
        cells.wrong("area", f"{name} is neither in {PLAN_AREAS} nor the zone of a boundary")
    return name


def read_plans(
    folder: Path, findings: Findings, agencies: Names, areas: PlanAreas
) -> list[PlanRow]:
    """``response_plans.csv``; a type has one label, lead and priority throughout an agency.

    Two plans that may hold at once are a mistake where neither is more specific or of higher rank.
    """
    name = PLANS
    heads: dict[tuple[str, str], tuple[PlanRow, int]] = {}
    plans: list[PlanRow] = []
    ties = _Ties(areas)
    lines = 0
    for cells in read_rows(folder, name, findings):
        lines += 1
        plan = PlanRow(
            incident_type=cells.filled("incident_type"),
            label=cells.filled("label"),
            lead=cells.one_of("lead", DISCIPLINES),
            priority=cells.whole("priority", 1, 9),
            discipline=cells.one_of("discipline", DISCIPLINES),
            capability=cells.filled("capability"),
            count=cells.whole("count", 1, 50),
            agency=cells.text("agency") and cells.known("agency", agencies),
            hours=read_hours(cells),
            priorities=_priorities(cells),
            alarm_level=cells.whole("alarm_level", 1, 9, "1"),
            rank=cells.whole("rank", -999, 999, "0"),
            profile=cells.one_of("profile", PROFILES),
            area=_area(cells, areas),
            premise=cells.text("premise"),
            officers=cells.whole("officers", 1, 2, "1"),
            mode=cells.one_of("mode", ("", *MODES)),
        )
        if not cells.good:
            continue
        head, at = heads.setdefault((plan.incident_type, plan.agency), (plan, cells.line))
        for column in ("label", "lead", "priority"):
            if getattr(head, column) != getattr(plan, column):
                cells.wrong(column, f"it differs from line {at} of the same type")
        ties.check(plan, cells)
        if cells.good:
            plans.append(plan)
    if not lines and name not in findings.unreadable:
        findings.wrong(name, "", "there is no plan in it")
    return plans


def _priorities(cells: Cells) -> tuple[int, ...]:
    """``1;2``; empty is any."""
    text = cells.text("priorities")
    parts = [part.strip() for part in text.split(";")] if text else []
    if any(len(part) != 1 or part not in "123456789" for part in parts):
        cells.wrong("priorities", f"{text!r} is not like 1;2")
        return ()
    return tuple(sorted({int(part) for part in parts}))
