"""Each screen by itself: it signs in, draws, and can be used by keyboard and by a screen reader."""

from __future__ import annotations

import re

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, WebSocketRoute, expect

from tests.browser.conftest import PASSWORD, Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, Screen, SignIn

SCREENS = {"cato": "/call", "dana": "/dispatch", "mara": "/municipality", "sue": "/supervisor"}


def test_a_wrong_password_says_what_to_do_and_keeps_the_name(open_page: Open) -> None:
    page = open_page()
    sign_in = SignIn(page)
    sign_in.give("dana", "not it")
    expect(sign_in.fault).to_contain_text("Check Caps Lock")
    expect(page.get_by_label("Name", exact=True)).to_have_value("dana")
    sign_in.give("dana", PASSWORD)
    Screen(page).expect_live()


@pytest.mark.parametrize("login", list(SCREENS))
def test_each_role_lands_on_its_own_screen_with_a_drawn_map(open_page: Open, login: str) -> None:
    page = open_page(login)
    expect(page).to_have_url(re.compile(f"{SCREENS[login]}$"))
    if login == "sue":
        Screen(page).expect_live()
    else:
        Screen(page).expect_drawn()
    page.goto("/unit")
    expect(page).to_have_url(re.compile(f"{SCREENS[login]}$"))


def test_sign_in_has_nothing_for_axe_either(open_page: Open) -> None:
    for theme in ("night", "day"):
        page = open_page(theme=theme)
        for size in ((1600, 900), (800, 450)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert Axe().run(page).response["violations"] == [], (theme, size)


def test_the_board_can_be_used_at_twice_the_size(open_page: Open) -> None:
    desk = Dispatcher(open_page("dana", size=(960, 540)))
    desk.expect_live()
    expect(desk.line).to_be_in_viewport()
    expect(desk.queue).to_be_visible()
    wide = desk.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 960


def test_function_keys_reach_every_part_of_the_board(open_page: Open) -> None:
    desk = Dispatcher(open_page("dana"))
    keys = desk.page.keyboard
    desk.expect_drawn()
    keys.press("F3")
    expect(desk.queue).to_be_focused()
    keys.press("F4")
    desk.page.wait_for_function("document.activeElement.dataset.unit")
    keys.press("F6")
    desk.page.wait_for_function("document.activeElement.tagName === 'CANVAS'")
    keys.press("F2")
    expect(desk.line).to_be_focused()
    keys.press("F9")
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "day")
    keys.press("F1")
    expect(desk.page.get_by_role("dialog", name="Help")).to_be_visible()


def test_a_page_that_is_not_the_hubs_or_not_told_all_and_a_full_disk_say_so(
    open_page: Open,
) -> None:
    page = open_page("sue", size=(1600, 900))
    newer = httpx2.get(page.url, timeout=60).text.replace("/assets/index-", "/assets/index-newer-")

    def as_asked(route: Route) -> None:
        if route.request.resource_type == "document":
            route.continue_()
        else:
            route.fulfill(body=newer, content_type="text/html")

    page.route("**/", as_asked)
    Screen(page).expect_live()
    page.goto("/")
    version = page.get_by_role("status", name="Version")
    expect(version).to_contain_text("NEW VERSION", timeout=SLOW_MS)
    Screen(page).expect_live()
    assert Axe().run(page).response["violations"] == []

    told = ['"full":true']

    def tell_more(socket: WebSocketRoute) -> None:
        hub = socket.connect_to_server()

        def tell(said: str | bytes) -> None:
            text = str(said).replace('"people"', '"weather"', 1)
            socket.send(text.replace('"full":false', told[-1]))

        hub.on_message(tell)

    page.route_web_socket("**/stream", tell_more)
    page.goto("/")
    expect(Screen(page).link).to_have_text("RELOAD", timeout=SLOW_MS)
    expect(version).to_contain_text("NOT ALL SHOWN", timeout=SLOW_MS)
    ails = page.get_by_test_id("hub-ails")
    expect(ails).to_contain_text("DISK IS FULL")
    assert Axe().run(page).response["violations"] == []
    told.append('"full":false')
    expect(ails).to_have_count(0)


def test_what_cannot_be_meant_is_refused_before_it_is_sent(open_page: Open) -> None:
    desk = Dispatcher(open_page("dana"))
    desk.give("OOS E1")
    expect(desk.last_reply).to_contain_text("REFUSED")
    expect(desk.last_reply).to_contain_text("Why is E1 out of service?")
    desk.give("OOS E1 pump test")
    expect(desk.last_reply).to_contain_text("OK", timeout=SLOW_MS)
    expect(desk.unit("E1")).to_have_attribute("data-status", "OOS")
    desk.give("AV E1")
    expect(desk.unit("E1")).to_have_attribute("data-status", "AV", timeout=SLOW_MS)


def test_what_the_call_taker_typed_survives_a_reload(open_page: Open) -> None:
    taker = CallTaker(open_page("cato"))
    taker.location.fill("by the old mill, no house number")
    taker.note.fill("caller whispers")
    taker.page.reload()
    taker.expect_live()
    expect(taker.location).to_have_value("by the old mill, no house number")
    expect(taker.note).to_have_value("caller whispers")


def test_coordinates_and_pins_are_taken_and_flagged(open_page: Open) -> None:
    taker = CallTaker(open_page("cato"))
    taker.expect_drawn()
    box = taker.map.bounding_box()
    assert box is not None
    taker.page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.6)
    place = taker.page.get_by_test_id("place")
    expect(place).to_contain_text("unverified")
    authorities = taker.page.get_by_role("region", name="Authorities")
    expect(authorities.get_by_role("listitem").first).to_be_visible(timeout=SLOW_MS)
    at = re.search(r"-?\d+\.\d+, -?\d+\.\d+", place.inner_text())
    assert at is not None
    taker.page.get_by_role("button", name="Change location").click()
    taker.location.fill(at[0])
    taker.location.press("Enter")
    expect(place).to_contain_text(at[0])
    expect(place).to_contain_text("unverified")
