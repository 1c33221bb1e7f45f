"""Merging followed by taking apart loses nothing, whatever stood before and happens in between."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain import commands as cmd
from dispatch.domain.board import Board, BoardSnapshot, apply, board_from
from dispatch.domain.errors import HubError
from dispatch.domain.hospital import Patients
from dispatch.domain.incident import Incident
from dispatch.domain.premise import Hazard
from tests.factories import (
    DISPATCHER,
    NOON,
    World,
    assign,
    make_advice,
    make_unit,
    take_call,
)

UNITS = {"E1": "fire", "E2": "fire", "E3": "fire", "M4": "ems", "M5": "ems", "P6": "law"}
CHANGED = {"revision", "notes", "audience", "merged", "merged_into"}
"""What two incidents that were one for a while may differ in from before, and how is said below."""


def a_world(setup: list[tuple[str, str, str]], held: str, counted: str) -> World:
    """Two incidents with units in any state, a hold, patients, hazards, links."""
    world = World(*(make_unit(u, discipline=d, agency_id=f"{d}-a") for u, d in UNITS.items()))
    world.give(take_call("one", incident_id="i1"))
    other = make_advice(agency_of={"fire": "fire-b", "ems": "ems-a"}, priority=2)
    world.give(take_call("two", incident_id="i2", advice=other, incident_type="ODD"))
    world.give(take_call("more", join_incident_id="i2", advice=None))
    for n, (unit, incident, status) in enumerate(setup):
        new = (cmd.NewAssignment(assignment_id=f"first-{n}", unit_id=unit),)
        try_it(world, assign(f"s-{n}", incident_id=incident, units=new))
        live = world.board.live_of_unit(unit)
        if live is not None and status != "dispatched":
            fields = {"command_id": f"st-{n}", "actor": DISPATCHER, "assignment_id": live.id}
            try_it(world, cmd.SetAssignmentStatus.model_validate({**fields, "status": status}))
    if held:
        until = world.state.now + timedelta(minutes=5)
        fields = {"command_id": "h", "actor": DISPATCHER, "incident_id": held}
        try_it(world, cmd.HoldIncident(**fields, reason="no unit", until=until))
    own: dict[str, Any] = {
        "patients": Patients(red=2, at=NOON, by="dana"),
        "hazards": (Hazard(note_id=f"h-{counted}", level=3, text="gas", review_on=NOON.date()),),
    }
    world.board.incidents[counted] = world.board.incidents[counted].model_copy(update=own)
    return world


def try_it(world: World, command: cmd.Command) -> None:
    with suppress(HubError):
        world.give(command)


def merge(world: World, **over: Any) -> None:
    fields = {"command_id": "merge", "actor": DISPATCHER, "incident_id": "i1", "other_id": "i2"}
    world.give(cmd.MergeIncidents.model_validate({**fields, "note_id": "n-merge", **over}))


def unmerge(world: World) -> None:
    fields = {"command_id": "apart", "actor": DISPATCHER, "incident_id": "i1", "other_id": "i2"}
    world.give(cmd.UnmergeIncidents.model_validate({**fields, "note_id": "n-apart"}))


def plain(incident: Incident) -> dict[str, Any]:
    return incident.model_dump(exclude=CHANGED)


SETUPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(UNITS)),
        st.sampled_from(("i1", "i2")),
        st.sampled_from(("dispatched", "enroute", "on_scene", "cleared")),
    ),
    max_size=8,
)
TARGETS = st.sampled_from(("i1", "i2"))


@settings(max_examples=150, deadline=None)
@given(SETUPS, st.sampled_from(("", "i1", "i2")), TARGETS, st.booleans())
def test_merged_and_taken_apart_at_once_everything_is_as_before(
    setup: list[tuple[str, str, str]], held: str, counted: str, undone: bool
) -> None:
    world = a_world(setup, held, counted)
    before = world.board.snapshot()
    one, two = world.board.incidents["i1"], world.board.incidents["i2"]
    merge(world)
    assert list(world.board.incidents) == ["i1"]
    assert {c.incident_id for c in world.board.calls.values()} == {"i1"}
    assert {a.incident_id for a in world.board.assignments.values()} <= {"i1"}
    if undone:
        world.give(cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="merge"))
    else:
        unmerge(world)
    assert plain(world.board.incidents["i1"]) == plain(one)
    assert plain(world.board.incidents["i2"]) == plain(two)
    for was in before.assignments:
        now = world.board.assignments[was.id]
        same = {"revision", "audience"}
        assert now.model_dump(exclude=same) == was.model_dump(exclude=same)
    for call in before.calls:
        assert world.board.calls[call.id].incident_id == call.incident_id
        assert world.board.calls[call.id].callback == call.callback
    for incident in (one, two):
        kept = {note.id for note in world.board.incidents[incident.id].notes}
        assert kept >= {note.id for note in incident.notes}
        assert set(world.board.incidents[incident.id].audience) >= set(incident.audience)


@settings(max_examples=150, deadline=None)
@given(SETUPS, SETUPS, TARGETS, st.integers(0, 3))
def test_whatever_happens_in_between_nothing_that_was_said_or_done_is_lost(
    setup: list[tuple[str, str, str]],
    since: list[tuple[str, str, str]],
    counted: str,
    notes: int,
) -> None:
    world = a_world(setup, "", counted)
    first = world.board.snapshot()
    started = len(world.events)
    merge(world)
    for n in range(notes):
        fields = {"command_id": f"n{n}", "actor": DISPATCHER, "incident_id": "i1"}
        world.give(cmd.AddNote.model_validate({**fields, "note_id": f"since-{n}", "text": "x"}))
    world.give(take_call("late", join_incident_id="i1", advice=None, note_id="late"))
    for n, (unit, _, status) in enumerate(since):
        new = (cmd.NewAssignment(assignment_id=f"late-{n}", unit_id=unit),)
        try_it(world, assign(f"late-{n}", incident_id="i1", units=new))
        live = world.board.live_of_unit(unit)
        if live is not None and status != "dispatched":
            fields = {"command_id": f"late-s{n}", "actor": DISPATCHER, "assignment_id": live.id}
            try_it(world, cmd.SetAssignmentStatus.model_validate({**fields, "status": status}))
    all_notes = {note.id for note in world.board.incidents["i1"].notes}
    assigned = dict(world.board.assignments)
    unmerge(world)
    one, two = world.board.incidents["i1"], world.board.incidents["i2"]
    assert {note.id for note in one.notes} >= all_notes
    assert {note.id for note in two.notes} >= {f"since-{n}" for n in range(notes)}
    assert world.board.assignments.keys() == assigned.keys()
    for was in assigned.values():
        now = world.board.assignments[was.id]
        assert (now.status, now.released_at) == (was.status, was.released_at)
        old = next((a for a in first.assignments if a.id == was.id), None)
        assert now.incident_id == (old.incident_id if old else "i1")
    assert world.board.calls["call-late"].incident_id == "i1"
    assert world.board.calls["call-two"].incident_id == "i2"
    for incident in (one, two):
        for leg in incident.legs:
            own = [
                a
                for a in world.board.assignments.values()
                if a.incident_id == incident.id and a.discipline == leg.discipline
            ]
            if leg.state == "active":
                assert any(a.live or a.arrived for a in own), leg
            if any(a.live for a in own):
                assert leg.state != "closed"
    replayed: Board = board_from(BoardSnapshot.model_validate(first.model_dump()), seq=0)
    for event in world.events[started:]:
        apply(replayed, type(event).model_validate_json(event.model_dump_json()))
    assert replayed.snapshot() == world.board.snapshot()


def test_chains_come_apart_in_either_order() -> None:
    for order in (("i2", "i3"), ("i3", "i2")):
        world = a_world([("E1", "i2", "enroute")], "", "i1")
        world.give(take_call("three", incident_id="i3"))
        before = {i.id: plain(i) for i in world.board.incidents.values()}
        merge(world)
        merge(world, command_id="merge-3", other_id="i3", note_id="n-3")
        for other in order:
            fields = {"command_id": f"apart-{other}", "actor": DISPATCHER, "incident_id": "i1"}
            command = {**fields, "other_id": other, "note_id": f"na-{other}"}
            world.give(cmd.UnmergeIncidents.model_validate(command))
        assert {i.id: plain(i) for i in world.board.incidents.values()} == before


def test_what_was_not_merged_cannot_be_taken_apart() -> None:
    world = a_world([], "", "i1")
    with pytest.raises(HubError, match="not merged"):
        unmerge(world)
