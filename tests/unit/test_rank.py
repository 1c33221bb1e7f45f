"""The bench of ranking on roads small enough for every test run."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from dispatch.bench import valhalla_rank
from dispatch.bench.rank import network_of, run
from geodata.made_network import make_network
from geodata.sources.osm import read_osm


def test_ranking_is_measured_and_judged_on_made_roads() -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = run("synthetic:400", units=12, closures=15, keep=Path(folder))
        again = run("synthetic:400", units=12, closures=15, keep=Path(folder))
        assert len(list(Path(folder).iterdir())) == 1
    assert first["wrong"] == again["wrong"] == 0
    assert first["compared"] == 20 * 12
    assert first["nodes"] == again["nodes"] > 300
    assert 0 < first["rank_p50"] <= first["rank_p99"]
    assert first["scipy_p50"] > 0
    assert first["valhalla_p50"] is None


def test_a_network_that_is_no_number_of_nodes_is_refused() -> None:
    with pytest.raises(ValueError, match="number of nodes"):
        network_of("synthetic:many")
    with pytest.raises(ValueError, match="at least one unit"):
        run("synthetic:400", units=0, closures=0)


def test_made_roads_are_the_same_roads_once_written_for_the_peer(tmp_path: Path) -> None:
    made = make_network(400, 3)
    read = read_osm(valhalla_rank.write_roads(made, tmp_path / "made.osm.pbf"))
    assert read.node_count == made.node_count
    assert read.arc_count == made.arc_count


def test_a_folder_without_the_programs_of_the_peer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(valhalla_rank.ValhallaFailed, match="no unpacked wheel"):
        run("synthetic:400", units=2, closures=0, valhalla=tmp_path)
