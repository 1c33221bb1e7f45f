"""Parts of roads that have no house number, out of an OpenStreetMap file, by names that people say.

Bridges by what they carry and cross, motorway exits and ramps by road and heading, level crossings,
trails and milestones. Tag meanings follow the OpenStreetMap wiki (Key:bridge, Key:bridge:name,
Tag:highway=motorway_junction, Key:destination, Tag:railway=level_crossing, Tag:highway=milestone).
Reads; builds no index.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import osmium
import shapely
from shapely.geometry import LineString

from geodata.known_places import CommonPlace, Feature, Milepost
from geodata.lonlat import LonLat, distance_m
from geodata.road_errors import OsmUnreadable
from geodata.sources.osm_tags import drive_of

SAME_BRIDGE_M: Final = 300.0
"""Pieces and carriageways of one name nearer than this are one bridge."""
SAME_RAMP_M: Final = 60.0
SAME_TRAIL_M: Final = 2_000.0
LINKS_MOST: Final = 6
"""A ramp is followed over at most so many pieces to the road that it leads to."""
_TRAILS: Final = ("path", "footway", "cycleway", "bridleway", "track")
_FAST: Final = ("motorway", "trunk")
_WATER: Final = ("river", "canal", "stream")
_RAIL: Final = ("rail", "light_rail", "narrow_gauge", "tram")
_KEYS: Final = ("highway", "railway", "waterway")
_DISTANCE: Final = re.compile(r"^\s*(\d{1,4}(?:[.,]\d{1,3})?)\s*(mi|km)?")
_HEADINGS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class OsmFeatures:
    """What one file holds of features beside its roads; each list in the file's order."""

    places: tuple[CommonPlace, ...]
    mileposts: tuple[Milepost, ...]


@dataclass(slots=True)
class _Way:
    tags: dict[str, str]
    nodes: list[int]
    points: list[LonLat]

    @property
    def title(self) -> str:
        """What the road goes by: a motorway by its number, another by its name."""
        ref = self.tags.get("ref", "").split(";")[0].strip()
        name = self.tags.get("name", "")
        return (ref or name) if self.tags.get("highway") in _FAST else (name or ref)

    @property
    def kind(self) -> str:
        return self.tags.get("highway", "")

    @property
    def is_link(self) -> bool:
        return self.kind.endswith("_link")


@dataclass(slots=True)
class _Read:
    ways: list[_Way] = field(default_factory=list)
    spots: dict[int, tuple[dict[str, str], LonLat]] = field(default_factory=dict)
    """Junctions of motorways, level crossings and milestones, by node."""


def read_features(path: Path) -> OsmFeatures:
    """Read the features of a file; what has neither name nor number is left out.

    Raises:
        OsmUnreadable: No such file, not OSM, or cut short.
    """
    if not path.is_file():
        raise OsmUnreadable(path, "there is no such file")
    read = _Read()
    try:
        things: Iterable[Any] = osmium.FileProcessor(str(path)).with_locations()
        for thing in things.with_filter(osmium.filter.KeyFilter(*_KEYS)):  # type: ignore[attr-defined]
            _take(read, thing)
    except (RuntimeError, OSError) as cause:
        raise OsmUnreadable(path, str(cause)) from cause
    at_node: dict[int, list[_Way]] = defaultdict(list)
    for way in read.ways:
        for node in way.nodes:
            if way.is_link or node in read.spots or node in (way.nodes[0], way.nodes[-1]):
                at_node[node].append(way)
    _meet_links(read.ways, at_node)
    found = [
        *_merged(_bridges(read.ways), SAME_BRIDGE_M),
        *_exits(read, at_node),
        *_merged(_ramps(read.ways, at_node), SAME_RAMP_M),
        *_rail_crossings(read, at_node),
        *_merged(_trails(read.ways), SAME_TRAIL_M),
    ]
    return OsmFeatures(tuple(found), tuple(_milestones(read, at_node)))


