"""What an exercise was worth: times against targets, units against the recommendation. Pure.

It judges an exercise, from its log alone; it is never made of real work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from dispatch.domain import events as ev
from dispatch.domain.events import Event
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.values import (
    Discipline,
    Id,
    Priority,
    ShortText,
    UtcTime,
    Value,
    seconds_between,
)


class AgainstAdvice(Value):
    """A unit that was sent and not recommended, with the reason that was given (empty: none)."""

    unit_id: Id
    reason: ShortText


class PartScore(Value):
    """One part of an incident: its own first unit beside its own agency's target for its type.

    Type and priority are those that it had when its first unit was sent, else at the end.
    ``first_unit_s`` counts from when the part was there; None: nobody was sent. ``target_s`` None:
    nobody set one, or there was nothing to wait for.
    """

    discipline: Discipline
    incident_type: ShortText
    priority: Priority
    first_unit_s: float | None = None
    target_s: float | None = None
    late: bool = False


class IncidentScore(Value):
    """One incident of the exercise.

    ``first_unit_s`` counts from when it began until somebody was sent; None: nobody was.
    ``target_s`` is its leading part's; it is late where any of its parts is.
    """

    number: ShortText
    incident_type: ShortText
    priority: Priority
    began_at: UtcTime
    first_unit_s: float | None = None
    target_s: float | None = None
    late: bool = False
    parts: tuple[PartScore, ...] = ()
    """One for each discipline, the leading one first."""
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
    """The whole exercise. Shares are None where there is nothing to take a share of.

    ``late`` counts incidents; ``in_time_share`` is of the parts that had a target.
    """

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


TargetOf = Callable[[Incident, Leg], float | None]
"""Seconds from a part's beginning to its first unit; None: nobody set a target."""


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
    found = tuple(book.scored(incident, target_s, now) for incident in book.incidents())
    times = [one.first_unit_s for one in found if one.first_unit_s is not None]
    followed = sum(len(one.as_recommended) for one in found)
    against = [unit for one in found for unit in one.against]
    parts = [part for one in found for part in one.parts]
    judged = [part for part in parts if part.target_s is not None and _is_due(part)]
    return Score(
        incidents=found,
        sent=len(times),
        late=sum(one.late for one in found),
        not_sent=sum(one.first_unit_s is None for one in found),
        first_unit_median_s=round(median(times), 1) if times else None,
        in_time_share=_share(sum(not part.late for part in judged), len(judged)),
        as_recommended_share=_share(followed, followed + len(against)),
        reasons_missing=sum(not unit.reason for unit in against),
        silences=sum(one.silences for one in found),
        checks_missed=sum(one.checks_missed for one in found),
    )


def _is_due(part: PartScore) -> bool:
    """Whether it can be judged: a unit was sent, or the target has passed without one."""
    return part.first_unit_s is not None or part.late


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


@dataclass
class _Part:
    """``then``: the incident as it stood when the part's first unit was sent.

    ``awaited``: it was there before any unit of its own.
    """

    began_at: datetime
    awaited: bool
    first_at: datetime | None = None
    closed_at: datetime | None = None
    then: Incident | None = None


