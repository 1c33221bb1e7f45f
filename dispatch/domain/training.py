"""What an exercise was worth: times against targets, units against the recommendation. Pure.

It judges an exercise, from its log alone; it is never made of real work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from statistics import median

from dispatch.domain import events as ev
from dispatch.domain.events import Event
from dispatch.domain.incident import Incident
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.values import Id, Priority, ShortText, UtcTime, Value, seconds_between


class AgainstAdvice(Value):
    """A unit that was sent and not recommended, with the reason that was given (empty: none)."""

    unit_id: Id
    reason: ShortText


class IncidentScore(Value):
    """One incident of the exercise.

    ``first_unit_s`` counts from when it began until somebody was sent; None: nobody was.
    """

    number: ShortText
    incident_type: ShortText
    priority: Priority
    began_at: UtcTime
    first_unit_s: float | None = None
    target_s: float | None = None
    late: bool = False
    recommended: tuple[Id, ...] = ()
    as_recommended: tuple[Id, ...] = ()
    against: tuple[AgainstAdvice, ...] = ()
    left_out: tuple[Id, ...] = ()
    """Units that were recommended when the first was sent, and never sent."""
    silences: int = 0
    """How often a crew's silence had to be made louder."""
    checks_missed: int = 0
    closed: bool = False


class Score(Value):
    """The whole exercise. Shares are None where there is nothing to take a share of."""

    incidents: tuple[IncidentScore, ...]
    sent: int
    late: int
    not_sent: int
    first_unit_median_s: float | None
    in_time_share: float | None
    as_recommended_share: float | None
    reasons_missing: int
    silences: int
    checks_missed: int


TargetOf = Callable[[Incident], float | None]
"""Seconds from an incident's beginning to its first unit; None: nobody set a target."""


def score(events: Iterable[Event], target_s: TargetOf, now: datetime) -> Score:
    """Judge an exercise.

    Args:
        events: Its log, in order.
        target_s: The targets that held.
        now: When it ended: what waits for a unit then is late by then.
    """
    book = _Book()
    for event in events:
        book.take(event)
    found = tuple(book.scored(incident, target_s(incident), now) for incident in book.incidents())
    times = [one.first_unit_s for one in found if one.first_unit_s is not None]
    followed = sum(len(one.as_recommended) for one in found)
    against = [unit for one in found for unit in one.against]
    judged = [one for one in found if one.target_s is not None and _is_due(one, now)]
    return Score(
        incidents=found,
        sent=len(times),
        late=sum(one.late for one in found),
        not_sent=sum(one.first_unit_s is None for one in found),
        first_unit_median_s=round(median(times), 1) if times else None,
        in_time_share=_share(sum(not one.late for one in judged), len(judged)),
        as_recommended_share=_share(followed, followed + len(against)),
        reasons_missing=sum(not unit.reason for unit in against),
        silences=sum(one.silences for one in found),
        checks_missed=sum(one.checks_missed for one in found),
    )


def _is_due(one: IncidentScore, now: datetime) -> bool:
    """Whether it can be judged: a unit was sent, or the target has passed without one."""
    return one.first_unit_s is not None or one.late


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


class _Book:
    """What has happened, by incident."""

    def __init__(self) -> None:
        self._incidents: dict[str, Incident] = {}
        self._advice: dict[str, Recommendation] = {}
        self._first_sent: dict[str, datetime] = {}
        self._at_first: dict[str, tuple[str, ...]] = {}
        self._sent: dict[str, list[tuple[str, bool, str]]] = {}
        self._silences: dict[str, int] = {}
        self._missed: dict[str, int] = {}
        self._closed: set[str] = set()
        self._incident_of: dict[str, str] = {}

    def incidents(self) -> list[Incident]:
        """In the order in which they began."""
        return list(self._incidents.values())

    def take(self, event: Event) -> None:
        """The next event."""
        body = event.body
        if isinstance(body, ev.IncidentCreated):
            self._incidents[body.incident.id] = body.incident
        elif isinstance(body, ev.RecommendationMade):
            self._advice[body.recommendation.incident_id] = body.recommendation
        elif isinstance(body, ev.UnitAssigned):
            self._assigned(body, event.at)
        elif isinstance(body, ev.AssignmentEscalated):
            self._count(self._silences, body.assignment_id)
        elif isinstance(body, ev.StatusCheckMissed):
            self._count(self._missed, body.assignment_id)
        elif isinstance(body, ev.IncidentClosed):
            self._closed.add(body.incident_id)

    def _assigned(self, body: ev.UnitAssigned, at: datetime) -> None:
        assignment = body.assignment
        incident_id = assignment.incident_id
        self._incident_of[assignment.id] = incident_id
        advice = self._advice.get(incident_id)
        picks = tuple(pick.unit_id for pick in advice.picks) if advice else ()
        self._first_sent.setdefault(incident_id, at)
        self._at_first.setdefault(incident_id, picks)
        sent = (assignment.unit_id, assignment.unit_id in picks, assignment.override_reason or "")
        self._sent.setdefault(incident_id, []).append(sent)

    def _count(self, counts: dict[str, int], assignment_id: str) -> None:
        incident_id = self._incident_of.get(assignment_id)
        if incident_id is not None:
            counts[incident_id] = counts.get(incident_id, 0) + 1

    def scored(self, incident: Incident, target_s: float | None, now: datetime) -> IncidentScore:
        """One incident's score. Work that a crew began itself has no time to be judged by."""
        first = self._first_sent.get(incident.id)
        sent = self._sent.get(incident.id, [])
        if incident.officer_initiated:
            target_s = None
        took_s = seconds_between(incident.created_at, first) if first else None
        waited_s = took_s if took_s is not None else seconds_between(incident.created_at, now)
        recommended = self._at_first.get(incident.id) or tuple(
            pick.unit_id
            for pick in (self._advice[incident.id].picks if incident.id in self._advice else ())
        )
        units = {unit_id for unit_id, _, _ in sent}
        return IncidentScore(
            number=incident.number,
            incident_type=incident.incident_type,
            priority=incident.priority,
            began_at=incident.created_at,
            first_unit_s=None if took_s is None else round(took_s, 1),
            target_s=target_s,
            late=target_s is not None and waited_s > target_s,
            recommended=recommended,
            as_recommended=tuple(unit_id for unit_id, picked, _ in sent if picked),
            against=tuple(
                AgainstAdvice(unit_id=unit_id, reason=reason)
                for unit_id, picked, reason in sent
                if not picked and not incident.officer_initiated
            ),
            left_out=tuple(u for u in recommended if sent and u not in units),
            silences=self._silences.get(incident.id, 0),
            checks_missed=self._missed.get(incident.id, 0),
            closed=incident.id in self._closed,
        )
