"""How crews and stations are told: by which channel, in which order, and what a cancel hits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain import events as ev
from dispatch.domain.channel_fault import ChannelFault
from dispatch.domain.commands import Policy
from dispatch.domain.delivery import (
    COALESCE_S,
    RETRY_AFTER_S,
    Delivery,
    ready,
    silence_limits_s,
    steps_of,
    why_withheld,
)
from dispatch.domain.errors import NotFound
from dispatch.domain.premise import PremiseNote
from dispatch.domain.timers import due_after
from dispatch.domain.values import HUB_ACTOR, Actor
from jurisdictions.roster import DeliveryChannel
from tests.factories import (
    CREW,
    DISPATCHER,
    HERE,
    NOON,
    World,
    assign,
    make_advice,
    make_place,
    make_recommendation,
    make_unit,
    take_call,
)

TONES = DeliveryChannel(
    name="tones", adapter="webhook", target="https://t.example/{station}", limit_s=0, pre_alert=True
)
PAGER = DeliveryChannel(name="pager", adapter="webhook", target="https://p.example", limit_s=20)
TABLET = DeliveryChannel(name="tablet", adapter="tablet", limit_s=10)
MAIL = DeliveryChannel(name="mail", adapter="email", target="{unit}@example.org", limit_s=30)
CHAIN = (TONES, PAGER, TABLET, MAIL)


def world(*channels: DeliveryChannel) -> World:
    made = World(make_unit("E12"), make_unit("E13", station="ST2"))
    made.state.policy = Policy(local_year=2026, channels={"fire-a": channels or CHAIN})
    made.give(take_call("call"))
    return made


def send(made: World, *unit_ids: str, **over: Any) -> None:
    made.give(assign(over.pop("command_id", f"send-{unit_ids[0]}"), *unit_ids, **over))


def stands(made: World, about: str = "assignment") -> dict[str, str]:
    """The state of each channel's last message."""
    found = [d for d in made.board.deliveries.values() if d.about == about]
    return {d.channel: d.state for d in sorted(found, key=lambda d: d.queued_at)}


def message(made: World, channel: str, about: str = "assignment") -> Delivery:
    found = [d for d in made.board.deliveries.values() if (d.channel, d.about) == (channel, about)]
    return found[-1]


def attempt(made: World, channel: str, result: str, about: str = "assignment", **over: Any) -> None:
    delivery = message(made, channel, about)
    fields = {"command_id": f"{delivery.id}-{made.board.seq}", "actor": HUB_ACTOR}
    made.give(
        cmd.ReportSending.model_validate(
            {**fields, "delivery_id": delivery.id, "result": result, **over}
        )
    )


def receipt(made: World, channel: str, state: str) -> None:
    delivery = message(made, channel)
    made.give(
        cmd.ReportReceipt.model_validate(
            {
                "command_id": f"{delivery.id}-{state}-{made.board.seq}",
                "actor": Actor(account_id=f"channel:{channel}", role="hub", agencies=("*",)),
                "delivery_id": delivery.id,
                "state": state,
            }
        )
    )


def silence(made: World, unit_id: str = "E12") -> None:
    """Let the time pass until the assignment's silence is due, and give that."""
    assignment = made.assignment(unit_id)
    assert assignment.ack_due_at is not None
    made.state.now = assignment.ack_due_at
    made.give(
        cmd.FallDue(
            command_id=f"due-{made.board.seq}",
            actor=HUB_ACTOR,
            due_id=1,
            kind="unacknowledged",
            ref=assignment.id,
            fence=0,
        )
    )


def release(made: World, unit_id: str, by: Actor = DISPATCHER) -> None:
    assignment = made.assignment(unit_id)
    made.give(
        cmd.SetAssignmentStatus(
            command_id=f"clear-{unit_id}-{made.board.seq}",
            actor=by,
            assignment_id=assignment.id,
            status="cleared",
        )
    )


def test_channels_up_to_the_first_limit_go_out_together() -> None:
    steps = steps_of(CHAIN)
    assert [[channel.name for channel in step.channels] for step in steps] == [
        ["tones", "pager"],
        ["tablet"],
        ["mail"],
    ]
    assert silence_limits_s(CHAIN) == (20, 30, 60)


def test_without_channels_silence_grows_louder_after_15_30_and_45_s() -> None:
    assert silence_limits_s(()) == (15, 30, 45)
    assert silence_limits_s((PAGER,)) == (20, 35, 50)


def test_an_agency_without_channels_is_told_by_its_tablets_alone() -> None:
    made = World(make_unit("E12"))
    made.give(take_call("call"))
    send(made, "E12")
    assert not made.board.deliveries


