"""Units that are kept for a scheduled incident, and when another incident would collide with it.

A reservation takes nothing away: the unit stays available, and a dispatcher may send it elsewhere
with a reason. Values in, values out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from dispatch.domain.errors import InvalidInput
from dispatch.domain.incident import Incident, Leg, Schedule
from dispatch.domain.state import State

SCHEDULED_LEAD_S: Final = 900.0
"""A scheduled incident waits for its units from so long before its time, where its agency says
nothing."""

ON_TASK_S: Final = 3600.0
"""How long an incident keeps a unit once it is there, where the unit's agency says nothing."""


SCHEDULED_MOST = timedelta(days=31)
"""A call for a later day than this is a mistake of typing, or belongs into a calendar."""


class Reservation(NamedTuple):
    """A unit is kept for an incident that is wanted at a time.

    ``leaves_at`` is when it is to be free for it: the time less the lead. ``priority`` is the
    scheduled incident's: a more urgent one takes its units as if they were not kept.
    """

    incident_id: str
    number: str
    wanted_at: datetime
    leaves_at: datetime
    priority: int


def reservations_of(incidents: Iterable[Incident]) -> dict[str, Reservation]:
    """The reservation that each reserved unit must keep first, by the unit's id."""
    found: dict[str, Reservation] = {}
    for incident in incidents:
        schedule = incident.schedule
        if schedule is None or incident.state == "closed":
            continue
        own = Reservation(
            incident.id,
            incident.number,
            schedule.wanted_at,
            schedule.pending_at,
            incident.priority,
        )
        for unit_id in schedule.unit_ids:
            first = found.get(unit_id)
            if first is None or (own.leaves_at, own.number) < (first.leaves_at, first.number):
                found[unit_id] = own
    return found


def collides(leaves_at: datetime, now: datetime, reach_s: float, on_task_s: float) -> bool:
    """Whether a unit that is sent elsewhere now would hardly be back in time.

    Args:
        leaves_at: When it is to be free.
        now: When it would be sent.
        reach_s: Seconds until it is there.
        on_task_s: Seconds that it stays there, as its agency says.
    """
    return now + timedelta(seconds=reach_s + on_task_s) > leaves_at


def new_schedule(
    state: State, legs: Iterable[Leg], wanted_at: datetime, by: str, unit_ids: tuple[str, ...] = ()
) -> Schedule:
    """Wanted at a time, with the lead of the first leg's agency.

    Raises:
        InvalidInput: The time is past, or too far away.
    """
    if not state.now < wanted_at <= state.now + SCHEDULED_MOST:
        raise InvalidInput(
            f"A scheduled call is for the coming {SCHEDULED_MOST.days} days.", field="wanted_at"
        )
    agencies = [leg.agency_id for leg in legs if leg.agency_id]
    lead_s = SCHEDULED_LEAD_S
    if agencies:
        lead_s = state.policy.scheduled_lead_s.get(agencies[0], SCHEDULED_LEAD_S)
    pending_at = wanted_at - timedelta(seconds=lead_s)
    return Schedule(
        wanted_at=wanted_at,
        pending_at=pending_at,
        unit_ids=unit_ids,
        by=by,
        at=state.now,
        due=pending_at <= state.now,
    )


def short_number(number: str) -> str:
    """The number as it is said: ``2026-001042`` is ``1042``."""
    digits = number.rpartition("-")[2]
    return digits[-4:] if len(digits) > 4 and not digits[:-4].strip("0") else digits


def kept_until(kept: Reservation, zone: ZoneInfo, now: datetime) -> str:
    """Its time by the region's clock, with month and day where it is not today: one word."""
    local = kept.wanted_at.astimezone(zone)
    same_day = local.date() == now.astimezone(zone).date()
    return local.strftime("%H:%M" if same_day else "%m-%d/%H:%M")
