"""A hub of its own for measuring: a folder that is thrown away, a region, and the real processes.

It speaks to the hub as any client does. What is measured is in the module of each bench.
"""

from __future__ import annotations

import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx2
import orjson
from sqlalchemy import Engine
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from dispatch.services.accounts import create_account
from dispatch.services.loading import Places, load_pack
from dispatch.settings import StorageSettings
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from geodata.synthetic.county import MIN_NODES, make_county

MADE_PREFIX: Final = "synthetic:"
PASSWORD: Final = uuid.uuid4().hex
UP_WITHIN_S: Final = 60.0
_LOOK_S: Final = 0.01


class HubNotUp(Exception):
    """The hub did not answer in time; the end of what it said."""


class RunningHub:
    """Made by ``with``: the region is loaded, the hub is not started yet.

    Args:
        network: ``synthetic:NODES`` for a made-up county, or the folder of a region pack.
        units: At least so many units; more are stationed where others are.
    """

    def __init__(self, network: str, units: int = 0) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="hub-bench-"))
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.pack = self._pack(network, units)
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx2.Client(base_url=f"{self.base_url}/api/v1", timeout=15.0)
        storage = StorageSettings(data_dir=self.data_dir)
        migrate(storage.database)
        self.engine: Engine = make_engine(storage.database)
        places = Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir)
        load_pack(self.engine, places, self.pack)
        with self.engine.connect() as fresh:
            writing = fresh.execution_options(writing=True)
            with writing.begin():
                for role in ("call_taker", "dispatcher", "tracking_system"):
                    create_account(writing, login=role, name=role, role=role, password=PASSWORD)

    def _pack(self, network: str, units: int) -> Path:
        if not network.startswith(MADE_PREFIX):
            return Path(network)
        folder = self.data_dir / "county"
        make_county(folder, nodes=max(int(network.removeprefix(MADE_PREFIX)), MIN_NODES))
        _station_more(folder / "units.csv", units)
        return folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._http.close()
        self.engine.dispose()
        shutil.rmtree(self.data_dir, ignore_errors=True)

    def start(self) -> None:
        """Start the hub's processes; does not wait."""
        environment = {
            **os.environ,
            "HUB_DATA_DIR": str(self.data_dir),
            "HUB_PORT": str(self.port),
            "HUB_DATABASE_URL": "",
            "HUB_REDIS_URL": "",
        }
        with (self.data_dir / "hub.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from dispatch.cli import app; app()", "serve"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_healthy(self) -> None:
        """Wait until all parts work.

        Raises:
            HubNotUp: They do not.
        """
        until = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < until:
            try:
                if orjson.loads(self._http.get("/health").content).get("ok"):
                    return
            except (httpx2.TransportError, orjson.JSONDecodeError):
                pass
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise HubNotUp((self.data_dir / "hub.log").read_text(errors="replace")[-2000:])

    def kill(self) -> None:
        """End the hub as a power cut would; its roads end by themselves or are ended."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the hub politely."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def rss_mb(self) -> float:
        """Resident memory of the hub and of all that it started, in megabytes."""
        assert self._process is not None
        parents: dict[int, int] = {}
        rss_kb: dict[int, int] = {}
        listed = subprocess.run(
            ["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
        )
        for line in listed.stdout.splitlines():
            pid, parent, kb = map(int, line.split())
            parents[pid], rss_kb[pid] = parent, kb
        family = {self._process.pid}
        while grown := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= grown
        return sum(rss_kb.get(pid, 0) for pid in family) / 1024

    def token(self, role: str) -> str:
        """A token of the account of this role."""
        body = {"login": role, "password": PASSWORD}
        return str(orjson.loads(self._http.post("/sessions", json=body).content)["token"])

    def get(self, token: str, path: str) -> Any:
        """What a GET answers."""
        return orjson.loads(self._http.get(path, headers=_bearer(token)).content)

    def command(self, token: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Give one command.

        Raises:
            httpx2.HTTPStatusError: It was refused.
        """
        sent = {**body, "command_id": uuid.uuid4().hex}
        answer = self._http.post(path, json=sent, headers=_bearer(token))
        answer.raise_for_status()
        answered: dict[str, Any] = orjson.loads(answer.content)
        return answered

    def console(self, token: str) -> ClientConnection:
        """A console that has received its snapshot."""
        url = f"ws://127.0.0.1:{self.port}/api/v1/stream"
        socket_ = connect(url, max_size=None, open_timeout=2)
        socket_.send(orjson.dumps({"type": "hello", "token": token}).decode())
        while orjson.loads(socket_.recv(timeout=10))["type"] != "snapshot":
            pass
        return socket_

    def console_soon(self, token: str) -> ClientConnection:
        """A console as soon as the hub lets one in, as consoles do that were cut off.

        Raises:
            HubNotUp: It lets none in.
        """
        until = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < until:
            try:
                return self.console(token)
            except (OSError, WebSocketException):
                time.sleep(_LOOK_S)
        raise HubNotUp((self.data_dir / "hub.log").read_text(errors="replace")[-2000:])


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def free_port() -> int:
    """A port of this machine that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _station_more(units_csv: Path, wanted: int) -> None:
    """Station more units like those there are, up to ``wanted``."""
    with units_csv.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    like = [row for row in rows if row["phone_only"] == "0"]
    more = [
        {**like[k % len(like)], "unit": f"{like[k % len(like)]['unit']}-{k // len(like) + 3}"}
        for k in range(max(0, wanted - len(rows)))
    ]
    with units_csv.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, *more])
