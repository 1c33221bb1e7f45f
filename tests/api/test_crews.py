"""A crew logs on with what it has, and calls for help; who may know their names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub


def board(hub: RunningHub, login: str = "dana") -> dict[str, Any]:
    return dict(hub.desk(login).get("/snapshot").json()["board"])


def unit_of(hub: RunningHub, unit_id: str, login: str = "dana") -> dict[str, Any]:
    return next(u for u in board(hub, login)["units"] if u["id"] == unit_id)


def test_a_crew_counts_for_what_it_brings_until_it_logs_off(hub: RunningHub) -> None:
    until = (hub.parts.hub.now() + timedelta(hours=8)).isoformat()
    body = {"staffing": 2, "capabilities": [], "names": "A. Example", "until": until}
    answer = hub.desk("dana").give("/units/E13/logon", body)
    assert answer.status_code == 201, answer.text
    crewed = unit_of(hub, "E13")
    assert (crewed["staffing"], crewed["capabilities"]) == (2, [])
    assert crewed["logon"]["lacks"] == ["engine"]
    assert crewed["logon"]["names"] == "A. Example"
    stored = load_board(hub.parts.hub.engine).board.units["E13"]
    assert stored == hub.parts.follower.board.units["E13"]
    incident = hub.call()["incident_id"]
    advice = hub.desk("dana").get(f"/incidents/{incident}/recommendation", fresh=True).json()
    assert "E13" not in [pick["unit_id"] for pick in advice["picks"]]
    assert hub.desk("dana").delete("/units/E13/logon").status_code == 200
    assert unit_of(hub, "E13")["capabilities"] == ["engine"]
    assert unit_of(hub, "E13")["logon"] is None


def test_the_names_of_a_crew_are_not_for_the_municipality_nor_in_the_chain(
    hub: RunningHub,
) -> None:
    hub.desk("dana").give("/units/E12/logon", {"names": "Zed Unheard"})
    for login in ("mayor-a", "audrey"):
        told = hub.desk(login).get("/snapshot")
        assert told.status_code == 200
        assert "Zed Unheard" not in told.text
    with hub.parts.hub.engine.connect() as connection:
        payloads = connection.exec_driver_sql("SELECT payload FROM event").scalars()
        assert not any("Zed Unheard" in payload for payload in payloads)
    hub.desk("dana").delete("/units/E12/logon")


def test_a_unit_out_of_service_is_in_service_with_its_crew(hub: RunningHub) -> None:
    hub.desk("dana").give("/units/E21/duty", {"duty": "out_of_service", "reason": "no crew"})
    hub.desk("dana").give("/units/E21/logon", {"staffing": 4})
    assert unit_of(hub, "E21")["duty"] == "in_service"
    hub.desk("dana").delete("/units/E21/logon")


def test_a_shift_does_not_end_before_it_begins(hub: RunningHub) -> None:
    past = (hub.parts.hub.now() - timedelta(hours=1)).isoformat()
    answer = hub.desk("dana").give("/units/E12/logon", {"until": past})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_every_press_of_the_button_is_kept_and_its_end_says_how(hub: RunningHub) -> None:
    for _ in range(3):
        assert hub.desk("dana").give("/units/P1/emergency").status_code == 201
    (emergency,) = board(hub)["emergencies"]
    assert (emergency["unit_id"], len(emergency["presses"])) == ("P1", 3)
    assert load_board(hub.parts.hub.engine).board.emergencies.keys() == {emergency["id"]}
    path = f"/emergencies/{emergency['id']}/endings"
    assert hub.desk("dana").give(path, {"outcome": ""}).status_code == 422
    assert hub.desk("dana").give(path, {"outcome": "pressed by mistake"}).status_code == 201
    assert board(hub)["emergencies"] == []
    assert hub.desk("dana").give("/emergencies/none/endings", {"outcome": "x"}).status_code == 404


def test_a_near_unit_goes_to_who_calls_for_help_by_the_rules_of_any_sending(
    hub: RunningHub,
) -> None:
    desk = hub.desk("dana")
    incident_id = hub.call(incident_type="FIRE")["incident_id"]
    path = f"/incidents/{incident_id}/assignments"

    def send(unit_id: str, reason: str = "backup for E12") -> Any:
        return desk.give(path, {"unit_ids": [unit_id], "override_reason": reason})

    assert send("E12", "asked for").status_code == 201
    assert desk.give("/units/E12/emergency").status_code == 201
    (emergency,) = board(hub)["emergencies"]
    assert emergency["incident_id"] == incident_id
    (came,) = send("E13").json()["assignments"]
    assert (came["incident_id"], came["override_reason"]) == (incident_id, "backup for E12")
    again = send("E13")
    assert (again.status_code, again.json()["code"]) == (409, "unit_not_available")
    ended = desk.give(f"/emergencies/{emergency['id']}/endings", {"outcome": "two are there"})
    assert ended.status_code == 201, ended.text


def test_a_crew_on_no_incident_is_given_one_with_its_helpers_in_one_step(hub: RunningHub) -> None:
    desk, crew = hub.desk("dana"), hub.desk("crew-p7")
    fix = {"fixes": [{"at": [9.5051, 47.1041]}]}
    assert (
        hub.client.post("/api/v1/units/P7/fixes", json=fix, headers=crew.headers).status_code == 202
    )
    assert crew.give("/units/P7/emergency").status_code == 201
    (emergency,) = board(hub)["emergencies"]
    path = f"/emergencies/{emergency['id']}/help"
    refused = desk.give(path, {"unit_ids": ["P1", "P7"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert crew.give(path, {"unit_ids": ["P1"]}).status_code in (403, 404)
    asked = {"command_id": "help-of-p7", "unit_ids": ["P1", "M1"]}
    answer = desk.give(path, asked)
    assert answer.status_code == 201, answer.text
    sent = answer.json()["assignments"]
    assert [(a["unit_id"], a["status"]) for a in sent] == [
        ("P7", "on_scene"),
        ("P1", "dispatched"),
        ("M1", "dispatched"),
    ]
    made = hub.parts.hub.board().incidents[sent[0]["incident_id"]]
    assert (made.priority, made.incident_type, made.type_label) == (
        1,
        "THEFT",
        "Crew calls for help",
    )
    assert made.place.at == (9.5051, 47.1041)
    again = desk.give(path, {"unit_ids": []})
    assert (again.status_code, again.json()["code"]) == (409, "unit_not_available")
    mine = f"/assignments/{sent[0]['id']}/status"
    assert desk.give(mine, {"status": "cleared"}).status_code == 200
    again = desk.give(path, {"unit_ids": []})
    assert (again.status_code, again.json()["code"]) == (409, "unit_not_available")
    assert again.json()["fields"]["incident_id"] == made.id, "it has one for this call"
    ended = desk.give(f"/emergencies/{emergency['id']}/endings", {"outcome": "all are safe"})
    assert ended.status_code == 201, ended.text
    repeated = desk.give(path, asked)
    assert (repeated.status_code, repeated.json()) == (201, answer.json())
    late = desk.give(path, {"unit_ids": []})
    assert (late.status_code, late.json()["detail"]) == (404, "That call for help is over.")


def test_a_crew_presses_its_own_button_alone(hub: RunningHub) -> None:
    assert hub.desk("crew-e12").give("/units/P7/emergency").status_code == 404
