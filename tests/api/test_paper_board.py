"""The paper board is a PDF of what its reader may see."""

from __future__ import annotations

from datetime import datetime

import pytest

from dispatch.domain.board import BoardSnapshot
from tests.api.conftest import RunningHub


def test_a_position_gets_its_board_on_paper(hub: RunningHub) -> None:
    hub.call()
    answer = hub.desk("dana").get("/paper-board")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_positions_that_see_the_same_share_one_board(hub: RunningHub) -> None:
    hub.call()
    first = hub.desk("dana").get("/paper-board")
    hub.call()
    again = hub.desk("dana").get("/paper-board")
    assert again.content == first.content
    assert int(again.headers["age"]) <= 30


@pytest.mark.parametrize("login", ["cato", "dana", "sven"])
def test_each_position_gets_one(hub: RunningHub, login: str) -> None:
    assert hub.desk(login).get("/paper-board").content.startswith(b"%PDF")


def test_a_hub_that_does_not_know_the_end_of_the_log_prints_how_old_its_board_is(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.call()
    printed: list[datetime] = []

    def prints(board: BoardSnapshot, at: datetime, zone: str, *, training: bool) -> bytes:
        printed.append(at)
        return b"%PDF"

    monkeypatch.setattr("dispatch.api.paper.paper_board", prints)
    monkeypatch.setattr(hub.parts.paper, "_made", {})
    monkeypatch.setattr(hub.parts.follower, "behind_s", lambda: 95.0)
    answer = hub.desk("dana").get("/paper-board")
    assert int(answer.headers["age"]) >= 95
    assert (hub.parts.hub.now() - printed[-1]).total_seconds() >= 95


def test_a_crew_or_a_municipality_has_none(hub: RunningHub) -> None:
    for login in ("crew-e12", "mayor-a"):
        assert hub.desk(login).get("/paper-board").status_code == 403
