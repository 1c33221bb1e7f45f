"""What the API takes and answers, where it is not a value of the domain itself."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from dispatch.domain.assignment import AckChannel, Assignment, AssignmentStatus
from dispatch.domain.board import BoardSnapshot
from dispatch.domain.call import Call, CallOutcome, Channel
from dispatch.domain.closure import Closure, Direction
from dispatch.domain.events import FeedRead, UnitAssigned
from dispatch.domain.incident import Incident, Place
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.recurrence import WeeklyHours
from dispatch.domain.unit import Duty, Fix, FixSource
from dispatch.domain.values import (
    AgencySet,
    Discipline,
    Id,
    LongText,
    Priority,
    Role,
    ShortText,
    UtcTime,
    VehicleClass,
)
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat
from geodata.shapes import Circle, Point, Polygon, Shape
from jurisdictions.agreements import Agreement
from jurisdictions.centres import Centre
from jurisdictions.hospitals import Hospital
from jurisdictions.limits import StatusLimit
from jurisdictions.roster import AdapterKind
from jurisdictions.sops import SopLine
from jurisdictions.statuses import AgencyStatus


def on_earth(point: LonLat) -> LonLat:
    """The point, if it is one: finite, longitude first.

    Raises:
        ValueError: It lies outside the ranges.
    """
    lon, lat = point
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("must be [lon, lat] in WGS 84 degrees")
    return point


def shape_on_earth(shape: Point | Circle | Polygon) -> Point | Circle | Polygon:
    """The shape, if all of its points are on earth."""
    if isinstance(shape, Point):
        on_earth(shape.at)
    elif isinstance(shape, Circle):
        on_earth(shape.centre)
    else:
        for corner in shape.ring:
            on_earth(corner)
    return shape


GroundPoint = Annotated[
    LonLat, AfterValidator(on_earth), Field(description="[lon, lat] in WGS 84 degrees")
]
GroundShape = Annotated[Shape, AfterValidator(shape_on_earth)]


def refuse_unstorable(value: Any) -> None:
    """NUL and lone surrogates are no text that a database or another program can keep."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValueError("holds a character that is no text")
    elif isinstance(value, dict):
        for part in value.values():
            refuse_unstorable(part)
    elif isinstance(value, list):
        for part in value:
            refuse_unstorable(part)


class Body(BaseModel):
    """What a client sends: an unknown field is an error, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, given: Any) -> Any:
        refuse_unstorable(given)
        return given


class CommandBody(Body):
    """``command_id`` is the client's own: the same again gives the same answer, not a second."""

    command_id: Annotated[Id, Field(min_length=8)]


class Answer(BaseModel):
    """What the hub sends."""

    model_config = ConfigDict(frozen=True)


class Done(Answer):
    """``seq`` is the number of the last event of the command: give it as ``min_seq`` to reads."""

    seq: int


class Read(Answer):
    """``seq`` is what the answer stands for; ``degraded`` when ``min_seq`` was not reached."""

    seq: int
    degraded: bool = False


# Sessions ----------------------------------------------------------------------------------------


class SignIn(Body):
    """Name and password. The name may be up to 80 characters, the password up to 1,000."""

    login: Annotated[str, Field(min_length=1, max_length=80)]
    password: Annotated[str, Field(min_length=1, max_length=1000)]


class AccountAnswer(Answer):
    """Who is signed in, and what they may see."""

    id: str
    name: str
    role: Role
    agencies: AgencySet
    unit_id: str | None
    position: str | None
    municipality: str | None


class PersonName(Answer):
    """What the person of an account is called."""

    account_id: str
    name: str


class SessionAnswer(Answer):
    """A session that stands."""

    session_id: str
    expires_at: UtcTime
    account: AccountAnswer


class NewSession(SessionAnswer):
    """The token is told once; the hub keeps its hash alone."""

    token: str


# Region ------------------------------------------------------------------------------------------


class ChannelAnswer(Answer):
    """A way by which an agency's crews are told, and its limit; where it leads to is not shown."""

    name: str
    adapter: AdapterKind
    limit_s: float
    """Seconds of silence before the next one is tried; 0: the next goes out with this one."""
    pre_alert: bool


class AgencyAnswer(Answer):
    """An agency of the active region."""

    id: str
    name: str
    discipline: Discipline
    municipality: str | None
    talkgroups: tuple[str, ...] = ()
    """What its parts of incidents speak on, in the order of giving."""
    storm_plans: bool = False
    """Whether a supervisor may put it on storm plans."""
    statuses: tuple[AgencyStatus, ...] = ()
    """Its own status codes; empty: those of the common core."""
    channels: tuple[ChannelAnswer, ...] = ()
    """How its crews are told, in the order of trying; empty: by tablet alone."""


