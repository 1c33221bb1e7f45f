"""Handing a call to another centre of the region's list, and what came of it."""

from __future__ import annotations

from dispatch.domain.call import TransferResult
from dispatch.domain.commands import OfferTransfer, SettleTransfer
from dispatch.domain.errors import InvalidInput, NotAllowed, NotFound
from dispatch.domain.values import EVERYONE, Actor
from dispatch.services.calls import derived_id, visible_call
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome


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
