"""Finds places by what a caller says: streets, crossings, house numbers, coordinates, known places.

Gives every place that fits, in every municipality, and never chooses one. Reads no files.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import Box, find_coordinates
from geodata.lonlat import LonLat
from geodata.network import Ints, RoadNetwork
from geodata.street_names import best_fits, plain

Kind = Literal["address", "street", "crossing", "place", "coordinates"]
Streets = list[tuple[int, float]]
NAMES_TRIED: Final = 12
_NUMBER_FIRST: Final = re.compile(r"^\s*(\d{1,6}\s?[a-zA-Z]?)\s+(?=\S*[^\W\d])(.+)$")
_NUMBER_LAST: Final = re.compile(r"^(.*?[^\W\d].*?)\s+(\d{1,6}\s?[a-zA-Z]?)\s*$")
_JOINT: Final = re.compile(r"\s*(?:&|/|\s+(?:and|at|x|und)\s+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CommonPlace:
    """A place known by name: a station, a hospital, a school."""

    name: str
    at: LonLat
    kind: str = "place"


@dataclass(frozen=True, slots=True)
class AddressPoint:
    """A surveyed house number."""

    number: int
    street: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that fits what was typed.

    ``approximate`` is true where only the street is known, not the spot on it. ``cross_street`` is
    the crossing nearest to ``at``, empty where there is none. ``score`` runs from 0 to 100.
    """

    label: str
    municipality: str
    at: LonLat
    kind: Kind
    cross_street: str
    approximate: bool
    score: float


@dataclass(frozen=True, slots=True)
class _Street:
    """All roads of one name in one municipality; ``at`` is about their middle, on one of them."""

    name: str
    municipality: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class _Crossings:
    """Junctions where roads of several names meet, in arrays: a county has hundreds of thousands.

    ``at`` is (c, 2). The names at junction i are ``names[first[i]:first[i + 1]]``; the junctions of
    name k are ``spots[first_of_name[k]:first_of_name[k + 1]]``.
    """

    at: npt.NDArray[np.float64]
    names: Ints
    first: Ints
    spots: Ints
    first_of_name: Ints
    town: Ints
    town_names: tuple[str, ...]

    def names_at(self, spot: int) -> list[int]:
        found: list[int] = self.names[self.first[spot] : self.first[spot + 1]].tolist()
        return found

    def of_name(self, name: int) -> list[int]:
        begin, end = self.first_of_name[name], self.first_of_name[name + 1]
        found: list[int] = self.spots[begin:end].tolist()
        return found

    def town_at(self, spot: int) -> str:
        return self.town_names[int(self.town[spot])]


