"""How a unit is taken from one incident for another, and what that leaves behind. Pure.

A crew with a patient on board is never taken. A crew on scene, or one whose incident is as urgent
as the new one, is taken only with a reason. What is left without a unit waits again: it goes back
into the queue by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from dispatch.domain import events as ev
from dispatch.domain.assignment import CODES, Assignment, AssignmentStatus
from dispatch.domain.errors import DivertRefused, NotFound, OverrideNeedsReason, UnitNotAvailable
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident
from dispatch.domain.state import State
from dispatch.domain.unit import Unit

NEVER_DIVERTED: frozenset[AssignmentStatus] = frozenset({"transporting", "at_hospital"})
"""A patient is on board, or is being handed over."""


def unit_in_service(state: State, unit_id: str) -> Unit:
    """The unit, if it is on duty, free or not.

    Raises:
        NotFound: There is no such unit.
        UnitNotAvailable: It is out of service.
    """
    unit = state.board.units.get(unit_id)
    if unit is None:
        raise NotFound(f"There is no unit {unit_id}.", unit_id=unit_id)
    if unit.duty != "in_service":
        raise UnitNotAvailable(
            f"{unit_id} is out of service: {unit.duty_reason or 'no reason given'}.",
            unit_id=unit_id,
        )
    return unit


def taken(state: State, unit_id: str, live: Assignment) -> UnitNotAvailable:
    """The refusal that names who holds the unit."""
    holder = state.board.incidents.get(live.incident_id)
    number = holder.number if holder else live.incident_id
    return UnitNotAvailable(
        f"{unit_id} is on {number}, sent by {live.assigned_by}.",
        unit_id=unit_id,
        incident_id=live.incident_id,
        incident_number=number,
        assigned_by=live.assigned_by,
    )


def available_unit(state: State, unit_id: str) -> Unit:
    """The unit, if it can be sent now.

    Raises:
        NotFound: There is no such unit.
        UnitNotAvailable: It is on another incident (``holder``) or out of service.
    """
    unit = unit_in_service(state, unit_id)
    live = state.board.live_of_unit(unit_id)
    if live is not None:
        raise taken(state, unit_id, live)
    return unit


def check_divert(live: Assignment, held: Incident | None, wanted: Incident, reason: str) -> None:
    """Whether a unit may be taken from ``held`` for ``wanted``; its discipline's part counts.

    Raises:
        DivertRefused: It has a patient on board.
        OverrideNeedsReason: It is on scene, or its incident is as urgent; and no reason is given.
    """
    number = held.number if held else live.incident_id
    if live.status in NEVER_DIVERTED:
        raise DivertRefused(
            f"{live.unit_id} is {CODES[live.status]} on {number}: it has a patient. Send another.",
            unit_id=live.unit_id,
            status=live.status,
            incident_number=number,
        )
    held_priority = held.asked_of(live.discipline).priority if held else 0
    as_urgent = held is not None and held_priority <= wanted.asked_of(live.discipline).priority
    if (as_urgent or live.status == "on_scene") and not reason:
        why = (
            (
                "is on scene at"
                if live.status == "on_scene"
                else f"is on priority {held_priority} at"
            )
            if held
            else "is on"
        )
        raise OverrideNeedsReason(
            f"{live.unit_id} {why} {number}; give a reason to take it.", units=[live.unit_id]
        )


def release_draft(
    live: Assignment, at: datetime, reason: str, *, correction: bool = False, agency_code: str = ""
) -> Draft:
    """The unit is free of its incident; ``agency_code`` as whoever cleared it said."""
    body = ev.AssignmentReleased(
        assignment_id=live.id,
        revision=live.revision + 1,
        released_at=at,
        reason=reason,
        correction=correction,
        was=live.status,
        was_since=live.status_at,
        agency_code=agency_code,
        was_agency_code=live.agency_code,
    )
    return Draft(body=body, audience=live.audience)


def emptied_leg_drafts(
    state: State, incident: Incident, leaving: Collection[str], revision: int
) -> list[Draft]:
    """Legs of ``incident`` that nobody works once the assignments ``leaving`` are released.

    A leg whose last unit leaves before anybody arrived waits again. One on which some unit has
    been on scene stays active until it is closed.

    Args:
        state: With all assignments of the incident, live and released.
        incident: As it stands.
        leaving: Ids of the assignments that this command releases.
        revision: The incident's present revision; each draft takes the next.
    """
    own = [a for a in state.board.assignments.values() if a.incident_id == incident.id]
    drafts = []
    for leg in incident.legs:
        of_leg = [a for a in own if a.discipline == leg.discipline]
        if leg.state != "active" or not any(a.id in leaving for a in of_leg):
            continue
        stays = any(a.live and a.id not in leaving for a in of_leg)
        arrived = any(a.arrived for a in of_leg) or any(
            one.arrived_at is not None and one.discipline == leg.discipline
            for one in incident.outside
        )
        if stays or arrived:
            continue
        revision += 1
        waiting = leg.model_copy(update={"state": "pending"})
        body = ev.LegChanged(incident_id=incident.id, revision=revision, leg=waiting, was=leg)
        drafts.append(Draft(body=body, audience=incident.audience))
    return drafts
