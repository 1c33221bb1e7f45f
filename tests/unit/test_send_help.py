"""A crew that calls for help and is on no incident: its incident and its helpers in one command."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.emergencies import HELP_LABEL, HelpType, help_type
from dispatch.domain.emergency import EmergencyKind
from dispatch.domain.errors import InvalidInput, NotFound, UnitNotAvailable
from dispatch.domain.training import score
from dispatch.domain.values import Discipline
from tests.factories import (
    CALL_TAKER,
    DISPATCHER,
    NOON,
    World,
    assign,
    make_advice,
    make_place,
    make_unit,
    take_call,
)

LAW = {"agency_id": "law-a", "discipline": "law", "kind": "patrol", "capabilities": ("patrol",)}
KINDS: tuple[EmergencyKind, ...] = ("button", "mayday")
DISCIPLINES: tuple[Discipline, ...] = ("law", "fire", "ems")
TYPES = (
    HelpType("STRUCTURE_FIRE", "Building fire", "fire", 1),
    HelpType("WEAPON", "Weapon", "law", 1),
    HelpType("THEFT", "Theft", "law", 4),
)


def calling() -> World:
    """P1 calls for help on no incident; P2 and E12 are free, E13 is on a fire."""
    world = World(
        make_unit("P1", **LAW), make_unit("P2", **LAW), make_unit("E12"), make_unit("E13")
    )
    world.give(take_call())
    world.give(assign("sent", "E13"))
    world.give(
        cmd.RaiseEmergency(command_id="em", actor=DISPATCHER, unit_id="P1", emergency_id="em1")
    )
    return world


def help_for(*unit_ids: str, **over: Any) -> cmd.SendHelp:
    fields: dict[str, Any] = {
        "command_id": "help",
        "actor": DISPATCHER,
        "emergency_id": "em1",
        "incident_id": "i2",
        "assignment_id": "a-P1",
        "unit_id": "P1",
        "place": make_place(),
        "incident_type": "WEAPON",
        "advice": make_advice(type_label=HELP_LABEL, priority=1, lead="law"),
        "note": "EMERGENCY of P1",
        "note_id": "n1",
        "helpers": tuple(cmd.NewAssignment(assignment_id=f"h-{u}", unit_id=u) for u in unit_ids),
    }
    return cmd.SendHelp(**(fields | over))


def test_one_command_makes_the_incident_with_the_crew_on_scene_and_its_helpers_on_the_way() -> None:
    world = calling()
    world.give(help_for("P2", "E12"))
    incident = world.board.incidents["i2"]
    assert (incident.type_label, incident.priority, incident.state) == (HELP_LABEL, 1, "open")
    assert not incident.officer_initiated, "help was asked for: what waits is loud"
    assert world.assignment("P1").status == "on_scene"
    for unit_id in ("P2", "E12"):
        sent = world.assignment(unit_id)
        assert (sent.incident_id, sent.status) == ("i2", "dispatched")
        assert sent.override_reason == "backup for P1"
        assert sent.ack_due_at is not None, "its silence grows loud as anybody's"
    assert {leg.discipline: leg.state for leg in incident.legs} == {
        "law": "active",
        "fire": "active",
    }
    assert {"law-a", "fire-a"} <= set(incident.audience)
    assert [note.text for note in incident.notes] == ["EMERGENCY of P1"]


def test_a_part_whose_helper_turns_back_before_it_arrives_is_asked_for_again() -> None:
    """What waits at priority 1 is loud, except of work that an officer found: this is not that."""
    world = calling()
    world.give(help_for("E12"))
    back = cmd.SetAssignmentStatus(
        command_id="back",
        actor=DISPATCHER,
        assignment_id="h-E12",
        status="cleared",
        reason="engine trouble",
    )
    world.give(back)
    incident = world.board.incidents["i2"]
    assert {leg.discipline: leg.state for leg in incident.legs} == {
        "law": "active",
        "fire": "pending",
    }
    assert (incident.priority, incident.officer_initiated) == (1, False)


def test_a_helper_that_was_kept_for_later_is_lost_to_what_it_was_kept_for() -> None:
    world = calling()
    world.give(take_call("c2", incident_id="i3", call_id="call-3"))
    world.give(
        cmd.ScheduleIncident(
            command_id="sc",
            actor=DISPATCHER,
            incident_id="i3",
            wanted_at=NOON + timedelta(minutes=30),
            unit_ids=("E12", "P1"),
        )
    )
    world.give(help_for("E12"))
    kept = world.board.incidents["i3"].schedule
    assert kept is not None
    (lost,) = kept.lost
    number = world.board.incidents["i2"].number
    assert (lost.unit_id, lost.number, lost.reason) == ("E12", number, "backup for P1")
    assert kept.unit_ids == ("P1",), "who calls is where it is and goes nowhere"


def test_an_exercise_does_not_hold_help_against_who_was_not_recommended_yet() -> None:
    world = calling()
    before = len(world.events)
    world.give(help_for("P2", "E12"))
    (one,) = score(world.events[before:], lambda _incident, _leg: 60.0, NOON).incidents
    assert (one.against, one.first_unit_s, one.late) == ((), 0.0, False)


def test_without_helpers_it_is_the_incident_alone() -> None:
    world = calling()
    world.give(help_for())
    assert [a.unit_id for a in world.board.live_of_incident("i2")] == ["P1"]


@pytest.mark.parametrize(
    ("units", "refusal"),
    [
        (("P2", "E13"), UnitNotAvailable),
        (("P2", "P2"), InvalidInput),
        (("P1",), InvalidInput),
        (("X9",), NotFound),
    ],
)
def test_who_cannot_be_sent_is_refused_and_nothing_is_made(
    units: tuple[str, ...], refusal: type[Exception]
) -> None:
    world = calling()
    before = world.board.seq
    with pytest.raises(refusal):
        world.give(help_for(*units))
    assert world.board.seq == before


def test_a_crew_that_is_on_an_incident_by_now_gets_no_second_one() -> None:
    world = calling()
    world.give(help_for("P2"))
    with pytest.raises(UnitNotAvailable):
        world.give(help_for("E12", command_id="again", incident_id="i3", assignment_id="b-P1"))


def test_a_crew_that_was_cleared_while_it_calls_gets_no_second_incident() -> None:
    world = calling()
    world.give(help_for("P2"))
    cleared = cmd.SetAssignmentStatus(
        command_id="av", actor=DISPATCHER, assignment_id="a-P1", status="cleared"
    )
    world.give(cleared)
    again = help_for("E12", command_id="again", incident_id="i3", assignment_id="b-P1")
    with pytest.raises(UnitNotAvailable, match="for this call for help") as refused:
        world.give(again)
    assert refused.value.fields["incident_id"] == "i2"


def test_a_call_for_help_that_is_over_sends_nobody() -> None:
    world = calling()
    ended = cmd.EndEmergency(
        command_id="end", actor=CALL_TAKER, emergency_id="em1", outcome="by mistake"
    )
    world.give(ended)
    with pytest.raises(NotFound, match="is over"):
        world.give(help_for("P2"))


def test_the_incident_is_made_before_anybody_is_put_on_it() -> None:
    kinds = [event.kind for event in calling().give(help_for("P2"))]
    assert kinds[:2] == ["incident.created", "unit.assigned"]


@pytest.mark.parametrize(
    ("code", "label", "lead"),
    [
        ("OFFICER_DOWN", "Shots at police", "law"),
        ("10-33", "Officer needs help now", "law"),
        ("X", "Deputy requests assistance", "law"),
        ("X", "Officer in distress", "law"),
        ("X", "Police: officer calling for help!", "law"),
        ("CREW_EMERGENCY", "Crew emergency", "ems"),
        ("X", "Medic needs assistance", "ems"),
        ("X", "Firefighter down", "fire"),
        ("MAYDAY", "Mayday", "fire"),
    ],
)
def test_the_regions_own_type_is_taken_by_its_name_for_its_own_discipline(
    code: str, label: str, lead: Discipline
) -> None:
    own = HelpType(code, label, lead, 2)
    for kind in KINDS:
        assert help_type((*TYPES, own), kind, lead) == own._replace(priority=1)
        for other in DISCIPLINES:
            found = help_type((*TYPES, own), kind, other)
            assert found is not None
            assert (found.label == label) == (other == lead)
            assert (found.code == code) == (other == lead)


def test_of_two_disciplines_own_types_each_crew_gets_its_own() -> None:
    fire, law = HelpType("A", "Mayday", "fire", 1), HelpType("B", "Officer down", "law", 2)
    for kind in KINDS:
        assert help_type((fire, law), kind, "law") == law._replace(priority=1)
        assert help_type((fire, law), kind, "fire") == fire


@pytest.mark.parametrize(
    "label",
    [
        "Police officer wanted for a report",
        "Medical emergency",
        "Officer report",
        "Fire crew: power line down",
        "Paramedic emergency transfer",
        "Officer escort, trees down",
        "Mayday exercise",
    ],
)
def test_what_only_sounds_alike_is_not_taken(label: str) -> None:
    for discipline in DISCIPLINES:
        for kind in KINDS:
            like = HelpType("X", label, discipline, 3)
            found = help_type((*TYPES, like), kind, discipline)
            assert found is not None
            assert found.label == HELP_LABEL


def test_else_it_is_the_most_urgent_of_the_law_and_of_a_mayday_of_its_own_discipline() -> None:
    assert help_type(TYPES, "button", "fire") == HelpType("WEAPON", HELP_LABEL, "law", 1)
    fire = HelpType("STRUCTURE_FIRE", HELP_LABEL, "fire", 1)
    assert help_type(TYPES, "mayday", "fire") == fire
    assert help_type(TYPES[:1], "button", "law") == fire
    assert help_type((), "button", "law") is None
