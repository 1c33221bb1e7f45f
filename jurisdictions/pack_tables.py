"""The CSV files of a region pack: columns checked, each row read or noted as a mistake."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeVar

from jurisdictions.agreements import Agreement
from jurisdictions.case_numbers import template_fault
from jurisdictions.mistakes import Findings, Names
from jurisdictions.roster import (
    Agency,
    CasePolicy,
    RosterUnit,
    VehicleClass,
    VolunteerRule,
    vehicle_class_of,
)
from jurisdictions.values import DISCIPLINES, Discipline

Row = dict[str, str]
W = TypeVar("W", bound=str)

ROWS_MAX: Final = 200_000
TALKGROUPS_MAX: Final = 99
TALKGROUP_LETTERS_MAX: Final = 24
CASE_POLICIES: Final[tuple[CasePolicy, ...]] = ("", "automatic", "on_request")
VEHICLE_CLASSES: Final[tuple[VehicleClass, ...]] = ("car", "truck", "heavy")
AGREEMENT_KINDS: Final[tuple[Literal["automatic", "mutual"], ...]] = ("automatic", "mutual")
YES_OR_NO: Final = ("", "0", "1", "false", "true", "no", "yes")


@dataclass(frozen=True)
class Columns:
    """Of one file: those it must have and may have. Any other is ignored with a notice."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


COLUMNS = {
    "agencies.csv": Columns(
        ("agency", "name", "discipline", "municipality"),
        (
            "beat_hold",
            "beat_s",
            "blocking_types",
            "staffing",
            "case_policy",
            "case_prefix",
            "case_template",
            "coverage_s",
            "on_task_s",
            "par_s",
            "query_kept_s",
            "reroute_gain_s",
            "scheduled_lead_s",
            "status_check_s",
            "talkgroups",
            "unconfirmed_block_s",
            "volunteer_min",
            "volunteer_s",
        ),
    ),
    "units.csv": Columns(
        ("agency", "unit", "kind", "station", "capabilities", "staffing"),
        ("beats", "height_m", "phone_only", "vehicle_class", "weight_t", "width_m"),
    ),
    "response_plans.csv": Columns(
        ("incident_type", "label", "lead", "priority", "discipline", "capability", "count"),
        (
            "agency",
            "hours",
            "priorities",
            "alarm_level",
            "rank",
            "profile",
            "area",
            "premise",
            "officers",
            "mode",
        ),
    ),
    "channels.csv": Columns(("agency", "channel", "adapter", "target", "limit_s"), ("pre_alert",)),
    "agreements.csv": Columns(("kind", "lender", "borrower", "margin_s", "expires")),
    "hospitals.csv": Columns(("hospital", "name", "lon", "lat"), ("capabilities",)),
    "limits.csv": Columns(("status", "seconds"), ("agency", "priority")),
    "sops.csv": Columns(("step", "line"), ("agency", "incident_type")),
    "crews.csv": Columns(("crew", "units"), ("min_staff",)),
    "centres.csv": Columns(("centre", "name"), ("phone", "eido_url")),
    "protocols.csv": Columns(("protocol", "name", "discipline", "url"), ("agency",)),
    "determinants.csv": Columns(
        ("discipline", "determinant", "incident_type"), ("agency", "priority", "label")
    ),
    "statuses.csv": Columns(("agency", "code", "label", "core"), ("allowed_from", "shortcut")),
    "targets.csv": Columns(("stage", "seconds"), ("agency", "incident_type", "effective")),
    "driving.csv": Columns(
        ("factor",), ("agency", "vehicle_class", "hours", "mode", "turns", "congestion")
    ),
    "substitutes.csv": Columns(("capability", "stand_in", "penalty_s"), ("agency", "cap_s")),
    "turnout.csv": Columns(("median_s", "p10_s", "p90_s"), ("agency", "staffing", "kind", "hours")),
}
PLACE_COLUMNS = {
    "places.csv": Columns(("name", "kind", "lon", "lat"), ("also",)),
    "mileposts.csv": Columns(("road", "distance", "lon", "lat"), ("direction", "unit")),
    "addresses.csv": Columns(("number", "street", "lon", "lat")),
}
"""Files that a pack may have: what callers name beside the streets."""


