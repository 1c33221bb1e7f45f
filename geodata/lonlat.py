"""A point on the ground, and the distance of two. Nothing else is ever a bare pair of floats."""

from __future__ import annotations

import math
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8


class LonLat(NamedTuple):
    """WGS 84 degrees, longitude first (RFC 7946 section 3.1.1)."""

    lon: float
    lat: float


def distance_m(a: LonLat, b: LonLat) -> float:
    """Great-circle distance in metres by the haversine formula on the mean earth radius."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lon = math.sin(math.radians(b.lon - a.lon) / 2)
    h = half_lat * half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def away(start: LonLat, bearing_deg: float, metres: float) -> LonLat:
    """The point that lies so far away in a direction, on the mean earth.

    Args:
        start: WGS 84 degrees.
        bearing_deg: Clockwise from north.
        metres: Along the great circle.
    """
    lat, lon, turn = math.radians(start.lat), math.radians(start.lon), math.radians(bearing_deg)
    far = metres / EARTH_RADIUS_M
    sin_lat = math.sin(lat) * math.cos(far) + math.cos(lat) * math.sin(far) * math.cos(turn)
    east = math.sin(turn) * math.sin(far) * math.cos(lat)
    there = lon + math.atan2(east, math.cos(far) - math.sin(lat) * sin_lat)
    return LonLat((math.degrees(there) + 540.0) % 360.0 - 180.0, math.degrees(math.asin(sin_lat)))
