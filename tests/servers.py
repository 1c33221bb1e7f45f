"""Starts PostgreSQL with PostGIS, and Redis, for tests: private ports, data in a temporary folder.

It never touches a database server that runs already, and needs no right but that to start
programs: PostgreSQL refuses to run as root, so root starts it as an unprivileged account.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

START_S = 90.0
STOP_S = 20.0
PORTS = (20_000, 32_000)
POSTGRES_BINARIES = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/pgsql-*/bin",
)


class PartMissing(Exception):
    """A program that the tests need is not on this machine."""

    code = "part_missing"

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"{part}: {why}")
        self.part = part
        self.why = why


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's own programs, the newest version where there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    folders = [
        folder
        for pattern in POSTGRES_BINARIES
        for folder in Path("/").glob(pattern.removeprefix("/"))
        if (folder / "initdb").exists()
    ]
    return max(folders, key=_version, default=None)


def find_redis() -> Path | None:
    """The Redis (or Valkey) server on the path."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


@dataclass
class Server:
    """One server program that a test may stop, freeze, kill and start again on the same port."""

    command: Sequence[str]
    port: int
    ready: Callable[[], bool]
    log: Path
    account: str | None = None
    stop_signal: signal.Signals = signal.SIGINT
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it and return when it answers.

        Raises:
            PartMissing: It ended, or did not answer within ``START_S``; with the end of its log.
        """
        give_up_at = time.monotonic() + START_S
        self._run()
        while not self.ready():
            ended = self._process is None or self._process.poll() is not None
            if time.monotonic() > give_up_at or (ended and not self._old_self_lingers()):
                self.kill()
                last = self.log.read_text(errors="replace")[-600:]
                raise PartMissing(Path(self.command[0]).name, f"did not start: {last}")
            if ended:
                self._run()
            time.sleep(0.05)

    def _run(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.account,
                group=_group(self.account),
                extra_groups=[] if self.account else None,
                preexec_fn=_end_with_parent,
                cwd="/",
            )

    def _old_self_lingers(self) -> bool:
        """Whether children of a killed PostgreSQL still hold its memory for a moment."""
        return "still in use" in self.log.read_text(errors="replace")[-600:]

    @property
    def pid(self) -> int:
        """The process to freeze or to kill."""
        assert self._process is not None, "not started"
        return self._process.pid

    def stop(self) -> None:
        """End it in order; by force when that takes longer than ``STOP_S``."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGCONT)
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """``kill -9``: nothing is flushed, nobody is told. PostgreSQL's children end with it."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(STOP_S)
        self._process = None


@dataclass
class PostgisServer(Server):
    """A cluster of its own, every connection trusted, reachable on the loopback only."""

    _names: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of one database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def fresh_database(self, template: str = "template1") -> str:
        """Make a database that nobody else has, and return its URL.

        Args:
            template: An existing database to copy; nobody may be connected to it.
        """
        name = f"hub_{os.getpid()}_{next(self._names)}"
        with self.connect() as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database and throw out whoever is still connected."""
        name = url.rsplit("/", 1)[1]
        with self.connect() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def connect(self, within_s: int = 60) -> psycopg.Connection[tuple[object, ...]]:
        """An administrator's connection, each statement committed by itself."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            dbname="postgres",
            autocommit=True,
            connect_timeout=within_s,
        )


@contextlib.contextmanager
def postgis_server(*, durable: bool = False) -> Iterator[PostgisServer]:
    """Run a PostgreSQL cluster with PostGIS at hand for as long as the block lasts.

    Args:
        durable: True keeps ``fsync``: needed only where the machine itself is thought to fail,
            since a killed process loses nothing that it handed to the kernel.

    Raises:
        PartMissing: PostgreSQL or PostGIS is not installed.
    """
    binaries = find_postgres()
    if binaries is None:
        raise PartMissing("PostGIS", "PostgreSQL is not installed")
    account = _unprivileged_account()
    with _folder("hub-postgis-", account) as folder:
        cluster = folder / "cluster"
        _initdb(binaries, cluster, account)
        port = free_port()
        server = PostgisServer(
            command=[
                str(binaries / "postgres"),
                *("-D", str(cluster), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"),
                *(() if durable else ("-c", "fsync=off")),
                *("-c", "max_connections=200", "-c", "shared_buffers=128MB"),
                *("-c", "max_wal_senders=8", "-c", "wal_level=replica"),
            ],
            port=port,
            ready=lambda: _postgres_answers(server),
            log=folder / "postgres.log",
            account=account,
        )
        server.start()
        try:
            _require_postgis(server)
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def redis_server(*, keep: bool = False) -> Iterator[Server]:
    """Run a Redis with nothing in it for as long as the block lasts.

    Args:
        keep: True writes every command to a file, so that a restart brings them back.

    Raises:
        PartMissing: Redis is not installed.
    """
    binary = find_redis()
    if binary is None:
        raise PartMissing("Redis", "redis-server is not installed")
    with _folder("hub-redis-", None) as folder:
        port = free_port()
        server = Server(
            command=[
                str(binary),
                *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
                *("--save", "", "--appendonly", "yes" if keep else "no"),
            ],
            port=port,
            ready=lambda: _redis_answers(port),
            log=folder / "redis.log",
            stop_signal=signal.SIGTERM,
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()


def redis_url(server: Server) -> str:
    """The URL of database 0."""
    return f"redis://127.0.0.1:{server.port}/0"


def free_port() -> int:
    """A port that nobody listened on a moment ago, below those that outgoing connections are given.

    A port that the kernel would give could be taken by any connection of this machine before the
    server has it, or while a test has the server down.
    """
    for port in random.SystemRandom().sample(range(*PORTS), k=200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise PartMissing("port", f"none is free from {PORTS[0]} to {PORTS[1]}")


def _initdb(binaries: Path, cluster: Path, account: str | None) -> None:
    made = subprocess.run(
        [
            str(binaries / "initdb"),
            *("-D", str(cluster), "-U", "postgres", "-A", "trust", "-E", "UTF8"),
            *("--no-locale", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        user=account,
        group=_group(account),
        extra_groups=[] if account else None,
        cwd="/",
    )
    if made.returncode:
        raise PartMissing("PostGIS", f"initdb failed: {made.stderr[-600:]}")


def _postgres_answers(server: PostgisServer) -> bool:
    try:
        server.connect(within_s=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _require_postgis(server: PostgisServer) -> None:
    with server.connect() as admin:
        found = admin.execute(
            "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
        ).fetchone()
    if not found:
        raise PartMissing("PostGIS", "PostgreSQL is installed without PostGIS")


def _redis_answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as asked:
        asked.sendall(b"PING\r\n")
        return asked.recv(16).startswith(b"+PONG")
    return False


@contextlib.contextmanager
def _folder(prefix: str, account: str | None) -> Iterator[Path]:
    """A temporary folder that ``account`` owns, so that it may keep a cluster in it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if account:
            shutil.chown(folder, account, _group(account))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_account() -> str | None:
    """None where we are unprivileged already."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _group(account: str | None) -> int | None:
    return pwd.getpwnam(account).pw_gid if account else None


def _version(folder: Path) -> tuple[int, ...]:
    digits = "".join(c if c.isdigit() else " " for c in str(folder.parent))
    return tuple(int(number) for number in digits.split())


def _end_with_parent() -> None:
    """Ask Linux to end this child when the tests are killed, so that no server is left behind."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
