"""Events into tables: what ``apply`` says has changed is written, and nothing else ever is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Change
from dispatch.domain.bolo import Bolo
from dispatch.domain.call import PERSONAL_PARTS, Call
from dispatch.domain.channel_fault import channel_id
from dispatch.domain.closure import Closure
from dispatch.domain.delivery import Delivery
from dispatch.domain.emergency import Emergency
from dispatch.domain.events import (
    ChannelSet,
    Event,
    FeedRead,
    HospitalSet,
    IncidentMerged,
    IncidentReopened,
    PositionRemoved,
    PremiseWithdrawn,
    RegionActivated,
    SessionClosed,
    SessionOpened,
    SessionRefused,
    StormSet,
    ZoneMuted,
)
from dispatch.domain.incident import Incident
from dispatch.domain.map_fault import MapFault
from dispatch.domain.position import Position
from dispatch.domain.premise import PremiseNote
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.talkgroups import talkgroups_in_use
from dispatch.domain.timers import due_after
from dispatch.domain.unit import Unit
from dispatch.store import tables as t
from dispatch.store.accounts import REFUSALS_KEPT, name_counted_as
from dispatch.store.upsert import upsert

_INSERT_DUE = insert(t.due)


def project(connection: Connection, events: Sequence[Event], changes: Iterable[Change]) -> None:
    """Write what the events of one command changed, and what they make fall due.

    Of an entity that changed more than once, its last state is written.
    """
    last = {(change.noun, change.id): change for change in changes}
    for change in last.values():
        _WRITE[change.noun](connection, change.entity)
    for event in events:
        _project_event(connection, event)
    later = [due._asdict() for event in events for due in due_after(event)]
    if later:
        connection.execute(_INSERT_DUE, later)


def _incident(connection: Connection, incident: Incident) -> None:
    row = {
        "id": incident.id,
        "number": incident.number,
        "state": incident.state,
        "created_at": incident.created_at,
        "closed_at": incident.closed_at,
        "lon": incident.place.at[0],
        "lat": incident.place.at[1],
        "talkgroups": "\n".join(sorted(talkgroups_in_use([incident]))) or None,
        "reserved": _reserved(incident),
        "doc": incident.model_dump_json(),
    }
    upsert(connection, t.incident, row)


def _reserved(incident: Incident) -> str | None:
    """The units that an open incident keeps, one a line."""
    if incident.schedule is None or incident.state == "closed":
        return None
    return "\n".join(incident.schedule.unit_ids) or None


def _call(connection: Connection, call: Call) -> None:
    row = {
        "id": call.id,
        "incident_id": call.incident_id,
        "received_at": call.received_at,
        "closed_at": call.closed_at,
        "doc": call.model_dump_json(exclude=PERSONAL_PARTS),
    }
    upsert(connection, t.call, row)


def _assignment(connection: Connection, assignment: Assignment) -> None:
    row = {
        "id": assignment.id,
        "incident_id": assignment.incident_id,
        "unit_id": assignment.unit_id,
        "released_at": assignment.released_at,
        "doc": assignment.model_dump_json(),
    }
    upsert(connection, t.assignment, row)


def _delivery(connection: Connection, delivery: Delivery) -> None:
    row = {
        "id": delivery.id,
        "incident_id": delivery.incident_id,
        "next_at": delivery.next_at,
        "doc": delivery.model_dump_json(),
    }
    upsert(connection, t.delivery, row)


def _recommendation(connection: Connection, made: Recommendation) -> None:
    row = {"incident_id": made.incident_id, "id": made.id, "doc": made.model_dump_json()}
    upsert(connection, t.recommendation, row)


def _closure(connection: Connection, closure: Closure) -> None:
    row = {
        "id": closure.id,
        "source": closure.source,
        "state": closure.state,
        "doc": closure.model_dump_json(),
    }
    upsert(connection, t.closure, row)


def _unit(connection: Connection, unit: Unit) -> None:
    row = {
        "unit_id": unit.id,
        "duty": unit.duty,
        "reason": unit.duty_reason,
        "agency_code": unit.duty_code,
        "since": unit.duty_since,
    }
    upsert(connection, t.unit_duty, row)


def _logon(connection: Connection, unit: Unit) -> None:
    if unit.logon is None:
        connection.execute(delete(t.unit_logon).where(t.unit_logon.c.unit_id == unit.id))
        return
    doc = unit.logon.model_dump_json(exclude={"names"})
    upsert(connection, t.unit_logon, {"unit_id": unit.id, "doc": doc})


def _emergency(connection: Connection, emergency: Emergency) -> None:
    row = {
        "id": emergency.id,
        "unit_id": emergency.unit_id,
        "ended_at": emergency.ended_at,
        "doc": emergency.model_dump_json(),
    }
    upsert(connection, t.emergency, row)


def _premise(connection: Connection, note: PremiseNote | PremiseWithdrawn) -> None:
    if isinstance(note, PremiseWithdrawn):
        connection.execute(delete(t.premise_note).where(t.premise_note.c.id == note.note_id))
        return
    row = {
        "id": note.id,
        "agency_id": note.agency_id,
        "lon": note.at[0],
        "lat": note.at[1],
        "doc": note.model_dump_json(),
    }
    upsert(connection, t.premise_note, row)


def _map_fault(connection: Connection, fault: MapFault) -> None:
    row = {
        "id": fault.id,
        "municipality": fault.municipality,
        "closed_at": fault.closed_at,
        "last_at": fault.last_at,
        "doc": fault.model_dump_json(),
    }
    upsert(connection, t.map_fault, row)


def _bolo(connection: Connection, bolo: Bolo) -> None:
    row = {
        "id": bolo.id,
        "issued_at": bolo.issued_at,
        "ended_at": bolo.ended_at,
        "doc": bolo.model_dump_json(exclude={"text"}),
    }
    upsert(connection, t.bolo, row)


def _position(connection: Connection, position: Position) -> None:
    upsert(connection, t.position, {"id": position.id, "doc": position.model_dump_json()})


def _position_removed(connection: Connection, removed: PositionRemoved) -> None:
    connection.execute(delete(t.position).where(t.position.c.id == removed.position_id))


def _feed(connection: Connection, read: FeedRead) -> None:
    upsert(connection, t.feed, {"id": read.feed_id, "doc": read.model_dump_json()})


def _zone(connection: Connection, mute: ZoneMuted) -> None:
    if mute.muted:
        row = {"zone_id": mute.zone_id, "agency_id": mute.agency_id, "doc": mute.model_dump_json()}
        upsert(connection, t.zone_mute, row)
    else:
        connection.execute(delete(t.zone_mute).where(t.zone_mute.c.zone_id == mute.zone_id))


def _channel(connection: Connection, change: ChannelSet) -> None:
    known = channel_id(change.agency_id, change.channel)
    if change.fault is None:
        connection.execute(delete(t.channel_fault).where(t.channel_fault.c.id == known))
    else:
        row = {"id": known, "doc": change.fault.model_dump_json()}
        upsert(connection, t.channel_fault, row)


def _hospital(connection: Connection, change: HospitalSet) -> None:
    if change.state is None:
        gone = t.hospital_state.c.hospital_id == change.hospital_id
        connection.execute(delete(t.hospital_state).where(gone))
    else:
        row = {"hospital_id": change.hospital_id, "doc": change.state.model_dump_json()}
        upsert(connection, t.hospital_state, row)


def _storm(connection: Connection, change: StormSet) -> None:
    if change.storm is None:
        connection.execute(delete(t.storm).where(t.storm.c.agency_id == change.agency_id))
    else:
        row = {"agency_id": change.agency_id, "doc": change.storm.model_dump_json()}
        upsert(connection, t.storm, row)


def _region(connection: Connection, region: RegionActivated) -> None:
    connection.execute(update(t.head).values(region_version=region.region_version))


_WRITE: dict[str, Callable[[Connection, Any], None]] = {
    "incident": _incident,
    "call": _call,
    "assignment": _assignment,
    "delivery": _delivery,
    "channel": _channel,
    "recommendation": _recommendation,
    "closure": _closure,
    "unit": _unit,
    "logon": _logon,
    "emergency": _emergency,
    "premise": _premise,
    "map_fault": _map_fault,
    "bolo": _bolo,
    "feed": _feed,
    "zone": _zone,
    "storm": _storm,
    "hospital": _hospital,
    "position": _position,
    "position_removed": _position_removed,
    "region": _region,
}


def _project_event(connection: Connection, event: Event) -> None:
    body = event.body
    if isinstance(body, IncidentMerged):
        old = t.recommendation.c.incident_id == body.merged.id
        connection.execute(delete(t.recommendation).where(old))
    elif isinstance(body, IncidentReopened):  # the board forgot its advice; it gets another
        old = t.recommendation.c.incident_id == body.incident.id
        connection.execute(delete(t.recommendation).where(old))
    elif isinstance(body, SessionOpened):
        row = {
            "id": body.session_id,
            "account_id": body.account_id,
            "token_hash": event.private["token_hash"],
            "opened_at": event.at,
            "expires_at": body.expires_at,
        }
        connection.execute(insert(t.session).values(row))
    elif isinstance(body, SessionClosed):
        closing = update(t.session).where(t.session.c.id == body.session_id)
        connection.execute(closing.values(closed_at=event.at))
    elif isinstance(body, SessionRefused) and body.reason in ("password", "unknown"):
        typed = event.private.get("typed_name", "")
        counted_as = body.account_id or name_counted_as(typed)
        over = t.sign_in_refusal.c.at < event.at - REFUSALS_KEPT
        connection.execute(delete(t.sign_in_refusal).where(over))
        row = {"seq": event.seq, "account_id": counted_as, "at": event.at}
        connection.execute(insert(t.sign_in_refusal).values(row))
