"""kill -9 of the hub while recorded calls come in: what was acknowledged stands, once, in order.

With the real calls of a region pack where the test data lies; else with those of a made-up county.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine

from dispatch.domain.board import Board, apply
from dispatch.domain.events import CallReceived, Event
from dispatch.services.audit import Anchors, verify_audit
from dispatch.services.loading import Places, load_pack
from dispatch.settings import StorageSettings
from dispatch.simulation.children import Child, Children
from dispatch.simulation.stage import wait_until_healthy
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.event_log import read_events
from dispatch.store.migrations import migrate
from geodata.synthetic.county import make_county
from tests.fault.hub_child import HUB, hub_environment, last_line, start_hub, wait_until
from tests.servers import free_port

CALLS = 240
KILLS = 4
REAL = "montco"
PATIENCE_S = 120.0
"""A restart takes longer on a busy machine; how long it may take is no matter of this test."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    real = Path(os.environ.get("HUB_TEST_DATA", beside)) / REAL
    if real.is_dir():
        return real
    folder = tmp_path_factory.mktemp("county")
    make_county(folder, seed=5, nodes=1500)
    return folder


@pytest.fixture(scope="module")
def engine(data_dir: Path, pack: Path) -> Iterator[Engine]:
    storage = StorageSettings(data_dir=data_dir)
    migrate(storage.database)
    made = make_engine(storage.database)
    load_pack(made, Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir), pack)
    yield made
    made.dispose()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def hub(data_dir: Path, engine: Engine, port: int) -> Iterator[Child]:
    """A hub that is started again whenever it ends."""
    children = Children()
    command = [*HUB, "serve"]
    environment = hub_environment(data_dir, port)
    child = children.start(Child("hub", command, environment, data_dir / "hub.log"))
    wait_until_healthy(f"http://127.0.0.1:{port}", child)
    yield child
    children.stop()


def answers(port: int) -> bool:
    """Whether the hub is up: one that still starts is not killed again, however slow it is."""
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=10).is_success
    except httpx2.HTTPError:
        return False


def kill_now_and_then(hub: Child, port: int, kills: int, replaying: Iterator[bool]) -> int:
    """kill -9 at uneven moments while the replay goes on; how often it was done."""
    done = 0
    for _ in replaying:
        time.sleep(2.0 + 0.37 * done)
        pid = hub.pid
        if pid is not None and done < kills and answers(port):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                done += 1
            time.sleep(2.0)
    return done


def events_after(engine: Engine, seq: int) -> list[Event]:
    found: list[Event] = []
    with engine.connect() as connection, connection.begin():
        while page := read_events(connection, found[-1].seq if found else seq):
            found += [logged.event for logged in page]
    return found


def test_nothing_acknowledged_is_missing_after_kills_during_a_replay(
    data_dir: Path, pack: Path, engine: Engine, hub: Child, port: int
) -> None:
    before = load_board(engine).board
    began = before.seq
    asked = ("--speed", "2000", "--limit", str(CALLS), "--patience", f"{PATIENCE_S:.0f}", "--json")
    replay = start_hub(data_dir, port, "replay", str(pack), *asked)

    def replaying() -> Iterator[bool]:
        while replay.poll() is None:
            yield True

    def has_begun() -> bool:
        taken = (isinstance(e.body, CallReceived) for e in events_after(engine, began))
        return replay.poll() is not None or any(taken)

    wait_until(has_begun, 120, "the replay does not begin")
    kills = kill_now_and_then(hub, port, KILLS, replaying())
    out, said = replay.communicate(timeout=2 * PATIENCE_S)

    assert replay.returncode == 0, said[-2000:]
    assert kills > 0, "the replay was over before the first kill"
    counts = json.loads(last_line(out))
    assert counts["proven"]
    assert counts["lost"] == 0
    assert counts["sent"] == CALLS
    assert counts["acknowledged"] == CALLS
    assert_log_is_whole(data_dir, engine)
    assert_board_is_tables(engine, before)
    calls = [e for e in events_after(engine, began) if isinstance(e.body, CallReceived)]
    assert len(calls) == len({e.command_id for e in calls}) == CALLS


def assert_log_is_whole(data_dir: Path, engine: Engine) -> None:
    storage = StorageSettings(data_dir=data_dir)
    found = verify_audit(engine, Anchors(storage.anchors_path, storage.anchor_key_path))
    assert found.faults == ()
    seqs = [event.seq for event in events_after(engine, 0)]  # the hub may have written on since
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= found.events


def assert_board_is_tables(engine: Engine, before: Board) -> None:
    """The earlier board, moved by the log alone, is what the tables say now."""
    loaded = load_board(engine)
    for event in events_after(engine, before.seq):
        if event.seq <= loaded.head.seq:
            apply(before, event)
    assert before.snapshot() == loaded.board.snapshot()
