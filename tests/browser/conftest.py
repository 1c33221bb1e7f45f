"""A hub over a small made-up county, and Chromium that may speak to nobody else."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dispatch.bench.console import CHROMIUM_FLAGS
from dispatch.services.accounts import create_account
from dispatch.settings import StorageSettings
from dispatch.store.engine import make_engine
from tests.browser.pages import SLOW_MS, SignIn
from tests.fault.hub_child import HUB, hub_environment, run_hub, wait_until
from tests.servers import free_port

DIST = Path(__file__).parents[2] / "dispatch" / "console" / "dist"


def require_console() -> None:
    """Fail, with what to do, where the console is not built: every machine can build it."""
    if not (DIST / "index.html").is_file():
        pytest.fail("the console is not built: run `make setup`")


PASSWORD = "correct horse battery"
PEOPLE: dict[str, dict[str, str]] = {
    "cato": {"role": "call_taker"},
    "dana": {"role": "dispatcher", "position": "Pos 04"},
    "mara": {"role": "municipal_admin", "municipality": "Kestrow"},
    "dirk": {"role": "dispatcher"},
    "sue": {"role": "supervisor"},
    "audrey": {"role": "auditor"},
    "lines": {"role": "call_system"},
    "cards": {"role": "protocol_system"},
}
Open = Callable[..., Page]
PATIENT_HUB = (
    HUB[0],
    "-c",
    "import dispatch.domain.undoing as u; u.UNDO_WITHIN_S = 120.0; "
    f"import dispatch.api.parts as p; p.MIN_SEQ_WAIT_S = 60.0; {HUB[2]}",
)
"""``unit/test_undoing.py`` and ``api/test_access.py`` (how long an answer waits for the board) hold
the hub to what is real; a busy machine takes longer here."""


SHERIFF = "sheriff.arrowmere.example"
CHECK_S = 12
"""After so many seconds on scene a deputy must be heard of: a test waits for it."""


def ask_often(agencies: Path, agency_id: str) -> None:
    """Let an agency of the county, and no other, ask its crews on scene after ``CHECK_S``."""
    head, *rows = agencies.read_text().splitlines()
    assert head.endswith(",status_check_s")
    asked = [
        f"{row.rpartition(',')[0]},{CHECK_S if row.startswith(agency_id) else ''}" for row in rows
    ]
    agencies.write_text("\n".join([head, *asked]) + "\n")


class _Cards(BaseHTTPRequestHandler):
    """A card program on this machine: one page that shows what it was launched with.

    It answers questions about plates and warrants too: all of them are of armed people.
    """

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"found": True, "caution": "armed", "lines": [f"STOLEN {asked['words']}"]}
        told = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        told = "".join(f"<li>{escape(f'{name} {value[0]}')}" for name, value in asked.items())
        page = f"<!doctype html><title>Cards</title><ul>{told}</ul>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="session")
def card_program() -> Iterator[str]:
    """Its origin, which the hub of these tests allows."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), _Cards)
    thread = threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()
    thread.join()


