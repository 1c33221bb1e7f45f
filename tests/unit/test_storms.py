"""The storm switch: on with a reason and a time to ask, ended by a person alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dispatch.domain.commands import SetStorm
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.values import Actor
from jurisdictions.plans import PlanBook
from tests.factories import NOON, World
from tests.unit.test_plans import make_row

SUE = Actor(account_id="sue", role="supervisor", agencies=("*",))
OTHER = Actor(account_id="oda", role="supervisor", agencies=("fire-b",))


def storm(ask_at: datetime | None, reason: str = "wind", actor: Actor = SUE) -> SetStorm:
    return SetStorm(
        command_id=f"storm-{ask_at}-{reason}",
        actor=actor,
        agency_id="fire-a",
        ask_at=ask_at,
        reason=reason,
    )


def test_it_stands_until_a_supervisor_ends_it_however_late() -> None:
    world = World()
    world.give(storm(NOON + timedelta(hours=4)))
    world.state.now = NOON + timedelta(hours=9)
    assert world.board.storms["fire-a"].ask_at < world.state.now
    world.give(storm(world.state.now + timedelta(hours=2), "still blowing"))
    standing = world.board.storms["fire-a"]
    assert (standing.since, standing.reason) == (NOON, "still blowing")
    world.give(storm(None, "wind is over"))
    assert world.board.storms == {}
    assert world.give(storm(None, "again")) == []


@pytest.mark.parametrize(
    ("ask_at", "reason"),
    [(NOON, "wind"), (NOON + timedelta(hours=25), "wind"), (NOON + timedelta(hours=1), "")],
)
def test_without_a_reason_or_a_time_to_ask_within_a_day_it_is_refused(
    ask_at: datetime, reason: str
) -> None:
    with pytest.raises(InvalidInput):
        World().give(storm(ask_at, reason))


def test_a_supervisor_of_another_agency_does_not_find_it() -> None:
    with pytest.raises(NotFound):
        World().give(storm(NOON + timedelta(hours=1), actor=OTHER))


def test_storm_plans_hold_in_a_storm_alone_and_before_every_other() -> None:
    book = PlanBook([make_row(agency="a", count=3), make_row(profile="storm", count=1)])
    calm = book.find("FIRE", agency_id="a", local=NOON)
    blown = book.find("FIRE", agency_id="a", local=NOON, storm=True)
    assert calm is not None
    assert blown is not None
    assert (calm.id, len(calm.slots)) == ("FIRE/a", 3)
    assert (blown.id, len(blown.slots)) == ("FIRE/*~storm", 1)
    assert book.has_storm("a", "fire")
    assert not book.has_storm("p", "law")
