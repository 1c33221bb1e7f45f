"""A roads process that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.made_network import make_network
from geodata.network import RoadNetwork
from geodata.sources.kept import save_network
from tests.fault.running_roads import Roads


@pytest.fixture(autouse=True)
def time_to_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command was answered with is on the board that is read next, on a busy machine too.

    The usual wait is held to in ``api/test_access.py``.
    """
    monkeypatch.setattr("dispatch.api.parts.MIN_SEQ_WAIT_S", 60.0)


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return make_network(3000, 1)


@pytest.fixture
def roads(tmp_path: Path, network: RoadNetwork) -> Iterator[Roads]:
    (tmp_path / "networks").mkdir()
    save_network(network, tmp_path / "networks" / f"{network.network_id}.npz")
    (tmp_path / "log.jsonl").touch()
    running = Roads(tmp_path, network)
    running.supervisor.start()
    yield running
    running.supervisor.stop()
