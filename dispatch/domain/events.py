"""The closed set of events. Each is a fact in the past tense; ``board.apply`` says what it changes.

An event's ``body`` is chained and kept for ever, so no personal value may stand in it: those travel
in ``private``, and only their salted commitments are chained.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from dispatch.domain.assignment import (
    AckChannel,
    Assignment,
    AssignmentStatus,
    PageResponse,
    PlaceCorrection,
    StatusTime,
)
from dispatch.domain.bolo import Bolo, BoloEnd
from dispatch.domain.call import (
    Call,
    Callback,
    CallerFix,
    CallForm,
    CallOutcome,
    CallPhase,
    Channel,
    LanguageTag,
    RecordNews,
    TextLine,
    Transfer,
)
from dispatch.domain.channel_fault import ChannelFault
from dispatch.domain.closure import Closure, EndReason
from dispatch.domain.delivery import Delivery
from dispatch.domain.emergency import Emergency
from dispatch.domain.hospital import HospitalState, Patients
from dispatch.domain.incident import (
    Benchmark,
    Hold,
    Incident,
    Leg,
    LostReservation,
    Note,
    Place,
    Schedule,
    VoidedNumber,
)
from dispatch.domain.justice_query import JusticeQuery, QueryEnd
from dispatch.domain.map_fault import MapFault
from dispatch.domain.outside import OutsideUnit
from dispatch.domain.position import Position
from dispatch.domain.premise import Hazard, PremiseNote
from dispatch.domain.protocol import ProtocolRun
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.storm import Storm
from dispatch.domain.unit import Duty, LogOn
from dispatch.domain.values import AgencySet, Id, Priority, Role, ShortText, UtcTime, Value
from geodata.lonlat import LonLat
from jurisdictions.resolve import Resolution


class CallReceived(Value):
    kind: Literal["call.received"] = "call.received"
    call: Call


class CallLinked(Value):
    """The call speaks of this incident; None takes it off again.

    ``call`` is the whole of it, for agencies that had not heard of it; older events lack it.
    """

    kind: Literal["call.linked"] = "call.linked"
    call_id: Id
    incident_id: Id | None
    audience: AgencySet
    call: Call | None = None


class CallChanged(Value):
    """Something about the call is another now; None is unchanged. Its stamps are the hub's."""

    kind: Literal["call.changed"] = "call.changed"
    call_id: Id
    phase: CallPhase | None = None
    channel: Channel | None = None
    said: ShortText | None = None
    taken_by: Id | None = None
    answered_at: UtcTime | None = None
    located_at: UtcTime | None = None
    typed_at: UtcTime | None = None
    ready_at: UtcTime | None = None
    cpr_recognised_at: UtcTime | None = None
    compressions_at: UtcTime | None = None
    language: LanguageTag | None = None
    interpreter_at: UtcTime | None = None
    form: CallForm | None = None


class TextSaid(Value):
    """One more line at the end of a call's conversation; its text is a private value."""

    kind: Literal["call.message"] = "call.message"
    call_id: Id
    line: TextLine


class TextChanged(Value):
    """Of a line by its place: it arrived, or has a translation, which is a private value."""

    kind: Literal["call.message_changed"] = "call.message_changed"
    call_id: Id
    index: int = Field(ge=0)
    delivered_at: UtcTime | None = None
    translation_language: LanguageTag | None = None
    translated_by: ShortText | None = None


class TransferSet(Value):
    """An offer of the call to another centre, as it stands now: made, or settled."""

    kind: Literal["call.transfer_set"] = "call.transfer_set"
    call_id: Id
    transfer: Transfer


class RecordUpdated(Value):
    """What a later version of another centre's record says anew, or that somebody has seen it.

    ``index`` is the place of ``news`` among the call's; its text and the record are private values.
    """

    kind: Literal["call.record_updated"] = "call.record_updated"
    call_id: Id
    index: int = Field(ge=0)
    news: RecordNews
    record_at: UtcTime | None = None
    hops: tuple[ShortText, ...] = ()


class ProtocolSet(Value):
    """A run of a card protocol as it stands now: launched, determined, or settled."""

    kind: Literal["call.protocol_set"] = "call.protocol_set"
    call_id: Id
    run: ProtocolRun


class CallerLocated(Value):
    """One more fix of the caller's device at the end of the trail; its shape is a private value."""

    kind: Literal["call.located"] = "call.located"
    call_id: Id
    fix: CallerFix


