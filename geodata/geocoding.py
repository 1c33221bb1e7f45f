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
from geodata.network import RoadNetwork
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
    """All roads of one name in one municipality; ``at`` is the middle of the longest."""

    name: str
    municipality: str
    at: LonLat
    edges: tuple[int, ...]


class PlaceFinder:
    """An index over one network; built once for each map version, then only read."""

    def __init__(
        self,
        names: Sequence[str],
        streets: Sequence[Sequence[_Street]],
        crossings: Mapping[int, frozenset[int]],
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
        self._nodes = nodes
        self._places = places
        self._place_keys = [plain(place.name) for place, _ in places]
        self._addresses = addresses
        self._areas = areas
        self._town_names = [name for name, _ in areas]
        self._town_keys = [plain(name) for name in self._town_names]
        west, south = nodes.min(axis=0).tolist()
        east, north = nodes.max(axis=0).tolist()
        self.region = Box(west, south, east, north)
        self._at_name: dict[int, list[int]] = defaultdict(list)
        for node, met in crossings.items():
            for name in met:
                self._at_name[name].append(node)
        self._crossing_ids = np.array(sorted(crossings), dtype=np.int64)
        towns = _holding(areas, nodes[self._crossing_ids])
        self._town_at = dict(zip(self._crossing_ids.tolist(), towns, strict=True))
        self._squash = math.cos(math.radians((south + north) / 2))
        flat = nodes[self._crossing_ids] * (self._squash, 1.0)
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
        crossings = _crossings_of(network, {name: k for k, name in enumerate(names)})
        nodes = np.column_stack([network.node_lon, network.node_lat])
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
        count = min(8, len(self._crossing_ids))
        _, near = self._tree.query((at[0] * self._squash, at[1]), k=count)
        for k in np.atleast_1d(near):
            met = sorted(self._names[n] for n in self._crossings[int(self._crossing_ids[k])])
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
            nodes = self._at_name[k]
            met = sorted({n for node in nodes for n in self._crossings[node]} - {k})
            if second:
                fits = best_fits(second, [self._keys[n] for n in met], NAMES_TRIED)
                fitting = {met[i]: s for i, s in fits}
            else:
                fitting = dict.fromkeys(met, 50.0)
            for node in nodes:
                for n in self._crossings[node] & fitting.keys():
                    at = LonLat(*self._nodes[node].tolist())
                    town = self._town_at[node]
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
    groups: dict[str, dict[str, list[int]]] = {}
    for edge, town in enumerate(towns):
        name = network.names[int(network.edge_name[edge])]
        name = name or network.names[int(network.edge_ref[edge])]
        if name:
            groups.setdefault(name, {}).setdefault(town, []).append(edge)
    names = sorted(groups)
    streets = [
        [
            _Street(name, town, _middle(network, edges, spots), tuple(edges))
            for town, edges in sorted(groups[name].items())
        ]
        for name in names
    ]
    return names, streets


def _middle(network: RoadNetwork, edges: Sequence[int], spots: npt.NDArray[np.float64]) -> LonLat:
    """The point on a street nearest to the mean of its pieces, each counted by its length."""
    length = network.edge_length_m[list(edges)].astype(np.float64)
    centre = np.average(spots[list(edges)], axis=0, weights=np.maximum(length, 1e-6))
    near = int(np.argmin(np.linalg.norm(spots[list(edges)] - centre, axis=1)))
    return LonLat(*spots[edges[near]].tolist())


def _crossings_of(network: RoadNetwork, index: Mapping[str, int]) -> dict[int, frozenset[int]]:
    met: dict[int, set[int]] = defaultdict(set)
    for edge, ends in enumerate(network.edge_ends.tolist()):
        name = network.names[int(network.edge_name[edge])]
        name = name or network.names[int(network.edge_ref[edge])]
        if name:
            for node in ends:
                met[node].add(index[name])
    return {node: frozenset(names) for node, names in met.items() if len(names) > 1}
