"""Which open incidents a new call may speak of. Proposals only: nobody merges but a person. Pure.

Nearness, age and likeness of type are multiplied, so that a different emergency at the same door
stays apart; the same callback number makes up for what the others lack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from dispatch.domain.incident import Incident
from dispatch.domain.values import Discipline, Id, ShortText, Value, seconds_between
from geodata.lonlat import LonLat, distance_m

LIKELY = 0.55
SHOWN = 0.1
"""Scores from which a proposal is called likely, and from which it is shown at all."""

SAME_NUMBER = 0.6
"""How much of what is missing to certainty the same callback number makes up for."""

AS_GOOD = 0.85
"""A second proposal with this share of the first one's score makes both a person's choice."""

MOST = 6

M_PER_DEG_LAT = 111_195.0
FAR = 2.0
"""At so many times its reach an event scores below ``SHOWN`` whatever else speaks for it."""


class Reach(NamedTuple):
    """How far and how long one event is reported: metres and seconds at which likeness is half."""

    radius_m: float
    age_s: float


REACH: dict[Discipline, Reach] = {
    "fire": Reach(170.0, 1800.0),
    "ems": Reach(80.0, 1500.0),
    "law": Reach(110.0, 1500.0),
}
"""By the leading discipline: smoke is seen from afar, a fall is not."""

TRAFFIC = Reach(180.0, 1800.0)
"""Crashes and hazards on the road, which passing drivers report from wherever they stop."""

TRAFFIC_WORDS = frozenset({"MVA", "VEHICLE", "ROAD", "TRAFFIC", "CRASH", "COLLISION"})
_COMMON_WORDS = frozenset({"ALARM", "INJURY", "MAJOR", "MINOR", "SERVICE", "HAZARD", "EMERGENCY"})
"""Words of type codes that say nothing of what happened."""


class IncidentType(NamedTuple):
    """What the plans say of a type: its code and who leads it."""

    code: str
    lead: Discipline


class Duplicate(Value):
    """An open incident that the call may speak of, with what speaks for it."""

    incident_id: Id
    number: ShortText
    score: float
    likely: bool
    distance_m: float
    age_s: float
    reasons: tuple[ShortText, ...]


def reach_of(kind: IncidentType) -> Reach:
    """How far one event of this type is reported."""
    return TRAFFIC if TRAFFIC_WORDS & _words(kind.code) else REACH[kind.lead]


def likeness(one: IncidentType, other: IncidentType) -> float:
    """How well two types may be one event told twice: 1 the same type, near 0 another matter."""
    if one.code == other.code:
        return 1.0
    shared = (_words(one.code) & _words(other.code)) - _COMMON_WORDS
    if shared or (_on_the_road(one) and _on_the_road(other)):
        return 0.8
    return 0.3 if one.lead == other.lead else 0.1


def _words(code: str) -> set[str]:
    return set(code.upper().split("_"))


def _on_the_road(kind: IncidentType) -> bool:
    return bool(TRAFFIC_WORDS & _words(kind.code))


def find_duplicates(
    incidents: Iterable[Incident],
    types: Mapping[str, IncidentType],
    callbacks: Mapping[str, frozenset[str]],
    *,
    at: LonLat,
    incident_type: str | None,
    callback: str | None,
    now: datetime,
) -> tuple[Duplicate, ...]:
    """Open incidents that the call may speak of, the most likely first, ``MOST`` at most.

    An incident is of its own type and of those of its parts: the one that fits best counts.

    Args:
        incidents: Those that the call-taker may see.
        types: What the plans say of each type.
        callbacks: By incident id, the digits of the numbers that have called about it.
        at: Where the caller says it is.
        incident_type: None while nothing is typed: then every type is as like as another.
        callback: The caller's number; None where it is not known.
        now: The present.
    """
    digits = digits_of(callback)
    mine = types.get(incident_type or "")
    found = []
    for incident in incidents:
        kinds = [types[code] for code in incident.types if code in types]
        if not kinds:
            continue
        same_number = bool(digits) and digits in callbacks.get(incident.id, frozenset())
        north_m = abs(at.lat - incident.place.at[1]) * M_PER_DEG_LAT
        if not same_number and north_m > FAR * max(reach_of(kind).radius_m for kind in kinds):
            continue
        metres = distance_m(at, LonLat(*incident.place.at))
        age_s = max(0.0, seconds_between(incident.created_at, now))
        score = max(_score(mine, kind, metres, age_s) for kind in kinds)
        if same_number:
            score += (1.0 - score) * SAME_NUMBER
        if score < SHOWN:
            continue
        reasons = [f"{round(metres)} m away", f"{round(age_s / 60)} min ago"]
        if mine and any(mine.code == kind.code for kind in kinds):
            reasons.append("same type")
        if same_number:
            reasons.append("same callback number")
        found.append(
            Duplicate(
                incident_id=incident.id,
                number=incident.number,
                score=round(score, 3),
                likely=score >= LIKELY,
                distance_m=round(metres, 1),
                age_s=round(age_s, 1),
                reasons=tuple(reasons),
            )
        )
    found.sort(key=lambda duplicate: (-duplicate.score, duplicate.incident_id))
    return tuple(_only_one_likely(found[:MOST]))


def _score(mine: IncidentType | None, kind: IncidentType, metres: float, age_s: float) -> float:
    """How well the call fits an event of this type, so far away and so long ago."""
    reach = reach_of(kind)
    near: float = 0.5 ** ((metres / reach.radius_m) ** 2)
    fresh: float = 0.5 ** (age_s / reach.age_s)
    return near * fresh * (likeness(mine, kind) if mine else 0.7)


def _only_one_likely(found: list[Duplicate]) -> list[Duplicate]:
    """At most the first is called likely, and none when the second is nearly as good."""
    close = len(found) > 1 and found[1].score > AS_GOOD * found[0].score
    return [
        duplicate if index == 0 and not close else duplicate.model_copy(update={"likely": False})
        for index, duplicate in enumerate(found)
    ]


def digits_of(callback: str | None) -> str:
    """The number as it is compared: its last ten digits; empty for fewer than seven."""
    digits = "".join(c for c in callback or "" if c.isdigit())
    return digits[-10:] if len(digits) >= 7 else ""