class Cells:
    """One row. Each reader notes what is wrong with its cell and gives something to go on with."""

    def __init__(self, row: Row, file: str, line: int, findings: Findings) -> None:
        self._row = row
        self._file = file
        self.line = line
        self._findings = findings
        self.good = True

    def wrong(self, column: str, message: str) -> None:
        """Note a mistake of this row, which is then left out."""
        self.good = False
        self._findings.wrong(self._file, f"line {self.line}", message, column)

    def text(self, column: str) -> str:
        """The cell, empty or not; empty where the file has no such column."""
        return self._row.get(column, "")

    def filled(self, column: str) -> str:
        """The cell, which may not be empty."""
        if not self.text(column):
            self.wrong(column, "it is empty")
        return self.text(column)

    def one_of(self, column: str, words: Sequence[W]) -> W:
        """The cell as one of a few words."""
        for word in words:
            if self.text(column) == word:
                return word
        self.wrong(column, f"{self.text(column)!r} is not one of {', '.join(words)}")
        return words[0]

    def parts(self, column: str) -> tuple[str, ...]:
        """The cell as words parted by ``;``, without empty ones."""
        parts = (part.strip() for part in self.text(column).split(";"))
        return tuple(part for part in parts if part)

    def known(self, column: str, names: Names) -> str:
        """The cell, which must name something that another file holds."""
        name = self.filled(column)
        if name and name not in names:
            self.wrong(column, f"{name} is not in {names.file}")
        return name

    def number(self, column: str, least: float, most: float, default: str = "") -> float:
        """The cell as a number from ``least`` to ``most``."""
        text = self.text(column) or default
        try:
            number = float(text)
        except ValueError:
            self.wrong(column, f"{text!r} is no number")
            return least
        if not least <= number <= most:
            self.wrong(column, f"{text} is not from {least:g} to {most:g}")
            return least
        return number

    def whole(self, column: str, least: int, most: int, default: str = "") -> int:
        """The cell as a whole number from ``least`` to ``most``."""
        number = self.number(column, least, most, default)
        if number != int(number):
            self.wrong(column, f"{self.text(column)} is no whole number")
        return int(number)

    def once(self, column: str, seen: dict[str, int]) -> str:
        """The cell, which no earlier line may have."""
        name = self.filled(column)
        if name in seen:
            self.wrong(column, f"{name} stands on line {seen[name]} already")
        elif name:
            seen[name] = self.line
        return name


def read_rows(folder: Path, name: str, findings: Findings, most: int = ROWS_MAX) -> Iterator[Cells]:
    """The rows of a table whose header is right; a row of another length is a mistake."""
    path = folder / name
    if not path.is_file():
        findings.unread(name, "", "the file is missing")
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not _has_columns(name, reader.fieldnames or [], findings):
                return
            line = reader.line_num + 1
            for row in reader:
                if line > most:
                    findings.unread(name, f"line {line}", f"more than {most} rows")
                    return
                if None in row.values() or None in row:
                    findings.wrong(name, f"line {line}", "it has not as many fields as the header")
                else:
                    cleaned = {key: value.strip() for key, value in row.items()}
                    yield Cells(cleaned, name, line, findings)
                line = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as problem:
        findings.unread(name, "", f"not a CSV file in UTF-8: {problem}")


def _has_columns(name: str, header: Sequence[str], findings: Findings) -> bool:
    columns = COLUMNS.get(name) or PLACE_COLUMNS[name]
    missing = [column for column in columns.required if column not in header]
    if missing:
        findings.unread(name, "line 1", f"columns missing: {', '.join(missing)}")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        findings.unread(name, "line 1", f"columns twice: {', '.join(twice)}")
    extra = [c for c in header if c not in columns.required + columns.optional]
    if extra:
        findings.notice(name, "line 1", f"columns ignored: {', '.join(extra)}")
    return not missing and not twice


