"""An incident and its legs: what is worked, with one leg for each discipline that works it."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from dispatch.domain.hospital import Patients
from dispatch.domain.outside import OutsideUnit
from dispatch.domain.premise import Hazard
from dispatch.domain.values import (
    AgencySet,
    Discipline,
    Id,
    LongText,
    Priority,
    ShortText,
    UtcTime,
    Value,
)
from geodata.lonlat import LonLat
from geodata.shapes import Shape
from jurisdictions.resolve import Resolution

LegState = Literal["pending", "active", "closed"]


class Place(Value):
    """The incident's location as dispatched.

    ``at`` is the dispatchable point, ``shape`` what jurisdiction is resolved by. ``verified`` is
    False for a pin or free text that no street confirmed; it never blocks dispatch. ``found_as`` is
    the kind of the candidate that the map gave (``address``, ``street``), None for a pin or words.
    ``repeated``: the caller was asked for it again and said the same; until then it is only stated.
    """

    at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    shape: Shape
    address: ShortText = ""
    cross_street: ShortText = ""
    municipality: ShortText | None = None
    verified: bool = False
    repeated: bool = False
    found_as: ShortText | None = None


class Asked(NamedTuple):
    """What a part of an incident is, and how urgent: by itself, else as the whole."""

    incident_type: str
    type_label: str
    priority: int


class Leg(Value):
    """The part of one discipline: its authority, its state, its end; each closes alone.

    ``incident_type`` with its ``type_label`` and ``priority`` are None where the incident's hold,
    see ``Incident.asked_of``.
    """

    discipline: Discipline
    agency_id: Id | None
    zone: ShortText | None = None
    state: LegState = "pending"
    talkgroup: ShortText | None = None
    disposition: ShortText | None = None
    first_assigned_at: UtcTime | None = None
    closed_at: UtcTime | None = None
    incident_type: ShortText | None = None
    type_label: ShortText | None = None
    priority: Priority | None = None

    @property
    def stands_apart(self) -> bool:
        """Whether it has a type or a priority of its own."""
        return self.incident_type is not None or self.priority is not None


class Note(Value):
    """One line of the narrative. The narrative only grows."""

    id: Id
    at: UtcTime
    author: Id
    text: LongText


class Hold(Value):
    """Why an incident waits on purpose, and until when; a person decides, and a person is told.

    ``unit_ids`` are the units that it waits for or that are kept for it: they stay available, and
    are only labelled. ``over`` is True from ``until`` on, until somebody sends units or holds anew.
    """

    reason: ShortText
    until: UtcTime
    unit_ids: tuple[Id, ...] = ()
    by: Id
    at: UtcTime
    over: bool = False


class LostReservation(Value):
    """A unit that was kept for an incident, and was sent to another one."""

    unit_id: Id
    number: ShortText
    """Of the incident that it was sent to."""
    reason: ShortText = ""
    by: Id
    at: UtcTime


class Schedule(Value):
    """An incident is wanted at a later time; from ``pending_at`` on it waits as any other does.

    ``unit_ids`` are reserved: they stay available, and are labelled; nothing of it is dispatched.
    ``lost`` are those that were sent elsewhere since, loud until somebody schedules it anew or
    sends units. ``due`` is True from ``pending_at`` on, or as soon as units are sent.
    """

    wanted_at: UtcTime
    pending_at: UtcTime
    unit_ids: tuple[Id, ...] = ()
    lost: tuple[LostReservation, ...] = ()
    by: Id
    at: UtcTime
    due: bool = False


class Benchmark(Value):
    """Something that command on scene reported by radio: a word of the agency's list, or PAR."""

    code: ShortText
    at: UtcTime
    by: Id


class Merged(Value):
    """Another incident that was found to be this one, and closed under its own number."""

    incident_id: Id
    number: ShortText
    type_label: ShortText
    address: ShortText = ""
    at: UtcTime
    by: Id
    reason: ShortText = ""
    command_id: Id
    """Of the merge: its event holds both as they stood."""
    case_numbers: dict[str, str] = Field(default_factory=dict)
    """Those that agencies had given it."""
    call_ids: tuple[Id, ...] = ()
    assignment_ids: tuple[Id, ...] = ()
    """What came over with it."""


class VoidedNumber(Value):
    """A case number that was given and counts no more: why the agency's row of them has a gap."""

    agency_id: Id
    number: ShortText
    reason: ShortText
    by: Id
    at: UtcTime


