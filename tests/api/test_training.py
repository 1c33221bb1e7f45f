"""A training hub beside a live one: neither opens the other's database, and nothing leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from dispatch.main import MistakenDatabase, create_app
from dispatch.settings import DeliverySettings
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from dispatch.store.training import make_for_training, training_of
from jurisdictions.roster import DeliveryChannel
from tests.api.conftest import PASSWORD, RunningHub, make_settings
from tests.hub_factories import make_people, make_region
from tests.receivers import WebhookReceiver, wait_until, webhook_receiver


@pytest.fixture(scope="module")
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as made:
        yield made


def fill(engine: Engine, receiver: WebhookReceiver) -> None:
    """A region whose fire agency is paged, printed to and mailed, as a live one's is."""
    channels = (
        DeliveryChannel(name="pager", adapter="webhook", target=f"{receiver.url}/p", limit_s=1),
        DeliveryChannel(name="printer", adapter="printer", target="{station}", limit_s=1),
        DeliveryChannel(
            name="tones",
            adapter="webhook",
            target=f"{receiver.url}/t/{{station}}",
            limit_s=1,
            pre_alert=True,
        ),
        DeliveryChannel(name="mail", adapter="email", target="{unit}@a.example", limit_s=1),
    )
    make_region(engine, over={"fire-a": {"channels": channels}})
    make_people(engine, PASSWORD)


@pytest.fixture(scope="module")
def training_database(
    database: str,
    request: pytest.FixtureRequest,
    receiver: WebhookReceiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    if database.startswith("sqlite"):
        url = f"sqlite:///{tmp_path_factory.mktemp('training') / 'hub.sqlite'}"
    else:
        url = str(request.getfixturevalue("postgis").fresh_database())
    migrate(url)
    engine = make_engine(url)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        assert training_of(connection) is None
        assert make_for_training(connection)
    fill(engine, receiver)
    with engine.connect() as connection:
        assert training_of(connection) is True
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def hub(training_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    data = tmp_path_factory.mktemp("data")
    console = data / "console"
    console.mkdir()
    page = (
        '<html lang="en"><head><title>Hub</title></head><body><div id="root"></div></body></html>'
    )
    (console / "index.html").write_text(page)
    settings = make_settings(data, training_database, training=True, delivery=DeliverySettings())
    with TestClient(create_app(settings)) as client:
        running = RunningHub(client, settings)
        yield running
        running.watch.verify()


def test_a_crew_is_told_in_the_exercise_and_nothing_leaves_the_hub(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    made = hub.call()
    sent = hub.desk("dana").give(
        f"/incidents/{made['incident_id']}/assignments",
        {"unit_ids": ["E12"], "override_reason": "asked for"},
    )
    assert sent.status_code == 201, sent.text

    def states() -> dict[str, str]:
        told = hub.read(lambda board: list(board.deliveries.values()))
        return {d.channel: d.state for d in told if d.incident_id == made["incident_id"]}

    wait_until(lambda: {"pager", "mail", "printer"} <= set(states()))
    wait_until(lambda: set(states().values()) == {"sent"})
    assert receiver.posted == []
    assert not hub.settings.print_dir.exists()


@pytest.mark.parametrize("path", ["/", "/call", "/dispatch", "/unit", "/look-back", "/index.html"])
def test_every_screen_says_that_it_is_training(hub: RunningHub, path: str) -> None:
    page = hub.client.get(path)
    assert page.status_code == 200
    assert "nothing is sent" in page.text
    assert "data-training" in page.text


def test_programs_are_told_too(hub: RunningHub) -> None:
    assert hub.client.get("/api/v1/health").json()["training"] is True
    pdf = hub.desk("dana").get("/paper-board")
    assert pdf.status_code == 200


def test_a_training_hub_does_not_open_a_live_database(database: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database, training=True)
    client = TestClient(create_app(settings))
    with pytest.raises(MistakenDatabase, match="not made for training"), client:
        pass


def test_a_live_hub_does_not_open_a_training_database(
    training_database: str, tmp_path: Path
) -> None:
    settings = make_settings(tmp_path, training_database)
    client = TestClient(create_app(settings))
    with pytest.raises(MistakenDatabase, match="made for training"), client:
        pass


def test_an_empty_database_is_not_one_for_training_until_it_is_made_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    migrate(url)
    client = TestClient(create_app(make_settings(tmp_path, url, training=True)))
    with pytest.raises(MistakenDatabase, match="hub train"), client:
        pass


def test_a_live_database_cannot_be_made_one_for_training(database: str) -> None:
    engine = make_engine(database)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        assert make_for_training(connection) is False
    engine.dispose()
