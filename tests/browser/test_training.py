"""An exercise as a trainee at the telephones has it: on a region of its own, up to the score."""

from __future__ import annotations

import csv
import gzip
import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, require_console
from tests.browser.pages import SLOW_MS, CallTaker, LookBack, SignIn
from tests.fault.hub_child import last_line, run_hub, start_hub, wait_until
from tests.servers import free_port

ENDS_S = 120
CALLER_MS = 90_000
"""The first call rings after the script's three seconds, and the robots come first."""


@dataclass
class Exercise:
    """``hub train`` on a region pack, with one scripted call."""

    url: str
    data_dir: Path
    process: subprocess.Popen[str]
    call: dict[str, str]

    def end(self) -> dict[str, Any]:
        """End it as its trainer does; the score."""
        self.process.send_signal(signal.SIGINT)
        out, said = self.process.communicate(timeout=ENDS_S)
        assert self.process.returncode == 0, said[-3000:]
        made: dict[str, Any] = json.loads(last_line(out))
        return made


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, chromium_path: Path) -> Iterator[Exercise]:
    require_console()
    folder, port = tmp_path_factory.mktemp("training"), free_port()
    pack = folder / "ourtown"
    done = run_hub(folder, port, "synthesize", str(pack), "--nodes", "1500")
    assert done.returncode == 0, done.stderr
    with gzip.open(pack / "calls.csv.gz", "rt") as file:
        rows = (row for row in csv.DictReader(file) if row["incident_type"] == "ALARM_LAW")
        call = next(row for row in rows if " & " in row["addr"])
    (pack / "calls.csv.gz").unlink()
    script = folder / "script.csv"
    words = call["addr"].replace(" & ", " and ")
    script.write_text(
        "after_s,incident_type,lon,lat,said\n"
        f"3,ALARM_LAW,{call['lon']},{call['lat']},The alarm of the shop rings at {words}.\n"
    )
    process = start_hub(
        folder, port, "train", "--pack", str(pack), "--seat", "call_taker", "--scenario",
        str(script), "--minutes", "20", "--port", str(port), "--json",
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, process.communicate()[1]
        try:
            return httpx2.get(f"{url}/api/v1/health", timeout=10).status_code == 200
        except httpx2.HTTPError:
            return False

    wait_until(answers, 240, "the exercise does not begin")
    yield Exercise(url, folder / "training-ourtown", process, call | {"words": words})
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=ENDS_S)


def sign_in(hub: Exercise, open_page: Open, login: str) -> Page:
    """A page of the exercise, signed in, with its banner."""
    page = open_page(size=(1600, 900))
    passwords = json.loads((hub.data_dir / "demo-accounts.json").read_text())
    SignIn(page).give(login, passwords[login])
    page.wait_for_selector("header [data-link=LIVE]")
    return page


def expect_training(page: Page) -> None:
    """It says that nothing on it is real, and has nothing for axe by night and day."""
    expect(page.get_by_role("complementary", name="Training")).to_contain_text("nothing is sent")
    for theme in ("night", "day"):
        page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
        found = Axe().run(page).response["violations"]
        told = [(v["id"], [node["html"] for node in v["nodes"]]) for v in found]
        assert told == [], (page.url, theme)


def test_every_screen_of_an_exercise_says_so(hub: Exercise, open_page: Open) -> None:
    expect_training(open_page(size=(1600, 900)))
    expect_training(sign_in(hub, open_page, "dispatcher"))
    expect_training(sign_in(hub, open_page, "supervisor"))


def test_a_trainee_takes_a_call_of_the_script_and_the_score_counts_it(
    hub: Exercise, open_page: Open
) -> None:
    taker = CallTaker(sign_in(hub, open_page, "calltaker"))
    page, keys = taker.page, taker.page.keyboard
    expect(page.get_by_role("region", name="Ringing")).to_contain_text("+1-555", timeout=CALLER_MS)
    keys.press("Alt+a")
    said = page.get_by_role("log", name="Lines with")
    expect(said).to_contain_text(f"rings at {hub.call['words']}", timeout=SLOW_MS)
    expect_training(page)

    taker.location.focus()
    keys.type(hub.call["words"])
    expect(taker.candidates.nth(1)).to_be_visible(timeout=SLOW_MS)
    keys.press("Enter")
    keys.press("1")
    page.get_by_label("3 Type: what is happening?").focus()
    keys.type("hold-up alarm")
    keys.press("Enter")
    keys.press("Control+Enter")
    number = taker.saved_number()

    supervisor = sign_in(hub, open_page, "supervisor")
    supervisor.goto("/look-back")
    expect(LookBack(supervisor).queue).to_contain_text(number[-4:], timeout=SLOW_MS)
    expect_training(supervisor)

    score = hub.end()
    (one,) = score["taken"]["calls"]
    assert (one["number"], one["right_type"], one["far"]) == (number, True, False), one
    took = {stage["stage"]: stage["took_s"] for stage in one["stages"]}
    assert set(took) == {"answered", "located", "typed", "ready"}
    assert all(seconds is not None for seconds in took.values()), took
    assert (score["seat"], score["taken"]["answered"]) == ("call_taker", 1)
