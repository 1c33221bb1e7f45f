"""The schema brought to a revision, by the one tree of migrations in ``alembic``."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Engine, inspect

from alembic import command
from dispatch.store.tables import metadata

ROOT = Path(__file__).resolve().parents[2]


def _config(url: str) -> Config:
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database up to ``revision``; running it again changes nothing."""
    command.upgrade(_config(url), revision)


def migrate_down(url: str, revision: str = "base") -> None:
    """Take migrations back, to ``revision`` or altogether."""
    command.downgrade(_config(url), revision)


def missing_tables(engine: Engine) -> set[str]:
    """Tables that the code has and the database has not: it is of an older version."""
    return metadata.tables.keys() - set(inspect(engine).get_table_names())


def check_schema(url: str) -> None:
    """Raise when the tables in code and the migrated database differ."""
    command.check(_config(url))
