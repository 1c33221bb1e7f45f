"""``hub audit``: verifying the log, anchoring its head by hand, and the board as it was."""

from __future__ import annotations

import getpass
import shutil
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dispatch.cli.database import open_database
from dispatch.cli.output import console, refuse
from dispatch.domain.errors import HubError
from dispatch.domain.values import EVERYONE, Actor
from dispatch.services.audit import (
    RESTORED_ADVICE,
    Anchors,
    account_for_numbers,
    declare_restored,
    unfit_anchors,
    verify_audit,
)
from dispatch.services.board_keeper import KEEP_EVERY, keep_boards
from dispatch.services.looking_back import LookBack, look_back, look_of
from dispatch.services.rehearsal import rehearse_restore
from dispatch.settings import HubSettings
from dispatch.store.clock import database_now
from dispatch.store.engine import make_engine
from dispatch.store.entities import region_of
from dispatch.store.event_log import read_head
from dispatch.store.migrations import missing_tables
from dispatch.store.unit_of_work import submit_alone

audit = typer.Typer(help="The hash-chained log.", no_args_is_help=True)


def _anchors(settings: HubSettings) -> Anchors:
    return Anchors(settings.storage.anchors_path, settings.storage.anchor_key_path)


@audit.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, last line.")] = False,
    most: Annotated[int, typer.Option(help="Faults listed at most.")] = 100,
) -> None:
    """Find any changed, deleted, swapped or truncated row, back to the last anchor."""
    settings = HubSettings()
    engine = open_database(settings)
    with console.status("Verifying the log…"):
        found = verify_audit(engine, _anchors(settings), most)
    if as_json:
        print(
            orjson.dumps(
                {
                    "events": found.events,
                    "anchored": found.anchored,
                    "faults": [fault._asdict() for fault in found.faults],
                }
            ).decode()
        )
    else:
        for fault in found.faults:
            where = f"event {fault.seq}" if fault.seq else "the log"
            console.print(f"[red]{where}[/]: {fault.what}", highlight=False)
        state = f"[red]{len(found.faults)} faults[/]" if found.faults else "[green]whole[/]"
        console.print(f"{found.events} events, anchored to {found.anchored}: {state}")
        if found.faults and unfit_anchors(engine, _anchors(settings)):
            console.print(RESTORED_ADVICE, highlight=False)
    if found.faults:
        raise typer.Exit(1)


@audit.command()
def restored(
    reason: Annotated[str, typer.Option(help="What was restored, from when, and why.")],
) -> None:
    """Say that the database was restored: consoles reload all, and the lost anchors hold no more.

    Run it before the hub starts again; it does no harm while the hub runs.
    """
    settings = HubSettings()
    engine = open_database(settings)
    with engine.connect() as connection, connection.begin():
        now = database_now(connection)
    try:
        parting = declare_restored(engine, _anchors(settings), reason, now)
    except HubError as refusal:
        refuse(refusal.detail)
    lost = f"up to {parting.anchored} were anchored and are lost"
    said = lost if parting.anchored > parting.good else "no anchored event is lost"
    console.print(
        f"Another epoch stands: every console reloads. The log fits its anchors up to event "
        f"{parting.good}; {said}.",
        highlight=False,
    )


