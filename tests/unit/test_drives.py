"""The drives that matching is measured with, and what feeds are taken to make of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dispatch.bench import drives as made
from dispatch.bench.matching import DISTURBANCES, run
from geodata.lonlat import LonLat, distance_m
from geodata.made_network import make_network

NETWORK = make_network(900, 3)


def test_drives_are_whole_ways_of_the_lengths_asked_for_and_the_same_each_time() -> None:
    drives = made.drives(NETWORK, 40, np.random.default_rng(1))
    assert drives == made.drives(NETWORK, 40, np.random.default_rng(1))
    assert len(drives) == 40
    for drive in drives:
        for arc, onward in pairwise(drive):
            assert NETWORK.arc_head[arc] == NETWORK.arc_tail[onward]
            assert onward != NETWORK.twin_of(arc)
        length_m = float(NETWORK.arc_length_m[drive].sum())
        assert made.SHORTEST_M <= length_m <= 1.5 * made.LONGEST_M
        line = made.line_of(NETWORK, drive)
        assert sum(distance_m(a, b) for a, b in pairwise(line)) == pytest.approx(length_m, rel=1e-3)


def test_lines_are_moved_and_thinned_by_as_much_as_said() -> None:
    rng = np.random.default_rng(2)
    line = [LonLat(8.0, 48.0), LonLat(8.01, 48.0)]
    thin = made.resampled(line, 50.0)
    assert distance_m(thin[0], line[0]) < 0.01
    assert distance_m(thin[-1], line[-1]) < 0.01
    assert distance_m(thin[3], thin[4]) == pytest.approx(50.0, abs=2.0)
    moved = made.offset(thin, 10.0, rng)
    apart = [distance_m(a, b) for a, b in zip(thin, moved, strict=True)]
    assert apart == pytest.approx([10.0] * len(thin), abs=0.05)
    many = thin * 40
    noise = made.noisy(many, 10.0, rng)
    apart = [distance_m(a, b) for a, b in zip(many, noise, strict=True)]
    assert np.sqrt(np.mean(np.square(apart)) / 2) == pytest.approx(10.0, rel=0.1)


@pytest.mark.parametrize(
    ("end", "word"),
    [
        ((8.001, 48.01), "northbound"),
        ((8.001, 47.99), "southbound"),
        ((8.01, 48.001), "eastbound"),
        ((7.99, 48.001), "westbound"),
    ],
)
def test_traffic_is_named_by_where_it_goes(end: tuple[float, float], word: str) -> None:
    assert made.heading_word([LonLat(8.0, 48.0), LonLat(*end)]) == word


def test_placing_is_measured_on_made_roads() -> None:
    found, again = run("synthetic:900", lines=12), run("synthetic:900", lines=12)
    assert found["drives"] == 12
    for name in DISTURBANCES:
        for key in ("precision", "recall", "applied", "shown"):
            assert 0.0 <= found[f"{name}_{key}"] == again[f"{name}_{key}"] <= 1.0
        assert 0 < found[f"{name}_p50"] <= found[f"{name}_p99"]
    with pytest.raises(ValueError, match="number of nodes"):
        run("synthetic:many", lines=1)
