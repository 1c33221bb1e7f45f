"""``protocols.csv`` and ``determinants.csv`` of a region pack. A pack may lack either."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import read_rows
from jurisdictions.protocols import (
    Determinant,
    ProtocolProgram,
    code_parts,
    is_code,
    template_fault,
)
from jurisdictions.values import DISCIPLINES

PROTOCOLS: Final = "protocols.csv"
DETERMINANTS: Final = "determinants.csv"


def read_protocols(folder: Path, findings: Findings, agencies: Names) -> list[ProtocolProgram]:
    """The programs; none where there is no such file. Ids are unique."""
    if not (folder / PROTOCOLS).is_file():
        return []
    seen: dict[str, int] = {}
    programs = []
    for cells in read_rows(folder, PROTOCOLS, findings):
        program = ProtocolProgram(
            id=cells.once("protocol", seen),
            name=cells.filled("name"),
            discipline=cells.one_of("discipline", DISCIPLINES),
            url=cells.filled("url"),
            agency=cells.text("agency") and cells.known("agency", agencies),
        )
        if program.url and (fault := template_fault(program.url)):
            cells.wrong("url", fault)
        if cells.good:
            programs.append(program)
    return programs


def read_determinants(
    folder: Path, findings: Findings, agencies: Names, incident_types: set[str]
) -> list[Determinant]:
    """The rows; none where there is no such file.

    A type that no plan names is a mistake, and so is a determinant that stands twice for an agency.
    """
    if not (folder / DETERMINANTS).is_file():
        return []
    seen: dict[tuple[str, str, tuple[str, ...], bool], int] = {}
    rows = []
    for cells in read_rows(folder, DETERMINANTS, findings):
        priority = cells.number("priority", 1, 9) if cells.text("priority") else None
        if priority is not None and priority != int(priority):
            cells.wrong("priority", f"{priority:g} is no whole number")
        row = Determinant(
            discipline=cells.one_of("discipline", DISCIPLINES),
            determinant=cells.filled("determinant"),
            incident_type=cells.filled("incident_type"),
            agency=cells.text("agency") and cells.known("agency", agencies),
            priority=None if priority is None else int(priority),
            label=cells.text("label"),
        )
        code = row.determinant.removesuffix("*")
        if row.determinant and not is_code(code):
            cells.wrong("determinant", f"{row.determinant!r} is no determinant")
        if row.incident_type and incident_types and row.incident_type not in incident_types:
            cells.wrong("incident_type", f"{row.incident_type} is not in response_plans.csv")
        key = (row.discipline, row.agency, code_parts(code), row.determinant.endswith("*"))
        if key in seen:
            cells.wrong("determinant", f"the same stands on line {seen[key]} already")
        seen.setdefault(key, cells.line)
        if cells.good:
            rows.append(row)
    return rows
