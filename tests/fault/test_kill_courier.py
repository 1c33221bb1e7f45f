"""kill -9 between sending a message and recording it: it goes out again, under the same id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import uuid
from pathlib import Path

import httpx2

from dispatch.domain.delivery import Delivery
from dispatch.settings import StorageSettings
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from jurisdictions.roster import DeliveryChannel
from tests.fault.hub_child import HUB, hub_environment
from tests.hub_factories import make_people, make_region
from tests.machine import Stopwatch
from tests.receivers import WebhookReceiver, wait_until, webhook_receiver
from tests.servers import free_port

PASSWORD = "quiet river under bridges"


def serve(data_dir: Path, port: int, receiver: WebhookReceiver) -> subprocess.Popen[bytes]:
    """A hub that answers; its roads stay away."""
    environment = hub_environment(data_dir, port) | {
        "HUB_ROADS_SUPERVISE": "false",
        "HUB_DELIVERY_WEBHOOKS": json.dumps({receiver.url: "shared with the pager"}),
    }
    with (data_dir / "hub.log").open("ab") as log:
        child = subprocess.Popen(
            [*HUB, "serve"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_until(lambda: answers(port), within_s=90)
    except AssertionError:
        kill(child)
        raise
    return child


def answers(port: int) -> bool:
    try:
        httpx2.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=5)
    except httpx2.HTTPError:
        return False
    return True


def kill(child: subprocess.Popen[bytes]) -> None:
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def send_engine(port: int) -> str:
    """Take a call, send E12 to it; the assignment's id."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60.0) as desk:

        def give(path: str, **body: object) -> dict[str, object]:
            answer = desk.post(path, json=body)
            assert answer.status_code == 201, answer.text
            said: dict[str, object] = answer.json()
            return said

        token = give("/sessions", login="dana", password=PASSWORD)["token"]
        desk.headers["authorization"] = f"Bearer {token}"
        place = {"at": [9.5066, 47.1045], "address": "14 Mill Rd"}
        call = give("/calls", command_id=uuid.uuid4().hex, place=place, incident_type="FIRE")
        sent = give(
            f"/incidents/{call['incident_id']}/assignments",
            command_id=uuid.uuid4().hex,
            unit_ids=["E12"],
            override_reason="it is near",
        )
    assignments = sent["assignments"]
    assert isinstance(assignments, list)
    return str(assignments[0]["id"])


def test_a_message_that_was_sent_and_not_recorded_goes_out_again_under_its_id(
    tmp_path: Path,
) -> None:
    database = StorageSettings(data_dir=tmp_path).database
    migrate(database)
    engine = make_engine(database)
    with webhook_receiver() as receiver:
        pager = DeliveryChannel(
            name="pager", adapter="webhook", target=f"{receiver.url}/page", limit_s=600
        )
        make_region(engine, over={"fire-a": {"channels": (pager,)}})
        make_people(engine, PASSWORD)
        port = free_port()
        receiver.delay_s = 6.0
        child = serve(tmp_path, port, receiver)
        try:
            assignment_id = send_engine(port)
            (first,) = receiver.wait_for(1)
        finally:
            kill(child)
        receiver.delay_s = 0.0
        watch = Stopwatch()
        child = serve(tmp_path, port, receiver)
        try:
            _, second = receiver.wait_for(2, within_s=60)

            def recorded() -> list[Delivery]:
                found = load_board(engine).board.deliveries.values()
                return [d for d in found if d.assignment_id == assignment_id and d.state == "sent"]

            wait_until(lambda: bool(recorded()), within_s=60)
            assert watch.fair_s() < 20
        finally:
            kill(child)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert [delivery.id for delivery in recorded()] == [first.body["id"]]
    engine.dispose()