def test_messages_are_queued_by_the_command_that_sends_the_unit() -> None:
    made = world()
    send(made, "E12")
    assert stands(made) == {"tones": "queued", "pager": "queued"}
    sent = made.events[-3:]
    assert {event.command_id for event in sent} == {"send-E12"}
    assert message(made, "pager").audience == ("fire-a",)
    assert message(made, "pager").next_at == made.state.now


def test_silence_goes_on_to_the_next_channel_by_the_agencys_limits() -> None:
    made = world()
    send(made, "E12")
    (due,) = [d for event in made.events for d in due_after(event)]
    assert (due.kind, (due.at - made.state.now).total_seconds()) == ("unacknowledged", 20)
    waits, told = [], []
    for _ in range(3):
        before = made.state.now
        silence(made)
        waits.append((made.state.now - before).total_seconds())
        told.append("mail" in stands(made))
    assert waits == [20, 10, 30]
    assert told == [False, True, True]
    assert made.assignment("E12").escalation == 3
    assert made.assignment("E12").ack_due_at is None


def test_an_answer_ends_the_chain() -> None:
    made = world()
    send(made, "E12")
    made.give(
        cmd.AcknowledgeAssignment(
            command_id="ack",
            actor=DISPATCHER,
            assignment_id=made.assignment("E12").id,
            channel="voice",
        )
    )
    silence(made)
    assert stands(made) == {"tones": "queued", "pager": "queued"}
    assert made.assignment("E12").escalation == 0


def test_a_failed_attempt_is_repeated_later_and_later_under_the_same_id() -> None:
    made = world()
    send(made, "E12")
    first = message(made, "pager")
    for number, wait_s in enumerate(RETRY_AFTER_S, start=1):
        attempt(made, "pager", "retry", why="answered 503")
        now = message(made, "pager")
        assert (now.id, now.attempts, now.why) == (first.id, number, "answered 503")
        assert now.next_at is not None
        assert (now.next_at - made.state.now).total_seconds() == wait_s
    attempt(made, "pager", "retry", why="answered 503")
    assert (message(made, "pager").state, message(made, "pager").next_at) == ("failed", None)


def test_a_receiver_may_ask_for_more_time_but_not_for_more_than_a_minute() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "retry", retry_after_s=3600)
    next_at = message(made, "pager").next_at
    assert next_at is not None
    assert (next_at - made.state.now).total_seconds() == 60


def test_where_everything_of_a_step_failed_the_next_goes_out_at_once() -> None:
    made = world(PAGER, MAIL)
    send(made, "E12")
    attempt(made, "pager", "failed", why="answered 410")
    assert stands(made) == {"pager": "failed", "mail": "queued"}
    silence(made)
    assert stands(made) == {"pager": "failed", "mail": "queued"}


def test_one_channel_of_a_step_that_failed_leaves_the_other_its_time() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "failed")
    assert stands(made) == {"tones": "queued", "pager": "failed"}


def test_receipts_move_forward_only_in_any_order() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "sent")
    for state, stand in (("seen", "seen"), ("delivered", "seen"), ("seen", "seen")):
        receipt(made, "pager", state)
        assert message(made, "pager").state == stand
    assert made.assignment("E12").acknowledged_at is None


def test_an_acknowledgement_on_the_pager_answers_for_the_crew() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "sent")
    receipt(made, "pager", "acknowledged")
    assert made.assignment("E12").acknowledged_by == "device"
    assert made.events[-1].actor == "channel:pager"
    receipt(made, "pager", "acknowledged")
    assert message(made, "pager").state == "acknowledged"


def test_a_receipt_for_what_is_not_there_is_refused() -> None:
    made = world()
    gone = cmd.ReportReceipt(command_id="r", actor=HUB_ACTOR, delivery_id="gone", state="delivered")
    with pytest.raises(NotFound):
        made.give(gone)


def test_a_crew_that_turns_back_is_told_by_every_channel_that_told_it() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "sent")
    release(made, "E12")
    assert stands(made) == {"tones": "dropped", "pager": "sent"}
    assert stands(made, "cancel") == {"pager": "queued"}
    assert message(made, "pager", "cancel").assignment_id == "a-E12"


