"""Routes of units: duty, crew, calls for help, fixes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import (
    Assigned,
    ClosureAnswer,
    Done,
    DutyChange,
    FixesTaken,
    FixIn,
    NewFixes,
    NewUnitFixes,
)
from dispatch.api.working_schemas import (
    EmergencyEnding,
    EmergencyHelp,
    NewBlock,
    NewEmergency,
    NewLogOn,
)
from dispatch.domain.errors import NotFound
from dispatch.domain.events import ClosureOpened
from dispatch.domain.values import Actor, Id
from dispatch.services.assignments import send_help, visible_unit
from dispatch.services.closures import report_block, withdraw_block
from dispatch.services.units import (
    end_emergency,
    log_off_unit,
    log_on_unit,
    raise_emergency,
    receive_fix,
    set_unit_duty,
)

router = APIRouter(prefix="/units", tags=["units"])
fixes_router = APIRouter(prefix="/fixes", tags=["units"])
emergencies_router = APIRouter(prefix="/emergencies", tags=["units"])


@router.post("/{unit_id}/duty", operation_id="set_unit_duty")
async def post_duty(unit_id: Id, body: DutyChange, actor: Acting, parts: HubParts) -> Done:
    """Put a unit in or out of service."""
    outcome = await set_unit_duty(
        parts.hub,
        actor,
        command_id=body.command_id,
        unit_id=unit_id,
        duty=body.duty,
        code=body.code,
        reason=body.reason,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{unit_id}/fixes", status_code=202, operation_id="report_fixes")
async def post_fixes(unit_id: Id, body: NewFixes, actor: Acting, parts: HubParts) -> FixesTaken:
    """Where the unit is: the last fix counts, by the hub's receive time. Not part of the log."""
    return _taken(parts, actor, [(unit_id, fix) for fix in body.fixes])


@fixes_router.post("", status_code=202, operation_id="report_unit_fixes")
async def post_unit_fixes(body: NewUnitFixes, actor: Acting, parts: HubParts) -> FixesTaken:
    """Fixes of many units at once, from a gateway; a unit that is unknown holds up no other."""
    known, unknown = [], []
    for fix in body.fixes:
        try:
            visible_unit(parts.hub, actor, fix.unit_id)
        except NotFound:
            unknown.append(fix.unit_id)
        else:
            known.append((fix.unit_id, fix))
    taken = _taken(parts, actor, known)
    return taken.model_copy(update={"unknown": sorted(set(unknown))})


def _taken(parts: HubParts, actor: Actor, given: Sequence[tuple[str, FixIn]]) -> FixesTaken:
    accepted = invalid = 0
    for unit_id, fix in given:
        if not fix.valid:
            invalid += 1
            continue
        told = fix.model_dump(exclude={"unit_id", "valid", "at"})
        accepted += parts.live.fixes.report(
            receive_fix(parts.hub, actor, unit_id, at=fix.at, **told)
        )
    return FixesTaken(accepted=accepted, invalid=invalid)


@router.post("/{unit_id}/logon", status_code=201, operation_id="log_on_unit")
async def post_logon(unit_id: Id, body: NewLogOn, actor: Acting, parts: HubParts) -> Done:
    """A crew takes the unit for a shift."""
    outcome = await log_on_unit(
        parts.hub,
        actor,
        command_id=body.command_id,
        unit_id=unit_id,
        staffing=body.staffing,
        capabilities=body.capabilities,
        names=body.names,
        radio=body.radio,
        vehicle=body.vehicle,
        until=body.until,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.delete("/{unit_id}/logon", operation_id="log_off_unit")
async def delete_logon(
    unit_id: Id, actor: Acting, parts: HubParts, command_id: Annotated[Id, Query()]
) -> Done:
    """The crew leaves the unit; the roster counts again."""
    outcome = await log_off_unit(parts.hub, actor, command_id=command_id, unit_id=unit_id)
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{unit_id}/emergency", status_code=201, operation_id="raise_emergency")
async def post_emergency(unit_id: Id, body: NewEmergency, actor: Acting, parts: HubParts) -> Done:
    """A crew calls for help; each further press is kept with its time."""
    outcome = await raise_emergency(
        parts.hub,
        actor,
        command_id=body.command_id,
        unit_id=unit_id,
        kind=body.kind,
        device_at=body.device_at,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{unit_id}/blocks", status_code=201, operation_id="report_block")
async def post_block(unit_id: Id, body: NewBlock, actor: Acting, parts: HubParts) -> ClosureAnswer:
    """The crew says that the road before it is blocked: it binds this crew at once."""
    outcome = await report_block(
        parts.hub,
        actor,
        command_id=body.command_id,
        unit_id=unit_id,
        device_at=body.device_at,
        at=body.at,
        heading_deg=body.heading_deg,
    )
    await parts.shown(outcome)
    opened = [e.body.closure for e in outcome.events if isinstance(e.body, ClosureOpened)]
    return ClosureAnswer(seq=outcome.last_seq, closure=opened[0])


@router.delete("/{unit_id}/blocks/{closure_id}", operation_id="withdraw_block")
async def delete_block(
    unit_id: Id,
    closure_id: Id,
    command_id: Annotated[Id, Query(min_length=8)],
    actor: Acting,
    parts: HubParts,
) -> Done:
    """The crew takes it back, as long as no dispatcher has confirmed it."""
    outcome = await withdraw_block(
        parts.hub, actor, command_id=command_id, unit_id=unit_id, closure_id=closure_id
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@emergencies_router.post("/{emergency_id}/help", status_code=201, operation_id="send_help")
async def post_emergency_help(
    emergency_id: Id, body: EmergencyHelp, actor: Acting, parts: HubParts
) -> Assigned:
    """An incident where the unit calls for help, with it and these units on it: all or nothing."""
    outcome = await send_help(
        parts.hub,
        actor,
        command_id=body.command_id,
        emergency_id=emergency_id,
        unit_ids=body.unit_ids,
    )
    return Assigned.of(await parts.shown(outcome))


@emergencies_router.post("/{emergency_id}/endings", status_code=201, operation_id="end_emergency")
async def post_emergency_ending(
    emergency_id: Id, body: EmergencyEnding, actor: Acting, parts: HubParts
) -> Done:
    """It is dealt with, and how."""
    outcome = await end_emergency(
        parts.hub,
        actor,
        command_id=body.command_id,
        emergency_id=emergency_id,
        outcome=body.outcome,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
