"""The same question put to Valhalla, where pyvalhalla (an optional extra) is installed.

Stands beside the hub's own figures only; nothing of the product uses it.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from geodata.lonlat import LonLat


def matrix_ms(
    osm: Path, units: Sequence[LonLat], incidents: Sequence[LonLat]
) -> list[float] | None:
    """Milliseconds of Valhalla's time-distance matrix from all units, for each incident.

    Args:
        osm: An ``.osm.pbf`` file; its tiles are built first, outside the clock.
        units: The matrix's sources.
        incidents: Its one target, in turn.

    Returns:
        As many times as incidents; None where pyvalhalla is not installed or brings no builder of
        tiles (below version 3.5, which Python 3.11 has).
    """
    try:
        valhalla: Any = importlib.import_module("valhalla")
    except ImportError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        config = _config(valhalla, Path(folder))
        if not _build_tiles(valhalla, Path(folder), config, osm):
            return None
        actor = valhalla.Actor(config)
        return [_ask(actor, units, incident) for incident in incidents]


def _config(valhalla: Any, folder: Path) -> dict[str, Any]:
    tiles = folder / "tiles"
    tiles.mkdir()
    config: dict[str, Any] = importlib.import_module(f"{valhalla.__name__}.config").get_config(
        tile_extract="", tile_dir=str(tiles)
    )
    # Of its algorithms the faster one by far for many sources and one target.
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    # One matrix of 2,000 units goes beyond what a public server is set to answer.
    config["service_limits"]["auto"]["max_matrix_location_pairs"] = 10_000
    config["service_limits"]["auto"]["max_locations"] = 10_000
    return config


def _build_tiles(valhalla: Any, folder: Path, config: dict[str, Any], osm: Path) -> bool:
    builder = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    if not builder.is_file():
        return False
    settings = folder / "valhalla.json"
    settings.write_text(json.dumps(config))
    command = [str(builder), "-c", str(settings), str(osm.resolve())]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _ask(actor: Any, units: Sequence[LonLat], incident: LonLat) -> float:
    request = {
        "sources": [{"lon": unit.lon, "lat": unit.lat} for unit in units],
        "targets": [{"lon": incident.lon, "lat": incident.lat}],
        "costing": "auto",
    }
    begun = time.perf_counter()
    actor.matrix(request)
    return (time.perf_counter() - begun) * 1000
