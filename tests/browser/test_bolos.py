"""A BOLO from the command line to the tablet and the shift brief, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import SHERIFF, Open
from tests.browser.pages import SLOW_MS, Dispatcher, Responder, board_of


def test_a_bolo_reaches_those_it_is_for_and_is_over_with_a_reason(
    open_page: Open, crew_of: Callable[[str], str]
) -> None:
    desk = Dispatcher(open_page("dana"))
    units = board_of(desk)["units"]
    deputy = next(u["id"] for u in units if u["agency_id"] == SHERIFF)
    engine = next(u["id"] for u in units if u["discipline"] == "fire")
    desk.line.fill("BOLO +8h vehicle red pickup KLM-1234, north on Mill Rd")
    expect(desk.echo).to_contain_text("for law: red pickup")
    desk.line.press("Enter")
    expect(desk.last_reply).to_contain_text("OK", timeout=SLOW_MS)
    desk.page.get_by_role("button", name="BOLO 1").click()
    panel = desk.page.get_by_role("region", name="BOLO")
    expect(panel.locator("[data-bolo]")).to_contain_text("red pickup KLM-1234")
    panel.get_by_label("Search BOLOs").fill("blue")
    expect(panel).to_contain_text("None fits.")
    panel.get_by_label("Search BOLOs").fill("klm red")
    expect(panel.locator("[data-bolo]")).to_have_count(1)

    crew = Responder(open_page(crew_of(deputy), size=(1280, 800)))
    lookout = crew.page.get_by_test_id("lookout")
    lookout.locator("summary").click()
    expect(lookout).to_contain_text("red pickup KLM-1234", timeout=SLOW_MS)
    other = Responder(open_page(crew_of(engine), size=(1280, 800)))
    expect(other.page.get_by_test_id("lookout")).to_contain_text("BOLO 0")
    brief = open_page("sue").get_by_role("region", name="Shift brief")
    expect(brief).to_contain_text("Be on the lookout", timeout=SLOW_MS)

    panel.get_by_role("button", name="End B").click()
    desk.line.press("End")
    desk.page.keyboard.type("stopped on Mill Rd")
    desk.page.keyboard.press("Enter")
    expect(desk.last_reply).to_contain_text("OK", timeout=SLOW_MS)
    expect(lookout).to_contain_text("None stands.", timeout=SLOW_MS)
    panel.get_by_label("ended ones").check()
    expect(panel.locator("[data-bolo]").first).to_contain_text(
        "stopped on Mill Rd", timeout=SLOW_MS
    )
