"""Past calls by number, name, place and time, the last one first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from dispatch.domain.call import Call
from dispatch.domain.call_history import Sought, is_at
from dispatch.domain.incident import Incident
from dispatch.store import entities
from dispatch.store import tables as t

_PAGE = 200
_ESCAPE = "\\"
_NO_DIGITS = " -().+/"


def past_calls(
    connection: Connection, wanted: Sought, most: int
) -> Iterator[tuple[Call, Incident | None]]:
    """Calls that meet all that is given, with the incident that each speaks of, newest first.

    Args:
        connection: Reading.
        wanted: What is looked for.
        most: Calls looked at before it is given up, whoever may see them.
    """
    call, incident = t.call, t.incident
    within = call.c.received_at.between(wanted.since, wanted.until)
    where: list[ColumnElement[bool]] = [within]
    if wanted.digits:
        where.append(_has_private("callback", _digits_of(t.event_private.c.value), wanted.digits))
    if wanted.name:
        value = func.lower(t.event_private.c.value)
        where.append(_has_private("caller_name", value, wanted.name.lower()))
    for word in wanted.place.lower().split():
        pattern = f"%{_literal(word)}%"
        where.append(
            or_(
                func.lower(incident.c.doc).like(pattern, escape=_ESCAPE),
                func.lower(call.c.doc).like(pattern, escape=_ESCAPE),
            )
        )
    query = (
        select(call.c.id, call.c.incident_id)
        .outerjoin(incident, incident.c.id == call.c.incident_id)
        .where(*where)
        .order_by(call.c.received_at.desc(), call.c.id)
        .limit(most)
    )
    rows = connection.execute(query).all()
    for start in range(0, len(rows), _PAGE):
        some = rows[start : start + _PAGE]
        calls = {c.id: c for c in entities.calls(connection, call.c.id.in_([r.id for r in some]))}
        ids = [row.incident_id for row in some if row.incident_id]
        incidents = {i.id: i for i in entities.incidents(connection, incident.c.id.in_(ids))}
        for row in some:
            found, spoken_of = calls[row.id], incidents.get(row.incident_id or "")
            if wanted.place and not is_at(spoken_of, found, wanted.place):
                continue  # the word stood in a note, or in an agency's name
            yield found, spoken_of


def call_by_id(connection: Connection, call_id: str) -> tuple[Call, Incident | None] | None:
    """A call, open or closed, with the incident that it speaks of; None where there is none."""
    found = entities.calls(connection, t.call.c.id == call_id)
    if not found:
        return None
    spoken_of = entities.incident_by_id(connection, found[0].incident_id or "")
    return found[0], spoken_of[0] if spoken_of else None


def offered_calls(
    connection: Connection, since: datetime, most: int
) -> list[tuple[Call, Incident | None]]:
    """Calls received since then that were offered to another centre, the last one first."""
    call, incident = t.call, t.incident
    offers = call.c.doc.like('%"transfers":[{%')
    query = (
        select(call.c.id)
        .where(call.c.received_at >= since, offers)
        .order_by(call.c.received_at.desc(), call.c.id)
        .limit(most)
    )
    ids = list(connection.scalars(query))
    found = {one.id: one for one in entities.calls(connection, call.c.id.in_(ids))}
    spoken_of = [one.incident_id for one in found.values() if one.incident_id]
    incidents = {i.id: i for i in entities.incidents(connection, incident.c.id.in_(spoken_of))}
    return [(found[one], incidents.get(found[one].incident_id or "")) for one in ids]


def _has_private(name: str, value: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    private = t.event_private
    return exists().where(
        and_(
            private.c.subject == t.call.c.id,
            private.c.name == name,
            value.like(f"%{_literal(part)}%", escape=_ESCAPE),
        )
    )


def _digits_of(value: ColumnElement[Any]) -> ColumnElement[Any]:
    for letter in _NO_DIGITS:
        value = func.replace(value, letter, "")
    return value


def _literal(part: str) -> str:
    """The part as LIKE takes it, letter for letter."""
    for letter in (_ESCAPE, "%", "_"):
        part = part.replace(letter, _ESCAPE + letter)
    return part
