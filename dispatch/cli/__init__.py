"""The ``hub`` command. Each file beside this one holds the commands of one concern."""

from __future__ import annotations

import typer

from dispatch.cli.accounts import accounts
from dispatch.cli.audit import audit
from dispatch.cli.bench import bench
from dispatch.cli.demo import demo
from dispatch.cli.feeds import feeds
from dispatch.cli.region import load, pack_from_osm, recommend, resolve, synthesize
from dispatch.cli.replay import replay
from dispatch.cli.serving import doctor, migrate, roads, serve, worker

app = typer.Typer(
    help="Regional dispatch hub. Start with `hub demo`; docs/operator.md has the rest.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
for command in (
    demo,
    serve,
    roads,
    worker,
    migrate,
    load,
    synthesize,
    pack_from_osm,
    replay,
    resolve,
    recommend,
    bench,
    doctor,
):
    app.command()(command)
app.add_typer(accounts, name="accounts")
app.add_typer(feeds, name="feeds")
app.add_typer(audit, name="audit")
