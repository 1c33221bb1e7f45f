"""Premise notes: what crews must know of a place before they arrive. Pure.

A note of level 3 is a hazard: it is the first line of everything that goes out about the place. It
names what is there, never who: no personal value may stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.values import Id, ShortText, UtcTime, Value
from geodata.lonlat import LonLat, distance_m

Level = Literal[1, 2, 3]
RADIUS_MOST_M = 500.0


class PremiseNote(Value):
    """A note about a place, owned by an agency that answers for it.

    ``radius_m`` is how far around ``at`` it holds. ``review_on`` is when somebody must look whether
    it is still true: after that it is shown as overdue, never dropped. One with ``until`` is known
    to pass, as a hydrant that is out of service: it holds until then.
    """

    id: Id
    agency_id: Id
    at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    radius_m: Annotated[float, Field(ge=5, le=RADIUS_MOST_M)] = 30.0
    address: ShortText = ""
    level: Level
    text: Annotated[ShortText, Field(min_length=1)]
    author: Id
    noted_at: UtcTime
    review_on: date
    until: UtcTime | None = None


class Hazard(Value):
    """What of a premise note goes with an incident."""

    note_id: Id
    level: Level
    text: ShortText
    review_on: date


def still_holding(notes: Iterable[PremiseNote], now: datetime) -> list[PremiseNote]:
    """Those whose time has not passed."""
    return [note for note in notes if note.until is None or note.until > now]


def notes_at(notes: Iterable[PremiseNote], at: LonLat, now: datetime) -> tuple[PremiseNote, ...]:
    """The notes that hold at a spot at an instant, the gravest first, then the nearest."""
    near = [(distance_m(at, LonLat(*note.at)), note) for note in still_holding(notes, now)]
    holding = [(away_m, note) for away_m, note in near if away_m <= note.radius_m]
    holding.sort(key=lambda pair: (-pair[1].level, pair[0], pair[1].id))
    return tuple(note for _, note in holding)


def hazards_at(notes: Iterable[PremiseNote], at: LonLat, now: datetime) -> tuple[Hazard, ...]:
    """The same as they go with an incident."""
    return tuple(
        Hazard(note_id=note.id, level=note.level, text=note.text, review_on=note.review_on)
        for note in notes_at(notes, at, now)
    )
