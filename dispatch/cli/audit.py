"""``hub audit``: verifying the log, and anchoring its head by hand."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from dispatch.cli.database import open_database
from dispatch.cli.output import console
from dispatch.services.audit import Anchors, verify_audit
from dispatch.settings import HubSettings
from dispatch.store.clock import database_now

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
    if found.faults:
        raise typer.Exit(1)


@audit.command()
def anchor() -> None:
    """Copy the head of the log out now, signed. The leader does this each minute by itself."""
    settings = HubSettings()
    engine = open_database(settings)
    with engine.connect() as connection, connection.begin():
        now = database_now(connection)
    made = _anchors(settings).append(engine, now)
    console.print(f"Anchored event {made.seq}." if made else "Nothing happened since the last.")
