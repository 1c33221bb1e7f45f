"""The commands: what someone wants to happen. ``decide`` turns each into events or refuses it.

Ids of new things come with the command, made by the service, so that ``decide`` stays a function of
its arguments.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.assignment import AckChannel, AssignmentStatus
from dispatch.domain.bolo import BoloKind
from dispatch.domain.call import (
    CallbackCause,
    CallbackResult,
    CallerFix,
    CallForm,
    CallOutcome,
    CallStage,
    Channel,
    LanguageTag,
    LineText,
    RecordPart,
    TextLine,
    TransferResult,
)
from dispatch.domain.closure import Closure, Direction
from dispatch.domain.emergency import EmergencyKind
from dispatch.domain.events import FeedRead, RegionActivated, SessionOpened
from dispatch.domain.hospital import Count, Intake
from dispatch.domain.incident import Place
from dispatch.domain.justice_query import JusticeQuery, Purpose, QueryEnd, QueryKind
from dispatch.domain.map_fault import FaultOutcome
from dispatch.domain.outside import OutsideState
from dispatch.domain.premise import Level
from dispatch.domain.recommendation import Recommendation, Slot
from dispatch.domain.timers import DueKind
from dispatch.domain.unit import Duty
from dispatch.domain.values import (
    Actor,
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
from jurisdictions.roster import DeliveryChannel, VolunteerRule
from jurisdictions.statuses import AgencyStatus


class Command(Value):
    """``command_id`` is the client's: the same id again gives the first outcome again."""

    command_id: Id
    actor: Actor


class Advice(Value):
    """What boundaries and plans say of a type at a place: looked up by the service, in one version.

    ``disciplines`` are those with a slot in the plan, the lead first.
    """

    type_label: ShortText
    priority: Priority
    resolution: Resolution
    plan_id: ShortText | None
    lead: Discipline
    disciplines: tuple[Discipline, ...]
    region_version: Id
    added: tuple[Discipline, ...] = ()
    """Disciplines of which a higher alarm asks more than the level before."""
    agency_of: dict[str, str] = Field(default_factory=dict)
    """Authority agency id by discipline; a discipline without one is missing."""


class OpenCall(Command):
    """A call comes in: it rings (``ringing``), or somebody takes it and has begun to type."""

    call_id: Id
    ringing: bool
    channel: Channel = "voice"
    callback: ShortText | None = None
    caller_name: ShortText | None = None
    location_key: ShortText | None = None
    record: LongText | None = None
    handed_over_by: ShortText = ""
    record_ref: ShortText = ""
    record_at: UtcTime | None = None
    record_hops: tuple[ShortText, ...] = ()
    said: ShortText = ""
    fix: CallerFix | None = None


class AnswerCall(Command):
    """Somebody takes a call that rings, or one that lies open; the hub stamps the first answer.

    ``take_over``: also one that somebody else has in the form, whose screen may be gone.
    """

    call_id: Id
    take_over: bool = False


class MarkStage(Command):
    """A stage is reached: the form has its location or type, or CPR has come so far.

    Only the first time is stamped.
    """

    call_id: Id
    stage: CallStage


class FillForm(Command):
    """What the form holds so far, so that it stands nowhere alone on one screen."""

    call_id: Id
    said: ShortText = ""
    callback: ShortText = ""
    caller_name: ShortText = ""
    note: LongText = ""
    form: CallForm


class SetLanguage(Command):
    """In which language the caller speaks, and whether an interpreter is on the call now."""

    call_id: Id
    language: LanguageTag
    interpreter: bool = False


class SayLine(Command):
    """One more line of the conversation, by the caller or to the caller."""

    call_id: Id
    line: TextLine


class ChangeLine(Command):
    """A line arrived (``delivered``), or somebody or something translated it."""

    call_id: Id
    line_id: Id
    delivered: bool = False
    translation: LineText | None = None
    translation_language: LanguageTag = ""
    translated_by: ShortText = ""


class LocateCaller(Command):
    """The caller's device is said to be here now: one more fix of its trail."""

    call_id: Id
    fix: CallerFix


class OfferTransfer(Command):
    """Offer the call to another centre."""

    call_id: Id
    transfer_id: Id
    centre_id: Id
    centre_name: ShortText
    reason: ShortText = ""


