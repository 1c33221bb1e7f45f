"""No room for the database: commands are refused aloud, nothing is half done, and it heals itself.

The disk is a real one of its own, a few megabytes of memory, which needs the right to mount. Where
that is missing, SQLite alone is shown, by a limit of pages that it meets with the same error.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from dispatch.main import create_app
from dispatch.services.audit import Anchors, verify_audit
from dispatch.store.engine import make_engine
from dispatch.store.event_log import read_events, read_head
from dispatch.store.migrations import migrate
from tests.api.conftest import CALL, PASSWORD, RunningHub, make_settings
from tests.fault.hub_child import wait_until
from tests.hub_factories import make_people, make_region
from tests.servers import PostgisServer

SIZE_MB = {"sqlite": 24, "postgis": 128}
MOST = 2_000
"""Commands until the last free page is used: a full disk stops only what must grow."""


class Disk:
    """A small disk, which can be filled to its last byte and freed again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass

    def free(self) -> None:
        self._ballast.unlink()


@contextlib.contextmanager
def mounted(size_mb: int) -> Iterator[Disk]:
    """A disk of its own for as long as the block lasts.

    Raises:
        OSError: It may not be mounted here.
    """
    folder = Path(tempfile.mkdtemp(prefix="hub-disk-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0755", "tmpfs", str(folder)]
    try:
        try:
            subprocess.run(mount, check=True, capture_output=True, timeout=20)
        except (subprocess.SubprocessError, FileNotFoundError) as failure:
            raise OSError(str(failure)) from failure
        try:
            yield Disk(folder)
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True, timeout=20)
    finally:
        folder.rmdir()


def may_mount() -> bool:
    """Whether this machine lets a test have a disk of its own."""
    try:
        with mounted(1):
            return True
    except OSError:
        return False


MAY_MOUNT = may_mount()


class Pages:
    """SQLite's own limit, where nothing may be mounted."""

    def __init__(self, engine: Engine) -> None:
        self._full = False
        event.listen(engine, "begin", self._limit)

    def _limit(self, connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        most = pages if self._full else 1_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

    def fill(self) -> None:
        self._full = True

    def free(self) -> None:
        self._full = False


def on_tablespace(server: PostgisServer, folder: Path) -> str:
    """The URL of a new database that lies on the disk, but for its write-ahead log."""
    if server.account:
        shutil.chown(folder, server.account)
    name = f"small_{os.getpid()}"
    with server.connect() as admin:
        admin.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'".encode())
        admin.execute(f"CREATE DATABASE {name} TABLESPACE {name}".encode())
    return server.url(name)


@pytest.fixture(params=["sqlite", "postgis"] if MAY_MOUNT else ["sqlite"])
def small(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[RunningHub, Disk | Pages]]:
    """A running hub whose database lies on a small disk."""
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(mounted(SIZE_MB[request.param])) if MAY_MOUNT else None
        if request.param == "sqlite":
            url = f"sqlite:///{(disk.folder if disk else tmp_path) / 'hub.sqlite'}"
        else:
            assert disk is not None
            server: PostgisServer = request.getfixturevalue("postgis")
            url = on_tablespace(server, disk.folder)
            stack.callback(drop_tablespace, server, url)
        migrate(url)
        engine = make_engine(url)
        make_region(engine)
        make_people(engine, PASSWORD)
        engine.dispose()
        settings = make_settings(tmp_path, url)
        client = stack.enter_context(TestClient(create_app(settings)))
        hub = RunningHub(client, settings)
        yield hub, disk or Pages(hub.parts.hub.engine)


def drop_tablespace(server: PostgisServer, url: str) -> None:
    server.drop_database(url)
    with server.connect() as admin:
        admin.execute(f"DROP TABLESPACE {url.rsplit('/', 1)[1]}".encode())


def test_a_full_disk_refuses_aloud_keeps_everything_and_heals_by_itself(
    small: tuple[RunningHub, Disk | Pages],
) -> None:
    hub, disk = small
    desk, engine = hub.desk("cato"), hub.parts.hub.engine

    def give(body: dict[str, Any]) -> Any:
        return hub.client.post("/api/v1/calls", json=body, headers=desk.headers)

    def health() -> dict[str, Any]:
        answer = hub.client.get("/api/v1/health")
        told: dict[str, Any] = answer.json()
        return {**told["parts"]["writer"], "status": answer.status_code}

    def seq() -> int:
        with engine.connect() as connection, connection.begin():
            return read_head(connection).seq

    def written_since(seq: int) -> list[str]:
        with engine.connect() as connection, connection.begin():
            return [logged.event.kind for logged in read_events(connection, seq)]

    def is_told() -> bool:
        """Whether health says it, while callers go on: what the hub itself writes may still fit."""
        assert give(waiting).json()["code"] == "storage_full"
        return bool(health()["error"] == "StorageFull")

    first = give({**CALL, "command_id": uuid.uuid4().hex})
    assert first.status_code == 201
    advice = hub.parts.follower.board.recommendations
    wait_until(lambda: first.json()["incident_id"] in advice, 90, "nothing is recommended")
    disk.fill()
    try:
        acknowledged = []
        for _ in range(MOST):
            waiting = {**CALL, "command_id": uuid.uuid4().hex}
            answer = give(waiting)
            if answer.status_code != 201:
                break
            acknowledged.append(answer.json()["call_id"])
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_full"), answer.text
        assert "disk is full" in answer.json()["detail"]
        before = seq()
        assert {give(waiting).json()["code"] for _ in range(3)} == {"storage_full"}
        wait_until(is_told, 90, "health does not tell of it")
        assert health()["status"] == 503
        assert "call.received" not in written_since(before)
        hub.watch.verify()  # readers go on, and hold what the tables hold
    finally:
        disk.free()

    assert give(waiting).status_code == 201, "the same command, by itself, when there is room"
    wait_until(lambda: health()["ok"], 90, "health does not recover")
    calls = hub.parts.follower.board.calls
    assert all(call_id in calls for call_id in acknowledged)
    found = verify_audit(engine, Anchors(Path("/nowhere"), hub.settings.storage.anchor_key_path))
    assert not found.faults
    hub.watch.verify()
