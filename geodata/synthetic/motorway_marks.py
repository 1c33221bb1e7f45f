"""What stands beside the made-up motorway for callers to read: exit numbers and mileposts."""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry import LineString

from geodata.synthetic.land import Land, point_lonlat
from geodata.synthetic.ways import Roads, Way

MILE_M = 1609.344
MOTORWAY_REF = "X 4"
COLUMNS = ("road", "distance", "lon", "lat", "unit")


def mark_exits(roads: Roads) -> None:
    """Number the exits from west to east; both carriageways' exits to one road bear one number."""
    crossed: dict[int, str] = {}
    on_motorway: set[int] = set()
    for way in roads.ways:
        if way.tags.get("highway") == "motorway":
            on_motorway.update(way.stops)
        elif "name" in way.tags and "highway" in way.tags:
            crossed.update(dict.fromkeys(way.stops, way.tags["name"]))
    links = [way for way in roads.ways if way.tags.get("highway") == "motorway_link"]
    leaving = [(way.stops[0], _road_at_end(way, links, crossed)) for way in links]
    exits = sorted(
        ((node, road) for node, road in leaving if node in on_motorway and road),
        key=lambda pair: (float(roads.at[pair[0]][0]), pair[0]),
    )
    numbers: dict[str, int] = {}
    for node, road in exits:
        number = numbers.setdefault(road, len(numbers) + 1)
        tags = {"highway": "motorway_junction", "ref": str(number), "name": road}
        roads.node_tags.setdefault(node, tags)


def _road_at_end(way: Way, links: list[Way], crossed: dict[int, str]) -> str:
    """The road that a ramp leads to, over further ramps where it is made of several."""
    seen: set[int] = set()
    node = way.stops[-1]
    while node not in crossed and node not in seen:
        seen.add(node)
        node = next((link.stops[-1] for link in links if link.stops[0] == node), node)
    return crossed.get(node, "")


def milepost_rows(line: LineString, land: Land) -> Iterator[tuple[str, ...]]:
    """A post each mile inside the county, counted from the motorway's western end."""
    if line.coords[0][0] > line.coords[-1][0]:
        line = line.reverse()
    for mile in range(int(line.length / MILE_M) + 1):
        post = line.interpolate(mile * MILE_M)
        if land.outline.contains(post):
            lon, lat = point_lonlat((post.x, post.y))
            yield (MOTORWAY_REF, str(mile), f"{lon:.6f}", f"{lat:.6f}", "mi")
