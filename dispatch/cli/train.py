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
from dispatch.domain.call import Call
from dispatch.domain.call_scores import CallScores, StageScore, score_calls
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.training import IncidentScore, PartScore, Score, score
from dispatch.services.loading import Places, load_pack
from dispatch.services.region import RegionPolicy
from dispatch.settings import HubSettings, StorageSettings
from dispatch.simulation.bridges import bridges_of
from dispatch.simulation.children import Children
from dispatch.simulation.ending import until_told
from dispatch.simulation.exercise import (
    BadScenario,
    Exercise,
    ScriptedCall,
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
from dispatch.store.regions import RegionRows
from dispatch.store.training import make_for_training
from geodata.road_errors import OsmUnreadable
from geodata.tiles import TilesFailed
from jurisdictions.extent import Extent
from jurisdictions.mistakes import PackRefused
from jurisdictions.pack_checks import CALLS, ROADS
from jurisdictions.targets import Stage

FOLDER = "training"
"""Below the hub's data directory: a training hub never shares a folder with a live one. A region
pack of one's own has a folder of its own, ``training-NAME``."""
PORT_AFTER = 1
"""It listens on the port after the live hub's, unless another is asked for."""
PATIENT_S = 45.0
MISTAKES_SHOWN = 20


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
    pack: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Your region's pack, else a county."),
    ] = None,
    nodes: Annotated[int, typer.Option(min=1500, help="Road junctions of the county.")] = 6000,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    speed: Annotated[float, typer.Option(min=1, max=60, help="Of crews against life.")] = 4.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="The score as one JSON object, the last line.")
    ] = False,
) -> None:
    """Hold an exercise: its own hub and region, calls by a script, crews that answer, and a score.

    Nothing on it is real and nothing leaves it. Ctrl-C ends it and scores what there was.
    """
    place: Seat = _seat(seat)
    live = HubSettings()
    name = FOLDER if pack is None else f"{FOLDER}-{pack.resolve().name}"
    data_dir = live.storage.data_dir / name
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
                scenario=scenario, pack=pack, seat=place,
            )  # fmt: skip
            _introduce(shown, base_url, people, place, minutes)
            asyncio.run(_hold(exercise, minutes * 60, shown))
    except PackRefused as refused:
        for mistake in refused.mistakes[:MISTAKES_SHOWN]:
            errors.print(f"[red]{mistake}[/]", highlight=False)
        refuse(f"{pack}: {refused}.", "Nothing was loaded. Mend the pack and try again.")
    except (OsmUnreadable, TilesFailed) as failure:
        refuse(f"{failure}. Nothing was loaded.")
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

    def target_s(incident: Incident, leg: Leg) -> float | None:
        kind = incident.asked_of(leg.discipline).incident_type
        return policy.target_s("first_unit", leg.agency_id, kind, incident.created_at)

    def stage_target_s(incident: Incident | None, call: Call, stage: Stage) -> float | None:
        lead = incident.legs[0].agency_id if incident and incident.legs else None
        kind = incident.incident_type if incident else None
        return policy.target_s(stage, lead, kind, call.received_at)

    made = score(exercise.events, target_s, now)
    taken = score_calls(exercise.events, exercise.rings, stage_target_s, now)
    _report(made, taken, data_dir, now, place, shown, as_json)


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
    pack: Path | None,
    seat: Seat,
) -> tuple[Exercise, list[Person], RegionPolicy, str]:
    storage = StorageSettings(data_dir=data_dir, database_url="", redis_url="")
    if pack is not None:
        folder = pack
    else:
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
    with steps.step("Loading the region", "Boundaries, plans, roads and map") as tell:
        if not is_loaded(engine, data_dir, foreign=pack is not None):
            places = Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir)
            loaded = load_pack(engine, places, folder, tell)
            note_loaded(data_dir, loaded.region_version)
    with steps.step("Making accounts", "Accounts"):
        board = load_board(engine).board
        region = active_region(engine)
        people, cast, device = ensure_cast(engine, data_dir, board, region)
    engine.dispose()
    drawn, calls = _script(folder, region, scenario, seed, minutes, every)
    with steps.step("Starting the training hub", "Training hub and roads"):
        locations = DemoLocationServer(drawn.somewhere)
        locations.start()
        base_url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104  # not bound here
        hub = start_training(children, data_dir, host, port, locations.url)
        wait_until_healthy(base_url, hub)
    tempo = Tempo(pace=speed, patient_s={device: PATIENT_S})
    labels = {row["incident_type"]: row["label"] for row in region.plan_rows}
    exercise = Exercise(
        base_url, cast, drawn, tempo, locations, calls=calls, seat=seat, labels=labels
    )
    return exercise, people, RegionPolicy(region), base_url


