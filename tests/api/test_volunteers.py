"""People from home answer a page: who may say it for whom, from when it counts, what is refused."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dispatch.main import create_app
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from jurisdictions.roster import VolunteerRule
from tests.api.conftest import PASSWORD, RunningHub, make_settings
from tests.hub_factories import make_people, make_region

RULE = VolunteerRule(minimum={"any": 2, "driver": 1}, within_s=300)
NEXT = VolunteerRule(minimum={"any": 3}, within_s=1)
"""Of the other company, which has no time."""


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningHub]:
    """A hub whose fire department of Ashby comes from home."""
    folder = tmp_path_factory.mktemp("volunteers")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'hub.sqlite'}"
    else:
        url = request.getfixturevalue("postgis").fresh_database()
    migrate(url)
    engine = make_engine(url)
    make_region(engine, over={"fire-a": {"volunteers": RULE}, "fire-b": {"volunteers": NEXT}})
    make_people(engine, PASSWORD)
    engine.dispose()
    settings = make_settings(folder, url)
    with TestClient(create_app(settings)) as client:
        running = RunningHub(client, settings)
        yield running
        running.watch.verify()


def sent(hub: RunningHub, unit_id: str) -> str:
    """The unit is sent to a call of its own: the assignment's id."""
    incident_id = hub.call()["incident_id"]
    body = {"unit_ids": [unit_id], "override_reason": "asked for"}
    answer = hub.desk("dana").give(f"/incidents/{incident_id}/assignments", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["assignments"][0]["id"])


def say(hub: RunningHub, login: str, assignment_id: str, **body: Any) -> Any:
    said = {"volunteer": "V12", **body}
    return hub.desk(login).give(f"/assignments/{assignment_id}/responses", said)


def paged(hub: RunningHub, assignment_id: str, login: str = "dana") -> dict[str, Any]:
    board = hub.desk(login).get("/snapshot").json()["board"]
    return next(dict(a) for a in board["assignments"] if a["id"] == assignment_id)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_people_answer_from_their_own_device_until_they_are_a_crew(hub: RunningHub) -> None:
    assignment_id = sent(hub, "E12")
    first = say(hub, "crew-e12", assignment_id, volunteer="V1", skills=["driver"], arrives_in_s=300)
    assert first.status_code == 200, first.text
    waiting = paged(hub, assignment_id)
    (response,) = waiting["responses"]
    assert (response["volunteer"], response["skills"]) == ("V1", ["driver"])
    late_s = (at(response["arrives_at"]) - at(response["answered_at"])).total_seconds()
    assert late_s == 300
    assert waiting["staffed_at"] is None
    assert say(hub, "crew-e12", assignment_id, volunteer="V2").status_code == 200
    assert paged(hub, assignment_id)["staffed_at"] is not None
    assert say(hub, "crew-e12", assignment_id, volunteer="V2", answer="not_coming").is_success
    assert paged(hub, assignment_id)["staffed_at"] is None
    stored = load_board(hub.parts.hub.engine).board.assignments[assignment_id]
    assert stored == hub.parts.follower.board.assignments[assignment_id]


def test_a_device_answers_for_every_unit_of_its_station_and_for_no_other(hub: RunningHub) -> None:
    neighbour, elsewhere = sent(hub, "E13"), sent(hub, "E21")
    assert say(hub, "crew-e12", neighbour).status_code == 200
    assert len(paged(hub, neighbour, "crew-e12")["responses"]) == 1
    assert say(hub, "crew-e12", elsewhere).status_code == 404
    assert say(hub, "crew-p7", neighbour).status_code == 404
    assert say(hub, "brill-desk", neighbour).status_code == 404
    assert say(hub, "ashby-desk", neighbour, volunteer="V13").status_code == 200
    for login in ("cato", "audrey", "mayor-a", "hugo"):
        assert say(hub, login, neighbour).status_code == 403
    assert {one["volunteer"] for one in paged(hub, neighbour)["responses"]} == {"V12", "V13"}
    # Answering for the station is all: its other unit's status is not this crew's.
    path = f"/assignments/{neighbour}/status"
    assert hub.desk("crew-e12").give(path, {"status": "enroute"}).status_code == 404


