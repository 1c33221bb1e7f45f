"""Finds places by what a caller says: streets, crossings, house numbers, coordinates, known places.

Gives every place that fits, in every municipality, and never chooses one. Reads no files.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import Box, find_coordinates
from geodata.houses import Houses
from geodata.known_places import (
    FEATURES,
    AddressPoint,
    AddressPoints,
    CommonPlace,
    Feature,
    KnownPlaces,
    Milepost,
)
from geodata.lonlat import LonLat
from geodata.mileposts import MilepostIndex
from geodata.name_index import NameIndex
from geodata.network import RoadNetwork
from geodata.street_names import (
    NUMBER_FIRST,
    NUMBER_LAST,
    best_fits,
    finished,
    plain,
    road_number,
)
from geodata.street_sides import Direction, StreetSides, without_direction
from geodata.streets import Crossings, RoadNames, Streets, crossings_of, road_names, streets_of
from geodata.towns import Areas, towns_at

Kind = Literal["address", "street", "crossing", "place", "coordinates", "milepost"] | Feature
NAMES_TRIED: Final = 12
ROADS_MET: Final = 4
"""So many of the names that each half of a crossing may mean are looked for on bridges, ramps."""
BEGUN: Final = 90.0
"""From this score on a name begins with what was typed, or is the whole of it."""
WHOLE: Final = 100.0
"""Score of a name that was typed to its end."""
_JOINED: Final = re.compile(r"(?:&|/|\s(?:and|at|x|und))\s*$", re.IGNORECASE)
_JOINT: Final = re.compile(r"\s*(?:&|/|\s+(?:and|at|x|und)\s+)\s*", re.IGNORECASE)


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


def spot_label(at: LonLat, text: str) -> str:
    """Coordinates as a candidate shows them, with the code or grid reference that was typed."""
    label = f"{abs(at.lat):.6f} {'NS'[at.lat < 0]}, {abs(at.lon):.6f} {'EW'[at.lon < 0]}"
    if "+" in text or re.search(r"\d\s*[C-HJ-NP-X]", text.upper()):
        label = f"{' '.join(text.split())} ({label})"
    return label


class PlaceFinder:
    """An index over one network; built once for each map version, then only read."""

    def __init__(
        self,
        roads: RoadNames,
        streets: Streets,
        crossings: Crossings,
        sides: StreetSides,
        box: Box,
        known: KnownPlaces,
        areas: Areas,
        built: Callable[[int], None] = lambda percent: None,
    ) -> None:
        """Use ``build``; the arguments are its tables."""
        self.region = box
        self._names = roads.names
        self._same = roads.same
        self._streets = streets
        self._crossings = crossings
        self._sides = sides
        self._areas = areas
        self._town_names = [name for name, _ in areas]
        self._town_keys = [plain(name) for name in self._town_names]
        self._index_names()
        built(80)
        self._index_places(known)
        self._houses = Houses(known.addresses, areas)
        built(95)
        self._mileposts = MilepostIndex(known.mileposts)
        self._squash = math.cos(math.radians(box.middle.lat))
        from scipy.spatial import cKDTree  # dear to import, and no hub needs it in its first second

        flat = crossings.at * (self._squash, 1.0)
        self._tree = cKDTree(flat) if len(flat) else None

    @classmethod
    def build(
        cls,
        network: RoadNetwork,
        municipalities: Mapping[str, BaseGeometry],
        common_places: Iterable[CommonPlace] = (),
        addresses: AddressPoints | Iterable[AddressPoint] = (),
        mileposts: Iterable[Milepost] = (),
        built: Callable[[int], None] = lambda percent: None,
    ) -> PlaceFinder:
        """Index a network's named roads by municipality, with what is known beside them.

        Args:
            network: Roads; those without name and number are found only by coordinates.
            municipalities: Name to area in degrees; a road belongs where its middle lies.
            common_places: Stations, hospitals, bridges and the like.
            addresses: Surveyed house numbers, in any order; may be empty.
            mileposts: In any order; may be empty.
            built: Told how many per cent are done, by what each step takes of a county's index.
        """
        areas = list(municipalities.items())
        roads = road_names(network)
        built(30)
        west, east = float(network.node_lon.min()), float(network.node_lon.max())
        south, north = float(network.node_lat.min()), float(network.node_lat.max())
        houses = addresses if isinstance(addresses, AddressPoints) else AddressPoints.of(addresses)
        streets = streets_of(network, roads, areas)
        crossings = crossings_of(network, roads, areas)
        built(50)
        return cls(
            roads,
            streets,
            crossings,
            StreetSides.of(network, roads),
            Box(west, south, east, north),
            KnownPlaces(tuple(common_places), tuple(mileposts), houses),
            areas,
            built,
        )

    def find(self, text: str, limit: int = 9) -> list[Candidate]:
        """Every place that fits, best first; the same street in several towns gives each of them.

        Args:
            text: What was typed so far: ``Mill Rd``, ``14 Mill Rd``, ``Mill & Oak``, ``Mill Rd,
                Aldermoor``, ``Lancaster Ave EB``, ``I 76 mile 12.4``, ``47.14, 9.52`` or the
                beginning of one.
            limit: About this many: a name that several towns have is never shown in only some.
        """
        spots = find_coordinates(text, self.region, self._town_spot)
        if spots:
            return [self._spot(reading.at, text, reading.coarse) for reading in spots]
        posts = self._find_mileposts(text)
        said, direction = without_direction(text)
        words, town = self._without_town(said)
        parts = _JOINT.split(words, maxsplit=1)
        if len(parts) == 2 and plain(parts[0]):
            one, other = parts
            met = self._find_crossings(one, other, direction) or self._find_meeting(one, other)
            found = [*posts, *met, *self._find_places(words)]
        else:
            found = [*posts, *self._find_streets(words, direction), *self._find_places(words)]
        if town is not None:  # a postal town is often another than the one whose ground it is
            found = [c for c in found if c.municipality == town] or found
        found.sort(key=lambda c: (-round(c.score, 1), c.label, c.municipality))
        crossed = [self._crossed(c) for c in _whole_groups(found, limit)]
        return [_headed(c, direction) for c in crossed] if direction else crossed

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

    def _index_names(self) -> None:
        """Streets by their names, and numbered roads by ``Route 611`` too."""
        keys = [plain(name) for name in self._names]
        numbered = [(k, number) for k, key in enumerate(keys) if (number := road_number(key))]
        self._street_keys = keys
        self._street_of = [*range(len(keys)), *(k for k, _ in numbered)]
        self._street_index = NameIndex([*keys, *(f"rte {number}" for _, number in numbered)])

    def _index_places(self, known: KnownPlaces) -> None:
        self._places = known.places
        spots = np.array([place.at for place in known.places], np.float64).reshape(-1, 2)
        self._place_town = towns_at(self._areas, spots)
        self._features = [
            (k, plain(place.name)) for k, place in enumerate(known.places) if place.kind in FEATURES
        ]
        named = [(k, name) for k, p in enumerate(known.places) for name in (p.name, *p.also)]
        self._place_of = [k for k, _ in named]
        self._place_index = NameIndex([plain(name) for _, name in named])

    def _town(self, town: int) -> str:
        return self._town_names[town] if town >= 0 else ""

    def _town_spot(self, name: str) -> LonLat | None:
        fits = best_fits(plain(name), self._town_keys, 1)
        if not fits:
            return None
        middle = self._areas[fits[0][0]][1].representative_point()
        return LonLat(middle.x, middle.y)

    def _town_of(self, at: LonLat) -> str:
        return self._town(int(towns_at(self._areas, np.array([at]))[0]))

    def _spot(self, at: LonLat, text: str, coarse: bool) -> Candidate:
        cross = self.cross_street_of(at)
        label = spot_label(at, text)
        return Candidate(label, self._town_of(at), at, "coordinates", cross, coarse, 100.0)

    def _crossed(self, candidate: Candidate) -> Candidate:
        if candidate.kind in ("crossing", "coordinates"):
            return candidate
        street = ""
        if candidate.kind == "street":
            street = candidate.label
        elif candidate.kind == "address":
            street = candidate.label.split(" ", 1)[1]
        return replace(candidate, cross_street=self.cross_street_of(candidate.at, street))

    def _without_town(self, text: str) -> tuple[str, str | None]:
        """What was typed without the municipality named at its end, and that municipality."""
        if "," in text:
            head, tail = text.rsplit(",", 1)
            fits = best_fits(plain(tail), self._town_keys, 1)
            return (head, self._town_names[fits[0][0]]) if fits else (head, None)
        words = text.split()
        for count in range(min(3, len(words) - 1), 0, -1):
            key, rest = plain(" ".join(words[-count:])), " ".join(words[:-count])
            if key not in self._town_keys or not plain(words[-count]) or _JOINED.search(rest):
                continue
            if self._named(_JOINT.split(_numberless(rest), maxsplit=1)[0]):
                return rest, self._town_names[self._town_keys.index(key)]
        return text, None

    def _named(self, text: str) -> bool:
        key = plain(text)
        return self._street_index.fits(key) or self._place_index.fits(key)

    def _fitting(self, text: str) -> list[tuple[int, float]]:
        """Names of roads that fit, each once, the best first."""
        key = plain(text)
        fits = self._street_index.best(key, NAMES_TRIED)
        if not (fits and fits[0][1] >= BEGUN) and (ended := finished(key)):
            likely = self._street_index.best(ended, NAMES_TRIED)
            fits = [*((thing, min(score, BEGUN)) for thing, score in likely), *fits]
            fits.sort(key=lambda fit: -fit[1])
        found: dict[int, float] = {}
        for thing, score in fits:
            found.setdefault(self._street_of[thing], score)
        return list(found.items())

    def _find_streets(self, text: str, direction: Direction | None = None) -> list[Candidate]:
        numbered = NUMBER_FIRST.match(text)
        number, name = (numbered[1], numbered[2]) if numbered else ("", text)
        fits = self._fitting(name)
        if not numbered:
            last = NUMBER_LAST.match(text)
            if last and not (fits and fits[0][1] >= 90):
                number, name = last[2], last[1]
                fits = self._fitting(name)
        return [
            self._address(number, k, street, score, direction)
            if number
            else self._street(k, street, score, direction)
            for k, score in fits
            for street in self._streets.of_name(k)
        ]

    def _beside(self, at: LonLat, direction: Direction | None, *names: int) -> LonLat:
        """The spot on the carriageway that was said; the spot itself where there is none."""
        if direction is None:
            return at
        sides = (self._sides.beside(name, at, direction) for name in names)
        return next((side for side in sides if side is not None), at)

    def _street(
        self, name: int, street: int, score: float, direction: Direction | None
    ) -> Candidate:
        town = self._town(int(self._streets.town[street]))
        at = self._beside(self._streets.spot(street), direction, name)
        return Candidate(self._names[name], town, at, "street", "", True, score)

    def _address(
        self, number: str, name: int, street: int, score: float, direction: Direction | None
    ) -> Candidate:
        label = f"{number.replace(' ', '')} {self._names[name]}"
        town = int(self._streets.town[street])
        digits = re.match(r"\d+", number)
        key = self._street_keys[name]
        house = self._houses.find(int(digits[0]) if digits else 0, key, town)
        at, exact = house or (self._beside(self._streets.spot(street), direction, name), False)
        return Candidate(label, self._town(town), at, "address", "", not exact, score)

    def _find_crossings(self, one: str, other: str, direction: Direction | None) -> list[Candidate]:
        found: dict[tuple[int, int, int], Candidate] = {}
        second = plain(other)
        for k, score in self._fitting(one):
            spots, met = self._crossings.meeting(k)
            others = [n for n in np.unique(met).tolist() if n not in self._same.get(k, ())]
            if second:
                fits = best_fits(second, [self._street_keys[n] for n in others], NAMES_TRIED)
                fitting = {others[i]: s for i, s in fits}
            else:
                fitting = dict.fromkeys(others[:NAMES_TRIED], 50.0)
            rows = np.flatnonzero(np.isin(met, list(fitting)))
            group = met[rows].astype(np.int64) * (len(self._areas) + 1)
            _, first = np.unique(group + self._crossings.town[spots[rows]], return_index=True)
            for row in rows[first].tolist():
                spot, n = int(spots[row]), int(met[row])
                town = int(self._crossings.town[spot])
                label = f"{self._names[k]} & {self._names[n]}"
                key = (min(k, n), max(k, n), town)
                mean = (score + fitting[n]) / 2
                if key not in found or found[key].score < mean:
                    at = self._beside(self._crossings.spot(spot), direction, k, n)
                    found[key] = Candidate(label, self._town(town), at, "crossing", "", False, mean)
        return list(found.values())

    def _find_meeting(self, one: str, other: str) -> list[Candidate]:
        """Bridges and ramps where roads meet that have no junction: one runs above the other."""
        ones, others = (
            [(self._street_keys[k], score) for k, score in self._fitting(part)[:ROADS_MET]]
            for part in (one, other)
        )
        pairs = [(a, b, (s + t) / 2) for a, s in ones for b, t in others if a != b]
        found: dict[int, float] = {}
        for number, key in self._features:
            padded = f" {key} "
            for a, b, score in pairs:
                if f" {a} " in padded and f" {b} " in padded:
                    found[number] = max(found.get(number, 0.0), score)
        return [self._place(number, score) for number, score in found.items()]

    def _find_places(self, text: str) -> list[Candidate]:
        scores: dict[int, float] = {}
        for thing, score in self._place_index.best(plain(text), NAMES_TRIED):
            scores.setdefault(self._place_of[thing], score)
        return [self._place(k, score) for k, score in scores.items()]

    def _place(self, number: int, score: float) -> Candidate:
        place = self._places[number]
        kind: Kind = "place"
        for feature in get_args(Feature):
            if place.kind == feature:
                kind = feature
        town = self._town(int(self._place_town[number]))
        wide = kind == "trail"  # where on it is not known by its name
        return Candidate(place.name, town, place.at, kind, "", wide, score)

    def _find_mileposts(self, text: str) -> list[Candidate]:
        return [
            Candidate(
                post.label,
                self._town_of(post.at),
                post.at,
                "milepost",
                "",
                not post.exact,
                post.score,
            )
            for post in self._mileposts.find(text)
        ]


def _whole_groups(found: list[Candidate], limit: int) -> list[Candidate]:
    """The first ``limit``, what else bears the last one's name, and all whose name was typed whole.

    Only those that score as the last one does can bear its name.
    """
    if len(found) <= limit:
        return found
    last = found[limit - 1]
    alike = [c for c in found[limit:] if c.score == last.score]
    rest = [c for c in alike if c.label == last.label or c.score == WHOLE]
    return [*found[:limit], *rest]


def _headed(candidate: Candidate, direction: Direction) -> Candidate:
    """With the carriageway that was said beside the street's name, for crews to read."""
    if candidate.kind not in ("street", "address", "crossing"):
        return candidate
    return replace(candidate, label=f"{candidate.label} {direction}B")


def _numberless(text: str) -> str:
    numbered = NUMBER_FIRST.match(text)
    return numbered[2] if numbered else text
