"""The network's arrays: what is kept, what is dropped, and the file it is kept in."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import pytest

from geodata import network as net
from geodata.dijkstra import DijkstraRouter
from geodata.made_network import make_network
from geodata.network import ROAD_CLASSES, PathBan, RoadNetwork
from geodata.road_errors import NetworkFileUnreadable, NetworkInvalid
from geodata.snapping import Snap
from geodata.sources.kept import find_order, load_network, order_path, save_network, save_order
from geodata.turns import turn_graph
from geodata.vehicles import ALL_CLASSES, CLASS_BIT, VEHICLES, free_weights_ms
from tests.road_factories import Street, arc_of, make_edges, make_roads, place_on

SQUARE = [(8.0, 48.0), (8.01, 48.0), (8.01, 48.01), (8.0, 48.01)]
RING = [Street(0, 1, name="Low St"), Street(1, 2), Street(2, 3), Street(3, 0, ref="B 7")]


def test_only_what_can_be_driven_there_and_back_is_kept_and_the_rest_is_counted() -> None:
    island = [*SQUARE, (8.5, 48.5), (8.51, 48.5), (8.02, 48.0)]
    streets = [*RING, Street(4, 5), Street(1, 6, backward=False)]
    network = make_roads(island, streets)
    assert (network.node_count, network.arc_count) == (4, 8)
    assert network.report.dropped_nodes == 3
    assert network.report.dropped_arcs == 3
    assert network.report.dropped_km == pytest.approx(1.481, abs=0.01)


def test_roads_that_only_lead_away_are_no_network() -> None:
    with pytest.raises(NetworkInvalid, match="there and back"):
        make_roads(SQUARE, [Street(0, 1, backward=False)])


def test_parallel_roads_between_the_same_junctions_stay_apart() -> None:
    detour = Street(0, 1, kph=90, via=((8.005, 48.001),))
    network = make_roads(SQUARE, [*RING, detour])
    short, long = arc_of(network, 0), arc_of(network, 4)
    assert network.arc_tail[short] == network.arc_tail[long]
    assert network.arc_head[short] == network.arc_head[long]
    assert network.arc_length_m[long] > network.arc_length_m[short]


def test_an_arc_knows_its_name_number_class_shape_and_twin() -> None:
    network = make_roads(SQUARE, [*RING, Street(0, 2, kind="primary", via=((8.004, 48.007),))])
    low, numbered, bent = arc_of(network, 0), arc_of(network, 3), arc_of(network, 4, against=True)
    assert network.name_of(low) == "Low St"
    assert network.name_of(numbered) == network.ref_of(numbered) == "B 7"
    assert network.class_of(bent) == "primary"
    assert network.shape_of_arc(bent) == [SQUARE[2], (8.004, 48.007), SQUARE[0]]
    assert network.twin_of(bent) == arc_of(network, 4)
    assert network.edge_ends[network.arc_edge[bent]].tolist() == [0, 2]


def test_lengths_are_metres_on_the_ground() -> None:
    network = make_roads(SQUARE, RING)
    assert network.arc_length_m[arc_of(network, 0)] == pytest.approx(744.1, abs=0.5)
    assert network.arc_length_m[arc_of(network, 1)] == pytest.approx(1111.9, abs=0.5)


def test_weights_are_milliseconds_by_class_and_a_ferry_sails_alike_for_all() -> None:
    streets = [*RING, Street(0, 2, kph=120, delay_ms=4000)]
    ferry = Street(1, 3, kph=12, kind="ferry", flags=net.FERRY)
    network = make_roads(SQUARE, [*streets, ferry])
    car, heavy = free_weights_ms(network, "car"), free_weights_ms(network, "heavy")
    fast, slow = arc_of(network, 4), arc_of(network, 5)
    metres = float(network.arc_length_m[fast])
    assert car[fast] == pytest.approx(metres / 120 * 3600 + 4000, abs=1)
    assert heavy[fast] == pytest.approx(metres / 90 * 3600 + 4000, abs=1)
    assert car[slow] == heavy[slow]


def test_a_ban_splits_its_node_and_no_other() -> None:
    free = make_roads(SQUARE, RING)
    assert turn_graph(free).node_count == 4
    network = make_roads(SQUARE, RING, bans=[(0, 2)])
    graph = turn_graph(network)
    assert graph.node_count == 5
    assert len(graph.tail) == network.arc_count + 2
    assert all(len(arcs) == 1 for arcs in graph.barred.values())
    banned, onward = arc_of(network, 0), arc_of(network, 1)
    copy = int(graph.head_of_arc[banned])
    assert graph.road_node[copy] == network.arc_head[banned]
    (barred,) = graph.barred["car"]
    assert graph.road_arc[barred] == onward
    assert barred in graph.out_arcs(copy)


def test_a_ban_along_a_path_binds_those_only_who_drove_all_of_it() -> None:
    """West to east over 0-1-2 and on to 3; from 1 one may also come by the side street 4-1."""
    nodes = [(8.0, 48.0), (8.01, 48.0), (8.02, 48.0), (8.02, 48.01), (8.01, 48.01)]
    streets = [Street(0, 1), Street(1, 2), Street(2, 3), Street(4, 1), Street(4, 3)]
    network = make_roads(nodes, streets, path_bans=[PathBan((0, 2, 4), ALL_CLASSES)])
    router = DijkstraRouter(network)
    start, side, goal = (
        place_on(network, 0, 0.5),
        place_on(network, 3, 0.9),
        place_on(network, 2, 0.5),
    )

    def ways(snap: Snap) -> list[int]:
        route = router.path("car", snap, goal)
        assert route is not None
        return [int(network.edge_way[network.arc_edge[arc]]) for arc in route.arcs]

    assert ways(start) == [100, 103, 104, 102]
    assert ways(side) == [103, 101, 102]
    graph = turn_graph(network)
    assert (graph.node_count, len(graph.tail)) == (7, network.arc_count + 5)


def test_a_ban_of_heavy_vehicles_leaves_others_alone() -> None:
    free = make_roads(SQUARE, RING)
    network = make_roads(SQUARE, RING, path_bans=[PathBan((0, 2), CLASS_BIT["heavy"])])
    start, goal = place_on(network, 0, 0.9), place_on(network, 1, 0.1)
    for vehicle in VEHICLES:
        straight_s = DijkstraRouter(free).seconds_to(vehicle, goal, [start])[0]
        seconds = DijkstraRouter(network).seconds_to(vehicle, goal, [start])[0]
        assert (seconds > straight_s) == (vehicle == "heavy")


def test_bans_along_paths_are_kept_and_change_the_id_and_their_absence_does_not() -> None:
    plain = make_roads(SQUARE, RING)
    network = make_roads(SQUARE, RING, path_bans=[PathBan((0, 2, 4), 4), PathBan((0, 2, 4), 1)])
    assert network.network_id != plain.network_id
    assert [ban.classes for ban in network.bans] == [5]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roads.npz"
        save_network(network, path)
        assert load_network(path).bans == network.bans
        save_network(plain, path)
        with np.load(path) as held:
            older = {name: held[name] for name in held.files if not name.startswith("ban_")}
        np.savez(path, **older)
        assert load_network(path).network_id == plain.network_id


def test_the_id_is_of_the_content() -> None:
    once, again = make_roads(SQUARE, RING), make_roads(SQUARE, RING)
    other = make_roads(SQUARE, [*RING[:3], Street(3, 0, kph=37)])
    assert once.network_id == again.network_id
    assert len(once.network_id) == 20
    assert other.network_id != once.network_id


def test_arrays_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        make_roads(SQUARE, RING).arc_tail[0] = 1


def test_inconsistent_edges_are_refused() -> None:
    edges = make_edges(SQUARE, RING)
    for wrong in (
        {"names": ("x",)},
        {"tail": np.array([0, 1, 2, 9], np.int32)},
        {"shape_start": edges.shape_start[:-1]},
    ):
        with pytest.raises(NetworkInvalid):
            net.build_network(dataclasses.replace(edges, **wrong))


def test_a_kept_network_comes_back_the_same() -> None:
    network = make_roads(SQUARE, [*RING, Street(0, 2, name="Größenweg")], bans=[(0, 2)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roads.npz"
        save_network(network, path)
        back = load_network(path)
        assert [p.name for p in Path(folder).iterdir()] == ["roads.npz"]
    assert back.network_id == network.network_id
    assert back.names == network.names
    assert back.report == network.report


def test_a_damaged_network_file_is_an_error_that_names_it() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roads.npz"
        save_network(make_roads(SQUARE, RING), path)
        whole = path.read_bytes()
        at = whole.index(make_roads(SQUARE, RING).node_lon.tobytes())
        for broken in (
            whole[: len(whole) // 2],
            b"not a file of arrays",
            whole[: at + 3] + bytes([whole[at + 3] ^ 1]) + whole[at + 4 :],
        ):
            path.write_bytes(broken)
            with pytest.raises(NetworkFileUnreadable, match=r"roads\.npz"):
                load_network(path)
        with pytest.raises(NetworkFileUnreadable):
            load_network(path.with_name("absent.npz"))


def test_a_kept_order_is_found_by_the_networks_id_and_a_damaged_one_is_as_none() -> None:
    order = np.array([2, 0, 1], np.uint32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assert find_order(folder, "abc") is None
        save_order(order, folder, "abc")
        found = find_order(folder, "abc")
        assert found is not None
        assert found.tolist() == [2, 0, 1]
        order_path(folder, "abc").write_bytes(order_path(folder, "abc").read_bytes()[:-3])
        assert find_order(folder, "abc") is None
        save_order(np.array([2, 2, 1], np.uint32), folder, "abc")
        assert find_order(folder, "abc") is None


def test_a_made_network_is_the_same_for_the_same_seed_and_has_all_its_parts() -> None:
    once, again, other = make_network(3000, 5), make_network(3000, 5), make_network(3000, 6)
    assert once.network_id == again.network_id != other.network_id
    assert once.node_count == pytest.approx(3000, rel=0.15)
    classes = {ROAD_CLASSES[c] for c in np.unique(once.edge_class).tolist()}
    assert {"residential", "secondary", "primary"} <= classes
    assert (once.arc_flags & net.ONEWAY).any()
    assert len(once.turn_from) > 0
    _check_turns(once)


def _check_turns(network: RoadNetwork) -> None:
    assert (network.arc_head[network.turn_from] == network.arc_tail[network.turn_to]).all()
