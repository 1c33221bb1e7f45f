"""A text call in Portuguese through the API: gateway, call-taker, incident, engine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dispatch.services.translation import TranslationEngine
from dispatch.settings import TranslationSettings
from dispatch.store.boards import load_board
from tests.api.conftest import RunningHub
from tests.api.test_intake import call_on_board, ring, stages

PT, EN = "meu pai caiu e não respira", "my father fell and is not breathing"


def say(hub: RunningHub, login: str, call_id: str, text: str, **over: Any) -> str:
    answer = hub.desk(login).give(f"/calls/{call_id}/messages", {"text": text, **over})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["line_id"])


class _Engine(BaseHTTPRequestHandler):
    asked: list[dict[str, str]]

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(asked)
        body = json.dumps({"translatedText": EN} if asked["q"] == PT else {"error": "busy"})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def engine(hub: RunningHub) -> Iterator[list[dict[str, str]]]:
    """A translation engine for the length of a test; gives what it was asked."""
    asked: list[dict[str, str]] = []
    handler = type("Handler", (_Engine,), {"asked": asked})
    serving = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{serving.server_port}/translate"
    before = hub.parts.translation
    settings = TranslationSettings(translation_url=url, translation_within_s=7.0)
    hub.parts.translation = TranslationEngine(settings)
    yield asked
    hub.parts.translation = before
    serving.shutdown()
    serving.server_close()
    thread.join()


def test_a_text_call_in_portuguese_from_its_first_line_to_the_incident(hub: RunningHub) -> None:
    call_id = ring(hub, channel="text")
    first = say(hub, "lines", call_id, PT, language="pt-BR")
    assert hub.desk("cato").give(f"/calls/{call_id}/answer").is_success
    answer = {"language": "pt", "translation": "What happened?", "translation_language": "en"}
    asked = say(hub, "cato", call_id, "O que aconteceu?", **answer)
    waiting = hub.desk("lines").get(f"/calls/{call_id}/messages", after=1).json()
    assert waiting["language"] == "pt-BR"
    assert [(line["id"], line["text"]) for line in waiting["lines"]] == [
        (asked, "O que aconteceu?")
    ]
    assert hub.desk("lines").give(f"/calls/{call_id}/messages/{asked}/delivery").is_success
    by_hand = {"text": EN, "language": "en"}
    assert (
        hub.desk("cato").give(f"/calls/{call_id}/messages/{first}/translation", by_hand).is_success
    )
    for stage in ("cpr_recognised", "compressions"):
        hub.desk("cato").give(f"/calls/{call_id}/stages", {"stage": stage})
    taken = hub.call(call_id=call_id, channel="text", incident_type="FIRE")
    say(hub, "lines", call_id, "estamos na cozinha")
    detail = hub.desk("dana").get(f"/incidents/{taken['incident_id']}").json()
    (call,) = detail["calls"]
    names = ("direction", "language", "text", "translation")
    assert [tuple(line[name] for name in names) for line in call["transcript"]] == [
        ("in", "pt-BR", PT, EN),
        ("out", "pt", "O que aconteceu?", "What happened?"),
        ("in", "pt-BR", "estamos na cozinha", None),
    ]  # fmt: skip
    assert call["transcript"][1]["delivered_at"] is not None
    clock = stages(hub, f"/incidents/{taken['incident_id']}/stages")
    assert clock["compressions"]["target_s"] == 180
    assert load_board(hub.parts.hub.engine).board.calls[call_id].transcript == (
        hub.parts.follower.board.calls[call_id].transcript
    )


def test_nothing_is_translated_unless_an_engine_is_set(
    hub: RunningHub, engine: list[dict[str, str]]
) -> None:
    call_id = ring(hub, channel="text")
    say(hub, "lines", call_id, PT, language="pt")
    say(hub, "lines", call_id, "help", language="en")
    say(hub, "lines", call_id, "socorro", language="pt")
    assert [asked["q"] for asked in engine] == [PT, "socorro"]
    assert (engine[0]["source"], engine[0]["target"]) == ("pt", "en")
    lines = call_on_board(hub, call_id)["transcript"]
    assert [(x["translation"], x["translated_by"]) for x in lines] == [
        (EN, "engine"), (None, ""), (None, ""),
    ]  # fmt: skip
    hub.parts.translation = TranslationEngine(TranslationSettings())
    say(hub, "lines", call_id, PT, language="pt")
    assert len(engine) == 2


def test_a_municipality_reads_no_conversation_and_a_crew_does(hub: RunningHub) -> None:
    call_id = ring(hub, channel="text")
    say(hub, "lines", call_id, PT, language="pt")
    hub.call(call_id=call_id, incident_type="FIRE")
    for login, sees in (("crew-e12", True), ("mayor-a", False)):
        (line,) = call_on_board(hub, call_id, login)["transcript"]
        assert (line["text"] == PT) == sees
        assert line["language"] == "pt"


def test_a_conversation_ends_with_its_call(hub: RunningHub) -> None:
    call_id = ring(hub, channel="text", callback=None)
    hub.desk("cato").give(f"/calls/{call_id}/closings", {"outcome": "information"})
    late = hub.desk("lines").give(f"/calls/{call_id}/messages", {"text": "olá"})
    assert late.status_code == 404
    assert hub.desk("dana").give(f"/calls/{ring(hub)}/language", {"language": "pt"}).is_success
    assert (
        hub.desk("dana").give(f"/calls/{ring(hub)}/language", {"language": "?"}).status_code == 422
    )
