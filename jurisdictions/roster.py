"""Who there is: agencies, their stations and the units on their roster."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from geodata.lonlat import LonLat
from jurisdictions.driving import DrivingRow
from jurisdictions.statuses import AgencyStatus
from jurisdictions.substitutes import SubstituteRow
from jurisdictions.turnout import TurnoutRow
from jurisdictions.values import Discipline, Value

CasePolicy = Literal["", "automatic", "on_request"]
VehicleClass = Literal["car", "truck", "heavy"]

VEHICLE_CLASS: dict[str, VehicleClass] = {
    "patrol": "car",
    "chief": "car",
    "medic": "car",
    "ambulance": "car",
    "engine": "truck",
    "rescue": "truck",
    "tanker": "heavy",
    "ladder": "heavy",
}
"""What a kind of unit is to a closure; a kind not named here drives as a truck."""


def vehicle_class_of(kind: str) -> VehicleClass:
    """The class by which closures bind a unit of this kind."""
    return VEHICLE_CLASS.get(kind, "truck")


AdapterKind = Literal["tablet", "webhook", "email", "printer", "push"]


class DeliveryChannel(Value):
    """One way by which an agency's crews hear of an assignment, in the order of ``channels.csv``.

    ``name`` is the word on the console. ``target`` may hold ``{unit}`` and ``{station}``. The
    tablet has none: it has every assignment by the stream at once, and here only its limit.
    """

    name: str
    adapter: AdapterKind
    target: str = ""
    limit_s: float = Field(ge=0)
    """Seconds of silence before the next channel is tried; 0: the next goes out with this one."""
    pre_alert: bool = False
    """Whether stations hear of an incident on it before their units are sent."""


class VolunteerRule(Value):
    """A crew that comes from home: people by skill (``any``: heads) who must have answered a page,
    and seconds from the alert by which they must."""

    minimum: dict[str, int]
    within_s: float = Field(gt=0)


class Agency(Value):
    """One agency of one discipline. ``case_policy`` empty: the discipline's own custom."""

    id: str
    name: str
    discipline: Discipline
    municipality: str = ""
    staffing: str = ""
    case_policy: CasePolicy = ""
    case_prefix: str = ""
    case_template: str = ""
    """How its case numbers are written; empty: ``F26-00042``."""
    status_check_s: float | None = Field(default=None, ge=0)
    """Seconds on scene until a crew must be heard of; 0: never, None: law after ten minutes."""
    par_s: float | None = Field(default=None, ge=0)
    """Seconds between two counts of all crews on a fireground; 0: never, None: twenty minutes."""
    scheduled_lead_s: float | None = Field(default=None, ge=0)
    """A scheduled incident waits for units from so long before its time; None: a quarter hour."""
    query_kept_s: float | None = Field(default=None, ge=60)
    """How long answers of the query service are kept; None: a day."""
    on_task_s: float | None = Field(default=None, ge=0)
    """How long an incident keeps one of its units, as reservations count it; None: an hour."""
    reroute_gain_s: float | None = Field(default=None, ge=0)
    """A crew is told of another way when it is shorter by this; None: by a minute."""
    beat_s: float | None = Field(default=None, ge=0)
    """A unit of the beat goes before one that is nearer by less than this; None: three minutes."""
    beat_hold: dict[int, float] = Field(default_factory=dict)
    """Seconds that an incident may wait for its busy beat, by priority; else nobody is told to."""
    blocking_types: tuple[str, ...] = ()
    """Types of incidents that block their road as soon as a crew is on scene: asked of a
    dispatcher, never shut silently."""
    unconfirmed_block_s: float | None = Field(default=None, ge=1)
    """Seconds that a road costs others while only one of its crews says that it is blocked; None:
    two minutes."""
    coverage_s: float | None = Field(default=None, gt=0)
    """Seconds from the alert within which its ground is to be reached; None: coverage is off."""
    talkgroups: tuple[str, ...] = ()
    """Radio talkgroups that incidents are given, in the order of giving; empty: none are given."""
    channels: tuple[DeliveryChannel, ...] = ()
    """How its crews are told, in the order of trying; empty: by their tablets alone."""
    statuses: tuple[AgencyStatus, ...] = ()
    """Its own status codes; empty: those of the common core, with their transitions."""
    driving: tuple[DrivingRow, ...] = ()
    """How fast its crews drive: its own rows of ``driving.csv`` and those that name no agency."""
    volunteers: VolunteerRule | None = None
    """Who of a paged crew must answer, and by when; None: nobody is waited for."""
    turnout: tuple[TurnoutRow, ...] = ()
    """How soon its crews roll: its own rows of ``turnout.csv`` and those that name no agency."""
    substitutes: tuple[SubstituteRow, ...] = ()
    """What may stand in for what at its incidents: its own rows of ``substitutes.csv``, else those
    that name no agency; empty: the hub's own few."""


class Station(Value):
    """Where units wait."""

    code: str
    kind: str
    municipality: str = ""
    at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]


class SharedCrew(Value):
    """Vehicles that share a crew; ``min_staff`` people make a further crew of theirs."""

    id: str
    units: tuple[str, ...]
    min_staff: int = Field(default=1, ge=1)


class RosterUnit(Value):
    """A unit as its agency lists it; ``callsign`` is unique in the region."""

    agency_id: str
    callsign: str
    kind: str
    station: str
    capabilities: tuple[str, ...]
    staffing: int = Field(ge=0)
    vehicle_class: VehicleClass
    height_m: float | None = Field(default=None, gt=0)
    """Of the vehicle; None: unknown."""
    weight_t: float | None = Field(default=None, gt=0)
    """Tonnes on the road, crew and water included; None: unknown."""
    width_m: float | None = Field(default=None, gt=0)
    """Mirrors included; None: unknown."""
    phone_only: bool = False
    beats: tuple[str, ...] = ()
    """Zones of boundaries that are its beat."""