class CallbackSet(Value):
    """The caller is to be called back, or somebody tried: the task as it stands from now on."""

    kind: Literal["call.callback_set"] = "call.callback_set"
    call_id: Id
    task: Callback


class CallClosed(Value):
    """A call that made no incident is done with, and what became of it."""

    kind: Literal["call.closed"] = "call.closed"
    call_id: Id
    outcome: CallOutcome
    note: ShortText = ""
    by: Id
    closed_at: UtcTime


class IncidentCreated(Value):
    kind: Literal["incident.created"] = "incident.created"
    incident: Incident


class IncidentChanged(Value):
    """Type, priority or place is another now; None is unchanged."""

    kind: Literal["incident.changed"] = "incident.changed"
    incident_id: Id
    revision: int
    incident_type: ShortText | None = None
    type_label: ShortText | None = None
    priority: Priority | None = None
    place: Place | None = None
    resolution: Resolution | None = None
    plan_id: ShortText | None = None
    legs: tuple[Leg, ...] | None = None
    alarm_level: int | None = None
    hazards: tuple[Hazard, ...] | None = None
    was_priority: Priority | None = None


class IncidentShared(Value):
    """More agencies see the incident from now on: it carries the whole present state for them."""

    kind: Literal["incident.shared"] = "incident.shared"
    incident: Incident
    assignments: tuple[Assignment, ...]


class NoteAdded(Value):
    kind: Literal["incident.note_added"] = "incident.note_added"
    incident_id: Id
    note: Note


class LegChanged(Value):
    """A leg is another: worked, closed with its disposition, of a type or priority of its own."""

    kind: Literal["leg.changed"] = "leg.changed"
    incident_id: Id
    revision: int
    leg: Leg
    was: Leg | None = None
    """As it stood before; None: the incident had none. Older events lack it."""


class CaseNumberGiven(Value):
    kind: Literal["case_number.given"] = "case_number.given"
    incident_id: Id
    revision: int
    agency_id: Id
    number: ShortText
    year: int | None = None
    count: int | None = None
    """Which of the agency's numbers of the year it is; None: of before, the number says it."""


class CaseNumberVoided(Value):
    """A number counts no more; it is never given again, and this says why it is missing."""

    kind: Literal["case_number.voided"] = "case_number.voided"
    incident_id: Id
    revision: int
    voided: VoidedNumber


class IncidentClosed(Value):
    kind: Literal["incident.closed"] = "incident.closed"
    incident_id: Id
    revision: int
    closed_at: UtcTime


class IncidentReopened(Value):
    """It was closed by mistake: it stands again as it stood, with its assignments.

    Its calls come back by ``call.linked``, which carries what is known of each.
    """

    kind: Literal["incident.reopened"] = "incident.reopened"
    incident: Incident
    assignments: tuple[Assignment, ...] = ()


class IncidentMerged(Value):
    """``merged`` went into ``incident`` and is closed; both stood as ``merged_was`` and ``was``.

    ``assignments`` are all of both, ``moved`` the ids of those that came over. Calls follow by
    ``call.linked``.
    """

    kind: Literal["incident.merged"] = "incident.merged"
    incident: Incident
    merged: Incident
    was: Incident
    merged_was: Incident
    moved: tuple[Id, ...]
    assignments: tuple[Assignment, ...]


class IncidentUnmerged(Value):
    """``other`` stands by itself again, with its assignments (``moved``); calls follow."""

    kind: Literal["incident.unmerged"] = "incident.unmerged"
    incident: Incident
    other: Incident
    moved: tuple[Id, ...]
    assignments: tuple[Assignment, ...]


class IncidentHeld(Value):
    """It waits on purpose; ``hold`` None: it waits no longer."""

    kind: Literal["incident.held"] = "incident.held"
    incident_id: Id
    revision: int
    hold: Hold | None
    was: Hold | None = None


class HoldOver(Value):
    """The time is up, and nobody has sent a unit."""

    kind: Literal["incident.hold_over"] = "incident.hold_over"
    incident_id: Id
    revision: int


class IncidentScheduled(Value):
    """It is wanted at a time, with units reserved; ``schedule`` None: it is wanted now."""

    kind: Literal["incident.scheduled"] = "incident.scheduled"
    incident_id: Id
    revision: int
    schedule: Schedule | None
    was: Schedule | None = None


class ScheduleDue(Value):
    """Its time is near: it waits for units from now on."""

    kind: Literal["incident.schedule_due"] = "incident.schedule_due"
    incident_id: Id
    revision: int


