"""Dispatchers work incidents by keyboard alone: divert, undo, backup, a call for help, a crew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import CallLines, HubProcess, Open
from tests.browser.pages import (
    SLOW_MS,
    CallTaker,
    Dispatcher,
    Responder,
    Screen,
    board_of,
    wait_with,
)


def free_unit(desk: Dispatcher, discipline: str, *, of: str | None = None) -> str:
    board = board_of(desk)
    busy = {a["unit_id"] for a in board["assignments"] if a["released_at"] is None}
    return next(
        str(u["id"])
        for u in board["units"]
        if u["discipline"] == discipline
        and of in (None, u["agency_id"])
        and u["id"] not in busy
        and u["duty"] == "in_service"
        and not u["phone_only"]
    )


def incident_of(desk: Dispatcher, number: str) -> dict[str, Any]:
    return next(i for i in board_of(desk)["incidents"] if i["number"] == number)


def give(desk: Dispatcher, line: str) -> None:
    desk.give(line)
    expect(desk.last_reply).to_contain_text(line, timeout=SLOW_MS)
    expect(desk.last_reply).to_contain_text("OK", timeout=SLOW_MS)


class Held:
    """Requests of one kind that wait on their way to the hub."""

    def __init__(self, page: Page, method: str) -> None:
        self._page = page
        self._method = method
        self._waiting: list[Route] = []

    def take(self, route: Route) -> None:
        """Keep it back, if it is of that kind."""
        if route.request.method == self._method:
            self._waiting.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        """The one that waits goes on; it is waited for."""
        wait_with(self._page, lambda: bool(self._waiting))
        (route,) = self._waiting
        route.continue_()


@contextmanager
def held_back(screen: Screen, method: str) -> Iterator[Held]:
    """What this screen asks of an incident by that method reaches the hub when it is let go."""
    held = Held(screen.page, method)
    screen.page.route("**/api/v1/incidents/*", held.take)
    yield held
    screen.page.unroute("**/api/v1/incidents/*")


def test_a_unit_is_diverted_and_the_divert_taken_back(
    open_page: Open, crew_of: Callable[[str], str]
) -> None:
    desk = Dispatcher(open_page("dana"))
    taker = CallTaker(open_page("cato"))
    quiet = taker.take("main st", "610 555 0171", "fire special service", "standby")
    urgent = taker.take("church", "610 555 0172", "building fire", "flames")
    unit_id = free_unit(desk, "fire")
    desk.select(quiet)
    give(desk, f"D! . {unit_id} asked for by the chief")
    crew = Responder(open_page(crew_of(unit_id), size=(1280, 800)))
    expect(crew.assignment).to_contain_text("Fire special service", timeout=SLOW_MS)

    desk.select(urgent)
    desk.line.fill(f"DV . {unit_id}")
    expect(desk.echo).to_contain_text(f"Divert {unit_id} from {quiet[-4:]}")
    desk.line.press("Enter")
    expect(crew.assignment).to_contain_text("Building fire", timeout=SLOW_MS)
    assert [leg["state"] for leg in incident_of(desk, quiet)["legs"]] == ["pending"]

    desk.line.fill("U")
    expect(desk.echo).to_contain_text("Take back: DV")
    desk.line.press("Enter")
    expect(desk.last_reply).to_contain_text("say it on the radio too", timeout=SLOW_MS)
    expect(crew.assignment).to_contain_text("Fire special service", timeout=SLOW_MS)
    expect(crew.page.get_by_test_id("correction")).to_contain_text("CORRECTION", timeout=SLOW_MS)

    desk.select(quiet)
    give(desk, f"AV {unit_id}")
    give(desk, f"H . +15m {unit_id} waits for its own engine")
    expect(desk.row(quiet)).to_contain_text("held till", timeout=SLOW_MS)
    alarm = desk.page.get_by_role("alert").filter(has_text=f"{unit_id} is free")
    expect(alarm).to_be_visible(timeout=SLOW_MS)
    desk.page.keyboard.press("F8")
    expect(alarm).to_be_hidden()
    give(desk, "H . -")
    desk.line.fill(f"SC . +2h {unit_id}")
    expect(desk.echo).to_contain_text(f"{unit_id} reserved")
    desk.line.press("Enter")
    expect(desk.row(quiet)).to_contain_text("SCHEDULED", timeout=SLOW_MS)
    expect(crew.page.get_by_test_id("reserved")).to_contain_text("RESERVED", timeout=SLOW_MS)
    kept = desk.page.locator(f'[data-unit="{unit_id}"][data-status="AV"]')
    expect(kept).to_contain_text("for ", timeout=SLOW_MS)
    give(desk, "SC- .")
    expect(desk.row(quiet)).to_contain_text("wanted", timeout=SLOW_MS)
    give(desk, f"LK . {urgent[-4:]}")
    expect(desk.incident).to_contain_text("Linked:", timeout=SLOW_MS)
    for number in (quiet, urgent):
        desk.select(number)
        give(desk, "C . nothing found")
    expect(desk.row(urgent)).to_be_hidden(timeout=SLOW_MS)
    desk.give("U")
    expect(desk.row(urgent)).to_be_visible(timeout=SLOW_MS)
    desk.select(urgent)
    give(desk, "C . nothing found")


def test_a_structure_fire_is_worked_from_ring_to_closed_by_keyboard_alone(
    open_page: Open, call_lines: CallLines
) -> None:
    desk = Dispatcher(open_page("dana"))
    taker = CallTaker(open_page("cato"))
    for screen in (desk, taker):
        screen.page.evaluate(
            "window.pointed = 0; addEventListener('pointerdown', () => { window.pointed += 1; })"
        )
    call_lines.ring("610 555 0176")
    expect(taker.page.get_by_role("region", name="Ringing")).to_contain_text(
        "610 555 0176", timeout=SLOW_MS
    )
    keys = taker.page.keyboard
    keys.press("Alt+a")
    callback = taker.page.get_by_label("2 Callback number")
    expect(callback).to_have_value("610 555 0176", timeout=SLOW_MS)
    keys.press("Alt+l")
    keys.type("mill rd")
    expect(taker.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)
    keys.press("Enter")
    keys.press("1")
    expect(callback).to_be_focused()
    keys.press("Enter")
    keys.type("building fire")
    keys.press("Enter")
    keys.press("Alt+n")
    keys.type("flames from the roof")
    keys.press("Control+Enter")
    number = taker.saved_number()
    expect(desk.row(number)).to_be_visible(timeout=SLOW_MS)
    desk.select_by_keys(number)
    expect(desk.picks.nth(5)).to_be_visible(timeout=SLOW_MS)
    desk.send_recommended()
    incident = incident_of(desk, number)
    (rung,) = [c for c in board_of(desk)["calls"] if c["incident_id"] == incident["id"]]
    assert rung["received_at"] < rung["answered_at"]
    sent = [a for a in board_of(desk)["assignments"] if a["incident_id"] == incident["id"]]
    assert len(sent) >= 6
    units = " ".join(sorted(a["unit_id"] for a in sent))

    for unit_id in units.split():
        desk.type(f"ACK {unit_id}")
    for line in (
        f"ER {units}",
        f"OS {units}",
        "BM . water on the fire",
        "N . roof is open, two lines in",
        "PAR .",
        "BM . under control",
        f"AV {units}",
        "C . fire: out, left to the owner",
        "C . nobody hurt",
    ):
        desk.type(line)
    expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)
    file = desk.page.request.get(
        f"/api/v1/incidents/{incident['id']}",
        headers={"authorization": f"Bearer {desk.token()}"},
    ).json()
    assert file["incident"]["state"] == "closed"
    assert {leg["state"] for leg in file["incident"]["legs"]} == {"closed"}
    ours = [a for a in file["assignments"] if a["unit_id"] in units.split()]
    for times in ("acknowledged_at", "arrived_at", "released_at"):
        assert all(a[times] for a in ours), times
    assert [screen.page.evaluate("window.pointed") for screen in (desk, taker)] == [0, 0]


def test_a_call_on_the_border_is_worked_by_two_desks_of_two_agencies(
    hub: HubProcess, open_page: Open
) -> None:
    said = (hub.data_dir / "county" / "README.md").read_text(encoding="utf-8")
    found = re.search(r"about (\S+, \S+) stand in the fire areas of both (\S+) and (\S+)\.", said)
    assert found is not None
    spot, *agencies = found.groups()
    for login, agency_id in zip(("col", "ida"), agencies, strict=True):
        hub.add_account(login, "dispatcher", agency_id=agency_id)
    taker = CallTaker(open_page("cato"))
    keys = taker.page.keyboard
    taker.location.focus()
    keys.type(spot)
    keys.press("Enter")
    whose = taker.page.get_by_role("region", name="Authorities")
    expect(whose).to_contain_text("BORDER", timeout=SLOW_MS)
    expect(whose.locator("li").filter(has_text="FIRE")).to_contain_text(" m")
    keys.type("610 555 0177")
    keys.press("Enter")
    keys.type("building fire")
    keys.press("Enter")
    keys.press("Control+Enter")
    number = taker.saved_number()
    taker.page.close()
    col, ida = (Dispatcher(open_page(login)) for login in ("col", "ida"))
    for desk in (col, ida):
        desk.select(number)
        expect(desk.incident).to_contain_text("BORDER: two authorities near", timeout=SLOW_MS)
        expect(desk.picks.first).to_be_visible(timeout=SLOW_MS)
    sent = []
    for desk, agency_id in zip((col, ida), agencies, strict=True):
        sent.append(free_unit(desk, "fire", of=agency_id))
        give(desk, f"D! . {sent[-1]} ours is near")
    for desk, theirs in ((col, sent[1]), (ida, sent[0])):
        on_it = desk.incident.get_by_role("list", name="Units on it")
        expect(on_it).to_contain_text(theirs, timeout=SLOW_MS)
    incident = next(i for i in board_of(col)["incidents"] if i["number"] == number)
    whose = next(leg["agency_id"] for leg in incident["legs"] if leg["discipline"] == "fire")
    owner, aid = (col, ida) if whose == agencies[0] else (ida, col)
    theirs = sent[1] if owner is col else sent[0]
    give(owner, f"AV {sent[0] if owner is col else sent[1]}")
    owner.give("C . fire: ours is back")
    expect(owner.last_reply).to_contain_text(theirs, timeout=SLOW_MS)
    give(aid, f"AV {theirs}")
    aid.give("C . fire: out, both are back")
    expect(aid.last_reply).to_contain_text("You do not answer for FIRE of", timeout=SLOW_MS)
    give(owner, "C . fire: out, both are back")
    for desk in (col, ida):
        legs = desk.incident.get_by_role("table", name="Legs")
        fire = legs.get_by_role("row").filter(has_text="FIRE")
        expect(fire).to_contain_text("closed: out, both are back", timeout=SLOW_MS)
        expect(legs.get_by_role("row").filter(has_text="EMS")).to_contain_text("pending")
    give(ida, "C! . nobody hurt / the others asked us by phone")
    for desk in (col, ida):
        expect(desk.row(number)).to_be_hidden(timeout=SLOW_MS)


def test_an_officer_calls_for_help_and_backup_comes(
    open_page: Open, crew_of: Callable[[str], str]
) -> None:
    desk = Dispatcher(open_page("dana"))
    other = Dispatcher(open_page("dirk"))
    other.page.get_by_role("group", name="Disciplines covered").get_by_role(
        "button", name="LAW"
    ).click()
    officer = free_unit(desk, "law")
    board = board_of(desk)
    home = next(u["home"] for u in board["units"] if u["id"] == officer)
    give(desk, f"TS {officer} {home[1]:.5f},{home[0]:.5f} KLM-1234")
    crew = Responder(open_page(crew_of(officer), size=(1280, 800)))
    ask = crew.page.get_by_role("form", name="Plates and warrants")
    ask.get_by_label("Plate", exact=True).fill("KLM-1234")
    ask.get_by_role("button", name="Ask").click()
    answer = crew.page.get_by_role("region", name="Query answers")
    expect(answer).to_contain_text("CAUTION armed: FOUND: STOLEN KLM-1234", timeout=SLOW_MS)
    stop = next(
        a["incident_id"]
        for a in board_of(desk)["assignments"]
        if a["unit_id"] == officer and a["released_at"] is None
    )
    number = next(i["number"] for i in board_of(desk)["incidents"] if i["id"] == stop)
    desk.give(f"Q {number[-4:]} plate XYZ-99 stop")
    expect(desk.last_reply).to_contain_text("STOLEN XYZ-99", timeout=SLOW_MS)
    desk.page.get_by_role("button", name=re.compile(r"^Queries \d+$")).click()
    mine = desk.page.get_by_role("list", name="Earlier answers")
    expect(mine).to_contain_text("CAUTION armed")
    expect(mine).not_to_contain_text("KLM-1234")
    button = crew.page.get_by_test_id("emergency")
    expect(button).to_be_visible()
    button.hover()
    crew.page.mouse.down()
    expect(button).to_contain_text("EMERGENCY IS ON", timeout=SLOW_MS)
    crew.page.mouse.up()

    for screen in (desk, other):
        strip = screen.page.get_by_role("alert", name="Emergencies")
        expect(strip).to_contain_text(officer, timeout=SLOW_MS)
        screen.page.keyboard.press("F8")
        expect(strip).to_contain_text("EMERGENCY")
    give(desk, f"BK {officer}")
    expect(desk.last_reply).to_contain_text("sent")
    sent = [a for a in board_of(desk)["assignments"] if a["override_reason"] is not None]
    assert any(a["override_reason"] == f"backup for {officer}" for a in sent)
    desk.give(f"EME {officer}")
    expect(desk.echo).to_contain_text("How did the emergency")
    give(desk, f"EME {officer} suspect in custody")
    expect(other.page.get_by_role("alert", name="Emergencies")).to_be_hidden(timeout=SLOW_MS)
    expect(button).to_contain_text("hold", timeout=SLOW_MS)
    backup = next(a["unit_id"] for a in sent if a["override_reason"] == f"backup for {officer}")
    give(desk, f"AV {officer} {backup}")


def test_two_dispatchers_at_one_incident_lose_no_word_and_a_crew_is_on_one_vehicle(
    hub: HubProcess, open_page: Open, crew_of: Callable[[str], str]
) -> None:
    first, second = Dispatcher(open_page("dana")), Dispatcher(open_page("dirk"))
    taker = CallTaker(open_page("cato"))
    number = taker.take("main st", "610 555 0173", "gas", "smell of gas")
    for desk in (first, second):
        desk.select(number)
    first.line.fill("N . wind from the west")
    second.line.fill("N . school is near")
    first.line.press("Enter")
    second.line.press("Enter")
    for desk in (first, second):
        narrative = desk.page.get_by_role("region", name="Narrative")
        expect(narrative).to_contain_text("wind from the west", timeout=SLOW_MS)
        expect(narrative).to_contain_text("school is near", timeout=SLOW_MS)
    stands = incident_of(first, number)["priority"]
    firsts, seconds = [n for n in (2, 3, 4) if n != stands][:2]
    with held_back(second, "PATCH") as patch:
        second.give(f"P . {seconds}")
        expect(second.last_reply).to_contain_text(f"P . {seconds}", timeout=SLOW_MS)
        give(first, f"P . {firsts}")
        patch.let_go()
        told = f"priority is {firsts}, yours was {seconds}"
        expect(second.last_reply).to_contain_text(told, timeout=SLOW_MS)
    second.line.press("ArrowUp")
    expect(second.line).to_have_value(f"P . {seconds}")
    second.line.press("Enter")
    expect(second.last_reply).to_contain_text("OK", timeout=SLOW_MS)
    assert incident_of(first, number)["priority"] == seconds
    crews = (hub.data_dir / "county" / "crews.csv").read_text().splitlines()
    engine, tanker = crews[1].split(",")[1].split(";")
    parked = Responder(open_page(crew_of(tanker), size=(1280, 800)))
    give(first, f"D! . {engine} of this crew")
    where = parked.page.get_by_test_id("parked")
    expect(where).to_contain_text(f"Your crew is out with {engine}", timeout=SLOW_MS)
    give(first, f"AV {engine}")
    expect(where).to_be_hidden(timeout=SLOW_MS)
    give(first, "C . no gas found")
    second.give("N . written after the close")
    expect(second.row(number)).to_be_hidden(timeout=SLOW_MS)


def test_a_volunteer_crew_logs_on_with_what_it_has(
    open_page: Open, crew_of: Callable[[str], str]
) -> None:
    desk = Dispatcher(open_page("dana"))
    unit_id = free_unit(desk, "ems")
    crew = Responder(open_page(crew_of(unit_id), size=(1280, 800)))
    crew.page.get_by_role("button", name="Log on").click()
    form = crew.page.get_by_role("form", name="Log on")
    form.get_by_label("Crew of").fill("1")
    form.get_by_label("Names").fill("A. Example")
    form.get_by_label("Radio").fill("7012")
    form.get_by_role("checkbox").first.uncheck()
    form.get_by_role("button", name="Log on").click()
    expect(crew.page.get_by_test_id("logon")).to_contain_text(
        "crew of 1, A. Example", timeout=SLOW_MS
    )
    unit = next(u for u in board_of(desk)["units"] if u["id"] == unit_id)
    assert (unit["staffing"], unit["logon"]["radio"]) == (1, "7012")
    assert unit["logon"]["lacks"]
    expect(desk.page.locator(f"button[data-unit='{unit_id}']").first).to_contain_text("without")
    give(desk, f"LF {unit_id}")
    expect(crew.page.get_by_test_id("logon")).to_contain_text(
        "Nobody is logged on", timeout=SLOW_MS
    )
