"""Coverage on the dispatcher's map: what is missing, what this dispatch would cost, and muting."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.pages import Dispatcher

WITHIN_MS = 60_000


def test_coverage_is_shown_with_its_age_and_a_square_can_be_left_out(open_page: Open) -> None:
    page = open_page("dana")
    screen = Dispatcher(page)
    screen.expect_drawn()
    page.get_by_role("button", name="Coverage").click()
    panel = page.get_by_role("region", name="Coverage")
    expect(panel).to_contain_text(re.compile(r"\d+ of \d+ squares within 5:20"), timeout=WITHIN_MS)
    expect(panel).to_contain_text(re.compile(r"\d+ s old"))
    screen.expect_drawn()
    counted = _squares(panel.inner_text())
    region = page.request.get(
        "/api/v1/coverage", headers={"authorization": f"Bearer {screen.token()}"}
    ).json()
    zone = max(region["zones"], key=lambda z: z["seconds"] or 0)
    west, south, east, north = zone["box"]
    screen.show_on_map((west + east) / 2, (south + north) / 2, 13.0)
    x, y = screen.pixel_of((west + east) / 2, (south + north) / 2)
    page.mouse.click(x, y)
    panel.get_by_role("button", name="Leave it out").click()
    expect(panel.get_by_role("button", name="Count it again")).to_be_visible(timeout=WITHIN_MS)
    assert _squares(panel.inner_text()) == counted - 1
    panel.get_by_role("button", name="Count it again").click()
    expect(panel.get_by_role("button", name="Leave it out")).to_be_visible(timeout=WITHIN_MS)


def _squares(words: str) -> int:
    found = re.search(r"of (\d+)\s+squares", words)
    assert found, words
    return int(found[1])
