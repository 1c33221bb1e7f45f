"""A part of an incident with its own type and priority: who is asked for, told and diverted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.board import Board
from dispatch.domain.commands import Policy
from dispatch.domain.errors import (
    AlreadyClosed,
    InvalidInput,
    LegOfAnother,
    NotFound,
    OverrideNeedsReason,
    RevisionConflict,
)
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.recommendation import Slot
from dispatch.domain.values import HUB_ACTOR, Actor
from dispatch.services.recommendations import asked_slots, compute
from jurisdictions.roster import DeliveryChannel
from tests.factories import DISPATCHER, World, assign, make_advice, make_place, make_unit, take_call
from tests.recommend_factories import NOON, Known, MadePolicy, make_incident, make_plan_row
from tests.recommend_factories import make_unit as made_unit
from tests.unit.test_recommend_service import StraightRoads, east

PAGER = DeliveryChannel(name="pager", adapter="webhook", target="https://p.example", limit_s=20)
TONES = PAGER.model_copy(update={"name": "tones", "pre_alert": True})
ENGINE = Slot(index=0, discipline="fire", capability="engine")
MEDIC = Slot(index=1, discipline="ems", capability="als")
SECOND_MEDIC = Slot(index=2, discipline="ems", capability="als")


def world(**over: Any) -> World:
    """A building fire of priority 1 with a fire part and an EMS part; E12 and M1 are free."""
    medic = {"agency_id": "ems-a", "discipline": "ems", "kind": "medic", "capabilities": ("als",)}
    made = World(make_unit("E12"), make_unit("M1", **medic))
    made.state.policy = Policy(
        local_year=2026,
        channels={"fire-a": (PAGER,), "ems-a": (PAGER,)},
        disciplines={"fire-a": "fire", "ems-a": "ems"},
    )
    made.give(take_call(**over))
    return made


def change(made: World, **over: Any) -> list[str]:
    incident = made.board.incidents["i1"]
    fields: dict[str, Any] = {
        "command_id": f"leg-{made.board.seq}",
        "actor": DISPATCHER,
        "incident_id": "i1",
        "discipline": "ems",
        "revision": incident.revision,
        "slots": (ENGINE, MEDIC),
        "slots_now": (ENGINE, MEDIC),
    }
    return [event.kind for event in made.give(cmd.ChangeLeg(**(fields | over)))]


def part(made: World, discipline: Any = "ems") -> Leg:
    leg = made.board.incidents["i1"].leg(discipline)
    assert leg is not None
    return leg


def asked(made: World, discipline: Any = "ems") -> tuple[str, str, int]:
    return made.board.incidents["i1"].asked_of(discipline)


BREATHING = {"incident_type": "BREATHING", "type_label": "Breathing problem"}


def test_a_part_has_its_own_type_and_priority_and_the_others_the_incidents() -> None:
    made = world()
    assert change(made, **BREATHING, priority=2) == ["leg.changed"]
    assert asked(made) == ("BREATHING", "Breathing problem", 2)
    assert asked(made, "fire") == asked(made, None) == ("STRUCTURE_FIRE", "Building fire", 1)
    assert asked(made, "law")[2] == 1
    assert made.board.incidents["i1"].most_urgent == 1


def test_the_incidents_own_values_clear_those_of_the_part() -> None:
    made = world()
    change(made, **BREATHING, priority=2)
    change(made, priority=1)
    assert (part(made).priority, part(made).incident_type) == (None, "BREATHING")
    change(made, incident_type="STRUCTURE_FIRE", type_label="Building fire")
    assert not part(made).stands_apart
    assert change(made, priority=1) == []


def test_a_stale_revision_tells_both_values_of_the_part() -> None:
    made = world()
    change(made, priority=2)
    with pytest.raises(RevisionConflict) as refused:
        change(made, priority=3, revision=1)
    assert refused.value.fields["current"]["priority"] == 2
    assert refused.value.fields["yours"]["priority"] == 3


def test_there_must_be_such_an_open_part_and_something_to_change() -> None:
    made = world()
    with pytest.raises(NotFound):
        change(made, discipline="law", priority=2)
    with pytest.raises(InvalidInput):
        change(made)
    over = {"incident_id": "i1", "discipline": "ems", "disposition": "nobody hurt"}
    made.give(cmd.CloseLegs(command_id="over", actor=DISPATCHER, **over))
    with pytest.raises(AlreadyClosed):
        change(made, priority=2)


def test_another_agencys_part_is_changed_with_a_reason_that_it_reads() -> None:
    made = world()
    desk = Actor(account_id="fire-desk", role="dispatcher", agencies=("fire-a",))
    with pytest.raises(LegOfAnother):
        change(made, actor=desk, priority=2)
    kinds = change(made, actor=desk, priority=2, reason="they asked us", note_id="n-leg")
    assert kinds == ["incident.note_added", "leg.changed"]
    assert made.board.incidents["i1"].notes[-1].text.endswith("EMS of ems-a: they asked us")


def test_a_part_that_is_worked_waits_again_where_its_own_plan_asks_more_and_loses_no_unit() -> None:
    made = world()
    made.give(assign("send", "E12", "M1"))
    change(made, priority=2)
    assert part(made).state == "active"
    change(made, **BREATHING, slots=(ENGINE, MEDIC, SECOND_MEDIC))
    assert part(made).state == "pending"
    assert {a.unit_id for a in made.board.live_of_incident("i1")} == {"E12", "M1"}
    change(made, incident_type="STRUCTURE_FIRE", type_label="Building fire")
    assert part(made).state == "active"
    assert part(made, "fire").state == "active"


def test_another_type_of_the_incident_leaves_that_of_the_part() -> None:
    made = world()
    change(made, **BREATHING, priority=2)
    fields: dict[str, Any] = {"incident_id": "i1", "incident_type": "VEHICLE_FIRE"}
    made.give(
        cmd.ChangeIncident(
            command_id="retype",
            actor=DISPATCHER,
            revision=made.board.incidents["i1"].revision,
            advice=make_advice(type_label="Vehicle fire", priority=3, disciplines=("fire",)),
            **fields,
        )
    )
    assert asked(made, "fire") == ("VEHICLE_FIRE", "Vehicle fire", 3)
    assert asked(made) == ("BREATHING", "Breathing problem", 2)
    assert (part(made).state, part(made).agency_id) == ("pending", "ems-a")


def test_what_was_changed_by_mistake_is_taken_back() -> None:
    made = world()
    change(made, command_id="mistake", priority=4)
    made.give(cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="mistake"))
    assert not part(made).stands_apart


def test_older_events_have_parts_without_type_and_priority() -> None:
    leg = Leg.model_validate({"discipline": "ems", "agency_id": "ems-a"})
    assert not leg.stands_apart


def test_the_crews_of_the_part_alone_are_told_and_of_their_own_type() -> None:
    made = world()
    made.give(assign("send", "E12", "M1"))
    for one in list(made.board.deliveries.values()):
        sent = {"delivery_id": one.id, "result": "sent"}
        made.give(cmd.ReportSending(command_id=one.id, actor=HUB_ACTOR, **sent))
    change(made, **BREATHING, priority=2)
    updates = [d for d in made.board.deliveries.values() if d.about == "update"]
    assert [d.unit_id for d in updates] == ["M1"]
    assert [(c.what, c.was) for c in updates[0].changed] == [
        ("type", "Building fire"),
        ("priority", "1"),
    ]
    assert updates[0].said is not None
    assert updates[0].said.type_label == "Breathing problem"


def test_a_unit_is_taken_by_the_priorities_of_its_own_disciplines_parts() -> None:
    made = world()
    made.give(assign("send", "M1"))
    made.give(take_call("second", incident_id="i2", place=make_place(address="9 Far Rd")))
    new = (cmd.NewAssignment(assignment_id="a-new", unit_id="M1"),)
    divert: dict[str, Any] = {"incident_id": "i2", "units": new, "divert": True}
    with pytest.raises(OverrideNeedsReason, match="priority 1"):
        made.give(assign("refused", **divert, override_reason=None))
    change(made, priority=3)
    made.give(assign("divert", **divert, override_reason=None))
    assert made.assignment("M1").incident_id == "i2"


def test_a_merged_part_becomes_no_less_urgent() -> None:
    made = world(priority=2)
    change(made, priority=4)
    made.give(take_call("second", incident_id="i2", priority=3))
    merge: dict[str, Any] = {"incident_id": "i1", "other_id": "i2", "note_id": "n-m"}
    made.give(cmd.MergeIncidents(command_id="merge", actor=DISPATCHER, reason="same", **merge))
    assert asked(made)[2] == 3
    assert asked(made, "fire")[2] == 2


PLANS = (
    make_plan_row(),
    make_plan_row(discipline="ems", capability="als"),
    make_plan_row(incident_type="CARDIAC", label="Arrest", lead="ems", discipline="ems",
                  capability="als", count=2),
    make_plan_row(incident_type="CARDIAC", label="Arrest", lead="ems", discipline="fire",
                  capability="ladder"),
    make_plan_row(incident_type="CHECK", label="Check", lead="ems", priority=4, discipline="ems",
                  capability="bls", mode="normal"),
    make_plan_row(incident_type="NOISE", label="Noise", lead="law", priority=5, discipline="law",
                  capability="patrol"),
)  # fmt: skip


def two_parts(**own: Any) -> Incident:
    fire = Leg(discipline="fire", agency_id="ashby-fire")
    return make_incident(legs=(fire, Leg(discipline="ems", agency_id="ashby-ems", **own)))


def wanted(incident: Incident) -> list[tuple[str, str]]:
    slots = asked_slots(MadePolicy(PLANS), incident, NOON, ())
    assert len({slot.index for slot in slots}) == len(slots)
    return [(slot.discipline, slot.capability) for slot in slots]


def test_each_part_is_asked_for_by_its_own_plan() -> None:
    assert wanted(two_parts()) == [("fire", "engine"), ("ems", "als")]
    apart = two_parts(incident_type="CARDIAC", type_label="Arrest")
    assert wanted(apart) == [("fire", "engine"), ("ems", "als"), ("ems", "als")]
    assert wanted(two_parts(incident_type="NOISE", type_label="Noise")) == [("fire", "engine")]


def test_the_recommendation_follows_the_part_and_says_how_its_crews_drive() -> None:
    units = [
        made_unit("E1", home=east(1)),
        made_unit(
            "B1", home=east(2), discipline="ems", agency_id="ashby-ems", capabilities=("bls",)
        ),
    ]

    def made(incident: Incident) -> Any:
        board = Board(seq=7, units={u.id: u for u in units}, incidents={"i-1": incident})
        return asyncio.run(compute(Known(board, MadePolicy(PLANS), StraightRoads()), "i-1"))

    answer = made(two_parts(incident_type="CHECK", type_label="Check", priority=4))
    assert [pick.unit_id for pick in answer.picks] == ["E1", "B1"]
    assert (answer.mode_of("fire"), answer.mode_of("ems")) == ("lights", "normal")
    hole = made(two_parts(incident_type="NOISE", type_label="Noise"))
    assert "no plan for NOISE of EMS" in hole.degraded
