"""Card protocols: programs that are launched for a call, and what their determinants mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Final
from urllib.parse import quote, urlsplit

from pydantic import Field

from jurisdictions.values import Discipline, Value

PLACEHOLDERS: Final = frozenset(
    {
        "run_id",
        "call_id",
        "incident_id",
        "incident_number",
        "incident_type",
        "lon",
        "lat",
        "address",
        "callback",
    }
)
"""What a launch URL may ask for; what is not known yet is empty."""

_NO_PROGRAM: Final = frozenset({"", "javascript", "data", "file", "blob", "vbscript", "about"})
_PART: Final = re.compile(r"[0-9]+|[A-Z]+")
_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./:_-]{0,39}")


class ProtocolProgram(Value):
    """A row of ``protocols.csv``: a program that asks by cards, for one discipline.

    ``agency`` empty: for every agency. ``url`` has names of ``PLACEHOLDERS`` in braces.
    """

    id: str
    name: str
    discipline: Discipline
    url: str
    agency: str = ""


class Determinant(Value):
    """A row of ``determinants.csv``: what a determinant is here.

    ``agency`` empty: for every agency. ``determinant`` ending in ``*`` stands for all that begin
    so. ``priority`` None: the type's own.
    """

    discipline: Discipline
    determinant: str
    incident_type: str
    agency: str = ""
    priority: int | None = Field(default=None, ge=1, le=9)
    label: str = ""


def is_code(text: str) -> bool:
    """Whether a text may be a determinant: up to 40 letters, digits and a few signs."""
    return _CODE.fullmatch(text) is not None


def code_parts(text: str) -> tuple[str, ...]:
    """A determinant as it is compared: ``17-D-03``, ``17d3`` and ``17 D 3`` are one."""
    parts = _PART.findall(text.upper())
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


class DeterminantBook:
    """All rows of a version: an agency's own go first, then whole codes before those with ``*``."""

    def __init__(self, rows: Iterable[Determinant]) -> None:
        self._rows: dict[Discipline, list[tuple[tuple[str, ...], bool, Determinant]]] = {}
        for row in rows:
            begins = row.determinant.endswith("*")
            entry = (code_parts(row.determinant), begins, row)
            self._rows.setdefault(row.discipline, []).append(entry)

    def find(
        self, determinant: str, discipline: Discipline, agency_id: str | None
    ) -> Determinant | None:
        """What it is for an agency; None: nobody has said."""
        code = code_parts(determinant)
        fits = [
            ((bool(row.agency), not begins, len(parts)), row)
            for parts, begins, row in self._rows.get(discipline, ())
            if row.agency in ("", agency_id)
            and (code[: len(parts)] == parts if begins else code == parts)
        ]
        return max(fits, key=lambda fit: fit[0])[1] if fits else None


def origin_of(url: str) -> str:
    """What an allow-list names of a launch URL: ``https://cards.example``, or ``proqa:``."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return f"{scheme}://{parts.netloc.lower()}" if scheme in ("http", "https") else f"{scheme}:"


def template_fault(url: str) -> str:
    """What is wrong with a launch URL; empty where nothing is."""
    try:
        fields = [field for field in Formatter().parse(url) if field[1] is not None]
        parts = urlsplit(url)
    except ValueError as error:
        return f"it is no URL with names in braces ({error})"
    if parts.scheme.lower() in _NO_PROGRAM or not parts.scheme.isascii():
        return f"{parts.scheme or url!r} is no scheme of a program"
    if parts.scheme.lower() in ("http", "https") and (not parts.hostname or "@" in parts.netloc):
        return "it names no host"
    if "{" in parts.netloc or "{" in parts.scheme:
        return "scheme and host are fixed"
    if any(spec or how for _, _, spec, how in fields):
        return "only names stand in braces"
    unknown = [name for _, name, _, _ in fields if name not in PLACEHOLDERS]
    if unknown:
        return f"{{{unknown[0]}}} is not one of {', '.join(sorted(PLACEHOLDERS))}"
    return ""


def launch_url(template: str, values: Mapping[str, object]) -> str:
    """The URL with what is known; each value is encoded, so that none becomes part of another."""
    known = {
        name: quote(str(values[name]), safe="") if values.get(name) is not None else ""
        for name in PLACEHOLDERS
    }
    return template.format_map(known)
