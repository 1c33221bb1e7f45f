"""Who may do what: sessions, roles, hidden things, and what a refusal looks like."""

from __future__ import annotations

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any, get_args

import pytest

from dispatch.api.parts import MIN_SEQ_WAIT_S
from dispatch.api.permissions import PUBLIC, ROUTES, V1
from dispatch.domain.values import Role
from dispatch.services.accounts import Accounts
from tests.api.conftest import CALL, PASSWORD, RunningHub
from tests.fault.hub_child import wait_until

PERSON: dict[Role, str] = {
    "call_taker": "cato",
    "dispatcher": "dana",
    "supervisor": "sven",
    "responder": "crew-e12",
    "municipal_admin": "mayor-a",
    "auditor": "audrey",
    "hub_admin": "hugo",
    "call_system": "lines",
    "protocol_system": "cards",
    "tracking_system": "trackers",
}
TABLED = [
    (method, path, access)
    for (method, path), access in ROUTES.items()
    if isinstance(access, frozenset) and method != "WS" and path != "/metrics"
]


def sign_in(hub: RunningHub, login: str, password: str) -> Any:
    return hub.client.post(f"{V1}/sessions", json={"login": login, "password": password})


@pytest.mark.parametrize("role", get_args(Role))
def test_every_route_opens_to_the_roles_of_its_row_alone(hub: RunningHub, role: Role) -> None:
    headers = sign_in(hub, PERSON[role], PASSWORD).json()["token"]
    for method, path, access in TABLED:
        if path == f"{V1}/sessions/current" and method == "DELETE":
            continue
        url = path.format(
            incident_id="none",
            discipline="ems",
            assignment_id="none",
            unit_id="none",
            closure_id="none",
            call_id="none",
            line_id="none",
            transfer_id="none",
            emergency_id="none",
            note_id="none",
            fault_id="none",
            position_id="none",
            agency_id="none",
            hospital_id="none",
            ref="none",
            bolo_id="none",
            run_id="none",
            news_id="none",
            subscription_id="none",
        )
        answer = hub.client.request(
            method, url, headers={"Authorization": f"Bearer {headers}"}, json={}
        )
        refused = answer.status_code == 403
        assert refused == (role not in access), (role, method, path, answer.text)


def test_every_route_but_the_public_ones_wants_a_session(hub: RunningHub) -> None:
    for (method, path), access in ROUTES.items():
        if method == "WS" or access == PUBLIC or path == "/metrics":
            continue
        answer = hub.client.request(method, path.replace("{", "").replace("}", ""), json={})
        assert answer.status_code == 401, path
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_is_told_once_and_void_after_signing_out(hub: RunningHub) -> None:
    opened = sign_in(hub, "dirk", PASSWORD).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    current = hub.client.get(f"{V1}/sessions/current", headers=headers).json()
    assert current["account"] == opened["account"]
    assert "token" not in current
    assert hub.client.delete(f"{V1}/sessions/current", headers=headers).status_code == 200
    answer = hub.client.get(f"{V1}/sessions/current", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_five_failures_lock_the_account_even_for_the_right_password(hub: RunningHub) -> None:
    for _ in range(5):
        answer = sign_in(hub, "lock-me-out", "wrong")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_refused")
    answer = sign_in(hub, "lock-me-out", PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert sign_in(hub, "ashby-desk", PASSWORD).status_code == 201


def test_failures_at_one_moment_lock_the_account_as_those_in_turn_do(hub: RunningHub) -> None:
    name = f"nobody-{uuid.uuid4().hex}"
    for login in (name, "lock-me-at-once"):
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda _, who=login: sign_in(hub, who, "wrong"), range(12)))
        assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 7


