"""Each unit's way to each incident as the log tells it: alerted, rolling, on scene, free again.

For fitting how long ways take; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.assignment import AssignmentStatus
from dispatch.domain.events import (
    AssignmentCorrected,
    AssignmentReleased,
    AssignmentRerouted,
    AssignmentStatusChanged,
    Event,
    UnitAssigned,
)


@dataclass
class UnitRun:
    """One unit's way to one incident; None for what never came, or came unheard of.

    ``route_s`` is the drive that was foretold along the open roads; None where no route was known,
    or the crew was given another on its way.
    """

    unit_id: str
    agency_id: str
    dispatched_at: datetime
    route_s: float | None
    enroute_at: datetime | None = None
    on_scene_at: datetime | None = None
    available_at: datetime | None = None

    def take(self, status: AssignmentStatus, at: datetime) -> None:
        """The crew's next status; the earliest one of a kind counts, however late it was heard."""
        if status == "enroute":
            self.enroute_at = min(at, self.enroute_at or at)
        elif status == "on_scene":
            self.on_scene_at = min(at, self.on_scene_at or at)

    def take_back(self, to: AssignmentStatus) -> None:
        """A status was set by mistake, and the one before stands again."""
        self.available_at = None
        if to in ("dispatched", "enroute", "staged"):
            self.on_scene_at = None
        if to == "dispatched":
            self.enroute_at = None


def unit_runs(events: Iterable[Event]) -> list[UnitRun]:
    """The runs of a log from its beginning, in the order in which units were sent.

    A status has the time at which the crew pressed its button, where that lies between the alert
    and the hub's hearing of it; else the hub's. A unit sent by mistake made no run.
    """
    runs: dict[str, UnitRun] = {}
    for event in events:
        body = event.body
        if isinstance(body, UnitAssigned):
            sent = body.assignment
            runs[sent.id] = UnitRun(sent.unit_id, sent.agency_id, sent.assigned_at, sent.travel_s)
            continue
        assignment_id = getattr(body, "assignment_id", None)
        run = runs.get(assignment_id) if assignment_id else None
        if run is None:
            continue
        if isinstance(body, AssignmentStatusChanged):
            pressed_at = body.device_at
            believed = pressed_at is not None and run.dispatched_at <= pressed_at <= body.status_at
            run.take(body.status, pressed_at if pressed_at and believed else body.status_at)
        elif isinstance(body, AssignmentCorrected):
            run.take_back(body.status)
        elif isinstance(body, AssignmentRerouted):
            run.route_s = None
        elif isinstance(body, AssignmentReleased):
            run.available_at = body.released_at
            if body.correction:
                del runs[body.assignment_id]
    return list(runs.values())