@dataclass
class HubProcess:
    """``hub serve`` in its own folder, which a test may kill and start again."""

    data_dir: Path
    port: int
    env: Mapping[str, str] = field(default_factory=dict)
    """Further settings."""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where the console is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.data_dir / "serve.log").open("ab") as log:  # nobody reads a pipe meanwhile
            self._process = subprocess.Popen(
                [*PATIENT_HUB, "serve"],
                env={**hub_environment(self.data_dir, self.port), **self.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, 120, "the hub does not answer")

    def add_account(self, login: str, role: str, **more: str) -> None:
        """Add an account with the tests' password, as ``hub accounts add`` does.

        Args:
            login: The sign-in name.
            role: Its role.
            more: ``agency_id``, ``municipality``, ``unit_id`` or ``position``.
        """
        engine = make_engine(StorageSettings(data_dir=self.data_dir).database)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            create_account(
                connection, login=login, name=login, role=role, password=PASSWORD, **more
            )
        engine.dispose()

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def ensure_up(self) -> None:
        """Start it where a test that failed has left it down."""
        if self._process is None or self._process.poll() is not None:
            self.start()

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/api/v1/health", timeout=10).status_code == 200
        except httpx2.HTTPError:
            return False


@pytest.fixture(scope="session")
def hub(
    tmp_path_factory: pytest.TempPathFactory, chromium_path: Path, card_program: str
) -> Iterator[HubProcess]:
    require_console()
    allowed = {
        "HUB_PROTOCOL_ORIGINS": json.dumps([card_program]),
        "HUB_QUERY_SERVICES": json.dumps({"plate": f"{card_program}/plates"}),
        "HUB_QUERY_SECRET": "shared with the query service",
    }
    hub = HubProcess(tmp_path_factory.mktemp("hub"), free_port(), allowed)
    county = hub.data_dir / "county"
    for arguments in (
        ["synthesize", str(county), "--nodes", "1500"],
        ["migrate"],
        ["load", str(county)],
    ):
        done = run_hub(hub.data_dir, hub.port, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        if arguments[0] == "synthesize":
            ask_often(county / "agencies.csv", SHERIFF)
            asked = "run={run_id}&call={call_id}&incident={incident_number}&type={incident_type}"
            (county / "protocols.csv").write_text(
                f"protocol,name,discipline,url\ncards,Guide,fire,{card_program}/card?{asked}\n"
            )
    for login, person in PEOPLE.items():
        hub.add_account(login, **person)
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
            hub.add_account(login, "responder", unit_id=unit_id)
        return login

    return crew


@dataclass
class CallLines:
    """The centre's telephone system and text gateway, at work over the API."""

    hub: HubProcess
    at: list[float]
    headers: dict[str, str]

    def ring(self, callback: str, **over: object) -> str:
        """Make a call ring, wide of where it is; its id."""
        body = {
            "command_id": f"ring-{callback}",
            "callback": callback,
            "class_of_service": "WPH1",
            "confidence_pct": 90,
            "location": {"kind": "circle", "centre": self.at, "radius_m": 800},
        }
        return str(self._post("/calls/ringing", body | over)["call_id"])

    def hand_over(self, minute: int, *said: str) -> str:
        """A version of another centre's record (EIDO), as of a minute; the call that it is here."""
        record = {
            "$id": "urn:emergency:uid:incidentid:8801:west.example",
            "eidoVersion": "1.0",
            "issuingElementIdentification": "west.example",
            "updatedByAgencyReference": {"$ref": "west.example"},
            "lastUpdateTimeStamp": f"2026-07-01T12:{minute:02}:00Z",
            "agencyComponent": [{"$id": "west.example"}],
            "callbackComponent": [{"$id": "cb", "callBackInformationUri": ["tel:6105550344"]}],
            "notesComponent": [
                {"$id": f"n{k}", "notesActionComments": text} for k, text in enumerate(said)
            ],
        }
        return str(self._post("/eido", record)["call_id"])

    def say(self, call_id: str, text: str, language: str) -> None:
        """The caller writes a line."""
        body = {"command_id": f"say-{text}"[:80], "text": text, "language": language}
        self._post(f"/calls/{call_id}/messages", body)

    def lines(self, call_id: str) -> list[dict[str, Any]]:
        """The conversation, as the gateway finds it."""
        url = f"{self.hub.url}/api/v1/calls/{call_id}/messages"
        found: list[dict[str, Any]] = httpx2.get(url, headers=self.headers, timeout=60).json()[
            "lines"
        ]
        return found

    def _post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        answer = httpx2.post(
            f"{self.hub.url}/api/v1{path}", json=body, headers=self.headers, timeout=60
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture
def call_lines(hub: HubProcess) -> CallLines:
    """The lines into the centre."""
    sign_in = {"login": "lines", "password": PASSWORD}
    token = httpx2.post(f"{hub.url}/api/v1/sessions", json=sign_in, timeout=60).json()["token"]
    stations = json.loads((hub.data_dir / "county" / "stations.geojson").read_text())
    at = stations["features"][0]["geometry"]["coordinates"]
    return CallLines(hub, at, {"authorization": f"Bearer {token}"})


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
    if isinstance(hub, HubProcess):
        hub.ensure_up()
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
        context.set_default_timeout(SLOW_MS)
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
