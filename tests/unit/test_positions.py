"""Positions answer for parts of the region, are handed over and folded; nothing is left over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.errors import InvalidInput, LeavesUncovered
from dispatch.domain.position import Gap, Position, answers_for, uncovered
from dispatch.domain.values import Actor, Discipline
from tests.factories import DISPATCHER, NOON, World

AGENCIES: dict[str, Discipline] = {"fire-a": "fire", "fire-b": "fire", "law-a": "law"}
TOWNS = ("Ashby", "Brill")
RELIEF = Actor(account_id="rhea", role="dispatcher", agencies=("*",))


def make_position(position_id: str, *disciplines: Discipline, **over: Any) -> Position:
    fields = {"id": position_id, "disciplines": disciplines, "held_by": "dana", "since": NOON}
    return Position.model_validate(fields | over)


def floor() -> World:
    """Two positions, both held by dana: fire, and law."""
    world = World()
    world.state.policy = world.state.policy.model_copy(
        update={"disciplines": AGENCIES, "municipalities": TOWNS}
    )
    for position_id, discipline in (("FIRE", "fire"), ("LAW", "law")):
        world.give(
            cmd.SetPosition.model_validate(
                {
                    "command_id": f"set-{position_id}",
                    "actor": DISPATCHER,
                    "position_id": position_id,
                    "disciplines": (discipline,),
                    "reason": "the floor as it is built",
                }
            )
        )
        take(world, position_id)
    return world


def take(world: World, position_id: str, actor: Actor = DISPATCHER) -> None:
    world.give(
        cmd.TakePosition(
            command_id=f"take-{position_id}-{actor.account_id}",
            actor=actor,
            position_id=position_id,
            holder_name=actor.account_id.title(),
        )
    )


def leave(position_id: str, reason: str = "") -> cmd.LeavePosition:
    return cmd.LeavePosition(
        command_id="leave", actor=DISPATCHER, position_id=position_id, reason=reason
    )


def fold(into_id: str, *position_ids: str) -> cmd.FoldPositions:
    return cmd.FoldPositions(
        command_id="fold", actor=DISPATCHER, into_id=into_id, position_ids=position_ids
    )


CASES = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "positions.json").read_text(encoding="utf-8")
)


ANSWERING = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "answering.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", ANSWERING, ids=lambda case: case["name"])
def test_the_console_and_the_hub_agree_on_who_answers_for_a_part(case: dict[str, Any]) -> None:
    positions = [Position.model_validate({"since": NOON} | p) for p in case["positions"]]
    account = case["account"]
    actor = Actor(account_id=account["id"], role="dispatcher", agencies=tuple(account["agencies"]))
    part = case["part"]
    found = answers_for(positions, actor, part["discipline"], part["agency_id"], part["area"])
    assert found is case["answers"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_console_and_the_hub_find_the_same_gaps(case: dict[str, Any]) -> None:
    positions = [Position.model_validate({"since": NOON} | p) for p in case["positions"]]
    found = uncovered(case["agencies"], case["municipalities"], positions)
    assert [gap.model_dump() for gap in found] == case["gaps"]


def test_where_no_positions_are_set_everybody_answers_for_everything() -> None:
    assert uncovered(AGENCIES, TOWNS, []) == ()


def test_an_agency_that_nobody_answers_for_is_named_once() -> None:
    gaps = uncovered(AGENCIES, TOWNS, [make_position("F", "fire")])
    assert gaps == (Gap(agency_id="law-a"),)


def test_a_gap_in_one_area_is_named_with_it() -> None:
    positions = [
        make_position("F", "fire", municipalities=("Ashby",)),
        make_position("L", "law"),
        make_position("F2", "fire", agencies=("fire-b",), municipalities=("Brill",)),
    ]
    assert uncovered(AGENCIES, TOWNS, positions) == (Gap(agency_id="fire-a", municipality="Brill"),)


def test_an_empty_position_answers_for_nothing_and_a_folded_one_by_its_holder() -> None:
    fire, law = make_position("F", "fire"), make_position("L", "law", held_by=None)
    assert uncovered(AGENCIES, TOWNS, [fire, law]) == (Gap(agency_id="law-a"),)
    folded = law.model_copy(update={"folded_into": "F"})
    assert uncovered(AGENCIES, TOWNS, [fire, folded]) == ()
    nobody = fire.model_copy(update={"held_by": None})
    assert len(uncovered(AGENCIES, TOWNS, [nobody, folded])) == 3


def test_leaving_what_nobody_else_covers_is_refused_unless_somebody_says_why() -> None:
    world = floor()
    with pytest.raises(LeavesUncovered, match="law-a") as refusal:
        world.give(leave("LAW"))
    assert refusal.value.fields["gaps"] == [{"agency_id": "law-a", "municipality": None}]
    world.give(leave("LAW", "evacuating the room"))
    assert world.board.positions["LAW"].held_by is None


def test_one_command_hands_over() -> None:
    world = floor()
    take(world, "LAW", RELIEF)
    law = world.board.positions["LAW"]
    assert (law.held_by, law.held_by_name) == ("rhea", "Rhea")
    take(world, "LAW", RELIEF)
    assert world.events[-1].command_id == "take-LAW-rhea"


def test_one_command_folds_for_the_night_and_taking_unfolds() -> None:
    world = floor()
    world.give(fold("FIRE", "LAW"))
    assert world.board.positions["LAW"].folded_into == "FIRE"
    assert uncovered(AGENCIES, TOWNS, world.board.positions.values()) == ()
    with pytest.raises(LeavesUncovered):
        world.give(leave("FIRE"))
    take(world, "LAW", RELIEF)
    assert world.board.positions["LAW"].folded_into is None


def test_what_was_folded_into_a_position_goes_on_with_it() -> None:
    world = floor()
    world.give(fold("FIRE", "LAW"))
    world.give(
        cmd.SetPosition(command_id="n", actor=DISPATCHER, position_id="NIGHT", disciplines=("ems",))
    )
    take(world, "NIGHT", RELIEF)
    world.give(fold("NIGHT", "FIRE").model_copy(update={"command_id": "fold-2"}))
    assert {p.folded_into for p in world.board.positions.values()} == {"NIGHT", None}
    assert uncovered(AGENCIES, TOWNS, world.board.positions.values()) == ()


def test_nothing_is_folded_into_an_empty_position() -> None:
    world = floor()
    world.give(leave("LAW", "broken chair"))
    with pytest.raises(InvalidInput, match="take it first"):
        world.give(fold("LAW", "FIRE"))


def test_narrowing_or_removing_what_only_it_covers_is_refused() -> None:
    world = floor()
    narrower = cmd.SetPosition(
        command_id="narrow",
        actor=DISPATCHER,
        position_id="FIRE",
        disciplines=("fire",),
        agencies=("fire-a",),
    )
    with pytest.raises(LeavesUncovered, match="fire-b"):
        world.give(narrower)
    with pytest.raises(LeavesUncovered):
        world.give(cmd.RemovePosition(command_id="rm", actor=DISPATCHER, position_id="FIRE"))
    with pytest.raises(InvalidInput, match="fire-z"):
        world.give(narrower.model_copy(update={"agencies": ("fire-z",)}))
