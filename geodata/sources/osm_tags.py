"""What the tags of an OSM way and node mean to an emergency vehicle. Reads no file.

Tag meanings follow the OpenStreetMap wiki (Key:access, Key:maxspeed, Key:maxheight, Key:maxweight,
Key:oneway, Key:barrier,
Relation:restriction). Speeds and delays are assumptions of this project, named as constants.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from geodata import network as net
from geodata.opening_hours import conditions_of, read_hours

MPH_KPH: Final = 1.609344
KNOT_KPH: Final = 1.852
DRIVEN_SHARE_OF_LIMIT: Final = 0.9
LEAST_KPH: Final = 5.0

SPEED_KPH: Final[dict[str, float]] = {
    "motorway": 105,
    "motorway_link": 60,
    "trunk": 90,
    "trunk_link": 50,
    "primary": 60,
    "primary_link": 40,
    "secondary": 50,
    "secondary_link": 35,
    "tertiary": 45,
    "tertiary_link": 30,
    "unclassified": 40,
    "residential": 30,
    "living_street": 15,
    "service": 15,
    "road": 30,
    "busway": 30,
    "pedestrian": 10,
    "track": 12,
    "path": 8,
    "ferry": 12,
}
"""Driven where no limit is posted."""

NODE_DELAY_MS: Final[dict[str, int]] = {
    "traffic_signals": 4000,
    "stop": 3000,
    "mini_roundabout": 2000,
    "level_crossing": 3000,
}
GATE_DELAY_MS: Final[dict[str, int]] = {
    "gate": 20_000,
    "swing_gate": 20_000,
    "sliding_gate": 20_000,
    "lift_gate": 10_000,
    "hampshire_gate": 30_000,
    "bump_gate": 5_000,
    "chain": 30_000,
    "toll_booth": 5_000,
    "border_control": 5_000,
    "rising_bollard": 15_000,
}
"""Barriers that a crew opens, and how long it takes."""

CUTTING_BARRIERS: Final = frozenset(
    (
        "bollard",
        "block",
        "jersey_barrier",
        "debris",
        "log",
        "wall",
        "fence",
        "hedge",
        "kissing_gate",
        "stile",
        "turnstile",
        "cycle_barrier",
        "motorcycle_barrier",
        "full-height_turnstile",
        "bus_trap",
        "sump_buster",
        "planter",
        "tank_trap",
        "barrier_board",
        "ditch",
    )
)
"""Barriers that stop an emergency vehicle, unless a tag lets it pass."""

FERRY_BOARDING_MS: Final = 300_000
BUS_LANE_KPH: Final = 20.0

_OPEN = frozenset(
    (
        "yes",
        "permissive",
        "destination",
        "designated",
        "customers",
        "delivery",
        "public",
        "hov",
        "permit",
        "unknown",
    )
)
_PRIVATE = frozenset(
    (
        "private",
        "residents",
        "official",
        "agricultural",
        "forestry",
        "employees",
        "military",
    )
)
_LET_EMERGENCY = frozenset(("yes", "designated", "permissive", "official"))
_WALKED = frozenset(
    (
        "footway",
        "cycleway",
        "path",
        "bridleway",
        "corridor",
    )
)
_COUNTRY_KPH: Final[dict[str, float]] = {
    "urban": 50,
    "rural": 90,
    "trunk": 100,
    "motorway": 120,
    "living_street": 10,
    "school": 30,
    "bicycle_road": 30,
    "pedestrian": 6,
}
_COUNTRY_OWN_KPH: Final[dict[str, float]] = {
    "DE:rural": 100,
    "DE:motorway": 130,
    "AT:rural": 100,
    "AT:motorway": 130,
    "CH:rural": 80,
    "FR:rural": 80,
    "FR:motorway": 130,
    "IT:motorway": 130,
    "GB:nsl_single": 60 * MPH_KPH,
    "GB:nsl_dual": 70 * MPH_KPH,
    "GB:nsl_restricted": 30 * MPH_KPH,
    "GB:motorway": 70 * MPH_KPH,
    "US:urban": 25 * MPH_KPH,
    "US:rural": 55 * MPH_KPH,
    "RO:urban": 50,
    "RU:urban": 60,
    "RU:motorway": 110,
}
_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(mph|knots?|km/?h|kmh|kph)?\s*$")
_MEASURE = re.compile(r"^(\d+(?:\.\d+)?)\s*([a-z]*)$")
_FEET = re.compile(r"^(\d{1,2})\s*(?:'|ft)\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|''|in)?)?$")
FOOT_M: Final = 0.3048
_HEIGHT_M: Final = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": FOOT_M}
_WEIGHT_T: Final = {
    "": 1.0,
    "t": 1.0,
    "kg": 0.001,
    "lbs": 0.000_453_592,
    "lb": 0.000_453_592,
    "st": 0.907_185,
}
_CLOCK = re.compile(r"^(\d{1,3}):([0-5]?\d)(?::([0-5]?\d))?$")
_ISO = re.compile(r"^P(?:T?)(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")


class Tags(Protocol):
    """What pyosmium's tag lists and plain dicts have in common."""

    def get(self, key: str, default: str = ..., /) -> str | None: ...