class ReportRecord(Command):
    """Whether the other centre's system took the record of a call that is offered to it.

    ``later``: it is about a later version of a record that was taken.
    """

    call_id: Id
    transfer_id: Id
    taken: bool
    why: ShortText = ""
    later: bool = False
    digest: ShortText = ""
    """Of what the version says; empty: not known."""
    entries: int = 0
    parts: tuple[RecordPart, ...] = ()


class TakeVersion(Command):
    """A later version of the record that came with a call, from another centre."""

    call_id: Id
    news_id: Id
    record: LongText
    updated_at: UtcTime | None = None
    hops: tuple[ShortText, ...] = ()
    fix: CallerFix | None = None


class SeeRecordNews(Command):
    """A person has read what another centre said anew, as it stood at ``news_at``."""

    call_id: Id
    news_id: Id
    news_at: UtcTime


class SettleTransfer(Command):
    """The other centre said yes or no, or we take the offer back."""

    call_id: Id
    transfer_id: Id
    result: TransferResult
    answer: ShortText = ""


class OpenProtocol(Command):
    """A card protocol is launched for a call."""

    call_id: Id
    run_id: Id
    program_id: ShortText
    program_name: ShortText
    discipline: Discipline
    agency_id: Id | None = None


class HandDeterminant(Command):
    """A card protocol came to a determinant.

    ``incident_type`` and what follows are what the agency's table and plans make of it; None:
    nobody has said. ``advice``, ``slots`` and ``slots_now`` (of the present plan) were looked up
    for ``revision`` of the call's incident, if it has one.
    """

    call_id: Id
    run_id: Id | None = None
    """The run that was launched from here; None: it was not."""
    new_run_id: Id
    discipline: Discipline
    determinant: ShortText = Field(min_length=1)
    incident_type: ShortText | None = None
    type_label: ShortText = ""
    label: ShortText = ""
    priority: Priority | None = None
    revision: int | None = None
    advice: Advice | None = None
    slots: tuple[Slot, ...] = ()
    slots_now: tuple[Slot, ...] = ()


class SettleDeterminant(Command):
    """A dispatcher takes over what a determinant proposes, or does not."""

    incident_id: Id
    run_id: Id
    accepted: bool
    reason: ShortText = ""
    revision: int | None = None
    advice: Advice | None = None
    slots: tuple[Slot, ...] = ()
    slots_now: tuple[Slot, ...] = ()


class TakeCall(Command):
    """A call-taker enters a call; with place and type it commits an incident at once.

    ``known_call_id``: the call that the form was opened with. One that is closed by now, or made
    an incident already, is left alone, and this becomes a call of its own: none is ever lost.
    """

    call_id: Id
    known_call_id: Id | None = None
    incident_id: Id
    channel: Channel = "voice"
    received_at: UtcTime | None = None
    callback: ShortText | None = None
    caller_name: ShortText | None = None
    caller_location: Shape | None = None
    said: ShortText = ""
    place: Place | None = None
    incident_type: ShortText | None = None
    priority: Priority | None = None
    advice: Advice | None = None
    note: LongText | None = None
    note_id: Id | None = None
    join_incident_id: Id | None = None
    wanted_at: UtcTime | None = None
    """The incident that it makes is wanted at this time; None: now."""
    wanted: ShortText = ""
    """The same as typed, for a call that makes no incident yet."""


class LinkCall(Command):
    """The call speaks of this incident after all, or of none (``incident_id`` None)."""

    call_id: Id
    incident_id: Id | None
    note_id: Id | None = None


class PlanCallback(Command):
    """The caller said nothing, or hung up: somebody must call back."""

    call_id: Id
    cause: CallbackCause


class HangUp(Command):
    """The caller hung up before anybody answered: the telephone system says so."""

    call_id: Id


class ReportCallback(Command):
    """Somebody called back, and this came of it."""

    call_id: Id
    result: CallbackResult


class CloseCall(Command):
    """A call that made no incident is done with."""

    call_id: Id
    outcome: CallOutcome
    note: ShortText = ""


class ChangeIncident(Command):
    """Another type, priority or place; refused when ``revision`` is not the present one."""

    incident_id: Id
    revision: int
    incident_type: ShortText | None = None
    priority: Priority | None = None
    place: Place | None = None
    alarm_level: int | None = Field(default=None, ge=1, le=9)
    advice: Advice | None = None
    """Needed with a new type, place or alarm level."""


