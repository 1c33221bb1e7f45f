"""The paper board prints what stands, and no text of a caller can become its code."""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain import commands as cmd
from dispatch.interop.paper_board import paper_board, paper_source
from tests.factories import DISPATCHER, NOON, World, assign, make_unit, take_call


def printed(note: str) -> World:
    world = World(make_unit("E12"), make_unit("L3", duty="out_of_service", duty_reason="pump"))
    world.give(take_call(note=note))
    world.give(assign("send", "E12"))
    return world


def test_it_names_incidents_with_their_units_and_units_with_why_they_are_out() -> None:
    source = paper_source(printed("smoke").board.snapshot(), NOON, "Europe/Vaduz")
    assert "2026-07-01 14:00:00 CEST" in source
    assert '"E12 DP"' in source
    assert '"pump"' in source
    assert "smoke" in source


def test_a_note_that_looks_like_code_is_printed_as_it_is() -> None:
    world = printed('#read("/etc/passwd") \\ $x$ "quoted"')
    source = paper_source(world.board.snapshot(), NOON, "UTC")
    assert '#read(\\"/etc/passwd\\") \\\\ $x$ \\"quoted\\"' in source
    assert paper_board(world.board.snapshot(), NOON, "UTC").startswith(b"%PDF")


def test_an_empty_board_prints_too() -> None:
    assert paper_board(World().board.snapshot(), NOON, "UTC").startswith(b"%PDF")


def test_a_unit_from_outside_stands_on_it_as_promised() -> None:
    world = printed("smoke")
    asked = cmd.AskOutside(
        command_id="ask",
        actor=DISPATCHER,
        incident_id="i1",
        discipline="fire",
        capabilities=("engine",),
        asked_of="Fairview",
        eta_at=NOON + timedelta(minutes=12),
    )
    world.give(asked)
    source = paper_source(world.board.snapshot(), NOON, "UTC")
    assert '"E12 DP, O1 Fairview (engine) PROMISED 12:12"' in source
