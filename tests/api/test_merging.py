"""Two incidents become one through the API, and two again; every stream tells the same."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import CALL, RunningHub


def two(hub: RunningHub) -> tuple[dict[str, Any], dict[str, Any]]:
    return hub.call(), hub.call(callback="555-0177", note="flames at the back")


def send(hub: RunningHub, incident_id: str, *units: str) -> None:
    body = {"unit_ids": list(units), "recommendation_id": None, "override_reason": "near"}
    answer = hub.desk("dana").give(f"/incidents/{incident_id}/assignments", body)
    assert answer.status_code == 201, answer.text


def board(hub: RunningHub, login: str = "dana") -> dict[str, Any]:
    return dict(hub.desk(login).get("/snapshot").json()["board"])


def free(hub: RunningHub, *units: str) -> None:
    for one in board(hub)["assignments"]:
        if one["unit_id"] in units and one["released_at"] is None:
            hub.desk("dana").give(f"/assignments/{one['id']}/status", {"status": "cleared"})


def merge(hub: RunningHub, kept: str, other: str, **over: Any) -> Any:
    return hub.desk("dana").give(f"/incidents/{kept}/merges", {"other_id": other, **over})


def test_calls_words_and_units_come_over_and_the_other_closes_under_its_number(
    hub: RunningHub,
) -> None:
    first, second = two(hub)
    kept, other = first["incident_id"], second["incident_id"]
    send(hub, other, "E13", "M1")
    was = {a["id"] for a in board(hub)["assignments"] if a["incident_id"] == other}
    body = {"command_id": "merge-them-once"}
    answer = merge(hub, kept, other, **body)
    assert answer.status_code == 201, answer.text
    assert sorted(answer.json()["tell"]) == ["E13", "M1"]
    assert merge(hub, kept, other, **body).json() == answer.json()
    now = board(hub)
    assert other not in [i["id"] for i in now["incidents"]]
    assert {a["id"] for a in now["assignments"] if a["incident_id"] == kept} >= was
    calls = [c for c in now["calls"] if c["incident_id"] == kept]
    assert {c["callback"] for c in calls} == {"555-0100", "555-0177"}
    detail = hub.desk("dana").get(f"/incidents/{kept}").json()["incident"]
    assert [m["number"] for m in detail["merged"]] == [second["incident_number"]]
    assert "flames at the back" in [n["text"] for n in detail["notes"]]
    closed = hub.desk("dana").get(f"/incidents/{other}").json()["incident"]
    assert (closed["state"], closed["merged_into"]) == ("closed", kept)
    assert closed["number"] == second["incident_number"]
    assert {leg["state"] for leg in closed["legs"]} == {"closed"}
    hub.watch.verify()  # a recommendation may be remade in this moment
    free(hub, "E13", "M1")


def test_taken_apart_each_has_its_own_again_and_what_was_said_meanwhile(hub: RunningHub) -> None:
    first, second = two(hub)
    kept, other = first["incident_id"], second["incident_id"]
    send(hub, other, "E13")
    merge(hub, kept, other)
    hub.desk("dana").give(f"/incidents/{kept}/notes", {"text": "said in between"})
    path = f"/incidents/{kept}/unmerges"
    answer = hub.desk("dana").give(path, {"other_id": other})
    assert (answer.status_code, answer.json()["tell"]) == (201, ["E13"])
    now = board(hub)
    assert {kept, other} <= {i["id"] for i in now["incidents"]}
    (sent,) = [a for a in now["assignments"] if a["unit_id"] == "E13" and not a["released_at"]]
    assert sent["incident_id"] == other
    for incident_id in (kept, other):
        incident = hub.desk("dana").get(f"/incidents/{incident_id}").json()["incident"]
        assert "said in between" in [n["text"] for n in incident["notes"]]
        assert (incident["state"], incident["merged"], incident["merged_into"]) == (
            "open",
            [],
            None,
        )
    assert [c["incident_id"] for c in now["calls"] if c["id"] == second["call_id"]] == [other]
    hub.watch.verify()  # a recommendation may be remade in this moment
    assert hub.desk("dana").give(path, {"other_id": other}).status_code == 404
    free(hub, "E13")


def test_a_merge_is_taken_back_within_its_ten_seconds(hub: RunningHub) -> None:
    first, second = two(hub)
    kept, other = first["incident_id"], second["incident_id"]
    merge(hub, kept, other, command_id="merge-by-mistake")
    undone = hub.desk("dana").give("/undo", {"undone_id": "merge-by-mistake"})
    assert undone.status_code == 201, undone.text
    assert {kept, other} <= {i["id"] for i in board(hub)["incidents"]}


def test_incidents_far_apart_need_a_reason(hub: RunningHub) -> None:
    here = hub.call()
    there = hub.call(place={**CALL["place"], "at": [9.5185, 47.104]})
    refused = merge(hub, here["incident_id"], there["incident_id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "override_needs_reason")
    told = merge(hub, here["incident_id"], there["incident_id"], reason="same car, moving")
    assert told.status_code == 201, told.text


def test_only_those_who_see_both_merge_them(hub: RunningHub) -> None:
    first, second = two(hub)
    kept, other = first["incident_id"], second["incident_id"]
    path = f"/incidents/{kept}/merges"
    assert hub.desk("brill-desk").give(path, {"other_id": other}).status_code == 404
    assert hub.desk("cato").give(path, {"other_id": other}).status_code == 403
    assert merge(hub, kept, kept).status_code == 422
    assert merge(hub, kept, "nobody").status_code == 404
