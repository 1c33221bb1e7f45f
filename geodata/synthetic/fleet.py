"""Who answers and with what: agencies, stations, units and the agreements among them. Invented.

Staffing and fleets are what such departments could plausibly have; they are no one's records.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from geodata.synthetic.drawing import Points
from geodata.synthetic.graph import Kind, StreetGraph
from geodata.synthetic.land import UNINCORPORATED, Land, Town

DOMAIN = "arrowmere.example"
ENGINE = "engine;suppression;first_response"
CAPABILITIES = {
    "engine": ENGINE,
    "ladder": "ladder;ventilation",
    "rescue": "rescue;extrication",
    "boat_rescue": "rescue;extrication;water_rescue",
    "chief": "command",
    "tanker": "tanker",
    "medic": "als;transport",
    "ambulance": "bls;transport",
    "patrol": "patrol;traffic",
}
LETTER = {
    "engine": "E",
    "ladder": "L",
    "rescue": "R",
    "boat_rescue": "R",
    "tanker": "T",
    "medic": "M",
    "ambulance": "A",
}
CITY_FLEET = (
    ("engine", "engine", "ladder", "chief", "chief"),
    ("engine", "boat_rescue"),
    ("engine", "ladder"),
    ("engine", "rescue"),
)
COMBINATION_FLEET = (("engine", "engine", "ladder", "chief"), ("engine", "rescue"))
VOLUNTEER_FLEET = (
    ("engine", "engine", "ladder", "chief"),
    ("engine", "engine", "boat_rescue", "chief"),
    ("engine", "engine", "chief"),
    ("engine", "engine", "rescue", "chief", "tanker"),
    ("engine", "engine", "chief", "tanker"),
)
EMS_FLEET = (("medic", "medic", "ambulance", "ambulance"), ("medic", "ambulance", "ambulance"))
CITY_PATROLS, SHERIFF_PATROLS, LARGE_PATROLS, SMALL_PATROLS = 12, 8, 4, 3
CONTRACT_TOWN = 11
CONTRACT_BEAT = 3
"""So many patrols of the force that polices two towns have the contract town as their beat; the
others have their own."""


@dataclass(frozen=True)
class Agency:
    """``home`` is the municipality, empty for one that serves the whole county."""

    id: str
    name: str
    discipline: str
    home: str
    staffing: str


@dataclass(frozen=True)
class Station:
    code: str
    agency: str
    kind: str
    municipality: str
    at: tuple[float, float]
    outside: bool = False


@dataclass(frozen=True)
class Unit:
    agency: str
    callsign: str
    kind: str
    station: str
    capabilities: str
    crew: int
    phone_only: bool
    shift: str
    beat: str = ""


@dataclass
class Fleet:
    """Every agency, its stations and units; ``police_of`` maps a municipality to its police."""

    agencies: list[Agency] = field(default_factory=list)
    stations: list[Station] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    police_of: dict[str, str] = field(default_factory=dict)

    def beats_of(self, agency: str) -> list[str]:
        """The towns that a force with more than one has as beats, its own first; else none."""
        towns = [town for town, police in self.police_of.items() if police == agency]
        home = next(a.home for a in self.agencies if a.id == agency)
        return sorted(towns, key=lambda town: town != home) if len(towns) > 1 else []

    def shared_crews(self) -> list[tuple[str, str]]:
        """Pairs of vehicles for which one crew stands: a second engine and the tanker beside it."""
        tankers = [unit for unit in self.units if unit.kind == "tanker"]
        second = {u.station: u.callsign for u in self.units if u.callsign.endswith("-2")}
        return [(second[tanker.station], tanker.callsign) for tanker in tankers]

    def stations_of(self, kind: str) -> list[Station]:
        """Stations inside the county of one kind: ``fire``, ``ems`` or ``police``."""
        return [s for s in self.stations if s.kind == kind and not s.outside]


SIZES: Final[dict[str, tuple[str, str, str]]] = {
    "engine": ("3.1", "18", "2.5"),
    "ladder": ("3.7", "31", "2.55"),
    "tanker": ("3.4", "24", "2.55"),
    "rescue": ("3.5", "16", "2.5"),
    "medic": ("2.8", "6", "2.3"),
    "ambulance": ("2.8", "5.5", "2.3"),
    "chief": ("1.9", "2.6", "2"),
    "patrol": ("1.6", "2.2", "1.95"),
}
"""Metres high, tonnes with crew and water, and metres wide, of what is driven; invented."""


class _Kerb:
    """Places beside a street for buildings: the nearest free junction, a few metres off."""

    def __init__(self, graph: StreetGraph) -> None:
        fit = {Kind.LOCAL, Kind.ARTERIAL}
        ends = {n for e in graph.edges if e.kind in fit and not e.bridge for n in (e.u, e.v)}
        self.points = graph.points()[sorted(ends - graph.level_crossings)]
        self.free = np.ones(len(self.points), bool)

    def near(self, at: Points) -> tuple[float, float]:
        """A free place near ``at``, 18 m north-east of a junction's middle."""
        away = np.linalg.norm(self.points - at, axis=1) + np.where(self.free, 0.0, 1e9)
        k = int(np.argmin(away))
        self.free[k] = False
        return float(self.points[k][0]) + 13.0, float(self.points[k][1]) + 12.0


