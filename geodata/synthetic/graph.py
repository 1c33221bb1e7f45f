"""Junctions and the pieces of road between them, while the county is being drawn. Flat metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from geodata.synthetic.drawing import Points

SAME_PLACE_M = 0.5


class Kind(StrEnum):
    """What a piece is for; its OSM class follows later from where it runs and how long."""

    ARTERIAL = "arterial"
    LOCAL = "local"
    MOTORWAY = "motorway"
    RAMP = "ramp"
    RAIL = "rail"


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece from junction ``u`` to ``v``; ``oneway`` allows only that direction."""

    u: int
    v: int
    kind: Kind
    oneway: bool = False
    bridge: bool = False
    bend: tuple[tuple[float, float], ...] = ()


@dataclass
class StreetGraph:
    """Junctions by number, and edges; two points within ``SAME_PLACE_M`` are one junction."""

    at: list[tuple[float, float]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    level_crossings: set[int] = field(default_factory=set)
    _index: dict[tuple[int, int], int] = field(default_factory=dict)

    def junction(self, x: float, y: float) -> int:
        """The junction at this place, made where there is none yet."""
        key = (round(x / SAME_PLACE_M), round(y / SAME_PLACE_M))
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self.at)
            self.at.append((float(x), float(y)))
        return found

    def join(
        self, u: int, v: int, kind: Kind, *, oneway: bool = False, bridge: bool = False
    ) -> None:
        """Add a piece of road, unless it would lead from a junction to itself."""
        if u != v:
            self.edges.append(Edge(u, v, kind, oneway, bridge))

    def points(self) -> Points:
        """All junctions, shape (n, 2), metres."""
        return np.array(self.at, dtype=np.float64).reshape(-1, 2)
