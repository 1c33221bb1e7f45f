"""Writes the roads as an OSM file. Adds no roads of its own; ids follow from the order given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
from osmium.osm import mutable

from geodata.synthetic.drawing import Points
from geodata.synthetic.land import to_lonlat
from geodata.synthetic.ways import Roads, Way

Tagged = tuple[Points, dict[str, str]]


@dataclass(frozen=True)
class PlaceNode:
    """A named point: a town, a hospital, a fire station."""

    at: tuple[float, float]
    tags: dict[str, str]


class _Ids:
    def __init__(self, first: int) -> None:
        self.next = first

    def take(self, count: int) -> range:
        taken = range(self.next, self.next + count)
        self.next += count
        return taken


def write_osm(
    path: Path, roads: Roads, water: Iterable[Tagged], places: Iterable[PlaceNode]
) -> None:
    """Write nodes, ways and turn restrictions; an existing file is replaced.

    Args:
        path: Ends in ``.osm.pbf`` or ``.osm``.
        roads: Junction k becomes node k + 1, way k becomes way k + 1.
        water: Lines, and rings whose first point equals the last, in metres.
        places: Named points, after the points of roads and water.
    """
    ids = _Ids(len(roads.at) + 1)
    shapes = [[ids.take(len(line) - 2) for line in way.shape] for way in roads.ways]
    wet = [(points, tags, ids.take(len(points))) for points, tags in water]
    named = [(place, ids.take(1)[0]) for place in places]
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    try:
        _write_nodes(writer, roads, shapes)
        for points, _, taken in wet:
            _add_nodes(writer, taken, points)
        for place, number in named:
            _add_nodes(writer, [number], _row(place.at), place.tags)
        for number, (way, runs) in enumerate(zip(roads.ways, shapes, strict=True), start=1):
            writer.add_way(mutable.Way(id=number, nodes=_refs(way, runs), tags=way.tags))
        for number, (points, tags, taken) in enumerate(wet, start=len(roads.ways) + 1):
            refs = list(taken)
            if (points[0] == points[-1]).all():
                refs[-1] = refs[0]
            writer.add_way(mutable.Way(id=number, nodes=refs, tags=tags))
        for number, ban in enumerate(roads.bans, start=1):
            members = [
                ("w", ban.from_way + 1, "from"),
                ("n", ban.via + 1, "via"),
                ("w", ban.to_way + 1, "to"),
            ]
            tags = {"type": "restriction", "restriction": ban.kind}
            writer.add_relation(mutable.Relation(id=number, members=members, tags=tags))
    finally:
        writer.close()


def _write_nodes(writer: osmium.SimpleWriter, roads: Roads, shapes: list[list[range]]) -> None:
    for number, (lon, lat) in enumerate(to_lonlat(roads.at).tolist()):
        tags = roads.node_tags.get(number, {})
        writer.add_node(mutable.Node(id=number + 1, location=(lon, lat), tags=tags))
    for way, runs in zip(roads.ways, shapes, strict=True):
        for line, taken in zip(way.shape, runs, strict=True):
            if len(taken):
                _add_nodes(writer, taken, line[1:-1])


def _add_nodes(
    writer: osmium.SimpleWriter,
    ids: Iterable[int],
    points: Points,
    tags: dict[str, str] | None = None,
) -> None:
    for number, (lon, lat) in zip(ids, to_lonlat(points).tolist(), strict=True):
        writer.add_node(mutable.Node(id=number, location=(lon, lat), tags=tags or {}))


def _row(at: tuple[float, float]) -> Points:
    return np.array([at], dtype=np.float64)


def _refs(way: Way, runs: list[range]) -> list[int]:
    refs = [way.stops[0] + 1]
    for stop, taken in zip(way.stops[1:], runs, strict=True):
        refs += [*taken, stop + 1]
    return refs
