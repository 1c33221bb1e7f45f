"""``statuses.csv`` of a region pack: agencies' own status codes. A pack may lack it.

An agency that names any names all of them: its transitions stand in place of the common ones, so a
code that leads nowhere, or that nothing leads to, is a mistake of the file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import Cells, read_rows
from jurisdictions.statuses import CORE_CODES, AgencyStatus, CoreCode

STATUSES: Final = "statuses.csv"
NEEDED: Final[dict[CoreCode, str]] = {
    "DP": "nothing could be sent",
    "OS": "no crew could be on scene",
    "AV": "no unit could be cleared",
}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9+/.\-]{0,11}")

Row = tuple[AgencyStatus, Cells]


def read_statuses(
    folder: Path, findings: Findings, agencies: Names
) -> dict[str, tuple[AgencyStatus, ...]]:
    """By agency id its own statuses in the order of the file; none where there is no such file."""
    if not (folder / STATUSES).is_file():
        return {}
    found: dict[str, list[Row]] = {}
    for cells in read_rows(folder, STATUSES, findings):
        agency = cells.known("agency", agencies)
        status = AgencyStatus(
            code=_word(cells, "code"),
            label=cells.filled("label"),
            core=cells.one_of("core", CORE_CODES),
            allowed_from=cells.parts("allowed_from"),
            shortcut=_word(cells, "shortcut") if cells.text("shortcut") else "",
        )
        found.setdefault(agency, []).append((status, cells))
    for agency, rows in found.items():
        _check(agency, rows)
    return {agency: tuple(status for status, _ in rows) for agency, rows in found.items()}


def _word(cells: Cells, column: str) -> str:
    word = cells.filled(column)
    if word and not _WORD.fullmatch(word):
        cells.wrong(column, f"{word!r} is not one word of at most 12 letters, like 10-23")
    return word


def _check(agency: str, rows: list[Row]) -> None:
    """What the rows of one agency say together."""
    _check_words(agency, rows)
    by_code = {status.code: status for status, _ in rows}
    for status, cells in rows:
        _check_before(agency, status, cells, by_code)
    first = rows[0][1]
    for core, without in NEEDED.items():
        if all(status.core != core for status, _ in rows):
            first.wrong("core", f"{agency} names no code for {core}: {without}")
    if all(cells.good for _, cells in rows):
        _check_ways(agency, rows)


def _check_words(agency: str, rows: list[Row]) -> None:
    """A word means one thing: of the agency's own, and of the common core's."""
    lines: dict[str, int] = {}
    for status, cells in rows:
        for column in ("code", "shortcut"):
            word = getattr(status, column).upper()
            if not word or (column == "shortcut" and word == status.code.upper()):
                continue
            if word in lines:
                cells.wrong(column, f"{agency} has {word} on line {lines[word]} already")
            lines.setdefault(word, cells.line)
            if word in CORE_CODES and word != status.core:
                cells.wrong(column, f"{word} is {word} everywhere; it cannot mean {status.core}")


def _check_before(
    agency: str, status: AgencyStatus, cells: Cells, by_code: dict[str, AgencyStatus]
) -> None:
    if status.core in ("DP", "OOS"):
        if status.allowed_from:
            how = "sending gives it" if status.core == "DP" else "any free unit takes it"
            cells.wrong("allowed_from", f"a {status.core} follows nothing: {how}; leave it empty")
        return
    if not status.allowed_from:
        cells.wrong("allowed_from", f"{status.code} can follow nothing: name the codes before it")
    for code in status.allowed_from:
        before = by_code.get(code)
        if before is None:
            cells.wrong("allowed_from", f"{agency} has no code {code}")
        elif before.core in ("AV", "OOS"):
            cells.wrong("allowed_from", f"{code} is {before.core}: such a unit is on no incident")


def _check_ways(agency: str, rows: list[Row]) -> None:
    """From sending every code can be reached, and from every code the unit can be cleared."""
    follows: dict[str, set[str]] = {status.code: set() for status, _ in rows}
    for status, _ in rows:
        for code in status.allowed_from:
            follows[code].add(status.code)
    precedes = {status.code: set(status.allowed_from) for status, _ in rows}
    sent = next(status.code for status, _ in rows if status.core == "DP")
    reached = _closure({sent}, follows)
    clearing = _closure({status.code for status, _ in rows if status.core == "AV"}, precedes)
    for status, cells in rows:
        if status.core == "OOS":
            continue
        if status.code not in reached:
            why = f"{agency} is sent with {sent}, and nothing leads from there to {status.code}"
            cells.wrong("allowed_from", why)
        if status.code not in clearing:
            cells.wrong("code", f"nothing leads from {status.code} to a code for AV")


def _closure(start: set[str], ways: dict[str, set[str]]) -> set[str]:
    reached, ahead = set(start), list(start)
    while ahead:
        for code in ways[ahead.pop()] - reached:
            reached.add(code)
            ahead.append(code)
    return reached
