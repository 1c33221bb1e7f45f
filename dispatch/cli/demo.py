"""``hub demo``: a county at work on this machine, with everything that it takes."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from dispatch.cli.output import console, errors, refuse
from dispatch.services.audit import Anchors, notice_restore
from dispatch.services.loading import Places, load_pack
from dispatch.settings import HubSettings
from dispatch.simulation.bridges import bridges_of
from dispatch.simulation.children import Children
from dispatch.simulation.ending import until_told
from dispatch.simulation.hub_client import Refused
from dispatch.simulation.location_server import DemoLocationServer
from dispatch.simulation.pack_calls import happenings_of
from dispatch.simulation.play import Findings, Play, Tempo
from dispatch.simulation.scenario import Scenario
from dispatch.simulation.stage import (
    Person,
    StageRefused,
    active_region,
    ensure_cast,
    ensure_county,
    is_loaded,
    lock,
    note_loaded,
    refuse_taken_port,
    start_processes,
    wait_until_healthy,
)
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.event_log import read_head
from dispatch.store.migrations import migrate
from jurisdictions.pack_checks import ROADS

PATIENT_S = 45.0
"""How long the robots leave the responder's own unit to a person, at each step."""


@dataclass(frozen=True)
class Prepared:
    """What the play needs once everything runs."""

    base_url: str
    play: Play
    people: list[Person]
    ready_s: float


class Steps:
    """Progress on the screen: one line for each step, with its seconds."""

    def __init__(self, shown: Console) -> None:
        self.shown = shown

    @contextmanager
    def step(self, doing: str, done: str) -> Iterator[Any]:
        """Show ``doing`` while it lasts, then ``done``."""
        began = time.monotonic()
        with self.shown.status(f"{doing}…") as status:

            def tell(what: str, share: float | None = None) -> None:
                done_so_far = "" if share is None else f" ({share:.0%})"
                status.update(f"{doing}: {what}{done_so_far}")

            yield tell
        took_s = time.monotonic() - began
        self.shown.print(f"[green]✓[/] {done} [dim]{took_s:.1f} s[/]", highlight=False)


def demo(
    seconds: Annotated[
        float | None, typer.Option(min=1, help="Stop by itself after so long.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Counts as one JSON object, the last line.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the made-up county.")] = 1,
    nodes: Annotated[int, typer.Option(min=1500, help="Road junctions of the county.")] = 6000,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    speed: Annotated[
        float, typer.Option(min=1, max=60, help="By how much crews are faster than life.")
    ] = 12.0,
) -> None:
    """Make a county, start everything, and let callers and crews work on it. Ctrl-C ends it all."""
    settings = HubSettings()
    host, chosen = settings.server.host, port or settings.server.port
    data_dir = settings.storage.data_dir
    shown = errors if as_json else console
    children = Children()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        refuse_taken_port(host, chosen)
        with lock(data_dir):
            prepared = _prepare(Steps(shown), children, settings, seed, nodes, chosen, speed)
            _introduce(shown, prepared, data_dir)
            findings = asyncio.run(_play(prepared, seconds, shown))
            if findings is None:
                raise KeyboardInterrupt
    except StageRefused as refusal:
        refuse(str(refusal), refusal.hint)
    except Refused as refusal:
        refuse(
            f"The hub refused the robots: {refusal}", f"Its log is {data_dir / 'logs' / 'hub.log'}."
        )
    except KeyboardInterrupt:
        shown.print("Stopped.")
        raise typer.Exit(130) from None
    finally:
        children.stop()
    _report(findings, prepared, seconds, shown, as_json)