class ReservationLost(Value):
    """A unit that was kept for it was sent to another incident."""

    kind: Literal["incident.reservation_lost"] = "incident.reservation_lost"
    incident_id: Id
    revision: int
    lost: LostReservation


class IncidentLinked(Value):
    """Which other incidents belong to this one from now on."""

    kind: Literal["incident.linked"] = "incident.linked"
    incident_id: Id
    revision: int
    linked: tuple[Id, ...]


class BenchmarkReached(Value):
    """Command reported something; ``par_due_at`` is when all are to be accounted for next."""

    kind: Literal["incident.benchmark"] = "incident.benchmark"
    incident_id: Id
    revision: int
    benchmark: Benchmark
    par_due_at: UtcTime | None = None


class PatientsCounted(Value):
    """How many patients there are by triage colour; the latest count stands."""

    kind: Literal["incident.patients"] = "incident.patients"
    incident_id: Id
    revision: int
    patients: Patients


class OutsideUnitSet(Value):
    """A unit asked for by phone from outside as it stands now: promised, arrived, or at its end."""

    kind: Literal["incident.outside_unit"] = "incident.outside_unit"
    incident_id: Id
    revision: int
    unit: OutsideUnit
    was: OutsideUnit | None = None
    """As it stood before; None: it was asked for now."""


class HospitalSet(Value):
    """A hospital diverts or is closed, or (``state`` None) takes everybody again."""

    kind: Literal["hospital.set"] = "hospital.set"
    hospital_id: Id
    state: HospitalState | None
    by: Id


class ParMissed(Value):
    """Nobody accounted for the crews in time; ``step`` rises while it stays so."""

    kind: Literal["incident.par_missed"] = "incident.par_missed"
    incident_id: Id
    revision: int
    step: int
    silent_s: float


class RecommendationMade(Value):
    kind: Literal["recommendation.made"] = "recommendation.made"
    recommendation: Recommendation


class UnitAssigned(Value):
    kind: Literal["unit.assigned"] = "unit.assigned"
    assignment: Assignment


class AssignmentReceived(Value):
    """The crew's device has it; with ``seen_at`` it stood on a lit screen, read or not."""

    kind: Literal["assignment.received"] = "assignment.received"
    assignment_id: Id
    revision: int
    received_at: UtcTime
    seen_at: UtcTime | None = None


class AssignmentAcknowledged(Value):
    kind: Literal["assignment.acknowledged"] = "assignment.acknowledged"
    assignment_id: Id
    revision: int
    acknowledged_at: UtcTime
    channel: AckChannel
    by: Id


class AssignmentStatusChanged(Value):
    """``device_at`` is when the crew pressed the button, kept beside the hub's own time.

    ``late``: it happened before the status that stands, which stays; ``times`` has it in its order.
    """

    kind: Literal["assignment.status_changed"] = "assignment.status_changed"
    assignment_id: Id
    revision: int
    status: AssignmentStatus
    status_at: UtcTime
    device_at: UtcTime | None = None
    check_due_at: UtcTime | None = None
    was: AssignmentStatus | None = None
    was_since: UtcTime | None = None
    """What stood before, and since when; older events lack both."""
    hospital_id: Id | None = None
    """Where a transport goes."""
    agency_code: ShortText = ""
    """The agency's own code for it; empty: it has none of its own."""
    was_agency_code: ShortText = ""
    late: bool = False
    times: tuple[StatusTime, ...] | None = None
    """All of the assignment from now on; older events lack it."""


class StatusChecked(Value):
    """The crew was heard of, by radio or on its device."""

    kind: Literal["assignment.checked"] = "assignment.checked"
    assignment_id: Id
    revision: int
    checked_at: UtcTime
    channel: AckChannel
    by: Id
    check_due_at: UtcTime | None


class AssignmentPlaceCorrected(Value):
    """The crew is to acknowledge another address than it was sent to, as that stands from now on:
    made, silent (``step``), acknowledged."""

    kind: Literal["assignment.place_corrected"] = "assignment.place_corrected"
    assignment_id: Id
    revision: int
    correction: PlaceCorrection


class StatusCheckMissed(Value):
    """The crew was not heard of in time; step 1 is an alarm, 2 the same again, 3 the supervisor."""

    kind: Literal["assignment.check_missed"] = "assignment.check_missed"
    assignment_id: Id
    revision: int
    step: int
    silent_s: float


