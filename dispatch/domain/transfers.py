"""Handing a call to another centre: it has one owner in every state. Pure.

Offered, the call is still ours; accepted, it is theirs and done with here, unless it speaks of an
incident, which stays ours to work. Refused, taken back or not answered in time, nothing has changed
hands.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.call import Call, Transfer
from dispatch.domain.call_progress import open_call
from dispatch.domain.commands import FallDue, OfferTransfer, ReportRecord, SettleTransfer
from dispatch.domain.errors import InvalidInput, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.state import State

ANSWER_WITHIN_S: Final = 60.0
"""A centre that says nothing for so long has not taken the call."""
OURS: Final = "hub"
OFFERS_MOST: Final = 20


def owner_of(call: Call) -> str:
    """Who answers for the call: this hub, or the centre that accepted it; never both or neither."""
    last = call.transfers[-1] if call.transfers else None
    return last.centre_id if last is not None and last.state == "accepted" else OURS


def offered(call: Call) -> Transfer | None:
    """The offer that waits for an answer, or None."""
    last = call.transfers[-1] if call.transfers else None
    return last if last is not None and last.state == "offered" else None


def linked(call: Call) -> Transfer | None:
    """The transfer whose centre has the record and is told of later versions, or None."""
    last = call.transfers[-1] if call.transfers else None
    if last is None or last.record != "sent" or last.state not in ("offered", "accepted"):
        return None
    return last


def decide_offer_transfer(state: State, command: OfferTransfer) -> list[Draft]:
    """Offer the call; it stays ours until the other centre says that it has it.

    Raises:
        TransitionRefused: It rings, is offered already, or another centre has it.
        InvalidInput: It was offered too often.
    """
    call = open_call(state, command.call_id)
    if call.phase == "ringing":
        raise TransitionRefused("Answer the call first.", call_id=call.id)
    if owner_of(call) != OURS:
        raise TransitionRefused("Another centre has the call.", owner=owner_of(call))
    if (waiting := offered(call)) is not None:
        raise TransitionRefused(
            f"It is offered to {waiting.centre_name} already: take it back first.",
            call_id=call.id,
        )
    if len(call.transfers) >= OFFERS_MOST:
        raise InvalidInput(f"The call was offered {OFFERS_MOST} times.", field="centre_id")
    transfer = Transfer(
        id=command.transfer_id,
        centre_id=command.centre_id,
        centre_name=command.centre_name,
        offered_at=state.now,
        offered_by=command.actor.account_id,
        due_at=state.now + timedelta(seconds=ANSWER_WITHIN_S),
        reason=command.reason,
        ref=call.record_ref or call.incident_id or call.id,
    )
    return [_draft(call, transfer)]


def decide_settle_transfer(state: State, command: SettleTransfer) -> list[Draft]:
    """What came of the offer. Accepted, a call without an incident is closed as transferred.

    Raises:
        TransitionRefused: No such offer waits for an answer.
    """
    call = open_call(state, command.call_id)
    waiting = offered(call)
    if waiting is None or waiting.id != command.transfer_id:
        raise TransitionRefused("No such offer waits for an answer.", call_id=call.id)
    settled = waiting.model_copy(
        update={
            "state": command.result,
            "settled_at": state.now,
            "settled_by": command.actor.account_id,
            "answer": command.answer,
        }
    )
    drafts = [_draft(call, settled)]
    if command.result == "accepted" and call.incident_id is None:
        closed = ev.CallClosed(
            call_id=call.id,
            outcome="transferred",
            note=waiting.centre_name,
            by=command.actor.account_id,
            closed_at=state.now,
        )
        drafts.append(Draft(body=closed, audience=call.audience))
    return drafts


def decide_report_record(state: State, command: ReportRecord) -> list[Draft]:
    """How far the record has got. What is said of an offer that is no more the last one is old."""
    call = state.board.calls.get(command.call_id)
    last = call.transfers[-1] if call is not None and call.transfers else None
    if call is None or call.closed_at is not None or last is None:
        return []
    if last.id != command.transfer_id:
        return []
    if command.later:
        why = "" if command.taken else command.why
        return [_draft(call, last.model_copy(update={"behind": why}))] if why != last.behind else []
    if last.record == "sent":
        return []
    update = {"record": "sent" if command.taken else "failed", "record_why": command.why}
    return [_draft(call, last.model_copy(update=update))]


def decide_transfer_due(state: State, command: FallDue) -> list[Draft]:
    """Nobody answered in time: the offer is over, and the call was ours all along."""
    call = state.board.calls.get(command.ref)
    waiting = offered(call) if call is not None else None
    if call is None or waiting is None or waiting.due_at > state.now:
        return []
    over = {"state": "timed_out", "settled_at": state.now, "settled_by": OURS}
    return [_draft(call, waiting.model_copy(update=over))]


def check_not_offered(call: Call) -> None:
    """Refuse to close a call that another centre may be about to take.

    Raises:
        TransitionRefused: It is offered.
    """
    if (waiting := offered(call)) is not None:
        raise TransitionRefused(
            f"The call is offered to {waiting.centre_name}: say what came of it first.",
            call_id=call.id,
        )


def _draft(call: Call, transfer: Transfer) -> Draft:
    body = ev.TransferSet(call_id=call.id, transfer=transfer)
    return Draft(body=body, audience=call.audience)
