"""A supervisor looks at the board as it was, and at what one console had of it."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, LookBack, alarm


def test_the_board_as_it_was_and_as_one_console_had_it(open_page: Open) -> None:
    desk = Dispatcher(open_page("dana"))
    taker = CallTaker(open_page("cato"))
    number = taker.take("main st", "610 555 0181", "gas", "smell of gas")
    expect(desk.row(number)).to_be_visible(timeout=SLOW_MS)
    short = number[-4:]

    page = open_page("sue")
    page.goto("/look-back")
    past = LookBack(page)
    as_of = re.compile(r"AS OF \d\d:\d\d:\d\d – NOT LIVE")
    expect(past.banner).to_contain_text(as_of, timeout=SLOW_MS)
    expect(past.consoles).to_contain_text("dana", timeout=SLOW_MS)
    expect(page.locator("[data-link]")).to_have_count(0)
    expect(past.queue).to_contain_text(short, timeout=SLOW_MS)
    for button in page.get_by_role("group", name="Incident as it was").get_by_role("button").all():
        expect(button).to_be_disabled()

    for theme in ("night", "day"):
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        for height in (900, 420):  # in the lower one nothing fits, so that all of it scrolls
            page.set_viewport_size({"width": 1600, "height": height})
            found = Axe().run(page).response["violations"]
            told = [(v["id"], [node["html"] for node in v["nodes"]]) for v in found]
            assert told == [], (theme, height)
        page.keyboard.press("F9")
    page.set_viewport_size({"width": 1600, "height": 900})

    seq = past.event_of("incident created", short)
    past.back_to(seq - 1)
    expect(past.queue).not_to_contain_text(short, timeout=SLOW_MS)
    page.keyboard.press("Control+ArrowRight")
    expect(past.queue).to_contain_text(short, timeout=SLOW_MS)

    past.as_had_by("dana")
    expect(past.banner).to_contain_text("as dana had it", timeout=SLOW_MS)
    expect(past.queue).not_to_contain_text(short, timeout=SLOW_MS)
    lacked = page.get_by_role("list", name="What dana lacked")
    expect(lacked).to_contain_text("incident created", timeout=SLOW_MS)

    page.keyboard.press("F2")
    page.keyboard.type("25:00")
    page.keyboard.press("Enter")
    expect(alarm(page, "Write the day as")).to_be_visible(timeout=SLOW_MS)
    desk.select(number)
    desk.give("C . nothing found")
    expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)
