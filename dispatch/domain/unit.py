"""A unit: what is sent. Its status is derived from its assignment and its duty, never stored."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from dispatch.domain.assignment import Assignment, StatusCode
from dispatch.domain.values import Discipline, Id, ShortText, UtcTime, Value, VehicleClass
from geodata.lonlat import LonLat

Duty = Literal["in_service", "out_of_service"]


class LogOn(Value):
    """A crew on a unit for a shift: what it really has now, beside what the roster says.

    ``names`` is a personal value: it travels beside the event's body and is empty for whoever may
    not see it. ``lacks`` are capabilities of the roster that this crew does not bring.
    """

    id: Id
    staffing: Annotated[int, Field(ge=0, le=30)]
    capabilities: tuple[ShortText, ...]
    lacks: tuple[ShortText, ...] = ()
    names: ShortText = ""
    radio: ShortText = ""
    vehicle: ShortText = ""
    at: UtcTime
    until: UtcTime | None = None
    roster_capabilities: tuple[ShortText, ...]
    roster_staffing: int
    added: bool = False
    """A crew besides the one that the unit shares with others; only of units that share one."""


class CrewShare(Value):
    """A crew that several vehicles share: whichever it takes, the others are parked."""

    id: Id
    units: tuple[Id, ...]
    min_staff: int = 1
    """A further crew that is logged on counts as one from so many people on."""


class Unit(Value):
    """A unit of the roster with its duty. ``id`` is its callsign, unique in the region.

    ``capabilities`` and ``staffing`` are what counts now: of the crew that is logged on, else of
    the roster.
    """

    id: Id
    agency_id: Id
    discipline: Discipline
    kind: ShortText
    station: ShortText
    home: Annotated[LonLat, Field(description="its station, [lon, lat]")]
    capabilities: tuple[str, ...]
    staffing: int
    vehicle_class: VehicleClass
    height_m: float | None = None
    weight_t: float | None = None
    width_m: float | None = None
    phone_only: bool = False
    beats: tuple[ShortText, ...] = ()
    """Zones that it is to be sent to first."""
    crew: CrewShare | None = None
    duty: Duty = "in_service"
    duty_reason: ShortText = ""
    duty_code: ShortText = ""
    """The agency's own code for its duty, empty where none was said."""
    duty_since: UtcTime | None = None
    logon: LogOn | None = None

    def logged_on(self, logon: LogOn | None) -> Unit:
        """The unit with another crew, or with none: then the roster counts again."""
        before = self.logon
        roster = {
            "capabilities": before.roster_capabilities if before else self.capabilities,
            "staffing": before.roster_staffing if before else self.staffing,
        }
        now = {"capabilities": logon.capabilities, "staffing": logon.staffing} if logon else roster
        return self.model_copy(update={**now, "logon": logon})


FixSource = Literal["vehicle", "tablet", "portable"]
"""What told where the unit is: the vehicle's own tracker, the crew's tablet, a worn radio."""

FIX_RANK: Final[dict[FixSource, int]] = {"vehicle": 0, "tablet": 1, "portable": 2}
"""The best source first."""

FIX_HOLDS_S: Final = 15.0
"""Past this age any newer fix is better than the known one."""


class Fix(Value):
    """A place of a unit by its own device, newest by the hub's receive time. Not in the log."""

    unit_id: Id
    at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000)
    heading_deg: float | None = Field(default=None, ge=0, le=360)
    speed_mps: float | None = Field(default=None, ge=0, le=150)
    device_at: UtcTime | None = None
    received_at: UtcTime
    source: FixSource = "vehicle"


def supersedes(new: Fix, known: Fix | None) -> bool:
    """Whether ``new`` is where the unit is from now on, and not what is known.

    The newest by the hub's receive time wins, since clocks of devices are not to be trusted. Two
    kinds wait until the known one is older than ``FIX_HOLDS_S``: a fix of a lesser source (a
    portable goes where its wearer goes, not where the vehicle is), and one that its own device took
    before the known one (kept while the link was gone, or out of order).
    """
    if known is None:
        return True
    since_s = (new.received_at - known.received_at).total_seconds()
    if since_s <= 0:
        return False
    lesser = FIX_RANK[new.source] > FIX_RANK[known.source]
    earlier = (
        new.source == known.source
        and new.device_at is not None
        and known.device_at is not None
        and new.device_at < known.device_at
    )
    return since_s > FIX_HOLDS_S if lesser or earlier else True


def status_of(unit: Unit, live: Assignment | None) -> StatusCode:
    """The unit's status code: that of its live assignment, else AV or OOS by its duty."""
    if live is not None:
        return live.code
    return "AV" if unit.duty == "in_service" else "OOS"
