"""Turn restrictions of OSM: from relations to arcs that may not follow each other.

Restrictions at a node and over ways are modelled exactly; those of goods vehicles bind the heavy
ones. One that is stated for some hours holds in these; where the condition is not hours, or cannot
be read, it holds always: a detour is the lesser fault. Nothing is
guessed from a relation that does not say what it means. Tags follow the OpenStreetMap wiki
(Relation:restriction, Conditional restrictions).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geodata.network import Longs, PathBan
from geodata.opening_hours import conditions_of, read_hours
from geodata.vehicles import ALL_CLASSES, CLASS_BIT

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


_STATED_IN: Final[tuple[tuple[str, int], ...]] = (
    ("restriction", ALL_CLASSES),
    ("restriction:conditional", ALL_CLASSES),
    ("restriction:hgv", CLASS_BIT["heavy"]),
    ("restriction:hgv:conditional", CLASS_BIT["heavy"]),
)
"""Tags that state a restriction, and the classes it binds. One for goods vehicles (``hgv``) is for
their size, which ladders and tankers share; buses, bicycles and their like are none of ours."""

_LONGEST: Final = 12
"""Arcs of a ban over ways, at most: a longer one is a relation gone wrong."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction: OSM ids of the ways from, the node or the ways between, the ways to.

    ``via`` is None where it runs over ``via_ways``. ``conditional``: stated under a condition;
    ``hours`` are those of it, empty where it holds always.
    """

    kind: str
    from_ways: tuple[int, ...]
    via: int | None
    to_ways: tuple[int, ...]
    via_ways: tuple[int, ...] = ()
    classes: int = ALL_CLASSES
    conditional: bool = False
    hours: str = ""


def read_restriction(
    tags: Mapping[str, str], members: Sequence[tuple[str, int, str]]
) -> Restriction | str:
    """The restriction that a relation states, or the report's count that it belongs under.

    Args:
        tags: The relation's tags.
        members: Type (``n``, ``w``, ``r``), id and role of each.
    """
    stated = next(((key, bits) for key, bits in _STATED_IN if tags.get(key)), None)
    if stated is None:
        # restriction:bus, :bicycle and their like bind other vehicles than ours.
        return "restrictions_exempt" if any(":" in key for key in tags) else "restrictions_unusable"
    if "emergency" in tags.get("except", ""):
        return "restrictions_exempt"
    key, classes = stated
    conditional = key.endswith(":conditional")
    kind, hours = _under_condition(tags[key]) if conditional else (tags[key], "")
    via_nodes = [ref for type_, ref, role in members if role == "via" and type_ == "n"]
    via_ways = tuple(ref for type_, ref, role in members if role == "via" and type_ == "w")
    from_ways = tuple(ref for type_, ref, role in members if role == "from" and type_ == "w")
    to_ways = tuple(ref for type_, ref, role in members if role == "to" and type_ == "w")
    if kind not in _KINDS or not from_ways or not to_ways:
        return "restrictions_unusable"
    if (len(via_nodes), bool(via_ways)) not in ((1, False), (0, True)):
        return "restrictions_unusable"
    if (len(from_ways) > 1 and kind != "no_entry") or (len(to_ways) > 1 and kind != "no_exit"):
        return "restrictions_unusable"
    via = via_nodes[0] if via_nodes else None
    return Restriction(kind, from_ways, via, to_ways, via_ways, classes, conditional, hours)


def _under_condition(text: str) -> tuple[str, str]:
    """The kind that a conditional tag states first, and its hours; empty where not all are read."""
    stated = [each for each in conditions_of(text) if each.value in _KINDS]
    if not stated:
        return text.partition("@")[0].strip(), ""
    kind = stated[0].value
    hours = ", ".join(each.when for each in stated if each.value == kind)
    return kind, hours if read_hours(hours) else ""


def banned_turns(
    restrictions: Sequence[Restriction],
    *,
    junctions: Mapping[int, int],
    columns: Mapping[str, Any],
    counts: dict[str, int],
) -> tuple[Longs, tuple[PathBan, ...]]:
    """Arcs, as ``RoadEdges`` names them, that may not follow each other.

    Args:
        restrictions: As read.
        junctions: Node of the network by OSM id.
        columns: The edges' columns of ``RoadEdges``.
        counts: Told how many were used, and how many fit no road.

    Returns:
        Pairs that bind all vehicles, t rows of two; and bans of longer paths or of some vehicles.
    """
    nodes = {junctions.get(r.via, -1) for r in restrictions if r.via is not None}
    at_node = _arcs_at(nodes - {-1}, columns)
    turns = _Turns(columns)
    over_ways = _OverWays([r for r in restrictions if r.via is None], columns)
    found: dict[tuple[tuple[int, ...], str], int] = {}
    for restriction in restrictions:
        paths: set[tuple[int, ...]]
        if restriction.via is None:
            paths = over_ways.banned(restriction)
        else:
            into, out = at_node.get(junctions.get(restriction.via, -1), ([], []))
            paths = set(turns.banned(restriction, into, out))
        counts["turn_restrictions" if paths else "restrictions_unusable"] += 1
        counts["restrictions_via_way"] += bool(paths) and restriction.via is None
        if paths and restriction.conditional:
            counts["restrictions_conditional"] += 1
            counts["conditions_unread"] += not restriction.hours
        for path in paths:
            found[path, restriction.hours] = (
                found.get((path, restriction.hours), 0) | restriction.classes
            )
    counts["turn_bans"] = len({path for path, _ in found})
    pairs = sorted(
        path
        for (path, hours), bits in found.items()
        if len(path) == 2 and bits == ALL_CLASSES and not hours
    )
    always = set(pairs)
    others = sorted(key for key in found if key[0] not in always)
    return (
        np.array(pairs, np.int64).reshape(-1, 2),
        tuple(PathBan(path, found[path, hours], hours) for path, hours in others),
    )


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


class _OverWays:
    """Restrictions over ways: the one path from, between and to that a relation describes."""

    def __init__(self, restrictions: Sequence[Restriction], columns: Mapping[str, Any]) -> None:
        self._way = columns["way"]
        self._ends = columns["tail"], columns["head"]
        wanted = {w for r in restrictions for w in (*r.from_ways, *r.via_ways, *r.to_ways)}
        edges = np.flatnonzero(np.isin(self._way, np.array(sorted(wanted), np.int64))).tolist()
        self._from: dict[int, list[int]] = {}
        for edge in edges:
            arcs = [2 * edge] * bool(columns["forward"][edge])
            arcs += [2 * edge + 1] * bool(columns["backward"][edge])
            self._from.setdefault(int(self._way[edge]), []).extend(arcs)
        nodes = {self._head(arc) for arcs in self._from.values() for arc in arcs}
        self._at_node = _arcs_at(nodes, columns)

    def banned(self, restriction: Restriction) -> set[tuple[int, ...]]:
        """The paths that it bans; none where its ways meet nowhere, or in more than one way.

        What must be driven (``only_``) binds from the first way between on: any other road from
        there is banned to those who came by the first.
        """
        starts = [arc for way in restriction.from_ways for arc in self._from.get(way, ())]
        paths = [path for arc in starts for path in self._paths((arc,), restriction)]
        alone = len(restriction.from_ways) == len(restriction.to_ways) == 1
        if not paths or (alone and len(paths) > 1):
            return set()
        if restriction.kind.startswith("no_"):
            return set(paths)
        (path,) = paths
        return {
            (*path[:length], out)
            for length in range(2, len(path))
            for out in self._at_node[self._head(path[length - 1])][1]
            if out != path[length]
        }

    def _paths(self, path: tuple[int, ...], restriction: Restriction) -> list[tuple[int, ...]]:
        """All whole paths that begin so, each over every way between and over no edge twice."""
        found: list[tuple[int, ...]] = []
        driven = {int(self._way[arc // 2]) for arc in path[1:]}
        whole = driven.issuperset(restriction.via_ways)
        for out in self._at_node[self._head(path[-1])][1]:
            way = int(self._way[out // 2])
            if out // 2 in {arc // 2 for arc in path}:
                continue
            if whole and way in restriction.to_ways:
                found.append((*path, out))
            elif way in restriction.via_ways and len(path) < _LONGEST - 1:
                found += self._paths((*path, out), restriction)
        return found

    def _head(self, arc: int) -> int:
        return int(self._ends[1 - arc % 2][arc // 2])


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
