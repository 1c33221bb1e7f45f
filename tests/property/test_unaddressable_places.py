"""Places without an address: of 500 in the made-up county each is found by what a caller says.

A bridge, a ramp, a milepost or coordinates must never be what holds a dispatch up; and a street's
name alone, where several towns have it, must never be taken for one of them.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from shapely.geometry import shape

from geodata.geocoding import PlaceFinder
from geodata.lonlat import LonLat, distance_m
from geodata.network import RoadNetwork
from geodata.sources.osm import read_osm
from geodata.sources.osm_features import OsmFeatures, read_features
from geodata.synthetic import MIN_NODES, make_county
from jurisdictions.pack import read_pack

WANTED = 500
NEAR_M = 150.0
MILE_M = 1609.344


@cache
def county() -> tuple[PlaceFinder, RoadNetwork, OsmFeatures]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make_county(folder, seed=1, nodes=MIN_NODES, calls=100)
        pack = read_pack(folder)
        network, features = read_osm(pack.roads), read_features(pack.roads)
        areas = {
            f["properties"]["name"]: shape(f["geometry"])
            for f in json.loads((folder / "municipalities.geojson").read_text())["features"]
        }
    posts = (*pack.known_places.mileposts, *features.mileposts)
    return PlaceFinder.build(network, areas, features.places, mileposts=posts), network, features


def unaddressable() -> Iterator[tuple[str, LonLat]]:
    """What is said of each place, and where it is."""
    _, network, features = county()
    for place in features.places:
        yield place.name.lower(), place.at
    yield from spots(network)


def spots(network: RoadNetwork) -> Iterator[tuple[str, LonLat]]:
    """Coordinates in turn as decimals, degrees and minutes, and degrees, minutes and seconds."""
    chance = np.random.default_rng(14)
    for k, node in enumerate(chance.integers(0, network.node_count, WANTED).tolist()):
        at = network.node_at(node)
        lat, lon = abs(at.lat), abs(at.lon)
        if k % 3 == 0:
            yield f"{at.lat:.5f}, {at.lon:.5f}", at
        elif k % 3 == 1:
            yield f"{int(lat)} {lat % 1 * 60:.3f}N {int(lon)} {lon % 1 * 60:.3f}W", at
        else:
            parts = [(int(v), int(v % 1 * 60), v * 60 % 1 * 60) for v in (lat, lon)]
            a, b = (f"{d}°{m:02}'{min(s, 59.9):04.1f}\"" for d, m, s in parts)
            yield f"{a}N {b}W", at


def test_500_places_without_an_address_are_each_found_where_they_are() -> None:
    finder, _, _ = county()
    tried = list(unaddressable())[:WANTED]
    assert len(tried) == WANTED
    lost = [
        text
        for text, at in tried
        if not any(distance_m(found.at, at) <= NEAR_M for found in finder.find(text))
    ]
    assert lost == []


def test_every_mile_of_the_motorway_is_found_between_its_posts() -> None:
    finder, _, _ = county()
    first, last = (finder.find(f"X 4 mile {mile}")[0].at for mile in (3, 4))
    for tenth in range(1, 10):
        (found, *_) = finder.find(f"mm 3.{tenth} X4")
        assert (found.label, found.kind) == (f"X 4 mile 3.{tenth}", "milepost")
        gone_m = distance_m(first, found.at) / distance_m(first, last) * MILE_M
        assert abs(gone_m - tenth * MILE_M / 10) < 30


def test_the_bare_name_of_a_street_in_several_towns_always_gives_each_of_them() -> None:
    finder, _, _ = county()
    towns: dict[str, set[str]] = defaultdict(set)
    for name in {name for name in county()[1].names if name}:
        for found in finder.find(name, limit=1):
            if found.label == name:
                towns[name].add(found.municipality)
    several = {name: held for name, held in towns.items() if len(held) > 1}
    assert len(several) >= 5
    assert several["Main St"] > {"Aldermoor"}
    for name, held in several.items():
        stem = name.rsplit(" ", 1)[0]
        assert {c.municipality for c in finder.find(name) if c.label == name} == held
        assert len(finder.find(stem)) > 1, stem
