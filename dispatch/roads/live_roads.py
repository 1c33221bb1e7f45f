"""The roads as they are now: a network, its router, and the closures that the log has in force.

Its state is a function of the event number and, where the map shuts roads by the hour, of the time
that it is told. Belongs to the thread that made it; no sockets, no log and no clock here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from dispatch.domain.board import Board, apply
from dispatch.domain.closure import Closure
from dispatch.domain.events import Event
from dispatch.domain.values import VEHICLE_CLASSES, VehicleClass
from dispatch.domain.vehicle_limits import Sizes, classes_bound
from dispatch.roads.protocol import OFF_ROADS_MOST_M, OpenWay, PathFound, RankUnit
from geodata.closures import SHUT, ArcClosures, ClassChange, Effect, WeightChanges
from geodata.lonlat import LonLat
from geodata.matching import Direction, Match, match_area, match_line
from geodata.network import Floats, Floats32, RoadNetwork
from geodata.road_ahead import RoadAhead, road_ahead
from geodata.road_errors import OffNetwork
from geodata.road_hours import RoadHours
from geodata.routing import Route, Router, waiving
from geodata.snapping import Snap, Snapper
from geodata.vehicles import VehicleSize, arcs_too_small, feeling
from jurisdictions.driving import RoadsKept

_SNAPS_KEPT: Final = 50_000
_OFF_KEPT: Final = 1_000
_OWN_BLOCKS: Final = "own blocks"
"""Stands among the closures for the length of one question."""
_LIMITS: Final[dict[VehicleClass, str]] = {name: f"limits of {name}" for name in VEHICLE_CLASSES}
"""Stand among the closures for good: the roads that are too low or too weak for a class."""
_BY_HOUR: Final = "shut by the hour"
"""Stands among the closures for what the map shuts at this hour."""
_INTERNAL: Final = frozenset((*_LIMITS.values(), _BY_HOUR))
_LEAST_S: Final = 1.0
"""Ways that differ by less are the same."""
_LINE_TOLERANCE_DEG: Final = 0.00002
"""About two metres: what a route's line may be simplified by before it is sent and stored."""


class RankedUnits(NamedTuple):
    """Seconds in the order asked, None where no route is known."""

    seconds: list[float | None]
    off_network: bool
    off_roads_m: Mapping[int, float] = MappingProxyType({})
    """Units that lie off the roads, by their place, with the metres to the nearest."""


