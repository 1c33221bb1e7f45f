"""Rows into entities of the domain, by noun. The board and the rows of commands both use it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from dispatch.domain.assignment import Assignment
from dispatch.domain.call import Call
from dispatch.domain.channel_fault import ChannelFault
from dispatch.domain.closure import Closure
from dispatch.domain.delivery import Delivery
from dispatch.domain.emergency import Emergency
from dispatch.domain.events import FeedRead, RegionActivated, ZoneMuted
from dispatch.domain.hospital import HospitalState
from dispatch.domain.incident import Incident
from dispatch.domain.position import Position
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.storm import Storm
from dispatch.domain.unit import LogOn, Unit
from dispatch.store import tables as t

Where = ColumnElement[bool]


def incidents(connection: Connection, where: Where) -> list[Incident]:
    """Incidents that meet a condition on the table ``incident``."""
    rows = connection.scalars(select(t.incident.c.doc).where(where))
    return [Incident.model_validate_json(doc) for doc in rows]


def incident_by_id(connection: Connection, incident_id: str) -> list[Incident]:
    """The incident, open or closed, as a list of none or one."""
    return incidents(connection, t.incident.c.id == incident_id)


def calls(connection: Connection, where: Where) -> list[Call]:
    """Calls that meet a condition, with those personal values that still exist."""
    rows = connection.execute(select(t.call.c.id, t.call.c.doc).where(where)).all()
    if not rows:
        return []
    private: dict[str, dict[str, str]] = defaultdict(dict)
    subjects = [row.id for row in rows]
    for start in range(0, len(subjects), 500):
        some = t.event_private.c.subject.in_(subjects[start : start + 500])
        query = select(t.event_private).where(some).order_by(t.event_private.c.seq)
        for row in connection.execute(query):  # the latest value of a name stands
            private[row.subject][row.name] = row.value
    return [Call.model_validate_json(row.doc).told(private.get(row.id, {})) for row in rows]


def assignments(connection: Connection, where: Where) -> list[Assignment]:
    """Assignments that meet a condition, in the order they were made."""
    rows = connection.scalars(select(t.assignment.c.doc).where(where))
    found = [Assignment.model_validate_json(doc) for doc in rows]
    return sorted(found, key=lambda a: (a.assigned_at, a.id))


def deliveries(connection: Connection, where: Where) -> list[Delivery]:
    """Messages that meet a condition, in the order in which they were queued."""
    rows = connection.scalars(select(t.delivery.c.doc).where(where))
    found = [Delivery.model_validate_json(doc) for doc in rows]
    return sorted(found, key=lambda d: (d.queued_at, d.id))


def channel_faults(connection: Connection) -> list[ChannelFault]:
    """The channels that fail."""
    rows = connection.scalars(select(t.channel_fault.c.doc))
    return [ChannelFault.model_validate_json(doc) for doc in rows]


def recommendations(connection: Connection, where: Where) -> list[Recommendation]:
    """The latest recommendation of each incident that meets a condition."""
    rows = connection.scalars(select(t.recommendation.c.doc).where(where))
    return [Recommendation.model_validate_json(doc) for doc in rows]


def closures(connection: Connection, where: Where) -> list[Closure]:
    """Closures that meet a condition."""
    rows = connection.scalars(select(t.closure.c.doc).where(where))
    return [Closure.model_validate_json(doc) for doc in rows]


def feeds(connection: Connection) -> list[FeedRead]:
    """The last reading of each feed."""
    return [FeedRead.model_validate_json(doc) for doc in connection.scalars(select(t.feed.c.doc))]


def positions(connection: Connection) -> list[Position]:
    """The centre's positions."""
    rows = connection.scalars(select(t.position.c.doc))
    return [Position.model_validate_json(doc) for doc in rows]


def hospitals(connection: Connection) -> list[HospitalState]:
    """The hospitals that do not take everybody."""
    rows = connection.scalars(select(t.hospital_state.c.doc))
    return [HospitalState.model_validate_json(doc) for doc in rows]


def storms(connection: Connection) -> list[Storm]:
    """The agencies that work by their storm plans."""
    rows = connection.scalars(select(t.storm.c.doc))
    return [Storm.model_validate_json(doc) for doc in rows]


def zone_mutes(connection: Connection, where: Where) -> list[ZoneMuted]:
    """Squares that are left out of coverage and meet a condition."""
    rows = connection.scalars(select(t.zone_mute.c.doc).where(where))
    return [ZoneMuted.model_validate_json(doc) for doc in rows]


def region_of(connection: Connection, version_id: str | None) -> RegionActivated | None:
    """The region's own row of a version, or None where none is active."""
    if version_id is None:
        return None
    doc = connection.scalar(
        select(t.region_version.c.doc).where(t.region_version.c.id == version_id)
    )
    return RegionActivated.model_validate_json(doc) if doc else None


def units(
    connection: Connection, version_id: str | None, ids: Iterable[str] | None = None
) -> list[Unit]:
    """Units of a version's roster with their duty; all of them, or those named."""
    if version_id is None:
        return []
    named: Where = true() if ids is None else t.unit.c.unit_id.in_(list(ids))
    duties: dict[str, Any] = {}
    crews = _logons(connection, ids)
    duty_named: Where = true() if ids is None else t.unit_duty.c.unit_id.in_(list(ids))
    for row in connection.execute(select(t.unit_duty).where(duty_named)):
        duties[row.unit_id] = row
    found = []
    rows = connection.scalars(select(t.unit.c.doc).where(t.unit.c.version_id == version_id, named))
    for doc in rows:
        unit = Unit.model_validate_json(doc)
        duty = duties.get(unit.id)
        if duty is not None:
            update = {
                "duty": duty.duty,
                "duty_reason": duty.reason,
                "duty_code": duty.agency_code,
                "duty_since": duty.since,
            }
            unit = unit.model_copy(update=update)
        crew = crews.get(unit.id)
        if crew is not None:
            roster = {
                "roster_capabilities": unit.capabilities,
                "roster_staffing": unit.staffing,
                "lacks": tuple(c for c in unit.capabilities if c not in crew.capabilities),
            }
            unit = unit.logged_on(crew.model_copy(update=roster))
        found.append(unit)
    return found


def _logons(connection: Connection, ids: Iterable[str] | None) -> dict[str, LogOn]:
    """The crews that are logged on, by unit, with those of their names that still exist.

    What the roster says now counts, should the region have been loaded anew since.
    """
    named: Where = true() if ids is None else t.unit_logon.c.unit_id.in_(list(ids))
    rows = connection.execute(select(t.unit_logon).where(named)).all()
    if not rows:
        return {}
    crews = {row.unit_id: LogOn.model_validate_json(row.doc) for row in rows}
    subjects = [crew.id for crew in crews.values()]
    names: dict[str, str] = {}
    for start in range(0, len(subjects), 500):
        some = t.event_private.c.subject.in_(subjects[start : start + 500])
        for row in connection.execute(select(t.event_private).where(some)):
            names[row.subject] = row.value
    return {
        unit_id: crew.model_copy(update={"names": names[crew.id]}) if crew.id in names else crew
        for unit_id, crew in crews.items()
    }


def emergencies(connection: Connection, where: Where) -> list[Emergency]:
    """Emergencies that nobody has ended and that meet a condition."""
    open_ones = t.emergency.c.ended_at.is_(None)
    rows = connection.scalars(select(t.emergency.c.doc).where(open_ones, where))
    return [Emergency.model_validate_json(doc) for doc in rows]
