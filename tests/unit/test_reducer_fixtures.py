"""The fixtures of the console's reducer are those that the board's ``apply`` makes."""

from __future__ import annotations

import pytest

from dispatch.domain.board import apply, board_from
from tests.reducer_fixtures import FOLDER, ReducerFixture, event_kinds, files

KINDS = event_kinds()
BESIDE_THE_SNAPSHOT = (
    "query.",
    "session.",
    "zone.",
    "premise.",
    "map_fault.",
    "record.",
    "alarms.",
)
"""Kinds that change nothing of what consoles are sent as a board."""


def test_the_kept_files_are_those_that_apply_makes_now() -> None:
    kept = {path.name: path.read_bytes() for path in FOLDER.glob("*.json")}
    assert kept == files(), "stale: run `python -m tests.reducer_fixtures`"


@pytest.mark.parametrize("kind", KINDS)
def test_the_kept_events_move_the_kept_board_to_the_kept_end(kind: str) -> None:
    fixture = ReducerFixture.model_validate_json((FOLDER / f"{kind}.json").read_bytes())
    assert {event.kind for event in fixture.events} == {kind}
    board = board_from(fixture.before, fixture.events[0].seq - 1)
    for event in fixture.events:
        apply(board, event)
    assert board.snapshot() == fixture.after
    assert board.seq == fixture.events[-1].seq


@pytest.mark.parametrize("kind", [k for k in KINDS if not k.startswith(BESIDE_THE_SNAPSHOT)])
def test_each_kind_that_moves_the_board_moves_it_in_its_fixture(kind: str) -> None:
    fixture = ReducerFixture.model_validate_json((FOLDER / f"{kind}.json").read_bytes())
    assert fixture.before != fixture.after
