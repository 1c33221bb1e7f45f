"""Card protocols through the API: launched for a call, determined, taken over by a dispatcher."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import RunningHub


def run_of(hub: RunningHub, call_id: str) -> dict[str, Any]:
    board = hub.desk("dana").get("/snapshot").json()["board"]
    call = next(call for call in board["calls"] if call["id"] == call_id)
    return dict(call["protocol_runs"][-1])


def hand(hub: RunningHub, call_id: str, login: str = "cards", **over: Any) -> Any:
    body = {"discipline": "fire", "determinant": "68-A-1", **over}
    return hub.desk(login).give(f"/calls/{call_id}/determinants", body)


def incident_of(hub: RunningHub, incident_id: str) -> dict[str, Any]:
    answer = hub.desk("dana").get(f"/incidents/{incident_id}")
    return dict(answer.json()["incident"])


def test_only_programs_that_the_operator_allows_are_launched(hub: RunningHub) -> None:
    listed = hub.desk("cato").get("/region").json()["protocols"]
    assert [program["id"] for program in listed] == ["EMD", "FIRE"]
    call_id = hub.call()["call_id"]
    path = f"/calls/{call_id}/protocol-runs"
    refused = hub.desk("cato").give(path, {"program_id": "OLD"})
    assert (refused.status_code, refused.json()["fields"]) == (422, {"field": "program_id"})
    body = {"program_id": "EMD", "at": [9.505, 47.104], "address": "14 Mill Rd & 2", "callback": ""}
    opened = hub.desk("cato").give(path, body)
    assert opened.status_code == 201, opened.text
    run_id = opened.json()["run_id"]
    assert opened.json()["url"] == (
        f"https://cards.example/run?id={run_id}&tel=555-0100&at=47.104000,9.505000"
        "&what=14%20Mill%20Rd%20%26%202"
    )
    assert (run_of(hub, call_id)["id"], run_of(hub, call_id)["state"]) == (run_id, "opened")


def test_a_determinant_changes_the_plan_before_anybody_is_sent(hub: RunningHub) -> None:
    made = hub.call(incident_type="SMELL")
    body = {"command_id": "determined-once", "determinant": "69d5"}
    first = hand(hub, made["call_id"], **body)
    assert first.status_code == 201, first.text
    assert first.json()["run"]["state"] == "applied"
    assert hand(hub, made["call_id"], **body).json() == first.json()
    incident = incident_of(hub, made["incident_id"])
    assert (incident["incident_type"], incident["priority"]) == ("FIRE", 1)
    assert {leg["discipline"] for leg in incident["legs"]} == {"fire", "ems"}


def test_the_agencys_own_row_counts(hub: RunningHub) -> None:
    made = hub.call(incident_type="SMELL")
    answer = hand(hub, made["call_id"], discipline="ems", determinant="17-D-03")
    run = answer.json()["run"]
    assert (run["label"], run["priority"], run["state"]) == ("Fall", 1, "applied")


def test_after_dispatch_it_proposes_and_a_dispatcher_takes_it_with_a_reason(
    hub: RunningHub,
) -> None:
    made = hub.call()
    incident_id = made["incident_id"]
    sent = hub.desk("dana").give(
        f"/incidents/{incident_id}/assignments",
        {"unit_ids": ["E12", "M1"], "recommendation_id": None, "override_reason": "near"},
    )
    assert sent.status_code == 201, sent.text
    run = hand(hub, made["call_id"]).json()["run"]
    assert (run["state"], run["downgrade"], run["spares"]) == ("proposed", True, ["M1"])
    assert incident_of(hub, incident_id)["incident_type"] == "FIRE"
    path = f"/incidents/{incident_id}/protocol-runs/{run['id']}/answer"
    assert hub.desk("cato").give(path, {"accepted": True}).status_code == 403
    refused = hub.desk("dana").give(path, {"accepted": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "override_needs_reason")
    taken = hub.desk("dana").give(path, {"accepted": True, "reason": "it is toast"})
    assert (taken.status_code, taken.json()["surplus"]) == (200, ["M1"])
    assert incident_of(hub, incident_id)["incident_type"] == "SMELL"
    assert run_of(hub, made["call_id"])["reason"] == "it is toast"
    board = hub.desk("dana").get("/snapshot").json()["board"]
    live = [a["unit_id"] for a in board["assignments"] if a["incident_id"] == incident_id]
    assert sorted(live) == ["E12", "M1"]
    for unit in ("E12", "M1"):
        one = next(a for a in board["assignments"] if a["unit_id"] == unit)
        hub.desk("dana").give(f"/assignments/{one['id']}/status", {"status": "cleared"})


def test_an_unknown_determinant_is_kept_and_shown(hub: RunningHub) -> None:
    made = hub.call()
    answer = hand(hub, made["call_id"], determinant="99-Z-1")
    assert (answer.status_code, answer.json()["run"]["state"]) == (201, "unknown")
    assert run_of(hub, made["call_id"])["determinant"] == "99-Z-1"


def test_an_agencys_program_reaches_its_own_calls_and_discipline_alone(hub: RunningHub) -> None:
    made = hub.call()  # in Ashby: nothing of Brill's
    assert hand(hub, made["call_id"], "cards-fire-b").status_code == 404
    other = hand(hub, made["call_id"], "cards-fire-b", discipline="ems", determinant="17-D-3")
    assert other.status_code == 403
    assert hand(hub, "nobody").status_code == 404
    assert hub.desk("cards").get("/snapshot").status_code == 403


def test_what_is_no_determinant_is_refused(hub: RunningHub) -> None:
    made = hub.call()
    for wrong in ("", "<b>", "x" * 41, "17-D-3; DROP", "ﬁre"):
        assert hand(hub, made["call_id"], determinant=wrong).status_code == 422, wrong


def test_a_call_without_an_incident_keeps_its_determinant(hub: RunningHub) -> None:
    taken = hub.desk("cato").give("/calls", {"said": "a fall, no place yet"})
    call_id = taken.json()["call_id"]
    run = hand(hub, call_id, discipline="ems", determinant="17-D-3").json()["run"]
    assert (run["state"], run["incident_type"], run["priority"]) == ("waiting", "FALL", 2)
    hub.desk("cato").give(f"/calls/{call_id}/closings", {"outcome": "misdial"})
    assert hand(hub, call_id, determinant="68-A-1").status_code in (404, 409)
