"""Incidents that wait on purpose, that belong together, and that ask for more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import InvalidInput, NotFound, TransitionRefused
from dispatch.domain.timers import due_after
from dispatch.domain.values import HUB_ACTOR
from tests.factories import DISPATCHER, NOON, World, assign, make_advice, make_unit, take_call
from tests.unit.test_diverting import drive, two_incidents

LATER = NOON + timedelta(minutes=15)


def hold(until: datetime | None = LATER, **over: Any) -> cmd.HoldIncident:
    fields = {
        "command_id": "hold",
        "actor": DISPATCHER,
        "incident_id": "i2",
        "reason": "no unit near",
        "until": until,
    }
    return cmd.HoldIncident.model_validate(fields | over)


def due(kind: str, ref: str) -> cmd.FallDue:
    return cmd.FallDue.model_validate(
        {
            "command_id": f"due-{kind}",
            "actor": HUB_ACTOR,
            "due_id": 1,
            "kind": kind,
            "ref": ref,
            "fence": 0,
        }
    )


def test_a_hold_is_loud_at_its_end_even_where_the_clock_was_set_back_since() -> None:
    world = two_incidents()
    world.give(hold(unit_ids=("E1",)))
    found_due = due("hold_over", "i2").model_copy(update={"due_at": LATER})
    (over,) = world.give(found_due)
    assert over.body.kind == "incident.hold_over"


def test_a_hold_is_loud_at_its_end() -> None:
    world = two_incidents()
    event = world.give(hold(unit_ids=("E1",)))[0]
    assert [(d.kind, d.at) for d in due_after(event)] == [("hold_over", LATER)]
    assert world.give(due("hold_over", "i2")) == []
    world.later(15 * 60)
    world.give(due("hold_over", "i2"))
    held = world.board.incidents["i2"].hold
    assert held is not None
    assert held.over
    assert held.unit_ids == ("E1",)


def test_a_hold_that_was_prolonged_is_not_over() -> None:
    world = two_incidents()
    world.give(hold())
    world.give(hold(LATER + timedelta(minutes=5), command_id="again"))
    world.later(15 * 60)
    assert world.give(due("hold_over", "i2")) == []


def test_units_that_are_sent_end_the_hold() -> None:
    world = two_incidents()
    world.give(hold())
    sent = cmd.NewAssignment(assignment_id="a-2", unit_id="E2")
    world.give(assign("send-2", incident_id="i2", units=(sent,)))
    assert world.board.incidents["i2"].hold is None


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"reason": ""}, InvalidInput),
        ({"until": NOON}, InvalidInput),
        ({"until": NOON + timedelta(days=8)}, InvalidInput),
        ({"unit_ids": ("E99",)}, NotFound),
    ],
)
def test_a_hold_says_why_and_until_when(over: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        two_incidents().give(hold(**over))


def test_incidents_are_linked_on_both_sides_and_apart_again() -> None:
    world = two_incidents()
    link = cmd.LinkIncidents(command_id="link", actor=DISPATCHER, incident_id="i1", other_id="i2")
    assert len(world.give(link)) == 2
    assert world.board.incidents["i2"].linked == ("i1",)
    assert world.give(link) == []
    world.give(link.model_copy(update={"linked": False}))
    assert world.board.incidents["i1"].linked == ()


def test_a_higher_alarm_lets_its_legs_wait_for_what_is_added() -> None:
    world = two_incidents()
    revision = world.board.incidents["i1"].revision
    change = cmd.ChangeIncident(
        command_id="al",
        actor=DISPATCHER,
        incident_id="i1",
        revision=revision,
        alarm_level=2,
        advice=make_advice(disciplines=("fire", "ems"), added=("fire", "ems")),
    )
    world.give(change)
    incident = world.board.incidents["i1"]
    assert incident.alarm_level == 2
    assert {leg.discipline: leg.state for leg in incident.legs} == {
        "fire": "pending",
        "ems": "pending",
    }
    down = change.model_copy(
        update={
            "command_id": "down",
            "revision": incident.revision,
            "alarm_level": 1,
            "advice": make_advice(disciplines=("fire",)),
        }
    )
    world.give(down)
    legs = {leg.discipline: leg.state for leg in world.board.incidents["i1"].legs}
    assert legs == {"fire": "active"}


def test_the_same_alarm_again_is_refused() -> None:
    world = two_incidents()
    with pytest.raises(InvalidInput, match="already"):
        world.give(
            cmd.ChangeIncident(
                command_id="al",
                actor=DISPATCHER,
                incident_id="i1",
                revision=world.board.incidents["i1"].revision,
                alarm_level=1,
                advice=make_advice(),
            )
        )


def benchmark(code: str) -> cmd.ReportBenchmark:
    return cmd.ReportBenchmark(
        command_id=f"bm-{code}", actor=DISPATCHER, incident_id="i1", code=code
    )


def fireground() -> World:
    world = two_incidents()
    world.state.policy = cmd.Policy(local_year=2026, par_s={"fire-a": 1200.0})
    drive(world, "on_scene")
    return world


def test_the_first_benchmark_starts_the_time_to_the_next_count() -> None:
    world = fireground()
    event = world.give(benchmark("working fire"))[0]
    incident = world.board.incidents["i1"]
    assert incident.benchmarks[0].code == "WORKING_FIRE"
    assert incident.par_due_at == NOON + timedelta(seconds=1200)
    assert [d.kind for d in due_after(event)] == ["par"]
    world.later(600)
    world.give(benchmark("PAR"))
    assert world.board.incidents["i1"].par_due_at == NOON + timedelta(seconds=1800)


def test_a_missed_count_grows_louder_and_stops_when_the_fire_is_out() -> None:
    world = fireground()
    world.give(benchmark("PAR"))
    assert world.give(due("par", "i1")) == []
    world.later(1200)
    world.give(due("par", "i1"))
    assert world.board.incidents["i1"].par_missed == 1
    assert world.give(due("par", "i1")) == []
    world.later(30)
    world.give(due("par", "i1"))
    assert world.board.incidents["i1"].par_missed == 2
    world.give(benchmark("OUT"))
    incident = world.board.incidents["i1"]
    assert (incident.par_due_at, incident.par_missed) == (None, 0)


def test_nothing_is_reported_from_where_nobody_is() -> None:
    world = World(make_unit("E1"))
    world.give(take_call())
    with pytest.raises(TransitionRefused, match="on scene"):
        world.give(benchmark("PAR"))
