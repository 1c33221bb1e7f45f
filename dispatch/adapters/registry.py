"""The adapters of one hub, made from its settings. A new kind of receiver is added here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from dispatch.adapters.adapter import Adapter
from dispatch.adapters.mail import MailAdapter, MailServer
from dispatch.adapters.printer import PrinterAdapter
from dispatch.adapters.push import PushAdapter
from dispatch.adapters.training import NothingLeaves
from dispatch.adapters.web_push import PushKey
from dispatch.adapters.webhook import WebhookAdapter
from dispatch.settings import HubSettings
from dispatch.store.push import Subscription, drop_subscription, subscriptions_of


def adapter_makers(
    settings: HubSettings, engine: Engine, key: PushKey
) -> Mapping[str, Callable[[], Adapter]]:
    """By the kind that a region's channels name; in training none of them reaches anybody.

    Each is made by itself: where one cannot be, the others send.

    Args:
        settings: Where messages may go.
        engine: For the tablets that take notifications.
        key: By which push services know this hub.
    """
    if settings.training:
        return dict.fromkeys(("webhook", "email", "printer", "push"), NothingLeaves)
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

    def devices(unit_id: str) -> list[Subscription]:
        with engine.connect() as connection, connection.begin():
            return subscriptions_of(connection, unit_id)

    def forget(subscription_id: str) -> None:
        with engine.begin() as connection:
            drop_subscription(connection, subscription_id)

    return {
        "push": lambda: PushAdapter(
            key, delivery.push_services, delivery.push_contact, devices, forget
        ),
        "webhook": lambda: WebhookAdapter(
            delivery.delivery_webhooks, delivery.delivery_receipts_url
        ),
        "email": lambda: MailAdapter(mail),
        "printer": lambda: PrinterAdapter(settings.print_dir, delivery.print_taken_within_s),
    }
