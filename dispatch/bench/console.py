"""Bench ``console``: what a dispatcher's page costs and how soon it shows what happens.

Chromium draws the board of a busy region: incidents open, every unit moving each second. Measured
in the page itself: the main thread's time, its longest task, from a key press to the echo that is
painted, and from a call that is posted to its row that is painted.
"""

from __future__ import annotations

import asyncio
import importlib.util
import math
import os
import shutil
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx2

from dispatch.bench.call import body_of, places_of, quantile
from dispatch.bench.running_hub import PASSWORD, RunningHub

if TYPE_CHECKING:
    from playwright.sync_api import Page

INCIDENTS: Final = 300
WATCHED_S: Final = 20
KEYS: Final = 160
CALLS: Final = 40
EVERY_S: Final = 0.5
PAINTED_WITHIN_S: Final = 10.0
"""A call whose row is not painted by then is lost to who looks at the page."""
SETTLE_S: Final = 8
GATEWAYS: Final = 12
"""Each reports the units of an agency or two, once a second."""
STEP_DEG: Final = 0.0002
"""Some 20 m: a unit at 70 km/h for a second."""
RADIUS_STEPS: Final = 20

CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_WATCH: Final = """() => {
  window.__tasks = [];
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.__tasks.push(task.duration);
  }).observe({ type: "longtask" });
  window.__answers = [];
  window.__echoes = [];
  window.__stands = {};
  window.__painted = {};
  const afterPaint = (what) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = what;
    channel.port2.postMessage(0);
  });
  let pressed = null;
  addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (pressed === null) return;
    const from = pressed;
    pressed = null;
    window.__answers.push(performance.now() - from);
    afterPaint(() => window.__echoes.push(performance.now() - from));
  }).observe(
    document.getElementById("echo"),
    { childList: true, characterData: true, subtree: true },
  );
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) {
        const id = node.id ?? "";
        if (id.startsWith("q-") && !(id in window.__painted)) {
          window.__painted[id] = 0;
          window.__stands[id] = Date.now();
          afterPaint(() => { window.__painted[id] = Date.now(); });
        }
      }
  }).observe(document.body, { childList: true, subtree: true });
}"""


class BrowserMissing(Exception):
    """This bench needs Chromium and Playwright."""