class PlaceFinder:
    """An index over one network; built once for each map version, then only read."""

    def __init__(
        self,
        names: Sequence[str],
        streets: Sequence[Sequence[_Street]],
        crossings: _Crossings,
        nodes: npt.NDArray[np.float64],
        places: Sequence[tuple[CommonPlace, str]],
        addresses: Mapping[tuple[str, str], Sequence[AddressPoint]],
        areas: Sequence[tuple[str, BaseGeometry]],
    ) -> None:
        """Use ``build``; the arguments are its tables, keyed by name index and node."""
        self._names = names
        self._keys = [plain(name) for name in names]
        self._streets = streets
        self._crossings = crossings
        self._places = places
        self._place_keys = [plain(place.name) for place, _ in places]
        self._addresses = addresses
        self._areas = areas
        self._town_names = [name for name, _ in areas]
        self._town_keys = [plain(name) for name in self._town_names]
        west, south = nodes.min(axis=0).tolist()
        east, north = nodes.max(axis=0).tolist()
        self.region = Box(west, south, east, north)
        self._squash = math.cos(math.radians((south + north) / 2))
        flat = crossings.at * (self._squash, 1.0)
        from scipy.spatial import cKDTree  # dear to import, and no hub needs it in its first second

        self._tree = cKDTree(flat) if len(flat) else None

    @classmethod
    def build(
        cls,
        network: RoadNetwork,
        municipalities: Mapping[str, BaseGeometry],
        common_places: Iterable[CommonPlace] = (),
        addresses: Iterable[AddressPoint] = (),
    ) -> PlaceFinder:
        """Index a network's named roads by municipality, with places and house numbers if known.

        Args:
            network: Roads; those without a name are found only by coordinates.
            municipalities: Name to area in degrees; a road belongs where its middle lies.
            common_places: Stations, hospitals and the like.
            addresses: Surveyed house numbers, in any order; may be empty.
        """
        areas = list(municipalities.items())
        names, streets = _streets_of(network, areas)
        nodes = np.column_stack([network.node_lon, network.node_lat])
        crossings = _crossings_of(network, nodes, areas)
        known = list(common_places)
        spots = np.array([p.at for p in known], dtype=np.float64).reshape(-1, 2)
        placed = list(zip(known, _holding(areas, spots), strict=True))
        return cls(names, streets, crossings, nodes, placed, _by_street(addresses, areas), areas)

    def find(self, text: str, limit: int = 9) -> list[Candidate]:
        """Every place that fits, best first; the same street in several towns gives each of them.

        Args:
            text: What was typed so far: ``Mill Rd``, ``14 Mill Rd``, ``Mill & Oak``, ``Mill Rd,
                Aldermoor``, ``47.14, 9.52`` or the beginning of one.
            limit: About this many: a name that several towns have is never shown in only some.

        Raises:
            CoordinatesAmbiguous: Two bare numbers that are not latitude, longitude here.
        """
        at = find_coordinates(text, self.region)
        if at is not None:
            label = f"{abs(at.lat):.6f} {'NS'[at.lat < 0]}, {abs(at.lon):.6f} {'EW'[at.lon < 0]}"
            here = _holding(self._areas, np.array([at]))[0]
            return [
                Candidate(label, here, at, "coordinates", self.cross_street_of(at), False, 100.0)
            ]
        text, town = self._without_town(text)
        parts = _JOINT.split(text, maxsplit=1)
        if len(parts) == 2 and plain(parts[0]):
            found = self._find_crossings(parts[0], parts[1])
        else:
            found = [*self._find_streets(text), *self._find_places(text)]
        if town is not None:
            found = [c for c in found if c.municipality == town]
        found.sort(key=lambda c: (-round(c.score, 1), c.label, c.municipality))
        return [self._crossed(c) for c in _whole_groups(found, limit)]

    def cross_street_of(self, at: LonLat, street: str = "") -> str:
        """The nearest crossing, as a queue row shows it.

        Args:
            at: A point; the crossing may be any distance away.
            street: When given, a crossing on this street is preferred among the nearest eight,
                and only the other street is named.

        Returns:
            ``Mill Rd & Oak Ave``, or ``Oak Ave`` with ``street`` given; empty without crossings.
        """
        if self._tree is None:
            return ""
        count = min(8, len(self._crossings.at))
        _, near = self._tree.query((at[0] * self._squash, at[1]), k=count)
        for k in np.atleast_1d(near).tolist():
            met = sorted(self._names[n] for n in self._crossings.names_at(k))
            if not street:
                return " & ".join(met[:2])
            if street in met:
                return next(name for name in met if name != street)
        return self.cross_street_of(at)

    def _crossed(self, candidate: Candidate) -> Candidate:
        if candidate.kind in ("crossing", "coordinates"):
            return candidate
        street = candidate.label
        if candidate.kind == "address":
            street = candidate.label.split(" ", 1)[1]
        elif candidate.kind == "place":
            street = ""
        return replace(candidate, cross_street=self.cross_street_of(candidate.at, street))

    def _without_town(self, text: str) -> tuple[str, str | None]:
        """What was typed without the municipality named at its end, and that municipality."""
        if "," in text:
            head, tail = text.rsplit(",", 1)
            fits = best_fits(plain(tail), self._town_keys, 1)
            return (head, self._town_names[fits[0][0]]) if fits else (head, None)
        words = text.split()
        for count in (3, 2, 1):
            key = plain(" ".join(words[-count:]))
            if len(words) > count and key in self._town_keys:
                rest = " ".join(words[:-count])
                if best_fits(plain(_numberless(rest)), self._keys, 1):
                    return rest, self._town_names[self._town_keys.index(key)]
        return text, None

    def _fitting(self, text: str) -> Streets:
        return best_fits(plain(text), self._keys, NAMES_TRIED)

    def _find_streets(self, text: str) -> list[Candidate]:
        numbered = _NUMBER_FIRST.match(text)
        number, name = (numbered[1], numbered[2]) if numbered else ("", text)
        fits = self._fitting(name)
        if not numbered:
            last = _NUMBER_LAST.match(text)
            if last and not (fits and fits[0][1] >= 90):
                number, name = last[2], last[1]
                fits = self._fitting(name)
        found = []
        for k, score in fits:
            for street in self._streets[k]:
                if number:
                    found.append(self._address(number, street, score))
                else:
                    found.append(
                        Candidate(
                            street.name, street.municipality, street.at, "street", "", True, score
                        )
                    )
        return found

    def _address(self, number: str, street: _Street, score: float) -> Candidate:
        label = f"{number.replace(' ', '')} {street.name}"
        houses = self._addresses.get((plain(street.name), street.municipality), ())
        digits = re.match(r"\d+", number)
        at, exact = _house(int(digits[0]) if digits else 0, houses)
        if at is None:
            return Candidate(label, street.municipality, street.at, "address", "", True, score)
        return Candidate(label, street.municipality, at, "address", "", not exact, score)

    def _find_crossings(self, one: str, other: str) -> list[Candidate]:
        found: dict[tuple[int, int, str], Candidate] = {}
        second = plain(other)
        for k, score in self._fitting(one):
            here = self._crossings.of_name(k)
            met = sorted({n for spot in here for n in self._crossings.names_at(spot)} - {k})
            if second:
                fits = best_fits(second, [self._keys[n] for n in met], NAMES_TRIED)
                fitting = {met[i]: s for i, s in fits}
            else:
                fitting = dict.fromkeys(met, 50.0)
            for spot in here:
                for n in fitting.keys() & set(self._crossings.names_at(spot)):
                    at = LonLat(*self._crossings.at[spot].tolist())
                    town = self._crossings.town_at(spot)
                    label = f"{self._names[k]} & {self._names[n]}"
                    key = (min(k, n), max(k, n), town)
                    mean = (score + fitting[n]) / 2
                    if key not in found or found[key].score < mean:
                        found[key] = Candidate(label, town, at, "crossing", "", False, mean)
        return list(found.values())

    def _find_places(self, text: str) -> list[Candidate]:
        fits = best_fits(plain(text), self._place_keys, NAMES_TRIED)
        return [
            Candidate(place.name, town, place.at, "place", "", False, score)
            for k, score in fits
            for place, town in [self._places[k]]
        ]


