"""What was done a moment ago is taken back by its author, in events of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import NothingToUndo
from dispatch.domain.events import AssignmentReleased
from tests.factories import (
    CREW,
    DISPATCHER,
    NOON,
    World,
    assign,
    make_advice,
    make_unit,
    take_call,
)
from tests.unit.test_diverting import divert, drive, two_incidents


def undo(undone_id: str, actor: object = DISPATCHER) -> cmd.Undo:
    return cmd.Undo.model_validate(
        {"command_id": f"undo-{undone_id}", "actor": actor, "undone_id": undone_id}
    )


def test_units_sent_by_mistake_are_free_again_and_their_crews_are_told() -> None:
    world = two_incidents()
    world.later(9)
    events = world.give(undo("send"))
    released = events[0].body
    assert isinstance(released, AssignmentReleased)
    assert released.correction
    assert world.board.live_of_unit("E1") is None
    assert world.board.incidents["i1"].pending


def test_a_divert_is_taken_back_on_both_sides() -> None:
    world = two_incidents()
    divert(world)
    world.give(undo("divert"))
    assert world.assignment("E1").incident_id == "i1"
    assert not world.board.incidents["i1"].pending
    assert world.board.incidents["i2"].pending


def test_a_status_goes_back_to_the_one_before_with_its_own_time() -> None:
    world = two_incidents()
    before = world.assignment("E1")
    world.later(60)
    drive(world, "on_scene")
    world.give(undo("s-on_scene"))
    after = world.assignment("E1")
    assert (after.status, after.status_at) == (before.status, before.status_at)
    assert not after.arrived


def test_a_unit_that_was_cleared_by_mistake_is_on_its_incident_again() -> None:
    world = two_incidents()
    drive(world, "on_scene", "cleared")
    world.give(undo("s-cleared"))
    assert world.assignment("E1").status == "on_scene"


def sent_home(world: World, unit_id: str) -> str:
    """As ``CX`` does for each who is on the way; the id of the command."""
    command_id = f"home-{unit_id}"
    fields = {"assignment_id": world.assignment(unit_id).id, "status": "cleared", "reason": "out"}
    world.give(
        cmd.SetAssignmentStatus.model_validate(
            {"command_id": command_id, "actor": DISPATCHER, **fields}
        )
    )
    return command_id


@pytest.mark.parametrize("order", [("E1", "E2"), ("E2", "E1"), ("E1",), ("E2",)])
def test_who_was_sent_home_by_mistake_is_on_its_way_again_and_its_part_is_worked(
    order: tuple[str, ...],
) -> None:
    world = two_incidents()
    world.give(assign("send-2", units=(_new("E2"),), override_reason="more smoke"))
    before = world.board.incidents["i1"].legs
    homes = {unit: sent_home(world, unit) for unit in ("E1", "E2")}
    assert world.board.incidents["i1"].pending
    for unit in order:
        world.give(undo(homes[unit]))
        assert world.board.incidents["i1"].legs == before
        assert world.assignment(unit).status == "dispatched"
    assert len(world.board.live_of_incident("i1")) == len(order)


def test_who_was_sent_home_and_is_on_another_incident_by_now_stays_there() -> None:
    world = two_incidents()
    home = sent_home(world, "E1")
    elsewhere = cmd.NewAssignment(assignment_id="elsewhere", unit_id="E1")
    world.give(assign("send-3", incident_id="i2", units=(elsewhere,)))
    with pytest.raises(NothingToUndo, match="another incident"):
        world.give(undo(home))
    assert world.board.incidents["i1"].pending


def test_a_priority_goes_back() -> None:
    world = two_incidents()
    revision = world.board.incidents["i1"].revision
    world.give(
        cmd.ChangeIncident(
            command_id="p", actor=DISPATCHER, incident_id="i1", revision=revision, priority=1
        )
    )
    world.give(undo("p"))
    assert world.board.incidents["i1"].priority == 3


def test_after_ten_seconds_it_is_too_late() -> None:
    world = two_incidents()
    world.later(11)
    with pytest.raises(NothingToUndo, match="10 s"):
        world.give(undo("send"))


def test_nobody_takes_back_what_another_did() -> None:
    with pytest.raises(NothingToUndo, match="else"):
        two_incidents().give(undo("send", CREW))


def test_what_has_moved_on_since_is_left_alone() -> None:
    world = two_incidents()
    drive(world, "enroute", "on_scene")
    with pytest.raises(NothingToUndo, match="moved on"):
        world.give(undo("s-enroute"))
    with pytest.raises(NothingToUndo, match="on scene"):
        world.give(undo("send"))


def test_a_narrative_is_never_taken_back() -> None:
    world = two_incidents()
    world.give(
        cmd.AddNote(command_id="n", actor=DISPATCHER, incident_id="i1", note_id="n1", text="Gas")
    )
    with pytest.raises(NothingToUndo, match="note_added"):
        world.give(undo("n"))


def test_sending_two_units_is_taken_back_for_both() -> None:
    world = two_incidents()
    world.give(assign("send-2", incident_id="i2", units=_both()))
    world.give(undo("send-2"))
    assert world.board.live_of_unit("E2") is None
    assert world.board.live_of_unit("P4") is None
    states = {leg.discipline: leg.state for leg in world.board.incidents["i2"].legs}
    assert states == {"fire": "pending", "law": "closed"}  # only the mistake had asked for law


def test_an_undo_is_taken_back_as_well() -> None:
    world = two_incidents()
    world.give(assign("send-2", incident_id="i2", units=_both()))
    before = world.board.incidents["i2"].legs
    world.give(undo("send-2"))
    world.give(undo("undo-send-2"))
    assert world.board.incidents["i2"].legs == before
    assert world.board.live_of_unit("P4") is not None


def test_a_leg_that_an_undo_closed_again_is_worked_only_where_its_unit_comes_back() -> None:
    world = two_incidents()
    world.give(assign("law", incident_id="i2", units=(_new("P4"),)))
    close = {"command_id": "close", "actor": DISPATCHER, "incident_id": "i2", "discipline": "fire"}
    world.give(cmd.CloseLegs.model_validate({**close, "disposition": "done"}))
    world.give(assign("send-2", incident_id="i2", units=(_new("E2"),)))
    states = []
    for undone_id in ("send-2", "undo-send-2"):
        world.give(undo(undone_id))
        states.append(world.board.incidents["i2"].legs[0].state)
    assert states == ["closed", "active"]
    assert world.board.live_of_unit("E2") is not None


def test_what_was_sent_to_an_incident_that_was_merged_since_leaves_the_other_waiting() -> None:
    world = World(make_unit("E12"))
    for number in (1, 2):
        world.give(take_call(f"call-{number}", incident_id=f"i{number}"))
    world.give(assign("send", "E12", incident_id="i2"))
    merge = {"incident_id": "i1", "other_id": "i2", "note_id": "n-merge"}
    world.give(cmd.MergeIncidents(command_id="merge", actor=DISPATCHER, **merge))
    assert world.board.incidents["i1"].leg("fire").state == "active"  # type: ignore[union-attr]
    world.give(undo("send"))
    assert world.board.live_of_unit("E12") is None
    assert world.board.incidents["i1"].leg("fire").state == "pending"  # type: ignore[union-attr]


def test_a_leg_that_others_work_stays_with_them() -> None:
    world = two_incidents()
    world.give(assign("more", units=(cmd.NewAssignment(assignment_id="b-2", unit_id="E2"),)))
    world.give(undo("more"))
    assert world.board.incidents["i1"].legs[0].state == "active"
    world.later(1)
    world.give(assign("law", units=(cmd.NewAssignment(assignment_id="b-4", unit_id="P4"),)))
    world.give(undo("send"))
    states = {leg.discipline: leg.state for leg in world.board.incidents["i1"].legs}
    assert states == {"fire": "pending", "law": "active"}


def test_a_second_alarm_sent_by_mistake_waits_for_its_units_again() -> None:
    """Somebody had been on scene: the leg waited for more units, and does so again."""
    world = two_incidents()
    drive(world, "on_scene")
    world.give(
        cmd.ChangeIncident(
            command_id="alarm",
            actor=DISPATCHER,
            incident_id="i1",
            revision=world.board.incidents["i1"].revision,
            alarm_level=2,
            advice=make_advice(disciplines=("fire",), added=("fire",)),
        )
    )
    before = world.board.incidents["i1"].legs
    world.give(assign("second", units=(cmd.NewAssignment(assignment_id="b-2", unit_id="E2"),)))
    world.give(undo("second"))
    assert world.board.incidents["i1"].legs == before


def test_the_hold_that_sending_ended_holds_again() -> None:
    world = two_incidents()
    world.give(
        cmd.HoldIncident(
            command_id="hold",
            actor=DISPATCHER,
            incident_id="i2",
            reason="its own engine",
            until=NOON + timedelta(minutes=10),
        )
    )
    held = world.board.incidents["i2"].hold
    world.give(assign("send-2", incident_id="i2", units=_both()))
    assert world.board.incidents["i2"].hold is None
    world.give(undo("send-2"))
    assert world.board.incidents["i2"].hold == held


def _new(unit_id: str) -> cmd.NewAssignment:
    return cmd.NewAssignment(assignment_id=f"b-{unit_id}", unit_id=unit_id)


def _both() -> tuple[cmd.NewAssignment, ...]:
    return (_new("E2"), _new("P4"))


def test_an_unknown_command_changed_nothing() -> None:
    with pytest.raises(NothingToUndo):
        World().give(undo("never"))
