"""A full job server delays the reading of feeds, says so, and goes on when there is room."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatch.jobs import polling
from dispatch.jobs.polling import FeedPoller
from dispatch.jobs.queue import connect, queue_on
from dispatch.services.hub import Hub
from dispatch.store.feeds import FeedSource
from tests.factories import NOON
from tests.servers import PartMissing, redis_server, redis_url


def test_a_full_job_server_is_said_and_used_again_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = FeedSource("works", "wzdx", "file:///nowhere", 60, True)
    monkeypatch.setattr(polling, "list_feed_sources", lambda connection: [source])
    board = SimpleNamespace(feeds={})
    hub = SimpleNamespace(engine=_NoDatabase(), board=lambda: board, now=lambda: NOON)
    try:
        with redis_server() as server:
            connection = connect(redis_url(server))
            poller = FeedPoller(cast("Hub", cast("Any", hub)), queue_on(connection), lambda: True)
            connection.config_set("maxmemory-policy", "noeviction")
            connection.config_set("maxmemory", "1")
            poller.look()
            assert "OutOfMemory" in poller.error
            connection.config_set("maxmemory", "0")
            poller.look()
            assert poller.error == ""
            job = poller.enqueue_due()
            assert job == [], "it waits in the queue already"
    except PartMissing as missing:
        pytest.skip(str(missing))


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
