"""Past calls by number, name, place and time: one's own to see, and who looked is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.events import Event, RecordRead
from dispatch.store.event_log import read_events
from tests.api.conftest import CALL, RunningHub

BRILL = [9.5202, 47.1045]


def search(hub: RunningHub, login: str = "cato", **wanted: Any) -> list[dict[str, Any]]:
    answer = hub.desk(login).give("/calls/search", wanted)
    assert answer.status_code == 200, answer.text
    calls: list[dict[str, Any]] = answer.json()["calls"]
    return calls


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [call["incident_id"] for call in found]


def readings(hub: RunningHub) -> list[Event]:
    with hub.parts.hub.engine.connect() as connection:
        events = [logged.event for logged in read_events(connection, 0, 5_000)]
    return [e for e in events if isinstance(e.body, RecordRead) and e.body.what == "calls"]


def test_a_number_is_found_however_it_is_written_and_however_much_of_it(hub: RunningHub) -> None:
    made = hub.call(callback="(610) 555-0431", caller_name="Ada Lovelace")
    for number in ("6105550431", "610 555 0431", "555-0431", "0431"):
        assert made["incident_id"] in ids(search(hub, number=number)), number
    assert made["incident_id"] not in ids(search(hub, number="5550432"))
    (found,) = search(hub, number="6105550431")
    assert found["call"]["callback"] == "(610) 555-0431"
    assert found["state"] == "open"


def test_name_and_place_and_number_must_all_hold(hub: RunningHub) -> None:
    place = {**CALL["place"], "address": "7 Quarry 50%_Lane"}
    made = hub.call(callback="555-0441", caller_name="Grace Hopper", place=place)
    other = hub.call(callback="555-0442", caller_name="Grace Kelly")
    assert ids(search(hub, name="grace hop")) == [made["incident_id"]]
    assert set(ids(search(hub, name="GRACE"))) >= {made["incident_id"], other["incident_id"]}
    assert ids(search(hub, place="quarry 50%_lane")) == [made["incident_id"]]
    assert ids(search(hub, name="grace", place="quarry")) == [made["incident_id"]]
    assert search(hub, name="grace", place="quarry", number="0442") == []
    assert search(hub, place="quarryX50") == []


def test_a_word_that_stands_elsewhere_in_the_file_is_no_place(hub: RunningHub) -> None:
    made = hub.call(note="unicornhunting behind the barn", callback="555-0449")
    assert made["incident_id"] not in ids(search(hub, place="unicornhunting"))


def test_closed_incidents_and_calls_without_one_are_found_with_what_became_of_them(
    hub: RunningHub,
) -> None:
    made = hub.call(callback="555-0451")
    closing = {"discipline": None, "disposition": "food on the stove"}
    closed = hub.desk("dana").give(f"/incidents/{made['incident_id']}/closings", closing)
    assert closed.status_code == 201, closed.text
    (found,) = search(hub, number="555-0451")
    assert found["state"] == "closed"
    assert "food on the stove" in str(found["dispositions"])
    lone = hub.desk("cato").give("/calls", {"callback": "555-0452", "said": "wrong number"})
    assert lone.status_code == 201, lone.text
    (found,) = search(hub, number="555-0452")
    assert (found["incident_id"], found["call"]["said"]) == (None, "wrong number")


def test_the_time_counts_and_the_last_call_comes_first(hub: RunningHub) -> None:
    first = hub.call(callback="555-0461")
    last = hub.call(callback="555-0461")
    assert ids(search(hub, number="5550461")) == [last["incident_id"], first["incident_id"]]
    assert ids(search(hub, number="5550461", limit=1)) == [last["incident_id"]]
    now = hub.parts.hub.now()
    past = {
        "since": (now - timedelta(days=9)).isoformat(),
        "until": (now - timedelta(days=8)).isoformat(),
    }
    assert search(hub, number="5550461", **past) == []


def test_nobody_finds_what_is_another_agencys(hub: RunningHub) -> None:
    made = hub.call(callback="555-0471")
    assert made["incident_id"] in ids(search(hub, "ashby-desk", number="555-0471"))
    theirs = search(hub, "brill-desk", number="555-0471")
    assert made["incident_id"] not in ids(theirs)
    assert "555-0471" not in str(theirs)


def test_an_auditor_finds_by_place_and_time_and_reads_no_number(hub: RunningHub) -> None:
    place = {**CALL["place"], "address": "3 Audit Walk"}
    made = hub.call(callback="555-0481", caller_name="Mary Example", place=place)
    found = search(hub, "audrey", place="audit walk")
    assert ids(found) == [made["incident_id"]]
    assert "555-0481" not in str(found)
    assert "Mary" not in str(found)
    for wanted in ({"number": "5550481"}, {"name": "Mary"}):
        assert hub.desk("audrey").give("/calls/search", wanted).status_code == 403


@pytest.mark.parametrize("login", ["mayor-a", "crew-e12", "hugo", "lines"])
def test_whoever_takes_no_calls_does_not_look_for_them(hub: RunningHub, login: str) -> None:
    assert hub.desk(login).give("/calls/search", {"place": "mill"}).status_code == 403


def test_who_looked_for_what_stands_in_the_log_outside_the_chained_words(hub: RunningHub) -> None:
    hub.call(callback="555-0491")
    before = len(readings(hub))
    found = search(hub, number="555-0491")
    (reading,) = readings(hub)[before:]
    body = reading.body
    assert isinstance(body, RecordRead)
    assert body.found == len(found) == 1
    assert reading.audience == ()
    assert "5550491" in reading.private["about"]
    assert "5550491" not in body.model_dump_json()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"number": "12"}, "number"),
        ({"name": "ab"}, "name"),
        ({"place": "x"}, "place"),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "since"),
        ({"since": "2020-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "since"),
    ],
)
def test_what_would_find_everything_or_nothing_is_refused(
    hub: RunningHub, wanted: dict[str, Any], field: str
) -> None:
    answer = hub.desk("cato").give("/calls/search", wanted)
    assert answer.status_code == 422
    assert answer.json()["fields"]["field"] == field
