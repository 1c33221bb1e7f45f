"""Finding the place on the call form, and what its municipality hears of one that the map lacks."""

from __future__ import annotations

import uuid

import httpx2
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, HubProcess, Open
from tests.browser.pages import SLOW_MS, CallTaker


def test_a_name_that_many_towns_have_is_paged_and_each_town_has_its_digit(open_page: Open) -> None:
    taker = CallTaker(open_page("cato"))
    keys = taker.page.keyboard
    taker.location.fill("main st")
    status = taker.page.get_by_text("Page 1 of 2")
    expect(status).to_be_visible(timeout=SLOW_MS)
    first = taker.candidates.first.inner_text()
    keys.press("PageDown")
    expect(taker.candidates.first).not_to_have_text(first)
    town = taker.candidates.nth(1).locator(".town").inner_text()
    keys.press("Enter")
    keys.press("2")
    place = taker.page.get_by_test_id("place")
    expect(place).to_contain_text(town)
    taker.page.get_by_role("button", name="Change location").click()
    taker.location.fill("tamarrow river bridge")
    expect(taker.candidates.first).to_contain_text("bridge over Tamarrow River", timeout=SLOW_MS)


def test_a_place_that_the_map_lacks_is_on_its_municipalitys_screen_until_it_is_corrected(
    hub: HubProcess, open_page: Open
) -> None:
    api = f"{hub.url}/api/v1"
    signed = httpx2.post(f"{api}/sessions", json={"login": "cato", "password": PASSWORD}).json()
    headers = {"Authorization": f"Bearer {signed['token']}"}
    asked = {"q": "main st, kestrow"}
    (street, *_) = httpx2.get(f"{api}/places", params=asked, headers=headers).json()
    call = {
        "command_id": uuid.uuid4().hex,
        "place": {"at": street["at"], "address": "behind the lime kiln"},
        "incident_type": "STRUCTURE_FIRE",
    }
    assert httpx2.post(f"{api}/calls", json=call, headers=headers).status_code == 201
    town = open_page("mara")
    faults = town.get_by_role("region", name="Map faults")
    expect(faults).to_contain_text("behind the lime kiln not on the map", timeout=SLOW_MS)
    faults.get_by_role("button", name="Map corrected: behind the lime kiln").click()
    expect(faults).not_to_contain_text("behind the lime kiln", timeout=SLOW_MS)
