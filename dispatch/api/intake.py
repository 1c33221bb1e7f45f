"""Routes of a call before its form is saved: ringing, answered, stamped, located; and its clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.intake_schemas import (
    BegunCall,
    CallAnswer,
    CallOpened,
    FormSoFar,
    HungUp,
    Rebid,
    Relocated,
    RingingCall,
    StageAnswer,
    StageClock,
    StageReached,
)
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import Done
from dispatch.domain.events import CallerLocated, CallReceived
from dispatch.domain.stage_clock import StageMark
from dispatch.domain.values import Id, ShortText
from dispatch.services.call_progress import (
    answer_call,
    fill_form,
    hang_up,
    mark_stage,
    open_call,
    rebid,
)
from dispatch.services.stage_clock import clock_of_call, clock_of_incident
from dispatch.store.unit_of_work import Outcome

router = APIRouter(tags=["calls"])


def _opened(outcome: Outcome) -> CallOpened:
    received = next(e.body for e in outcome.events if isinstance(e.body, CallReceived))
    return CallOpened(seq=outcome.last_seq, call_id=received.call.id)


@router.post("/calls/ringing", status_code=201, operation_id="ring_call")
async def post_ringing(body: RingingCall, actor: Acting, parts: HubParts) -> CallOpened:
    """A call rings. It stands on every call-taker's screen until somebody answers it."""
    outcome = await open_call(
        parts.hub,
        actor,
        command_id=body.command_id,
        ringing=True,
        channel=body.channel,
        callback=body.callback,
        caller_name=body.caller_name,
        location_key=body.location_key,
        shape=body.location,
        confidence_pct=body.confidence_pct,
        class_of_service=body.class_of_service,
        measured_at=body.measured_at,
    )
    return _opened(await parts.shown(outcome))


@router.post("/calls/begun", status_code=201, operation_id="begin_call")
async def post_begun(body: BegunCall, actor: Acting, parts: HubParts) -> CallOpened:
    """A call-taker has begun to type a call that no telephone system handed in."""
    outcome = await open_call(
        parts.hub, actor, command_id=body.command_id, ringing=False, channel=body.channel
    )
    return _opened(await parts.shown(outcome))


@router.post("/calls/{call_id}/answer", operation_id="answer_call")
async def post_answer(call_id: Id, body: CallAnswer, actor: Acting, parts: HubParts) -> Done:
    """Take the call; the first answer is stamped."""
    outcome = await answer_call(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        take_over=body.take_over,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/calls/{call_id}/hangup", operation_id="hang_up_call")
async def post_hangup(call_id: Id, body: HungUp, actor: Acting, parts: HubParts) -> Done:
    """The caller hung up while it rang: a call with a number becomes a task to call back."""
    outcome = await hang_up(parts.hub, actor, command_id=body.command_id, call_id=call_id)
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/calls/{call_id}/stages", operation_id="mark_stage")
async def post_stage(call_id: Id, body: StageReached, actor: Acting, parts: HubParts) -> Done:
    """The form has its location or type, or CPR has come so far."""
    outcome = await mark_stage(
        parts.hub, actor, command_id=body.command_id, call_id=call_id, stage=body.stage
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/calls/{call_id}/form", operation_id="fill_form")
async def post_form(call_id: Id, body: FormSoFar, actor: Acting, parts: HubParts) -> Done:
    """What is typed of the call so far: it survives the screen, and opens on any other."""
    outcome = await fill_form(
        parts.hub,
        actor,
        command_id=body.command_id,
        call_id=call_id,
        form=body.as_form(),
        said=body.said,
        callback=body.callback,
        caller_name=body.caller_name,
        note=body.note,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/calls/{call_id}/rebids", status_code=201, operation_id="rebid_call")
async def post_rebid(call_id: Id, body: Rebid, actor: Acting, parts: HubParts) -> Relocated:
    """Ask the location server anew. The answer is added to the trail, and fills nothing else."""
    outcome = await parts.shown(
        await rebid(
            parts.hub,
            parts.locations,
            actor,
            command_id=body.command_id,
            call_id=call_id,
            callback=body.callback,
        )
    )
    call = parts.hub.board().calls.get(call_id)
    located = next(e.body.fix for e in outcome.events if isinstance(e.body, CallerLocated))
    shown = next((f for f in call.fixes if f.at == located.at), located) if call else located
    return Relocated(seq=outcome.last_seq, fix=shown)


@router.get("/calls/{call_id}/stages", operation_id="read_call_stages")
async def read_call_stages(
    call_id: Id,
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    incident_type: Annotated[ShortText | None, Query(description="As typed so far.")] = None,
) -> StageClock:
    """How far the call has come, beside the targets that hold for the type typed so far."""
    marks = clock_of_call(parts.hub, actor, call_id, incident_type)
    return _clock(marks, seen.seq, seen.degraded)


@router.get("/incidents/{incident_id}/stages", operation_id="read_incident_stages")
async def read_incident_stages(
    incident_id: Id, actor: Acting, parts: HubParts, seen: Reading
) -> StageClock:
    """From the ring of its first call to its first unit, beside its lead agency's targets."""
    marks = clock_of_incident(parts.hub, actor, incident_id)
    return _clock(marks, seen.seq, seen.degraded)


def _clock(marks: tuple[StageMark, ...], seq: int, degraded: bool) -> StageClock:
    return StageClock(seq=seq, degraded=degraded, stages=tuple(_answer(mark) for mark in marks))


def _answer(mark: StageMark) -> StageAnswer:
    late_at = None
    if mark.since is not None and mark.target_s is not None:
        late_at = mark.since + timedelta(seconds=mark.target_s)
    return StageAnswer(
        stage=mark.stage, since=mark.since, at=mark.at, target_s=mark.target_s, late_at=late_at
    )