def _whole_groups(found: list[Candidate], limit: int) -> list[Candidate]:
    """The first ``limit``, and what else bears the last one's name with its score."""
    if len(found) <= limit:
        return found
    last = found[limit - 1]
    rest = [c for c in found[limit:] if c.label == last.label and c.score == last.score]
    return [*found[:limit], *rest]


def _numberless(text: str) -> str:
    numbered = _NUMBER_FIRST.match(text)
    return numbered[2] if numbered else text


def _house(number: int, houses: Sequence[AddressPoint]) -> tuple[LonLat | None, bool]:
    """Where the house stands: surveyed, or between its surveyed neighbours on the same side."""
    side = sorted((h for h in houses if h.number % 2 == number % 2), key=lambda h: h.number)
    for house in side:
        if house.number == number:
            return house.at, True
    below = [h for h in side if h.number < number]
    above = [h for h in side if h.number > number]
    if not below or not above:
        return None, False
    a, b = below[-1], above[0]
    share = (number - a.number) / (b.number - a.number)
    return LonLat(
        a.at.lon + (b.at.lon - a.at.lon) * share, a.at.lat + (b.at.lat - a.at.lat) * share
    ), False


def _by_street(
    addresses: Iterable[AddressPoint], areas: Sequence[tuple[str, BaseGeometry]]
) -> dict[tuple[str, str], list[AddressPoint]]:
    known = list(addresses)
    spots = np.array([a.at for a in known], dtype=np.float64).reshape(-1, 2)
    grouped: dict[tuple[str, str], list[AddressPoint]] = defaultdict(list)
    for address, town in zip(known, _holding(areas, spots), strict=True):
        grouped[plain(address.street), town].append(address)
    return grouped


