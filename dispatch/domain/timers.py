"""What falls due later because of an event: closures that begin or end, silence that grows loud."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from dispatch.domain import events as ev
from dispatch.domain.events import Event

DueKind = Literal["closure_begins", "closure_ends", "unacknowledged"]

ACK_LIMITS_S = (15.0, 30.0, 45.0)
"""Seconds of silence at steps 1, 2 and 3 for tablets (RELIABILITY: New York 2013)."""


class Due(NamedTuple):
    """At ``at`` the leader gives the command that looks at ``ref`` again."""

    at: datetime
    kind: DueKind
    ref: str


def due_after(event: Event) -> list[Due]:
    """What this event makes fall due, in time order. Whether it still matters is decided then."""
    body = event.body
    if isinstance(body, ev.ClosureOpened):
        closure = body.closure
        begins = [Due(closure.begins_at, "closure_begins", closure.id)]
        ends = [Due(closure.ends_at, "closure_ends", closure.id)]
        return (begins if closure.state == "planned" else []) + ends
    if isinstance(body, ev.UnitAssigned):
        first = body.assignment.assigned_at + timedelta(seconds=ACK_LIMITS_S[0])
        return [Due(first, "unacknowledged", body.assignment.id)]
    if isinstance(body, ev.AssignmentEscalated) and body.step < len(ACK_LIMITS_S):
        wait_s = ACK_LIMITS_S[body.step] - ACK_LIMITS_S[body.step - 1]
        return [Due(event.at + timedelta(seconds=wait_s), "unacknowledged", body.assignment_id)]
    return []
