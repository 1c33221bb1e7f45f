"""A hub over a small made-up county, and Chromium that may speak to nobody else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dispatch.bench.console import CHROMIUM_FLAGS
from tests.browser.pages import SignIn
from tests.fault.hub_child import free_port, run_hub, start_hub, wait_until

DIST = Path(__file__).parents[2] / "dispatch" / "console" / "dist"
PASSWORD = "correct horse battery"
PEOPLE = {
    "cato": ("call_taker", []),
    "dana": ("dispatcher", ["--position", "Pos 04"]),
    "mara": ("municipal_admin", ["--municipality", "Kestrow"]),
    "dirk": ("dispatcher", []),
    "sue": ("supervisor", []),
    "lines": ("call_system", []),
}
Open = Callable[..., Page]


@dataclass
class HubProcess:
    """``hub serve`` in its own folder, which a test may kill and start again."""

    data_dir: Path
    port: int
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where the console is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = start_hub(self.data_dir, self.port, "serve")
        wait_until(self._answers, 60, "the hub does not answer")

    def add_account(self, login: str, role: str, *more: str) -> None:
        """Add an account with the tests' password."""
        arguments = ["accounts", "add", login, "--role", role, "--password", PASSWORD, *more]
        done = run_hub(self.data_dir, self.port, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/api/v1/health", timeout=2).status_code == 200
        except httpx2.HTTPError:
            return False


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, chromium_path: Path) -> Iterator[HubProcess]:
    if not (DIST / "index.html").is_file():
        pytest.skip("the console is not built: run `make setup`")
    hub = HubProcess(tmp_path_factory.mktemp("hub"), free_port())
    county = hub.data_dir / "county"
    for arguments in (
        ["synthesize", str(county), "--nodes", "1500"],
        ["migrate"],
        ["load", str(county)],
    ):
        done = run_hub(hub.data_dir, hub.port, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    for login, (role, more) in PEOPLE.items():
        hub.add_account(login, role, *more)
    hub.start()
    yield hub
    hub.kill()


@pytest.fixture(scope="session")
def crew_of(hub: HubProcess) -> Callable[[str], str]:
    """Makes the account of a unit's crew, once, and returns its login."""
    made: set[str] = set()

    def crew(unit_id: str) -> str:
        login = f"crew-{unit_id}"
        if login not in made:
            made.add(login)
            hub.add_account(login, "responder", "--unit", unit_id)
        return login

    return crew


@pytest.fixture
def call_lines(hub: HubProcess) -> Callable[..., str]:
    """Makes a call ring, as the centre's telephone system does, and returns its id."""
    api = f"{hub.url}/api/v1"
    signed = httpx2.post(f"{api}/sessions", json={"login": "lines", "password": PASSWORD})
    headers = {"authorization": f"Bearer {signed.json()['token']}"}
    stations = json.loads((hub.data_dir / "county" / "stations.geojson").read_text())
    at = stations["features"][0]["geometry"]["coordinates"]

    def ring(callback: str, **over: object) -> str:
        body = {
            "command_id": f"ring-{callback}",
            "callback": callback,
            "class_of_service": "WPH1",
            "confidence_pct": 90,
            "location": {"kind": "circle", "centre": at, "radius_m": 800},
        }
        answer = httpx2.post(f"{api}/calls/ringing", json=body | over, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["call_id"])

    return ring


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=list(CHROMIUM_FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(hub: HubProcess, browser: Browser) -> Iterator[Open]:
    """Opens the console in a context of its own, signed in when a login is given.

    At the end of the test no page may have asked anybody but the hub, nor raised an error.
    """
    contexts = []
    faults: list[str] = []

    def watch(page: Page) -> None:
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((hub.url, "data:", "blob:"))
                else faults.append(f"asked {request.url}")
            ),
        )
        page.on("pageerror", lambda error: faults.append(f"raised {error}"))

    def open_console(
        login: str | None = None, *, size: tuple[int, int] = (1920, 1080), theme: str = "night"
    ) -> Page:
        context = browser.new_context(
            base_url=hub.url,
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.add_init_script(f"localStorage.setItem('dispatch.theme', '{theme}')")
        page.goto("/")
        if login is not None:
            SignIn(page).give(login, PASSWORD)
            page.wait_for_selector("header [data-link=LIVE]")
        return page

    yield open_console
    for context in contexts:
        context.close()
    assert faults == []
