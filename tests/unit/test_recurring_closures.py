"""A closure with hours begins, pauses and begins again as events, each due at its instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.closure import Closure
from dispatch.domain.errors import InvalidInput
from dispatch.domain.events import FeedRead, FeedReject
from dispatch.domain.recurrence import Recurrence, WeeklyHours
from dispatch.domain.timers import Due, due_after
from dispatch.domain.values import HUB_ACTOR
from dispatch.interop.feed_item import FeedItem, Limits
from dispatch.jobs.feeds import closures_of
from dispatch.roads.protocol import Placed
from geodata.lonlat import LonLat
from tests.factories import DISPATCHER, NOON, World, make_closure

WORKDAYS = (1, 2, 3, 4, 5)
NIGHTS = Recurrence(
    time_zone="Europe/Vaduz", hours=(WeeklyHours(days=WORKDAYS, begins="20:00", ends="05:00"),)
)
EVENING = datetime(2026, 7, 1, 18, tzinfo=UTC)
MORNING = datetime(2026, 7, 2, 3, tzinfo=UTC)


def works(**over: Any) -> Closure:
    fields: dict[str, Any] = {"recurrence": NIGHTS, "ends_at": NOON + timedelta(days=3)}
    return make_closure(**(fields | over))


def opened(world: World, closure: Closure) -> None:
    world.give(cmd.OpenClosure(command_id="o", actor=DISPATCHER, closure=closure))


def fall_due(world: World, kind: str) -> list[str]:
    given = {"actor": HUB_ACTOR, "due_id": 1, "kind": kind, "ref": "c1", "fence": 0}
    command = cmd.FallDue.model_validate({"command_id": f"{kind}{world.state.now}", **given})
    return [event.kind for event in world.give(command)]


def next_due(world: World) -> Due:
    found = [due for due in due_after(world.events[-1]) if due.kind != "closure_ends"]
    assert len(found) == 1
    return found[0]


def test_it_is_active_in_its_hours_alone_and_each_change_names_the_next() -> None:
    world = World()
    opened(world, works())
    assert datetime(2026, 7, 1, 12, tzinfo=UTC) == NOON
    closure = world.board.closures["c1"]
    assert (closure.state, closure.changes_at) == ("planned", EVENING)
    for at, kind, state, after in (
        (EVENING, "closure_begins", "active", MORNING),
        (MORNING, "closure_pauses", "planned", EVENING + timedelta(days=1)),
        (EVENING + timedelta(days=1), "closure_begins", "active", MORNING + timedelta(days=1)),
    ):
        assert next_due(world) == (at, kind, "c1")
        world.state.now = at
        fall_due(world, kind)
        closure = world.board.closures["c1"]
        assert (closure.state, closure.changes_at) == (state, after)


def test_it_ends_with_its_last_hours() -> None:
    world = World()
    opened(world, works(ends_at=MORNING + timedelta(hours=6)))
    world.state.now = EVENING
    fall_due(world, "closure_begins")
    world.state.now = MORNING
    assert fall_due(world, "closure_pauses") == ["closure.ended"]
    assert not world.board.closures


def test_hours_that_were_slept_through_are_not_made_up_for() -> None:
    world = World()
    opened(world, works())
    world.state.now = MORNING + timedelta(hours=5)
    assert fall_due(world, "closure_begins") == ["closure.paused"]
    assert next_due(world) == (EVENING + timedelta(days=1), "closure_begins", "c1")
    assert fall_due(world, "closure_begins") == [], "said once"


def test_an_old_due_of_a_closure_that_changed_meanwhile_does_nothing() -> None:
    world = World()
    opened(world, works())
    read = FeedRead(feed_id="dispatcher", read_at=NOON, ok=True)
    later = Recurrence(time_zone="Europe/Vaduz", hours=(WeeklyHours(begins="22:00", ends="23:00"),))
    changed = works(recurrence=later)
    world.give(cmd.RecordFeed(command_id="f", actor=HUB_ACTOR, read=read, closures=(changed,)))
    world.state.now = EVENING
    assert fall_due(world, "closure_begins") == []
    assert world.board.closures["c1"].state == "planned"


def test_a_reading_that_says_the_same_changes_nothing_at_any_hour() -> None:
    world = World()
    shut = works(source="works", source_ref="r1")
    read = FeedRead(feed_id="works", read_at=NOON, ok=True)

    def reading(number: int) -> list[str]:
        command = cmd.RecordFeed(
            command_id=f"f{number}", actor=HUB_ACTOR, read=read, closures=(shut,)
        )
        return [event.kind for event in world.give(command)]

    assert reading(1) == ["closure.opened", "feed.read"]
    world.state.now = EVENING
    fall_due(world, "closure_begins")
    assert reading(2) == ["feed.read"]
    world.state.now = NOON + timedelta(days=3)
    fall_due(world, "closure_ends")
    assert reading(3) == ["feed.read"], "what is over is not opened again"


def test_one_whose_hours_are_all_past_is_refused() -> None:
    over = WeeklyHours(last_day=date(2026, 6, 1))
    past = Recurrence(time_zone="Europe/Vaduz", hours=(over,))
    with pytest.raises(InvalidInput, match="hours"):
        opened(World(), works(recurrence=past))


def test_a_zone_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Mars/Olympus"):
        Recurrence(time_zone="Mars/Olympus", hours=(WeeklyHours(),))


def make_item(**over: Any) -> FeedItem:
    fields: dict[str, Any] = {
        "ref": "w-1",
        "description": "Mill Rd",
        "line": (LonLat(9.5, 47.1), LonLat(9.51, 47.1)),
        "direction": "both",
        "speed_factor": 0.6,
        "begins_at": NOON,
        "ends_at": NOON + timedelta(days=3),
    }
    return FeedItem(**(fields | over))


PLACED = Placed((3, 4), 0.9, "", "n1")


def test_an_entry_keeps_its_hours_by_its_own_zone_or_the_regions() -> None:
    hours = NIGHTS.hours
    (own,) = closures_of(make_item(hours=hours, time_zone="UTC"), "f", PLACED, "Europe/Vaduz")
    (region,) = closures_of(make_item(hours=hours), "f", PLACED, "Europe/Vaduz")
    assert own.recurrence is not None
    assert own.recurrence.time_zone == "UTC"
    assert region.recurrence == NIGHTS
    assert closures_of(make_item(), "f", PLACED, "Europe/Vaduz")[0].recurrence is None


def test_an_entry_that_slows_all_and_bars_the_wide_is_two_closures() -> None:
    item = make_item(bars=Limits(max_width_m=3.05))
    slow, barred = closures_of(item, "f", PLACED, "UTC")
    assert (slow.speed_factor, slow.has_limit()) == (0.6, False)
    assert (barred.speed_factor, barred.max_width_m) == (0.0, 3.05)
    assert (barred.id, barred.source_ref) != (slow.id, slow.source_ref)
    (over,) = closures_of(make_item(over=Limits(max_height_m=3.5)), "f", PLACED, "UTC")
    assert (over.max_height_m, over.speed_factor) == (3.5, 0.6)


@pytest.mark.parametrize(
    ("over", "shape"),
    [({}, "line"), ({"follows_road": False}, "points"), ({"is_area": True}, "area")],
)
def test_a_closure_keeps_what_its_line_is(over: dict[str, Any], shape: str) -> None:
    (closure,) = closures_of(make_item(**over), "f", PLACED, "UTC")
    assert closure.shape == shape


def test_what_a_person_has_accepted_stands_while_the_feed_lists_it_in_doubt() -> None:
    world = World()
    accepted = make_closure(source="works", source_ref="w-1", confirmed_by="dana")
    opened(world, accepted)
    doubted = FeedReject(ref="w-1", why="in doubt", proposal=accepted)

    def reading(number: int, *rejects: FeedReject) -> None:
        read = FeedRead(feed_id="works", read_at=NOON, ok=True, rejects=rejects)
        world.give(cmd.RecordFeed(command_id=f"f{number}", actor=HUB_ACTOR, read=read))

    reading(1, doubted)
    assert set(world.board.closures) == {"c1"}
    reading(2)
    assert not world.board.closures
