"""Vehicles that share a crew: one goes, the others are parked, and a further crew frees one."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.cross_staffing import crews_of, parked_by
from dispatch.domain.errors import UnitNotAvailable
from dispatch.domain.recommend import recommend
from dispatch.domain.unit import CrewShare
from tests.factories import DISPATCHER, World, assign, make_unit, take_call
from tests.recommend_factories import make_candidate, make_request, slots_of
from tests.recommend_factories import make_unit as make_fire_unit

SHARE = CrewShare(id="ST7", units=("E7", "L7", "W7"), min_staff=2)


@pytest.fixture
def world() -> World:
    world = World(*(make_unit(name, crew=SHARE) for name in SHARE.units), make_unit("E9"))
    world.give(take_call("one", incident_id="i1"))
    world.give(take_call("two", incident_id="i2"))
    return world


def send(world: World, *units: str, incident: str = "i1", **over: Any) -> None:
    news = tuple(
        cmd.NewAssignment(assignment_id=f"{incident}-{unit}-{world.board.seq}", unit_id=unit)
        for unit in units
    )
    world.give(assign(f"s{world.board.seq}", incident_id=incident, units=news, **over))


def log_on(world: World, unit: str, staffing: int = 3) -> None:
    world.give(
        cmd.LogOnUnit(
            command_id=f"on{world.board.seq}",
            actor=DISPATCHER,
            unit_id=unit,
            logon_id=f"l{world.board.seq}",
            staffing=staffing,
        )
    )


def log_off(world: World, unit: str) -> None:
    world.give(cmd.LogOffUnit(command_id=f"off{world.board.seq}", actor=DISPATCHER, unit_id=unit))


def clear(world: World, unit: str) -> None:
    world.give(
        cmd.SetAssignmentStatus(
            command_id=f"clr{world.board.seq}",
            actor=DISPATCHER,
            assignment_id=world.assignment(unit).id,
            status="cleared",
        )
    )


def parked(world: World) -> dict[str, str]:
    live = world.board.live_units()
    found = {u.id: parked_by(u, world.board.units, live) for u in world.board.units.values()}
    return {unit_id: other for unit_id, other in found.items() if other is not None}


def test_sending_one_parks_the_others_and_its_release_frees_them(world: World) -> None:
    assert parked(world) == {}
    send(world, "E7")
    assert parked(world) == {"L7": "E7", "W7": "E7"}
    with pytest.raises(UnitNotAvailable) as refused:
        send(world, "L7", incident="i2", override_reason="nearest")
    assert "shares its crew with E7" in str(refused.value)
    assert refused.value.fields["crew_out_with"] == "E7"
    clear(world, "E7")
    assert parked(world) == {}
    send(world, "L7", incident="i2")


def test_two_of_a_share_are_never_sent_together(world: World) -> None:
    with pytest.raises(UnitNotAvailable):
        send(world, "E7", "L7")
    assert world.board.live_units() == set()


def test_a_further_crew_frees_one_more_whichever_it_takes(world: World) -> None:
    send(world, "E7")
    log_on(world, "L7")
    assert parked(world) == {}
    send(world, "W7", incident="i2")
    assert parked(world) == {"L7": "W7"}
    with pytest.raises(UnitNotAvailable):
        log_off(world, "L7")
    clear(world, "W7")
    log_off(world, "L7")
    assert parked(world) == {"L7": "E7", "W7": "E7"}


def test_who_logs_on_first_is_the_shared_crew_itself_and_splits_nothing(world: World) -> None:
    log_on(world, "E7")
    assert crews_of(SHARE, world.board.units) == 1
    log_on(world, "L7")
    assert crews_of(SHARE, world.board.units) == 2
    send(world, "E7")
    assert parked(world) == {}
    log_on(world, "E7")
    assert crews_of(SHARE, world.board.units) == 2


def test_too_few_people_are_no_further_crew(world: World) -> None:
    send(world, "E7")
    log_on(world, "L7", staffing=1)
    assert parked(world) == {"L7": "E7", "W7": "E7"}
    log_on(world, "L7", staffing=2)
    assert parked(world) == {}
    send(world, "L7", incident="i2")
    with pytest.raises(UnitNotAvailable):
        log_on(world, "L7", staffing=1)


def test_a_clearing_is_not_taken_back_while_the_crew_is_out_with_another(world: World) -> None:
    send(world, "E7")
    clear(world, "E7")
    cleared = world.events[-1].command_id
    send(world, "L7", incident="i2")
    with pytest.raises(UnitNotAvailable):
        world.give(cmd.Undo(command_id="u", actor=DISPATCHER, undone_id=cleared))


def test_the_crew_of_a_pick_is_not_picked_twice_and_the_sibling_says_why() -> None:
    crew = CrewShare(id="ST7", units=("E7", "L7"))
    engine = make_candidate(make_fire_unit("E7", crew=crew), travel_s=60)
    ladder = make_candidate(make_fire_unit("L7", capabilities=("ladder",), crew=crew), travel_s=60)
    other = make_candidate(make_fire_unit("E9"), travel_s=300)
    made = recommend(make_request(slots_of("engine", "ladder"), [engine, ladder, other]))
    assert [(p.capability, p.unit_id) for p in made.picks] == [("engine", "E9"), ("ladder", "L7")]
    assert [r.text for r in made.passed_over[0].reasons] == ["E7 nearer 240 s: crew goes with L7"]
    alone = recommend(make_request(slots_of("engine"), [engine, ladder, other]))
    assert [p.unit_id for p in alone.picks] == ["E7"]


def test_a_parked_vehicle_is_not_picked_and_says_who_has_its_crew() -> None:
    parked_one = make_candidate(make_fire_unit("L7", crew=SHARE), travel_s=60, parked_by="E7")
    made = recommend(make_request(slots_of("engine"), [parked_one, make_candidate(travel_s=90)]))
    assert [p.unit_id for p in made.picks] == ["E1"]
    assert made.passed_over[0].reasons[0].text == "L7 nearer 30 s: crew out with E7"
    assert made.passed_over[0].reasons[0].code == "crew_out"
