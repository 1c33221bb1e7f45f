"""``hub feeds``: where closures are read from."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dispatch.cli.database import open_database
from dispatch.cli.output import console, refuse
from dispatch.domain.events import FeedReject
from dispatch.interop.feed_item import FeedItem, FeedUnreadable
from dispatch.interop.formats import DECODERS, decode
from dispatch.jobs.fetching import FeedUnreachable, fetch, kept_of
from dispatch.settings import HubSettings
from dispatch.store.feeds import FeedSource, drop_feed_source, list_feed_sources, save_feed_source
from geodata.matching import match_area, match_line
from geodata.snapping import Snapper
from geodata.sources.osm import read_osm

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


@feeds.command()
def check(
    url: Annotated[str, typer.Argument(help="http(s) URL or a file.")],
    feed_format: Annotated[str, typer.Option("--format", help=", ".join(DECODERS))] = "wzdx",
    pack: Annotated[
        Path | None, typer.Option(help="Also place the entries on the roads of this region pack.")
    ] = None,
) -> None:
    """Say what a document holds and why entries are refused. Nothing is taken over."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            document = asyncio.run(fetch(url, kept_of(Path(folder), "check")))
            decoded = decode(feed_format, document, datetime.now(UTC))
        except (FeedUnreachable, FeedUnreadable) as failure:
            refuse(f"{url} cannot be read: {failure}", "Nothing of such a document is taken over.")
    shut = sum(item.is_shut for item in decoded.items)
    console.print(
        f"{decoded.listed} entries: {len(decoded.items)} bind ({shut} shut a road), "
        f"{decoded.harmless} leave traffic as it is, {len(decoded.rejects)} refused."
    )
    table = Table("Entries", "Why they are refused", "For example")
    rejects = list(decoded.rejects)
    if pack is not None:
        unplaced = _unplaced(pack / "roads.osm.pbf", decoded.items)
        console.print(
            f"On these roads: {len(decoded.items) - len(unplaced)} placed, {len(unplaced)} not."
        )
        rejects += unplaced
    why = Counter(reject.why for reject in rejects)
    for reason, count in why.most_common():
        example = next(reject.ref for reject in rejects if reject.why == reason)
        table.add_row(str(count), reason, example)
    if rejects:
        console.print(table)


def _unplaced(roads: Path, items: list[FeedItem]) -> list[FeedReject]:
    """The entries that fit no road of an extract well enough, and why."""
    network = read_osm(roads)
    snapper = Snapper(network)
    rejects = []
    for item in items:
        if item.is_area:
            found = match_area(network, item.line, item.direction, road_names=item.road_names)
        else:
            found = match_line(
                network,
                snapper,
                item.line,
                item.direction,
                follows_road=item.follows_road,
                road_names=item.road_names,
            )
        if found.why_not:
            rejects.append(FeedReject(ref=item.ref, why=found.why_not[:200]))
    return rejects


@feeds.command("list")
def list_all() -> None:
    """All feeds."""
    engine = open_database(HubSettings())
    table = Table("Feed", "Format", "Every", "From")
    with engine.connect() as connection, connection.begin():
        for source in list_feed_sources(connection):
            table.add_row(source.id, source.format, f"{source.interval_s} s", source.url)
    console.print(table)
