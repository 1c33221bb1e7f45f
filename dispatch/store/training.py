"""Whether a database was made for training: written once, with its first row, and never changed."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, insert, select

from dispatch.domain.chain import GENESIS
from dispatch.store.tables import head


def training_of(connection: Connection) -> bool | None:
    """Whether it was made for training; None while nothing stands in its log."""
    found = connection.scalar(select(head.c.training))
    return None if found is None else bool(found)


def make_for_training(connection: Connection) -> bool:
    """Mark an empty database; whether it is one for training now."""
    present = training_of(connection)
    if present is not None:
        return present
    row = {"id": 1, "seq": 0, "hash": GENESIS, "epoch": secrets.token_hex(8), "training": True}
    connection.execute(insert(head).values(row))
    return True
