"""How soon crews roll: turnout by agency, staffing, kind of unit and hour, the most specific row.

Measured by ``hub fit-turnout`` or set by hand; where no row fits, the caller has its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from jurisdictions.values import Value


class TurnoutRow(Value):
    """A row of ``turnout.csv``: seconds from the alert to rolling wheels, out of quarters.

    Empty ``agency``, ``staffing`` or ``kind``: any. ``hours`` are 0 to 23 by the region's clock,
    empty for all day. One run in ten is quicker than ``p10_s``, one in ten slower than ``p90_s``.
    """

    median_s: float = Field(ge=0)
    p10_s: float = Field(ge=0)
    p90_s: float = Field(ge=0)
    agency: str = ""
    staffing: str = ""
    kind: str = ""
    hours: tuple[int, ...] = ()


class TurnoutBook:
    """All rows of a version."""

    def __init__(self, rows: Iterable[TurnoutRow] = ()) -> None:
        self._by_hour: dict[tuple[str, str, str, int], TurnoutRow] = {}
        self._all_day: dict[tuple[str, str, str], TurnoutRow] = {}
        for row in rows:
            key = (row.agency, row.staffing, row.kind)
            if not row.hours:
                self._all_day.setdefault(key, row)
            for hour in row.hours:
                self._by_hour.setdefault((*key, hour), row)

    def find(self, *, agency: str, staffing: str, kind: str, hour: int) -> TurnoutRow | None:
        """The most specific row that fits, or None.

        Agency before staffing before kind before hours: an agency's row for all its units goes
        before a row for engines anywhere, and of two alike the one that names the hour.
        """
        if not self._by_hour and not self._all_day:
            return None
        for by_agency in dict.fromkeys((agency, "")):
            for by_staffing in dict.fromkeys((staffing, "")):
                for by_kind in dict.fromkeys((kind, "")):
                    key = (by_agency, by_staffing, by_kind)
                    found = self._by_hour.get((*key, hour)) or self._all_day.get(key)
                    if found is not None:
                        return found
        return None
