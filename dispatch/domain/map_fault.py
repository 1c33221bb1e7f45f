"""A map fault: a place that an incident was sent to though the map did not know it. Pure.

A municipality's ground has its own faults. The text is the place as it was taken for the incident,
never what else the caller said.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Final, Literal

from pydantic import Field

from dispatch.domain.incident import Place
from dispatch.domain.values import Id, ShortText, UtcTime, Value
from geodata.lonlat import LonLat
from geodata.street_names import plain, without_number

KNOWN_IN_PART: Final = frozenset({"street", "crossing", "milepost", "trail"})
"""What the map does have, though not where on it the incident is: no fault of the map's."""
CELL_DEG: Final = 0.001
"""Pins without words that lie in one square of this side are one fault."""

FaultKind = Literal["place", "house_number"]
FaultOutcome = Literal["map_corrected", "no_fault"]


class MapFault(Value):
    """Something that the map of a municipality lacks, or has in another way.

    ``kind`` says what is missing: the place, or a house number of a street that the map has.
    ``municipality`` is the one whose ground it is, empty outside all of them: then it is the hub's.
    ``times`` is how many incidents ran into it; ``place``, ``at`` and ``incident_id`` are of the
    last one. It stands until its owner closes it.
    """

    id: Id
    kind: FaultKind = "place"
    municipality: ShortText
    place: ShortText
    at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    incident_id: Id
    opened_at: UtcTime
    last_at: UtcTime
    times: int = Field(default=1, ge=1)
    outcome: FaultOutcome | None = None
    note: ShortText = ""
    closed_by: Id | None = None
    closed_at: UtcTime | None = None


def fault_kind_of(place: Place) -> FaultKind | None:
    """What the map lacks of a place; None where it has what it can have."""
    if place.verified or place.found_as in KNOWN_IN_PART:
        return None
    return "house_number" if place.found_as == "address" else "place"


def fault_id_of(place: Place, municipality: str | None) -> str:
    """The same for all incidents that miss the same thing: a street, whatever the house number.

    A pin without words, or with nothing but coordinates, is told apart by where it lies.
    """
    words = plain(without_number(place.address))
    if not any(word.isalpha() and len(word) > 1 for word in words.split()):
        lon, lat = place.at
        words = f"{round(lon / CELL_DEG)} {round(lat / CELL_DEG)}"
    name = f"map fault:{municipality or ''}:{fault_kind_of(place)}:{words}"
    return uuid.uuid5(uuid.NAMESPACE_OID, name).hex
