"""``hub replay``: the recorded calls of a pack, played into a running hub."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx2
import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dispatch.cli.output import console, errors, refuse
from dispatch.settings import HubSettings
from dispatch.simulation.hub_client import (
    API,
    PATIENCE_S,
    HubClient,
    Refused,
    SignIn,
    Unreachable,
    make_http,
)
from dispatch.simulation.log_check import LogCheck, LogUnreadable
from dispatch.simulation.pack_calls import happenings_of
from dispatch.simulation.promises import Promise, Promises
from dispatch.simulation.recorded import Played, RecordedCalls
from dispatch.simulation.scenario import Happening
from dispatch.simulation.sign_ins import Wanted, ensure_accounts
from dispatch.simulation.tally import Tally
from dispatch.store.engine import make_engine
from jurisdictions.recorded_calls import BadCall

PASSWORDS = "replay-accounts.json"  # the name of the file that keeps them
CHECK_EVERY_S = 10.0
THERE_WITHIN_S = 5.0
"""How long a hub that does not answer at first is waited for; one that was there, far longer."""


@dataclass(frozen=True)
class Replayed:
    """What came of it, and what the log says."""

    played: Played
    tally: Tally
    broken: list[Promise]
    unreadable: str


def replay(
    folder: Annotated[Path, typer.Argument(help="A region pack with calls.csv.gz.")],
    speed: Annotated[
        float, typer.Option(min=0.01, help="1 is as it was; 60 plays an hour in a minute.")
    ] = 60.0,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many calls.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Of the hub; else the one of this machine.")
    ] = None,
    login: Annotated[
        str | None, typer.Option(help="A call-taker's; else an own account of this machine's hub.")
    ] = None,
    password: Annotated[str, typer.Option(envvar="HUB_REPLAY_PASSWORD", hidden=True)] = "",
    patience: Annotated[
        float, typer.Option(min=1.0, help="Seconds for which a silent hub is asked again.")
    ] = PATIENCE_S,
    as_json: Annotated[
        bool, typer.Option("--json", help="Counts as one JSON object, the last line.")
    ] = False,
) -> None:
    """Play real calls into a running hub, then hold every acknowledged one against its log."""
    settings = HubSettings()
    base_url = (url or f"http://{settings.server.host}:{settings.server.port}").rstrip("/")
    shown = errors if as_json else console
    if login:
        own = SignIn(login, password or typer.prompt("Password", hide_input=True))
        sign_ins = own, own
    else:
        sign_ins = _own_accounts(settings)
    try:
        first_day = since.date() if since else None
        chosen = folder, speed, limit, first_day
        replayed = asyncio.run(_run(*chosen, base_url, sign_ins, shown, patience))
    except (BadCall, OSError) as failure:
        refuse(f"The calls of {folder} cannot be read: {failure}")
    except Unreachable as failure:
        refuse(f"The hub at {base_url} does not answer: {failure}", "Start it with hub serve.")
    except Refused as refusal:
        refuse(f"The hub refuses: {refusal}")
    _report(replayed, shown, as_json)


def _own_accounts(settings: HubSettings) -> tuple[SignIn, SignIn]:
    """A call-taker and an auditor of this machine's hub, made when there are none."""
    engine = make_engine(settings.storage.database)
    wanted = [
        Wanted("replay.calls", "Replay of recorded calls", "call_taker", position="Replay"),
        Wanted("replay.audit", "Replay's auditor", "auditor"),
    ]
    kept = settings.storage.data_dir / PASSWORDS
    found = ensure_accounts(engine, kept, wanted, datetime.now(UTC))
    engine.dispose()
    return found["replay.calls"], found["replay.audit"]


