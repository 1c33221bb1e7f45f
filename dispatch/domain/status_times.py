"""A crew's statuses by when they happened: what its device brings late goes to its own place. Pure.

A device without a link keeps what its crew presses, with its time. By the time it is heard, the
dispatcher may have set a later status by voice: that one stands, and the earlier is put before it.
"""

from __future__ import annotations

from datetime import datetime

from dispatch.domain.assignment import Assignment, AssignmentStatus, StatusTime


def pressed_at(
    assignment: Assignment, device_at: datetime | None, now: datetime
) -> datetime | None:
    """When the crew pressed, if its device can be believed; None: take the hub's time.

    Before it was sent nobody pressed anything for this assignment, and later than now nobody has.
    """
    if device_at is None or not assignment.assigned_at <= device_at <= now:
        return None
    return device_at


def present_since(assignment: Assignment) -> datetime:
    """When the present status happened: as its crew pressed it, or as the hub heard of it."""
    own = [one.at for one in assignment.status_times if not one.late]
    return own[-1] if own and assignment.live else assignment.status_at


def is_late(assignment: Assignment, happened_at: datetime | None) -> bool:
    """Whether what happened then came before the status that stands."""
    return happened_at is not None and happened_at < present_since(assignment)


def times_with(
    assignment: Assignment,
    status: AssignmentStatus,
    agency_code: str,
    happened_at: datetime | None,
    now: datetime,
    *,
    late: bool = False,
) -> tuple[StatusTime, ...]:
    """The statuses of the assignment with one more, in the order in which they happened."""
    one = StatusTime(
        status=status,
        agency_code=agency_code,
        at=happened_at or now,
        heard_at=now,
        late=late,
    )
    return tuple(sorted((*assignment.status_times, one), key=lambda t: (t.at, t.heard_at)))


def times_without(
    assignment: Assignment, status: AssignmentStatus, heard_at: datetime
) -> tuple[StatusTime, ...]:
    """Without the status that was taken back, which the hub had heard then."""
    gone = (status, heard_at)
    return tuple(t for t in assignment.status_times if t.late or (t.status, t.heard_at) != gone)