def make_fleet(land: Land, graph: StreetGraph, seed: int) -> Fleet:
    """Nine fire departments, three ambulance services, eleven police forces and a sheriff."""
    rng = np.random.default_rng([seed, 6])
    fleet, kerb = Fleet(), _Kerb(graph)
    _fire(fleet, land, kerb, rng)
    _neighbour(fleet, land, kerb)
    _ems(fleet, land, kerb)
    _law(fleet, land, kerb)
    _give_beats(fleet)
    return fleet


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _fire(fleet: Fleet, land: Land, kerb: _Kerb, rng: np.random.Generator) -> None:
    number = 1
    for i, town in enumerate(land.towns[:9]):
        staffing = "career" if i == 0 else "combination" if i < 4 else "volunteer"
        word = "Fire Department" if i < 4 else "Volunteer Fire Company"
        agency = f"{_slug(town.name)}-fire.{DOMAIN}"
        fleet.agencies.append(Agency(agency, f"{town.name} {word}", "fire", town.name, staffing))
        houses = CITY_FLEET if i == 0 else COMBINATION_FLEET if i < 4 else (VOLUNTEER_FLEET[i - 4],)
        number = number if i == 0 else 10 * (i + 1)
        turn = rng.uniform(0, 6.28)
        for k, rigs in enumerate(houses):
            away = 0.0 if k == 0 else town.radius_m * (0.66 if i == 0 else 1.9)
            spot = _inside(land, town, away, turn + 2.1 * k)
            code = f"FS{number}"
            fleet.stations.append(Station(code, agency, "fire", town.name, kerb.near(spot)))
            _crew(fleet, agency, code, rigs, number, staffing)
            number += 1


def _inside(land: Land, town: Town, away_m: float, bearing: float) -> Points:
    """A spot at that distance from the town's middle, on this side of the outline."""
    middle = np.array(town.at)
    for share in (1.0, 0.8, 0.6, 0.4, 0.2):
        spot = middle + away_m * share * np.array([math.cos(bearing), math.sin(bearing)])
        if land.municipality_at(spot[None])[0] in (town.name, UNINCORPORATED):
            return spot
    return middle


def _crew(
    fleet: Fleet,
    agency: str,
    station: str,
    rigs: tuple[str, ...],
    number: int,
    staffing: str,
    phone_only: bool = False,
) -> None:
    seen: dict[str, int] = {}
    for rig in rigs:
        seen[rig] = seen.get(rig, 0) + 1
        second = seen[rig] > 1
        if rig == "chief":
            callsign = f"BC{seen[rig]}" if staffing == "career" else f"C{number}"
        else:
            callsign = f"{LETTER[rig]}{number}" + ("-2" if second else "")
        kind = "rescue" if rig == "boat_rescue" else rig
        crew = 1 if rig == "chief" else 4 if staffing == "career" else 3
        shift = "24h" if staffing == "career" else "on_call" if staffing == "volunteer" else "day"
        fleet.units.append(
            Unit(agency, callsign, kind, station, CAPABILITIES[rig], crew, phone_only, shift)
        )


def _neighbour(fleet: Fleet, land: Land, kerb: _Kerb) -> None:
    """A department over the county line that has no console and answers by telephone."""
    agency = "wexcombe-fire.example"
    fleet.agencies.append(Agency(agency, "Wexcombe Fire Company", "fire", "", "volunteer"))
    east = np.array([land.outline.bounds[2], land.towns[0].at[1]])
    at = kerb.near(east)
    fleet.stations.append(Station("FS95", agency, "fire", "", at, outside=True))
    _crew(fleet, agency, "FS95", ("engine", "ladder", "rescue"), 95, "volunteer", phone_only=True)