class HoldIncident(Command):
    """Let it wait on purpose until a time, or (``until`` None) no longer.

    ``unit_ids``: the units that it waits for, or that are kept for it.
    """

    incident_id: Id
    reason: ShortText = ""
    until: UtcTime | None = None
    unit_ids: tuple[Id, ...] = Field(default=(), max_length=20)


class ScheduleIncident(Command):
    """Want it at a time, with these units reserved, or (``wanted_at`` None) as soon as can be."""

    incident_id: Id
    wanted_at: UtcTime | None
    unit_ids: tuple[Id, ...] = Field(default=(), max_length=20)


class LinkIncidents(Command):
    """Two incidents belong together (``linked`` False: no longer); each keeps its own legs."""

    incident_id: Id
    other_id: Id
    linked: bool = True


class MergeIncidents(Command):
    """The other incident is this one: it goes into it. ``slots`` are of this one's plan."""

    incident_id: Id
    other_id: Id
    note_id: Id
    reason: ShortText = ""
    slots: tuple[Slot, ...] = ()


class UnmergeIncidents(Command):
    """They are two after all."""

    incident_id: Id
    other_id: Id
    note_id: Id


class ReportBenchmark(Command):
    """Command on scene reported something; ``code`` ``PAR``: all crews are accounted for."""

    incident_id: Id
    code: ShortText = Field(min_length=1)


class Undo(Command):
    """Take back what the same person's command did, within ``UNDO_WITHIN_S`` seconds."""

    undone_id: Id


class AddNote(Command):
    incident_id: Id
    note_id: Id
    text: LongText


class FreezeRecommendation(Command):
    """What was computed and is about to be shown stands from now on under its id."""

    recommendation: Recommendation


class NewAssignment(Value):
    """One unit of an ``AssignUnits``; route and seconds come from the recommendation.

    Those given here are of a unit that was not recommended.
    """

    assignment_id: Id
    unit_id: Id
    travel_s: float | None = None
    route: tuple[Annotated[LonLat, Field()], ...] = ()
    turns_waived: int = 0


class AssignUnits(Command):
    """Send units. Those of the named recommendation need no reason, any other unit does."""

    incident_id: Id
    recommendation_id: Id | None
    units: tuple[NewAssignment, ...] = Field(min_length=1, max_length=50)
    override_reason: ShortText | None = None
    divert: bool = False
    """Take units from less urgent incidents; without it a unit that is taken is refused."""


class SwapUnits(Command):
    """One unit takes the other's incident, and where both have one, the other way round too."""

    first: NewAssignment
    second: NewAssignment
    reason: ShortText = ""


class AnswerCheck(Command):
    """The crew is well: said by radio to a dispatcher, or on its device."""

    assignment_id: Id
    channel: AckChannel


class RerouteAssignment(Command):
    """Another way for a crew on its way; ``revision`` is the one that was looked at."""

    assignment_id: Id
    revision: int
    route: tuple[Annotated[LonLat, Field()], ...]
    travel_s: float | None
    turns_waived: int = 0
    cut: bool
    gain_s: float | None = None
    closure_id: Id | None
    reason: ShortText


class ReportReceived(Command):
    """The crew's device has the assignment; ``seen``: and shows it on a lit screen."""

    assignment_id: Id
    seen: bool = False


class ReportSending(Command):
    """What came of an attempt to send a message of the outbox; given by the hub alone.

    ``retry``: it may be tried again, not before ``retry_after_s``; ``failed``: it is of no use.
    """

    delivery_id: Id
    result: Literal["sent", "delivered", "retry", "failed", "dropped"]
    why: ShortText = ""
    retry_after_s: float | None = None
    one_receiver: bool = False
    """It says nothing of the channel: the unit alone has no receiver on it."""


class ReportChannel(Command):
    """Whether what a channel was given is taken from there; given by the hub alone.

    ``why`` empty: it is.
    """

    agency_id: Id
    channel: ShortText
    why: ShortText = ""


class ReportReceipt(Command):
    """A receiver says how far a message has got; in any order, and as often as it likes."""

    delivery_id: Id
    state: Literal["delivered", "seen", "acknowledged"]


