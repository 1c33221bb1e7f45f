"""A traffic stop starts its status check; an answer begins it anew, leaving the scene ends it."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import RunningHub

STOP = {
    "unit_id": "P1",
    "incident_type": "TRAFFIC_STOP",
    "place": {"at": [9.5066, 47.1045], "address": "Mill Rd", "verified": False},
}


def assignment_of(hub: RunningHub, assignment_id: str) -> dict[str, Any]:
    board = hub.desk("dana").get("/snapshot").json()["board"]
    found: dict[str, Any] = next(a for a in board["assignments"] if a["id"] == assignment_id)
    return found


def stopped(hub: RunningHub) -> str:
    types = hub.desk("dana").get("/region").json()["incident_types"]
    law = next(t["incident_type"] for t in types if t["lead"] == "law")
    answer = hub.desk("dana").give("/officer-work", {**STOP, "incident_type": law})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["assignment_id"])


def test_an_answer_by_voice_moves_the_time_of_the_next_check(hub: RunningHub) -> None:
    assignment_id = stopped(hub)
    before = assignment_of(hub, assignment_id)
    assert before["check_due_at"] is not None
    answered = hub.desk("dana").give(f"/assignments/{assignment_id}/checks", {"channel": "voice"})
    assert answered.status_code == 200, answered.text
    after = assignment_of(hub, assignment_id)
    assert after["check_due_at"] > before["check_due_at"]
    assert after["revision"] == before["revision"] + 1


def test_a_unit_that_is_on_no_scene_cannot_answer(hub: RunningHub) -> None:
    assignment_id = stopped(hub)
    hub.desk("dana").give(f"/assignments/{assignment_id}/status", {"status": "cleared"})
    answer = hub.desk("dana").give(f"/assignments/{assignment_id}/checks", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
