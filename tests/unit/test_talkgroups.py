"""The talkgroup of a leg: given when its first unit is sent, free again when it closes."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.commands import Policy
from dispatch.domain.errors import InvalidInput, LegOfAnother, TalkgroupTaken
from dispatch.domain.talkgroups import free_talkgroup, talkgroups_in_use
from dispatch.domain.values import Actor
from tests.factories import CALL_TAKER, DISPATCHER, World, assign, make_place, make_unit, take_call

POOLS = {"fire-a": ("FIRE TAC 1", "FIRE TAC 2"), "ems-a": ("MED 1",)}


def world() -> World:
    made = World(
        make_unit("E12"),
        make_unit("E13"),
        make_unit("E14"),
        make_unit("M1", agency_id="ems-a", discipline="ems", kind="medic"),
    )
    made.state.policy = Policy(local_year=2026, talkgroups=POOLS)
    return made


def another_call(number: int) -> cmd.TakeCall:
    return take_call(f"cmd-call-{number}", incident_id=f"i{number}")


def send(made: World, incident_id: str, *unit_ids: str) -> None:
    made.give(assign(f"send-{incident_id}-{unit_ids[0]}", *unit_ids, incident_id=incident_id))


def talkgroup(made: World, incident_id: str, discipline: str = "fire") -> str | None:
    leg = made.board.incidents[incident_id].leg(discipline)  # type: ignore[arg-type]  # a word
    assert leg is not None
    return leg.talkgroup


def release(made: World, unit_id: str) -> None:
    made.give(
        cmd.SetAssignmentStatus(
            command_id=f"clear-{unit_id}",
            actor=DISPATCHER,
            assignment_id=made.assignment(unit_id).id,
            status="cleared",
        )
    )


def close(made: World, incident_id: str) -> None:
    made.give(
        cmd.CloseLegs(
            command_id=f"close-{incident_id}",
            actor=DISPATCHER,
            incident_id=incident_id,
            discipline=None,
            disposition="done",
        )
    )


def test_each_leg_is_given_the_first_free_talkgroup_of_its_agency() -> None:
    made = world()
    made.give(another_call(1))
    assert talkgroup(made, "i1") is None
    send(made, "i1", "E12", "M1")
    assert talkgroup(made, "i1") == "FIRE TAC 1"
    assert talkgroup(made, "i1", "ems") == "MED 1"


def test_a_second_unit_works_on_the_talkgroup_that_the_leg_has() -> None:
    made = world()
    made.give(another_call(1))
    send(made, "i1", "E12")
    send(made, "i1", "E13")
    assert talkgroup(made, "i1") == "FIRE TAC 1"


def test_two_incidents_never_share_one_and_an_empty_pool_gives_none() -> None:
    made = world()
    for number, unit_id in ((1, "E12"), (2, "E13"), (3, "E14")):
        made.give(another_call(number))
        send(made, f"i{number}", unit_id)
    assert [talkgroup(made, f"i{number}") for number in (1, 2, 3)] == [
        "FIRE TAC 1",
        "FIRE TAC 2",
        None,
    ]


def test_a_closed_leg_gives_its_talkgroup_back() -> None:
    made = world()
    made.give(another_call(1))
    send(made, "i1", "E12")
    release(made, "E12")
    close(made, "i1")
    assert talkgroups_in_use(made.board.incidents.values()) == frozenset()
    made.give(another_call(2))
    send(made, "i2", "E13")
    assert talkgroup(made, "i2") == "FIRE TAC 1"


def test_what_the_rows_say_is_in_use_elsewhere_is_not_given() -> None:
    made = world()
    made.state.talkgroups_in_use = frozenset({"FIRE TAC 1"})
    made.give(another_call(1))
    send(made, "i1", "E12")
    assert talkgroup(made, "i1") == "FIRE TAC 2"


def test_work_that_a_crew_finds_itself_is_given_one_too() -> None:
    made = world()
    made.give(
        cmd.StartOfficerWork(
            command_id="found",
            actor=CALL_TAKER,
            incident_id="i9",
            assignment_id="a9",
            unit_id="E12",
            place=make_place(),
            incident_type="STRUCTURE_FIRE",
            advice=another_call(1).advice,
            note=None,
            note_id="n9",
        )
    )
    assert talkgroup(made, "i9") == "FIRE TAC 1"


def test_an_agency_without_a_pool_gives_none() -> None:
    assert free_talkgroup((), {"FIRE TAC 1"}) is None


def test_taking_back_a_close_does_not_put_two_incidents_on_one_talkgroup() -> None:
    made = world()
    made.give(another_call(1))
    send(made, "i1", "E12")
    send(made, "i1", "M1")
    release(made, "E12")
    made.give(
        cmd.CloseLegs(
            command_id="close-fire",
            actor=DISPATCHER,
            incident_id="i1",
            discipline="fire",
            disposition="out",
        )
    )
    made.state.talkgroups_in_use = frozenset({"FIRE TAC 1"})
    made.give(cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="close-fire"))
    leg = made.board.incidents["i1"].leg("fire")
    assert leg is not None
    assert (leg.state, leg.talkgroup) == ("pending", None)


def give(made: World, talkgroup_name: str | None, **over: Any) -> None:
    fields: dict[str, Any] = {
        "command_id": f"tg-{made.board.seq}",
        "actor": DISPATCHER,
        "incident_id": "i1",
        "discipline": "fire",
        "talkgroup": talkgroup_name,
    }
    made.state.talkgroups_in_use = talkgroups_in_use(made.board.incidents.values())
    made.give(cmd.GiveTalkgroup(**(fields | over)))


def test_a_dispatcher_gives_a_leg_another_talkgroup_of_any_pool_or_none() -> None:
    made = world()
    made.give(another_call(1))
    send(made, "i1", "E12")
    for name in ("FIRE TAC 2", "MED 1", None):
        give(made, name)
        assert talkgroup(made, "i1") == name


def test_a_talkgroup_that_another_incident_works_on_is_refused_its_own_legs_may_share() -> None:
    made = world()
    for number, unit_id in ((1, "E12"), (2, "E13")):
        made.give(another_call(number))
        send(made, f"i{number}", unit_id)
    with pytest.raises(TalkgroupTaken):
        give(made, "FIRE TAC 2")
    give(made, "FIRE TAC 1", discipline="ems")
    assert talkgroup(made, "i1", "ems") == "FIRE TAC 1"


def test_another_agencys_talkgroup_is_changed_with_a_reason_and_taken_back() -> None:
    made = world()
    made.give(another_call(1))
    send(made, "i1", "E12")
    before = talkgroup(made, "i1")
    desk = Actor(account_id="medic-desk", role="dispatcher", agencies=("ems-a",))
    with pytest.raises(LegOfAnother):
        give(made, "FIRE TAC 2", actor=desk)
    give(made, "FIRE TAC 2", actor=desk, reason="they hear each other", note_id="n-tg")
    assert talkgroup(made, "i1") == "FIRE TAC 2"
    assert made.board.incidents["i1"].notes[-1].text.startswith("Talkgroup changed by another desk")
    undone_id = made.events[-1].command_id
    made.state.talkgroups_in_use = talkgroups_in_use(made.board.incidents.values())
    made.give(cmd.Undo(command_id="undo-tg", actor=desk, undone_id=undone_id))
    assert talkgroup(made, "i1") == before


def test_which_leg_must_be_said_where_several_are_open_and_the_name_must_be_known() -> None:
    made = world()
    made.give(another_call(1))
    for refused in ({"discipline": None}, {"discipline": "law"}, {"talkgroup": "TAC 99"}):
        with pytest.raises(InvalidInput):
            give(made, "FIRE TAC 1", **refused)


def test_giving_a_talkgroup_is_taken_back_unless_the_old_one_is_taken() -> None:
    made = world()
    made.give(another_call(1))
    send(made, "i1", "E12")
    give(made, "FIRE TAC 2", command_id="tg")
    made.state.talkgroups_in_use = talkgroups_in_use(made.board.incidents.values())
    made.give(cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="tg"))
    assert talkgroup(made, "i1") == "FIRE TAC 1"
    give(made, "FIRE TAC 2", command_id="tg-again")
    made.state.talkgroups_in_use |= {"FIRE TAC 1"}
    made.give(cmd.Undo(command_id="undo-2", actor=DISPATCHER, undone_id="tg-again"))
    assert talkgroup(made, "i1") is None
