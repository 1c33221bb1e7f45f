"""``hub train``: an exercise on a hub of its own, which can send nothing to anybody."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import typer
from rich.console import Console
from rich.table import Table

from dispatch.cli.demo import Steps
from dispatch.cli.output import console, errors, refuse
from dispatch.domain.incident import Incident
from dispatch.domain.training import Score, score
from dispatch.services.loading import Places, load_pack
from dispatch.services.region import RegionPolicy
from dispatch.settings import HubSettings, StorageSettings
from dispatch.simulation.bridges import bridges_of
from dispatch.simulation.children import Children
from dispatch.simulation.exercise import (
    BadScenario,
    Exercise,
    Seat,
    chance,
    drawn_scenario,
    read_scenario,
)
from dispatch.simulation.hub_client import Refused
from dispatch.simulation.location_server import DemoLocationServer
from dispatch.simulation.pack_calls import happenings_of
from dispatch.simulation.play import Tempo
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
    start_training,
    wait_until_healthy,
)
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from dispatch.store.training import make_for_training
from jurisdictions.pack_checks import ROADS

FOLDER = "training"
"""Below the hub's data directory: a training hub never shares a folder with a live one."""
PORT_AFTER = 1
"""It listens on the port after the live hub's, unless another is asked for."""
PATIENT_S = 45.0


def train(
    minutes: Annotated[
        float, typer.Option(min=0.1, max=720, help="How long the exercise lasts.")
    ] = 20.0,
    seat: Annotated[
        str, typer.Option(help="Whose work is yours: dispatcher or call_taker.")
    ] = "dispatcher",
    scenario: Annotated[
        Path | None, typer.Option(help="A CSV file of calls; else they are drawn from the county.")
    ] = None,
    every: Annotated[
        float, typer.Option(min=5, help="Mean seconds between calls that are drawn.")
    ] = 60.0,
    seed: Annotated[int, typer.Option(help="The same calls again for the same number.")] = 1,
    nodes: Annotated[int, typer.Option(min=1500, help="Road junctions of the county.")] = 6000,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    speed: Annotated[float, typer.Option(min=1, max=60, help="Of crews against life.")] = 4.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="The score as one JSON object, the last line.")
    ] = False,
) -> None:
    """Hold an exercise: its own hub and county, calls by a script, crews that answer, and a score.

    Nothing on it is real and nothing leaves it. Ctrl-C ends it and scores what there was.
    """
    place: Seat = _seat(seat)
    live = HubSettings()
    data_dir = live.storage.data_dir / FOLDER
    chosen = port or live.server.port + PORT_AFTER
    host = live.server.host
    shown = errors if as_json else console
    children = Children()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        refuse_taken_port(host, chosen)
        with lock(data_dir):
            exercise, people, policy, base_url = _prepare(
                Steps(shown), children, data_dir, host, chosen,
                seed=seed, nodes=nodes, speed=speed, minutes=minutes, every=every,
                scenario=scenario, seat=place,
            )  # fmt: skip
            _introduce(shown, base_url, people, place, minutes)
            asyncio.run(_hold(exercise, minutes * 60, shown))
    except (StageRefused, BadScenario) as refusal:
        refuse(str(refusal), getattr(refusal, "hint", ""))
    except Refused as refusal:
        refuse(f"The training hub refused: {refusal}", f"Its log is in {data_dir / 'logs'}.")
    except KeyboardInterrupt:
        shown.print("Stopped.")
        raise typer.Exit(130) from None
    finally:
        children.stop()
    now = datetime.now(UTC)

    def target_s(incident: Incident) -> float | None:
        lead = incident.legs[0].agency_id if incident.legs else None
        return policy.target_s("first_unit", lead, incident.incident_type, incident.created_at)

    made = score(exercise.events, target_s, now)
    _report(made, data_dir, now, place, shown, as_json)


def _seat(seat: str) -> Literal["dispatcher", "call_taker"]:
    if seat == "dispatcher":
        return "dispatcher"
    if seat != "call_taker":
        refuse(f"There is no seat {seat!r}.", "Choose dispatcher or call_taker.")
    return "call_taker"


