"""Coverage on the dispatcher's map: what is missing, what this dispatch would cost, and muting."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

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
    page.get_by_role("button", name="Whole region").click()
    page.wait_for_timeout(600)  # it begins to move
    screen.expect_at_rest()
    answer = page.request.get(
        "/api/v1/coverage", headers={"authorization": f"Bearer {screen.token()}"}
    )
    _choose_a_square(screen, answer.json()["zones"], panel)
    panel.get_by_role("button", name="Leave it out").click()
    expect(panel.get_by_role("button", name="Count it again")).to_be_visible(timeout=WITHIN_MS)
    fewer = re.compile(rf"of {counted - 1}\s+squares")
    expect(panel).to_contain_text(fewer, timeout=WITHIN_MS)
    panel.get_by_role("button", name="Count it again").click()
    expect(panel.get_by_role("button", name="Leave it out")).to_be_visible(timeout=WITHIN_MS)


def _choose_a_square(screen: Dispatcher, zones: list[dict[str, Any]], panel: Locator) -> None:
    """Click squares on the open part of the map until one is hit: marks of others lie on some."""
    box = screen.map.bounding_box()
    covered = panel.bounding_box()
    assert box is not None
    assert covered is not None
    for zone in zones:
        west, south, east, north = zone["box"]
        x, y = screen.pixel_of((west + east) / 2, (south + north) / 2)
        left, right = covered["x"] + covered["width"] + 20, box["x"] + box["width"] - 20
        if not (left < x < right and box["y"] + 80 < y < box["y"] + box["height"] - 40):
            continue
        screen.page.mouse.click(x, y)
        try:
            expect(panel.get_by_role("button", name="Leave it out")).to_be_visible(timeout=4_000)
        except AssertionError:
            continue
        return
    raise AssertionError("no square of the agency lies on the open part of the map")


def _squares(words: str) -> int:
    found = re.search(r"of (\d+)\s+squares", words)
    assert found, words
    return int(found[1])
