"""A call from its first ring to the form that is saved: who has it, and the hub's stamps. Pure.

What a stage took is measured against a target in ``stage_clock``; nothing here judges.
"""

from __future__ import annotations

from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.call import PERSONAL_FIELDS, Call, CallerFix, CallForm, shape_text
from dispatch.domain.commands import AnswerCall, FillForm, LocateCaller, MarkStage, OpenCall
from dispatch.domain.errors import AlreadyClosed, InvalidInput, NotFound, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.values import HUB_ONLY

TRAIL_MOST: Final = 200
"""Fixes that one call may have: a device that moves for an hour and is asked every 18 seconds."""


def open_call(state: State, call_id: str) -> Call:
    """The call of a command, which nobody has closed.

    Raises:
        NotFound: There is none.
        AlreadyClosed: It was closed before.
    """
    call = state.board.calls.get(call_id)
    if call is None:
        raise NotFound(call_id=call_id)
    if call.closed_at is not None:
        raise AlreadyClosed("The call was closed before.", call_id=call.id, outcome=call.outcome)
    return call


def decide_open_call(state: State, command: OpenCall) -> list[Draft]:
    """The call, ringing or being taken, and where its device is said to be."""
    call = Call(
        id=command.call_id,
        channel=command.channel,
        received_at=state.now,
        answered_at=None if command.ringing else state.now,
        phase="ringing" if command.ringing else "taking",
        taken_by=command.actor.account_id,
        said=command.said,
        handed_over_by=command.handed_over_by,
        record_ref=command.record_ref,
        record_at=command.record_at,
        record_hops=command.record_hops,
        audience=(HUB_ONLY,),
    )
    personal = {name: value for name in PERSONAL_FIELDS if (value := getattr(command, name, None))}
    body = ev.CallReceived(call=call)
    drafts = [Draft(body=body, audience=call.audience, subject=call.id, private=personal)]
    return drafts + ([fix_draft(call, command.fix)] if command.fix else [])


def decide_answer_call(state: State, command: AnswerCall) -> list[Draft]:
    """Take the call. The same person again changes nothing.

    Raises:
        TransitionRefused: Somebody else answered it and is not taken over from, or it made an
            incident.
    """
    call = open_call(state, command.call_id)
    who = command.actor.account_id
    if call.incident_id is not None:
        raise TransitionRefused("The call speaks of an incident already.", call_id=call.id)
    if call.phase == "taking":
        if call.taken_by == who:
            return []
        if not command.take_over:
            raise TransitionRefused("Somebody else has the call.", call_id=call.id)
    body = ev.CallChanged(
        call_id=call.id,
        phase="taking",
        taken_by=who,
        answered_at=None if call.answered_at else state.now,
    )
    return [Draft(body=body, audience=call.audience)]


def decide_fill_form(state: State, command: FillForm) -> list[Draft]:
    """Keep what is typed so far. What is the same already is not told again.

    Raises:
        TransitionRefused: Somebody else has the call, or it was saved.
    """
    call = open_call(state, command.call_id)
    if call.phase != "taking" or call.taken_by != command.actor.account_id:
        raise TransitionRefused("The call is not in this form any more.", call_id=call.id)
    typed = {name: getattr(command, name) for name in ("callback", "caller_name", "note")}
    private = {name: value for name, value in typed.items() if value != (getattr(call, name) or "")}
    said = command.said if command.said != call.said else None
    form = command.form if command.form != (call.form or CallForm()) else None
    if not private and said is None and form is None:
        return []
    body = ev.CallChanged(call_id=call.id, said=said, form=form)
    return [Draft(body=body, audience=call.audience, subject=call.id, private=private)]


def decide_mark_stage(state: State, command: MarkStage) -> list[Draft]:
    """Stamp a stage the first time that it is reached; a later change of mind keeps the stamp."""
    call = open_call(state, command.call_id)
    reached = [f"{command.stage}_at"]
    if command.stage == "compressions":  # nobody presses before it is known that the heart stopped
        reached.append("cpr_recognised_at")
    stamps = {name: state.now for name in reached if getattr(call, name) is None}
    if not stamps:
        return []
    body = ev.CallChanged.model_validate({"call_id": call.id, **stamps})
    return [Draft(body=body, audience=call.audience)]


def decide_locate_caller(state: State, command: LocateCaller) -> list[Draft]:
    """One more fix; the trail before it stands. The incident's place is left as it is."""
    call = open_call(state, command.call_id)
    if len(call.fixes) >= TRAIL_MOST:
        raise InvalidInput(f"The trail has {TRAIL_MOST} fixes already.", field="fix")
    return [fix_draft(call, command.fix)]


def fix_draft(call: Call, fix: CallerFix) -> Draft:
    """The event of one more fix, its shape beside it as a personal value."""
    bare = fix.model_copy(update={"shape": None})
    private = {f"shape.{len(call.fixes)}": shape_text(fix.shape)} if fix.shape else {}
    body = ev.CallerLocated(call_id=call.id, fix=bare)
    return Draft(body=body, audience=call.audience, subject=call.id, private=private)