def _ems(fleet: Fleet, land: Land, kerb: _Kerb) -> None:
    services = (
        Agency(f"regional-ems.{DOMAIN}", "Arrowmere Regional EMS", "ems", "", "career"),
        Agency(f"valley-ambulance.{DOMAIN}", "Tamarrow Valley Ambulance", "ems", "", "career"),
        Agency(f"upland-rescue.{DOMAIN}", "Upland Rescue Squad", "ems", "", "combination"),
    )
    fleet.agencies += services
    city = land.towns[0]
    others = sorted(land.towns[1:9], key=lambda t: math.dist(t.at, city.at))
    far = sorted(others[3:], key=lambda t: t.at[0])
    posts = [(services[0], city, 0.25), (services[0], city, 0.8)]
    posts += [(services[0], t, 0.2) for t in others[:2]]
    posts += [(services[1], t, 0.2) for t in (*far[:2], others[2])]
    posts += [(services[2], t, 0.2) for t in far[2:]]
    medics = ambulances = 0
    for k, (agency, town, share) in enumerate(posts):
        code = f"EMS{k + 1}"
        spot = np.array(town.at) + town.radius_m * share * np.array([-0.8, 0.6])
        fleet.stations.append(Station(code, agency.id, "ems", town.name, kerb.near(spot)))
        for rig in EMS_FLEET[0] if town.rank < 2 else EMS_FLEET[1]:
            medics += rig == "medic"
            ambulances += rig == "ambulance"
            callsign = f"M{medics}" if rig == "medic" else f"A{ambulances}"
            shift = "24h" if rig == "medic" else "day" if ambulances % 3 == 0 else "24h"
            fleet.units.append(
                Unit(agency.id, callsign, rig, code, CAPABILITIES[rig], 2, False, shift)
            )


def _law(fleet: Fleet, land: Land, kerb: _Kerb) -> None:
    contract = land.towns[CONTRACT_TOWN]
    for i, town in enumerate(land.towns):
        if i == CONTRACT_TOWN:
            continue
        agency = f"{_slug(town.name)}-police.{DOMAIN}"
        fleet.agencies.append(Agency(agency, f"{town.name} Police", "law", town.name, "career"))
        fleet.police_of[town.name] = agency
        count = CITY_PATROLS if i == 0 else LARGE_PATROLS if i < 4 else SMALL_PATROLS
        first = 1 if i == 0 else 10 * (i + 1)
        _patrols(fleet, agency, f"PD{first}", town, kerb, count, first)
    near = min(
        (t for t in land.towns[:CONTRACT_TOWN] if not t.borough),
        key=lambda t: math.dist(t.at, contract.at),
    )
    fleet.police_of[contract.name] = fleet.police_of[near.name]
    sheriff = f"sheriff.{DOMAIN}"
    fleet.agencies.append(
        Agency(sheriff, "Arrowmere County Sheriff", "law", UNINCORPORATED, "career")
    )
    fleet.police_of[UNINCORPORATED] = sheriff
    _patrols(fleet, sheriff, "SO1", land.towns[0], kerb, SHERIFF_PATROLS, 201)


def _patrols(
    fleet: Fleet, agency: str, station: str, town: Town, kerb: _Kerb, count: int, first: int
) -> None:
    spot = np.array(town.at) + town.radius_m * np.array([0.2, 0.1])
    fleet.stations.append(Station(station, agency, "police", town.name, kerb.near(spot)))
    for k in range(count):
        shift = ("day", "evening", "night")[k % 3]
        fleet.units.append(
            Unit(
                agency, f"P{first + k}", "patrol", station, CAPABILITIES["patrol"], 1, False, shift
            )
        )


def _give_beats(fleet: Fleet) -> None:
    """A beat for each patrol of a force with more than one town; the last one has two on board."""
    for agency in dict.fromkeys(fleet.police_of.values()):
        beats = fleet.beats_of(agency)
        own = [k for k, unit in enumerate(fleet.units) if unit.agency == agency]
        for place, k in enumerate(own if beats else ()):
            away = place >= len(own) - CONTRACT_BEAT
            two = 2 if place == len(own) - 1 else 1
            beat = beat_name(beats[1 if away else 0])
            fleet.units[k] = replace(fleet.units[k], beat=beat, crew=two)


def beat_name(town: str) -> str:
    """The beat of a town, as units and boundaries name it."""
    return town.upper()
