"""What a role may read of what its agency may see: events and boards cut to a profile. Pure.

Which agencies may see a thing at all is its audience; a profile takes values out of what is left.
It opens no connection and decides nothing about commands.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from dispatch.domain import events as ev
from dispatch.domain.board import Board, BoardSnapshot
from dispatch.domain.call import Call, Transfer
from dispatch.domain.events import Event
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Unit
from dispatch.domain.values import AgencySet, Role, may_see

Profile = Literal["full", "crew", "municipal", "audit", "nothing"]
PROFILES: tuple[Profile, ...] = get_args(Profile)

_PROFILE_OF: dict[Role, Profile] = {
    "call_taker": "full",
    "dispatcher": "full",
    "supervisor": "full",
    "hub_admin": "full",
    "responder": "crew",
    "municipal_admin": "municipal",
    "auditor": "audit",
    "call_system": "nothing",
    "protocol_system": "nothing",
    "tracking_system": "nothing",
}

_NEVER: frozenset[str] = frozenset(
    {
        "session.opened",
        "session.refused",
        "session.closed",
        "premise.noted",
        "premise.withdrawn",
        "map_fault.opened",
        "map_fault.closed",
        "alarms.silenced",
        "record.read",
    }
)

_FLOOR: frozenset[str] = frozenset({"position.set", "position.removed", "storm.set"})
"""Who sits where: for those on the floor."""

_SENDING: frozenset[str] = frozenset({"delivery.changed", "channel.set"})
"""How far messages got: for those who send, and for those who look into it afterwards."""

_LOOKOUT: frozenset[str] = frozenset({"bolo.issued", "bolo.ended"})
"""Criminal justice: for those on the floor and on the street, of the agencies that it is for."""

_QUERIES: frozenset[str] = frozenset({"query.asked", "query.ended"})
"""Who asked a query service: for the law, and for those who look into it afterwards."""

HIDDEN_KINDS: dict[Profile, frozenset[str]] = {
    "full": _NEVER,
    "crew": _NEVER | _FLOOR | _SENDING | {"recommendation.made"},
    "municipal": _NEVER
    | _FLOOR
    | _SENDING
    | _LOOKOUT
    | _QUERIES
    | {"recommendation.made", "incident.note_added"},
    "audit": _NEVER | _LOOKOUT,
    "nothing": frozenset(kind for kind in ev.KINDS),
}
"""Kinds of events that a profile never gets, whatever their audience."""

_NUMBER: dict[str, Any] = {
    "callback": None,
    "caller_name": None,
    "location_key": None,
    "record": None,
    "note": None,
    "form": None,
}
_CALLER_FIELDS: dict[Profile, dict[str, Any]] = {
    "full": {},
    "crew": _NUMBER,
    "municipal": {**_NUMBER, "caller_location": None, "said": ""},
    "audit": {**_NUMBER, "caller_location": None},
    "nothing": {**_NUMBER, "caller_location": None, "said": ""},
}

_CALLER_PARTS: dict[Profile, frozenset[str]] = {
    "full": frozenset(),
    "crew": frozenset({"news"}),
    "municipal": frozenset({"shape", "text", "translation", "news"}),
    "audit": frozenset({"shape", "news"}),
    "nothing": frozenset({"shape", "text", "translation", "news"}),
}
"""Personal values of a call's parts (``Call.personal`` names them) that a profile may not read."""

_CREW_FIELDS: dict[Profile, dict[str, Any]] = {
    "full": {},
    "crew": {},
    "municipal": {"names": ""},
    "audit": {"names": ""},
    "nothing": {"names": ""},
}
"""Who is on a unit: for those who work with it."""


def profile_of(role: Role) -> Profile:
    """The redaction profile of a role; a role that is not in the list has none (KeyError)."""
    return _PROFILE_OF[role]


def may_receive(event: Event, agencies: AgencySet, profile: Profile) -> bool:
    """Whether a viewer of these agencies and profile gets this event at all.

    An event with an empty audience goes to nobody, not even to the hub's own people.
    """
    if not event.audience or event.kind in HIDDEN_KINDS[profile]:
        return False
    return may_see(agencies, event.audience)


def redact_call(call: Call, profile: Profile) -> Call:
    """The call without the values that the profile may not read."""
    update = dict(_CALLER_FIELDS[profile])
    parts = _CALLER_PARTS[profile]
    if "text" in parts and call.transcript:
        unsaid = {"text": "", "translation": None}
        update["transcript"] = tuple(x.model_copy(update=unsaid) for x in call.transcript)
    if "shape" in parts and call.fixes:
        update["fixes"] = tuple(fix.model_copy(update={"shape": None}) for fix in call.fixes)
    if "news" in parts and call.record_news:
        update["record_news"] = tuple(n.model_copy(update={"text": ""}) for n in call.record_news)
    if "said" in update and call.transfers:
        update["transfers"] = tuple(_wordless(transfer) for transfer in call.transfers)
    return call.model_copy(update=update) if update else call


