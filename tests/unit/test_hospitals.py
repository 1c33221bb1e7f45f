"""Hospitals divert and open, transports name theirs, patients are counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import InvalidInput
from tests.factories import CREW, DISPATCHER, NOON, World, assign, make_unit, take_call


def set_hospital(world: World, intake: str | None, **over: object) -> list[object]:
    fields = {
        "command_id": f"h-{len(str(over))}-{intake}",
        "actor": DISPATCHER,
        "hospital_id": "MERCY",
    }
    return list(world.give(cmd.SetHospital.model_validate({**fields, "intake": intake, **over})))


def test_a_hospital_diverts_from_the_first_word_of_it_until_somebody_says_that_it_is_open() -> None:
    world = World()
    set_hospital(world, "divert", without=("trauma",), until=NOON + timedelta(hours=2))
    world.state.now = NOON + timedelta(hours=5)
    set_hospital(world, "divert", reason="still full")
    standing = world.board.hospitals["MERCY"]
    assert (standing.since, standing.reason, standing.without) == (NOON, "still full", ())
    set_hospital(world, None)
    assert world.board.hospitals == {}
    assert set_hospital(world, None, reason="again") == []
    with pytest.raises(InvalidInput):
        set_hospital(world, "closed", until=NOON)


def status(status: str, **over: object) -> cmd.SetAssignmentStatus:
    fields = {"command_id": f"s-{status}", "actor": CREW, "assignment_id": "a-E12"}
    return cmd.SetAssignmentStatus.model_validate({**fields, "status": status, **over})


def test_a_transport_names_its_hospital_and_keeps_it_to_the_door() -> None:
    world = World(make_unit())
    world.give(take_call())
    world.give(assign("c-assign", "E12"))
    (sent,) = world.board.assignments.values()
    with pytest.raises(InvalidInput):
        world.give(status("enroute", assignment_id=sent.id, hospital_id="MERCY"))
    for step in ("enroute", "on_scene"):
        world.give(status(step, assignment_id=sent.id))
    world.give(status("transporting", assignment_id=sent.id, hospital_id="MERCY"))
    world.give(status("at_hospital", assignment_id=sent.id))
    assert world.board.assignments[sent.id].hospital_id == "MERCY"


def test_the_latest_count_of_patients_stands() -> None:
    world = World()
    world.give(take_call())
    for red in (3, 2):
        world.give(
            cmd.CountPatients(
                command_id=f"pt-{red}", actor=DISPATCHER, incident_id="i1", red=red, green=4
            )
        )
    patients = world.board.incidents["i1"].patients
    assert patients is not None
    assert (patients.red, patients.green, patients.by) == (2, 4, "dana")
