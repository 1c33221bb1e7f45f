"""Handing a call to another centre: it has one owner in every state. Pure.

Offered, the call is still ours; accepted, it is theirs and done with here, unless it speaks of an
incident, which stays ours to work. Refused, taken back or not answered in time, nothing has changed
hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from dispatch.domain import events as ev
from dispatch.domain.call import Call, Hearing, RecordPart, Transfer
from dispatch.domain.call_progress import open_call
from dispatch.domain.commands import (
    FallDue,
    OfferTransfer,
    RecordReading,
    ReportRecord,
    SettleTransfer,
)
from dispatch.domain.errors import InvalidInput, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.state import State

ANSWER_WITHIN_S: Final = 60.0
"""A centre that says nothing for so long has not taken the call."""
OURS: Final = "hub"
OFFERS_MOST: Final = 20
HEARD_MOST: Final = 40
"""Versions and readings that one transfer names."""
READ_LINK_LASTS: Final = timedelta(hours=24)
"""So long after a call was offered another centre reads its record, though it is over here."""


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


def unreported(call: Call, now: datetime, within_s: float) -> Transfer | None:
    """The last transfer whose record nobody said anything of for so long: who sent it is gone."""
    last = call.transfers[-1] if call.transfers else None
    if last is None or last.record or last.state not in ("offered", "accepted"):
        return None
    return last if now - last.offered_at >= timedelta(seconds=within_s) else None


def may_be_read(call: Call, now: datetime) -> bool:
    """Whether another centre reads the record by its link: offered, or theirs, and of today."""
    last = call.transfers[-1] if call.transfers else None
    if last is None or last.state not in ("offered", "accepted"):
        return False
    return now - last.offered_at <= READ_LINK_LASTS


def heard(
    transfer: Transfer,
    how: Literal["sent", "not_taken", "read"],
    by: str,
    at: datetime,
    digest: str,
    entries: int = 0,
    parts: Sequence[RecordPart] = (),
    why: str = "",
) -> Transfer:
    """The transfer with one more hearing; the same one after the other of the same is one.

    Args:
        transfer: As it stands.
        how: Whether it was sent, was not taken, or was read here or by the link.
        by: The centre, or the account that read.
        at: When.
        digest: Of what it said; empty: nobody knows, and nothing is kept.
        entries: Of its narrative.
        parts: What is another than before, where that is known.
        why: Why it was not taken.
    """
    if not digest:
        return transfer
    mine = [one for one in transfer.heard if one.by == by]
    if mine and (mine[-1].how, mine[-1].digest, mine[-1].why) == (how, digest, why):
        return transfer
    same = [one.version for one in transfer.heard if one.digest == digest]
    latest = max((one.version for one in transfer.heard), default=0)
    one = Hearing(
        at=at,
        how=how,
        by=by,
        version=same[-1] if same else latest + 1,
        digest=digest,
        entries=entries,
        parts=tuple(parts),
        why=why,
    )
    kept = (*transfer.heard, one)
    left_out = transfer.heard_left_out
    if len(kept) > HEARD_MOST:
        kept, left_out = (kept[0], *kept[2:]), left_out + 1
    return transfer.model_copy(update={"heard": kept, "heard_left_out": left_out})


def decide_hear_record(state: State, command: RecordReading) -> list[Draft]:
    """Somebody read the record of a call: its last transfer keeps that. Others keep nothing."""
    call = state.board.calls.get(command.call_id or "")
    last = call.transfers[-1] if call is not None and call.transfers else None
    if call is None or last is None:
        return []
    reader = command.actor.account_id
    after = heard(last, "read", reader, state.now, command.digest, command.entries)
    return [_draft(call, after)] if after != last else []


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
        raise TransitionRefused(_over_words(call, command.transfer_id), call_id=call.id)
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


def _over_words(call: Call, transfer_id: str) -> str:
    """Why an answer counts no more, and whose the call is: who says yes too late must know."""
    said = next((t for t in call.transfers if t.id == transfer_id), None)
    if said is None:
        return "No such offer waits for an answer."
    state = {"timed_out": "was not answered in time", "taken_back": "was taken back"}.get(
        said.state, f"was {said.state} before"
    )
    last = call.transfers[-1]
    owner = f"{last.centre_name} has it" if owner_of(call) != OURS else "the call is ours"
    return f"No such offer waits for an answer: that to {said.centre_name} {state}; {owner}."


def decide_report_record(state: State, command: ReportRecord) -> list[Draft]:
    """How far the record has got, also of a call that is closed as theirs meanwhile.

    What is said of an offer that is no more the last one is old.
    """
    call = state.board.calls.get(command.call_id)
    last = call.transfers[-1] if call is not None and call.transfers else None
    if call is None or last is None or last.id != command.transfer_id:
        return []
    update = {}
    if command.later:
        update = {"behind": "" if command.taken else command.why}
    elif last.record != "sent":
        update = {"record": "sent" if command.taken else "failed", "record_why": command.why}
    after = heard(
        last.model_copy(update=update),
        "sent" if command.taken else "not_taken",
        last.centre_id,
        state.now,
        command.digest,
        command.entries,
        command.parts,
        command.why,
    )
    return [_draft(call, after)] if after != last else []


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
