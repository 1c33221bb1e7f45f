"""What a crew's emergency is: its button, or a mayday by radio. Values only.

It bypasses queues and filters: whoever may see the unit sees it, at once. Pressed again it is the
same emergency with another press, each kept with its time.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.values import AgencySet, Id, ShortText, UtcTime, Value
from geodata.lonlat import LonLat

EmergencyKind = Literal["button", "mayday"]


class Emergency(Value):
    """A crew calls for help. ``presses`` are hub times, the first one included.

    ``at`` is the unit's last fix then, None where there was none; ``device_at`` when the crew
    pressed, if its device had no link.
    """

    id: Id
    unit_id: Id
    agency_id: Id
    kind: EmergencyKind
    presses: tuple[UtcTime, ...]
    device_at: UtcTime | None = None
    at: Annotated[LonLat, Field()] | None = None
    incident_id: Id | None = None
    raised_by: Id
    ended_at: UtcTime | None = None
    outcome: ShortText = ""
    audience: AgencySet
