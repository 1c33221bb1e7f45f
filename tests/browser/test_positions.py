"""Who answers for what: positions are set, handed over and folded for the night, and nothing is
left over without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, alarm


@pytest.fixture
def sue(open_page: Open) -> Iterator[Page]:
    """The supervisor's page; whatever positions a test sets are gone after it."""
    page = open_page("sue", size=(1600, 900))
    yield page
    page.goto("/supervisor")
    expect(page.get_by_role("button", name="New position")).to_be_visible(timeout=SLOW_MS)
    names = [r.get_attribute("data-position") for r in page.locator("[data-position]").all()]
    for name in names:
        page.get_by_role("button", name=f"Change {name}", exact=True).click()
        form = page.get_by_role("form", name="Position")
        form.get_by_role("button", name="Remove").click()
        why = form.get_by_label("Why it must be so all the same")
        expect(why.or_(page.get_by_role("button", name="New position"))).to_be_visible()
        if why.is_visible():
            why.fill("the test is over")
            form.get_by_role("button", name="Remove").click()
        expect(page.get_by_role("button", name="New position")).to_be_visible(timeout=SLOW_MS)


def set_position(sue: Page, name: str, *disciplines: str) -> None:
    sue.get_by_role("button", name="New position").click()
    form = sue.get_by_role("form", name="Position")
    form.get_by_label("Position", exact=True).fill(name)
    for discipline in ("EMS", "FIRE", "LAW"):
        form.get_by_label(discipline, exact=True).set_checked(discipline in disciplines)
    form.get_by_role("button", name="Save position").click()
    expect(row(sue, name)).to_be_visible(timeout=SLOW_MS)


def row(sue: Page, name: str) -> Locator:
    return sue.locator(f'[data-position="{name}"]')


def give(page: Page, line: str) -> None:
    Dispatcher(page).have_done(line)


def test_positions_are_handed_over_and_three_folded_into_one_for_the_night(
    sue: Page, open_page: Open
) -> None:
    set_position(sue, "FIRE-1", "FIRE")
    expect(alarm(sue, "Nobody answers for")).to_be_visible(timeout=SLOW_MS)
    set_position(sue, "EMS-1", "EMS")
    set_position(sue, "LAW-1", "LAW")
    dana = Dispatcher(open_page("dana"))
    bar = dana.page.get_by_role("group", name="Disciplines covered")
    for name in ("FIRE-1", "EMS-1", "LAW-1"):
        give(dana.page, f"POS {name}")
        expect(row(sue, name)).to_contain_text("dana", timeout=SLOW_MS)
    expect(sue.get_by_test_id("gaps")).to_have_text("Every agency and area is answered for.")

    number = CallTaker(open_page("cato")).take("main st", "610 555 0191", "theft", "a bicycle")
    dana.select(number)
    dana.line.fill("N . ")
    sue.goto("/dispatch")
    relief = Dispatcher(sue)
    relief.expect_live()
    relief.select(number)
    expect(sue.get_by_test_id("present")).to_contain_text("typing", timeout=SLOW_MS)
    dana.line.fill("")

    give(sue, "POS LAW-1")
    expect(dana.row(number)).to_be_hidden(timeout=SLOW_MS)
    expect(bar).to_contain_text("FIRE-1", timeout=SLOW_MS)
    expect(bar).not_to_contain_text("LAW-1")

    dana.give("LEAVE FIRE-1")
    expect(dana.last_reply).to_contain_text("Nobody would answer for", timeout=SLOW_MS)
    sue.goto("/supervisor")
    give(sue, "FOLD LAW-1 FIRE-1 EMS-1")
    for name in ("FIRE-1", "EMS-1"):
        expect(row(sue, name)).to_contain_text("folded into LAW-1", timeout=SLOW_MS)
    expect(sue.get_by_test_id("gaps")).to_have_text("Every agency and area is answered for.")
    expect(bar).to_contain_text("NO POSITION", timeout=SLOW_MS)

    give(dana.page, "POS FIRE-1")
    expect(row(sue, "FIRE-1")).to_contain_text("dana", timeout=SLOW_MS)
    dana.page.get_by_role("button", name="Sign out").click()
    # Her sessions of other tests stand; the position is held, but nobody is there.
    gone = re.compile("empty|NO CONSOLE")
    expect(row(sue, "FIRE-1")).to_contain_text(gone, timeout=SLOW_MS)
