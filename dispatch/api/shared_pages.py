"""Documents that many viewers ask for alike: made once, given to all who ask within a while.

It knows nothing of what a document is, nor of who may see it: the key must say both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable


class SharedPages:
    """The documents of the last ``kept_s`` seconds, those in the making among them."""

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._made: dict[Hashable, tuple[float, asyncio.Future[bytes]]] = {}

    async def get(
        self, key: Hashable, make: Callable[[], Awaitable[bytes]], behind_s: float = 0.0
    ) -> tuple[bytes, float]:
        """The document of this key and its age in seconds; one that failed is made anew.

        Args:
            key: What it shows, and to whom.
            make: Makes it.
            behind_s: For how long what it would be made of is not known to be so any more; it is
                as much older than the moment at which it is made.
        """
        now_s = asyncio.get_running_loop().time()
        self._made = {
            known: (at_s, page)
            for known, (at_s, page) in self._made.items()
            if now_s - at_s < self._kept_s and not _failed(page)
        }
        if key not in self._made:
            self._made[key] = (now_s - behind_s, asyncio.ensure_future(make()))
        at_s, page = self._made[key]
        return await asyncio.shield(page), now_s - at_s


def _failed(page: asyncio.Future[bytes]) -> bool:
    return page.done() and (page.cancelled() or page.exception() is not None)
