"""Response plans: what a type of incident asks for, by the agency in whose area it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

from pydantic import Field

from jurisdictions.values import Discipline, Value

Profile = Literal["", "storm"]
PROFILES: Final[tuple[Profile, ...]] = get_args(Profile)

Mode = Literal["lights", "normal"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
"""How crews drive: with lights and siren, or as everybody does."""


class PlanRow(Value):
    """``count`` units with one capability, for a type; the columns of ``response_plans.csv``.

    ``priority`` is the type's own. ``agency`` empty: for every agency. ``priorities`` empty: for
    any; else only while the incident has one of them. ``hours`` empty: all day; else the local
    hours in which the row holds. ``area`` empty: everywhere; else an area of
    ``plan_areas.geojson`` or the zone (beat) of a boundary. ``premise`` empty: at every address;
    else one address, ``12 Mill Rd, Ashby``. ``alarm_level`` 2 and more are added to the levels
    below. Of two plans that are equally specific the higher ``rank`` wins. ``profile`` ``storm``:
    only while the agency works by its storm plans, and then before every other row. ``officers`` 2:
    each of the ``count`` asks for two people, who come on one unit or on two. ``mode`` empty: with
    lights; it is the plan's by its first row.
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
    area: str = ""
    premise: str = ""
    officers: int = Field(default=1, ge=1, le=2)
    mode: Mode | Literal[""] = ""


class PlanSlot(Value):
    """One unit that the plan asks for.

    ``second_of`` is the slot whose second officer this one is: a unit with two on board fills both.
    """

    index: int
    discipline: Discipline
    capability: str
    second_of: int | None = None


class PlanPlace(NamedTuple):
    """What plans may know of a place: the areas and zones that it lies in, and its address."""

    areas: frozenset[str] = frozenset()
    address: str = ""
    municipality: str = ""


NOWHERE: Final = PlanPlace()


class Plan(Value):
    """The plan found: its id says of which type, premise, area, agency and hours it is."""

    id: str
    incident_type: str
    label: str
    lead: Discipline
    priority: int
    slots: tuple[PlanSlot, ...]
    mode: Mode = "lights"


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

    def has_areas(self, incident_type: str) -> bool:
        """Whether any plan of the type holds in some area or at some address only."""
        return any(row.area or row.premise for row in self._rows.get(incident_type, ()))

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
        place: PlanPlace = NOWHERE,
    ) -> Plan | None:
        """The most specific plan: the storm's before any other, then the premise's, then the
        area's, the agency's own before everybody's, then priority, then hours.

        Each alarm level is looked up for itself, so that an agency may have its own second alarm
        on top of everybody's first.

        Args:
            incident_type: What happened.
            agency_id: The authority of the leading discipline; None outside every area.
            local: The time where it happened, for rows that hold in some hours only.
            priority: What the incident has now; None: the type's own.
            alarm_level: Slots of this level and of all below.
            storm: The agency works by its storm plans.
            place: Where it happened, for rows that hold in an area or at an address only.

        Returns:
            None where no row holds: a hole in the plans, for the dispatcher to see.
        """
        rows: list[PlanRow] = []
        for level in range(1, alarm_level + 1):
            holding = [
                row
                for row in self._rows.get(incident_type, ())
                if row.alarm_level == level
                and _holds(row, agency_id, local, priority, storm)
                and _holds_at(row, place)
            ]
            best = max((_specificity(row) for row in holding), default=None)
            rows += [row for row in holding if _specificity(row) == best]
        if not rows:
            return None
        first = rows[0]
        return Plan(
            id=_id(first),
            incident_type=incident_type,
            label=first.label,
            lead=first.lead,
            priority=first.priority,
            slots=_slots(rows),
            mode=first.mode or "lights",
        )


def _slots(rows: Iterable[PlanRow]) -> tuple[PlanSlot, ...]:
    slots: list[PlanSlot] = []
    for row in rows:
        for _ in range(row.count):
            of = {"discipline": row.discipline, "capability": row.capability}
            first = PlanSlot(index=len(slots), **of)
            slots.append(first)
            if row.officers == 2:
                slots.append(PlanSlot(index=len(slots), second_of=first.index, **of))
    return tuple(slots)


def key_of(row: PlanRow) -> tuple[object, ...]:
    """What makes two rows parts of one plan: all that says when it holds, and its rank."""
    return (
        row.profile,
        row.premise and address_key(row.premise),
        row.area,
        row.agency,
        row.priorities,
        row.hours,
        row.rank,
    )


def may_tie(one: PlanRow, other: PlanRow, overlap: Callable[[str, str], bool]) -> bool:
    """Whether two rows of different plans may hold at once with nothing to say which wins.

    Args:
        one: A row.
        other: Of the same type and alarm level.
        overlap: Whether two areas, by name, have ground in common.
    """
    if _specificity(one) != _specificity(other) or key_of(one) == key_of(other):
        return False
    return (
        (not one.premise or _same_address(one.premise, other.premise))
        and (not one.area or one.area == other.area or overlap(one.area, other.area))
        and one.agency == other.agency
        and (not one.priorities or bool(set(one.priorities) & set(other.priorities)))
        and (not one.hours or bool(set(one.hours) & set(other.hours)))
    )


def address_key(text: str) -> tuple[str, str]:
    """House number and street, and the town behind the comma, as they are compared."""
    street, _, town = text.partition(",")
    return _plain(street), _plain(town.partition(",")[0])


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[.']", "", text.casefold()).split())


def _same_address(one: str, other: str) -> bool:
    """A side that names no town is at that address in every town."""
    (street, town), (other_street, other_town) = address_key(one), address_key(other)
    return street == other_street and (not town or not other_town or town == other_town)


def _holds_at(row: PlanRow, place: PlanPlace) -> bool:
    if row.area and row.area not in place.areas:
        return False
    if not row.premise:
        return True
    street, town = address_key(row.premise)
    place_street, place_town = address_key(place.address)
    return street == place_street and town in ("", _plain(place.municipality) or place_town)


def _holds(
    row: PlanRow, agency_id: str | None, local: datetime, priority: int | None, storm: bool
) -> bool:
    return (
        (storm or not row.profile)
        and row.agency in ("", agency_id)
        and (not row.hours or local.hour in row.hours)
        and (not row.priorities or (priority or row.priority) in row.priorities)
    )


def _specificity(row: PlanRow) -> tuple[bool, bool, bool, bool, bool, bool, int]:
    return (
        bool(row.profile),
        bool(row.premise),
        bool(row.area),
        bool(row.agency),
        bool(row.priorities),
        bool(row.hours),
        row.rank,
    )


def _id(row: PlanRow) -> str:
    at = f"@{row.hours[0]}-{row.hours[-1]}" if row.hours else ""
    only = f"!{''.join(map(str, row.priorities))}" if row.priorities else ""
    profile = f"~{row.profile}" if row.profile else ""
    where = f" in {row.area}" if row.area else ""
    where += f" at {row.premise}" if row.premise else ""
    return f"{row.incident_type}/{row.agency or '*'}{only}{at}{profile}{where}"[:200]
