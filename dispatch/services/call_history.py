"""Looking for past calls: what is found is this viewer's to see, and that they looked is kept."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from dispatch.domain.call_history import PastCall, Sought, past_call
from dispatch.domain.commands import RecordReading
from dispatch.domain.redaction import Profile
from dispatch.domain.values import Actor
from dispatch.services.hub import Hub
from dispatch.store.call_history import past_calls

LOOKED_AT_MOST = 2_000


class Found(NamedTuple):
    """The calls, the last one first; ``more`` when there may be others."""

    calls: tuple[PastCall, ...]
    more: bool


def find_calls(
    connection: Connection, actor: Actor, profile: Profile, wanted: Sought, limit: int
) -> Found:
    """The last calls that meet what is looked for, as this viewer may read them."""
    found: list[PastCall] = []
    looked_at = 0
    for call, incident in past_calls(connection, wanted, LOOKED_AT_MOST):
        looked_at += 1
        shown = past_call(call, incident, actor.agencies, profile)
        if shown is None:
            continue
        if len(found) == limit:
            return Found(tuple(found), more=True)
        found.append(shown)
    return Found(tuple(found), more=looked_at >= LOOKED_AT_MOST)


async def record_search(
    hub: Hub, actor: Actor, command_id: str, wanted: Sought, found: int
) -> None:
    """Write who looked for what, and how much they were shown; before they are shown it."""
    command = RecordReading(
        command_id=command_id, actor=actor, what="calls", about=wanted.words(), found=found
    )
    await hub.submit(command)
