"""Look into an OSM file without reading it whole: does it open, and where on earth is it?"""

from __future__ import annotations

from pathlib import Path

import osmium

from geodata.lonlat import LonLat
from geodata.road_errors import OsmUnreadable


def find_any_node(path: Path) -> LonLat | None:
    """The place of the first node in the file, or None where it has none.

    Raises:
        OsmUnreadable: The file is no OSM file, or is cut off before its first node.
    """
    try:
        for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
            if isinstance(node, osmium.osm.Node) and node.location.valid():
                return LonLat(node.location.lon, node.location.lat)
    except (RuntimeError, OSError) as problem:
        raise OsmUnreadable(path, str(problem)) from problem
    return None
