"""BOLOs by the API: who may issue, read and cancel one, and that the tables keep them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub


def notice(hub: RunningHub, **over: Any) -> dict[str, Any]:
    expires_at = (hub.parts.hub.now() + timedelta(hours=8)).isoformat()
    return {"kind": "vehicle", "text": "red pickup KLM-1234", "expires_at": expires_at, **over}


def texts(hub: RunningHub, login: str, **params: Any) -> list[str]:
    return [found["text"] for found in hub.desk(login).get("/bolos", **params).json()["bolos"]]


def test_one_is_issued_found_by_its_words_and_cancelled(hub: RunningHub) -> None:
    desk = hub.desk("dana")
    assert desk.give("/bolos", notice(hub)).status_code == 201
    assert texts(hub, "dana", q="klm pickup") == ["red pickup KLM-1234"]
    assert texts(hub, "dana", q="klm blue") == []
    stored = load_board(hub.parts.hub.engine).board
    assert stored.bolos == hub.parts.follower.board.bolos
    (standing,) = desk.get("/bolos").json()["bolos"]
    path = f"/bolos/{standing['id']}/endings"
    assert desk.give(path, {}).status_code == 422
    assert desk.give(path, {"reason": "stopped in Brill"}).status_code == 200
    assert texts(hub, "dana") == []
    (ended,) = desk.get("/bolos", ended=True, q="pickup").json()["bolos"]
    assert (ended["ended"], ended["ended_why"]) == ("cancelled", "stopped in Brill")


def test_only_those_it_is_for_read_it(hub: RunningHub) -> None:
    desk = hub.desk("dana")
    sent = desk.give("/bolos", notice(hub, text="grey van", municipality="Brill"))
    assert sent.status_code == 201, sent.text
    assert texts(hub, "brill-desk") == ["grey van"]
    assert texts(hub, "crew-p7") == ["grey van"]
    assert texts(hub, "ashby-desk") == []
    assert texts(hub, "crew-e12") == []
    for login in ("audrey", "mayor-b"):
        assert hub.desk(login).get("/bolos").status_code == 403
        assert "grey van" not in hub.desk(login).get("/snapshot").text
    (standing,) = desk.get("/bolos").json()["bolos"]
    path = f"/bolos/{standing['id']}/endings"
    assert hub.desk("ashby-desk").give(path, {"reason": "no"}).status_code == 404
    assert hub.desk("brill-desk").give(path, {"reason": "no"}).status_code == 403
    assert desk.give(path, {"reason": "found"}).status_code == 200


def test_what_cannot_be_used_is_told(hub: RunningHub) -> None:
    desk = hub.desk("dana")
    for wrong in (
        {"expires_at": None},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"agencies": ["nobody"]},
        {"municipality": "Nowhere"},
        {"municipality": "Brill", "disciplines": ["ems"]},
        {"text": ""},
    ):
        assert desk.give("/bolos", notice(hub, **wrong)).status_code == 422, wrong
