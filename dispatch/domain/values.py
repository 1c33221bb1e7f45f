"""What every domain value is made of: the frozen base model and the words shared by all nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Discipline = Literal["law", "fire", "ems"]
DISCIPLINES: tuple[Discipline, ...] = ("law", "fire", "ems")

VehicleClass = Literal["car", "truck", "heavy"]
VEHICLE_CLASSES: tuple[VehicleClass, ...] = ("car", "truck", "heavy")

Role = Literal[
    "call_taker",
    "dispatcher",
    "supervisor",
    "responder",
    "municipal_admin",
    "auditor",
    "hub_admin",
    "call_system",
    "protocol_system",
    "tracking_system",
]

EVERYONE = "*"
"""In an audience or an agency set: every agency of the region."""

HUB_ONLY = "hub"
"""An audience of nobody but the hub's own people. An empty audience is not streamed at all."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=80)]
ShortText = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True)]
Priority = Annotated[int, Field(ge=1, le=9, description="1 is the most urgent")]
UtcTime = AwareDatetime
AgencySet = tuple[str, ...]
"""Sorted agency ids, or ``("*",)``: who may see an event or an entity."""


class Value(BaseModel):
    """Frozen, closed value: an unknown field is an error, not a silent loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Actor(Value):
    """Who gives a command: an account in its role, or the hub itself."""

    account_id: Id
    role: Role | Literal["hub"]
    agencies: AgencySet = ()
    unit_id: Id | None = None
    """The unit that a responder is logged on to."""
    position: ShortText | None = None
    municipality: ShortText | None = None
    """Whose administrator this is."""


HUB_ACTOR = Actor(account_id="hub", role="hub", agencies=(EVERYONE,))


def audience_of(*agency_ids: str | None) -> AgencySet:
    """The agencies named, each once, sorted; ``("*",)`` when everyone is among them."""
    named = {agency_id for agency_id in agency_ids if agency_id}
    return (EVERYONE,) if EVERYONE in named else tuple(sorted(named))


def may_see(agencies: AgencySet, audience: AgencySet) -> bool:
    """Whether a viewer of these agencies may see something that has this audience."""
    if EVERYONE in agencies or EVERYONE in audience:
        return True
    return not set(agencies).isdisjoint(audience)


def seconds_between(earlier: datetime, later: datetime) -> float:
    """Seconds from one aware time to the other; negative when the second is earlier."""
    return (later - earlier).total_seconds()
