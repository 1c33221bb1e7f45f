"""The grid finds what a look at every segment finds."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.lonlat import EARTH_RADIUS_M, LonLat
from geodata.network import RoadNetwork
from geodata.road_errors import NetworkInvalid, OffNetwork
from geodata.snapping import Snapper
from tests.road_factories import Street, make_roads

_M_PER_DEG = math.radians(1.0) * EARTH_RADIUS_M


def plain_distance_m(network: RoadNetwork, edge: int, point: LonLat) -> float:
    """Metres to the edge in the plane that touches the globe at the point."""
    shape = network.shape_of_edge(edge)
    east = _M_PER_DEG * math.cos(math.radians(point.lat))
    flat = [((p.lon - point.lon) * east, (p.lat - point.lat) * _M_PER_DEG) for p in shape]
    best = math.inf
    for (ax, ay), (bx, by) in pairwise(flat):
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        t = 0.0 if square == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / square))
        best = min(best, math.hypot(ax + t * dx, ay + t * dy))
    return best


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_nearest_road_is_the_nearest_of_all(data: st.DataObject) -> None:
    lat = data.draw(st.sampled_from([-41.0, 0.0, 48.0, 69.0]))
    reach = data.draw(st.sampled_from([0.004, 0.05, 1.0]))
    offset = st.integers(-1000, 1000).map(lambda i: i / 1000 * reach)
    spot = st.tuples(offset.map(lambda x: 8.0 + x), offset.map(lambda y: lat + y))
    nodes = data.draw(st.lists(spot, min_size=2, max_size=8, unique=True))
    vias = st.lists(spot, max_size=3).map(tuple)
    streets = [
        Street(i, j, via=data.draw(vias))
        for i in range(len(nodes))
        for j in range(i)
        if data.draw(st.booleans())
    ]
    try:
        network = make_roads(nodes, streets)
    except NetworkInvalid:
        assume(False)
        raise
    snapper = Snapper(network)
    point = LonLat(*data.draw(spot))
    distances = [plain_distance_m(network, edge, point) for edge in range(network.edge_count)]
    limit = data.draw(st.sampled_from([50.0, 1000.0, 300_000.0]))
    if min(distances) > limit:
        with pytest.raises(OffNetwork):
            snapper.snap(point, limit)
    else:
        snap = snapper.snap(point, limit)
        assert snap.distance_m == pytest.approx(min(distances), abs=1e-3)
        assert distances[snap.edge] == pytest.approx(min(distances), abs=1e-3)
    within = data.draw(st.sampled_from([30.0, 400.0]))
    near = {snap.edge: snap.distance_m for snap in snapper.near(point, within)}
    for edge, distance in enumerate(distances):
        if abs(distance - within) > 1e-3:
            assert (edge in near) == (distance < within)
        if edge in near:
            assert near[edge] == pytest.approx(distance, abs=1e-3)