class StationAnswer(Answer):
    """Where an agency's units stand."""

    id: str
    name: str
    agency_id: str
    at: GroundPoint


class IncidentTypeAnswer(Answer):
    """A type that the region's plans know. ``highest_alarm`` is the last that any plan names."""

    incident_type: str
    label: str
    lead: Discipline
    priority: int
    highest_alarm: int


class ProtocolAnswer(Answer):
    """A card-protocol program. ``agency_id`` None: for every agency."""

    id: str
    name: str
    discipline: Discipline
    agency_id: str | None


class RegionAnswer(Answer):
    """The region in force, as consoles need it; units stand in the board."""

    region_version: str
    name: str
    time_zone: str
    border_m: float
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees."""
    tiles_url: str | None
    agencies: list[AgencyAnswer]
    stations: list[StationAnswer]
    incident_types: list[IncidentTypeAnswer]
    agreements: list[Agreement]
    hospitals: list[Hospital] = []
    limits: list[StatusLimit] = []
    """When waiting and statuses are late, where the region says so."""
    sops: list[SopLine] = []
    """What its agencies' procedures say where a step is done."""
    municipalities: list[str]
    centres: list[Centre]
    """Other centres that a call may be transferred to."""
    protocols: list[ProtocolAnswer] = []
    """Card-protocol programs that may be launched here."""


class PlaceCandidate(Answer):
    """One place that the words may mean. ``approximate``: no house number confirmed it."""

    label: str
    municipality: str | None
    at: GroundPoint
    kind: str
    cross_street: str
    approximate: bool
    score: float


class PlaceIndexAnswer(Answer):
    """How far the index of places is. Unless ``state`` is ``ready``, no match means nothing.

    ``since_s`` are the seconds since the state began. ``older``: what is found meanwhile comes from
    the index of an earlier version of the region; without one, coordinates alone are found.
    """

    state: Literal["ready", "building", "failed"]
    built_pct: int
    since_s: float
    older: bool
    why: str = ""


class PlacesFound(Answer):
    """What the words may mean, the best first, and whether every place was looked through."""

    places: list[PlaceCandidate]
    index: PlaceIndexAnswer


# Calls and incidents -----------------------------------------------------------------------------


class Whereabouts(Body):
    """Where something may be, as ``PlaceIn.shape``: in the body, since a ring has many corners."""

    shape: GroundShape


class PlaceIn(Body):
    """Where it is. Without ``shape`` the place is the point."""

    at: GroundPoint
    shape: GroundShape | None = None
    address: ShortText = ""
    cross_street: ShortText = ""
    municipality: ShortText | None = None
    verified: bool = False
    repeated: bool = False
    found_as: ShortText | None = None

    def as_place(self) -> Place:
        """The same as the domain's value."""
        return Place(
            at=self.at,
            shape=self.shape or Point(at=self.at),
            address=self.address,
            cross_street=self.cross_street,
            municipality=self.municipality,
            verified=self.verified,
            repeated=self.repeated,
            found_as=self.found_as,
        )


class NewCall(CommandBody):
    """A call. With place and type, or an incident to join, it is more than a call at once.

    ``call_id``: the call that the form was opened with; without it this is a call of its own.
    """

    call_id: Id | None = None
    channel: Channel = "voice"
    received_at: UtcTime | None = None
    callback: ShortText | None = None
    caller_name: ShortText | None = None
    caller_location: GroundShape | None = None
    said: ShortText = ""
    place: PlaceIn | None = None
    incident_type: ShortText | None = None
    priority: Priority | None = None
    note: LongText | None = None
    join_incident_id: Id | None = None
    wanted_at: UtcTime | None = None
    """The later time for which its incident is wanted, as a transport at 14:00."""
    wanted: ShortText = ""
    """The same as typed, kept with a call that makes no incident yet."""


class CallTaken(Done):
    """The ids of what the call became."""

    call_id: str
    incident_id: str | None
    incident_number: str | None


class CallLink(CommandBody):
    """The incident that a call speaks of; null: of none."""

    incident_id: Id | None


class CallClosing(CommandBody):
    """What became of a call that made no incident."""

    outcome: CallOutcome
    note: ShortText = ""


