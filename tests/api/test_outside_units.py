"""Units from outside by the API, what the tables keep of them, and who may not touch them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub


def promise(hub: RunningHub, **over: Any) -> dict[str, Any]:
    eta_at = (hub.parts.hub.now() + timedelta(minutes=12)).isoformat()
    return {
        "discipline": "fire",
        "capabilities": ["engine"],
        "asked_of": "Fairview",
        "name": "E5",
        "eta_at": eta_at,
        **over,
    }


def test_a_unit_from_outside_is_promised_arrives_and_leaves(hub: RunningHub) -> None:
    desk = hub.desk("dana")
    incident_id = hub.call()["incident_id"]
    path = f"/incidents/{incident_id}/outside-units"
    assert desk.give(path, promise(hub)).status_code == 201
    (asked,) = desk.get(f"/incidents/{incident_id}").json()["incident"]["outside"]
    assert (asked["ref"], asked["state"], asked["slot"]) == ("O1", "promised", 0)
    advice = desk.get(f"/incidents/{incident_id}/recommendation", fresh=True).json()
    assert [slot["index"] for slot in advice["slots"] if slot["capability"] == "engine"] == []
    closing = desk.give(f"/incidents/{incident_id}/closings", {"disposition": "out"})
    assert (closing.status_code, closing.json()["fields"]["units"]) == (409, ["O1 Fairview E5"])
    assert desk.give(f"{path}/O1", {"state": "arrived"}).status_code == 200
    stored = load_board(hub.parts.hub.engine).board
    assert stored.incidents == hub.parts.follower.board.incidents
    refused = desk.give(f"{path}/O1", {"state": "cancelled", "reason": "no"})
    assert (refused.status_code, refused.json()["fields"]["allowed"]) == (409, ["left"])
    assert desk.give(f"{path}/O1", {"state": "left"}).status_code == 200
    assert desk.give(f"{path}/O2", {"state": "left"}).status_code == 404


def test_a_promise_that_cannot_be_used_is_told_where(hub: RunningHub) -> None:
    desk = hub.desk("dana")
    path = f"/incidents/{hub.call()['incident_id']}/outside-units"
    past = desk.give(path, promise(hub, eta_at="2020-01-01T00:00:00Z"))
    assert (past.status_code, past.json()["fields"]["field"]) == (422, "eta_at")
    assert desk.give(path, promise(hub, capabilities=[])).status_code == 422
    assert desk.give(path, promise(hub, asked_of="")).status_code == 422


def test_another_agency_cannot_ask_for_an_incident_that_it_does_not_see(hub: RunningHub) -> None:
    path = f"/incidents/{hub.call()['incident_id']}/outside-units"
    assert hub.desk("crew-e12").give(path, promise(hub)).status_code == 403
    foreign = hub.desk("brill-desk").give(path, promise(hub))
    assert foreign.status_code == 404
