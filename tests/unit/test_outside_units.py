"""Units from outside by phone: a promise counts in the plan, and is no unit on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import InvalidInput, NotFound, TransitionRefused, UnitsStillAssigned
from dispatch.domain.events import Event
from dispatch.domain.incident import Incident
from dispatch.domain.open_slots import open_slots, surplus_of_plan
from dispatch.domain.recommendation import Slot
from tests.factories import DISPATCHER, NOON, World, assign, make_unit, take_call

ENGINES = tuple(Slot(index=i, discipline="fire", capability="engine") for i in range(2))


def ask(world: World, **over: object) -> list[Event]:
    fields: dict[str, object] = {
        "command_id": f"ask-{world.board.seq}",
        "actor": DISPATCHER,
        "incident_id": "i1",
        "discipline": "fire",
        "capabilities": ("engine",),
        "asked_of": "Fairview",
        "name": "E5",
        "eta_at": NOON + timedelta(minutes=12),
        "slot": 0,
    }
    return world.give(cmd.AskOutside.model_validate({**fields, **over}))


def change(world: World, ref: str = "O1", **over: object) -> list[Event]:
    fields = {"command_id": f"ch-{world.board.seq}", "actor": DISPATCHER, "incident_id": "i1"}
    return world.give(cmd.ChangeOutside.model_validate({**fields, "ref": ref, **over}))


def fire() -> World:
    world = World(make_unit("E12"), make_unit("E3"))
    world.give(take_call())
    return world


def incident_of(world: World) -> Incident:
    return world.board.incidents["i1"]


def leg_state(world: World) -> str:
    leg = incident_of(world).leg("fire")
    assert leg is not None
    return leg.state


def test_a_promised_unit_fills_its_slot_and_its_leg_goes_on_waiting() -> None:
    world = fire()
    assert [slot.index for slot in open_slots(incident_of(world), ENGINES, [])] == [0, 1]
    ask(world)
    (asked,) = incident_of(world).outside
    assert (asked.ref, asked.label, asked.asked_by) == ("O1", "O1 Fairview E5", "dana")
    assert (asked.asked_at, asked.eta_at) == (NOON, NOON + timedelta(minutes=12))
    assert len(open_slots(incident_of(world), ENGINES, [])) == 1
    assert leg_state(world) == "pending"
    assert surplus_of_plan(incident_of(world), ENGINES, [make_unit("E12")]).units == ()


def test_a_lower_alarm_spares_aid_and_who_is_on_the_way_first() -> None:
    world = fire()
    ask(world)
    own, aid = make_unit("E12"), make_unit("E3", agency_id="fire-b")
    one = ENGINES[:1]
    spared = surplus_of_plan(incident_of(world), one, [aid, own])
    assert [unit.id for unit in spared.units] == ["E3"]
    assert [outside.ref for outside in spared.outside] == ["O1"]
    there = surplus_of_plan(incident_of(world), one, [aid, own], {"E3"})
    assert [unit.id for unit in there.units] == ["E12"]
    change(world, state="arrived")
    arrived = surplus_of_plan(incident_of(world), one, [own])
    assert (arrived.units, arrived.outside) == ((own,), ())


def test_what_was_asked_for_twice_has_two_names() -> None:
    world = fire()
    ask(world)
    change(world, state="cancelled", reason="engine broke down")
    ask(world)
    assert [one.ref for one in incident_of(world).outside] == ["O1", "O2"]


def test_a_promise_lies_ahead_and_says_of_whom() -> None:
    world = fire()
    for wrong in (
        {"eta_at": NOON},
        {"eta_at": NOON + timedelta(hours=13)},
        {"asked_of": " "},
    ):
        with pytest.raises(InvalidInput):
            ask(world, **wrong)
    ask(world)
    with pytest.raises(InvalidInput):
        change(world, eta_at=NOON - timedelta(minutes=1))
    with pytest.raises(NotFound) as refused:
        change(world, "O7", state="arrived")
    assert refused.value.fields["known"] == ["O1"]


def test_with_its_arrival_the_leg_is_worked_and_stays_so_when_it_leaves() -> None:
    world = fire()
    ask(world)
    world.later(600)
    change(world, state="arrived")
    leg = incident_of(world).leg("fire")
    assert leg is not None
    assert (leg.state, leg.first_assigned_at) == ("active", world.state.now)
    assert change(world, state="arrived") == []
    with pytest.raises(TransitionRefused) as refused:
        change(world, state="cancelled", reason="no")
    assert refused.value.fields["allowed"] == ["left"]
    world.give(assign("c-1", "E12"))
    release = cmd.SetAssignmentStatus(
        command_id="c-2", actor=DISPATCHER, assignment_id="a-E12", status="cleared"
    )
    world.give(release)
    assert leg_state(world) == "active"
    change(world, state="left")
    assert leg_state(world) == "active"
    assert len(open_slots(incident_of(world), ENGINES, [])) == 2


def test_cancelled_it_is_missing_from_the_plan_and_the_leg_waits_again() -> None:
    world = fire()
    world.give(assign("c-1", "E12"))
    ask(world, slot=1)
    assert leg_state(world) == "active"
    with pytest.raises(InvalidInput):
        change(world, state="cancelled")
    change(world, state="cancelled", reason="Fairview has a fire of its own")
    assert leg_state(world) == "pending"
    (gone,) = incident_of(world).outside
    assert (gone.state, gone.ended_at) == ("cancelled", NOON)


def test_one_beyond_the_plan_is_cancelled_without_asking_for_another() -> None:
    world = fire()
    world.give(assign("c-1", "E12"))
    ask(world, slot=None)
    change(world, state="cancelled", reason="not needed")
    assert leg_state(world) == "active"


def test_another_promise_is_kept_and_the_same_again_is_nothing() -> None:
    world = fire()
    ask(world)
    later = NOON + timedelta(minutes=30)
    change(world, eta_at=later)
    assert incident_of(world).outside[0].eta_at == later
    assert change(world, eta_at=later) == []
    assert change(world) == []


def test_an_incident_does_not_close_on_a_unit_that_still_drives_there() -> None:
    world = fire()
    ask(world)
    close = cmd.CloseLegs(
        command_id="c-1", actor=DISPATCHER, incident_id="i1", discipline=None, disposition="out"
    )
    with pytest.raises(UnitsStillAssigned) as refused:
        world.give(close)
    assert refused.value.fields["units"] == ["O1 Fairview E5"]
    change(world, state="cancelled", reason="fire is out")
    world.give(close)
    assert "i1" not in world.board.incidents


def test_asking_and_arriving_are_taken_back() -> None:
    world = fire()
    (asked,) = ask(world)
    undo = {"actor": DISPATCHER}
    change(world, state="arrived")
    arrived = world.events[-1].command_id
    world.give(cmd.Undo(command_id="u-1", undone_id=arrived, **undo))
    assert (incident_of(world).outside[0].state, leg_state(world)) == ("promised", "pending")
    world.give(cmd.Undo(command_id="u-2", undone_id=asked.command_id, **undo))
    assert incident_of(world).outside[0].state == "cancelled"
