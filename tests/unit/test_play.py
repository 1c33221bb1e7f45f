"""A play goes on where its hub is slow."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from dispatch.simulation.hub_client import Unreachable
from dispatch.simulation.log_check import LogCheck, LogUnreadable
from dispatch.simulation.play import Play, Tempo


class Deaf:
    """A log that cannot be read, of a hub that does not answer either."""

    async def advance(self) -> int:
        raise LogUnreadable("no event came")

    async def begin(self) -> None:
        raise Unreachable("GET /snapshot")


def test_a_hub_that_is_slow_for_a_while_ends_no_play() -> None:
    play = Play("http://hub", cast(Any, None), cast(Any, None), Tempo())
    asyncio.run(play._check(cast(LogCheck, Deaf())))
    assert play._findings().unreadable == "no event came"
