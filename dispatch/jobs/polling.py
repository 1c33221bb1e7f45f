"""When feeds are read: the leader keeps the next reading of each source in RQ's schedule."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.job import JobStatus
from rq.scheduler import RQScheduler

from dispatch.domain.events import FeedRead
from dispatch.jobs.feeds import read_feed
from dispatch.services.hub import Hub
from dispatch.store.feeds import FeedSource, list_feed_sources

LOOK_EVERY_S = 2.0
BACK_OFF_MOST = timedelta(minutes=15)

log = structlog.get_logger()


class FeedPoller:
    """Schedules feeds while ``leads()`` is true. A feed that still waits is not queued twice.

    RQ's scheduler is run here and not by a worker: forked from one, it outlives a worker that is
    killed, and its lock would hold every feed up for a minute when another hub takes the lead.
    """

    def __init__(self, hub: Hub, queue: Queue, leads: Callable[[], bool]) -> None:
        self._hub = hub
        self._queue = queue
        self._leads = leads
        self._scheduler = RQScheduler([queue], queue.connection, logging_level="WARNING")
        self._scheduler.prepare_registries([queue.name])
        self.error = ""
        """Why the job server took nothing at the last try; empty: it did, or nobody tried."""

    async def run(self) -> None:
        """Until it is cancelled. A job server that is gone or full delays reading alone."""
        while True:
            if self._leads():
                await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Schedule, and queue what is due, if that can be done; ``error`` says why it cannot."""
        try:
            self.schedule()
            self._scheduler.enqueue_scheduled_jobs()  # type: ignore[no-untyped-call]
            self.error = ""
        except RedisError as failure:
            self.error = f"{type(failure).__name__}: {failure}"[:200]
            log.warning("job_server_unusable", error=type(failure).__name__)
        except Exception:  # outer loop: the database may be away for a while
            log.exception("feeds_not_scheduled")

    def schedule(self) -> None:
        """Enter when each source is read next, and take out what is switched off or gone."""
        with self._hub.engine.connect() as connection, connection.begin():
            sources = list_feed_sources(connection)
        due = {f"feed-{s.id}": (s, self._due_at(s)) for s in sources if s.enabled}
        registry = self._queue.scheduled_job_registry
        for job_id in registry.get_job_ids(cleanup=False):
            if job_id not in due:
                registry.remove(job_id)
                if job := self._queue.fetch_job(job_id):
                    job.delete()
        for job_id, (source, at) in due.items():
            job = self._queue.fetch_job(job_id)
            state = job.get_status(refresh=False) if job else None
            if state in (JobStatus.QUEUED, JobStatus.STARTED):
                continue
            if job and state == JobStatus.SCHEDULED:
                registry.schedule(job, at)  # its interval, its failures or its publisher may differ
            else:
                self._queue.enqueue_at(at, read_feed, source.id, job_id=job_id, result_ttl=0)

    def _due_at(self, source: FeedSource) -> datetime:
        last = self._hub.board().feeds.get(source.id)
        return self._hub.now() if last is None else next_reading(last, source.interval_s)


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
