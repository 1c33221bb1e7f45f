"""The paper board is a PDF of what its reader may see."""

from __future__ import annotations

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


def test_a_crew_or_a_municipality_has_none(hub: RunningHub) -> None:
    for login in ("crew-e12", "mayor-a"):
        assert hub.desk(login).get("/paper-board").status_code == 403
