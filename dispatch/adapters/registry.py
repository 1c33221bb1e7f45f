"""The adapters of one hub, made from its settings. A new kind of receiver is added here."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.adapters.adapter import Adapter
from dispatch.adapters.mail import MailAdapter, MailServer
from dispatch.adapters.printer import PrinterAdapter
from dispatch.adapters.training import NothingLeaves
from dispatch.adapters.webhook import WebhookAdapter
from dispatch.settings import HubSettings


def make_adapters(settings: HubSettings) -> Mapping[str, Adapter]:
    """By the kind that a region's channels name; in training none of them reaches anybody."""
    if settings.training:
        return dict.fromkeys(("webhook", "email", "printer"), NothingLeaves())
    delivery = settings.delivery
    mail = MailServer(
        host=delivery.mail_host,
        port=delivery.mail_port,
        security=delivery.mail_security,
        sender=delivery.mail_from,
        user=delivery.mail_user,
        password=delivery.mail_password,
        ca=delivery.mail_ca,
    )
    return {
        "webhook": WebhookAdapter(delivery.delivery_webhooks, delivery.delivery_receipts_url),
        "email": MailAdapter(mail),
        "printer": PrinterAdapter(settings.print_dir, delivery.print_taken_within_s),
    }