def test_a_cancel_is_dropped_once_a_newer_assignment_of_the_unit_stands() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "sent")
    old = made.assignment("E12")
    release(made, "E12")
    again = cmd.NewAssignment(assignment_id="a-new", unit_id="E12")
    send(made, "E12", command_id="again", units=(again,))
    cancel = message(made, "pager", "cancel")
    released = made.board.assignments[old.id]
    incident = made.board.incidents["i1"]
    new = made.assignment("E12")
    assert why_withheld(cancel, incident, released, new) == (
        "a newer assignment of the unit stands"
    )
    assert why_withheld(cancel, incident, released, None) == ""
    old_message = message(made, "tones")
    told = next(d for d in made.board.deliveries.values() if d.assignment_id == old.id)
    assert why_withheld(told, incident, released, new).startswith("the unit was released")
    assert why_withheld(old_message, incident, new, new) == ""


def test_a_late_acknowledgement_of_the_old_assignment_says_nothing_of_the_new_one() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "sent")
    old = message(made, "pager")
    release(made, "E12")
    again = cmd.NewAssignment(assignment_id="a-new", unit_id="E12")
    send(made, "E12", command_id="again", units=(again,))
    made.give(
        cmd.ReportReceipt(
            command_id="late", actor=HUB_ACTOR, delivery_id=old.id, state="acknowledged"
        )
    )
    assert made.assignment("E12").acknowledged_at is None


def test_a_crew_that_clears_itself_or_has_arrived_is_not_told_to_turn_back() -> None:
    for by, arrived in ((CREW, False), (DISPATCHER, True)):
        made = world()
        send(made, "E12")
        attempt(made, "pager", "sent")
        if arrived:
            made.give(
                cmd.SetAssignmentStatus(
                    command_id="os",
                    actor=DISPATCHER,
                    assignment_id=made.assignment("E12").id,
                    status="on_scene",
                )
            )
        release(made, "E12", by)
        assert stands(made, "cancel") == {}


def test_a_diverted_crew_is_told_where_to_and_not_to_turn_back() -> None:
    made = world()
    made.give(take_call("other", incident_id="i2"))
    send(made, "E12")
    attempt(made, "pager", "sent")
    new = cmd.NewAssignment(assignment_id="a-new", unit_id="E12")
    send(made, "E12", command_id="dv", incident_id="i2", units=(new,), divert=True)
    assert stands(made, "cancel") == {}
    assert message(made, "pager").assignment_id == "a-new"


def test_a_message_that_leaves_while_its_unit_is_released_is_taken_back() -> None:
    made = world()
    send(made, "E12")
    release(made, "E12")
    assert stands(made) == {"tones": "dropped", "pager": "dropped"}
    attempt(made, "pager", "sent")
    assert stands(made)["pager"] == "sent"
    assert stands(made, "cancel") == {"pager": "queued"}
    attempt(made, "pager", "delivered")
    assert len(made.board.deliveries) == 3


def test_taking_back_a_release_tells_the_crew_again() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "pager", "sent")
    made.give(
        cmd.SetAssignmentStatus(
            command_id="clear",
            actor=DISPATCHER,
            assignment_id=made.assignment("E12").id,
            status="cleared",
        )
    )
    attempt(made, "pager", "sent", about="cancel")
    made.give(cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="clear"))
    assert made.assignment("E12").live
    queued = [d.channel for d in made.board.deliveries.values() if d.state == "queued"]
    assert sorted(queued) == ["pager", "tones"]


def test_sending_that_is_taken_back_is_taken_back_on_the_pager_too() -> None:
    made = world()
    send(made, "E12", command_id="mistake")
    attempt(made, "pager", "sent")
    made.give(cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="mistake"))
    assert stands(made, "cancel") == {"pager": "queued"}


def test_a_closed_incident_takes_its_messages_off_the_board() -> None:
    made = world()
    send(made, "E12")
    release(made, "E12", CREW)
    made.give(
        cmd.CloseLegs(
            command_id="close",
            actor=DISPATCHER,
            incident_id="i1",
            discipline=None,
            disposition="out",
        )
    )
    assert not made.board.deliveries


def correct(made: World, **over: Any) -> None:
    fields = {
        "command_id": f"change-{made.board.seq}",
        "actor": DISPATCHER,
        "incident_id": "i1",
        "revision": made.board.incidents["i1"].revision,
        "place": make_place(address="16 Mill Rd"),
        "advice": make_advice(),
    }
    made.give(cmd.ChangeIncident(**(fields | over)))


def changed(delivery: Delivery) -> list[tuple[str, str]]:
    return [(change.what, change.was) for change in delivery.changed]


def updates(made: World) -> list[Delivery]:
    return [d for d in made.board.deliveries.values() if d.about == "update"]


