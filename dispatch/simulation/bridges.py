"""Bridges of a road file: what a demo shuts for a while. Reads the file; decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import osmium

from geodata.lonlat import LonLat

CLASSES: Final = frozenset({"primary", "secondary", "tertiary"})


def bridges_of(roads: Path, most: int = 40) -> list[tuple[str, list[LonLat]]]:
    """Bridges of larger roads with their names, in the order of the file.

    Args:
        roads: An OpenStreetMap extract.
        most: How many at most.
    """
    found: list[tuple[str, list[LonLat]]] = []
    ways = (
        osmium.FileProcessor(str(roads))
        .with_locations()
        .with_filter(osmium.filter.KeyFilter("bridge"))
    )
    for way in ways:
        if not isinstance(way, osmium.osm.Way) or "name" not in way.tags:
            continue
        if way.tags.get("highway") not in CLASSES:
            continue
        line = [LonLat(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(line) > 1:
            found.append((f"{way.tags['name']} bridge", line))
        if len(found) >= most:
            break
    return found