class AcknowledgeAssignment(Command):
    assignment_id: Id
    channel: AckChannel
    revision: int | None = None


class SetAssignmentStatus(Command):
    """``revision`` None: by voice through a dispatcher, who sees the present one."""

    assignment_id: Id
    status: AssignmentStatus | None = None
    code: ShortText = ""
    """The agency's own code; empty: the first of the agency's that means ``status``, if any."""
    revision: int | None = None
    device_at: UtcTime | None = None
    reason: ShortText = ""
    hospital_id: Id | None = None
    """Where a transport goes."""


class SetUnitDuty(Command):
    unit_id: Id
    duty: Duty
    reason: ShortText = ""
    code: ShortText = ""
    """The agency's own code for it."""


class LogOnUnit(Command):
    """A crew takes a unit for a shift. What is left out is as the roster says.

    ``names`` is a personal value.
    """

    unit_id: Id
    logon_id: Id
    staffing: Annotated[int, Field(ge=0, le=30)] | None = None
    capabilities: tuple[ShortText, ...] | None = Field(default=None, max_length=40)
    names: ShortText = ""
    radio: ShortText = ""
    vehicle: ShortText = ""
    until: UtcTime | None = None


class LogOffUnit(Command):
    unit_id: Id


class RaiseEmergency(Command):
    """A crew calls for help, by its button or by radio through a dispatcher."""

    unit_id: Id
    emergency_id: Id
    kind: EmergencyKind = "button"
    device_at: UtcTime | None = None
    at: Annotated[LonLat, Field()] | None = None


class EndEmergency(Command):
    """It is dealt with; ``outcome`` says how."""

    emergency_id: Id
    outcome: ShortText


class NotePremise(Command):
    """Write a premise note, or write it anew under its id."""

    note_id: Id
    agency_id: Id
    at: Annotated[LonLat, Field()]
    radius_m: float = 30.0
    address: ShortText = ""
    level: Level
    text: ShortText
    review_on: date
    until: UtcTime | None = None


class WithdrawPremise(Command):
    note_id: Id


class IssueBolo(Command):
    """Whom or what to look out for, until when, for whom. ``text`` is a personal value."""

    bolo_id: Id
    kind: BoloKind = "other"
    text: LongText
    expires_at: UtcTime
    agency_id: Id | None = None
    municipality: ShortText = ""
    incident_id: Id | None = None
    audience: AgencySet


class CancelBolo(Command):
    """It is no longer looked for."""

    bolo_id: Id
    reason: ShortText = ""


class CloseMapFault(Command):
    """The owner says what became of a map fault."""

    fault_id: Id
    outcome: FaultOutcome
    note: ShortText = ""


class AcknowledgeHazard(Command):
    """The crew has read the hazard, on its device or by radio."""

    assignment_id: Id
    channel: AckChannel


class CloseLegs(Command):
    """Close one leg with its disposition, or all open ones that are the actor's (None).

    With a ``reason`` also those of agencies that the actor does not answer for.
    """

    incident_id: Id
    discipline: Discipline | None
    disposition: ShortText
    reason: ShortText = ""
    note_id: Id | None = None


class GiveCaseNumber(Command):
    """A case number on request, by the agency's policy."""

    incident_id: Id
    agency_id: Id


class VoidCaseNumber(Command):
    """The agency's number of this incident counts no more, and why."""

    incident_id: Id
    agency_id: Id
    reason: ShortText = ""


class ChangeLeg(Command):
    """Another type or priority for one part; refused when ``revision`` is not the present one.

    The incident's own type or priority: the part has none of its own any more. ``reason``: why,
    where it is another agency's. ``slots`` and ``slots_now`` were looked up: what is asked for then
    and now.
    """

    incident_id: Id
    discipline: Discipline
    revision: int
    incident_type: ShortText | None = None
    type_label: ShortText | None = None
    """Of the type; needed with one."""
    priority: Priority | None = None
    reason: ShortText = ""
    note_id: Id | None = None
    slots: tuple[Slot, ...] = ()
    slots_now: tuple[Slot, ...] = ()


