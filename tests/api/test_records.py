"""Records between centres: ours goes out with an offer, another centre's becomes a call."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dispatch.interop.eido import decode_eido
from tests.api.conftest import RunningHub
from tests.api.test_intake import call_on_board, ring
from tests.fault.hub_child import wait_until
from tests.hub_factories import WEST_PORT

EIDO: dict[str, Any] = {
    "$id": "urn:emergency:uid:incidentid:77:west.example",
    "lastUpdateTimeStamp": "2026-07-01T12:00:00Z",
    "updatedByAgencyReference": {"$ref": "west.example"},
    "eidoVersion": "1.0",
    "issuingElementIdentification": "west.example",
    "agencyComponent": [{"$id": "west.example"}],
    "callbackComponent": [{"$id": "cb", "callBackInformationUri": ["tel:+15550142"]}],
    "notesComponent": [{"$id": "n", "notesActionComments": "<b>Knife</b> seen &amp; heard"}],
    "locationComponent": [
        {"$id": "l", "locationTypeDescriptionRegistryText": "Caller",
         "locationDescriptionText": "14 Mill Rd, Ashby"}
    ],
}  # fmt: skip


class _West(BaseHTTPRequestHandler):
    """Another centre's system: it takes what has its token."""

    taken: list[dict[str, Any]]
    via: list[str]
    answers: int = 202

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] == "Bearer token-of-west":
            self.taken.append(json.loads(body))
            self.via.append(self.headers["Via"])
        self.send_response(self.answers)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def west(hub: RunningHub) -> Iterator[type[_West]]:
    handler = type("Handler", (_West,), {"taken": [], "via": []})
    serving = ThreadingHTTPServer(("127.0.0.1", WEST_PORT), handler)
    thread = threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield handler
    serving.shutdown()
    serving.server_close()
    thread.join()


def taken_call(hub: RunningHub) -> str:
    call_id = ring(hub)
    assert hub.desk("cato").give(f"/calls/{call_id}/answer").is_success
    return str(hub.call(call_id=call_id)["call_id"])


def offered(hub: RunningHub, call_id: str, centre: str) -> str:
    answer = hub.desk("cato").give(f"/calls/{call_id}/transfers", {"centre_id": centre})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["transfer_id"])


