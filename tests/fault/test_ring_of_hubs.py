"""Three hubs hand an incident on in a ring: each has it once, and what goes round ends."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine

from dispatch.domain.call import Call
from dispatch.domain.commands import ActivateRegion, AddNote
from dispatch.domain.values import HUB_ACTOR
from dispatch.services import record_links
from dispatch.services.records import RecordSender
from dispatch.settings import EidoSettings, ServerSettings
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from dispatch.store.regions import save_version
from dispatch.store.unit_of_work import submit_alone
from tests.api.conftest import PASSWORD, make_settings
from tests.api.test_stream import Server
from tests.factories import NOON
from tests.fault.hub_child import wait_until
from tests.hub_factories import make_people, region_rows
from tests.servers import free_port

NAMES = ("north", "east", "south")
NEXT = {"north": "east", "east": "south", "south": "north"}
UPDATES = 1_000
WITHIN_S = 120.0


class Ring:
    """Three running hubs, each of which may hand records to the next; and how often one did."""

    def __init__(self, folder: Path, count: Counter[str]) -> None:
        self.posts = count
        url = f"sqlite:///{folder / 'made.sqlite'}"
        migrate(url)
        engine = make_engine(url)
        make_people(engine, PASSWORD)
        engine.dispose()
        whole = create_engine(url)
        with whole.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        whole.dispose()
        ports = {name: free_port() for name in NAMES}
        self.hubs = {name: self._hub(folder, name, ports) for name in NAMES}
        for hub in self.hubs.values():
            hub.start()
        self.desks = {name: hub.token("dana") for name, hub in self.hubs.items()}
        for name, hub in self.hubs.items():
            theirs = self.hubs[NEXT[name]]
            allowed = SecretStr(theirs.token("lines"))
            hub.settings.eido.eido_centres[f"http://{theirs.address}"] = allowed

    def _hub(self, folder: Path, name: str, ports: dict[str, int]) -> Server:
        data_dir = folder / name
        data_dir.mkdir()
        shutil.copy(folder / "made.sqlite", data_dir / "hub.sqlite")
        url = f"sqlite:///{data_dir / 'hub.sqlite'}"
        engine = make_engine(url)
        eido_url = f"http://127.0.0.1:{ports[NEXT[name]]}/api/v1/eido"
        centres = [{"id": "NEXT", "name": NEXT[name], "eido_url": eido_url}]
        rows = replace(region_rows(), centres=centres)
        with engine.connect().execution_options(writing=True) as writing, writing.begin():
            save_version(writing, rows, NOON)
        submit_alone(
            engine, ActivateRegion(command_id="load-ring", actor=HUB_ACTOR, region=rows.region)
        )
        engine.dispose()
        server = ServerSettings(port=ports[name], console_dir=data_dir / "console")
        settings = make_settings(data_dir, url, server=server)
        eido = EidoSettings(eido_domain=f"{name}.example", eido_gather_s=0.2, eido_within_s=15.0)
        return Server(settings.model_copy(update={"eido": eido}))

    def calls(self, name: str) -> list[Call]:
        return list(self.hubs[name].app.state.parts.follower.board.calls.values())

    def give(self, name: str, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        sent = {"command_id": uuid.uuid4().hex, **body}
        answer = self.hubs[name].post(path, sent, self.desks[name])
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def offer(self, name: str, call_id: str) -> str:
        """Offer the call to the next centre; the transfer, when its record was taken or not."""
        made = self.give(name, f"/calls/{call_id}/transfers", {"centre_id": "NEXT"})

        def told() -> bool:
            last = next(c for c in self.calls(name) if c.id == call_id).transfers[-1]
            return bool(last.record)

        wait_until(told, WITHIN_S, f"{name} was not told what became of its record")
        return str(made["transfer_id"])

    def take(self, name: str) -> str:
        """Answer the call that the record became, and make its incident; the call."""
        wait_until(lambda: len(self.calls(name)) == 1, WITHIN_S, f"nothing rings at {name}")
        (call,) = self.calls(name)
        self.give(name, f"/calls/{call.id}/answer", {}, 200)
        self.give(name, "/calls", {**PLACE, "call_id": call.id})
        return call.id

    def at_rest(self) -> bool:
        """Whether no record is under way anywhere, and none says something else than was sent."""
        return all(
            hub.app.state.parts.record_links.in_flight == 0
            and not hub.app.state.parts.record_links.unsent()
            for hub in self.hubs.values()
        )


PLACE: dict[str, Any] = {
    "place": {"at": [9.5066, 47.1045], "address": "14 Mill Rd", "verified": True},
    "incident_type": "FIRE",
}


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    count: Counter[str] = Counter()
    post = RecordSender._post

    async def counted(sender: RecordSender, url: str, *rest: Any) -> Any:
        count[url] += 1
        return await post(sender, url, *rest)

    monkeypatch.setattr(RecordSender, "_post", counted)
    monkeypatch.setattr(record_links, "LOOK_S", 2.0)  # a busy machine answers late; tried again
    made = Ring(tmp_path, count)
    yield made
    for hub in made.hubs.values():
        hub.stop()


def test_a_ring_of_three_hubs_has_an_incident_once_each_and_comes_to_rest(ring: Ring) -> None:
    made = ring.give("north", "/calls", {**PLACE, "callback": "555-0100"})
    first = ring.offer("north", made["call_id"])
    east = ring.take("east")
    onward = ring.offer("east", east)
    south = ring.take("south")
    ring.offer("south", south)
    wait_until(ring.at_rest, WITHIN_S, "the offers did not come to rest")
    assert sum(ring.posts.values()) <= 6, ring.posts
    refs = {call.record_ref for name in ("east", "south") for call in ring.calls(name)}
    assert len(refs) == 1, "one id of its origin, all the way"
    assert next(iter(refs)).endswith(":north.example")
    (last,) = ring.calls("south")
    assert last.record_hops == ("north.example", "east.example")
    assert last.transfers[-1].record == "failed", "north has it: it is its own"

    for name, call_id, transfer in (("north", made["call_id"], first), ("east", east, onward)):
        answer = f"/calls/{call_id}/transfers/{transfer}/answer"
        ring.give(name, answer, {"result": "accepted"}, 200)
    writer = ring.hubs["north"].app.state.parts.hub.writer
    before = sum(ring.posts.values())
    notes = [
        writer.submit(
            AddNote(
                command_id=f"note-{number:06}",
                actor=HUB_ACTOR,
                incident_id=made["incident_id"],
                note_id=f"note-{number:06}",
                text=f"entry {number} of the fire on Mill Road",
            )
        )
        for number in range(UPDATES)
    ]
    for note in notes:
        note.result(timeout=WITHIN_S)
    said = f"entry {UPDATES - 1} of the fire"

    def east_has_it() -> bool:
        (call,) = ring.calls("east")
        return any(said in news.text for news in call.record_news) or said in (call.record or "")

    wait_until(east_has_it, WITHIN_S, "the last update did not come")
    wait_until(ring.at_rest, WITHIN_S, "something is still under way")
    assert sum(ring.posts.values()) - before <= 3 * UPDATES
    for name in ("north", "east"):
        (call,) = ring.calls(name)
        assert not call.transfers[-1].behind, "the next centre has the latest version"
    for name in NAMES:
        board = ring.hubs[name].app.state.parts.follower.board
        assert (len(board.calls), len(board.incidents)) == (1, 1), name
