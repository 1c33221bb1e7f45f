"""The CSV files of a region pack: columns checked, each row read or noted as a mistake."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from jurisdictions.agreements import Agreement
from jurisdictions.mistakes import Findings
from jurisdictions.plans import PlanRow
from jurisdictions.roster import Agency, RosterUnit, vehicle_class_of
from jurisdictions.values import DISCIPLINES

Row = dict[str, str]
T = TypeVar("T")
ROWS_MAX = 200_000


@dataclass(frozen=True)
class Columns:
    """Of one file: those it must have and may have. Any other is ignored with a notice."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


COLUMNS = {
    "agencies.csv": Columns(
        ("agency", "name", "discipline", "municipality"),
        ("staffing", "case_policy", "case_prefix"),
    ),
    "units.csv": Columns(
        ("agency", "unit", "kind", "station", "capabilities", "staffing"),
        ("phone_only", "vehicle_class"),
    ),
    "response_plans.csv": Columns(
        ("incident_type", "label", "lead", "priority", "discipline", "capability", "count"),
        ("agency", "hours", "alarm_level", "rank"),
    ),
    "agreements.csv": Columns(("kind", "lender", "borrower", "margin_s", "expires")),
}


class _BadRow(Exception):
    """What is wrong with one row."""


def read_rows(
    folder: Path, name: str, findings: Findings, make: Callable[[Row, int], T]
) -> Iterator[tuple[int, T]]:
    """Line number and value of each good row; every bad one becomes a mistake."""
    path = folder / name
    if not path.is_file():
        findings.wrong(name, "", "the file is missing")
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not _has_columns(name, reader.fieldnames or [], findings):
                return
            for row in reader:
                line = reader.line_num
                if line > ROWS_MAX:
                    findings.wrong(name, f"line {line}", f"more than {ROWS_MAX} rows")
                    return
                if None in row.values() or None in row:
                    findings.wrong(name, f"line {line}", "it has not as many fields as the header")
                    continue
                cleaned = {key: value.strip() for key, value in row.items()}
                try:
                    yield line, make(cleaned, line)
                except _BadRow as problem:
                    findings.wrong(name, f"line {line}", str(problem))
                except ValidationError as problem:
                    for error in problem.errors():
                        column = ".".join(str(part) for part in error["loc"])
                        findings.wrong(name, f"line {line}", f"{column}: {error['msg']}")
    except (UnicodeDecodeError, csv.Error) as problem:
        findings.wrong(name, "", f"not a CSV file in UTF-8: {problem}")


def _has_columns(name: str, header: Any, findings: Findings) -> bool:
    columns = COLUMNS[name]
    missing = [column for column in columns.required if column not in header]
    if missing:
        findings.wrong(name, "line 1", f"columns missing: {', '.join(missing)}")
    extra = [c for c in header if c not in columns.required + columns.optional]
    if extra:
        findings.notice(name, "line 1", f"columns ignored: {', '.join(extra)}")
    return not missing


def _number(row: Row, column: str, default: str = "") -> float:
    text = row.get(column) or default
    try:
        return float(text)
    except ValueError:
        raise _BadRow(f"{column}: {text!r} is no number") from None


def _whole(row: Row, column: str, default: str = "") -> int:
    number = _number(row, column, default)
    if number != int(number):
        raise _BadRow(f"{column}: {row.get(column)!r} is no whole number")
    return int(number)


def _text(row: Row, column: str) -> str:
    if not row[column]:
        raise _BadRow(f"{column}: it is empty")
    return row[column]


def _discipline(row: Row, column: str) -> Any:
    if row[column] not in DISCIPLINES:
        raise _BadRow(f"{column}: {row[column]!r} is not one of {', '.join(DISCIPLINES)}")
    return row[column]


def read_agencies(folder: Path, findings: Findings) -> list[Agency]:
    """``agencies.csv``; ids are unique."""
    seen: dict[str, int] = {}

    def make(row: Row, line: int) -> Agency:
        agency = Agency(
            id=_text(row, "agency"),
            name=_text(row, "name"),
            discipline=_discipline(row, "discipline"),
            municipality=row["municipality"],
            staffing=row.get("staffing", ""),
            case_policy=row.get("case_policy", ""),
            case_prefix=row.get("case_prefix", ""),
        )
        if agency.id in seen:
            raise _BadRow(f"agency: {agency.id} stands on line {seen[agency.id]} already")
        seen[agency.id] = line
        return agency

    return [agency for _, agency in read_rows(folder, "agencies.csv", findings, make)]


