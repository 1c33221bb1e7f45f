"""What every closure feed is decoded into, whatever its format."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from dispatch.domain.closure import Direction
from dispatch.domain.events import FeedReject
from dispatch.domain.recurrence import WeeklyHours
from dispatch.domain.values import ShortText, UtcTime, Value, VehicleClass
from geodata.lonlat import LonLat


class Limits(Value):
    """The sizes above which vehicles are bound; None is no limit."""

    max_height_m: float | None = Field(default=None, gt=0.0, le=20.0)
    max_weight_t: float | None = Field(default=None, gt=0.0, le=200.0)
    max_width_m: float | None = Field(default=None, gt=0.0, le=20.0)

    def __bool__(self) -> bool:
        return any(v is not None for v in (self.max_height_m, self.max_weight_t, self.max_width_m))


class FeedItem(Value):
    """One entry of a feed that shuts or slows a road, not yet placed on any.

    ``speed_factor`` and ``congestion`` as in a closure. ``follows_road`` is False
    where only the points of ``line`` lie on the road, not what is between them. ``is_area``: the
    line is an outline, and all roads in it are meant.

    With ``over`` it binds only what exceeds these sizes; what exceeds ``bars`` may not pass at all,
    whatever it does to the others. ``hours`` empty: all of its window, else these only, by the
    clock of ``time_zone``, empty the region's.
    """

    ref: ShortText
    description: ShortText
    road_names: tuple[ShortText, ...] = ()
    line: tuple[Annotated[LonLat, Field()], ...]
    follows_road: bool = True
    is_area: bool = False
    direction: Direction
    speed_factor: float
    congestion: bool = False
    vehicle_classes: tuple[VehicleClass, ...] = ("car", "truck", "heavy")
    over: Limits = Limits()
    bars: Limits = Limits()
    begins_at: UtcTime
    ends_at: UtcTime
    hours: tuple[WeeklyHours, ...] = ()
    time_zone: ShortText = ""

    @property
    def is_shut(self) -> bool:
        """Whether it shuts the road to all vehicles of its classes."""
        return self.speed_factor == 0.0 and not self.over


class Decoded(NamedTuple):
    """A feed's entries: those that bind, how many leave traffic as it is, and those refused."""

    listed: int
    items: list[FeedItem]
    harmless: int
    rejects: list[FeedReject]


class FeedUnreadable(Exception):
    """The document as a whole is not of its format; nothing of it is taken over."""
