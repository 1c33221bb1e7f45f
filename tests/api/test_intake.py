"""Calls before their form is saved: ringing, answered, stamped by the hub, located by key."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dispatch.interop.pidf_lo import Located, device_uri_of, encode_error, encode_response
from dispatch.services.location_server import LocationServer
from dispatch.settings import LocationSettings
from dispatch.store.boards import load_board
from geodata.lonlat import LonLat
from geodata.shapes import Circle
from tests.api.conftest import CALL, RunningHub

HERE = LonLat(9.5066, 47.1045)
RADII_M = (300.0, 90.0, 25.0)


class _Known(BaseHTTPRequestHandler):
    """Knows one number, each time better; says nothing useful of any other."""

    asked: list[str | None]

    def do_POST(self) -> None:
        device = device_uri_of(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(device)
        body = encode_error("locationUnknown", "no such device")
        if device == "tel:5550100" or self.path == "/by-uri":
            radius_m = RADII_M[min(len(self.asked), len(RADII_M)) - 1]
            located = Located(
                Circle(centre=HERE, radius_m=radius_m), 90.0, "A-GNSS", "WPH2", datetime.now(UTC)
            )
            body = encode_response(located)
        if self.path == "/large":
            body = b" " * 100_000
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def server(hub: RunningHub) -> Iterator[str]:
    """A location server beside the hub, for the length of a test."""
    handler = type("Handler", (_Known,), {"asked": []})
    serving = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{serving.server_port}"
    before = hub.parts.locations
    hub.parts.locations = LocationServer(LocationSettings(location_url=url, location_within_s=7))
    yield url
    hub.parts.locations = before
    serving.shutdown()
    serving.server_close()
    thread.join()


def ring(hub: RunningHub, **over: Any) -> str:
    body = {"callback": "555-0100", "class_of_service": "WPH1", **over}
    answer = hub.desk("lines").give("/calls/ringing", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["call_id"])


def call_on_board(hub: RunningHub, call_id: str, login: str = "cato") -> dict[str, Any]:
    board = hub.desk(login).get("/snapshot").json()["board"]
    found: dict[str, Any] = next(call for call in board["calls"] if call["id"] == call_id)
    return found


def stages(hub: RunningHub, path: str, **params: Any) -> dict[str, dict[str, Any]]:
    answer = hub.desk("cato").get(path, **params)
    assert answer.status_code == 200, answer.text
    return {stage["stage"]: stage for stage in answer.json()["stages"]}


def test_a_call_rings_is_answered_by_one_and_its_form_makes_the_incident(hub: RunningHub) -> None:
    call_id = ring(hub)
    assert call_on_board(hub, call_id)["phase"] == "ringing"
    assert hub.desk("cato").give(f"/calls/{call_id}/answer").status_code == 200
    second = hub.desk("dana").give(f"/calls/{call_id}/answer")
    assert (second.status_code, second.json()["code"]) == (409, "transition_refused")
    for stage in ("located", "typed"):
        marked = hub.desk("cato").give(f"/calls/{call_id}/stages", {"stage": stage})
        assert marked.status_code == 200, marked.text
    taken = hub.call(call_id=call_id)
    assert taken["call_id"] == call_id
    assert taken["incident_number"]
    call = call_on_board(hub, call_id)
    assert (call["incident_id"], call["phase"]) == (taken["incident_id"], "saved")
    order = [call[f"{name}_at"] for name in ("received", "answered", "located", "typed", "ready")]
    assert order == sorted(order)
    detail = hub.desk("dana").get(f"/incidents/{taken['incident_id']}").json()
    assert [c["id"] for c in detail["calls"]] == [call_id]
    assert load_board(hub.parts.hub.engine).board.calls[call_id].callback == "555-0100"


def test_what_is_typed_stands_at_the_hub_and_another_desk_goes_on_with_it(hub: RunningHub) -> None:
    call_id = hub.desk("cato").give("/calls/begun").json()["call_id"]
    typed = {
        "said": "mill",
        "callback": "555-0199",
        "note": "smoke, two children inside",
        "place": {"at": [9.5066, 47.1045], "address": "14 Mill Rd"},
        "incident_type": "FIRE",
    }
    assert hub.desk("cato").give(f"/calls/{call_id}/form", typed).is_success
    call = call_on_board(hub, call_id, "dana")
    assert (call["note"], call["callback"]) == (typed["note"], "555-0199")
    assert call["form"]["place"]["address"] == "14 Mill Rd"
    hidden = call_on_board(hub, call_id, "audrey")
    assert (hidden["note"], hidden["form"]) == (None, None)
    kept = load_board(hub.parts.hub.engine).board.calls[call_id]
    assert kept == hub.parts.hub.board().calls[call_id]
    assert hub.desk("dana").give(f"/calls/{call_id}/answer", {"take_over": True}).is_success
    late = hub.desk("cato").give(f"/calls/{call_id}/form", {"note": "of a screen that lost it"})
    assert (late.status_code, late.json()["code"]) == (409, "transition_refused")
    saved = {"call_id": call_id, "note": typed["note"], "said": "mill"}
    assert hub.desk("dana").give("/calls", saved).json()["incident_id"] is None
    assert call_on_board(hub, call_id)["note"] == typed["note"]
    incident_id = hub.call(note=None)["incident_id"]
    assert hub.desk("dana").give(f"/calls/{call_id}/links", {"incident_id": incident_id}).is_success
    detail = hub.desk("dana").get(f"/incidents/{incident_id}").json()
    assert [note["text"] for note in detail["incident"]["notes"]] == [typed["note"]]
    linked = load_board(hub.parts.hub.engine).board.calls[call_id]
    assert linked == hub.parts.hub.board().calls[call_id]
    assert linked.note is None


def test_the_clock_shows_each_stage_beside_its_target(hub: RunningHub) -> None:
    begun = hub.desk("cato").give("/calls/begun")
    call_id = begun.json()["call_id"]
    early = stages(hub, f"/calls/{call_id}/stages")
    assert early["located"]["at"] is None
    assert early["located"]["target_s"] is None
    typed = stages(hub, f"/calls/{call_id}/stages", incident_type="FIRE")
    assert typed["ready"]["target_s"] == 60
    incident_id = hub.call(call_id=call_id)["incident_id"]
    clock = stages(hub, f"/incidents/{incident_id}/stages")
    # Ashby's own target for a fire goes before everybody's.
    assert (clock["ready"]["target_s"], clock["first_unit"]["target_s"]) == (45, 90)
    assert clock["ready"]["at"] is not None
    assert clock["first_unit"]["late_at"] > clock["ready"]["late_at"]
    body = {"unit_ids": ["E12"], "override_reason": "near"}
    assert hub.desk("dana").give(f"/incidents/{incident_id}/assignments", body).is_success
    assert stages(hub, f"/incidents/{incident_id}/stages")["first_unit"]["at"] is not None


def test_each_rebid_adds_a_fix_and_never_fills_the_incidents_place(
    hub: RunningHub, server: str
) -> None:
    call_id = ring(hub)
    for radius_m in RADII_M:
        answer = hub.desk("cato").give(f"/calls/{call_id}/rebids")
        assert answer.status_code == 201, answer.text
        assert answer.json()["fix"]["shape"]["radius_m"] == radius_m
    call = call_on_board(hub, call_id)
    assert [fix["class_of_service"] for fix in call["fixes"]] == ["WPH1", "WPH2", "WPH2", "WPH2"]
    assert call["fixes"][-1]["confidence_pct"] == 90
    assert call["incident_id"] is None
    assert call["located_at"] is None
    stored = load_board(hub.parts.hub.engine).board.calls[call_id]
    assert stored.fixes == hub.parts.follower.board.calls[call_id].fixes
    saved = hub.call(call_id=call_id, place={"at": [9.5198, 47.1045]})
    place = hub.desk("dana").get(f"/incidents/{saved['incident_id']}").json()["incident"]["place"]
    assert place["shape"] == {"kind": "point", "at": [9.5198, 47.1045]}


def test_where_the_caller_is_is_for_those_who_work_the_call(hub: RunningHub, server: str) -> None:
    call_id = ring(hub)
    hub.desk("cato").give(f"/calls/{call_id}/rebids")
    hub.call(call_id=call_id)
    for login, sees in (("dana", True), ("crew-e12", True), ("mayor-a", False), ("audrey", False)):
        fix = call_on_board(hub, call_id, login)["fixes"][-1]
        assert (fix["shape"] is not None) == sees, login


def test_a_location_that_cannot_be_told_leaves_the_trail_as_it_was(
    hub: RunningHub, server: str
) -> None:
    unknown = ring(hub, callback="555-0999")
    answer = hub.desk("cato").give(f"/calls/{unknown}/rebids")
    assert (answer.status_code, answer.json()["code"]) == (424, "location_unavailable")
    assert "no such device" in answer.json()["detail"]
    assert len(call_on_board(hub, unknown)["fixes"]) == 1
    nobody = hub.desk("cato").give("/calls/begun").json()["call_id"]
    assert "Neither" in hub.desk("cato").give(f"/calls/{nobody}/rebids").json()["detail"]


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("{url}/by-uri", ""),
        ("http://192.0.2.7/where", "not allowed"),
        ("{url}/large", "too large"),
        ("{url}/elsewhere", "answered 302"),
        ("http://127.0.0.1:1/none", "does not answer"),
    ],
)
def test_a_calls_own_uri_is_asked_at_an_allowed_host_alone(
    hub: RunningHub, server: str, key: str, why: str
) -> None:
    call_id = ring(hub, callback=None, location_key=key.format(url=server))
    answer = hub.desk("cato").give(f"/calls/{call_id}/rebids")
    assert answer.status_code == (424 if why else 201), answer.text
    assert why in answer.json().get("detail", "")


def test_a_caller_who_hung_up_while_it_rang_becomes_a_task(hub: RunningHub) -> None:
    call_id = ring(hub)
    assert hub.desk("lines").give(f"/calls/{call_id}/hangup").is_success
    call = call_on_board(hub, call_id)
    assert (call["phase"], call["callback_task"]["cause"]) == ("saved", "abandoned")
    closing = {"outcome": "abandoned"}
    assert hub.desk("cato").give(f"/calls/{call_id}/closings", closing).status_code == 409


def test_the_telephone_system_hands_calls_in_and_reads_nothing(hub: RunningHub) -> None:
    call_id = ring(hub)
    lines = hub.desk("lines")
    for path in ("/snapshot", "/incidents", f"/calls/{call_id}/stages", "/region"):
        assert lines.get(path).status_code == 403
    assert lines.give("/calls", CALL).status_code == 403
    assert hub.desk("cato").give("/calls/ringing").status_code == 403
