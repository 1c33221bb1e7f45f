"""How closures are placed on real roads: a sample of what ``hub bench matching`` measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.bench.matching import run


@pytest.mark.parametrize(
    "file",
    ["r5_porto.osm.pbf", "r5_boston_inner_core.osm.pbf", "valhalla_liechtenstein-latest.osm.pbf"],
)
def test_lines_with_ten_metres_of_noise_and_lines_of_two_ends_find_their_arcs(
    test_data: Path, file: str
) -> None:
    found = run(str(test_data / "roads" / file), lines=80, disturbances=("noise", "ends"))
    assert found["drives"] == 80
    assert found["noise_precision"] >= 0.98
    assert found["noise_recall"] >= 0.95
    assert found["ends_precision"] >= 0.93
    assert found["ends_recall"] >= 0.90
    assert found["wrong_way_applied"] <= 0.05
