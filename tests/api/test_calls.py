"""From a call to its end, through the API, on both databases."""

from __future__ import annotations

import uuid
from typing import Any

from dispatch.services.audit import account_for_numbers
from tests.api.conftest import CALL, RunningHub
from tests.fault.hub_child import wait_until
from tests.region_factories import KM_LAT, KM_LON, SOUTH, WEST


def detail(hub: RunningHub, incident_id: str, login: str = "dana") -> dict[str, Any]:
    answer = hub.desk(login).get(f"/incidents/{incident_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def recommended(hub: RunningHub, incident_id: str) -> dict[str, Any]:
    """What is displayed, once the hub has made it by itself: that one stands until it is sent."""

    def is_displayed() -> bool:
        return hub.read(lambda board: incident_id in board.recommendations)

    wait_until(is_displayed, 90, "nothing is recommended")
    answer = hub.desk("dana").get(f"/incidents/{incident_id}/recommendation")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def assign(hub: RunningHub, incident_id: str, *unit_ids: str, reason: str = "asked for") -> Any:
    body = {"unit_ids": list(unit_ids), "override_reason": reason}
    return hub.desk("dana").give(f"/incidents/{incident_id}/assignments", body)


def test_a_call_is_worked_from_its_first_word_to_its_last(hub: RunningHub) -> None:
    taken = hub.call()
    incident_id = taken["incident_id"]
    assert taken["incident_number"].startswith("20")
    advice = recommended(hub, incident_id)
    assert {pick["unit_id"] for pick in advice["picks"]} == {"E12", "M1"}
    answer = hub.desk("dana").give(
        f"/incidents/{incident_id}/assignments",
        {"recommendation_id": advice["id"], "unit_ids": ["E12", "M1"]},
    )
    assert answer.status_code == 201, answer.text
    made = {a["unit_id"]: a for a in answer.json()["assignments"]}
    crew, engine = hub.desk("crew-e12"), made["E12"]["id"]
    assert crew.give(f"/assignments/{engine}/receipt").status_code == 200
    ack = crew.give(f"/assignments/{engine}/acknowledgement", {"channel": "device", "revision": 1})
    assert ack.status_code == 200, ack.text
    for status in ("enroute", "on_scene", "cleared"):
        moved = crew.give(f"/assignments/{engine}/status", {"status": status})
        assert moved.status_code == 200, moved.text
    dana = hub.desk("dana")
    assert dana.give(f"/incidents/{incident_id}/notes", {"text": "fire is out"}).status_code == 201
    busy = dana.give(f"/incidents/{incident_id}/closings", {"disposition": "handled"})
    assert (busy.status_code, busy.json()["code"]) == (409, "units_still_assigned")
    dana.give(f"/assignments/{made['M1']['id']}/status", {"status": "cleared"})
    one = dana.give(
        f"/incidents/{incident_id}/closings", {"discipline": "ems", "disposition": "no patient"}
    )
    assert one.status_code == 201
    assert detail(hub, incident_id)["incident"]["state"] == "open"
    last = dana.give(f"/incidents/{incident_id}/closings", {"disposition": "handled"})
    assert last.status_code == 201
    closed = detail(hub, incident_id)
    assert closed["incident"]["state"] == "closed"
    assert len(closed["assignments"]) == 2
    assert closed["calls"][0]["callback"] == "555-0100"
    listed = dana.get("/incidents", state="closed").json()["incidents"]
    assert incident_id in [incident["id"] for incident in listed]
    still_open = dana.get("/incidents").json()["incidents"]
    assert incident_id not in [incident["id"] for incident in still_open]


def test_the_same_command_again_gives_the_same_answer_and_no_second_call(hub: RunningHub) -> None:
    body = {**CALL, "command_id": uuid.uuid4().hex}
    first = hub.desk("cato").give("/calls", body).json()
    again = hub.desk("cato").give("/calls", body).json()
    assert again == first
    assert len(detail(hub, first["incident_id"])["calls"]) == 1


def test_a_second_call_joins_the_incident(hub: RunningHub) -> None:
    taken = hub.call()
    joined = hub.call(join_incident_id=taken["incident_id"], place=None, incident_type=None)
    assert joined["incident_id"] == taken["incident_id"]
    assert joined["incident_number"] == taken["incident_number"]
    assert len(detail(hub, taken["incident_id"])["calls"]) == 2


def test_a_call_without_place_stays_a_call(hub: RunningHub) -> None:
    taken = hub.call(place=None)
    assert taken["incident_id"] is None
    snapshot = hub.desk("dana").get("/snapshot").json()["board"]
    assert taken["call_id"] in [call["id"] for call in snapshot["calls"]]
    foreign = hub.desk("ashby-desk").get("/snapshot").json()["board"]
    assert taken["call_id"] not in [call["id"] for call in foreign["calls"]]


def test_a_place_outside_every_boundary_is_still_an_incident(hub: RunningHub) -> None:
    taken = hub.call(place={"at": [10.5, 47.9]})
    incident = detail(hub, taken["incident_id"])["incident"]
    assert incident["resolution"]["outside"] is True
    shown = hub.desk("dana").get("/snapshot").json()["board"]["incidents"]
    assert taken["incident_id"] in [found["id"] for found in shown]


def test_who_answers_for_a_wide_shape_is_shown_before_the_call_as_it_is_after(
    hub: RunningHub,
) -> None:
    """Its middle lies in one town, most of it in the other: a circle would name the wrong one."""
    corners_km = [(0.1, 0.4), (1, 0.1), (1.9, 0.1), (1.9, 0.9), (1, 0.9), (0.1, 0.6), (0.1, 0.5)]
    ring = [[WEST + x * KM_LON, SOUTH + y * KM_LAT] for x, y in corners_km]
    shape = {"kind": "polygon", "ring": ring}
    middle = [sum(corner[axis] for corner in ring) / len(ring) for axis in (0, 1)]
    headers = hub.desk("cato").headers
    before = hub.client.post("/api/v1/resolution", json={"shape": shape}, headers=headers)
    assert before.status_code == 200, before.text
    taken = hub.call(place={"at": middle, "shape": shape})
    assert before.json() == detail(hub, taken["incident_id"])["incident"]["resolution"]
    whose = {d["discipline"]: d["authority"]["agency_id"] for d in before.json()["disciplines"]}
    assert whose["fire"] == "fire-b"


def test_an_unknown_type_is_refused_with_its_field(hub: RunningHub) -> None:
    answer = hub.desk("cato").give("/calls", {**CALL, "incident_type": "DRAGON"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["fields"] == {"field": "incident_type"}


def test_a_stale_change_is_answered_with_what_stands_now(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    path = f"/incidents/{incident_id}"
    first = hub.desk("dana").give(path, {"revision": 1, "priority": 2}, method="PATCH")
    assert first.status_code == 200, first.text
    stale = hub.desk("cato").give(path, {"revision": 1, "priority": 5}, method="PATCH")
    assert stale.status_code == 409
    problem = stale.json()
    assert problem["code"] == "revision_conflict"
    assert problem["fields"]["current"]["priority"] == 2
    assert problem["fields"]["yours"]["priority"] == 5


def test_a_new_place_in_another_town_brings_its_agencies_in(hub: RunningHub) -> None:
    incident_id = hub.call(incident_type="THEFT")["incident_id"]
    assert hub.desk("brill-desk").get(f"/incidents/{incident_id}").status_code == 404
    moved = hub.desk("dana").give(
        f"/incidents/{incident_id}",
        {"revision": 1, "place": {"at": [9.5198, 47.1045]}},
        method="PATCH",
    )
    assert moved.status_code == 200, moved.text
    found = detail(hub, incident_id, "brill-desk")["incident"]
    assert found["legs"][0]["agency_id"] == "law-b"


def test_a_taken_unit_is_refused_with_the_name_of_its_holder(hub: RunningHub) -> None:
    first, second = hub.call(), hub.call()
    assert assign(hub, first["incident_id"], "E13").status_code == 201
    answer = assign(hub, second["incident_id"], "E13")
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "unit_not_available"
    assert problem["fields"]["incident_number"] == first["incident_number"]
    assert problem["fields"]["unit_id"] == "E13"


def test_a_unit_outside_the_recommendation_needs_a_reason(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    answer = assign(hub, incident_id, "P1", reason="")
    assert (answer.status_code, answer.json()["code"]) == (422, "override_needs_reason")


def test_a_unit_that_was_not_recommended_has_its_way_too(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    recommended(hub, incident_id)
    (sent,) = assign(hub, incident_id, "P1").json()["assignments"]
    assert len(sent["route"]) > 1
    assert sent["travel_s"] > 0.0


def test_a_recommendation_that_is_no_longer_displayed_is_refused(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    old = recommended(hub, incident_id)
    fresh = hub.desk("dana").get(f"/incidents/{incident_id}/recommendation", fresh=True).json()
    assert fresh["id"] != old["id"]
    answer = hub.desk("dana").give(
        f"/incidents/{incident_id}/assignments",
        {"recommendation_id": old["id"], "unit_ids": ["E12"]},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "recommendation_changed")
    assert answer.json()["fields"]["current_id"]


def test_mutual_aid_shares_the_incident_with_the_helpers(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    recommended(hub, incident_id)
    assert hub.desk("crew-p7").get(f"/incidents/{incident_id}").status_code == 404
    assert assign(hub, incident_id, "P7").status_code == 201
    seen = detail(hub, incident_id, "crew-p7")
    assert [a["unit_id"] for a in seen["assignments"]] == ["P7"]
    assert seen["recommendation"] is None


def test_a_step_that_the_table_does_not_allow_is_refused(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    made = assign(hub, incident_id, "E12").json()["assignments"][0]["id"]
    answer = hub.desk("crew-e12").give(f"/assignments/{made}/status", {"status": "at_hospital"})
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
    assert "enroute" in answer.json()["fields"]["allowed"]


def test_a_crew_answers_for_its_own_unit_alone(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    made = assign(hub, incident_id, "E13").json()["assignments"][0]["id"]
    answer = hub.desk("crew-e12").give(
        f"/assignments/{made}/acknowledgement", {"channel": "device"}
    )
    assert answer.status_code == 404


def test_a_case_number_is_given_once(hub: RunningHub) -> None:
    incident_id = hub.call(incident_type="THEFT")["incident_id"]
    path = f"/incidents/{incident_id}/case-numbers"
    first = hub.desk("dana").give(path, {"agency_id": "law-a"})
    assert first.status_code == 201, first.text
    again = hub.desk("dana").give(path, {"agency_id": "law-a"})
    assert again.json()["number"] == first.json()["number"]
    foreign = hub.desk("brill-desk").give(path, {"agency_id": "law-a"})
    assert foreign.status_code == 404


def test_work_that_a_unit_finds_begins_on_scene_where_its_fix_is(hub: RunningHub) -> None:
    crew = hub.desk("crew-p7")
    at = [9.52, 47.105]
    blind = hub.desk("dana").give("/officer-work", {"unit_id": "P1", "incident_type": "THEFT"})
    assert (blind.status_code, blind.json()["fields"]["field"]) == (422, "place")
    sent = hub.client.post(
        "/api/v1/units/P7/fixes", json={"fixes": [{"at": at}]}, headers=crew.headers
    )
    assert sent.status_code == 202
    started = crew.give("/officer-work", {"unit_id": "P7", "incident_type": "THEFT", "note": "van"})
    assert started.status_code == 201, started.text
    found = detail(hub, started.json()["incident_id"], "crew-p7")
    assert found["incident"]["officer_initiated"] is True
    assert found["incident"]["place"]["at"] == at
    assert found["assignments"][0]["status"] == "on_scene"


def test_a_case_number_is_voided_by_its_agency_with_a_reason(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    desk = hub.desk("dana")
    given = desk.give(f"/incidents/{incident_id}/case-numbers", {"agency_id": "fire-a"}).json()
    path = f"/incidents/{incident_id}/case-number-voidings"
    assert desk.give(path, {"agency_id": "fire-a"}).status_code == 422
    body = {"agency_id": "fire-a", "reason": "training"}
    assert hub.desk("brill-desk").give(path, body).status_code == 404
    assert desk.give(path, body).status_code == 200
    incident = desk.get(f"/incidents/{incident_id}").json()["incident"]
    assert incident["voided_numbers"][0]["number"] == given["number"]
    again = desk.give(f"/incidents/{incident_id}/case-numbers", {"agency_id": "fire-a"}).json()
    assert again["number"] != given["number"]
    with hub.parts.hub.engine.connect() as connection:
        account = account_for_numbers(connection, "fire-a", hub.parts.hub.now().year)
    assert account.missing == ()
    reasons = {row.number: row.voided.reason if row.voided else "" for row in account.rows}
    assert (reasons[given["number"]], reasons[again["number"]]) == ("training", "")
