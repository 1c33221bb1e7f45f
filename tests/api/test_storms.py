"""The storm switch by the API: whose it is, what it changes, and that it outlives its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub


def give(hub: RunningHub, agency_id: str, hours: float | None, login: str = "sven") -> Any:
    ask_at = hub.parts.hub.now() + timedelta(hours=hours) if hours is not None else None
    body = {"ask_at": ask_at.isoformat() if ask_at else None, "reason": "wind, trees down"}
    return hub.desk(login).give(f"/storms/{agency_id}", body)


def test_an_agency_works_by_its_storm_plans_until_a_supervisor_ends_them(hub: RunningHub) -> None:
    assert give(hub, "fire-a", 4, login="dana").status_code == 403
    assert give(hub, "nobody", 4).status_code == 404
    assert "has no storm plans" in give(hub, "law-a", 4).json()["detail"]
    before = hub.call()["incident_id"]
    assert give(hub, "fire-a", 4).status_code == 200
    try:
        board = hub.desk("dana").get("/snapshot", fresh=True).json()["board"]
        assert [storm["agency_id"] for storm in board["storms"]] == ["fire-a"]
        assert load_board(hub.parts.hub.engine).board.storms == hub.parts.follower.board.storms
        during = hub.call()["incident_id"]
        found = hub.desk("dana").get(f"/incidents/{during}").json()["incident"]
        assert found["plan_id"] == "FIRE/*~storm"
        assert [leg["discipline"] for leg in found["legs"]] == ["fire"]
        advice = hub.desk("dana").get(f"/incidents/{before}/recommendation", fresh=True).json()
        assert advice["plan_id"] == "FIRE/*~storm"
    finally:
        assert give(hub, "fire-a", None).status_code == 200
    after = hub.call()["incident_id"]
    found = hub.desk("dana").get(f"/incidents/{after}").json()["incident"]
    assert found["plan_id"] == "FIRE/*"
