"""Migrations on either database: one transaction each, with time-outs, one migrator at a time."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from alembic import context
from dispatch.settings import StorageSettings
from dispatch.store.engine import is_sqlite, make_engine
from dispatch.store.tables import metadata

MIGRATOR_LOCK = 911_001
LOCK_WAIT = "5s"


def include_object(
    thing: object, name: str | None, kind: str, reflected: bool, other: object
) -> bool:
    """Leave PostGIS's own tables alone."""
    return not (kind == "table" and name == "spatial_ref_sys")


def url() -> str:
    """The database that the caller named, else the settings' own."""
    named = context.config.attributes.get("url")
    return str(named) if named else StorageSettings().database


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=is_sqlite(connection),
        include_object=include_object,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    database_url = url()
    if make_url(database_url).get_backend_name() == "sqlite":
        with make_engine(database_url).connect() as fresh:
            connection = fresh.execution_options(writing=True)
            run(connection)
            connection.commit()
        return
    with make_engine(database_url).connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATOR_LOCK})
        connection.execute(text(f"SET lock_timeout = '{LOCK_WAIT}'"))
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
        connection.commit()
        run(connection)
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATOR_LOCK})
        connection.commit()


main()