class LiveRoads:
    """Ranks, finds ways and places lines on the roads open now."""

    def __init__(self, network: RoadNetwork, router: Router) -> None:
        """Every road open, at event 0.

        Args:
            network: The roads.
            router: Fresh, on the same network, made by this thread.
        """
        self.network = network
        self.seq = 0
        self.unplaced: set[str] = set()
        self._router = router
        self._snapper = Snapper(network)
        self._board = Board()
        self._arcs = ArcClosures(network)
        self._snaps: dict[LonLat, Snap | None] = {}
        self._off_m: dict[LonLat, float] = {}
        self._pinned: dict[str, list[LonLat]] = {}
        self._reported: dict[str, Closure] = {}
        self._sizes: Sizes = {}
        self._by_hour = RoadHours(network)

    @property
    def closures(self) -> int:
        """How many closures are in force on these roads."""
        return len(self._arcs.ids() - _INTERNAL)

    @property
    def bind_somewhere(self) -> bool:
        """Whether any closure or limit is in force."""
        return bool(self._arcs.ids())

    def stand(
        self,
        seq: int,
        closures: Iterable[Closure],
        sizes: Sizes | None = None,
        time_zone: str = "UTC",
    ) -> None:
        """Forget what was in force, and put in force what stands at this event.

        Args:
            seq: The event.
            closures: That stand at it.
            sizes: Of the vehicles of each class; a class without one is bound by no limit.
            time_zone: Of the region, for what the map shuts by the hour.
        """
        standing = {closure.id: closure for closure in closures}
        kept = {*standing, _BY_HOUR}
        changes = [self._arcs.lift(gone) for gone in self._arcs.ids() - kept]
        self._by_hour.in_zone(ZoneInfo(time_zone))
        self._sizes = sizes or {}
        for vehicle_class, size in self._sizes.items():
            small = arcs_too_small(self.network, size).tolist()
            effect = Effect(0.0, frozenset({vehicle_class}))
            changes.append(self._arcs.apply(_LIMITS[vehicle_class], small, effect))
        self.unplaced &= standing.keys()
        self._reported.clear()
        self._board.closures = standing
        changes += [self._take_closure(closure) for closure in standing.values()]
        self._router.change(merged(changes))
        self.seq = seq

    def take(self, seq: int, events: Iterable[Event]) -> None:
        """Follow the log to event ``seq``. Several closures at once are one change of the roads.

        The next answer obeys it; ``settle`` does the work beforehand.
        """
        changes: list[WeightChanges] = []
        for event in events:
            for change in apply(self._board, event):
                if not isinstance(change.entity, Closure):
                    continue
                if change.gone:
                    self.unplaced.discard(change.id)
                    self._reported.pop(change.id, None)
                    changes.append(self._arcs.lift(change.id))
                else:
                    changes.append(self._take_closure(change.entity))
        if changes:
            self._router.change(merged(changes))
        self.seq = seq

    def tell_time(self, at: datetime) -> bool:
        """Let the map's hours of this moment hold; the next answer obeys them.

        Returns:
            Whether anything is now another than before.
        """
        if not self._by_hour.turn_to(at):
            return False
        self._router.hold(self._by_hour.holding)
        self._router.change(self._arcs.apply(_BY_HOUR, self._by_hour.shut_arcs, SHUT))
        return True

    def settle(self, kept: RoadsKept) -> None:
        """Do now the work that the next question of such vehicles would have to do after a
        change."""
        self._router.settle(self._roads_name(*kept))

    def settle_open(self, kept: RoadsKept) -> None:
        """Do now the work that the first ``without`` of such vehicles would have to do."""
        self._router.settle_open(_by_turns(*kept[:2]))

    def rank(self, target: LonLat, units: Sequence[RankUnit]) -> RankedUnits:
        """Seconds from each unit to the target; None for all where the target is off the roads."""
        seconds: list[float | None] = [None] * len(units)
        goal = self._snap(target)
        if goal is None:
            return RankedUnits(seconds, off_network=True)
        for name, places in self._pin(units).items():
            answers = self._router.pinned_seconds_to(name, goal)
            for place, answer in zip(places, answers, strict=True):
                if answer != math.inf:
                    factor = units[place].factor
                    seconds[place] = answer if factor == 1.0 else round(answer / factor, 3)
        for place, unit in enumerate(units if self._reported else ()):
            if self._blocks_of(unit):
                source = self._snap(unit.at)
                route = self._way(unit, source, goal) if source is not None else None
                took_s = round(route.seconds / unit.factor, 3) if route is not None else None
                seconds[place] = took_s
        off_roads_m = {
            place: self._off_roads_m(unit.at)
            for place, unit in enumerate(units)
            if seconds[place] is None and self._snap(unit.at) is None
        }
        return RankedUnits(seconds, off_network=False, off_roads_m=off_roads_m)

    def _off_roads_m(self, point: LonLat) -> float:
        """Metres to the nearest road, at most ``OFF_ROADS_MOST_M``; remembered."""
        if point not in self._off_m:
            if len(self._off_m) >= _OFF_KEPT:
                self._off_m.clear()
            try:
                metres = self._snapper.snap(point, OFF_ROADS_MOST_M).distance_m
            except OffNetwork:
                metres = OFF_ROADS_MOST_M
            self._off_m[point] = round(metres, 1)
        return self._off_m[point]

    def rank_many(
        self, targets: Sequence[LonLat], units: Sequence[RankUnit]
    ) -> list[list[float] | None]:
        """A row for each target: seconds from each unit, NaN where no route is known.

        None for a target off the roads.
        """
        by_name = {name: np.array(places) for name, places in self._pin(units).items()}
        factors = np.array([unit.factor for unit in units], np.float64)
        rows: list[list[float] | None] = []
        for goal in map(self._snap, targets):
            if goal is None:
                rows.append(None)
                continue
            row = np.full(len(units), np.nan)
            for name, places in by_name.items():
                row[places] = self._router.pinned_seconds_to(name, goal)
            row[np.isinf(row)] = np.nan
            row /= factors
            rows.append(row.round(1).tolist())
        return rows

    def _pin(self, units: Sequence[RankUnit]) -> dict[str, list[int]]:
        """Have the router answer for these units; their places in the list, by the router's name
        of their roads."""
        by_way: dict[tuple[VehicleClass, bool, float], list[int]] = defaultdict(list)
        for place, unit in enumerate(units):
            by_way[unit.vehicle_class, unit.waives_turns, unit.congestion].append(place)
        by_name = {self._roads_name(*way): places for way, places in by_way.items()}
        for name, places in by_name.items():
            points = [units[place].at for place in places]
            if self._pinned.get(name) != points:
                known = self._snaps
                snaps = [known[p] if p in known else self._snap(p) for p in points]
                self._router.pin(name, snaps)
                self._pinned[name] = points
        return by_name

    def paths(self, target: LonLat, units: Sequence[RankUnit]) -> list[PathFound | None]:
        """The way of each unit to the target, its line simplified to about two metres."""
        goal = self._snap(target)
        found: list[PathFound | None] = []
        for unit in units:
            source = self._snap(unit.at)
            route = None
            if goal is not None and source is not None:
                route = self._way(unit, source, goal)
            if route is None:
                found.append(None)
                continue
            on_it = self._on_arcs(route.arcs, unit)
            closures = tuple(closure_id for closure_id in on_it if closure_id not in _INTERNAL)
            seconds = round(route.seconds / unit.factor, 3)
            turns = self._router.turns_waived(self._roads_of(unit), route.arcs)
            found.append(PathFound(seconds, _simplified(route.points), closures, turns))
        return found

    def without(
        self, target: LonLat, units: Sequence[RankUnit], now_s: Sequence[float | None]
    ) -> list[OpenWay | None]:
        """What closures and limits cost each unit; None where its way is the same without them.

        Args:
            target: Where they go.
            units: From where.
            now_s: What ``rank`` said of each.
        """
        if not self.bind_somewhere:
            return [None] * len(units)
        found: list[OpenWay | None] = [None] * len(units)
        goal = self._snap(target)
        if goal is None:
            return found
        by_name: dict[str, list[int]] = {}
        for place, unit in enumerate(units):
            name = _by_turns(unit.vehicle_class, unit.waives_turns)
            by_name.setdefault(name, []).append(place)
        for name, places in by_name.items():
            sources = [self._snap(units[place].at) for place in places]
            open_s = self._router.open_seconds_to(name, goal, sources)
            for place, source, seconds in zip(places, sources, open_s, strict=True):
                if source is None or not math.isfinite(seconds):
                    continue
                own_s = now_s[place]
                if own_s is None or own_s - seconds / units[place].factor >= _LEAST_S:
                    found[place] = self._open_way(units[place], source, goal)
        return found

    def _open_way(self, unit: RankUnit, source: Snap, goal: Snap) -> OpenWay | None:
        name = _by_turns(unit.vehicle_class, unit.waives_turns)
        route = self._router.open_path(name, source, goal)
        if route is None:
            return None
        open_s = route.seconds / unit.factor
        on_it = self._on_arcs(route.arcs, unit)
        own_limit = _LIMITS[unit.vehicle_class]
        size = self._sizes.get(unit.vehicle_class, VehicleSize())
        on_limit = route.arcs if own_limit in on_it else ()
        edges = self.network.arc_edge[list(on_limit)].tolist() if on_limit else []
        return OpenWay(
            round(open_s, 1),
            _simplified(route.points),
            tuple(closure_id for closure_id in on_it if closure_id not in _INTERNAL),
            _least(self.network.edge_max_height_m, edges, size.height_m),
            _least(self.network.edge_max_weight_t, edges, size.weight_t),
            self._by_hour_name(route.arcs) if _BY_HOUR in on_it else "",
        )

    def _by_hour_name(self, arcs: Sequence[int]) -> str:
        """The name of the first of these roads that the map shuts at this hour."""
        shut = next((arc for arc in arcs if arc in self._by_hour.shut_arcs), None)
        return (self.network.name_of(shut) if shut is not None else "") or "a road"

    def ahead(
        self,
        at: LonLat,
        *,
        reach_m: float,
        way: Sequence[LonLat] = (),
        heading_deg: float | None = None,
    ) -> RoadAhead | None:
        """The road before a vehicle; see ``road_ahead``."""
        return road_ahead(
            self.network, self._snapper, at, reach_m=reach_m, way=way, heading_deg=heading_deg
        )

    def _blocks_of(self, unit: RankUnit) -> list[Closure]:
        """What the unit itself has reported, in force."""
        if not unit.own:
            return []
        return [c for c in self._reported.values() if unit.own in c.reported_by]

    def _way(self, unit: RankUnit, source: Snap, goal: Snap) -> Route | None:
        """The quickest way of a unit; around what it has reported itself, whatever others may do.

        Most ways do not touch it. For one that does, it is shut hard for this one question.
        """
        route = self._router.path(self._roads_of(unit), source, goal)
        blocks = self._blocks_of(unit)
        arcs = {arc for block in blocks for arc in self._arcs.arcs_of(block.id)}
        if route is None or arcs.isdisjoint(route.arcs):
            return route
        self._router.change(self._arcs.apply(_OWN_BLOCKS, arcs, Effect(hard=True)))
        try:
            return self._router.path(self._roads_of(unit), source, goal)
        finally:
            self._router.change(self._arcs.lift(_OWN_BLOCKS))

    def _on_arcs(self, arcs: Sequence[int], unit: RankUnit) -> tuple[str, ...]:
        """Closures with an effect on this unit on any of the arcs, in driving order."""
        return tuple(
            closure_id
            for closure_id, effect in self._arcs.on_arcs(arcs).items()
            if unit.vehicle_class in effect.vehicle_classes
            and not (effect.congestion and unit.congestion == 0.0)
        )

    def _roads_of(self, unit: RankUnit) -> str:
        return self._roads_name(unit.vehicle_class, unit.waives_turns, unit.congestion)

    def _roads_name(
        self, vehicle_class: VehicleClass, waives_turns: bool, congestion: float
    ) -> str:
        """What the router calls the roads of such vehicles, which are weighed from now on."""
        if congestion != 1.0:
            self._router.change(self._arcs.feel(vehicle_class, congestion))
        return _by_turns(feeling(vehicle_class, congestion), waives_turns)

    def place(
        self,
        line: Sequence[LonLat],
        direction: Direction,
        *,
        follows_road: bool = True,
        is_area: bool = False,
        road_names: Sequence[str] = (),
    ) -> Match:
        """The arcs that a closure's line runs over, or its area holds, or why none.

        See ``match_line`` and ``match_area``.
        """
        if is_area:
            return match_area(self.network, line, direction, road_names=road_names)
        return match_line(
            self.network,
            self._snapper,
            line,
            direction,
            follows_road=follows_road,
            road_names=road_names,
        )

    def _take_closure(self, closure: Closure) -> WeightChanges:
        self._reported.pop(closure.id, None)
        if closure.state != "active":
            self.unplaced.discard(closure.id)
            return self._arcs.lift(closure.id)
        arcs = self._arcs_for(closure)
        if not arcs:
            self.unplaced.add(closure.id)
            return self._arcs.lift(closure.id)
        self.unplaced.discard(closure.id)
        if closure.reported_by:
            self._reported[closure.id] = closure
        classes = frozenset(classes_bound(closure, self._sizes))
        if not classes:
            return self._arcs.lift(closure.id)
        return self._arcs.apply(closure.id, arcs, _effect_of(closure, classes))

    def _arcs_for(self, closure: Closure) -> tuple[int, ...]:
        """The arcs it was placed on, or, on another network than that, those of its line.

        A closed line that fits no roads was an area's outline.
        """
        if closure.network_id == self.network.network_id and closure.arcs:
            return tuple(arc for arc in closure.arcs if 0 <= arc < self.network.arc_count)
        line = [LonLat(*point) for point in closure.line]
        placed = self.place(line, closure.direction)
        if not placed.placed and len(line) > 3 and line[0] == line[-1]:
            placed = self.place(line, closure.direction, is_area=True)
        return placed.arcs

    def _snap(self, point: LonLat) -> Snap | None:
        """As the snapper, remembered: most units stand where they stood at the last question."""
        if point in self._snaps:
            return self._snaps[point]
        if len(self._snaps) >= _SNAPS_KEPT:
            self._snaps.clear()
        try:
            snap: Snap | None = self._snapper.snap(point)
        except OffNetwork:
            snap = None
        self._snaps[point] = snap
        return snap


