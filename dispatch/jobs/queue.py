"""The job server's connection, its one queue, and the worker that empties it."""

from __future__ import annotations

from redis import Redis
from rq import Queue, SimpleWorker, Worker

QUEUE_NAME = "hub"
JOB_TIMEOUT_S = 120


def connect(redis_url: str) -> Redis:
    """A connection with time-outs, so that a job server that hangs holds nobody up."""
    return Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=30)


def queue_on(connection: Redis) -> Queue:
    """The hub's queue."""
    return Queue(QUEUE_NAME, connection=connection, default_timeout=JOB_TIMEOUT_S)


def run_worker(redis_url: str, *, forks: bool = True) -> None:
    """Empty the queue until stopped, each job in a process of its own unless ``forks`` is False."""
    connection = connect(redis_url)
    kind = Worker if forks else SimpleWorker
    kind([queue_on(connection)], connection=connection).work(logging_level="WARNING")
