"""Premise notes and history by the API: whose they are, where they hold, what was there before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dispatch.domain.values import Actor
from dispatch.services.premises import own_premises
from tests.api.conftest import CALL, RunningHub

SPOT = [9.5071, 47.1049]
ON_ROAD = [9.5015, 47.1015]


def write(hub: RunningHub, login: str, **over: Any) -> Any:
    review_on = (hub.parts.hub.now() + timedelta(days=300)).date().isoformat()
    body = {"agency_id": "fire-a", "at": SPOT, "level": 3, "text": "acid in the cellar"}
    return hub.desk(login).give("/premises", {**body, "review_on": review_on, **over})


def notes_at(hub: RunningHub, login: str = "cato") -> list[dict[str, Any]]:
    answer = hub.desk(login).get("/premises", lon=SPOT[0], lat=SPOT[1])
    assert answer.status_code == 200, answer.text
    return list(answer.json()["notes"])


def test_a_hazard_is_known_to_the_call_taker_and_goes_with_the_incident(hub: RunningHub) -> None:
    assert write(hub, "mayor-a").status_code == 201
    (note,) = notes_at(hub)
    assert (note["author"] != "", note["level"]) == (True, 3)
    made = hub.call(place={**CALL["place"], "at": SPOT})
    incident = hub.desk("dana").get(f"/incidents/{made['incident_id']}").json()["incident"]
    assert [hazard["text"] for hazard in incident["hazards"]] == ["acid in the cellar"]
    sent = hub.desk("dana").give(
        f"/incidents/{made['incident_id']}/assignments",
        {"unit_ids": ["E12"], "override_reason": "asked for"},
    )
    assignment_id = sent.json()["assignments"][0]["id"]
    path = f"/assignments/{assignment_id}/hazard-reading"
    assert hub.desk("crew-p7").give(path).status_code == 404
    assert hub.desk("crew-e12").give(path).status_code == 200
    board = hub.desk("dana").get("/snapshot").json()["board"]
    read = next(a for a in board["assignments"] if a["id"] == assignment_id)
    assert read["hazard_read_at"] is not None
    assert hub.desk("mayor-a").delete(f"/premises/{note['id']}").status_code == 200
    assert notes_at(hub) == []


def test_a_municipality_writes_and_reads_for_its_own_agencies_alone(hub: RunningHub) -> None:
    assert write(hub, "mayor-b").status_code == 404
    assert write(hub, "mayor-a", text="of Ashby").status_code == 201
    (note,) = notes_at(hub)
    assert hub.desk("mayor-b").get("/premises").json()["notes"] == []
    assert hub.desk("mayor-b").delete(f"/premises/{note['id']}").status_code == 404
    assert hub.desk("mayor-a").delete(f"/premises/{note['id']}").status_code == 200


def test_notes_that_have_ended_take_no_place_among_those_that_are_listed(hub: RunningHub) -> None:
    now = hub.parts.hub.now()
    until = (now + timedelta(hours=1)).isoformat()
    assert write(hub, "dana", text="holds").status_code == 201
    for _ in range(3):
        assert write(hub, "dana", text="till tonight", until=until).status_code == 201

    def listed(at: datetime, limit: int) -> list[str]:
        mayor = Actor(account_id="m", role="municipal_admin", agencies=("fire-a",))
        with hub.parts.hub.engine.connect() as connection, connection.begin():
            return [note.text for note in own_premises(connection, mayor, limit, at)]

    assert listed(now, 2) == ["till tonight", "till tonight"], "the newest first"
    assert listed(now + timedelta(days=1), 2) == ["holds"]
    for note in notes_at(hub):
        assert hub.desk("dana").delete(f"/premises/{note['id']}").status_code == 200


def test_what_was_here_or_of_this_number_before_is_shown(hub: RunningHub) -> None:
    there = {**CALL["place"], "at": [9.5031, 47.1029]}
    first = hub.call(callback="610 555 0999", place=there, incident_type="THEFT", note=None)
    closing = {"disposition": "report taken"}
    path = f"/incidents/{first['incident_id']}/closings"
    assert hub.desk("dana").give(path, closing).status_code == 201

    def history(**body: Any) -> list[dict[str, Any]]:
        answer = hub.client.post(
            "/api/v1/calls/history", json=body, headers=hub.desk("cato").headers
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json()["earlier"])

    (here,) = history(at=there["at"])
    assert (here["incident_id"], here["why"]) == (first["incident_id"], "here")
    assert here["dispositions"] == ["report taken"]
    assert here["parts_apart"] == []
    (number,) = history(callback="610 555 0999")
    assert number["why"] == "same number"
    (both,) = history(at=there["at"], callback="610 555 0999")
    assert both["why"] == "here, same number"
    assert history(callback="610 555 0000") == []


def test_a_part_that_was_something_else_is_told_of_an_earlier_incident(hub: RunningHub) -> None:
    there = {**CALL["place"], "at": [9.5036, 47.1034]}
    made = hub.call(place=there, note=None)
    incident = hub.parts.hub.board().incidents[made["incident_id"]]
    answer = hub.desk("dana").give(
        f"/incidents/{incident.id}/legs/ems",
        {"revision": incident.revision, "priority": 4},
        method="PATCH",
    )
    assert answer.status_code == 200, answer.text
    said = hub.client.post(
        "/api/v1/calls/history", json={"at": there["at"]}, headers=hub.desk("cato").headers
    )
    (here,) = said.json()["earlier"]
    assert here["priority"] == incident.priority
    part = {"discipline": "ems", "type_label": incident.type_label, "priority": 4}
    assert here["parts_apart"] == [part]


def report(hub: RunningHub, login: str, **over: Any) -> Any:
    """A fault of infrastructure on Alder St."""
    ends_at = (hub.parts.hub.now() + timedelta(hours=2)).isoformat()
    body = {"fault": "main_burst", "line": [ON_ROAD], "ends_at": ends_at, "agency_id": "fire-a"}
    return hub.desk(login).give("/infrastructure-faults", {**body, **over})


def test_a_burst_main_shuts_its_road_and_is_told_to_crews_until_it_is_mended(
    hub: RunningHub,
) -> None:
    answer = report(hub, "dana", text="at the school")
    assert answer.status_code == 201, answer.text
    closure, note = answer.json()["closure"], answer.json()["note"]
    said = "Water main burst: at the school"
    assert (closure["state"], closure["speed_factor"], closure["description"]) == (
        "active",
        0,
        said,
    )
    assert (note["text"], note["level"], note["until"]) == (said, 2, closure["ends_at"])
    assert hub.desk("dana").delete(f"/closures/{closure['id']}").status_code == 200
    assert hub.desk("dana").delete(f"/premises/{note['id']}").status_code == 200


def test_a_fault_becomes_what_its_kind_asks_and_nothing_by_halves(hub: RunningHub) -> None:
    dry = report(hub, "mayor-a", fault="hydrant_out")
    assert dry.status_code == 201, dry.text
    assert (dry.json()["closure"], dry.json()["note"]["radius_m"]) == (None, 150.0)
    assert hub.desk("mayor-a").delete(f"/premises/{dry.json()['note']['id']}").status_code == 200
    shut = report(hub, "dana", fault="bridge_shut", agency_id=None)
    assert shut.json()["note"] is None
    assert hub.desk("dana").delete(f"/closures/{shut.json()['closure']['id']}").status_code == 200
    before = hub.desk("mayor-a").get("/premises").json()["notes"]
    refused = [
        report(hub, "dana", line=[[9.5, 61.0]]),
        report(hub, "mayor-b"),
        report(hub, "dana", agency_id=None),
        report(hub, "dana", ends_at=hub.parts.hub.now().isoformat()),
        report(hub, "crew-e12"),
    ]
    assert [a.status_code for a in refused] == [422, 404, 422, 422, 403]
    assert hub.desk("mayor-a").get("/premises").json()["notes"] == before
    assert hub.desk("dana").get("/closures").json()["closures"] == []
