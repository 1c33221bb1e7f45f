"""Reporting a fault of infrastructure, which becomes a closure, a premise note, or both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dispatch.domain.errors import InvalidInput
from dispatch.domain.infrastructure import FAULT_EFFECTS, InfrastructureFault, said_of
from dispatch.domain.values import Actor
from dispatch.services.calls import derived_id
from dispatch.services.closures import LASTS_MAX, open_closure
from dispatch.services.hub import Hub
from dispatch.services.premises import check_own_agency, note_premise
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat

CAUTION: Final = 2
"""The level of the note: crews see it, and a hazard stays the first line."""


class Reported(NamedTuple):
    """What a fault became; None: not that."""

    closure: Outcome | None
    note: Outcome | None

    @property
    def last(self) -> Outcome:
        """The outcome that stands last in the log."""
        made = [outcome for outcome in self if outcome is not None]
        return max(made, key=lambda outcome: outcome.last_seq)


async def report_fault(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    fault: InfrastructureFault,
    line: Sequence[LonLat],
    ends_at: datetime,
    agency_id: str | None = None,
    text: str = "",
) -> Reported:
    """Shut or slow the road, and tell crews that are sent near it, as the kind of fault asks.

    The road comes first: where no road fits, or it is not the reporter's, nothing is written. The
    same command again completes what a hub that went down in between had left undone.

    Args:
        hub: The parts of this process.
        actor: Who reports; a municipality on its own ground alone.
        command_id: The client's.
        fault: What is broken.
        line: The spot, or points along the road.
        ends_at: When it is expected to be mended; it ends by itself then.
        agency_id: Whose crews are told, where crews are told.
        text: What the reporter adds.

    Raises:
        InvalidInput: The end lies in the past or more than a year away, no agency is named though
            crews are told, or the spot lies outside the municipality.
        NotFound: The agency is not one of the reporter's.
        NotPlaced: No road fits the spot well enough.
        RoadsUnavailable: Nobody can place it now.
    """
    effect = FAULT_EFFECTS[fault]
    if not hub.now() < ends_at <= hub.now() + LASTS_MAX:
        raise InvalidInput("Say when it is mended: later than now, within a year.", field="ends_at")
    if effect.note_radius_m is not None:
        if agency_id is None:
            raise InvalidInput("Say whose crews are to be told.", field="agency_id")
        check_own_agency(hub, actor, agency_id)
    said, shut, noted = said_of(fault, text), None, None
    if effect.speed_factor is not None:
        shut = await open_closure(
            hub,
            actor,
            command_id=command_id,
            line=line,
            ends_at=ends_at,
            speed_factor=effect.speed_factor,
            description=said,
        )
    if effect.note_radius_m is not None and agency_id is not None:
        noted = await note_premise(
            hub,
            actor,
            command_id=derived_id(command_id, "fault-note"),
            agency_id=agency_id,
            at=line[len(line) // 2],
            radius_m=effect.note_radius_m,
            level=CAUTION,
            text=said,
            review_on=(ends_at + timedelta(days=1)).date(),
            until=ends_at,
        )
    return Reported(shut, noted)
