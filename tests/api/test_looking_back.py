"""What did this console know at 21:04: the board of then, and what it had received, on both."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select
from starlette.testclient import WebSocketTestSession
from typer.testing import CliRunner

from dispatch.cli import app as cli
from dispatch.domain.board import Board, BoardSnapshot
from dispatch.domain.events import Event, RecordRead
from dispatch.domain.looking_back import ConsoleLink
from dispatch.domain.unit import Fix
from dispatch.services.board_keeper import BoardKeeper
from dispatch.services.fix_keeper import FixKeeper
from dispatch.store import tables as t
from dispatch.store.event_log import read_events
from dispatch.store.kept_boards import board_of, last_kept, nearest_board, seq_at
from dispatch.store.kept_fixes import drop_kept_fixes, fixes_at, kept_since, kept_then
from dispatch.store.receipts import drop_receipts, save_links
from geodata.lonlat import LonLat
from tests.api.conftest import PASSWORD, RunningHub


@contextmanager
def console(hub: RunningHub, login: str) -> Iterator[tuple[WebSocketTestSession, str, int]]:
    """A console on the stream: its socket, its session, and the number it began with."""
    opened = hub.client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
    with hub.client.websocket_connect("/api/v1/stream") as socket:
        socket.send_text(orjson.dumps({"type": "hello", "token": opened.json()["token"]}).decode())
        first = orjson.loads(socket.receive_text())
        assert first["type"] == "snapshot"
        yield socket, opened.json()["session_id"], first["seq"]


def take_and_acknowledge(
    hub: RunningHub, socket: WebSocketTestSession, session: str, seq: int
) -> None:
    """Take messages up to an event, say so, and wait until the hub has heard it."""
    while orjson.loads(socket.receive_text()).get("seq", 0) < seq:
        pass
    acknowledge(hub, socket, session, seq)


def acknowledge(hub: RunningHub, socket: WebSocketTestSession, session: str, seq: int) -> None:
    """Say what the console has, and wait until the hub has heard it."""
    socket.send_text(orjson.dumps({"type": "ack", "seq": seq}).decode())
    for _ in range(200):
        now = hub.parts.hub.now().isoformat()
        if of_session(look(hub, at=now), session)["acked"] >= seq:
            return
    raise AssertionError("the acknowledgement was not heard")


def look(hub: RunningHub, login: str = "sven", **params: Any) -> dict[str, Any]:
    answer = hub.desk(login).get("/look-back", **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def of_session(found: dict[str, Any], session: str) -> dict[str, Any]:
    (one,) = (c for c in found["consoles"] if c["link"]["session_id"] == session)
    return dict(one)


def test_a_console_knew_what_it_had_acknowledged_and_no_more(hub: RunningHub) -> None:
    before = hub.call()
    with console(hub, "dana") as (socket, session, _):
        acknowledge(hub, socket, session, before["seq"])
        after = hub.call()
        head = hub.parts.follower.board.seq
        found = look(hub, seq=head)
        assert found["at_seq"] == found["as_of_seq"] == head
        incidents = {i["id"] for i in found["board"]["incidents"]}
        assert {before["incident_id"], after["incident_id"]} <= incidents
        then = of_session(found, session)
        assert (then["acked"], then["connected"]) == (before["seq"], True)
        lists = then["under_way"] + then["unsent"] + then["unknown"]
        lacked = {e["body"]["kind"] for e in lists}
        assert {"call.received", "incident.created"} <= lacked

        theirs = look(hub, seq=head, console=session)
        assert theirs["as_of_seq"] == before["seq"]
        known = {i["id"] for i in theirs["board"]["incidents"]}
        assert before["incident_id"] in known
        assert after["incident_id"] not in known

        take_and_acknowledge(hub, socket, session, after["seq"])
        now = look(hub, at=hub.parts.hub.now().isoformat())
        assert of_session(now, session)["acked"] == after["seq"]
    left = of_session(look(hub, at=hub.parts.hub.now().isoformat()), session)
    assert (left["connected"], left["acked"]) == (False, after["seq"])


def test_looking_back_shows_no_more_than_the_viewer_may_see_now(hub: RunningHub) -> None:
    made = hub.call(callback="555-0177", caller_name="Grace")
    seq = made["seq"]
    assert "555-0177" in str(look(hub, "sven", seq=seq))
    audited = look(hub, "audrey", seq=seq)
    assert made["incident_id"] in str(audited)
    assert "555-0177" not in str(audited)
    assert "Grace" not in str(audited)
    for login in ("dana", "cato", "mayor-a", "crew-p7"):
        assert hub.desk(login).get("/look-back", seq=seq).status_code == 403, login


def test_that_somebody_looked_stands_in_the_log_once_a_minute_that_was_looked_at(
    hub: RunningHub,
) -> None:
    def looks() -> list[Event]:
        with hub.parts.hub.engine.connect() as connection:
            events = [logged.event for logged in read_events(connection, 0, 5_000)]
        return [e for e in events if isinstance(e.body, RecordRead)]

    seq = hub.call()["seq"]
    look(hub, "audrey", seq=seq)
    before = looks()
    look(hub, "audrey", seq=seq)
    assert looks() == before
    mine = [event for event in before if event.actor == hub.desk("audrey").session["account"]["id"]]
    assert mine
    assert mine[0].audience == ()
    assert mine[0].private["about"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, 422),
        ({"seq": 1, "at": "2026-01-01T00:00:00Z"}, 422),
        ({"seq": 10**9}, 422),
        ({"at": "2999-01-01T00:00:00Z"}, 422),
        ({"at": "2000-01-01T00:00:00Z"}, 422),
        ({"seq": 1, "console": "nobody"}, 404),
    ],
)
def test_what_cannot_be_looked_at_is_refused(
    hub: RunningHub, params: dict[str, Any], code: int
) -> None:
    answer = hub.desk("sven").get("/look-back", **params)
    assert answer.status_code == code, answer.text


def test_a_board_from_a_kept_one_is_the_board_that_stands(hub: RunningHub) -> None:
    hub.call(callback="555-0166")
    keeper = BoardKeeper(hub.parts.hub, lambda: True, 1)

    async def keep() -> bool:
        return await keeper.step()

    async def standing() -> tuple[int, BoardSnapshot]:
        board = hub.parts.follower.board
        return board.seq, board.snapshot()

    assert hub.client.portal.call(keep)  # type: ignore[union-attr]
    hub.call()
    seq, stands = hub.client.portal.call(standing)  # type: ignore[union-attr]
    engine: Engine = hub.parts.hub.engine
    with engine.connect() as connection, connection.begin():
        # The leader may have kept one since, too.
        kept = max(n for n in connection.scalars(select(t.kept_board.c.seq)) if n <= seq)
        assert last_kept(connection) >= kept > 0
        docs = connection.scalars(select(t.kept_board.c.doc)).all()
        assert all(b"555-0166" not in zlib.decompress(doc) for doc in docs)
        assert nearest_board(connection, seq).seq == kept
        again = board_of(connection, nearest_board(connection, seq), seq).snapshot()
        from_zero = board_of(connection, Board(), seq).snapshot()
    assert again == stands
    assert from_zero == stands


def test_the_last_event_of_an_instant_is_found_without_an_index(hub: RunningHub) -> None:
    hub.call()
    with hub.parts.hub.engine.connect() as connection:
        rows = connection.execute(select(t.event.c.seq, t.event.c.at).order_by(t.event.c.seq)).all()
        for row in rows[:: max(1, len(rows) // 20)]:
            last = max(other.seq for other in rows if other.at <= row.at)
            assert seq_at(connection, row.at) == last
        assert seq_at(connection, rows[0].at - timedelta(days=1)) == 0


def test_receipts_older_than_they_are_kept_are_deleted(hub: RunningHub) -> None:
    with console(hub, "dana") as (socket, _session, seq):
        socket.send_text(orjson.dumps({"type": "ack", "seq": seq}).decode())
        look(hub, seq=seq)
    now = hub.parts.hub.now()
    writing = hub.parts.hub.engine.connect().execution_options(writing=True)
    with writing as connection, connection.begin():
        assert drop_receipts(connection, now - timedelta(days=1)) == 0
        assert drop_receipts(connection, now + timedelta(hours=1)) > 0


def test_a_log_without_a_kept_board_near_says_so(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.call()
    # The leader may keep a board at any moment, also at the very event that is looked at.
    monkeypatch.setattr("dispatch.services.looking_back.FOLD_MOST", -1)
    answer = hub.desk("sven").get("/look-back", seq=hub.parts.follower.board.seq)
    assert (answer.status_code, answer.json()["code"]) == (404, "history_not_kept")


def test_a_hub_that_was_killed_leaves_unknown_what_it_sent_to_the_last(hub: RunningHub) -> None:
    """Of another process's console: nobody ended its connection, and it was seen a while ago."""
    seq = hub.call()["seq"]
    now = hub.parts.hub.now()
    link = ConsoleLink(
        id="of-a-killed-hub",
        session_id="killed",
        account_id="dana",
        name="Dana",
        role="dispatcher",
        agencies=("*",),
        profile="full",
        began_at=now - timedelta(minutes=5),
        began_with=seq,
        held=seq,
    )
    writing = hub.parts.hub.engine.connect().execution_options(writing=True)
    with writing as connection, connection.begin():
        save_links(connection, [link], now - timedelta(seconds=90))
    after = hub.call()["seq"]
    then = of_session(look(hub, at=hub.parts.hub.now().isoformat()), "killed")
    assert (then["link"]["ended"], then["sent_most"]) == ("unseen", None)
    assert then["known_until"] == then["link"]["ended_at"]
    assert then["unsent"] == []
    assert after in {event["seq"] for event in then["unknown"]}