def test_no_two_hub_processes_let_one_try_more_pass_at_one_moment(hub: RunningHub) -> None:
    parts = hub.parts
    processes = [Accounts(parts.hub, parts.settings.sessions, monotonic) for _ in range(20)]

    async def at_once(login: str) -> list[str]:
        tries = (accounts.sign_in(login, "wrong") for accounts in processes)
        found = await asyncio.gather(*tries, return_exceptions=True)
        return sorted(type(refusal).__name__ for refusal in found)

    expected = ["SignInRefused"] * 5 + ["TooManyAttempts"] * 15
    try:
        assert asyncio.run(at_once("lock-me-everywhere")) == expected
        assert asyncio.run(at_once(f"nobody-{uuid.uuid4().hex}")) == expected
    finally:
        for accounts in processes:
            accounts.stop()
    answer = sign_in(hub, "lock-me-everywhere", PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")


def test_an_unknown_name_answers_as_a_wrong_password_does(hub: RunningHub) -> None:
    name = f"nobody-{uuid.uuid4().hex}"
    answers = [sign_in(hub, name, "wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[0].json()["detail"] == "Name or password is wrong."


def test_what_is_hidden_answers_as_what_does_not_exist(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    for login in ("crew-p7", "mayor-b"):
        hidden = hub.desk(login).get(f"/incidents/{incident_id}")
        absent = hub.desk(login).get("/incidents/none")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json()["title"] == absent.json()["title"]
        assert hidden.json()["code"] == absent.json()["code"]
    note = hub.desk("crew-p7").give(f"/incidents/{incident_id}/notes", {"text": "hello"})
    assert note.status_code == 404


def test_a_municipality_sees_its_incidents_without_callers_and_narrative(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    text = hub.desk("mayor-a").get(f"/incidents/{incident_id}").text
    assert incident_id in text
    for value in ("555-0100", "Ada Example", "smoke from the roof", "by the old mill"):
        assert value not in text
    audit = hub.desk("audrey").get(f"/incidents/{incident_id}").text
    assert "smoke from the roof" in audit
    assert "555-0100" not in audit


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"place": {"at": [200, 47]}}, "body.place.at"),
        ({"place": {"at": [9.5]}}, "body.place.at"),
        ({"priority": 0}, "body.priority"),
        ({"colour": "red"}, "body.colour"),
        ({"note": "a\x00b"}, "body"),
        ({"channel": "smoke"}, "body.channel"),
        ({"received_at": "2026-07-01T12:00:00"}, "body.received_at"),
    ],
)
def test_input_that_cannot_be_used_is_told_where_and_why(
    hub: RunningHub, change: dict[str, Any], where: str
) -> None:
    answer = hub.desk("cato").give("/calls", {**CALL, **change})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "invalid_input"
    assert any(found["where"].startswith(where) for found in problem["fields"]["inputs"])
    assert "555-0100" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":"\\ud800"}', b"[]", b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(hub: RunningHub, body: bytes) -> None:
    headers = {**hub.desk("cato").headers, "content-type": "application/json"}
    answer = hub.client.post(f"{V1}/calls", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_above_the_limit_is_refused(hub: RunningHub) -> None:
    headers = {**hub.desk("cato").headers, "content-type": "application/json"}
    answer = hub.client.post(f"{V1}/calls", content=b" " * 1_000_001, headers=headers)
    assert answer.status_code == 413


def test_unknown_paths_are_problem_documents_too(hub: RunningHub) -> None:
    for path in (f"{V1}/nothing", "/assets/none.js", "/tiles/none.pmtiles", "/../etc/passwd"):
        answer = hub.client.get(path)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_a_read_waits_for_its_number_and_then_says_that_it_is_behind(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = hub.call()
    fresh = hub.desk("dana").get("/snapshot", min_seq=taken["seq"]).json()
    assert fresh["seq"] >= taken["seq"]
    assert fresh["degraded"] is False
    assert MIN_SEQ_WAIT_S == 0.3, "an answer waits no longer than a person would notice"
    monkeypatch.setattr("dispatch.api.parts.MIN_SEQ_WAIT_S", MIN_SEQ_WAIT_S)
    behind = hub.desk("dana").get("/incidents", min_seq=taken["seq"] + 10_000)
    assert behind.status_code == 200
    assert behind.json()["degraded"] is True
    assert behind.headers["hub-degraded"] == "true"
    assert int(behind.headers["hub-seq"]) >= taken["seq"]


def test_every_answer_carries_the_security_headers(hub: RunningHub) -> None:
    for path in (f"{V1}/health", "/nothing", f"{V1}/snapshot"):
        headers = hub.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
    assert hub.client.get(f"{V1}/snapshot").headers["cache-control"] == "no-store"


def test_health_tells_each_part(hub: RunningHub) -> None:
    def is_well() -> bool:
        answer = hub.client.get(f"{V1}/health")
        parts = answer.json()["parts"]
        assert parts["region"]["region_version"] == "region-1"
        return bool(answer.status_code == 200 and parts["writer"]["ok"] and parts["follower"]["ok"])

    wait_until(is_well, 90, "a hub that works does not say so")


def test_metrics_are_not_for_strangers(hub: RunningHub) -> None:
    assert hub.client.get("/metrics").status_code == 401
    allowed = hub.client.get("/metrics", headers=hub.desk("hugo").headers)
    assert "hub_board_seq" in allowed.text
    assert hub.client.get("/metrics", headers=hub.desk("dana").headers).status_code == 403


def test_the_region_says_what_consoles_need(hub: RunningHub) -> None:
    region = hub.desk("cato").get("/region").json()
    assert region["name"] == "Two Towns"
    assert region["municipalities"] == ["Ashby", "Brill"]
    assert {agency["id"] for agency in region["agencies"]} >= {"fire-a", "law-b"}
    assert {kind["incident_type"] for kind in region["incident_types"]} >= {"FIRE", "THEFT"}
    west, south, east, north = region["bounds"]
    assert west < east
    assert south < north


def test_a_spot_is_resolved_and_one_outside_is_a_result(hub: RunningHub) -> None:
    desk = hub.desk("cato")

    def resolve(shape: dict[str, Any]) -> Any:
        body = {"shape": shape}
        return hub.client.post(f"{V1}/resolution", json=body, headers=desk.headers)

    inside = resolve({"kind": "circle", "centre": [9.5066, 47.1045], "radius_m": 20}).json()
    assert inside["municipality"] == "Ashby"
    outside = resolve({"kind": "point", "at": [20.0, 50.0]})
    assert (outside.status_code, outside.json()["outside"]) == (200, True)
    assert resolve({"kind": "point", "at": [181, 0]}).status_code == 422


def test_people_are_named_to_who_reads_what_they_signed(hub: RunningHub) -> None:
    def names(login: str) -> dict[str, str]:
        token = sign_in(hub, login, PASSWORD).json()["token"]
        answer = hub.client.get(
            f"{V1}/sessions/people", headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, answer.text
        return {person["account_id"]: person["name"] for person in answer.json()}

    everybody = names("dana")
    own = names("ashby-desk")
    me = sign_in(hub, "ashby-desk", PASSWORD).json()["account"]
    assert own[me["id"]] == everybody[me["id"]] == me["name"]
    assert set(own) < set(everybody), "another agency's people are not its business"
    token = sign_in(hub, "crew-e12", PASSWORD).json()["token"]
    crew = {"authorization": f"Bearer {token}"}
    assert hub.client.get(f"{V1}/sessions/people", headers=crew).status_code == 403
