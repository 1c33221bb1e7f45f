"""A deputy whose agency keeps its own codes makes a stop, and falls silent."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import CHECK_S, SHERIFF, Open
from tests.browser.pages import SLOW_MS, Dispatcher, Responder, board_of


def deputy(desk: Dispatcher, nth: int) -> tuple[str, str]:
    """A free deputy, and ``lat,lon`` of the station."""
    board = board_of(desk)
    busy = {a["unit_id"] for a in board["assignments"] if a["released_at"] is None}
    free = [u for u in board["units"] if u["agency_id"] == SHERIFF and u["id"] not in busy]
    unit = sorted(free, key=lambda u: str(u["id"]))[nth]
    return str(unit["id"]), f"{unit['home'][1]:.5f},{unit['home'][0]:.5f}"


def covers_law(desk: Dispatcher) -> Dispatcher:
    """The desk with law among what it covers."""
    law = desk.page.get_by_role("group", name="Disciplines covered").get_by_role(
        "button", name="LAW"
    )
    if law.get_attribute("aria-pressed") != "true":
        law.click()
    return desk


def test_a_missed_status_check_is_loud_until_the_deputy_is_heard_of(open_page: Open) -> None:
    desk = covers_law(Dispatcher(open_page("dana")))
    unit_id, at = deputy(desk, 0)
    desk.have_done(f"TS {unit_id} {at} KLM-1234")
    board = board_of(desk)
    (live,) = [
        a for a in board["assignments"] if a["unit_id"] == unit_id and a["released_at"] is None
    ]
    number = next(i["number"] for i in board["incidents"] if i["id"] == live["incident_id"])
    desk.select(number)
    on_it = desk.incident.get_by_role("list", name="Units on it").locator("li", has_text=unit_id)
    expect(on_it).to_contain_text("check in")

    alarm = desk.page.get_by_role("alert").filter(has_text=f"{unit_id}: status check missed")
    expect(alarm).to_be_visible(timeout=CHECK_S * 1000 + SLOW_MS)
    expect(on_it).to_contain_text("CHECK MISSED by")
    desk.page.keyboard.press("F8")
    expect(alarm).to_be_hidden()
    expect(on_it).to_contain_text("CHECK MISSED by")

    on_it.get_by_role("button", name=f"{unit_id} answered the status check").click()
    expect(on_it).to_contain_text("check in", timeout=SLOW_MS)
    desk.have_done(f"AV {unit_id}")
    desk.give(f"C {number[-4:]} warned")
    expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)


def test_an_agencys_own_codes_are_typed_pressed_and_shown(
    open_page: Open, crew_of: Callable[[str], str]
) -> None:
    desk = covers_law(Dispatcher(open_page("dana")))
    unit_id, at = deputy(desk, 1)
    desk.have_done(f"TS {unit_id} {at} KLM-9")
    crew = Responder(open_page(crew_of(unit_id), size=(1280, 800)))
    expect(crew.status("Arrived")).to_have_attribute("aria-pressed", "true", timeout=SLOW_MS)
    expect(crew.status("Responding")).to_be_disabled()
    crew.status("With the party").click()
    expect(crew.status("With the party")).to_have_attribute("aria-pressed", "true", timeout=SLOW_MS)
    expect(desk.unit(unit_id)).to_contain_text("10-6 With the party", timeout=SLOW_MS)
    expect(desk.unit(unit_id)).to_have_attribute("data-status", "OS")

    desk.line.fill(f"10-76 {unit_id}")
    expect(desk.echo).to_contain_text("next can be 10-15 Prisoner aboard, 10-8 In service")
    desk.line.fill(f"10-8 {unit_id}")
    expect(desk.echo).to_contain_text("10-8 In service (available)")
    desk.line.press("Enter")
    expect(crew.page.get_by_test_id("no-assignment")).to_be_visible(timeout=SLOW_MS)
    desk.give(f"10-7 {unit_id}")
    expect(crew.page.get_by_test_id("no-assignment")).to_contain_text("Meal", timeout=SLOW_MS)
    desk.have_done(f"AV {unit_id}")


def test_an_auditor_reads_why_and_not_that_the_hub_is_gone(open_page: Open) -> None:
    page = open_page("audrey")
    notes = page.get_by_role("region", name="Premise notes")
    expect(notes).to_contain_text("Your role does not read them", timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("hub does not answer"))).to_have_count(0)