class TimedWay(NamedTuple):
    """A way that may not be driven in some hours, or (``outside``) in all others.

    ``along`` and ``against``: the directions that are meant.
    """

    hours: str
    outside: bool = False
    along: bool = True
    against: bool = True


@dataclass(frozen=True, slots=True)
class Drive:
    """How an emergency vehicle may use a way.

    ``duration_s`` is for the whole way where it is known (ferries), and then rules the speed.
    """

    road_class: int
    flags: int
    speed_kph: float
    forward: bool
    backward: bool
    duration_s: float | None = None
    max_height_m: float = 0.0
    """The tallest vehicle that fits, 0 for any."""
    max_weight_t: float = 0.0
    """The heaviest vehicle that it carries, 0 for any."""
    timed: tuple[TimedWay, ...] = ()
    conditions_unread: int = 0


def drive_of(tags: Mapping[str, str]) -> Drive | None:
    """How a way may be driven; None where it may not, or is no road.

    Private roads stay open. A reversible carriageway is None too: which way it leads at the moment
    is not in the map, and a route that guesses would meet oncoming traffic.
    """
    if tags.get("route") == "ferry" or tags.get("ferry") in net.ROAD_CLASSES:
        return _ferry(tags)
    kind = tags.get("highway", "")
    permit = _permit(tags)
    emergency = tags.get("emergency") in _LET_EMERGENCY
    if kind in _WALKED:
        named = tags.get("motor_vehicle") in _OPEN or tags.get("vehicle") in ("yes", "designated")
        if not (emergency or (named and permit != "no")):
            return None
        kind = "path"
    elif kind not in SPEED_KPH or kind == "ferry":
        return None
    if kind == "track" and not _firm(tags, emergency):
        return None
    access, unread = access_by_hour(tags, permit)
    if (permit == "no" and not access) or is_reversible(tags):
        return None
    forward, backward = _directions(kind, tags)
    one_ways, unread_ways = one_way_by_hour(tags, forward=forward, backward=backward)
    forward |= any(each.along and each.outside for each in one_ways)
    backward |= any(each.against and each.outside for each in one_ways)
    flags = _flags(tags, permit, one_way=not (forward and backward))
    if kind in ("pedestrian", "busway", "path"):
        flags |= net.EMERGENCY_ONLY
    speed = speed_kph(kind, tags)
    if permit == "bus":
        speed = min(speed, BUS_LANE_KPH)
    return Drive(
        net.ROAD_CLASSES.index(kind),
        flags,
        speed,
        forward,
        backward,
        max_height_m=_max_height_m(tags),
        max_weight_t=_max_weight_t(tags, flags),
        timed=(*access, *one_ways),
        conditions_unread=unread + unread_ways,
    )


def access_by_hour(tags: Mapping[str, str], permit: str) -> tuple[tuple[TimedWay, ...], int]:
    """When a way is shut, or open though shut otherwise; and how many conditions were not read.

    The nearest key decides, as without hours; whoever may always drive there in an emergency may
    at any hour. An unread condition counts for nothing: the way is as it is without it.
    """
    if tags.get("emergency") in (*_LET_EMERGENCY, "no"):
        return (), 0
    keys = ("motor_vehicle:conditional", "vehicle:conditional", "access:conditional")
    stated = next((tags[key] for key in keys if tags.get(key)), "")
    found, unread = [], 0
    for value, when in conditions_of(stated):
        opens = value in _OPEN or value in _PRIVATE
        if (value == "no") == (permit == "no") or not (opens or value == "no"):
            continue  # says what holds anyway, or is about others
        if read_hours(when) is None:
            unread += 1
        else:
            found.append(when)
    if permit == "no" and len(found) > 1:  # open in any of several: outside of all of them shut
        joined = ", ".join(found)
        found = [joined] if read_hours(joined) else found[:1]
    return tuple(TimedWay(hours, outside=permit == "no") for hours in found), unread