class PageAnswered(Value):
    """Somebody who was paged answered. ``staffed_at``: since when all are a crew; None: not yet."""

    kind: Literal["assignment.page_answered"] = "assignment.page_answered"
    assignment_id: Id
    revision: int
    response: PageResponse
    staffed_at: UtcTime | None


class CrewMissing(Value):
    """A paged crew did not come together in time; ``lacks`` are people by skill."""

    kind: Literal["assignment.crew_missing"] = "assignment.crew_missing"
    assignment_id: Id
    revision: int
    missing_at: UtcTime
    lacks: dict[str, int]


class AssignmentReleased(Value):
    kind: Literal["assignment.released"] = "assignment.released"
    assignment_id: Id
    revision: int
    released_at: UtcTime
    reason: ShortText = ""
    correction: bool = False
    """True: the unit was sent by mistake, and its crew is told so."""
    was: AssignmentStatus | None = None
    was_since: UtcTime | None = None
    agency_code: ShortText = ""
    was_agency_code: ShortText = ""


class AssignmentCorrected(Value):
    """A status was set by mistake: the one before stands again, with its own time.

    After a release the unit is on the incident again.
    """

    kind: Literal["assignment.corrected"] = "assignment.corrected"
    assignment_id: Id
    revision: int
    status: AssignmentStatus
    status_at: UtcTime
    check_due_at: UtcTime | None = None
    reason: ShortText = ""
    agency_code: ShortText = ""
    times: tuple[StatusTime, ...] | None = None
    """Its statuses without what is taken back; None: they are as they were."""


class AssignmentEscalated(Value):
    """Nobody acknowledged in time; step 1 repeats, 2 tells a second position, 3 the supervisor.

    ``ack_due_at`` is when the next step follows; None: there is none, or the event is older.
    """

    kind: Literal["assignment.escalated"] = "assignment.escalated"
    assignment_id: Id
    revision: int
    step: int
    silent_s: float
    ack_due_at: UtcTime | None = None


class DeliveryChanged(Value):
    """A message to a crew or station as it stands from now on: queued, on its way, or at its end.

    It is written with what it tells of, so that neither stands without the other.
    """

    kind: Literal["delivery.changed"] = "delivery.changed"
    delivery: Delivery


class ChannelSet(Value):
    """A channel of an agency fails, or (``fault`` None) reaches its receiver again."""

    kind: Literal["channel.set"] = "channel.set"
    agency_id: Id
    channel: ShortText
    fault: ChannelFault | None


class AssignmentRerouted(Value):
    """A road changed under the crew: its way is cut, or another is shorter by ``gain_s``.

    ``route`` is empty and ``travel_s`` None where no road leads there any more.
    """

    kind: Literal["assignment.rerouted"] = "assignment.rerouted"
    assignment_id: Id
    revision: int
    route: tuple[Annotated[LonLat, Field()], ...]
    travel_s: float | None
    turns_waived: int = 0
    cut: bool
    gain_s: float | None = None
    closure_id: Id | None
    reason: ShortText
    rerouted_at: UtcTime


class UnitDutyChanged(Value):
    kind: Literal["unit.duty_changed"] = "unit.duty_changed"
    unit_id: Id
    duty: Duty
    reason: ShortText = ""
    agency_code: ShortText = ""
    since: UtcTime
    was: Duty | None = None
    was_reason: ShortText = ""
    was_agency_code: ShortText = ""


class UnitLoggedOn(Value):
    """A crew is on the unit; its names are a private value of the log-on's id."""

    kind: Literal["unit.logged_on"] = "unit.logged_on"
    unit_id: Id
    logon: LogOn


class UnitLoggedOff(Value):
    kind: Literal["unit.logged_off"] = "unit.logged_off"
    unit_id: Id
    logged_off_at: UtcTime


class EmergencyRaised(Value):
    kind: Literal["emergency.raised"] = "emergency.raised"
    emergency: Emergency


class EmergencyRepeated(Value):
    """The button was pressed again."""

    kind: Literal["emergency.repeated"] = "emergency.repeated"
    emergency_id: Id
    pressed_at: UtcTime


class EmergencyEnded(Value):
    kind: Literal["emergency.ended"] = "emergency.ended"
    emergency_id: Id
    outcome: ShortText
    by: Id
    ended_at: UtcTime


class PremiseNoted(Value):
    """A note about a place; the same id again replaces it."""

    kind: Literal["premise.noted"] = "premise.noted"
    note: PremiseNote