def _prepare(
    steps: Steps,
    children: Children,
    settings: HubSettings,
    seed: int,
    nodes: int,
    port: int,
    speed: float,
) -> Prepared:
    """Everything up to a healthy hub; what an earlier start left is used as it is."""
    began = time.monotonic()
    storage = settings.storage
    host = settings.server.host
    with steps.step("Making a county", "A made-up county") as tell:
        folder = ensure_county(storage.data_dir, seed, nodes, tell)
    with steps.step("Preparing the database", "Database"):
        migrate(storage.database)
    engine = make_engine(storage.database)
    anchors = Anchors(storage.anchors_path, storage.anchor_key_path)
    notice_restore(engine, anchors, datetime.now(UTC))
    with steps.step("Loading the county", "Boundaries, plans, roads and map") as tell:
        if not is_loaded(engine, storage.data_dir):
            places = Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir)
            loaded = load_pack(engine, places, folder, tell)
            note_loaded(storage.data_dir, loaded.region_version)
    with steps.step("Making accounts", "Accounts"):
        board = load_board(engine).board
        region = active_region(engine)
        people, cast, device = ensure_cast(engine, storage.data_dir, board, region)
        with engine.connect() as connection:
            epoch = read_head(connection).epoch
    engine.dispose()
    base_url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104  # not bound here
    with steps.step("Starting the hub", "Job server, worker, roads and hub"):
        types = {row["incident_type"] for row in region.plan_rows}
        rng = random.Random(seed + time.time_ns())  # noqa: S311  # play, not secrecy
        scenario = Scenario(happenings_of(folder, types), bridges_of(folder / ROADS), rng)
        locations = DemoLocationServer(scenario.somewhere)
        locations.start()
        hub = start_processes(children, storage.data_dir, host, port, locations.url)
        wait_until_healthy(base_url, hub, epoch)
    tempo = Tempo(pace=speed, patient_s={device: PATIENT_S})
    play = Play(base_url, cast, scenario, tempo, locations)
    return Prepared(base_url, play, people, time.monotonic() - began)


def _introduce(shown: Console, prepared: Prepared, data_dir: Path) -> None:
    """The address, and a sign-in for each role."""
    table = Table(title="Sign in as", title_justify="left", header_style="bold")
    for column in ("Name", "Password", "Role", ""):
        table.add_column(column)
    for person in prepared.people:
        sign_in = person.sign_in
        table.add_row(sign_in.login, sign_in.password, person.role, f"[dim]{person.note}[/]")
    shown.print()
    shown.print(table)
    shown.print(
        f"\n[bold]{prepared.base_url}[/]   ready in {prepared.ready_s:.1f} s; "
        f"everything is kept in {data_dir}. Ctrl-C ends it.",
        highlight=False,
    )


async def _play(prepared: Prepared, seconds: float | None, shown: Console) -> Findings | None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    with shown.status("The county is at work.") as status:
        telling = loop.create_task(_tell(prepared.play, status))
        try:
            return await until_told(prepared.play.run(stop), stop)
        finally:
            telling.cancel()


async def _tell(play: Play, status: Any) -> None:
    while True:
        counts = play.tally
        status.update(
            f"{play.open_incidents} open · {counts.calls} calls · {counts.assigned} assigned · "
            f"{counts.cleared} cleared · {play.troubles.total} troubles"
        )
        await asyncio.sleep(1.0)


def _report(
    findings: Findings,
    prepared: Prepared,
    seconds: float | None,
    shown: Console,
    as_json: bool,
) -> None:
    """What happened; status 1 where something that was acknowledged is gone."""
    if findings.unreadable:
        shown.print(f"[red]The log could not be read back: {findings.unreadable}[/]")
    for promise in findings.broken[:20]:
        shown.print(f"[red]lost:[/] {promise.what} answered as event {promise.seq}")
    for trouble, count in sorted(findings.troubles.items()):
        shown.print(f"[yellow]{count} × {trouble}[/]", highlight=False)
    figures: dict[str, Any] = {
        **findings.tally.as_dict(),
        "commands": findings.commands,
        "lost": findings.lost,
        "missed": findings.missed,
        "doubled": findings.doubled,
        "troubles": sum(findings.troubles.values()),
        "proven": not findings.unreadable,
        "ready_s": round(prepared.ready_s, 2),
        "seconds": seconds,
    }
    if as_json:
        print(orjson.dumps(figures).decode())
    else:
        words = ", ".join(f"{count} {name}" for name, count in findings.tally.as_dict().items())
        shown.print(f"{words}; {findings.lost} lost.", highlight=False)
    if findings.lost or findings.unreadable:
        raise typer.Exit(1)
