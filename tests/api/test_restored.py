"""A database put back from a backup: nobody goes on with the history that was lost."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dispatch.domain.chain import Anchor
from dispatch.domain.errors import InvalidInput
from dispatch.services.audit import (
    Anchors,
    Parting,
    declare_restored,
    find_parting,
    notice_restore,
    unfit_anchors,
    verify_audit,
)
from dispatch.services.rehearsal import rehearse_restore
from dispatch.settings import HubSettings, ServerSettings
from dispatch.store.engine import make_engine
from dispatch.store.event_log import read_head
from dispatch.store.migrations import migrate
from tests.api.conftest import PASSWORD, make_settings
from tests.api.test_stream import Server
from tests.factories import NOON
from tests.fault.hub_child import wait_until
from tests.hub_factories import make_people, make_region
from tests.servers import free_port


@pytest.fixture
def settings(tmp_path: Path) -> HubSettings:
    """Of a hub on a database of one file."""
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    migrate(url)
    engine = make_engine(url)
    make_region(engine)
    make_people(engine, PASSWORD)
    engine.dispose()
    server = ServerSettings(port=free_port(), console_dir=tmp_path / "console")
    return make_settings(tmp_path, url, server=server)


def back_up(settings: HubSettings, into: Path) -> None:
    source = sqlite3.connect(settings.storage.data_dir / "hub.sqlite")
    with closing(source), closing(sqlite3.connect(into)) as target:
        source.backup(target)


def put_back(settings: HubSettings, kept: Path) -> None:
    data_dir = settings.storage.data_dir
    for file in data_dir.glob("hub.sqlite*"):
        file.unlink()
    kept.replace(data_dir / "hub.sqlite")


def anchors_of(settings: HubSettings) -> Anchors:
    return Anchors(settings.storage.anchors_path, settings.storage.anchor_key_path)


def started(settings: HubSettings) -> Server:
    server = Server(settings)
    server.start()
    return server


def sent_to(server: Server, token: str, unit_id: str) -> str:
    """The id of an assignment of the unit."""
    path = f"/incidents/{server.call(token)['incident_id']}/assignments"
    body = {"command_id": uuid.uuid4().hex, "unit_ids": [unit_id], "override_reason": "near"}
    answer = server.post(path, body, token)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["assignments"][0]["id"])


def incidents_of(snapshot: dict[str, Any]) -> set[str]:
    return {incident["id"] for incident in snapshot["board"]["incidents"]}


def test_consoles_of_the_lost_history_reload_and_what_crews_hold_is_taken(
    settings: HubSettings, tmp_path: Path
) -> None:
    first = started(settings)
    dana, crew = first.token("dana"), first.token("crew-e12")
    assignment = sent_to(first, dana, "E12")
    enroute = {"command_id": uuid.uuid4().hex, "status": "enroute"}
    queued = {"command_id": uuid.uuid4().hex, "status": "on_scene"}
    with first.console(dana) as console:
        console.next()
        back_up(settings, tmp_path / "backup.sqlite")
        assert first.post(f"/assignments/{assignment}/status", enroute, crew).status_code == 200
        lost = first.call(dana)
        console.until_seq(lost["seq"])
        old_epoch, since = console.messages[0]["epoch"], console.events[-1]["seq"]
    first.stop()
    put_back(settings, tmp_path / "backup.sqlite")

    again = started(settings)
    try:
        with again.console(dana, epoch=old_epoch, since=since) as ahead:
            snapshot = ahead.next()
            assert snapshot["type"] == "snapshot", "it must not go on with events that are lost"
        assert snapshot["epoch"] != old_epoch
        assert lost["incident_id"] not in incidents_of(snapshot)
        while (new := again.call(dana))["seq"] < since:
            pass
        with again.console(dana, epoch=old_epoch, since=since) as overtaken:
            snapshot = overtaken.next()
            assert snapshot["type"] == "snapshot", "it must not go on with another history"
            assert new["incident_id"] in incidents_of(snapshot)
            assert lost["incident_id"] not in incidents_of(snapshot)
        for status in (enroute, queued):  # the first was answered before, and is lost
            answer = again.post(f"/assignments/{assignment}/status", status, crew)
            assert answer.status_code == 200, answer.text
    finally:
        again.stop()

    engine, anchors = make_engine(settings.storage.database), anchors_of(settings)
    assert find_parting(engine, anchors) is None, "the hub works on with what it has now"
    assert verify_audit(engine, anchors).faults, "nothing is forgiven before somebody says why"
    with pytest.raises(InvalidInput):
        declare_restored(engine, anchors, " ", NOON)
    lost_up_to = max(anchor.seq for anchor in unfit_anchors(engine, anchors))
    assert declare_restored(engine, anchors, "disk of db1", NOON).anchored == lost_up_to
    assert not verify_audit(engine, anchors).faults
    engine.dispose()


def cut_to(engine: Engine, seq: int) -> None:
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("DELETE FROM event_private"))
        connection.execute(text(f"DELETE FROM event WHERE seq > {seq}"))
        last = "(SELECT hash FROM event ORDER BY seq DESC LIMIT 1)"
        connection.execute(text(f"UPDATE head SET seq = {seq}, hash = {last}"))


def epoch_of(engine: Engine) -> str:
    with engine.connect() as connection, connection.begin():
        return read_head(connection).epoch


def test_a_start_notices_a_shorter_log_once_and_only_what_was_declared_is_forgiven(
    settings: HubSettings,
) -> None:
    engine, anchors = make_engine(settings.storage.database), anchors_of(settings)
    before = epoch_of(engine)
    assert notice_restore(engine, anchors, NOON) is None, "nothing was anchored yet"
    assert anchors.append(engine, NOON) is not None
    assert notice_restore(engine, anchors, NOON) is None
    assert epoch_of(engine) == before
    server = started(settings)
    token = server.token("dana")
    for _ in range(3):
        server.call(token)
    server.stop()
    engine.dispose()
    last = anchors.last()
    assert last is not None, "the end is anchored"
    cut_to(engine, 1)
    assert notice_restore(engine, anchors, NOON) == Parting(good=1, anchored=last.seq)
    noticed = epoch_of(engine)
    assert noticed != before
    assert notice_restore(engine, anchors, NOON) is None
    assert epoch_of(engine) == noticed
    declare_restored(engine, anchors, "a drill", NOON)
    assert epoch_of(engine) != noticed
    assert not verify_audit(engine, anchors).faults
    changed = anchors.path.read_text().replace("a drill", "a whim!")
    anchors.path.write_text(changed)
    assert "is not a signed anchor" in verify_audit(engine, anchors).faults[0].what
    engine.dispose()


def test_a_log_put_back_to_a_moment_that_no_anchor_knows_is_noticed_by_how_far_it_was_followed(
    settings: HubSettings,
) -> None:
    engine, anchors = make_engine(settings.storage.database), anchors_of(settings)
    server = started(settings)
    seq = server.call(server.token("dana"))["seq"]
    wait_until(lambda: (anchors.marked() or Anchor(0, "")).seq >= seq, 90, "it is not marked")
    server.stop()
    anchors.path.unlink()  # as after a crash within the first minute
    before = epoch_of(engine)
    assert notice_restore(engine, anchors, NOON) is None
    cut_to(engine, 1)
    noticed = notice_restore(engine, anchors, NOON)
    assert noticed is not None
    assert (noticed.good, noticed.anchored >= seq) == (0, True)
    assert epoch_of(engine) != before
    assert notice_restore(engine, anchors, NOON) is None
    (settings.storage.data_dir / "followed.json").write_text("{")
    assert notice_restore(engine, anchors, NOON) is None, "what cannot be read says nothing"
    engine.dispose()


def test_a_backup_is_rehearsed_by_replaying_the_live_log_on_it(
    settings: HubSettings, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.sqlite"
    server = started(settings)
    dana = server.token("dana")
    first = sent_to(server, dana, "E12")
    back_up(settings, kept)
    crew = server.token("crew-e12")
    body = {"command_id": uuid.uuid4().hex, "status": "enroute"}
    assert server.post(f"/assignments/{first}/status", body, crew).status_code == 200
    sent_to(server, dana, "E21")
    server.stop()

    live, restored = make_engine(settings.storage.database), make_engine(f"sqlite:///{kept}")
    found = rehearse_restore(live, restored)
    assert (found.whole, found.parts, found.replayed) == (True, (), found.live)
    assert found.backup_seq < found.live_seq
    with live.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("UPDATE assignment SET doc = replace(doc, 'enroute', 'on_scene')"))
    damaged = rehearse_restore(live, restored)
    assert (damaged.whole, damaged.parts) == (False, ("assignments",))
    with restored.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("UPDATE event SET payload = replace(payload, 'E12', 'E13')"))
    assert rehearse_restore(live, restored).faults, (
        "a backup that was changed is found by its chain"
    )
    cut_to(live, found.backup_seq - 1)
    with pytest.raises(InvalidInput, match="not in the live log"):
        rehearse_restore(live, restored)
    live.dispose()
    restored.dispose()
