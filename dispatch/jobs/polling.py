"""When feeds are read: the leader enqueues each source whose interval has passed."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from redis.exceptions import RedisError
from rq import Queue

from dispatch.domain.events import FeedRead
from dispatch.jobs.feeds import read_feed
from dispatch.services.hub import Hub
from dispatch.store.feeds import FeedSource, list_feed_sources

LOOK_EVERY_S = 2.0
BACK_OFF_MOST = timedelta(minutes=15)

log = structlog.get_logger()


class FeedPoller:
    """Enqueues due feeds while ``leads()`` is true. A feed that still waits is not queued twice."""

    def __init__(self, hub: Hub, queue: Queue, leads: Callable[[], bool]) -> None:
        self._hub = hub
        self._queue = queue
        self._leads = leads
        self.error = ""
        """Why the job server took nothing at the last try; empty: it did, or nobody tried."""

    async def run(self) -> None:
        """Until it is cancelled. A job server that is gone or full delays reading alone."""
        while True:
            if self._leads():
                await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Enqueue what is due, if that can be done; ``error`` says why the job server did not."""
        try:
            self.enqueue_due()
            self.error = ""
        except RedisError as failure:
            self.error = f"{type(failure).__name__}: {failure}"[:200]
            log.warning("job_server_unusable", error=type(failure).__name__)
        except Exception:  # outer loop: the database may be away for a while
            log.exception("feeds_not_enqueued")

    def enqueue_due(self) -> list[str]:
        """The feeds that were enqueued now."""
        with self._hub.engine.connect() as connection, connection.begin():
            sources = list_feed_sources(connection)
        enqueued = []
        for source in sources:
            if source.enabled and self._is_due(source):
                job_id = f"feed-{source.id}"
                job = self._queue.fetch_job(job_id)
                if job is not None and job.get_status() in ("queued", "started"):
                    continue
                self._queue.enqueue(read_feed, source.id, job_id=job_id, result_ttl=0)
                enqueued.append(source.id)
        return enqueued

    def _is_due(self, source: FeedSource) -> bool:
        last = self._hub.board().feeds.get(source.id)
        return last is None or next_reading(last, source.interval_s) <= self._hub.now()


def next_reading(last: FeedRead, interval_s: float) -> datetime:
    """When a feed is read again: after its interval, later and later while it cannot be read.

    The wait doubles with each failure up to ``BACK_OFF_MOST``, spread by the feed's own id so that
    feeds that fell silent together are not asked together; never before the publisher allows it.
    """
    wait = timedelta(seconds=interval_s)
    if last.failures > 1:
        spread = 1.0 + zlib.crc32(last.feed_id.encode()) % 256 / 1024
        doubled = interval_s * 2.0 ** min(last.failures - 1, 20) * spread
        wait = max(wait, min(timedelta(seconds=doubled), BACK_OFF_MOST))
    at = last.read_at + wait
    return max(at, last.not_before) if last.not_before else at