def test_a_crew_that_was_told_an_address_is_told_that_it_is_another() -> None:
    made = world()
    send(made, "E12")
    attempt(made, "tones", "sent")
    attempt(made, "pager", "delivered")
    correct(made)
    assert stands(made, "update") == {"tones": "queued", "pager": "queued"}
    update = message(made, "pager", "update")
    assert (update.assignment_id, update.unit_id) == ("a-E12", "E12")
    assert changed(update) == [("address", "14 Mill Rd")]
    assert update.next_at is not None
    assert (update.next_at - made.state.now).total_seconds() == 3
    assert stands(made) == {"tones": "sent", "pager": "delivered"}


def test_what_is_changed_within_seconds_goes_out_as_one_message() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "sent")
    correct(made, place=make_place(address="1 Mill Rd"))
    due_at = updates(made)[0].next_at
    made.later(1.5)
    correct(made, place=make_place(address="16 Mill Rd"), incident_type="GAS")
    (update,) = updates(made)
    assert changed(update) == [("address", "14 Mill Rd")]
    correct(made, incident_type="GAS", advice=make_advice(type_label="Gas leak"), place=None)
    (update,) = updates(made)
    assert changed(update) == [("address", "14 Mill Rd"), ("type", "Building fire")]
    assert update.next_at == due_at


def test_what_is_put_right_before_it_left_is_not_sent_at_all() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "sent")
    made.later(0.1)
    correct(made)
    correct(made, place=make_place(address="14 Mill Rd"))
    (update,) = updates(made)
    assert (update.state, update.why) == ("dropped", "it is as the crew was told")


def test_what_a_message_told_that_left_meanwhile_is_taken_back_with_it() -> None:
    made = world(PAGER)
    send(made, "E12")
    correct(made)
    attempt(made, "pager", "sent")  # it says what stands as it leaves: 16 Mill Rd
    made.later(0.1)
    correct(made, place=make_place(address="14 Mill Rd"))
    (update,) = updates(made)
    assert (update.state, changed(update)) == ("queued", [("address", "16 Mill Rd")])


def test_a_message_that_may_have_left_is_not_written_anew_but_followed_by_another() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "sent")
    correct(made)
    made.later(2.5)
    correct(made, place=make_place(address="18 Mill Rd"))
    first, second = updates(made)
    assert (changed(first), changed(second)) == (
        [("address", "14 Mill Rd")],
        [("address", "16 Mill Rd")],
    )
    assert first.id != second.id


def test_no_update_overtakes_what_it_corrects() -> None:
    made = world(PAGER)
    send(made, "E12")
    for _ in range(5):
        attempt(made, "pager", "retry")
    correct(made)
    made.later(5)
    queued = made.board.deliveries.values()
    assert [d.about for d in queued if d.next_at and d.next_at <= made.state.now] == ["update"]
    assert ready(queued, made.state.now) == []
    made.later(15)
    assert [d.about for d in ready(queued, made.state.now)] == ["assignment"]
    attempt(made, "pager", "sent")
    assert [d.about for d in ready(made.board.deliveries.values(), made.state.now)] == ["update"]


def test_what_no_crew_acts_on_is_not_sent_again() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "sent")
    made.give(
        cmd.AddNote(
            command_id="n", actor=DISPATCHER, incident_id="i1", note_id="n1", text="caller waits"
        )
    )
    correct(made, place=make_place(cross_street="Low St"))
    correct(made, place=None, alarm_level=2)
    assert updates(made) == []


def test_on_scene_a_crew_is_told_of_hazards_but_no_more_of_the_address() -> None:
    note = PremiseNote(
        id="p1", agency_id="fire-a", at=HERE, level=2, text="dogs", author="mayor",
        noted_at=NOON, review_on=NOON.date() + timedelta(days=9),
    )  # fmt: skip
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "sent")
    made.give(
        cmd.SetAssignmentStatus(
            command_id="os", actor=CREW, assignment_id="a-E12", status="on_scene"
        )
    )
    correct(made)
    assert updates(made) == []
    made.state.premises = (note,)
    correct(made)
    assert [changed(update) for update in updates(made)] == [[("hazard", "")]]


def test_a_unit_that_is_released_hears_of_the_cancel_and_of_no_change() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "sent")
    correct(made)
    release(made, "E12")
    assert stands(made, "update") == {"pager": "dropped"}
    assert stands(made, "cancel") == {"pager": "queued"}
    correct(made, place=make_place(address="18 Mill Rd"))
    assert len(updates(made)) == 1


