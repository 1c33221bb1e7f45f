"""``hub migrate`` and ``doctor``: the tables' version, and the state of all parts."""

from __future__ import annotations

import asyncio

import typer
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from dispatch.adapters.signing import origin_of
from dispatch.cli.output import console
from dispatch.domain.errors import RoadsUnavailable
from dispatch.jobs.queue import connect
from dispatch.roads.client import RoadsClient
from dispatch.services.audit import RESTORED_ADVICE, Anchors, unfit_anchors
from dispatch.settings import HubSettings
from dispatch.store.engine import make_engine
from dispatch.store.entities import channel_faults
from dispatch.store.event_log import read_head
from dispatch.store.migrations import check_schema
from dispatch.store.migrations import migrate as migrate_to
from dispatch.store.regions import agency_policy


def migrate(revision: str = "head") -> None:
    """Bring the database's tables to this version of the hub. Running it again changes nothing."""
    settings = HubSettings()
    settings.storage.data_dir.mkdir(parents=True, exist_ok=True)
    migrate_to(settings.storage.database, revision)
    console.print("The tables are up to date.")


def doctor() -> None:
    """Look at each part and say what works and what to do about the rest."""
    settings = HubSettings()
    table = Table("Part", "State", "What to do")
    findings = [
        _database(settings),
        _log(settings),
        _roads(settings),
        _job_server(settings),
        _channels(settings),
    ]
    for part, good, state, advice in findings:
        table.add_row(part, f"[{'green' if good else 'red'}]{state}[/]", advice)
    console.print(table)
    if not all(good for _, good, _, _ in findings):
        raise typer.Exit(1)


Finding = tuple[str, bool, str, str]


def _database(settings: HubSettings) -> Finding:
    engine = make_engine(settings.storage.database)
    try:
        with engine.connect() as connection, connection.begin():
            head = read_head(connection)
        check_schema(settings.storage.database)
    except Exception as failure:  # whatever it is, the operator must read it here
        advice = "Run `hub migrate`, then `hub load FOLDER`; see HUB_DATABASE_URL."
        kind = "cannot be read" if isinstance(failure, DBAPIError) else "has no log yet"
        return "database", False, kind, advice
    return "database", True, f"{head.seq} events, region {head.region_version or 'none'}", ""


def _log(settings: HubSettings) -> Finding:
    """Whether the log is the one whose head was copied out, or another that took its place."""
    anchors = Anchors(settings.storage.anchors_path, settings.storage.anchor_key_path)
    try:
        unfit = unfit_anchors(make_engine(settings.storage.database), anchors)
    except DBAPIError:  # the database's own line says why
        return "log", False, "cannot be read", "See the database."
    if unfit:
        last = max(anchor.seq for anchor in unfit)
        return "log", False, f"event {last} was anchored and is not there", RESTORED_ADVICE
    return "log", True, "as it was anchored", ""


def _roads(settings: HubSettings) -> Finding:
    async def ask() -> str:
        client = RoadsClient(settings.roads_socket, deadline_s=2.0)
        try:
            status = await client.status()
        finally:
            await client.close()
        return f"at event {status.seq}, network {status.network_id}"

    try:
        return "roads", True, asyncio.run(ask()), ""
    except RoadsUnavailable:
        return "roads", False, "do not answer", "Start the hub with `hub serve`; it starts them."


def _channels(settings: HubSettings) -> Finding:
    """Whether every channel of the region has what it is sent by."""
    engine = make_engine(settings.storage.database)
    try:
        with engine.connect() as connection, connection.begin():
            version = read_head(connection).region_version
            channels = agency_policy(connection, version).channels
            faults = channel_faults(connection)
    except Exception:  # the database's own line says why
        return "channels", False, "cannot be read", "See the database."
    allowed = {origin_of(origin) for origin in settings.delivery.delivery_webhooks}
    every = [channel for own in channels.values() for channel in own]
    wanted = {origin_of(channel.target) for channel in every if channel.adapter == "webhook"}
    lacking = sorted(wanted - allowed)
    if any(channel.adapter == "email" for channel in every) and not settings.delivery.mail_host:
        lacking.append("e-mail")
    if any(channel.adapter == "push" for channel in every) and not settings.delivery.push_services:
        lacking.append("push")
    if lacking:
        advice = "Set HUB_DELIVERY_WEBHOOKS, HUB_MAIL_HOST or HUB_PUSH_SERVICES: it fails so."
        return "channels", False, f"no receiver set for {', '.join(lacking)}", advice
    if faults:
        said = "; ".join(
            f"{fault.id} since {fault.since:%H:%M} UTC: {fault.why}" for fault in faults
        )
        return "channels", False, said, "See A channel that fails in docs/delivery.md."
    return "channels", True, f"{len(every)} of the region", ""


def _job_server(settings: HubSettings) -> Finding:
    if not settings.storage.redis_url:
        return "job server", True, "none set", "Feeds are not read; set HUB_REDIS_URL for that."
    try:
        connect(settings.storage.redis_url).ping()
    except Exception as failure:  # whatever it is, the operator must read it here
        advice = "Start Redis, or correct HUB_REDIS_URL."
        return "job server", False, type(failure).__name__, advice
    return "job server", True, "answers", ""
