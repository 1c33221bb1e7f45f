"""What the routes beside the call form take and answer: duplicates, and what is known of a spot."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dispatch.api.schemas import CommandBody, GroundPoint, Read
from dispatch.domain.assignment import AckChannel
from dispatch.domain.call import CallbackCause, CallbackResult
from dispatch.domain.duplicates import Duplicate
from dispatch.domain.premise import RADIUS_MOST_M, Level, PremiseNote
from dispatch.domain.values import Discipline, Id, Priority, ShortText, UtcTime


class CallSoFar(BaseModel):
    """What is typed of a call that is being taken. In the body, so that no log shows a number."""

    model_config = ConfigDict(extra="forbid")

    at: GroundPoint
    incident_type: Annotated[ShortText, Field(min_length=1)] | None = None
    callback: ShortText | None = None


class CallbackPlan(CommandBody):
    """Why the caller must be called back."""

    cause: CallbackCause


class CallbackReport(CommandBody):
    """What came of calling back."""

    result: CallbackResult


class Duplicates(Read):
    """Open incidents that the call may speak of, the most likely first."""

    duplicates: tuple[Duplicate, ...]


class NewPremise(CommandBody):
    """A note about a place. ``review_on``: when somebody must look whether it is still true.

    ``until``: it is known to pass, and holds until then alone.
    """

    agency_id: Id
    at: GroundPoint
    radius_m: Annotated[float, Field(ge=5, le=RADIUS_MOST_M)] = 30.0
    address: ShortText = ""
    level: Level
    text: Annotated[ShortText, Field(min_length=1)]
    review_on: date
    until: UtcTime | None = None


class PremiseList(Read):
    """Premise notes. ``authors``: by id, the name of each account that wrote one."""

    notes: tuple[PremiseNote, ...]
    authors: dict[Id, ShortText] = Field(default_factory=dict)


class SpotOrNumber(BaseModel):
    """What is known of a call so far. In the body, so that no log shows a number."""

    model_config = ConfigDict(extra="forbid")

    at: GroundPoint | None = None
    callback: ShortText | None = None


class EarlierPart(BaseModel):
    """A part of it that was something else, or otherwise urgent, than the whole."""

    discipline: Discipline
    type_label: ShortText
    priority: Priority


class EarlierIncident(BaseModel):
    """An incident that was here, or that this number called about."""

    incident_id: Id
    number: ShortText
    type_label: ShortText
    priority: Priority
    parts_apart: tuple[EarlierPart, ...]
    address: ShortText
    created_at: UtcTime
    closed_at: UtcTime | None
    dispositions: tuple[ShortText, ...]
    why: ShortText


class History(Read):
    """Earlier incidents, newest first."""

    earlier: tuple[EarlierIncident, ...]


class HazardReading(CommandBody):
    """By the crew on its device, or by radio to a dispatcher."""

    channel: AckChannel = "device"
