"""The names that roads bear, where each name's roads lie, and where roads of other names meet them.

Arrays, since a county has hundreds of thousands of each. A road goes by its name, or by its number
where it has no name; one that has both is found by either. Looks nothing up by text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.lonlat import LonLat
from geodata.network import Bools, Floats, Ints, Longs, RoadNetwork
from geodata.street_names import in_order
from geodata.towns import Areas, towns_at


@dataclass(frozen=True, slots=True)
class RoadNames:
    """Names of the roads of a network.

    ``goes_by`` is the index into ``names`` of each edge, -1 for none; ``edge`` and ``name`` are
    pairs of an edge and one of its names; ``same`` holds, of a number, the names of its roads.
    """

    names: tuple[str, ...]
    goes_by: Ints
    edge: Longs
    name: Ints
    same: dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Streets:
    """All roads of one name in one municipality are one street; those of name k are together.

    They are from ``first[k]`` up to the next entry. ``at`` is (s, 2), about their middle, on one of
    them; ``town`` is an index into the municipalities, -1 for none.
    """

    town: Ints
    at: Floats
    first: Ints

    def of_name(self, name: int) -> range:
        """The streets of a name."""
        return range(int(self.first[name]), int(self.first[name + 1]))

    def spot(self, street: int) -> LonLat:
        return LonLat(float(self.at[street, 0]), float(self.at[street, 1]))


@dataclass(frozen=True, slots=True)
class Crossings:
    """Junctions where roads of several names meet.

    ``at`` is (c, 2). The names at junction i are ``names[first[i]:first[i + 1]]``, and ``goes_by``
    says of each whether a road goes by it. The junctions of name k are
    ``spots[first_of_name[k]:first_of_name[k + 1]]``.
    """

    at: Floats
    town: Ints
    names: Ints
    goes_by: Bools
    first: Ints
    spots: Ints
    first_of_name: Ints

    def names_at(self, spot: int) -> list[int]:
        """The names that roads go by there."""
        here = slice(int(self.first[spot]), int(self.first[spot + 1]))
        found: list[int] = self.names[here][self.goes_by[here]].tolist()
        return found

    def meeting(self, name: int) -> tuple[Ints, Ints]:
        """Junctions of a name and each other name there, as pairs in two arrays."""
        spots = self.spots[self.first_of_name[name] : self.first_of_name[name + 1]]
        counts = self.first[spots + 1] - self.first[spots]
        begin = np.repeat(self.first[spots] - np.cumsum(counts) + counts, counts)
        met = self.names[begin + np.arange(len(begin))]
        other = met != name
        return np.repeat(spots, counts)[other], met[other]

    def spot(self, junction: int) -> LonLat:
        return LonLat(float(self.at[junction, 0]), float(self.at[junction, 1]))


def road_names(network: RoadNetwork) -> RoadNames:
    """The names and numbers of a network's roads; ``US 202;PA 73`` is two numbers."""
    both = network.edge_name.astype(np.int64) * len(network.names) + network.edge_ref
    used, kind = np.unique(both, return_inverse=True)
    texts: list[list[str]] = []
    for name, ref in (divmod(pair, len(network.names)) for pair in used.tolist()):
        numbers = [part.strip() for part in network.names[ref].split(";")]
        texts.append([t for t in dict.fromkeys([network.names[name], *numbers]) if t])
    found = list({text for several in texts for text in several})
    names = tuple(found[k] for k in in_order(found))
    place = {text: k for k, text in enumerate(names)}
    known = [[place[text] for text in several] for several in texts]
    counts = np.array([len(several) for several in known], np.int64)
    flat = np.array([k for several in known for k in several], np.int32)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    of_edge = counts[kind]
    begin = np.repeat(first[kind] - np.cumsum(of_edge) + of_edge, of_edge)
    goes_by = np.array([several[0] if several else -1 for several in known], np.int32)[kind]
    same: dict[int, set[int]] = {}
    for several in known:
        for k in several if len(several) > 1 else ():
            same.setdefault(k, set()).update(several)
    return RoadNames(
        names=names,
        goes_by=goes_by,
        edge=np.repeat(np.arange(len(kind), dtype=np.int64), of_edge),
        name=flat[begin + np.arange(len(begin))],
        same={k: frozenset(others) for k, others in same.items()},
    )


def streets_of(network: RoadNetwork, roads: RoadNames, areas: Areas) -> Streets:
    """Where each name's roads lie: a road belongs to the municipality of its middle."""
    middle = (network.shape_start[:-1] + network.shape_start[1:] - 1) // 2
    spots = np.column_stack([network.point_lon[middle], network.point_lat[middle]])
    halfway = np.column_stack([network.point_lon[middle + 1], network.point_lat[middle + 1]])
    even = (network.shape_start[1:] - network.shape_start[:-1]) % 2 == 0
    spots[even] = (spots[even] + halfway[even]) / 2
    town = towns_at(areas, spots).astype(np.int64) + 1
    group = roads.name.astype(np.int64) * (len(areas) + 1) + town[roads.edge]
    lengths = network.edge_length_m[roads.edge]
    groups, at = _middles(group, spots[roads.edge], lengths)
    name, town = np.divmod(groups, len(areas) + 1)
    return Streets(
        town=(town - 1).astype(np.int32),
        at=at,
        first=np.searchsorted(name, np.arange(len(roads.names) + 1)).astype(np.int32),
    )


def crossings_of(network: RoadNetwork, roads: RoadNames, areas: Areas) -> Crossings:
    """The junctions where roads that go by more than one name meet."""
    count = len(roads.names) + 1
    ends = network.edge_ends.astype(np.int64)
    named = np.flatnonzero(roads.goes_by >= 0)
    gone_by = np.unique(ends[named].ravel() * count + np.repeat(roads.goes_by[named], 2))
    met, held = np.unique(gone_by // count, return_counts=True)
    kept = met[held > 1]
    pair = np.unique(ends[roads.edge].ravel() * count + np.repeat(roads.name, 2))
    pair = pair[np.isin(pair // count, kept)]
    spot = np.searchsorted(kept, pair // count)
    name = (pair % count).astype(np.int32)
    at = np.column_stack([network.node_lon[kept], network.node_lat[kept]])
    by_name = np.argsort(name, kind="stable")
    return Crossings(
        at=at,
        town=towns_at(areas, at),
        names=name,
        goes_by=np.isin(pair, gone_by, assume_unique=True),
        first=np.searchsorted(spot, np.arange(len(kept) + 1)).astype(np.int32),
        spots=spot[by_name].astype(np.int32),
        first_of_name=np.searchsorted(name[by_name], np.arange(count)).astype(np.int32),
    )


def _middles(
    group: npt.NDArray[np.int64], spots: Floats, length_m: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Of each group of roads the spot nearest to the mean of all, each counted by its length.

    Args:
        group: Group of each of e roads.
        spots: (e, 2), the middle of each.
        length_m: Of each.

    Returns:
        The g groups in ascending order, and (g, 2) spots.
    """
    groups, member = np.unique(group, return_inverse=True)
    weight = np.maximum(length_m.astype(np.float64), 1e-6)
    total = np.bincount(member, weight)
    centre = np.column_stack([np.bincount(member, weight * axis) / total for axis in spots.T])
    away = np.hypot(*(spots - centre[member]).T)
    order = np.lexsort((away, member))
    first = np.searchsorted(member[order], np.arange(len(groups)))
    return groups, spots[order[first]]