def test_looks_by_the_command_line_stand_in_the_log_too(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = hub.call()["seq"]
    engine = hub.parts.hub.engine
    monkeypatch.setattr("dispatch.cli.audit.open_database", lambda settings: engine)
    monkeypatch.setattr("getpass.getuser", lambda: "grace")
    done = CliRunner().invoke(cli, ["audit", "board", "--seq", str(seq), "--json"])
    assert done.exit_code == 0, done.output
    assert orjson.loads(done.stdout.splitlines()[-1])["seq"] == seq
    with engine.connect() as connection:
        events = [logged.event for logged in read_events(connection, seq, 5_000)]
    looks = [e for e in events if isinstance(e.body, RecordRead) and e.actor == "hub-audit"]
    assert looks
    assert looks[-1].private["about"].endswith("by grace")


def test_where_units_were_is_what_stood_at_the_instant_for_whom_may_see_it(hub: RunningHub) -> None:
    keeper = FixKeeper(hub.parts.hub, lambda: True, "test", 30)
    now = hub.parts.hub.now()
    places = {-300: LonLat(9.50, 47.10), -60: LonLat(9.51, 47.11), -1: LonLat(9.52, 47.12)}
    for after_s, at in places.items():
        received_at = now + timedelta(seconds=after_s)
        fix = Fix(
            unit_id="E12",
            at=at,
            received_at=received_at,
            heading_deg=90,
            speed_mps=12.5,
            source="tablet",
        )
        keeper.book.take([fix], received_at)

    async def save() -> None:
        await keeper.save()

    hub.client.portal.call(save)  # type: ignore[union-attr]
    hub.call()

    def then(after_s: float, login: str = "sven") -> dict[str, Any]:
        found = look(hub, login, at=(now + timedelta(seconds=after_s)).isoformat())
        return {fix["unit_id"]: fix for fix in found["fixes"]}

    engine = hub.parts.hub.engine
    with engine.connect() as connection:
        before = fixes_at(connection, ["E12"], now - timedelta(seconds=301))
        (exact,) = fixes_at(connection, ["E12"], now - timedelta(seconds=300))
        (between,) = fixes_at(connection, ["E12"], now - timedelta(seconds=59))
        assert before == []
        assert abs((exact.received_at - now).total_seconds() + 300) < 0.01
        assert (between.at, between.speed_mps, between.source) == (places[-60], 12.5, "tablet")
        since = kept_since(connection)
        assert since is not None
        assert since <= now - timedelta(seconds=240)
        assert not kept_then(connection, now - timedelta(days=1))
    last = then(0)["E12"]
    assert last["at"] == list(places[-1])
    assert "E12" in then(0, "audrey")

    writing = engine.connect().execution_options(writing=True)
    with writing as connection, connection.begin():
        assert drop_kept_fixes(connection, now - timedelta(seconds=120)) > 0
        assert fixes_at(connection, ["E12"], now - timedelta(seconds=200)) == []