def _case_template(cells: Cells) -> str:
    """How the agency writes its case numbers; empty: as everybody."""
    template = cells.text("case_template")
    fault = template_fault(template, cells.text("case_prefix")) if template else None
    if fault is not None:
        cells.wrong("case_template", f"{template}: {fault}")
    return template


def read_agencies(folder: Path, findings: Findings) -> tuple[list[Agency], Names]:
    """``agencies.csv``; ids are unique."""
    name = "agencies.csv"
    seen: dict[str, int] = {}
    agencies = []
    for cells in read_rows(folder, name, findings):
        agency = Agency(
            id=cells.once("agency", seen),
            name=cells.filled("name"),
            discipline=cells.one_of("discipline", DISCIPLINES),
            municipality=cells.text("municipality"),
            staffing=cells.text("staffing"),
            case_policy=cells.one_of("case_policy", CASE_POLICIES),
            case_prefix=cells.text("case_prefix"),
            case_template=_case_template(cells),
            status_check_s=(
                cells.number("status_check_s", 0, 7_200) if cells.text("status_check_s") else None
            ),
            par_s=cells.number("par_s", 0, 7_200) if cells.text("par_s") else None,
            scheduled_lead_s=(
                cells.number("scheduled_lead_s", 0, 14_400)
                if cells.text("scheduled_lead_s")
                else None
            ),
            query_kept_s=(
                cells.number("query_kept_s", 60, 604_800) if cells.text("query_kept_s") else None
            ),
            on_task_s=cells.number("on_task_s", 0, 43_200) if cells.text("on_task_s") else None,
            reroute_gain_s=(
                cells.number("reroute_gain_s", 0, 3_600) if cells.text("reroute_gain_s") else None
            ),
            unconfirmed_block_s=(
                cells.number("unconfirmed_block_s", 1, 3_600)
                if cells.text("unconfirmed_block_s")
                else None
            ),
            coverage_s=cells.number("coverage_s", 30, 7_200) if cells.text("coverage_s") else None,
            talkgroups=_talkgroups(cells),
            beat_s=cells.number("beat_s", 0, 3_600) if cells.text("beat_s") else None,
            beat_hold=_beat_hold(cells),
            volunteers=_volunteers(cells),
            blocking_types=cells.parts("blocking_types"),
        )
        if cells.good:
            agencies.append(agency)
    if not seen and name not in findings.unreadable:
        findings.unread(name, "", "there is no agency in it")
    return agencies, Names(name, set(seen), all=name in findings.unreadable)


def _volunteers(cells: Cells) -> VolunteerRule | None:
    """``any:4;driver:1`` with the seconds of ``volunteer_s``; both or neither."""
    parts = cells.parts("volunteer_min")
    if not parts and not cells.text("volunteer_s"):
        return None
    if not parts:
        cells.wrong("volunteer_min", "volunteer_s needs it")
    minimum: dict[str, int] = {}
    for part in parts:
        skill, _, count = part.partition(":")
        if not skill or not count.isdecimal() or not 1 <= int(count) <= 30:
            cells.wrong("volunteer_min", f"{part!r} is not like driver:1")
        else:
            minimum[skill] = int(count)
    within_s = cells.number("volunteer_s", 30, 3_600)
    return VolunteerRule(minimum=minimum, within_s=within_s)


def _beat_hold(cells: Cells) -> dict[int, float]:
    """``3:10;4:30`` is ten minutes at priority 3 and thirty at 4, as seconds by priority."""
    holds: dict[int, float] = {}
    for part in cells.parts("beat_hold"):
        priority, _, minutes = part.partition(":")
        if len(priority) != 1 or priority not in "123456789" or not minutes.isdecimal():
            cells.wrong("beat_hold", f"{part!r} is not like 3:10")
        elif not 1 <= int(minutes) <= 240:
            cells.wrong("beat_hold", f"{minutes} is not from 1 to 240 minutes")
        else:
            holds[int(priority)] = 60.0 * int(minutes)
    return holds


