"""A crew's tablet takes notifications: subscribed by a route, encrypted, read, and answered for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import pytest
from fastapi.testclient import TestClient

from dispatch.domain.delivery import Delivery
from dispatch.main import create_app
from dispatch.settings import DeliverySettings
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from jurisdictions.roster import DeliveryChannel
from tests.api.conftest import PASSWORD, Desk, RunningHub, make_settings
from tests.devices import Device, vapid_claims
from tests.hub_factories import make_people, make_region
from tests.receivers import WebhookReceiver, wait_until, webhook_receiver


@pytest.fixture(scope="module")
def service() -> Iterator[WebhookReceiver]:
    """The push service of a browser, as far as the hub sees it."""
    with webhook_receiver() as made:
        yield made


@pytest.fixture(scope="module")
def hub(
    database: str,
    request: pytest.FixtureRequest,
    service: WebhookReceiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningHub]:
    if database.startswith("sqlite"):
        url = f"sqlite:///{tmp_path_factory.mktemp('push') / 'hub.sqlite'}"
    else:
        url = request.getfixturevalue("postgis").fresh_database()
    migrate(url)
    engine = make_engine(url)
    push = DeliveryChannel(name="push", adapter="push", limit_s=600)
    make_region(engine, over={"fire-a": {"channels": (push,)}})
    make_people(engine, PASSWORD)
    engine.dispose()
    delivery = DeliverySettings(push_services=(service.url,), push_contact="mailto:ops@hub.example")
    settings = make_settings(tmp_path_factory.mktemp("data"), url, delivery=delivery)
    with TestClient(create_app(settings)) as client:
        running = RunningHub(client, settings)
        yield running
        running.watch.verify()


@pytest.fixture(autouse=True)
def nothing_posted_yet(hub: RunningHub, service: WebhookReceiver) -> None:
    wait_until(
        lambda: hub.read(lambda board: all(d.next_at is None for d in board.deliveries.values()))
    )
    service.posted.clear()
    service.answers.clear()


def subscribe(
    hub: RunningHub, crew: Desk, device: Device, endpoint: str, **over: str
) -> httpx2.Response:
    body = {**device.subscription(endpoint), **over}
    return hub.client.post("/api/v1/push/subscriptions", json=body, headers=crew.headers)


def send(hub: RunningHub, unit_id: str) -> str:
    incident_id = hub.call(incident_type="THEFT")["incident_id"]
    answer = hub.desk("dana").give(
        f"/incidents/{incident_id}/assignments",
        {"unit_ids": [unit_id], "override_reason": "asked for"},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["assignments"][0]["id"])


def message_of(hub: RunningHub, assignment_id: str, *states: str) -> Delivery:
    found: list[Delivery] = []

    def is_there() -> bool:
        every = hub.read(lambda board: list(board.deliveries.values()))
        found[:] = [d for d in every if d.assignment_id == assignment_id]
        return bool(found) and found[-1].state in states

    wait_until(is_there)
    return found[-1]


def test_a_crews_tablet_is_told_reads_it_alone_and_says_that_it_shows_it(
    hub: RunningHub, service: WebhookReceiver
) -> None:
    crew, device = hub.desk("crew-e12"), Device()
    offered = crew.get("/push").json()
    assert offered["on"]
    done = subscribe(hub, crew, device, f"{service.url}/send/e12?x=1")
    assert done.status_code == 201, done.text
    assignment_id = send(hub, "E12")
    (posted,) = service.wait_for(1)
    message = message_of(hub, assignment_id, "sent")
    assert posted.path == "/send/e12?x=1"
    assert vapid_claims(posted.headers["authorization"], offered["key"])["aud"] == service.url
    said: dict[str, Any] = orjson.loads(device.read(posted.raw))
    assert (said["id"], said["assignment_id"]) == (message.id, assignment_id)
    assert said["title"].startswith("E12: ")
    assert "14 Mill Rd" in said["title"]
    for personal in ("555-0100", "Ada Example", "smoke from the roof", "by the old mill"):
        assert personal not in said["title"] + said["body"]

    path = f"/api/v1/deliveries/{message.id}/push-receipts"

    def receipt(state: str, token: str) -> int:
        headers = {"Hub-Receipt-Token": token}
        answer = hub.client.post(path, json={"state": state}, headers=headers)
        return int(answer.status_code)

    assert receipt("delivered", "0" * 64) == 401
    assert receipt("acknowledged", said["receipt"]) == 422
    assert receipt("delivered", said["receipt"]) == 200
    assert message_of(hub, assignment_id, "delivered").state == "delivered"
    assert receipt("seen", said["receipt"]) == 200
    assert message_of(hub, assignment_id, "seen").state == "seen"
    assert hub.parts.follower.board.assignments[assignment_id].acknowledged_at is None
    hub.watch.verify()


def test_a_tablet_that_signs_out_or_takes_it_back_hears_no_more(
    hub: RunningHub, service: WebhookReceiver
) -> None:
    crew = Desk(hub.client, "crew-e12", hub.watch)
    subscribe(hub, hub.desk("crew-e12"), Device(), f"{service.url}/first")
    lost = subscribe(hub, crew, Device(), f"{service.url}/lost").json()["id"]
    send(hub, "E12")
    assert {p.path for p in service.wait_for(2)} == {"/first", "/lost"}
    assert crew.delete("/sessions/current").status_code == 200
    assert crew.delete(f"/push/subscriptions/{lost}").status_code == 401
    service.posted.clear()
    for row in hub.read(lambda board: list(board.assignments.values())):
        if row.live:
            hub.desk("dana").give(f"/assignments/{row.id}/status", {"status": "cleared"})
    service.wait_for(1)
    assert {p.path for p in service.posted} == {"/first"}
    mine = subscribe(hub, hub.desk("crew-e12"), Device(), f"{service.url}/second").json()["id"]
    assert hub.desk("crew-e12").delete(f"/push/subscriptions/{mine}").status_code == 200
    assert hub.desk("crew-e12").delete(f"/push/subscriptions/{mine}").status_code == 404
    service.posted.clear()
    failed = message_of(hub, send(hub, "E12"), "failed")
    assert failed.why == "no tablet of the unit takes notifications"
    assert service.posted == []


def test_a_subscription_that_the_push_service_forgot_is_forgotten(
    hub: RunningHub, service: WebhookReceiver
) -> None:
    subscribe(hub, hub.desk("crew-e12"), Device(), f"{service.url}/old")
    service.answers = [(410, {}, b"")]
    assert message_of(hub, send(hub, "E12"), "failed").why == "the tablet's subscription is gone"
    mine = hub.desk("crew-e12").delete("/push/subscriptions/whatever")
    assert mine.status_code == 404


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"p256dh": "AAAA"}, "p256dh"),
        ({"p256dh": "not base64 ä"}, "p256dh"),
        ({"auth": "AAAA"}, "auth"),
    ],
)
def test_keys_that_are_none_say_which_is_wrong(
    hub: RunningHub, service: WebhookReceiver, over: dict[str, str], field: str
) -> None:
    answer = subscribe(hub, hub.desk("crew-e12"), Device(), f"{service.url}/x", **over)
    assert answer.status_code == 422
    assert answer.json()["fields"]["field"] == field


@pytest.mark.parametrize(
    "endpoint", ["https://push.example/abc", "http://169.254.169.254/latest", "file:///etc/passwd"]
)
def test_a_push_service_that_nobody_named_is_refused(hub: RunningHub, endpoint: str) -> None:
    answer = subscribe(hub, hub.desk("crew-e12"), Device(), endpoint)
    assert answer.status_code == 422
    assert answer.json()["fields"]["field"] == "endpoint"


def test_only_crews_subscribe_and_only_where_their_agency_tells_by_notification(
    hub: RunningHub, service: WebhookReceiver
) -> None:
    assert subscribe(hub, hub.desk("dana"), Device(), f"{service.url}/x").status_code == 403
    assert hub.desk("mayor-a").get("/push").status_code == 403
    assert hub.client.get("/api/v1/push").status_code == 401
