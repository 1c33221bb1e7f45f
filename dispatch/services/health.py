"""How the hub is, part by part: whether it can commit, follow, advise. It repairs nothing."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from dispatch.domain.commands import FallDue
from dispatch.domain.errors import Fenced, HubError, RoadsUnavailable, StorageFull
from dispatch.domain.number_limits import COUNTER_LIMIT, LOG_LIMIT, is_near
from dispatch.domain.values import HUB_ACTOR
from dispatch.realtime.follower import Follower
from dispatch.services.hub import Hub
from dispatch.store.event_log import highest_number

PROBE_WITHIN_S = 2.0
_KEPT_S = 1.0
_BEHIND_S = 5.0
_NOBODY = -1


class PartHealth(NamedTuple):
    """One part: whether it works, and what there is to say."""

    ok: bool
    facts: dict[str, Any]


class HealthCheck:
    """Asks the parts, at most once a second however often it is asked.

    Args:
        hub: The parts.
        follower: Of this process.
        others: Parts that only ``main`` knows, by name.
    """

    def __init__(
        self,
        hub: Hub,
        follower: Follower,
        others: dict[str, Callable[[], PartHealth]] | None = None,
    ) -> None:
        self._hub = hub
        self._follower = follower
        self._others = others or {}
        self._kept: tuple[float, dict[str, PartHealth]] | None = None
        self._asking = asyncio.Lock()

    async def look(self) -> dict[str, PartHealth]:
        """Every part by name."""
        async with self._asking:
            now_s = time.monotonic()
            if self._kept is not None and now_s - self._kept[0] < _KEPT_S:
                return self._kept[1]
            writer, roads, numbers = await asyncio.gather(
                self._writer(), self._roads(), asyncio.to_thread(self._numbers)
            )
            parts = {
                "writer": writer,
                "follower": self._follow(),
                "numbers": numbers,
                "roads": roads,
                "region": self._region(),
                "feeds": self._feeds(),
                "channels": self._channels(),
                **{name: ask() for name, ask in self._others.items()},
            }
            self._kept = (time.monotonic(), parts)
            return parts

    async def _writer(self) -> PartHealth:
        """Take the head of the log and commit nothing: a command that its fence always refuses."""
        began = time.monotonic()
        probe = FallDue(
            command_id=f"probe-{uuid.uuid4().hex}",
            actor=HUB_ACTOR,
            due_id=0,
            kind="closure_ends",
            ref="probe",
            fence=_NOBODY,
        )
        ok, error = False, ""
        try:
            async with asyncio.timeout(PROBE_WITHIN_S):
                await self._hub.submit(probe)
        except Fenced:
            ok = True
        except (HubError, TimeoutError) as failure:
            error = type(failure).__name__
        if ok and self._hub.writer.is_full:
            ok, error = False, StorageFull.__name__
        took_ms = round((time.monotonic() - began) * 1000, 1)
        facts = {"probe_ms": took_ms, "waiting": self._hub.writer.waiting, "error": error}
        return PartHealth(ok, facts)

    def _follow(self) -> PartHealth:
        behind_s = round(self._follower.behind_s(), 1)
        facts = {"seq": self._follower.board.seq, "looked_s_ago": behind_s}
        return PartHealth(behind_s < _BEHIND_S, facts)

    def _numbers(self) -> PartHealth:
        """Numbers that only grow, long before one of them is used up."""
        seq = self._hub.board().seq
        try:
            with self._hub.engine.connect() as connection, connection.begin():
                highest = highest_number(connection)
        except SQLAlchemyError as failure:  # the writer's part tells of a database that is away
            return PartHealth(True, {"log": seq, "error": type(failure).__name__})
        near = is_near(seq, LOG_LIMIT) or is_near(highest, COUNTER_LIMIT)
        return PartHealth(not near, {"log": seq, "counter": highest})

    async def _roads(self) -> PartHealth:
        try:
            status = await self._hub.roads.status()
        except RoadsUnavailable as failure:
            return PartHealth(False, {"error": failure.detail})
        region = self._hub.board().region
        behind = self._hub.board().seq - status.seq
        right = region is None or status.network_id == region.network_id
        return PartHealth(
            right, {"seq": status.seq, "behind": behind, "network_id": status.network_id}
        )

    def _region(self) -> PartHealth:
        policy = self._hub.policy()
        if policy is None:
            return PartHealth(False, {"error": "no region is loaded"})
        return PartHealth(True, {"region_version": policy.version})

    def _channels(self) -> PartHealth:
        """Channels that reach nobody: crews are then told by the others and by voice."""
        faults = self._hub.board().channel_faults
        told = {
            known: {"ok": False, "since": fault.since.isoformat(), "error": fault.why}
            for known, fault in sorted(faults.items())
        }
        return PartHealth(not told, told)

    def _feeds(self) -> PartHealth:
        """A feed that failed is told; it makes nothing else unwell."""
        feeds = self._hub.board().feeds.values()
        told = {
            feed.feed_id: {"ok": feed.ok, "read_at": feed.read_at.isoformat(), "error": feed.error}
            for feed in feeds
        }
        return PartHealth(True, told)
