"""Calls before their form is saved: ringing, answered, stamped, and located by the network."""

from __future__ import annotations

from datetime import datetime

from dispatch.domain.call import CallerFix, CallForm, CallStage, Channel
from dispatch.domain.commands import (
    AnswerCall,
    FillForm,
    HangUp,
    LocateCaller,
    MarkStage,
    OpenCall,
)
from dispatch.domain.values import Actor
from dispatch.services.calls import derived_id, visible_call
from dispatch.services.hub import Hub
from dispatch.services.location_server import LocationServer
from dispatch.store.unit_of_work import Outcome
from geodata.shapes import Shape


async def open_call(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    ringing: bool,
    channel: Channel = "voice",
    callback: str | None = None,
    caller_name: str | None = None,
    location_key: str | None = None,
    record: str | None = None,
    handed_over_by: str = "",
    said: str = "",
    shape: Shape | None = None,
    confidence_pct: float | None = None,
    class_of_service: str = "",
    measured_at: datetime | None = None,
) -> Outcome:
    """A call comes in, or a call-taker begins to type one. Its id follows from the command's."""
    fix = None
    if shape is not None or class_of_service:
        fix = CallerFix(
            at=hub.now(),
            measured_at=measured_at,
            shape=shape,
            confidence_pct=confidence_pct,
            class_of_service=class_of_service,
            source="call",
            by=actor.account_id,
        )
    command = OpenCall(
        command_id=command_id,
        actor=actor,
        call_id=derived_id(command_id, "call"),
        ringing=ringing,
        channel=channel,
        callback=callback,
        caller_name=caller_name,
        location_key=location_key,
        record=record,
        handed_over_by=handed_over_by,
        said=said,
        fix=fix,
    )
    return await hub.submit(command)


async def answer_call(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, take_over: bool = False
) -> Outcome:
    """Take a call that rings, or one that was saved without an incident."""
    visible_call(hub, actor, call_id)
    command = AnswerCall(command_id=command_id, actor=actor, call_id=call_id, take_over=take_over)
    return await hub.submit(command)


async def hang_up(hub: Hub, actor: Actor, *, command_id: str, call_id: str) -> Outcome:
    """The caller hung up while it rang: somebody must call back."""
    visible_call(hub, actor, call_id)
    return await hub.submit(HangUp(command_id=command_id, actor=actor, call_id=call_id))


async def mark_stage(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, stage: CallStage
) -> Outcome:
    """The form has its location or type, or CPR has come so far."""
    visible_call(hub, actor, call_id)
    command = MarkStage(command_id=command_id, actor=actor, call_id=call_id, stage=stage)
    return await hub.submit(command)


async def fill_form(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    call_id: str,
    form: CallForm,
    said: str = "",
    callback: str = "",
    caller_name: str = "",
    note: str = "",
) -> Outcome:
    """Keep what the form holds so far; whoever opens the call goes on with it."""
    visible_call(hub, actor, call_id)
    command = FillForm(
        command_id=command_id,
        actor=actor,
        call_id=call_id,
        said=said,
        callback=callback,
        caller_name=caller_name,
        note=note,
        form=form,
    )
    return await hub.submit(command)


async def rebid(
    hub: Hub,
    server: LocationServer,
    actor: Actor,
    *,
    command_id: str,
    call_id: str,
    callback: str | None = None,
) -> Outcome:
    """Ask the location server where the caller's device is now, and add the answer to the trail.

    ``callback`` is the number as typed so far; what the call itself brought goes before it.

    Raises:
        LocationUnavailable: It could not be told; the trail stands as it was.
    """
    call = visible_call(hub, actor, call_id)
    located = await server.locate(call.location_key, call.callback or callback)
    last = call.fixes[-1] if call.fixes else None
    fix = CallerFix(
        at=hub.now(),
        measured_at=located.measured_at,
        shape=located.shape,
        confidence_pct=located.confidence_pct,
        class_of_service=located.class_of_service or (last.class_of_service if last else ""),
        method=located.method,
        source="rebid",
        by=actor.account_id,
    )
    command = LocateCaller(command_id=command_id, actor=actor, call_id=call_id, fix=fix)
    return await hub.submit(command)
