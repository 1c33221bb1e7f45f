"""A unit asked for by phone from outside the region: who was asked, and what was promised.

Values only; how one is asked for, arrives or is cancelled is in ``outside_units``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.values import Discipline, Id, ShortText, UtcTime, Value

OutsideState = Literal["promised", "arrived", "cancelled", "left"]


class OutsideUnit(Value):
    """A placeholder on an incident for a unit that no roster of the region knows.

    It is promised, not on the way: nobody here sees it move. ``ref`` is unique in its incident.
    ``slot`` is the place in the plan that it filled when it was asked for, None: one beyond it.
    """

    ref: Id
    discipline: Discipline
    capabilities: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=10)]
    asked_of: ShortText
    """The centre or agency that was phoned."""
    name: ShortText = ""
    """What they call the unit; empty: they did not say."""
    asked_by: Id
    asked_at: UtcTime
    eta_at: UtcTime
    """When it is to be there, as promised last."""
    slot: int | None = None
    state: OutsideState = "promised"
    arrived_at: UtcTime | None = None
    ended_at: UtcTime | None = None
    """When it was cancelled, or left."""
    reason: ShortText = ""

    @property
    def standing(self) -> bool:
        """Whether the incident still counts on it: promised, or there."""
        return self.state in ("promised", "arrived")

    @property
    def label(self) -> str:
        """``O1 Fairview E5``: how lists and refusals name it."""
        return " ".join(part for part in (self.ref, self.asked_of, self.name) if part)
