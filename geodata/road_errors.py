"""What can go wrong with roads: each error is a class with a code and the fields that say where."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from geodata.lonlat import LonLat


class RoadError(Exception):
    """Root of the errors of road networks, their files and their routers."""

    code: ClassVar[str] = "road_error"


class OffNetwork(RoadError):
    """No road lies near enough to the point."""

    code = "off_network"

    def __init__(self, at: LonLat, limit_m: float) -> None:
        super().__init__(f"no road within {limit_m:g} m of ({at.lon:.6f}, {at.lat:.6f})")
        self.at = at
        self.limit_m = limit_m


class OsmUnreadable(RoadError):
    """The file is missing, is no OSM file, is cut short, or holds no road."""

    code = "osm_unreadable"

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


class NetworkFileUnreadable(RoadError):
    """A kept network or order is missing, damaged, or of another version."""

    code = "network_file_unreadable"

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


class NetworkInvalid(RoadError):
    """Arrays that do not make a network: wrong shapes, ends out of range, no road at all."""

    code = "network_invalid"


class RouterFailed(RoadError):
    """The routing library broke; the router must be built anew before it is asked again."""

    code = "router_failed"
