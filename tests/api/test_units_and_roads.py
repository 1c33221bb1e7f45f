"""Duty, fixes, closures and feeds through the API, on both databases."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.domain.closure import Closure
from dispatch.domain.commands import ProposeClosure
from dispatch.domain.values import HUB_ACTOR
from tests.api.conftest import RunningHub
from tests.factories import make_closure
from tests.fault.hub_child import wait_until

LINE = [[9.501, 47.101], [9.502, 47.102]]


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def test_a_unit_goes_out_of_service_and_comes_back(hub: RunningHub) -> None:
    crew = hub.desk("crew-e12")
    out = crew.give("/units/E12/duty", {"duty": "out_of_service", "reason": "fuel"})
    assert out.status_code == 200
    units = {u["id"]: u for u in crew.get("/snapshot").json()["board"]["units"]}
    assert units["E12"]["duty"] == "out_of_service"
    back = crew.give("/units/E12/duty", {"duty": "in_service"})
    assert back.status_code == 200
    assert crew.give("/units/E13/duty", {"duty": "in_service"}).status_code == 404


def test_a_fix_is_seen_by_its_agency_and_by_nobody_else(hub: RunningHub) -> None:
    crew = hub.desk("crew-e12")
    sent = hub.client.post(
        "/api/v1/units/E12/fixes",
        json={"fixes": [{"at": [9.5, 47.1]}, {"at": [9.51, 47.11], "speed_mps": 12.5}]},
        headers=crew.headers,
    )
    assert (sent.status_code, sent.json()) == (202, {"accepted": 2, "invalid": 0, "unknown": []})
    own = hub.desk("ashby-desk").get("/snapshot").json()["fixes"]
    assert [f["at"] for f in own if f["unit_id"] == "E12"] == [[9.51, 47.11]]
    foreign = hub.desk("brill-desk").get("/snapshot").json()["fixes"]
    assert "E12" not in [f["unit_id"] for f in foreign]
    other = hub.client.post(
        "/api/v1/units/E13/fixes", json={"fixes": [{"at": [9.5, 47.1]}]}, headers=crew.headers
    )
    assert other.status_code == 404


def test_a_gateway_reports_many_units_and_an_unknown_one_holds_up_no_other(
    hub: RunningHub,
) -> None:
    def report(login: str, *fixes: dict[str, Any]) -> Any:
        headers = hub.desk(login).headers
        return hub.client.post("/api/v1/fixes", json={"fixes": list(fixes)}, headers=headers)

    sent = report(
        "trackers",
        {"unit_id": "P7", "at": [9.501, 47.101]},
        {"unit_id": "NOBODY", "at": [9.5, 47.1]},
        {"unit_id": "P1", "at": [9.52, 47.1]},
        {"unit_id": "P1", "at": [9.6, 47.1], "valid": False},
        {"unit_id": "P1", "at": [9.7, 47.1], "source": "portable"},
    )
    assert sent.status_code == 202
    assert sent.json() == {"accepted": 2, "invalid": 1, "unknown": ["NOBODY"]}
    seen = {f["unit_id"]: f for f in hub.desk("dana").get("/snapshot").json()["fixes"]}
    assert (seen["P7"]["at"], seen["P7"]["source"]) == ([9.501, 47.101], "vehicle")
    assert seen["P1"]["at"] == [9.52, 47.1]
    own = report(
        "trackers-fire-a", {"unit_id": "E12", "at": [9.5, 47.1]}, {"unit_id": "P7", "at": [9, 47]}
    )
    assert own.json()["unknown"] == ["P7"]
    wrong = report("trackers", {"unit_id": "P7", "at": [9.5, 147.1]})
    assert wrong.status_code == 422
    assert wrong.json()["fields"]["inputs"][0]["where"] == "body.fixes.0.at"
    assert report("crew-e12", {"unit_id": "E12", "at": [9.5, 47.1]}).status_code in (403, 404)


def test_a_municipality_shuts_its_own_roads_and_opens_no_others(hub: RunningHub) -> None:
    mayor = hub.desk("mayor-a")
    opened = mayor.give("/closures", {"line": LINE, "ends_at": in_an_hour(), "description": "fair"})
    assert opened.status_code == 201, opened.text
    closure = opened.json()["closure"]
    assert (closure["source"], closure["source_ref"]) == ("municipality", "Ashby")
    listed = hub.desk("dana").get("/closures", min_seq=opened.json()["seq"]).json()["closures"]
    assert closure["id"] in [found["id"] for found in listed]
    across = {"line": [LINE[0], [9.514, 47.101]], "ends_at": in_an_hour()}
    refused = mayor.give("/closures", across)
    assert (refused.status_code, refused.json()["fields"]["field"]) == (422, "line")
    assert "Brill" in refused.json()["detail"]
    assert hub.desk("mayor-b").delete(f"/closures/{closure['id']}").status_code == 404
    theirs = hub.desk("dana").give("/closures", {"line": LINE, "ends_at": in_an_hour()})
    kept = theirs.json()["closure"]["id"]
    assert mayor.delete(f"/closures/{kept}").status_code == 404
    assert mayor.delete(f"/closures/{closure['id']}").status_code == 200
    assert hub.desk("dana").delete(f"/closures/{kept}").status_code == 200


def test_a_closure_opens_lists_and_lifts(hub: RunningHub) -> None:
    dana = hub.desk("dana")
    opened = dana.give(
        "/closures", {"line": LINE, "ends_at": in_an_hour(), "description": "tree down"}
    )
    assert opened.status_code == 201, opened.text
    closure = opened.json()["closure"]
    assert (closure["state"], closure["arcs"]) == ("active", [1, 2])
    listed = hub.desk("mayor-b").get("/closures", min_seq=opened.json()["seq"]).json()
    assert closure["id"] in [found["id"] for found in listed["closures"]]
    assert listed["degraded"] is False
    assert dana.delete(f"/closures/{closure['id']}").status_code == 200
    assert dana.delete(f"/closures/{closure['id']}").status_code == 404


def test_a_line_on_no_road_is_refused_and_never_guessed(hub: RunningHub) -> None:
    answer = hub.desk("dana").give(
        "/closures", {"line": [[9.5, 61.0], [9.6, 61.0]], "ends_at": in_an_hour()}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "not_placed")


def test_silent_roads_refuse_a_closure_and_estimate_a_recommendation(hub: RunningHub) -> None:
    hub.roads.silent = True
    try:
        closure = hub.desk("dana").give("/closures", {"line": LINE, "ends_at": in_an_hour()})
        assert (closure.status_code, closure.json()["code"]) == (503, "roads_unavailable")
        assert "Retry-After" in closure.headers
        taken = hub.call()
        path = f"/incidents/{taken['incident_id']}/recommendation"
        advice = hub.desk("dana").get(path, fresh=True).json()
        assert advice["picks"]
        assert all(pick["estimated"] for pick in advice["picks"])
        assert advice["roads_seq"] is None
    finally:
        hub.roads.silent = False


def test_a_crew_reports_a_block_and_the_dispatcher_confirms_it(hub: RunningHub) -> None:
    crew, dana = hub.desk("crew-e12"), hub.desk("dana")
    pressed = (datetime.now(UTC) - timedelta(minutes=4)).isoformat()
    body = {"device_at": pressed, "at": [9.5, 47.1], "heading_deg": 90.0}
    said = crew.give("/units/E12/blocks", body)
    assert said.status_code == 201, said.text
    closure = said.json()["closure"]
    assert (closure["source"], closure["reported_by"]) == ("responder", ["E12"])
    assert (closure["confirmed"], closure["state"]) == (False, "active")
    assert (closure["direction"], closure["description"]) == ("along", "Mill Rd")
    lasts = datetime.fromisoformat(closure["ends_at"]) - datetime.fromisoformat(pressed)
    assert lasts == timedelta(minutes=30)
    path = f"/closures/{closure['id']}"
    assert crew.give(f"{path}/confirmation").status_code == 403
    confirmed = dana.give(f"{path}/confirmation", {"ends_at": in_an_hour(), "both_ways": True})
    assert confirmed.status_code == 201, confirmed.text
    listed = dana.get("/closures", min_seq=confirmed.json()["seq"]).json()["closures"]
    (standing,) = [found for found in listed if found["id"] == closure["id"]]
    assert (standing["confirmed"], standing["direction"]) == (True, "both")
    assert crew.delete(f"/units/E12/blocks/{closure['id']}").status_code == 422
    assert dana.delete(path).status_code == 200


def test_a_crew_takes_its_block_back(hub: RunningHub) -> None:
    crew = hub.desk("crew-e12")
    said = crew.give("/units/E12/blocks", {"at": [9.5, 47.1]}).json()["closure"]
    assert said["direction"] == "both"
    assert crew.give("/units/E13/blocks", {"at": [9.5, 47.1]}).status_code == 404
    assert crew.delete(f"/units/E13/blocks/{said['id']}").status_code == 404
    assert crew.delete(f"/units/E12/blocks/{said['id']}").status_code == 200


def test_a_block_that_nobody_can_place_is_refused(hub: RunningHub) -> None:
    crew = hub.desk("crew-e12")
    nowhere = crew.give("/units/E12/blocks", {"at": [9.5, 61.0]})
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "not_placed")
    long_ago = (datetime.now(UTC) - timedelta(minutes=31)).isoformat()
    late = crew.give("/units/E12/blocks", {"at": [9.5, 47.1], "device_at": long_ago})
    assert (late.status_code, late.json()["fields"]) == (422, {"field": "device_at"})
    unknown = hub.desk("dana").give("/units/E13/blocks")
    assert (unknown.status_code, unknown.json()["fields"]) == (422, {"field": "at"})


def test_an_incident_of_a_blocking_type_asks_once_a_crew_is_there_and_opens_with_its_end(
    hub: RunningHub,
) -> None:
    dana = hub.desk("dana")
    taken = hub.call(incident_type="THEFT")
    path = f"/incidents/{taken['incident_id']}"
    sent = dana.give(f"{path}/assignments", {"unit_ids": ["P1"], "override_reason": "test"})
    assert sent.status_code == 201, sent.text
    (assignment,) = sent.json()["assignments"]

    def blocked() -> list[dict[str, Any]]:
        found = dana.get("/closures").json()["closures"]
        return [c for c in found if c["incident_id"] == taken["incident_id"]]

    assert blocked() == []
    status = f"/assignments/{assignment['id']}/status"
    assert dana.give(status, {"status": "on_scene"}).status_code == 200
    wait_until(lambda: blocked() != [], 90, "nothing was proposed")
    (closure,) = blocked()
    assert (closure["source"], closure["confirmed"], closure["reported_by"]) == (
        "incident",
        False,
        [],
    )
    assert closure["description"] == "Mill Rd"
    assert dana.give(status, {"status": "cleared"}).status_code == 200
    closing = {"disposition": "done", "command_id": "close-blocking"}
    assert dana.give(f"{path}/closings", closing).status_code == 201
    wait_until(lambda: blocked() == [], 90, "it stayed shut")
    assert dana.give("/undo", {"undone_id": "close-blocking"}).is_success
    wait_until(lambda: blocked() != [], 90, "reopened, it was not proposed again")
    (again,) = blocked()
    assert (again["id"], again["confirmed"]) == (closure["id"], False)
    assert dana.delete(f"/closures/{again['id']}").status_code == 200
    asked = ProposeClosure(
        command_id="ask-again", actor=HUB_ACTOR, closure=Closure.model_validate(again)
    )
    assert hub.client.portal is not None
    assert hub.client.portal.call(hub.parts.hub.submit, asked).events == ()
    assert dana.give(f"{path}/closings", {"disposition": "done"}).status_code == 201


def feed_body(feed_id: str, *refs: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    closures = [
        make_closure(
            f"{feed_id}-{ref}",
            source=feed_id,
            source_ref=ref,
            begins_at=now,
            ends_at=now + timedelta(hours=1),
        ).model_dump(mode="json")
        for ref in refs
    ]
    read = {"feed_id": feed_id, "read_at": now.isoformat(), "ok": True, "listed": len(refs)}
    return {"command_id": uuid.uuid4().hex, "read": read, "closures": closures}


def test_a_feeds_closures_replace_those_that_stood_from_it(hub: RunningHub) -> None:
    headers = {"Authorization": f"Bearer {hub.parts.internal_token}"}
    url = "/api/v1/internal/feeds/works"
    first = hub.client.post(url, json=feed_body("works", "a", "b"), headers=headers)
    assert first.status_code == 200, first.text
    hub.client.post(url, json=feed_body("works", "b"), headers=headers)
    hub.watch.verify()
    refs = {c["source_ref"] for c in hub.desk("dana").get("/closures").json()["closures"]}
    assert "b" in refs
    assert "a" not in refs


def test_a_feed_is_handed_in_by_the_installation_alone(hub: RunningHub) -> None:
    url = "/api/v1/internal/feeds/works"
    for headers in ({}, hub.desk("hugo").headers):
        answer = hub.client.post(url, json=feed_body("works"), headers=headers)
        assert answer.status_code == 401
    own = {"Authorization": f"Bearer {hub.parts.internal_token}"}
    wrong = hub.client.post(url, json=feed_body("other"), headers=own)
    assert wrong.status_code == 422


def test_a_closure_with_hours_is_planned_between_them(hub: RunningHub) -> None:
    dana = hub.desk("dana")
    now = datetime.now(UTC)
    far = [day for day in range(1, 8) if abs(day - now.isoweekday()) in (3, 4)]
    body = {
        "line": [[9.5, 47.1], [9.504, 47.1]],
        "ends_at": (now + timedelta(days=30)).isoformat(),
        "hours": [{"days": far, "begins": "20:00", "ends": "05:00"}],
        "description": "night works",
    }
    opened = dana.give("/closures", body)
    assert opened.status_code == 201, opened.text
    closure = opened.json()["closure"]
    assert (closure["state"], closure["recurrence"]["hours"][0]["days"]) == ("planned", far)
    begins = datetime.fromisoformat(closure["changes_at"])
    assert now < begins < now + timedelta(days=7)
    hub.watch.verify()
    wrong = dana.give("/closures", body | {"hours": [{"begins": "8 pm"}]})
    assert wrong.status_code == 422
    whole = {"days": far, "begins": "20:00", "ends": "20:00"}
    twice = dana.give("/closures", body | {"hours": [body["hours"][0], whole]})
    assert (twice.status_code, twice.json()["fields"]) == (422, {"field": "hours.1"})
    assert "00:00-24:00" in twice.json()["detail"]
    never = dana.give("/closures", body | {"hours": [{"last_day": "2020-01-01"}]})
    assert (never.status_code, never.json()["fields"]) == (422, {"field": "recurrence"})


def test_a_road_that_was_proposed_is_closed_when_somebody_accepts_it(hub: RunningHub) -> None:
    headers = {"Authorization": f"Bearer {hub.parts.internal_token}"}
    body = feed_body("doubtful", "a")
    (proposal,) = body.pop("closures")
    reject = {"ref": "a", "why": "another course is about as good", "proposal": proposal}
    body["read"] |= {"unplaced": 1, "rejects": [reject]}
    url = "/api/v1/internal/feeds/doubtful"
    assert hub.client.post(url, json=body, headers=headers).status_code == 200
    dana = hub.desk("dana")
    unknown = dana.give("/closures/acceptances", {"feed_id": "doubtful", "ref": "b"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    accepted = dana.give("/closures/acceptances", {"feed_id": "doubtful", "ref": "a"})
    assert accepted.status_code == 201, accepted.text
    closure = accepted.json()["closure"]
    assert (closure["source"], closure["state"]) == ("doubtful", "active")
    assert closure["confirmed_by"] == closure["opened_by"]
    hub.watch.verify()
    again = dana.give("/closures/acceptances", {"feed_id": "doubtful", "ref": "a"})
    assert again.status_code == 422