@audit.command()
def rehearse(
    backup: Annotated[
        str, typer.Argument(help="A file of the embedded database, or the URL of a restored one.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, last line.")] = False,
) -> None:
    """Restore a backup beside the hub, replay the log on it, and compare its state with the live.

    Nothing is changed; the hub may run. Ends with 1 where the two differ.
    """
    live = open_database(HubSettings())
    with tempfile.TemporaryDirectory(prefix="hub-rehearsal-") as folder:
        restored = _restored(backup, Path(folder))
        try:
            with console.status("Replaying the log on the backup…"):
                found = rehearse_restore(live, restored)
        except HubError as refusal:
            refuse(refusal.detail)
        finally:
            restored.dispose()
    if as_json:
        print(orjson.dumps({**asdict(found), "whole": found.whole}).decode())
    else:
        for fault in found.faults:
            console.print(f"[red]event {fault.seq}[/] of the backup: {fault.what}", highlight=False)
        if found.parts:
            console.print(f"[red]They differ[/] in {', '.join(found.parts)}.", highlight=False)
        state = "[green]equal[/]" if found.whole else "[red]not to be trusted[/]"
        console.print(
            f"The backup ends with event {found.backup_seq}, the live log with {found.live_seq}. "
            f"Backup and log {found.replayed[:16]}, live {found.live[:16]}: {state}.",
            highlight=False,
        )
    if not found.whole:
        raise typer.Exit(1)


def _restored(backup: str, folder: Path) -> Engine:
    """The restored database; of a file a copy, so that the backup itself stays as it is."""
    if "://" in backup:
        url = backup
    else:
        if not Path(backup).is_file():
            refuse(f"There is no file {backup}.")
        for suffix in ("", "-wal"):
            if Path(backup + suffix).exists():
                shutil.copy(backup + suffix, folder / f"backup.sqlite{suffix}")
        url = f"sqlite:///{folder / 'backup.sqlite'}"
    try:
        engine = make_engine(url)
        missing = missing_tables(engine)
    except SQLAlchemyError:
        refuse("The backup cannot be opened: it is no database of a hub.")
    if missing:
        refuse(
            f"The backup is of another version of the hub: it has no {', '.join(sorted(missing))}."
        )
    return engine


@audit.command()
def anchor() -> None:
    """Copy the head of the log out now, signed. The leader does this each minute by itself."""
    settings = HubSettings()
    engine = open_database(settings)
    with engine.connect() as connection, connection.begin():
        now = database_now(connection)
    made = _anchors(settings).append(engine, now)
    console.print(f"Anchored event {made.seq}." if made else "Nothing happened since the last.")


@audit.command()
def numbers(
    agency: Annotated[str, typer.Argument(help="The agency's id.")],
    year: Annotated[int, typer.Option(min=2000, max=2100, help="By the centre's calendar.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, last line.")] = False,
) -> None:
    """Account for every case number of an agency and year; a gap without a reason is a fault."""
    engine = open_database(HubSettings())
    with engine.connect() as connection, connection.begin():
        found = account_for_numbers(connection, agency, year)
    voided = [row.voided for row in found.rows if row.voided is not None]
    if as_json:
        told = [void.model_dump(mode="json") for void in voided]
        print(
            orjson.dumps(
                {"given": len(found.rows), "voided": told, "missing": list(found.missing)}
            ).decode()
        )
    else:
        for void in voided:
            when = void.at.isoformat(timespec="minutes")
            console.print(f"{void.number} void: {void.reason} ({void.by}, {when})", highlight=False)
        for number in found.missing:
            console.print(f"[red]{number}[/]: no event gives it", highlight=False)
        console.print(
            f"{len(found.rows)} given, {len(voided)} voided, {len(found.missing)} missing"
        )
    if found.missing:
        raise typer.Exit(1)


@audit.command()
def board(
    at: Annotated[
        str, typer.Option(help="The instant: 2026-07-01T21:04:10; without a zone, the centre's.")
    ] = "",
    seq: Annotated[int | None, typer.Option(min=1, help="Or the event's number.")] = None,
    session: Annotated[
        str, typer.Option("--console", help="A console's session: the board as it had it.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, last line.")] = False,
) -> None:
    """The board as it was, and what each console had of it, as an auditor reads it.

    That it was looked at stands in the log, with the name of whoever is signed in on this machine.
    """
    engine = open_database(HubSettings())
    actor = Actor(account_id="hub-audit", role="auditor", agencies=(EVERYONE,))
    try:
        with engine.connect() as connection, connection.begin():
            instant = _instant(at, connection) if at else None
            now = database_now(connection)
            found = look_back(
                connection, actor, "audit", now, seq=seq, at=instant, session_id=session or None
            )
        look = look_of(actor, found.asked_at, session or None, now, getpass.getuser())
        submit_alone(engine, look)
    except HubError as refusal:
        refuse(refusal.detail)
    except TimeoutError:
        refuse("The look cannot be written to the log, so nothing is shown.", "Try again.")
    if as_json:
        print(orjson.dumps(_as_json(found)).decode())
    else:
        _show(found)


