"""Calls apart from incidents: linked, taken off again, closed when they made none."""

from __future__ import annotations

import re
from typing import Any

from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub


def only_a_call(hub: RunningHub, **over: Any) -> str:
    body = {"said": "a hum on the line", "callback": "555-0199", **over}
    answer = hub.desk("cato").give("/calls", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["incident_id"] is None
    return str(answer.json()["call_id"])


def calls_on_the_board(hub: RunningHub, login: str = "dana") -> dict[str, dict[str, Any]]:
    board = hub.desk(login).get("/snapshot").json()["board"]
    return {call["id"]: call for call in board["calls"]}


def test_a_call_that_makes_no_incident_is_closed_with_what_became_of_it(hub: RunningHub) -> None:
    call_id = only_a_call(hub)
    assert call_id in calls_on_the_board(hub)
    closed = hub.desk("cato").give(f"/calls/{call_id}/closings", {"outcome": "misdial"})
    assert closed.status_code == 200, closed.text
    assert call_id not in calls_on_the_board(hub)


def test_a_call_is_closed_once(hub: RunningHub) -> None:
    call_id = only_a_call(hub)
    body = {"command_id": "close-it-once", "outcome": "administrative"}
    first = hub.desk("cato").give(f"/calls/{call_id}/closings", body)
    again = hub.desk("cato").give(f"/calls/{call_id}/closings", body)
    assert (first.status_code, again.json()) == (200, first.json())
    other = hub.desk("cato").give(f"/calls/{call_id}/closings", {"outcome": "other"})
    assert (other.status_code, other.json()["code"]) == (409, "already_closed")


def test_a_second_call_is_linked_to_the_incident_and_taken_off_again(hub: RunningHub) -> None:
    made = hub.call()
    call_id = only_a_call(hub, said="smoke over the mill")
    path = f"/calls/{call_id}/links"
    assert hub.desk("dana").give(path, {"incident_id": made["incident_id"]}).status_code == 200
    linked = calls_on_the_board(hub)[call_id]
    assert linked["incident_id"] == made["incident_id"]
    assert linked["callback"] == "555-0199"
    refused = hub.desk("dana").give(f"/calls/{call_id}/closings", {"outcome": "duplicate"})
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_refused")
    assert hub.desk("dana").give(path, {"incident_id": None}).status_code == 200
    assert calls_on_the_board(hub)[call_id]["incident_id"] is None
    assert hub.desk("dana").give(f"/calls/{call_id}/closings", {"outcome": "duplicate"}).is_success


def test_an_agency_that_had_not_heard_the_call_gets_all_of_it_with_the_link(
    hub: RunningHub,
) -> None:
    # ``give`` compares every stream with a fresh snapshot after each command.
    made = hub.call()
    call_id = only_a_call(hub, said="I see flames")
    hub.desk("cato").give(f"/calls/{call_id}/links", {"incident_id": made["incident_id"]})
    crew = calls_on_the_board(hub, "crew-e12")
    assert crew[call_id]["said"] == "I see flames"
    assert crew[call_id]["callback"] is None


def test_a_call_or_incident_that_is_not_there_is_refused(hub: RunningHub) -> None:
    call_id = only_a_call(hub)
    nobody = hub.desk("cato").give("/calls/nobody/links", {"incident_id": None})
    nowhere = hub.desk("cato").give(f"/calls/{call_id}/links", {"incident_id": "nowhere"})
    assert (nobody.status_code, nowhere.status_code) == (404, 404)
    assert hub.desk("cato").give("/calls/nobody/closings", {"outcome": "other"}).status_code == 404


def test_a_closed_call_stays_away_after_a_restart(hub: RunningHub) -> None:
    call_id = only_a_call(hub)
    hub.desk("cato").give(f"/calls/{call_id}/closings", {"outcome": "administrative"})
    assert call_id not in load_board(hub.parts.hub.engine).board.calls


def test_a_silent_call_becomes_a_task_with_what_was_tried(hub: RunningHub) -> None:
    call_id = only_a_call(hub)
    path = f"/calls/{call_id}"
    early = hub.desk("cato").give(f"{path}/closings", {"outcome": "silent"})
    assert (early.status_code, early.json()["code"]) == (409, "transition_refused")
    assert hub.desk("cato").give(f"{path}/callback", {"cause": "silent"}).status_code == 201
    assert hub.desk("dana").give(f"{path}/callback/tries", {"result": "busy"}).status_code == 201
    task = calls_on_the_board(hub)[call_id]["callback_task"]
    assert [made["result"] for made in task["tries"]] == ["busy"]
    stored = load_board(hub.parts.hub.engine).board.calls[call_id]
    assert stored == hub.parts.follower.board.calls[call_id]
    assert hub.desk("cato").give(f"{path}/closings", {"outcome": "silent"}).status_code == 200


def test_proposals_compare_numbers_without_showing_them(hub: RunningHub) -> None:
    made = hub.call(callback="610 555 0142")
    body = {"at": [9.5066, 47.1045], "incident_type": "FIRE", "callback": "+1 (610) 555-0142"}
    answer = hub.client.post(
        "/api/v1/calls/duplicates", json=body, headers=hub.desk("cato").headers
    )
    assert answer.status_code == 200, answer.text
    found = {d["incident_id"]: d for d in answer.json()["duplicates"]}
    assert "same callback number" in found[made["incident_id"]]["reasons"]
    told = [text for text in strings_of(answer.json()) if not re.fullmatch("[0-9a-f]{32}", text)]
    assert not any("5550142" in re.sub(r"[^0-9a-zA-Z]", "", text) for text in told)


def strings_of(found: Any) -> list[str]:
    """Every text in a JSON value, at any depth."""
    if isinstance(found, str):
        return [found]
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return [text for part in parts for text in strings_of(part)]