def test_taking_a_change_back_tells_the_crew_so() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "sent")
    correct(made, command_id="mistake", place=None, advice=None, priority=3)
    made.later(4)
    attempt(made, "pager", "sent", about="update")
    made.give(cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="mistake"))
    assert changed(updates(made)[-1]) == [("priority", "3")]


def test_a_talkgroup_that_is_another_is_told_to_the_part_that_speaks_on_it() -> None:
    made = World(make_unit("E12"), make_unit("M1", discipline="ems", agency_id="ems-a"))
    pools = {"fire-a": ("F1", "F2")}
    channels = {"fire-a": (PAGER,), "ems-a": (PAGER,)}
    made.state.policy = Policy(local_year=2026, channels=channels, talkgroups=pools)
    made.give(take_call("call"))
    send(made, "E12", "M1")
    for delivery in list(made.board.deliveries.values()):
        made.give(
            cmd.ReportSending(
                command_id=delivery.id, actor=HUB_ACTOR, delivery_id=delivery.id, result="sent"
            )
        )
    assert updates(made) == []
    made.give(
        cmd.GiveTalkgroup(
            command_id="tg",
            actor=DISPATCHER,
            incident_id="i1",
            discipline="fire",
            talkgroup="F2",
        )
    )
    (update,) = updates(made)
    assert (update.unit_id, changed(update)) == ("E12", [("talkgroup", "F1")])


def fault(made: World) -> ChannelFault | None:
    return made.board.channel_faults.get("fire-a/pager")


def test_a_channel_that_keeps_failing_is_said_to_fail_since_then_until_it_works() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "retry", why="answered 503")
    assert fault(made) is None
    began = made.state.now
    attempt(made, "pager", "retry", why="answered 503")
    made.later(60)
    attempt(made, "pager", "retry", why="ConnectError")
    stands_now = fault(made)
    assert stands_now is not None
    assert (stands_now.since, stands_now.why) == (began, "ConnectError")
    assert (stands_now.adapter, stands_now.audience) == ("webhook", ("fire-a",))
    send(made, "E13")
    attempt(made, "pager", "sent")
    assert fault(made) is None


def test_a_message_that_is_refused_for_good_makes_its_channel_fail_at_once() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "failed", why="answered 410")
    assert fault(made) is not None
    release(made, "E12")
    made.give(
        cmd.CloseLegs(
            command_id="end", actor=DISPATCHER, incident_id="i1", discipline=None, disposition="x"
        )
    )
    assert fault(made) is not None


def test_a_unit_without_a_receiver_is_no_fault_of_the_channel() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "failed", why="no tablet of the unit", one_receiver=True)
    assert (message(made, "pager").state, fault(made)) == ("failed", None)


def report_channel(made: World, why: str) -> None:
    made.give(
        cmd.ReportChannel(
            command_id=f"ch-{made.board.seq}",
            actor=HUB_ACTOR,
            agency_id="fire-a",
            channel="pager",
            why=why,
        )
    )


def test_what_nobody_takes_away_fails_until_it_is_taken_though_more_is_handed_over() -> None:
    made = world(PAGER)
    report_channel(made, "pages lie untaken: ST1")
    seq = made.board.seq
    report_channel(made, "pages lie untaken: ST1")
    assert made.board.seq == seq
    send(made, "E12")
    attempt(made, "pager", "sent")
    assert fault(made) is not None
    report_channel(made, "")
    assert fault(made) is None


def test_a_fault_of_sending_is_not_ended_by_a_look_at_what_lies_there() -> None:
    made = world(PAGER)
    send(made, "E12")
    attempt(made, "pager", "failed", why="No space left on device")
    report_channel(made, "")
    assert fault(made) is not None


def test_a_device_that_shows_the_assignment_says_so_once() -> None:
    made = world()
    send(made, "E12")
    for seen in (False, True, True):
        made.give(
            cmd.ReportReceived(
                command_id=f"r-{made.board.seq}",
                actor=CREW,
                assignment_id="a-E12",
                seen=seen,
            )
        )
        made.later(1)
    assignment = made.assignment("E12")
    assert assignment.received_at is not None
    assert assignment.seen_at is not None
    assert (assignment.seen_at - assignment.received_at).total_seconds() == 1
    assert assignment.revision == 3


def recommend(made: World, *unit_ids: str, **over: Any) -> None:
    fields = {"id": "rec-1", "incident_revision": made.board.incidents["i1"].revision, **over}
    advice = make_recommendation("i1", *unit_ids, audience=("fire-a",), **fields)
    made.give(
        cmd.FreezeRecommendation(
            command_id=f"freeze-{advice.id}", actor=HUB_ACTOR, recommendation=advice
        )
    )


