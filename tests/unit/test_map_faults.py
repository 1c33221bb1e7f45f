"""A place that the map does not know is dispatched to all the same, and its owner is told."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import AlreadyClosed, NotFound
from dispatch.domain.events import Event, MapFaultClosed, MapFaultOpened
from dispatch.domain.map_fault import MapFault, fault_id_of
from geodata.lonlat import LonLat
from tests.factories import (
    DISPATCHER,
    HERE,
    World,
    make_advice,
    make_place,
    make_resolution,
    take_call,
)

FAR = LonLat(HERE.lon + 0.01, HERE.lat)


def faults_of(events: list[Event]) -> list[MapFault]:
    return [e.body.fault for e in events if isinstance(e.body, MapFaultOpened)]


def take(world: World, number: int, **place: Any) -> list[MapFault]:
    """An unverified call; what it told the map's owner, which the next command then finds."""
    called = take_call(
        command_id=f"t{number}",
        call_id=f"c{number}",
        incident_id=f"i{number}",
        place=make_place(verified=False, **place),
        advice=make_advice(resolution=make_resolution(municipality="Ashby")),
    )
    told = faults_of(world.give(called))
    world.state.map_faults = (*told, *world.state.map_faults)
    return told


def test_a_place_that_the_map_has_tells_nobody() -> None:
    assert faults_of(World().give(take_call())) == []


def test_an_unverified_place_makes_an_incident_and_one_fault_for_its_municipality() -> None:
    world = World()
    (fault,) = take(world, 1, address="the old quarry")
    assert "i1" in world.board.incidents
    assert (fault.municipality, fault.place, fault.times) == ("Ashby", "the old quarry", 1)
    assert fault.incident_id == "i1"


def test_the_same_place_missed_again_is_the_same_fault_met_once_more() -> None:
    world = World()
    (first,) = take(world, 1, address="14 Quarry Rd")
    world.later(60)
    (again,) = take(world, 2, address="22 Quarry Road")
    assert (again.id, again.times, again.opened_at) == (first.id, 2, first.opened_at)
    assert again.last_at > first.last_at
    (other,) = take(world, 3, address="Mill Rd")
    assert (other.id != first.id, other.times) == (True, 1)


def test_pins_without_words_are_one_fault_where_they_lie_together() -> None:
    near, far = LonLat(HERE.lon + 0.0001, HERE.lat), FAR
    ids = [fault_id_of(make_place(address="", at=at), "Ashby") for at in (HERE, near, far)]
    assert ids[0] == ids[1] != ids[2]
    said = make_place(address="47.104500 N, 9.506600 E", at=HERE)
    assert fault_id_of(said, "Ashby") == ids[0]
    assert fault_id_of(said, None) != ids[0]


def test_a_street_that_the_map_has_is_no_fault_and_a_number_that_it_lacks_is_one() -> None:
    world = World()
    assert take(world, 1, address="Mill Rd", found_as="street") == []
    assert take(world, 2, address="I 76 mile 3.5", found_as="milepost") == []
    (number,) = take(world, 3, address="14 Mill Rd", found_as="address")
    (text,) = take(world, 4, address="14 Mill Rd")
    assert (number.kind, text.kind) == ("house_number", "place")
    assert number.id != text.id


def test_a_correction_to_an_unverified_place_tells_the_owner_once() -> None:
    world = World()
    world.give(take_call())
    moved = cmd.ChangeIncident(
        command_id="m1",
        actor=DISPATCHER,
        incident_id="i1",
        revision=world.board.incidents["i1"].revision,
        place=make_place(at=FAR, address="behind the mill", verified=False),
        advice=make_advice(),
    )
    told = faults_of(world.give(moved))
    assert [fault.place for fault in told] == ["behind the mill"]
    world.state.map_faults = tuple(told)
    again = moved.model_copy(
        update={"command_id": "m2", "revision": world.board.incidents["i1"].revision}
    )
    assert faults_of(world.give(again)) == []


def test_the_owner_closes_it_once_and_it_opens_anew_when_it_is_missed_again() -> None:
    world = World()
    (fault,) = take(world, 1, address="the old quarry")
    close = cmd.CloseMapFault(
        command_id="x1", actor=DISPATCHER, fault_id=fault.id, outcome="map_corrected"
    )
    (event,) = world.give(close)
    assert isinstance(event.body, MapFaultClosed)
    assert event.audience == ()
    closed = event.body.fault
    assert (closed.outcome, closed.closed_by) == ("map_corrected", DISPATCHER.account_id)
    world.state.map_faults = (closed,)
    with pytest.raises(AlreadyClosed):
        world.give(close.model_copy(update={"command_id": "x2"}))
    (again,) = take(world, 2, address="the old quarry")
    assert (again.id, again.times, again.closed_at) == (fault.id, 1, None)


def test_a_fault_that_nobody_has_is_not_closed() -> None:
    close = cmd.CloseMapFault(
        command_id="x1", actor=DISPATCHER, fault_id="none", outcome="no_fault"
    )
    with pytest.raises(NotFound):
        World().give(close)
