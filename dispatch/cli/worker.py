"""``hub worker``: runs the jobs."""

from __future__ import annotations

from dispatch.cli.output import refuse
from dispatch.jobs.queue import run_worker
from dispatch.settings import HubSettings


def worker() -> None:
    """Run the jobs: reading closure feeds. Start as many as there is work for."""
    redis_url = HubSettings().storage.redis_url
    if not redis_url:
        refuse("There is no job server.", "Set HUB_REDIS_URL, for example redis://127.0.0.1:6379.")
    run_worker(redis_url)
