"""The one permission table: each route and each topic of the stream, and the roles it is open to.

An allow-list: what does not stand here is refused, and a test fails when a route, a kind of event
or a role is missing. Which agencies' things a role sees is the audience's matter, not this table's.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from dispatch.domain.values import Role

Roles = frozenset[Role]
Access = Roles | Literal["public", "installation", "receiver"]

EVERY_ROLE: Roles = frozenset(get_args(Role))
ALL_ROLES: Roles = EVERY_ROLE - {"call_system", "protocol_system", "tracking_system"}
"""Those of people."""
PUBLIC: Final = "public"
"""Open without signing in."""
INSTALLATION: Final = "installation"
"""For workers of this installation alone, who show its own token."""
RECEIVER: Final = "receiver"
"""For receivers of messages, who sign with the secret that the hub shares with them."""

_READ = ALL_ROLES
_CALLS_IN: Roles = frozenset({"call_system"})
"""The centre's telephone system, or its gateway for text: it hands calls in and reads no board."""
_CARDS: Roles = frozenset({"protocol_system"})
"""A card-protocol program: it hands determinants in and reads no board."""
_TRACK: Roles = frozenset({"tracking_system"})
"""A gateway of vehicle trackers: it hands fixes in and reads no board."""
_TAKE: Roles = frozenset({"call_taker", "dispatcher", "supervisor"})
_TALK: Roles = _TAKE | _CALLS_IN
_SEND: Roles = frozenset({"dispatcher", "supervisor"})
_TABLET: Roles = frozenset({"responder"})
_CREW: Roles = _SEND | {"responder"}
_NARRATE: Roles = _TAKE | {"responder"}
_CLOSE_ROADS: Roles = _SEND | {"hub_admin"}
_SHUT: Roles = _CLOSE_ROADS | {"municipal_admin"}
"""A municipality shuts and opens its own roads."""
_ADVICE: Roles = _TAKE | {"auditor", "hub_admin"}
_PAPER: Roles = _TAKE | {"hub_admin"}
_PREMISES: Roles = _TAKE | {"municipal_admin", "hub_admin"}
_FAULTS: Roles = _SHUT & _PREMISES
_MAP: Roles = frozenset({"supervisor", "municipal_admin", "auditor", "hub_admin"})
_COVER: Roles = _SEND | {"auditor", "hub_admin"}
_ARRANGE: Roles = frozenset({"supervisor", "hub_admin"})
_LOOK_BACK: Roles = frozenset({"supervisor", "auditor"})
_OPERATE: Roles = frozenset({"hub_admin"})

V1 = "/api/v1"

