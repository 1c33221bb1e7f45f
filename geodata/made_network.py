"""A large made-up road network by size and seed, for measuring routers where no map is at hand.

Plausible in what makes routing easy or hard, and in no more: streets in neighbourhoods that few of
them leave, arterials, expressways that only arterials cross, a river with few bridges, parks,
one-way quarters, dead ends, turn bans. A county with towns, agencies and addresses is made
elsewhere; this one has roads only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata import network as net
from geodata.network import Bools, Bytes, Floats, Ints, Longs, RoadEdges, RoadNetwork, build_network

CENTRE_LON: Final = -75.3
CENTRE_LAT: Final = 40.2
SPACING_M: Final = 110.0
_M_PER_DEG: Final = 111_195.0
_KEPT_SHARE: Final = 0.97
"""Junctions drawn that end up in the network; the rest are cut off or lie in parks."""
_MOST_TRIES: Final = 4
_LOCAL: Final = net.ROAD_CLASSES.index("residential")
_COLLECTOR: Final = net.ROAD_CLASSES.index("tertiary")
_ARTERIAL: Final = net.ROAD_CLASSES.index("secondary")
_MAIN: Final = net.ROAD_CLASSES.index("primary")
_EXPRESS: Final = net.ROAD_CLASSES.index("trunk")
_KPH: Final = {_LOCAL: 30.0, _COLLECTOR: 45.0, _ARTERIAL: 50.0, _MAIN: 60.0, _EXPRESS: 90.0}


@dataclass(frozen=True)
class _Lines:
    """What each of the grid's lines is: its road class, and the neighbourhood band it lies in."""

    road_class: Bytes
    band: Longs


@dataclass(frozen=True)
class _Drawn:
    """Edges before they become a network: ends, class, which way open, and the line they are of."""

    tail: Longs
    head: Longs
    road_class: Bytes
    across: Bools
    """True for edges of the east-west lines."""
    line: Longs
    forward: Bools
    backward: Bools


def make_network(nodes: int, seed: int) -> RoadNetwork:
    """Make a network of about so many junctions, the same one for the same arguments.

    The count is met within 3 % from 20,000 up, within 15 % below.

    Raises:
        ValueError: Fewer than 100 junctions are asked for.
    """
    if nodes < 100:
        raise ValueError("a made network has 100 junctions at least")
    drawn_nodes = nodes / _KEPT_SHARE
    tries: list[RoadNetwork] = []
    while len(tries) < _MOST_TRIES:
        tries.append(_make(drawn_nodes, seed))
        made = tries[-1].node_count
        if abs(made - nodes) <= 0.02 * nodes:
            break
        drawn_nodes *= nodes / made
    return min(tries, key=lambda network: abs(network.node_count - nodes))


def _make(drawn_nodes: float, seed: int) -> RoadNetwork:
    rng = np.random.default_rng(seed)
    rows = max(8, round(math.sqrt(drawn_nodes)))
    columns = max(8, round(drawn_nodes / rows))
    east, north = _lines(rng, columns), _lines(rng, rows)
    lon, lat = _junctions(rng, columns, rows)
    drawn = _streets(rng, east, north)
    return build_network(_edges(rng, drawn, lon, lat))


