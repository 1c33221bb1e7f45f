"""Turn restrictions of OSM: from relations to pairs of arcs that may not follow each other.

Restrictions at a node are modelled exactly. Those over a way and those of certain hours are
counted as not modelled; nothing is guessed from a relation that does not say what it means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geodata.network import Longs

_KINDS: Final = frozenset(
    (
        "no_left_turn",
        "no_right_turn",
        "no_straight_on",
        "no_u_turn",
        "no_entry",
        "no_exit",
        "only_left_turn",
        "only_right_turn",
        "only_straight_on",
        "only_u_turn",
    )
)
_TURNS_DEG: Final[dict[str, tuple[float, float]]] = {
    "left_turn": (20.0, 175.0),
    "right_turn": (-175.0, -20.0),
    "straight_on": (-60.0, 60.0),
}
"""Turn to the left in degrees, where the ways alone do not tell which arcs are meant."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction at a node: OSM ids of the ways from, the node, the ways to."""

    kind: str
    from_ways: tuple[int, ...]
    via: int
    to_ways: tuple[int, ...]


def read_restriction(
    tags: Mapping[str, str], members: Sequence[tuple[str, int, str]]
) -> Restriction | str:
    """The restriction that a relation states, or the report's count that it belongs under.

    Args:
        tags: The relation's tags.
        members: Type (``n``, ``w``, ``r``), id and role of each.
    """
    kind = tags.get("restriction", "")
    if not kind:
        if tags.get("restriction:conditional"):
            return "restrictions_conditional"
        # restriction:hgv, :bus and their like bind other vehicles than ours.
        return "restrictions_exempt" if any(":" in key for key in tags) else "restrictions_unusable"
    if "emergency" in tags.get("except", ""):
        return "restrictions_exempt"
    via_nodes = [ref for type_, ref, role in members if role == "via" and type_ == "n"]
    if any(role == "via" and type_ == "w" for type_, _, role in members):
        return "restrictions_via_way"
    from_ways = tuple(ref for type_, ref, role in members if role == "from" and type_ == "w")
    to_ways = tuple(ref for type_, ref, role in members if role == "to" and type_ == "w")
    if kind not in _KINDS or len(via_nodes) != 1 or not from_ways or not to_ways:
        return "restrictions_unusable"
    if (len(from_ways) > 1 and kind != "no_entry") or (len(to_ways) > 1 and kind != "no_exit"):
        return "restrictions_unusable"
    return Restriction(kind, from_ways, via_nodes[0], to_ways)


def banned_turns(
    restrictions: Sequence[Restriction],
    *,
    junctions: Mapping[int, int],
    columns: Mapping[str, Any],
    counts: dict[str, int],
) -> Longs:
    """Pairs of arcs, as ``RoadEdges`` names them, that may not follow each other: t rows of two.

    Args:
        restrictions: At nodes.
        junctions: Node of the network by OSM id.
        columns: The edges' columns of ``RoadEdges``.
        counts: Told how many were used, and how many fit no road.
    """
    at_node = _arcs_at({junctions[r.via] for r in restrictions if r.via in junctions}, columns)
    turns = _Turns(columns)
    pairs: set[tuple[int, int]] = set()
    for restriction in restrictions:
        node = junctions.get(restriction.via, -1)
        into, out = at_node.get(node, ([], []))
        found = turns.banned(restriction, into, out)
        counts["turn_restrictions" if found else "restrictions_unusable"] += 1
        pairs.update(found)
    counts["turn_bans"] = len(pairs)
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _arcs_at(nodes: set[int], columns: Mapping[str, Any]) -> dict[int, tuple[list[int], list[int]]]:
    """Arcs into and out of each of the nodes."""
    at_node: dict[int, tuple[list[int], list[int]]] = {node: ([], []) for node in nodes}
    wanted = np.array(sorted(nodes), np.int64)
    tail, head = columns["tail"], columns["head"]
    for edge in np.flatnonzero(np.isin(tail, wanted) | np.isin(head, wanted)).tolist():
        for node, into_first in ((int(tail[edge]), False), (int(head[edge]), True)):
            if node not in at_node:
                continue
            into, out = at_node[node]
            if columns["forward"][edge]:
                (into if into_first else out).append(2 * edge)
            if columns["backward"][edge]:
                (out if into_first else into).append(2 * edge + 1)
    return at_node


class _Turns:
    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._way = columns["way"]
        self._start = columns["shape_start"]
        self._lon = columns["point_lon"]
        self._lat = columns["point_lat"]

    def banned(
        self, restriction: Restriction, into: Sequence[int], out: Sequence[int]
    ) -> set[tuple[int, int]]:
        """The pairs that a restriction bans at its node; none where its ways do not meet there."""
        from_arcs = [arc for arc in into if self._way[arc // 2] in restriction.from_ways]
        to_arcs = [arc for arc in out if self._way[arc // 2] in restriction.to_ways]
        pairs = [(a, b) for a in from_arcs for b in to_arcs]
        verb, _, turn = restriction.kind.partition("_")
        pairs = self._meant(pairs, turn, one_way=restriction.from_ways == restriction.to_ways)
        if verb == "no" or not pairs:
            return set(pairs)
        may: dict[int, set[int]] = {}
        for arc, to in pairs:
            may.setdefault(arc, set()).add(to)
        return {(arc, to) for arc, tos in may.items() for to in out if to not in tos}

    def _meant(
        self, pairs: list[tuple[int, int]], turn: str, *, one_way: bool
    ) -> list[tuple[int, int]]:
        """Of several pairs those whose angle fits the kind, where a way runs on past the node."""
        if turn == "u_turn":
            return [p for p in pairs if p[0] // 2 == p[1] // 2] if one_way else pairs
        if turn not in _TURNS_DEG:
            return pairs
        pairs = [p for p in pairs if p[0] // 2 != p[1] // 2]
        if len(pairs) < 2:
            return pairs
        least, most = _TURNS_DEG[turn]
        fitting = [p for p in pairs if least <= self._left_deg(*p) <= most]
        return fitting or pairs

    def _left_deg(self, arc: int, to: int) -> float:
        """How far the vehicle turns to the left from one arc to the next, -180 to 180."""
        turn = self._heading(to, leaving=True) - self._heading(arc, leaving=False)
        return (turn + 180.0) % 360.0 - 180.0

    def _heading(self, arc: int, *, leaving: bool) -> float:
        """Degrees counter-clockwise from east, at the arc's beginning or at its end."""
        start, stop = int(self._start[arc // 2]), int(self._start[arc // 2 + 1])
        along = arc % 2 == 0
        a, b = (start, start + 1) if leaving == along else (stop - 2, stop - 1)
        if not along:
            a, b = b, a
        east = (self._lon[b] - self._lon[a]) * math.cos(math.radians(float(self._lat[a])))
        return math.degrees(math.atan2(self._lat[b] - self._lat[a], east))
