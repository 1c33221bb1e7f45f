"""Counts what happened, from events. Sans I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dispatch.domain import events as ev
from dispatch.domain.events import Event


@dataclass
class Tally:
    """What the log says of one stretch of time.

    ``resolved`` are incidents that boundaries gave to at least one authority, ``recommended`` those
    with a recommendation that proposes a unit; the last three count assignments.
    """

    calls: int = 0
    incidents: int = 0
    resolved: int = 0
    assigned: int = 0
    acknowledged: int = 0
    cleared: int = 0
    closed: int = 0
    escalated: int = 0
    closures: int = 0
    events: int = 0
    _recommended: set[str] = field(default_factory=set)

    @property
    def recommended(self) -> int:
        """Incidents for which units were proposed."""
        return len(self._recommended)

    def take_in(self, events: Iterable[Event]) -> None:
        """The next events, each once."""
        for event in events:
            self.events += 1
            self._take(event)

    def _take(self, event: Event) -> None:
        body = event.body
        if isinstance(body, ev.CallReceived):
            self.calls += 1
        elif isinstance(body, ev.IncidentCreated):
            self.incidents += 1
            self.resolved += any(
                found.authority is not None for found in body.incident.resolution.disciplines
            )
        elif isinstance(body, ev.RecommendationMade):
            if body.recommendation.picks:
                self._recommended.add(body.recommendation.incident_id)
        elif isinstance(body, ev.UnitAssigned):
            self.assigned += 1
            self.acknowledged += body.assignment.acknowledged_at is not None
        elif isinstance(body, ev.AssignmentAcknowledged):
            self.acknowledged += 1
        elif isinstance(body, ev.AssignmentReleased):
            self.cleared += 1
        elif isinstance(body, ev.IncidentClosed | ev.IncidentMerged):
            self.closed += 1
        elif isinstance(body, ev.AssignmentEscalated):
            self.escalated += 1
        elif isinstance(body, ev.ClosureOpened):
            self.closures += 1

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return {
            "calls": self.calls,
            "incidents": self.incidents,
            "resolved": self.resolved,
            "recommended": self.recommended,
            "assigned": self.assigned,
            "acknowledged": self.acknowledged,
            "cleared": self.cleared,
            "closed": self.closed,
            "escalated": self.escalated,
            "closures": self.closures,
            "events": self.events,
        }
