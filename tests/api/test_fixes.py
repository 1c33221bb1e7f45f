"""Where units are, in two hub processes on one database: one clock, and the newest in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from dispatch.main import create_app
from dispatch.store import clock as clocks
from dispatch.store.clock import SharedClock, database_now
from dispatch.store.engine import make_engine
from dispatch.store.fixes import read_fixes, save_fixes
from dispatch.store.migrations import migrate
from tests.api.conftest import PASSWORD, make_settings
from tests.factories import NOON, make_fix
from tests.fault.hub_child import wait_until
from tests.hub_factories import make_people, make_region

V1 = "/api/v1"


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> str:
    """Of a PostGIS that several processes share."""
    found: str = request.getfixturevalue("postgis").fresh_database()
    migrate(found)
    engine = make_engine(found)
    make_region(engine)
    make_people(engine, PASSWORD)
    engine.dispose()
    return found


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = make_engine(url)
    yield made
    made.dispose()


def behind() -> datetime:
    """A machine's clock that is two seconds behind."""
    return datetime.now(UTC) - timedelta(seconds=2)


def now_of(engine: Engine) -> datetime:
    with engine.connect() as connection, connection.begin():
        return database_now(connection)


@pytest.mark.parametrize(
    "jump", [timedelta(seconds=-2), timedelta(hours=1), timedelta(hours=-1), timedelta(days=400)]
)
def test_the_clock_is_the_databases_whatever_the_machines_says(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    clock = SharedClock(engine)
    for _ in range(5):  # a look that the machine held up is mended by the next
        clock.look()
    monkeypatch.setattr(clocks, "_machine_now", lambda: datetime.now(UTC) + jump)
    before = now_of(engine)
    told = clock.now()
    after = now_of(engine)
    margin = timedelta(seconds=1)
    assert before - margin < told < after + margin


def test_two_processes_agree_on_the_last_fix_though_the_clock_of_one_is_behind(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TestClient(create_app(make_settings(tmp_path / "one", url))) as one:
        monkeypatch.setattr(clocks, "_machine_now", behind)
        with TestClient(create_app(make_settings(tmp_path / "two", url))) as two:
            opened = one.post(f"{V1}/sessions", json={"login": "crew-e12", "password": PASSWORD})
            headers = {"Authorization": f"Bearer {opened.json()['token']}"}

            def last(client: TestClient) -> list[float] | None:
                fixes: list[dict[str, Any]] = client.get(f"{V1}/snapshot", headers=headers).json()[
                    "fixes"
                ]
                return next((fix["at"] for fix in fixes if fix["unit_id"] == "E12"), None)

            def both_show(at: list[float]) -> Callable[[], bool]:
                return lambda: last(one) == last(two) == at

            def later(last_at: datetime) -> Callable[[], bool]:
                return lambda: all(
                    client.app.state.parts.hub.now() > last_at  # type: ignore[attr-defined]
                    for client in (one, two)
                )

            for number, client in enumerate((one, two, one, two)):
                at = [9.5 + number / 100, 47.1]
                sent = client.post(
                    f"{V1}/units/E12/fixes", json={"fixes": [{"at": at}]}, headers=headers
                )
                assert sent.status_code == 202, sent.text
                assert last(client) == at
                wait_until(both_show(at), 90, f"{at} is not everywhere")
                fixes = one.get(f"{V1}/snapshot", headers=headers).json()["fixes"]
                (told,) = (fix["received_at"] for fix in fixes if fix["unit_id"] == "E12")
                received_at = datetime.fromisoformat(told)
                # Their clocks agree but for what asking for the time takes on a busy machine.
                wait_until(later(received_at), 90, "the clocks are far apart")


def test_a_stored_fix_of_a_clock_that_was_set_back_gives_way(engine: Engine) -> None:
    future = NOON + timedelta(seconds=10)
    ahead, now = make_fix("E13", 3600), make_fix("E13", 1)
    for fix in (ahead, now):
        with engine.connect() as connection, connection.begin():
            save_fixes(connection, [fix], future)
    with engine.connect() as connection, connection.begin():
        assert [fix for fix in read_fixes(connection) if fix.unit_id == "E13"] == [now]
        save_fixes(connection, [make_fix("E13", 0)], future)
        assert [fix for fix in read_fixes(connection) if fix.unit_id == "E13"] == [now]
