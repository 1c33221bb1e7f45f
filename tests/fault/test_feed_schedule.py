"""The schedule of feeds on a real job server, which may be full or lose it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rq import Queue

from dispatch.domain.events import FeedRead
from dispatch.jobs import polling
from dispatch.jobs.polling import FeedPoller
from dispatch.jobs.queue import connect, queue_on
from dispatch.services.hub import Hub
from dispatch.store.feeds import FeedSource
from tests.servers import Server, redis_url

WORKS = FeedSource("works", "wzdx", "file:///nowhere", 60, True)


@dataclass
class Desk:
    """A poller on a job server, and what the hub would tell it."""

    poller: FeedPoller
    queue: Queue
    sources: list[FeedSource]
    feeds: dict[str, FeedRead]

    def queued(self) -> list[str]:
        """What a worker would take now."""
        return self.queue.get_job_ids()

    def scheduled(self) -> dict[str, datetime]:
        """When each job that waits for its time is queued."""
        registry = self.queue.scheduled_job_registry
        return {name: registry.get_scheduled_time(name) for name in registry.get_job_ids()}


@pytest.fixture
def desk(redis: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A job server that holds nothing, and one source."""
    sources, feeds = [WORKS], dict[str, FeedRead]()
    monkeypatch.setattr(polling, "list_feed_sources", lambda connection: list(sources))
    hub = SimpleNamespace(
        engine=_NoDatabase(),
        board=lambda: SimpleNamespace(feeds=feeds),
        now=lambda: datetime.now(UTC),
    )
    queue = queue_on(connect(redis_url(redis)))
    queue.connection.flushall()
    yield Desk(
        FeedPoller(cast("Hub", cast("Any", hub)), queue, lambda: True), queue, sources, feeds
    )
    queue.connection.config_set("maxmemory", "0")
    queue.connection.flushall()


def read_now(failures: int = 0) -> FeedRead:
    """A reading that has just ended."""
    return FeedRead(feed_id="works", ok=not failures, read_at=datetime.now(UTC), failures=failures)


def test_a_full_job_server_is_said_and_used_again_when_there_is_room(desk: Desk) -> None:
    connection = desk.queue.connection
    connection.config_set("maxmemory-policy", "noeviction")
    connection.config_set("maxmemory", "1")
    desk.poller.look()
    assert "OutOfMemory" in desk.poller.error
    connection.config_set("maxmemory", "0")
    desk.poller.look()
    assert desk.poller.error == ""
    assert desk.queued() == ["feed-works"]


def test_a_feed_is_queued_once_when_it_is_due_and_waits_in_the_schedule_until_then(
    desk: Desk,
) -> None:
    for _ in range(3):
        desk.poller.look()
    assert desk.queued() == ["feed-works"]
    desk.queue.empty()  # type: ignore[no-untyped-call]
    desk.feeds["works"] = read = read_now()
    for _ in range(3):
        desk.poller.look()
    at = (read.read_at + timedelta(seconds=60)).replace(microsecond=0)
    assert (desk.queued(), desk.scheduled()) == ([], {"feed-works": at})


def test_the_schedule_follows_the_source_and_its_failures(desk: Desk) -> None:
    desk.feeds["works"] = read = read_now(failures=4)
    desk.poller.look()
    assert desk.scheduled()["feed-works"] > read.read_at + timedelta(seconds=400)
    desk.sources[:] = [WORKS._replace(interval_s=3600)]
    desk.feeds["works"] = read = read_now()
    desk.poller.look()
    assert desk.scheduled()["feed-works"] > read.read_at + timedelta(seconds=3598)
    desk.sources[:] = [WORKS._replace(enabled=False)]
    desk.poller.look()
    assert (desk.queued(), desk.scheduled()) == ([], {})
    desk.sources[:] = [WORKS]
    desk.poller.look()
    assert list(desk.scheduled()) == ["feed-works"]


def test_a_job_server_that_lost_it_all_is_told_again(desk: Desk) -> None:
    desk.feeds["works"] = read_now()
    desk.poller.look()
    desk.queue.connection.flushall()
    desk.poller.look()
    assert list(desk.scheduled()) == ["feed-works"]
    assert desk.poller.error == ""


class _NoDatabase:
    """The sources come from the test; nothing else of the database is asked."""

    def connect(self) -> _NoDatabase:
        return self

    def begin(self) -> _NoDatabase:
        return self

    def __enter__(self) -> _NoDatabase:
        return self

    def __exit__(self, *failure: object) -> None:
        """Nothing is open."""
