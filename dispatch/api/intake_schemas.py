"""What the routes of a call take before its form is saved, and what its clock answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dispatch.api.schemas import Answer, CommandBody, Done, GroundShape, PlaceIn, Read
from dispatch.domain.call import (
    CallerFix,
    CallForm,
    CallStage,
    Channel,
    LanguageTag,
    LineText,
    TextLine,
)
from dispatch.domain.values import LongText, Priority, ShortText, UtcTime
from jurisdictions.targets import Stage


class RingingCall(CommandBody):
    """A call that the telephone system or text gateway hands in.

    ``location_key`` is a location URI at an allowed host, or an identity that the location server
    knows; without it the callback number is asked by.
    """

    channel: Channel = "voice"
    callback: ShortText | None = None
    caller_name: ShortText | None = None
    location_key: ShortText | None = None
    location: GroundShape | None = None
    confidence_pct: Annotated[float, Field(gt=0, le=100)] | None = None
    class_of_service: ShortText = ""
    measured_at: UtcTime | None = None


class BegunCall(CommandBody):
    """A call that a call-taker has begun to type, so that the hub's clock runs."""

    channel: Channel = "voice"


class CallOpened(Done):
    """The call that the form goes on with."""

    call_id: str


class CallAnswer(CommandBody):
    """Somebody takes the call; ``take_over``: also from whoever has it in the form."""

    take_over: bool = False


class HungUp(CommandBody):
    """The caller hung up before anybody answered."""


class StageReached(CommandBody):
    """The form has its location or type, or CPR has come so far; the hub stamps the first time."""

    stage: CallStage


class FormSoFar(CommandBody):
    """All that the form of a call holds; what is left out is empty. It makes no incident."""

    said: ShortText = ""
    callback: ShortText = ""
    caller_name: ShortText = ""
    place: PlaceIn | None = None
    incident_type: ShortText | None = None
    priority: Priority | None = None
    note: LongText = ""
    type_text: ShortText = ""
    wanted: ShortText = ""
    caller_at: ShortText = ""

    def as_form(self) -> CallForm:
        """What is no field of the call itself."""
        return CallForm(
            place=self.place.as_place() if self.place else None,
            incident_type=self.incident_type,
            priority=self.priority,
            type_text=self.type_text,
            wanted=self.wanted,
            caller_at=self.caller_at,
        )


class Rebid(CommandBody):
    """Where is the caller now? ``callback``: as typed, where the call brought no number."""

    callback: ShortText | None = None


class Relocated(Done):
    """The fix that was added to the call's trail."""

    fix: CallerFix


class StageAnswer(Answer):
    """One stage. ``late_at`` None: nobody set a target, or its clock has not begun."""

    stage: Stage
    since: UtcTime | None
    at: UtcTime | None
    target_s: float | None
    late_at: UtcTime | None


class StageClock(Read):
    """The stages of a call or incident, in their order."""

    stages: tuple[StageAnswer, ...]


class NewLine(CommandBody):
    """One line of a conversation, as it was written, with its language where that is known.

    A translation is given by whoever has one: a phrase that stands in both languages, or a gateway.
    """

    text: Annotated[LineText, Field(min_length=1)]
    language: LanguageTag = ""
    translation: LineText | None = None
    translation_language: LanguageTag = ""


class LineSaid(Done):
    """The line's id."""

    line_id: str


class Delivery(CommandBody):
    """It arrived."""


class LineTranslation(CommandBody):
    """The same in another language."""

    text: Annotated[LineText, Field(min_length=1)]
    language: Annotated[LanguageTag, Field(min_length=2)]


class LanguageSet(CommandBody):
    """``interpreter``: one of the language line is on the call now."""

    language: LanguageTag = ""
    interpreter: bool = False


class Transcript(Read):
    """Lines in order. ``language`` is the caller's, empty while it is not known."""

    language: str
    lines: tuple[TextLine, ...]
