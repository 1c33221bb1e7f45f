"""What is known of a spot or a number: premise notes, and incidents that were there before."""

from __future__ import annotations

import math
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from dispatch.domain.incident import Incident
from dispatch.domain.premise import RADIUS_MOST_M, PremiseNote
from dispatch.store import tables as t
from geodata.lonlat import LonLat

M_PER_DEG = 111_195.0
NUMBERS_MOST = 50


def _around(
    lon: ColumnElement[float], lat: ColumnElement[float], at: LonLat, metres: float
) -> ColumnElement[bool]:
    """A box of this half width: cheap to look up; the exact distance is the rule's matter."""
    d_lat = metres / M_PER_DEG
    d_lon = d_lat / max(0.05, math.cos(math.radians(at.lat)))
    return and_(
        lat.between(at.lat - d_lat, at.lat + d_lat), lon.between(at.lon - d_lon, at.lon + d_lon)
    )


def premises_near(connection: Connection, at: LonLat) -> tuple[PremiseNote, ...]:
    """Notes whose radius may reach the spot."""
    near = _around(t.premise_note.c.lon, t.premise_note.c.lat, at, RADIUS_MOST_M)
    rows = connection.scalars(select(t.premise_note.c.doc).where(near))
    return tuple(PremiseNote.model_validate_json(doc) for doc in rows)


def premise_by_id(connection: Connection, note_id: str) -> tuple[PremiseNote, ...]:
    """The note, as a tuple of none or one."""
    rows = connection.scalars(select(t.premise_note.c.doc).where(t.premise_note.c.id == note_id))
    return tuple(PremiseNote.model_validate_json(doc) for doc in rows)


def premises_of(connection: Connection, agency_ids: list[str] | None) -> list[PremiseNote]:
    """Notes of these agencies, or (None) of all; newest first, those that have ended too."""
    query = select(t.premise_note.c.doc)
    if agency_ids is not None:
        query = query.where(t.premise_note.c.agency_id.in_(agency_ids))
    found = [PremiseNote.model_validate_json(doc) for doc in connection.scalars(query)]
    return sorted(found, key=lambda note: (note.noted_at, note.id), reverse=True)


def incidents_near(
    connection: Connection, at: LonLat, metres: float, since: datetime, limit: int
) -> list[Incident]:
    """Incidents in a box around the spot, open or closed, newest first."""
    near = _around(t.incident.c.lon, t.incident.c.lat, at, metres)
    query = (
        select(t.incident.c.doc)
        .where(near, t.incident.c.created_at >= since)
        .order_by(t.incident.c.created_at.desc())
        .limit(limit)
    )
    return [Incident.model_validate_json(doc) for doc in connection.scalars(query)]


def incidents_of_number(
    connection: Connection, callback: str, since: datetime, limit: int
) -> list[Incident]:
    """Incidents that this very number called about, newest first.

    Numbers are looked up as they were written: an index finds them, and no number is shown.
    """
    subjects = connection.scalars(
        select(t.event_private.c.subject)
        .where(t.event_private.c.name == "callback", t.event_private.c.value == callback)
        .order_by(t.event_private.c.seq.desc())
        .limit(NUMBERS_MOST)
    ).all()
    if not subjects:
        return []
    query = (
        select(t.incident.c.doc)
        .join(t.call, t.call.c.incident_id == t.incident.c.id)
        .where(t.call.c.id.in_(list(subjects)), t.incident.c.created_at >= since)
        .order_by(t.incident.c.created_at.desc())
        .limit(limit)
    )
    found = [Incident.model_validate_json(doc) for doc in connection.scalars(query)]
    return list({incident.id: incident for incident in found}.values())