class PremiseWithdrawn(Value):
    kind: Literal["premise.withdrawn"] = "premise.withdrawn"
    note_id: Id
    by: Id
    withdrawn_at: UtcTime


class BoloIssued(Value):
    """Crews are to be on the lookout; the text is a private value of the BOLO's id."""

    kind: Literal["bolo.issued"] = "bolo.issued"
    bolo: Bolo


class BoloEnded(Value):
    """Its time is over, or somebody took it off."""

    kind: Literal["bolo.ended"] = "bolo.ended"
    bolo_id: Id
    ended: BoloEnd
    by: Id
    reason: ShortText = ""
    ended_at: UtcTime


class MapFaultOpened(Value):
    """A place was accepted that the map does not know; the same id again is told once more."""

    kind: Literal["map_fault.opened"] = "map_fault.opened"
    fault: MapFault


class MapFaultClosed(Value):
    """Its owner says what became of it."""

    kind: Literal["map_fault.closed"] = "map_fault.closed"
    fault: MapFault


class HazardRead(Value):
    """The crew has read the hazard of its incident, on its device or by radio."""

    kind: Literal["assignment.hazard_read"] = "assignment.hazard_read"
    assignment_id: Id
    revision: int
    read_at: UtcTime
    channel: AckChannel
    by: Id


class ClosureOpened(Value):
    """A closure is known: planned or active. The same id again replaces it."""

    kind: Literal["closure.opened"] = "closure.opened"
    closure: Closure


class ClosureBegan(Value):
    """It is in force now. ``until``: of one that comes again, when it pauses or ends."""

    kind: Literal["closure.began"] = "closure.began"
    closure_id: Id
    until: UtcTime | None = None


class ClosurePaused(Value):
    """Of one that comes again: it is not in force now, and looked at again at ``until``."""

    kind: Literal["closure.paused"] = "closure.paused"
    closure_id: Id
    until: UtcTime


class ClosureEnded(Value):
    kind: Literal["closure.ended"] = "closure.ended"
    closure_id: Id
    reason: EndReason


class ZoneMuted(Value):
    """A square of an agency's ground counts for coverage no more, or (``muted`` false) again."""

    kind: Literal["zone.muted"] = "zone.muted"
    zone_id: Id
    agency_id: Id
    muted: bool
    reason: ShortText = ""
    by: Id
    since: UtcTime


class FeedReject(Value):
    """One item of a feed that was not taken over, and why.

    ``proposal``: where it fits some road, but not surely: the closure that a person may accept.
    """

    ref: ShortText
    why: ShortText
    proposal: Closure | None = None


class FeedRead(Value):
    """A feed was read: counts, and the first rejects by name."""

    kind: Literal["feed.read"] = "feed.read"
    feed_id: Id
    read_at: UtcTime
    ok: bool
    error: ShortText = ""
    listed: int = 0
    placed: int = 0
    unplaced: int = 0
    refused: int = 0
    harmless: int = 0
    """Entries that leave traffic as it is."""
    interval_s: float | None = None
    """How often it is read; older events lack it."""
    good_at: UtcTime | None = None
    """When it was last read well; its closures are of then."""
    failures: int = 0
    """How often in a row it could not be read."""
    not_before: UtcTime | None = None
    """The publisher asked not to be asked earlier."""
    rejects: tuple[FeedReject, ...] = Field(default=(), max_length=200)


class RegionActivated(Value):
    """Another version of boundaries, roster and plans is in force, swapped whole."""

    kind: Literal["region.activated"] = "region.activated"
    region_version: Id
    name: ShortText
    time_zone: ShortText
    border_m: float
    network_id: ShortText
    counts: dict[str, int] = Field(default_factory=dict)


class PositionSet(Value):
    """A position as it stands now: what it answers for, who sits at it, or where it is folded."""

    kind: Literal["position.set"] = "position.set"
    position: Position
    was: Position | None = None
    reason: ShortText = ""


class PositionRemoved(Value):
    kind: Literal["position.removed"] = "position.removed"
    position_id: Id
    reason: ShortText = ""


class StormSet(Value):
    """An agency works by its storm plans, or (``storm`` None) by its own again."""

    kind: Literal["storm.set"] = "storm.set"
    agency_id: Id
    storm: Storm | None
    reason: ShortText = ""
    by: Id


class SessionOpened(Value):
    """``token_hash`` is a private value; the token itself is never stored."""

    kind: Literal["session.opened"] = "session.opened"
    session_id: Id
    account_id: Id
    role: Role
    expires_at: UtcTime


