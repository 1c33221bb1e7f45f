"""What the search of places says while its index is built, failed, or of another version."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import shapely

from dispatch.services.places import PlaceIndex
from dispatch.services.region import RegionPolicy
from geodata.geocoding import PlaceFinder
from geodata.made_network import make_network
from geodata.sources.kept_finder import finder_path, save_finder

NETWORK = make_network(300, 3)
AREA = shapely.box(9.0, 47.0, 10.0, 48.0)
STREET = next(name for name in NETWORK.names if name)


def policy(version: str) -> RegionPolicy:
    town = SimpleNamespace(name="Ashby", geometry=AREA)
    rows = SimpleNamespace(
        version=version,
        region=SimpleNamespace(network_id="none"),
        municipalities=[town],
        stations=[],
    )
    return cast("RegionPolicy", cast("Any", rows))


def kept(folder: Path, version: str) -> None:
    finder = PlaceFinder.build(NETWORK, {"Ashby": AREA})
    save_finder(finder, finder_path(folder, version))


async def until(index: PlaceIndex, state: str) -> None:
    for _ in range(6_000):
        if index.state().state == state:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"it never was {state}")


def test_without_an_index_coordinates_are_found_and_the_state_says_why(tmp_path: Path) -> None:
    async def run() -> None:
        index = PlaceIndex(tmp_path, lambda: 7.0)
        assert index.find("47 6.3 N 9 30.6 E", 9) == []
        index.use(policy("v1"))
        assert index.state() == ("building", 0, 0.0, False, "")
        (spot,) = index.find("47 6.3 N 9 30.6 E", 9)
        assert (spot.kind, spot.municipality) == ("coordinates", "Ashby")
        assert (round(spot.at.lat, 3), round(spot.at.lon, 3)) == (47.105, 9.51)
        assert index.find(STREET, 9) == []
        await until(index, "failed")
        assert index.state().why == "there is none"
        assert str(tmp_path) not in index.state().why
        await index.stop()

    asyncio.run(run())


def test_while_another_version_is_built_the_last_one_serves_and_is_called_older(
    tmp_path: Path,
) -> None:
    kept(tmp_path, "v1")

    async def run() -> None:
        index = PlaceIndex(tmp_path, lambda: 7.0)
        index.use(policy("v1"))
        await until(index, "ready")
        index.use(policy("v2"), wait_s=3600)
        assert index.state() == ("building", 0, 0.0, True, "")
        assert index.find(STREET, 9) != []
        index.use(policy("v3"))
        await until(index, "failed")
        assert index.state().older
        await index.stop()

    asyncio.run(run())