class Incident(Value):
    """What is worked. ``revision`` rises by one with each change of it."""

    id: Id
    number: ShortText
    revision: int = 1
    state: Literal["open", "closed"] = "open"
    created_at: UtcTime
    closed_at: UtcTime | None = None
    incident_type: ShortText
    type_label: ShortText
    priority: Priority
    place: Place
    resolution: Resolution
    alarm_level: int = Field(default=1, ge=1, le=9)
    """1 is the first alarm; each level adds what its plan asks for."""
    hold: Hold | None = None
    schedule: Schedule | None = None
    """When it is wanted, if at a later time than it was asked for."""
    linked: tuple[Id, ...] = ()
    """Other incidents that belong to this one; each keeps its own legs."""
    merged: tuple[Merged, ...] = ()
    """Incidents that went into this one."""
    merged_into: Id | None = None
    """Of a closed one: the incident that it went into."""
    benchmarks: tuple[Benchmark, ...] = ()
    patients: Patients | None = None
    """As last counted; None: nobody has said."""
    outside: tuple[OutsideUnit, ...] = ()
    """Units asked for by phone from outside the region, in the order of asking."""
    par_due_at: UtcTime | None = None
    """When everybody on the fireground must be accounted for again; None: nobody counts."""
    par_missed: int = 0
    plan_id: ShortText | None = None
    """The plan found for the lead authority; None is a hole in the plans, and is shown as one."""
    legs: tuple[Leg, ...]
    hazards: tuple[Hazard, ...] = ()
    """Premise notes that hold at its place, the gravest first, as they stood when it was placed."""
    notes: tuple[Note, ...] = ()
    case_numbers: dict[str, str] = Field(default_factory=dict)
    """Case number by agency id."""
    voided_numbers: tuple[VoidedNumber, ...] = ()
    """Those that it had and that were voided, in the order of voiding."""
    officer_initiated: bool = False
    region_version: Id
    """The version of boundaries and plans that advised it."""
    audience: AgencySet

    def leg(self, discipline: Discipline) -> Leg | None:
        """The leg of a discipline, or None where that discipline has no part."""
        return next((leg for leg in self.legs if leg.discipline == discipline), None)

    def asked_of(self, discipline: Discipline | None) -> Asked:
        """Type and priority of the part of a discipline; without such a part, the whole's."""
        leg = self.leg(discipline) if discipline else None
        whole = Asked(self.incident_type, self.type_label, self.priority)
        if leg is None:
            return whole
        priority = whole.priority if leg.priority is None else leg.priority
        if leg.incident_type is None:
            return whole._replace(priority=priority)
        return Asked(leg.incident_type, leg.type_label or leg.incident_type, priority)

    @property
    def parts_apart(self) -> tuple[tuple[Discipline, Asked], ...]:
        """The parts that are something else or otherwise urgent than the whole, as they stand."""
        whole = self.asked_of(None)
        parts = ((leg.discipline, self.asked_of(leg.discipline)) for leg in self.legs)
        return tuple((discipline, asked) for discipline, asked in parts if asked != whole)

    @property
    def types(self) -> tuple[str, ...]:
        """Its own type and those of its parts, each once, its own first."""
        own = (leg.incident_type for leg in self.legs if leg.incident_type is not None)
        return tuple(dict.fromkeys((self.incident_type, *own)))

    @property
    def most_urgent(self) -> int:
        """Priority of the most urgent part that is open; the whole's where none is."""
        still_open = (leg for leg in self.legs if leg.state != "closed")
        return min(
            (self.asked_of(leg.discipline).priority for leg in still_open), default=self.priority
        )

    def with_leg(self, changed: Leg) -> tuple[Leg, ...]:
        """The legs with one of them replaced, or added at the end."""
        others = [changed if leg.discipline == changed.discipline else leg for leg in self.legs]
        if all(leg.discipline != changed.discipline for leg in self.legs):
            others.append(changed)
        return tuple(others)

    def with_outside(self, changed: OutsideUnit) -> tuple[OutsideUnit, ...]:
        """The units from outside with one of them replaced, or added at the end."""
        kept = [changed if one.ref == changed.ref else one for one in self.outside]
        if all(one.ref != changed.ref for one in self.outside):
            kept.append(changed)
        return tuple(kept)

    @property
    def scheduled(self) -> bool:
        """True while it is wanted later, and waits for nobody yet."""
        return self.schedule is not None and not self.schedule.due

    @property
    def pending(self) -> bool:
        """True while some leg still waits for its first unit, and is to have it by now."""
        return not self.scheduled and any(leg.state == "pending" for leg in self.legs)

    @property
    def asks_for_units(self) -> bool:
        """True while units are to go to it: it is open, not wanted later, and not held, or its
        hold is over."""
        held = self.hold is not None and not self.hold.over
        return self.state == "open" and not held and not self.scheduled
