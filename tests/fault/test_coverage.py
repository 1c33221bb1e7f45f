"""Coverage on a running hub: its own roads, what a dispatch and a closed road do to it, muting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from dispatch.services.accounts import create_account
from dispatch.services.loading import Places, load_pack
from dispatch.settings import StorageSettings
from dispatch.simulation.children import Children
from dispatch.simulation.stage import start_processes, wait_until_healthy
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from geodata.synthetic.county import make_county
from tests.fault.hub_child import wait_until
from tests.servers import free_port

PASSWORD = "quiet river under bridges"
WITHIN_S = 60.0


class Covering:
    """A dispatcher of a county whose career department has coverage on."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx2.Client(base_url=f"{base_url}/api/v1", timeout=60.0)
        answer = self.http.post("/sessions", json={"login": "dana", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.http.headers["authorization"] = f"Bearer {answer.json()['token']}"
        self._given = 0

    def coverage(self, **query: str) -> dict[str, Any] | None:
        answer = self.http.get("/coverage", params=query)
        assert answer.status_code in (200, 404), answer.text
        found: dict[str, Any] = answer.json()
        return found if answer.status_code == 200 else None

    def give(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self._given += 1
        answer = self.http.post(path, json={"command_id": f"command-{self._given:04}", **body})
        assert answer.is_success, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def when(self, holds: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        """The coverage as soon as something holds of it."""
        found: list[dict[str, Any]] = []

        def is_so() -> bool:
            found[:] = [c for c in [self.coverage()] if c is not None and holds(c)]
            return bool(found)

        wait_until(is_so, WITHIN_S, what)
        return found[0]


@pytest.fixture(scope="module")
def covering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Covering]:
    folder = tmp_path_factory.mktemp("covered-county")
    make_county(folder, seed=6, nodes=1500, calls=20)
    data_dir = tmp_path_factory.mktemp("covered-hub")
    storage = StorageSettings(data_dir=data_dir)
    migrate(storage.database)
    engine = make_engine(storage.database)
    load_pack(engine, Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir), folder)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        create_account(connection, login="dana", name="dana", role="dispatcher", password=PASSWORD)
    engine.dispose()
    port = free_port()
    children = Children()
    try:
        hub = start_processes(children, data_dir, "127.0.0.1", port)
        wait_until_healthy(f"http://127.0.0.1:{port}", hub)
        made = Covering(f"http://127.0.0.1:{port}")
        yield made
        made.http.close()
    finally:
        children.stop()


def test_every_square_of_the_agency_says_who_is_there_first(covering: Covering) -> None:
    found = covering.when(lambda c: bool(c["zones"]), "no coverage came")
    (agency,) = found["agencies"]
    assert agency["zones"] == len(found["zones"]) > 20
    assert 0 < agency["within"] <= agency["zones"]
    for zone in found["zones"]:
        assert (zone["seconds"] is None) == (zone["unit_id"] is None)
        assert zone["seconds"] is None or zone["seconds"] > 0.0


def test_a_unit_that_goes_out_of_service_covers_nothing_two_seconds_later(
    covering: Covering,
) -> None:
    before = covering.when(lambda c: bool(c["zones"]), "no coverage came")
    unit_id = next(z["unit_id"] for z in before["zones"] if z["unit_id"])
    done = covering.give(f"/units/{unit_id}/duty", {"duty": "out_of_service", "reason": "pump"})
    after = covering.when(lambda c: c["board_seq"] >= done["seq"], "the change was not seen")
    assert all(z["unit_id"] != unit_id for z in after["zones"])
    covering.give(f"/units/{unit_id}/duty", {"duty": "in_service", "reason": ""})


def test_muted_squares_leave_the_count_and_come_back(covering: Covering) -> None:
    before = covering.when(lambda c: bool(c["zones"]), "no coverage came")
    zone_id = before["zones"][0]["zone_id"]
    covering.give("/coverage/mutes", {"zone_id": zone_id, "muted": True, "reason": "lake"})

    def squares(found: dict[str, Any]) -> list[str]:
        return [zone["zone_id"] for zone in found["zones"] if zone["muted"]]

    muted = covering.when(lambda c: squares(c) == [zone_id], "it is not muted")
    assert muted["agencies"][0]["zones"] == before["agencies"][0]["zones"] - 1
    covering.give("/coverage/mutes", {"zone_id": zone_id, "muted": False})
    covering.when(lambda c: squares(c) == [], "it stays muted")


def test_a_square_of_nobody_cannot_be_muted(covering: Covering) -> None:
    body = {"command_id": "command-nobody", "zone_id": "nobody/1/2/3", "muted": True}
    answer = covering.http.post("/coverage/mutes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
