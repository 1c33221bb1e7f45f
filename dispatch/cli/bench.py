"""``hub bench``: the figures that the product measures of itself."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from dispatch.bench import (
    call,
    closure,
    coverage,
    look_back,
    matching,
    places,
    rank,
    recommend,
    resolve,
    start,
)
from dispatch.bench import console as console_page
from dispatch.cli.output import console


class Bench(StrEnum):
    """What can be measured."""

    RANK = "rank"
    RECOMMEND = "recommend"
    CLOSURE = "closure"
    RESOLVE = "resolve"
    CALL = "call"
    START = "start"
    COVERAGE = "coverage"
    MATCHING = "matching"
    CONSOLE = "console"
    PLACES = "places"
    LOOK_BACK = "look-back"


def bench(
    name: Bench,
    network: Annotated[
        str, typer.Option(help="synthetic:NODES, or an OSM file.")
    ] = "synthetic:20000",
    units: Annotated[int, typer.Option(min=1, max=5000)] = 100,
    closures: Annotated[
        int, typer.Option(min=0, max=5000, help="In force for `rank` and `recommend`.")
    ] = 20,
    events: Annotated[
        int, typer.Option(min=0, help="History for `start` and `look-back`.")
    ] = 100_000,
    lines: Annotated[int, typer.Option(min=1, help="Drives for `matching`.")] = 200,
    names: Annotated[int, typer.Option(min=2000, help="Of streets and places.")] = 300_000,
    postgis: Annotated[str, typer.Option(help="PostGIS URL to compare `resolve` with.")] = "",
    valhalla: Annotated[
        Path | None, typer.Option(help="An unpacked wheel of pyvalhalla, to compare `rank` with.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object as last line.")] = False,
) -> None:
    """Measure one thing on this machine and print its figures (milliseconds unless named)."""
    with console.status(f"Measuring {name}…"):
        if name is Bench.PLACES:
            figures = places.run(names)
        elif name is Bench.RANK:
            figures = rank.run(network, units, closures, valhalla=valhalla)
        elif name is Bench.RECOMMEND:
            figures = recommend.run(network, units, closures)
        else:
            figures = _run(name, network, units, events, postgis, lines)
    if as_json:
        print(orjson.dumps(figures).decode())
        return
    table = Table("figure", "value", title=f"hub bench {name}")
    for key, value in figures.items():
        shown = f"{value:,.3f}" if isinstance(value, float) else str(value)
        table.add_row(key, shown)
    console.print(table)


def _run(
    name: Bench, network: str, units: int, events: int, postgis: str, lines: int
) -> dict[str, Any]:
    if name is Bench.CLOSURE:
        return closure.run(network, units)
    if name is Bench.RESOLVE:
        return resolve.run(postgis_url=postgis)
    if name is Bench.CALL:
        return call.run(network, units)
    if name is Bench.COVERAGE:
        return coverage.run(network, units)
    if name is Bench.CONSOLE:
        return console_page.run(network, units)
    if name is Bench.LOOK_BACK:
        return look_back.run(network, events)
    if name is Bench.MATCHING:
        return matching.run(network, lines)
    return start.run(network, events)
