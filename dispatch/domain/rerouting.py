"""When a road changes under a crew: is its way cut, is another one worth telling it? Pure.

A crew is told only when its way is cut or when the gain is above its agency's limit: each word on
a tablet takes eyes off the road.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from dispatch.domain.closure import Closure, Direction
from dispatch.domain.values import VehicleClass
from dispatch.domain.vehicle_limits import Sizes, classes_bound
from geodata.lonlat import EARTH_RADIUS_M, LonLat

GAIN_S: Final = 60.0
"""An agency that says nothing is told of ways that are shorter by this much."""

ON_ROUTE_M: Final = 12.0
"""A closure's point within this of a way lies on it: half a carriageway and the two metres by which
lines are simplified."""

OFF_ROUTE_M: Final = 200.0
"""A crew farther than this from its way drives another one, which the hub does not know."""

_STEP_M: Final = 10.0
_SHARE: Final = 0.5
"""Of a closure's points that must lie on the way: crossing a shut road is not driving along it."""
_ALONG_M: Final = 60.0
"""Or so much of it without a gap: of a long closure a crew may drive a small part. A crossing is
shorter, and one at so flat an angle that it is not changes no way: the roads say what is shut."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is left of a crew's way: its line in metres on a plane, and its share of the whole."""

    line: Floats
    share: float
    origin: LonLat
    box: tuple[tuple[float, float], tuple[float, float]]
    """West and south, east and north of the line, in its metres."""


def ahead_of(route: Sequence[LonLat], at: LonLat) -> Ahead | None:
    """The part of the way that a crew at this place has still to drive; None when it is not on it.

    Args:
        route: The whole way, two points or more.
        at: Where the crew is.
    """
    if len(route) < 2:
        return None
    line = shapely.LineString(_plane(route, at))
    here = shapely.Point(0.0, 0.0)
    if line.length == 0.0 or line.distance(here) > OFF_ROUTE_M:
        return None
    done = line.project(here)
    points = np.array(line.coords)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    start = np.array(line.interpolate(done).coords)
    left = np.concatenate([start, points[along > done]])
    if len(left) < 2:
        left = np.concatenate([start, points[-1:]])
    (west, south), (east, north) = left.min(axis=0).tolist(), left.max(axis=0).tolist()
    return Ahead(left, 1.0 - done / line.length, at, ((west, south), (east, north)))


def may_touch(ahead: Ahead, closure: Closure) -> bool:
    """Whether the closure lies near enough to the way ahead to be looked at closely; cheap."""
    east, north = _scale(ahead.origin)
    lons, lats = zip(*closure.line, strict=True)
    (left, low), (right, high) = ahead.box
    lon, lat = ahead.origin
    near: bool = (
        (max(lons) - lon) * east >= left - ON_ROUTE_M
        and (min(lons) - lon) * east <= right + ON_ROUTE_M
        and (max(lats) - lat) * north >= low - ON_ROUTE_M
        and (min(lats) - lat) * north <= high + ON_ROUTE_M
    )
    return near


def metres_on(
    ahead: Ahead, closure: Closure, vehicle_class: VehicleClass, sizes: Sizes | None = None
) -> float:
    """How many metres of the way ahead the closure affects for this class; 0 for none.

    Args:
        ahead: Of the crew.
        closure: With the line that it was given; in force or just begun.
        vehicle_class: What the crew drives.
        sizes: Of the vehicles of each class, for closures with a limit.
    """
    if vehicle_class not in classes_bound(closure, sizes or {}) or not may_touch(ahead, closure):
        return 0.0
    way = shapely.LineString(ahead.line)
    if closure.shape == "area":
        return _metres_within(way, _plane(closure.line, ahead.origin))
    if closure.shape == "points" and len(closure.line) > 1:
        return _metres_between(way, _plane(closure.line, ahead.origin), closure.direction)
    points = _resampled(_plane(closure.line, ahead.origin))
    on_it: NDArray[np.bool_] = np.atleast_1d(
        shapely.distance(shapely.points(points), way) <= ON_ROUTE_M
    )
    if on_it.mean() < _SHARE and _longest_run(on_it) * _STEP_M < _ALONG_M:
        return 0.0
    if len(points) == 1:
        return _STEP_M
    places = [way.project(shapely.Point(point)) for point in points[on_it].tolist()]
    if closure.direction == "along" and len(places) > 1 and places[-1] < places[0]:
        return 0.0
    return float(on_it.sum()) * _STEP_M


