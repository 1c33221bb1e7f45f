"""Bench ``closure``: from a closure's commit to the first answer of the roads that obeys it.

The closure is committed by the hub's writer; the roads, in their own process, follow the log by
themselves. Every answer is judged afterwards by the plain router.
"""

from __future__ import annotations

import asyncio
import gc
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

import numpy as np

from dispatch.bench.made_hub import MadeHub, beside_a_road, figures, made_hub, until_ready
from dispatch.domain.closure import Closure
from dispatch.domain.commands import LiftClosure, OpenClosure
from dispatch.domain.values import HUB_ACTOR
from dispatch.roads.protocol import RankUnit
from geodata.closures import ArcClosures, Effect
from geodata.dijkstra import DijkstraRouter
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork
from geodata.snapping import Snap, Snapper

ONE_TIMES: Final = 60
MANY_TIMES: Final = 12
MANY_ARCS: Final = 300
JUDGED_EACH: Final = 10
DEADLINE_S: Final = 10.0
_BEAT_S: Final = 0.001
_AROUND_DEG: Final = 0.02


class _Answer(NamedTuple):
    """An answer with the arcs that were shut when it was given."""

    kind: str
    took_ms: float
    target: LonLat
    shut: tuple[int, ...]
    seconds: tuple[float | None, ...]


def run(network: str, units: int) -> dict[str, Any]:
    """Measure, and return the bench's figures; times are milliseconds.

    Args:
        network: ``synthetic:NODES``, or the path of an OSM file.
        units: Units that are ranked.

    Raises:
        RoadsUnavailable: The roads process did not come up.
    """
    with made_hub(network, units) as hub:
        ranked = [RankUnit(LonLat(*u.home), u.vehicle_class) for u in hub.held.units.values()]
        answers, stall_ms = asyncio.run(_measure(hub, ranked))
        judged = [*_some(answers, "one"), *_some(answers, "many")]
        wrong = _judge(hub.network, ranked, judged)
    one = [answer.took_ms for answer in answers if answer.kind == "one"]
    many = [answer.took_ms for answer in answers if answer.kind == "many"]
    return figures(
        nodes=hub.network.node_count,
        units=units,
        one_p50=np.percentile(one, 50),
        one_p99=np.percentile(one, 99),
        many_p50=np.percentile(many, 50),
        many_arcs=MANY_ARCS,
        wrong=wrong,
        compared=len(judged) * units,
        loop_stall_max=stall_ms,
    )


async def _measure(hub: MadeHub, ranked: Sequence[RankUnit]) -> tuple[list[_Answer], float]:
    rng = np.random.default_rng(23)
    await until_ready(hub)
    gc.freeze()  # as a hub does that has come up
    await hub.roads.rank(ranked[0].at, ranked, deadline_s=DEADLINE_S)
    prepared = [
        (kind, target, _closure(hub, _arcs_about(hub.network, rng, target, arcs)))
        for kind, times, arcs in (("one", ONE_TIMES, 1), ("many", MANY_TIMES, MANY_ARCS))
        for target in (beside_a_road(hub.network, rng) for _ in range(times))
    ]
    stalls: list[float] = []
    beat = asyncio.create_task(_beat(stalls))
    answers: list[_Answer] = []
    for kind, target, closure in prepared:
        opened = OpenClosure(command_id=f"open-{closure.id}", actor=HUB_ACTOR, closure=closure)
        answers.append(await _first_right(hub, kind, opened, target, ranked, closure.arcs))
        lifted = LiftClosure(
            command_id=f"lift-{closure.id}", actor=HUB_ACTOR, closure_id=closure.id
        )
        answers.append(await _first_right(hub, kind, lifted, target, ranked, ()))
    beat.cancel()
    await asyncio.gather(beat, return_exceptions=True)
    await hub.roads.close()
    return answers, max(stalls)


