"""Agencies' own status codes: their transitions, their words, and the common core beneath them."""

from __future__ import annotations

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain import events as ev
from dispatch.domain.commands import Policy
from dispatch.domain.errors import InvalidInput, TransitionRefused
from dispatch.domain.events import Event
from tests.factories import DISPATCHER, World, assign, make_unit, take_call
from tests.hub_factories import TEN_CODES


def police(**over: object) -> World:
    unit = make_unit("P7", agency_id="law-b", discipline="law", capabilities=("patrol",))
    world = World(unit, make_unit())
    world.state.policy = Policy(local_year=2026, statuses={"law-b": TEN_CODES})
    world.give(take_call())
    world.give(assign("send", "P7", "E12"))
    return world


def say(world: World, unit_id: str, **over: object) -> list[Event]:
    fields = {
        "command_id": f"s-{world.board.seq}",
        "actor": DISPATCHER,
        "assignment_id": f"a-{unit_id}",
    }
    return world.give(cmd.SetAssignmentStatus.model_validate({**fields, **over}))


def stands(world: World, unit_id: str = "P7") -> tuple[str, str]:
    assignment = world.board.assignments[f"a-{unit_id}"]
    return assignment.status, assignment.agency_code


def test_sending_gives_the_agencys_first_code_and_none_where_it_has_none() -> None:
    world = police()
    assert stands(world) == ("dispatched", "10-50")
    assert stands(world, "E12") == ("dispatched", "")


def test_its_own_codes_move_it_with_their_core_and_their_times() -> None:
    world = police()
    say(world, "P7", code="10-76")
    world.later(300)
    say(world, "P7", code="10-23")
    arrived = world.state.now
    world.later(60)
    (told,) = say(world, "P7", code="10-6")
    assert isinstance(told.body, ev.AssignmentStatusChanged)
    assert (told.body.status, told.body.agency_code, told.body.was_agency_code) == (
        "on_scene",
        "10-6",
        "10-23",
    )
    assignment = world.board.assignments["a-P7"]
    assert (assignment.arrived_at, assignment.status_at) == (arrived, world.state.now)
    assert say(world, "P7", code="10-6") == []
    say(world, "P7", code="10-8")
    assert stands(world) == ("cleared", "10-8")
    assert say(world, "P7", code="10-8") == []


def test_a_core_status_means_the_first_of_its_codes_that_may_follow() -> None:
    world = police()
    for status, code in (("enroute", "10-76"), ("on_scene", "10-23"), ("cleared", "10-8")):
        say(world, "P7", status=status)
        assert stands(world) == (status, code)


def test_what_cannot_follow_is_refused_with_what_can() -> None:
    world = police()
    with pytest.raises(TransitionRefused) as refused:
        say(world, "P7", code="10-6")
    assert refused.value.fields["allowed"] == ["10-76", "10-23", "10-8"]
    assert "P7 is 10-50 Assigned; 10-6 cannot follow, next can be 10-76 Responding" in (
        refused.value.detail
    )
    with pytest.raises(TransitionRefused):
        say(world, "P7", status="staged")
    with pytest.raises(TransitionRefused) as core:
        say(world, "E12", status="at_hospital")
    assert core.value.fields["allowed"] == ["cleared", "enroute", "on_scene", "staged"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit_id": "P7", "code": "10-99"},
        {"unit_id": "P7", "code": "10-7"},
        {"unit_id": "P7", "code": "10-23", "status": "enroute"},
        {"unit_id": "E12", "code": "10-23"},
        {"unit_id": "P7"},
    ],
)
def test_a_word_that_the_agency_does_not_have_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        say(police(), **wrong)


def test_taking_back_restores_the_agencys_code_too() -> None:
    world = police()
    say(world, "P7", code="10-23")
    (told,) = say(world, "P7", code="10-6")
    world.give(cmd.Undo(command_id="u-1", actor=DISPATCHER, undone_id=told.command_id))
    assert stands(world) == ("on_scene", "10-23")
    cleared = say(world, "P7", code="10-8")[0]
    world.give(cmd.Undo(command_id="u-2", actor=DISPATCHER, undone_id=cleared.command_id))
    assert stands(world) == ("on_scene", "10-23")


def test_a_unit_of_before_the_agency_had_codes_goes_on_by_its_core_status() -> None:
    world = police()
    before = world.board.assignments["a-P7"]
    old = before.model_copy(update={"agency_code": "", "status": "enroute"})
    world.board.assignments["a-P7"] = old
    say(world, "P7", code="10-23")
    assert stands(world) == ("on_scene", "10-23")
    world.board.assignments["a-P7"] = old.model_copy(update={"status": "at_hospital"})
    say(world, "P7", status="cleared")
    assert stands(world) == ("cleared", "10-8")


def test_a_duty_is_said_in_the_agencys_word_and_its_label_is_the_reason() -> None:
    world = police()
    say(world, "P7", code="10-8")
    duty = {"actor": DISPATCHER, "unit_id": "P7", "duty": "out_of_service"}
    (told,) = world.give(
        cmd.SetUnitDuty.model_validate({**duty, "command_id": "d", "code": "10-7"})
    )
    assert isinstance(told.body, ev.UnitDutyChanged)
    assert (told.body.agency_code, told.body.reason) == ("10-7", "Meal")
    assert world.board.units["P7"].duty_code == "10-7", "it stands until the duty changes again"
    with pytest.raises(InvalidInput):
        world.give(cmd.SetUnitDuty.model_validate({**duty, "command_id": "d2", "code": "10-8"}))
    plain = {**duty, "command_id": "d3", "reason": "Meal"}
    (changed,) = world.give(cmd.SetUnitDuty.model_validate(plain))
    assert isinstance(changed.body, ev.UnitDutyChanged)
    assert (changed.body.agency_code, changed.body.was_agency_code) == ("", "10-7")
    assert world.board.units["P7"].duty_code == ""
