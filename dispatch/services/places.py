"""Finding places by what a caller says, in the region in force. The index is built once a version.

Building takes seconds for a large county: it happens in a process of its own and is kept in a file.
Until it is done the last version's index serves, or coordinates alone are read where there is none;
``state`` says so, since a caller's street that is not found yet is not a street that is not there.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import structlog

from dispatch.services.place_building import Order, await_built, start_building
from dispatch.services.region import RegionPolicy
from geodata.coordinates import Box, find_coordinates
from geodata.geocoding import Candidate, PlaceFinder, spot_label
from geodata.known_places import CommonPlace
from geodata.lonlat import LonLat
from geodata.road_errors import NetworkFileUnreadable
from geodata.sources.kept import known_places_path
from geodata.sources.kept_finder import finder_path, load_finder
from geodata.towns import Areas, towns_at

AGAIN_S = (15.0, 60.0, 300.0)
"""After a building that failed, as where memory was short for a moment."""

log = structlog.get_logger()


class IndexState(NamedTuple):
    """How far the index of the version in force is.

    ``building`` from when the version is known, also while it waits to be built. ``since_s`` are
    the seconds since this state began. ``older``: what is found meanwhile comes from an earlier
    version's index; without one, coordinates alone are found.
    """

    state: Literal["ready", "building", "failed"]
    built_pct: int
    since_s: float
    older: bool
    why: str = ""


class PlaceIndex:
    """The finder of the version in force, and the building of the next.

    Args:
        networks_dir: Where road networks lie by their id.
        clock: Seconds that never run back.
    """

    def __init__(self, networks_dir: Path, clock: Callable[[], float]) -> None:
        self._networks_dir = networks_dir
        self._clock = clock
        self._finder: PlaceFinder | None = None
        self._found_of: str | None = None
        self._version: str | None = None
        self._policy: RegionPolicy | None = None
        self._building: asyncio.Task[None] | None = None
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        self._built_pct = 0
        self._failed = ""
        self._since_s = clock()

    @property
    def ready(self) -> bool:
        """Whether a version's index stands."""
        return self._finder is not None

    def state(self) -> IndexState:
        """How far the index of the version in force is."""
        since_s = max(0.0, self._clock() - self._since_s)
        if self._finder is not None and self._found_of == self._version:
            return IndexState("ready", 100, since_s, older=False)
        older = self._finder is not None
        if self._failed:
            return IndexState("failed", 0, since_s, older, self._failed)
        return IndexState("building", self._built_pct, since_s, older)

    def use(self, policy: RegionPolicy, wait_s: float = 0.0) -> None:
        """Build the index of this version, after a while; the last one serves until then."""
        if self._version == policy.version:
            return
        self._version = policy.version
        self._policy = policy
        self._begin()
        self._end_building()
        self._building = asyncio.get_running_loop().create_task(
            self._build(policy, wait_s), name="place-index"
        )

    async def stop(self) -> None:
        """Build no more."""
        self._stopped = True
        self._end_building()
        if self._building is not None:
            await asyncio.gather(self._building, return_exceptions=True)

    def find(self, text: str, limit: int) -> list[Candidate]:
        """Every place that fits, in every municipality, the best first. For a reading thread."""
        if self._finder is not None:
            return self._finder.find(text, limit)
        return _spots(text, self._policy) if self._policy is not None else []

    def _begin(self, failed: str = "") -> None:
        self._built_pct, self._failed, self._since_s = 0, failed, self._clock()

    async def _build(self, policy: RegionPolicy, wait_s: float) -> None:
        for each_s in (wait_s, *AGAIN_S):
            await asyncio.sleep(each_s)
            if self._failed:
                self._begin()
            try:
                self._finder = await asyncio.to_thread(self._built, policy)
            except (OSError, NetworkFileUnreadable) as failure:
                log.error("places_unknown", version=policy.version, error=repr(failure))
                # No paths: every desk reads it, the log has the rest.
                self._begin(failed=getattr(failure, "cause", "") or type(failure).__name__)
            else:
                self._found_of = policy.version
                self._begin()
                return

    def _built(self, policy: RegionPolicy) -> PlaceFinder:
        """The index of the version: from the file that an earlier start left, else built now."""
        kept = finder_path(self._networks_dir, policy.version)
        with contextlib.suppress(FileNotFoundError, NetworkFileUnreadable):
            return load_finder(kept)
        network = self._networks_dir / f"{policy.region.network_id}.npz"
        if not network.exists():
            raise NetworkFileUnreadable(network, "there is none")
        order = Order(
            network=network,
            known=known_places_path(self._networks_dir, policy.version),
            areas={town.name: town.geometry for town in policy.municipalities},
            stations=[CommonPlace(s.code, s.at, "station") for s in policy.stations],
            out=kept,
        )
        child = start_building()
        self._children.add(child)
        if self._stopped:
            child.kill()
        try:
            built = await_built(child, order, lambda percent: self._told(policy, percent))
        finally:
            self._children.discard(child)
        if built.known_error:
            log.error("known_places_unknown", version=policy.version, error=built.known_error)
        if built.error:
            raise NetworkFileUnreadable(kept, built.error)
        return load_finder(kept)

    def _told(self, policy: RegionPolicy, percent: int) -> None:
        """From the thread that waits; a version that is no more the last one says nothing."""
        if self._version == policy.version:
            self._built_pct = min(99, percent)

    def _end_building(self) -> None:
        if self._building is not None:
            self._building.cancel()
        for child in list(self._children):
            child.kill()


def _spots(text: str, policy: RegionPolicy) -> list[Candidate]:
    """What coordinates say, without any index."""
    areas: Areas = [(town.name, town.geometry) for town in policy.municipalities]
    if not areas:
        box = Box(-180.0, -90.0, 180.0, 90.0)
    else:
        west, south, east, north = zip(*(area.bounds for _, area in areas), strict=True)
        box = Box(min(west), min(south), max(east), max(north))

    def town_at(name: str) -> LonLat | None:
        area = next((area for town, area in areas if town.casefold() == name.casefold()), None)
        middle = area.representative_point() if area is not None else None
        return LonLat(middle.x, middle.y) if middle is not None else None

    found = []
    for reading in find_coordinates(text, box, town_at):
        town = int(towns_at(areas, np.array([reading.at]))[0]) if areas else -1
        name = areas[town][0] if town >= 0 else ""
        label = spot_label(reading.at, text)
        found.append(Candidate(label, name, reading.at, "coordinates", "", reading.coarse, 100.0))
    return found
