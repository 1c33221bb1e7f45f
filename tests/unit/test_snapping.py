"""The nearest place on the roads."""

from __future__ import annotations

import pytest

from geodata.lonlat import LonLat
from geodata.road_errors import OffNetwork
from geodata.snapping import Snapper
from tests.road_factories import Street, make_roads

BENT = [(8.0, 48.0), (8.01, 48.01)]
NETWORK = make_roads(BENT, [Street(0, 1, via=((8.01, 48.0),))])
SNAPPER = Snapper(NETWORK)


def test_a_point_beside_a_road_snaps_square_to_it() -> None:
    snap = SNAPPER.snap(LonLat(8.005, 48.0003))
    assert snap.at == pytest.approx((8.005, 48.0))
    assert snap.distance_m == pytest.approx(33.4, abs=0.1)
    assert snap.fraction == pytest.approx(372.0 / (744.1 + 1111.9), abs=1e-3)
    assert snap.node is None


def test_a_point_past_the_end_snaps_to_the_junction() -> None:
    snap = SNAPPER.snap(LonLat(7.999, 48.0))
    assert snap.node == 0
    assert snap.fraction == 0.0
    assert SNAPPER.snap(LonLat(8.01, 48.0102)).node == 1


def test_far_from_every_road_is_an_error_with_the_limit() -> None:
    with pytest.raises(OffNetwork) as caught:
        SNAPPER.snap(LonLat(8.0, 48.05))
    assert caught.value.limit_m == 1000.0
    assert SNAPPER.snap(LonLat(8.0, 48.05), limit_m=6000.0).distance_m > 4000
    assert SNAPPER.snap_all([LonLat(8.0, 48.0), LonLat(0.0, 0.0)])[1] is None


def test_the_other_side_of_the_world_is_off_the_network_too() -> None:
    for point in (LonLat(-172.0, -48.0), LonLat(8.0, 90.0), LonLat(180.0, 0.0)):
        with pytest.raises(OffNetwork):
            SNAPPER.snap(point)


def test_roads_near_a_point_come_nearest_first() -> None:
    spots = [(8.0, 48.0), (8.01, 48.0), (8.0, 48.0005), (8.01, 48.0005)]
    network = make_roads(spots, [Street(0, 1), Street(2, 3), Street(0, 2), Street(1, 3)])
    near = Snapper(network).near(LonLat(8.005, 48.0002), 60.0)
    assert [snap.edge for snap in near] == [0, 1]
    assert [round(snap.distance_m) for snap in near] == [22, 33]
    assert Snapper(network).near(LonLat(8.005, 48.0002), 30.0)[-1].edge == 0
    assert Snapper(network).near(LonLat(8.5, 48.5), 30.0) == []
