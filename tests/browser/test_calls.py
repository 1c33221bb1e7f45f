"""Calls that made no incident, on the call-taker's screen: linked to one, or closed."""

from __future__ import annotations

import httpx2
from playwright.sync_api import expect

from tests.browser.conftest import HubProcess, Open
from tests.browser.pages import SLOW_MS, CallTaker


def _enter(hub: HubProcess, token: str, said: str) -> None:
    answer = httpx2.post(
        f"{hub.url}/api/v1/calls",
        json={"command_id": f"only-a-call-{said[:20]}", "said": said, "callback": "555-0177"},
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.text


def test_a_call_without_an_incident_stays_in_sight_until_it_is_closed(
    hub: HubProcess, open_page: Open
) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    screen.expect_live()
    _enter(hub, screen.token(), "someone breathing")
    waiting = page.get_by_role("region", name="Calls without an incident")
    expect(waiting).to_contain_text("someone breathing", timeout=SLOW_MS)
    page.get_by_label("Close someone breathing as").select_option(label="Silent, called back")
    expect(page.get_by_text("someone breathing")).to_have_count(0, timeout=SLOW_MS)


def test_a_second_call_is_linked_to_the_incident_that_it_speaks_of(
    hub: HubProcess, open_page: Open
) -> None:
    page = open_page("cato")
    screen = CallTaker(page)
    number = screen.take("Mill Rd", "555-0123", "structure", "smoke")
    _enter(hub, screen.token(), "smoke at the mill too")
    select = page.get_by_label("Link smoke at the mill too to an incident")
    expect(select).to_be_visible(timeout=SLOW_MS)
    option = select.locator("option", has_text=number[-4:]).first
    select.select_option(value=option.get_attribute("value") or "")
    expect(select).to_have_count(0, timeout=SLOW_MS)