class IncidentChange(CommandBody):
    """What is to be another; what is left out stays. ``revision`` is the one on the screen."""

    revision: Annotated[int, Field(ge=1)]
    incident_type: ShortText | None = None
    priority: Priority | None = None
    place: PlaceIn | None = None
    alarm_level: Annotated[int, Field(ge=1, le=9)] | None = None


class LegChange(CommandBody):
    """What is to be another of one part; what is left out stays. ``reason``: why, where it is
    another agency's; the narrative keeps it."""

    revision: Annotated[int, Field(ge=1)]
    incident_type: ShortText | None = None
    priority: Priority | None = None
    reason: ShortText = ""


class NewNote(CommandBody):
    """One line for the narrative."""

    text: Annotated[LongText, Field(min_length=1)]


class Closing(CommandBody):
    """Close one discipline's leg, or (null) all open ones that the desk answers for.

    With a ``reason``, which the narrative keeps, also another agency's.
    """

    discipline: Discipline | None = None
    disposition: Annotated[ShortText, Field(min_length=1)]
    reason: ShortText = ""


class CaseNumberRequest(CommandBody):
    """Which agency wants its number."""

    agency_id: Id


class CaseNumberVoiding(CommandBody):
    """Whose number counts no more, and why."""

    agency_id: Id
    reason: Annotated[ShortText, Field(min_length=1)]


class CaseNumberAnswer(Done):
    """The agency's number for this incident."""

    agency_id: str
    number: str


class IncidentList(Read):
    """Incidents, newest first."""

    incidents: list[Incident]


class IncidentDetail(Read):
    """One incident with all that hangs on it."""

    incident: Incident
    calls: list[Call]
    assignments: list[Assignment]
    recommendation: Recommendation | None


# Assignments and units ---------------------------------------------------------------------------


class NewAssignments(CommandBody):
    """Units to send. Those of the recommendation named need no reason, any other does."""

    recommendation_id: Id | None = None
    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]
    override_reason: ShortText | None = None
    divert: bool = False
    """Take units that are on less urgent incidents; without it they are refused."""


class Assigned(Done):
    """What was committed."""

    assignments: list[Assignment]

    @classmethod
    def of(cls, outcome: Outcome) -> Assigned:
        """The assignments among what a command did."""
        made = [e.body.assignment for e in outcome.events if isinstance(e.body, UnitAssigned)]
        return cls(seq=outcome.last_seq, assignments=made)


class Receipt(CommandBody):
    """The crew's device has the assignment; ``seen``: and shows it on a lit screen."""

    seen: bool = False


class PushState(Answer):
    """Whether tablets of the crew's agency are told by notification."""

    on: bool
    key: str | None
    """The hub's public key, base64url: ``applicationServerKey`` of a subscription."""


class PushSubscription(Body):
    """A browser's push subscription (RFC 8030), as it says it; keys in base64url."""

    endpoint: Annotated[str, StringConstraints(min_length=8, max_length=1000)]
    p256dh: Annotated[str, StringConstraints(max_length=100)]
    auth: Annotated[str, StringConstraints(max_length=40)]


class PushSubscribed(Answer):
    """Its id, to take it back."""

    id: Id


class PushReceipt(Body):
    """How far a notification has got."""

    state: Literal["delivered", "seen"]


class DeliveryReceipt(Body):
    """How far a message has got. What a later one has said already stays."""

    state: Literal["delivered", "seen", "acknowledged"]


class Acknowledgement(CommandBody):
    """The crew has read it, or said so by radio."""

    channel: AckChannel
    revision: Annotated[int, Field(ge=1)] | None = None


class CheckAnswer(CommandBody):
    """The crew was heard of, by radio or on its device."""

    channel: AckChannel = "voice"


class PageAnswer(CommandBody):
    """Somebody who was paged says whether they come; ``volunteer`` is a roster number, no name.

    ``arrives_in_s`` counts from ``device_at``, when the button was pressed; without it, from now.
    """

    volunteer: Id
    skills: tuple[ShortText, ...] = Field(default=(), max_length=20)
    answer: Literal["responding", "not_coming"] = "responding"
    arrives_in_s: Annotated[float, Field(ge=0, le=7_200)] | None = None
    device_at: UtcTime | None = None


class StatusChange(CommandBody):
    """The unit's next status on the incident; ``device_at`` is when the button was pressed.

    ``status`` is the common core's, ``code`` the agency's own; one of them is enough.
    """

    status: AssignmentStatus | None = None
    code: Annotated[ShortText, Field(max_length=12)] = ""
    revision: Annotated[int, Field(ge=1)] | None = None
    device_at: UtcTime | None = None
    reason: ShortText = ""
    hospital_id: Id | None = None
    """Where a transport goes: one of the region's hospitals."""


