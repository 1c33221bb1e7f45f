"""The index of places in a file: it finds the same, and no other file is taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from dispatch.services.place_building import Order, await_built, start_building
from geodata.geocoding import PlaceFinder
from geodata.known_places import CommonPlace
from geodata.made_network import make_network
from geodata.road_errors import NetworkFileUnreadable
from geodata.sources import kept_finder
from geodata.sources.kept import save_network
from geodata.sources.kept_finder import finder_path, load_finder, save_finder

NETWORK = make_network(300, 3)
AREAS = {"Ashby": shapely.box(-180, -90, 180, 90)}
HALL = CommonPlace("Town Hall", NETWORK.node_at(7))
NAMES = [name for name in NETWORK.names if name][:5]


def finder() -> PlaceFinder:
    return PlaceFinder.build(NETWORK, AREAS, [HALL])


def test_a_kept_index_finds_what_the_built_one_finds(tmp_path: Path) -> None:
    path = finder_path(tmp_path, "v1")
    built = finder()
    save_finder(built, path)
    kept = load_finder(path)
    for text in (*NAMES, "town h", f"{NAMES[0]} &", f"14 {NAMES[1]}", "47.1, 9.5", "nonsense"):
        assert kept.find(text) == built.find(text)
    assert kept.cross_street_of(HALL.at) == built.cross_street_of(HALL.at)
    assert [file.name for file in tmp_path.iterdir()] == ["v1.finder"]


@pytest.mark.parametrize("length", [0, 50, 100, 5_000, -1])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    path = finder_path(tmp_path, "v1")
    save_finder(finder(), path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(NetworkFileUnreadable):
        load_finder(path)


def test_an_index_of_another_program_is_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = finder_path(tmp_path, "v1")
    save_finder(finder(), path)
    monkeypatch.setattr(kept_finder, "_program", lambda: bytes(32))
    with pytest.raises(NetworkFileUnreadable, match="another version"):
        load_finder(path)


def test_a_process_of_its_own_builds_it_and_says_what_failed(tmp_path: Path) -> None:
    network = tmp_path / "net.npz"
    save_network(NETWORK, network)
    order = Order(network, tmp_path / "known.npz", AREAS, [HALL], finder_path(tmp_path, "v1"))
    order.known.write_bytes(b"damaged")
    told: list[int] = []
    built = await_built(start_building(), order, told.append)
    assert built.error == ""
    assert told == sorted(told) == [10, 30, 50, 80, 95]
    assert "known.npz" in built.known_error
    assert load_finder(order.out).find("town h")[0].label == "Town Hall"
    gone = await_built(start_building(), order._replace(network=tmp_path / "none.npz"))
    assert "none.npz" in gone.error
    killed = start_building()
    killed.kill()
    assert await_built(killed, order).error != ""
