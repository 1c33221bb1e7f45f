"""The adapters of one hub, made from its settings. A new kind of receiver is added here."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.adapters.adapter import Adapter
from dispatch.adapters.webhook import WebhookAdapter
from dispatch.settings import HubSettings


def make_adapters(settings: HubSettings) -> Mapping[str, Adapter]:
    """By the kind that a region's channels name."""
    delivery = settings.delivery
    return {
        "webhook": WebhookAdapter(delivery.delivery_webhooks, delivery.delivery_receipts_url),
    }
