"""A closure feed changes on disk: the job reads it, places it, and the hub's closures follow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from dispatch.domain.board import Board
from dispatch.services.loading import PACK_FEED, Places, load_pack
from dispatch.settings import StorageSettings
from dispatch.simulation.children import Children
from dispatch.simulation.stage import start_processes, wait_until_healthy
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.feeds import find_feed_source, save_feed_source
from dispatch.store.migrations import migrate
from geodata.synthetic.county import make_county
from tests.fault.hub_child import wait_until
from tests.servers import free_port

WITHIN_S = 60.0


@pytest.fixture(scope="module")
def feed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feed-county")
    make_county(folder, seed=4, nodes=1500, calls=20)
    return folder / "closures.geojson"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, feed_file: Path) -> Iterator[Engine]:
    """The database of a running hub with its roads, job server and worker."""
    data_dir = tmp_path_factory.mktemp("feed-hub")
    storage = StorageSettings(data_dir=data_dir)
    migrate(storage.database)
    made = make_engine(storage.database)
    places = Places(storage.networks_dir, storage.orders_dir, storage.tiles_dir)
    load_pack(made, places, feed_file.parent)
    with made.connect().execution_options(writing=True) as connection, connection.begin():
        source = find_feed_source(connection, PACK_FEED)
        assert source is not None
        save_feed_source(connection, source._replace(interval_s=1))
    port = free_port()
    children = Children()
    try:
        hub = start_processes(children, data_dir, "127.0.0.1", port)
        wait_until_healthy(f"http://127.0.0.1:{port}", hub)
        yield made
    finally:
        children.stop()
        made.dispose()


def board_when(engine: Engine, holds: Callable[[Board], bool], what: str) -> Board:
    """The board as soon as something holds of it."""
    wait_until(lambda: holds(load_board(engine).board), WITHIN_S, what)
    return load_board(engine).board


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the feed's document, whole."""
    document = json.loads(path.read_text())
    change(document)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(document))
    fresh.replace(path)


def test_every_entry_of_the_feed_is_placed_or_counted(engine: Engine) -> None:
    board = board_when(engine, lambda b: PACK_FEED in b.feeds, "the feed was never read")
    read = board.feeds[PACK_FEED]
    assert read.ok
    assert read.listed == 15
    assert read.placed > 0
    active = [c for c in board.closures.values() if c.source == PACK_FEED]
    assert 0 < len(active) <= read.placed
    assert all(c.arcs and c.confidence for c in active)


def test_an_entry_that_goes_ends_its_closure_and_one_off_the_roads_is_named(
    engine: Engine, feed_file: Path
) -> None:
    before = board_when(engine, lambda b: bool(b.closures), "no closure")
    gone = next(c for c in before.closures.values() if c.source == PACK_FEED)

    def change(document: dict[str, Any]) -> None:
        kept = [f for f in document["features"] if f["id"] != gone.source_ref]
        lost = json.loads(json.dumps(document["features"][0]))
        lost["id"] = "in-the-sea"
        lost["geometry"]["coordinates"] = [[0.0, 0.0], [0.001, 0.0]]
        document["features"] = [*kept, lost]

    rewrite(feed_file, change)
    after = board_when(engine, lambda b: gone.id not in b.closures, "the closure stayed")
    read = after.feeds[PACK_FEED]
    assert read.unplaced == 1
    assert [reject.ref for reject in read.rejects] == ["in-the-sea"]
    assert read.rejects[0].why
    others = {key: closure for key, closure in before.closures.items() if key != gone.id}
    assert {key: after.closures[key] for key in others} == others


def test_a_document_that_cannot_be_read_ends_no_closure(engine: Engine, feed_file: Path) -> None:
    before = load_board(engine).board
    feed_file.write_text("<html>gateway time-out</html>")
    after = board_when(engine, lambda b: not b.feeds[PACK_FEED].ok, "the failure was not noted")
    assert "not JSON" in after.feeds[PACK_FEED].error
    assert after.closures == before.closures
