"""Taking a unit from one incident for another, swapping two, and what is left behind."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import (
    DivertRefused,
    InvalidInput,
    OverrideNeedsReason,
    UnitNotAvailable,
)
from dispatch.domain.events import Event
from tests.factories import DISPATCHER, World, assign, make_advice, make_unit, take_call


def two_incidents(first_priority: int = 3, second_priority: int = 1) -> World:
    """E1 is under way to i1; i2 waits; E2 is free."""
    world = World(make_unit("E1"), make_unit("E2"), make_unit("P4", discipline="law"))
    only_fire = make_advice(disciplines=("fire",))
    for number, priority in ((1, first_priority), (2, second_priority)):
        world.give(
            take_call(
                f"call-{number}",
                incident_id=f"i{number}",
                priority=priority,
                advice=only_fire,
                note=None,
            )
        )
    world.give(assign("send", "E1"))
    return world


def divert(world: World, **over: Any) -> list[Event]:
    new = cmd.NewAssignment(assignment_id="a-new", unit_id=over.pop("unit_id", "E1"))
    fields: dict[str, Any] = {
        "incident_id": "i2",
        "units": (new,),
        "divert": True,
        "override_reason": None,
    }
    return world.give(assign("divert", **(fields | over)))


def drive(world: World, *statuses: str) -> None:
    for status in statuses:
        world.give(
            cmd.SetAssignmentStatus.model_validate(
                {
                    "command_id": f"s-{status}",
                    "actor": DISPATCHER,
                    "assignment_id": world.assignment("E1").id,
                    "status": status,
                }
            )
        )


def test_a_unit_goes_to_the_more_urgent_incident_and_the_other_waits_again() -> None:
    world = two_incidents()
    kinds = [event.kind for event in divert(world)]
    assert kinds[0] == "assignment.released"
    assert world.assignment("E1").incident_id == "i2"
    assert world.assignment("E1").override_reason == "more urgent than 2026-000001"
    assert [leg.state for leg in world.board.incidents["i1"].legs] == ["pending"]
    assert [leg.state for leg in world.board.incidents["i2"].legs] == ["active"]


def test_a_taken_unit_is_refused_without_the_word_divert() -> None:
    with pytest.raises(UnitNotAvailable, match="2026-000001"):
        divert(two_incidents(), divert=False)


def test_from_an_incident_as_urgent_it_goes_with_a_reason_only() -> None:
    world = two_incidents(first_priority=1)
    with pytest.raises(OverrideNeedsReason, match="priority 1"):
        divert(world)
    divert(world, override_reason="child inside")
    assert world.assignment("E1").override_reason == "child inside"


def test_a_crew_on_scene_goes_with_a_reason_only_and_its_incident_stays_active() -> None:
    world = two_incidents()
    drive(world, "on_scene")
    with pytest.raises(OverrideNeedsReason, match="on scene"):
        divert(world)
    divert(world, override_reason="nothing to do there")
    assert [leg.state for leg in world.board.incidents["i1"].legs] == ["active"]


@pytest.mark.parametrize("last", ["transporting", "at_hospital"])
def test_a_crew_with_a_patient_is_never_taken(last: str) -> None:
    world = two_incidents()
    drive(world, "on_scene", "transporting", *(["at_hospital"] if last == "at_hospital" else []))
    with pytest.raises(DivertRefused, match="patient"):
        divert(world, override_reason="at once")


def test_a_unit_that_turns_back_on_its_way_leaves_the_incident_waiting() -> None:
    world = two_incidents()
    drive(world, "enroute", "cleared")
    assert world.board.incidents["i1"].pending


def swap(first: str, second: str, reason: str = "") -> cmd.SwapUnits:
    return cmd.SwapUnits(
        command_id="swap",
        actor=DISPATCHER,
        first=cmd.NewAssignment(assignment_id="a-x", unit_id=first),
        second=cmd.NewAssignment(assignment_id="a-y", unit_id=second),
        reason=reason,
    )


def test_a_free_unit_takes_over_and_frees_the_other() -> None:
    world = two_incidents()
    world.give(swap("E1", "E2"))
    assert world.board.live_of_unit("E1") is None
    assert world.assignment("E2").incident_id == "i1"
    assert not world.board.incidents["i1"].pending


def test_two_units_change_places() -> None:
    world = two_incidents()
    world.give(
        assign(
            "send-2",
            incident_id="i2",
            units=(cmd.NewAssignment(assignment_id="a-2", unit_id="E2"),),
        )
    )
    world.give(swap("E1", "E2"))
    assert world.assignment("E1").incident_id == "i2"
    assert world.assignment("E2").incident_id == "i1"


def test_a_unit_of_another_discipline_leaves_the_first_leg_waiting() -> None:
    world = two_incidents()
    world.give(swap("E1", "P4"))
    states = {leg.discipline: leg.state for leg in world.board.incidents["i1"].legs}
    assert states == {"fire": "pending", "law": "active"}


def test_two_free_units_have_nothing_to_swap() -> None:
    with pytest.raises(InvalidInput):
        two_incidents().give(swap("E2", "P4"))
