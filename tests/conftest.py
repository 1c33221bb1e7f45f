"""What every test folder shares: servers on demand, and what a missing part means.

A test that needs Chromium, PostGIS, Redis or the real data asks for the fixture of that name and
is skipped, with the reason, where the part is absent. With ``HUB_REQUIRE_ALL=1`` a skip is a
failure, except in the folders that ``HUB_MAY_SKIP`` names (separated by commas).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import structlog
from hypothesis import HealthCheck, settings

from dispatch.bench.console import find_chromium
from tests.servers import (
    PartMissing,
    PostgisServer,
    Server,
    postgis_server,
    redis_server,
    redis_url,
)

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
NO_CHROMIUM = "no Chromium found on the path or in HUB_CHROMIUM"


# How long an example takes says how busy the machine is, and nothing of what is held.
settings.register_profile(
    "patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """End in order when terminated, so that the servers which tests started end too.

    A fault that a hub logs is shown plainly: to draw it with every local value holds its loop up
    for seconds on a busy machine.
    """
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    *others, _ = structlog.get_config()["processors"]
    structlog.configure(processors=[*others, plain])


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Chromium's program."""
    found = find_chromium()
    if found is None:
        pytest.skip(NO_CHROMIUM)
    return found


@pytest.fixture(scope="session")
def postgis() -> Iterator[PostgisServer]:
    """A PostgreSQL cluster with PostGIS, for tests that make databases or stop the server."""
    try:
        with postgis_server() as server:
            yield server
    except PartMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgis_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: ``HUB_TEST_POSTGIS_URL``, else one in a cluster of our own."""
    named = os.environ.get("HUB_TEST_POSTGIS_URL")
    if named:
        return named
    server: PostgisServer = request.getfixturevalue("postgis")
    return server.fresh_database()


@pytest.fixture(scope="session")
def redis() -> Iterator[Server]:
    """A Redis server, for tests that stop it."""
    try:
        with redis_server() as server:
            yield server
    except PartMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def redis_test_url(request: pytest.FixtureRequest) -> str:
    """The URL of a Redis: ``HUB_TEST_REDIS_URL``, else a server of our own."""
    named = os.environ.get("HUB_TEST_REDIS_URL")
    if named:
        return named
    return redis_url(request.getfixturevalue("redis"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _skip_fails(report, item)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _skip_fails(report, collector)


def _skip_fails(report: Report, node: pytest.Item | pytest.Collector) -> Report:
    """Turn a skip into a failure where every part is required."""
    required = os.environ.get("HUB_REQUIRE_ALL", "") not in ("", "0")
    if required and report.outcome == "skipped" and not _may_skip(node.path):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{node.nodeid}: skipped although HUB_REQUIRE_ALL is set: {reason}"
    return report


def _may_skip(path: Path) -> bool:
    root = Path(__file__).parents[1]
    allowed = filter(None, os.environ.get("HUB_MAY_SKIP", "").split(","))
    return any(path.is_relative_to(root / folder) for folder in allowed)
