"""What a crew acts on of its incident, and what of it is another now than it was told. Pure.

A crew that was told an address and drives to it must hear that it is another. What it does not act
on (the narrative, a case number, who else comes) is not sent again.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from dispatch.domain.assignment import NOT_ARRIVED, AssignmentStatus
from dispatch.domain.incident import Incident
from dispatch.domain.values import Discipline, Priority, ShortText, Value
from geodata.lonlat import LonLat, distance_m

FactName = Literal["address", "type", "priority", "hazard", "talkgroup"]

MOVED_M: Final = 25.0
"""A point that moved less than this under the same address sends nobody elsewhere."""
_UNDER_WAY: Final = frozenset[FactName]({"address", "type", "priority", "hazard", "talkgroup"})
_ON_SCENE: Final = frozenset[FactName]({"hazard", "talkgroup"})


class CrewFacts(Value):
    """What a message says that a crew acts on, as it stood when the message was queued."""

    type_label: ShortText
    priority: Priority
    address: ShortText
    municipality: ShortText
    at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    hazards: tuple[ShortText, ...] = ()
    talkgroup: ShortText = ""


class FactChange(Value):
    """One thing that is another now, and what the crew was told before; empty: nothing."""

    what: FactName
    was: ShortText


def facts_of(incident: Incident, discipline: Discipline) -> CrewFacts:
    """What a crew of a discipline acts on, as the incident stands."""
    leg = incident.leg(discipline)
    talkgroup = (leg.talkgroup if leg else None) or ""
    return station_facts(incident, discipline).model_copy(update={"talkgroup": talkgroup})


def station_facts(incident: Incident, discipline: Discipline | None) -> CrewFacts:
    """What a station that waits acts on; a talkgroup is its crew's, once it is sent.

    Args:
        incident: As it stands.
        discipline: Of the station's agency; None where nobody knows it: the whole incident's.
    """
    asked = incident.asked_of(discipline)
    return CrewFacts(
        type_label=asked.type_label,
        priority=asked.priority,
        address=incident.place.address,
        municipality=incident.place.municipality or "",
        at=incident.place.at,
        hazards=tuple(hazard.text for hazard in incident.hazards),
    )


def matters_in(status: AssignmentStatus) -> frozenset[FactName]:
    """What a crew in this status still acts on: on scene it needs no address, but every hazard."""
    if status in NOT_ARRIVED:
        return _UNDER_WAY
    return _ON_SCENE if status == "on_scene" else frozenset()


def changes_between(was: CrewFacts, now: CrewFacts) -> tuple[FactChange, ...]:
    """What differs, in the order in which a crew needs it; empty: it was told all of it."""
    found: list[FactChange] = []
    moved = distance_m(LonLat(*was.at), LonLat(*now.at)) >= MOVED_M
    if moved or (was.address, was.municipality) != (now.address, now.municipality):
        place = ", ".join(part for part in (was.address, was.municipality) if part)
        lon, lat = was.at
        found.append(FactChange(what="address", was=place[:200] or f"{lat:.5f}, {lon:.5f}"))
    if set(was.hazards) != set(now.hazards):
        found.append(FactChange(what="hazard", was="; ".join(was.hazards)[:200]))
    if was.type_label != now.type_label:
        found.append(FactChange(what="type", was=was.type_label))
    if was.priority != now.priority:
        found.append(FactChange(what="priority", was=str(was.priority)))
    if was.talkgroup != now.talkgroup:
        found.append(FactChange(what="talkgroup", was=was.talkgroup))
    return tuple(found)