async def _run(
    folder: Path,
    speed: float,
    limit: int | None,
    first_day: date | None,
    base_url: str,
    sign_ins: tuple[SignIn, SignIn],
    shown: Console,
    patience_s: float,
) -> Replayed:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    promises, tally = Promises(), Tally()

    def take_in(events: Any) -> None:
        tally.take_in(events)
        promises.take_in(events)

    async with make_http(base_url) as http:
        await _see_that_it_is_there(http)
        client = HubClient(http, sign_ins[0], promises, patience_s)
        log_check = LogCheck(HubClient(http, sign_ins[1], patience_s=patience_s), base_url, take_in)
        await log_check.begin()
        region = await client.read("/region")
        types = {known["incident_type"] for known in region["incident_types"]}
        calls = list(_chosen(folder, types, limit, first_day))
        if not calls:
            refuse(f"{folder} holds no calls of types that {region['name']} knows.")
        with _progress(shown) as progress:
            bar = progress.add_task("Playing", total=len(calls), said="")
            name = f"{folder}:{datetime.now(UTC).isoformat()}"
            player = RecordedCalls(client, speed, name, lambda p: _show(progress, bar, p))
            checking = asyncio.create_task(_check_on(log_check, patience_s))
            played = await player.run(calls, stop)
            checking.cancel()
            unreadable = "; ".join(map(str, await asyncio.gather(checking, return_exceptions=True)))
        return await _conclude(log_check, played, tally, promises, unreadable, patience_s)


async def _see_that_it_is_there(http: httpx2.AsyncClient) -> None:
    until = time.monotonic() + THERE_WITHIN_S
    while True:
        try:
            await http.get(f"{API}/health")
            return
        except httpx2.TransportError as failure:
            if time.monotonic() > until:
                raise Unreachable(str(failure)) from failure
            await asyncio.sleep(0.2)


async def _conclude(
    log_check: LogCheck,
    played: Played,
    tally: Tally,
    promises: Promises,
    unreadable: str,
    patience_s: float,
) -> Replayed:
    try:
        await log_check.advance(2 * patience_s)
    except LogUnreadable as failure:
        unreadable = str(failure)
    return Replayed(played, tally, promises.broken(), unreadable)


async def _check_on(log_check: LogCheck, patience_s: float) -> None:
    """Read the log back as it grows; it ends with the play."""
    while True:
        await asyncio.sleep(CHECK_EVERY_S)
        await log_check.advance(2 * patience_s)


def _chosen(
    folder: Path, types: set[str], limit: int | None, first_day: date | None
) -> Iterator[Happening]:
    count = 0
    for happening in happenings_of(folder, types, doubtful=True):
        if first_day is not None and happening.received_at.date() < first_day:
            continue
        if limit is not None and count >= limit:
            return
        count += 1
        yield happening


def _progress(shown: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[said]}"),
    )
    return Progress(*columns, console=shown)


def _show(progress: Progress, bar: Any, played: Played) -> None:
    said = f"{played.incidents} incidents, {sum(played.refused.values())} refused"
    if played.behind_s > 1.0:
        said += f", {played.behind_s:.0f} s behind"
    progress.update(bar, completed=played.sent, said=said)


def _report(replayed: Replayed, shown: Console, as_json: bool) -> None:
    """What happened; status 1 where an acknowledged call is not in the log."""
    played = replayed.played
    for code, count in sorted(played.refused.items()):
        shown.print(f"[yellow]{count} refused: {code}[/]", highlight=False)
    for promise in replayed.broken[:20]:
        shown.print(f"[red]lost:[/] {promise.what} answered as event {promise.seq}")
    if replayed.unreadable:
        shown.print(f"[red]The log could not be read back: {replayed.unreadable}[/]")
    lost = len(replayed.broken)
    if as_json:
        figures = {
            **replayed.tally.as_dict(),
            "sent": played.sent,
            "acknowledged": played.acknowledged,  # of the calls that were sent, not by crews
            "refused": played.refused,
            "unreachable": played.unreachable,
            "lost": lost,
            "proven": not replayed.unreadable,
        }
        print(orjson.dumps(figures).decode())
    else:
        shown.print(
            f"{played.sent} calls played, {played.acknowledged} acknowledged, "
            f"{replayed.tally.incidents} incidents, {replayed.tally.recommended} with a "
            f"recommendation; {lost} acknowledged calls are missing from the log.",
            highlight=False,
        )
    if lost or replayed.unreadable:
        raise typer.Exit(1)
