"""What an agency lets stand in for what: rows of ``substitutes.csv``, one link each. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import Field

from jurisdictions.values import Value

PENALTY_MOST_S: Final = 3_600
CAP_MOST_S: Final = 14_400
CAP_S: Final = 1_800
"""Seconds of travel within which a stand-in is proposed, where a row does not say."""


class SubstituteRow(Value):
    """A row of ``substitutes.csv``: ``stand_in`` for ``capability`` at ``penalty_s`` more.

    Empty ``agency``: of every agency that has no rows of its own.
    """

    agency: str = ""
    capability: str
    stand_in: str
    penalty_s: float = Field(ge=0, le=PENALTY_MOST_S)
    cap_s: float = Field(default=CAP_S, ge=0, le=CAP_MOST_S)


def rows_of(agency: str, rows: Iterable[SubstituteRow]) -> tuple[SubstituteRow, ...]:
    """An agency's own rows; where it has none, those that name no agency."""
    rows = tuple(rows)
    own = tuple(row for row in rows if row.agency == agency)
    return own or tuple(row for row in rows if not row.agency)


def way_between(
    rows: Iterable[SubstituteRow], capability: str, stand_in: str
) -> tuple[str, ...] | None:
    """How a capability is stood in for by another through rows of one agency.

    Returns:
        The capabilities from ``capability`` to ``stand_in``, both included, in the fewest links;
        None where no chain leads there.
    """
    links: dict[str, list[str]] = {}
    for row in rows:
        links.setdefault(row.capability, []).append(row.stand_in)
    ways: list[tuple[str, ...]] = [(capability,)]
    seen = {capability}
    for way in ways:
        if way[-1] == stand_in:
            return way
        for further in links.get(way[-1], ()):
            if further not in seen:
                seen.add(further)
                ways.append((*way, further))
    return None
