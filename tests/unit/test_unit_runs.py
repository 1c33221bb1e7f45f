"""Runs of units as the log tells them, for fitting turnout and drive."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dispatch.domain import events as ev
from dispatch.domain.unit_runs import UnitRun, unit_runs
from tests.recommend_factories import NOON, make_assignment, make_unit


def at(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


def log(*bodies: ev.EventBody) -> list[ev.Event]:
    sent = ev.UnitAssigned(assignment=make_assignment(make_unit(), travel_s=240.0))
    return [
        ev.Event(seq=seq, at=NOON, actor="x", command_id=f"c{seq}", audience=("*",), body=body)
        for seq, body in enumerate((sent, *bodies), start=1)
    ]


def changed(status: Any, heard_s: float, pressed_s: float | None = None) -> ev.EventBody:
    return ev.AssignmentStatusChanged(
        assignment_id="a-E1",
        revision=2,
        status=status,
        status_at=at(heard_s),
        device_at=None if pressed_s is None else at(pressed_s),
    )


def released(after_s: float, *, correction: bool = False) -> ev.EventBody:
    return ev.AssignmentReleased(
        assignment_id="a-E1", revision=3, released_at=at(after_s), correction=correction
    )


def test_a_run_has_the_times_at_which_its_crew_pressed_the_buttons() -> None:
    bodies = changed("enroute", 95, 70), changed("on_scene", 300), released(1800)
    assert unit_runs(log(*bodies)) == [
        UnitRun("E1", "ashby-fire", NOON, 240.0, at(70), at(300), at(1800))
    ]


def test_a_device_whose_clock_is_wrong_is_not_believed() -> None:
    (early,) = unit_runs(log(changed("enroute", 95, -5)))
    (late,) = unit_runs(log(changed("enroute", 95, 200)))
    assert early.enroute_at == late.enroute_at == at(95)


def test_what_was_taken_back_is_gone_and_a_unit_sent_by_mistake_made_no_run() -> None:
    back = ev.AssignmentCorrected(
        assignment_id="a-E1", revision=4, status="enroute", status_at=at(70)
    )
    (run,) = unit_runs(log(changed("enroute", 70), changed("on_scene", 90), back))
    assert (run.enroute_at, run.on_scene_at) == (at(70), None)
    assert unit_runs(log(released(20, correction=True))) == []


def test_a_crew_that_was_given_another_way_has_no_foretold_drive() -> None:
    other = ev.AssignmentRerouted(
        assignment_id="a-E1",
        revision=2,
        route=(),
        travel_s=300.0,
        cut=True,
        closure_id=None,
        reason="bridge shut",
        rerouted_at=at(60),
    )
    assert unit_runs(log(changed("enroute", 70), other))[0].route_s is None
