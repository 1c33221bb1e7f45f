"""A closure feed changes on disk: a job reads it, and the crew on its way sees another route."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch.services.accounts import create_account
from dispatch.services.loading import PACK_FEED, Places, load_pack
from dispatch.settings import StorageSettings
from dispatch.simulation.children import Children
from dispatch.simulation.stage import start_processes, wait_until_healthy
from dispatch.store.engine import make_engine
from dispatch.store.feeds import find_feed_source, save_feed_source
from dispatch.store.migrations import migrate
from geodata.synthetic.county import make_county
from tests.browser.conftest import require_console
from tests.browser.pages import SLOW_MS, Dispatcher, SignIn
from tests.fault.desk import PASSWORD, Desk
from tests.servers import free_port

WITHIN_MS = 60_000


@dataclass(frozen=True)
class FedHub:
    """A hub with its worker, whose closures come from a file."""

    url: str
    feed: Path
    storage: StorageSettings

    def crew(self, unit_id: str) -> str:
        """Make the account of a unit's crew; its login."""
        login = f"crew-{unit_id}"
        engine = make_engine(self.storage.database)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            create_account(
                connection,
                login=login,
                name=login,
                role="responder",
                password=PASSWORD,
                unit_id=unit_id,
            )
        engine.dispose()
        return login

    def announce(self, line: list[list[float]], description: str) -> None:
        """Write one more closed road into the feed's file, whole."""
        document = json.loads(self.feed.read_text())
        shut = next(
            item
            for item in document["features"]
            if item["properties"]["vehicle_impact"] == "all-lanes-closed"
        )
        more = copy.deepcopy(shut)
        now = datetime.now(UTC)
        more["id"] = "announced-now"
        more["geometry"] = {"type": "LineString", "coordinates": line}
        more["properties"] |= {
            "start_date": (now - timedelta(minutes=5)).isoformat(),
            "end_date": (now + timedelta(hours=2)).isoformat(),
        }
        more["properties"]["core_details"] |= {"description": description, "road_names": []}
        document["features"].append(more)
        fresh = self.feed.with_suffix(".new")
        fresh.write_text(json.dumps(document))
        fresh.replace(self.feed)


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory, chromium_path: Path) -> Iterator[FedHub]:
    require_console()
    folder = tmp_path_factory.mktemp("fed-county")
    make_county(folder, seed=8, nodes=1500, calls=20)
    storage = StorageSettings(data_dir=tmp_path_factory.mktemp("fed-hub"))
    migrate(storage.database)
    engine = make_engine(storage.database)
    load_pack(engine, Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir), folder)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        create_account(connection, login="sue", name="sue", role="dispatcher", password=PASSWORD)
        source = find_feed_source(connection, PACK_FEED)
        assert source is not None
        save_feed_source(connection, source._replace(interval_s=1))
    engine.dispose()
    port = free_port()
    children = Children()
    try:
        hub = start_processes(children, storage.data_dir, "127.0.0.1", port)
        wait_until_healthy(f"http://127.0.0.1:{port}", hub)
        yield FedHub(f"http://127.0.0.1:{port}", folder / "closures.geojson", storage)
    finally:
        children.stop()


@pytest.fixture(scope="module")
def desk(fed: FedHub) -> Iterator[Desk]:
    desk = Desk(fed.url)
    yield desk
    desk.http.close()


def signed_in(browser: Browser, fed: FedHub, login: str) -> Page:
    context = browser.new_context(base_url=fed.url, viewport={"width": 1600, "height": 900})
    context.set_default_timeout(SLOW_MS)
    page = context.new_page()
    page.goto("/")
    SignIn(page).give(login, PASSWORD)
    return page


def test_a_road_that_a_feed_closes_changes_the_route_on_the_crews_screen(
    browser: Browser, fed: FedHub, desk: Desk
) -> None:
    sent = desk.sent_far()
    tablet = signed_in(browser, fed, fed.crew(sent["unit_id"]))
    board = Dispatcher(signed_in(browser, fed, "sue"))
    expect(tablet.get_by_text("open when you were sent")).to_be_visible(timeout=SLOW_MS)
    board.expect_live()
    middle = len(sent["route"]) // 2
    fed.announce(sent["route"][middle : middle + 3], "Flood on the mill road")
    told = tablet.get_by_test_id("rerouted")
    expect(told).to_contain_text("Flood on the mill road: closed", timeout=WITHIN_MS)
    expect(tablet.get_by_text("open when you were sent")).to_have_count(0)
    expect(board.incident).to_contain_text("Flood on the mill road: closed", timeout=SLOW_MS)
    assert desk.assignment(sent["id"])["route"] != sent["route"]
    tablet.context.close()
    board.page.context.close()


def test_a_crew_taps_blocked_here_and_the_dispatcher_confirms_it(
    browser: Browser, fed: FedHub, desk: Desk
) -> None:
    sent = desk.sent_far()
    tablet = signed_in(browser, fed, fed.crew(sent["unit_id"]))
    board = Dispatcher(signed_in(browser, fed, "sue"))
    board.expect_live()
    expect(tablet.get_by_text("open when you were sent")).to_be_visible(timeout=SLOW_MS)
    lon, lat = sent["route"][len(sent["route"]) // 3]
    tablet.context.grant_permissions(["geolocation"])
    tablet.context.set_geolocation({"longitude": lon, "latitude": lat})
    fixes = desk.http.post(f"/units/{sent['unit_id']}/fixes", json={"fixes": [{"at": [lon, lat]}]})
    assert fixes.is_success, fixes.text
    tablet.get_by_role("button", name="Blocked here").click()
    expect(tablet.get_by_test_id("own-block")).to_contain_text("is asked", timeout=SLOW_MS)
    expect(tablet.get_by_test_id("rerouted")).to_contain_text("blocked", timeout=SLOW_MS)
    asked = board.page.get_by_role("status", name="Blocked roads")
    expect(asked).to_contain_text(f"{sent['unit_id']} says blocked", timeout=SLOW_MS)
    board.page.keyboard.press("F10")
    expect(board.echo).to_contain_text("confirmed")
    board.page.keyboard.press("Enter")
    expect(asked).to_have_count(0, timeout=SLOW_MS)
    expect(tablet.get_by_test_id("own-block")).to_contain_text("has confirmed", timeout=SLOW_MS)
    assert desk.assignment(sent["id"])["route"] != sent["route"]
    tablet.context.close()
    board.page.context.close()


def test_a_feed_that_cannot_be_read_says_so_and_keeps_its_closures(
    browser: Browser, fed: FedHub
) -> None:
    board = Dispatcher(signed_in(browser, fed, "sue"))
    board.expect_live()
    board.page.get_by_role("button", name="Feeds").click()
    panel = board.page.get_by_role("region", name="Feeds")
    expect(panel.get_by_text("on the roads").first).to_be_visible(timeout=SLOW_MS)
    standing = board.page.get_by_role("button", name="Closures").inner_text()
    fed.feed.write_text("<html>gateway time-out</html>")
    expect(panel).to_contain_text("Cannot be read", timeout=WITHIN_MS)
    expect(panel).to_contain_text("not JSON")
    assert board.page.get_by_role("button", name="Closures").inner_text() == standing
    board.page.context.close()