def _longest_run(on_it: NDArray[np.bool_]) -> int:
    """How many points follow one another on the way at most."""
    runs = "".join("x" if on else " " for on in on_it.tolist()).split()
    return max(map(len, runs), default=0)


def _metres_within(way: shapely.LineString, outline: Floats) -> float:
    """Of the way, inside an area; all roads in it are meant."""
    if len(outline) < 3:
        return 0.0
    inside = shapely.make_valid(shapely.Polygon(outline)).intersection(way)
    return float(inside.length)


def _metres_between(way: shapely.LineString, points: Floats, direction: Direction) -> float:
    """Of the way, from the first to the last of points that lie on the road; none where one of
    them lies elsewhere, since what is between them is not drawn."""
    if (shapely.distance(shapely.points(points), way) > ON_ROUTE_M).any():
        return 0.0
    places = [way.project(shapely.Point(point)) for point in points.tolist()]
    if direction == "along" and places[-1] < places[0]:
        return 0.0
    return float(max(places) - min(places))


def is_same_way(ahead: Ahead, route: Sequence[LonLat]) -> bool:
    """Whether a way is what the crew drives already, to the width of a road."""
    if len(route) < 2:
        return False
    other = shapely.LineString(_plane(route, ahead.origin))
    return bool(shapely.LineString(ahead.line).hausdorff_distance(other) <= ON_ROUTE_M)


@dataclass(frozen=True, slots=True)
class Told:
    """Why a crew is given another way: ``cut``, or shorter by ``gain_s``."""

    cut: bool
    gain_s: float | None


def worth_telling(
    *,
    unit_id: str,
    known_s: float | None,
    ahead: Ahead,
    affected: Sequence[tuple[Closure, float]],
    new_s: float | None,
    limit_s: float = GAIN_S,
    congestion: float = 1.0,
) -> Told | None:
    """Whether the crew is told of its new way, and why; None for not.

    Args:
        unit_id: Of the crew: what it has reported itself cuts its way, what others have reported
            and nobody has confirmed only slows it.
        known_s: Seconds of its whole present way when it was given.
        ahead: What is left of it.
        affected: Closures in force on it, each with the metres that it affects.
        new_s: Seconds of the quickest way from where it is; None where no road leads any more.
        limit_s: The least gain that its agency wants to hear of.
        congestion: The share that it feels of what is slow because of traffic.
    """
    if any(c.speed_factor == 0.0 and c.binds(unit_id) and m > 0.0 for c, m in affected):
        return Told(cut=True, gain_s=None)
    if known_s is None or new_s is None:
        return None
    whole_m = _length(ahead.line) / max(ahead.share, 1e-6)
    pace = known_s / max(whole_m, 1.0)
    slowed_s = sum(
        metres * pace * (1.0 / closure.factor_felt(congestion) - 1.0)
        if closure.binds(unit_id)
        else closure.penalty_s * min(1.0, metres / _metres_of(closure, ahead.origin))
        for closure, metres in affected
    )
    gain_s = known_s * ahead.share + slowed_s - new_s
    return Told(cut=False, gain_s=round(gain_s, 1)) if gain_s >= limit_s else None


def _metres_of(closure: Closure, origin: LonLat) -> float:
    return max(_length(_plane(closure.line, origin)), _STEP_M)


def _length(line: Floats) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def _plane(points: Sequence[LonLat], origin: LonLat) -> Floats:
    """Metres east and north of the origin."""
    metres: Floats = (np.array(points, np.float64) - np.array(origin)) * np.array(_scale(origin))
    return metres


def _scale(origin: LonLat) -> tuple[float, float]:
    """Metres of a degree east and of a degree north."""
    north = math.radians(1.0) * EARTH_RADIUS_M
    return north * math.cos(math.radians(origin.lat)), north


def _resampled(points: Floats) -> Floats:
    """Points every ten metres along a line, its ends included."""
    if len(points) < 2:
        return points
    line = shapely.LineString(points)
    count = max(2, int(line.length / _STEP_M) + 1)
    places = np.linspace(0.0, line.length, count)
    found: Floats = shapely.get_coordinates(shapely.line_interpolate_point(line, places))
    return found
