"""Finding the place on the call form, and what its municipality hears of one that the map lacks."""

from __future__ import annotations

import uuid

import httpx2
from playwright.sync_api import Route, expect

from tests.browser.conftest import PASSWORD, HubProcess, Open
from tests.browser.pages import SLOW_MS, CallTaker, wait_with


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
    # In degrees and minutes: the hub reads them, and the only reading is taken by Enter alone.
    taker.location.fill("40 16.5 N 75 24.25 W")
    expect(taker.candidates.first).to_contain_text("40.275000 N, 75.404167 W", timeout=SLOW_MS)
    keys.press("Enter")
    expect(place).to_contain_text("unverified")
    expect(place).to_contain_text("40.275000 N, 75.404167 W")
    own = taker.page.get_by_label("Caller's location")
    own.fill("40 16.5 N 75 24.25 W")
    expect(taker.page.get_by_test_id("caller-typed")).to_contain_text("40.275000", timeout=SLOW_MS)


def test_while_the_index_of_places_is_built_the_form_says_so_and_takes_coordinates(
    open_page: Open,
) -> None:
    taker = CallTaker(open_page("cato"))
    building = {"state": "building", "built_pct": 40, "since_s": 3.0, "older": False, "why": ""}
    of_index = "**/api/v1/places/index"
    taker.page.route(of_index, lambda route: route.fulfill(json=building))
    of_places = "**/api/v1/places?*"
    nothing = {"places": [], "index": building}
    taker.page.route(of_places, lambda route: route.fulfill(json=nothing))
    taker.page.reload()
    said = taker.page.get_by_test_id("place-index")
    expect(said).to_contain_text("Place index being built, 40 %", timeout=SLOW_MS)
    taker.location.fill("main st")
    expect(taker.page.get_by_text("not found means nothing now")).to_be_visible(timeout=SLOW_MS)
    expect(taker.page.get_by_text("0 found")).to_have_count(0)
    taker.page.unroute(of_places)
    taker.page.unroute(of_index)
    expect(said).to_have_count(0, timeout=SLOW_MS)
    expect(taker.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)


def test_a_press_of_the_rebid_key_while_one_is_under_way_is_said_and_asks_once_more(
    open_page: Open,
) -> None:
    taker = CallTaker(open_page("cato"))
    held: list[Route] = []
    taker.page.route("**/rebids", lambda route: held.append(route))
    taker.location.fill("main st")
    expect(taker.candidates.first).to_be_visible(timeout=SLOW_MS)
    expect(taker.page.get_by_role("button", name="Re-bid")).to_be_enabled(timeout=SLOW_MS)
    state = taker.page.get_by_test_id("rebid")
    taker.page.keyboard.press("Alt+r")
    expect(state).to_contain_text("no answer yet", timeout=SLOW_MS)
    taker.page.keyboard.press("Alt+r")
    taker.page.keyboard.press("Alt+r")
    expect(state).to_contain_text("once more after it")
    wait_with(taker.page, lambda: len(held) == 1)
    held[0].fulfill(status=201, json={"seq": 1})
    expect(state).to_contain_text("last answer", timeout=SLOW_MS)
    expect(state).not_to_contain_text("once more")
    wait_with(taker.page, lambda: len(held) == 2)
    held[1].fulfill(status=201, json={"seq": 1})
    expect(state).not_to_contain_text("no answer yet", timeout=SLOW_MS)
    assert len(held) == 2


def test_a_place_that_the_map_lacks_is_on_its_municipalitys_screen_until_it_is_corrected(
    hub: HubProcess, open_page: Open
) -> None:
    api = f"{hub.url}/api/v1"
    sign_in = {"login": "cato", "password": PASSWORD}
    signed = httpx2.post(f"{api}/sessions", json=sign_in, timeout=60).json()
    headers = {"Authorization": f"Bearer {signed['token']}"}
    asked = {"q": "main st, kestrow"}
    found = httpx2.get(f"{api}/places", params=asked, headers=headers, timeout=60).json()
    street = found["places"][0]
    call = {
        "command_id": uuid.uuid4().hex,
        "place": {"at": street["at"], "address": "behind the lime kiln"},
        "incident_type": "STRUCTURE_FIRE",
    }
    taken = httpx2.post(f"{api}/calls", json=call, headers=headers, timeout=60)
    assert taken.status_code == 201, taken.text
    town = open_page("mara")
    faults = town.get_by_role("region", name="Map faults")
    expect(faults).to_contain_text("behind the lime kiln not on the map", timeout=SLOW_MS)
    faults.get_by_role("button", name="Map corrected: behind the lime kiln").click()
    expect(faults).not_to_contain_text("behind the lime kiln", timeout=SLOW_MS)
