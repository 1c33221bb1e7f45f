"""What a junction costs who drives into it, by the tags of OSM. Reads no file.

Signals, stops and the like delay by ``osm_tags.NODE_DELAY_MS``; here is whom they face, what a sign
to give way costs, and what a minor road costs where it meets a better one without any sign. Which
way a sign faces follows the OpenStreetMap wiki (Tag:highway=stop, Tag:highway=give_way,
Key:direction); the milliseconds are assumptions for crews with lights and siren, none measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np

from geodata.network import ROAD_CLASSES, Bytes, Floats, Ints, Longs, segment_lengths_m

GIVE_WAY_MS: Final = 2000
UNSIGNED_MS: Final = 2000
"""Into a junction that a better road runs through, where no sign, signal or barrier is known."""

Facing = Literal["both", "forward", "backward", "nearer_end"]
"""Whom a sign on a way faces: those who drive along the way's nodes, against them, or towards the
end of the edge that is nearer to it."""

_MAJOR: Final = frozenset(("motorway", "trunk", "primary", "secondary"))
_LOCAL: Final = frozenset(
    ("unclassified", "residential", "living_street", "service", "road", "track")
)
_NO_RANK: Final = 9


def _rank_of(road_class: str) -> int:
    """0 for through roads, 1 for tertiary, 2 for local ones; 9 for what neither gives nor takes."""
    kind = road_class.removesuffix("_link")
    if kind in _MAJOR:
        return 0
    if kind == "tertiary":
        return 1
    return 2 if kind in _LOCAL else _NO_RANK


_RANKS: Final = np.array([_rank_of(road_class) for road_class in ROAD_CLASSES], np.int64)


def give_way_ms(tags: Mapping[str, str]) -> int:
    """Milliseconds that a sign to give way costs; 0 for a node without one."""
    return GIVE_WAY_MS if tags.get("highway") == "give_way" else 0


def facing_of(tags: Mapping[str, str]) -> Facing:
    """Whom the control on a node between two junctions delays.

    A stop or give-way sign without a direction faces the nearer junction; all else faces both ways.
    """
    kind = tags.get("highway", "")
    stated = tags.get("direction", "")
    if kind == "traffic_signals":
        stated = tags.get("traffic_signals:direction", stated)
    if kind in ("stop", "give_way", "traffic_signals") and stated in ("forward", "backward"):
        return "forward" if stated == "forward" else "backward"
    if kind in ("stop", "give_way") and stated != "both" and tags.get("stop") != "all":
        return "nearer_end"
    return "both"


def faces(facing: Facing, at: int, lon: Floats, lat: Floats) -> tuple[bool, bool]:
    """Whether a control delays those who drive along an edge, and those against it.

    Args:
        facing: As its node's tags say.
        at: Which of the edge's points it stands on.
        lon: Degrees of the edge's points, in the order of the way's nodes.
        lat: Likewise.
    """
    if facing == "nearer_end":
        step_m = segment_lengths_m(lon, lat)
        behind_m, before_m = float(step_m[: at + 1].sum()), float(step_m[at + 1 :].sum())
        return before_m <= behind_m, behind_m <= before_m
    return facing != "backward", facing != "forward"


def unsigned_ms(tail: Ints, head: Ints, road_class: Bytes, delays_ms: Longs, nodes: int) -> Longs:
    """Milliseconds more for entering junctions where no control is known.

    Only where a better road runs through, so by two arms or more: not where one merely changes its
    class. What has a delay already has its control.

    Args:
        tail: e nodes where edges begin.
        head: e nodes where they end.
        road_class: e indices into ``ROAD_CLASSES``.
        delays_ms: e rows of two: what is known for driving along each edge and against it.
        nodes: How many nodes there are.

    Returns:
        e rows of two, along and against.
    """
    rank = _RANKS[road_class]
    ends, ranks = np.concatenate([tail, head]), np.concatenate([rank, rank])
    best = np.full(nodes, _NO_RANK, np.int64)
    np.minimum.at(best, ends, ranks)
    arms = np.bincount(ends[ranks == best[ends]], minlength=nodes)
    into = np.stack([head, tail], axis=1)
    gives_way = (best[into] < rank[:, None]) & (arms[into] >= 2) & (rank[:, None] != _NO_RANK)
    return np.where(gives_way & (delays_ms == 0), UNSIGNED_MS, 0).astype(np.int64)
