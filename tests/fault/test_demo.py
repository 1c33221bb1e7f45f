"""The demo as a person starts it: everything comes up, works, adds up, and ends without a trace."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from tests.fault.hub_child import (
    last_line,
    processes_of,
    run_hub,
    start_hub,
    wait_until,
)
from tests.machine import Stopwatch
from tests.servers import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

ENDS_WITHIN_S = 15.0
"""10 s on a machine that does nothing else; less what other programs took of it meanwhile."""
SMALL = ("--nodes", "1500", "--seed", "3")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all of these tests, as on one machine."""
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    for pid in processes_of(folder):
        os.kill(pid, signal.SIGKILL)


def play(data_dir: Path, seconds: int, *more: str) -> dict[str, Any]:
    """The counts of a demo that stops by itself."""
    port = free_port()
    done = run_hub(
        data_dir, port, "demo", "--json", "--seconds", str(seconds), "--port", str(port),
        *SMALL, *more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    counts: dict[str, Any] = json.loads(last_line(done.stdout))
    counts["said"] = done.stderr
    return counts


def test_a_county_works_and_nothing_that_was_acknowledged_is_lost(data_dir: Path) -> None:
    counts = play(data_dir, 60, "--speed", "40")
    for name in ("calls", "incidents", "resolved", "recommended", "assigned", "acknowledged"):
        assert counts[name] > 0, (name, counts)
    assert counts["cleared"] > 0, counts
    assert counts["lost"] == 0
    assert counts["proven"]
    expect_nothing_left(data_dir)


def test_a_restart_keeps_the_data_and_the_sign_ins(data_dir: Path) -> None:
    kept = (data_dir / "demo-accounts.json").read_bytes()
    counts = play(data_dir, 5)
    assert (data_dir / "demo-accounts.json").read_bytes() == kept
    assert (data_dir / "demo-accounts.json").stat().st_mode & 0o077 == 0
    assert counts["lost"] == 0
    password = json.loads(kept)["dispatcher"]
    assert password in counts["said"]


def test_it_ends_in_time_and_leaves_nothing_though_roads_and_database_hang(data_dir: Path) -> None:
    port = free_port()
    demo = start_hub(data_dir, port, "demo", "--port", str(port), *SMALL)
    wait_until(lambda: healthy(port), 240, "the hub did not come up")
    roads = [pid for pid in processes_of(data_dir) if "roads_process" in command_of(pid)]
    serving = min(roads, key=started_at)  # a spare that still starts cannot hang in an answer
    database = sqlite3.connect(data_dir / "hub.sqlite", isolation_level=None)
    with connect(f"ws://127.0.0.1:{port}/api/v1/stream") as console, closing(database):
        os.kill(serving, signal.SIGSTOP)
        database.execute("BEGIN IMMEDIATE")
        console.send(json.dumps({"type": "hello", "token": "of nobody"}))
        watch = Stopwatch()
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=90)
        took_s = watch.fair_s()
    assert took_s < ENDS_WITHIN_S
    expect_nothing_left(data_dir)


def test_a_demo_that_is_killed_takes_its_processes_with_it(data_dir: Path) -> None:
    port = free_port()
    demo = start_hub(data_dir, port, "demo", "--port", str(port), *SMALL)
    wait_until(lambda: answers(port), 240, "the hub did not come up")
    demo.kill()
    demo.communicate(timeout=60)
    expect_nothing_left(data_dir)


def test_a_taken_port_is_said_with_what_to_do(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_hub(data_dir, port, "demo", "--port", str(port), *SMALL)
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert "--port" in done.stderr


def test_a_second_demo_on_the_same_folder_is_refused(data_dir: Path) -> None:
    with (data_dir / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        port = free_port()
        done: subprocess.CompletedProcess[str] = run_hub(
            data_dir, port, "demo", "--port", str(port), *SMALL
        )
    assert done.returncode == 1
    assert "Another demo" in done.stderr


def expect_nothing_left(data_dir: Path) -> None:
    """None of its processes runs on: one that was told to end by the kernel may need a moment."""
    until = time.monotonic() + 30
    while left := [command_of(pid) for pid in processes_of(data_dir)]:
        assert time.monotonic() < until, left
        time.sleep(0.1)


def healthy(port: int) -> bool:
    """Whether all parts of the hub work."""
    try:
        return bool(httpx2.get(f"http://127.0.0.1:{port}/api/v1/health").json()["ok"])
    except (httpx2.TransportError, json.JSONDecodeError):
        return False


def command_of(pid: int) -> str:
    """What the process runs; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def started_at(pid: int) -> int:
    """When the process began, in the kernel's ticks (proc(5), ``starttime``)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def answers(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
