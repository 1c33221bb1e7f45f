"""Routes of positions: what each answers for, who sits at it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from dispatch.api.auth import Acting, Caller
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody, Done
from dispatch.domain.values import Discipline, Id, ShortText
from dispatch.services.positions import (
    fold_positions,
    leave_position,
    remove_position,
    set_position,
    take_position,
)

router = APIRouter(prefix="/positions", tags=["positions"])


class NewPosition(CommandBody):
    """What a position answers for. Empty agencies or municipalities mean all of them."""

    position_id: Annotated[Id, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    name: ShortText = ""
    disciplines: Annotated[tuple[Discipline, ...], Field(min_length=1, max_length=3)]
    agencies: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    municipalities: Annotated[tuple[ShortText, ...], Field(max_length=200)] = ()
    talkgroups: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    reason: ShortText = ""


class PositionStep(CommandBody):
    """``reason``: why something may stand uncovered by it; without one that is refused."""

    reason: ShortText = ""


class NewFold(PositionStep):
    """The positions for which another answers as well."""

    position_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]


@router.post("", operation_id="set_position")
async def post_position(body: NewPosition, actor: Acting, parts: HubParts) -> Done:
    """Make a position or change what it answers for; who sits at it stays."""
    outcome = await set_position(parts.hub, actor, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.delete("/{position_id}", operation_id="remove_position")
async def delete_position(
    position_id: Id,
    command_id: Annotated[Id, Query(min_length=8)],
    actor: Acting,
    parts: HubParts,
    reason: Annotated[ShortText, Query(max_length=200)] = "",
) -> Done:
    """Do away with a position."""
    outcome = await remove_position(
        parts.hub, actor, command_id=command_id, position_id=position_id, reason=reason
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{position_id}/holder", operation_id="take_position")
async def post_holder(position_id: Id, body: CommandBody, caller: Caller, parts: HubParts) -> Done:
    """Sit down at it, also where somebody else sits: it is handed over and everybody sees it."""
    outcome = await take_position(
        parts.hub,
        caller.actor,
        command_id=body.command_id,
        position_id=position_id,
        holder_name=caller.account.name,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{position_id}/leaving", operation_id="leave_position")
async def post_leaving(position_id: Id, body: PositionStep, actor: Acting, parts: HubParts) -> Done:
    """Get up from it. Refused with what nobody would answer for, unless ``reason`` says why."""
    outcome = await leave_position(
        parts.hub, actor, command_id=body.command_id, position_id=position_id, reason=body.reason
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{position_id}/folds", operation_id="fold_positions")
async def post_fold(position_id: Id, body: NewFold, actor: Acting, parts: HubParts) -> Done:
    """Let this position answer for others as well, until each is taken again."""
    outcome = await fold_positions(
        parts.hub,
        actor,
        command_id=body.command_id,
        into_id=position_id,
        position_ids=body.position_ids,
        reason=body.reason,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