def _take(read: _Read, thing: Any) -> None:
    tags = {tag.k: tag.v for tag in thing.tags}
    if thing.is_node():
        wanted = tags.get("highway") in ("motorway_junction", "milestone")
        if wanted or tags.get("railway") == "level_crossing":
            read.spots[thing.id] = (tags, LonLat(thing.location.lon, thing.location.lat))
    elif thing.is_way():
        nodes = [node for node in thing.nodes if node.location.valid()]
        if len(nodes) > 1 and tags.get("area") != "yes":
            points = [LonLat(node.lon, node.lat) for node in nodes]
            read.ways.append(_Way(tags, [node.ref for node in nodes], points))


def _meet_links(ways: Sequence[_Way], at_node: dict[int, list[_Way]]) -> None:
    """Where a ramp begins or ends amid another road, that road is at its node too."""
    ends = {node for way in ways if way.is_link for node in (way.nodes[0], way.nodes[-1])}
    for way in ways:
        for node in ends.intersection(way.nodes):
            if way not in at_node[node]:
                at_node[node].append(way)


def _place(name: str, at: LonLat, kind: Feature, also: Iterable[str] = ()) -> CommonPlace:
    others = tuple(dict.fromkeys(other for other in also if other and other != name))
    return CommonPlace(name, at, kind, others)


def _middle(way: _Way) -> LonLat:
    at = LineString(way.points).interpolate(0.5, normalized=True)
    return LonLat(at.x, at.y)


def _heading(a: LonLat, b: LonLat) -> str:
    """One of eight compass headings from a to b."""
    east = (b.lon - a.lon) * math.cos(math.radians(a.lat))
    turn = math.degrees(math.atan2(east, b.lat - a.lat)) % 360
    return _HEADINGS[round(turn / 45) % 8]


def _bridges(ways: Sequence[_Way]) -> Iterator[CommonPlace]:
    """Bridges of named roads and paths, with what runs below: water, else rails, else a road."""
    bridges = [way for way in ways if way.tags.get("bridge", "no") != "no" and way.kind]
    below = [way for way in ways if way.tags.get("bridge", "no") == "no" and _below(way)]
    tree = shapely.STRtree([LineString(way.points) for way in below])
    for way in bridges:
        own = way.tags.get("bridge:name") or way.tags.get("bridge_name") or ""
        hits = tree.query(LineString(way.points), predicate="intersects").tolist()
        under = [below[k] for k in hits if not set(below[k].nodes) & set(way.nodes)]
        under.sort(key=lambda other: ("highway" in other.tags, "railway" in other.tags))
        crossed = next((t for other in under if (t := _below(other)) != way.title), "")
        carried = f"{way.title} bridge" if way.title else "Bridge" if crossed else ""
        over = f"{carried} over {crossed}" if carried and crossed else carried
        if own or over:
            name = own or over
            others = (over, f"{crossed} bridge" if crossed else "", _bridge_first(way, crossed))
            yield _place(name, _middle(way), "bridge", others)


def _below(way: _Way) -> str:
    """What runs below a bridge, as one says it; empty where it is nothing that has a name."""
    if way.tags.get("waterway") in _WATER or way.tags.get("railway") in _RAIL:
        return way.tags.get("name", "") or ("the railway" if "railway" in way.tags else "")
    return "" if way.is_link else way.title


def _bridge_first(way: _Way, crossed: str) -> str:
    if not way.title:
        return ""
    return f"bridge on {way.title} over {crossed}" if crossed else f"bridge on {way.title}"


def _exits(read: _Read, at_node: dict[int, list[_Way]]) -> Iterator[CommonPlace]:
    """Motorway exits by road, number or name, and the heading of their carriageway."""
    for node, (tags, at) in read.spots.items():
        if tags.get("highway") != "motorway_junction":
            continue
        way = next((w for w in at_node[node] if not w.is_link and w.title), None)
        number, name = tags.get("ref", ""), tags.get("name", "")
        if way is None or not (number or name):
            continue
        here = way.nodes.index(node)
        a, b = (here, here + 1) if here + 1 < len(way.nodes) else (here - 1, here)
        heading = _heading(way.points[a], way.points[b])
        which = f"exit {number}" if number else f"exit {name}"
        said = f"{way.title} {which} ({name})" if number and name else f"{way.title} {which}"
        others = (f"{which} {way.title}", f"{name} exit" if name else "")
        yield _place(f"{said} heading {heading}", at, "exit", others)


