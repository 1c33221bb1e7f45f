"""A running hub on each database, its people, and the watchers that hold streams to the board."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from dispatch.domain.board import Board
from dispatch.main import create_app
from dispatch.settings import (
    EidoSettings,
    HubSettings,
    ProtocolSettings,
    RoadsSettings,
    ServerSettings,
    SessionSettings,
    StorageSettings,
    StreamSettings,
)
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from tests.hub_factories import WEST_PORT, FakeRoads, make_people, make_region
from tests.stream_watch import Watch

PASSWORD = "correct horse battery"
T = TypeVar("T")


def make_settings(data_dir: Path, database_url: str, **over: Any) -> HubSettings:
    """Settings of a hub in a folder of its own, without a roads process."""
    if not over.get("training"):  # a training hub reaches nobody
        over |= {
            "eido": EidoSettings(
                eido_domain="hub.example",
                eido_gather_s=0.2,
                eido_within_s=20.0,
                eido_centres={f"http://127.0.0.1:{WEST_PORT}": SecretStr("token-of-west")},
            ),
            "protocols": ProtocolSettings(protocol_origins=("https://cards.example", "cards:")),
        }
    return HubSettings(
        storage=StorageSettings(data_dir=data_dir, database_url=database_url, redis_url=""),
        server=over.pop("server", ServerSettings(console_dir=data_dir / "console")),
        sessions=SessionSettings(),
        stream=over.pop("stream", StreamSettings(hello_s=60.0, ack_lag_s=60.0)),
        roads=RoadsSettings(roads_supervise=False),
        **over,
    )


@pytest.fixture(params=["sqlite", "postgis"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.sqlite'}"
    fresh = request.getfixturevalue("postgis").fresh_database()
    assert isinstance(fresh, str)
    return fresh


class Desk:
    """Somebody at work: a client with a token, which holds the streams to the board each time."""

    def __init__(self, client: TestClient, login: str, watch: Watch) -> None:
        self._client = client
        self._watch = watch
        answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.session = answer.json()
        self.token = self.session["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **params: Any) -> httpx2.Response:
        return self._client.get(f"/api/v1{path}", params=params, headers=self.headers)

    def give(
        self, path: str, body: dict[str, Any] | None = None, method: str = "POST"
    ) -> httpx2.Response:
        """Give a command with a fresh id, then look whether every stream tells the same."""
        sent = {"command_id": uuid.uuid4().hex, **(body or {})}
        answer = self._client.request(method, f"/api/v1{path}", json=sent, headers=self.headers)
        self._watch.verify()
        return answer

    def delete(self, path: str) -> httpx2.Response:
        answer = self._client.delete(
            f"/api/v1{path}", params={"command_id": uuid.uuid4().hex}, headers=self.headers
        )
        self._watch.verify()
        return answer


class RunningHub:
    """A hub in this process, with desks by sign-in name."""

    def __init__(self, client: TestClient, settings: HubSettings) -> None:
        self.client = client
        self.settings = settings
        self.parts = client.app.state.parts  # type: ignore[attr-defined]  # set by its life span
        self.roads = FakeRoads(lambda: self.parts.follower.board)
        self.parts.hub.roads = self.roads
        self.watch = Watch(client, self.parts)
        self._desks: dict[str, Desk] = {}

    def desk(self, login: str) -> Desk:
        if login not in self._desks:
            self._desks[login] = Desk(self.client, login, self.watch)
        return self._desks[login]

    def read(self, look: Callable[[Board], T]) -> T:
        """What the board says, between two commands: the board's own loop looks, in no middle."""
        portal = self.client.portal
        assert portal is not None
        return portal.call(lambda: look(self.parts.follower.board))

    def call(self, **over: Any) -> dict[str, Any]:
        """A call with place and type, taken by the call-taker: what was answered."""
        answer = self.desk("cato").give("/calls", {**CALL, **over})
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken


CALL: dict[str, Any] = {
    "callback": "555-0100",
    "caller_name": "Ada Example",
    "said": "by the old mill",
    "place": {"at": [9.5066, 47.1045], "address": "14 Mill Rd", "verified": True},
    "incident_type": "FIRE",
    "note": "smoke from the roof",
}


@pytest.fixture(scope="session", params=["sqlite", "postgis"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a migrated database of either kind with a region and people in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('hub') / 'hub.sqlite'}"
    else:
        url = request.getfixturevalue("postgis").fresh_database()
    migrate(url)
    engine = make_engine(url)
    make_region(engine)
    make_people(engine, PASSWORD)
    engine.dispose()
    return str(url)


@pytest.fixture(scope="module")
def hub(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A running hub; the tests of a module share it, each with incidents of its own."""
    settings = make_settings(tmp_path_factory.mktemp("data"), database)
    with TestClient(create_app(settings)) as client:
        running = RunningHub(client, settings)
        yield running
        running.watch.verify()


@pytest.fixture(autouse=True)
def time_to_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ten seconds are held to in ``unit/test_undoing.py``; a busy machine takes longer here."""
    monkeypatch.setattr("dispatch.domain.undoing.UNDO_WITHIN_S", 120.0)


@pytest.fixture(autouse=True)
def time_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence grows loud late here: ``unit/test_delivery.py`` holds the rule to its 15 seconds."""
    for module in ("delivery", "place_corrections"):
        monkeypatch.setattr(f"dispatch.domain.{module}.DEFAULT_LIMIT_S", 600.0)


@pytest.fixture(autouse=True)
def time_to_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command was answered with is on the board that is read next, on a busy machine too.

    The usual wait is held to in ``test_access.py``.
    """
    monkeypatch.setattr("dispatch.api.parts.MIN_SEQ_WAIT_S", 60.0)


@pytest.fixture(autouse=True)
def units_free_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test no unit is on an incident, so that the next one finds them all."""
    yield
    if "hub" not in request.fixturenames:
        return
    running: RunningHub = request.getfixturevalue("hub")
    for assignment in running.read(lambda board: list(board.assignments.values())):
        if assignment.live:
            path = f"/assignments/{assignment.id}/status"
            answer = running.desk("dana").give(path, {"status": "cleared"})
            assert answer.status_code == 200, answer.text
