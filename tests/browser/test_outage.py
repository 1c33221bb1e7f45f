"""The hub is gone while calls come in: cards with their own times, entered when it is back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import HubProcess, Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, Responder, board_of

CLOCKS_APART = timedelta(seconds=10)
FRESH = re.compile(r"Paper board, (\d+ s|1 min) old")
AGED = re.compile(r"Paper board, \d+ (s|min) old")


def is_kept(page: Page) -> None:
    """Wait until the page can be loaded without the hub: its files and its last board are here."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function(
        """() => new Promise((done) => {
          const asked = indexedDB.open("dispatch", 1);
          asked.onsuccess = () => {
            const count = asked.result.transaction("board").objectStore("board").count();
            count.onsuccess = () => { asked.result.close(); done(count.result > 0); };
          };
        })""",
        timeout=SLOW_MS,
    )


def test_four_calls_of_an_outage_enter_with_their_times_and_ask_what_they_may_be(
    hub: HubProcess, open_page: Open, crew_of: Callable[[str], str]
) -> None:
    """Pages that are loaded while the hub is gone show their last board, and send later."""
    desk = Dispatcher(open_page("dana"))
    paper = desk.page.get_by_test_id("paper-board")
    expect(paper).to_be_visible(timeout=SLOW_MS)
    taker = CallTaker(open_page("cato"))
    known = taker.take("church", "610 555 0401", "vehicle accident, no injury", "two cars")
    before = board_of(taker)
    at = next(i["place"]["at"] for i in before["incidents"] if i["number"] == known)
    desk.select(known)
    desk.give("D! . R2 asked for")
    expect(desk.last_reply).to_contain_text("OK", timeout=SLOW_MS)
    crew = Responder(open_page(crew_of("R2"), size=(1280, 800)))
    crew.acknowledge.click(timeout=SLOW_MS)
    expect(crew.acknowledged).to_be_visible(timeout=SLOW_MS)
    for screen in (crew, desk, taker):
        is_kept(screen.page)
    for screen in (desk, taker):
        expect(screen.page.get_by_test_id("paper-board")).to_contain_text(FRESH, timeout=SLOW_MS)
    hub.kill()
    crew.page.reload()
    expect(crew.link).to_contain_text("OFFLINE", timeout=SLOW_MS)
    expect(crew.assignment).to_contain_text("Vehicle accident", timeout=SLOW_MS)
    pressed = datetime.now(UTC)
    crew.status("En route").click()
    done = datetime.now(UTC)
    expect(crew.unsent).to_contain_text("NOT SENT", timeout=SLOW_MS)
    crew.page.reload()
    expect(crew.unsent).to_contain_text("NOT SENT", timeout=SLOW_MS)
    for screen in (desk, taker):
        expect(screen.link).to_contain_text("OFFLINE", timeout=SLOW_MS)
    desk.page.reload()
    expect(desk.link).to_contain_text("OFFLINE", timeout=SLOW_MS)
    expect(desk.row(known)).to_be_visible(timeout=SLOW_MS)
    expect(desk.unit("R2")).to_have_attribute("data-status", "DP")
    expect(paper).to_contain_text(AGED, timeout=SLOW_MS)
    with desk.page.expect_download() as given:
        paper.click()
    assert given.value.path().read_bytes().startswith(b"%PDF")
    taker.keep_card("the old quarry", "building fire", "610 555 0402")
    taker.keep_card("by the ferry", "seizure", "610 555 0403")
    taker.keep_card(f"{at[1]:.5f}, {at[0]:.5f}", "vehicle accident, no injury", "610 555 0404")
    taker.page.reload()
    expect(taker.link).to_contain_text("OFFLINE", timeout=SLOW_MS)
    expect(taker.cards).to_contain_text("3 not entered")
    expect(taker.page.get_by_test_id("paper-board")).to_contain_text(AGED)
    taker.keep_card("under the bridge", "theft", "610 555 0405")
    gone_until = datetime.fromisoformat(before["incidents"][0]["created_at"])

    hub.start()
    expect(taker.link).to_have_text("LIVE", timeout=2 * SLOW_MS)
    for card in ("L1", "L2", "L4"):
        # What earlier tests left at the middle of the map may make it ask.
        taker.enter_card(card)
    asks = taker.cards.locator('[data-card="L3"]')
    expect(asks).to_contain_text(f"Join {known}", timeout=SLOW_MS)
    asks.get_by_role("button", name=f"L3 joins {known}").click()
    expect(asks).to_contain_text(f"entered as {known}", timeout=SLOW_MS)

    expect(crew.unsent).to_be_hidden(timeout=2 * SLOW_MS)
    board = board_of(taker)
    calls = {call["callback"]: call for call in board["calls"] if call["callback"]}
    mine = [calls[f"610 555 040{n}"] for n in (2, 3, 4, 5)]
    received = [datetime.fromisoformat(call["received_at"]) for call in mine]
    answered = [datetime.fromisoformat(call["answered_at"]) for call in mine]
    assert received == sorted(received)
    assert all(came < entered for came, entered in zip(received, answered, strict=True))
    assert received[0] > gone_until
    crash = next(i for i in board["incidents"] if i["number"] == known)
    assert [c["incident_id"] for c in mine].count(crash["id"]) == 1

    (live,) = [a for a in board["assignments"] if a["unit_id"] == "R2" and not a["released_at"]]
    assert live["status"] == "enroute"
    said = datetime.fromisoformat(live["status_device_at"])
    assert pressed - CLOCKS_APART <= said <= done + CLOCKS_APART
    desk.give("AV R2")
    expect(desk.last_reply).to_contain_text("OK", timeout=SLOW_MS)