def _holding(
    areas: Sequence[tuple[str, BaseGeometry]], points: npt.NDArray[np.float64]
) -> list[str]:
    """The municipality of each point (n, 2), empty outside all of them."""
    found = [""] * len(points)
    for name, area in areas:
        shapely.prepare(area)
        inside = shapely.intersects_xy(area, points[:, 0], points[:, 1])
        for k in np.flatnonzero(np.atleast_1d(inside)):
            found[k] = found[k] or name
    return found


def _streets_of(
    network: RoadNetwork, areas: Sequence[tuple[str, BaseGeometry]]
) -> tuple[list[str], list[list[_Street]]]:
    middle = (network.shape_start[:-1] + network.shape_start[1:] - 1) // 2
    spots = np.column_stack([network.point_lon[middle], network.point_lat[middle]])
    halfway = np.column_stack([network.point_lon[middle + 1], network.point_lat[middle + 1]])
    even = (network.shape_start[1:] - network.shape_start[:-1]) % 2 == 0
    spots[even] = (spots[even] + halfway[even]) / 2
    towns = _holding(areas, spots)
    names, name_of = _edge_names(network)
    town_names, town_of = np.unique(np.array(towns, dtype=object), return_inverse=True)
    named = np.flatnonzero(name_of >= 0)
    group = name_of[named].astype(np.int64) * len(town_names) + town_of[named]
    firsts, at = _middles(group, spots[named], network.edge_length_m[named])
    streets: list[list[_Street]] = [[] for _ in names]
    for first, lon, lat in zip(firsts.tolist(), at[:, 0].tolist(), at[:, 1].tolist(), strict=True):
        name, town = divmod(first, len(town_names))
        streets[name].append(_Street(names[name], town_names[town], LonLat(lon, lat)))
    return names, streets


def _edge_names(network: RoadNetwork) -> tuple[list[str], Ints]:
    """The names that roads bear, in their order, and the index of each edge's; -1 for none."""
    chosen = np.where(
        np.array([bool(name) for name in network.names])[network.edge_name],
        network.edge_name,
        network.edge_ref,
    )
    used, index = np.unique(chosen, return_inverse=True)
    texts = [network.names[k] for k in used.tolist()]
    names = sorted(set(texts) - {""})
    place = {name: k for k, name in enumerate(names)}
    number = np.array([place.get(text, -1) for text in texts], np.int32)
    return names, number[index]


def _middles(
    group: npt.NDArray[np.int64], spots: npt.NDArray[np.float64], length_m: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
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


def _crossings_of(
    network: RoadNetwork,
    nodes: npt.NDArray[np.float64],
    areas: Sequence[tuple[str, BaseGeometry]],
) -> _Crossings:
    """The junctions where roads of more than one name meet."""
    names, name_of = _edge_names(network)
    named = name_of >= 0
    ends = network.edge_ends[named].ravel().astype(np.int64)
    count = len(names) + 1
    pair = np.unique(ends * count + np.repeat(name_of[named], 2))
    node, name = pair // count, (pair % count).astype(np.int32)
    met, spot, held = np.unique(node, return_inverse=True, return_counts=True)
    kept = held > 1
    name, spot = name[kept[spot]], (np.cumsum(kept) - 1)[spot[kept[spot]]]
    at = nodes[met[kept]]
    by_name = np.argsort(name, kind="stable")
    towns = _holding(areas, at)
    town_names = sorted(set(towns))
    place = {town: k for k, town in enumerate(town_names)}
    return _Crossings(
        at=at,
        names=name,
        first=np.searchsorted(spot, np.arange(len(at) + 1)).astype(np.int32),
        spots=spot[by_name].astype(np.int32),
        first_of_name=np.searchsorted(name[by_name], np.arange(count)).astype(np.int32),
        town=np.array([place[town] for town in towns], np.int32),
        town_names=tuple(town_names),
    )
