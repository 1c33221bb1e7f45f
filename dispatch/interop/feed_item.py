"""What every closure feed is decoded into, whatever its format."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from dispatch.domain.closure import Direction
from dispatch.domain.events import FeedReject
from dispatch.domain.values import ShortText, UtcTime, Value, VehicleClass
from geodata.lonlat import LonLat


class FeedItem(Value):
    """One entry of a feed that shuts or slows a road, not yet placed on any.

    ``speed_factor`` as in a closure: 0 shut, between 0 and 1 slowed. ``follows_road`` is False
    where only the points of ``line`` lie on the road, not what is between them. ``is_area``: the
    line is an outline, and all roads in it are meant.
    """

    ref: ShortText
    description: ShortText
    road_names: tuple[ShortText, ...] = ()
    line: tuple[Annotated[LonLat, Field()], ...]
    follows_road: bool = True
    is_area: bool = False
    direction: Direction
    speed_factor: float
    vehicle_classes: tuple[VehicleClass, ...] = ("car", "truck", "heavy")
    begins_at: UtcTime
    ends_at: UtcTime


class Decoded(NamedTuple):
    """A feed's entries: those that bind, how many leave traffic as it is, and those refused."""

    listed: int
    items: list[FeedItem]
    harmless: int
    rejects: list[FeedReject]


class FeedUnreadable(Exception):
    """The document as a whole is not of its format; nothing of it is taken over."""
