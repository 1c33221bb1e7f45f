"""What a tablet without a link brings late goes where it happened, and moves nobody back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.commands import Policy
from dispatch.domain.errors import TransitionRefused
from dispatch.domain.unit_runs import unit_runs
from jurisdictions.statuses import AgencyStatus
from tests.factories import CREW, DISPATCHER, NOON, World, assign, make_unit, take_call


def world() -> World:
    made = World(make_unit("E12"))
    made.give(take_call("call"))
    made.give(assign("send", "E12"))
    return made


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def press(made: World, status: str | None, seconds: float | None, **over: Any) -> None:
    """The crew, at ``seconds`` by its device; heard of now."""
    fields = {
        "command_id": f"press-{made.board.seq}",
        "actor": CREW,
        "assignment_id": "a-E12",
        "status": status,
        "device_at": None if seconds is None else at(seconds),
    }
    made.give(cmd.SetAssignmentStatus.model_validate(fields | over))


def times(made: World) -> list[tuple[str, float, bool]]:
    own = made.board.assignments["a-E12"].status_times
    return [(t.status, (t.at - NOON).total_seconds(), t.late) for t in own]


def test_what_waited_for_a_link_stands_where_it_was_pressed() -> None:
    made = world()
    made.later(600)
    press(made, "enroute", 60)
    press(made, "on_scene", 300)
    assert times(made) == [("enroute", 60, False), ("on_scene", 300, False)]
    heard = {t.heard_at for t in made.board.assignments["a-E12"].status_times}
    assert heard == {at(600)}


def test_what_is_older_than_the_present_status_is_put_before_it() -> None:
    made = world()
    made.later(360)
    press(made, "on_scene", None, actor=DISPATCHER)
    made.later(240)
    press(made, "enroute", 60)
    press(made, "on_scene", 300)
    stands = made.assignment("E12")
    assert (stands.status, stands.status_at, stands.arrived_at) == ("on_scene", at(360), at(360))
    assert times(made) == [
        ("enroute", 60, True),
        ("on_scene", 300, True),
        ("on_scene", 360, False),
    ]
    (run,) = unit_runs(made.events)
    assert (run.enroute_at, run.on_scene_at) == (at(60), at(300))


def test_an_arrival_that_nobody_had_heard_of_counts_from_when_it_was_pressed() -> None:
    made = world()
    made.later(60)
    press(made, "enroute", None, actor=DISPATCHER)
    made.later(540)
    press(made, "on_scene", 30)
    assert made.assignment("E12").status == "enroute"
    assert made.assignment("E12").arrived_at == at(30)


def test_the_same_press_twice_stands_once() -> None:
    made = world()
    made.later(360)
    press(made, "on_scene", None, actor=DISPATCHER)
    press(made, "enroute", 60)
    press(made, "enroute", 60)
    assert [t[0] for t in times(made)] == ["enroute", "on_scene"]


def test_a_time_before_the_alert_or_after_now_is_not_believed() -> None:
    made = world()
    made.later(60)
    press(made, "enroute", -30)
    press(made, "on_scene", 9000)
    assert times(made) == [("enroute", 60, False), ("on_scene", 60, False)]


def test_what_was_pressed_before_the_unit_was_cleared_is_kept_after_it() -> None:
    made = world()
    made.later(360)
    press(made, "cleared", None, actor=DISPATCHER)
    press(made, "enroute", 60)
    assert times(made) == [("enroute", 60, True)]
    with pytest.raises(TransitionRefused):
        press(made, "enroute", None)


def test_clear_is_not_put_before_a_later_status() -> None:
    made = world()
    made.later(360)
    press(made, "on_scene", None, actor=DISPATCHER)
    with pytest.raises(TransitionRefused, match="clear it again"):
        press(made, "cleared", 300)


def test_the_agencys_own_code_is_kept_with_its_time() -> None:
    made = world()
    own = (
        AgencyStatus(code="10-71", core="DP", label="Alerted"),
        AgencyStatus(code="10-76", core="ER", label="Responding", allowed_from=("10-71",)),
        AgencyStatus(code="10-84", core="OS", label="Arrived", allowed_from=("10-71",)),
    )
    made.state.policy = Policy(local_year=2026, statuses={"fire-a": own})
    made.later(360)
    press(made, "on_scene", None, actor=DISPATCHER)
    press(made, None, 60, code="10-76")
    first = made.board.assignments["a-E12"].status_times[0]
    assert (first.status, first.agency_code) == ("enroute", "10-76")


def test_what_is_taken_back_is_no_time_of_the_unit() -> None:
    made = world()
    made.later(60)
    press(made, "enroute", None, actor=DISPATCHER, command_id="oops")
    made.give(cmd.Undo(command_id="u", actor=DISPATCHER, undone_id="oops"))
    assert times(made) == []