def one_way_by_hour(
    tags: Mapping[str, str], *, forward: bool, backward: bool
) -> tuple[tuple[TimedWay, ...], int]:
    """Directions that are shut in some hours, or open in some only; and conditions not read."""
    if tags.get("oneway:emergency") == "no":
        return (), 0
    found, unread = [], 0
    for value, when in conditions_of(tags.get("oneway:conditional", "")):
        if value in ("yes", "true", "1"):
            along, against, outside = False, forward and backward, False
        elif value in ("-1", "reverse"):
            along, against, outside = forward and backward, False, False
        elif value in ("no", "false", "0"):
            along, against, outside = not forward, not backward, True
        else:
            continue
        if not (along or against):
            continue
        if read_hours(when) is None:
            unread += 1
        else:
            found.append(TimedWay(when, outside, along, against))
    return tuple(found), unread


def _max_height_m(tags: Mapping[str, str]) -> float:
    """What fits below, measured where it was measured, else as the sign says."""
    return (
        height_m(tags.get("maxheight:physical", "")) or height_m(tags.get("maxheight", "")) or 0.0
    )


def _max_weight_t(tags: Mapping[str, str], flags: int) -> float:
    """What a bridge carries. Elsewhere a limit keeps through traffic out, not crews."""
    return weight_t(tags.get("maxweight", "")) or 0.0 if flags & net.BRIDGE else 0.0


def is_reversible(tags: Mapping[str, str]) -> bool:
    """Whether the way's direction changes with the hour."""
    return tags.get("oneway") == "reversible"


def is_area(tags: Mapping[str, str]) -> bool:
    """Whether a closed way is a square to walk on, not a road to drive along."""
    return tags.get("area") == "yes"


def speed_kph(kind: str, tags: Mapping[str, str]) -> float:
    """The speed driven: the class's own, or nine tenths of the posted limit, at least 5 km/h."""
    limit = limit_kph(tags.get("maxspeed", "")) or limit_kph(tags.get("maxspeed:type", ""))
    if limit is None:
        return SPEED_KPH[kind]
    if kind in ("pedestrian", "path", "track", "living_street", "service"):
        return max(min(limit * DRIVEN_SHARE_OF_LIMIT, 2 * SPEED_KPH[kind]), LEAST_KPH)
    return max(limit * DRIVEN_SHARE_OF_LIMIT, LEAST_KPH)


def limit_kph(text: str) -> float | None:
    """A ``maxspeed`` value in km/h: plain, with a unit, by country (``DE:urban``), ``walk``.

    The first of several (``50; 40``) counts. None where it says nothing usable.
    """
    first = re.split(r"[;|,]", text)[0].strip()
    if first in ("none", "signals", "variable", "implicit", ""):
        return 130.0 if first == "none" else None
    if first == "walk":
        return 6.0
    number = _NUMBER.match(first.lower())
    if number:
        value, unit = float(number.group(1)), number.group(2) or ""
        value *= MPH_KPH if unit == "mph" else KNOT_KPH if unit.startswith("knot") else 1.0
        return value if 0 < value <= 300 else None
    if first in _COUNTRY_OWN_KPH:
        return _COUNTRY_OWN_KPH[first]
    country, _, zone = first.partition(":")
    if len(country) != 2 or not zone:
        return None
    if zone in _COUNTRY_KPH:
        return _COUNTRY_KPH[zone]
    digits = zone.removeprefix("zone").lstrip(":")
    return float(digits) if digits.isdigit() and 0 < int(digits) <= 200 else None


def height_m(text: str) -> float | None:
    """A ``maxheight`` in metres: plain or with a unit, or feet and inches (``12'6"``).

    None where it says nothing usable (``default``, ``none``), or what no road has (below 1 m).
    """
    text = text.strip().lower().replace(",", ".")
    feet = _FEET.match(text)
    if feet:
        value = int(feet.group(1)) * FOOT_M + float(feet.group(2) or 0) * FOOT_M / 12
    else:
        plain = _MEASURE.match(text)
        if not plain or plain.group(2) not in _HEIGHT_M:
            return None
        value = float(plain.group(1)) * _HEIGHT_M[plain.group(2)]
    return round(value, 2) if 1.0 <= value <= 20.0 else None


def weight_t(text: str) -> float | None:
    """A ``maxweight`` in tonnes: plain or with a unit (t, kg, lbs, st: short tons).

    None where it says nothing usable, or what no road has (below half a tonne).
    """
    plain = _MEASURE.match(text.strip().lower().replace(",", "."))
    if not plain or plain.group(2) not in _WEIGHT_T:
        return None
    value = float(plain.group(1)) * _WEIGHT_T[plain.group(2)]
    return round(value, 2) if 0.5 <= value <= 200.0 else None


