"""``hub load``, ``synthesize``, ``pack-from-osm``, ``resolve`` and ``recommend``."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import Engine

from dispatch.cli.database import open_database
from dispatch.cli.output import console, refuse
from dispatch.domain.board import Board
from dispatch.domain.errors import HubError, RoadsUnavailable
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.unit import Fix
from dispatch.roads.child import ROADS_COMMAND
from dispatch.roads.client import RoadsClient
from dispatch.roads.supervisor import RoadsSupervisor
from dispatch.services.loading import Places, load_pack
from dispatch.services.recommendations import recommend_at
from dispatch.services.region import RegionPolicy
from dispatch.settings import HubSettings
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.fixes import read_fixes
from dispatch.store.migrations import migrate
from dispatch.store.regions import load_version
from geodata.lonlat import LonLat
from geodata.road_errors import OsmUnreadable
from geodata.shapes import Circle, Point, Shape
from geodata.sources.osm_pack import pack_from_osm as make_pack_from_osm
from geodata.synthetic.county import make_county
from geodata.tiles import TilesFailed
from jurisdictions.mistakes import PackRefused

GLANCE_S = 3.0
ROADS_OPEN_S = 60.0

Lon = Annotated[float, typer.Argument(min=-180, max=180)]
Lat = Annotated[float, typer.Argument(min=-90, max=90)]


def places_of(settings: HubSettings) -> Places:
    """Where this installation keeps what is made from packs."""
    storage = settings.storage
    return Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir)


def load(folder: Path) -> None:
    """Load a region pack and activate it. With mistakes, all are listed and nothing changes."""
    settings = HubSettings()
    settings.storage.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.storage.database)
    engine = make_engine(settings.storage.database)
    try:
        with console.status("Loading…") as status:

            def tell(step: str) -> None:
                status.update(f"{step}…")

            loaded = load_pack(engine, places_of(settings), folder, tell)
    except PackRefused as refused:
        for mistake in refused.mistakes:
            console.print(f"[red]{mistake}[/]", highlight=False, soft_wrap=True)
        refuse(f"{len(refused.mistakes)} mistakes; nothing was loaded.")
    except (OsmUnreadable, TilesFailed) as failure:
        refuse(f"{failure}. Nothing was loaded.")
    for notice in loaded.notices:
        console.print(f"[yellow]{notice}[/]", highlight=False)
    counts = ", ".join(f"{count:,} {noun}" for noun, count in loaded.counts.items())
    state = "was active already" if loaded.was_active else f"is active from event {loaded.seq}"
    console.print(f"{loaded.region_version} {state}: {counts.replace('_', ' ')}.")


def synthesize(
    folder: Path,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    nodes: Annotated[int, typer.Option(min=1500, help="About how many junctions.")] = 6000,
) -> None:
    """Make up a county and write it as a region pack, with the hard cases in it."""
    with Progress(console=console) as progress:
        task = progress.add_task("Drawing a county", total=1.0)

        def tell(step: str, done: float) -> None:
            progress.update(task, description=step, completed=done)

        counts = make_county(folder, seed, nodes, tell)
    console.print(f"{folder}: {counts}")


def pack_from_osm(
    osm: Path,
    municipalities: Path,
    folder: Path,
    name: Annotated[str, typer.Option(help="The region's name.")] = "",
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "UTC",
) -> None:
    """Make a pack of an OSM extract and its municipalities; what it assumes is in its README."""
    with console.status("Making the pack…"):
        made = make_pack_from_osm(
            osm, municipalities, folder, name=name or folder.name, time_zone=time_zone
        )
    console.print(f"{folder}: {made}")


def active_policy(engine: Engine) -> RegionPolicy:
    """The policy in force; refuses where none is loaded."""
    head = load_board(engine).head
    if head.region_version is None:
        refuse("No region is loaded.", "Run `hub load FOLDER` first.")
    with engine.connect() as connection, connection.begin():
        return RegionPolicy(load_version(connection, head.region_version))


def resolve(
    lon: Lon,
    lat: Lat,
    radius: Annotated[float, typer.Option(min=0, help="Metres of uncertainty.")] = 0.0,
) -> None:
    """Who answers for a spot, by discipline, with metres to the nearest line."""
    policy = active_policy(open_database(HubSettings()))
    at = LonLat(lon, lat)
    shape: Shape = Circle(centre=at, radius_m=radius) if radius else Point(at=at)
    found = policy.resolve(shape, datetime.now(UTC))
    table = Table("Discipline", "Agency", "Zone", "Share", "Away", "Line", "")
    for answer in found.disciplines:
        for rank, claim in enumerate(answer.candidates):
            chosen = answer.authority is not None and rank == 0
            mark = "BORDER" if answer.border and rank == 0 else ""
            if answer.authority is None and rank == 0:
                mark = "OUTSIDE, nearest proposed"
            line = f"{answer.line_m:,.0f} m" if answer.line_m is not None and rank == 0 else ""
            table.add_row(
                answer.discipline if rank == 0 else "",
                f"[bold]{claim.name}[/]" if chosen else claim.name,
                claim.zone or "",
                f"{claim.area_share:.0%}",
                f"{claim.away_m:,.0f} m",
                line,
                mark,
            )
    console.print(table)
    console.print(
        f"Municipality: {found.municipality or 'none'}. Boundaries {found.boundary_version}."
    )


def recommend(
    lon: Lon,
    lat: Lat,
    incident_type: Annotated[str, typer.Option("--type", help="For example STRUCTURE_FIRE.")],
) -> None:
    """What would be sent there now, with seconds and reasons. Nothing is stored."""
    settings = HubSettings()
    engine = open_database(settings)
    policy = active_policy(engine)
    try:
        made = asyncio.run(_recommend(settings, engine, policy, LonLat(lon, lat), incident_type))
    except HubError as refusal:
        refuse(refusal.detail, f"Types: {', '.join(policy.plans.labels)}.")
    print_recommendation(made)


@dataclass(frozen=True)
class _Glance:
    """What one look at the database and the roads knows; a recommendation is made from it."""

    board: Callable[[], Board]
    fixes: Callable[[], Mapping[str, Fix]]
    roads: RoadsClient
    now: Callable[[], datetime]
    policy: RegionPolicy

    def region(self) -> RegionPolicy:
        return self.policy


async def _recommend(
    settings: HubSettings, engine: Engine, policy: RegionPolicy, at: LonLat, incident_type: str
) -> Recommendation:
    import_module("scipy.optimize")  # a second, which the answer's own time does not have
    board = load_board(engine).board
    with engine.connect() as connection, connection.begin():
        fixes: dict[str, Fix] = {fix.unit_id: fix for fix in read_fixes(connection)}
    async with _answering_roads(settings) as roads:
        now = datetime.now(UTC)
        known = _Glance(lambda: board, lambda: fixes, roads, lambda: now, policy)
        return await recommend_at(known, at, incident_type)


@asynccontextmanager
async def _answering_roads(settings: HubSettings) -> AsyncIterator[RoadsClient]:
    """The hub's own roads, or where no hub runs a roads process for this one question."""
    roads = RoadsClient(settings.roads_socket, deadline_s=GLANCE_S)
    try:
        await roads.status()
    except RoadsUnavailable:
        await roads.close()
    else:
        yield roads
        await roads.close()
        return
    with tempfile.TemporaryDirectory(prefix="hub-roads-") as folder:
        socket = Path(folder) / "roads.sock"
        supervisor = RoadsSupervisor(ROADS_COMMAND, environment={"HUB_ROADS_SOCKET": str(socket)})
        supervisor.start()
        roads = RoadsClient(socket, deadline_s=GLANCE_S)
        try:
            await _wait_until_open(roads)
            yield roads
        finally:
            await roads.close()
            await asyncio.to_thread(supervisor.stop)