class GiveTalkgroup(Command):
    """Let a leg speak on another talkgroup, or (None) on none.

    ``discipline`` None: the only open leg. ``reason``: why, where it is another agency's.
    """

    incident_id: Id
    discipline: Discipline | None
    talkgroup: ShortText | None
    reason: ShortText = ""
    note_id: Id | None = None


class StartOfficerWork(Command):
    """A unit begins work that it found itself: the incident starts on scene, with no call."""

    incident_id: Id
    assignment_id: Id
    unit_id: Id
    place: Place
    incident_type: ShortText
    advice: Advice
    note: LongText | None = None
    note_id: Id | None = None


class SendHelp(StartOfficerWork):
    """An incident where a unit that is on none calls for help, and the units that go there."""

    emergency_id: Id
    helpers: tuple[NewAssignment, ...] = Field(max_length=50)


class OpenClosure(Command):
    closure: Closure


class LiftClosure(Command):
    closure_id: Id


class ReportBlock(Command):
    """A crew stands before something; ``closure`` is unconfirmed and names the crew's unit."""

    closure: Closure


class WithdrawBlock(Command):
    """The crew takes back what it has reported."""

    closure_id: Id
    unit_id: Id


class ProposeClosure(Command):
    """An incident is thought to block its road; ``closure`` is unconfirmed and names it."""

    closure: Closure


class EndIncidentClosures(Command):
    """The incident is over, or blocks another road now: what it blocked is open."""

    incident_id: Id


class ConfirmClosure(Command):
    """A dispatcher takes a crew's word: it binds everybody.

    None is as the crew said. ``direction`` comes with the ``arcs`` of ``network_id`` for it.
    """

    closure_id: Id
    ends_at: UtcTime | None = None
    direction: Direction | None = None
    arcs: tuple[int, ...] = ()
    network_id: ShortText = ""
    description: ShortText = ""


class MuteZone(Command):
    """Leave a square of an agency's ground out of its coverage, or take it in again."""

    zone_id: Id
    agency_id: Id
    muted: bool
    reason: ShortText = ""


class SetStorm(Command):
    """Put an agency on its storm plans until ``ask_at``, when it is asked about; None ends it."""

    agency_id: Id
    ask_at: UtcTime | None
    reason: ShortText = ""


class SetHospital(Command):
    """A hospital diverts or is closed; ``intake`` None: it takes everybody again."""

    hospital_id: Id
    intake: Intake | None
    without: tuple[ShortText, ...] = ()
    reason: ShortText = ""
    until: UtcTime | None = None


class CountPatients(Command):
    """Patients by the colour of the triage tag."""

    incident_id: Id
    red: Count = 0
    yellow: Count = 0
    green: Count = 0
    black: Count = 0


class AskOutside(Command):
    """A unit from outside the region was asked for by phone and promised for ``eta_at``.

    ``slot`` is the place in the plan that it fills, None where the plan asks for none of its kind.
    """

    incident_id: Id
    discipline: Discipline
    capabilities: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=10)]
    asked_of: ShortText
    name: ShortText = ""
    eta_at: UtcTime
    slot: int | None = None


class ChangeOutside(Command):
    """It was promised anew (``state`` None or ``promised``), arrived, was cancelled, or left."""

    incident_id: Id
    ref: Id
    state: OutsideState | None = None
    eta_at: UtcTime | None = None
    reason: ShortText = ""


class FallDue(Command):
    """Given by the leader alone, by the database's clock."""

    due_id: int
    kind: DueKind
    ref: Id
    fence: int
    due_at: UtcTime | None = None
    """What the leader found due is so, even where the clock was set back since."""


class RecordFeed(Command):
    """What a feed says now. ``closures`` replaces what stood from the same feed."""

    read: FeedRead
    closures: tuple[Closure, ...] = ()


class ActivateRegion(Command):
    """A loaded version of boundaries, roster and plans takes effect."""

    region: RegionActivated


class SignInLock(Value):
    """Under which name failed sign-ins are counted, and how many within which time lock it."""

    counted_as: Id
    attempts: Annotated[int, Field(ge=1)]
    minutes: Annotated[float, Field(gt=0)]


class OpenSession(Command):
    session: SessionOpened
    token_hash: str
    lock: SignInLock


class RefuseSession(Command):
    account_id: Id | None
    lock: SignInLock
    reason: Literal["unknown", "password", "locked", "disabled"]
    typed_name: ShortText


