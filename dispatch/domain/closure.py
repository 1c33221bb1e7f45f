"""A closure: something that shuts or slows roads for a while, from whatever source.

A dispatcher, a municipality, a feed, or a crew that stands before it. Values only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from dispatch.domain.recurrence import Recurrence
from dispatch.domain.values import Id, ShortText, UtcTime, Value, VehicleClass
from geodata.closures import felt_factor
from geodata.lonlat import LonLat
from geodata.weekly_hours import Run

ClosureState = Literal["planned", "active", "ended"]
EndReason = Literal["expired", "lifted", "feed", "refused", "withdrawn", "incident_over"]
Direction = Literal["both", "along"]
"""``along``: only traffic that drives in the order of the line is affected."""

Shape = Literal["line", "points", "area"]
"""What ``line`` is: drawn along the road, points that lie on it, or the outline of an area."""

RESPONDER: Final = "responder"
"""The source of what crews report from the street."""

MUNICIPALITY: Final = "municipality"
"""The source of what a municipality shuts on its own ground; ``source_ref`` is its name."""

INCIDENT: Final = "incident"
"""The source of what an incident is thought to block."""


class Closure(Value):
    """One closure with its window; the end is mandatory, since a forgotten closure lies for ever.

    ``speed_factor`` is 0 for shut and between 0 and 1 for slowed (0.5: half as fast).
    ``congestion``: it is slow because of traffic, and not because a lane is missing or blocked;
    crews with lights may get past traffic, by their agency's own share.
    ``vehicle_classes`` are those that it binds. ``arcs`` are the directed arcs of the network
    ``network_id`` that it was placed on; on another network the roads place ``line`` again.

    One that crews have reported binds the units of ``reported_by`` at once, and hard: they stand
    before it. Until a dispatcher has ``confirmed`` it, all others lose ``penalty_s`` on it.

    One with a ``recurrence`` is active only in its hours, and planned between them;
    ``changes_at`` is when it begins or pauses next.
    """

    id: Id
    source: ShortText
    source_ref: ShortText = ""
    """The feed's own id of it, or whose it is; empty for a dispatcher's."""
    description: ShortText = ""
    line: tuple[Annotated[LonLat, Field()], ...] = Field(min_length=1, max_length=2000)
    shape: Shape = "line"
    direction: Direction = "both"
    speed_factor: float = Field(default=0.0, ge=0.0, lt=1.0)
    congestion: bool = False
    vehicle_classes: tuple[VehicleClass, ...] = ("car", "truck", "heavy")
    max_height_m: float | None = Field(default=None, gt=0.0, le=20.0)
    max_weight_t: float | None = Field(default=None, gt=0.0, le=200.0)
    max_width_m: float | None = Field(default=None, gt=0.0, le=20.0)
    """With a limit it binds, of those classes, only the ones whose vehicles exceed it."""
    begins_at: UtcTime
    ends_at: UtcTime
    recurrence: Recurrence | None = None
    state: ClosureState = "planned"
    changes_at: UtcTime | None = None
    network_id: ShortText = ""
    arcs: tuple[int, ...] = ()
    confidence: float | None = None
    opened_by: Id
    confirmed: bool = True
    confirmed_by: Id | None = None
    penalty_s: float = Field(default=0.0, ge=0.0, le=3600.0)
    reported_by: tuple[Id, ...] = ()
    """Units, in the order in which they reported it."""
    incident_id: Id | None = None
    """The incident that is thought to block the road; the closure ends with it."""
    ended_why: EndReason | None = None
    """None while it stands, and for what ended before this was kept."""
    revision: int = 1

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Closure:
        if self.ends_at <= self.begins_at:
            raise ValueError("ends_at must be later than begins_at")
        if self.congestion and self.speed_factor == 0.0:
            raise ValueError("congestion slows a road; one that is shut has no speed_factor")
        return self

    def run_at(self, at: datetime) -> Run | None:
        """Whether it is in force at an instant and until when; None where it is over."""
        if self.recurrence is not None:
            return self.recurrence.run_at(at, self.begins_at, self.ends_at)
        if at >= self.ends_at:
            return None
        begun = self.begins_at <= at
        return Run(begun, self.ends_at if begun else self.begins_at)

    def has_limit(self) -> bool:
        """Whether it binds only what exceeds a size."""
        limits = (self.max_height_m, self.max_weight_t, self.max_width_m)
        return any(limit is not None for limit in limits)

    @property
    def said_by(self) -> str:
        """Who says so, as long as it is not confirmed: ``says E1, E2``, or ``by an incident``."""
        return f"says {', '.join(self.reported_by)}" if self.reported_by else "by an incident"

    def factor_felt(self, share: float) -> float:
        """The speed factor for whoever feels this share of a congestion, 0 to 1.

        What is slow or shut for another reason is so for everybody.
        """
        return felt_factor(self.speed_factor, share) if self.congestion else self.speed_factor

    def binds(self, unit_id: str | None) -> bool:
        """Whether its effect is in full for this unit, and not only a penalty."""
        return self.confirmed or unit_id in self.reported_by
