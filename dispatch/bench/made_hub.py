"""A hub without HTTP for the benches: a database, its writer, a made-up roster, and real roads in
their own process. It measures nothing itself.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from sqlalchemy import Engine

from dispatch.bench.rank import network_of
from dispatch.domain.board import Board
from dispatch.domain.commands import ActivateRegion, Command
from dispatch.domain.errors import RoadsUnavailable
from dispatch.domain.events import RegionActivated
from dispatch.domain.unit import Fix, Unit
from dispatch.domain.values import HUB_ACTOR, Discipline, VehicleClass
from dispatch.roads.client import RoadsClient
from dispatch.roads.supervisor import RoadsSupervisor
from dispatch.services.region import RegionPolicy
from dispatch.store.boards import load_board
from dispatch.store.clock import database_now
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from dispatch.store.regions import RegionRows, load_version, save_version
from dispatch.store.unit_of_work import Outcome, Writer
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork
from geodata.sources.kept import save_network

SLOTS: Final[tuple[tuple[Discipline, str, int], ...]] = (
    ("fire", "engine", 2),
    ("fire", "ladder", 1),
    ("fire", "command", 1),
    ("ems", "als", 1),
    ("ems", "transport", 1),
)
"""Six slots, as a building fire asks for."""

INCIDENT_TYPE: Final = "STRUCTURE_FIRE"
AGENCIES_EACH: Final = 12
_READY_WITHIN_S: Final = 180.0

_KINDS: Final[tuple[tuple[str, Discipline, tuple[str, ...], int, VehicleClass], ...]] = (
    ("engine", "fire", ("engine", "suppression"), 4, "truck"),
    ("medic", "ems", ("als", "transport"), 2, "car"),
    ("ladder", "fire", ("ladder", "ventilation"), 4, "heavy"),
    ("ambulance", "ems", ("bls", "transport"), 2, "car"),
    ("engine", "fire", ("engine", "suppression"), 4, "truck"),
    ("chief", "fire", ("command",), 1, "car"),
    ("rescue", "fire", ("rescue", "extrication"), 4, "truck"),
    ("ambulance", "ems", ("bls", "transport"), 2, "car"),
)


@dataclass
class MadeHub:
    """What services need of a hub. ``held`` is the board; the bench changes it as it likes."""

    folder: Path
    engine: Engine
    writer: Writer
    roads: RoadsClient
    network: RoadNetwork
    held: Board
    held_policy: RegionPolicy
    held_fixes: dict[str, Fix] = field(default_factory=dict)

    def board(self) -> Board:
        return self.held

    def fixes(self) -> Mapping[str, Fix]:
        return self.held_fixes

    def now(self) -> datetime:
        return datetime.now(UTC)

    def region(self) -> RegionPolicy:
        return self.held_policy

    async def submit(self, command: Command) -> Outcome:
        """The command's outcome after its commit."""
        return await asyncio.wrap_future(self.writer.submit(command))


