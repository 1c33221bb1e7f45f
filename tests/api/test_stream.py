"""The stream over real sockets: a real server with shared frames, on both databases."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from dispatch.domain.board import BoardSnapshot, apply, board_from
from dispatch.domain.events import Event
from dispatch.domain.presence import Presence
from dispatch.main import create_app, server_of
from dispatch.services.accounts import create_account
from dispatch.settings import HubSettings, ServerSettings, StreamSettings
from dispatch.store import tables as t
from dispatch.store.engine import make_engine
from dispatch.store.presence import read_presence, save_presence
from tests.api.conftest import CALL, PASSWORD, RunningHub, make_settings
from tests.servers import free_port

V1 = "/api/v1"


class Server:
    """A hub behind uvicorn in a thread, as ``hub serve`` runs it."""

    def __init__(self, settings: HubSettings) -> None:
        self.settings = settings
        self.address = f"127.0.0.1:{settings.server.port}"
        self.app = create_app(settings)
        self._server = server_of(self.app, settings)
        self._thread = threading.Thread(target=self._server.run, name="server", daemon=True)

    def start(self) -> None:
        self._thread.start()
        until = time.monotonic() + 90
        while not self._server.started:
            assert self._thread.is_alive()
            assert time.monotonic() < until
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(60)
        assert not self._thread.is_alive()

    def post(self, path: str, body: dict[str, Any], token: str | None = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.post(
            f"http://{self.address}{V1}{path}", json=body, headers=headers, timeout=60
        )

    def token(self, login: str) -> str:
        answer = self.post("/sessions", {"login": login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def call(self, token: str) -> dict[str, Any]:
        answer = self.post("/calls", {**CALL, "command_id": uuid.uuid4().hex}, token)
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    @contextmanager
    def console(self, token: str, **hello: Any) -> Iterator[Console]:
        with connect(f"ws://{self.address}{V1}/stream", max_size=None, open_timeout=60) as link:
            link.send(orjson.dumps({"type": "hello", "token": token, **hello}).decode())
            yield Console(link)


class Console:
    """Takes messages as the console does and holds them to the chain."""

    def __init__(self, link: ClientConnection) -> None:
        self.link = link
        self.messages: list[dict[str, Any]] = []

    def next(self, within_s: float = 90.0) -> dict[str, Any]:
        message: dict[str, Any] = orjson.loads(self.link.recv(timeout=within_s))
        self.messages.append(message)
        if message["type"] == "event":  # whoever acknowledges nothing for ten seconds is cut
            with suppress(ConnectionClosed):
                self.link.send(orjson.dumps({"type": "ack", "seq": message["seq"]}).decode())
        return message

    def until_seq(self, seq: int) -> None:
        """Read until the console has the event of this number."""
        while not any(m["type"] == "event" and m["seq"] >= seq for m in self.messages):
            self.next()

    def until(self, kind: str) -> dict[str, Any]:
        while (message := self.next())["type"] != kind:
            pass
        return message

    @property
    def events(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == "event"]


@pytest.fixture
def settings(database: str, tmp_path: Path) -> HubSettings:
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles" / "region-1.pmtiles").write_bytes(bytes(range(200)))
    (tmp_path / "console" / "assets").mkdir(parents=True)
    (tmp_path / "console" / "index.html").write_text("<title>console</title>")
    (tmp_path / "console" / "assets" / "a.js").write_text("1;")
    return make_settings(
        tmp_path,
        database,
        server=ServerSettings(port=free_port(), console_dir=tmp_path / "console"),
        stream=StreamSettings(hello_s=60.0, ack_lag_s=60.0),
    )


@pytest.fixture
def server(settings: HubSettings) -> Iterator[Server]:
    running = Server(settings)
    running.start()
    yield running
    running.stop()


def test_a_call_is_on_another_console_in_a_chain_without_gap(server: Server) -> None:
    token = server.token("dana")
    with server.console(token) as console:
        snapshot = console.next()
        assert snapshot["type"] == "snapshot"
        taken = server.call(token)
        console.until_seq(taken["seq"])
        assert console.events[0]["prev"] == snapshot["seq"]
        assert [m["prev"] for m in console.events[1:]] == [m["seq"] for m in console.events[:-1]]
        # The hub speaks for itself, too, of what was open when it started.
        ids = {taken["call_id"], taken["incident_id"]}
        bodies = [m["event"]["body"] for m in console.events]
        told = [body["kind"] for body in bodies if any(one in str(body) for one in ids)]
        of_the_call = [kind for kind in told if kind != "recommendation.made"]
        assert of_the_call == ["call.received", "incident.created", "incident.note_added"]
        beat = console.until("heartbeat")
        assert beat["head"] >= taken["seq"]


def test_the_frames_are_plain_and_not_deflated(server: Server) -> None:
    with server.console(server.token("dana")) as console:
        console.next()
        assert console.link.protocol.extensions == []


def test_a_program_goes_on_by_the_stream_from_the_snapshot_that_it_read(server: Server) -> None:
    token = server.token("dana")
    headers = {"Authorization": f"Bearer {token}"}
    url = f"http://{server.address}{V1}/snapshot"
    read = httpx2.get(url, headers=headers, timeout=60).json()
    with server.console(token, epoch=read["epoch"], since=read["seq"]) as console:
        assert console.next()["type"] == "resumed"


def test_a_console_resumes_from_the_ring_and_from_the_log_after_a_restart(
    settings: HubSettings,
) -> None:
    first = Server(settings)
    first.start()
    token = first.token("dana")
    with first.console(token) as whole:
        snapshot = whole.next()
        one = first.call(token)
        whole.until_seq(one["seq"])
        since = whole.events[0]["seq"]
        with first.console(token, epoch=snapshot["epoch"], since=since) as resumed:
            assert resumed.next() == {"type": "resumed", "epoch": snapshot["epoch"], "seq": since}
            resumed.until_seq(one["seq"])
            assert resumed.events == whole.events[1 : 1 + len(resumed.events)]
        two = first.call(token)
    first.stop()
    again = Server(settings)
    again.start()
    try:
        with again.console(token, epoch=snapshot["epoch"], since=since) as back:
            assert back.next()["type"] == "resumed"
            three = again.call(token)
            back.until_seq(three["seq"])
            seqs = [m["seq"] for m in back.events]
            assert seqs == sorted(set(seqs))
            assert seqs[0] == whole.events[1]["seq"]
            assert {one["seq"], two["seq"], three["seq"]} <= set(seqs)
            board = board_from(BoardSnapshot.model_validate(snapshot["board"]), snapshot["seq"])
            apply(board, Event.model_validate(whole.events[0]["event"]))
            with again.console(token) as fresh:
                now = fresh.next()
            until_quiet(back)
            for message in back.events:
                if message["seq"] <= now["seq"]:
                    apply(board, Event.model_validate(message["event"]))
            assert board.snapshot() == BoardSnapshot.model_validate(now["board"])
    finally:
        again.stop()


def until_quiet(console: Console) -> None:
    """Read up to the second heartbeat from now."""
    console.until("heartbeat")
    console.until("heartbeat")


def test_a_console_of_another_history_or_from_the_future_gets_a_snapshot(server: Server) -> None:
    token = server.token("dana")
    with server.console(token, epoch="another", since=1) as console:
        assert console.next()["type"] == "snapshot"
    with server.console(token, epoch=console.messages[0]["epoch"], since=10_000_000) as console:
        assert console.next()["type"] == "snapshot"


def test_a_second_hello_begins_again_with_a_snapshot(server: Server) -> None:
    token = server.token("dana")
    with server.console(token) as console:
        console.next()
        console.link.send(orjson.dumps({"type": "hello", "token": token}).decode())
        assert console.until("snapshot")["board"]["units"]


def test_another_agency_hears_nothing_of_a_call(server: Server) -> None:
    with server.console(server.token("crew-p7")) as foreign:
        before = foreign.next()
        assert {unit["agency_id"] for unit in before["board"]["units"]} == {"law-b"}
        taken = server.call(server.token("cato"))
        beat = foreign.until("heartbeat")
        while beat["head"] < taken["seq"]:
            beat = foreign.until("heartbeat")
        assert foreign.events == []
        assert beat["seq"] == before["seq"]
        assert "555-0100" not in str(foreign.messages)


def closed(console: Console) -> tuple[int, list[dict[str, Any]]]:
    """The close code, and what came before it."""
    while True:
        try:
            console.next()
        except ConnectionClosed:
            return console.link.protocol.close_code or 0, console.messages


def test_signing_out_closes_the_sessions_streams_within_two_seconds(server: Server) -> None:
    beats = []
    for _ in range(5):
        token = server.token("dirk")
        with server.console(token) as console:
            console.next()
            done = httpx2.delete(
                f"http://{server.address}{V1}/sessions/current",
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            )
            code, messages = closed(console)
        after = [m for m in messages if m["type"] == "heartbeat"]
        beats.append(sum(beat["head"] >= done.json()["seq"] for beat in after))
        assert code == 4401
        assert messages[-1]["problem"]["code"] == "not_signed_in"
        if beats[-1] <= 2:  # by the hub's own seconds
            return
    # The best of a few: a burst of another program's work is not the hub's slowness.
    raise AssertionError(beats)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"disabled": True}, 4401), ({"agency_id": "law-b"}, 4409), ({"role": "auditor"}, 4409)],
)
def test_a_stream_does_not_outlive_what_its_account_may_see(
    settings: HubSettings, server: Server, change: dict[str, Any], code: int
) -> None:
    engine = make_engine(settings.storage.database)
    login = f"moved-{uuid.uuid4().hex}"
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        create_account(
            connection,
            login=login,
            name="mo",
            role="dispatcher",
            agency_id="fire-a",
            password=PASSWORD,
        )
    token = server.token(login)
    with server.console(token) as console:
        before = console.next()
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(update(t.account).where(t.account.c.login == login).values(change))
        assert closed(console)[0] == code
    engine.dispose()
    if code == 4409:
        with server.console(token, epoch=before["epoch"], since=before["seq"]) as again:
            assert again.next()["type"] == "snapshot"


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ({"type": "hello", "token": "wrong"}, 4401),
        ({"type": "ack", "seq": 1}, 4422),
        ({"type": "dance"}, 4422),
    ],
)
def test_a_bad_beginning_is_answered_with_a_problem_and_closed(
    server: Server, first: dict[str, Any], status: int
) -> None:
    with connect(f"ws://{server.address}{V1}/stream", open_timeout=60) as link:
        link.send(orjson.dumps(first).decode())
        code, messages = closed(Console(link))
        assert code == status
        assert messages[-1]["type"] == "problem"


def test_whoever_says_nothing_is_not_waited_for(settings: HubSettings) -> None:
    soon = settings.stream.model_copy(update={"hello_s": 1.0})
    server = Server(settings.model_copy(update={"stream": soon}))
    server.start()
    try:
        with connect(f"ws://{server.address}{V1}/stream", open_timeout=60) as link:
            code, messages = closed(Console(link))
        assert code == 4422
        assert messages[-1]["type"] == "problem"
    finally:
        server.stop()


def test_a_page_of_another_origin_is_not_let_in(server: Server) -> None:
    address = f"ws://{server.address}{V1}/stream"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, origin=Origin("http://evil.example"), open_timeout=60)
    assert refused.value.response.status_code == 403
    token = server.token("dana")
    allowed = Origin(f"http://{server.address}")
    with connect(address, origin=allowed, open_timeout=60) as link:
        link.send(orjson.dumps({"type": "hello", "token": token}).decode())
        assert Console(link).next()["type"] == "snapshot"


def test_a_console_that_reads_nothing_is_cut_and_the_others_go_on(settings: HubSettings) -> None:
    small = settings.stream.model_copy(update={"queue_bytes": 16_000, "ack_lag_s": 5.0})
    server = Server(settings.model_copy(update={"stream": small}))
    server.start()
    try:
        token = server.token("dana")
        with (
            server.console(token) as healthy,
            connect(
                f"ws://{server.address}{V1}/stream",
                max_size=None,
                max_queue=1,
                open_timeout=60,
                close_timeout=0.2,
            ) as stalled,
        ):
            stalled.send(orjson.dumps({"type": "hello", "token": token}).decode())
            assert healthy.next()["type"] == "snapshot"
            until = time.monotonic() + 90
            cut = False
            while not cut and time.monotonic() < until:
                taken = server.call(token)
                healthy.until_seq(taken["seq"])
                healthy.link.send(orjson.dumps({"type": "ack", "seq": taken["seq"]}).decode())
                health = httpx2.get(f"http://{server.address}{V1}/health", timeout=60).json()
                counts = health["parts"]["stream"]
                cut = bool(counts.get("cut_ack") or counts.get("cut_queue"))
            assert cut
            healthy.until("heartbeat")
    finally:
        server.stop()


def test_the_same_stream_where_the_transport_is_out_of_reach(hub: RunningHub) -> None:
    dana = hub.desk("dana")
    with hub.client.websocket_connect(f"{V1}/stream") as link:
        link.send_json({"type": "hello", "token": dana.token})
        snapshot = link.receive_json()
        assert snapshot["type"] == "snapshot"
        taken = hub.call()
        message = link.receive_json()
        while message["type"] != "event":
            message = link.receive_json()
        assert message["prev"] == snapshot["seq"]
        assert message["seq"] <= taken["seq"]


def test_tiles_come_by_ranges_and_the_console_under_its_routes(server: Server) -> None:
    base = f"http://{server.address}"
    client = httpx2.Client(timeout=60)
    part = client.get(f"{base}/tiles/region-1.pmtiles", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert part.headers["content-range"] == "bytes 10-19/200"
    assert "immutable" in part.headers["cache-control"]
    for path in ("/", "/call", "/dispatch", "/unit", "/municipality"):
        page = client.get(f"{base}{path}")
        assert page.text == "<title>console</title>"
        assert page.headers["cache-control"] == "no-cache"
    script = client.get(f"{base}/assets/a.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert client.get(f"{base}/assets/b.js").status_code == 404
    assert client.get(f"{base}/..%2f..%2fhub.sqlite").status_code == 404
    assert client.get(f"{base}/a%00b").status_code == 404
    client.close()


def test_the_floor_sees_who_has_what_open(server: Server) -> None:
    tokens = {login: server.token(login) for login in ("dana", "cato", "crew-e12")}
    incident_id = server.call(tokens["cato"])["incident_id"]
    with (
        server.console(tokens["dana"]) as dana,
        server.console(tokens["cato"]) as cato,
        server.console(tokens["crew-e12"]) as crew,
    ):
        dana.until("snapshot")
        looking = {"type": "looking", "incident_id": incident_id, "typing": True}
        dana.link.send(orjson.dumps(looking).decode())
        until = time.monotonic() + 90
        seen: set[tuple[str | None, bool]] = set()
        while (incident_id, True) not in seen and time.monotonic() < until:
            people = cato.until("people")["people"]
            seen = {(person["incident_id"], person["typing"]) for person in people}
        assert (incident_id, True) in seen
        crew.until("heartbeat")
        crew.until("heartbeat")
        assert all(message["type"] != "people" for message in crew.messages)


def test_the_consoles_of_another_process_are_heard_of_and_go_with_it(hub: RunningHub) -> None:
    engine, now = hub.parts.hub.engine, hub.parts.hub.now()
    here = {
        "s-1": Presence(account_id="a1", name="Dana"),
        "s-2": Presence(account_id="a2", name="R"),
    }
    with engine.connect() as fresh:
        connection = fresh.execution_options(writing=True)
        with connection.begin():
            save_presence(connection, "one", here, now)
            save_presence(connection, "one", {"s-1": here["s-1"]}, now)
            assert not here.keys() & read_presence(connection, "one", now, 15.0).keys()
            found = read_presence(connection, "other", now, 15.0)
            assert {key: found[key] for key in here.keys() & found.keys()} == {"s-1": here["s-1"]}
            later = now + timedelta(seconds=16)
            assert read_presence(connection, "other", later, 15.0) == {}
