"""Routes of closures: what is shut or slowed, and shutting and opening roads by hand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import AcceptedProposal, ClosureAnswer, ClosureList, Done, NewClosure
from dispatch.api.working_schemas import Confirmation
from dispatch.domain.events import ClosureOpened
from dispatch.domain.values import Id
from dispatch.services.closures import accept_proposal, confirm_closure, lift_closure, open_closure

router = APIRouter(prefix="/closures", tags=["closures"])


@router.get("", operation_id="list_closures")
async def list_closures(actor: Acting, parts: HubParts, seen: Reading) -> ClosureList:
    """Planned and active closures, by id."""
    closures = parts.hub.board().closures
    found = [closures[closure_id] for closure_id in sorted(closures)]
    return ClosureList(seq=seen.seq, degraded=seen.degraded, closures=found)


@router.post("", status_code=201, operation_id="open_closure")
async def post_closure(body: NewClosure, actor: Acting, parts: HubParts) -> ClosureAnswer:
    """Shut or slow the roads under a line. What fits no road is refused with the reason."""
    outcome = await open_closure(
        parts.hub,
        actor,
        command_id=body.command_id,
        line=body.line,
        ends_at=body.ends_at,
        begins_at=body.begins_at,
        direction=body.direction,
        speed_factor=body.speed_factor,
        congestion=body.congestion,
        vehicle_classes=body.vehicle_classes,
        max_height_m=body.max_height_m,
        max_weight_t=body.max_weight_t,
        max_width_m=body.max_width_m,
        hours=body.hours,
        description=body.description,
    )
    await parts.shown(outcome)
    opened = [e.body.closure for e in outcome.events if isinstance(e.body, ClosureOpened)]
    return ClosureAnswer(seq=outcome.last_seq, closure=opened[0])


@router.post("/acceptances", status_code=201, operation_id="accept_proposal")
async def post_acceptance(body: AcceptedProposal, actor: Acting, parts: HubParts) -> ClosureAnswer:
    """Open what a feed lists on the road that was proposed for it."""
    outcome = await accept_proposal(
        parts.hub, actor, command_id=body.command_id, feed_id=body.feed_id, ref=body.ref
    )
    await parts.shown(outcome)
    opened = [e.body.closure for e in outcome.events if isinstance(e.body, ClosureOpened)]
    return ClosureAnswer(seq=outcome.last_seq, closure=opened[0])


@router.post("/{closure_id}/confirmation", status_code=201, operation_id="confirm_closure")
async def post_confirmation(
    closure_id: Id, body: Confirmation, actor: Acting, parts: HubParts
) -> Done:
    """What a crew has reported binds everybody from now on. To refuse it, delete the closure."""
    outcome = await confirm_closure(
        parts.hub,
        actor,
        command_id=body.command_id,
        closure_id=closure_id,
        ends_at=body.ends_at,
        both_ways=body.both_ways,
        description=body.description,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.delete("/{closure_id}", operation_id="lift_closure")
async def delete_closure(
    closure_id: Id,
    command_id: Annotated[Id, Query(min_length=8)],
    actor: Acting,
    parts: HubParts,
) -> Done:
    """Open the road again before the closure's time."""
    outcome = await lift_closure(parts.hub, actor, command_id=command_id, closure_id=closure_id)
    return Done(seq=(await parts.shown(outcome)).last_seq)
