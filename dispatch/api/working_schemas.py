"""What the routes of working an incident take and answer: holds, links, benchmarks, undo, swaps."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dispatch.api.schemas import CommandBody, Done, GroundPoint
from dispatch.domain.emergency import EmergencyKind
from dispatch.domain.values import Discipline, Id, ShortText, UtcTime


class NewHold(CommandBody):
    """Let it wait until a time, and why; ``until`` null lets it go."""

    until: UtcTime | None = None
    reason: ShortText = ""
    unit_ids: Annotated[tuple[Id, ...], Field(max_length=20)] = ()


class NewSchedule(CommandBody):
    """When it is wanted, and which units are kept for it; ``wanted_at`` null: now, with none."""

    wanted_at: UtcTime | None = None
    unit_ids: Annotated[tuple[Id, ...], Field(max_length=20)] = ()


class IncidentLink(CommandBody):
    """The other incident that belongs to this one, or (``linked`` false) no longer does."""

    other_id: Id
    linked: bool = True


class NewBenchmark(CommandBody):
    """What command on scene reported; ``PAR``: everybody is accounted for."""

    code: Annotated[ShortText, Field(min_length=1, max_length=40)]


class TalkgroupChoice(CommandBody):
    """What a part of the incident speaks on from now on; null: on none.

    ``discipline`` null: the only part that is open.
    """

    discipline: Discipline | None = None
    talkgroup: Annotated[ShortText, Field(min_length=1)] | None
    reason: ShortText = ""
    """Why, where it is a part that the desk does not answer for; the narrative keeps it."""


class UndoRequest(CommandBody):
    """The command that is to be taken back: one's own, of the last ten seconds."""

    undone_id: Id


class Swap(CommandBody):
    """Two units, at least one of them on an incident."""

    first: Id
    second: Id
    reason: ShortText = ""


class BackupRequest(CommandBody):
    """How many units to send to a unit's help."""

    count: Annotated[int, Field(ge=1, le=10)] = 1


class ChangeDone(Done):
    """Units on the incident that its plan does not ask for any more, as after a lower alarm."""

    surplus: tuple[Id, ...] = ()
    surplus_outside: tuple[Id, ...] = ()
    """The same of those promised by phone from outside, by their ref."""


class IncidentMerge(CommandBody):
    """The other incident, which goes into the named one; a reason where they are far apart."""

    other_id: Annotated[Id, Field(min_length=1)]
    reason: ShortText = ""


class IncidentUnmerge(CommandBody):
    """The incident that was merged into the named one."""

    other_id: Annotated[Id, Field(min_length=1)]


class Merging(Done):
    """``tell``: units whose crews are on another incident now; say it on the radio too."""

    tell: tuple[Id, ...] = ()


class Undone(Done):
    """``tell``: units whose crews were told otherwise before; say it on the radio too.

    ``going`` are those of them that are on their incident after all: a word like *disregard* would
    send them home.
    """

    tell: tuple[Id, ...] = ()
    going: tuple[Id, ...] = ()


class NewLogOn(CommandBody):
    """The crew of a shift; what is left out is as the roster says."""

    staffing: Annotated[int, Field(ge=0, le=30)] | None = None
    capabilities: Annotated[tuple[ShortText, ...], Field(max_length=40)] | None = None
    names: ShortText = ""
    radio: ShortText = ""
    vehicle: ShortText = ""
    until: UtcTime | None = None


class NewEmergency(CommandBody):
    """A crew calls for help. ``device_at``: when it pressed, if its device had no link."""

    kind: EmergencyKind = "button"
    device_at: UtcTime | None = None


class NewBlock(CommandBody):
    """The road before the crew is blocked.

    ``device_at``, ``at`` and ``heading_deg`` are of when it was pressed; without them the hub takes
    the present and the unit's last fix.
    """

    device_at: UtcTime | None = None
    at: GroundPoint | None = None
    heading_deg: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)] | None = None


class Confirmation(CommandBody):
    """A crew's word is taken; what is left out stays as the crew said."""

    ends_at: UtcTime | None = None
    both_ways: bool = False
    description: ShortText = ""


class EmergencyHelp(CommandBody):
    """The units that go to a unit that calls for help and is on no incident; none: it alone."""

    unit_ids: list[Id] = Field(max_length=50)


class EmergencyEnding(CommandBody):
    """How it ended."""

    outcome: Annotated[ShortText, Field(min_length=1)]
