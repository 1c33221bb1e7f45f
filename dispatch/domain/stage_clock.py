"""How far a call has come and how long each stage took, beside its target. Pure.

The hub stamped every moment itself; a target is what the agency in whose area it is had in force
on that day, for that type.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dispatch.domain.call import Call
from dispatch.domain.incident import Incident
from dispatch.domain.values import UtcTime, Value, seconds_between
from jurisdictions.targets import STAGES, Stage


class StageMark(Value):
    """One stage. ``since`` None: its clock has not begun; ``at`` None: it is not reached."""

    stage: Stage
    since: UtcTime | None
    at: UtcTime | None
    target_s: float | None

    def seconds(self, now: datetime) -> float | None:
        """How long it took, or has lasted until now; None before its clock began."""
        return None if self.since is None else seconds_between(self.since, self.at or now)

    def late(self, now: datetime) -> bool:
        """Whether it took, or has lasted, longer than its target."""
        took_s = self.seconds(now)
        return took_s is not None and self.target_s is not None and took_s > self.target_s


def stage_clock(
    call: Call | None, incident: Incident | None, target_s: Callable[[Stage], float | None]
) -> tuple[StageMark, ...]:
    """The stages of a call and of the incident that it made, in their order.

    Args:
        call: The first that spoke of the incident; None: work that an officer began.
        incident: What it made; None while it has made none.
        target_s: Seconds by stage, None where nobody set a target.

    Returns:
        Ring to first unit, then CPR once it was recognised. ``answered`` counts from the ring, the
        others from the answer, the first unit of a scheduled incident from when it is due; without
        a call ``first_unit`` counts from the incident's beginning, and is all there is.
    """
    sent = [leg.first_assigned_at for leg in incident.legs] if incident else []
    first_unit = min((at for at in sent if at is not None), default=None)
    if call is None:
        if incident is None:
            return ()
        begun = incident.created_at
        return (
            StageMark(
                stage="first_unit", since=begun, at=first_unit, target_s=target_s("first_unit")
            ),
        )
    asked_at = call.answered_at
    if incident is not None and incident.schedule is not None:  # nobody is to go before its time
        asked_at = None if incident.scheduled else incident.schedule.pending_at
    reached = {
        "answered": call.answered_at,
        "located": call.located_at,
        "typed": call.typed_at,
        "ready": call.ready_at,
        "first_unit": first_unit,
    }
    if call.cpr_recognised_at is not None:  # of other calls nobody asks
        reached |= {
            "cpr_recognised": call.cpr_recognised_at,
            "compressions": call.compressions_at,
        }
    return tuple(
        StageMark(
            stage=stage,
            since=call.received_at
            if stage == "answered"
            else asked_at
            if stage == "first_unit"
            else call.answered_at,
            at=reached[stage],
            target_s=target_s(stage),
        )
        for stage in STAGES
        if stage in reached
    )