def record_state(hub: RunningHub, call_id: str) -> dict[str, Any]:
    """Of the last offer, once the other side has answered or failed."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        last = call_on_board(hub, call_id)["transfers"][-1]
        if last["record"]:
            return dict(last)
        time.sleep(0.05)
    raise AssertionError("nobody said what became of the record")


def test_an_offer_carries_the_record_to_the_other_centres_system(
    hub: RunningHub, west: type[_West]
) -> None:
    call_id = taken_call(hub)
    offered(hub, call_id, "WEST")
    last = record_state(hub, call_id)
    assert last["record"] == "sent"
    (sent,) = last["heard"]
    assert (sent["how"], sent["by"], sent["version"]) == ("sent", "WEST", 1)
    (document,) = west.taken
    found = decode_eido(document)
    assert (found.sender, found.callback, found.said) == (
        "hub.example",
        "5550100",
        "14 Mill Rd, Ashby",
    )
    assert "smoke from the roof" in found.text
    assert "Ada Example" in found.text


def test_a_record_that_is_not_taken_is_said_and_the_call_stays_ours(
    hub: RunningHub, west: type[_West]
) -> None:
    west.answers = 503
    call_id = taken_call(hub)
    offered(hub, call_id, "WEST")
    last = record_state(hub, call_id)
    assert (last["record"], last["record_why"], last["state"]) == (
        "failed",
        "it answered 503",
        "offered",
    )
    assert len(west.taken) == 3


def test_nothing_goes_where_the_operator_allows_nothing(hub: RunningHub) -> None:
    call_id = taken_call(hub)
    offered(hub, call_id, "DOWN")
    last = record_state(hub, call_id)
    assert (last["record"], "allows" in last["record_why"]) == ("failed", True)


def test_a_system_reads_what_is_handed_over_alone_and_the_log_keeps_it(hub: RunningHub) -> None:
    call_id = taken_call(hub)
    path = f"/calls/{call_id}/eido"
    assert hub.desk("lines").get(path).status_code == 404
    offered(hub, call_id, "EAST")
    document = hub.desk("lines").get(path)
    assert document.status_code == 200, document.text
    assert decode_eido(document.json()).said == "14 Mill Rd, Ashby"
    assert hub.desk("dana").get(path).status_code == 200
    assert hub.desk("mayor-a").get(path).status_code == 403


def hand_in(hub: RunningHub, document: Any, login: str = "lines", via: str = "") -> Any:
    desk = hub.desk(login)
    headers = {**desk.headers, "Content-Type": "application/emergency.eido+json"}
    if via:
        headers["Via"] = via
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    answer = hub.client.post("/api/v1/eido", content=text, headers=headers)
    hub.watch.verify()
    return answer


def test_another_centres_record_rings_here_once_and_opens_in_the_form(hub: RunningHub) -> None:
    first = hand_in(hub, EIDO)
    assert first.status_code == 201, first.text
    later = {**EIDO, "lastUpdateTimeStamp": "2026-07-01T12:05:00Z"}
    assert hand_in(hub, later).json()["call_id"] == first.json()["call_id"]
    call = call_on_board(hub, first.json()["call_id"])
    assert (call["phase"], call["handed_over_by"], call["said"]) == (
        "ringing",
        "west.example",
        "14 Mill Rd, Ashby",
    )
    assert call["callback"] == "+15550142"
    assert call["record"].splitlines()[-1] == "Knife seen & heard"
    audited = hub.desk("audrey").get("/snapshot").json()["board"]["calls"]
    assert [c["record"] for c in audited if c["id"] == call["id"]] == [None]
    hub.desk("cato").give(f"/calls/{call['id']}/answer")
    hub.desk("cato").give(f"/calls/{call['id']}/closings", {"outcome": "transferred"})


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"{", "cannot be read"),
        (b"[]", "no JSON object"),
        ({**EIDO, "eidoVersion": "9"}, "eidoVersion"),
        ({**EIDO, "$id": "urn:emergency:uid:incidentid:1:hub.example"}, "own"),
        ({**EIDO, "x": "y" * 200_001}, "bytes at most"),
        ({**EIDO, "x": "\x00"}, "no text"),
    ],
)
def test_what_is_no_record_is_refused(hub: RunningHub, document: Any, says: str) -> None:
    answer = hand_in(hub, document)
    assert answer.status_code == 422, answer.text
    assert says in answer.json()["detail"]


def test_only_a_system_hands_records_in(hub: RunningHub) -> None:
    assert hand_in(hub, EIDO, "cato").status_code == 403


def again(incident: str, minute: int, *notes: str, **over: Any) -> dict[str, Any]:
    """A version of an incident of West, with further entries in its narrative."""
    stamp = f"2026-07-01T12:{minute:02}:00Z"
    entries = [
        {"$id": f"n{k}", "lastUpdateTimeStamp": stamp, "notesActionComments": text}
        for k, text in enumerate(notes)
    ]
    return {
        **EIDO,
        "$id": f"urn:emergency:uid:incidentid:{incident}:west.example",
        "lastUpdateTimeStamp": stamp,
        "notesComponent": [*EIDO["notesComponent"], *entries],
        **over,
    }


def test_a_later_version_is_news_of_the_call_until_somebody_has_seen_it(hub: RunningHub) -> None:
    call_id = hand_in(hub, again("81", 0)).json()["call_id"]
    cato = hub.desk("cato")
    cato.give(f"/calls/{call_id}/answer")
    moved = [{**EIDO["locationComponent"][0], "locationDescriptionText": "16 Mill Rd, Ashby"}]
    over = {"incidentComponent": {"incidentStatusInternalText": ["Closed"]}}
    later = again("81", 5, "Two are trapped", locationComponent=moved, **over)
    assert hand_in(hub, later).json()["call_id"] == call_id
    for same in (later, again("81", 3, "Older")):
        assert hand_in(hub, same).json()["call_id"] == call_id
    call = call_on_board(hub, call_id)
    (news,) = call["record_news"]
    assert (news["parts"], news["over"]) == (["place", "status", "narrative"], True)
    assert "Place: 16 Mill Rd, Ashby (was: 14 Mill Rd, Ashby)" in news["text"]
    assert call["said"] == "14 Mill Rd, Ashby"
    audited = hub.desk("audrey").get("/snapshot").json()["board"]["calls"]
    assert [c["record_news"][0]["text"] for c in audited if c["id"] == call_id] == [""]
    seen = cato.give(f"/calls/{call_id}/record-news/{news['id']}/seen", {"news_at": news["at"]})
    assert seen.status_code == 200, seen.text
    assert call_on_board(hub, call_id)["record_news"][0]["seen_at"] is not None
    cato.give(f"/calls/{call_id}/closings", {"outcome": "transferred"})


def test_news_of_a_call_that_was_closed_here_rings_anew(hub: RunningHub) -> None:
    call_id = hand_in(hub, again("82", 0)).json()["call_id"]
    hub.desk("cato").give(f"/calls/{call_id}/answer")
    hub.desk("cato").give(f"/calls/{call_id}/closings", {"outcome": "information"})
    assert hand_in(hub, again("82", 1)).json()["call_id"] == call_id
    over = again("82", 2, "Out", incidentComponent={"incidentStatusInternalText": ["Closed"]})
    assert hand_in(hub, over).json()["call_id"] == call_id
    second = hand_in(hub, again("82", 3, "It burns again")).json()["call_id"]
    assert second != call_id
    assert call_on_board(hub, second)["phase"] == "ringing"
    assert hand_in(hub, again("82", 4, "It burns again", "Two")).json()["call_id"] == second
    hub.desk("cato").give(f"/calls/{second}/answer")
    hub.desk("cato").give(f"/calls/{second}/closings", {"outcome": "transferred"})


def test_a_ring_of_centres_takes_an_incident_once_and_ends(
    hub: RunningHub, west: type[_West]
) -> None:
    """East hands it to us, we to West; what West sends round comes to an end here."""
    east = again("83", 0)
    east |= {"issuingElementIdentification": "east.example"}
    east["$id"] = "urn:emergency:uid:incidentid:83:east.example"
    call_id = hand_in(hub, east, via="1.1 east.example").json()["call_id"]
    hub.desk("cato").give(f"/calls/{call_id}/answer")
    place = {"at": [9.5066, 47.1045], "address": "14 Mill Rd"}
    made = hub.call(call_id=call_id, place=place)
    transfer = offered(hub, call_id, "WEST")
    assert record_state(hub, call_id)["record"] == "sent"
    (echo,) = west.taken
    assert (echo["$id"], west.via) == (east["$id"], ["1.1 east.example, 1.1 hub.example"])
    back = hand_in(hub, echo, via=f"{west.via[0]}, 1.1 west.example")
    assert (back.status_code, back.json()["fields"]) == (422, {"field": "Via"})
    answer = f"/calls/{call_id}/transfers/{transfer}/answer"
    assert hub.desk("cato").give(answer, {"result": "accepted"}).is_success
    for number in range(20):
        hub.desk("dana").give(
            f"/incidents/{made['incident_id']}/notes", {"text": f"entry {number} here"}
        )
    links = hub.parts.record_links
    wait_until(lambda: "entry 19 here" in decode_eido(west.taken[-1]).text, 90, "never told")
    wait_until(lambda: links.in_flight == 0, 90, "something is still under way")
    assert len(west.taken) <= 21  # never more than one for a change; gathered where it is quick
    assert {document["$id"] for document in west.taken} == {east["$id"]}
    closed = {"disposition": "out", "command_id": "close-83"}
    assert hub.desk("dana").give(f"/incidents/{made['incident_id']}/closings", closed).is_success
    wait_until(lambda: decode_eido(west.taken[-1]).over, 90, "West was not told that it is over")
    wait_until(lambda: links.in_flight == 0, 90, "something is still under way")


def test_a_version_that_is_not_taken_is_said_until_one_is(
    hub: RunningHub, west: type[_West]
) -> None:
    call_id = taken_call(hub)
    offered(hub, call_id, "WEST")
    assert record_state(hub, call_id)["record"] == "sent"
    west.answers = 422
    incident_id = call_on_board(hub, call_id)["incident_id"]
    hub.desk("dana").give(f"/incidents/{incident_id}/notes", {"text": "it spreads"})

    def behind() -> str:
        return str(call_on_board(hub, call_id)["transfers"][-1]["behind"])

    wait_until(lambda: behind() == "it answered 422", 90, "nobody said that West is behind")
    assert len(west.taken) == 2  # what is refused is not sent again and again
    heard = call_on_board(hub, call_id)["transfers"][-1]["heard"]
    assert [(h["how"], h["version"], h["parts"]) for h in heard] == [
        ("sent", 1, []),
        ("not_taken", 2, ["narrative"]),
    ]
