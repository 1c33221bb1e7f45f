"""Asks a location server where a caller's device is now: HELD over HTTP, bounded in every way.

It asks only hosts that the settings name, follows no redirect, waits a few seconds, reads a few
kilobytes. What came of it is the caller's matter: nothing is stored here.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final
from urllib.parse import urlsplit

import httpx2

from dispatch.domain.errors import LocationUnavailable
from dispatch.interop.pidf_lo import (
    Located,
    LocationUnreadable,
    decode_location,
    encode_request,
)
from dispatch.settings import LocationSettings

_HELD: Final = "application/held+xml"
_URL: Final = re.compile(r"https?://", re.IGNORECASE)


class LocationServer:
    """Args:
    settings: Which server, which other hosts, how long and how much.
    """

    def __init__(self, settings: LocationSettings) -> None:
        self._settings = settings
        own = urlsplit(settings.location_url).hostname
        self._hosts = {host.lower() for host in settings.location_hosts} | ({own} if own else set())

    @property
    def on(self) -> bool:
        """Whether anybody can be asked."""
        return bool(self._settings.location_url or self._hosts)

    def knows(self, key: str | None, callback: str | None) -> bool:
        """Whether there is a way to ask for this call: by its own key, or by its number."""
        return self.on and bool(key or callback)

    async def locate(self, key: str | None, callback: str | None) -> Located:
        """Where the device is now.

        Args:
            key: The call's own: a location URI (RFC 6753), or an identity that the server knows.
            callback: The number to ask by where there is no key.

        Raises:
            LocationUnavailable: Nobody may be asked, nobody answers in time, or not with a shape.
        """
        url, device = self._whom_to_ask(key, callback)
        try:
            return decode_location(await self._ask(url, encode_request(device)))
        except LocationUnreadable as failure:
            raise LocationUnavailable(f"The location server says: {failure}.") from None

    def _whom_to_ask(self, key: str | None, callback: str | None) -> tuple[str, str | None]:
        if key and _URL.match(key):
            if (urlsplit(key).hostname or "").lower() not in self._hosts:
                raise LocationUnavailable("The call names a location server that is not allowed.")
            return key, None
        identity = key or callback
        if not self._settings.location_url:
            raise LocationUnavailable("No location server is set up.")
        if not identity:
            raise LocationUnavailable(
                "Neither a key nor a number of the caller is known: type the callback number first."
            )
        device = identity if ":" in identity else f"tel:{re.sub(r'[^0-9+*#]', '', identity)}"
        return self._settings.location_url, device

    async def _ask(self, url: str, request: bytes) -> bytes:
        # No compression: what is counted against the limit is then what lies in memory.
        headers = {"Content-Type": _HELD, "Accept": _HELD, "Accept-Encoding": "identity"}
        received = bytearray()
        try:
            async with (
                asyncio.timeout(self._settings.location_within_s),
                httpx2.AsyncClient(follow_redirects=False, trust_env=False) as client,
                client.stream("POST", url, content=request, headers=headers) as response,
            ):
                if response.status_code != 200:
                    raise LocationUnavailable(
                        f"The location server answered {response.status_code}."
                    )
                async for chunk in response.aiter_raw():
                    received += chunk
                    if len(received) > self._settings.location_max_bytes:
                        raise LocationUnavailable("The location server's answer is too large.")
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as failure:
            raise LocationUnavailable(
                f"The location server does not answer ({type(failure).__name__})."
            ) from failure
        return bytes(received)
