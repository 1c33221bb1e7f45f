"""A silent or abandoned call is called back, and what was tried is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import InvalidInput, TransitionRefused
from tests.factories import CALL_TAKER, NOON, World, take_call


def only_a_call(**over: Any) -> World:
    world = World()
    world.give(take_call("c", place=None, incident_type=None, advice=None, note=None, **over))
    return world


def plan(cause: str = "silent") -> cmd.PlanCallback:
    fields = {"command_id": "plan", "actor": CALL_TAKER, "call_id": "call-c", "cause": cause}
    return cmd.PlanCallback.model_validate(fields)


def tried(result: str, number: int = 1) -> cmd.ReportCallback:
    return cmd.ReportCallback.model_validate(
        {
            "command_id": f"try-{number}",
            "actor": CALL_TAKER,
            "call_id": "call-c",
            "result": result,
        }
    )


def close(outcome: str) -> cmd.CloseCall:
    fields = {"command_id": "x", "actor": CALL_TAKER, "call_id": "call-c", "outcome": outcome}
    return cmd.CloseCall.model_validate(fields)


def test_a_callback_is_due_within_a_minute_and_again_after_a_try_without_an_answer() -> None:
    world = only_a_call()
    world.give(plan())
    task = world.board.calls["call-c"].callback_task
    assert task is not None
    assert task.due_at == NOON + timedelta(seconds=60)
    assert world.give(plan("abandoned")) == []
    world.later(30)
    world.give(tried("busy"))
    task = world.board.calls["call-c"].callback_task
    assert task is not None
    assert (task.due_at, len(task.tries)) == (NOON + timedelta(seconds=150), 1)


@pytest.mark.parametrize("results", [("answered",), ("no_answer", "busy", "no_answer")])
def test_an_answer_or_three_tries_end_the_task(results: tuple[str, ...]) -> None:
    world = only_a_call()
    world.give(plan())
    for number, result in enumerate(results):
        world.give(tried(result, number))
    task = world.board.calls["call-c"].callback_task
    assert task is not None
    assert task.due_at is None


def test_a_silent_call_is_not_closed_as_such_before_somebody_called_back() -> None:
    world = only_a_call()
    with pytest.raises(TransitionRefused, match="called back"):
        world.give(close("silent"))
    world.give(plan())
    with pytest.raises(TransitionRefused):
        world.give(close("silent"))
    world.give(tried("no_answer"))
    world.give(close("silent"))
    assert world.board.calls == {}


def test_without_a_number_there_is_nobody_to_call() -> None:
    world = only_a_call(callback=None)
    with pytest.raises(InvalidInput):
        world.give(plan())
    world.give(close("abandoned"))


def test_what_was_not_planned_is_not_reported() -> None:
    with pytest.raises(TransitionRefused):
        only_a_call().give(tried("answered"))
