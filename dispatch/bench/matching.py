"""``hub bench matching``: closures drawn as feeds draw them, placed, and held against the truth.

Drives over the network are known arc by arc; each is drawn in the ways in which feeds draw, and the
matcher that places closures has to find its arcs again. By length of arcs, a refused line's arcs
count as missed: recall is what share of all that was meant is shut, precision what share of what is
shut was meant.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from dispatch.bench import drives as made
from dispatch.bench.rank import network_of
from geodata.lonlat import LonLat
from geodata.matching import Direction, match_line, towards
from geodata.network import RoadNetwork
from geodata.snapping import Snapper

SIGMA_M: Final = 10.0
OFFSET_M: Final = 10.0
BAD_VERTEX_M: Final = 300.0
SILENTLY_WRONG: Final = 0.8
"""A line that was applied, and of what it shut less than this share was meant."""
_SEED: Final = 5
_BESIDE_M: Final = 60.0
_OPPOSED_COS: Final = -0.87

Line = list[LonLat]


@dataclass(frozen=True)
class _Asked:
    """What a feed says: the line, which traffic, and whether the road runs between its points."""

    line: Line
    direction: Direction = "along"
    follows_road: bool = True


Disturb = Callable[[Line, np.random.Generator], _Asked]


def _noise(line: Line, rng: np.random.Generator) -> _Asked:
    return _Asked(made.noisy(made.resampled(line, rng.uniform(20.0, 60.0)), SIGMA_M, rng))


def _sparse(line: Line, rng: np.random.Generator) -> _Asked:
    return _Asked(made.resampled(line, rng.uniform(80.0, 150.0)))


def _offset(line: Line, rng: np.random.Generator) -> _Asked:
    return _Asked(made.offset(line, OFFSET_M, rng))


def _ends(line: Line, _rng: np.random.Generator) -> _Asked:
    return _Asked([line[0], line[-1]], follows_road=False)


def _ends_noise(line: Line, rng: np.random.Generator) -> _Asked:
    return _Asked(made.noisy([line[0], line[-1]], SIGMA_M, rng), follows_road=False)


def _ends_drawn(line: Line, _rng: np.random.Generator) -> _Asked:
    return _Asked([line[0], line[-1]])


def _reversed_stated(line: Line, rng: np.random.Generator) -> _Asked:
    said = made.heading_word(line)
    turned, direction = towards(_noise(line, rng).line[::-1], said)
    return _Asked(turned, direction)


def _reversed_both(line: Line, rng: np.random.Generator) -> _Asked:
    return _Asked(_noise(line, rng).line[::-1], "both")


def _bad_vertex(line: Line, rng: np.random.Generator) -> _Asked:
    drawn = _noise(line, rng).line
    at = int(rng.integers(0, len(drawn)))
    drawn[at] = made.offset([drawn[at]], BAD_VERTEX_M, rng)[0]
    return _Asked(drawn)


DISTURBANCES: Final[dict[str, Disturb]] = {
    "noise": _noise,
    "sparse": _sparse,
    "offset": _offset,
    "ends": _ends,
    "ends_noise": _ends_noise,
    "ends_drawn": _ends_drawn,
    "reversed_stated": _reversed_stated,
    "reversed_both": _reversed_both,
    "bad_vertex": _bad_vertex,
}


@dataclass
class _Tally:
    """Metres of arcs meant, shut, and both; lines applied; lines of which too little was meant."""

    lines: int = 0
    applied: int = 0
    wrong: int = 0
    meant_m: float = 0.0
    shut_m: float = 0.0
    right_m: float = 0.0
    spent_ms: list[float] = field(default_factory=list)

    def figures(self, name: str) -> dict[str, Any]:
        return {
            f"{name}_precision": _share(self.right_m, self.shut_m),
            f"{name}_recall": _share(self.right_m, self.meant_m),
            f"{name}_applied": _share(self.applied, self.lines),
            f"{name}_shown": _share(self.lines - self.applied, self.lines),
            f"{name}_wrong": self.wrong,
            f"{name}_p50": round(float(np.percentile(self.spent_ms, 50)), 2),
            f"{name}_p99": round(float(np.percentile(self.spent_ms, 99)), 2),
        }


def run(
    network: str, lines: int, disturbances: Sequence[str] = tuple(DISTURBANCES)
) -> dict[str, Any]:
    """Place so many drives in each of the ways in which feeds draw them.

    Args:
        network: ``synthetic:NODES``, or the path of an OSM file.
        lines: Drives of 200 m to 3 km.
        disturbances: Which of ``DISTURBANCES``.

    Returns:
        For each disturbance ``_precision`` and ``_recall`` by metres of arcs, the shares of lines
        ``_applied`` and ``_shown`` to a person, ``_wrong`` the number applied of which less than
        four fifths was meant, ``_p50`` and ``_p99`` milliseconds a line. ``wrong_way_applied`` is
        the share of lines applied that were drawn against the traffic of one-way roads and said to
        be along it.

    Raises:
        ValueError: The number of nodes is not one, or the network has no such drive.
        OsmUnreadable: The file cannot be read.
    """
    roads = network_of(network)
    snapper = Snapper(roads)
    drives = made.drives(roads, lines, np.random.default_rng(_SEED))
    if not drives:
        raise ValueError(f"{network!r}: no drive of {made.SHORTEST_M:g} m in these roads")
    _place(roads, snapper, _Asked(made.line_of(roads, drives[0])))
    found: dict[str, Any] = {"nodes": roads.node_count, "drives": len(drives)}
    for name in disturbances:
        found.update(_measure(roads, snapper, drives, DISTURBANCES[name]).figures(name))
    found["wrong_way_lines"], found["wrong_way_applied"] = _wrong_way(roads, snapper, drives)
    return found


def _measure(
    roads: RoadNetwork, snapper: Snapper, drives: Sequence[list[int]], disturb: Disturb
) -> _Tally:
    rng = np.random.default_rng(_SEED)
    tally = _Tally()
    for drive in drives:
        asked = disturb(made.line_of(roads, drive), rng)
        arcs, took_ms = _place(roads, snapper, asked)
        _count(roads, drive, asked.direction, arcs, tally)
        tally.spent_ms.append(took_ms)
    return tally


def _place(roads: RoadNetwork, snapper: Snapper, asked: _Asked) -> tuple[set[int], float]:
    """The arcs shut, none where a person has to look, and the milliseconds that it took."""
    began_s = time.perf_counter()
    match = match_line(roads, snapper, asked.line, asked.direction, follows_road=asked.follows_road)
    return set(match.arcs), (time.perf_counter() - began_s) * 1000


def _count(
    roads: RoadNetwork, drive: Sequence[int], direction: Direction, shut: set[int], tally: _Tally
) -> None:
    """Add one line. Where both directions are meant, so is the traffic the other way.

    Which arcs are a divided road's other carriageway no map says: those that run back beside the
    drive's one-way arcs count neither for nor against.
    """
    meant = set(drive)
    if direction != "along":
        meant |= {twin for arc in drive if (twin := roads.twin_of(arc)) >= 0}
        shut = {arc for arc in shut if arc in meant or not _runs_back_beside(roads, arc, drive)}
    right_m, shut_m = _metres(roads, meant & shut), _metres(roads, shut)
    tally.lines += 1
    tally.applied += bool(shut)
    tally.wrong += bool(shut) and right_m < SILENTLY_WRONG * shut_m
    tally.meant_m += _metres(roads, meant)
    tally.shut_m += shut_m
    tally.right_m += right_m


def _runs_back_beside(roads: RoadNetwork, arc: int, drive: Sequence[int]) -> bool:
    """Whether some of a one-way arc lies within 60 m of a one-way arc of the drive, opposed."""
    if roads.twin_of(arc) >= 0:
        return False
    points, ways = _sampled(roads, arc)
    for own in drive:
        if roads.twin_of(own) < 0:
            beside, own_ways = _sampled(roads, own)
            near = np.abs(points[:, None] - beside[None, :]) <= _BESIDE_M
            opposed = (ways[:, None] * own_ways[None, :].conj()).real <= _OPPOSED_COS
            if bool((near & opposed).any()):
                return True
    return False


def _sampled(roads: RoadNetwork, arc: int) -> tuple[Any, Any]:
    """Middles of stretches of about 10 m, metres east + i north, and the unit headings there."""
    metres = made.metres_of_degree(roads.node_at(0))
    line = np.array(made.resampled(roads.shape_of_arc(arc), 10.0)) * metres
    spots = line[:, 0] + 1j * line[:, 1]
    steps = np.diff(spots)
    return spots[:-1] + steps / 2, steps / np.maximum(np.abs(steps), 1e-9)


def _wrong_way(
    roads: RoadNetwork, snapper: Snapper, drives: Sequence[list[int]]
) -> tuple[int, float]:
    """How many drives lie on one-way roads, and what share of them is applied, drawn backwards."""
    one_way = [drive for drive in drives if made.one_way_share(roads, drive) > 0.5]
    rng = np.random.default_rng(_SEED)
    applied = 0
    for drive in one_way:
        line = _noise(made.line_of(roads, drive), rng).line[::-1]
        applied += bool(_place(roads, snapper, _Asked(line))[0])
    return len(one_way), _share(applied, len(one_way))


def _metres(roads: RoadNetwork, arcs: set[int]) -> float:
    return float(roads.arc_length_m[sorted(arcs)].sum())


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