def duration_s(text: str) -> float | None:
    """A ``duration`` in seconds: ``HH:MM``, ``HH:MM:SS``, minutes alone, or ISO 8601."""
    text = text.strip()
    clock = _CLOCK.match(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return float(hours * 3600 + minutes * 60 + seconds) or None
    if text.isdigit():
        return float(text) * 60 or None
    iso = _ISO.match(text)
    if iso:
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return float(days * 86400 + hours * 3600 + minutes * 60 + seconds) or None
    return None


def barrier_of(tags: Mapping[str, str]) -> tuple[int, bool]:
    """Milliseconds that a node delays, and whether it cannot be passed at all."""
    delay = NODE_DELAY_MS.get(tags.get("highway", ""), 0)
    delay += NODE_DELAY_MS.get(tags.get("railway", ""), 0)
    barrier = tags.get("barrier", "")
    if not barrier or tags.get("emergency") in _LET_EMERGENCY:
        return delay + (GATE_DELAY_MS.get(barrier, 0)), False
    if barrier in GATE_DELAY_MS:
        return delay + GATE_DELAY_MS[barrier], tags.get("locked") == "yes" and _never(tags)
    if barrier not in CUTTING_BARRIERS:
        return delay, False
    if tags.get("bollard") in ("rising", "removable", "foldable"):
        return delay + GATE_DELAY_MS["rising_bollard"], False
    lets = any(tags.get(key) in _OPEN for key in ("motor_vehicle", "vehicle", "motorcar"))
    return delay, not lets


def _never(tags: Mapping[str, str]) -> bool:
    return tags.get("access") == "no" and tags.get("emergency") == "no"


def _permit(tags: Mapping[str, str]) -> str:
    """``yes``, ``private``, ``bus`` (a bus may drive there) or ``no``; the nearest key decides."""
    if tags.get("emergency") in _LET_EMERGENCY:
        return "yes"
    if tags.get("emergency") == "no":
        return "no"
    for key in ("motor_vehicle", "vehicle", "access"):
        value = re.split(r"[;|]", tags.get(key, ""))[0].strip()
        if not value:
            continue
        if value in _OPEN:
            return "yes"
        if value in _PRIVATE:
            return "private"
        if value != "no":
            return "bus" if value in ("bus", "psv") else "yes"
        if any(tags.get(k) in _OPEN for k in ("bus", "psv", "motorcar", "hgv", "taxi")):
            return "bus"
        if key != "access" and tags.get("highway") == "pedestrian":
            return "yes"
        return "no"
    return "yes"


def _firm(tags: Mapping[str, str], emergency: bool) -> bool:
    """Whether a track carries a fire engine: graded 1 or 2, paved, or expressly for it."""
    if emergency or tags.get("motor_vehicle") in ("yes", "designated"):
        return True
    if tags.get("surface") in ("asphalt", "paved", "concrete", "paving_stones"):
        return tags.get("tracktype", "grade1") in ("grade1", "grade2")
    return tags.get("tracktype") in ("grade1", "grade2")


def _directions(kind: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    if tags.get("oneway:emergency") == "no":
        return True, True
    one_way = tags.get("oneway", "")
    if one_way in ("-1", "reverse"):
        return False, True
    if one_way in ("yes", "true", "1"):
        return True, False
    if one_way in ("no", "false", "0", "alternating"):
        return True, True
    implied = kind == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return True, not implied


def _flags(tags: Mapping[str, str], permit: str, *, one_way: bool) -> int:
    flags = net.ONEWAY if one_way else 0
    if permit == "private":
        flags |= net.PRIVATE
    if permit == "bus":
        flags |= net.EMERGENCY_ONLY
    if tags.get("bridge", "no") != "no":
        flags |= net.BRIDGE
    if tags.get("tunnel", "no") not in ("no", "culvert"):
        flags |= net.TUNNEL
    if tags.get("junction") in ("roundabout", "circular"):
        flags |= net.ROUNDABOUT
    return flags


def _ferry(tags: Mapping[str, str]) -> Drive | None:
    """A ferry that takes vehicles; one for people on foot is no road."""
    if _permit(tags) == "no" or tags.get("motorcar") == "no":
        return None
    if tags.get("foot") == "designated" and not tags.get("motor_vehicle"):
        return None
    forward, backward = _directions("ferry", tags)
    one_way = not (forward and backward)
    flags = net.FERRY | _flags(tags, _permit(tags), one_way=one_way)
    limit = limit_kph(tags.get("maxspeed", ""))
    return Drive(
        net.ROAD_CLASSES.index("ferry"),
        flags,
        max(limit if limit is not None else SPEED_KPH["ferry"], 1.0),
        forward,
        backward,
        duration_s(tags.get("duration", "")),
    )
