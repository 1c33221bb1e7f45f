"""A road is shut under a crew on its way: its assignment carries another way, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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
from tests.fault.hub_child import free_port, wait_until

PASSWORD = "quiet river under bridges"
WITHIN_S = 60.0


class Desk:
    """A dispatcher over HTTP."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx2.Client(base_url=f"{base_url}/api/v1", timeout=15.0)
        answer = self.http.post("/sessions", json={"login": "sue", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.http.headers["authorization"] = f"Bearer {answer.json()['token']}"
        self._given = 0

    def get(self, path: str) -> dict[str, Any]:
        answer = self.http.get(path)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def give(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self._given += 1
        answer = self.http.post(path, json={"command_id": f"command-{self._given:04}", **body})
        assert answer.is_success, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def assignment(self, assignment_id: str) -> dict[str, Any]:
        board = self.get("/snapshot")["board"]
        found: dict[str, Any] = next(a for a in board["assignments"] if a["id"] == assignment_id)
        return found

    def sent_far(self) -> dict[str, Any]:
        """A patrol on its way to an incident that is far from every one of them."""
        region = self.get("/region")
        law = next(t for t in region["incident_types"] if t["lead"] == "law")
        west, south, east, north = region["bounds"]
        for step in range(1, 24):
            x, y = step % 5 / 5 + 0.1, step // 5 / 5 + 0.1
            place = {
                "at": [west + x * (east - west), south + y * (north - south)],
                "address": f"field {step}",
                "verified": True,
            }
            body = {"said": "far away", "incident_type": law["incident_type"], "place": place}
            taken = self.give("/calls", body)
            path = f"/incidents/{taken['incident_id']}"
            advice = self.get(f"{path}/recommendation?min_seq={taken['seq']}&fresh=true")
            far = next((p for p in advice["picks"] if len(p["route"]) > 25), None)
            if far is not None:
                sent = {"recommendation_id": advice["id"], "unit_ids": [far["unit_id"]]}
                (made,) = self.give(f"{path}/assignments", sent)["assignments"]
                self.give(f"/assignments/{made['id']}/status", {"status": "enroute"})
                return self.assignment(made["id"])
            self.give(f"{path}/closings", {"discipline": None, "disposition": "test"})
        raise AssertionError("no incident of this county is far from every patrol")

    def shut(self, line: list[list[float]], description: str, direction: str = "both") -> None:
        ends_at = datetime.now(UTC) + timedelta(hours=1)
        body = {
            "line": line,
            "direction": direction,
            "speed_factor": 0.0,
            "ends_at": ends_at.isoformat(),
            "description": description,
        }
        self.give("/closures", body)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("rerouted-county")
    make_county(folder, seed=8, nodes=1500, calls=20)
    data_dir = tmp_path_factory.mktemp("rerouted-hub")
    storage = StorageSettings(data_dir=data_dir)
    migrate(storage.database)
    engine = make_engine(storage.database)
    load_pack(engine, Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir), folder)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        create_account(connection, login="sue", name="sue", role="supervisor", password=PASSWORD)
    engine.dispose()
    port = free_port()
    children = Children()
    try:
        hub = start_processes(children, data_dir, "127.0.0.1", port)
        wait_until_healthy(f"http://127.0.0.1:{port}", hub)
        made = Desk(f"http://127.0.0.1:{port}")
        yield made
        made.http.close()
    finally:
        children.stop()


def test_a_crew_whose_way_is_cut_gets_another_and_one_whose_way_is_open_hears_nothing(
    desk: Desk,
) -> None:
    before = desk.sent_far()
    route = before["route"]
    middle = len(route) // 2
    part = route[middle : middle + 3]
    desk.shut(part[::-1], "the other lane", direction="along")
    desk.shut(part, "Mill Bridge")

    def told() -> bool:
        return desk.assignment(before["id"])["rerouted_at"] is not None

    wait_until(told, WITHIN_S, "the crew was not given another way")
    after = desk.assignment(before["id"])
    assert after["reroute_reason"] == "Mill Bridge: closed"
    assert after["revision"] == before["revision"] + 1
    assert after["route"] != route
    assert route[middle + 1] not in after["route"]
    assert after["travel_s"] is None or after["travel_s"] > 0.0
