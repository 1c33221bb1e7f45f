"""What the hub cannot do although its heart beats: consoles are told, and its health says so."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import delete, insert, update

from dispatch.domain.errors import StorageFull
from dispatch.domain.number_limits import LOG_LIMIT, is_near
from dispatch.realtime import due_watch
from dispatch.services.hub import Untaken
from dispatch.settings import HubSettings, ServerSettings
from dispatch.store import tables as t
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from dispatch.store.unit_of_work import Outcome
from tests.api.conftest import CALL, PASSWORD, make_settings
from tests.api.test_stream import Console, Server
from tests.factories import NOON
from tests.fault.hub_child import wait_until
from tests.hub_factories import make_people, make_region
from tests.servers import free_port


@pytest.fixture
def settings(tmp_path: Path) -> HubSettings:
    """Of a hub that never leads: nobody deals with what falls due."""
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    migrate(url)
    engine = make_engine(url)
    make_region(engine)
    make_people(engine, PASSWORD)
    engine.dispose()
    server = ServerSettings(port=free_port(), console_dir=tmp_path / "console")
    return make_settings(tmp_path, url, server=server, leads=False)


@pytest.fixture
def server(settings: HubSettings) -> Iterator[Server]:
    running = Server(settings)
    running.start()
    yield running
    running.stop()


def beat(console: Console, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The next heartbeat that says what is wanted."""
    while not wanted(found := console.until("heartbeat")):
        pass
    return found


def leader_is_ok(server: Server) -> bool:
    answer = httpx2.get(f"http://{server.address}/api/v1/health", timeout=30)
    return bool(answer.json()["parts"]["leader"]["ok"])


def test_consoles_are_told_when_nobody_deals_with_what_falls_due(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due_watch, "LOUD_AFTER_S", 0.1)
    engine = server.app.state.parts.hub.engine
    due = {"id": 1, "at": NOON, "kind": "unacknowledged", "ref": "a1"}
    with server.console(server.token("dana")) as console:
        assert beat(console, lambda _: True)["unwatched_s"] == 0
        assert leader_is_ok(server)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(insert(t.due).values(**due))
        beat(console, lambda found: found["unwatched_s"] > 0)
        wait_until(lambda: not leader_is_ok(server), 90, "its health does not tell of it")
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(delete(t.due))
        beat(console, lambda found: found["unwatched_s"] == 0)


def test_consoles_are_told_when_less_is_taken_than_was_offered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = server.app.state.parts.hub.writer

    def refuse(*_: object) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        future.set_exception(StorageFull())
        return future

    dana = server.token("dana")
    with server.console(dana) as console:
        assert beat(console, lambda _: True)["untaken"] == 0
        with monkeypatch.context() as broken:
            broken.setattr(writer, "submit", refuse)
            answer = server.post("/calls", {**CALL, "command_id": uuid.uuid4().hex}, dana)
        assert answer.status_code == 503
        beat(console, lambda found: found["untaken"] == 1)
        nonsense = {**CALL, "command_id": uuid.uuid4().hex, "incident_type": "NO-SUCH-TYPE"}
        assert server.post("/calls", nonsense, dana).status_code in (404, 409, 422)
        assert beat(console, lambda _: True)["untaken"] == 1, "what a rule refuses was taken"


def test_a_number_is_told_at_four_fifths_of_what_can_hold_it(server: Server) -> None:
    engine = server.app.state.parts.hub.engine

    def numbers() -> dict[str, Any]:
        answer = httpx2.get(f"http://{server.address}/api/v1/health", timeout=30)
        told: dict[str, Any] = answer.json()["parts"]["numbers"]
        return told

    server.call(server.token("cato"))
    assert numbers()["ok"]
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(update(t.counter).values(number=int(0.81 * (2**63 - 1))))
    wait_until(lambda: not numbers()["ok"], 90, "nobody is told that a counter runs out")
    assert is_near(int(0.81 * LOG_LIMIT), LOG_LIMIT)
    assert not is_near(2**31, LOG_LIMIT)


def test_what_was_not_taken_is_told_for_a_minute() -> None:
    now_s = 100.0
    untaken = Untaken(lambda: now_s)
    untaken.note()
    now_s = 130.0
    untaken.note()
    assert untaken.lately() == 2
    now_s = 161.0
    assert untaken.lately() == 1
    now_s = 191.0
    assert untaken.lately() == 0