ROUTES: dict[tuple[str, str], Access] = {
    ("POST", f"{V1}/sessions"): PUBLIC,
    ("GET", f"{V1}/sessions/current"): EVERY_ROLE,
    ("DELETE", f"{V1}/sessions/current"): EVERY_ROLE,
    ("GET", f"{V1}/sessions/people"): _ADVICE,
    ("GET", f"{V1}/region"): _READ,
    ("POST", f"{V1}/calls/{{call_id}}/record-news/{{news_id}}/seen"): _TAKE,
    ("GET", f"{V1}/places"): _READ,
    ("GET", f"{V1}/places/index"): _READ,
    ("POST", f"{V1}/resolution"): _READ,
    ("POST", f"{V1}/calls"): _TAKE,
    ("POST", f"{V1}/calls/ringing"): _CALLS_IN,
    ("POST", f"{V1}/calls/begun"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/hangup"): _CALLS_IN,
    ("POST", f"{V1}/calls/{{call_id}}/answer"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/stages"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/form"): _TAKE,
    ("GET", f"{V1}/calls/{{call_id}}/stages"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/rebids"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/language"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/transfers"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/transfers/{{transfer_id}}/answer"): _TALK,
    ("GET", f"{V1}/calls/{{call_id}}/record"): _TAKE,
    ("GET", f"{V1}/transfers"): _TAKE | {"auditor"},
    ("GET", f"{V1}/calls/{{call_id}}/eido"): _TALK,
    ("POST", f"{V1}/eido"): _CALLS_IN,
    ("POST", f"{V1}/calls/{{call_id}}/protocol-runs"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/determinants"): _CARDS,
    ("POST", f"{V1}/incidents/{{incident_id}}/protocol-runs/{{run_id}}/answer"): _SEND,
    ("GET", f"{V1}/calls/{{call_id}}/messages"): _TALK,
    ("POST", f"{V1}/calls/{{call_id}}/messages"): _TALK,
    ("POST", f"{V1}/calls/{{call_id}}/messages/{{line_id}}/delivery"): _CALLS_IN,
    ("POST", f"{V1}/calls/{{call_id}}/messages/{{line_id}}/translation"): _TALK,
    ("GET", f"{V1}/incidents/{{incident_id}}/stages"): _READ,
    ("POST", f"{V1}/calls/duplicates"): _TAKE,
    ("POST", f"{V1}/calls/history"): _TAKE,
    ("POST", f"{V1}/calls/search"): _TAKE | {"auditor"},
    ("GET", f"{V1}/map-faults"): _MAP,
    ("POST", f"{V1}/map-faults/{{fault_id}}/closings"): _MAP - {"supervisor", "auditor"},
    ("GET", f"{V1}/premises"): _PREMISES,
    ("POST", f"{V1}/premises"): _PREMISES,
    ("DELETE", f"{V1}/premises/{{note_id}}"): _PREMISES,
    ("POST", f"{V1}/assignments/{{assignment_id}}/hazard-reading"): _CREW,
    ("POST", f"{V1}/calls/{{call_id}}/links"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/closings"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/callback"): _TAKE,
    ("POST", f"{V1}/calls/{{call_id}}/callback/tries"): _TAKE,
    ("GET", f"{V1}/incidents"): _READ,
    ("GET", f"{V1}/incidents/{{incident_id}}"): _READ,
    ("PATCH", f"{V1}/incidents/{{incident_id}}"): _TAKE,
    ("POST", f"{V1}/incidents/{{incident_id}}/notes"): _NARRATE,
    ("PATCH", f"{V1}/incidents/{{incident_id}}/legs/{{discipline}}"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/closings"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/case-numbers"): _NARRATE,
    ("POST", f"{V1}/incidents/{{incident_id}}/case-number-voidings"): _SEND,
    ("GET", f"{V1}/incidents/{{incident_id}}/recommendation"): _ADVICE,
    ("POST", f"{V1}/incidents/{{incident_id}}/assignments"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/holds"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/schedules"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/incident-links"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/merges"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/unmerges"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/benchmarks"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/talkgroups"): _SEND,
    ("POST", f"{V1}/swaps"): _SEND,
    ("POST", f"{V1}/undo"): _CREW,
    ("POST", f"{V1}/units/{{unit_id}}/backup"): _CREW,
    ("POST", f"{V1}/assignments/{{assignment_id}}/receipt"): _CREW,
    ("POST", f"{V1}/assignments/{{assignment_id}}/acknowledgement"): _CREW,
    ("POST", f"{V1}/assignments/{{assignment_id}}/checks"): _CREW,
    ("POST", f"{V1}/assignments/{{assignment_id}}/responses"): _CREW,
    ("POST", f"{V1}/assignments/{{assignment_id}}/status"): _CREW,
    ("POST", f"{V1}/officer-work"): _CREW,
    ("POST", f"{V1}/units/{{unit_id}}/duty"): _CREW,
    ("POST", f"{V1}/units/{{unit_id}}/logon"): _CREW,
    ("DELETE", f"{V1}/units/{{unit_id}}/logon"): _CREW,
    ("POST", f"{V1}/units/{{unit_id}}/emergency"): _CREW,
    ("POST", f"{V1}/units/{{unit_id}}/blocks"): _CREW,
    ("DELETE", f"{V1}/units/{{unit_id}}/blocks/{{closure_id}}"): _CREW,
    ("POST", f"{V1}/emergencies/{{emergency_id}}/endings"): _SEND,
    ("POST", f"{V1}/emergencies/{{emergency_id}}/help"): _SEND,
    ("POST", f"{V1}/units/{{unit_id}}/fixes"): _CREW,
    ("POST", f"{V1}/fixes"): _TRACK,
    ("GET", f"{V1}/closures"): _READ,
    ("POST", f"{V1}/closures"): _SHUT,
    ("POST", f"{V1}/infrastructure-faults"): _FAULTS,
    ("POST", f"{V1}/closures/acceptances"): _CLOSE_ROADS,
    ("POST", f"{V1}/closures/{{closure_id}}/confirmation"): _CLOSE_ROADS,
    ("DELETE", f"{V1}/closures/{{closure_id}}"): _SHUT,
    ("GET", f"{V1}/coverage"): _COVER,
    ("POST", f"{V1}/coverage/mutes"): _SEND,
    ("POST", f"{V1}/alarms/silenced"): _SEND | {"hub_admin"},
    ("POST", f"{V1}/positions"): _ARRANGE,
    ("DELETE", f"{V1}/positions/{{position_id}}"): _ARRANGE,
    ("POST", f"{V1}/storms/{{agency_id}}"): _ARRANGE,
    ("POST", f"{V1}/hospitals/{{hospital_id}}"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/patients"): _NARRATE,
    ("POST", f"{V1}/incidents/{{incident_id}}/queries"): _CREW,
    ("GET", f"{V1}/incidents/{{incident_id}}/queries"): _CREW,
    ("GET", f"{V1}/queries"): _CREW,
    ("GET", f"{V1}/bolos"): _NARRATE,
    ("POST", f"{V1}/bolos"): _TAKE,
    ("POST", f"{V1}/bolos/{{bolo_id}}/endings"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/outside-units"): _SEND,
    ("POST", f"{V1}/incidents/{{incident_id}}/outside-units/{{ref}}"): _SEND,
    ("POST", f"{V1}/positions/{{position_id}}/holder"): _SEND,
    ("POST", f"{V1}/positions/{{position_id}}/leaving"): _SEND,
    ("POST", f"{V1}/positions/{{position_id}}/folds"): _SEND,
    ("GET", f"{V1}/snapshot"): _READ,
    ("GET", f"{V1}/look-back"): _LOOK_BACK,
    ("GET", f"{V1}/paper-board"): _PAPER,
    ("GET", f"{V1}/health"): PUBLIC,
    ("POST", f"{V1}/internal/feeds/{{feed_id}}"): INSTALLATION,
    ("POST", f"{V1}/deliveries/{{delivery_id}}/receipts"): RECEIVER,
    ("POST", f"{V1}/deliveries/{{delivery_id}}/push-receipts"): RECEIVER,
    ("GET", f"{V1}/push"): _TABLET,
    ("POST", f"{V1}/push/subscriptions"): _TABLET,
    ("DELETE", f"{V1}/push/subscriptions/{{subscription_id}}"): _TABLET,
    ("GET", "/metrics"): _OPERATE,
    ("WS", f"{V1}/stream"): ALL_ROLES,
}

_NOBODY: Roles = frozenset()

TOPICS: dict[str, Roles] = {
    "call.received": ALL_ROLES,
    "call.linked": ALL_ROLES,
    "call.changed": ALL_ROLES,
    "call.located": ALL_ROLES,
    "call.message": ALL_ROLES,
    "call.transfer_set": ALL_ROLES,
    "call.record_updated": ALL_ROLES,
    "call.message_changed": ALL_ROLES,
    "call.protocol_set": ALL_ROLES,
    "call.callback_set": ALL_ROLES,
    "call.closed": ALL_ROLES,
    "incident.created": ALL_ROLES,
    "incident.changed": ALL_ROLES,
    "incident.shared": ALL_ROLES,
    "incident.note_added": ALL_ROLES - {"municipal_admin"},
    "leg.changed": ALL_ROLES,
    "case_number.given": ALL_ROLES,
    "case_number.voided": ALL_ROLES,
    "incident.closed": ALL_ROLES,
    "incident.reopened": ALL_ROLES,
    "incident.merged": ALL_ROLES,
    "incident.unmerged": ALL_ROLES,
    "incident.held": ALL_ROLES,
    "incident.hold_over": ALL_ROLES,
    "incident.scheduled": ALL_ROLES,
    "incident.schedule_due": ALL_ROLES,
    "incident.reservation_lost": ALL_ROLES,
    "incident.linked": ALL_ROLES,
    "incident.benchmark": ALL_ROLES,
    "incident.patients": ALL_ROLES,
    "incident.outside_unit": ALL_ROLES,
    "hospital.set": ALL_ROLES,
    "incident.par_missed": ALL_ROLES,
    "recommendation.made": ALL_ROLES - {"municipal_admin", "responder"},
    "unit.assigned": ALL_ROLES,
    "assignment.received": ALL_ROLES,
    "assignment.acknowledged": ALL_ROLES,
    "assignment.status_changed": ALL_ROLES,
    "assignment.released": ALL_ROLES,
    "assignment.corrected": ALL_ROLES,
    "assignment.escalated": ALL_ROLES,
    "assignment.rerouted": ALL_ROLES,
    "channel.set": ALL_ROLES - {"municipal_admin", "responder"},
    "delivery.changed": ALL_ROLES - {"municipal_admin", "responder"},
    "assignment.checked": ALL_ROLES,
    "assignment.place_corrected": ALL_ROLES,
    "assignment.check_missed": ALL_ROLES,
    "assignment.page_answered": ALL_ROLES,
    "assignment.crew_missing": ALL_ROLES,
    "unit.duty_changed": ALL_ROLES,
    "unit.logged_on": ALL_ROLES,
    "unit.logged_off": ALL_ROLES,
    "emergency.raised": ALL_ROLES,
    "emergency.repeated": ALL_ROLES,
    "emergency.ended": ALL_ROLES,
    "premise.noted": _NOBODY,
    "premise.withdrawn": _NOBODY,
    "bolo.issued": ALL_ROLES - {"municipal_admin", "auditor"},
    "bolo.ended": ALL_ROLES - {"municipal_admin", "auditor"},
    "map_fault.opened": _NOBODY,
    "map_fault.closed": _NOBODY,
    "assignment.hazard_read": ALL_ROLES,
    "closure.opened": ALL_ROLES,
    "closure.began": ALL_ROLES,
    "closure.paused": ALL_ROLES,
    "closure.ended": ALL_ROLES,
    "zone.muted": ALL_ROLES,
    "feed.read": ALL_ROLES,
    "region.activated": ALL_ROLES,
    "position.set": ALL_ROLES - {"municipal_admin", "responder"},
    "position.removed": ALL_ROLES - {"municipal_admin", "responder"},
    "storm.set": ALL_ROLES - {"municipal_admin", "responder"},
    "query.asked": ALL_ROLES - {"municipal_admin"},
    "query.ended": ALL_ROLES - {"municipal_admin"},
    "alarms.silenced": _NOBODY,
    "record.read": _NOBODY,
    "session.opened": _NOBODY,
    "session.refused": _NOBODY,
    "session.closed": _NOBODY,
}
"""Which roles a kind of event may reach; ``domain.redaction`` carries it out."""


def access_to(method: str, path: str) -> Access | None:
    """Whom a route is open to; None when the table does not name it."""
    return ROUTES.get((method, path))


def is_open_to(role: str, method: str, path: str) -> bool:
    """Whether the table's row of a route names this role."""
    access = access_to(method, path)
    return isinstance(access, frozenset) and role in access
