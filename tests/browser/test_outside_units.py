"""A unit promised by phone from outside: on the board, in the plan, loud when it does not come."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, board_of


def test_a_promise_by_phone_fills_a_slot_and_is_never_a_unit_on_the_way(open_page: Open) -> None:
    desk = Dispatcher(open_page("dana"))
    taker = CallTaker(open_page("cato"))
    number = taker.take("mill rd", "610 555 0191", "building fire", "smoke")
    desk.select(number)
    expect(desk.picks.nth(5)).to_be_visible(timeout=SLOW_MS)
    before = desk.picks.count()
    desk.line.fill("OU . engine +12m Fairview County / E5")
    expect(desk.echo).to_contain_text("Fairview County E5: engine promised to")
    desk.line.press("Enter")
    expect(desk.row(number)).to_contain_text("O1 Fairview County E5 PROMISED", timeout=SLOW_MS)
    expect(desk.page.get_by_test_id("promised")).to_contain_text("nobody here sees it move")
    expect(desk.picks).to_have_count(before - 1, timeout=SLOW_MS)
    outside = desk.incident.get_by_role("list", name="Units from outside")
    expect(outside).to_contain_text("asked")
    assert all(unit["id"] != "O1" for unit in board_of(desk)["units"])

    outside.get_by_role("button", name="O1 Fairview County E5 arrived").click()
    expect(outside).to_contain_text("ARRIVED", timeout=SLOW_MS)
    desk.give(f"C {number[-4:]} nothing found")
    expect(desk.last_reply).to_contain_text("clear them first", timeout=SLOW_MS)
    outside.get_by_role("button", name="O1 Fairview County E5 left").click()
    expect(outside).to_contain_text("left", timeout=SLOW_MS)
    desk.give(f"C {number[-4:]} nothing found")
    expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)
