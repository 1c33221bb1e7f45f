"""Real calls of a consolidated centre, played into a running hub by ``hub replay``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.services.loading import Places, load_pack
from dispatch.settings import StorageSettings
from dispatch.simulation.children import Child, Children
from dispatch.simulation.stage import wait_until_healthy
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from tests.fault.hub_child import HUB, hub_environment, last_line, run_hub
from tests.servers import free_port

CALLS = 150


@pytest.fixture(scope="module")
def pack(test_data: Path) -> Path:
    folder = test_data / "montco"
    if not folder.is_dir():
        pytest.skip(f"no region pack at {folder}")
    return folder


@pytest.fixture(scope="module")
def served(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A hub of the real region: its data directory and its port."""
    data_dir, port = tmp_path_factory.mktemp("replay"), free_port()
    storage = StorageSettings(data_dir=data_dir)
    migrate(storage.database)
    engine = make_engine(storage.database)
    load_pack(engine, Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir), pack)
    engine.dispose()
    children = Children()
    environment = hub_environment(data_dir, port)
    hub = children.start(Child("hub", [*HUB, "serve"], environment, data_dir / "hub.log"))
    wait_until_healthy(f"http://127.0.0.1:{port}", hub)
    yield data_dir, port
    children.stop()


def test_every_real_call_becomes_an_incident_with_a_recommendation(
    pack: Path, served: tuple[Path, int]
) -> None:
    data_dir, port = served
    done = run_hub(
        data_dir, port, "replay", str(pack), "--speed", "3600", "--limit", str(CALLS),
        "--from", "2016-01-15", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    counts = json.loads(last_line(done.stdout))
    assert counts["sent"] == counts["acknowledged"] == counts["calls"] == CALLS
    assert counts["incidents"] == CALLS
    assert counts["resolved"] >= 0.9 * CALLS
    assert counts["recommended"] >= 0.9 * CALLS
    assert counts["lost"] == 0
    assert counts["proven"]


def test_a_hub_that_does_not_answer_is_said_with_what_to_do(pack: Path, tmp_path: Path) -> None:
    migrate(StorageSettings(data_dir=tmp_path).database)
    done = run_hub(tmp_path, free_port(), "replay", str(pack), "--limit", "1")
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "hub serve" in done.stderr
