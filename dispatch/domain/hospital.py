"""What a hospital takes now, and the patients of an incident by triage colour."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.values import Id, ShortText, UtcTime, Value

Intake = Literal["divert", "closed"]
Count = Annotated[int, Field(ge=0, le=9999)]


class HospitalState(Value):
    """A hospital that does not take everybody: ``divert`` asks ambulances to go elsewhere.

    ``without`` names what it cannot take; empty: anything. It stands until somebody says that the
    hospital is open; ``until`` is only what was said.
    """

    hospital_id: Id
    intake: Intake
    without: tuple[ShortText, ...] = ()
    reason: ShortText = ""
    until: UtcTime | None = None
    by: Id
    since: UtcTime


class Patients(Value):
    """Counted by colour of the triage tag (START): immediate, delayed, minor, dead."""

    red: Count = 0
    yellow: Count = 0
    green: Count = 0
    black: Count = 0
    at: UtcTime
    by: Id
