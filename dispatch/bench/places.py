"""Bench ``places``: what callers say, typed key by key, answered from an index of many names.

Streets, numbers, slips, crossings, towns, common places, mileposts and coordinates, in a made-up
region. Timed is the finder alone, as the route asks it for each key.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely

from dispatch.bench.made_hub import figures
from geodata.geocoding import PlaceFinder
from geodata.known_places import AddressPoint, CommonPlace, Milepost
from geodata.lonlat import LonLat
from geodata.made_network import make_network
from geodata.network import RoadNetwork
from geodata.streets import crossings_of, road_names
from geodata.synthetic.naming import RURAL_ENDINGS, SITES, TOWN_ENDINGS, TOWN_NAMES, WORDS

SEED: Final = 31
PLACES_SHARE: Final = 0.1
COMMON_SHARE: Final = 0.02
"""Of the roads bear a name that every town has."""
COMMON: Final = ("Main St", "Church St", "Mill Rd", "Park Ave")
TOWNS_ACROSS: Final = 8
TYPED_EACH: Final = 40
GIVEN: Final = 9


def run(names: int) -> dict[str, Any]:
    """Measure, and return the bench's figures; times are milliseconds unless named.

    Args:
        names: Different names of streets and places, 2,000 or more.

    Returns:
        ``key_p50``, ``key_p99`` and ``key_max`` of the answer to each key, ``work_max`` the most
        that one took of the processor, which other programs cannot lengthen, ``worst`` the text of
        it, and ``missed`` how many texts did not give what was meant when typed to the end.
    """
    rng = random.Random(SEED)  # noqa: S311 - for figures that come out the same
    network, places, posts, houses = _region(names, rng)
    towns = _towns(network)
    began_s = time.perf_counter()
    finder = PlaceFinder.build(network, towns, places, houses, posts)
    built_s = time.perf_counter() - began_s
    typed = list(_typed(network, places, rng))
    del network
    gc.collect()
    gc.freeze()
    times: list[float] = []
    worked: list[tuple[float, str]] = []
    missed = 0
    for text, wanted in typed:
        found = []
        for end in range(1, len(text) + 1):
            began_s, began_work_s = time.perf_counter(), time.thread_time()
            found = finder.find(text[:end], GIVEN)
            worked.append(((time.thread_time() - began_work_s) * 1000, text[:end]))
            times.append((time.perf_counter() - began_s) * 1000)
        missed += bool(wanted) and not any(wanted in candidate.label for candidate in found)
    work_max, worst = max(worked)
    return figures(
        names=names,
        build_s=built_s,
        texts=len(typed),
        keys=len(times),
        key_p50=np.percentile(times, 50),
        key_p99=np.percentile(times, 99),
        key_max=max(times),
        work_max=work_max,
        worst=worst,
        missed=missed,
    )


def _region(
    names: int, rng: random.Random
) -> tuple[RoadNetwork, list[CommonPlace], list[Milepost], list[AddressPoint]]:
    """Roads of which each bears a name of its own but for some, and places, posts and houses."""
    many = _invented(names, rng)
    of_places = int(names * PLACES_SHARE)
    streets = (*COMMON, *many[: names - of_places - len(COMMON)])
    network = make_network(max(2000, int(len(streets) * 0.8)), SEED)
    numbers = np.random.default_rng(SEED)
    given = len(COMMON) + numbers.permutation(network.edge_count) % (len(streets) - len(COMMON))
    common = numbers.random(network.edge_count) < COMMON_SHARE
    given[common] = numbers.integers(0, len(COMMON), int(common.sum()))
    network = replace(
        network,
        names=("", *streets),
        edge_name=(given + 1).astype(np.int32),
        edge_ref=np.zeros(network.edge_count, np.int32),
    )
    spots = numbers.integers(0, network.node_count, of_places).tolist()
    places = [
        CommonPlace(f"{name} {SITES[k % len(SITES)]}", network.node_at(spot))
        for k, (name, spot) in enumerate(zip(many[-of_places:], spots, strict=True))
    ]
    west, north = network.node_at(0)
    posts = [
        Milepost(f"I {road}", mile, LonLat(west + mile / 500, north + road / 1000), side)
        for road in range(70, 90)
        for mile in range(100)
        for side in ("E", "W")
    ]
    edges = numbers.integers(0, network.edge_count, names).tolist()
    houses = [
        AddressPoint(100 + k % 900, streets[int(given[edge])], network.node_at(edge % len(spots)))
        for k, edge in enumerate(edges)
    ]
    return network, places, posts, houses


def _invented(count: int, rng: random.Random) -> list[str]:
    endings = sorted({*TOWN_ENDINGS, *RURAL_ENDINGS})
    made: dict[str, None] = {}
    while len(made) < count:
        joint = rng.choice((" ", "", " "))
        second = rng.choice(WORDS)
        second = second if joint else second.lower()
        letter = rng.choice(("", "", "N ", "Old ", "Upper "))
        made[f"{letter}{rng.choice(WORDS)}{joint}{second} {rng.choice(endings)}"] = None
    return list(made)


def _towns(network: RoadNetwork) -> dict[str, shapely.Polygon]:
    west, east = float(network.node_lon.min()), float(network.node_lon.max())
    south, north = float(network.node_lat.min()), float(network.node_lat.max())
    wide, high = (east - west) / TOWNS_ACROSS, (north - south) / TOWNS_ACROSS
    boxes = [
        shapely.box(
            west + x * wide, south + y * high, west + (x + 1) * wide, south + (y + 1) * high
        )
        for x in range(TOWNS_ACROSS)
        for y in range(TOWNS_ACROSS)
    ]
    return {f"{TOWN_NAMES[k % 12]} {k // 12}".replace(" 0", ""): box for k, box in enumerate(boxes)}


def _typed(
    network: RoadNetwork, places: list[CommonPlace], rng: random.Random
) -> Iterator[tuple[str, str]]:
    """What is typed, and a part of the label of what is meant."""
    roads = road_names(network)
    names = rng.sample([name for name in roads.names if name not in COMMON], 3 * TYPED_EACH)
    for name in names[:TYPED_EACH]:
        yield f"{rng.randint(1, 999)} {name}", name
    for name in names[TYPED_EACH : 2 * TYPED_EACH]:
        at = rng.randrange(1, len(name) - 2)
        yield name[:at] + name[at + 1] + name[at] + name[at + 2 :], name
    for name in names[2 * TYPED_EACH :]:
        yield name.lower(), name
    crossings = crossings_of(network, roads, [])
    for spot in rng.sample(range(len(crossings.at)), TYPED_EACH):
        one, other = (roads.names[k] for k in crossings.names_at(spot)[:2])
        yield f"{one} & {other}", one
    for name in (*COMMON, "Route 76", "st", "n", "the old mill road by the river"):
        yield name, name if name in COMMON else ""
    for place in rng.sample(places, TYPED_EACH):
        yield place.name, place.name
    for mile in rng.sample(range(99), 10):
        yield f"I-{70 + mile % 20} mile {mile}.4 eastbound", f"I {70 + mile % 20} E mile {mile}.4"
    yield "40.2000, -75.3000", "40.200000 N"
    yield "N 40 12.000 W 75 18.000", "40.200000 N"
    yield "18T VK 86000 52000", "18T"
