"""What a call-taker made of the calls of an exercise: each beside its script and its targets. Pure.

The times are the hub's stamps, the targets those of the region. It is never made of real work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from statistics import median
from typing import Final, NamedTuple

from dispatch.domain import events as ev
from dispatch.domain.call import Call, CallOutcome
from dispatch.domain.events import Event
from dispatch.domain.incident import Incident
from dispatch.domain.stage_clock import StageMark, stage_clock
from dispatch.domain.values import Id, ShortText, Value
from geodata.lonlat import LonLat, distance_m
from jurisdictions.targets import Stage

FAR_M: Final = 200.0
"""An incident farther than this from where its caller said it is stands in the wrong place."""
_COUNTED: Final[tuple[Stage, ...]] = ("answered", "located", "typed", "ready")
"""What the call-taker answers for; the first unit is the dispatcher's."""


class ScriptedRing(NamedTuple):
    """A call of the script that rang: its id at the hub, when, and what it truly is about."""

    call_id: str
    after_s: float
    incident_type: str
    at: LonLat


class StageScore(Value):
    """``took_s`` None: it was never reached, and is late once its target has passed."""

    stage: Stage
    took_s: float | None
    target_s: float | None
    late: bool


class CallScore(Value):
    """One call of the script. ``number`` empty: no incident came of it."""

    call_id: Id
    after_s: float
    stages: tuple[StageScore, ...]
    number: ShortText = ""
    wanted_type: ShortText
    incident_type: ShortText = ""
    right_type: bool | None = None
    off_m: float | None = None
    """How far the incident stands from where it is; None: there is none."""
    far: bool = False
    outcome: CallOutcome | None = None
    """How it was closed without an incident."""


class CallScores(Value):
    """All calls of the script that rang. Shares are None where there is nothing to take one of."""

    calls: tuple[CallScore, ...] = ()
    rang: int = 0
    answered: int = 0
    late: int = 0
    """Calls of which any stage was late."""
    without_incident: int = 0
    wrong_type: int = 0
    far: int = 0
    answered_median_s: float | None = None
    ready_median_s: float | None = None
    in_time_share: float | None = None


CallTargetOf = Callable[[Incident | None, Call, Stage], float | None]
"""Seconds of a stage for a call and the incident that came of it; None: nobody set a target."""


def score_calls(
    events: Iterable[Event], rings: Sequence[ScriptedRing], target_s: CallTargetOf, now: datetime
) -> CallScores:
    """Judge how the calls of an exercise were taken.

    Args:
        events: Its log, in order.
        rings: The script's calls that rang, in order.
        target_s: The targets that held.
        now: When it ended.
    """
    calls, incidents = _taken(events)
    found = tuple(
        _scored(ring, calls[ring.call_id], incidents, target_s, now)
        for ring in rings
        if ring.call_id in calls
    )
    late = sum(any(stage.late for stage in one.stages) for one in found)
    return CallScores(
        calls=found,
        rang=len(found),
        answered=sum(one.stages[0].took_s is not None for one in found),
        late=late,
        without_incident=sum(not one.number for one in found),
        wrong_type=sum(one.right_type is False for one in found),
        far=sum(one.far for one in found),
        answered_median_s=_median(found, "answered"),
        ready_median_s=_median(found, "ready"),
        in_time_share=round(1 - late / len(found), 3) if found else None,
    )


def _taken(events: Iterable[Event]) -> tuple[dict[str, Call], dict[str, Incident]]:
    """Calls and incidents as they came to stand, also those that were closed since."""
    calls: dict[str, Call] = {}
    incidents: dict[str, Incident] = {}
    for event in events:
        body = event.body
        if isinstance(body, ev.CallReceived):
            calls[body.call.id] = body.call
        elif isinstance(body, ev.CallChanged | ev.CallLinked | ev.CallClosed):
            if (call := calls.get(body.call_id)) is not None:
                calls[call.id] = _changed(call, body)
        elif isinstance(body, ev.IncidentCreated):
            incidents[body.incident.id] = body.incident
        elif isinstance(body, ev.IncidentChanged) and body.incident_id in incidents:
            given = {"incident_type": body.incident_type, "place": body.place}
            update = {name: value for name, value in given.items() if value is not None}
            incident = incidents[body.incident_id]
            incidents[incident.id] = incident.model_copy(update=update)
    return calls, incidents


def _changed(call: Call, body: ev.CallChanged | ev.CallLinked | ev.CallClosed) -> Call:
    if isinstance(body, ev.CallLinked):
        return call.model_copy(update={"incident_id": body.incident_id})
    if isinstance(body, ev.CallClosed):
        return call.model_copy(update={"outcome": body.outcome})
    names = ("answered_at", "located_at", "typed_at", "ready_at")
    given = {name: at for name in names if (at := getattr(body, name)) is not None}
    return call.model_copy(update=given)


def _scored(
    ring: ScriptedRing,
    call: Call,
    incidents: dict[str, Incident],
    target_s: CallTargetOf,
    now: datetime,
) -> CallScore:
    incident = incidents.get(call.incident_id or "")
    off_m = distance_m(incident.place.at, ring.at) if incident else None
    marks = stage_clock(call, None, lambda stage: target_s(incident, call, stage))
    stages = tuple(_stage(mark, call, now) for mark in marks if mark.stage in _COUNTED)
    return CallScore(
        call_id=call.id,
        after_s=ring.after_s,
        stages=stages,
        number=incident.number if incident else "",
        wanted_type=ring.incident_type,
        incident_type=incident.incident_type if incident else "",
        right_type=incident.incident_type == ring.incident_type if incident else None,
        off_m=None if off_m is None else round(off_m, 1),
        far=off_m is not None and off_m > FAR_M,
        outcome=call.outcome,
    )


def _stage(mark: StageMark, call: Call, now: datetime) -> StageScore:
    """A call that was closed without an incident needs no place and no type."""
    took_s = mark.seconds(now) if mark.at is not None else None
    excused = mark.stage != "answered" and mark.at is None and call.outcome is not None
    return StageScore(
        stage=mark.stage,
        took_s=None if took_s is None else round(took_s, 1),
        target_s=mark.target_s,
        late=mark.late(now) and not excused,
    )


def _median(found: Sequence[CallScore], stage: Stage) -> float | None:
    took = (part.took_s for one in found for part in one.stages if part.stage == stage)
    reached = [seconds for seconds in took if seconds is not None]
    return round(median(reached), 1) if reached else None
