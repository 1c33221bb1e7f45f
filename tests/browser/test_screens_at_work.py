"""Axe over each screen of a floor at work, by night and day, at 100 and at 200 percent.

Two fires, units in every state, a call for help, a shut road and a BOLO stand for this module
alone: its end takes all of it back, so that no other test finds any of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import HubProcess, Open
from tests.browser.pages import CallTaker, Dispatcher, Responder, Screen
from tests.browser.test_crew_tablet import Desk, incident_at

REASON = "asked for by its chief"
PANELS = ("Closures", "Coverage", "Hospitals", "BOLO")
"""Each is open once: one for a theme and a size."""


@dataclass(frozen=True)
class Floor:
    """What stands on every board."""

    worked: str
    """Number of the incident with units."""
    waits: str
    """Number of the one that has none yet."""
    enroute: str
    on_scene: str
    """The unit that calls for help."""
    out: str
    at: list[float]


@pytest.fixture(scope="module")
def floor(hub: HubProcess) -> Iterator[Floor]:
    hub.ensure_up()
    desk = Desk(hub, "dana")
    here, *_, there = _lines_in(hub, "stations")
    shut = _lines_in(hub, "closures")[0]
    enroute, on_scene, waiting, out = _free_engines(desk)[:4]
    fires = [incident_at(hub, at, incident_type="STRUCTURE_FIRE") for at in (here, there)]
    sent = {"unit_ids": [enroute, on_scene, waiting], "override_reason": REASON}
    made = desk.give(f"/incidents/{fires[0]}/assignments", **sent)["assignments"]
    sent_as = {a["unit_id"]: a["id"] for a in made}
    desk.give(f"/assignments/{sent_as[enroute]}/status", status="enroute")
    desk.give(f"/assignments/{sent_as[on_scene]}/status", status="on_scene")
    desk.give(f"/units/{out}/duty", duty="out_of_service", reason="pump test")
    desk.give(f"/units/{on_scene}/emergency")
    in_an_hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    closed = desk.give("/closures", line=shut, ends_at=in_an_hour, description="burst main")
    desk.give("/bolos", text="grey van", expires_at=in_an_hour)
    numbers = {i["id"]: i["number"] for i in desk.board()["incidents"]}
    yield Floor(numbers[fires[0]], numbers[fires[1]], enroute, on_scene, out, there)
    for emergency in desk.board()["emergencies"]:
        if emergency["unit_id"] == on_scene:
            desk.give(f"/emergencies/{emergency['id']}/endings", outcome="the test is over")
    for assignment_id in sent_as.values():
        desk.give(f"/assignments/{assignment_id}/status", status="cleared")
    desk.give(f"/units/{out}/duty", duty="in_service")
    for incident_id in fires:
        desk.give(f"/incidents/{incident_id}/closings", disposition="the test is over")
    (bolo,) = [b for b in desk.board()["bolos"] if b["text"] == "grey van"]
    desk.give(f"/bolos/{bolo['id']}/endings", reason="the test is over")
    desk.delete(f"/closures/{closed['closure']['id']}")


def _lines_in(hub: HubProcess, name: str) -> list[list[Any]]:
    """The coordinates of each feature of a file of the county's pack."""
    text = (hub.data_dir / "county" / f"{name}.geojson").read_text()
    return [feature["geometry"]["coordinates"] for feature in json.loads(text)["features"]]


def _free_engines(desk: Desk) -> list[str]:
    """Fire's units that stand in their stations, to be sent by anybody."""
    board = desk.board()
    busy = {a["unit_id"] for a in board["assignments"] if a["released_at"] is None}
    return [
        str(unit["id"])
        for unit in board["units"]
        if unit["discipline"] == "fire"
        and unit["id"] not in busy
        and unit["duty"] == "in_service"
        and not unit["phone_only"]
    ]


def _see(page: Page, login: str, floor: Floor) -> None:
    """Wait until the floor is on this screen, and open what its user would have open."""
    if login == "dana":
        desk = Dispatcher(page)
        expect(desk.row(floor.worked)).to_be_visible()
        expect(desk.unit(floor.enroute)).to_have_attribute("data-status", "ER")
        expect(desk.unit(floor.out)).to_have_attribute("data-status", "OOS")
        expect(page.locator(".emergency").get_by_text(floor.on_scene).first).to_be_visible()
        desk.select(floor.waits)
        expect(desk.picks.first).to_be_visible()
        desk.line.fill(f"D! {floor.worked} {floor.out} asked for too")
        expect(desk.echo).to_contain_text("is out of service")
    elif login == "cato":
        taker = CallTaker(page)
        taker.location.fill(f"{floor.at[1]:.5f}, {floor.at[0]:.5f}")
        taker.location.press("Enter")
        authorities = page.get_by_role("region", name="Authorities")
        expect(authorities.get_by_role("listitem").first).to_be_visible()
    elif login == "sue":
        expect(page.get_by_role("region", name="Overrides")).to_contain_text(REASON)
    elif login == "crew":
        expect(Responder(page).assignment).to_contain_text("14 Mill Rd")


def _violations(page: Page) -> list[tuple[str, list[str]]]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [(v["id"], [node["html"] for node in v["nodes"]]) for v in found]


@pytest.mark.parametrize("login", ["cato", "dana", "mara", "sue", "crew"])
def test_axe_finds_nothing_by_night_and_day_at_100_and_200_percent(
    open_page: Open, crew_of: Callable[[str], str], floor: Floor, login: str
) -> None:
    page = open_page(crew_of(floor.enroute) if login == "crew" else login, size=(1600, 900))
    Screen(page).expect_live()
    _see(page, login, floor)
    panels = iter(PANELS)
    for theme in ("night", "day"):
        for size in ((1600, 900), (800, 450)):
            if login == "dana":
                panel = next(panels)
                page.set_viewport_size({"width": 1600, "height": 900})
                page.get_by_role("button", name=re.compile(f"^{panel}")).first.click()
                shown = page.locator(".map-panel")
                expect(shown).to_have_attribute("aria-label", re.compile(f"^{panel}"))
            page.set_viewport_size({"width": size[0], "height": size[1]})
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            assert _violations(page) == [], (theme, size)
        page.keyboard.press("F9")