def _lines(rng: np.random.Generator, count: int) -> _Lines:
    """Arterials every 10 to 26 lines, each fourth a main road, each twelfth an expressway."""
    road_class = np.full(count, _LOCAL, np.uint8)
    at = np.cumsum(rng.integers(10, 27, count // 10 + 1)) - 8
    at = at[at < count - 1]
    kinds = np.full(len(at), _ARTERIAL, np.uint8)
    kinds[1::4] = _MAIN
    kinds[6::12] = _EXPRESS
    road_class[at] = kinds
    band = np.searchsorted(at, np.arange(count), side="right")
    halves = (rng.random(len(at) + 1) < 0.6)[band] & (np.arange(count) % 14 < 7)
    return _Lines(road_class, band * 2 + halves)


def _junctions(rng: np.random.Generator, columns: int, rows: int) -> tuple[Floats, Floats]:
    x = np.tile(np.arange(columns, dtype=np.float64), rows) - columns / 2
    y = np.repeat(np.arange(rows, dtype=np.float64), columns) - rows / 2
    x = x + 6 * np.sin(y / 37.0) + rng.normal(0, 0.16, len(x))
    y = y + 5 * np.sin(x / 51.0) + rng.normal(0, 0.16, len(y))
    lat = CENTRE_LAT + y * SPACING_M / _M_PER_DEG
    lon = CENTRE_LON + x * SPACING_M / (_M_PER_DEG * math.cos(math.radians(CENTRE_LAT)))
    return lon, lat


def _streets(rng: np.random.Generator, east: _Lines, north: _Lines) -> _Drawn:
    """All edges that stay: those of the east-west lines first, then those of the north-south."""
    columns, rows = len(east.band), len(north.band)
    node = np.arange(columns * rows).reshape(rows, columns)
    parts = []
    for across in (True, False):
        tail = (node[:, :-1] if across else node[:-1, :]).ravel()
        head = (node[:, 1:] if across else node[1:, :]).ravel()
        line = tail // columns if across else tail % columns
        own, other = (north, east) if across else (east, north)
        place = tail % columns if across else tail // columns
        road_class = own.road_class[line].copy()
        crossing = other.band[place] != other.band[place + 1]
        kept = _kept(rng, road_class, crossing)
        kept &= ~_meets_express(road_class, other, place)
        kept &= (road_class != _LOCAL) | ~_in_park(rng, tail % columns, tail // columns, node.shape)
        if not across:
            kept &= ~_over_river(tail % columns, tail // columns, rows, road_class)
        one_way, along = _one_way(rng, road_class, own.band[line], line)
        parts.append(
            _Drawn(
                tail[kept],
                head[kept],
                road_class[kept],
                np.full(int(kept.sum()), across),
                line[kept],
                (~one_way | along)[kept],
                (~one_way | ~along)[kept],
            )
        )
    first, second = parts
    return _Drawn(
        *(
            np.concatenate([getattr(first, name), getattr(second, name)])
            for name in _Drawn.__dataclass_fields__
        )
    )


def _kept(rng: np.random.Generator, road_class: Bytes, crossing: Bools) -> Bools:
    """Arterials always; of the streets three in four, and few that leave the neighbourhood."""
    chance = np.where(crossing, 0.16, 0.74)
    kept: Bools = (road_class != _LOCAL) | (rng.random(len(road_class)) < chance)
    return kept


def _meets_express(road_class: Bytes, other: _Lines, place: Longs) -> Bools:
    """Streets that would join an expressway: only arterials do."""
    express = other.road_class == _EXPRESS
    meets: Bools = (road_class == _LOCAL) & (express[place] | express[place + 1])
    return meets


def _in_park(rng: np.random.Generator, x: Longs, y: Longs, shape: tuple[int, ...]) -> Bools:
    rows, columns = shape
    inside = np.zeros(shape, bool)
    for _ in range(max(1, rows * columns // 4000)):
        size = rng.integers(3, 14, 2)
        low = int(rng.integers(0, rows)), int(rng.integers(0, columns))
        inside[low[0] : low[0] + int(size[0]), low[1] : low[1] + int(size[1])] = True
    parked: Bools = inside[y, x]
    return parked


def _over_river(x: Longs, y: Longs, rows: int, road_class: Bytes) -> Bools:
    """The river runs from west to east; only main roads and expressways bridge it."""
    bed = np.rint(rows * 0.45 + rows * 0.06 * np.sin(x / 40.0)).astype(np.int64)
    over: Bools = (y == bed) & ~np.isin(road_class, (_MAIN, _EXPRESS))
    return over


def _one_way(
    rng: np.random.Generator, road_class: Bytes, band: Longs, line: Longs
) -> tuple[Bools, Bools]:
    """In one band of nine the streets are one-way, to and fro by turns."""
    bands = int(band.max()) + 1
    chosen = rng.random(bands) < 0.11
    return chosen[band] & (road_class == _LOCAL), line % 2 == 0


def _edges(rng: np.random.Generator, drawn: _Drawn, lon: Floats, lat: Floats) -> RoadEdges:
    count = len(drawn.tail)
    bend = rng.normal(0, 0.04, (2, count))
    mid_lon = (lon[drawn.tail] + lon[drawn.head]) / 2
    mid_lat = (lat[drawn.tail] + lat[drawn.head]) / 2
    mid_lon = mid_lon - bend[0] * (lat[drawn.head] - lat[drawn.tail])
    mid_lat = mid_lat + bend[1] * (lon[drawn.head] - lon[drawn.tail])
    points = np.empty((count, 3, 2), np.float64)
    points[:, 0] = np.stack([lon[drawn.tail], lat[drawn.tail]], axis=1)
    points[:, 1] = np.stack([mid_lon, mid_lat], axis=1)
    points[:, 2] = np.stack([lon[drawn.head], lat[drawn.head]], axis=1)
    names, name = _names(drawn)
    signals = np.where(drawn.road_class == _LOCAL, 0, 1500).astype(np.int32)
    turn_from, turn_to = _turn_bans(rng, drawn, len(lon))
    one_way = ~(drawn.forward & drawn.backward)
    kph = np.array([_KPH.get(c, 30.0) for c in range(len(net.ROAD_CLASSES))], np.float32)
    return RoadEdges(
        node_lon=lon,
        node_lat=lat,
        tail=drawn.tail.astype(np.int32),
        head=drawn.head.astype(np.int32),
        forward=drawn.forward,
        backward=drawn.backward,
        speed_kph=kph[drawn.road_class],
        delay_forward_ms=signals,
        delay_backward_ms=signals,
        road_class=drawn.road_class,
        flags=np.where(one_way, np.uint16(net.ONEWAY), np.uint16(0)),
        way=np.arange(1, count + 1, dtype=np.int64),
        name=name,
        ref=np.zeros(count, np.int32),
        names=names,
        shape_start=np.arange(0, 3 * count + 1, 3, dtype=np.int64),
        point_lon=points[:, :, 0].ravel(),
        point_lat=points[:, :, 1].ravel(),
        turn_from=turn_from,
        turn_to=turn_to,
    )


def _names(drawn: _Drawn) -> tuple[tuple[str, ...], Ints]:
    """One name for each line: streets run east and west, avenues north and south."""
    lines = int(drawn.line.max()) + 1
    streets = [f"{line + 1} Street" for line in range(lines)]
    avenues = [f"{line + 1} Avenue" for line in range(lines)]
    name = 1 + drawn.line + np.where(drawn.across, 0, lines)
    return ("", *streets, *avenues), name.astype(np.int32)


def _turn_bans(rng: np.random.Generator, drawn: _Drawn, nodes: int) -> tuple[Longs, Longs]:
    """A ban for every 180 junctions: from an edge of an east-west line into one that crosses it."""
    wanted = nodes // 180
    rows = np.flatnonzero(drawn.across & drawn.forward)
    from_edge = rng.choice(rows, min(3 * wanted, len(rows)), replace=False)
    crossing = np.flatnonzero(~drawn.across & drawn.forward)
    out_of = np.full(nodes, -1, np.int64)
    out_of[drawn.tail[crossing]] = crossing
    to_edge = out_of[drawn.head[from_edge]]
    met = to_edge >= 0
    return (2 * from_edge[met])[:wanted], (2 * to_edge[met])[:wanted]
