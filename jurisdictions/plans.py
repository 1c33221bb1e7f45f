"""Response plans: what a type of incident asks for, by the agency in whose area it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, get_args

from pydantic import Field

from jurisdictions.values import Discipline, Value

Profile = Literal["", "storm"]
PROFILES: Final[tuple[Profile, ...]] = get_args(Profile)


class PlanRow(Value):
    """``count`` units with one capability, for a type; the columns of ``response_plans.csv``.

    ``priority`` is the type's own. ``agency`` empty: for every agency. ``priorities`` empty: for
    any; else only while the incident has one of them. ``hours`` empty: all day; else the local
    hours in which the row holds. ``alarm_level`` 2 and more are added to the levels below. Of two
    plans that are equally specific the higher ``rank`` wins. ``profile`` ``storm``: only while the
    agency works by its storm plans, and then before every other row.
    """

    incident_type: str
    label: str
    lead: Discipline
    priority: int = Field(ge=1, le=9)
    discipline: Discipline
    capability: str
    count: int = Field(ge=1, le=50)
    agency: str = ""
    hours: tuple[int, ...] = ()
    priorities: tuple[int, ...] = ()
    alarm_level: int = Field(default=1, ge=1, le=9)
    rank: int = 0
    profile: Profile = ""


class PlanSlot(Value):
    """One unit that the plan asks for."""

    index: int
    discipline: Discipline
    capability: str


class Plan(Value):
    """The plan found: its id says of which type, agency and hours it is."""

    id: str
    incident_type: str
    label: str
    lead: Discipline
    priority: int
    slots: tuple[PlanSlot, ...]


class PlanBook:
    """All plans of a version."""

    def __init__(self, rows: Iterable[PlanRow]) -> None:
        self._rows: dict[str, list[PlanRow]] = {}
        for row in rows:
            self._rows.setdefault(row.incident_type, []).append(row)

    @property
    def labels(self) -> dict[str, str]:
        """Label by incident type, in the order of the pack."""
        return {incident_type: rows[0].label for incident_type, rows in self._rows.items()}

    def has_storm(self, agency_id: str, discipline: Discipline) -> bool:
        """Whether any row that this agency's discipline leads holds for it in a storm alone."""
        return any(
            row.profile and row.lead == discipline and row.agency in ("", agency_id)
            for rows in self._rows.values()
            for row in rows
        )

    def lead_of(self, incident_type: str) -> Discipline:
        """The discipline that leads a type. KeyError for a type that no plan names."""
        return self._rows[incident_type][0].lead

    def priority_of(self, incident_type: str) -> int:
        """The priority of a type. KeyError for a type that no plan names."""
        return self._rows[incident_type][0].priority

    def highest_alarm(self, incident_type: str) -> int:
        """The highest alarm that any row of a type names; 1 for a type that no plan names."""
        rows = self._rows.get(incident_type, ())
        return max((row.alarm_level for row in rows), default=1)

    def find(
        self,
        incident_type: str,
        *,
        agency_id: str | None,
        local: datetime,
        priority: int | None = None,
        alarm_level: int = 1,
        storm: bool = False,
    ) -> Plan | None:
        """The most specific plan: the storm's before any other, the agency's own before
        everybody's, then priority, then hours.

        Each alarm level is looked up for itself, so that an agency may have its own second alarm
        on top of everybody's first.

        Args:
            incident_type: What happened.
            agency_id: The authority of the leading discipline; None outside every area.
            local: The time where it happened, for rows that hold in some hours only.
            priority: What the incident has now; None: the type's own.
            alarm_level: Slots of this level and of all below.
            storm: The agency works by its storm plans.

        Returns:
            None where no row holds: a hole in the plans, for the dispatcher to see.
        """
        rows: list[PlanRow] = []
        for level in range(1, alarm_level + 1):
            holding = [
                row
                for row in self._rows.get(incident_type, ())
                if row.alarm_level == level and _holds(row, agency_id, local, priority, storm)
            ]
            best = max((_specificity(row) for row in holding), default=None)
            rows += [row for row in holding if _specificity(row) == best]
        if not rows:
            return None
        wanted = [(row.discipline, row.capability) for row in rows for _ in range(row.count)]
        first = rows[0]
        return Plan(
            id=_id(first),
            incident_type=incident_type,
            label=first.label,
            lead=first.lead,
            priority=first.priority,
            slots=tuple(
                PlanSlot(index=index, discipline=discipline, capability=capability)
                for index, (discipline, capability) in enumerate(wanted)
            ),
        )


def _holds(
    row: PlanRow, agency_id: str | None, local: datetime, priority: int | None, storm: bool
) -> bool:
    return (
        (storm or not row.profile)
        and row.agency in ("", agency_id)
        and (not row.hours or local.hour in row.hours)
        and (not row.priorities or (priority or row.priority) in row.priorities)
    )


def _specificity(row: PlanRow) -> tuple[bool, bool, bool, bool, int]:
    return bool(row.profile), bool(row.agency), bool(row.priorities), bool(row.hours), row.rank


def _id(row: PlanRow) -> str:
    at = f"@{row.hours[0]}-{row.hours[-1]}" if row.hours else ""
    only = f"!{''.join(map(str, row.priorities))}" if row.priorities else ""
    profile = f"~{row.profile}" if row.profile else ""
    return f"{row.incident_type}/{row.agency or '*'}{only}{at}{profile}"
