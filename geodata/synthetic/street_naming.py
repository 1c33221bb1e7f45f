"""Which street bears which name: one name a street, none twice in one municipality.

Chooses among the words of ``naming``; makes no geometry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from geodata.synthetic.chains import Chain
from geodata.synthetic.drawing import Points
from geodata.synthetic.land import Land
from geodata.synthetic.naming import (
    COMMON,
    MOTORWAY,
    RURAL_ENDINGS,
    SHARED_STREET,
    SHARED_TOWNS,
    TOWN_ENDINGS,
    WORDS,
)


def name_streets(
    chains: Sequence[Chain],
    classes: Sequence[str],
    points: Points,
    municipalities: Sequence[str],
    land: Land,
    rng: np.random.Generator,
) -> list[str]:
    """One name for each street; within one municipality no two local streets share a name.

    Args:
        chains: n streets.
        classes: n OSM classes.
        points: (m, 2) metres, every junction.
        municipalities: n names, where each street's middle lies.
        land: For the towns about which names are chosen.
        rng: Source of the choice.

    Returns:
        n names, empty for what bears none. ``SHARED_STREET`` stands in exactly three towns.
    """
    middles = points[[c.stops[len(c.stops) // 2] for c in chains]]
    names = [""] * len(chains)
    taken: set[tuple[str, str]] = set()

    def give(i: int, name: str) -> bool:
        if (municipalities[i], name) in taken:
            return False
        taken.add((municipalities[i], name))
        names[i] = name
        return True

    for i, class_ in enumerate(classes):
        if class_ == "motorway":
            names[i] = MOTORWAY
        elif class_ in ("primary", "secondary"):
            names[i] = _between_towns(chains[i], middles[i], land, rng, taken, municipalities[i])
    local = [i for i, c in enumerate(classes) if c in ("tertiary", "unclassified", "residential")]
    _town_names(local, chains, points, municipalities, land, rng, give, names)
    words = list(WORDS)
    rng.shuffle(words)
    turn = 0
    for i in local:
        built = any(math.dist(middles[i], t.at) < t.radius_m * 1.2 for t in land.towns)
        endings = TOWN_ENDINGS if built else RURAL_ENDINGS
        while not names[i]:
            word, ending = words[turn % len(words)], endings[int(rng.integers(len(endings)))]
            turn += 1
            tries = turn // len(words)
            give(i, f"{word} {ending}" if tries < 400 else f"{word} {ending} {tries - 399}")
    return names


def _between_towns(
    chain: Chain,
    middle: Points,
    land: Land,
    rng: np.random.Generator,
    taken: set[tuple[str, str]],
    municipality: str,
) -> str:
    near = sorted(land.towns, key=lambda t: math.dist(middle, t.at))[:4]
    ending = "Pike" if chain.length_m > 12_000 else "Ave" if chain.length_m < 1200 else "Rd"
    options = [f"{t.name} {ending}" for t in near if t.name != municipality]
    options += [f"{WORDS[int(k)]} {ending}" for k in rng.integers(0, len(WORDS), 20)]
    used = {name for _, name in taken}
    name = next((o for o in options if o not in used), options[0])
    taken.add((municipality, name))
    return name


def _town_names(
    local: Sequence[int],
    chains: Sequence[Chain],
    points: Points,
    municipalities: Sequence[str],
    land: Land,
    rng: np.random.Generator,
    give: Callable[[int, str], bool],
    names: Sequence[str],
) -> None:
    """Main St through each town, the shared street in three of them, common names in most."""
    middles = {i: points[chains[i].stops[len(chains[i].stops) // 2]] for i in local}
    for number, town in enumerate(land.towns):
        here = [
            i
            for i in local
            if municipalities[i] == town.name
            and math.dist(middles[i], town.at) < town.radius_m * 1.2
            and chains[i].length_m > 250
        ]
        here.sort(key=lambda i: chains[i].length_m, reverse=True)
        wanted = ["Main St", *([SHARED_STREET] if number in SHARED_TOWNS else [])]
        common = list(COMMON)
        rng.shuffle(common)
        for name in wanted + common[: 6 if town.rank < 2 else 4]:
            free = [i for i in here if not names[i]]
            if name == SHARED_STREET:
                free = [i for i in free if _within(chains[i], points, town.name, land)]
            if free:
                give(free[0], name)


def _within(chain: Chain, points: Points, municipality: str, land: Land) -> bool:
    return set(land.municipality_at(points[list(chain.stops)])) == {municipality}
