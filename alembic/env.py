"""Migrations on either database: one transaction each, with time-outs, one migrator at a time."""

from __future__ import annotations

from sqlalchemy import Connection, text

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
    engine = make_engine(url())
    try:
        with engine.connect() as fresh:
            if is_sqlite(engine):
                connection = fresh.execution_options(writing=True)
                run(connection)
                connection.commit()
                return
            fresh.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATOR_LOCK})
            fresh.execute(text(f"SET lock_timeout = '{LOCK_WAIT}'"))
            fresh.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            fresh.commit()
            run(fresh)
            fresh.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATOR_LOCK})
            fresh.commit()
    finally:
        engine.dispose()


main()