class _Book:
    """What has happened, by incident."""

    def __init__(self) -> None:
        self._incidents: dict[str, Incident] = {}
        self._made_by: dict[str, str] = {}
        self._advice: dict[str, Recommendation] = {}
        self._first_sent: dict[str, datetime] = {}
        self._at_first: dict[str, tuple[str, ...]] = {}
        self._sent: dict[str, list[tuple[str, bool, str]]] = {}
        self._silences: dict[str, int] = {}
        self._missed: dict[str, int] = {}
        self._closed: set[str] = set()
        self._parts: dict[tuple[str, Discipline], _Part] = {}
        self._incident_of: dict[str, str] = {}

    def incidents(self) -> list[Incident]:
        """In the order in which they began."""
        return list(self._incidents.values())

    def take(self, event: Event) -> None:
        """The next event."""
        body = event.body
        if isinstance(body, ev.IncidentCreated):
            self._made_by[body.incident.id] = event.command_id
            self._stands(body.incident, event.at)
        elif isinstance(body, ev.IncidentChanged) and body.incident_id in self._incidents:
            given = {name: getattr(body, name) for name in ("incident_type", "priority", "legs")}
            update = {name: value for name, value in given.items() if value is not None}
            self._stands(self._incidents[body.incident_id].model_copy(update=update), event.at)
        elif isinstance(body, ev.LegChanged) and body.incident_id in self._incidents:
            incident = self._incidents[body.incident_id]
            legs = incident.with_leg(body.leg)
            self._stands(incident.model_copy(update={"legs": legs}), event.at)
        elif isinstance(body, ev.RecommendationMade):
            self._advice[body.recommendation.incident_id] = body.recommendation
        elif isinstance(body, ev.UnitAssigned):
            self._assigned(body, event)
        elif isinstance(body, ev.AssignmentEscalated):
            self._count(self._silences, body.assignment_id)
        elif isinstance(body, ev.StatusCheckMissed):
            self._count(self._missed, body.assignment_id)
        elif isinstance(body, ev.IncidentClosed):
            self._closed.add(body.incident_id)

    def _stands(self, incident: Incident, at: datetime) -> None:
        self._incidents[incident.id] = incident
        for leg in incident.legs:
            part = self._parts.get((incident.id, leg.discipline))
            if part is None:
                awaited = leg.first_assigned_at is None and not incident.officer_initiated
                part = _Part(began_at=at, awaited=awaited)
                self._parts[incident.id, leg.discipline] = part
                if leg.first_assigned_at is not None:
                    part.first_at, part.then = at, incident
            part.closed_at = leg.closed_at

    def _assigned(self, body: ev.UnitAssigned, event: Event) -> None:
        at = event.at
        assignment = body.assignment
        incident_id = assignment.incident_id
        part = self._parts.get((incident_id, assignment.discipline))
        if part is not None and part.first_at is None:
            part.first_at, part.then = at, self._incidents[incident_id]
        self._incident_of[assignment.id] = incident_id
        advice = self._advice.get(incident_id)
        picks = tuple(pick.unit_id for pick in advice.picks) if advice else ()
        self._first_sent.setdefault(incident_id, at)
        self._at_first.setdefault(incident_id, picks)
        if self._made_by.get(incident_id) == event.command_id:
            return  # in the step that made the incident: nothing could be recommended yet
        sent = (assignment.unit_id, assignment.unit_id in picks, assignment.override_reason or "")
        self._sent.setdefault(incident_id, []).append(sent)

    def _part_scored(
        self, incident: Incident, leg: Leg, target_s: TargetOf, now: datetime
    ) -> PartScore:
        """One part's score. What began with a unit of its own had nothing to wait for."""
        part = self._parts[(incident.id, leg.discipline)]
        then = part.then or incident
        asked = then.asked_of(leg.discipline)
        took_s = seconds_between(part.began_at, part.first_at) if part.first_at else None
        waited_s = seconds_between(part.began_at, part.first_at or part.closed_at or now)
        target = target_s(then, then.leg(leg.discipline) or leg) if part.awaited else None
        return PartScore(
            discipline=leg.discipline,
            incident_type=asked.incident_type,
            priority=asked.priority,
            first_unit_s=None if took_s is None else round(took_s, 1),
            target_s=target,
            late=target is not None and waited_s > target,
        )

    def _count(self, counts: dict[str, int], assignment_id: str) -> None:
        incident_id = self._incident_of.get(assignment_id)
        if incident_id is not None:
            counts[incident_id] = counts.get(incident_id, 0) + 1

    def scored(self, incident: Incident, target_s: TargetOf, now: datetime) -> IncidentScore:
        """One incident's score. Work that a crew began itself has no time to be judged by."""
        first = self._first_sent.get(incident.id)
        sent = self._sent.get(incident.id, [])
        took_s = seconds_between(incident.created_at, first) if first else None
        parts = tuple(self._part_scored(incident, leg, target_s, now) for leg in incident.legs)
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
            target_s=parts[0].target_s if parts else None,
            late=any(part.late for part in parts),
            parts=parts,
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