async def _wait_until_open(roads: RoadsClient) -> None:
    """Until they answer; after ``ROADS_OPEN_S`` the recommendation says that they did not."""
    for _ in range(int(ROADS_OPEN_S / 0.1)):
        try:
            await roads.status()
        except RoadsUnavailable:
            await asyncio.sleep(0.1)
        else:
            return


def print_recommendation(made: Recommendation) -> None:
    """As a table: the picks by slot, then every nearer unit that was not picked."""
    by_slot = {pick.slot: pick for pick in made.picks}
    table = Table("Slot", "Unit", "Travel", "ETA", "Why", title=made.plan_id or "no plan")
    for slot in made.slots:
        pick = by_slot.get(slot.index)
        wanted = f"{slot.discipline} {slot.capability}"
        if pick is None:
            table.add_row(wanted, "[red]none[/]", "", "", "no unit can fill it")
            continue
        interval = (
            f"{pick.eta_low_s:.0f}–{pick.eta_high_s:.0f} s"
            if pick.eta_low_s is not None and pick.eta_high_s is not None
            else "unknown"
        )
        why = "; ".join(reason.text for reason in pick.reasons)
        unit = f"{pick.unit_id} (aid)" if pick.aid else pick.unit_id
        table.add_row(wanted, unit, _seconds(pick.travel_s, pick.estimated), interval, why)
    console.print(table)
    if made.passed_over:
        others = Table("Not sent", "Travel", "Nearer than", "Why")
        for other in made.passed_over:
            why = "; ".join(reason.text for reason in other.reasons)
            nearer = other.nearer_than or "open slot"
            others.add_row(other.unit_id, _seconds(other.travel_s, False), nearer, why)
        console.print(others)
    for degraded in made.degraded:
        console.print(f"[yellow]Degraded: {degraded}[/]")


def _seconds(travel_s: float | None, estimated: bool) -> str:
    if travel_s is None:
        return "unknown"
    shown_s = max(1.0, travel_s)
    return f"about {shown_s:.0f} s" if estimated else f"{shown_s:.0f} s"
