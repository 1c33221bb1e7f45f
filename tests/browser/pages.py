"""Page objects: what a person does on each screen, by the names that a screen reader would say."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.fault.hub_child import wait_until

TILE_PX = 512
SLOW_MS = 60_000
"""The software renderer on a busy machine takes its time over the first map."""
expect.set_options(timeout=SLOW_MS)


@dataclass(frozen=True)
class SignIn:
    """The page before everything."""

    page: Page

    def give(self, login: str, password: str) -> None:
        """Type both and press Enter."""
        self.page.get_by_label("Name", exact=True).fill(login)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.keyboard.press("Enter")

    @property
    def fault(self) -> Locator:
        """Why it was refused, and what to do."""
        return self.page.get_by_role("alert")


def alarm(of: Page | Locator, words: str) -> Locator:
    """The alert that says so: others may stand beside it, that a call or the hub itself is late."""
    return of.get_by_role("alert").filter(has_text=words)


@dataclass(frozen=True)
class Screen:
    """What every screen has: the link's state, the theme, what is not sent, the map."""

    page: Page

    @property
    def link(self) -> Locator:
        """LIVE, n s behind, STALE n s, RESYNC or OFFLINE n s."""
        return self.page.get_by_role("banner").locator("[data-link]")

    @property
    def unsent(self) -> Locator:
        """Commands without an answer."""
        return self.page.get_by_role("status", name="Not sent")

    @property
    def map(self) -> Locator:
        """The box of the map; ``data-state`` is ``idle`` when all of it is drawn."""
        return self.page.get_by_test_id("map")

    def expect_live(self) -> None:
        """Wait until what is shown is alive."""
        expect(self.link).to_have_text("LIVE", timeout=SLOW_MS)

    def expect_drawn(self) -> None:
        """Wait until the map reached idle: worker, tiles and fonts are all there."""
        expect(self.map).to_have_attribute("data-state", "idle", timeout=SLOW_MS)

    def expect_at_rest(self) -> None:
        """Wait until the map is drawn and has not moved for a while."""
        before = ""
        for _ in range(SLOW_MS // 400):
            self.expect_drawn()
            view = self.map.get_attribute("data-view") or ""
            if view and view == before:
                return
            before = view
            self.page.wait_for_timeout(400)
        raise AssertionError("the map does not come to rest")

    def token(self) -> str:
        """The session's token, to ask the hub what this viewer may see."""
        kept = self.page.evaluate("sessionStorage.getItem('dispatch.session')")
        token: str = json.loads(kept)["token"]
        return token

    def pixel_of(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point lies on the page, by the map's centre and zoom (web Mercator)."""
        view = self.map.get_attribute("data-view")
        box = self.map.bounding_box()
        assert view is not None
        assert box is not None
        centre_lon, centre_lat, zoom = (float(part) for part in view.split(","))
        world_px = TILE_PX * 2**zoom
        dx = (lon - centre_lon) / 360 * world_px
        dy = (_mercator(centre_lat) - _mercator(lat)) / (2 * math.pi) * world_px
        return box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy

    def shut_road(
        self, line: list[list[float]], until: str, description: str, button: str = "Draw closure"
    ) -> None:
        """Draw along these points on the map, and save the closure."""
        self.page.get_by_role("button", name=button).click()
        form = self.page.get_by_role("form", name="New closure")
        expect(form).to_be_visible()
        expect(self.page.get_by_label("Map", exact=True)).to_have_css("cursor", "crosshair")
        for lon, lat in [*line, line[-1]]:
            x, y = self.pixel_of(lon, lat)
            self.page.mouse.move(x, y)
            self.page.mouse.click(x, y, delay=60)
            self.page.wait_for_timeout(300)
        form.get_by_label("Ends (+1h or 16:30)").fill(until)
        form.get_by_label("Description").fill(description)
        undrawn = form.get_by_text("Draw the line on the map first")
        form.get_by_role("button", name="Save closure").click()
        wait_with(self.page, lambda: form.is_hidden() or undrawn.is_visible())
        if undrawn.is_visible():
            # A busy renderer lost one of the clicks: one more on the last point ends the line.
            self.page.mouse.click(*self.pixel_of(*line[-1]), delay=60)
            form.get_by_role("button", name="Save closure").click()
        expect(form).to_be_hidden(timeout=SLOW_MS)

    def show_on_map(self, lon: float, lat: float, zoom: float) -> None:
        """Bring a point into view by the wheel, until the map is at least that near."""
        self.expect_drawn()
        for _ in range(40):
            view = self.map.get_attribute("data-view") or ""
            if float(view.split(",")[2]) >= zoom:
                return
            x, y = self.pixel_of(lon, lat)
            self.page.mouse.move(x, y)
            self.page.mouse.wheel(0, -240)
            self.page.wait_for_timeout(400)
            self.expect_drawn()


def wait_with(page: Page, holds: Callable[[], bool]) -> None:
    """Until it holds, while the browser goes on."""
    for _ in range(SLOW_MS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about in time")


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


@dataclass(frozen=True)
class CallTaker(Screen):
    """The call form."""

    @property
    def location(self) -> Locator:
        """Where the emergency is, as it is said."""
        return self.page.get_by_label("1 Location: where is the emergency?")

    @property
    def candidates(self) -> Locator:
        """What the words may mean; the last one is the location as typed."""
        return self.page.get_by_role("listbox", name="Location candidates").get_by_role("option")

    @property
    def note(self) -> Locator:
        """What the caller says."""
        return self.page.get_by_label("Note", exact=True)

    @property
    def saved(self) -> Locator:
        """What the call became."""
        return self.page.get_by_test_id("saved")

    def take(self, said: str, callback: str, kind: str, note: str) -> str:
        """Enter a call by keyboard alone, and return the incident's number."""
        keys = self.page.keyboard
        before = self.saved.inner_text() if self.saved.is_visible() else ""
        self.location.focus()
        keys.type(said)
        expect(self.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)
        keys.press("Enter")
        keys.press("1")
        expect(self.page.get_by_label("2 Callback number")).to_be_focused()
        keys.type(callback)
        keys.press("Enter")
        keys.type(kind)
        keys.press("Enter")
        keys.press("Alt+n")
        keys.type(note)
        keys.press("Control+Enter")
        if before:
            expect(self.saved).not_to_have_text(before, timeout=SLOW_MS)
        return self.saved_number()

    def keep_card(self, said: str, kind: str, callback: str) -> None:
        """A call by keyboard alone while nobody answers: the words, a number, a type, commit."""
        keys = self.page.keyboard
        self.location.focus()
        keys.type(said)
        expect(self.candidates.last).to_be_visible(timeout=SLOW_MS)
        keys.press("Enter")
        if not said[:1].isdigit():  # coordinates are taken at once
            keys.press("0")
            expect(self.page.get_by_test_id("middle")).to_contain_text("NO SPOT IS KNOWN")
            keys.press("Enter")
        keys.type(callback)
        keys.press("Enter")
        keys.type(kind)
        keys.press("Enter")
        keys.press("Control+Enter")
        expect(self.saved).to_contain_text("Kept here as card L", timeout=SLOW_MS)

    def enter_card(self, card: str) -> None:
        """Wait until a card is entered; what it may be known as, it is not."""
        row = self.cards.locator(f'[data-card="{card}"]')
        expect(row).to_have_attribute("data-state", re.compile("entered|asks"), timeout=2 * SLOW_MS)
        if row.get_attribute("data-state") == "asks":
            row.get_by_role("button", name=f"{card} is another incident").click()
        expect(row).to_have_attribute("data-state", "entered", timeout=2 * SLOW_MS)

    @property
    def cards(self) -> Locator:
        """Calls of an outage."""
        return self.page.get_by_role("region", name="Cards of an outage")

    def saved_number(self) -> str:
        """The number of the incident that the call became."""
        expect(self.saved).to_contain_text("Saved as ", timeout=SLOW_MS)
        found = re.search(r"\d{4}-\d+", self.saved.inner_text())
        assert found is not None
        return found[0]


@dataclass(frozen=True)
class Dispatcher(Screen):
    """The dispatcher's board."""

    def expect_whole_at(self, width: int, height: int) -> None:
        """On a screen so large nothing of the bar, the incident and its picks runs past an edge."""
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function(
            """width => innerWidth === width
                && [...document.querySelectorAll(".bar, .detail, .advice-body")]
                    .every((part) => part.scrollWidth <= part.clientWidth)""",
            arg=width,
            timeout=SLOW_MS,
        )
        if size:
            self.page.set_viewport_size(size)

    @property
    def queue(self) -> Locator:
        """Pending above active."""
        return self.page.get_by_role("listbox", name="Queue")

    def row(self, number: str) -> Locator:
        """One incident of the queue."""
        return self.queue.locator(f'[data-incident="{number}"]')

    @property
    def incident(self) -> Locator:
        """The selected incident."""
        return self.page.get_by_role("region", name="Incident", exact=True)

    @property
    def advice(self) -> Locator:
        """The recommendation displayed."""
        return self.page.get_by_role("region", name="Recommendation")

    @property
    def picks(self) -> Locator:
        """Its picks, each with the unit as ``data-unit``."""
        return self.advice.locator(".pick")

    @property
    def send(self) -> Locator:
        """The button that sends what is displayed and not left out."""
        return self.advice.get_by_role("button", name=re.compile(r"^Send \d+$"))

    def send_recommended(self) -> None:
        """F5 and Enter, and once more where it says that the recommendation has changed."""
        self.page.keyboard.press("F5")
        expect(self.echo).to_contain_text("Send ", timeout=SLOW_MS)
        for _ in range(5):
            self.page.keyboard.press("Enter")
            answered = re.compile("OK|REFUSED")
            expect(self.last_reply).to_contain_text(answered, timeout=SLOW_MS)
            if "recommendation has changed" not in self.last_reply.inner_text():
                break
        expect(self.last_reply).to_contain_text("OK", timeout=SLOW_MS)

    @property
    def line(self) -> Locator:
        """The command line."""
        return self.page.get_by_label("Command line")

    @property
    def echo(self) -> Locator:
        """What Enter would do."""
        return self.page.get_by_test_id("echo")

    @property
    def last_reply(self) -> Locator:
        """The newest line of the replies."""
        return self.page.get_by_role("log", name="Replies").locator("li").last

    def unit(self, unit_id: str) -> Locator:
        """A unit of the board; its code is ``data-status``."""
        board = self.page.get_by_role("region", name="Unit board")
        return board.locator(f'[data-unit="{unit_id}"]')

    def select(self, number: str) -> None:
        """Click the incident's row."""
        self.row(number).click()
        expect(self.row(number)).to_have_attribute("aria-selected", "true")

    def select_by_keys(self, number: str) -> None:
        """Go through the queue with Ctrl+Down until the incident is the selected one.

        Whoever presses looks first where they are: a key more would go past it.
        """
        selected = self.queue.locator('[data-incident][aria-selected="true"]')

        def chosen() -> str | None:
            return selected.get_attribute("data-incident") if selected.count() else None

        for _ in range(self.queue.locator("[data-incident]").count()):
            before = chosen()
            if before == number:
                return
            self.page.keyboard.press("Control+ArrowDown")
            wait_until(lambda was=before: chosen() != was, 60, "Ctrl+Down chooses no other")  # type: ignore[misc]
        expect(self.row(number)).to_have_attribute("aria-selected", "true")

    def type(self, line: str) -> None:
        """Give a command by keys alone: F2, the words, Enter; wait until the hub has taken it."""
        self.page.keyboard.press("F2")
        self.page.keyboard.type(line)
        self.page.keyboard.press("Enter")
        expect(self.last_reply).to_contain_text(line, timeout=SLOW_MS)
        expect(self.last_reply).to_contain_text("OK", timeout=SLOW_MS)

    def give(self, line: str) -> None:
        """Type a command, see what it means, press Enter."""
        self.line.fill(line)
        self.line.press("Enter")

    def have_done(self, line: str) -> None:
        """Give a command, and wait until the hub has taken this one."""
        self.give(line)
        expect(self.last_reply).to_contain_text(line, timeout=SLOW_MS)
        expect(self.last_reply).to_contain_text("OK", timeout=SLOW_MS)


@dataclass(frozen=True)
class Responder(Screen):
    """The crew's screen."""

    @property
    def assignment(self) -> Locator:
        """The one assignment."""
        return self.page.get_by_role("region", name="Assignment")

    @property
    def acknowledge(self) -> Locator:
        """The large button, there until the crew has answered."""
        return self.page.get_by_role("button", name="Acknowledge", exact=True)

    @property
    def acknowledged(self) -> Locator:
        """That and when it was acknowledged."""
        return self.page.get_by_test_id("acknowledged")

    def status(self, words: str) -> Locator:
        """A status button: ``En route``, ``On scene``, ``Clear``."""
        group = self.page.get_by_role("group", name="Status", exact=True)
        return group.get_by_role("button", name=words, exact=True)


def board_of(screen: Screen) -> dict[str, Any]:
    """The board that the hub would show this viewer now."""
    answer = screen.page.request.get(
        "/api/v1/snapshot", headers={"authorization": f"Bearer {screen.token()}"}
    )
    assert answer.ok, answer.text()
    board: dict[str, Any] = answer.json()["board"]
    return board


@dataclass(frozen=True)
class LookBack:
    """The board as it was."""

    page: Page

    @property
    def banner(self) -> Locator:
        """AS OF and the time, in red."""
        return self.page.get_by_role("banner")

    @property
    def queue(self) -> Locator:
        """The queue of that moment."""
        return self.page.get_by_role("listbox", name="Queue")

    @property
    def consoles(self) -> Locator:
        """What each console had."""
        return self.page.get_by_role("region", name="Consoles")

    @property
    def slider(self) -> Locator:
        """The events around the moment."""
        return self.page.get_by_role("slider", name="Step by event")

    def event_of(self, *words: str) -> int:
        """Step back by keys to the event of these words; where it stands in the slider."""
        step = self.page.get_by_test_id("step")
        self.slider.focus()
        for _ in range(200):
            if all(word in step.inner_text() for word in words):
                return int(self.slider.input_value())
            before = self.slider.input_value()
            self.slider.press("ArrowLeft")
            expect(self.page.locator(".look-back")).to_have_attribute(
                "data-waiting", "false", timeout=SLOW_MS
            )
            assert before != "0", f"no step says {words}"
        raise AssertionError(f"no step says {words}")

    def back_to(self, place: int) -> None:
        """Go to a place of the slider."""
        self.slider.fill(str(place))

    def as_had_by(self, name: str) -> None:
        """The board as this person's console had it."""
        self.consoles.get_by_role("button", name=f"As {name} had it").first.click()
