"""What crews report from the street: one report, two, taken back, confirmed, refused, over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.closure import Closure, EndReason
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.events import ClosureEnded, Event
from dispatch.domain.timers import due_after
from dispatch.domain.values import HUB_ACTOR
from tests.factories import CREW, DISPATCHER, NOON, World, make_closure, take_call


def block(unit_id: str = "E12", closure_id: str = "b1", **over: Any) -> Closure:
    fields: dict[str, Any] = {
        "source": "responder",
        "description": "Mill Rd",
        "direction": "along",
        "network_id": "net",
        "arcs": (4, 5),
        "ends_at": NOON + timedelta(minutes=30),
        "confirmed": False,
        "penalty_s": 120.0,
        "reported_by": (unit_id,),
    }
    return make_closure(closure_id, **(fields | over))


def report(world: World, *args: str, **over: Any) -> Closure:
    said = block(*args, **over)
    world.give(cmd.ReportBlock(command_id=f"say-{said.id}", actor=CREW, closure=said))
    return world.board.closures.get(said.id, said)


def confirm(world: World, **over: Any) -> list[Event]:
    fields: dict[str, Any] = {"command_id": "yes", "actor": DISPATCHER, "closure_id": "b1"} | over
    return world.give(cmd.ConfirmClosure(**fields))


def ended(event: Event) -> str:
    assert isinstance(event.body, ClosureEnded)
    return event.body.reason


def test_a_report_stands_at_once_unconfirmed_and_binds_its_crew_alone() -> None:
    world = World()
    standing = report(world)
    assert (standing.state, standing.confirmed) == ("active", False)
    assert standing.binds("E12")
    assert not standing.binds("E14")
    assert not standing.binds(None)


def test_a_second_crew_at_the_same_place_joins_the_report() -> None:
    world = World()
    report(world)
    later = NOON + timedelta(minutes=40)
    report(world, "E14", "b2", arcs=(5, 6, 7), ends_at=later)
    (both,) = world.board.closures.values()
    assert both.id == "b1"
    assert both.reported_by == ("E12", "E14")
    assert (both.arcs, both.ends_at, both.revision) == ((4, 5, 6, 7), later, 2)
    assert both.binds("E14")


@pytest.mark.parametrize("other", [{"arcs": (7, 8)}, {"network_id": "older"}])
def test_a_report_from_elsewhere_is_another_one(other: dict[str, Any]) -> None:
    world = World()
    report(world)
    report(world, "E14", "b2", **other)
    assert set(world.board.closures) == {"b1", "b2"}


def test_what_was_pressed_too_long_ago_is_refused() -> None:
    world = World()
    with pytest.raises(InvalidInput, match="too long ago"):
        report(world, ends_at=NOON, begins_at=NOON - timedelta(minutes=30))


def test_once_confirmed_it_binds_everybody_until_the_dispatchers_end() -> None:
    world = World()
    report(world)
    until = NOON + timedelta(hours=3)
    (event,) = confirm(world, ends_at=until, description="Tree down")
    confirmed = world.board.closures["b1"]
    assert confirmed.binds("E14")
    assert (confirmed.confirmed_by, confirmed.penalty_s) == ("dana", 0.0)
    assert (confirmed.ends_at, confirmed.description) == (until, "Tree down")
    assert [due.at for due in due_after(event)] == [until]
    assert confirm(world, command_id="again") == []


def test_a_dispatcher_may_widen_it_to_both_directions() -> None:
    world = World()
    report(world)
    confirm(world, direction="both", arcs=(4, 5, 14, 15), network_id="net")
    confirmed = world.board.closures["b1"]
    assert (confirmed.direction, confirmed.arcs) == ("both", (4, 5, 14, 15))


def test_a_second_report_does_not_touch_what_is_confirmed() -> None:
    world = World()
    report(world)
    confirm(world)
    report(world, "E14", "b2")
    assert world.board.closures["b1"].reported_by == ("E12",)
    assert not world.board.closures["b2"].confirmed


def test_lifting_what_nobody_confirmed_refuses_it() -> None:
    world = World()
    report(world)
    lift = cmd.LiftClosure(command_id="no", actor=DISPATCHER, closure_id="b1")
    (event,) = world.give(lift)
    assert ended(event) == "refused"
    assert world.board.closures == {}


def test_a_crew_takes_back_its_own_word_and_no_other() -> None:
    world = World()
    report(world)
    report(world, "E14", "b2")

    def withdraw(unit_id: str) -> Any:
        return cmd.WithdrawBlock(
            command_id=f"back-{unit_id}", actor=CREW, closure_id="b1", unit_id=unit_id
        )

    with pytest.raises(NotFound):
        world.give(withdraw("E99"))
    world.give(withdraw("E12"))
    assert world.board.closures["b1"].reported_by == ("E14",)
    (event,) = world.give(withdraw("E14"))
    assert ended(event) == "withdrawn"


def test_what_a_dispatcher_has_confirmed_the_crew_cannot_take_back() -> None:
    world = World()
    report(world)
    confirm(world)
    with pytest.raises(InvalidInput, match="confirmed"):
        world.give(cmd.WithdrawBlock(command_id="b", actor=CREW, closure_id="b1", unit_id="E12"))


def test_nobody_has_to_end_it_half_an_hour_later_it_is_over() -> None:
    world = World()
    report(world)
    world.state.now = NOON + timedelta(minutes=30)
    due = cmd.FallDue(
        command_id="due", actor=HUB_ACTOR, due_id=1, kind="closure_ends", ref="b1", fence=0
    )
    (event,) = world.give(due)
    assert ended(event) == "expired"


def test_confirming_what_is_gone_or_to_an_end_that_is_past_is_refused() -> None:
    world = World()
    with pytest.raises(NotFound):
        confirm(world)
    report(world)
    with pytest.raises(InvalidInput, match="over already"):
        confirm(world, ends_at=NOON)


def proposal(closure_id: str = "p1", **over: Any) -> cmd.ProposeClosure:
    said = block(closure_id=closure_id, source="incident", reported_by=(), incident_id="i1", **over)
    return cmd.ProposeClosure(command_id=f"may-{closure_id}", actor=HUB_ACTOR, closure=said)


def test_what_an_incident_may_block_binds_nobody_and_is_asked_once() -> None:
    world = World()
    world.give(take_call())
    world.give(proposal())
    standing = world.board.closures["p1"]
    assert (standing.state, standing.confirmed) == ("active", False)
    assert not standing.binds("E12")
    assert world.give(proposal("p2")) == []


@pytest.mark.parametrize(
    ("why", "asked"), [("incident_over", 1), ("refused", 0), ("lifted", 0), (None, 0)]
)
def test_only_what_ended_with_its_incident_is_proposed_once_more(
    why: EndReason | None, asked: int
) -> None:
    world = World()
    world.give(take_call())
    was = proposal().closure.model_copy(update={"state": "ended", "ended_why": why, "revision": 3})
    world.state.ended_closure = was
    assert len(world.give(proposal())) == asked
    assert all(c.revision == 4 for c in world.board.closures.values())


def test_nothing_is_proposed_for_an_incident_that_is_over() -> None:
    world = World()
    assert world.give(proposal()) == []


def test_with_the_incident_ends_what_it_blocked_confirmed_or_not() -> None:
    world = World()
    world.give(take_call())
    world.give(proposal())
    confirm(world, closure_id="p1")
    over = cmd.EndIncidentClosures(command_id="over", actor=HUB_ACTOR, incident_id="i1")
    (event,) = world.give(over)
    assert ended(event) == "incident_over"
    assert world.give(over.model_copy(update={"command_id": "again"})) == []
