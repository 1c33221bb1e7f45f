"""The words between the hub and the roads process, and how they are framed. No sockets here.

A frame is four bytes of length, big-endian, and one JSON object. A request has ``id``, ``op`` and
``expires`` (the machine's monotonic clock, which both processes share); a reply has the same ``id``
and either ``error`` or the fields of its answer. Replies come in the order of the requests.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson

from dispatch.domain.values import VEHICLE_CLASSES, VehicleClass
from geodata.lonlat import LonLat

HEADER_BYTES: Final = 4
MAX_FRAME_BYTES: Final = 8_000_000
MAX_UNITS: Final = 20_000
MAX_PATHS: Final = 100
MAX_TARGETS: Final = 100
MAX_LINE_POINTS: Final = 2_000
OFF_ROADS_MOST_M: Final = 10_000.0
"""So far the nearest road is looked for, of a unit that lies off the roads."""
_SOCKET_PATH_BYTES: Final = 100
_NUMBER_OF_CLASS: Final = {name: number for number, name in enumerate(VEHICLE_CLASSES)}


class BadFrame(Exception):
    """What came is no frame of this protocol: the connection is closed."""


class BadRequest(Exception):
    """A frame whose fields cannot be used: it is answered with an error."""


class RankUnit(NamedTuple):
    """A unit to be ranked: where it is and what it drives.

    ``own`` is its id where it has itself reported a road as blocked: that binds it hard.
    ``factor`` is the share of the usual speed that it drives: all its seconds are by that longer.
    ``waives_turns``: it may turn where others may not. ``congestion`` is how much it feels of what
    is slow because of traffic, 0 to 1.
    """

    at: LonLat
    vehicle_class: VehicleClass
    own: str = ""
    factor: float = 1.0
    waives_turns: bool = False
    congestion: float = 1.0


class Ranking(NamedTuple):
    """Seconds to the target for each unit in the order asked, None where no route is known.

    ``off_network`` is set when the target itself lies too far from every road. ``off_roads_m`` are
    the units that do, by their place in the list, with the metres to the nearest road; at most
    ``OFF_ROADS_MOST_M``, for that far or farther.
    """

    seconds: tuple[float | None, ...]
    seq: int
    network_id: str
    off_network: bool
    off_roads_m: Mapping[int, float] = MappingProxyType({})


class Rankings(NamedTuple):
    """Seconds to each of several targets, a row for each, None for one off the roads."""

    rows: tuple[tuple[float | None, ...] | None, ...]
    seq: int
    network_id: str


class PathFound(NamedTuple):
    """The way of one unit: its seconds and its line, both ends included.

    ``closures`` are those in force on it, which slow it or are not confirmed yet. ``turns_waived``
    counts its turns that are banned, and not to this unit.
    """

    travel_s: float
    line: tuple[LonLat, ...]
    closures: tuple[str, ...] = ()
    turns_waived: int = 0


class OpenWay(NamedTuple):
    """The way that a unit would drive with every road open, where it is another than its own.

    What stands in it: closures by id, in driving order, and the least limits that its class
    exceeds. ``by_hour``: the name of the first road on it that the map shuts at this hour; ``a
    road`` for one without a name, empty for none.
    """

    travel_s: float
    line: tuple[LonLat, ...]
    closures: tuple[str, ...] = ()
    max_height_m: float | None = None
    max_weight_t: float | None = None
    by_hour: str = ""


class Paths(NamedTuple):
    """The way of each unit in the order asked, None where none is known.

    ``without``, where it was asked for: what closures and limits cost each, None where nothing.
    """

    paths: tuple[PathFound | None, ...]
    seq: int
    without: tuple[OpenWay | None, ...] = ()


class Ahead(NamedTuple):
    """The road before a vehicle: arcs and line in driving order; no arcs where there is no road.

    ``directed`` is False where nobody knows which way it faces: then it is both directions.
    """

    arcs: tuple[int, ...]
    line: tuple[LonLat, ...]
    directed: bool
    name: str
    """Of the road, empty where it has none."""
    network_id: str


class Placed(NamedTuple):
    """A line placed on the roads, or ``why_not``, and then no arcs.

    ``proposal``: of one refused, the arcs that a person may accept, if there are any.
    """

    arcs: tuple[int, ...]
    confidence: float
    why_not: str
    network_id: str
    proposal: tuple[int, ...] = ()


class RoadsStatus(NamedTuple):
    """How the roads stand. ``network_id`` is empty while no network is loaded."""

    seq: int
    network_id: str
    nodes: int
    arcs: int
    closures: int
    unplaced: tuple[str, ...]
    """Ids of active closures that fit no road of this network."""
    rss_mb: float
    up_s: float


def frame(message: dict[str, Any]) -> bytes:
    """One message with its length before it.

    Raises:
        BadFrame: It is larger than ``MAX_FRAME_BYTES``.
    """
    body = orjson.dumps(message)
    if len(body) > MAX_FRAME_BYTES:
        raise BadFrame(f"{len(body)} bytes are too many for one frame")
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def body_length(header: bytes) -> int:
    """Bytes that follow this header.

    Raises:
        BadFrame: More than a frame may have, or none.
    """
    length = int.from_bytes(header, "big")
    if not 0 < length <= MAX_FRAME_BYTES:
        raise BadFrame(f"a frame of {length} bytes")
    return length


def parse(body: bytes) -> dict[str, Any]:
    """The message of a frame.

    Raises:
        BadFrame: It is no JSON object.
    """
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadFrame(str(error)) from error
    if not isinstance(message, dict):
        raise BadFrame("a message must be an object")
    return message


def units_to_wire(units: Sequence[RankUnit]) -> dict[str, list[Any]]:
    """Columns ``lon``, ``lat`` and ``class`` (its number); ``own``, ``factor``, ``waives``
    and ``feels`` where they say anything of any unit."""
    columns: dict[str, list[Any]] = {
        "lon": [unit[0][0] for unit in units],
        "lat": [unit[0][1] for unit in units],
        "class": [_NUMBER_OF_CLASS[unit[1]] for unit in units],
    }
    if any(unit[2] for unit in units):
        columns["own"] = [unit[2] for unit in units]
    if any(unit[3] != 1.0 for unit in units):
        columns["factor"] = [unit[3] for unit in units]
    if any(unit[4] for unit in units):
        columns["waives"] = [unit[4] for unit in units]
    if any(unit[5] != 1.0 for unit in units):
        columns["feels"] = [unit[5] for unit in units]
    return columns


def units_from_wire(columns: Any, most: int) -> list[RankUnit]:
    """The units of a request.

    Raises:
        BadRequest: Too many, or a column that is missing, too short, or holds something else.
    """
    try:
        lons, lats = _numbers(columns["lon"]), _numbers(columns["lat"])
        count = len(lons)
        if count > most:
            raise BadRequest(f"there may be at most {most} units, not {count}")
        classes = [VEHICLE_CLASSES[number] for number in columns["class"]]
        owns = [str(own) for own in columns.get("own", ())] or [""] * count
        factors = _numbers(columns.get("factor", ())) or [1.0] * count
        if not all(0.0 < factor < 100.0 for factor in factors):
            raise BadRequest("a factor lies between 0 and 100")
        waives = columns.get("waives", ()) or [False] * count
        if not all(isinstance(each, bool) for each in waives):
            raise BadRequest("turns are waived or not: true or false")
        feels = _numbers(columns.get("feels", ())) or [1.0] * count
        if not all(0.0 <= share <= 1.0 for share in feels):
            raise BadRequest("the share of a congestion that is felt lies between 0 and 1")
        places = map(LonLat._make, zip(lons, lats, strict=True))
        rows = zip(places, classes, owns, factors, waives, feels, strict=True)
        return list(map(RankUnit._make, rows))
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise BadRequest(f"units are columns lon, lat and class of one length: {error}") from error


def _numbers(values: Any) -> list[float]:
    if not isinstance(values, list | tuple):
        raise TypeError(f"{type(values).__name__} is no column")
    return list(map(float, values))


def point_from_wire(pair: Any) -> LonLat:
    """A point of a request.

    Raises:
        BadRequest: It is no pair of numbers.
    """
    try:
        lon, lat = pair
        return LonLat(float(lon), float(lat))
    except (TypeError, ValueError) as error:
        raise BadRequest(f"a point is [lon, lat]: {error}") from error


def points_from_wire(pairs: Any, most: int) -> list[LonLat]:
    """Several points of a request.

    Raises:
        BadRequest: Too many, or something else among them.
    """
    if not isinstance(pairs, list) or len(pairs) > most:
        raise BadRequest(f"targets must be a list of at most {most}")
    return [point_from_wire(pair) for pair in pairs]


def line_to_wire(line: Sequence[LonLat]) -> list[float]:
    """Of an answer: longitude, latitude, longitude and so on."""
    return list(chain.from_iterable(line))


def line_of_answer(numbers: Sequence[float]) -> tuple[LonLat, ...]:
    """What ``line_to_wire`` made of a line."""
    return tuple(map(LonLat, numbers[::2], numbers[1::2]))


def line_from_wire(points: Any) -> list[LonLat]:
    """A line of a request: one point or more.

    Raises:
        BadRequest: Empty, too long, or with something else in it.
    """
    if not isinstance(points, list) or not 0 < len(points) <= MAX_LINE_POINTS:
        raise BadRequest(f"a line has 1 to {MAX_LINE_POINTS} points")
    return [point_from_wire(point) for point in points]


def socket_address(path: Path) -> str:
    """Where the socket of this path lies: itself, or a short name where the path is too long.

    The kernel takes some hundred bytes; both ends derive the same short name from the long one.
    """
    absolute = str(path.absolute())
    if len(absolute.encode()) <= _SOCKET_PATH_BYTES:
        return absolute
    short = hashlib.sha256(absolute.encode()).hexdigest()[:24]
    return str(Path(tempfile.gettempdir()) / f"hub-roads-{short}.sock")
