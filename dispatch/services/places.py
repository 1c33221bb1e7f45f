"""Finding places by what a caller says, in the region in force. The index is built once a version.

Building takes seconds for a large county: it happens in a process of its own and is kept in a file,
and until it is done nothing is found but what coordinates say.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from pathlib import Path

import structlog

from dispatch.services.place_building import Order, await_built, start_building
from dispatch.services.region import RegionPolicy
from geodata.geocoding import Candidate, PlaceFinder
from geodata.known_places import CommonPlace
from geodata.road_errors import NetworkFileUnreadable
from geodata.sources.kept import known_places_path
from geodata.sources.kept_finder import finder_path, load_finder

AGAIN_S = (15.0, 60.0, 300.0)
"""After a building that failed, as where memory was short for a moment."""

log = structlog.get_logger()


class PlaceIndex:
    """The finder of the version in force, and the building of the next.

    Args:
        networks_dir: Where road networks lie by their id.
    """

    def __init__(self, networks_dir: Path) -> None:
        self._networks_dir = networks_dir
        self._finder: PlaceFinder | None = None
        self._version: str | None = None
        self._building: asyncio.Task[None] | None = None
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    @property
    def ready(self) -> bool:
        """Whether a version's index stands."""
        return self._finder is not None

    def use(self, policy: RegionPolicy, wait_s: float = 0.0) -> None:
        """Build the index of this version, after a while; the last one serves until then."""
        if self._version == policy.version:
            return
        self._version = policy.version
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
        return self._finder.find(text, limit) if self._finder else []

    async def _build(self, policy: RegionPolicy, wait_s: float) -> None:
        for each_s in (wait_s, *AGAIN_S):
            await asyncio.sleep(each_s)
            try:
                self._finder = await asyncio.to_thread(self._built, policy)
                return
            except (OSError, NetworkFileUnreadable) as failure:
                log.error("places_unknown", version=policy.version, error=repr(failure))

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
            built = await_built(child, order)
        finally:
            self._children.discard(child)
        if built.known_error:
            log.error("known_places_unknown", version=policy.version, error=built.known_error)
        if built.error:
            raise NetworkFileUnreadable(kept, built.error)
        return load_finder(kept)

    def _end_building(self) -> None:
        if self._building is not None:
            self._building.cancel()
        for child in list(self._children):
            child.kill()
