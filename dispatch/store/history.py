"""What has left the board: closed incidents, read from the tables on request."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from dispatch.domain.assignment import Assignment
from dispatch.domain.call import Call
from dispatch.domain.incident import Incident
from dispatch.domain.recommendation import Recommendation
from dispatch.store import entities
from dispatch.store import tables as t


class IncidentFile(NamedTuple):
    """An incident with all that hangs on it."""

    incident: Incident
    calls: list[Call]
    assignments: list[Assignment]
    recommendation: Recommendation | None


def list_closed_incidents(
    connection: Connection, limit: int, before: datetime | None = None
) -> list[Incident]:
    """The incidents closed last, newest first, at most ``limit`` of those closed ``before``."""
    query = select(t.incident.c.doc).where(t.incident.c.state == "closed")
    if before is not None:
        query = query.where(t.incident.c.closed_at < before)
    query = query.order_by(t.incident.c.closed_at.desc(), t.incident.c.id).limit(limit)
    return [Incident.model_validate_json(doc) for doc in connection.scalars(query)]


def find_incident_file(connection: Connection, incident_id: str) -> IncidentFile | None:
    """The incident, open or closed, with its calls, assignments and last recommendation."""
    found = entities.incident_by_id(connection, incident_id)
    if not found:
        return None
    advice = entities.recommendations(connection, t.recommendation.c.incident_id == incident_id)
    return IncidentFile(
        incident=found[0],
        calls=entities.calls(connection, t.call.c.incident_id == incident_id),
        assignments=entities.assignments(connection, t.assignment.c.incident_id == incident_id),
        recommendation=advice[0] if advice else None,
    )