def _prepare(
    steps: Steps,
    children: Children,
    data_dir: Path,
    host: str,
    port: int,
    *,
    seed: int,
    nodes: int,
    speed: float,
    minutes: float,
    every: float,
    scenario: Path | None,
    seat: Seat,
) -> tuple[Exercise, list[Person], RegionPolicy, str]:
    storage = StorageSettings(data_dir=data_dir, database_url="", redis_url="")
    with steps.step("Making a county", "A made-up county, for training alone") as tell:
        folder = ensure_county(data_dir, 1, nodes, tell)
    with steps.step("Preparing the database", "A database that no live hub opens"):
        migrate(storage.database)
        engine = make_engine(storage.database)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            ours = make_for_training(connection)
        if not ours:
            raise StageRefused(
                f"{data_dir} holds a live hub's database.", "Set HUB_DATA_DIR to another folder."
            )
    with steps.step("Loading the county", "Boundaries, plans, roads and map") as tell:
        if not is_loaded(engine, data_dir):
            places = Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir)
            loaded = load_pack(engine, places, folder, tell)
            note_loaded(data_dir, loaded.region_version)
    with steps.step("Making accounts", "Accounts"):
        board = load_board(engine).board
        region = active_region(engine)
        people, cast, device = ensure_cast(engine, data_dir, board, region)
    engine.dispose()
    types = {row["incident_type"] for row in region.plan_rows}
    drawn = Scenario(happenings_of(folder, types), bridges_of(folder / ROADS), chance(seed))
    calls = (
        read_scenario(scenario, types)
        if scenario
        else drawn_scenario(drawn, minutes * 60 * 0.9, every)
    )
    with steps.step("Starting the training hub", "Training hub and roads"):
        locations = DemoLocationServer(drawn.somewhere)
        locations.start()
        base_url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104  # not bound here
        hub = start_training(children, data_dir, host, port, locations.url)
        wait_until_healthy(base_url, hub)
    tempo = Tempo(pace=speed, patient_s={device: PATIENT_S})
    exercise = Exercise(base_url, cast, drawn, tempo, locations, calls=calls, seat=seat)
    return exercise, people, RegionPolicy(region), base_url


def _introduce(
    shown: Console, base_url: str, people: list[Person], seat: Seat, minutes: float
) -> None:
    table = Table(title="Sign in as", title_justify="left", header_style="bold")
    for column in ("Name", "Password", "Role", ""):
        table.add_column(column)
    for person in people:
        yours = "[bold]the trainee's seat[/]" if person.role == seat else person.note
        table.add_row(person.sign_in.login, person.sign_in.password, person.role, yours)
    shown.print()
    shown.print(table)
    shown.print(
        f"\n[bold]{base_url}[/]   TRAINING: nothing is real, nothing is sent. It ends after "
        f"{minutes:g} minutes, or by Ctrl-C; the supervisor's *Look back* replays it meanwhile.",
        highlight=False,
    )


async def _hold(exercise: Exercise, seconds: float, shown: Console) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(seconds, stop.set)
    with shown.status("The exercise runs.") as status:

        async def tell() -> None:
            while True:
                status.update(f"{exercise.come_in} calls · {exercise.open_incidents} open")
                await asyncio.sleep(1.0)

        telling = loop.create_task(tell())
        try:
            await exercise.run(stop)
        finally:
            telling.cancel()


def _report(
    made: Score, data_dir: Path, now: datetime, seat: Seat, shown: Console, as_json: bool
) -> None:
    folder = data_dir / "scores"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{now:%Y%m%dT%H%M%S}.json"
    whole: dict[str, Any] = {"seat": seat, **made.model_dump(mode="json")}
    kept.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
    kept.chmod(0o600)
    if as_json:
        print(orjson.dumps(whole).decode())
        return
    table = Table(title="The exercise", title_justify="left", header_style="bold")
    for column in ("Incident", "Type", "First unit", "Target", "As recommended", "Against"):
        table.add_column(column)
    for one in made.incidents:
        took = "nobody" if one.first_unit_s is None else f"{one.first_unit_s:.0f} s"
        against = ", ".join(f"{a.unit_id}: {a.reason or 'NO REASON'}" for a in one.against)
        table.add_row(
            one.number,
            one.incident_type,
            f"[red]{took} LATE[/]" if one.late else took,
            "-" if one.target_s is None else f"{one.target_s:.0f} s",
            f"{len(one.as_recommended)} of {len(one.recommended)}",
            against,
        )
    shown.print(table)
    shown.print(
        f"{made.sent} sent, {made.late} late, {made.not_sent} without a unit; first unit after "
        f"{_or_dash(made.first_unit_median_s)} s (median); in time {_share(made.in_time_share)}; "
        f"as recommended {_share(made.as_recommended_share)}; {made.silences} silences, "
        f"{made.checks_missed} status checks missed. Kept in {kept}.",
        highlight=False,
    )


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
