"""A call-taker looks for a past call by keyboard alone."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, alarm


def test_a_past_call_is_found_by_the_end_of_its_number_and_opened_by_keys(open_page: Open) -> None:
    taker = CallTaker(open_page("cato"))
    number = taker.take("main st", "(610) 555-0187", "gas", "smell of gas in the hall")
    page = taker.page
    page.get_by_role("link", name="History").click()
    calls = page.get_by_role("listbox", name="Past calls")
    field = page.get_by_label("Number, or its end")
    expect(field).to_be_focused(timeout=SLOW_MS)
    keys = page.keyboard
    keys.type("12")
    keys.press("Enter")
    expect(alarm(page, "4 digits")).to_be_visible(timeout=SLOW_MS)
    field.fill("")
    keys.type("555 0187")
    keys.press("Enter")
    expect(calls.get_by_role("option").first).to_contain_text(number[-4:], timeout=SLOW_MS)
    expect(calls).to_be_focused()
    keys.press("Enter")
    opened = page.get_by_role("region", name="Call", exact=True)
    expect(opened).to_contain_text("smell of gas in the hall", timeout=SLOW_MS)
    expect(opened).to_contain_text("(610) 555-0187")
    for theme in ("night", "day"):
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        for width, height in ((1920, 1080), (960, 540)):
            page.set_viewport_size({"width": width, "height": height})
            found = Axe().run(page).response["violations"]
            told = [(v["id"], [node["html"] for node in v["nodes"]]) for v in found]
            assert told == [], (theme, width)
        keys.press("F9")
    keys.press("Escape")
    expect(field).to_be_focused()
    desk = Dispatcher(open_page("dana"))
    desk.select(number)
    desk.give("C . nothing found")
    expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)