class CloseSession(Command):
    session_id: Id
    reason: Literal["signed_out", "revoked", "expired"]


class SetPosition(Command):
    """A supervisor says what a position answers for."""

    position_id: Id
    name: ShortText = ""
    disciplines: Annotated[tuple[Discipline, ...], Field(min_length=1)]
    agencies: tuple[Id, ...] = ()
    municipalities: tuple[ShortText, ...] = ()
    talkgroups: tuple[ShortText, ...] = ()
    reason: ShortText = ""


class RemovePosition(Command):
    """The position is no longer needed."""

    position_id: Id
    reason: ShortText = ""


class TakePosition(Command):
    """The actor sits down at it; whoever sat there has handed over."""

    position_id: Id
    holder_name: ShortText = ""


class LeavePosition(Command):
    """Whoever sits at it gets up."""

    position_id: Id
    reason: ShortText = ""


class FoldPositions(Command):
    """One position answers for others as well, as for the night."""

    into_id: Id
    position_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    reason: ShortText = ""


class AnswerPage(Command):
    """Somebody who was paged for a unit says whether they come, and in how many seconds from then.

    ``device_at`` is when they pressed; None: now.
    """

    assignment_id: Id
    volunteer: Id
    skills: tuple[ShortText, ...] = Field(default=(), max_length=20)
    answer: Literal["responding", "not_coming"] = "responding"
    arrives_in_s: float | None = None
    device_at: UtcTime | None = None


class AskQuery(Command):
    """Somebody asks the query service; the words of the question stand in no command."""

    query_id: Id
    what: QueryKind
    purpose: Purpose
    incident_id: Id
    unit_id: Id | None = None


class EndQuery(Command):
    """An answer came, or none did; given by the hub alone."""

    query: JusticeQuery
    ended: QueryEnd


class Policy(Value):
    """Of the agencies involved: how their numbers are made. Read with the rows of a command."""

    local_year: int
    case_policy: dict[str, Literal["automatic", "on_request"]] = Field(default_factory=dict)
    case_prefix: dict[str, str] = Field(default_factory=dict)
    case_template: dict[str, str] = Field(default_factory=dict)
    par_s: dict[str, float] = Field(default_factory=dict)
    """By agency: seconds on the fireground after which all must be accounted for; absent: never."""
    status_check_s: dict[str, float] = Field(default_factory=dict)
    """By agency: seconds on scene after which a crew must be heard of; absent: never asked."""
    scheduled_lead_s: dict[str, float] = Field(default_factory=dict)
    """By agency: seconds before its time from which a scheduled incident waits for units."""
    on_task_s: dict[str, float] = Field(default_factory=dict)
    """By agency: seconds that an incident keeps one of its units, as reservations count it."""
    talkgroups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By agency: the talkgroups that its legs are given, in that order; absent: none."""
    channels: dict[str, tuple[DeliveryChannel, ...]] = Field(default_factory=dict)
    """By agency: how its crews are told, in the order of trying; absent: by tablet alone."""
    statuses: dict[str, tuple[AgencyStatus, ...]] = Field(default_factory=dict)
    """By agency: its own status codes; absent: those of the common core."""
    volunteers: dict[str, VolunteerRule] = Field(default_factory=dict)
    """By agency: who must answer a page, and by when; absent: crews are not waited for."""
    disciplines: dict[str, Discipline] = Field(default_factory=dict)
    """By agency of the region."""
    agency_names: dict[str, str] = Field(default_factory=dict)
    """By agency: what people call it, for words that they read."""
    municipalities: tuple[str, ...] = ()
    """Of the region, in its order."""


class SilenceAlarms(Command):
    """A person at a console silences what is loud there; it stays loud everywhere else."""

    alarms: tuple[ShortText, ...] = Field(min_length=1, max_length=500)
    """By the console's keys: what kind, of which incident, unit or position, at which step."""


class RecordReading(Command):
    """Somebody looks into what is past; ``about`` is what for, in words."""

    what: Literal["board", "calls", "eido", "record"]
    about: ShortText
    found: int | None = None
    call_id: Id | None = None
    """Whose record it is: the call's last transfer keeps who read it."""
    digest: ShortText = ""
    entries: int = 0