def test_stations_of_recommended_units_are_alerted_once_before_anybody_is_sent() -> None:
    made = world()
    recommend(made, "E12")
    (alert,) = made.board.deliveries.values()
    assert (alert.about, alert.channel, alert.station) == ("pre_alert", "tones", "ST1")
    assert (alert.unit_id, alert.assignment_id) == (None, None)
    recommend(made, "E12", "E13", id="rec-2")
    assert sorted(d.station for d in made.board.deliveries.values()) == ["ST1", "ST2"]


def test_no_station_is_alerted_of_what_its_agency_may_not_see_or_what_is_worked_already() -> None:
    made = world()
    made.state.policy = Policy(local_year=2026, channels={"fire-b": CHAIN})
    (pick,) = make_recommendation("i1", "E12").picks
    recommend(made, "E12", picks=(pick.model_copy(update={"agency_id": "fire-b"}),))
    assert not made.board.deliveries
    made = world()
    send(made, "E12")
    recommend(made, "E13")
    assert stands(made, "pre_alert") == {}


def test_a_pre_alert_is_withheld_once_units_are_sent_or_the_incident_is_closed() -> None:
    made = world()
    recommend(made, "E12")
    (alert,) = made.board.deliveries.values()
    incident = made.board.incidents["i1"]
    assert why_withheld(alert, incident, None, None) == ""
    closed = incident.model_copy(update={"state": "closed"})
    assert why_withheld(alert, closed, None, None) == "the incident is closed"


def told_station(made: World, station: str) -> list[tuple[str, str]]:
    """What a station was told, and how far each has got, in the order of queueing."""
    own = [d for d in made.board.deliveries.values() if d.station == station]
    return [(d.about, d.state) for d in sorted(own, key=lambda d: d.place_in_line)]


def test_a_station_that_was_alerted_is_told_what_is_another_before_units_are_sent() -> None:
    made = world()
    recommend(made, "E12")
    attempt(made, "tones", "sent", "pre_alert")
    made.later(0.1)
    correct(made)
    update = message(made, "tones", "update")
    assert (update.station, update.unit_id, update.assignment_id) == ("ST1", None, None)
    assert [what for what, _ in changed(update)] == ["address"]
    assert update.next_at is not None
    assert (update.next_at - made.state.now).total_seconds() == COALESCE_S
    incident = made.board.incidents["i1"]
    assert why_withheld(update, incident, None, None) == ""
    correct(made, place=make_place())
    assert told_station(made, "ST1") == [("pre_alert", "sent"), ("update", "dropped")]


def test_an_update_of_a_station_leaves_after_its_own_alert_and_waits_for_no_other() -> None:
    made = world()
    recommend(made, "E12", "E13")
    for alert in [d for d in made.board.deliveries.values() if d.station == "ST1"]:
        command = cmd.ReportSending(
            command_id="st1", actor=HUB_ACTOR, delivery_id=alert.id, result="sent"
        )
        made.give(command)
    correct(made)
    made.later(COALESCE_S)
    waiting = [d for d in made.board.deliveries.values() if d.next_at is not None]
    leaving = [(d.station, d.about) for d in ready(waiting, made.state.now)]
    assert sorted(leaving) == [("ST1", "update"), ("ST2", "pre_alert")]


def test_a_station_that_is_not_asked_after_all_is_told_to_stand_down() -> None:
    made = world()
    recommend(made, "E12", "E13")
    for alert in list(made.board.deliveries.values()):
        command = cmd.ReportSending(
            command_id=alert.id, actor=HUB_ACTOR, delivery_id=alert.id, result="sent"
        )
        made.give(command)
    recommend(made, "E12", id="rec-2")
    assert told_station(made, "ST2") == [("pre_alert", "sent")]  # nobody is sent: it may change
    send(made, "E12", recommendation_id="rec-2")
    assert told_station(made, "ST1") == [("pre_alert", "sent")]
    assert told_station(made, "ST2") == [("pre_alert", "sent"), ("cancel", "queued")]
    cancel = next(d for d in made.board.deliveries.values() if d.about == "cancel")
    assert why_withheld(cancel, made.board.incidents["i1"], None, None) == ""
    send(made, "E13", override_reason="more smoke")
    assert told_station(made, "ST2")[-1] == ("cancel", "dropped")


def test_a_station_that_is_still_recommended_waits_on_and_one_not_told_hears_nothing() -> None:
    made = world()
    recommend(made, "E12", "E13")
    send(made, "E12", recommendation_id="rec-1")
    assert told_station(made, "ST2") == [("pre_alert", "queued")]
    made = world()
    recommend(made, "E13")
    recommend(made, "E12", id="rec-2")
    send(made, "E12", recommendation_id="rec-2")
    assert told_station(made, "ST2") == [("pre_alert", "dropped")]


