"""A message as a notification on the tablets of its unit, by the push services of their browsers.

Only tablets that are signed in are told, and only by push services that the operator has named.
What is sent is encrypted for each device: the push service learns that something came, and when.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import httpx2
import orjson
import structlog

from dispatch.adapters.adapter import Message, Receipt, SendFailed
from dispatch.adapters.web_push import (
    PLAIN_MAX_BYTES,
    PushKey,
    encrypt,
    from_base64url,
    is_allowed,
    to_base64url,
)
from dispatch.adapters.wording import headline
from dispatch.store.push import Subscription

WITHIN_S: Final = 8.0
KEPT_S: Final = 300
"""How long a push service keeps it for a device that is off: what is older misleads a crew."""
SHORT_MAX_BYTES: Final = 1000
"""Where a push service finds the whole too long: the act, and the beginning of the hazard."""
_TOO_LARGE: Final = 413
_GONE: Final = frozenset({404, 410})
_AGAIN: Final = frozenset({408, 425, 429})

log = structlog.get_logger()


class PushAdapter:
    """Sends to every signed-in tablet of the unit; one that was reached is enough.

    Args:
        key: The hub's.
        allowed: Push services, by origin; empty: nothing is sent.
        contact: For their operators.
        devices: The subscriptions of a unit, as they stand.
        forget: Drop a subscription that its push service no longer knows.
    """

    def __init__(
        self,
        key: PushKey,
        allowed: Sequence[str],
        contact: str,
        devices: Callable[[str], list[Subscription]],
        forget: Callable[[str], None],
    ) -> None:
        self._key = key
        self._allowed = tuple(allowed)
        self._contact = contact
        self._devices = devices
        self._forget = forget

    async def send(self, message: Message) -> Receipt:
        """Hand it to the push service of each device, once.

        Raises:
            SendFailed: No device of the unit is subscribed, or no push service took it over.
        """
        if not self._allowed:
            raise SendFailed("no push service is allowed", again=False)
        devices = await asyncio.to_thread(self._devices, message.unit_id or "")
        if not devices:
            raise SendFailed(
                "no tablet of the unit takes notifications", again=False, one_receiver=True
            )
        sent = await asyncio.gather(
            *(self._to(device, message) for device in devices), return_exceptions=True
        )
        failures = [failure for failure in sent if isinstance(failure, BaseException)]
        if len(failures) < len(devices):
            return Receipt("sent")
        known = [failure for failure in failures if isinstance(failure, SendFailed)]
        if len(known) < len(failures):
            raise next(failure for failure in failures if not isinstance(failure, SendFailed))
        raise next((failure for failure in known if failure.again), known[0])

    async def _to(
        self, device: Subscription, message: Message, most_bytes: int = PLAIN_MAX_BYTES
    ) -> None:
        plain = payload_of(message, self._key.receipt_token(message.id), most_bytes)
        if not is_allowed(device.endpoint, self._allowed):
            raise SendFailed("its push service is not among the allowed ones", again=False)
        body = encrypt(plain, from_base64url(device.p256dh), from_base64url(device.auth))
        headers = {
            "Authorization": self._key.authorization(device.endpoint, self._contact, time.time()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Urgency": "high",
            "Topic": topic_of(message),
        }
        try:
            async with asyncio.timeout(WITHIN_S):
                status, wait_s = await _post(device.endpoint, body, headers)
        except (httpx2.HTTPError, TimeoutError, OSError) as failure:
            raise SendFailed(type(failure).__name__, again=True) from failure
        if 200 <= status < 300:
            return
        if status in _GONE:
            await asyncio.to_thread(self._forget, device.id)
            log.info("push_subscription_gone", unit_id=message.unit_id)
            raise SendFailed("the tablet's subscription is gone", again=False, one_receiver=True)
        if status == _TOO_LARGE and len(plain) > SHORT_MAX_BYTES:
            await self._to(device, message, SHORT_MAX_BYTES)
            return
        again = status >= 500 or status in _AGAIN
        raise SendFailed(f"answered {status}", again=again, retry_after_s=wait_s)


async def _post(endpoint: str, body: bytes, headers: dict[str, str]) -> tuple[int, float | None]:
    async with (
        httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=WITHIN_S) as client,
        client.stream("POST", endpoint, content=body, headers=headers) as response,
    ):
        waits = response.headers.get("retry-after", "")
        return response.status_code, float(waits) if waits.isdigit() else None


def topic_of(message: Message) -> str:
    """What a newer message replaces, where the device was off: at most 32 letters (RFC 8030)."""
    subject = message.assignment_id or message.id
    return to_base64url(hashlib.sha256(subject.encode()).digest())[:32]


def payload_of(message: Message, receipt: str, most_bytes: int = PLAIN_MAX_BYTES) -> bytes:
    """What the tablet's service worker shows, the act first, then the hazard; cut to what fits."""
    lines = [f"HAZARD: {text}" for text in message.hazards]
    lines += [f"{change.what} before: {change.was or 'none'}" for change in message.changed]
    lines += [f"at {message.cross_street}"] if message.cross_street else []
    lines += [message.talkgroup] if message.talkgroup else []
    said: dict[str, Any] = {
        "id": message.id,
        "about": message.about,
        "assignment_id": message.assignment_id,
        "title": headline(message)[:300],
        "body": "\n".join(lines),
        "receipt": receipt,
    }
    while len(sealed := orjson.dumps(said)) > most_bytes and said["body"]:
        said["body"] = said["body"][: len(said["body"]) * 3 // 4]
    return sealed
