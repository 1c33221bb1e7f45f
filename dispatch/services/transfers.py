"""Handing a call to another centre of the region's list, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from dispatch.domain.call import CallOutcome, Transfer, TransferResult
from dispatch.domain.commands import OfferTransfer, SettleTransfer
from dispatch.domain.errors import InvalidInput, NotAllowed, NotFound
from dispatch.domain.redaction import Profile, redact_call
from dispatch.domain.transfers import owner_of
from dispatch.domain.values import EVERYONE, Actor, UtcTime, Value, may_see
from dispatch.services.calls import derived_id, visible_call
from dispatch.services.hub import Hub
from dispatch.store.accounts import account_names
from dispatch.store.call_history import offered_calls
from dispatch.store.unit_of_work import Outcome

LISTED_MOST = 200


class TransferredCall(Value):
    """A call that was offered, as a viewer may read it: who has it now, and each offer."""

    call_id: str
    received_at: UtcTime
    said: str
    outcome: CallOutcome | None
    incident_number: str
    type_label: str
    owner: str
    """``hub``, or the centre that accepted it."""
    transfers: tuple[Transfer, ...]


def list_transfers(
    connection: Connection, actor: Actor, profile: Profile, since: datetime
) -> list[TransferredCall]:
    """Calls received since then that were offered to another centre, the last one first.

    Neither number nor name of a caller is in it.
    """
    found = []
    for call, incident in offered_calls(connection, since, LISTED_MOST):
        if not may_see(actor.agencies, call.audience):
            continue
        shown = redact_call(call, profile)
        if incident is not None and not may_see(actor.agencies, incident.audience):
            incident = None
        found.append(
            TransferredCall(
                call_id=call.id,
                received_at=call.received_at,
                said=shown.said,
                outcome=shown.outcome,
                incident_number=incident.number if incident else "",
                type_label=incident.type_label if incident else "",
                owner=owner_of(call),
                transfers=shown.transfers,
            )
        )
    return found


def names_of(connection: Connection, found: Iterable[TransferredCall]) -> dict[str, str]:
    """Who offered, read and settled, by the account's id; what has no account is left out."""
    ids: set[str] = set()
    for call in found:
        for transfer in call.transfers:
            ids |= {transfer.offered_by, transfer.settled_by or transfer.offered_by}
            ids |= {one.by for one in transfer.heard if one.how == "read"}
    return account_names(connection, ids)


async def offer_transfer(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, centre_id: str, reason: str = ""
) -> Outcome:
    """Offer the call to a centre; it stays ours until that one accepts.

    Raises:
        InvalidInput: The region lists no such centre.
    """
    visible_call(hub, actor, call_id)
    centre = next((c for c in hub.region().centres if c.id == centre_id), None)
    if centre is None:
        raise InvalidInput(f"The region lists no centre {centre_id!r}.", field="centre_id")
    command = OfferTransfer(
        command_id=command_id,
        actor=actor,
        call_id=call_id,
        transfer_id=derived_id(command_id, "transfer"),
        centre_id=centre.id,
        centre_name=centre.name,
        reason=reason,
    )
    return await hub.submit(command)


async def settle_transfer(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    call_id: str,
    transfer_id: str,
    result: TransferResult,
    answer: str = "",
) -> Outcome:
    """The other centre accepted or refused, or the offer is taken back.

    A repeat of the command is answered as the first was, though the call has left the board.
    """
    if actor.role == "call_system" and result == "taken_back":
        raise NotAllowed("Only a call-taker takes an offer back.", role=actor.role)
    if call_id in hub.board().calls:
        visible_call(hub, actor, call_id)
    elif EVERYONE not in actor.agencies:
        raise NotFound(call_id=call_id)
    command = SettleTransfer(
        command_id=command_id,
        actor=actor,
        call_id=call_id,
        transfer_id=transfer_id,
        result=result,
        answer=answer,
    )
    return await hub.submit(command)
