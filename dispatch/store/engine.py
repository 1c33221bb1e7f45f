"""How the hub connects: SQLite with WAL and full sync, or PostgreSQL with time-outs."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

SYNC_LOST = "01000"
"""SQLSTATE of the warning that a commit did not reach its standby."""
DISK_FULL = "53100"
"""SQLSTATE of a server that has no room."""


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql+psycopg://…``.

    On SQLite a connection with the execution option ``writing`` begins with BEGIN IMMEDIATE. On
    PostgreSQL a commit that its standby did not confirm is noted in ``connection.info``.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            hide_parameters=True,
            connect_args={"timeout": 10, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=15000 -c timezone=UTC"
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 5},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def is_sqlite(bind: Engine | Connection) -> bool:
    """Whether this is the embedded database."""
    return bind.dialect.name == "sqlite"


def is_full(failure: BaseException) -> bool:
    """Whether the database refused to write for want of room: nothing of it was done."""
    told = getattr(failure, "orig", None)
    if isinstance(told, sqlite3.Error):
        return getattr(told, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(told, "sqlstate", None) == DISK_FULL


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says how a transaction begins
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "wal_autocheckpoint=1000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_postgresql(connection: Any, record: Any) -> None:
    record.info["unconfirmed"] = False

    def on_notice(diagnostic: Any) -> None:
        if diagnostic.sqlstate == SYNC_LOST:
            record.info["unconfirmed"] = True

    connection.add_notice_handler(on_notice)
