"""When feeds are read: the leader enqueues each source whose interval has passed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from redis.exceptions import RedisError
from rq import Queue

from dispatch.jobs.feeds import read_feed
from dispatch.services.hub import Hub
from dispatch.store.feeds import FeedSource, list_feed_sources

LOOK_EVERY_S = 2.0

log = structlog.get_logger()


class FeedPoller:
    """Enqueues due feeds while ``leads()`` is true. A feed that still waits is not queued twice."""

    def __init__(self, hub: Hub, queue: Queue, leads: Callable[[], bool]) -> None:
        self._hub = hub
        self._queue = queue
        self._leads = leads

    async def run(self) -> None:
        """Until it is cancelled. A job server that is gone delays reading and nothing else."""
        while True:
            if self._leads():
                try:
                    await asyncio.to_thread(self.enqueue_due)
                except RedisError as failure:
                    log.warning("job_server_unreachable", error=type(failure).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

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
        interval = timedelta(seconds=source.interval_s)
        return last is None or last.read_at + interval <= self._hub.now()
