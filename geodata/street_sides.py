"""The carriageway of a street that a caller means: ``Lancaster Ave eastbound``, ``Main St NB``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.network import Floats, Longs, RoadNetwork
from geodata.streets import RoadNames

Direction = Literal["N", "E", "S", "W"]

REACH_M: Final = 250.0
"""A carriageway further from the spot than that is not the one beside it."""

_M_PER_DEG: Final = math.radians(1.0) * EARTH_RADIUS_M

_TURN: Final = math.cos(math.radians(60.0))
"""A road winds: its course may leave the direction that it is signed for by so much."""

_EAST_NORTH: Final[dict[str, tuple[float, float]]] = {
    "N": (0.0, 1.0),
    "E": (1.0, 0.0),
    "S": (0.0, -1.0),
    "W": (-1.0, 0.0),
}

_SAID: Final = re.compile(
    r"(?<!\w)(?:(north|south|east|west)\s*-?bound|([nsew])\.?b\.?)(?!\w)", re.IGNORECASE
)
"""``N`` alone is part of many a street's name and is left to it."""


def without_direction(text: str) -> tuple[str, Direction | None]:
    """What was typed without the carriageway that it names, and that carriageway.

    ``Main St NB & Oak Ave`` gives ``Main St & Oak Ave`` and ``N``; a text that names none, or two
    that differ, or nothing else, stays as it is.
    """
    found = list(_SAID.finditer(text))
    letters = {next(filter(None, match.groups()))[0].upper() for match in found}
    rest = " ".join(_SAID.sub(" ", text).split())
    if len(letters) != 1 or not any(c.isalnum() for c in rest):
        return text, None
    (letter,) = letters
    for direction in ("N", "E", "S", "W"):
        if letter == direction:
            return rest, direction
    return text, None


@dataclass(frozen=True, slots=True)
class StreetSides:
    """Straight pieces of one-way roads, as traffic runs on them; those of name k are together.

    They are from ``first[k]`` up to the next entry; ``begin`` and ``end`` are (p, 2) degrees.
    """

    begin: Floats
    end: Floats
    first: Longs

    @classmethod
    def of(cls, network: RoadNetwork, roads: RoadNames) -> StreetSides:
        """Read them off the roads that carry traffic one way only."""
        arcs = network.edge_arcs
        one_way = (arcs >= 0).sum(axis=1) == 1
        pairs = np.flatnonzero(one_way[roads.edge])
        edge = roads.edge[pairs]
        pieces = network.shape_start[edge + 1] - network.shape_start[edge] - 1
        row = np.repeat(np.arange(len(edge)), pieces)
        first_piece = np.repeat(network.shape_start[edge] - np.cumsum(pieces) + pieces, pieces)
        point = first_piece + np.arange(len(row))
        against = (arcs[:, 0] < 0)[edge[row]]
        name = roads.name[pairs][row]
        order = np.argsort(name, kind="stable")
        spots = np.column_stack([network.point_lon, network.point_lat])
        return cls(
            begin=spots[np.where(against, point + 1, point)][order],
            end=spots[np.where(against, point, point + 1)][order],
            first=np.searchsorted(name[order], np.arange(len(roads.names) + 1)),
        )

    def beside(self, name: int, at: LonLat, direction: Direction) -> LonLat | None:
        """The spot next to ``at`` where a street's traffic runs in a direction.

        Args:
            name: Index of the street's name.
            at: About where on the street.
            direction: As it is signed.

        Returns:
            None where no one-way road of that name runs so within ``REACH_M``: the street is not
            divided there, or runs another way.
        """
        mine = slice(int(self.first[name]), int(self.first[name + 1]))
        metres = _M_PER_DEG * np.array([math.cos(math.radians(at.lat)), 1.0])
        begin = (self.begin[mine] - np.array(at)) * metres
        course = (self.end[mine] - np.array(at)) * metres - begin
        length = np.hypot(course[:, 0], course[:, 1])
        runs = (length > 0.0) & (course @ np.array(_EAST_NORTH[direction]) >= _TURN * length)
        begin, course, length = begin[runs], course[runs], length[runs]
        if not len(begin):
            return None
        along = np.clip(-(begin * course).sum(axis=1) / length**2, 0.0, 1.0)
        spots = begin + along[:, None] * course
        away = np.hypot(spots[:, 0], spots[:, 1])
        nearest = int(np.argmin(away))
        if away[nearest] > REACH_M:
            return None
        lon, lat = np.array(at) + spots[nearest] / metres
        return LonLat(float(lon), float(lat))
