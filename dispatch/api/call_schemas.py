"""What the routes beside the call form take and answer: duplicates, and what is known of a spot."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dispatch.api.schemas import CommandBody, GroundPoint, Read
from dispatch.domain.call import CallbackCause, CallbackResult
from dispatch.domain.duplicates import Duplicate
from dispatch.domain.values import ShortText


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