def _talkgroups(cells: Cells) -> tuple[str, ...]:
    """``TAC 1;TAC 2``; empty is none."""
    text = cells.text("talkgroups")
    names = tuple(part.strip() for part in text.split(";")) if text else ()
    for name in names:
        if not name or len(name) > TALKGROUP_LETTERS_MAX:
            cells.wrong("talkgroups", f"{name!r} is not 1 to {TALKGROUP_LETTERS_MAX} letters long")
        elif names.count(name) > 1:
            cells.wrong("talkgroups", f"{name} stands in the cell twice")
            break
    if len(names) > TALKGROUPS_MAX:
        cells.wrong("talkgroups", f"{len(names)} are more than {TALKGROUPS_MAX}")
    return names


def read_units(
    folder: Path, findings: Findings, agencies: Names, stations: Names, zones: Names
) -> list[RosterUnit]:
    """``units.csv``; callsigns are unique in the region, since they are spoken on the radio.

    ``zones`` are those of boundaries, which ``beats`` may name.
    """
    seen: dict[str, int] = {}
    units = []
    for cells in read_rows(folder, "units.csv", findings):
        kind = cells.filled("kind")
        capabilities = tuple(dict.fromkeys(cells.parts("capabilities")))
        if not capabilities:
            cells.wrong("capabilities", "a unit that can do nothing is never sent")
        beats = tuple(dict.fromkeys(cells.parts("beats")))
        for beat in beats:
            if beat not in zones:
                cells.wrong("beats", f"{beat} is no zone in {zones.file}")
        by_kind = not cells.text("vehicle_class")
        unit = RosterUnit(
            agency_id=cells.known("agency", agencies),
            callsign=cells.once("unit", seen),
            kind=kind,
            station=cells.known("station", stations),
            capabilities=capabilities,
            staffing=cells.whole("staffing", 0, 99),
            vehicle_class=(
                vehicle_class_of(kind)
                if by_kind
                else cells.one_of("vehicle_class", VEHICLE_CLASSES)
            ),
            height_m=cells.number("height_m", 1, 6) if cells.text("height_m") else None,
            weight_t=cells.number("weight_t", 0.1, 100) if cells.text("weight_t") else None,
            beats=beats,
            width_m=cells.number("width_m", 1, 5) if cells.text("width_m") else None,
            phone_only=cells.one_of("phone_only", YES_OR_NO) in ("1", "true", "yes"),
        )
        if cells.good:
            units.append(unit)
    return units


def read_hours(cells: Cells) -> tuple[int, ...]:
    """``22-6`` is 22, 23, 0 … 5; empty is all day."""
    text = cells.text("hours")
    if not text:
        return ()
    first, dash, last = text.partition("-")
    whole = first.isdecimal() and last.isdecimal()
    if not (dash and whole and int(first) < 24 and int(last) <= 24):
        cells.wrong("hours", f"{text!r} is not like 22-6")
        return ()
    begin, end = int(first), int(last) % 24
    length = (end - begin) % 24 or 24
    return tuple((begin + hour) % 24 for hour in range(length))


def read_agreements(
    folder: Path, findings: Findings, agencies: Names, disciplines: Mapping[str, Discipline]
) -> list[Agreement]:
    """``agreements.csv``; both parties are agencies of the pack and of one discipline."""
    agreements = []
    for cells in read_rows(folder, "agreements.csv", findings):
        lender = cells.known("lender", agencies)
        borrower = cells.known("borrower", agencies)
        if lender and lender == borrower:
            cells.wrong("borrower", f"{borrower} cannot lend to itself")
        of = disciplines.get(lender), disciplines.get(borrower)
        if None not in of and of[0] != of[1]:
            cells.wrong("borrower", f"{borrower} is {of[1]}, and {lender} is {of[0]}")
        agreement = Agreement(
            id=f"{lender}>{borrower}#{cells.line}",
            kind=cells.one_of("kind", AGREEMENT_KINDS),
            lender=lender,
            borrower=borrower,
            margin_s=cells.number("margin_s", 0, 86_400, "0"),
            expires=_date(cells, "expires"),
        )
        if cells.good:
            agreements.append(agreement)
    return agreements


def _date(cells: Cells, column: str) -> date | None:
    text = cells.text(column)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        cells.wrong(column, f"{text!r} is no date")
        return None
