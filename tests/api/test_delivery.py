"""Messages leave a running hub by webhook, are tried again, and receipts come back."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from dispatch.adapters.signing import is_signed, signature
from dispatch.domain import delivering
from dispatch.domain.delivery import Delivery
from dispatch.main import create_app
from dispatch.settings import DeliverySettings, HubSettings
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from jurisdictions.roster import DeliveryChannel
from tests.api.conftest import PASSWORD, RunningHub, make_settings
from tests.hub_factories import make_people, make_region
from tests.receivers import (
    MailReceiver,
    WebhookReceiver,
    mail_receiver,
    wait_until,
    webhook_receiver,
)

FIRE_POOL = tuple(f"FIRE {number}" for number in range(1, 41))
SECRET = "shared-with-the-pager"
PATIENT_S = 8.0
"""A message that waits so long is overtaken by two commands on any machine."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as made:
        yield made


@pytest.fixture(scope="module")
def mailbox() -> Iterator[MailReceiver]:
    with mail_receiver() as made:
        yield made


@pytest.fixture(scope="module")
def told_by_channels(
    database: str,
    request: pytest.FixtureRequest,
    receiver: WebhookReceiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    return with_channels(database, request, receiver, tmp_path_factory)


def with_channels(
    database: str,
    request: pytest.FixtureRequest,
    receiver: WebhookReceiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """A database of the same kind, with a region whose fire agency has channels."""
    if database.startswith("sqlite"):
        url = f"sqlite:///{tmp_path_factory.mktemp('delivery') / 'hub.sqlite'}"
    else:
        url = request.getfixturevalue("postgis").fresh_database()
    migrate(url)
    engine = make_engine(url)
    channels = (
        DeliveryChannel(
            name="pager",
            adapter="webhook",
            target=f"{receiver.url}/page/{{unit}}",
            limit_s=600,
        ),
        DeliveryChannel(name="tablet", adapter="tablet", limit_s=600),
    )
    elsewhere = DeliveryChannel(
        name="pager", adapter="webhook", target="http://127.0.0.1:9/page", limit_s=600
    )
    tones = DeliveryChannel(
        name="tones",
        adapter="webhook",
        target=f"{receiver.url}/tones/{{station}}",
        limit_s=1,
        pre_alert=True,
    )
    mail = DeliveryChannel(name="mail", adapter="email", target="{unit}@ashby.example", limit_s=600)
    paper = DeliveryChannel(name="printer", adapter="printer", target="{station}", limit_s=600)
    make_region(
        engine,
        over={
            "fire-a": {"channels": channels, "talkgroups": FIRE_POOL},
            "ems-a": {"channels": (tones, mail)},
            "law-a": {"channels": (elsewhere, paper)},
        },
    )
    make_people(engine, PASSWORD)
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def hub(
    told_by_channels: str,
    receiver: WebhookReceiver,
    mailbox: MailReceiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningHub]:
    settings = telling(tmp_path_factory.mktemp("data"), told_by_channels, receiver, mailbox)
    with TestClient(create_app(settings)) as client:
        running = RunningHub(client, settings)
        yield running
        running.watch.verify()


def telling(
    data_dir: Path, url: str, receiver: WebhookReceiver, mailbox: MailReceiver
) -> HubSettings:
    return make_settings(
        data_dir,
        url,
        delivery=DeliverySettings(
            delivery_webhooks={receiver.url: SECRET},
            delivery_receipts_url="https://hub.example",
            mail_host="127.0.0.1",
            mail_port=mailbox.port,
            mail_security="none",
            mail_from="dispatch@hub.example",
        ),
    )


@pytest.fixture(autouse=True)
def nothing_posted_yet(hub: RunningHub, receiver: WebhookReceiver) -> None:
    """What the test before left to send is out: its crews were told to turn back."""
    wait_until(
        lambda: hub.read(lambda board: all(d.next_at is None for d in board.deliveries.values()))
    )
    receiver.posted.clear()
    receiver.answers.clear()
    receiver.cuts.clear()


def send(hub: RunningHub, *unit_ids: str, incident_id: str | None = None) -> list[dict[str, Any]]:
    incident_id = incident_id or hub.call(incident_type="THEFT")["incident_id"]
    answer = hub.desk("dana").give(
        f"/incidents/{incident_id}/assignments",
        {"unit_ids": list(unit_ids), "override_reason": "asked for"},
    )
    assert answer.status_code == 201, answer.text
    assignments: list[dict[str, Any]] = answer.json()["assignments"]
    return assignments


def deliveries(hub: RunningHub, assignment_id: str) -> list[Delivery]:
    return hub.read(
        lambda board: [d for d in board.deliveries.values() if d.assignment_id == assignment_id]
    )


def wait_for_state(hub: RunningHub, assignment_id: str, *states: str) -> list[Delivery]:
    wait_until(lambda: [d.state for d in deliveries(hub, assignment_id)] == list(states))
    return deliveries(hub, assignment_id)


def receipt(
    hub: RunningHub, delivery_id: str, state: str, secret: str = SECRET, at_s: float = 0.0
) -> int:
    body = orjson.dumps({"state": state})
    timestamp = str(int(time.time() + at_s))
    headers = {
        "Hub-Timestamp": timestamp,
        "Hub-Signature": signature(secret, timestamp, body),
        "Content-Type": "application/json",
    }
    path = f"/api/v1/deliveries/{delivery_id}/receipts"
    return int(hub.client.post(path, content=body, headers=headers).status_code)


def test_a_crew_is_paged_with_what_it_needs_signed_and_under_its_id(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    (assignment,) = send(hub, "E12")
    (posted,) = receiver.wait_for(1)
    (sent,) = wait_for_state(hub, assignment["id"], "sent")
    assert posted.path == "/page/E12"
    assert posted.headers["idempotency-key"] == sent.id == posted.body["id"]
    assert posted.body["assignment_id"] == assignment["id"]
    assert posted.body["about"] == "assignment"
    assert (posted.body["unit"], posted.body["address"]) == ("E12", "14 Mill Rd")
    assert posted.body["units"] == ["E12"]
    assert posted.body["receipts"] == f"https://hub.example/api/v1/deliveries/{sent.id}/receipts"
    for personal in ("555-0100", "Ada Example", "smoke from the roof", "by the old mill"):
        assert personal.encode() not in posted.raw
    given = posted.headers["hub-signature"]
    timestamp = posted.headers["hub-timestamp"]
    assert is_signed(SECRET, timestamp, posted.raw, given, time.time())
    assert not is_signed("another", timestamp, posted.raw, given, time.time())
    hub.watch.verify()


def test_receipts_come_back_signed_and_an_acknowledgement_answers_for_the_crew(
    hub: RunningHub,
) -> None:
    (assignment,) = send(hub, "E12")
    (sent,) = wait_for_state(hub, assignment["id"], "sent")
    assert receipt(hub, sent.id, "delivered") == 200
    assert receipt(hub, sent.id, "delivered") == 200
    wait_for_state(hub, assignment["id"], "delivered")
    assert receipt(hub, sent.id, "acknowledged") == 200
    wait_for_state(hub, assignment["id"], "acknowledged")
    stands = hub.parts.follower.board.assignments[assignment["id"]]
    assert stands.acknowledged_by == "device"
    hub.watch.verify()


def test_a_receipt_that_its_receiver_did_not_sign_is_refused(hub: RunningHub) -> None:
    (assignment,) = send(hub, "E12")
    (sent,) = wait_for_state(hub, assignment["id"], "sent")
    assert receipt(hub, sent.id, "acknowledged", secret="guessed") == 401
    assert receipt(hub, sent.id, "acknowledged", at_s=-400) == 401
    assert receipt(hub, "no-such-message", "acknowledged") == 401
    assert receipt(hub, sent.id, "answered") == 422
    assert deliveries(hub, assignment["id"])[0].state == "sent"


def test_what_is_refused_for_now_comes_again_under_the_same_id(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    receiver.answers = [(503, {}, b""), (202, {}, b"")]
    (assignment,) = send(hub, "E12")
    first, second = receiver.wait_for(2)
    (sent,) = wait_for_state(hub, assignment["id"], "sent")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == sent.id
    assert (first.body["attempt"], second.body["attempt"], sent.attempts) == (1, 2, 1)


def test_a_receiver_that_has_it_with_the_crew_already_may_say_so(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    receiver.answers = [(200, {}, b'{"state":"delivered"}')]
    (assignment,) = send(hub, "E12")
    wait_for_state(hub, assignment["id"], "delivered")


@pytest.mark.parametrize(
    "answer", [(404, {}, b""), (302, {"Location": "http://127.0.0.1:9/"}, b"")]
)
def test_a_refusal_for_good_fails_and_a_redirect_is_not_followed(
    hub: RunningHub, receiver: WebhookReceiver, answer: tuple[int, dict[str, str], bytes]
) -> None:
    receiver.answers = [answer]
    (assignment,) = send(hub, "E12")
    (failed,) = wait_for_state(hub, assignment["id"], "failed")
    assert failed.why == f"answered {answer[0]}"
    assert len(receiver.posted) == 1


def test_nothing_goes_to_a_host_that_is_not_allowed_and_the_next_channel_is_tried_at_once(
    hub: RunningHub,
) -> None:
    (assignment,) = send(hub, "P1")
    failed, printed = wait_for_state(hub, assignment["id"], "failed", "sent")
    assert failed.why == "its host is not among the allowed ones"
    (page,) = (hub.settings.print_dir / "ST1").glob(f"*-{printed.id}.pdf")
    assert page.read_bytes().startswith(b"%PDF-")
    assert hub.parts.follower.board.assignments[assignment["id"]].escalation == 0


def test_silence_on_one_channel_reddens_the_row_and_goes_on_to_the_next(
    hub: RunningHub, mailbox: MailReceiver
) -> None:
    letters = len(mailbox.letters)
    (assignment,) = send(hub, "M1")
    wait_for_state(hub, assignment["id"], "sent", "sent")
    assert len(mailbox.letters) == letters + 1
    assert b"To: M1@ashby.example" in mailbox.letters[-1]
    stands = hub.parts.follower.board.assignments[assignment["id"]]
    assert (stands.escalation, stands.acknowledged_at) == (1, None)
    hub.watch.verify()


def test_a_crew_that_turns_back_gets_a_cancel_that_names_its_assignment(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    (assignment,) = send(hub, "E12")
    receiver.wait_for(1)
    wait_for_state(hub, assignment["id"], "sent")
    path = f"/assignments/{assignment['id']}/status"
    assert hub.desk("dana").give(path, {"status": "cleared"}).status_code == 200
    _, cancel = receiver.wait_for(2)
    assert (cancel.body["about"], cancel.body["assignment_id"]) == ("cancel", assignment["id"])
    assert cancel.body["id"] != receiver.posted[0].body["id"]


def test_a_crew_that_was_told_an_address_hears_of_another_once_for_all_that_changed(
    hub: RunningHub, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "COALESCE_S", PATIENT_S)
    incident_id = hub.call(incident_type="THEFT")["incident_id"]
    (assignment,) = send(hub, "E12", incident_id=incident_id)
    wait_for_state(hub, assignment["id"], "sent")
    board, desk = hub.parts.follower.board, hub.desk("dana")
    place = {"at": [9.5066, 47.1045], "address": "16 Mill Rd", "verified": True}
    revision = board.incidents[incident_id].revision
    for change in ({"place": place}, {"priority": 2}):
        body = {"command_id": uuid.uuid4().hex, "revision": revision, **change}
        answer = hub.client.patch(
            f"/api/v1/incidents/{incident_id}", json=body, headers=desk.headers
        )
        assert answer.status_code == 200, answer.text
        revision += 1
    first, update = receiver.wait_for(2)
    wait_for_state(hub, assignment["id"], "sent", "sent")
    assert (first.body["about"], update.body["about"]) == ("assignment", "update")
    assert update.body["assignment_id"] == assignment["id"]
    assert update.body["address"] == "16 Mill Rd"
    assert update.body["changed"]["address"]["was"].startswith("14 Mill Rd")
    assert set(update.body["changed"]) == {"address", "priority"}
    assert len(receiver.posted) == 2
    hub.watch.verify()


def test_an_old_cancel_is_dropped_when_the_unit_has_a_newer_assignment(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    incident_id = hub.call(incident_type="THEFT")["incident_id"]
    (old,) = send(hub, "E12")
    wait_for_state(hub, old["id"], "sent")
    receiver.answers = [(503, {"Retry-After": f"{PATIENT_S:.0f}"}, b"")]
    hub.desk("dana").give(f"/assignments/{old['id']}/status", {"status": "cleared"})
    receiver.wait_for(2)
    wait_until(lambda: any(d.attempts for d in deliveries(hub, old["id"])))
    (new,) = send(hub, "E12", incident_id=incident_id)
    wait_for_state(hub, new["id"], "sent")
    wait_until(lambda: {d.state for d in deliveries(hub, old["id"])} == {"sent", "dropped"})
    (cancel,) = [d for d in deliveries(hub, old["id"]) if d.about == "cancel"]
    assert cancel.why == "a newer assignment of the unit stands"
    assert [p.body["about"] for p in receiver.posted] == ["assignment", "cancel", "assignment"]
    hub.watch.verify()


def test_a_channel_that_fails_is_on_the_floors_board_and_the_health_page_until_it_works(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    receiver.answers = [(404, {}, b"")]
    (assignment,) = send(hub, "E12")
    wait_for_state(hub, assignment["id"], "failed")

    def shown(login: str) -> list[str]:
        board = hub.desk(login).get("/snapshot").json()["board"]
        faults = [f for f in board["channel_faults"] if f["agency_id"] == "fire-a"]
        return [f"{f['channel']}: {f['why']}" for f in faults]

    assert shown("dana") == shown("ashby-desk") == ["pager: answered 404"]
    assert shown("brill-desk") == shown("crew-e12") == shown("mayor-a") == []

    def part() -> dict[str, Any]:
        told: dict[str, Any] = hub.client.get("/api/v1/health").json()["parts"]["channels"]
        return told

    wait_until(lambda: "fire-a/pager" in part())
    assert not part()["ok"]
    assert part()["fire-a/pager"]["error"] == "answered 404"
    hub.watch.verify()
    (other,) = send(hub, "E13")
    wait_for_state(hub, other["id"], "sent")
    assert shown("dana") == []
    wait_until(lambda: "fire-a/pager" not in part())
    hub.watch.verify()


def test_a_station_is_alerted_before_anybody_is_sent(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    incident_id = hub.call()["incident_id"]
    (alert,) = receiver.wait_for(1)
    assert (alert.path, alert.body["about"]) == ("/tones/ST1", "pre_alert")
    assert (alert.body["unit"], alert.body["assignment_id"]) == (None, None)
    incident = hub.parts.follower.board.incidents[incident_id]
    assert alert.body["incident"] == incident.number
    change = {"revision": incident.revision, "priority": 2}
    path = f"/incidents/{incident_id}"
    assert hub.desk("dana").give(path, change, method="PATCH").status_code == 200
    (_, update) = receiver.wait_for(2)
    assert (update.path, update.body["about"]) == ("/tones/ST1", "update")
    assert update.body["changed"] == {"priority": {"was": "1"}}
    closed = hub.desk("dana").give(f"{path}/closings", {"disposition": "false alarm"})
    assert closed.status_code == 201, closed.text
    (_, _, cancel) = receiver.wait_for(3)
    assert (cancel.body["about"], cancel.body["station"]) == ("cancel", "ST1")
    assert cancel.body["incident"] == incident.number
    hub.watch.verify()


def test_a_station_stood_down_by_a_hold_is_alerted_again_when_it_is_let_go(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    incident_id = hub.call()["incident_id"]
    path, desk = f"/incidents/{incident_id}", hub.desk("dana")
    receiver.wait_for(1)
    until = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    held = desk.give(f"{path}/holds", {"until": until, "reason": "weather"})
    assert held.status_code in (200, 201), held.text
    receiver.wait_for(2)
    incident = hub.parts.follower.board.incidents[incident_id]
    change = {"revision": incident.revision, "priority": 2}
    assert desk.give(path, change, method="PATCH").status_code == 200
    let_go = desk.give(f"{path}/holds", {"until": None, "reason": ""})
    assert let_go.status_code in (200, 201), let_go.text
    alert, cancel, again = receiver.wait_for(3)
    told = [(p.path, p.body["about"], p.body["priority"]) for p in (alert, cancel, again)]
    assert told == [
        ("/tones/ST1", "pre_alert", 1),
        ("/tones/ST1", "cancel", 1),
        ("/tones/ST1", "pre_alert", 2),
    ]
    assert again.body["id"] != alert.body["id"]
    closed = desk.give(f"{path}/closings", {"disposition": "false alarm"})
    assert closed.status_code == 201, closed.text
    (*_, stand_down) = receiver.wait_for(4)
    assert stand_down.body["about"] == "cancel"
    hub.watch.verify()


def test_a_hold_that_ends_by_the_clock_alerts_its_station_though_nobody_acts(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    incident_id = hub.call()["incident_id"]
    receiver.wait_for(1)
    hold_for(hub, incident_id, 600)
    receiver.wait_for(2)
    hold_shortly(hub, incident_id)
    alert, cancel, again = receiver.wait_for(3)
    told = [(p.path, p.body["about"]) for p in (alert, cancel, again)]
    assert told == [("/tones/ST1", about) for about in ("pre_alert", "cancel", "pre_alert")]
    assert again.body["id"] != alert.body["id"]

    def is_over() -> bool:
        hold = hub.read(lambda board: board.incidents[incident_id].hold)
        assert hold is not None
        return hold.over

    wait_until(is_over)  # the courier reads the tables, and may be ahead of the board
    closing = {"disposition": "false alarm"}
    closed = hub.desk("dana").give(f"/incidents/{incident_id}/closings", closing)
    assert closed.status_code == 201, closed.text
    assert [p.body["about"] for p in receiver.wait_for(4)[3:]] == ["cancel"]
    hub.watch.verify()


def hold_for(hub: RunningHub, incident_id: str, seconds: float) -> datetime | None:
    """Hold it, or hold it anew; until when, or None where that is past already."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    body = {"until": until.isoformat(), "reason": "weather"}
    held = hub.desk("dana").give(f"/incidents/{incident_id}/holds", body)
    return until if held.status_code == 201 else None


def hold_shortly(hub: RunningHub, incident_id: str) -> datetime:
    """Hold it for two seconds, or for more where the machine takes longer; until when."""
    ends = (hold_for(hub, incident_id, seconds) for seconds in (2, 10, 60))
    return next(until for until in ends if until is not None)


def test_a_hold_that_ended_while_no_hub_ran_alerts_its_station_once(
    database: str,
    request: pytest.FixtureRequest,
    receiver: WebhookReceiver,
    mailbox: MailReceiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    url = with_channels(database, request, receiver, tmp_path_factory)
    settings = telling(tmp_path_factory.mktemp("data"), url, receiver, mailbox)
    with TestClient(create_app(settings)) as client:
        before = RunningHub(client, settings)
        incident_id = before.call()["incident_id"]
        receiver.wait_for(1)
        hold_for(before, incident_id, 600)
        receiver.wait_for(2)
        until = hold_shortly(before, incident_id)
    wait_until(lambda: datetime.now(UTC) > until)
    with TestClient(create_app(settings)) as client:
        after = RunningHub(client, settings)
        wait_until(lambda: len(told_once(receiver)) == 3)
        closing = {"disposition": "false alarm"}
        closed = after.desk("dana").give(f"/incidents/{incident_id}/closings", closing)
        assert closed.status_code == 201, closed.text
        wait_until(lambda: len(told_once(receiver)) == 4)
    assert told_once(receiver) == ["pre_alert", "cancel", "pre_alert", "cancel"]


def told_once(receiver: WebhookReceiver) -> list[str]:
    """What each message is about, once for each id: a hub that stops may send one again."""
    return list({p.body["id"]: p.body["about"] for p in list(receiver.posted)}.values())


def test_a_link_that_is_cut_in_mid_message_loses_no_alert_and_doubles_none(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    """RELIABILITY section 3, row 21: a station whose link fails, then works again."""
    receiver.cuts = ["in the message", "before the answer", "in the message"]
    sent = [send(hub, unit)[0]["id"] for unit in ("E12", "E13")]
    for assignment_id in sent:
        wait_for_state(hub, assignment_id, "sent")
    whole: dict[str, int] = Counter()
    for posted in receiver.posted:
        length = int(posted.headers["content-length"])
        whole[posted.headers["idempotency-key"]] += len(posted.raw) == length
    assert len(receiver.posted) == len(sent) + 3, "each cut one was sent once more, and no other"
    assert sorted(whole) == sorted(deliveries(hub, of)[0].id for of in sent)
    assert sum(whole.values()) == len(sent) + 1, "an answer that was lost makes one come twice"
    for delivery_id in whole:
        assert [receipt(hub, delivery_id, "acknowledged") for _ in range(2)] == [200, 200]
    stands = hub.parts.follower.board.assignments
    assert all(stands[of].acknowledged_at for of in sent), "as many answers as alerts"


def test_the_devices_screen_says_that_it_shows_the_assignment(hub: RunningHub) -> None:
    (assignment,) = send(hub, "E12")
    crew = hub.desk("crew-e12")
    path = f"/assignments/{assignment['id']}/receipt"
    assert crew.give(path).status_code == 200
    assert crew.give(path, {"seen": True}).status_code == 200
    stands = hub.parts.follower.board.assignments[assignment["id"]]
    assert stands.received_at is not None
    assert stands.seen_at is not None


def test_a_status_that_a_tablet_brings_late_stands_where_it_was_pressed(hub: RunningHub) -> None:
    (assignment,) = send(hub, "E12")
    path = f"/assignments/{assignment['id']}/status"
    pressed_at = hub.parts.follower.board.assignments[assignment["id"]].assigned_at
    assert hub.desk("dana").give(path, {"status": "on_scene"}).status_code == 200
    late = {"status": "enroute", "device_at": pressed_at.isoformat()}
    assert hub.desk("crew-e12").give(path, late).status_code == 200
    stands = hub.parts.follower.board.assignments[assignment["id"]]
    assert stands.status == "on_scene"
    assert [(t.status, t.late) for t in stands.status_times] == [
        ("enroute", True),
        ("on_scene", False),
    ]
    assert stands.status_times[0].at == pressed_at
    hub.watch.verify()


def test_who_may_not_see_how_far_messages_got_does_not(hub: RunningHub) -> None:
    (assignment,) = send(hub, "E12")
    wait_for_state(hub, assignment["id"], "sent")
    shown = {
        login: bool(hub.desk(login).get("/snapshot").json()["board"]["deliveries"])
        for login in ("dana", "audrey", "ashby-desk", "brill-desk", "crew-e12", "mayor-a")
    }
    assert shown == {
        "dana": True,
        "audrey": True,
        "ashby-desk": True,
        "brill-desk": False,
        "crew-e12": False,
        "mayor-a": False,
    }
    assert uuid.UUID(deliveries(hub, assignment["id"])[0].id)


def test_the_page_says_the_talkgroup_and_no_two_incidents_are_given_the_same(
    hub: RunningHub, receiver: WebhookReceiver
) -> None:
    (one,) = send(hub, "E12", incident_id=hub.call()["incident_id"])
    (two,) = send(hub, "E13", incident_id=hub.call()["incident_id"])
    board = hub.parts.follower.board

    def talkgroup(assignment: dict[str, Any]) -> str | None:
        leg = board.incidents[assignment["incident_id"]].leg("fire")
        return leg.talkgroup if leg else None

    wait_until(lambda: sum(p.path.startswith("/page") for p in receiver.posted) == 2)
    paged = {p.body["unit"]: p.body["talkgroup"] for p in receiver.posted if p.body["unit"]}
    assert paged == {"E12": talkgroup(one), "E13": talkgroup(two)}
    assert len({*paged.values()}) == 2
    assert {*paged.values()} <= {*FIRE_POOL}
    path = f"/incidents/{one['incident_id']}/talkgroups"
    body = {"discipline": "fire", "talkgroup": talkgroup(two)}
    taken = hub.desk("dana").give(path, body)
    assert (taken.status_code, taken.json()["code"]) == (409, "talkgroup_taken")
    assert hub.desk("dana").give(path, {**body, "talkgroup": None}).status_code == 201
    assert talkgroup(one) is None
    assert hub.desk("crew-e12").give(path, body).status_code == 403