def _least(limits: Floats32, edges: Sequence[int], own: float | None) -> float | None:
    """The least of the edges' limits that is below one's own measure; None for none."""
    if own is None or not len(limits):
        return None
    below = [limit for limit in limits[edges].tolist() if 0.0 < limit < own]
    return round(min(below), 2) if below else None


def _effect_of(closure: Closure, classes: frozenset[str]) -> Effect:
    """What it does to everybody who has not reported it."""
    if closure.confirmed:
        return Effect(closure.speed_factor, classes, congestion=closure.congestion)
    return Effect(1.0, classes, delay_s=max(closure.penalty_s, 1.0))


def merged(changes: Iterable[WeightChanges]) -> WeightChanges:
    """Changes one after the other as a single one: of each arc, the last weight counts."""
    last: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for each in changes:
        for vehicle_class, change in each.by_class.items():
            rows = zip(
                change.arcs.tolist(),
                change.weight_ms.tolist(),
                change.reach_ms.tolist(),
                strict=True,
            )
            last[vehicle_class].update({arc: (weight, reach) for arc, weight, reach in rows})
    return WeightChanges({name: _class_change(arcs) for name, arcs in last.items()})


def _class_change(arcs: dict[int, tuple[int, int]]) -> ClassChange:
    numbers = sorted(arcs)
    return ClassChange(
        arcs=np.array(numbers, np.int64),
        weight_ms=np.array([arcs[arc][0] for arc in numbers], np.uint32),
        reach_ms=np.array([arcs[arc][1] for arc in numbers], np.uint32),
    )


def _by_turns(vehicle_class: str, waives_turns: bool) -> str:
    """What the router calls the roads of a class for those whom its turn bans bind, or do not."""
    return waiving(vehicle_class) if waives_turns else vehicle_class


def _simplified(line: Floats) -> tuple[LonLat, ...]:
    """The line of n rows of longitude and latitude by fewer points, both ends included."""
    if len(line) > 2:
        whole: Any = shapely.linestrings(line)
        simple: Any = shapely.simplify(whole, _LINE_TOLERANCE_DEG, preserve_topology=False)
        line = shapely.get_coordinates(simple).round(6)
    return tuple(map(LonLat, *line.T.tolist()))
