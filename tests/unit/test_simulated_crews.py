"""Simulated crews do what a crew does: look, then answer, and say where the patient goes."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from dispatch.domain.hospital import HospitalState
from dispatch.simulation import crews as crews_module
from dispatch.simulation.console import Console
from dispatch.simulation.crews import CALLED_IN_S, Crews, nearest_open
from dispatch.simulation.desk import SHOWN_S, Desk
from dispatch.simulation.driving import Driver
from dispatch.simulation.errors import Troubles
from dispatch.simulation.hub_client import HubClient, Refused
from geodata.lonlat import LonLat
from jurisdictions.hospitals import Hospital
from tests.factories import (
    HERE,
    NOON,
    World,
    assign,
    make_recommendation,
    make_unit,
    take_call,
)

NEAR = Hospital(id="MERCY", name="Mercy", at=LonLat(HERE.lon + 0.01, HERE.lat))
FAR = Hospital(id="GENERAL", name="General", at=LonLat(HERE.lon + 0.1, HERE.lat))


def state(hospital: Hospital, intake: str) -> dict[str, HospitalState]:
    fields = {"hospital_id": hospital.id, "intake": intake, "by": "dana", "since": NOON}
    return {hospital.id: HospitalState.model_validate(fields)}


def test_a_patient_goes_to_the_nearest_hospital_that_takes_everybody() -> None:
    both = (FAR, NEAR)
    assert nearest_open(HERE, both, {}) == NEAR
    assert nearest_open(HERE, both, state(NEAR, "divert")) == FAR
    assert nearest_open(HERE, [NEAR], state(NEAR, "divert")) == NEAR
    assert nearest_open(HERE, [NEAR], state(NEAR, "closed")) is None
    assert nearest_open(HERE, [], {}) is None


class Heard:
    """A hub that takes every command, and a console that never waits."""

    def __init__(self, world: World) -> None:
        self.board = world.board
        self.on_event: list[Any] = []
        self.on_snapshot: list[Any] = []
        self.given: list[tuple[str, dict[str, Any]]] = []
        self.waited_s: list[float] = []
        self.client = self

    async def command(self, path: str, body: dict[str, Any] | None = None, **more: Any) -> None:
        self.given.append((path.rpartition("/")[2], body or {}))

    async def wait_for(self, holds: Any, timeout_s: float, **more: Any) -> bool:
        self.waited_s.append(timeout_s)
        return False


def crews_of(heard: Heard, *hospitals: Hospital) -> Crews:
    client = cast(HubClient, heard)
    driver = Driver(lambda unit_id: client, pace=1.0)
    driver.places["M1"] = HERE
    return Crews(
        cast(Console, heard),
        lambda unit_id: client,
        driver,
        Troubles(),
        random.Random(3),
        pace=1.0,
        unit_ids=frozenset({"M1"}),
        hospitals=hospitals,
    )


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(crews_module, "LOOK_S", (0.0, 0.0))
    monkeypatch.setattr(crews_module, "TRANSPORT_SHARE", 1.0)
    medic = make_unit("M1", discipline="ems", agency_id="ems-a", capabilities=("transport",))
    made = World(medic)
    made.give(take_call("call"))
    made.give(assign("send", "M1"))
    return made


def test_a_crew_has_it_sees_it_and_then_acknowledges_it(world: World) -> None:
    heard = Heard(world)
    crews = crews_of(heard)
    asyncio.run(crews._step(world.board.units["M1"], world.assignment("M1"), False))
    said = [(what, body.get("seen", False)) for what, body in heard.given]
    assert said == [("receipt", False), ("receipt", True), ("acknowledgement", False)]


def test_a_transport_names_its_hospital_where_the_region_has_any(world: World) -> None:
    for hospitals, named in (((NEAR, FAR), "MERCY"), ((), None)):
        heard = Heard(world)
        crews = crews_of(heard, *hospitals)
        asyncio.run(crews._work_scene(world.board.units["M1"], world.assignment("M1")))
        ((what, body),) = heard.given
        assert (what, body["status"], body.get("hospital_id")) == ("status", "transporting", named)


@pytest.mark.parametrize(("by_radio", "said"), [(False, ["checks", "status"]), (True, ["status"])])
def test_an_officer_says_that_all_is_well_unless_it_is_asked_by_radio(
    monkeypatch: pytest.MonkeyPatch, by_radio: bool, said: list[str]
) -> None:
    monkeypatch.setattr(crews_module, "SCENE_S", {"law": (90.0, 90.0)})
    patrol = make_unit("P1", discipline="law", agency_id="law-a")
    made = World(patrol)
    made.give(take_call("call"))
    made.give(assign("send", "P1"))
    now = datetime.now(UTC)
    there = {"status": "on_scene", "check_due_at": now + timedelta(seconds=120)}
    on_scene = made.assignment("P1").model_copy(update=there)
    made.board.assignments[on_scene.id] = on_scene
    heard = Heard(made)
    crews = crews_of(heard)
    monkeypatch.setattr(crews, "_by_radio", lambda assignment: by_radio)
    monkeypatch.setattr(crews_module, "CHECK_AT", (0.5, 0.5))
    asyncio.run(crews._work_scene(patrol, on_scene))
    assert [what for what, _ in heard.given] == said
    assert sum(heard.waited_s) >= (CALLED_IN_S if by_radio else 90.0)


@pytest.mark.parametrize(("person", "sent"), [(False, 1), (True, 0)])
def test_what_a_person_took_is_left_to_a_person_for_longer(person: bool, sent: int) -> None:
    """A minute passes: the empty chair has sent what the robot took, and nothing of a person's."""
    made = World(make_unit("M1", discipline="ems", agency_id="ems-a"))
    made.give(take_call("call"))
    made.board.recommendations["i1"] = make_recommendation("i1", "M1")
    heard = Heard(made)
    desk = Desk(
        cast(Console, heard),
        Troubles(),
        random.Random(3),
        send_after_s=(6.0, 14.0),
        is_person=lambda account_id: person,
    )
    passed_s = [0.0]
    desk._patience.now_s = lambda: passed_s[0]
    incident = made.board.incidents["i1"]
    asyncio.run(desk._step(made.board, incident))
    passed_s[0] = SHOWN_S[0] - 1.0
    asyncio.run(desk._step(made.board, incident))
    assert [what for what, _ in heard.given] == ["assignments"] * sent


def test_a_part_that_a_position_answers_for_is_closed_with_a_reason() -> None:
    """Else it was refused twice a second, and stood open for ever."""
    made = World(make_unit("M1"))
    made.give(take_call("call"))
    refused = Refused(422, {"code": "leg_of_another", "title": "Not yours."})

    class Guarded(Heard):
        async def command(self, path: str, body: dict[str, Any] | None = None, **more: Any) -> None:
            if "reason" not in (body or {}):
                raise refused
            await super().command(path, body, **more)

    heard = Guarded(made)
    desk = Desk(cast(Console, heard), Troubles(), random.Random(3), send_after_s=(6.0, 14.0))
    incident = made.board.incidents["i1"]
    asyncio.run(desk._end(incident, incident.legs[0], "Handled"))
    ((what, body),) = heard.given
    assert (what, body["disposition"]) == ("closings", "Handled")
    assert body["reason"]
