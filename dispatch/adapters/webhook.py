"""A message as a signed JSON POST, to origins that the operator has named, and nowhere else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx2
import orjson
from pydantic import SecretStr

from dispatch.adapters.adapter import Message, Receipt, SendFailed
from dispatch.adapters.signing import SIGNATURE_HEADER, TIME_HEADER, origin_of, signature

WITHIN_S: Final = 8.0
ANSWER_MAX_BYTES: Final = 65_536
_AGAIN: Final = frozenset({408, 409, 425, 429})
"""Answers besides 5xx that another attempt may change."""


class WebhookAdapter:
    """Posts to receivers that answer 2xx once they have taken a message over.

    Args:
        secrets: By allowed origin (``https://pager.example``): the secret shared with it.
        receipts_at: The URL of the hub as receivers reach it; empty: they are given the path alone.
    """

    def __init__(self, secrets: Mapping[str, SecretStr], receipts_at: str = "") -> None:
        self._secrets = {origin_of(origin): secret for origin, secret in secrets.items()}
        self._receipts_at = receipts_at.rstrip("/")

    async def send(self, message: Message) -> Receipt:
        """Post it once. A receiver that has it with the crew already answers ``delivered``.

        Raises:
            SendFailed: Its origin is not allowed, it did not answer in time, or it refused.
        """
        url = _url_of(message)
        secret = self._secrets.get(_origin(url))
        if secret is None:
            raise SendFailed("its host is not among the allowed ones", again=False)
        body = orjson.dumps(self._body(message))
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": message.id,
            TIME_HEADER: timestamp,
            SIGNATURE_HEADER: signature(secret.get_secret_value(), timestamp, body),
        }
        try:
            async with asyncio.timeout(WITHIN_S):
                return await _post(url, body, headers)
        except (httpx2.HTTPError, TimeoutError, OSError) as failure:
            raise SendFailed(type(failure).__name__, again=True) from failure

    def _body(self, message: Message) -> dict[str, Any]:
        path = f"/api/v1/deliveries/{message.id}/receipts"
        return {
            "id": message.id,
            "about": message.about,
            "changed": {change.what: {"was": change.was} for change in message.changed},
            "assignment_id": message.assignment_id,
            "unit": message.unit_id,
            "station": message.station,
            "agency": message.agency_id,
            "channel": message.channel,
            "incident": message.incident_number,
            "type": message.type_label,
            "priority": message.priority,
            "alarm_level": message.alarm_level,
            "address": message.address,
            "cross_street": message.cross_street,
            "municipality": message.municipality,
            "at": list(message.at),
            "talkgroup": message.talkgroup,
            "hazards": list(message.hazards),
            "units": list(message.assigned),
            "queued_at": message.queued_at.isoformat(),
            "attempt": message.attempt,
            "receipts": self._receipts_at + path,
        }


async def _post(url: str, body: bytes, headers: dict[str, str]) -> Receipt:
    async with (
        httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=WITHIN_S) as client,
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        answer = bytearray()
        async for chunk in response.aiter_raw():
            answer += chunk
            if len(answer) > ANSWER_MAX_BYTES:
                break
    status = response.status_code
    if 200 <= status < 300:
        return Receipt("delivered" if _says_delivered(bytes(answer)) else "sent")
    again = status >= 500 or status in _AGAIN
    waits = response.headers.get("retry-after", "")
    wait_s = float(waits) if waits.isdigit() else None
    raise SendFailed(f"answered {status}", again=again, retry_after_s=wait_s)


def _says_delivered(answer: bytes) -> bool:
    try:
        said = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return False
    return isinstance(said, dict) and said.get("state") == "delivered"


def _url_of(message: Message) -> str:
    filled = message.target.replace("{unit}", quote(message.unit_id or "", safe=""))
    return filled.replace("{station}", quote(message.station, safe=""))


def _origin(url: str) -> str:
    try:
        return origin_of(url)
    except ValueError as fault:
        raise SendFailed("its address is no URL", again=False) from fault
