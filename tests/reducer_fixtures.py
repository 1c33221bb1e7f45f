"""Makes the fixtures that hold the hub's board and the console's reducer together.

``python -m tests.reducer_fixtures`` writes ``tests/fixtures/reducer``: one file for each kind of
event with the board before, the events, and the board after by ``dispatch.domain.board.apply``, and
the table of statuses. A unit test fails when the files are stale, and the console's own tests apply
the same events to the same boards.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import orjson

from dispatch.domain import events as ev
from dispatch.domain.assignment import (
    CODES,
    TRANSITIONS,
    Assignment,
    PageResponse,
    PlaceCorrection,
    StatusTime,
)
from dispatch.domain.board import Board, BoardSnapshot, apply, board_from
from dispatch.domain.bolo import Bolo
from dispatch.domain.call import (
    Call,
    Callback,
    CallbackTry,
    CallerFix,
    CallForm,
    RecordNews,
    TextLine,
    Transfer,
    shape_text,
)
from dispatch.domain.channel_fault import ChannelFault
from dispatch.domain.commands import (
    FreezeRecommendation,
    LogOnUnit,
    OpenClosure,
    RaiseEmergency,
    SayLine,
    SetPosition,
)
from dispatch.domain.delivery import Delivery
from dispatch.domain.emergency import Emergency
from dispatch.domain.events import Event, EventBody
from dispatch.domain.hospital import HospitalState, Patients
from dispatch.domain.incident import (
    Benchmark,
    Hold,
    Incident,
    Leg,
    LostReservation,
    Merged,
    Note,
    Schedule,
    VoidedNumber,
)
from dispatch.domain.justice_query import JusticeQuery
from dispatch.domain.map_fault import MapFault
from dispatch.domain.outside import OutsideUnit
from dispatch.domain.position import Position
from dispatch.domain.premise import PremiseNote, hazards_at
from dispatch.domain.protocol import ProtocolRun
from dispatch.domain.storm import Storm
from dispatch.domain.unit import LogOn
from dispatch.domain.values import Value
from geodata.lonlat import LonLat
from geodata.shapes import Circle, Point
from tests.factories import (
    DISPATCHER,
    HERE,
    NOON,
    World,
    assign,
    make_advice,
    make_closure,
    make_place,
    make_recommendation,
    make_resolution,
    make_unit,
    take_call,
)

FOLDER = Path(__file__).parent / "fixtures" / "reducer"
STATUS_TABLE = "status_table.json"
LATER = NOON + timedelta(minutes=3)
_AUDIENCE = ("ems-a", "fire-a")
_OF_ITS_OWN = {"incident_type": "BREATHING", "type_label": "Breathing problem", "priority": 2}


class ReducerFixture(Value):
    """A board, what happened, and the board that must come of it."""

    name: str
    before: BoardSnapshot
    events: tuple[Event, ...]
    after: BoardSnapshot


def event_kinds() -> list[str]:
    """The kinds of all events, in the order of the union."""
    union, _ = get_args(EventBody)
    return [body.model_fields["kind"].default for body in get_args(union)]


def busy_board() -> Board:
    """Two incidents with calls and advice, one of them worked by two units; a planned closure."""
    world = World(
        make_unit("E12"),
        make_unit("L3", kind="ladder", capabilities=("ladder",), vehicle_class="heavy"),
        make_unit("M7", agency_id="ems-a", discipline="ems", kind="medic", capabilities=("als",)),
    )
    world.give(take_call("cmd-call"))
    world.give(
        take_call(
            "cmd-other",
            incident_id="i2",
            callback=None,
            caller_name=None,
            note=None,
            caller_location=Circle(centre=HERE, radius_m=250.0),
            place=make_place(address="", verified=False),
            incident_type="CHEST_PAIN",
            advice=make_advice(
                type_label="Chest pain", lead="ems", disciplines=("ems",), plan_id=None
            ),
        )
    )
    advice = make_recommendation("i1", "E12", "L3")
    world.give(FreezeRecommendation(command_id="c-r", actor=DISPATCHER, recommendation=advice))
    world.give(assign("cmd-assign", "E12", "M7"))
    begins_at = NOON + timedelta(hours=1)
    calling = RaiseEmergency(
        command_id="c-e", actor=DISPATCHER, unit_id="M7", emergency_id="em0", kind="mayday"
    )
    world.give(calling)
    crew = LogOnUnit(
        command_id="c-l", actor=DISPATCHER, unit_id="E12", logon_id="logon-0", names="A. Example"
    )
    world.give(crew)
    spoken = TextLine(id="line-0", at=NOON, direction="out", by="cato", text="Where are you?")
    world.give(SayLine(command_id="c-s", actor=DISPATCHER, call_id="call-cmd-other", line=spoken))
    floor = SetPosition(
        command_id="c-p", actor=DISPATCHER, position_id="FIRE-1", disciplines=("fire",)
    )
    world.give(floor)
    closure = make_closure("c1", begins_at=begins_at, description="Bridge works")
    world.give(OpenClosure(command_id="c-o", actor=DISPATCHER, closure=closure))
    world.board.deliveries["d0"] = _delivery("d0")
    world.board.channel_faults["fire-a/pager"] = _fault("pager")
    world.board.bolos["b1"] = _bolo("b1", text="red pickup, KLM-1234")
    return world.board


def _fault(channel: str) -> ChannelFault:
    return ChannelFault(
        agency_id="fire-a",
        channel=channel,
        adapter="webhook",
        since=NOON,
        why="answered 503",
        audience=("fire-a",),
    )


def _delivery(delivery_id: str, **over: object) -> Delivery:
    fields = {
        "id": delivery_id,
        "incident_id": "i1",
        "assignment_id": "a-E12",
        "unit_id": "E12",
        "agency_id": "fire-a",
        "channel": "pager",
        "state_at": NOON,
        "queued_at": NOON,
        "next_at": NOON,
        "audience": ("fire-a",),
    }
    return Delivery.model_validate(fields | over)


def _new_call(**over: object) -> Call:
    fields = {
        "id": "call-new",
        "channel": "text",
        "received_at": LATER,
        "said": "by the old mill",
        "taken_by": "cato",
        "audience": ("hub",),
    }
    return Call.model_validate(fields | over)


def _transfer(**over: object) -> Transfer:
    fields = {"id": "t1", "centre_id": "EAST", "centre_name": "Eastshore", "offered_by": "cato"}
    return Transfer.model_validate({**fields, "offered_at": NOON, "due_at": LATER, **over})


def _news(**over: object) -> RecordNews:
    return RecordNews.model_validate({"id": "n1", "at": LATER, "parts": ("place",), **over})


def _run(**over: object) -> ProtocolRun:
    fields = {"id": "run-1", "discipline": "ems", "opened_at": LATER, "opened_by": "cato"}
    return ProtocolRun.model_validate({**fields, **over})


def _line() -> TextLine:
    return TextLine(id="line-1", at=LATER, direction="in", by="lines", language="pt-BR")


def _fix() -> CallerFix:
    return CallerFix(
        at=LATER, confidence_pct=90, class_of_service="WPH2", source="rebid", by="cato"
    )


def _bodies(board: Board) -> dict[str, tuple[EventBody, ...]]:
    """What happens in the fixture of each kind; the last of most concerns what the board lacks."""
    incident, assignment = board.incidents["i1"], board.assignments["a-E12"]
    shared = incident.model_copy(update={"audience": (*_AUDIENCE, "law-a"), "revision": 9})
    leg = Leg(discipline="law", agency_id="law-a", state="active", first_assigned_at=LATER)
    closed_leg = Leg(
        discipline="fire", agency_id="fire-a", state="closed", disposition="out", closed_at=LATER
    )
    moved = make_place(at=LonLat(9.6, 47.2), address="2 Bridge St", cross_street="Mill Rd")
    made: tuple[EventBody, ...] = (
        ev.CallReceived(call=_new_call()),
        ev.CallLinked(call_id="call-cmd-other", incident_id="i1", audience=_AUDIENCE),
        ev.CallLinked(call_id="call-cmd-call", incident_id=None, audience=("hub",)),
        ev.CallLinked(call_id="gone", incident_id="i1", audience=_AUDIENCE),
        ev.CallLinked(
            call_id="call-far",
            incident_id="i1",
            audience=_AUDIENCE,
            call=_new_call(id="call-far", fixes=(_fix(),), transcript=(_line(),)),
        ),
        ev.CallChanged(call_id="call-cmd-other", phase="taking", taken_by="dana", located_at=LATER),
        ev.CallChanged(
            call_id="call-cmd-call",
            phase="saved",
            channel="text",
            said="at the weir",
            answered_at=LATER,
            typed_at=LATER,
            ready_at=LATER,
        ),
        ev.CallChanged(
            call_id="call-cmd-call",
            form=CallForm(place=make_place(), incident_type="CHEST_PAIN", wanted="14:00"),
        ),
        ev.CallChanged(call_id="gone", phase="saved"),
        ev.CallerLocated(call_id="call-cmd-call", fix=_fix()),
        ev.CallerLocated(call_id="gone", fix=_fix()),
        ev.TransferSet(call_id="call-cmd-call", transfer=_transfer()),
        ev.TransferSet(
            call_id="call-cmd-call",
            transfer=_transfer(state="refused", settled_at=LATER, settled_by="cato"),
        ),
        ev.TransferSet(call_id="call-cmd-call", transfer=_transfer(id="t2")),
        ev.TransferSet(call_id="gone", transfer=_transfer()),
        ev.RecordUpdated(call_id="call-cmd-call", index=0, news=_news(), hops=("west.example",)),
        ev.RecordUpdated(
            call_id="call-cmd-call", index=0, news=_news(seen_by="cato", seen_at=LATER)
        ),
        ev.RecordUpdated(
            call_id="call-cmd-call", index=1, news=_news(id="n2", over=True), record_at=LATER
        ),
        ev.RecordUpdated(call_id="gone", index=0, news=_news()),
        ev.ProtocolSet(call_id="call-cmd-call", run=_run()),
        ev.ProtocolSet(call_id="call-cmd-call", run=_run(id="run-2", discipline="fire")),
        ev.ProtocolSet(
            call_id="call-cmd-call",
            run=_run(determinant="17-D-3", state="proposed", adds=("als",), spares=("L3",)),
        ),
        ev.ProtocolSet(call_id="gone", run=_run()),
        ev.TextSaid(call_id="call-cmd-call", line=_line()),
        ev.TextSaid(call_id="gone", line=_line()),
        ev.TextChanged(call_id="call-cmd-other", index=0, delivered_at=LATER),
        ev.TextChanged(
            call_id="call-cmd-other", index=0, translation_language="en", translated_by="engine"
        ),
        ev.TextChanged(call_id="call-cmd-call", index=0, delivered_at=LATER),
        ev.TextChanged(call_id="gone", index=0, delivered_at=LATER),
        ev.CallbackSet(
            call_id="call-cmd-other",
            task=Callback(
                cause="silent",
                due_at=LATER,
                tries=(CallbackTry(at=LATER, by="cato", result="busy"),),
            ),
        ),
        ev.CallbackSet(call_id="gone", task=Callback(cause="abandoned", due_at=None)),
        ev.CallClosed(
            call_id="call-cmd-other", outcome="misdial", note="pocket", by="cato", closed_at=LATER
        ),
        ev.CallClosed(call_id="gone", outcome="silent", by="cato", closed_at=LATER),
        ev.IncidentCreated(incident=incident.model_copy(update={"id": "i3", "number": "2026-3"})),
        ev.IncidentChanged(incident_id="i1", revision=5, priority=2),
        ev.IncidentChanged(
            incident_id="i1",
            revision=6,
            incident_type="VEHICLE_FIRE",
            type_label="Vehicle fire",
            place=moved,
            resolution=make_resolution(municipality="Mill Town", border=True),
            plan_id="VEHICLE_FIRE",
            legs=(leg,),
            hazards=hazards_at([_premise_note()], HERE, NOON),
        ),
        ev.IncidentChanged(incident_id="gone", revision=2, priority=1),
        ev.IncidentShared(
            incident=shared,
            assignments=(assignment.model_copy(update={"audience": shared.audience}),),
        ),
        ev.NoteAdded(incident_id="i1", note=Note(id="n9", at=LATER, author="dana", text="Gas off")),
        ev.NoteAdded(incident_id="gone", note=Note(id="n9", at=LATER, author="dana", text="Late")),
        ev.LegChanged(incident_id="i1", revision=7, leg=closed_leg),
        ev.LegChanged(incident_id="i1", revision=8, leg=leg),
        ev.LegChanged(
            incident_id="i1", revision=8, leg=leg.model_copy(update=_OF_ITS_OWN), was=leg
        ),
        ev.LegChanged(incident_id="gone", revision=1, leg=leg),
        ev.CaseNumberGiven(incident_id="i1", revision=9, agency_id="fire-a", number="F26-00001"),
        ev.CaseNumberVoided(incident_id="i1", revision=10, voided=_voided()),
        ev.CaseNumberVoided(incident_id="gone", revision=10, voided=_voided()),
        ev.CaseNumberGiven(incident_id="gone", revision=9, agency_id="fire-a", number="F26-2"),
        ev.IncidentClosed(incident_id="i1", revision=10, closed_at=LATER),
        ev.IncidentClosed(incident_id="gone", revision=2, closed_at=LATER),
        *_worked_bodies(incident, assignment),
        ev.RecommendationMade(recommendation=make_recommendation("i1", "L3", id="rec-new")),
        ev.RecommendationMade(recommendation=make_recommendation("gone", "L3")),
        ev.UnitAssigned(assignment=_second(assignment)),
        *_assignment_bodies(),
        ev.UnitDutyChanged(
            unit_id="L3", duty="out_of_service", reason="pump", agency_code="10-7", since=LATER
        ),
        ev.UnitDutyChanged(unit_id="gone", duty="in_service", since=LATER),
        *_unit_bodies(),
        ev.PremiseNoted(note=_premise_note()),
        ev.PremiseWithdrawn(note_id="note-1", by="mara", withdrawn_at=LATER),
        ev.MapFaultOpened(fault=_map_fault()),
        ev.MapFaultClosed(
            fault=_map_fault().model_copy(
                update={"outcome": "map_corrected", "closed_by": "mara", "closed_at": LATER}
            )
        ),
        ev.ClosureOpened(closure=make_closure("c2", speed_factor=0.5, direction="along")),
        ev.ClosureOpened(closure=make_closure("c1", description="Bridge works, longer")),
        ev.ClosureBegan(closure_id="c1"),
        ev.ClosureBegan(closure_id="gone"),
        ev.ClosurePaused(closure_id="c1", until=LATER),
        ev.ClosurePaused(closure_id="gone", until=LATER),
        ev.ClosureEnded(closure_id="c1", reason="lifted"),
        ev.ClosureEnded(closure_id="gone", reason="expired"),
        ev.ZoneMuted(
            zone_id="fire-a/750/1/2", agency_id="fire-a", muted=True, by="dana", since=LATER
        ),
        ev.FeedRead(feed_id="works", read_at=LATER, ok=True, listed=3, placed=2, unplaced=1),
        ev.RegionActivated(
            region_version="v2",
            name="Two Rivers",
            time_zone="Europe/Vaduz",
            border_m=80,
            network_id="n2",
            counts={"units": 3},
        ),
        ev.DeliveryChanged(delivery=_delivery("d0", state="sent", state_at=LATER, next_at=None)),
        ev.DeliveryChanged(delivery=_delivery("d1", about="cancel")),
        ev.ChannelSet(agency_id="fire-a", channel="pager", fault=None),
        ev.ChannelSet(agency_id="fire-a", channel="tones", fault=_fault("tones")),
        ev.DeliveryChanged(delivery=_delivery("d2", incident_id="gone", state="delivered")),
        ev.PositionSet(position=_position("LAW-1", held_by=None, folded_into="FIRE-1")),
        ev.PositionSet(position=_position("FIRE-1", held_by="rhea", held_by_name="Rhea")),
        ev.PositionRemoved(position_id="FIRE-1"),
        ev.PositionRemoved(position_id="gone"),
        ev.HospitalSet(hospital_id="MERCY", state=None, by="dana"),
        ev.HospitalSet(hospital_id="MERCY", state=_diverting(), by="dana"),
        ev.PatientsCounted(
            incident_id="i1", revision=9, patients=Patients(red=2, green=3, at=LATER, by="dana")
        ),
        ev.PatientsCounted(
            incident_id="gone", revision=9, patients=Patients(red=1, at=LATER, by="dana")
        ),
        ev.BoloIssued(bolo=_bolo("b3", ref="B3")),
        ev.BoloIssued(bolo=_bolo("b0", ref="B2")),
        ev.BoloEnded(bolo_id="b1", ended="cancelled", by="dana", reason="found", ended_at=LATER),
        ev.BoloEnded(bolo_id="gone", ended="expired", by="hub", ended_at=LATER),
        ev.OutsideUnitSet(incident_id="i1", revision=9, unit=_outside()),
        ev.OutsideUnitSet(incident_id="i1", revision=10, unit=_outside(ref="O2")),
        ev.OutsideUnitSet(
            incident_id="i1",
            revision=11,
            unit=_outside(state="arrived", arrived_at=LATER),
            was=_outside(),
        ),
        ev.OutsideUnitSet(incident_id="gone", revision=2, unit=_outside()),
        ev.StormSet(agency_id="fire-a", storm=_storm(), reason="wind", by="sue"),
        ev.StormSet(agency_id="fire-a", storm=None, reason="over", by="sue"),
        ev.StormSet(agency_id="fire-b", storm=None, reason="over", by="sue"),
        ev.StormSet(agency_id="fire-a", storm=_storm(), reason="wind", by="sue"),
        ev.SessionOpened(session_id="s1", account_id="dana", role="dispatcher", expires_at=LATER),
        ev.SessionRefused(account_id=None, reason="unknown"),
        ev.SessionClosed(session_id="s1", reason="signed_out"),
        ev.AlarmsSilenced(account_id="dana", alarms=("late-i1",)),
        ev.RecordRead(account_id="audra", what="board"),
        ev.QueryAsked(
            query=JusticeQuery(
                id="q1",
                what="plate",
                purpose="traffic_stop",
                incident_id="i1",
                agency_id="law-a",
                asked_by="dana",
                asked_at=LATER,
                audience=("law-a",),
            )
        ),
        ev.QueryEnded(
            query_id="q1", incident_id="i1", unit_id=None, asked_by="dana", ended="answered"
        ),
    )
    by_kind: dict[str, tuple[EventBody, ...]] = {}
    for body in made:
        by_kind[body.kind] = (*by_kind.get(body.kind, ()), body)
    return by_kind


def _worked_bodies(incident: Incident, assignment: Assignment) -> Iterator[EventBody]:
    hold = Hold(reason="no unit", until=LATER, unit_ids=("E12",), by="dana", at=LATER)
    again = incident.model_copy(update={"id": "i4", "number": "2026-4", "revision": 12})
    its_own = assignment.model_copy(update={"id": "a-again", "incident_id": "i4"})
    yield ev.IncidentReopened(incident=again, assignments=(its_own,))
    yield from _merged_bodies(incident, assignment)
    for incident_id in ("i1", "gone"):
        yield ev.IncidentHeld(incident_id=incident_id, revision=5, hold=hold)
        yield ev.HoldOver(incident_id=incident_id, revision=6)
        yield ev.IncidentLinked(incident_id=incident_id, revision=7, linked=("i2",))
        yield ev.BenchmarkReached(
            incident_id=incident_id,
            revision=8,
            benchmark=Benchmark(code="PAR", at=LATER, by="dana"),
            par_due_at=LATER,
        )
        yield ev.ParMissed(incident_id=incident_id, revision=9, step=1, silent_s=12.5)
    yield ev.HoldOver(incident_id="i2", revision=6)
    planned = Schedule(
        wanted_at=LATER, pending_at=LATER, unit_ids=("E12", "M3"), by="dana", at=LATER
    )
    lost = LostReservation(unit_id="E12", number="2026-2", reason="fire", by="dana", at=LATER)
    for incident_id in ("i1", "gone"):
        yield ev.ReservationLost(incident_id=incident_id, revision=10, lost=lost)
        yield ev.IncidentScheduled(incident_id=incident_id, revision=11, schedule=planned)
        yield ev.ReservationLost(incident_id=incident_id, revision=12, lost=lost)
        yield ev.ScheduleDue(incident_id=incident_id, revision=13)
        yield ev.IncidentScheduled(incident_id=incident_id, revision=14, schedule=None)
        yield ev.ScheduleDue(incident_id=incident_id, revision=15)


def _merged_bodies(incident: Incident, assignment: Assignment) -> Iterator[EventBody]:
    """i1 goes into i2 with a unit and the message about it, and comes out again."""
    kept = incident.model_copy(update={"id": "i2", "number": "2026-2", "revision": 5})
    record = Merged(
        incident_id="i1",
        number=incident.number,
        type_label=incident.type_label,
        at=LATER,
        by="dana",
        command_id="merge-1",
        assignment_ids=(assignment.id,),
    )
    closed = incident.model_copy(
        update={"state": "closed", "closed_at": LATER, "merged_into": "i2", "revision": 9}
    )
    moved = assignment.model_copy(update={"incident_id": "i2", "revision": 4})
    yield ev.IncidentMerged(
        incident=kept.model_copy(update={"merged": (record,), "revision": 6}),
        merged=closed,
        was=kept,
        merged_was=incident,
        moved=(assignment.id,),
        assignments=(moved,),
    )
    yield ev.IncidentUnmerged(
        incident=kept.model_copy(update={"revision": 7}),
        other=incident.model_copy(update={"revision": 10}),
        moved=(assignment.id,),
        assignments=(assignment.model_copy(update={"revision": 5}),),
    )


def _bolo(bolo_id: str, **over: object) -> Bolo:
    fields = {
        "id": bolo_id,
        "ref": "B1",
        "kind": "vehicle",
        "agency_id": "law-a",
        "author": "dana",
        "issued_at": NOON,
        "expires_at": LATER,
        "audience": ("law-a",),
    }
    return Bolo.model_validate({**fields, **over})


def _voided() -> VoidedNumber:
    return VoidedNumber(agency_id="fire-a", number="F26-1", reason="wrong", by="dana", at=LATER)


def _outside(**over: object) -> OutsideUnit:
    fields = {
        "ref": "O1",
        "discipline": "fire",
        "capabilities": ("engine",),
        "asked_of": "Fairview",
        "asked_by": "dana",
        "asked_at": NOON,
        "eta_at": LATER,
    }
    return OutsideUnit.model_validate({**fields, **over})


def _diverting() -> HospitalState:
    return HospitalState(hospital_id="MERCY", intake="divert", by="dana", since=LATER)


def _storm() -> Storm:
    return Storm(agency_id="fire-a", since=NOON, by="sue", reason="wind", ask_at=LATER)


def _position(position_id: str, **over: object) -> Position:
    fields = {"id": position_id, "disciplines": ("fire", "ems"), "held_by": "dana", "since": LATER}
    return Position.model_validate(fields | over)


def _map_fault() -> MapFault:
    return MapFault(
        id="fault-1",
        municipality="Mill Town",
        place="the old mill",
        at=HERE,
        incident_id="i1",
        opened_at=NOON,
        last_at=LATER,
        times=2,
    )


def _premise_note() -> PremiseNote:
    return PremiseNote(
        id="note-1",
        agency_id="fire-a",
        at=HERE,
        level=3,
        text="propane behind the house",
        author="mara",
        noted_at=LATER,
        review_on=(LATER + timedelta(days=365)).date(),
    )


def _unit_bodies() -> Iterator[EventBody]:
    logon = LogOn(
        id="logon-1",
        staffing=3,
        capabilities=("engine",),
        lacks=("suppression",),
        radio="7012",
        at=LATER,
        roster_capabilities=("engine", "suppression"),
        roster_staffing=4,
    )
    for unit_id in ("E12", "gone"):
        yield ev.UnitLoggedOn(unit_id=unit_id, logon=logon)
        yield ev.UnitLoggedOff(unit_id=unit_id, logged_off_at=LATER)
    yield ev.UnitLoggedOn(unit_id="L3", logon=logon)
    emergency = Emergency(
        id="em1",
        unit_id="E12",
        agency_id="fire-a",
        kind="button",
        presses=(LATER,),
        at=HERE,
        incident_id="i1",
        raised_by="crew-E12",
        audience=_AUDIENCE,
    )
    yield ev.EmergencyRaised(emergency=emergency)
    for emergency_id in ("em0", "gone"):
        yield ev.EmergencyRepeated(emergency_id=emergency_id, pressed_at=LATER)
        yield ev.EmergencyEnded(
            emergency_id=emergency_id, outcome="false alarm", by="dana", ended_at=LATER
        )


def _second(assignment: Assignment) -> Assignment:
    update = {"id": "a-L3", "unit_id": "L3", "assigned_at": LATER, "status_at": LATER}
    return assignment.model_copy(update=update)


def _assignment_bodies() -> Iterator[EventBody]:
    for assignment_id in ("a-E12", "gone"):
        yield ev.StatusChecked(
            assignment_id=assignment_id,
            revision=5,
            checked_at=LATER,
            channel="voice",
            by="dana",
            check_due_at=LATER + timedelta(minutes=10),
        )
        correction = PlaceCorrection(
            at=LATER,
            was="12 Mill Rd, Ashby",
            was_at=HERE,
            to="14 Mill Rd",
            to_at=LonLat(9.52, 47.12),
            moved_m=310.0,
            revision=6,
            due_at=LATER + timedelta(seconds=15),
        )
        yield ev.AssignmentPlaceCorrected(
            assignment_id=assignment_id, revision=6, correction=correction
        )
        answered = {"due_at": None, "acknowledged_at": LATER, "acknowledged_by": "voice"}
        yield ev.AssignmentPlaceCorrected(
            assignment_id=assignment_id,
            revision=7,
            correction=correction.model_copy(update=answered),
        )
        yield ev.StatusCheckMissed(assignment_id=assignment_id, revision=6, step=1, silent_s=600.0)
        response = PageResponse(
            volunteer="V12", skills=("driver",), answer="responding", answered_at=LATER
        )
        yield ev.PageAnswered(
            assignment_id=assignment_id, revision=6, response=response, staffed_at=LATER
        )
        yield ev.CrewMissing(
            assignment_id=assignment_id, revision=6, missing_at=LATER, lacks={"driver": 1}
        )
        yield ev.AssignmentRerouted(
            assignment_id=assignment_id,
            revision=2,
            route=(LonLat(9.5, 47.1), LonLat(9.52, 47.12)),
            travel_s=300.0,
            turns_waived=2,
            cut=True,
            closure_id="c1",
            reason="Bridge works: closed",
            rerouted_at=LATER,
        )
        yield ev.AssignmentReceived(assignment_id=assignment_id, revision=2, received_at=LATER)
        yield ev.AssignmentReceived(
            assignment_id=assignment_id,
            revision=3,
            received_at=LATER + timedelta(seconds=1),
            seen_at=LATER + timedelta(seconds=1),
        )
        yield ev.AssignmentAcknowledged(
            assignment_id=assignment_id,
            revision=3,
            acknowledged_at=LATER,
            channel="voice",
            by="dana",
        )
        yield ev.AssignmentStatusChanged(
            assignment_id=assignment_id,
            revision=4,
            status="enroute",
            status_at=LATER,
            device_at=LATER - timedelta(seconds=40),
        )
        yield ev.AssignmentStatusChanged(
            assignment_id=assignment_id, revision=5, status="on_scene", status_at=LATER
        )
        yield ev.AssignmentStatusChanged(
            assignment_id=assignment_id,
            revision=6,
            status="on_scene",
            status_at=LATER,
            device_at=LATER - timedelta(seconds=40),
            late=True,
            times=(
                StatusTime(
                    status="on_scene",
                    at=LATER - timedelta(seconds=40),
                    heard_at=LATER,
                    late=True,
                ),
            ),
        )
        yield ev.AssignmentReleased(
            assignment_id=assignment_id, revision=5, released_at=LATER, reason="diverted"
        )
        yield ev.HazardRead(
            assignment_id=assignment_id, revision=6, read_at=LATER, channel="device", by="crew"
        )
        yield ev.AssignmentCorrected(
            assignment_id=assignment_id,
            revision=6,
            status="dispatched",
            status_at=NOON,
            reason="taken back",
        )
        yield ev.AssignmentEscalated(assignment_id=assignment_id, revision=6, step=2, silent_s=30.5)
        yield ev.AssignmentEscalated(
            assignment_id=assignment_id,
            revision=7,
            step=3,
            silent_s=45.5,
            ack_due_at=LATER + timedelta(seconds=15),
        )


def _private(kind: str, body: EventBody) -> dict[str, str]:
    """What stands beside the body of each kind that has personal values."""
    if isinstance(body, ev.CallLinked) and body.call_id == "call-far":
        shape = shape_text(Point(at=HERE))
        return {"callback": "555-0142", "shape.0": shape, "text.0": "meu pai caiu"}
    return {
        "call.received": {"callback": "555-0142", "caller_name": "Bo Example"},
        "call.changed": {"callback": "555-0150", "caller_name": "", "note": "smoke"},
        "call.message": {"text.0": "meu pai caiu"},
        "call.message_changed": {"translation.0": "my father fell"},
        "call.record_updated": {"news.0": "Place: 16 Mill Rd (was: 14 Mill Rd)"},
        "call.located": {"shape.0": shape_text(Circle(centre=HERE, radius_m=80.0))},
        "unit.logged_on": {"names": "B. Example"},
        "bolo.issued": {"bolo": "red pickup, KLM-1234"},
    }.get(kind, {})


def make_fixture(kind: str) -> ReducerFixture:
    """The fixture of one kind of event.

    Raises:
        KeyError: No event of that kind happens here: add one.
    """
    board = busy_board()
    events = tuple(
        Event(
            seq=board.seq + index,
            at=LATER,
            actor="dana",
            command_id=f"cmd-{kind}",
            audience=_AUDIENCE,
            body=body,
            private=_private(kind, body),
        )
        for index, body in enumerate(_bodies(board)[kind], start=1)
    )
    before = board.snapshot()
    moved = board_from(before, board.seq)
    for event in events:
        apply(moved, event)
    return ReducerFixture(name=kind, before=before, events=events, after=moved.snapshot())


def status_table() -> dict[str, dict[str, object]]:
    """Codes and what may follow what, as the console must have them."""
    return {
        "codes": {status: str(code) for status, code in CODES.items()},
        "transitions": {status: sorted(after) for status, after in TRANSITIONS.items()},
    }


def files() -> dict[str, bytes]:
    """Every fixture file's bytes, by file name."""
    made = {
        f"{kind}.json": _encoded(make_fixture(kind).model_dump(mode="json"))
        for kind in event_kinds()
    }
    return {**made, STATUS_TABLE: _encoded(status_table())}


def _encoded(value: object) -> bytes:
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS
    return orjson.dumps(value, option=options)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stale in FOLDER.glob("*.json"):
        stale.unlink()
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
