"""``hub feeds``: where closures are read from."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from dispatch.cli.database import open_database
from dispatch.cli.output import console, refuse
from dispatch.jobs.feeds import DECODERS
from dispatch.settings import HubSettings
from dispatch.store.feeds import FeedSource, drop_feed_source, list_feed_sources, save_feed_source

feeds = typer.Typer(help="Closure feeds.", no_args_is_help=True)


@feeds.command()
def add(
    feed_id: str,
    url: Annotated[str, typer.Argument(help="http(s) URL or a file.")],
    feed_format: Annotated[str, typer.Option("--format", help=", ".join(DECODERS))] = "wzdx",
    interval_s: Annotated[int, typer.Option(min=10, help="Seconds between readings.")] = 60,
) -> None:
    """Read closures from here from now on; the same id again changes its settings."""
    if feed_format not in DECODERS:
        refuse(f"There is no format {feed_format!r}.", f"One of: {', '.join(DECODERS)}.")
    engine = open_database(HubSettings())
    with engine.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            source = FeedSource(feed_id, feed_format, url, interval_s, enabled=True)
            save_feed_source(writing, source)
    console.print(f"{feed_id} is read every {interval_s} s.")


@feeds.command()
def drop(feed_id: str) -> None:
    """Read this feed no more. Its closures stay until their own end."""
    engine = open_database(HubSettings())
    with engine.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            drop_feed_source(writing, feed_id)
    console.print(f"{feed_id} is read no more.")


@feeds.command("list")
def list_all() -> None:
    """All feeds."""
    engine = open_database(HubSettings())
    table = Table("Feed", "Format", "Every", "From")
    with engine.connect() as connection, connection.begin():
        for source in list_feed_sources(connection):
            table.add_row(source.id, source.format, f"{source.interval_s} s", source.url)
    console.print(table)
