"""A call handed to another centre has one owner in every state."""

from __future__ import annotations

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.call import Call
from dispatch.domain.errors import AlreadyClosed, TransitionRefused
from dispatch.domain.timers import Due, due_after
from dispatch.domain.transfers import ANSWER_WITHIN_S, OURS, owner_of
from tests import factories as make
from tests.unit.test_call_progress import answer, ring, save


def taken() -> make.World:
    world = make.World()
    ring(world)
    answer(world)
    return world


def offer(world: make.World, transfer_id: str = "t1") -> Call:
    fields = {"command_id": f"o-{transfer_id}", "actor": make.CALL_TAKER, "call_id": "c1"}
    centre = {"centre_id": "EAST", "centre_name": "Eastshore"}
    world.give(cmd.OfferTransfer.model_validate({**fields, **centre, "transfer_id": transfer_id}))
    return world.board.calls["c1"]


def settle(world: make.World, result: str, transfer_id: str = "t1") -> None:
    fields = {"command_id": f"s-{result}", "actor": make.CALL_TAKER, "call_id": "c1"}
    settled = {**fields, "transfer_id": transfer_id, "result": result}
    world.give(cmd.SettleTransfer.model_validate(settled))


def due(world: make.World) -> None:
    fields = {"command_id": "due", "actor": make.DISPATCHER, "due_id": 1, "ref": "c1", "fence": 0}
    world.give(cmd.FallDue.model_validate({**fields, "kind": "transfer"}))


def test_an_offered_call_is_ours_until_they_accept() -> None:
    world = taken()
    assert owner_of(offer(world)) == OURS
    settle(world, "accepted")
    assert "c1" not in world.board.calls
    *_, transferred, closed = world.events
    assert (transferred.kind, closed.kind) == ("call.transfer_set", "call.closed")
    assert closed.body.model_dump()["outcome"] == "transferred"


@pytest.mark.parametrize("result", ["refused", "taken_back"])
def test_a_refused_call_and_one_taken_back_are_ours_and_may_be_offered_again(result: str) -> None:
    world = taken()
    offer(world)
    settle(world, result)
    assert owner_of(world.board.calls["c1"]) == OURS
    call = offer(world, "t2")
    assert [t.state for t in call.transfers] == [result, "offered"]


def test_silence_counts_as_no() -> None:
    world = taken()
    call = offer(world)
    made = world.events[-1]
    assert due_after(made) == [Due(call.transfers[0].due_at, "transfer", "c1")]
    states = []
    for wait_s in (0, ANSWER_WITHIN_S):
        world.later(wait_s)
        due(world)
        states.append(world.board.calls["c1"].transfers[0].state)
    assert states == ["offered", "timed_out"]
    with pytest.raises(TransitionRefused, match="No such offer"):
        settle(world, "accepted")
    assert owner_of(world.board.calls["c1"]) == OURS


def test_what_waits_for_an_answer_is_not_offered_twice_nor_closed() -> None:
    world = taken()
    offer(world)
    with pytest.raises(TransitionRefused, match="take it back first"):
        offer(world, "t2")
    close = {"command_id": "x", "actor": make.CALL_TAKER, "call_id": "c1", "outcome": "misdial"}
    with pytest.raises(TransitionRefused, match="say what came of it"):
        world.give(cmd.CloseCall.model_validate(close))


def test_a_call_with_an_incident_becomes_theirs_and_the_incident_stays_ours() -> None:
    world = taken()
    save(world)
    offer(world)
    settle(world, "accepted")
    assert owner_of(world.board.calls["c1"]) == "EAST"
    assert world.board.incidents["i1"].state == "open"
    with pytest.raises(TransitionRefused, match="Another centre"):
        offer(world, "t2")


def test_a_call_that_rings_or_is_closed_is_not_offered() -> None:
    world = make.World()
    ring(world)
    with pytest.raises(TransitionRefused, match="Answer"):
        offer(world)
    closed = {"closed_at": make.NOON, "phase": "saved"}
    world.board.calls["c1"] = world.board.calls["c1"].model_copy(update=closed)
    with pytest.raises(AlreadyClosed):
        offer(world)