class SessionRefused(Value):
    """A failed sign-in; the name that was typed is a private value."""

    kind: Literal["session.refused"] = "session.refused"
    account_id: Id | None
    reason: Literal["unknown", "password", "locked", "disabled"]


class SessionClosed(Value):
    kind: Literal["session.closed"] = "session.closed"
    session_id: Id
    reason: Literal["signed_out", "revoked", "expired"]


class AlarmsSilenced(Value):
    """Somebody silenced alarms at their console. Nothing of the board changes by it."""

    kind: Literal["alarms.silenced"] = "alarms.silenced"
    account_id: Id
    alarms: tuple[ShortText, ...]
    """By the console's keys: what kind, of which incident, unit or position, at which step."""


class RecordRead(Value):
    """Somebody looked into what is past: at the board as it was, or for calls; or took a record.

    What they looked for may name a person: it is a private value of whoever looked.
    """

    kind: Literal["record.read"] = "record.read"
    account_id: Id
    what: Literal["board", "calls", "eido", "record"]
    found: int | None = None
    """How many calls they were shown."""


class QueryAsked(Value):
    """Somebody asked the query service: who, what kind, for what purpose. Never for whom."""

    kind: Literal["query.asked"] = "query.asked"
    query: JusticeQuery


class QueryEnded(Value):
    """That an answer came, or that none did. Never what it says."""

    kind: Literal["query.ended"] = "query.ended"
    query_id: Id
    incident_id: Id
    unit_id: Id | None
    asked_by: Id
    ended: QueryEnd


EventBody = Annotated[
    CallReceived
    | CallLinked
    | CallChanged
    | CallerLocated
    | TextSaid
    | TextChanged
    | TransferSet
    | RecordUpdated
    | ProtocolSet
    | CallbackSet
    | CallClosed
    | IncidentCreated
    | IncidentChanged
    | IncidentShared
    | NoteAdded
    | LegChanged
    | CaseNumberGiven
    | CaseNumberVoided
    | IncidentClosed
    | IncidentReopened
    | IncidentMerged
    | IncidentUnmerged
    | IncidentHeld
    | HoldOver
    | IncidentScheduled
    | ScheduleDue
    | ReservationLost
    | IncidentLinked
    | BenchmarkReached
    | PatientsCounted
    | OutsideUnitSet
    | HospitalSet
    | ParMissed
    | RecommendationMade
    | UnitAssigned
    | AssignmentReceived
    | AssignmentAcknowledged
    | AssignmentStatusChanged
    | AssignmentReleased
    | AssignmentCorrected
    | AssignmentEscalated
    | DeliveryChanged
    | ChannelSet
    | AssignmentRerouted
    | StatusChecked
    | AssignmentPlaceCorrected
    | StatusCheckMissed
    | PageAnswered
    | CrewMissing
    | UnitDutyChanged
    | UnitLoggedOn
    | UnitLoggedOff
    | EmergencyRaised
    | EmergencyRepeated
    | EmergencyEnded
    | PremiseNoted
    | PremiseWithdrawn
    | BoloIssued
    | BoloEnded
    | MapFaultOpened
    | MapFaultClosed
    | HazardRead
    | ClosureOpened
    | ClosureBegan
    | ClosurePaused
    | ClosureEnded
    | ZoneMuted
    | FeedRead
    | RegionActivated
    | PositionSet
    | PositionRemoved
    | StormSet
    | SessionOpened
    | SessionRefused
    | SessionClosed
    | AlarmsSilenced
    | RecordRead
    | QueryAsked
    | QueryEnded,
    Field(discriminator="kind"),
]


KINDS: tuple[str, ...] = tuple(
    body.model_fields["kind"].default for body in get_args(get_args(EventBody)[0])
)
"""Of every event, in the order of the union."""


class Draft(Value):
    """An event that ``decide`` proposes; the unit of work gives it number, time and hash.

    ``private`` holds the personal values of ``subject`` (a call's or a session's id) by field name.
    """

    body: EventBody
    audience: AgencySet
    subject: Id | None = None
    private: dict[str, str] = Field(default_factory=dict)


class Event(Value):
    """One numbered fact of the log."""

    seq: int
    at: UtcTime
    actor: Id
    command_id: Id
    audience: AgencySet
    body: EventBody
    private: dict[str, str] = Field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The body's kind, for example ``unit.assigned``."""
        return self.body.kind