@audit.command()
def keep(
    every: Annotated[
        int, typer.Option(min=100, help="Events from one kept board to the next.")
    ] = KEEP_EVERY,
) -> None:
    """Keep boards along a log that was written before the hub kept any; it goes on where it was."""
    engine = open_database(HubSettings())
    with console.status("Keeping boards…"):
        kept = keep_boards(engine, every)
    console.print(f"{kept.made} boards kept, up to event {kept.last} of {kept.head}.")


def _instant(text: str, connection: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"{text!r} is no instant.", "Write it as 2026-07-01T21:04:10, with +00:00 for UTC.")
    if instant.tzinfo is None:
        region = region_of(connection, read_head(connection).region_version)
        instant = instant.replace(tzinfo=ZoneInfo(region.time_zone if region else "UTC"))
    return instant.astimezone(UTC)


def _as_json(found: LookBack) -> dict[str, Any]:
    return {
        "seq": found.seq,
        "as_of_seq": found.as_of_seq,
        "asked_at": found.asked_at,
        "head": found.head,
        "board": found.board.model_dump(mode="json"),
        "consoles": [
            {
                "session_id": then.known.link.session_id,
                "name": then.known.link.name,
                "role": then.known.link.role,
                "connected": then.known.connected,
                "sent": then.known.sent,
                "acked": then.known.acked,
                "acked_at": then.known.acked_at,
                "under_way": [event.seq for event in then.under_way],
                "unsent": [event.seq for event in then.unsent],
                "unknown": [event.seq for event in then.unknown],
                "known_until": then.known.known_until,
                "more": then.more,
                "counted": then.counted,
            }
            for then in found.consoles
        ],
    }


def _show(found: LookBack) -> None:
    zone = ZoneInfo(found.board.region.time_zone if found.board.region else "UTC")

    def clock(at: datetime | None) -> str:
        return at.astimezone(zone).strftime("%H:%M:%S") if at else "-"

    day = found.asked_at.astimezone(zone).strftime("%Y-%m-%d")
    console.print(
        f"[bold red]AS OF {day} {clock(found.asked_at)}, NOT LIVE[/]: event {found.as_of_seq} "
        f"of {found.head}",
        highlight=False,
    )
    incidents = Table("number", "type", "place", "units")
    for incident in found.board.incidents:
        live = [a for a in found.board.assignments if a.incident_id == incident.id and a.live]
        units = " ".join(f"{a.unit_id} {a.code}" for a in live)
        incidents.add_row(incident.number, incident.type_label, incident.place.address, units)
    console.print(incidents)
    consoles = Table("console", "role", "link", "sent", "acknowledged", "lacked")
    for then in found.consoles:
        known = then.known
        lacked = f"{len(then.under_way)} under way, {len(then.unsent)} unsent"
        if then.unknown:
            lacked += f", {len(then.unknown)} unknown"
        if then.more:
            lacked += f", {then.more} more"
        if known.known_until is not None:
            lacked += f"; known until {clock(known.known_until)}"
        consoles.add_row(
            f"{known.link.name} ({known.link.session_id[:8]})",
            known.link.role,
            "connected" if known.connected else f"gone {clock(known.link.ended_at)}",
            str(known.sent),
            f"{known.acked} {clock(known.acked_at)}",
            lacked if then.counted else "not counted",
        )
    console.print(consoles)
