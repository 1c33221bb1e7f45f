"""Every case number of an agency and year: given, voided and why, or missing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from dispatch.domain import events as ev
from dispatch.domain.events import Event
from dispatch.domain.incident import VoidedNumber


class NumberRow(NamedTuple):
    """One number: of which incident, given when; ``voided`` None where it still counts."""

    number: str
    incident_id: str
    given_at: datetime
    voided: VoidedNumber | None


class CaseAccount(NamedTuple):
    """The numbers in the order of giving, and those that the log does not explain."""

    rows: tuple[NumberRow, ...]
    missing: tuple[int, ...]


def case_account(events: Iterable[Event], agency_id: str, year: int, last: int) -> CaseAccount:
    """Account for an agency's numbers of a year.

    Args:
        events: Those of kinds ``case_number.given`` and ``case_number.voided``, in order.
        agency_id: Whose.
        year: By the region's calendar.
        last: The last number that the counter gave out; 0 for none.

    Returns:
        ``missing`` are numbers up to ``last`` that no event gives: there should be none.
    """
    of_year = re.compile(rf"{year % 100:02d}-(\d+)$")
    rows: dict[str, NumberRow] = {}
    counted: set[int] = set()
    for event in events:
        body = event.body
        if isinstance(body, ev.CaseNumberGiven) and body.agency_id == agency_id:
            found = of_year.search(body.number) if body.count is None else None
            count = body.count if body.year == year else int(found[1]) if found else None
            if count is not None:
                rows[body.number] = NumberRow(body.number, body.incident_id, event.at, None)
                counted.add(count)
        elif isinstance(body, ev.CaseNumberVoided) and body.voided.agency_id == agency_id:
            row = rows.get(body.voided.number)
            if row is not None:
                rows[row.number] = row._replace(voided=body.voided)
    missing = tuple(number for number in range(1, last + 1) if number not in counted)
    return CaseAccount(tuple(rows.values()), missing)
