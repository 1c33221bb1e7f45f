"""A silent or abandoned call becomes a task: call back in time, and say what came of it. Pure.

NENA-STA-020 asks for an attempt at each. A call is not closed as silent or abandoned before one was
made, where there is a number to call.
"""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain import events as ev
from dispatch.domain.call import Call, Callback, CallbackTry
from dispatch.domain.call_progress import open_call
from dispatch.domain.commands import HangUp, PlanCallback, ReportCallback
from dispatch.domain.errors import InvalidInput, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.state import State

FIRST_WITHIN_S = 60.0
AGAIN_AFTER_S = 120.0
MOST_TRIES = 3
"""After so many attempts without an answer, nobody is asked to try again."""


def decide_plan_callback(state: State, command: PlanCallback) -> list[Draft]:
    """Make the task; one that stands already stays as it is.

    Raises:
        InvalidInput: No number is known: there is nobody to call.
    """
    call = open_call(state, command.call_id)
    if call.callback_task is not None:
        return []
    if not call.callback:
        raise InvalidInput("The call has no number to call back.", field="callback")
    task = Callback(cause=command.cause, due_at=state.now + timedelta(seconds=FIRST_WITHIN_S))
    return [Draft(body=ev.CallbackSet(call_id=call.id, task=task), audience=call.audience)]


def decide_hang_up(state: State, command: HangUp) -> list[Draft]:
    """A call that rings is abandoned: it rings no more, and its caller is to be called back.

    One that was answered changes nothing: whoever has it knows. Without a number it stays an open
    call, to be closed by a person.
    """
    call = open_call(state, command.call_id)
    if call.phase != "ringing":
        return []
    quiet = ev.CallChanged(call_id=call.id, phase="saved")
    drafts = [Draft(body=quiet, audience=call.audience)]
    if call.callback:
        due_at = state.now + timedelta(seconds=FIRST_WITHIN_S)
        task = Callback(cause="abandoned", due_at=due_at)
        body = ev.CallbackSet(call_id=call.id, task=task)
        drafts.append(Draft(body=body, audience=call.audience))
    return drafts


def decide_report_callback(state: State, command: ReportCallback) -> list[Draft]:
    """Keep the attempt. An answer ends the task; without one it is due again, three times at most.

    Raises:
        TransitionRefused: No callback is planned.
    """
    call = open_call(state, command.call_id)
    task = call.callback_task
    if task is None:
        raise TransitionRefused("No callback is planned for this call.", call_id=call.id)
    made = CallbackTry(at=state.now, by=command.actor.account_id, result=command.result)
    tries = (*task.tries, made)
    done = command.result == "answered" or len(tries) >= MOST_TRIES
    due_at = None if done else state.now + timedelta(seconds=AGAIN_AFTER_S)
    after = task.model_copy(update={"tries": tries, "due_at": due_at})
    return [Draft(body=ev.CallbackSet(call_id=call.id, task=after), audience=call.audience)]


def check_called_back(call: Call, outcome: str) -> None:
    """Refuse to close a call as silent or abandoned before anybody has called back.

    Raises:
        TransitionRefused: There is a number, and no attempt.
    """
    if outcome not in ("silent", "abandoned") or not call.callback:
        return
    if call.callback_task is None or not call.callback_task.tries:
        raise TransitionRefused(
            "Nobody has called back yet: plan it, call, and say what came of it.", call_id=call.id
        )
