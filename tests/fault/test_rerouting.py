"""A road is shut under a crew on its way: its assignment carries another way, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, update

from dispatch.services.accounts import create_account
from dispatch.services.leader import LEASE_S
from dispatch.services.loading import Places, load_pack
from dispatch.settings import StorageSettings
from dispatch.simulation.children import Children
from dispatch.simulation.stage import start_processes, wait_until_healthy
from dispatch.store import tables as t
from dispatch.store.clock import database_now
from dispatch.store.due import LEASES_AHEAD
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from geodata.synthetic.county import make_county
from tests.fault.desk import PASSWORD, Desk
from tests.fault.hub_child import wait_until
from tests.servers import free_port

WITHIN_S = 120.0
HELD_S = LEASE_S * LEASES_AHEAD - 0.5
"""The longest lease that is believed: a test that is held up loses it late."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rerouted-hub")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("rerouted-county")
    make_county(folder, seed=8, nodes=1500, calls=20)
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


@contextmanager
def another_leads(data_dir: Path, desk: Desk) -> Iterator[None]:
    """Another holder has the leader's lease, and renews it; at the end it dies."""
    engine = make_engine(StorageSettings(data_dir=data_dir).database)
    dead = Event()

    def renew() -> None:
        while not dead.wait(0.5):
            _hold(engine)

    _hold(engine)
    renewing = Thread(target=renew)
    renewing.start()
    try:
        wait_until(lambda: not leads(desk), WITHIN_S, "the hub did not see that another leads")
        yield
        assert not leads(desk)
    finally:
        dead.set()
        renewing.join()
        engine.dispose()


def _hold(engine: Engine) -> None:
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        until = database_now(connection) + timedelta(seconds=HELD_S)
        other = {"holder": "another", "number": t.fence.c.number + 1, "expires_at": until}
        connection.execute(update(t.fence).values(other))


def leads(desk: Desk) -> bool:
    found: bool = desk.get("/health")["parts"]["leader"]["leads"]
    return found


def test_a_road_shut_while_another_process_led_is_told_by_the_one_that_takes_over(
    desk: Desk, data_dir: Path
) -> None:
    before = desk.sent_far()
    middle = len(before["route"]) // 2
    with another_leads(data_dir, desk):
        desk.shut(before["route"][middle : middle + 3], "Long Bridge")
        assert desk.assignment(before["id"])["rerouted_at"] is None

    def told() -> bool:
        return desk.assignment(before["id"])["rerouted_at"] is not None

    wait_until(told, WITHIN_S, "the hub that took over did not tell the crew")
    after = desk.assignment(before["id"])
    assert after["reroute_reason"] == "Long Bridge: closed"
    assert before["route"][middle + 1] not in after["route"]
