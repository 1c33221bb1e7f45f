"""Ending at an interrupt in time, whatever does not answer."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

ENDS_WITHIN_S: Final = 2.0

_T = TypeVar("_T")


async def until_told(work: Coroutine[Any, Any, _T], stop: asyncio.Event) -> _T | None:
    """Do the work until it ends by itself or, some seconds after an interrupt, is given up.

    Args:
        work: Ends soon after ``stop`` is set, unless what it asks does not answer.
        stop: Set at an interrupt.

    Returns:
        What came of it; None: it did not end in time.
    """
    loop = asyncio.get_running_loop()
    doing = loop.create_task(work)

    def told() -> None:
        stop.set()
        loop.call_later(ENDS_WITHIN_S, doing.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    await asyncio.wait({doing})
    return None if doing.cancelled() else doing.result()