@contextmanager
def made_hub(network: str, units: int, seed: int = 5) -> Iterator[MadeHub]:
    """A hub on ``synthetic:NODES`` or an OSM file, with a roster of the benches' own.

    Args:
        network: The roads.
        units: Fire and EMS units, at stations spread over the network, all free.
        seed: The same seed gives the same roster.

    Raises:
        RoadsUnavailable: The roads process did not come up.
    """
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        roads = network_of(network)
        (folder / "networks").mkdir()
        save_network(roads, folder / "networks" / f"{roads.network_id}.npz")
        url = f"sqlite:///{folder / 'hub.sqlite'}"
        migrate(url)
        engine = make_engine(url)
        writer = Writer(engine)
        writer.start()
        supervisor = RoadsSupervisor(
            [sys.executable, "-m", "dispatch.bench.roads_child", url, str(folder)],
            environment={"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.DEVNULL,
        )
        try:
            policy = _activate(engine, writer, roads, units, np.random.default_rng(seed))
            supervisor.start()
            client = RoadsClient(folder / "roads.sock")
            board = load_board(engine).board
            yield MadeHub(folder, engine, writer, client, roads, board, policy)
        finally:
            supervisor.stop()
            writer.stop()
            engine.dispose()


async def until_ready(hub: MadeHub) -> None:
    """Wait until the roads answer; computing a routing order takes up to half a minute.

    Raises:
        RoadsUnavailable: They do not, for minutes.
    """
    limit_s = time.monotonic() + _READY_WITHIN_S
    while True:
        try:
            await hub.roads.status()
        except RoadsUnavailable:
            if time.monotonic() > limit_s:
                raise
            await asyncio.sleep(0.1)
        else:
            return


def _activate(
    engine: Engine, writer: Writer, roads: RoadNetwork, units: int, rng: np.random.Generator
) -> RegionPolicy:
    region = RegionActivated(
        region_version="bench",
        name="Bench",
        time_zone="UTC",
        border_m=100.0,
        network_id=roads.network_id,
    )
    rows = RegionRows(
        region=region,
        agencies=_agencies(),
        units=_units(roads, units, rng),
        plan_rows=_plan_rows(),
        agreements=_agreements(),
    )
    with engine.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            save_version(writing, rows, database_now(writing))
    activate = ActivateRegion(command_id="activate", actor=HUB_ACTOR, region=region)
    writer.submit(activate).result(timeout=30)
    with engine.connect() as connection, connection.begin():
        return RegionPolicy(load_version(connection, region.region_version))


def _agencies() -> list[dict[str, Any]]:
    return [
        {"id": f"{discipline}-{number}", "name": f"{discipline} {number}", "discipline": discipline}
        for discipline in ("fire", "ems")
        for number in range(AGENCIES_EACH)
    ]


def _agreements() -> list[dict[str, Any]]:
    """Each department helps the others of its discipline, but for one pair in five."""
    return [
        {
            "id": f"{discipline}-{lender}-{borrower}",
            "kind": "automatic" if (lender + borrower) % 3 else "mutual",
            "lender": f"{discipline}-{lender}",
            "borrower": f"{discipline}-{borrower}",
            "margin_s": 60.0 if (lender + borrower) % 3 else 240.0,
        }
        for discipline in ("fire", "ems")
        for lender in range(AGENCIES_EACH)
        for borrower in range(AGENCIES_EACH)
        if lender != borrower and (lender + 2 * borrower) % 5
    ]


def _plan_rows() -> list[dict[str, Any]]:
    return [
        {
            "incident_type": INCIDENT_TYPE,
            "label": "Building fire",
            "lead": "fire",
            "priority": 1,
            "discipline": discipline,
            "capability": capability,
            "count": count,
        }
        for discipline, capability, count in SLOTS
    ]


def _units(roads: RoadNetwork, count: int, rng: np.random.Generator) -> list[Unit]:
    """Three units at a station, stations anywhere, each station of one agency a discipline."""
    stations = rng.integers(0, roads.node_count, max(1, count // 3))
    made = []
    for number in range(count):
        kind, discipline, capabilities, crew, vehicle_class = _KINDS[number % len(_KINDS)]
        station = number % len(stations)
        made.append(
            Unit(
                id=f"{kind[0].upper()}{number}",
                agency_id=f"{discipline}-{station % AGENCIES_EACH}",
                discipline=discipline,
                kind=kind,
                station=f"ST{station}",
                home=roads.node_at(int(stations[station])),
                capabilities=capabilities,
                staffing=crew,
                vehicle_class=vehicle_class,
            )
        )
    return made


def beside_a_road(roads: RoadNetwork, rng: np.random.Generator) -> LonLat:
    """A point some twenty metres from a road, anywhere."""
    point = int(rng.integers(0, len(roads.point_lon)))
    east, north = rng.normal(0, 0.0002, 2)
    return LonLat(float(roads.point_lon[point] + east), float(roads.point_lat[point] + north))


def figures(**values: Any) -> dict[str, Any]:
    """Values as JSON takes them, floats to the thousandth."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY))
    return {k: round(v, 3) if isinstance(v, float) else v for k, v in plain.items()}