def _script(
    folder: Path, region: RegionRows, file: Path | None, seed: int, minutes: float, every: float
) -> tuple[Scenario, list[ScriptedCall]]:
    """Who calls: by the file, else drawn from the calls that the pack has recorded."""
    types = {row["incident_type"] for row in region.plan_rows}
    scripted = None
    if file is not None:
        extent = Extent([area.geometry for area in region.municipalities])
        scripted = read_scenario(file, types, extent)
    recorded = list(happenings_of(folder, types)) if (folder / CALLS).exists() else []
    if scripted is None and all(happening.found_by_crew for happening in recorded):
        raise StageRefused(
            f"{folder} has no recorded calls ({CALLS}) to draw an exercise from.",
            "Give the calls by a file: hub train --scenario FILE",
        )
    called = recorded or [call.happening for call in scripted or ()]
    drawn = Scenario(called, bridges_of(folder / ROADS), chance(seed))
    return drawn, scripted or drawn_scenario(drawn, minutes * 60 * 0.9, every)


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
    loop.call_later(seconds, stop.set)
    with shown.status("The exercise runs.") as status:

        async def tell() -> None:
            while True:
                status.update(f"{exercise.come_in} calls · {exercise.open_incidents} open")
                await asyncio.sleep(1.0)

        telling = loop.create_task(tell())
        try:
            await until_told(exercise.run(stop), stop)
        finally:
            telling.cancel()


def _report(
    made: Score,
    taken: CallScores,
    data_dir: Path,
    now: datetime,
    seat: Seat,
    shown: Console,
    as_json: bool,
) -> None:
    folder = data_dir / "scores"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{now:%Y%m%dT%H%M%S}.json"
    whole: dict[str, Any] = {
        "seat": seat,
        **made.model_dump(mode="json"),
        "taken": taken.model_dump(mode="json"),
    }
    kept.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
    kept.chmod(0o600)
    if as_json:
        print(orjson.dumps(whole).decode())
        return
    if seat == "call_taker":
        _report_calls(taken, shown)
    table = Table(title="The exercise", title_justify="left", header_style="bold")
    for column in ("Incident", "Type", "First unit", "Target", "As recommended", "Against"):
        table.add_column(column)
    for one in made.incidents:
        against = ", ".join(f"{a.unit_id}: {a.reason or 'NO REASON'}" for a in one.against)
        table.add_row(
            one.number,
            one.incident_type,
            *_first_unit(one),
            f"{len(one.as_recommended)} of {len(one.recommended)}",
            against,
        )
        for part in one.parts if len(one.parts) > 1 else ():
            table.add_row(f"  {part.discipline}", part.incident_type, *_first_unit(part))
    shown.print(table)
    shown.print(
        f"{made.sent} sent, {made.late} late, {made.not_sent} without a unit; first unit after "
        f"{_or_dash(made.first_unit_median_s)} s (median); in time {_share(made.in_time_share)}; "
        f"as recommended {_share(made.as_recommended_share)}; {made.silences} silences, "
        f"{made.checks_missed} status checks missed. Kept in {kept}.",
        highlight=False,
    )


def _first_unit(one: IncidentScore | PartScore) -> tuple[str, str]:
    """When the first unit was sent, and the target."""
    took = "nobody" if one.first_unit_s is None else f"{one.first_unit_s:.0f} s"
    target = "-" if one.target_s is None else f"{one.target_s:.0f} s"
    return (f"[red]{took} LATE[/]" if one.late else took, target)


def _report_calls(taken: CallScores, shown: Console) -> None:
    """Each call that rang: its stages beside their targets, and what became of it."""
    table = Table(title="Calls", title_justify="left", header_style="bold")
    for column in ("After", "Answered", "Located", "Typed", "Ready", "Incident", "Type", "Off"):
        table.add_column(column)
    for one in taken.calls:
        kind = one.incident_type
        if one.right_type is False:
            kind = f"[red]{kind}, not {one.wanted_type}[/]"
        off = "-" if one.off_m is None else f"{one.off_m:.0f} m"
        table.add_row(
            f"{one.after_s:.0f} s",
            *(_stage_words(stage) for stage in one.stages),
            one.number or (one.outcome or "[red]none[/]"),
            kind or f"({one.wanted_type})",
            f"[red]{off} FAR[/]" if one.far else off,
        )
    shown.print(table)
    shown.print(
        f"{taken.rang} rang, {taken.answered} answered, {taken.late} late in some stage, "
        f"{taken.without_incident} without an incident, {taken.wrong_type} of another type, "
        f"{taken.far} in the wrong place; answered after {_or_dash(taken.answered_median_s)} s, "
        f"ready after {_or_dash(taken.ready_median_s)} s (medians).",
        highlight=False,
    )


def _stage_words(stage: StageScore) -> str:
    took = "never" if stage.took_s is None else f"{stage.took_s:.0f}"
    target = "" if stage.target_s is None else f" / {stage.target_s:.0f} s"
    return f"[red]{took}{target} LATE[/]" if stage.late else f"{took}{target}"


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
