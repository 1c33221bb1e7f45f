"""Plates and warrants at a centre's own query service: asked, answered, kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError
from sqlalchemy import text

from dispatch.adapters.signing import SIGNATURE_HEADER, TIME_HEADER, is_signed
from dispatch.domain.events import QueryAsked, QueryEnded
from dispatch.main import create_app
from dispatch.services.justice_queries import QueryPurger
from dispatch.settings import HubSettings, QuerySettings
from dispatch.store.clock import database_now
from dispatch.store.event_log import read_events
from dispatch.store.justice_queries import drop_queries
from tests.api.conftest import RunningHub, make_settings
from tests.receivers import WebhookReceiver, webhook_receiver

SECRET = "shared with the query service"
PLATE = "QZX-7731"
ANSWER = {
    "found": True,
    "caution": "armed",
    "lines": ["STOLEN 2026-11-20", "registered to Vesna Taint"],
}
TAINTS = (PLATE, "Vesna", "STOLEN", "armed")


class Asking(NamedTuple):
    hub: RunningHub
    service: WebhookReceiver


@pytest.fixture(scope="module")
def asking(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """A hub with a query service that really answers over HTTP."""
    with webhook_receiver() as service:
        queries = QuerySettings(
            query_services={"plate": f"{service.url}/plates"},
            query_secret=SecretStr(SECRET),
            query_within_s=7.0,
            query_max_bytes=1_000,
        )
        settings = make_settings(tmp_path_factory.mktemp("data"), database, queries=queries)
        with TestClient(create_app(settings)) as client:
            running = RunningHub(client, settings)
            yield Asking(running, service)
            running.watch.verify()


@pytest.fixture
def stop(asking: Asking) -> Iterator[str]:
    """P7 of Brill on an incident of the law; at the end it is free again."""
    hub = asking.hub
    incident_id = hub.call(incident_type="THEFT", note=None)["incident_id"]
    body = {"unit_ids": ["P7"], "override_reason": "nearest"}
    sent = hub.desk("dana").give(f"/incidents/{incident_id}/assignments", body)
    assert sent.status_code == 201, sent.text
    yield incident_id
    for assignment in hub.read(lambda board: list(board.assignments.values())):
        if assignment.live:
            path = f"/assignments/{assignment.id}/status"
            hub.desk("dana").give(path, {"status": "cleared"})
    asking.service.delay_s = 0.0
    asking.service.answers.clear()


def ask(asking: Asking, incident_id: str, login: str = "dana", **over: Any) -> Any:
    body = {"what": "plate", "words": PLATE, "purpose": "traffic_stop", **over}
    return asking.hub.desk(login).give(f"/incidents/{incident_id}/queries", body)


def answers(asking: Asking, body: dict[str, Any] | bytes, status: int = 200) -> None:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    asking.service.answers.append((status, {}, raw))


def read(asking: Asking, login: str, incident_id: str) -> list[dict[str, Any]]:
    answer = asking.hub.desk(login).get(f"/incidents/{incident_id}/queries")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["queries"])


def test_a_plate_is_asked_signed_and_the_answer_shown_to_asker_and_unit_alone(
    asking: Asking, stop: str
) -> None:
    answers(asking, ANSWER)
    answer = ask(asking, stop, unit_id="P7", command_id="ask-plate-1")
    assert answer.status_code == 201, answer.text
    assert answer.json()["answer"] == ANSWER
    posted = asking.service.posted[-1]
    assert posted.path == "/plates"
    assert (posted.body["words"], posted.body["purpose"]) == (PLATE, "traffic_stop")
    given, timestamp = (posted.headers[h.lower()] for h in (SIGNATURE_HEADER, TIME_HEADER))
    assert is_signed(SECRET, timestamp, posted.raw, given, float(timestamp))
    again = ask(asking, stop, unit_id="P7", command_id="ask-plate-1")
    assert again.json()["answer"] == ANSWER
    assert sum(p.body["id"] == posted.body["id"] for p in asking.service.posted) == 1
    for login in ("dana", "crew-p7"):
        assert [q["answer"] for q in read(asking, login, stop)] == [ANSWER]
    for login in ("dirk", "sven", "crew-e12"):
        assert read(asking, login, stop) == []


def test_no_word_of_it_reaches_log_boards_streams_or_others(asking: Asking, stop: str) -> None:
    answers(asking, ANSWER)
    assert ask(asking, stop, unit_id="P7").status_code == 201
    with asking.hub.parts.hub.engine.connect() as connection:
        for table in ("event", "event_private", "command", "incident", "kept_board", "due"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                assert not any(taint in str(tuple(row)) for taint in TAINTS), table
    logins = ("dana", "dirk", "sven", "cato", "ashby-desk", "crew-e12", "crew-p7", "mayor-b")
    for login in (*logins, "audrey", "hugo"):
        page = asking.hub.desk(login).get("/snapshot").text
        assert not any(taint in page for taint in TAINTS), login
    for login in ("mayor-b", "audrey", "cato", "hugo"):
        answer = asking.hub.desk(login).get(f"/incidents/{stop}/queries")
        assert answer.status_code == 403, login


def test_the_log_says_who_asked_what_kind_for_what_and_that_an_answer_came(
    asking: Asking, stop: str
) -> None:
    answers(asking, ANSWER)
    query_id = ask(asking, stop).json()["query"]["id"]
    with asking.hub.parts.hub.engine.connect() as connection:
        bodies = [logged.event.body for logged in read_events(connection, 0, 100_000)]
    asked = next(b for b in bodies if isinstance(b, QueryAsked) and b.query.id == query_id)
    ended = next(b for b in bodies if isinstance(b, QueryEnded) and b.query_id == query_id)
    assert (asked.query.asked_by, asked.query.what) == (ended.asked_by, "plate")
    assert (asked.query.purpose, ended.ended) == ("traffic_stop", "answered")


def test_failures_and_silence_are_said(
    asking: Asking, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raw, status, why in (
        (b"{}", 500, "answered 500"),
        (b"<html>", 200, "not in the agreed form"),
        (orjson.dumps({"found": True, "lines": ["x" * 300] * 5}), 200, "too large"),
    ):
        answers(asking, raw, status)
        said = ask(asking, stop).json()
        assert (said["ended"], why in said["why"], said["answer"]) == ("failed", True, None)
    queries = asking.hub.parts.queries
    soon = queries._settings.model_copy(update={"query_within_s": 3.0})
    monkeypatch.setattr(queries, "_settings", soon)
    asking.service.delay_s = 5.0
    answers(asking, ANSWER)
    assert ask(asking, stop).json()["ended"] == "timed_out"


def test_only_the_law_asks_and_only_about_its_part(asking: Asking, stop: str) -> None:
    assert ask(asking, stop, what="warrant").json()["code"] == "queries_off"
    assert ask(asking, stop, purpose="curiosity").status_code == 422
    assert ask(asking, stop, unit_id="E12").status_code == 422
    assert ask(asking, "none").status_code == 404
    assert ask(asking, stop, "crew-e12").status_code in (403, 404)
    assert ask(asking, stop, "cato").status_code == 403
    assert ask(asking, stop, "mayor-b").status_code == 403
    answers(asking, ANSWER)
    officer = ask(asking, stop, "crew-p7")
    assert officer.status_code == 201, officer.text
    assert officer.json()["query"]["unit_id"] == "P7"


def test_an_answer_is_gone_after_its_time_and_from_the_unit_when_it_is_clear(
    asking: Asking, stop: str
) -> None:
    answers(asking, ANSWER)
    assert ask(asking, stop, unit_id="P7").status_code == 201
    hub = asking.hub
    live = hub.parts.follower.board.live_of_unit("P7")
    assert live is not None
    path = f"/assignments/{live.id}/status"
    assert hub.desk("dana").give(path, {"status": "cleared"}).status_code == 200
    assert read(asking, "crew-p7", stop) == []
    assert len(read(asking, "dana", stop)) == 1
    engine = hub.parts.hub.engine
    assert QueryPurger(hub.parts.hub, lambda: True).step() == 0
    with engine.connect() as fresh, fresh.execution_options(writing=True).begin():
        assert drop_queries(fresh, database_now(fresh) + timedelta(days=2)) >= 1
    assert read(asking, "dana", stop) == []


def test_earlier_answers_are_listed_to_their_asker_as_long_as_they_are_kept(
    asking: Asking, stop: str
) -> None:
    def mine(login: str) -> list[str]:
        answer = asking.hub.desk(login).get("/queries")
        assert answer.status_code == 200, answer.text
        assert answer.json()["kinds"] == ["plate"]
        return [q["query"]["id"] for q in answer.json()["queries"]]

    asked = []
    for login in ("dana", "dana", "crew-p7"):
        answers(asking, ANSWER)
        asked.append(ask(asking, stop, login, unit_id="P7").json()["query"]["id"])
    assert mine("dana")[:2] == [asked[1], asked[0]]
    assert asked[2] not in mine("dana")
    assert mine("crew-p7") == [asked[2]]
    assert not set(asked) & {*mine("dirk"), *mine("sven"), *mine("crew-e12")}
    for login in ("mayor-b", "audrey", "cato", "hugo"):
        assert asking.hub.desk(login).get("/queries").status_code == 403, login
    live = asking.hub.parts.follower.board.live_of_unit("P7")
    assert live is not None
    path = f"/assignments/{live.id}/status"
    assert asking.hub.desk("dana").give(path, {"status": "cleared"}).status_code == 200
    assert mine("crew-p7") == []
    engine = asking.hub.parts.hub.engine
    with engine.connect() as fresh, fresh.execution_options(writing=True).begin():
        drop_queries(fresh, database_now(fresh) + timedelta(days=2))
    assert mine("dana") == []


def test_a_service_is_named_over_https_and_with_a_secret() -> None:
    for wrong in (
        {"query_services": {"plate": "http://cji.example/"}, "query_secret": SECRET},
        {"query_services": {"plate": "https://cji.example/"}, "query_secret": "short"},
        {"query_services": {"dna": "https://cji.example/"}, "query_secret": SECRET},
    ):
        with pytest.raises(ValidationError):
            QuerySettings.model_validate(wrong)
    away = QuerySettings(
        query_services={"plate": "https://cji.example/"}, query_secret=SecretStr(SECRET)
    )
    with pytest.raises(ValidationError):
        HubSettings(training=True, queries=away)
