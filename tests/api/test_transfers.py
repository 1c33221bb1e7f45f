"""A call handed to another centre through the API, with the record that goes with it."""

from __future__ import annotations

from typing import Any

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


def test_each_transfer_is_listed_with_its_owner_and_with_who_read_its_record(
    hub: RunningHub,
) -> None:
    """Also one that left the board with its call: its record is read by its link for a day."""
    call_id = answered_call(hub)
    transfer = offered(hub, call_id)
    lines, cato = hub.desk("lines"), hub.desk("cato")
    assert lines.get(f"/calls/{call_id}/eido").status_code == 200
    assert cato.give(
        f"/calls/{call_id}/transfers/{transfer}/answer", {"result": "accepted", "answer": "Kim"}
    ).is_success
    assert cato.get(f"/calls/{call_id}/eido").status_code == 200  # it left the board

    def listed(login: str) -> dict[str, Any]:
        answer = hub.desk(login).get("/transfers")
        assert answer.status_code == 200, answer.text
        return next(c for c in answer.json()["calls"] if c["call_id"] == call_id)

    row = listed("cato")
    last = row["transfers"][-1]
    assert (row["owner"], row["outcome"], last["state"]) == ("EAST", "transferred", "accepted")
    assert [h["how"] for h in last["heard"]] == ["read", "read"]
    assert len({h["by"] for h in last["heard"]}) == 2
    assert {h["version"] for h in last["heard"]} == {1}
    assert "callback" not in row
    assert listed("audrey")["transfers"][-1]["answer"] == "Kim"
    for login in ("mayor-a", "lines"):
        assert hub.desk(login).get("/transfers").status_code == 403


def test_a_refused_record_is_no_systems_to_read(hub: RunningHub) -> None:
    call_id = answered_call(hub)
    path = f"/calls/{call_id}/transfers/{offered(hub, call_id)}/answer"
    assert hub.desk("cato").give(path, {"result": "refused"}).is_success
    assert hub.desk("lines").get(f"/calls/{call_id}/eido").status_code == 404
    hub.desk("cato").give(f"/calls/{call_id}/closings", {"outcome": "misdial"})
    assert hub.desk("lines").get(f"/calls/{call_id}/eido").status_code == 404


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