def test_the_end_of_an_incident_stands_down_who_was_alerted_and_never_sent() -> None:
    made = world()
    recommend(made, "E12")
    attempt(made, "tones", "sent", "pre_alert")
    command = cmd.CloseLegs(
        command_id="close",
        actor=DISPATCHER,
        incident_id="i1",
        discipline=None,
        disposition="false alarm",
    )
    told = [e.body.delivery for e in made.give(command) if isinstance(e.body, ev.DeliveryChanged)]
    assert [(d.about, d.station, d.state) for d in told] == [("cancel", "ST1", "queued")]


def later_on(made: World, minutes: int) -> Any:
    return made.state.now + timedelta(minutes=minutes)


@pytest.mark.parametrize("way", ["held", "scheduled", "merged"])
def test_a_station_that_was_alerted_is_stood_down_where_nobody_is_to_go_for_now(way: str) -> None:
    made = world()
    recommend(made, "E12", "E13")
    alert = next(d for d in made.board.deliveries.values() if d.station == "ST1")
    report = {"command_id": "out", "actor": HUB_ACTOR, "delivery_id": alert.id, "result": "sent"}
    made.give(cmd.ReportSending.model_validate(report))
    fields: dict[str, Any] = {"command_id": way, "actor": DISPATCHER, "incident_id": "i1"}
    command: cmd.Command
    if way == "held":
        command = cmd.HoldIncident(**fields, reason="no unit", until=later_on(made, 5))
    elif way == "scheduled":
        command = cmd.ScheduleIncident(**fields, wanted_at=later_on(made, 120))
    else:
        made.give(take_call("kept", incident_id="i2"))
        merge = {**fields, "incident_id": "i2", "other_id": "i1", "note_id": "n"}
        command = cmd.MergeIncidents.model_validate(merge)
    told = [e.body.delivery for e in made.give(command) if isinstance(e.body, ev.DeliveryChanged)]
    assert [(d.about, d.station, d.state) for d in told] == [
        ("cancel", "ST1", "queued"),
        ("pre_alert", "ST2", "dropped"),
    ]


def courier_says(made: World, delivery: Delivery, result: str) -> None:
    report = {"command_id": f"r-{made.board.seq}", "actor": HUB_ACTOR, "delivery_id": delivery.id}
    made.give(cmd.ReportSending.model_validate({**report, "result": result}))


def hold(made: World, *, minutes: int | None) -> None:
    made.later(1)
    until = later_on(made, minutes) if minutes else None
    fields: dict[str, Any] = {"actor": DISPATCHER, "incident_id": "i1", "reason": "weather"}
    made.give(cmd.HoldIncident(command_id=f"h-{made.board.seq}", until=until, **fields))


def test_a_station_is_alerted_again_when_what_it_was_stood_down_from_is_let_go() -> None:
    made = world()
    recommend(made, "E12")
    attempt(made, "tones", "sent", "pre_alert")
    hold(made, minutes=5)
    correct(made)
    assert told_station(made, "ST1") == [("pre_alert", "sent"), ("cancel", "queued")]
    attempt(made, "tones", "sent", "cancel")
    hold(made, minutes=None)
    again = message(made, "tones", "pre_alert")
    assert told_station(made, "ST1")[-1] == ("pre_alert", "queued")
    assert again.number == 1
    assert again.said is not None
    assert again.said.address == made.board.incidents["i1"].place.address
    recommend(made, "E12", id="rec-2")
    assert len(told_station(made, "ST1")) == 3  # it stands alerted: nothing is said twice
    hold(made, minutes=5)
    assert message(made, "tones", "pre_alert").state == "dropped"


def hold_is_over(made: World) -> list[str]:
    """What the end of the hold by the clock makes, by kind."""
    fields: dict[str, Any] = {"actor": HUB_ACTOR, "kind": "hold_over", "ref": "i1", "due_id": 1}
    over = made.give(cmd.FallDue(command_id=f"due-{made.board.seq}", fence=0, **fields))
    return [event.body.kind for event in over]


