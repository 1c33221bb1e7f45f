"""The project's own format for closures, JSON; documented in docs/feeds.md.

For a municipality's own list, and for whoever converts from a format that has no decoder here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dispatch.domain.closure import Direction
from dispatch.domain.recurrence import WeeklyHours, is_time_zone
from dispatch.domain.values import ShortText, UtcTime, VehicleClass
from dispatch.interop.decoding import Unusable, collect, json_of, point_of
from dispatch.interop.feed_item import Decoded, FeedItem, FeedUnreadable, Limits

FORMAT = "dispatch-closures/1"


class _Entry(BaseModel):
    """One closure as it is written; every one names its end."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[ShortText, Field(min_length=1)]
    description: ShortText = ""
    roads: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    line: Annotated[list[tuple[float, float]], Field(min_length=1, max_length=2000)]
    drawn: Literal["along the road", "points on the road", "area"] = "along the road"
    direction: Direction = "both"
    speed_factor: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    congestion: bool = False
    vehicle_classes: Annotated[tuple[VehicleClass, ...], Field(min_length=1)] = (
        "car",
        "truck",
        "heavy",
    )
    max_height_m: Annotated[float, Field(gt=0, le=20)] | None = None
    max_weight_t: Annotated[float, Field(gt=0, le=200)] | None = None
    max_width_m: Annotated[float, Field(gt=0, le=20)] | None = None
    begins_at: UtcTime
    ends_at: UtcTime
    hours: Annotated[tuple[WeeklyHours, ...], Field(max_length=100)] = ()
    time_zone: ShortText = ""

    @model_validator(mode="after")
    def _ends_later(self) -> _Entry:
        if self.ends_at <= self.begins_at:
            raise ValueError("ends_at is not later than begins_at")
        if self.congestion and self.speed_factor == 0.0:
            raise ValueError("congestion has a speed_factor above 0: a road that is shut is no jam")
        if self.time_zone and not is_time_zone(self.time_zone):
            raise ValueError(f"time_zone {self.time_zone!r} is not of the IANA list")
        return self


def decode_closure_list(document: bytes, read_at: datetime) -> Decoded:
    """Closures of a document of this format.

    Raises:
        FeedUnreadable: It is not JSON or does not say that it is of this format.
    """
    feed = json_of(document)
    if not isinstance(feed, dict) or feed.get("format") != FORMAT:
        raise FeedUnreadable(f'no "format": "{FORMAT}"')
    closures = feed.get("closures")
    if not isinstance(closures, list):
        raise FeedUnreadable("no list of closures")
    return collect(closures, _item, _ref)


def _ref(entry: Any, number: int) -> str:
    given = entry.get("id") if isinstance(entry, dict) else None
    return str(given) if given else f"closure {number}"


def _item(entry: Any) -> FeedItem:
    try:
        given = _Entry.model_validate(entry)
    except ValidationError as failure:
        first = failure.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "entry"
        raise Unusable(f"{where}: {first['msg']}") from None
    line = tuple(point_of(lon, lat) for lon, lat in given.line)
    is_area = given.drawn == "area"
    if is_area and line[0] != line[-1]:
        line = (*line, line[0])
    return FeedItem(
        ref=given.id,
        description=given.description,
        road_names=given.roads,
        line=line,
        follows_road=given.drawn == "along the road",
        is_area=is_area,
        direction=given.direction,
        speed_factor=given.speed_factor,
        congestion=given.congestion,
        vehicle_classes=given.vehicle_classes,
        over=Limits(
            max_height_m=given.max_height_m,
            max_weight_t=given.max_weight_t,
            max_width_m=given.max_width_m,
        ),
        begins_at=given.begins_at,
        ends_at=given.ends_at,
        hours=given.hours,
        time_zone=given.time_zone,
    )
