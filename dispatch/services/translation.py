"""Asks the centre's own translation engine for a line: bounded, and off unless one is set.

What a caller wrote leaves the hub for that one address alone. A line that cannot be translated
stands without a translation: nobody waits for it.
"""

from __future__ import annotations

import asyncio

import httpx2
import orjson
import structlog

from dispatch.settings import TranslationSettings

log = structlog.get_logger()

ENGINE = "engine"
"""Who made such a translation, as it is said beside it."""
_LETTERS_MOST = 1000


class TranslationEngine:
    """Args:
    settings: Where it is, into what it translates, how long and how much.
    """

    def __init__(self, settings: TranslationSettings) -> None:
        self._settings = settings

    @property
    def language(self) -> str:
        """Into what it translates."""
        return self._settings.translation_language

    def wanted(self, language: str) -> bool:
        """Whether a line in this language is to be translated: one is set, and it is another."""
        own = self.language.partition("-")[0].lower()
        return bool(self._settings.translation_url) and language.partition("-")[0].lower() != own

    async def translate(self, text: str, language: str) -> str | None:
        """The text in the centre's language.

        Args:
            text: What the caller wrote.
            language: BCP 47; empty: the engine finds out.

        Returns:
            None where the engine does not answer in time, or not with a text.
        """
        source = language.partition("-")[0].lower() or "auto"
        asked = {"q": text, "source": source, "target": self.language, "format": "text"}
        try:
            answer = orjson.loads(await self._ask(orjson.dumps(asked)))
            translated = answer.get("translatedText") if isinstance(answer, dict) else None
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError, ValueError) as failure:
            # Without the text: a log must not hold what a caller said.
            log.warning("translation_failed", error=type(failure).__name__)
            return None
        return translated[:_LETTERS_MOST] if isinstance(translated, str) and translated else None

    async def _ask(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        received = bytearray()
        url = self._settings.translation_url
        async with (
            asyncio.timeout(self._settings.translation_within_s),
            httpx2.AsyncClient(follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise ValueError(f"status {response.status_code}")
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > self._settings.translation_max_bytes:
                    raise ValueError("too large")
        return bytes(received)
