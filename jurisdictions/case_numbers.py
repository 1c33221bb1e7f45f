"""How an agency writes its case numbers: ``case_template`` of ``agencies.csv``. Pure."""

from __future__ import annotations

import re
from typing import Final

CASE_TEMPLATE: Final = "{prefix}{yy}-{n:05}"
"""Of an agency that names none: ``F26-00042``."""
NUMBER_MOST: Final = 40
"""Characters of a number."""

_PLACE: Final = re.compile(r"\{(prefix|yy|yyyy|n)(?::0([1-9]))?\}")


def case_number(template: str, prefix: str, year: int, count: int) -> str:
    """The number that the agency's ``count``-th case of a year bears.

    Args:
        template: Checked by ``template_fault``; empty: ``CASE_TEMPLATE``.
        prefix: Of the agency, for ``{prefix}``.
        year: Of the region's calendar, for ``{yy}`` and ``{yyyy}``.
        count: From 1, for ``{n}``; ``{n:05}`` fills it up with zeros to five digits.
    """

    def written(place: re.Match[str]) -> str:
        if place[1] == "n":
            return f"{count:0{place[2] or 1}}"
        return {"prefix": prefix, "yy": f"{year % 100:02d}", "yyyy": f"{year:04d}"}[place[1]]

    return _PLACE.sub(written, template or CASE_TEMPLATE)


def template_fault(template: str, prefix: str) -> str | None:
    """Why numbers cannot be written by this template; None where they can.

    A number must hold its count and its year once each, so that no two cases of an agency ever bear
    the same: a year has always as many digits.
    """
    places = [(place[1], place[2]) for place in _PLACE.finditer(template)]
    rest = _PLACE.sub("", template)
    if "{" in rest or "}" in rest:
        return "only {prefix}, {yy}, {yyyy}, {n} and {n:05} stand in braces"
    if any(width and name != "n" for name, width in places):
        return "only {n} is filled up with zeros"
    names = [name for name, _ in places]
    if names.count("n") != 1:
        return "{n} stands in it once"
    if names.count("yy") + names.count("yyyy") != 1:
        return "{yy} or {yyyy} stands in it once"
    if len(case_number(template, prefix, 2026, 999_999_999)) > NUMBER_MOST:
        return f"its numbers are longer than {NUMBER_MOST} characters"
    return None
