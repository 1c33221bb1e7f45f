"""Routes of a crew's tablet that takes notifications: the hub's key, its subscription, receipts.

Receipts come from the tablet's service worker, which has no session: it shows the token that it was
given inside the encrypted message.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from dispatch.adapters.web_push import AUTH_BYTES, device_key, from_base64url, is_allowed
from dispatch.api.auth import Caller
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Done, PushReceipt, PushState, PushSubscribed, PushSubscription
from dispatch.domain.delivery import Delivery
from dispatch.domain.errors import InvalidInput, NotFound, NotSignedIn
from dispatch.domain.values import Id
from dispatch.services.courier import channel_of, read_delivery, report_receipt
from dispatch.store.push import Subscription, drop_subscription, save_subscription

RECEIPT_HEADER: Final = "Hub-Receipt-Token"

router = APIRouter(prefix="/push", tags=["deliveries"])
receipts_router = APIRouter(tags=["deliveries"])


@router.get("", operation_id="read_push")
async def read_push(caller: Caller, parts: HubParts) -> PushState:
    """Whether this crew's agency tells by notification, and the key to subscribe with."""
    unit = parts.follower.board.units.get(caller.actor.unit_id or "")
    policy = parts.hub.policy()
    own = policy.channels.get(unit.agency_id, ()) if policy and unit else ()
    wanted = any(channel.adapter == "push" for channel in own)
    if not wanted or not parts.settings.delivery.push_services:
        return PushState(on=False, key=None)
    return PushState(on=True, key=await parts.in_thread(lambda: parts.push_key.public))


@router.post("/subscriptions", status_code=201, operation_id="subscribe_push")
async def post_subscription(
    body: PushSubscription, caller: Caller, parts: HubParts
) -> PushSubscribed:
    """This device takes its unit's notifications until its session ends; again replaces it."""
    if not is_allowed(body.endpoint, parts.settings.delivery.push_services):
        raise InvalidInput(
            "The operator has not allowed that push service (HUB_PUSH_SERVICES).", field="endpoint"
        )
    _check_keys(body)
    subscription = Subscription(
        id=hashlib.sha256(body.endpoint.encode()).hexdigest()[:32],
        session_id=caller.session_id,
        endpoint=body.endpoint,
        p256dh=body.p256dh,
        auth=body.auth,
    )
    await parts.write(lambda connection: save_subscription(connection, subscription))
    return PushSubscribed(id=subscription.id)


def _check_keys(body: PushSubscription) -> None:
    try:
        device_key(from_base64url(body.p256dh))
    except ValueError:
        raise InvalidInput("It is no P-256 key of 65 bytes.", field="p256dh") from None
    try:
        auth = from_base64url(body.auth)
    except ValueError:
        auth = b""
    if len(auth) != AUTH_BYTES:
        raise InvalidInput(f"It is no secret of {AUTH_BYTES} bytes.", field="auth")


@router.delete("/subscriptions/{subscription_id}", operation_id="unsubscribe_push")
async def delete_subscription(
    subscription_id: Id, caller: Caller, parts: HubParts
) -> PushSubscribed:
    """This device takes none any more."""
    gone = await parts.write(
        lambda connection: drop_subscription(connection, subscription_id, caller.session_id)
    )
    if not gone:
        raise NotFound(subscription_id=subscription_id)
    return PushSubscribed(id=subscription_id)


async def tokened_delivery(delivery_id: Id, request: Request, parts: HubParts) -> Delivery:
    """The message that a tablet speaks of, once it shows what it was given with it.

    Raises:
        NotSignedIn: The token is another's, or there is no such message: the two answer alike.
    """
    token = request.headers.get(RECEIPT_HEADER, "")
    known = await parts.in_thread(lambda: parts.push_key.is_receipt_token(delivery_id, token))
    delivery = await parts.in_thread(lambda: read_delivery(parts.hub, delivery_id))
    channel = channel_of(parts.hub, delivery) if delivery else None
    if not known or delivery is None or channel is None or channel.adapter != "push":
        raise NotSignedIn("That is not the token of this message.")
    return delivery


Tokened = Annotated[Delivery, Depends(tokened_delivery)]


@receipts_router.post("/deliveries/{delivery_id}/push-receipts", operation_id="report_push")
async def post_receipt(body: PushReceipt, delivery: Tokened, parts: HubParts) -> Done:
    """The notification is shown (``delivered``), or was opened (``seen``)."""
    outcome = await report_receipt(parts.hub, delivery, body.state)
    return Done(seq=(await parts.shown(outcome)).last_seq)
