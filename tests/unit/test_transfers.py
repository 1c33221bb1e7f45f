"""A call handed to another centre has one owner in every state."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.call import Call
from dispatch.domain.errors import AlreadyClosed, TransitionRefused
from dispatch.domain.timers import Due, due_after
from dispatch.domain.transfers import (
    ANSWER_WITHIN_S,
    HEARD_MOST,
    OURS,
    READ_LINK_LASTS,
    may_be_read,
    owner_of,
    unreported,
)
from dispatch.domain.values import HUB_ACTOR
from tests import factories as make
from tests.unit.test_call_progress import answer, ring, save

STEPS = ("offer", "accepted", "refused", "taken_back", "silence")


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


def report(world: make.World, digest: str, why: str = "", *, later: bool = False) -> None:
    fields = {"command_id": f"r-{digest}-{why}", "actor": HUB_ACTOR, "call_id": "c1"}
    said = {"transfer_id": "t1", "taken": not why, "why": why, "later": later, "digest": digest}
    world.give(cmd.ReportRecord.model_validate({**fields, **said, "entries": 3}))


def read(world: make.World, digest: str) -> None:
    fields = {"command_id": "read", "actor": make.DISPATCHER, "what": "eido", "about": "c1"}
    world.give(cmd.RecordReading.model_validate({**fields, "call_id": "c1", "digest": digest}))


def heard_of(world: make.World) -> list[tuple[str, str, int]]:
    return [(h.how, h.by, h.version) for h in world.board.calls["c1"].transfers[-1].heard]


def test_a_transfer_keeps_who_was_sent_what_and_who_read_it() -> None:
    world = taken()
    offer(world)
    reader = make.DISPATCHER.account_id
    report(world, "first")
    read(world, "first")
    read(world, "first")  # the same again is no news
    report(world, "second", "it answered 422", later=True)
    report(world, "second", later=True)
    report(world, "second", later=True)
    assert heard_of(world) == [
        ("sent", "EAST", 1),
        ("read", reader, 1),
        ("not_taken", "EAST", 2),
        ("sent", "EAST", 2),
    ]
    last = world.board.calls["c1"].transfers[-1]
    assert (last.record, last.behind, last.heard[0].entries) == ("sent", "", 3)
    for number in range(HEARD_MOST):
        report(world, f"v{number}", later=True)
    last = world.board.calls["c1"].transfers[-1]
    assert (len(last.heard), last.heard_left_out, last.heard[0].version) == (HEARD_MOST, 4, 1)
    assert last.heard[-1].version == HEARD_MOST + 2


def test_what_became_of_the_record_is_kept_though_the_call_is_theirs_and_closed() -> None:
    world = taken()
    call = offer(world)
    settle(world, "accepted")
    gone = call.model_copy(
        update={
            "closed_at": world.state.now,
            "transfers": (call.transfers[0].model_copy(update={"state": "accepted"}),),
        }
    )
    world.board.calls["c1"] = gone
    report(world, "first", "it answered 503")
    last = world.board.calls["c1"].transfers[-1]
    assert (last.record, last.record_why, owner_of(gone)) == ("failed", "it answered 503", "EAST")
    assert heard_of(world) == [("not_taken", "EAST", 1)]


def test_a_record_whose_sender_died_on_the_way_is_found_while_the_offer_stands() -> None:
    world = taken()
    call = offer(world)
    late = world.state.now + timedelta(seconds=16)
    assert unreported(call, world.state.now, 16) is None
    assert unreported(call, late, 16) == call.transfers[-1]
    report(world, "first")
    assert unreported(world.board.calls["c1"], late, 16) is None
    refused = call.transfers[-1].model_copy(update={"state": "refused"})
    assert unreported(call.model_copy(update={"transfers": (refused,)}), late, 16) is None


def test_a_record_is_read_by_its_link_for_a_day_after_it_was_offered_or_taken() -> None:
    world = taken()
    call = offer(world)
    assert may_be_read(call, world.state.now + READ_LINK_LASTS)
    assert not may_be_read(call, world.state.now + READ_LINK_LASTS + timedelta(seconds=1))
    settle(world, "refused")
    assert not may_be_read(world.board.calls["c1"], world.state.now)


def test_who_says_yes_too_late_is_told_whose_the_call_is() -> None:
    world = taken()
    offer(world)
    world.later(ANSWER_WITHIN_S)
    due(world)
    with pytest.raises(TransitionRefused, match="not answered in time; the call is ours"):
        settle(world, "accepted")


@pytest.mark.parametrize("steps", [*itertools.product(STEPS, repeat=3)])
def test_every_state_has_one_owner_and_ends(steps: tuple[str, ...]) -> None:
    """Whatever comes in whatever order, also silence and a console that is gone: one owner."""
    world = taken()
    for number, step in enumerate(steps):
        if "c1" not in world.board.calls:
            return  # theirs, and closed with it
        try:
            if step == "offer":
                offer(world, f"t{number}")
            elif step == "silence":
                world.later(ANSWER_WITHIN_S)
                due(world)
            else:
                last = world.board.calls["c1"].transfers
                settle(world, step, last[-1].id if last else "none")
        except TransitionRefused:
            pass
        call = world.board.calls.get("c1")
        if call is None:
            assert world.events[-1].kind == "call.closed"
            return
        states = [t.state for t in call.transfers]
        assert states.count("accepted") == 0
        assert states.count("offered") <= 1
        assert owner_of(call) == OURS
    world.later(ANSWER_WITHIN_S)
    due(world)
    assert all(t.state != "offered" for t in world.board.calls["c1"].transfers)


def test_a_call_that_rings_or_is_closed_is_not_offered() -> None:
    world = make.World()
    ring(world)
    with pytest.raises(TransitionRefused, match="Answer"):
        offer(world)
    closed = {"closed_at": make.NOON, "phase": "saved"}
    world.board.calls["c1"] = world.board.calls["c1"].model_copy(update=closed)
    with pytest.raises(AlreadyClosed):
        offer(world)
