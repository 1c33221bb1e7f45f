"""The outbox: what is to be sent now, and what a message needs to be written. Nothing is changed.

Its rows are the projection of ``delivery.changed``, so they stand with the assignment that they
tell of, in one transaction.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from dispatch.domain.assignment import Assignment
from dispatch.domain.delivery import Delivery, ready
from dispatch.domain.incident import Incident
from dispatch.store import entities
from dispatch.store import tables as t
from dispatch.store.clock import database_now


class Outgoing(NamedTuple):
    """A message with all that it tells of, as it stands now."""

    delivery: Delivery
    incident: Incident
    assignment: Assignment | None
    """The one that it names; None: it names none."""
    live_of_unit: Assignment | None
    """What its unit is on now."""
    assigned: tuple[str, ...]
    """All units on the incident, in the order of sending."""


def list_outgoing(connection: Connection, limit: int = 1000) -> list[Delivery]:
    """What may leave by the database's clock, the longest due first (``delivery.ready``)."""
    now = database_now(connection)
    rows = connection.scalars(
        select(t.delivery.c.doc)
        .where(t.delivery.c.next_at <= now)
        .order_by(t.delivery.c.next_at, t.delivery.c.id)
        .limit(limit)
    )
    due = [Delivery.model_validate_json(doc) for doc in rows]
    corrected = sorted({d.incident_id for d in due if d.about == "update"})
    if corrected:
        later = t.delivery.c.incident_id.in_(corrected) & (t.delivery.c.next_at > now)
        due += entities.deliveries(connection, later)
    return ready(due, now)


def overdue_s(connection: Connection) -> float:
    """Seconds for which the longest due message has waited; 0: none waits."""
    first = connection.scalar(
        select(t.delivery.c.next_at)
        .where(t.delivery.c.next_at.is_not(None))
        .order_by(t.delivery.c.next_at)
        .limit(1)
    )
    waited = database_now(connection) - first if first else timedelta(0)
    return max(0.0, waited.total_seconds())


def find_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """A message by its id."""
    doc = connection.scalar(select(t.delivery.c.doc).where(t.delivery.c.id == delivery_id))
    return Delivery.model_validate_json(doc) if doc else None


def find_outgoing(connection: Connection, delivery_id: str) -> Outgoing | None:
    """A message that is still to be sent, with what it tells of; None: nothing is left to send."""
    delivery = find_delivery(connection, delivery_id)
    if delivery is None or delivery.next_at is None:
        return None
    (incident,) = entities.incident_by_id(connection, delivery.incident_id)
    live = t.assignment.c.released_at.is_(None)
    on_it = entities.assignments(connection, (t.assignment.c.incident_id == incident.id) & live)
    named = of_unit = None
    if delivery.assignment_id is not None:
        by_id = entities.assignments(connection, t.assignment.c.id == delivery.assignment_id)
        named = next(iter(by_id), None)
        of_its_unit = (t.assignment.c.unit_id == delivery.unit_id) & live
        of_unit = next(iter(entities.assignments(connection, of_its_unit)), None)
    return Outgoing(delivery, incident, named, of_unit, tuple(a.unit_id for a in on_it))
