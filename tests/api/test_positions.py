"""Positions by the API: set by a supervisor, taken, folded, and left only with a reason."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from dispatch.store.boards import load_board
from tests.api.conftest import PASSWORD, RunningHub


@pytest.fixture(autouse=True)
def an_empty_floor(hub: RunningHub) -> Iterator[None]:
    yield
    for position_id in positions(hub):
        answer = hub.client.delete(
            f"/api/v1/positions/{position_id}",
            params={"command_id": f"remove-{position_id}-{uuid4()}", "reason": "end of test"},
            headers=hub.desk("sven").headers,
        )
        assert answer.status_code == 200, answer.text


def positions(hub: RunningHub, login: str = "dana") -> dict[str, Any]:
    board = hub.desk(login).get("/snapshot").json()["board"]
    return {position["id"]: position for position in board["positions"]}


def account(hub: RunningHub, login: str) -> str:
    return str(hub.desk(login).session["account"]["id"])


def set_floor(hub: RunningHub) -> None:
    for position_id, disciplines in (("FIRE-1", ["fire", "ems"]), ("LAW-1", ["law"])):
        body = {"position_id": position_id, "disciplines": disciplines, "reason": "new floor"}
        answer = hub.desk("sven").give("/positions", body)
        assert answer.status_code == 200, answer.text
        assert hub.desk("dana").give(f"/positions/{position_id}/holder").status_code == 200


def test_a_floor_is_set_taken_folded_and_left(hub: RunningHub) -> None:
    set_floor(hub)
    assert positions(hub)["LAW-1"]["held_by"] == account(hub, "dana")
    refused = hub.desk("dana").give("/positions/LAW-1/leaving")
    assert (refused.status_code, refused.json()["code"]) == (409, "leaves_uncovered")
    assert {gap["agency_id"] for gap in refused.json()["fields"]["gaps"]} == {"law-a", "law-b"}
    assert hub.desk("sven").give("/positions/LAW-1/holder").status_code == 200
    assert positions(hub)["LAW-1"]["held_by"] == account(hub, "sven")
    body = {"position_ids": ["FIRE-1"]}
    assert hub.desk("sven").give("/positions/LAW-1/folds", body).status_code == 200
    assert positions(hub)["FIRE-1"]["folded_into"] == "LAW-1"
    stored = load_board(hub.parts.hub.engine).board.positions
    assert {p.id: p.model_dump(mode="json") for p in stored.values()} == positions(hub)


def test_positions_stand_empty_when_the_last_session_of_their_holder_ends(hub: RunningHub) -> None:
    set_floor(hub)
    sign_in = {"login": "nora", "password": PASSWORD}
    opened = [hub.client.post("/api/v1/sessions", json=sign_in).json() for _ in range(2)]
    headers = [{"Authorization": f"Bearer {session['token']}"} for session in opened]
    taken = hub.client.post(
        "/api/v1/positions/LAW-1/holder",
        json={"command_id": f"nora-sits-{uuid4()}"},
        headers=headers[0],
    )
    assert taken.status_code == 200, taken.text
    for number, holder in enumerate((opened[0]["account"]["id"], None)):
        hub.client.delete("/api/v1/sessions/current", headers=headers[number])
        until = time.monotonic() + 60
        while positions(hub)["LAW-1"]["held_by"] != holder and time.monotonic() < until:
            time.sleep(0.05)  # signing out does not wait for the board
        assert positions(hub)["LAW-1"]["held_by"] == holder


def test_a_crew_sees_nothing_of_the_floor(hub: RunningHub) -> None:
    set_floor(hub)
    assert positions(hub, "crew-e12") == {}


def test_a_position_of_an_agency_that_there_is_not_is_refused(hub: RunningHub) -> None:
    body = {"position_id": "X", "disciplines": ["fire"], "agencies": ["fire-z"]}
    answer = hub.desk("sven").give("/positions", body)
    assert (answer.status_code, answer.json()["fields"]["field"]) == (422, "agencies")