def _ramps(ways: Sequence[_Way], at_node: dict[int, list[_Way]]) -> Iterator[CommonPlace]:
    """Ramps by the roads they join, with the heading on the side of the faster road."""
    for way in ways:
        if not way.is_link:
            continue
        roads = [w for w in at_node[way.nodes[0]] if not w.is_link and w.title]
        if not roads:
            continue
        begins = roads[0]
        for last, road in _led_to(way, at_node):
            if road.title == begins.title:
                continue
            a, b = (way.points[0], way.points[1])
            if begins.kind not in _FAST:
                a, b = last.points[-2], last.points[-1]
            name = f"{begins.title} ramp to {road.title} heading {_heading(a, b)}"
            others = [f"ramp from {begins.title} to {road.title}", f"ramp to {road.title}"]
            signed = way.tags.get("destination:ref") or way.tags.get("destination")
            if signed:
                others.append(f"{begins.title} ramp to {signed.replace(';', ' ')}")
            if way.tags.get("junction:ref"):
                others.append(f"{begins.title} exit {way.tags['junction:ref']} ramp")
            yield _place(name, _middle(way), "ramp", others)


def _led_to(way: _Way, at_node: dict[int, list[_Way]]) -> Iterator[tuple[_Way, _Way]]:
    """The roads that a ramp leads to over further ramps, each with the last piece before it."""
    seen, edge = {way.nodes[-1]}, [way]
    titles: set[str] = set()
    for _ in range(LINKS_MOST):
        further = []
        for link in edge:
            for other in at_node[link.nodes[-1]]:
                if not other.is_link and other.title and other.title not in titles:
                    titles.add(other.title)
                    yield link, other
                goes_on = other.is_link and other.nodes[0] == link.nodes[-1]
                if goes_on and other.nodes[-1] not in seen:
                    seen.add(other.nodes[-1])
                    further.append(other)
        edge = further


def _rail_crossings(read: _Read, at_node: dict[int, list[_Way]]) -> Iterator[CommonPlace]:
    for node, (tags, at) in read.spots.items():
        if tags.get("railway") != "level_crossing":
            continue
        here = at_node[node]
        road = next((way.title for way in here if way.kind and way.title), "")
        line = next((way.tags.get("name", "") for way in here if "railway" in way.tags), "")
        if road:
            others = (f"{road} railroad crossing", f"{road} level crossing")
            said = f"{line} crossing at {road}" if line else ""
            yield _place(f"{road} rail crossing", at, "rail_crossing", (*others, said))


def _trails(ways: Sequence[_Way]) -> Iterator[CommonPlace]:
    """Paths with a name that no vehicle may drive: the others are streets of the network."""
    for way in ways:
        if way.kind in _TRAILS and way.tags.get("name") and drive_of(way.tags) is None:
            yield _place(way.tags["name"], _middle(way), "trail")


def _milestones(read: _Read, at_node: dict[int, list[_Way]]) -> Iterator[Milepost]:
    for node, (tags, at) in read.spots.items():
        given = _DISTANCE.match(tags.get("distance") or tags.get("pk") or "")
        if tags.get("highway") != "milestone" or not given:
            continue
        road = next((way for way in at_node[node] if way.kind and way.title), None)
        title = tags.get("ref", "") or (road.title if road else "")
        if title:
            unit: Literal["mi", "km"] = "mi" if given[2] == "mi" else "km"
            yield Milepost(title, float(given[1].replace(",", ".")), at, unit=unit)


def _merged(places: Iterable[CommonPlace], within_m: float) -> list[CommonPlace]:
    """Places of one name that lie together as one: pieces and carriageways are drawn apart."""
    kept: dict[str, list[CommonPlace]] = defaultdict(list)
    for place in places:
        near = kept[place.name]
        if all(distance_m(place.at, other.at) > within_m for other in near):
            near.append(place)
    return [place for near in kept.values() for place in near]
