"""The stage clock of a call or incident, beside the targets of the agency in whose area it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dispatch.domain.stage_clock import StageMark, stage_clock
from dispatch.domain.values import Actor
from dispatch.services.calls import visible_call
from dispatch.services.hub import Hub
from jurisdictions.targets import Stage


def clock_of_call(
    hub: Hub, actor: Actor, call_id: str, incident_type: str | None = None
) -> tuple[StageMark, ...]:
    """The clock of a call that made no incident yet, or of the incident that it speaks of.

    Args:
        hub: The parts.
        actor: Who asks.
        call_id: The call.
        incident_type: As the form has it, while there is no incident.

    Raises:
        NotFound: There is no such open call, or it is another agency's.
    """
    call = visible_call(hub, actor, call_id)
    if call.incident_id is not None and call.incident_id in hub.board().incidents:
        return clock_of_incident(hub, actor, call.incident_id)
    return stage_clock(call, None, _target(hub, None, incident_type, call.received_at))


def clock_of_incident(hub: Hub, actor: Actor, incident_id: str) -> tuple[StageMark, ...]:
    """From its first call's ring to its first unit.

    Raises:
        NotFound: There is no such open incident, or it is another agency's.
    """
    incident = hub.visible_incident(actor, incident_id)
    spoken = [call for call in hub.board().calls.values() if call.incident_id == incident_id]
    first = min(spoken, key=lambda call: (call.received_at, call.id), default=None)
    lead = incident.legs[0] if incident.legs else None
    asked = incident.asked_of(lead.discipline if lead else None)
    since = first.received_at if first else incident.created_at
    target_s = _target(hub, lead.agency_id if lead else None, asked.incident_type, since)
    return stage_clock(first, incident, target_s)


def _target(
    hub: Hub, agency_id: str | None, incident_type: str | None, at: datetime
) -> Callable[[Stage], float | None]:
    """The targets that held when the call came in; none where no region is loaded."""
    policy = hub.policy()

    def seconds(stage: Stage) -> float | None:
        return policy.target_s(stage, agency_id, incident_type, at) if policy else None

    return seconds
