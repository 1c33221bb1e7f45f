"""Map faults as they stand, by their id or by their owner."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dispatch.domain.map_fault import MapFault
from dispatch.store import tables as t


def map_fault_by_id(connection: Connection, fault_id: str) -> tuple[MapFault, ...]:
    """The fault, open or closed, as a tuple of none or one."""
    rows = connection.scalars(select(t.map_fault.c.doc).where(t.map_fault.c.id == fault_id))
    return tuple(MapFault.model_validate_json(doc) for doc in rows)


def open_map_faults(
    connection: Connection, municipality: str | None, limit: int
) -> tuple[MapFault, ...]:
    """Open faults of one municipality, or (None) of all; the one met last comes first."""
    query = select(t.map_fault.c.doc).where(t.map_fault.c.closed_at.is_(None))
    if municipality is not None:
        query = query.where(t.map_fault.c.municipality == municipality)
    query = query.order_by(t.map_fault.c.last_at.desc(), t.map_fault.c.id).limit(limit)
    return tuple(MapFault.model_validate_json(doc) for doc in connection.scalars(query))
