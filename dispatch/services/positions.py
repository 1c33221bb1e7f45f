"""Positions: set, taken, left, folded. Whether anything stays uncovered is the domain's to say."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.domain import commands as cmd
from dispatch.domain.values import Actor, Discipline
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome


async def set_position(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    position_id: str,
    name: str,
    disciplines: Sequence[Discipline],
    agencies: Sequence[str],
    municipalities: Sequence[str],
    talkgroups: Sequence[str],
    reason: str,
) -> Outcome:
    """Say what a position answers for; it is made where there is none."""
    return await hub.submit(
        cmd.SetPosition(
            command_id=command_id,
            actor=actor,
            position_id=position_id,
            name=name,
            disciplines=tuple(disciplines),
            agencies=tuple(agencies),
            municipalities=tuple(municipalities),
            talkgroups=tuple(talkgroups),
            reason=reason,
        )
    )


async def remove_position(
    hub: Hub, actor: Actor, *, command_id: str, position_id: str, reason: str
) -> Outcome:
    """Do away with a position."""
    return await hub.submit(
        cmd.RemovePosition(
            command_id=command_id, actor=actor, position_id=position_id, reason=reason
        )
    )


async def take_position(
    hub: Hub, actor: Actor, *, command_id: str, position_id: str, holder_name: str
) -> Outcome:
    """Sit down at a position; whoever sat there has handed over."""
    return await hub.submit(
        cmd.TakePosition(
            command_id=command_id, actor=actor, position_id=position_id, holder_name=holder_name
        )
    )


async def leave_position(
    hub: Hub, actor: Actor, *, command_id: str, position_id: str, reason: str
) -> Outcome:
    """Get up from a position."""
    return await hub.submit(
        cmd.LeavePosition(
            command_id=command_id, actor=actor, position_id=position_id, reason=reason
        )
    )


async def fold_positions(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    into_id: str,
    position_ids: Sequence[str],
    reason: str,
) -> Outcome:
    """Let one position answer for others as well."""
    return await hub.submit(
        cmd.FoldPositions(
            command_id=command_id,
            actor=actor,
            into_id=into_id,
            position_ids=tuple(position_ids),
            reason=reason,
        )
    )
