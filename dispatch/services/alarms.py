"""Alarms are read off the board by each console; that one was silenced is kept here."""

from __future__ import annotations

from dispatch.domain.commands import SilenceAlarms
from dispatch.domain.values import Actor
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome


async def record_silence(
    hub: Hub, actor: Actor, command_id: str, alarms: tuple[str, ...]
) -> Outcome:
    """Write who silenced what.

    Args:
        hub: Where it is written.
        actor: Who pressed the key.
        command_id: The console's; the same one twice is one silence.
        alarms: The console's keys of what was loud: kind, id, step.
    """
    return await hub.submit(SilenceAlarms(command_id=command_id, actor=actor, alarms=alarms))