def read_units(
    folder: Path, findings: Findings, agencies: set[str], stations: set[str]
) -> list[RosterUnit]:
    """``units.csv``; callsigns are unique in the region, since they are spoken on the radio."""
    seen: dict[str, int] = {}

    def make(row: Row, line: int) -> RosterUnit:
        kind = _text(row, "kind")
        capabilities = tuple(part for part in row["capabilities"].split(";") if part)
        if not capabilities:
            raise _BadRow("capabilities: a unit that can do nothing is never sent")
        unit = RosterUnit(
            agency_id=_text(row, "agency"),
            callsign=_text(row, "unit"),
            kind=kind,
            station=_text(row, "station"),
            capabilities=capabilities,
            staffing=_whole(row, "staffing"),
            vehicle_class=row.get("vehicle_class") or vehicle_class_of(kind),
            phone_only=(row.get("phone_only") or "0") not in ("0", "false", "no"),
        )
        if unit.agency_id not in agencies:
            raise _BadRow(f"agency: {unit.agency_id} is not in agencies.csv")
        if unit.station not in stations:
            raise _BadRow(f"station: {unit.station} is not in stations.geojson")
        if unit.callsign in seen:
            where = seen[unit.callsign]
            raise _BadRow(f"unit: {unit.callsign} stands on line {where} already")
        seen[unit.callsign] = line
        return unit

    return [unit for _, unit in read_rows(folder, "units.csv", findings, make)]


def read_plans(folder: Path, findings: Findings, agencies: set[str]) -> list[PlanRow]:
    """``response_plans.csv``; a type has one label, lead and priority throughout an agency."""
    heads: dict[tuple[str, str], tuple[PlanRow, int]] = {}

    def make(row: Row, line: int) -> PlanRow:
        plan = PlanRow(
            incident_type=_text(row, "incident_type"),
            label=_text(row, "label"),
            lead=_discipline(row, "lead"),
            priority=_whole(row, "priority"),
            discipline=_discipline(row, "discipline"),
            capability=_text(row, "capability"),
            count=_whole(row, "count"),
            agency=row.get("agency", ""),
            hours=_hours(row.get("hours", "")),
            alarm_level=_whole(row, "alarm_level", "1"),
            rank=_whole(row, "rank", "0"),
        )
        if plan.agency and plan.agency not in agencies:
            raise _BadRow(f"agency: {plan.agency} is not in agencies.csv")
        head, at = heads.setdefault((plan.incident_type, plan.agency), (plan, line))
        for column in ("label", "lead", "priority"):
            if getattr(head, column) != getattr(plan, column):
                raise _BadRow(f"{column}: it differs from line {at} of the same type")
        return plan

    plans = [plan for _, plan in read_rows(folder, "response_plans.csv", findings, make)]
    if not plans and not findings.mistakes:
        findings.wrong("response_plans.csv", "", "there is no plan in it")
    return plans


def _hours(text: str) -> tuple[int, ...]:
    """``22-6`` is 22, 23, 0 … 5; empty is all day."""
    if not text:
        return ()
    first, dash, last = text.partition("-")
    if not (dash and first.isdigit() and last.isdigit() and int(first) < 24 and int(last) <= 24):
        raise _BadRow(f"hours: {text!r} is not like 22-6")
    begin, end = int(first), int(last) % 24
    length = (end - begin) % 24 or 24
    return tuple((begin + hour) % 24 for hour in range(length))


def read_agreements(folder: Path, findings: Findings, agencies: set[str]) -> list[Agreement]:
    """``agreements.csv``; both parties are agencies of the pack."""

    def make(row: Row, line: int) -> Agreement:
        kind = row["kind"]
        if kind not in ("automatic", "mutual"):
            raise _BadRow(f"kind: {kind!r} is neither automatic nor mutual")
        for party in ("lender", "borrower"):
            if row[party] not in agencies:
                raise _BadRow(f"{party}: {row[party]!r} is not in agencies.csv")
        try:
            expires = date.fromisoformat(row["expires"]) if row["expires"] else None
        except ValueError:
            raise _BadRow(f"expires: {row['expires']!r} is no date") from None
        return Agreement(
            id=f"{row['lender']}>{row['borrower']}#{line}",
            kind="automatic" if kind == "automatic" else "mutual",
            lender=row["lender"],
            borrower=row["borrower"],
            margin_s=_number(row, "margin_s", "0"),
            expires=expires,
        )

    return [agreement for _, agreement in read_rows(folder, "agreements.csv", findings, make)]


def check_capabilities(plans: list[PlanRow], units: list[RosterUnit], findings: Findings) -> None:
    """A capability that plans ask for and no unit has is a notice: the slot will stay open."""
    had = {capability for unit in units for capability in unit.capabilities}
    for capability in sorted({plan.capability for plan in plans} - had):
        findings.notice("response_plans.csv", "", f"no unit has the capability {capability}")
