"""A unit: what is sent. Its status is derived from its assignment and its duty, never stored."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.assignment import Assignment, StatusCode
from dispatch.domain.values import Discipline, Id, ShortText, UtcTime, Value, VehicleClass
from geodata.lonlat import LonLat

Duty = Literal["in_service", "out_of_service"]


class Unit(Value):
    """A unit of the roster with its duty. ``id`` is its callsign, unique in the region."""

    id: Id
    agency_id: Id
    discipline: Discipline
    kind: ShortText
    station: ShortText
    home: Annotated[LonLat, Field(description="its station, [lon, lat]")]
    capabilities: tuple[str, ...]
    staffing: int
    vehicle_class: VehicleClass
    phone_only: bool = False
    duty: Duty = "in_service"
    duty_reason: ShortText = ""
    duty_since: UtcTime | None = None


class Fix(Value):
    """A place of a unit by its own device, newest by the hub's receive time. Not in the log."""

    unit_id: Id
    at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000)
    heading_deg: float | None = Field(default=None, ge=0, le=360)
    speed_mps: float | None = Field(default=None, ge=0, le=150)
    device_at: UtcTime | None = None
    received_at: UtcTime


def status_of(unit: Unit, live: Assignment | None) -> StatusCode:
    """The unit's status code: that of its live assignment, else AV or OOS by its duty."""
    if live is not None:
        return live.code
    return "AV" if unit.duty == "in_service" else "OOS"