def test_a_repeated_command_counts_once(hub: RunningHub) -> None:
    assignment_id = sent(hub, "E12")
    body = {"command_id": uuid.uuid4().hex, "arrives_in_s": 120}
    first = say(hub, "crew-e12", assignment_id, **body)
    again = say(hub, "crew-e12", assignment_id, **body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["seq"] == again.json()["seq"]
    assert len(paged(hub, assignment_id)["responses"]) == 1


def test_what_waited_on_a_device_counts_from_when_it_was_pressed(hub: RunningHub) -> None:
    assignment_id = sent(hub, "E12")
    paged_at = at(paged(hub, assignment_id)["assigned_at"])
    long_ago = (paged_at - timedelta(hours=3)).isoformat()
    assert say(hub, "crew-e12", assignment_id, arrives_in_s=60, device_at=long_ago).is_success
    (response,) = paged(hub, assignment_id)["responses"]
    assert at(response["arrives_at"]) == paged_at + timedelta(seconds=60)
    ahead = (paged_at + timedelta(hours=3)).isoformat()
    assert say(hub, "crew-e12", assignment_id, answer="not_coming", device_at=ahead).is_success
    (response,) = paged(hub, assignment_id)["responses"]
    assert response["answer"] == "not_coming"
    assert at(response["answered_at"]) < paged_at + timedelta(hours=1)
    # One that was pressed before it and was heard of after it changes nothing.
    overtaken = say(hub, "crew-e12", assignment_id, device_at=paged_at.isoformat())
    assert overtaken.status_code == 200
    (response,) = paged(hub, assignment_id)["responses"]
    assert response["answer"] == "not_coming"


def test_an_answer_after_the_release_is_refused_and_one_on_the_way_is_not(hub: RunningHub) -> None:
    assignment_id = sent(hub, "E12")
    path = f"/assignments/{assignment_id}/status"
    assert hub.desk("dana").give(path, {"status": "enroute"}).status_code == 200
    assert say(hub, "crew-e12", assignment_id).status_code == 200
    assert hub.desk("dana").give(path, {"status": "cleared"}).status_code == 200
    late = say(hub, "crew-e12", assignment_id, volunteer="V14")
    assert (late.status_code, late.json()["code"]) == (409, "transition_refused")


def test_a_unit_with_its_crew_on_board_waits_for_nobody(hub: RunningHub) -> None:
    assert hub.desk("dana").give("/units/E12/logon", {"staffing": 4}).status_code == 201
    assignment_id = sent(hub, "E12")
    answer = say(hub, "crew-e12", assignment_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
    assert "waits for nobody" in answer.json()["detail"]
    hub.desk("dana").give(f"/assignments/{assignment_id}/status", {"status": "cleared"})
    assert hub.desk("dana").delete("/units/E12/logon").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"volunteer": ""},
        {"volunteer": None},
        {"arrives_in_s": -1},
        {"arrives_in_s": 7_201},
        {"answer": "perhaps"},
        {"skills": ["driver"] * 21},
        {"device_at": "2026-06-01T12:00:00"},
    ],
)
def test_what_makes_no_sense_is_refused(hub: RunningHub, wrong: dict[str, Any]) -> None:
    assignment_id = sent(hub, "E12")
    answer = say(hub, "crew-e12", assignment_id, **wrong)
    assert answer.status_code == 422, answer.text
    assert paged(hub, assignment_id)["responses"] == []


def test_an_assignment_that_is_not_is_not_found(hub: RunningHub) -> None:
    for login in ("crew-e12", "dana"):
        assert say(hub, login, "none").status_code == 404


def test_backup_for_a_unit_without_its_crew_pages_the_next_due_company(hub: RunningHub) -> None:
    assignment_id = sent(hub, "E21")
    limit_s = time.monotonic() + 60
    while paged(hub, assignment_id)["unstaffed_at"] is None:
        assert time.monotonic() < limit_s, "the crew is not said to be missing"
        time.sleep(0.1)
    answer = hub.desk("dana").give("/units/E21/backup")
    assert answer.status_code == 201, answer.text
    (next_due,) = answer.json()["assignments"]
    assert next_due["unit_id"] in ("E12", "E13")
    assert next_due["override_reason"] == "next due, E21 has no crew"
    assert next_due["staff_min"] == RULE.minimum
    assert say(hub, "crew-e12", next_due["id"]).status_code == 200


def test_backup_goes_by_the_roster_of_a_crew_that_brings_nothing(hub: RunningHub) -> None:
    body = {"staffing": 1, "capabilities": []}
    assert hub.desk("dana").give("/units/E12/logon", body).status_code == 201
    assignment_id = sent(hub, "E12")
    answer = hub.desk("dana").give("/units/E12/backup")
    assert answer.status_code == 201, answer.text
    assert answer.json()["assignments"][0]["override_reason"] == "backup for E12"
    hub.desk("dana").give(f"/assignments/{assignment_id}/status", {"status": "cleared"})
    assert hub.desk("dana").delete("/units/E12/logon").status_code == 200