class OfficerWork(CommandBody):
    """Work that a unit found itself; without a place it is where the unit's last fix is."""

    unit_id: Id
    incident_type: ShortText
    place: PlaceIn | None = None
    note: LongText | None = None


class OfficerWorkStarted(Done):
    """The incident that began on scene."""

    incident_id: str
    incident_number: str
    assignment_id: str


class SilencedAlarms(CommandBody):
    """What somebody silenced at their console, by the console's keys."""

    alarms: tuple[ShortText, ...] = Field(min_length=1, max_length=500)


class ZoneMute(CommandBody):
    """A square to leave out of coverage, or to take in again."""

    zone_id: Id
    muted: bool
    reason: ShortText = ""


class DutyChange(CommandBody):
    """In or out of service, and why; ``code`` is the agency's own for it."""

    duty: Duty
    reason: ShortText = ""
    code: Annotated[ShortText, Field(max_length=12)] = ""


class FixIn(Body):
    """Where a device says that it is."""

    at: GroundPoint
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    heading_deg: Annotated[float, Field(ge=0, le=360)] | None = None
    speed_mps: Annotated[float, Field(ge=0, le=150)] | None = None
    device_at: UtcTime | None = None
    source: Annotated[FixSource | None, Field(description="by default as the account is")] = None
    valid: Annotated[bool, Field(description="false: the device itself does not trust it")] = True


class NewFixes(Body):
    """Fixes of one unit in the order in which they were taken; the last is where it is."""

    fixes: Annotated[list[FixIn], Field(min_length=1, max_length=100)]


class UnitFixIn(FixIn):
    """Where a vehicle's tracker says that a unit is."""

    unit_id: Id


class NewUnitFixes(Body):
    """Fixes of many units, each unit's in the order in which they were taken."""

    fixes: Annotated[list[UnitFixIn], Field(min_length=1, max_length=2_000)]


class FixesTaken(Answer):
    """What became of the fixes: a worse one than what is known changes nothing."""

    accepted: int
    invalid: Annotated[int, Field(description="that their devices do not trust")]
    unknown: Annotated[list[Id], Field(description="units that this account may not report")] = []


# Closures, snapshot, feeds -----------------------------------------------------------------------


class NewClosure(CommandBody):
    """A road to shut (``speed_factor`` 0) or slow until ``ends_at``."""

    line: Annotated[list[GroundPoint], Field(min_length=1, max_length=2000)]
    direction: Direction = "both"
    speed_factor: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.0
    congestion: bool = False
    """It is slow because of traffic: crews with lights feel their agency's share of it."""
    vehicle_classes: Annotated[list[VehicleClass], Field(min_length=1, max_length=3)] = [
        "car",
        "truck",
        "heavy",
    ]
    max_height_m: Annotated[float, Field(gt=0, le=20, allow_inf_nan=False)] | None = None
    max_weight_t: Annotated[float, Field(gt=0, le=200, allow_inf_nan=False)] | None = None
    max_width_m: Annotated[float, Field(gt=0, le=20, allow_inf_nan=False)] | None = None
    begins_at: UtcTime | None = None
    ends_at: UtcTime
    hours: Annotated[list[WeeklyHours], Field(max_length=100)] = []
    """Within its window it holds in these alone, by the region's clock; empty: always."""
    description: ShortText = ""


class AcceptedProposal(CommandBody):
    """An entry of a feed that the roads placed in doubt: a person says that it is that road."""

    feed_id: Id
    ref: Annotated[ShortText, Field(min_length=1)]


class ClosureAnswer(Done):
    """The closure as it was placed."""

    closure: Closure


class ClosureList(Read):
    """Planned and active closures."""

    closures: list[Closure]


class SnapshotAnswer(Read):
    """The board that the viewer may see."""

    epoch: str
    at: UtcTime
    board: BoardSnapshot
    fixes: list[Fix]


class FeedResult(CommandBody):
    """What a worker read: the reading, and every closure that it placed."""

    read: FeedRead
    closures: Annotated[list[Closure], Field(max_length=20_000)] = []


class Health(Answer):
    """How the hub is. ``ok`` false: something that matters does not work."""

    ok: bool
    seq: int
    epoch: str
    training: bool
    """Nothing here is real, and nothing is sent."""
    parts: dict[str, dict[str, Any]]


IncidentState = Literal["open", "closed"]
