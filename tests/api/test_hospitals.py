"""Hospitals and patients by the API, and that the tables keep them."""

from __future__ import annotations

from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub


def test_a_hospital_diverts_and_opens_and_patients_are_counted(hub: RunningHub) -> None:
    desk = hub.desk("dana")
    unknown = desk.give("/hospitals/NOWHERE", {"intake": "divert"})
    assert (unknown.status_code, unknown.json()["fields"]["known"]) == (404, ["MERCY"])
    body = {"intake": "divert", "without": ["trauma"], "reason": "scanner down"}
    assert desk.give("/hospitals/MERCY", body).status_code == 200
    try:
        board = desk.get("/snapshot", fresh=True).json()["board"]
        assert [state["without"] for state in board["hospitals"]] == [["trauma"]]
        stored = load_board(hub.parts.hub.engine).board
        assert stored.hospitals == hub.parts.follower.board.hospitals
    finally:
        assert desk.give("/hospitals/MERCY", {"intake": None}).status_code == 200
    incident_id = hub.call()["incident_id"]
    assert (
        desk.give(f"/incidents/{incident_id}/patients", {"red": 2, "green": 5}).status_code == 200
    )
    found = desk.get(f"/incidents/{incident_id}").json()["incident"]
    assert (found["patients"]["red"], found["patients"]["green"]) == (2, 5)
    assert desk.give(f"/incidents/{incident_id}/patients", {"red": -1}).status_code == 422