def find_chromium() -> Path | None:
    """Where Chromium or Chrome is: ``HUB_CHROMIUM``, else the first one on the path."""
    named = os.environ.get("HUB_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _BROWSERS)), None)
    return Path(found) if found and Path(found).exists() else None


def run(network: str, units: int, incidents: int = INCIDENTS) -> dict[str, Any]:
    """Measure, and return the bench's figures; times are milliseconds.

    ``main_ms_per_s`` is the processor's time of the page's main thread in each second of watching,
    ``longest_ms`` its longest task by the clock. From a key press: ``answer`` until the echo stands
    in the page, ``echo`` until it is painted. From the moment that a call is posted: ``stands``
    until its row is in the page, ``painted`` until it is painted. Without a graphics processor the
    map is drawn by the other processor, and whatever is painted waits for it. ``fixes_per_s`` is
    what the hub took meanwhile.

    Args:
        network: ``synthetic:NODES``, or the folder of a region pack with calls.
        units: At least so many units in the region, each moving every second.
        incidents: Open incidents on the board.

    Raises:
        BrowserMissing: There is no Chromium or no Playwright.
    """
    chromium = find_chromium()
    if chromium is None or importlib.util.find_spec("playwright") is None:
        raise BrowserMissing("install Chromium and the package playwright, or set HUB_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with RunningHub(network, units) as hub, sync_playwright() as playwright:
        hub.start()
        hub.wait_until_healthy()
        taker = hub.token("call_taker")
        calls = list(islice(cycle(places_of(hub.pack, incidents + CALLS)), incidents + CALLS))
        for call in calls[:incidents]:
            hub.command(taker, "/calls", body_of(call.at, call.incident_type))
        desk = hub.token("dispatcher")
        board = hub.get(desk, "/snapshot")["board"]
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, base_url=hub.base_url)
        _open_board(page)
        ids = [unit["id"] for unit in board["units"]]
        tracker = hub.token("tracking_system")
        with _Traffic(hub.base_url, tracker, ids, [tuple(call.at) for call in calls]) as traffic:
            time.sleep(SETTLE_S)
            page.evaluate(_WATCH)
            figures = _watched(page)
            fixes_per_s = traffic.per_s()
            answers, echoes = _echoes(page)
            shown = _shown(page, hub, taker, calls[incidents:])
        browser.close()
    return {
        "incidents": incidents,
        "units": len(ids),
        "fixes_per_s": fixes_per_s,
        **figures,
        "answer_p95": quantile(answers, 0.95),
        "echo_p50": quantile(echoes, 0.5),
        "echo_p95": quantile(echoes, 0.95),
        "stands_p50": quantile([stands for stands, _ in shown], 0.5),
        "stands_p95": quantile([stands for stands, _ in shown], 0.95),
        "painted_p50": quantile([painted for _, painted in shown], 0.5),
        "painted_p95": quantile([painted for _, painted in shown], 0.95),
        "painted_max": round(max(painted for _, painted in shown), 2),
    }


def _open_board(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Name", exact=True).fill("dispatcher")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("header [data-link=LIVE]", timeout=60_000)
    page.wait_for_selector("[data-testid=map][data-state=idle]", timeout=60_000)


def _watched(page: Page) -> dict[str, Any]:
    """The main thread's time in each second, and its longest task, while nobody touches it."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy_s() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    page.evaluate("window.__tasks.length = 0")
    before_s, began_s = busy_s(), time.monotonic()
    time.sleep(WATCHED_S)
    after_s, ended_s = busy_s(), time.monotonic()
    tasks: list[float] = page.evaluate("window.__tasks")
    return {
        "main_ms_per_s": round((after_s - before_s) / (ended_s - began_s) * 1000, 1),
        "longest_ms": round(max(tasks, default=0.0), 1),
        "tasks_over_100_ms": sum(task > 100 for task in tasks),
    }


def _echoes(page: Page) -> tuple[list[float], list[float]]:
    """Milliseconds from each key press until its echo stands in the page, and is painted."""
    page.keyboard.press("F2")
    typed = "D . * "
    for key in islice(cycle(typed), KEYS):
        page.keyboard.press("Space" if key == " " else key)
        time.sleep(0.1)
        if page.evaluate("document.activeElement.value.length") >= len(typed):
            page.keyboard.press("Escape")
            time.sleep(0.1)
    time.sleep(1.0)
    return list(page.evaluate("window.__answers")), list(page.evaluate("window.__echoes"))


def _shown(page: Page, hub: RunningHub, taker: str, calls: list[Any]) -> list[tuple[float, float]]:
    """Milliseconds from posting each call until its row stands in the page, and is painted."""
    began: dict[str, float] = {}
    for call in calls:
        began_ms = time.time() * 1000
        answer = hub.command(taker, "/calls", body_of(call.at, call.incident_type))
        began[answer["incident_id"]] = began_ms
        time.sleep(EVERY_S)
    painted = _painted(page, list(began))
    stands: dict[str, float] = page.evaluate("window.__stands")
    return [
        (stands[f"q-{id_}"] - began_ms, painted[f"q-{id_}"] - began_ms)
        for id_, began_ms in began.items()
    ]


def _painted(page: Page, incident_ids: list[str]) -> dict[str, float]:
    """When each row was painted. The last one may still be on its way to the screen: it is waited
    for, and its time counts as any other's.

    Raises:
        AssertionError: A call was not painted within ``PAINTED_WITHIN_S``.
    """
    until_s = time.monotonic() + PAINTED_WITHIN_S
    while True:
        painted: dict[str, float] = page.evaluate("window.__painted")
        missing = [id_ for id_ in incident_ids if not painted.get(f"q-{id_}")]
        if not missing:
            return painted
        if time.monotonic() > until_s:
            break
        time.sleep(0.05)
    rowless = sum(f"q-{id_}" not in painted for id_ in missing)
    raise AssertionError(
        f"{len(missing)} of {len(incident_ids)} calls were not painted within "
        f"{PAINTED_WITHIN_S:.0f} s, {rowless} of them had no row in the page"
    )


@dataclass
class _Traffic:
    """Reports a fix of each unit in each second, as gateways of trackers do, from a thread."""

    base_url: str
    token: str
    unit_ids: list[str]
    places: list[tuple[float, ...]]
    taken: int = 0
    _began_s: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> _Traffic:
        self._began_s = time.monotonic()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._drive()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)

    def per_s(self) -> float:
        """Fixes taken each second so far."""
        return round(self.taken / (time.monotonic() - self._began_s), 1)

    async def _drive(self) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        async with httpx2.AsyncClient(base_url=f"{self.base_url}/api/v1", headers=headers) as http:
            turn = 0
            while not self._over.is_set():
                began_s = time.monotonic()
                for share in range(GATEWAYS):
                    await self._report(http, share, turn)
                turn += 1
                await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - began_s)))

    async def _report(self, http: httpx2.AsyncClient, share: int, turn: int) -> None:
        fixes = []
        for number in range(share, len(self.unit_ids), GATEWAYS):
            lon, lat = self.places[(number * 7) % len(self.places)]
            angle = turn / RADIUS_STEPS + number
            at = [
                lon + STEP_DEG * RADIUS_STEPS * math.cos(angle),
                lat + STEP_DEG * RADIUS_STEPS * math.sin(angle),
            ]
            fixes.append({"unit_id": self.unit_ids[number], "at": at})
        answer = await http.post("/fixes", json={"fixes": fixes})
        answer.raise_for_status()
        self.taken += int(answer.json()["accepted"])
