"""How long each stage of a call may take: an agency's own targets by type, each from a date on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, get_args

from pydantic import Field

from jurisdictions.values import Value

Stage = Literal[
    "answered", "located", "typed", "ready", "first_unit", "cpr_recognised", "compressions"
]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
"""``answered`` counts from the ring, every other from the answer."""

COMPRESSIONS_S: Final = 180.0
"""From the answer to the first compression that a caller is talked into, where no row says more."""


class StageTarget(Value):
    """A row of ``targets.csv``. Empty ``agency`` or ``incident_type``: for all of them.

    ``effective`` None: it always held.
    """

    stage: Stage
    seconds: float = Field(gt=0)
    agency: str = ""
    incident_type: str = ""
    effective: date | None = None


class TargetBook:
    """All targets of a version, older ones too."""

    def __init__(self, rows: Iterable[StageTarget] = ()) -> None:
        self._rows: dict[tuple[str, str, str], list[StageTarget]] = {}
        for row in rows:
            key = (row.stage, row.agency, row.incident_type)
            self._rows.setdefault(key, []).append(row)

    def seconds(
        self, stage: Stage, *, agency_id: str | None, incident_type: str | None, on: date
    ) -> float | None:
        """The target that held on a day, or None: nobody set one, and nothing is late.

        An agency's own row goes before everybody's, and of those one for the type before one for
        any type; of several dated ones that which took effect last.
        """
        agency, kind = agency_id or "", incident_type or ""
        for key in dict.fromkeys([(agency, kind), (agency, ""), ("", kind), ("", "")]):
            held = [
                row
                for row in self._rows.get((stage, *key), ())
                if row.effective is None or row.effective <= on
            ]
            if held:
                return max(held, key=lambda row: row.effective or date.min).seconds
        return COMPRESSIONS_S if stage == "compressions" else None
