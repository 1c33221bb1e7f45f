"""Another epoch for a history that is not the one that was followed: everyone then starts anew."""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, update

from dispatch.store import tables as t
from dispatch.store.event_log import read_head


def renew_epoch(engine: Engine, known: str) -> str:
    """Name the history anew, unless somebody has since it was named ``known``.

    A restored database bears the epoch of the history that was given up: without another name a
    console of that history would go on with this one as if nothing were missing.

    Returns:
        The epoch that stands; ``known`` where nothing stands in the log yet.
    """
    row = t.head.c.epoch == known
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(update(t.head).where(row).values(epoch=secrets.token_hex(8)))
        return read_head(connection).epoch
