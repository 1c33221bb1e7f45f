"""Diverts, swaps, holds, links, further alarms, benchmarks, backup, and taking back: by the API.

``give`` compares every stream with a fresh snapshot after each command.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import delete, select, update

from dispatch.domain import commands as cmd
from dispatch.domain.place_corrections import FAR_M
from dispatch.domain.repeating import KEPT
from dispatch.domain.values import HUB_ACTOR
from dispatch.services.forgetting import Forgetter
from dispatch.store import tables as t
from dispatch.store.boards import load_board
from dispatch.store.clock import database_now
from dispatch.store.due import current_fence
from tests.api.conftest import CALL, Desk, RunningHub


def incident_of(hub: RunningHub, incident_id: str) -> dict[str, Any]:
    answer = hub.desk("dana").get(f"/incidents/{incident_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["incident"])


def send(hub: RunningHub, incident_id: str, *unit_ids: str, **over: Any) -> dict[str, Any]:
    body = {"unit_ids": list(unit_ids), "override_reason": "asked for", **over}
    answer = hub.desk("dana").give(f"/incidents/{incident_id}/assignments", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def legs(incident: dict[str, Any]) -> dict[str, str]:
    return {leg["discipline"]: leg["state"] for leg in incident["legs"]}


def test_a_diverted_unit_leaves_the_first_incident_waiting(hub: RunningHub) -> None:
    theft = hub.call(incident_type="THEFT", note=None)["incident_id"]
    fire = hub.call()["incident_id"]
    send(hub, theft, "P1")
    body = {"unit_ids": ["P1"]}
    path = f"/incidents/{fire}/assignments"
    refused = hub.desk("dana").give(path, {**body, "override_reason": "crowd"})
    assert (refused.status_code, refused.json()["code"]) == (409, "unit_not_available")
    answer = hub.desk("dana").give(path, {**body, "divert": True})
    assert answer.status_code == 201, answer.text
    assert answer.json()["assignments"][0]["override_reason"].startswith("more urgent than")
    assert legs(incident_of(hub, theft)) == {"law": "pending"}
    assert load_board(hub.parts.hub.engine).board.live_of_unit("P1") is not None


def test_what_was_sent_by_mistake_is_taken_back_with_its_divert(hub: RunningHub) -> None:
    theft = hub.call(incident_type="THEFT", note=None)["incident_id"]
    fire = hub.call()["incident_id"]
    send(hub, theft, "P1")
    path = f"/incidents/{fire}/assignments"
    body = {"unit_ids": ["P1"], "divert": True, "command_id": "divert-p1"}
    assert hub.desk("dana").give(path, body).status_code == 201
    undone = hub.desk("dana").give("/undo", {"undone_id": "divert-p1"})
    assert undone.status_code == 201, undone.text
    assert undone.json()["tell"] == ["P1"]
    assert legs(incident_of(hub, theft)) == {"law": "active"}
    assert "law" not in {
        d for d, state in legs(incident_of(hub, fire)).items() if state == "active"
    }
    again = hub.desk("dana").give("/undo", {"undone_id": "divert-p1"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")


def test_who_was_sent_home_by_mistake_goes_on_and_its_part_is_worked(hub: RunningHub) -> None:
    """As ``CX`` and then ``U`` do: each unit and each promise by a command of its own."""
    desk = hub.desk("dana")
    fire = hub.call()["incident_id"]
    sent = send(hub, fire, "E12", "E13")["assignments"]
    on_the_way = legs(incident_of(hub, fire))
    eta_at = (hub.parts.hub.now() + timedelta(minutes=12)).isoformat()
    promise = {"name": "Fairview E5", "discipline": "fire", "capabilities": ["engine"]}
    promise |= {"asked_of": "Fairview dispatch", "eta_at": eta_at}
    asked = desk.give(f"/incidents/{fire}/outside-units", promise)
    assert asked.status_code == 201, asked.text
    (ref,) = [one["ref"] for one in incident_of(hub, fire)["outside"]]
    for one in sent:
        body = {"revision": one["revision"], "status": "cleared", "reason": "caller: all is well"}
        path = f"/assignments/{one['id']}/status"
        home = desk.give(path, {**body, "command_id": f"cx-by-mistake-{one['unit_id']}"})
        assert home.status_code == 200, home.text
    off = {
        "state": "cancelled",
        "reason": "caller: all is well",
        "command_id": "cx-by-mistake-outside",
    }
    assert desk.give(f"/incidents/{fire}/outside-units/{ref}", off).is_success
    assert legs(incident_of(hub, fire))["fire"] == "pending"
    told = []
    for undone_id in ("cx-by-mistake-E12", "cx-by-mistake-E13", "cx-by-mistake-outside"):
        undone = desk.give("/undo", {"undone_id": undone_id})
        assert undone.status_code == 201, undone.text
        told.append((undone.json()["tell"], undone.json()["going"]))
        assert legs(incident_of(hub, fire)) == on_the_way
    assert told == [(["E12"], ["E12"]), (["E13"], ["E13"]), ([], [])]
    assert [one["state"] for one in incident_of(hub, fire)["outside"]] == ["promised"]
    stored = load_board(hub.parts.hub.engine).board
    for one in sent:
        live = stored.live_of_unit(one["unit_id"])
        assert live is not None
        assert (live.id, live.status, live.incident_id) == (one["id"], "dispatched", fire)


def test_an_incident_closed_by_mistake_stands_again_with_its_calls(hub: RunningHub) -> None:
    incident_id = hub.call(incident_type="THEFT", note=None)["incident_id"]
    path = f"/incidents/{incident_id}/closings"
    body = {"disposition": "report taken", "command_id": "close-theft"}
    assert hub.desk("dana").give(path, body).status_code == 201
    assert hub.desk("sven").give("/undo", {"undone_id": "close-theft"}).status_code == 409
    undone = hub.desk("dana").give("/undo", {"undone_id": "close-theft"})
    assert undone.status_code == 201, undone.text
    answer = hub.desk("dana").get(f"/incidents/{incident_id}").json()
    assert answer["incident"]["state"] == "open"
    assert [call["callback"] for call in answer["calls"]] == ["555-0100"]
    assert legs(answer["incident"]) == {"law": "pending"}


def correction_of(hub: RunningHub, assignment_id: str) -> dict[str, Any]:
    found = hub.desk("dana").get("/snapshot").json()["board"]["assignments"]
    (assignment,) = (a for a in found if a["id"] == assignment_id)
    return dict(assignment["place_correction"])


def test_every_crew_must_acknowledge_an_address_that_is_corrected_after_it_was_sent(
    hub: RunningHub,
) -> None:
    fire = hub.call()["incident_id"]
    first, second = (a["id"] for a in send(hub, fire, "E12", "P1")["assignments"])
    for assignment_id in (first, second):
        path = f"/assignments/{assignment_id}/acknowledgement"
        assert hub.desk("dana").give(path, {"channel": "voice"}).status_code == 200
    before = load_board(hub.parts.hub.engine).board.assignments[first].revision
    place = {"at": [9.5066, 47.1075], "address": "40 Mill Rd", "verified": True}
    change = {"revision": incident_of(hub, fire)["revision"], "place": place}
    assert hub.desk("cato").give(f"/incidents/{fire}", change, method="PATCH").status_code == 200
    owed = correction_of(hub, first)
    assert (owed["was"].split(",")[0], owed["to"]) == ("14 Mill Rd", "40 Mill Rd")
    assert owed["moved_m"] > FAR_M
    assert {correction_of(hub, one)["acknowledged_at"] for one in (first, second)} == {None}

    path = f"/assignments/{first}/acknowledgement"
    old = {"channel": "device", "revision": before}
    assert hub.desk("crew-e12").give(path, old).status_code == 200
    assert correction_of(hub, first)["acknowledged_at"] is None, "it answered for the old address"
    assert hub.desk("crew-e12").give(path, {**old, "revision": owed["revision"]}).status_code == 200
    assert correction_of(hub, first)["acknowledged_by"] == "device"

    with hub.parts.hub.engine.connect() as connection:
        rows = connection.execute(select(t.due).where(t.due.c.kind == "place_correction")).all()
        fence = current_fence(connection)
    assert {row.ref for row in rows} == {first, second}
    for row in rows:  # as the leader does once it is due
        fields = {"command_id": f"due-{row.id}", "due_id": row.id, "due_at": row.at}
        due = {**fields, "actor": HUB_ACTOR, "kind": row.kind, "ref": row.ref, "fence": fence}
        assert hub.client.portal is not None
        hub.client.portal.call(hub.parts.hub.submit, cmd.FallDue.model_validate(due))
    hub.watch.verify()
    assert [correction_of(hub, one)["step"] for one in (first, second)] == [0, 1]
    path = f"/assignments/{second}/acknowledgement"
    assert hub.desk("dana").give(path, {"channel": "voice"}).status_code == 200
    assert correction_of(hub, second)["acknowledged_by"] == "voice"


def test_two_units_change_places(hub: RunningHub) -> None:
    one, other = hub.call()["incident_id"], hub.call()["incident_id"]
    send(hub, one, "E12")
    send(hub, other, "E13")
    answer = hub.desk("dana").give("/swaps", {"first": "E12", "second": "E13"})
    assert answer.status_code == 201, answer.text
    placed = {a["unit_id"]: a["incident_id"] for a in answer.json()["assignments"]}
    assert placed == {"E12": other, "E13": one}


def test_a_hold_has_an_end_and_a_reason(hub: RunningHub) -> None:
    incident_id = hub.call(incident_type="THEFT", note=None)["incident_id"]
    until = (hub.parts.hub.now() + timedelta(minutes=15)).isoformat()
    path = f"/incidents/{incident_id}/holds"
    assert hub.desk("dana").give(path, {"until": until}).status_code == 422
    body = {"until": until, "reason": "waits for P1", "unit_ids": ["P1"]}
    assert hub.desk("dana").give(path, body).status_code == 201
    assert incident_of(hub, incident_id)["hold"]["unit_ids"] == ["P1"]
    assert hub.desk("dana").give(path, {}).status_code == 201
    assert incident_of(hub, incident_id)["hold"] is None


def test_a_scheduled_call_dispatches_nobody_and_its_unit_goes_elsewhere_with_a_reason(
    hub: RunningHub,
) -> None:
    wanted_at = hub.parts.hub.now() + timedelta(minutes=40)
    transport = hub.call(wanted_at=wanted_at.isoformat())["incident_id"]
    path = f"/incidents/{transport}/schedules"
    past = {"wanted_at": (wanted_at - timedelta(hours=1)).isoformat()}
    assert hub.desk("dana").give(path, past).status_code == 422
    body = {"wanted_at": wanted_at.isoformat(), "unit_ids": ["E12"]}
    assert hub.desk("dana").give(path, body).status_code == 201
    kept = incident_of(hub, transport)["schedule"]
    assert (kept["unit_ids"], kept["due"]) == (["E12"], False)
    assert load_board(hub.parts.hub.engine).board.live_of_unit("E12") is None
    fire = hub.call()["incident_id"]
    pick = {"unit_ids": ["E12"], "override_reason": None}
    refused = hub.desk("dana").give(f"/incidents/{fire}/assignments", pick)
    assert refused.json()["code"] == "override_needs_reason"
    swap = {"first": "E12", "second": "E13"}
    send(hub, fire, "E13")
    refused = hub.desk("dana").give("/swaps", swap)
    assert refused.json()["code"] == "override_needs_reason"
    answer = hub.desk("dana").give("/swaps", {**swap, "reason": "E13 broke down"})
    assert answer.status_code == 201, answer.text
    lost = incident_of(hub, transport)["schedule"]
    assert lost["unit_ids"] == []
    assert [(one["unit_id"], one["reason"]) for one in lost["lost"]] == [("E12", "E13 broke down")]
    assert hub.desk("dana").give(path, {}).status_code == 201
    assert incident_of(hub, transport)["schedule"]["due"]


def test_a_second_alarm_waits_for_what_is_added_and_the_first_names_what_is_spared(
    hub: RunningHub,
) -> None:
    incident_id = hub.call()["incident_id"]
    send(hub, incident_id, "E12", "M1")
    path = f"/incidents/{incident_id}"
    revision = incident_of(hub, incident_id)["revision"]
    up = hub.desk("dana").give(path, {"revision": revision, "alarm_level": 2}, method="PATCH")
    assert up.status_code == 200, up.text
    assert legs(incident_of(hub, incident_id)) == {"fire": "pending", "ems": "active"}
    advice = hub.desk("dana").get(f"{path}/recommendation", fresh=True).json()
    assert [slot["discipline"] for slot in advice["slots"]] == ["fire"]
    send(hub, incident_id, "E13")
    revision = incident_of(hub, incident_id)["revision"]
    down = hub.desk("dana").give(path, {"revision": revision, "alarm_level": 1}, method="PATCH")
    assert len(down.json()["surplus"]) == 1
    revision = incident_of(hub, incident_id)["revision"]
    third = hub.desk("dana").give(path, {"revision": revision, "alarm_level": 3}, method="PATCH")
    assert (third.status_code, third.json()["fields"]["highest"]) == (422, 2)


def test_linked_incidents_know_of_each_other(hub: RunningHub) -> None:
    one, other = hub.call()["incident_id"], hub.call()["incident_id"]
    path = f"/incidents/{one}/incident-links"
    assert hub.desk("dana").give(path, {"other_id": other}).status_code == 201
    assert incident_of(hub, other)["linked"] == [one]
    assert hub.desk("dana").give(path, {"other_id": other, "linked": False}).status_code == 201
    assert incident_of(hub, one)["linked"] == []


def test_a_benchmark_has_its_time_and_starts_the_count(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    path = f"/incidents/{incident_id}/benchmarks"
    assert hub.desk("dana").give(path, {"code": "PAR"}).status_code == 409
    sent = send(hub, incident_id, "E12")
    status = f"/assignments/{sent['assignments'][0]['id']}/status"
    assert hub.desk("dana").give(status, {"status": "on_scene"}).status_code == 200
    assert hub.desk("dana").give(path, {"code": "water on"}).status_code == 201
    incident = incident_of(hub, incident_id)
    assert [b["code"] for b in incident["benchmarks"]] == ["WATER_ON"]
    assert incident["par_due_at"] is not None


def test_backup_is_the_nearest_free_unit_of_the_kind(hub: RunningHub) -> None:
    work = {"unit_id": "P1", "incident_type": "THEFT", "place": {"at": [9.5066, 47.1045]}}
    assert hub.desk("dana").give("/officer-work", work).status_code == 201
    answer = hub.desk("dana").give("/units/P1/backup")
    assert answer.status_code == 201, answer.text
    assert [a["unit_id"] for a in answer.json()["assignments"]] == ["P7"]
    assert answer.json()["assignments"][0]["override_reason"] == "backup for P1"
    none = hub.desk("dana").give("/units/P1/backup")
    assert (none.status_code, none.json()["code"]) == (409, "unit_not_available")
    nowhere = hub.desk("dana").give("/units/E12/backup")
    assert (nowhere.status_code, nowhere.json()["code"]) == (409, "transition_refused")


def test_a_part_is_given_another_talkgroup_unless_another_incident_works_on_it(
    hub: RunningHub,
) -> None:
    incident_id = hub.call(incident_type="THEFT")["incident_id"]
    path = f"/incidents/{incident_id}/talkgroups"
    unknown = hub.desk("dana").give(path, {"talkgroup": "TAC 99"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "invalid_input")
    assert hub.desk("dana").give(path, {"talkgroup": None}).status_code == 201


def test_a_command_id_that_comes_again_with_another_text_is_not_taken_for_the_first(
    hub: RunningHub,
) -> None:
    path = f"/incidents/{hub.call()['incident_id']}/notes"
    body = {"command_id": "note-said-twice", "text": "smoke on the second floor"}
    first = hub.desk("dana").give(path, body)
    again = hub.desk("dana").give(path, dict(reversed(body.items())))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["seq"] == first.json()["seq"]
    other = hub.desk("dana").give(path, {**body, "text": "a child is inside"})
    assert (other.status_code, other.json()["code"]) == (409, "command_id_taken")
    stranger = hub.desk("cato").give(path, body)
    assert (stranger.status_code, stranger.json()["code"]) == (409, "command_id_taken")


def test_what_is_repeated_after_its_id_may_be_forgotten_is_refused_and_not_done_again(
    hub: RunningHub,
) -> None:
    incident_id = hub.call()["incident_id"]
    path = f"/api/v1/incidents/{incident_id}/notes"
    body = {"command_id": "note-of-a-tablet", "text": "smoke on the second floor"}
    headers = hub.desk("dana").headers

    def give(age_days: float) -> httpx2.Response:
        age = {"Command-Age": str(age_days * 86_400)}
        return hub.client.post(path, json=body, headers=headers | age)

    first = give(0)
    assert first.status_code == 201, first.text
    assert give(20).json()["seq"] == first.json()["seq"], "its id is known: answered as the first"
    session = Desk(hub.client, "cato", hub.watch).session["session_id"]
    forgetter, engine = Forgetter(hub.parts.hub, lambda: True), hub.parts.hub.engine

    def kept() -> tuple[set[str], set[str]]:
        with engine.connect() as connection, connection.begin():
            commands, sessions = connection.scalars(select(t.command.c.id)), select(t.session.c.id)
            return set(commands), set(connection.scalars(sessions))

    before = kept()
    with engine.connect() as fresh, fresh.execution_options(writing=True).begin():
        old = database_now(fresh) - KEPT - timedelta(hours=1)
        mine = t.command.c.id == body["command_id"]
        fresh.execute(update(t.command).where(mine).values(at=old))
        fresh.execute(update(t.session).where(t.session.c.id == session).values(expires_at=old))
    while forgetter.step():  # the hub's own may have been quicker
        pass
    gone = tuple(was - is_now for was, is_now in zip(before, kept(), strict=True))
    assert gone == ({body["command_id"]}, {session}), "nothing else is old enough"
    late = give(31)
    assert (late.status_code, late.json()["code"]) == (409, "repeated_too_late"), late.text
    assert late.json()["fields"]["days"] == 31
    notes = [note["text"] for note in incident_of(hub, incident_id)["notes"]]
    assert notes.count(body["text"]) == 1
    call = {**CALL, "command_id": "call-of-a-tablet"}
    assert hub.desk("cato").give("/calls", call).status_code == 201
    with engine.connect() as fresh, fresh.execution_options(writing=True).begin():
        fresh.execute(delete(t.command).where(t.command.c.id == call["command_id"]))
    unsaid = hub.desk("cato").give("/calls", call)
    assert (unsaid.status_code, unsaid.json()["code"]) == (409, "repeated_too_late"), unsaid.text
    wrong = hub.client.post(path, json=body, headers=headers | {"Command-Age": "old"})
    assert (wrong.status_code, wrong.json()["fields"]["field"]) == (422, "Command-Age")


def test_a_closing_that_is_repeated_is_answered_as_the_first(hub: RunningHub) -> None:
    path = f"/incidents/{hub.call()['incident_id']}/closings"
    body = {"command_id": "closed-for-good", "discipline": None, "disposition": "out"}
    first = hub.desk("dana").give(path, body)
    again = hub.desk("dana").give(path, body)
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert again.json() == first.json()
    assert hub.desk("dana").give(path, {**body, "command_id": "another-one"}).status_code == 404


def test_a_part_has_its_own_type_and_priority_and_is_asked_for_by_its_own_plan(
    hub: RunningHub,
) -> None:
    incident_id = hub.call()["incident_id"]
    path = f"/incidents/{incident_id}"
    dana = hub.desk("dana")
    before = incident_of(hub, incident_id)
    (fire, ems) = before["legs"]
    assert (ems["incident_type"], ems["priority"]) == (None, None)
    stale = {"revision": before["revision"], "priority": 2}
    done = dana.give(f"{path}/legs/ems", stale, method="PATCH")
    assert done.status_code == 200, done.text
    refused = dana.give(f"{path}/legs/ems", {**stale, "priority": 3}, method="PATCH")
    assert (refused.status_code, refused.json()["code"]) == (409, "revision_conflict")
    assert refused.json()["fields"]["current"]["priority"] == 2
    now = incident_of(hub, incident_id)
    thief = {"revision": now["revision"], "incident_type": "THEFT"}
    assert dana.give(f"{path}/legs/ems", thief, method="PATCH").status_code == 200
    now = incident_of(hub, incident_id)
    legs_now = {leg["discipline"]: leg for leg in now["legs"]}
    assert (legs_now["ems"]["type_label"], legs_now["ems"]["priority"]) == ("Theft", 4)
    assert (now["type_label"], now["priority"], legs_now["fire"]) == ("Building fire", 1, fire)
    made = dana.get(f"{path}/recommendation").json()
    assert [slot["discipline"] for slot in made["slots"]] == ["fire"]
    assert any("THEFT of EMS" in word for word in made["degraded"])
    unknown = {"revision": now["revision"], "incident_type": "NONE_SUCH"}
    assert dana.give(f"{path}/legs/ems", unknown, method="PATCH").status_code == 422
    again = {"revision": now["revision"], "incident_type": "FIRE"}
    assert dana.give(f"{path}/legs/ems", again, method="PATCH").status_code == 200
    assert incident_of(hub, incident_id)["legs"][1]["incident_type"] is None
    desk = hub.desk("ashby-desk")
    other = {"revision": now["revision"] + 1, "priority": 2}
    foreign = desk.give(f"{path}/legs/ems", other, method="PATCH")
    assert (foreign.status_code, foreign.json()["code"]) == (422, "leg_of_another"), foreign.text


def test_another_alarm_asks_more_for_a_part_of_its_own_priority_too(hub: RunningHub) -> None:
    incident_id = hub.call()["incident_id"]
    path = f"/incidents/{incident_id}"
    dana = hub.desk("dana")
    send(hub, incident_id, "E12")
    own = {"revision": incident_of(hub, incident_id)["revision"], "priority": 2}
    assert dana.give(f"{path}/legs/fire", own, method="PATCH").status_code == 200
    now = incident_of(hub, incident_id)
    assert legs(now)["fire"] == "active"
    raised = {"revision": now["revision"], "alarm_level": 2}
    assert dana.give(path, raised, method="PATCH").status_code == 200
    now = incident_of(hub, incident_id)
    assert (legs(now)["fire"], now["legs"][0]["priority"]) == ("pending", 2)
    made = dana.get(f"{path}/recommendation").json()
    assert [slot["discipline"] for slot in made["slots"]].count("fire") == 1


def test_a_leg_of_another_agency_is_closed_with_a_reason_and_its_crew_is_left_alone(
    hub: RunningHub,
) -> None:
    incident_id = hub.call()["incident_id"]
    (sent,) = send(hub, incident_id, "P1")["assignments"]
    path = f"/incidents/{incident_id}"
    fire = hub.desk("ashby-desk")
    crew = fire.give(f"/assignments/{sent['id']}/status", {"status": "cleared"})
    assert (crew.status_code, crew.json()["code"]) == (403, "not_allowed"), crew.text
    ems = {"discipline": "ems", "disposition": "nobody hurt"}
    refused = fire.give(f"{path}/closings", ems)
    assert (refused.status_code, refused.json()["code"]) == (422, "leg_of_another"), refused.text
    assert refused.json()["fields"]["agencies"] == ["ems-a"]
    assert legs(incident_of(hub, incident_id))["ems"] == "pending"
    assert fire.give(f"{path}/closings", {**ems, "reason": "they asked us"}).status_code == 201
    after = incident_of(hub, incident_id)
    assert legs(after)["ems"] == "closed"
    assert after["notes"][-1]["text"].endswith("EMS of Ashby EMS: they asked us")
    own = fire.give(f"{path}/closings", {"disposition": "out"})
    assert own.status_code == 201, own.text
    assert (legs(incident_of(hub, incident_id))["fire"], sent["unit_id"]) == ("closed", "P1")
    assert legs(incident_of(hub, incident_id))["law"] == "active"


def test_a_console_is_told_what_the_agencies_procedures_say(hub: RunningHub) -> None:
    (line,) = hub.desk("dana").get("/region").json()["sops"]
    assert (line["step"], line["incident_type"], line["agency"]) == ("scene", "FIRE", "")


def test_nobody_takes_the_id_of_a_command_that_the_hub_will_give(hub: RunningHub) -> None:
    path = f"/incidents/{hub.call()['incident_id']}/notes"
    answer = hub.desk("dana").give(path, {"command_id": "due-1000000", "text": "x"})
    assert (answer.status_code, answer.json()["fields"]["field"]) == (422, "command_id")
