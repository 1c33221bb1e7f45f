"""What is known of a place goes with every incident there, the hazard first, and is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import InvalidInput, NotFound, TransitionRefused
from dispatch.domain.premise import PremiseNote, notes_at
from geodata.lonlat import LonLat
from tests.factories import CREW, DISPATCHER, HERE, NOON, World, assign, make_unit, take_call

NEXT_YEAR = (NOON + timedelta(days=365)).date()


def make_note(note_id: str = "n1", **over: Any) -> PremiseNote:
    fields: dict[str, Any] = {
        "id": note_id,
        "agency_id": "fire-a",
        "at": HERE,
        "level": 3,
        "text": "propane behind the house",
        "author": "mara",
        "noted_at": NOON,
        "review_on": NEXT_YEAR,
    }
    return PremiseNote(**(fields | over))


def test_the_gravest_note_comes_first_and_a_distant_one_not_at_all() -> None:
    far = LonLat(HERE.lon, HERE.lat + 0.001)
    notes = [make_note("a", level=1), make_note("b", at=far), make_note("c", level=3)]
    assert [note.id for note in notes_at(notes, HERE, NOON)] == ["c", "a"]
    wide = make_note("d", at=far, radius_m=150, level=2)
    assert [note.id for note in notes_at([*notes, wide], HERE, NOON)] == ["c", "d", "a"]


def test_a_note_that_is_known_to_pass_holds_until_then_and_goes_with_no_later_incident() -> None:
    passing = make_note("a", until=NOON + timedelta(hours=2))
    assert notes_at([passing], HERE, NOON + timedelta(minutes=119)) == (passing,)
    assert notes_at([passing], HERE, NOON + timedelta(hours=2)) == ()
    world = World()
    world.state.premises = (passing,)
    world.later(2 * 3600)
    world.give(take_call())
    (incident,) = world.board.incidents.values()
    assert incident.hazards == ()


def sent(*notes: PremiseNote) -> World:
    world = World(make_unit("E12"))
    world.state.premises = notes
    world.give(take_call())
    world.give(assign("send", "E12"))
    return world


def read() -> cmd.AcknowledgeHazard:
    return cmd.AcknowledgeHazard(
        command_id="hz", actor=CREW, assignment_id="a-E12", channel="device"
    )


def test_a_hazard_goes_with_the_incident_and_its_reading_is_kept_once() -> None:
    world = sent(make_note())
    assert [h.text for h in world.board.incidents["i1"].hazards] == ["propane behind the house"]
    world.later(8)
    assert len(world.give(read())) == 1
    assert world.assignment("E12").hazard_read_at == NOON + timedelta(seconds=8)
    assert world.give(read()) == []


def test_where_nothing_is_known_there_is_nothing_to_read() -> None:
    with pytest.raises(TransitionRefused):
        sent().give(read())


def test_a_note_is_reviewed_on_a_day_to_come() -> None:
    command = cmd.NotePremise(
        command_id="n",
        actor=DISPATCHER,
        note_id="n1",
        agency_id="fire-a",
        at=HERE,
        level=3,
        text="propane",
        review_on=NOON.date(),
    )
    with pytest.raises(InvalidInput):
        World().give(command)
    kinds = [e.kind for e in World().give(command.model_copy(update={"review_on": NEXT_YEAR}))]
    assert kinds == ["premise.noted"]


def test_a_note_that_nobody_wrote_is_not_withdrawn() -> None:
    with pytest.raises(NotFound):
        World().give(cmd.WithdrawPremise(command_id="w", actor=DISPATCHER, note_id="n1"))