async def _first_right(
    hub: MadeHub,
    kind: str,
    command: OpenClosure | LiftClosure,
    target: LonLat,
    ranked: Sequence[RankUnit],
    shut: tuple[int, ...],
) -> _Answer:
    outcome = await hub.submit(command)
    committed = time.perf_counter()
    ranking = await hub.roads.rank(target, ranked, min_seq=outcome.last_seq, deadline_s=DEADLINE_S)
    took_ms = (time.perf_counter() - committed) * 1000
    if ranking.seq < outcome.last_seq:
        raise RuntimeError(f"answered at event {ranking.seq}, not {outcome.last_seq}")
    return _Answer(kind, took_ms, target, shut, ranking.seconds)


async def _beat(stalls: list[float]) -> None:
    """How late the hub's event loop wakes a sleeper, in milliseconds."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(_BEAT_S)
        stalls.append((time.perf_counter() - asked - _BEAT_S) * 1000)


def _arcs_about(
    roads: RoadNetwork, rng: np.random.Generator, target: LonLat, count: int
) -> tuple[int, ...]:
    """Arcs near the target, so that the closure is felt; both directions of each road."""
    tails = roads.arc_tail
    near = np.flatnonzero(
        (np.abs(roads.node_lon[tails] - target.lon) < _AROUND_DEG)
        & (np.abs(roads.node_lat[tails] - target.lat) < _AROUND_DEG)
    )
    if len(near) < count:
        near = np.arange(roads.arc_count)
    chosen = rng.choice(near, count, replace=False)
    both = [arc for edge in roads.arc_edge[chosen].tolist() for arc in roads.edge_arcs[edge]]
    return tuple(sorted({int(arc) for arc in both if arc >= 0})[: max(count, 2)])


def _closure(hub: MadeHub, arcs: tuple[int, ...]) -> Closure:
    now = hub.now()
    shape = hub.network.shape_of_arc(arcs[0])
    return Closure(
        id=uuid.uuid4().hex,
        source="bench",
        line=tuple(shape[:2]),
        begins_at=now - timedelta(seconds=1),
        ends_at=now + timedelta(hours=1),
        network_id=hub.network.network_id,
        arcs=arcs,
        opened_by="bench",
    )


def _some(answers: Sequence[_Answer], kind: str) -> list[_Answer]:
    """A few answers to judge, spread over the run, with roads shut and open again."""
    of_kind = [answer for answer in answers if answer.kind == kind]
    places = np.linspace(0, len(of_kind) - 1, min(JUDGED_EACH, len(of_kind))).astype(int)
    return [of_kind[place] for place in places]


def _judge(roads: RoadNetwork, ranked: Sequence[RankUnit], answers: Sequence[_Answer]) -> int:
    """How many seconds differ from the plain router's, to the millisecond."""
    plain, closures, snapper = DijkstraRouter(roads), ArcClosures(roads), Snapper(roads)
    snaps = snapper.snap_all([unit.at for unit in ranked])
    wrong = 0
    for answer in answers:
        plain.change(closures.apply("bench", answer.shut, Effect()))
        expected = _plain_seconds(plain, snapper.snap(answer.target), ranked, snaps)
        wrong += sum(
            got is None if want is not None else got is not None
            for got, want in zip(answer.seconds, expected, strict=True)
        )
        wrong += sum(
            abs(got - want) > 0.0011
            for got, want in zip(answer.seconds, expected, strict=True)
            if got is not None and want is not None
        )
    return wrong


def _plain_seconds(
    plain: DijkstraRouter,
    target: Snap,
    ranked: Sequence[RankUnit],
    snaps: Sequence[Snap | None],
) -> list[float | None]:
    seconds: list[float | None] = [None] * len(ranked)
    for vehicle_class in {unit.vehicle_class for unit in ranked}:
        places = [i for i, unit in enumerate(ranked) if unit.vehicle_class == vehicle_class]
        found = plain.seconds_to(vehicle_class, target, [snaps[i] for i in places])
        for place, value in zip(places, found, strict=True):
            seconds[place] = value if np.isfinite(value) else None
    return seconds
