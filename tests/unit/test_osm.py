"""Reading OSM files: small ones written out here, with the hard cases in them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from geodata import network as net
from geodata.dijkstra import DijkstraRouter
from geodata.network import RoadNetwork
from geodata.road_errors import OsmUnreadable
from geodata.sources.kept import load_network, save_network
from geodata.sources.osm import read_osm
from geodata.vehicles import ALL_CLASSES, CLASS_BIT
from tests.road_factories import place_at

CROSS = {1: (8.0, 48.0), 2: (8.01, 48.0), 3: (8.02, 48.0), 4: (8.01, 48.01), 5: (8.01, 47.99)}
STREETS: dict[int, tuple[list[int], dict[str, str]]] = {
    10: ([1, 2], {"highway": "residential", "name": "West St"}),
    11: ([2, 3], {"highway": "residential", "name": "East St"}),
    12: ([2, 4], {"highway": "residential", "name": "North St"}),
    13: ([2, 5], {"highway": "residential", "name": "South St"}),
}
Ways = dict[int, tuple[list[int], dict[str, str]]]
Relation = tuple[dict[str, str], list[tuple[str, int, str]]]


def xml_of(
    nodes: dict[int, tuple[float, float]],
    ways: Ways,
    relations: list[Relation] | None = None,
    node_tags: dict[int, dict[str, str]] | None = None,
) -> str:
    def tags(of: dict[str, str]) -> str:
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in of.items())

    text = ['<osm version="0.6">']
    for node, (lon, lat) in nodes.items():
        own = tags((node_tags or {}).get(node, {}))
        text.append(f'<node id="{node}" lat="{lat}" lon="{lon}" version="1">{own}</node>')
    for way, (refs, own_tags) in ways.items():
        members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        text.append(f'<way id="{way}" version="1">{members}{tags(own_tags)}</way>')
    for number, (own_tags, parts) in enumerate(relations or [], start=1):
        members = "".join(f'<member type="{t}" ref="{r}" role="{o}"/>' for t, r, o in parts)
        text.append(f'<relation id="{number}" version="1">{members}{tags(own_tags)}</relation>')
    return "".join([*text, "</osm>"])


def read_text(text: str, name: str = "roads.osm.xml") -> RoadNetwork:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text)
        return read_osm(path)


def ban(kind: str, from_way: int, to_way: int, **more: str) -> Relation:
    members = [("way", from_way, "from"), ("node", 2, "via"), ("way", to_way, "to")]
    return ({"type": "restriction", "restriction": kind, **more}, members)


def banned_ways(network: RoadNetwork) -> set[tuple[int, int]]:
    way = network.edge_way[network.arc_edge]
    pairs = zip(network.turn_from.tolist(), network.turn_to.tolist(), strict=True)
    return {(int(way[a]), int(way[b])) for a, b in pairs}


def test_junctions_are_found_and_streets_cut_there() -> None:
    ways: Ways = {1: ([1, 2, 3], {"highway": "primary"}), 12: STREETS[12]}
    network = read_text(xml_of(CROSS, ways))
    assert (network.node_count, network.edge_count, network.arc_count) == (4, 3, 6)
    assert sorted(network.edge_way.tolist()) == [1, 1, 12]
    assert network.report.ways_read == network.report.ways_used == 2


def test_a_loop_without_other_junctions_stays_as_two_parallel_edges() -> None:
    nodes = {**CROSS, 6: (8.03, 48.01), 7: (8.03, 47.99)}
    ways: Ways = {**STREETS, 14: ([3, 6, 7, 3], {"highway": "residential"})}
    network = read_text(xml_of(nodes, ways))
    loop = [e for e in range(network.edge_count) if network.edge_way[e] == 14]
    assert len(loop) == 2
    ends = [sorted(network.edge_ends[e].tolist()) for e in loop]
    assert ends[0] == ends[1]


def test_a_way_is_not_joined_across_nodes_that_the_file_lacks() -> None:
    ways: Ways = {**STREETS, 14: ([3, 99, 4], {"highway": "residential"})}
    network = read_text(xml_of(CROSS, ways))
    assert 14 not in network.edge_way
    assert network.report.missing_nodes == 1


def test_a_bollard_cuts_a_street_and_a_gate_delays_on_it() -> None:
    nodes = {**CROSS, 6: (8.015, 48.0)}
    ways: Ways = {**STREETS, 11: ([2, 6, 3], {"highway": "residential"})}
    cut = read_text(xml_of(nodes, ways, node_tags={6: {"barrier": "bollard"}}))
    assert cut.report.barriers_cut == 1
    assert cut.report.dropped_nodes == 2
    gated = read_text(xml_of(nodes, ways, node_tags={6: {"barrier": "gate"}}))
    edge = gated.edge_way.tolist().index(11)
    assert gated.edge_flags[edge] & net.GATE
    assert set(gated.arc_delay_ms[gated.arc_edge == edge].tolist()) == {20_000}


def test_signals_delay_those_who_drive_towards_them() -> None:
    network = read_text(xml_of(CROSS, STREETS, node_tags={2: {"highway": "traffic_signals"}}))
    centre = int(network.arc_head[network.arc_delay_ms > 0][0])
    assert set(network.arc_head[network.arc_delay_ms > 0].tolist()) == {centre}
    assert int((network.arc_delay_ms > 0).sum()) == 4


LINE = {1: (8.0, 48.0), 6: (8.002, 48.0), 7: (8.008, 48.0), 2: (8.01, 48.0), 3: (8.02, 48.0)}
LINE_WAYS: Ways = {
    1: ([1, 6, 7, 2], {"highway": "residential", "name": "West St"}),
    2: ([2, 3], {"highway": "residential", "name": "East St"}),
}


def delays_of(network: RoadNetwork, way: int) -> tuple[int, int]:
    """Milliseconds along a way of one edge, and against it."""
    (edge,) = (i for i, each in enumerate(network.edge_way.tolist()) if each == way)
    along, against = network.edge_arcs[edge].tolist()
    return int(network.arc_delay_ms[along]), int(network.arc_delay_ms[against])


@pytest.mark.parametrize(
    ("node", "tags", "delays"),
    [
        (7, {"highway": "stop"}, (3000, 0)),  # near the end at 2: it faces those who come there
        (6, {"highway": "stop"}, (0, 3000)),
        (6, {"highway": "stop", "direction": "forward"}, (3000, 0)),
        (7, {"highway": "stop", "direction": "both"}, (3000, 3000)),
        (7, {"highway": "give_way"}, (2000, 0)),
        (7, {"highway": "traffic_signals"}, (4000, 4000)),
        (7, {"highway": "traffic_signals", "traffic_signals:direction": "backward"}, (0, 4000)),
        (7, {"barrier": "gate", "direction": "forward"}, (20_000, 20_000)),
    ],
)
def test_a_sign_on_a_way_delays_those_whom_it_faces(
    node: int, tags: dict[str, str], delays: tuple[int, int]
) -> None:
    network = read_text(xml_of(LINE, LINE_WAYS, node_tags={node: tags}))
    assert delays_of(network, 1) == delays


def test_a_minor_road_waits_where_a_better_one_runs_through_and_no_sign_is_known() -> None:
    better = {"highway": "secondary"}
    ways: Ways = {**STREETS, 10: (STREETS[10][0], better), 11: (STREETS[11][0], better)}
    network = read_text(xml_of(CROSS, ways))
    assert delays_of(network, 12) == delays_of(network, 13) == (0, 2000)
    assert delays_of(network, 10) == delays_of(network, 11) == (0, 0)
    signed = read_text(xml_of(CROSS, ways, node_tags={2: {"highway": "traffic_signals"}}))
    assert delays_of(signed, 12) == (0, 4000)


def test_nobody_waits_where_a_road_merely_changes_its_class() -> None:
    ways: Ways = {1: LINE_WAYS[1], 2: (LINE_WAYS[2][0], {"highway": "secondary"})}
    network = read_text(xml_of(LINE, ways))
    assert not network.arc_delay_ms.any()


def test_a_ferry_is_a_slow_link_by_its_duration_with_boarding() -> None:
    nodes = {**CROSS, 8: (8.1, 48.0)}
    ways: Ways = {
        **STREETS,
        15: ([3, 8], {"route": "ferry", "duration": "00:20", "maxspeed": "80"}),
    }
    network = read_text(xml_of(nodes, ways))
    (arc,) = network.edge_arcs[network.edge_way.tolist().index(15)][:1].tolist()
    assert network.class_of(arc) == "ferry"
    assert network.arc_flags[arc] & net.FERRY
    router = DijkstraRouter(network)
    tail, head = place_at(network, int(network.arc_tail[arc])), int(network.arc_head[arc])
    for vehicle_class in ("car", "heavy"):
        seconds = router.seconds_to(vehicle_class, place_at(network, head), [tail])[0]
        assert seconds == pytest.approx(1200 + 300, abs=1)
    assert network.report.ferries == 1


def test_restrictions_at_a_node_become_banned_turns() -> None:
    relations = [ban("no_left_turn", 10, 12), ban("only_straight_on", 11, 10)]
    network = read_text(xml_of(CROSS, STREETS, relations))
    assert banned_ways(network) == {(10, 12), (11, 11), (11, 12), (11, 13)}
    assert network.report.turn_restrictions == 2
    assert network.report.turn_bans == 4


def test_a_ban_to_turn_back_binds_on_its_own_road_only() -> None:
    ways: Ways = {1: ([1, 2, 3], {"highway": "primary"}), 12: STREETS[12], 13: STREETS[13]}
    network = read_text(xml_of(CROSS, ways, [ban("no_u_turn", 1, 1)]))
    pairs = list(zip(network.turn_from.tolist(), network.turn_to.tolist(), strict=True))
    assert len(pairs) == 2
    assert all(network.twin_of(a) == b for a, b in pairs)


def test_where_a_way_runs_on_through_the_node_the_angle_tells_which_turn_is_meant() -> None:
    ways: Ways = {1: ([1, 2, 3], {"highway": "primary"}), 2: ([5, 2, 4], {"highway": "primary"})}
    network = read_text(xml_of(CROSS, ways, [ban("no_left_turn", 1, 2)]))
    turns = {
        (
            round(network.node_lon[network.arc_tail[a]], 3),
            round(network.node_lat[network.arc_head[b]], 3),
        )
        for a, b in zip(network.turn_from.tolist(), network.turn_to.tolist(), strict=True)
    }
    assert turns == {(8.0, 48.01), (8.02, 47.99)}


def test_restrictions_that_do_not_bind_or_say_nothing_are_counted_by_cause() -> None:
    via_way = [("way", 10, "from"), ("way", 12, "via"), ("way", 11, "to")]
    kind = {"type": "restriction", "restriction": "no_left_turn"}
    conditional = {"type": "restriction", "restriction:conditional": "none @ (07:00-09:00)"}
    relations: list[Relation] = [
        (kind, via_way),  # the three meet at one node: there is no way between
        (conditional, ban("no_left_turn", 10, 12)[1]),
        ban("no_left_turn", 10, 12, **{"except": "psv;emergency"}),
        ({"type": "restriction", "restriction:bus": "no_left_turn"}, via_way),
        (kind, [("way", 10, "from")]),
        ban("no_left_turn", 10, 999),
        ban("no_such_turn", 10, 12),
    ]
    network = read_text(xml_of(CROSS, STREETS, relations))
    report = network.report
    assert (len(network.turn_from), network.bans) == (0, ())
    assert report.restrictions_via_way == report.restrictions_conditional == 0
    assert report.restrictions_exempt == 2
    assert report.restrictions_unusable == 5


BLOCK = {1: (8.0, 48.0), 2: (8.01, 48.0), 3: (8.01, 48.001), 4: (8.0, 48.001), 5: (8.02, 48.0)}
BLOCK_WAYS: Ways = {
    1: ([1, 2], {"highway": "primary"}),
    2: ([2, 3], {"highway": "primary_link"}),
    3: ([3, 4], {"highway": "primary"}),
    4: ([4, 1], {"highway": "service"}),
    5: ([2, 5], {"highway": "primary"}),
}
"""East on 1, over the link 2, back west on 3; 4 leads from there to the beginning."""


def over_link(kind: str, **tags: str) -> Relation:
    members = [("way", 1, "from"), ("way", 2, "via"), ("way", 3, "to")]
    return ({"type": "restriction", **({"restriction": kind} if kind else {}), **tags}, members)


def banned_paths(network: RoadNetwork) -> dict[tuple[int, ...], int]:
    way = network.edge_way[network.arc_edge]
    return {tuple(int(way[arc]) for arc in ban.arcs): ban.classes for ban in network.bans}


def test_a_restriction_over_a_way_bans_the_whole_path_and_no_part_of_it() -> None:
    network = read_text(xml_of(BLOCK, BLOCK_WAYS, [over_link("no_u_turn")]))
    assert banned_paths(network) == {(1, 2, 3): ALL_CLASSES}
    assert len(network.turn_from) == 0
    report = network.report
    assert (report.turn_restrictions, report.restrictions_via_way, report.turn_bans) == (1, 1, 1)


def test_what_must_be_driven_over_a_way_bans_all_else_after_its_first_arc() -> None:
    network = read_text(xml_of(BLOCK, BLOCK_WAYS, [over_link("only_left_turn")]))
    assert banned_paths(network) == {(1, 2, 2): ALL_CLASSES}


def test_a_way_between_that_has_junctions_is_followed_over_all_of_them() -> None:
    nodes = {**BLOCK, 6: (8.01, 48.0005), 7: (8.02, 48.0005)}
    ways: Ways = {**BLOCK_WAYS, 2: ([2, 6, 3], {"highway": "primary_link"})}
    ways[6] = ([6, 7], {"highway": "service"})
    ways[7] = ([7, 5], {"highway": "service"})
    network = read_text(xml_of(nodes, ways, [over_link("no_u_turn")]))
    assert banned_paths(network) == {(1, 2, 2, 3): ALL_CLASSES}


def test_a_restriction_whose_ways_meet_in_two_ways_is_not_guessed_at() -> None:
    ways: Ways = {**BLOCK_WAYS, 1: ([1, 2, 5], {"highway": "primary"})}
    del ways[5]
    ways[5] = ([5, 3], {"highway": "service"})
    network = read_text(xml_of(BLOCK, ways, [over_link("no_u_turn")]))
    assert network.bans == ()
    assert network.report.restrictions_unusable == 1


def under_condition(text: str, **tags: str) -> RoadNetwork:
    tags = {"type": "restriction", "restriction:conditional": text, **tags}
    return read_text(xml_of(CROSS, STREETS, [(tags, ban("", 10, 12)[1])]))


def test_a_restriction_of_some_hours_holds_in_these() -> None:
    network = under_condition("no_left_turn @ (Mo-Fr 07:00-09:00); no_left_turn @ (Sa 10:00-12:00)")
    assert [ban.hours for ban in network.bans] == ["Mo-Fr 07:00-09:00, Sa 10:00-12:00"]
    assert (network.hours, len(network.turn_from)) == ((network.bans[0].hours,), 0)
    report = network.report
    assert (report.restrictions_conditional, report.conditions_unread) == (1, 0)


@pytest.mark.parametrize(
    "when", ["weight > 7.5", "wet", "sunset-sunrise", "Mo-Fr 07:00-09:00 AND wet"]
)
def test_a_restriction_under_another_condition_holds_always_and_is_counted(when: str) -> None:
    network = under_condition(f"no_left_turn @ ({when})")
    assert (banned_ways(network), network.bans, network.hours) == ({(10, 12)}, (), ())
    report = network.report
    assert (report.restrictions_conditional, report.conditions_unread) == (1, 1)


def test_a_restriction_that_also_holds_always_needs_no_hours() -> None:
    tags = {"type": "restriction", "restriction:conditional": "no_left_turn @ (Mo 07:00-09:00)"}
    relations = [(tags, ban("", 10, 12)[1]), ban("no_left_turn", 10, 12)]
    network = read_text(xml_of(CROSS, STREETS, relations))
    assert (banned_ways(network), network.bans) == ({(10, 12)}, ())


def timed_of(**tags: str) -> list[tuple[str, bool, bool]]:
    """Hours, whether outside of them, and whether against the drawing, of the arcs of way 10."""
    ways: Ways = {**STREETS, 10: (STREETS[10][0], {**STREETS[10][1], **tags})}
    network = read_text(xml_of(CROSS, ways))
    found = [each for each in network.timed if network.edge_way[network.arc_edge[each.arc]] == 10]
    assert len(found) == len(network.timed)
    return [(t.hours, t.outside, bool(network.arc_reversed[t.arc])) for t in found]


def test_a_way_is_shut_by_the_hour_as_its_nearest_key_says() -> None:
    school = "no @ (Mo-Fr 07:30-08:30)"
    both = [("Mo-Fr 07:30-08:30", False, False), ("Mo-Fr 07:30-08:30", False, True)]
    by_arc = {"motor_vehicle:conditional": school, "access:conditional": "no @ (Su)"}
    assert sorted(timed_of(**by_arc)) == both
    assert timed_of(**by_arc, emergency="yes") == []
    assert timed_of(**{"access:conditional": "no @ (wet)"}) == []
    assert timed_of(**{"access:conditional": "private @ (Su)"}) == []


def test_a_way_that_is_shut_is_open_in_its_hours() -> None:
    tags = {"access": "no", "access:conditional": "yes @ (06:00-20:00)"}
    assert sorted(timed_of(**tags)) == [("06:00-20:00", True, False), ("06:00-20:00", True, True)]


def test_a_way_is_one_way_by_the_hour() -> None:
    assert timed_of(**{"oneway:conditional": "yes @ (Mo-Fr 07:00-09:00)"}) == [
        ("Mo-Fr 07:00-09:00", False, True)
    ]
    assert timed_of(**{"oneway:conditional": "-1 @ (Mo-Fr 16:00-18:00)"}) == [
        ("Mo-Fr 16:00-18:00", False, False)
    ]
    tags = {"oneway": "yes", "oneway:conditional": "no @ (20:00-06:00)"}
    assert timed_of(**tags) == [("20:00-06:00", True, True)]


def test_roads_by_the_hour_are_kept_on_disk_and_count_for_their_id(tmp_path: Path) -> None:
    network = under_condition("no_left_turn @ (Mo-Fr 07:00-09:00)")
    save_network(network, tmp_path / "n.npz")
    assert load_network(tmp_path / "n.npz").bans == network.bans
    other = under_condition("no_left_turn @ (Mo-Fr 07:00-10:00)")
    assert other.network_id != network.network_id
    assert read_text(xml_of(CROSS, STREETS)).hours == ()


def test_a_restriction_of_goods_vehicles_binds_heavy_ones_only() -> None:
    at_node = ({"type": "restriction", "restriction:hgv": "no_left_turn"}, ban("", 10, 12)[1])
    network = read_text(xml_of(CROSS, STREETS, [at_node]))
    assert banned_paths(network) == {(10, 12): CLASS_BIT["heavy"]}
    assert len(network.turn_from) == 0
    both = read_text(xml_of(CROSS, STREETS, [at_node, ban("no_left_turn", 10, 12)]))
    assert (banned_ways(both), both.bans) == ({(10, 12)}, ())


def test_a_square_to_walk_on_and_a_reversible_road_are_left_out_and_counted() -> None:
    ways: Ways = {
        **STREETS,
        20: ([1, 4, 5, 1], {"highway": "pedestrian", "area": "yes"}),
        21: ([1, 4], {"highway": "trunk", "oneway": "reversible"}),
    }
    report = read_text(xml_of(CROSS, ways)).report
    assert (report.areas_skipped, report.reversible_skipped) == (1, 1)


def test_the_reader_tells_how_far_it_is() -> None:
    told: list[tuple[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roads.osm"
        path.write_text(xml_of(CROSS, STREETS))
        read_osm(path, lambda step, done: told.append((step, done)))
    assert [step for step, _ in told] == ["reading", "building", "building"]


@pytest.mark.parametrize(
    ("text", "name", "cause"),
    [
        ("this is no map", "roads.osm.xml", "roads"),
        ("<osm version='0.6'><node id='1'", "roads.osm.xml", "roads"),
        ("garbage", "roads.osm.pbf", "roads"),
        ("", "roads.osm.pbf", "roads"),
        ("a,b", "roads.csv", "roads"),
        (xml_of(CROSS, {10: ([1, 2], {"highway": "footway"})}), "roads.osm", "no road"),
        (
            xml_of(CROSS, {10: ([1, 2], {"highway": "primary", "oneway": "yes"})}),
            "roads.osm",
            "there and back",
        ),
    ],
)
def test_a_bad_file_is_an_error_with_its_path_and_cause(text: str, name: str, cause: str) -> None:
    with pytest.raises(OsmUnreadable, match=cause) as caught:
        read_text(text, name)
    assert caught.value.path.name == name
    assert caught.value.cause


def test_a_missing_file_is_an_error_with_its_path() -> None:
    with pytest.raises(OsmUnreadable, match="no such file"):
        read_osm(Path("/nowhere/roads.osm.pbf"))