def test_a_hold_that_ends_by_the_clock_alerts_its_stations_once_and_is_loud() -> None:
    made = world()
    recommend(made, "E12")
    attempt(made, "tones", "sent", "pre_alert")
    hold(made, minutes=5)
    attempt(made, "tones", "sent", "cancel")
    recommend(made, "E12", "E13", id="rec-2")  # kept true while it is held, and alerts nobody
    assert told_station(made, "ST2") == []
    made.later(5 * 60)
    assert hold_is_over(made) == [
        "incident.hold_over",
        "delivery.changed",
        "delivery.changed",
    ]
    assert told_station(made, "ST1")[-1] == ("pre_alert", "queued")
    assert told_station(made, "ST2") == [("pre_alert", "queued")]
    assert hold_is_over(made) == []
    attempt(made, "tones", "sent", "pre_alert")
    hold(made, minutes=None)  # it is let go besides: they stand alerted
    assert len(told_station(made, "ST1")) == 3
    hold(made, minutes=5)
    assert told_station(made, "ST2")[-1][0] in ("cancel", "pre_alert")
    assert ("pre_alert", "queued") not in told_station(made, "ST1") + told_station(made, "ST2")


def test_a_hold_that_was_prolonged_alerts_nobody_at_its_old_end() -> None:
    made = world()
    recommend(made, "E12")
    attempt(made, "tones", "sent", "pre_alert")
    hold(made, minutes=5)
    hold(made, minutes=10)
    made.later(5 * 60)
    assert hold_is_over(made) == []
    assert told_station(made, "ST1") == [("pre_alert", "sent"), ("cancel", "queued")]


@pytest.mark.parametrize("result", ["sent", "retry"])
def test_an_alert_that_was_on_its_way_when_it_was_dropped_is_taken_back(result: str) -> None:
    made = world()
    recommend(made, "E12")
    hold(made, minutes=5)
    assert told_station(made, "ST1") == [("pre_alert", "dropped")]
    courier_says(made, message(made, "tones", "pre_alert"), result)
    assert told_station(made, "ST1")[-1] == ("cancel", "queued")


def test_an_assignment_dropped_on_its_way_whose_answer_was_lost_is_taken_back() -> None:
    made = world(PAGER)
    send(made, "E12")
    page = message(made, "pager")
    made.give(
        cmd.SetAssignmentStatus(
            command_id="back", actor=DISPATCHER, assignment_id="a-E12", status="cleared"
        )
    )
    assert message(made, "pager").state == "dropped"
    courier_says(made, page, "retry")
    assert message(made, "pager", "cancel").state == "queued"


def test_a_part_that_ends_alone_stands_its_stations_down() -> None:
    made = world()
    made.state.policy = made.state.policy.model_copy(update={"disciplines": {"fire-a": "fire"}})
    recommend(made, "E12")
    attempt(made, "tones", "sent", "pre_alert")
    made.give(
        cmd.CloseLegs(
            command_id="close",
            actor=DISPATCHER,
            incident_id="i1",
            discipline="fire",
            disposition="no fire",
        )
    )
    assert made.board.incidents["i1"].pending  # the ambulance is still to go
    assert told_station(made, "ST1")[-1] == ("cancel", "queued")


def test_a_station_whose_unit_was_called_back_is_alerted_again_when_it_is_recommended() -> None:
    made = world()
    recommend(made, "E12")
    attempt(made, "tones", "sent", "pre_alert")
    made.later(1)
    send(made, "E12", recommendation_id="rec-1")
    made.later(1)
    made.give(
        cmd.SetAssignmentStatus(
            command_id="back", actor=DISPATCHER, assignment_id="a-E12", status="cleared"
        )
    )
    recommend(made, "E12", id="rec-2")
    assert [told[0] for told in told_station(made, "ST1")] == ["pre_alert", "pre_alert"]


def test_who_is_passed_over_by_what_is_recommended_beside_those_on_their_way_is_stood_down() -> (
    None
):
    made = world()
    recommend(made, "E12", "E13")
    for alert in list(made.board.deliveries.values()):
        courier_says(made, alert, "sent")
    send(made, "E12", recommendation_id="rec-1")
    assert told_station(made, "ST2") == [("pre_alert", "sent")]
    recommend(made, id="rec-2")
    assert told_station(made, "ST2") == [("pre_alert", "sent"), ("cancel", "queued")]


def test_an_alert_on_its_way_is_taken_back_though_another_was_made_and_dropped_meanwhile() -> None:
    made = world()
    recommend(made, "E12")
    first = message(made, "tones", "pre_alert")
    for minutes in (5, None, 5):
        hold(made, minutes=minutes)
    assert told_station(made, "ST1") == [("pre_alert", "dropped"), ("pre_alert", "dropped")]
    courier_says(made, first, "sent")
    assert told_station(made, "ST1")[-1] == ("cancel", "queued")
