"""A crew's tablet and the channels beside it: what rings, what fails, what is kept."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dispatch.adapters.web_push import PushKey
from tests.browser.conftest import PASSWORD, PEOPLE, HubProcess
from tests.browser.pages import SLOW_MS, Dispatcher, Responder, SignIn, board_of, wait_with
from tests.browser.test_outage import is_kept
from tests.fault.hub_child import run_hub
from tests.receivers import WebhookReceiver, wait_until, webhook_receiver
from tests.servers import free_port

VOLUNTEERS = "istley-fire.arrowmere.example"
"""Comes from home in this hub: two people, one of whom drives."""
CHANNELS = "agency,channel,adapter,target,limit_s,pre_alert\n"


@pytest.fixture(scope="module")
def pager() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as made:
        yield made


@pytest.fixture(scope="module")
def settings(pager: WebhookReceiver) -> dict[str, str]:
    return {
        "HUB_DELIVERY_WEBHOOKS": json.dumps({pager.url: "shared with the pager"}),
        "HUB_PUSH_SERVICES": json.dumps(["https://push.example"]),
    }


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory,
    chromium_path: Path,
    pager: WebhookReceiver,
    settings: dict[str, str],
) -> Iterator[HubProcess]:
    """A hub of its own, whose agencies have a pager, which may refuse, and notifications."""
    hub = HubProcess(tmp_path_factory.mktemp("told"), free_port(), env=settings)
    county = hub.data_dir / "county"
    made = run_hub(hub.data_dir, hub.port, "synthesize", str(county), "--nodes", "1500")
    assert made.returncode == 0, made.stdout + made.stderr
    agencies = [row.split(",")[0] for row in (county / "agencies.csv").read_text().splitlines()]
    lines = [
        f"{agency},pager,webhook,{pager.url}/{{unit}},0,\n{agency},push,push,,600,\n"
        for agency in agencies[1:]
    ]
    (county / "channels.csv").write_text(CHANNELS + "".join(lines))
    head, *rows = (county / "agencies.csv").read_text().splitlines()
    from_home = [row + (",any:2;driver:1,600" if VOLUNTEERS in row else ",,") for row in rows]
    text = "\n".join([f"{head},volunteer_min,volunteer_s", *from_home]) + "\n"
    (county / "agencies.csv").write_text(text)
    for arguments in (["migrate"], ["load", str(county)]):
        done = run_hub(hub.data_dir, hub.port, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    for login, person in PEOPLE.items():
        hub.add_account(login, **person)
    hub.start()
    yield hub
    hub.kill()


class Desk:
    """A desk that gives commands over the API."""

    def __init__(self, hub: HubProcess, login: str) -> None:
        self._url = f"{hub.url}/api/v1"
        sign_in = {"login": login, "password": PASSWORD}
        token = httpx2.post(f"{self._url}/sessions", json=sign_in, timeout=60).json()["token"]
        self._headers = {"authorization": f"Bearer {token}"}

    def give(self, path: str, **body: Any) -> dict[str, Any]:
        sent = {"command_id": uuid.uuid4().hex, **body}
        answer = httpx2.post(f"{self._url}{path}", json=sent, headers=self._headers, timeout=60)
        assert answer.is_success, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def delete(self, path: str) -> None:
        gone = {"command_id": uuid.uuid4().hex}
        url = f"{self._url}{path}"
        answer = httpx2.delete(url, params=gone, headers=self._headers, timeout=60)
        assert answer.is_success, answer.text

    def change(self, path: str, **body: Any) -> None:
        sent = {"command_id": uuid.uuid4().hex, **body}
        answer = httpx2.patch(f"{self._url}{path}", json=sent, headers=self._headers, timeout=60)
        assert answer.is_success, answer.text

    def board(self) -> dict[str, Any]:
        answer = httpx2.get(f"{self._url}/snapshot", headers=self._headers, timeout=60)
        board: dict[str, Any] = answer.json()["board"]
        return board

    def send(self, unit_id: str, incident_id: str) -> str:
        reason = {"unit_ids": [unit_id], "override_reason": "asked for"}
        sent = self.give(f"/incidents/{incident_id}/assignments", **reason)
        return str(sent["assignments"][0]["id"])


def free_unit(desk: Desk, discipline: str, nth: int = 0) -> dict[str, Any]:
    board = desk.board()
    busy = {a["unit_id"] for a in board["assignments"] if a["released_at"] is None}
    units = [u for u in board["units"] if u["discipline"] == discipline and u["id"] not in busy]
    found: dict[str, Any] = units[nth]
    return found


def incident_at(hub: HubProcess, at: list[float], **over: Any) -> str:
    place = {"at": at, "address": "14 Mill Rd", "verified": True}
    kind = over.pop("incident_type", None) or first_type(hub)
    taken = Desk(hub, "cato").give("/calls", place=place, incident_type=kind, **over)
    return str(taken["incident_id"])


def first_type(hub: HubProcess) -> str:
    rows = (hub.data_dir / "county" / "response_plans.csv").read_text().splitlines()
    return rows[1].split(",")[rows[0].split(",").index("incident_type")]


@pytest.fixture
def open_on(hub: HubProcess, browser: Browser) -> Iterator[Any]:
    made: list[BrowserContext] = []

    def open_console(login: str) -> Page:
        context = browser.new_context(
            base_url=hub.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        made.append(context)
        context.set_default_timeout(SLOW_MS)
        context.grant_permissions(["notifications"], origin=hub.url)
        page = context.new_page()
        page.goto("/")
        SignIn(page).give(login, PASSWORD)
        page.wait_for_selector("header [data-link=LIVE]", timeout=SLOW_MS)
        return page

    yield open_console
    for context in made:
        context.close()


def test_a_pager_that_refuses_is_loud_until_it_works_and_a_correction_is_told(
    hub: HubProcess, open_on: Any, pager: WebhookReceiver
) -> None:
    desk = Desk(hub, "dana")
    one, two = free_unit(desk, "fire"), free_unit(desk, "fire", 1)
    incident_id = incident_at(hub, one["home"])
    screens = [Dispatcher(open_on(login)) for login in ("dana", "sue")]
    pager.answers = [(404, {}, b"")]
    desk.send(one["id"], incident_id)
    for screen in screens:
        strip = screen.page.locator(".alarm-strip")
        expect(strip).to_contain_text("answered 404", timeout=SLOW_MS)
        expect(strip).to_contain_text("tell its crews by radio")
    assignment_id = desk.send(two["id"], incident_id)
    for screen in screens:
        expect(screen.page.locator("header.bar")).not_to_contain_text(
            "answered 404", timeout=SLOW_MS
        )

    def told() -> list[str]:
        """What was posted of the second unit's assignment: the first's come when they do."""
        posts = [p.body for p in pager.posted if p.body["assignment_id"] == assignment_id]
        return [body["about"] for body in posts]

    wait_until(lambda: told() == ["assignment"], within_s=60)
    shown = next(i for i in desk.board()["incidents"] if i["id"] == incident_id)
    change = {"revision": shown["revision"], "priority": 4}
    answer = screens[0].page.request.patch(
        f"/api/v1/incidents/{incident_id}",
        headers={"authorization": f"Bearer {screens[0].token()}"},
        data={"command_id": uuid.uuid4().hex, **change},
    )
    assert answer.ok, answer.text()
    wait_until(lambda: told() == ["assignment", "update"], within_s=60)
    screens[0].page.locator(f"[data-incident='{incident_id}']").or_(
        screens[0].row(shown["number"])
    ).first.click()
    expect(screens[0].page.get_by_text("told anew: priority: pager sent").first).to_be_visible(
        timeout=SLOW_MS
    )


def test_a_push_shows_itself_on_the_tablet_and_says_so(hub: HubProcess, open_on: Any) -> None:
    desk = Desk(hub, "dana")
    unit = free_unit(desk, "ems")
    hub.add_account("push-crew", "responder", unit_id=unit["id"])
    page = open_on("push-crew")
    is_kept(page)
    session = page.context.new_cdp_session(page)
    registered: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(r["registrationId"] for r in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    wait_with(page, lambda: bool(registered))
    incident_id = incident_at(hub, unit["home"])
    assignment_id = desk.send(unit["id"], incident_id)

    def message() -> dict[str, Any]:
        found = [
            d
            for d in desk.board()["deliveries"]
            if (d["assignment_id"], d["channel"]) == (assignment_id, "push")
        ]
        return found[0] if found else {"state": ""}

    wait_with(page, lambda: message()["state"] == "failed")  # nobody has subscribed here
    sent = message()
    said = {
        "id": sent["id"],
        "assignment_id": assignment_id,
        "title": f"{unit['id']}: Chest pain, 14 Mill Rd",
        "body": "HAZARD: dog",
        "receipt": PushKey(hub.data_dir / "push.key").receipt_token(sent["id"]),
    }
    delivery = {"origin": hub.url, "registrationId": registered[-1], "data": json.dumps(said)}
    session.send("ServiceWorker.deliverPushMessage", delivery)
    shown = page.evaluate(
        """async () => {
          const worker = await navigator.serviceWorker.ready;
          for (let i = 0; i < 600; i += 1) {
            const all = await worker.getNotifications();
            if (all.length > 0) return all.map((n) => [n.title, n.body, n.tag]);
            await new Promise((done) => setTimeout(done, 100));
          }
          return [];
        }"""
    )
    assert shown == [[said["title"], said["body"], assignment_id]]
    wait_with(page, lambda: message()["state"] == "delivered")


def test_without_the_hub_the_tablet_still_draws_its_way_and_says_how_old_it_is(
    hub: HubProcess, open_on: Any
) -> None:
    desk = Desk(hub, "dana")
    unit = free_unit(desk, "ems")
    hub.add_account("far-crew", "responder", unit_id=unit["id"])
    crew = Responder(open_on("far-crew"))
    is_kept(crew.page)
    crew.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    incident_id = incident_at(hub, unit["home"])
    desk.send(unit["id"], incident_id)
    kept = crew.page.get_by_test_id("kept-map")
    expect(kept).to_contain_text("map kept", timeout=4 * SLOW_MS)
    pieces = "caches.open('tiles-kept').then((c) => c.keys()).then((k) => k.length)"
    assert crew.page.evaluate(pieces) > 3
    is_kept(crew.page)
    # What the browser happens to remember is no promise: only what the tablet keeps counts.
    crew.page.context.new_cdp_session(crew.page).send("Network.clearBrowserCache")
    hub.kill()
    try:
        crew.page.reload()
        expect(kept).to_contain_text("old", timeout=2 * SLOW_MS)
        crew.expect_drawn()
        drawn = crew.page.evaluate("document.querySelectorAll('canvas.maplibregl-canvas').length")
        assert drawn == 1
        expect(crew.page.get_by_text("The map's roads could not be read")).to_have_count(0)
    finally:
        hub.start()


def test_a_volunteer_answers_the_page_of_the_station_without_a_link_and_with_one(
    hub: HubProcess, open_on: Any
) -> None:
    desk = Desk(hub, "dana")
    engines = [u for u in desk.board()["units"] if u["agency_id"] == VOLUNTEERS]
    engine, other = (u["id"] for u in engines[:2])
    hub.add_account("home-crew", "responder", unit_id=engine)
    page = open_on("home-crew")
    assignment_id = desk.send(other, incident_at(hub, engines[0]["home"]))
    pages = page.get_by_role("region", name="Pages")
    pages.get_by_label("Your number on the roster").fill("v12")
    pages.get_by_label("driver").check()
    pages.get_by_role("button", name="Answer pages").click()
    mine = pages.get_by_test_id("my-answer")
    expect(mine).to_have_text("You have not answered.")
    page.context.set_offline(True)
    pages.get_by_role("button", name="I come in 5 min").click()
    expect(mine).to_have_text("I COME, NOT SENT", timeout=SLOW_MS)
    page.context.set_offline(False)
    expect(mine).to_contain_text("You come, there at", timeout=2 * SLOW_MS)
    expect(pages).to_contain_text("1 of 2 responding")
    assert Axe().run(page).response["violations"] == []
    sent = next(a for a in desk.board()["assignments"] if a["id"] == assignment_id)
    (response,) = sent["responses"]
    assert (response["volunteer"], response["skills"]) == ("V12", ["driver"])
    pages.get_by_role("button", name="I can't").click()
    expect(mine).to_contain_text("You can't come", timeout=SLOW_MS)
    desk.give(f"/assignments/{assignment_id}/status", status="cleared")
    expect(pages).to_be_hidden(timeout=SLOW_MS)


def test_a_crew_reads_what_the_caller_writes_and_acknowledges_the_new_address(
    hub: HubProcess, open_on: Any
) -> None:
    desk, lines = Desk(hub, "dana"), Desk(hub, "lines")
    unit = free_unit(desk, "law")
    hub.add_account("text-crew", "responder", unit_id=unit["id"])
    call_id = lines.give("/calls/ringing", callback="610 555 0777", channel="text")["call_id"]
    Desk(hub, "cato").give(f"/calls/{call_id}/answer")
    incident_id = incident_at(hub, unit["home"], call_id=call_id)
    desk.send(unit["id"], incident_id)
    crew = Responder(open_on("text-crew"))
    lines.give(f"/calls/{call_id}/messages", text="he is upstairs, hurry", language="en")
    texts = crew.page.get_by_role("region", name="Texts with the caller")
    expect(texts).to_contain_text("he is upstairs, hurry", timeout=SLOW_MS)
    expect(texts).not_to_contain_text("610 555 0777")
    assert texts.get_by_role("textbox").count() == 0
    calls = board_of(crew)["calls"]
    assert all(call["callback"] is None for call in calls)
    crew.acknowledge.click()
    expect(crew.acknowledged).to_be_visible()
    shown = next(i for i in desk.board()["incidents"] if i["id"] == incident_id)
    place = {"at": shown["place"]["at"], "address": "41 Mill Rd", "verified": True}
    desk.change(f"/incidents/{incident_id}", revision=shown["revision"], place=place)
    told = crew.page.get_by_test_id("place-corrected")
    expect(told).to_contain_text("was 14 Mill Rd")
    expect(crew.page.get_by_test_id("address")).to_contain_text("41 Mill Rd")
    expect(crew.acknowledged).to_have_count(0)
    anew = crew.page.get_by_role("button", name="Acknowledge the new address")
    expect(anew).to_contain_text("ACKNOWLEDGE NEW ADDRESS")
    assert Axe().run(crew.page).response["violations"] == []
    anew.click()
    expect(told).to_have_count(0)
    expect(crew.acknowledged).to_be_visible()
    (own,) = [a for a in desk.board()["assignments"] if a["incident_id"] == incident_id]
    assert own["place_correction"]["acknowledged_by"] == "device"