def _wordless(transfer: Transfer) -> Transfer:
    """Without what was written by hand, as a call's note, and without who read: people."""
    return transfer.model_copy(update={"reason": "", "answer": "", "heard": ()})


def redact_incident(incident: Incident, profile: Profile) -> Incident:
    """The incident without the values that the profile may not read: narrative may name people."""
    if profile == "municipal" and incident.notes:
        return incident.model_copy(update={"notes": ()})
    return incident


def redact_unit(unit: Unit, profile: Profile) -> Unit:
    """The unit without the names of its crew, where the profile may not read them."""
    hidden = _CREW_FIELDS[profile]
    if not hidden or unit.logon is None:
        return unit
    return unit.model_copy(update={"logon": unit.logon.model_copy(update=hidden)})


def redact_event(event: Event, profile: Profile) -> Event | None:
    """The event as the profile may read it; None when nothing of it may be read.

    Args:
        event: As logged. Its audience is checked by ``may_receive``, not here.
        profile: Of the viewer's role.
    """
    if event.kind in HIDDEN_KINDS[profile]:
        return None
    update: dict[str, Any] = {}
    body = event.body
    if isinstance(body, ev.CallReceived | ev.CallLinked) and body.call is not None:
        update["body"] = body.model_copy(update={"call": redact_call(body.call, profile)})
    elif isinstance(body, ev.IncidentCreated | ev.IncidentShared | ev.IncidentReopened):
        incident = redact_incident(body.incident, profile)
        update["body"] = body.model_copy(update={"incident": incident})
    elif isinstance(body, ev.IncidentMerged | ev.IncidentUnmerged):
        parts = {
            name: redact_incident(part, profile)
            for name in ("incident", "merged", "was", "merged_was", "other")
            if isinstance(part := getattr(body, name, None), Incident)
        }
        update["body"] = body.model_copy(update=parts)
    elif isinstance(body, ev.CallChanged):
        hidden_now = _CALLER_FIELDS[profile].keys() & {"said", "form"}
        update["body"] = body.model_copy(update=dict.fromkeys(hidden_now))
    elif isinstance(body, ev.CallClosed) and "said" in _CALLER_FIELDS[profile]:
        update["body"] = body.model_copy(update={"note": ""})
    elif isinstance(body, ev.TransferSet) and "said" in _CALLER_FIELDS[profile]:
        update["body"] = body.model_copy(update={"transfer": _wordless(body.transfer)})
    if event.private:
        hidden = {*_CALLER_FIELDS[profile], *_CREW_FIELDS[profile], *_CALLER_PARTS[profile]}
        update["private"] = {
            name: value
            for name, value in event.private.items()
            if name.partition(".")[0] not in hidden
        }
    return event.model_copy(update=update) if update else event


def redact_board(board: Board, agencies: AgencySet, profile: Profile) -> BoardSnapshot:
    """The part of the board that these agencies may see, as the profile may read it.

    Every list is sorted by id, the recommendations by their incident's id. A unit belongs to its
    agency; the rest carries its own audience; closures, feeds and the region are everyone's,
    positions and storms theirs who work on the floor.
    """
    if profile == "nothing":
        return BoardSnapshot()
    advice = board.recommendations if "recommendation.made" not in HIDDEN_KINDS[profile] else {}

    positions = board.positions if "position.set" not in HIDDEN_KINDS[profile] else {}
    storms = board.storms if "storm.set" not in HIDDEN_KINDS[profile] else {}
    lookouts = board.bolos if "bolo.issued" not in HIDDEN_KINDS[profile] else {}
    messages = board.deliveries if "delivery.changed" not in HIDDEN_KINDS[profile] else {}
    faults = board.channel_faults if "channel.set" not in HIDDEN_KINDS[profile] else {}

    def seen(entities: dict[str, Any]) -> list[Any]:
        chosen = (entities[key] for key in sorted(entities))
        return [entity for entity in chosen if may_see(agencies, entity.audience)]

    units = (board.units[key] for key in sorted(board.units))
    return BoardSnapshot.model_construct(
        incidents=tuple(redact_incident(i, profile) for i in seen(board.incidents)),
        calls=tuple(redact_call(c, profile) for c in seen(board.calls)),
        units=tuple(redact_unit(u, profile) for u in units if may_see(agencies, (u.agency_id,))),
        assignments=tuple(seen(board.assignments)),
        closures=tuple(board.closures[key] for key in sorted(board.closures)),
        recommendations=tuple(seen(advice)),
        feeds=tuple(board.feeds[key] for key in sorted(board.feeds)),
        emergencies=tuple(seen(board.emergencies)),
        deliveries=tuple(seen(messages)),
        channel_faults=tuple(seen(faults)),
        positions=tuple(positions[key] for key in sorted(positions)),
        hospitals=tuple(board.hospitals[key] for key in sorted(board.hospitals)),
        bolos=tuple(seen(lookouts)),
        storms=tuple(storms[key] for key in sorted(storms)),
        region=board.region,
    )
