"""A hazard that a municipality knows of is seen by the call-taker, the dispatcher and the crew."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.pages import SLOW_MS, CallTaker, Dispatcher, Responder, alarm, board_of


def in_minutes(degrees: float) -> str:
    """As people write it: whole degrees, and minutes with decimals; the sign stays."""
    whole = int(abs(degrees))
    sign = "-" if degrees < 0 else ""
    return f"{sign}{whole} {(abs(degrees) - whole) * 60:.4f}"


def report_dry_hydrant(town: Page, at: list[float]) -> None:
    """By the form of the municipality, until in two hours."""
    town.get_by_role("button", name="Report a fault").click()
    form = town.get_by_role("form", name="New fault")
    form.get_by_label("What is broken").select_option("hydrant_out")
    form.get_by_label("Where is it").fill(f"{at[1]:.5f}, {at[0]:.5f}")
    form.get_by_label("Until").fill("2 hours")
    form.get_by_label("What else to know").fill("red tag")
    form.get_by_role("button", name="Report").click()
    expect(alarm(form, "Until when? +2h")).to_be_visible(timeout=SLOW_MS)
    form.get_by_label("Until").fill("+2h")
    form.get_by_role("button", name="Report").click()
    expect(form).to_contain_text("is reported. Crews sent within 150 m", timeout=SLOW_MS)
    form.get_by_role("button", name="Close").click()


def test_a_hazard_is_the_first_line_for_everyone_until_the_crew_has_read_it(
    open_page: Open, crew_of: Callable[[str], str]
) -> None:
    taker = CallTaker(open_page("cato"))
    first = taker.take("church", "610 555 0301", "fire special service", "standby")
    desk = Dispatcher(open_page("dana"))
    at = next(i["place"]["at"] for i in board_of(desk)["incidents"] if i["number"] == first)

    town = open_page("mara")
    notes = town.get_by_role("region", name="Premise notes")
    form = town.get_by_role("form", name="New premise note")
    form.get_by_label("What is there, never who").fill("ammonia tank in the yard")
    form.get_by_label("Where (place or coordinates)").fill(
        f"{in_minutes(at[1])} {in_minutes(at[0])}"
    )
    said = f"{abs(at[1]):.4f}"  # read by the hub, and said before it is saved
    expect(form.get_by_test_id("premise-where")).to_contain_text(said, timeout=SLOW_MS)
    form.get_by_role("button", name="Save note").click()
    expect(notes).to_contain_text("ammonia tank in the yard", timeout=SLOW_MS)
    report_dry_hydrant(town, at)
    expect(notes).to_contain_text("Hydrant out of service: red tag", timeout=SLOW_MS)

    taker.location.focus()
    taker.page.keyboard.type("church")
    expect(taker.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)
    taker.page.keyboard.press("Enter")
    taker.page.keyboard.press("1")
    known = taker.page.get_by_role("region", name="Known here")
    expect(known).to_contain_text("HAZARD ammonia tank in the yard", timeout=SLOW_MS)
    expect(known).to_contain_text("Hydrant out of service: red tag")
    expect(known).to_contain_text("Fire special service")
    taker.page.keyboard.type("610 555 0302")
    taker.page.keyboard.press("Enter")
    taker.page.keyboard.type("building fire")
    taker.page.keyboard.press("Enter")
    taker.page.keyboard.press("Control+Enter")
    expect(taker.saved).to_contain_text("Saved as ", timeout=SLOW_MS)
    number = taker.saved.inner_text().split("Saved as ")[1].split()[0]

    desk.select(number)
    expect(desk.incident.locator(".hazard").first).to_contain_text("ammonia tank in the yard")
    expect(desk.picks.first).to_be_visible(timeout=SLOW_MS)
    unit_id = desk.picks.first.get_attribute("data-unit") or ""
    desk.give(f"D! . {unit_id} the first of them")
    on_it = desk.incident.get_by_role("list", name="Units on it").locator("li", has_text=unit_id)
    expect(on_it.first).to_contain_text("HAZARD NOT READ", timeout=SLOW_MS)
    crew = Responder(open_page(crew_of(unit_id), size=(1280, 800)))
    expect(crew.assignment.locator(".hazard-line").first).to_contain_text("ammonia tank")
    crew.page.get_by_role("button", name="Hazard read").click()
    expect(on_it.first).to_contain_text("hazard read", timeout=SLOW_MS)
    desk.have_done(f"AV {unit_id}")
