"""An address corrected after dispatch: who must acknowledge it, and how silence grows loud."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain import events as ev
from dispatch.domain.assignment import PlaceCorrection
from dispatch.domain.commands import Policy
from dispatch.domain.place_corrections import FAR_M, awaits_correction
from dispatch.domain.timers import Due, due_after
from dispatch.domain.values import HUB_ACTOR, Actor
from geodata.lonlat import LonLat
from jurisdictions.roster import DeliveryChannel
from tests.factories import (
    CREW,
    DISPATCHER,
    HERE,
    World,
    assign,
    make_advice,
    make_place,
    make_unit,
    take_call,
)

NEAR = LonLat(HERE.lon, HERE.lat + 0.001)  # 111 m
FAR = LonLat(HERE.lon, HERE.lat + 0.003)  # 334 m


def sent(*unit_ids: str) -> World:
    """A world in which these units were sent, and acknowledged."""
    made = World(*(make_unit(unit_id) for unit_id in unit_ids))
    made.give(take_call("call"))
    made.give(assign("send", *unit_ids))
    for unit_id in unit_ids:
        acknowledge(made, unit_id)
    return made


def acknowledge(made: World, unit_id: str, by: Actor = CREW, **over: Any) -> list[ev.Event]:
    fields = {
        "command_id": f"ack-{unit_id}-{made.board.seq}",
        "actor": by,
        "assignment_id": f"a-{unit_id}",
        "channel": "device",
        "revision": made.board.assignments[f"a-{unit_id}"].revision,
    }
    return made.give(cmd.AcknowledgeAssignment.model_validate(fields | over))


def correct(made: World, at: LonLat = NEAR, address: str = "16 Mill Rd") -> list[ev.Event]:
    return made.give(
        cmd.ChangeIncident(
            command_id=f"change-{made.board.seq}",
            actor=DISPATCHER,
            incident_id="i1",
            revision=made.board.incidents["i1"].revision,
            place=make_place(address=address, at=at),
            advice=make_advice(),
        )
    )


def set_status(made: World, unit_id: str, status: str) -> list[ev.Event]:
    return made.give(
        cmd.SetAssignmentStatus.model_validate(
            {
                "command_id": f"{status}-{unit_id}-{made.board.seq}",
                "actor": DISPATCHER,
                "assignment_id": f"a-{unit_id}",
                "status": status,
            }
        )
    )


def falls_due(made: World, due: Due) -> list[ev.Event]:
    made.state.now = max(made.state.now, due.at)
    return made.give(
        cmd.FallDue(
            command_id=f"due-{made.board.seq}",
            actor=HUB_ACTOR,
            due_id=1,
            kind=due.kind,
            ref=due.ref,
            fence=0,
        )
    )


def asked(events: list[ev.Event]) -> list[Due]:
    found = [due for event in events for due in due_after(event)]
    return [due for due in found if due.kind == "place_correction"]


def correction_of(made: World, unit_id: str) -> PlaceCorrection:
    correction = made.board.assignments[f"a-{unit_id}"].place_correction
    assert correction is not None
    return correction


def waits(made: World, unit_id: str) -> bool:
    return awaits_correction(made.board.assignments[f"a-{unit_id}"])


def test_every_unit_on_its_way_must_acknowledge_the_corrected_address_within_15_s() -> None:
    made = sent("E12", "E13")
    due = asked(correct(made))
    assert [(d.ref, (d.at - made.state.now).total_seconds()) for d in due] == [
        ("a-E12", 15.0),
        ("a-E13", 15.0),
    ]
    correction = correction_of(made, "E12")
    assert (correction.was, correction.to) == ("14 Mill Rd", "16 Mill Rd")
    assert correction.revision == made.assignment("E12").revision
    assert correction.moved_m == pytest.approx(111, abs=2)
    assert waits(made, "E12")
    assert waits(made, "E13")


def test_who_acknowledged_the_old_address_has_not_acknowledged_the_new_one() -> None:
    made = sent("E12")
    before = made.assignment("E12").revision
    correct(made)
    assert acknowledge(made, "E12", revision=before) == []
    assert acknowledge(made, "E12", revision=None) == []
    assert waits(made, "E12")
    (answered,) = acknowledge(made, "E12")
    assert isinstance(answered.body, ev.AssignmentPlaceCorrected)
    assert correction_of(made, "E12").acknowledged_by == "device"
    assert asked([answered]) == []
    assert acknowledge(made, "E12") == []


def test_a_device_that_answers_late_for_what_it_was_sent_to_still_owes_the_new_address() -> None:
    made = World(make_unit("E12"))
    made.give(take_call("call"))
    made.give(assign("send", "E12"))
    correct(made)
    acknowledge(made, "E12", revision=1)
    assert made.assignment("E12").acknowledged_at is not None
    assert waits(made, "E12")


def test_one_answer_serves_for_both_where_the_crew_had_said_nothing_yet() -> None:
    made = World(make_unit("E12"))
    made.give(take_call("call"))
    made.give(assign("send", "E12"))
    correct(made)
    kinds = [event.body.kind for event in acknowledge(made, "E12")]
    assert kinds == ["assignment.acknowledged", "assignment.place_corrected"]
    assert not waits(made, "E12")


def test_the_dispatchers_key_answers_by_voice() -> None:
    made = sent("E12")
    correct(made)
    acknowledge(made, "E12", DISPATCHER, channel="voice", revision=None)
    assert correction_of(made, "E12").acknowledged_by == "voice"


def test_silence_grows_loud_three_times_and_goes_on_to_the_next_channel() -> None:
    made = sent("E12", "E13")
    pager = DeliveryChannel(name="pager", adapter="webhook", target="https://p", limit_s=15)
    tablet = DeliveryChannel(name="tablet", adapter="tablet", limit_s=15)
    made.state.policy = Policy(local_year=2026, channels={"fire-a": (tablet, pager)})
    due = asked(correct(made))
    acknowledge(made, "E13")
    steps = []
    while due:
        events = falls_due(made, due[0])
        steps.append(correction_of(made, "E12").step)
        due = asked(events)
    assert steps == [1, 2, 3]
    assert correction_of(made, "E13").step == 0
    pages = [d for d in made.board.deliveries.values() if d.channel == "pager"]
    assert [(d.unit_id, d.about, d.said and d.said.address) for d in pages] == [
        ("E12", "assignment", "16 Mill Rd")
    ]


def test_a_later_correction_counts_anew_and_names_what_the_crew_answered_for() -> None:
    made = sent("E12")
    (first,) = asked(correct(made))
    made.later(10)
    (second,) = asked(correct(made, FAR, "18 Mill Rd"))
    assert falls_due(made, first) == []
    assert (correction_of(made, "E12").was, correction_of(made, "E12").to) == (
        "14 Mill Rd",
        "18 Mill Rd",
    )
    assert correction_of(made, "E12").moved_m > FAR_M
    assert falls_due(made, second)
    assert correction_of(made, "E12").step == 1


def test_a_unit_that_is_released_or_transports_owes_nothing() -> None:
    made = sent("E12", "E13")
    due = asked(correct(made))
    set_status(made, "E12", "cleared")
    set_status(made, "E13", "on_scene")
    assert waits(made, "E13"), "it may stand at the old address"
    set_status(made, "E13", "transporting")
    assert [falls_due(made, one) for one in due] == [[], []]


def test_a_unit_that_is_on_it_again_after_all_is_asked_anew() -> None:
    made = sent("E12")
    (due,) = asked(correct(made))
    made.later(10)
    cleared = set_status(made, "E12", "cleared")
    assert falls_due(made, due) == []
    undo = cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id=cleared[0].command_id)
    (again,) = asked(made.give(undo))
    assert (again.at - made.state.now).total_seconds() == 15
    falls_due(made, again)
    assert correction_of(made, "E12").step == 1


def test_on_scene_only_an_address_far_away_is_asked_for() -> None:
    made = sent("E12")
    set_status(made, "E12", "on_scene")
    assert asked(correct(made)) == []
    assert asked(correct(made, LonLat(HERE.lon, HERE.lat + 0.004), "1 High St"))


def test_a_correction_that_sends_nobody_elsewhere_asks_nobody() -> None:
    made = sent("E12")
    assert asked(correct(made, LonLat(HERE.lon, HERE.lat + 0.0001), "14 Mill Rd")) == []


def test_a_receipt_answers_for_the_address_that_its_message_names() -> None:
    made = World(make_unit("E12"))
    pager = DeliveryChannel(name="pager", adapter="webhook", target="https://p", limit_s=15)
    made.state.policy = Policy(local_year=2026, channels={"fire-a": (pager,)})
    made.give(take_call("call"))
    made.give(assign("send", "E12"))
    (page,) = made.board.deliveries.values()
    report = {"command_id": "sent", "actor": HUB_ACTOR, "delivery_id": page.id, "result": "sent"}
    made.give(cmd.ReportSending.model_validate(report))
    correct(made)
    (update,) = (d for d in made.board.deliveries.values() if d.about == "update")
    for delivery, still in ((page, True), (update, False)):
        fields = {"command_id": f"r-{delivery.id}", "actor": HUB_ACTOR, "state": "acknowledged"}
        made.give(cmd.ReportReceipt.model_validate({**fields, "delivery_id": delivery.id}))
        assert waits(made, "E12") is still


def test_a_corrected_place_without_an_address_is_told_by_its_coordinates() -> None:
    made = sent("E12")
    correct(made, address="")
    said = made.assignment("E12").place_correction
    assert said is not None
    assert said.to == f"{NEAR.lat:.5f}, {NEAR.lon:.5f}"
