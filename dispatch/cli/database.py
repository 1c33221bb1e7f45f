"""The installation's database for a command, or a plain refusal where there is none."""

from __future__ import annotations

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from dispatch.cli.output import refuse
from dispatch.settings import HubSettings
from dispatch.store.engine import make_engine
from dispatch.store.migrations import missing_tables


def open_database(settings: HubSettings) -> Engine:
    """The hub's database, migrated; anything else ends the command with what to do."""
    engine = make_engine(settings.storage.database)
    where = "HUB_DATABASE_URL" if settings.storage.database_url else settings.storage.data_dir
    try:
        tables = inspect(engine).get_table_names()
    except DBAPIError:
        refuse(
            f"The database ({where}) cannot be opened.",
            "Set HUB_DATA_DIR or HUB_DATABASE_URL, or make one with `hub migrate`.",
        )
    if "head" not in tables:
        refuse(f"The database ({where}) has no tables.", "Run `hub migrate` first.")
    if missing := missing_tables(engine):
        refuse(
            f"The database ({where}) is of another version of the hub: "
            f"it has no {', '.join(sorted(missing))}.",
            "Stop the hub, and run `hub migrate`.",
        )
    return engine
