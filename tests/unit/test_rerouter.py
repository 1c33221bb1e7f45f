"""When a crew on its way is told of another, whatever fails in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Board, apply
from dispatch.domain.closure import Closure
from dispatch.domain.commands import Command, RerouteAssignment
from dispatch.domain.errors import RoadsUnavailable, TooBusy
from dispatch.domain.events import Event
from dispatch.domain.incident import Place
from dispatch.roads.protocol import PathFound, Paths, RankUnit
from dispatch.services import rerouting
from dispatch.services.hub import Hub
from dispatch.services.rerouting import Rerouter
from dispatch.store.event_log import LoggedEvent
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat
from geodata.shapes import Point
from tests.factories import make_closure
from tests.recommend_factories import (
    NOON,
    SCENE,
    Known,
    MadePolicy,
    make_assignment,
    make_incident,
    make_plan_row,
    make_unit,
)

HOME = LonLat(SCENE.lon - 0.03, SCENE.lat)
AROUND = (HOME, LonLat(SCENE.lon - 0.015, SCENE.lat + 0.02), SCENE)
CREW = make_unit("E1", home=HOME)
WAY = (HOME, SCENE)


def bridge(**over: Any) -> Closure:
    line = (LonLat(SCENE.lon - 0.02, SCENE.lat), LonLat(SCENE.lon - 0.018, SCENE.lat))
    given: dict[str, Any] = {"line": line, "state": "active", "description": "Mill Bridge"}
    return make_closure("c1", **{**given, "speed_factor": 0.0, **over})


def sent(**over: Any) -> Assignment:
    given: dict[str, Any] = {"incident_id": "i-1", "route": WAY, "travel_s": 200.0}
    return make_assignment(CREW, **{**given, **over})


@dataclass
class LedAround:
    """Roads that know one way, around the bridge; silent for the first questions on demand."""

    silent: int = 0
    broken: int = 0
    """How many questions more fail in a way that nobody expected."""
    asked: list[LonLat] = field(default_factory=list)
    seq: int = 0

    async def paths(
        self, target: LonLat, units: Sequence[RankUnit], *, min_seq: int = 0, deadline_s: Any = None
    ) -> Paths:
        self.asked.append(target)
        if self.broken:
            self.broken -= 1
            raise ZeroDivisionError
        if len(self.asked) <= self.silent:
            raise RoadsUnavailable()
        line = (*AROUND[:2], target)
        return Paths(tuple(PathFound(300.0, line, ()) for _ in units), max(min_seq, self.seq), ())


@dataclass
class Told(Known):
    """A hub whose log is a list, and which is too busy for the first commands on demand."""

    told: list[RerouteAssignment] = field(default_factory=list)
    busy: int = 0
    leads: bool = True
    rerouter: Rerouter | None = None

    def policy(self) -> MadePolicy:
        return self.region()

    async def submit(self, command: Command) -> Outcome:
        assert isinstance(command, RerouteAssignment)
        await asyncio.sleep(0)
        if self.busy:
            self.busy -= 1
            raise TooBusy()
        self.told.append(command)
        return Outcome(command.command_id, self.held.seq, self.held.seq, (), False)

    def append(self, body: ev.EventBody) -> None:
        seq = self.held.seq + 1
        event = Event(seq=seq, at=NOON, actor="x", command_id=f"c{seq}", audience=("*",), body=body)
        apply(self.held, event)
        cast("Rerouter", self.rerouter).on_events([LoggedEvent(event, "", "")])


def tell(
    story: Callable[[Told], Awaitable[None]],
    *,
    roads: LedAround | None = None,
    assignments: Sequence[Assignment] = (sent(),),
    **over: Any,
) -> Told:
    board = Board(
        seq=7,
        units={CREW.id: CREW},
        incidents={"i-1": make_incident()},
        assignments={assignment.id: assignment for assignment in assignments},
    )
    policy = MadePolicy([make_plan_row()])
    policy.agencies = ()  # type: ignore[attr-defined]  # none has a limit of its own
    hub = Told(board, policy, roads or LedAround(), **over)

    async def told() -> None:
        hub.rerouter = Rerouter(cast("Hub", hub), active=lambda: hub.leads)
        running = asyncio.create_task(hub.rerouter.run())
        try:
            await story(hub)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(told())
    return hub


async def until(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    limit_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < limit_s
        await asyncio.sleep(0.005)


def test_a_crew_whose_way_is_cut_is_told_once() -> None:
    async def story(hub: Told) -> None:
        hub.append(ev.ClosureOpened(closure=bridge()))
        await until(lambda: bool(hub.told))

    (told,) = tell(story).told
    assert (told.cut, told.closure_id, told.reason) == (True, "c1", "Mill Bridge: closed")
    assert told.route == AROUND


def test_roads_that_are_silent_for_long_are_asked_until_they_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(hub: Told) -> None:
        hub.append(ev.ClosureOpened(closure=bridge()))
        await until(lambda: bool(hub.told))

    monkeypatch.setattr(rerouting, "_LOOK_S", 0.002)
    monkeypatch.setattr(rerouting, "_UNTOLD_S", 3600.0)  # until then nothing else is told
    roads = LedAround(silent=100)
    assert [told.reason for told in tell(story, roads=roads).told] == ["Mill Bridge: closed"]
    assert len(roads.asked) == 101


def test_a_crew_is_told_though_looking_at_it_failed_unexpectedly_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(hub: Told) -> None:
        hub.append(ev.ClosureOpened(closure=bridge()))
        await until(lambda: bool(hub.told))
        await until(lambda: cast("Rerouter", hub.rerouter).untold() == {})

    monkeypatch.setattr(rerouting, "_LOOK_S", 0.002)
    monkeypatch.setattr(rerouting, "_AGAIN_S", (0.002, 0.004))
    monkeypatch.setattr(rerouting, "_UNTOLD_S", 3600.0)
    roads = LedAround(broken=4)
    assert [told.route for told in tell(story, roads=roads).told] == [AROUND]
    assert len(roads.asked) == 5


@pytest.mark.parametrize("kind", ["broken", "silent"])
def test_a_crew_that_cannot_be_led_around_hears_what_is_shut_and_health_says_so(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    roads = LedAround(broken=10**6) if kind == "broken" else LedAround(silent=10**6)

    async def story(hub: Told) -> None:
        rerouter = cast("Rerouter", hub.rerouter)
        hub.append(ev.ClosureOpened(closure=bridge()))
        await until(lambda: bool(hub.told))
        (stands,) = rerouter.untold().values()
        assert stands["error"] == ("ZeroDivisionError" if kind == "broken" else stands["error"])
        led = hub.held.assignments["a-E1"].model_copy(update={"route": ()})
        hub.held.assignments["a-E1"] = led  # as the event does
        roads.broken = roads.silent = 0
        await until(lambda: len(hub.told) == 2)
        await until(lambda: rerouter.untold() == {})

    monkeypatch.setattr(rerouting, "_LOOK_S", 0.002)
    monkeypatch.setattr(rerouting, "_AGAIN_S", (0.002,))
    monkeypatch.setattr(rerouting, "_UNTOLD_S", 0.02)
    shut, around = tell(story, roads=roads).told
    assert (shut.route, shut.cut, shut.closure_id) == ((), True, "c1")
    assert shut.reason == "Mill Bridge: closed; no other way is reckoned yet"
    assert (around.route, around.reason) == (AROUND, "another way is known again")


def test_a_hub_that_was_too_busy_to_record_it_is_asked_again() -> None:
    async def story(hub: Told) -> None:
        hub.append(ev.ClosureOpened(closure=bridge()))
        await until(lambda: bool(hub.told))

    hub = tell(story, busy=2)
    assert [told.assignment_id for told in hub.told] == ["a-E1"]


def test_a_crew_sent_by_advice_from_before_the_closure_is_told() -> None:
    async def story(hub: Told) -> None:
        hub.append(ev.ClosureOpened(closure=bridge()))
        await asyncio.sleep(0)
        hub.append(ev.UnitAssigned(assignment=sent()))
        await until(lambda: bool(hub.told))

    assert [told.closure_id for told in tell(story, assignments=()).told] == ["c1"]


def test_a_crew_sent_without_a_way_gets_one_when_the_roads_answer() -> None:
    async def story(hub: Told) -> None:
        hub.append(ev.UnitAssigned(assignment=sent(route=(), travel_s=None)))
        await until(lambda: bool(hub.told))

    (told,) = tell(story, assignments=(), roads=LedAround(silent=1)).told
    assert (told.cut, told.closure_id, told.route) == (False, None, AROUND)


def test_a_corrected_address_leads_its_crews_to_it() -> None:
    elsewhere = LonLat(SCENE.lon + 0.02, SCENE.lat + 0.01)

    async def story(hub: Told) -> None:
        place = Place(at=elsewhere, shape=Point(at=elsewhere))
        hub.append(ev.IncidentChanged(incident_id="i-1", revision=2, place=place))
        await until(lambda: bool(hub.told))

    (told,) = tell(story).told
    assert told.route[-1] == elsewhere
    assert told.reason == "the address is another"


def test_what_was_shut_while_another_process_led_is_told_by_the_next_one() -> None:
    async def story(hub: Told) -> None:
        hub.append(ev.ClosureOpened(closure=bridge()))
        await asyncio.sleep(0.05)
        assert hub.told == []
        hub.leads = True
        await until(lambda: bool(hub.told))

    assert [told.closure_id for told in tell(story, leads=False).told] == ["c1"]


def test_what_another_board_brings_is_told_too() -> None:
    async def story(hub: Told) -> None:
        await asyncio.sleep(0.05)  # it leads, and has looked at what stood
        hub.held.closures["c1"] = bridge()
        cast("Rerouter", hub.rerouter).on_reload()
        await until(lambda: bool(hub.told))

    assert [told.closure_id for told in tell(story).told] == ["c1"]


def test_one_that_drives_another_way_or_is_there_is_left_alone() -> None:
    far = (LonLat(SCENE.lon, SCENE.lat + 0.1), LonLat(SCENE.lon, SCENE.lat + 0.2))
    others = (
        sent(id="a-0", route=far),
        sent(id="a-1", status="on_scene"),
        sent(id="a-2", released_at=NOON),
    )

    async def story(hub: Told) -> None:
        hub.append(ev.ClosureOpened(closure=bridge()))
        await until(lambda: bool(hub.told))

    hub = tell(story, assignments=(*others, sent()))
    assert [told.assignment_id for told in hub.told] == ["a-E1"]
