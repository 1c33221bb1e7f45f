"""An agency's own status codes by the API: said, refused, and kept beside the common ones."""

from __future__ import annotations

from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub


def test_an_agency_goes_by_its_own_codes_and_everybody_reads_the_common_ones(
    hub: RunningHub,
) -> None:
    desk, crew = hub.desk("dana"), hub.desk("crew-p7")
    taken = hub.call()
    body = {"unit_ids": ["P7"], "override_reason": "seen near"}
    sent = desk.give(f"/incidents/{taken['incident_id']}/assignments", body)
    assert sent.status_code == 201, sent.text
    (assignment,) = sent.json()["assignments"]
    assert (assignment["status"], assignment["agency_code"]) == ("dispatched", "10-50")
    path = f"/assignments/{assignment['id']}/status"
    early = crew.give(path, {"code": "10-6"})
    assert (early.status_code, early.json()["code"]) == (409, "transition_refused")
    assert early.json()["fields"]["allowed"] == ["10-76", "10-23", "10-8"]
    assert crew.give(path, {"code": "10-23"}).status_code == 200
    assert crew.give(path, {"status": "on_scene"}).status_code == 200
    assert crew.give(path, {"code": "10-6"}).status_code == 200
    assert crew.give(path, {}).status_code == 422
    assert crew.give(path, {"code": "10-99"}).status_code == 422
    found = desk.get(f"/incidents/{taken['incident_id']}").json()["assignments"][0]
    assert (found["status"], found["agency_code"]) == ("on_scene", "10-6")
    stored = load_board(hub.parts.hub.engine).board
    assert stored.assignments == hub.parts.follower.board.assignments
    assert crew.give(path, {"code": "10-8"}).status_code == 200
    out = crew.give("/units/P7/duty", {"duty": "out_of_service", "code": "10-7"})
    assert out.status_code == 200
    units = desk.get("/snapshot", fresh=True).json()["board"]["units"]
    (out_now,) = [u for u in units if u["id"] == "P7"]
    assert (out_now["duty_code"], out_now["duty_reason"]) == ("10-7", "Meal")
    assert hub.parts.follower.board.units["P7"].duty_code == "10-7"
    assert crew.give("/units/P7/duty", {"duty": "in_service", "code": "10-8"}).status_code == 200


def test_the_region_says_which_codes_an_agency_has(hub: RunningHub) -> None:
    agencies = hub.desk("dana").get("/region").json()["agencies"]
    codes = {agency["id"]: [s["code"] for s in agency["statuses"]] for agency in agencies}
    assert codes["law-b"][:2] == ["10-50", "10-76"]
    assert codes["fire-a"] == []
