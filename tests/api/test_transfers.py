"""A call handed to another centre through the API, with the record that goes with it."""

from __future__ import annotations

from tests.api.conftest import RunningHub
from tests.api.test_intake import call_on_board, ring


def offered(hub: RunningHub, call_id: str) -> str:
    answer = hub.desk("cato").give(f"/calls/{call_id}/transfers", {"centre_id": "EAST"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["transfer_id"])


def answered_call(hub: RunningHub) -> str:
    call_id = ring(hub)
    assert hub.desk("cato").give(f"/calls/{call_id}/answer").is_success
    return call_id


def test_a_call_is_offered_refused_offered_again_and_accepted(hub: RunningHub) -> None:
    call_id = answered_call(hub)
    cato, lines = hub.desk("cato"), hub.desk("lines")
    path = f"/calls/{call_id}/transfers/{offered(hub, call_id)}/answer"
    assert lines.give(path, {"result": "taken_back"}).status_code == 403
    assert lines.give(path, {"result": "refused", "answer": "no unit"}).is_success
    again = f"/calls/{call_id}/transfers/{offered(hub, call_id)}/answer"
    record = cato.get(f"/calls/{call_id}/record").json()
    assert (record["call"]["callback"], record["incident"]) == ("555-0100", None)
    assert [t["state"] for t in record["call"]["transfers"]] == ["refused", "offered"]
    accepted = {"command_id": "accepted-by-east", "result": "accepted"}
    first = cato.give(again, accepted)
    assert first.status_code == 200, first.text
    assert cato.give(again, accepted).json() == first.json()
    board = cato.get("/snapshot").json()["board"]
    assert call_id not in [call["id"] for call in board["calls"]]


def test_only_a_centre_of_the_region_is_offered_a_call(hub: RunningHub) -> None:
    call_id = answered_call(hub)
    answer = hub.desk("cato").give(f"/calls/{call_id}/transfers", {"centre_id": "MOON"})
    assert (answer.status_code, answer.json()["fields"]) == (422, {"field": "centre_id"})
    assert hub.desk("cato").get("/region").json()["centres"][0]["id"] == "EAST"


def test_a_call_with_an_incident_stays_on_the_board_as_theirs(hub: RunningHub) -> None:
    taken = hub.call(call_id=answered_call(hub))
    call_id = taken["call_id"]
    path = f"/calls/{call_id}/transfers/{offered(hub, call_id)}/answer"
    assert hub.desk("dana").give(path, {"result": "accepted"}).is_success
    assert call_on_board(hub, call_id)["transfers"][-1]["state"] == "accepted"
    record = hub.desk("dana").get(f"/calls/{call_id}/record").json()
    assert record["incident"]["id"] == taken["incident_id"]
