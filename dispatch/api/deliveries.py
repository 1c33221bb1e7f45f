"""The route by which a receiver says how far a message has got: its pager rang, a crew read it.

A receiver has no session: it signs with the secret that the hub shares with its origin.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from dispatch.adapters.signing import SIGNATURE_HEADER, TIME_HEADER, is_signed, origin_of
from dispatch.api.parts import HubParts
from dispatch.api.schemas import DeliveryReceipt, Done
from dispatch.domain.delivery import Delivery
from dispatch.domain.errors import NotSignedIn
from dispatch.domain.values import Id
from dispatch.services.courier import channel_of, read_delivery, report_receipt


async def signed_delivery(delivery_id: Id, request: Request, parts: HubParts) -> Delivery:
    """The message that the request is about, once it is known to come from its receiver.

    Raises:
        NotSignedIn: The signature is wrong or old, or there is no such message: the two answer
            alike.
    """
    body = await request.body()
    delivery = await parts.in_thread(lambda: read_delivery(parts.hub, delivery_id))
    channel = channel_of(parts.hub, delivery) if delivery else None
    if delivery is None or channel is None or channel.adapter != "webhook":
        raise NotSignedIn()
    webhooks = parts.settings.delivery.delivery_webhooks
    secrets = {origin_of(origin): secret for origin, secret in webhooks.items()}
    secret = secrets.get(origin_of(channel.target))
    signed = secret is not None and is_signed(
        secret.get_secret_value(),
        request.headers.get(TIME_HEADER, ""),
        body,
        request.headers.get(SIGNATURE_HEADER, ""),
        parts.hub.now().timestamp(),
    )
    if not signed:
        raise NotSignedIn("The signature is missing, wrong or old.")
    return delivery


Signed = Annotated[Delivery, Depends(signed_delivery)]

router = APIRouter(tags=["deliveries"])


@router.post("/deliveries/{delivery_id}/receipts", operation_id="report_delivery")
async def post_receipt(body: DeliveryReceipt, delivery: Signed, parts: HubParts) -> Done:
    """How far the message has got. It may come late, twice, or after a later one."""
    outcome = await report_receipt(parts.hub, delivery, body.state)
    return Done(seq=(await parts.shown(outcome)).last_seq)
